"""Depth of field and motion blur of layered scenes, and the same frames drawn with torch."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.render.frames import render_details, render_frames
from cartoon_models.scene.render.lens_blur import blur_level, diameter_at, disc_kernel
from cartoon_models.scene.render.on_torch import TorchRenderer
from cartoon_models.scene.render.shutter import open_shutter
from tests.unit.small_scenes import SIZE, focused, layer, moved, psnr, scene, turned

# OpenCV before 5 samples in steps of 1/32 pixel.
ALIKE = 60 if int(cv2.__version__.split(".")[0]) >= 5 else 50


@pytest.mark.parametrize("diameter", [0.3, 1.0, 2.5, 4.0, 5.9])
def test_discs_have_the_width_that_was_asked_for(diameter):
    kernel = disc_kernel(diameter)
    assert kernel.sum() == pytest.approx(1) and kernel.shape[0] % 2 == 1
    assert (kernel == kernel.T).all() and (kernel == kernel[::-1]).all()
    place = np.arange(len(kernel)) - len(kernel) // 2
    variance = float((kernel.sum(axis=0) * place**2).sum())
    # The disc's own, d^2 / 16, and that of a pixel, 1 / 12, once there is more than one.
    expected = diameter**2 / 16 + 1 / 12 if len(kernel) > 1 else 0
    assert variance == pytest.approx(expected, abs=0.05)


def test_wide_discs_are_drawn_on_smaller_copies_without_a_jump():
    assert [blur_level(diameter) for diameter in (0, 1, 7.9, 8.1, 15.9, 16.1)] == [0, 0, 0, 1, 1, 2]
    assert diameter_at(0.4, 1) == 0 and diameter_at(5, 1) == 5
    assert 3.5 < diameter_at(8.1, 2) < 4


def test_the_layer_in_focus_is_sharp_and_others_are_not():
    made = scene()
    camera = focused(moved(x=0.02), 0.5, 0.3)
    frame, sharp = (
        next(render_details(made, camera, depth_of_field=wanted)) for wanted in (True, False)
    )
    inside = torch.zeros(SIZE, dtype=torch.bool)
    inside[23:31, 16:22] = True  # within the layer at 0.5, away from rims and other layers
    assert torch.equal(frame.picture[inside], sharp.picture[inside])
    behind = (sharp.instances == -1) & (frame.instances == -1)

    def detail(picture):
        return float((picture.diff(dim=1).abs().mean(dim=2) * behind[:, 1:]).sum())

    assert detail(frame.picture) < 0.6 * detail(sharp.picture)
    assert (frame.alpha == 1).all()  # no dark rim, neither at the frame's edge nor at silhouettes


@pytest.mark.parametrize("margin", [0, 8])
def test_blur_leaves_flat_colour_alone_up_to_the_edge(margin):
    plate = layer(SIZE[0] + 2 * margin, SIZE[1] + 2 * margin, (-margin, -margin), 0.2)
    color = torch.tensor([0.3, 0.6, 0.9, 1.0])
    plate = replace(plate, rgba=color.expand_as(plate.rgba).contiguous())
    cut = replace(layer(20, 20, (44, 28), 0.9), rgba=color.expand(20, 20, 4).contiguous())
    made = LayeredScene(plate, (cut,), SIZE)
    for aperture in (0.02, 0.1, 0.5):
        frame = next(render_frames(made, focused(moved(), 0.5, aperture)))
        assert (frame - color[:3]).abs().max() < 1e-4


def test_a_wide_disc_is_as_wide_as_the_aperture_says():
    dot = torch.zeros(33, 33, 4)
    dot[14:19, 14:19] = 1
    plate = replace(
        layer(65, 65, disparity=0.0), rgba=torch.tensor([0, 0, 0, 1.0]).repeat(65, 65, 1)
    )
    made = LayeredScene(plate, (Layer("dot", dot, (16, 16), (0.75, 0.0, 0.0)),), (65, 65))
    place = torch.arange(65) - 32.0
    for diameter in (3.0, 7.8, 8.2, 12.5, 20.0):
        camera = focused(moved(), 0.25, diameter / 65 / 0.5)
        frame = next(render_frames(made, camera))[..., 0]
        assert float(frame.sum()) == pytest.approx(25, rel=0.04)
        variance = float((frame.sum(dim=0) * place**2).sum() / frame.sum())
        # The dot's own is 2.
        assert variance - 2 == pytest.approx(diameter**2 / 16 + 1 / 12, rel=0.12)


def test_motion_blur_spreads_over_the_way_that_is_exposed():
    edge = torch.zeros(*SIZE, 4)
    edge[..., 3] = 1
    edge[:, 32:, :3] = 1
    made = LayeredScene(Layer("plate", edge, (0, 0), (1.0, 0.0, 0.0)), (), SIZE)
    camera = moved(3, x=32 / 64)  # 16 pixels per frame; half of the time is 8 pixels, to the left
    frames = list(render_frames(made, camera, motion_blur=16, shutter=0.5))
    ramp = frames[1][10, :, 0]
    assert (ramp[:11] < 0.01).all() and (ramp[21:40] > 0.99).all()
    assert ramp[16].item() == pytest.approx(0.5, abs=0.1)
    assert ramp[12:20].diff().min() > 0.08
    for count in (0, 1):
        plain = list(render_frames(made, camera, motion_blur=count))
        assert torch.equal(plain[1], next(render_frames(made, camera.frames([1]))))


def test_details_with_motion_blur_are_of_the_middle():
    made = scene()
    still = Camera.still(1.0, 2)
    one = list(render_details(made, still, motion_blur=4))
    other = list(render_details(made, still))
    assert len(one) == 2 and psnr(one[1].picture, other[1].picture) > 100
    assert torch.equal(one[0].instances, other[0].instances)
    assert one[0].alpha.min() > 0.9999


def test_the_shutter_opens_around_each_frame():
    camera = focused(turned(moved(3, x=2.0), 0.2), 0.5, 0.1)
    camera = replace(
        camera,
        rotations=torch.stack([torch.eye(3).double(), *turned(moved(2), 0.2).rotations]),
        focals=[1.0, 4.0, 4.0],
    )
    opened = open_shutter(camera, 2, 1.0)
    assert len(opened) == 6
    assert opened.positions[:, 0].tolist() == pytest.approx([0, 0.25, 0.75, 1.25, 1.75, 2])
    assert opened.focals.tolist() == pytest.approx([1, 4**0.25, 4**0.75, 4, 4, 4])
    identity = opened.rotations @ opened.rotations.transpose(1, 2)
    assert (identity - torch.eye(3)).abs().max() < 1e-12
    angles = ((opened.rotations.diagonal(dim1=1, dim2=2).sum(dim=1) - 1) / 2).clamp(-1, 1).acos()
    full = float(angles[4])
    assert angles[1:3].tolist() == pytest.approx([full / 4, full * 3 / 4], rel=1e-6)


def wavy(made):
    height, width = made.plate.rgba.shape[:2]
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    relief = torch.from_numpy((0.08 * np.sin(8 * x) * np.cos(6 * y)).astype(np.float32))
    return replace(made, plate=replace(made.plate, relief=relief, plane=(0.25, 0.1, 0.2)))


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize(
    ("camera", "size"),
    [
        (moved(3, x=0.1, y=-0.05, z=0.2), SIZE),
        (turned(moved(2, x=0.1), 0.06), (51, 67)),
        (moved(3, z=-1.5), SIZE),
        (moved(2, x=0.1), (20, 27)),
        (focused(moved(2, x=0.1, z=0.2), 0.5, 0.2), SIZE),
        (moved(2, z=1.4), SIZE),
        (turned(moved(2, z=1.5), 1.2), SIZE),
    ],
    ids=["move", "turn", "back", "small", "lens", "through", "aside"],
)
def test_torch_draws_the_same_picture(camera, size, interpolation):
    for made in (scene(8), wavy(scene(0))):
        ours = list(render_details(made, camera, size, interpolation=interpolation))
        theirs = list(TorchRenderer(made, size, interpolation, True).frames(camera, True))
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert psnr(one.picture, other.picture) >= ALIKE
            assert psnr(one.alpha, other.alpha) >= ALIKE
            assert (one.instances != other.instances).float().mean() < 0.005
            assert (one.depth - other.depth).abs().median() < 1e-4
            assert other.picture.is_contiguous() and not other.picture.is_inference()


def test_half_precision_layers_change_little():
    made = scene(8)
    camera = moved(2, x=0.1, z=0.2)
    renderer = TorchRenderer(made, SIZE, "bicubic", True)
    for pyramid in renderer.pyramids:  # what a GPU keeps
        pyramid.level(0).rgba = pyramid.level(0).rgba.half()
    for one, other in zip(render_frames(made, camera), renderer.frames(camera, False), strict=True):
        assert psnr(one, other.picture) >= ALIKE
