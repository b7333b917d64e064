"""Depth of field within one layer that reaches from near to far."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.render.frames import render_details, render_frames
from cartoon_models.scene.render.lens_blur import disc_shares, held, several_discs, taking_part
from cartoon_models.scene.render.on_torch import TorchRenderer
from cartoon_models.scene.render.texture import Texture
from tests.unit.small_scenes import SIZE, focused, layer, moved, psnr

WIDTH = SIZE[1]


def stepped(colors, disparities, columns=(20, 44)):
    """One plate of three upright strips, each of one colour, or striped, and one disparity."""
    rgba = torch.ones(*SIZE, 4)
    relief = torch.zeros(SIZE)
    edges = (0, *columns, WIDTH)
    for strip, (color, disparity) in enumerate(zip(colors, disparities, strict=True)):
        here = slice(edges[strip], edges[strip + 1])
        stripes = torch.arange(SIZE[0])[:, None] // 4 % 2
        rgba[:, here, :3] = (stripes if color is None else torch.tensor(color)).float()[..., None]
        relief[:, here] = disparity - 0.5
    return LayeredScene(Layer("plate", rgba, (0, 0), (0.5, 0.0, 0.0), relief), (), SIZE)


def detail(frame, columns):
    return float(frame[:, columns, 0].diff(dim=0).abs().sum(dim=0).mean())


def test_several_discs_reach_from_the_narrowest_to_the_widest():
    assert several_discs(3.0, 3.9, 1.0) == [] == several_discs(0, 0, 1.0)
    assert several_discs(0.0, 5.0, 1.0) == [0, 2, 4, 8]
    assert several_discs(5.0, 9.0, 1.0) == [4, 8, 16]
    assert several_discs(5.0, 9.0, 2.0) == [2, 4, 8]


def test_shares_keep_the_variance():
    own, discs = np.linspace(0, 8, 33), [0, 2, 4, 8]
    shares = list(disc_shares(own, discs))
    assert np.sum(shares, axis=0) == pytest.approx(np.ones(33))
    assert sum(share * disc**2 for share, disc in zip(shares, discs, strict=True)) == pytest.approx(
        own**2
    )
    assert all((share >= 0).all() for share in shares)
    told = [share.numpy() for share in disc_shares(torch.from_numpy(own), discs)]
    assert np.allclose(told, shares)
    assert [float(share) for share in disc_shares(np.float32(3), [4.0])] == [1]
    assert taking_part(np.array([0, 1, 2, 9.0]), 4.0).tolist() == [1 / 64, 0.25, 0.5, 1]


@pytest.mark.parametrize("focus", [0.3, 0.9])
def test_each_part_of_a_relief_is_as_sharp_as_it_is_near_the_focus(focus):
    made = stepped((None, None, None), (0.3, 0.6, 0.9))
    still = next(render_frames(made, moved()))
    frame = next(render_frames(made, focused(moved(), focus, 16 / WIDTH)))
    parts = [slice(4, 12), slice(28, 36), slice(52, 60)]
    sharp = [detail(frame, part) / detail(still, part) for part in parts]
    near, middle, far = sharp if focus == 0.3 else sharp[::-1]
    assert near > 0.999 and far < 0.35 and far < middle < near
    at_focus = parts[0] if focus == 0.3 else parts[2]
    assert torch.equal(frame[:, at_focus], still[:, at_focus])


def test_what_is_in_focus_is_not_smeared_over_what_lies_behind():
    made = stepped((0.0, 1.0, 0.0), (0.2, 0.9, 0.2))
    frame = next(render_frames(made, focused(moved(), 0.9, 12 / WIDTH)))[24, :, 0]  # 8.4 pixels
    assert frame[20:44].min() > 0.99
    assert frame[:20].max() < 0.05 and frame[44:].max() < 0.05
    flat = replace(made.plate, plane=(0.2, 0.0, 0.0), relief=None)
    alike = next(render_frames(replace(made, plate=flat), focused(moved(), 0.9, 12 / WIDTH)))
    assert alike[24, 18, 0] > 0.2  # as it is where everything has one disc


def test_strips_of_one_disparity_are_blurred_as_a_flat_layer_is():
    made = stepped((None, None, None), (0.2, 0.2, 0.9))
    camera = focused(moved(), 0.9, 8.001 / 0.7 / WIDTH)  # a disc of 8 pixels
    frame = next(render_frames(made, camera))
    flat = replace(made.plate, plane=(0.2, 0.0, 0.0), relief=None)
    alike = next(render_frames(replace(made, plate=flat), camera))
    assert psnr(frame[:, :36], alike[:, :36]) > 45


@pytest.mark.parametrize("offset", [(0, 0), (8, 6)])
def test_torch_draws_the_same(offset):
    rng = np.random.default_rng(3)
    alpha = np.zeros((36, 44), np.float32)
    alpha[5:30, 6:40] = 1
    front = layer(36, 44, offset, 0.4, alpha, seed=5, instance=0)
    x = torch.linspace(-0.3, 0.5, 44).expand(36, 44).contiguous()
    front = replace(front, relief=x + 0.01 * torch.from_numpy(rng.random((36, 44), np.float32)))
    made = LayeredScene(layer(*SIZE, disparity=(0.2, 0.0, 0.6)), (front,), SIZE)
    for camera in (focused(moved(2, x=0.05, z=0.1), 0.7, 0.2), focused(moved(), 0.1, 0.3)):
        ours = list(render_details(made, camera))
        theirs = TorchRenderer(made, SIZE, "bicubic", True).frames(camera, True)
        for one, other in zip(ours, theirs, strict=True):
            assert psnr(one.picture, other.picture) >= 50 and psnr(one.alpha, other.alpha) >= 50


def test_the_rim_of_a_tilted_layer_runs_out_over_what_lies_behind():
    square = torch.zeros(40, 40, 4)
    square[10:30, 10:30] = 1
    square = Layer("square", square, (12, 4), (0.5, 1.2, 0.0))
    plate = layer(*SIZE, disparity=0.0)
    plate = replace(plate, rgba=torch.tensor([0.0, 0, 0, 1]).expand(*SIZE, 4).contiguous())
    frame = next(render_frames(LayeredScene(plate, (square,), SIZE), focused(moved(), 0.31, 0.4)))
    left, right = frame[24, 22 - 6 : 22 + 6, 0], frame[24, 42 - 6 : 42 + 6, 0].flip(0)
    assert ((right > 0.05) & (right < 0.95)).sum() > ((left > 0.05) & (left < 0.95)).sum() + 2
    assert (right[:6] > 0).any() and right.diff().min() > -0.02


def test_frames_that_hardly_differ_share_what_is_blurred(monkeypatch):
    made, blurred = stepped((None, None, None), (0.3, 0.6, 0.9)), []
    blur = Texture.blurred

    def spy(texture, diameter, shares=None):
        blurred.append(diameter)
        return blur(texture, diameter, shares)

    monkeypatch.setattr(Texture, "blurred", spy)
    camera = focused(moved(6, x=0.1), 0.9, 16 / WIDTH)
    frames = list(render_frames(made, camera))
    once = len(blurred)
    assert once == len(set(blurred)) > 1
    # And each frame is what it is alone, whatever was drawn before it.
    assert torch.equal(frames[5], next(render_frames(made, camera.frames([5]))))
    assert held(9.601, 3.17) == (9.625, 3.1875)
