"""What samples layers that are only scaled and shifted, and what knows where they are opaque."""

import cv2
import numpy as np
import pytest
import torch

from cartoon_models.scene.render import layer_in_frame
from cartoon_models.scene.render.frames import render_frames
from cartoon_models.scene.render.separable import ScaleAndShift, only_scales
from cartoon_models.scene.render.texture import Texture
from tests.unit.small_scenes import layer, moved, psnr, scene, turned

FRAME = (40, 56)
EXACT = int(cv2.__version__.split(".")[0]) >= 5  # before, OpenCV samples in steps of 1/32 pixel


def matrix(scale_x, scale_y, x, y):
    return np.array([[scale_x, 0, x], [0, scale_y, y], [0, 0, 1.0]])


@pytest.mark.parametrize("replicate", [False, True])
@pytest.mark.parametrize(
    "where",
    [(1, 1, 0, 0), (1, 1, 3.25, -2.5), (0.9, 1.1, -6.3, 8.7), (2.5, 0.3, -40, 20), (1, 1, 900, 3)],
)
def test_it_is_the_cubic_warp(where, replicate):
    rgba = layer(33, 47, seed=4).rgba.numpy()
    border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    wanted = cv2.warpPerspective(rgba, matrix(*where), FRAME[::-1], flags=flags, borderMode=border)
    sampler = ScaleAndShift(rgba, 7 * matrix(*where), FRAME, replicate)
    bound = 2e-5 if EXACT else 0.05
    whole = sampler.draw((0, 0, FRAME[1], FRAME[0]))
    assert np.abs(whole - wanted).max() < bound
    assert np.array_equal(sampler.draw((5, 3, 29, 20)), whole[3:20, 5:29])


def test_whole_pixels_come_out_as_they_are():
    rgba = layer(33, 47, seed=4).rgba.numpy()
    drawn = ScaleAndShift(rgba, matrix(1, 1, 3, 2), (20, 30), False).draw((0, 0, 30, 20))
    assert np.array_equal(drawn, rgba[2:22, 3:33])


@pytest.mark.parametrize(("angle", "straight"), [(0, True), (0.01, False)])
def test_planes_that_are_looked_at_straight_are_drawn_so(monkeypatch, angle, straight):
    made, used = scene(8), []

    def spy(*arguments):
        used.append(arguments)
        return ScaleAndShift(*arguments)

    monkeypatch.setattr(layer_in_frame, "ScaleAndShift", spy)
    camera = turned(moved(x=0.2, y=0.1, z=0.3), angle)
    frame = next(render_frames(made, camera))
    assert len(used) == (len(made.painted) if straight else 0)
    monkeypatch.setattr(layer_in_frame, "only_scales", lambda *arguments: False)
    assert psnr(frame, next(render_frames(made, camera))) > (100 if EXACT else 50)


def test_what_is_turned_or_tilted_is_told_apart():
    assert only_scales(matrix(1, 1.2, 5, 5), FRAME) and not only_scales(matrix(-1, 1, 5, 5), FRAME)
    sheared = matrix(1, 1, 0, 0)
    sheared[0, 1] = 1e-5
    assert not only_scales(sheared, FRAME)


def test_blocks_of_a_texture_are_seen_and_opaque_where_pixels_are():
    rgba = torch.zeros(150, 70, 4)
    rgba[..., 3] = 1
    rgba[130, 65, 3] = 0.999
    rgba[20, 40:, 3] = 0.5
    rgba[140:] = 0
    texture = Texture.of(layer(150, 70), False)
    texture = Texture(rgba.numpy(), (0, 0), 1.0, (0, 0, 70, 150), texture.sides)
    boxes = [(3, 40, 40, 100), (64, 125, 66, 133), (3, 15, 60, 30), (2, 147, 20, 149)]
    seen, opaque, rim = texture.look(np.array(boxes, float), 1.0)
    assert seen.tolist() == [True, True, True, False]
    assert opaque.tolist() == [True, False, False, False] and not rim[:3].any()
