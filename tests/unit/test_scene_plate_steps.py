"""A plate that something else paints: what it is given, and what becomes of what it gives back."""

import cv2
import numpy as np
import pytest
import torch

from cartoon_models.scene.plate.fit import fitted, registered
from cartoon_models.scene.plate.steps import (
    NEGATIVE,
    background_prompt,
    external_plate,
    finish_plate,
    prepare_plate,
)

SIZE = (96, 128)
HOLE = np.zeros(SIZE, bool)
HOLE[40:62, 50:80] = True


def texture(seed=0, size=SIZE, blur=3):
    noise = np.random.default_rng(seed).normal(size=(*size, 3)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), blur) * blur
    return (0.5 + 0.25 * noise).clip(0.05, 0.95)


def moved(picture, right, down):
    warp = np.float32([[1, 0, right], [0, 1, down]])
    size = (picture.shape[1], picture.shape[0])
    return cv2.warpAffine(picture, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("multiple", [8, 32, 64])
def test_the_prepared_picture_has_sides_that_are_multiples(multiple):
    prepared = prepare_plate(texture(), HOLE, multiple=multiple, context=5, method="diffuse")
    height, width = prepared.picture.shape[:2]
    assert height % multiple == 0 and width % multiple == 0
    assert prepared.mask.shape == (height, width)
    x1, y1, x2, y2 = prepared.box
    assert x1 <= 45 and y1 <= 35 and x2 >= 85 and y2 >= 67
    mask = prepared.mask[: y2 - y1, : x2 - x1].numpy() > 0
    assert mask[HOLE[y1:y2, x1:x2]].all()
    part = prepared.picture.numpy()[: y2 - y1, : x2 - x1]
    outside = ~HOLE[y1:y2, x1:x2]
    assert np.array_equal(part[outside], texture()[y1:y2, x1:x2][outside])


def test_sides_that_no_multiple_fits_are_mirrored():
    picture = texture(size=(50, 61))
    hole = np.zeros((50, 61), bool)
    hole[20:30, 20:30] = True
    prepared = prepare_plate(picture, hole, context=None, multiple=32, method="diffuse")
    assert prepared.picture.shape == (64, 64, 3) and prepared.box == (0, 0, 61, 50)
    plate = finish_plate(prepared, prepared.picture)
    assert plate.picture.shape == (50, 61, 3)


def test_only_the_hole_changes():
    picture = texture()
    prepared = prepare_plate(picture, HOLE, margin=6, context=None, method="diffuse")
    painted = texture(1, tuple(prepared.picture.shape[:2]))
    for fit in (True, False):
        plate = finish_plate(prepared, painted, fit=fit)
        inner = plate.picture.numpy()[6:-6, 6:-6]
        assert np.array_equal(inner[~HOLE], picture[~HOLE])
        assert not np.array_equal(inner[HOLE], prepared.plate.picture.numpy()[6:-6, 6:-6][HOLE])
        assert plate.offset == (-6, -6) and plate.coverage == 1.0
    assert np.array_equal(inner[HOLE], painted[6 : 6 + SIZE[0], 6 : 6 + SIZE[1]][HOLE])


def test_only_what_is_revealed_is_replaced():
    picture, reveal = texture(), HOLE.copy()
    reveal[:, 64:] = False
    prepared = prepare_plate(picture, HOLE, reveal=reveal, method="diffuse")
    plate = finish_plate(prepared, torch.zeros_like(prepared.picture), fit=False)
    assert np.array_equal((plate.picture.numpy() == 0).all(2), reveal)
    assert np.array_equal(plate.filled.numpy(), ~HOLE | reveal)


def test_a_painted_picture_of_twice_the_size_is_made_smaller():
    prepared = prepare_plate(texture(), HOLE, method="diffuse")
    large = cv2.resize(prepared.picture.numpy(), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    plate = finish_plate(prepared, large, fit=False)
    torch.testing.assert_close(plate.picture, prepared.plate.picture)


def test_a_painted_picture_of_another_shape_is_refused():
    prepared = prepare_plate(texture(), HOLE, method="diffuse")
    with pytest.raises(ValueError, match="painted plate is 30 x 90"):
        finish_plate(prepared, np.zeros((90, 30, 3), np.float32))


def test_drift_and_colour_of_a_painter_are_undone():
    picture = texture()
    painted = (moved(picture, 1.6, -2.3) * 0.8 + np.float32([0.1, 0.05, 0.0])).clip(0, 1)
    hidden = np.where(HOLE[..., None], np.float32(0), picture)
    found = fitted(painted, hidden, HOLE)
    assert np.array_equal(found[~HOLE], picture[~HOLE])
    before, after = (np.abs(one - picture)[HOLE].mean() for one in (painted, found))
    assert after < 0.02 and after < before / 5


def test_what_has_not_moved_stays_where_it_is():
    picture = texture()
    assert np.array_equal(registered(picture, picture, HOLE), picture)
    other = texture(5)
    assert np.array_equal(registered(other, picture, HOLE), other)
    flat = np.full_like(picture, 0.5)
    assert np.array_equal(registered(flat, flat, HOLE), flat)


def test_a_step_in_shade_at_the_rim_is_gone():
    picture = np.full((*SIZE, 3), 0.6, np.float32)
    found = fitted(np.full_like(picture, 0.52), picture, HOLE)
    np.testing.assert_allclose(found, picture, atol=2e-3)


def test_a_background_made_elsewhere_fills_the_hole():
    picture, background = texture(), texture(3)
    plate = external_plate(picture, HOLE, background, margin=4, fit=False)
    inner = plate.picture.numpy()[4:-4, 4:-4]
    assert np.array_equal(inner[HOLE], background[HOLE])
    assert np.array_equal(inner[~HOLE], picture[~HOLE])
    assert not bool(plate.filled[:4].any())  # it has no margin to give
    wide = texture(4, (SIZE[0] + 8, SIZE[1] + 8))
    plate = external_plate(picture, HOLE, wide, margin=4, fit=False)
    assert plate.coverage == 1.0
    assert np.array_equal(plate.picture.numpy()[:4], wide[:4])


def test_a_transparent_background_fills_nothing():
    background = np.dstack([texture(3), np.ones(SIZE, np.float32)])
    background[:, 64:, 3] = 0
    for fit in (False, True):
        plate = external_plate(texture(), HOLE, background, fit=fit)
        seen = HOLE.copy()
        seen[:, 64:] = False
        assert np.array_equal(plate.filled.numpy() & HOLE, seen)


def test_a_background_of_another_size_is_refused():
    with pytest.raises(ValueError, match="128 x 96 like the picture or 136 x 104"):
        external_plate(texture(), HOLE, texture(size=(20, 20)), margin=4)


def test_people_stay_out_of_the_prompt():
    prompt = background_prompt(["outdoors", "blue_sky", "1girl", "2boys", "solo", "tree", "tree"])
    assert prompt == "outdoors, blue sky, tree, high quality, masterpiece, no humans"
    assert background_prompt("castle, night ,") == "castle, night, " + background_prompt()
    assert prepare_plate(texture(), HOLE, method="diffuse").negative == NEGATIVE
    assert "1girl" in NEGATIVE and "body" in NEGATIVE


@pytest.mark.parametrize("wrong", [{"multiple": 0}, {"context": -1}, {"grow": -2}])
def test_settings_without_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="from 1 up"):
        prepare_plate(texture(), HOLE, method="diffuse", **wrong)


def test_without_a_hole_there_is_nothing_to_paint():
    picture = texture()
    prepared = prepare_plate(picture, np.zeros(SIZE, bool))
    assert not bool(prepared.mask.any())
    plate = finish_plate(prepared, torch.zeros_like(prepared.picture))
    assert np.array_equal(plate.picture.numpy(), picture)
