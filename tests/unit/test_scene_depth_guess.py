"""The guess at depth without any depth picture."""

import numpy as np
import pytest
import torch

from cartoon_models.instances import Instances
from cartoon_models.scene.depth.anchor import anchor
from cartoon_models.scene.depth.guess import guess_depth, guess_ground

SIZE = (100, 160)


def characters(*boxes, size=SIZE):
    masks = torch.zeros(len(boxes), *size)
    for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = 1
    return Instances.from_masks(masks)


def standing(horizon, eye, *disparities, size=SIZE):
    """Figures of one height on level ground, seen by a camera."""
    boxes = []
    for index, near in enumerate(disparities):
        foot, tall, left = (horizon + eye * near) * size[0], near * size[0], 10 + 25 * index
        boxes.append((left, max(round(foot - tall), 0), left + 12, round(foot)))
    return characters(*boxes, size=size)


def nearness(depth, found):
    return [anchor(depth.disparity, mask, "foot")[0][0] for mask in found.masks]


@pytest.mark.parametrize(("horizon", "eye"), [(0.3, 0.9), (0.45, 0.6), (0.2, 0.7)])
def test_feet_on_the_ground_tell_how_near_characters_are(horizon, eye):
    true = (0.25, 0.35, 0.5, 0.7)
    found = standing(horizon, eye, *true)
    guessed = np.array(nearness(guess_depth(SIZE, found), found))
    ratios = guessed / guessed[0]
    assert (np.diff(guessed) > 0.03).all()
    assert ratios == pytest.approx(np.array(true) / true[0], rel=0.2)


def test_it_says_that_it_is_a_guess():
    depth = guess_depth(SIZE, standing(0.3, 0.8, 0.5))
    assert depth.source == "guess" and depth.confidence == 0
    assert "No depth picture was given" in depth.notes[0]


def test_characters_stand_on_the_ground_that_they_are_as_near_as():
    found = standing(0.35, 0.7, 0.3, 0.6)
    depth = guess_depth(SIZE, found)
    for near, box in zip(nearness(depth, found), found.boxes.int().tolist(), strict=True):
        assert float(depth.disparity[box[3] - 1, 150]) == pytest.approx(near, abs=0.03)


def test_the_background_is_far_above_and_near_below():
    for found in (None, characters(), Instances.empty(SIZE)):
        column = guess_depth(SIZE, found).disparity[:, 80]
        assert float(column[0]) < 0.1 and float(column[-1]) > 0.95
        assert bool((column.diff() >= 0).all())


def test_who_is_cut_off_below_is_before_the_ground():
    found = characters((10, 30, 40, 100), (60, 30, 75, 80))
    depth = guess_depth(SIZE, found)
    cut, whole = nearness(depth, found)
    assert cut == 1 and whole < 0.95
    assert float(depth.disparity[-1, 150]) < 1


def test_a_close_up_is_well_before_what_is_seen_of_the_ground():
    found = characters((40, 10, 120, 100))
    depth = guess_depth(SIZE, found)
    assert nearness(depth, found) == [1]
    assert 0.4 < float(depth.disparity[-1, 150]) < 0.8
    assert float(depth.disparity[-1, 150]) > float(depth.disparity[10, 150])


def test_who_hangs_in_the_air_is_as_near_as_large():
    found = characters((10, 5, 20, 15), (60, 5, 100, 45), (120, 40, 140, 90))
    small, large, _ = nearness(guess_depth(SIZE, found), found)
    assert 0 < small < large


def test_odd_masks_are_no_trouble():
    found = characters((0, 0, 160, 100), (5, 5, 5, 5), (3, 99, 4, 100), (0, 0, 160, 1))
    depth = guess_depth(SIZE, found)
    assert bool(depth.disparity.isfinite().all())
    for size in ((1, 1), (1, 50), (50, 1)):
        assert guess_depth(size, characters((0, 0, 1, 1), size=size)).size == size


def test_specks_below_the_feet_do_not_count():
    size = (400, 640)
    found = characters((40, 100, 100, 220), (200, 80, 280, 300), size=size)
    masks = found.masks.clone()
    masks[0, 390:392, 50:52] = 1
    speckled = Instances.from_masks(masks)
    near = nearness(guess_depth(size, found), found)
    assert nearness(guess_depth(size, speckled), found) == pytest.approx(near, abs=0.01)


def test_one_of_another_stature_does_not_move_the_ground():
    stands = np.ones(5, bool)
    near = np.array([0.3, 0.4, 0.5, 0.6, 0.7])
    feet = 0.3 + 0.8 * near
    alone = guess_ground(feet, near, stands)
    heights = near.copy()
    heights[4] /= 6  # a cat
    assert guess_ground(feet, heights, stands).horizon == pytest.approx(alone.horizon, abs=0.06)


def test_instances_of_another_picture_are_refused():
    with pytest.raises(ValueError, match="9 x 9, but the instances are of a picture of 160 x 100"):
        guess_depth((9, 9), characters((0, 0, 5, 5)))
