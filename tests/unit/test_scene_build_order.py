"""Who stands before whom, and background that stands before somebody."""

import cv2
import numpy as np
import pytest

from cartoon_models.scene import build_scene
from cartoon_models.scene.layers.occluders import find_occluders
from cartoon_models.scene.layers.order import occlusion_order
from tests.unit.drawn_scene import figure, flattened, found_in, over, psnr, sky

SIZE = (60, 72)


def two(front_at, back_at, overlap=False):
    """A picture and the masks (front, back) of two figures."""
    front, front_alpha = figure(middle=front_at, arm=False)
    back, back_alpha = figure(middle=back_at, arm=False)
    picture = over(front, front_alpha, over(back, back_alpha, sky()))
    masks = [front_alpha >= 0.5, (back_alpha >= 0.5) & ((front_alpha < 0.5) | overlap)]
    return picture, masks


@pytest.mark.parametrize("overlap", [False, True])
@pytest.mark.parametrize(
    "places", [((26, 32), (46, 28)), ((40, 40), (28, 24)), ((34, 22), (30, 44))]
)
def test_outlines_say_who_is_in_front(places, overlap):
    picture, masks = two(*places, overlap)
    assert occlusion_order(picture, masks, [0.5, 0.5]) == [1, 0]
    assert occlusion_order(picture, masks[::-1], [0.5, 0.5]) == [0, 1]
    assert occlusion_order(picture, masks, [0.48, 0.52]) == [1, 0]  # a little depth says little


def test_who_is_clearly_nearer_is_in_front_whatever_outlines_say():
    picture, masks = two((26, 32), (46, 28))
    assert occlusion_order(picture, masks, [0.45, 0.5]) == [1, 0]
    assert occlusion_order(picture, masks, [0.3, 0.7]) == [0, 1]


def blob(rng, size=(180, 195)):
    """bool ``[H, W]``: something round with bumps."""
    height, width = size
    middle = rng.uniform(0.3, 0.7, 2) * (width, height)
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = np.full_like(turn, rng.uniform(0.16, 0.28) * height)
    for bumps in range(2, 7):
        wave = np.cos(bumps * turn + rng.uniform(0, 6.3))
        radius *= 1 + rng.uniform(-0.35, 0.35) / bumps**0.7 * wave
    points = middle + np.stack([np.cos(turn), 1.2 * np.sin(turn)], 1) * radius[:, None]
    mask = np.zeros(size, np.uint8)
    return cv2.fillPoly(mask, [points.astype(np.int32)], 1) > 0


