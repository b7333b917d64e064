"""Layers stand as they are painted: none moves less than one that it covers."""

import logging

import numpy as np
import pytest

from cartoon_models.scene import build_scene
from cartoon_models.scene.layers.agreed import agreed_shifts
from tests.unit.drawn_scene import figure, found_in, over, sky

SIZE = (20, 60)


def boxes(*columns, rows=(4, 16)):
    masks = np.zeros((len(columns), *SIZE), bool)
    for mask, (left, right) in zip(masks, columns, strict=True):
        mask[slice(*rows), left:right] = True
    return list(masks)


def flat(*disparities):
    return [(disparity, 0.0, 0.0) for disparity in disparities]


def test_what_agrees_or_does_not_touch_stays():
    masks = boxes((0, 10), (10, 20), (30, 40), (50, 60))
    planes = flat(0.2, 0.4, 0.9, 0.3)
    assert not agreed_shifts(planes, masks, [0, 1, 2, 3]).any()
    assert agreed_shifts(planes, masks, [1, 0, 2, 3])[2:].tolist() == [0, 0]
    assert len(agreed_shifts([], [], [])) == 0


def test_two_that_touch_meet_in_the_middle_by_their_areas():
    masks = boxes((0, 10), (10, 20))
    assert agreed_shifts(flat(0.2, 0.4), masks, [1, 0]) == pytest.approx([0.1, -0.1])
    masks = boxes((0, 30), (30, 40))
    found = agreed_shifts(flat(0.2, 0.4), masks, [1, 0])
    assert found == pytest.approx([0.05, -0.15])


def test_it_is_the_least_change_along_a_chain():
    """The blocks that neighbours in the wrong order are pooled to, as isotonic regression has."""
    masks = boxes((0, 10), (10, 20), (20, 30), (30, 40), (40, 50))
    found = np.array([0.5, 0.7, 0.3, 0.2, 0.9])
    shifts = agreed_shifts(flat(*found), masks, [0, 1, 2, 3, 4])
    pooled = [0.425, 0.425, 0.425, 0.425, 0.9]
    assert found + shifts == pytest.approx(pooled)


def test_slanted_layers_are_compared_where_they_touch():
    masks = boxes((0, 20), (20, 60))
    planes = [(0.5, 0.0, 0.0), (0.4, -0.6, 0.0)]  # 0.5 at x = 20
    assert np.abs(agreed_shifts(planes, masks, [0, 1])).max() < 0.01
    planes[1] = (0.4, 0.6, 0.0)  # 0.3 at x = 20
    shifts = agreed_shifts(planes, masks, [0, 1])
    assert shifts[1] - shifts[0] == pytest.approx(0.2, abs=0.01)


def test_nothing_comes_below_zero():
    masks = boxes((0, 30), (30, 34), (34, 60))
    shifts = agreed_shifts(flat(0.0, 0.5, 0.01), masks, [1, 0, 2])
    found = np.array([0.0, 0.5, 0.01]) + shifts
    assert found.min() >= -1e-6 and found[0] >= found[1] - 1e-6 and found[2] >= found[1] - 1e-6


def test_random_orders_always_agree():
    rng = np.random.default_rng(3)
    for _ in range(20):
        masks, planes = [], []
        for _ in range(12):
            left, top = rng.integers(0, 45), rng.integers(0, 12)
            mask = np.zeros(SIZE, bool)
            mask[top : top + 8, left : left + 15] = True
            masks.append(mask)
            planes.append((float(rng.random()), *rng.uniform(-0.2, 0.2, 2)))
        order = rng.permutation(12).tolist()
        shifts = agreed_shifts(planes, masks, order)
        moved = [(plane[0] + by, *plane[1:]) for plane, by in zip(planes, shifts, strict=True)]
        assert np.abs(agreed_shifts(moved, masks, order)).max() < 1e-3


@pytest.mark.parametrize("mode", ["foot", "relief"])
def test_a_layer_in_front_moves_no_less_than_what_it_covers(mode, caplog):
    """The outlines say that one is in front, a depth picture says the other one."""
    front, front_alpha = figure(middle=(40, 40), arm=False)
    back, back_alpha = figure(middle=(28, 24), arm=False)
    picture = over(front, front_alpha, over(back, back_alpha, sky()))
    behind = (back_alpha >= 0.5) & (front_alpha < 0.5)
    found = found_in(front_alpha >= 0.5, behind)
    depth = np.where(front_alpha >= 0.5, 0.5, np.where(behind, 0.52, 0.1)).astype(np.float32)
    caplog.set_level(logging.INFO, "celkit")
    scene = build_scene(picture, found, depth, mode=mode, fill="none", occluders=False)
    assert [layer.instance for layer in scene.layers] == [1, 0]
    back, front = (layer.plane[0] + _relief(layer) for layer in scene.layers)
    assert front >= back - (1e-6 if mode == "foot" else 0.02)
    assert "who stands in front" in caplog.text


def _relief(layer):
    return 0.0 if layer.relief is None else float(layer.relief[layer.rgba[..., 3] > 0.5].mean())
