"""The guess at depth that looks at the picture: what stands does not lean, and no foot slides."""

import numpy as np
import pytest
import torch

from benchmarks import scene_leaning, scene_places
from cartoon_models.instances import Instances
from cartoon_models.scene.depth.guess import guess_depth
from cartoon_models.scene.depth.standing import LEAN, TRUCK

SIZE = (100, 160)


def figures(*boxes):
    masks = torch.zeros(len(boxes), *SIZE)
    for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = 1
    return Instances.from_masks(masks)


def place(*blocks, edge=60):
    """A sky and a ground that begins at a row, with blocks (x1, y1, x2, y2) in other colours."""
    picture = np.full((*SIZE, 3), (0.6, 0.8, 0.95), np.float32)
    picture[edge:] = (0.45, 0.7, 0.3)
    for number, (x1, y1, x2, y2) in enumerate(blocks):
        picture[y1:y2, x1:x2] = (0.4, 0.25 - 0.1 * (number % 2), 0.2)
    return picture


def lean(disparity, column, top, foot, nearest=1.0):
    """Degrees, in a truck by which the camera's amount is defined."""
    away = float(disparity[top, column] - disparity[foot - 1, column]) * TRUCK * SIZE[1] / nearest
    return np.degrees(np.arctan2(abs(away), foot - 1 - top))


@pytest.mark.parametrize(("kind", "most"), [("park", 5), ("street", 2.5), ("room", 4)])
def test_what_stands_leans_little_and_feet_hold(kind, most):
    places = list(scene_places.places(3, 11, (kind,)))
    rows = scene_leaning.measure(places, looks=False)[kind]
    looked = scene_leaning.measure(places)[kind]
    assert looked["lean_mean"] < most and looked["lean_p95"] < rows["lean_p95"]
    assert looked["slide_p95"] < 1 and looked["stretch"] < 0.1
    assert looked["apart_mean"] > rows["apart_mean"] / 3


def test_a_post_before_the_farthest_feet_stands_about_as_near_as_its_foot():
    post, found = (100, 10, 106, 85), figures((20, 45, 30, 72), (60, 45, 75, 95))
    rows = guess_depth(SIZE, found).disparity
    looked = guess_depth(SIZE, found, place(post)).disparity
    assert lean(rows, 103, 12, 85) > 6
    assert lean(looked, 103, 12, 85) < 2.5
    assert float(looked[84, 103]) == pytest.approx(float(rows[84, 103]), abs=0.08)


def test_characters_stand_where_they_did_and_on_the_same_ground():
    found = figures((20, 45, 30, 72), (60, 45, 75, 95))
    rows = guess_depth(SIZE, found).disparity
    looked = guess_depth(SIZE, found, place((32, 5, 38, 90))).disparity
    inside = found.masks.amax(0) > 0
    assert torch.equal(looked[inside], rows[inside])
    for x, y in ((25, 72), (67, 95)):
        assert float(looked[y, x]) == pytest.approx(float(rows[y, x]), abs=0.03)


def test_a_close_ups_background_hardly_leans():
    found = figures((40, 20, 110, 100))
    wall = place((5, 0, 12, 100), (120, 0, 150, 100), edge=0)
    looked = guess_depth(SIZE, found, wall).disparity
    for column in (6, 130):
        assert lean(looked, column, 0, 100) < LEAN + 0.3
    assert lean(guess_depth(SIZE, found).disparity, 6, 0, 100) > 3


def test_a_sky_without_anything_in_it_goes_back_faster_than_what_stands():
    found = figures((20, 45, 30, 72))
    column = guess_depth(SIZE, found, place((60, 40, 66, 66))).disparity[:, 120]
    assert bool((column.diff() >= -1e-3).all())
    assert float(column[30] - column[5]) > float(column[55] - column[35])


def test_of_a_place_without_anybody_the_ground_is_found():
    looked = guess_depth(SIZE, None, place((60, 20, 66, 62), edge=60)).disparity
    rows = guess_depth(SIZE).disparity
    assert float((looked - rows)[75:, 20].abs().max()) < 0.05
    assert lean(looked, 63, 22, 62) < LEAN + 0.3 < lean(rows, 63, 22, 62)


def test_what_is_beside_a_character_and_above_its_feet_lies_behind_it():
    """Also where everything is drawn as if it stood on the lower edge."""
    rng = np.random.default_rng(4)
    stripes = np.repeat(rng.random((1, SIZE[1] // 2, 3)), 2, axis=1).astype(np.float32)
    for boxes in (((70, 20, 80, 50),), ((30, 30, 44, 60), (100, 35, 130, 98))):
        found = figures(*boxes)
        looked = guess_depth(SIZE, found, np.repeat(stripes, SIZE[0], axis=0)).disparity
        for x1, y1, x2, y2 in boxes:
            near = float(looked[y1, x1])
            for column in (x1 - 2, x2 + 1):
                assert float(looked[y1 : y2 - 3, column].max()) < near + 0.03


def test_nothing_is_stretched_sideways():
    found = figures((20, 45, 30, 72), (60, 45, 75, 95))
    looked = guess_depth(SIZE, found, place((100, 10, 104, 90), (110, 0, 140, 80))).disparity
    background = found.masks.amax(0) == 0
    beside = background[:, 1:] & background[:, :-1]
    change = (looked.diff(dim=1).abs() * TRUCK * SIZE[1])[beside]
    assert float(change.max()) < 0.08


def test_odd_pictures_are_no_trouble():
    for size in ((1, 1), (1, 50), (50, 1), (2, 3), (7, 300)):
        picture = np.random.default_rng(1).random((*size, 3)).astype(np.float32)
        for found in (None, Instances.empty(size)):
            depth = guess_depth(size, found, picture)
            assert depth.size == size and torch.equal(
                depth.disparity, guess_depth(size, found, picture).disparity
            )
    covered = figures((0, 0, 160, 100))
    assert guess_depth(SIZE, covered, torch.rand(*SIZE, 4)).size == SIZE
    assert guess_depth(SIZE, None, np.zeros((*SIZE, 3), np.float32)).size == SIZE


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError, match="The picture is 9 x 8"):
        guess_depth(SIZE, None, np.zeros((8, 9, 3), np.float32))
