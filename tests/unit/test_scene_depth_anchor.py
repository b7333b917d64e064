"""Depth pictures become planes and reliefs that no camera folds over."""

import numpy as np
import pytest
import torch

from cartoon_models.scene.data import Layer
from cartoon_models.scene.depth.anchor import MODES, STEEPEST, anchor, background_plane
from cartoon_models.scene.depth.smooth import bounded_slope, completed
from cartoon_models.scene.geometry import disparity_at

SIZE = (48, 64)


def grid(size=SIZE, box=None):
    x1, y1, x2, y2 = box or (0, 0, size[1], size[0])
    ys, xs = torch.meshgrid(torch.arange(y1, y2) + 0.5, torch.arange(x1, x2) + 0.5, indexing="ij")
    return torch.stack([xs, ys], dim=-1).double()


def surface(plane, relief=None, size=SIZE, box=None):
    flat = disparity_at(plane, size, grid(size, box))
    return flat if relief is None else flat + relief.double()


def body():
    mask = torch.zeros(SIZE)
    mask[8:40, 20:44] = 1
    return mask


def noise(seed=0):
    return torch.from_numpy(np.random.default_rng(seed).random(SIZE, np.float32))


def steepness(total, width=SIZE[1]):
    return max(float(total.diff(dim=axis).abs().max()) * width for axis in (0, 1))


def test_flat_modes():
    disparity = torch.full(SIZE, 0.1)
    disparity[8:40, 20:44] = 0.5
    disparity[39, 25], disparity[10:13, 30] = 0.6, 0.9
    disparity[37, 25] = 0.8  # above the lowest 3 % of 32 rows
    assert anchor(disparity, body(), "foot") == (pytest.approx((0.6, 0, 0)), None)
    inside = disparity[8:40, 20:44]
    assert anchor(disparity, body(), "mean")[0][0] == pytest.approx(float(inside.mean()))
    assert anchor(disparity, body(), "median")[0] == pytest.approx((0.5, 0, 0))


def test_a_slanted_plane_is_found_among_outliers():
    plane = (0.5, 0.4, -0.3)
    disparity = surface(plane).float()
    disparity[12:20, 30:40] = 1.0  # an eighth of the pixels
    found, relief = anchor(disparity, body(), "plane")
    assert relief is None and found == pytest.approx(plane, abs=0.01)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_plane_is_nowhere_behind_infinity_nor_too_steep(seed):
    rng = np.random.default_rng(seed)
    disparity = noise(seed) * 0.02 + torch.from_numpy(
        np.linspace(0, rng.uniform(0.05, 1), SIZE[1], dtype=np.float32)
    )
    disparity[:, :32] *= 0.1
    mask = torch.zeros(SIZE)
    mask[3:45, 2:62] = 1
    for mode in ("plane", "relief"):
        plane, _ = anchor(disparity.clamp(0, 1), mask, mode)
        assert float(surface(plane)[3:45, 2:62].min()) > -1e-9
        assert max(abs(plane[1]), abs(plane[2])) <= STEEPEST


def test_a_relief_follows_what_is_smooth():
    points = grid()
    hill = 0.4 + 0.1 * torch.cos((points[..., 0] - 32) / 12) * torch.cos((points[..., 1] - 24) / 12)
    plane, relief = anchor(hill, body(), "relief")
    assert relief.dtype == torch.float32 and relief.shape == SIZE
    error = (surface(plane, relief) - hill)[8:40, 20:44].abs()
    assert float(error.max()) < 0.01
    _, half = anchor(hill, body(), "relief", strength=0.5)
    torch.testing.assert_close(half, relief / 2, atol=0.003, rtol=0)
    assert anchor(hill, body(), "relief", strength=0)[1] is None


@pytest.mark.parametrize("seed", [0, 1])
def test_no_relief_is_steeper_than_the_bound(seed):
    mask = body()
    disparity = noise(seed).round()
    plane, relief = anchor(disparity, mask, "relief")
    total = surface(plane, relief)
    assert steepness(total) <= STEEPEST * 1.001
    assert float(total.min()) > -1e-6 and float(total.max()) < 1 + 1e-6
    step = torch.zeros(SIZE)
    step[:, 32:] = 1
    plane, relief = anchor(step, torch.ones(SIZE), "relief")
    assert steepness(surface(plane, relief)) <= STEEPEST * 1.001


def test_a_relief_continues_outside_the_mask_and_the_picture():
    disparity = torch.zeros(SIZE)
    disparity[8:40, 20:44] = 0.7
    box = (-6, 4, 70, 52)
    plane, relief = anchor(disparity, body(), "relief", box=box)
    total = surface(plane, relief, box=box)
    assert relief.shape == (48, 76)
    torch.testing.assert_close(total, torch.full_like(total, 0.7), atol=1e-4, rtol=0)
    Layer("character 0", torch.zeros(48, 76, 4), box[:2], plane, relief)


def test_large_pictures_have_the_same_relief_as_small_ones():
    size = (480, 640)
    points = grid(size) / 10
    hill = 0.4 + 0.1 * torch.cos((points[..., 0] - 32) / 12) * torch.cos((points[..., 1] - 24) / 12)
    mask = torch.zeros(size)
    mask[80:400, 200:440] = 1
    plane, relief = anchor(hill, mask, "relief")
    total = surface(plane, relief, size)
    assert float((total - hill)[80:400, 200:440].abs().max()) < 0.01
    assert steepness(total, size[1]) <= STEEPEST * 1.001