def astray(rng, mask, pixels):
    """The mask with an edge that is off by so much, now here, now there."""
    signed = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    signed -= cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    noise = rng.normal(0, pixels, (mask.shape[0] // 12, mask.shape[1] // 12)).astype(np.float32)
    return signed + cv2.resize(noise, mask.shape[::-1], interpolation=cv2.INTER_CUBIC) > 0


@pytest.mark.parametrize(("overlap", "pixels"), [(False, 0), (True, 0), (False, 1)])
def test_outlines_of_made_up_figures_are_right_nearly_always(overlap, pixels):
    rng = np.random.default_rng(5)
    right = []
    while len(right) < 40:
        back, front = blob(rng), blob(rng)
        visible = back & ~front
        if (back & front).sum() < 40 or visible.sum() < 0.2 * back.sum():
            continue
        picture = np.full((*back.shape, 3), rng.uniform(0.4, 1, 3), np.float32)
        for mask in (back, front):
            picture[mask] = 0.08
            inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
            picture[inner] = rng.uniform(0.2, 1, 3)
        masks = [back if overlap else visible, front]
        if pixels:
            masks = [astray(rng, mask, pixels) for mask in masks]
        right.append(occlusion_order(picture, masks, [0.5, 0.5]) == [0, 1])
    assert sum(right) >= 38


def test_what_does_not_touch_goes_by_nearness_and_then_by_index():
    masks = np.zeros((4, 20, 60), bool)
    for index in range(4):
        masks[index, 5:15, 15 * index : 15 * index + 8] = True
    picture = np.zeros((20, 60, 3), np.float32)
    assert occlusion_order(picture, masks, [0.9, 0.2, 0.5, 0.2]) == [1, 3, 2, 0]
    assert occlusion_order(picture, masks, [0.9, 0.2, 0.5, 0.2], [(1, 0)]) == [3, 2, 0, 1]
    assert occlusion_order(picture, [], []) == []


def test_a_straight_border_leaves_it_to_nearness():
    masks = np.zeros((2, 40, 40), bool)
    masks[0, :, :20], masks[1, :, 20:] = True, True
    picture = np.zeros((40, 40, 3), np.float32)
    assert occlusion_order(picture, masks, [0.7, 0.3]) == [1, 0]
    assert occlusion_order(picture, masks, [0.3, 0.7]) == [0, 1]


def test_contradictions_give_way_to_stronger_votes():
    masks = np.zeros((3, 8, 8), bool)
    order = occlusion_order(
        np.zeros((8, 8, 3), np.float32), masks, [0.1, 0.2, 0.3], [(0, 1), (1, 2), (2, 0)]
    )
    assert sorted(order) == [0, 1, 2]
    assert order.index(0) > order.index(1) > order.index(2)


def street(rail=True, desk=False, ground=True, soft=1.0):
    """A figure on the ground before a wall: picture, its mask, disparity, and what hides it."""
    size = (96, 128)
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    disparity = np.full(size, 0.15, np.float32)
    if ground:
        disparity = np.maximum(disparity, 0.15 + (y - 40) / 56 * 0.85)
    picture = sky(size)
    picture[48:] = (0.5, 0.7, 0.35)
    mask = ((x - 64) / 15) ** 2 + ((y - 46) / 28) ** 2 < 1
    disparity[mask] = 0.15 + (74 - 40) / 56 * 0.85 if ground else 0.5
    picture[mask] = (0.95, 0.8, 0.7)
    hides = np.zeros(size, bool)
    if rail:
        hides[62:68, 16:112] = hides[62:84, 24:30] = hides[62:84, 98:104] = True
    if desk:
        hides[60:] = True
    disparity[hides], picture[hides] = 0.95, (0.45, 0.28, 0.15)
    mask &= ~hides
    if soft:
        disparity = cv2.GaussianBlur(disparity, (0, 0), soft)
    return picture, mask, disparity, hides


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"soft": 0},
        {"soft": 2},
        {"ground": False},
        {"rail": False, "desk": True, "ground": False},
    ],
)
def test_background_before_a_character_is_found(kind):
    _, mask, disparity, hides = street(**kind)
    (piece,) = find_occluders(disparity, [mask])
    assert piece.behind == (0,) and piece.nearness > 0.75
    assert (piece.mask & hides).sum() / (piece.mask | hides).sum() > 0.6
    assert not (piece.mask & mask).any()


@pytest.mark.parametrize("ground", [True, False])
def test_ground_and_wall_hide_nobody(ground):
    _, mask, disparity, _ = street(rail=False, ground=ground)
    assert find_occluders(disparity, [mask]) == []
    assert find_occluders(disparity, []) == []


def test_an_occluder_is_a_layer_before_the_character_when_there_is_a_depth():
    picture, mask, disparity, hides = street()
    found = found_in(mask)
    scene = build_scene(picture, found, disparity, fill="diffuse")
    assert [layer.name for layer in scene.layers] == ["character 0", "occluder 0"]
    rail = scene.layers[1]
    assert rail.instance is None and rail.plane[0] > scene.layers[0].plane[0]
    x1, y1, x2, y2 = rail.box
    assert (rail.rgba[..., 3].numpy() * hides[y1:y2, x1:x2]).sum() > 0.8 * hides.sum()
    assert psnr(flattened(scene)[..., :3], picture) > 90
    assert len(build_scene(picture, found, disparity, occluders=False, fill="none").layers) == 1
    assert len(build_scene(picture, found, fill="none").layers) == 1
