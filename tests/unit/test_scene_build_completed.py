"""Masks that miss pieces, and the pieces that go back to them."""

import cv2
import numpy as np
import pytest

from cartoon_models.scene import build_scene
from cartoon_models.scene.layers.completed import completed_masks

from .drawn_scene import INK, SKIN, flattened, found_in, psnr

SIZE = 120, 160
CROWN, GRASS = np.float32([0.95, 0.8, 0.2]), np.float32([0.35, 0.7, 0.3])


def meadow():
    """Sky above grass: float32 [120, 160, 3]."""
    picture = np.empty((*SIZE, 3), np.float32)
    picture[:] = [0.5, 0.75, 0.95]
    picture[80:] = GRASS
    return picture


def drawn(picture, x):
    """A figure on two legs, outlined, its hand to the right: bool masks of its parts, of all."""
    parts = {name: np.zeros(SIZE, np.uint8) for name in ("body", "hand", "legs")}
    cv2.rectangle(parts["body"], (x, 30), (x + 30, 70), 1, -1)
    cv2.rectangle(parts["hand"], (x + 31, 45), (x + 42, 55), 1, -1)
    for left in (x, x + 22):
        cv2.rectangle(parts["legs"], (left, 71), (left + 8, 100), 1, -1)
    parts = {name: part > 0 for name, part in parts.items()}
    whole = parts["body"] | parts["hand"] | parts["legs"]
    picture[whole] = SKIN
    picture[whole & (cv2.erode(whole.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)] = INK
    return parts, whole


def share(mask, part):
    return float((mask[part] >= 0.5).mean())


def test_a_hand_goes_back_to_its_mask():
    picture = meadow()
    parts, whole = drawn(picture, 20)
    found = (whole & ~parts["hand"]).astype(np.float32)
    (mask,) = completed_masks(picture, [found])
    assert share(mask, parts["hand"]) > 0.8
    assert share(mask, ~whole) < 0.002
    assert (mask >= found).all()


def test_sky_and_grass_between_the_legs_stay():
    picture = meadow()
    _, whole = drawn(picture, 60)
    found = whole.astype(np.float32)
    (mask,) = completed_masks(picture, [found])
    assert share(mask, ~whole) < 0.002


def test_a_piece_goes_to_the_figure_whose_colours_it_has():
    picture = meadow()
    parts, whole = drawn(picture, 20)
    other = np.zeros(SIZE, bool)
    other[20:100, 63:100] = True  # touches the hand too
    picture[other] = [0.5, 0.1, 0.5]
    found = [(whole & ~parts["hand"]).astype(np.float32), other.astype(np.float32)]
    one, two = completed_masks(picture, found)
    assert share(one, parts["hand"]) > 0.8 and share(two, parts["hand"]) < 0.05


def test_a_thing_of_the_background_that_touches_stays():
    picture = meadow()
    for x in (5, 70, 110):  # three rocks, one of which the figure's leg touches
        cv2.circle(picture, (x, 95), 12, (0.45, 0.42, 0.4), -1)
    _, whole = drawn(picture, 15)
    (mask,) = completed_masks(picture, [whole.astype(np.float32)])
    assert share(mask, ~whole) < 0.002


@pytest.mark.parametrize("masks", [[], [np.zeros(SIZE, np.float32)], [np.ones(SIZE, np.float32)]])
def test_nothing_to_complete(masks):
    result = completed_masks(meadow(), masks)
    assert len(result) == len(masks)
    assert all((mask == before).all() for mask, before in zip(result, masks, strict=True))


@pytest.mark.parametrize("size", [(1, 1), (5, 40), (9, 9)])
def test_small_pictures(size):
    mask = np.zeros(size, np.float32)
    mask[: (size[0] + 1) // 2] = 1
    noise = np.random.default_rng(0).random((*size, 3), np.float32)
    (result,) = completed_masks(noise, [mask])
    assert result.shape == size and (result >= mask).all()


def test_a_large_picture_is_completed_as_a_small_one():
    picture = meadow()
    parts, whole = drawn(picture, 20)
    found = (whole & ~parts["hand"]).astype(np.float32)
    large = [part.repeat(10, 0).repeat(10, 1) for part in (picture, found)]
    (mask,) = completed_masks(large[0], [large[1]])
    inner = cv2.erode(parts["hand"].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert share(mask[5::10, 5::10], inner) == 1
    assert share(mask[5::10, 5::10], ~whole) < 0.01


@pytest.mark.parametrize("complete", [True, False])
def test_a_scene_has_the_piece_in_the_layer(complete):
    picture = meadow()
    parts, whole = drawn(picture, 60)
    found = found_in(whole & ~parts["hand"])
    scene = build_scene(picture, found, complete=complete, fill="none", margin=0.05)
    (layer,) = scene.layers
    x1, y1, x2, y2 = layer.box
    alpha = np.zeros(SIZE, np.float32)
    alpha[y1:y2, x1:x2] = layer.rgba[..., 3]
    assert (share(alpha, parts["hand"]) > 0.8) == complete
    assert psnr(flattened(scene)[..., :3], picture) > 60


@pytest.mark.parametrize("elsewhere", [False, True])
def test_an_enclosed_island_stays_only_if_its_colour_is_seen_elsewhere(elsewhere):
    picture = meadow()
    body, hole = np.zeros((2, *SIZE), bool)
    body[30:90, 40:110] = True
    hole[50:64, 66:84] = True
    picture[body] = SKIN
    picture[hole] = [0.8, 0.2, 0.6]
    if elsewhere:
        picture[5:30, 5:60] = [0.8, 0.2, 0.6]
    (mask,) = completed_masks(picture, [(body & ~hole).astype(np.float32)])
    assert share(mask, hole) == (0 if elsewhere else 1)