def test_the_plates_ground_and_sky_are_kept_and_its_hole_is_continued():
    rows = (grid()[..., 1] / SIZE[0]).float()
    background = (rows - 0.5).clamp(min=0)
    disparity, hole = background.clone(), body()
    disparity[hole > 0] = 0.9
    box = (-6, -5, 70, 53)
    plane, relief = background_plane(disparity, hole, box=box)
    total = surface(plane, relief, box=box)
    inner = total[5:53, 6:70]
    assert relief.shape == (58, 76)
    assert float((inner - background)[hole == 0].abs().max()) < 0.03
    assert float((inner - background)[hole > 0].abs().max()) < 0.08
    assert float(total.min()) > -1e-6 and steepness(total) <= STEEPEST * 1.001
    flat, nothing = background_plane(disparity, hole, box=box, relief=False)
    assert nothing is None and flat[2] > 0.2
    assert float(surface(flat, box=box).min()) > -1e-9


def test_the_plates_margin_goes_on_as_the_pictures_edge_does():
    disparity = (grid()[..., 1] / SIZE[0] - 0.5).clamp(min=0).float()
    box = (-20, -10, 90, 60)
    plane, relief = background_plane(disparity, torch.zeros(SIZE), box=box)
    total = surface(plane, relief, box=box)
    torch.testing.assert_close(total[:, 0], total[:, 50], atol=0.01, rtol=0)
    torch.testing.assert_close(total[:, -1], total[:, 50], atol=0.01, rtol=0)
    assert bool((total[:, 50].diff() > -1e-6).all())


def test_a_plate_that_nobody_sees_is_behind_everything():
    disparity = noise() * 0.5 + 0.3
    for relief in (True, False):
        plane, found = background_plane(disparity, torch.ones(SIZE), relief=relief)
        assert plane == pytest.approx((float(disparity.min()), 0, 0))
        assert (found is not None) == relief


@pytest.mark.parametrize("mode", MODES)
def test_masks_of_few_pixels_stand_somewhere(mode):
    disparity = noise(3)
    for where in (np.s_[5:6, 7:8], np.s_[5:6, 3:30], np.s_[3:30, 63:64], np.s_[47:48, 0:2]):
        mask = torch.zeros(SIZE)
        mask[where] = 1
        plane, relief = anchor(disparity, mask, mode)
        total = surface(plane, relief)[where]
        assert bool(total.isfinite().all()) and -1e-6 <= float(total.min()) <= 1
    for box in ((-500, -500, 1, 1), (63, 47, 900, 900)):  # one pixel is of the picture
        plane, relief = anchor(disparity, body(), mode, box=box)
        assert relief is None or bool(relief.isfinite().all())
    faint = torch.zeros(SIZE)
    faint[5, 7] = 0.2
    assert anchor(disparity, faint, mode)[0][0] == pytest.approx(float(disparity[5, 7]), abs=0.01)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((torch.zeros(SIZE), torch.zeros(SIZE), "foot"), "empty mask"),
        ((torch.zeros(SIZE), torch.ones(SIZE), "feet"), "'feet' is not known; use one of foot"),
        ((torch.zeros(SIZE), torch.ones(3, 3), "foot"), r"not \[48, 64\] and \[3, 3\]"),
    ],
)
def test_bad_anchors_are_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        anchor(*arguments)


def test_a_relief_needs_a_box_and_a_strength():
    with pytest.raises(ValueError, match="from 0 to 1, not 2"):
        anchor(noise(), body(), "relief", strength=2)
    with pytest.raises(ValueError, match="from 0 to 1, not -1"):
        background_plane(noise(), body(), strength=-1)
    for box in ((5, 5, 5, 9), (64, 0, 70, 9), (-9, -9, 0, 5)):
        with pytest.raises(ValueError, match="has no pixel of the picture"):
            anchor(noise(), body(), "relief", box=box)


def test_bounded_slopes():
    rng = np.random.default_rng(4)
    rough = rng.random((20, 30)).astype(np.float32)
    bounded = bounded_slope(rough, (0.05, 0.1))
    assert np.abs(np.diff(bounded, axis=1)).max() <= 0.05 + 1e-6
    assert np.abs(np.diff(bounded, axis=0)).max() <= 0.1 + 1e-6
    gentle = (0.04 * np.arange(30)[None] - 0.09 * np.arange(20)[:, None]).astype(np.float32)
    np.testing.assert_allclose(bounded_slope(gentle, (0.05, 0.1)), gentle, atol=1e-6)


def test_gaps_are_completed_smoothly():
    known = np.zeros((21, 33), np.float32)
    known[:, :5] = known[:, -5:] = 1
    values = np.where(np.arange(33) < 16, 0.2, 0.8).astype(np.float32)[None] * known
    full = completed(values, known)
    np.testing.assert_allclose(full[known > 0], values[known > 0], atol=1e-6)
    assert full.min() >= 0.2 - 1e-6 and full.max() <= 0.8 + 1e-6
    assert np.abs(np.diff(full[10])).max() < 0.2
    alone = np.zeros((5, 7), np.float32)
    alone[2, 3] = 1
    np.testing.assert_allclose(completed(alone * 0.3, alone), 0.3, atol=1e-6)
