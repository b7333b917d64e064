"""Edges of layers: nothing of the old background in them, nothing of them in the plate."""

import cv2
import numpy as np
import pytest

from cartoon_models.scene import build_scene
from tests.unit.drawn_scene import MAGENTA, figure, flattened, found_in, over, psnr, sky

OWN, ALPHA = figure()
RING = (
    cv2.dilate((ALPHA > 0).astype(np.uint8), np.ones((7, 7)))
    - cv2.erode((ALPHA >= 1).astype(np.uint8), np.ones((3, 3)))
) > 0
AROUND = np.ones((3, 3), np.uint8)
HARD = (ALPHA >= 0.5).astype(np.float32)
MASKS = {
    "exact": ALPHA,
    "hard": HARD,
    "a pixel wide": cv2.dilate(HARD, AROUND),
    "a pixel tight": cv2.erode(HARD, AROUND),
    "a haze": cv2.GaussianBlur(HARD, (0, 0), 2.5),
}


def rim_error(got, want):
    """Mean error around the silhouette, of 255."""
    return 255 * float(np.abs(got - want)[RING].mean())


@pytest.mark.parametrize("kind", MASKS)
def test_no_halo_on_another_background_and_no_ghost_on_the_plate(kind):
    picture, mask = over(OWN, ALPHA, sky()), MASKS[kind]
    scene = build_scene(picture, found_in(mask), fill="diffuse")
    want = over(OWN, ALPHA, MAGENTA)
    layer = rim_error(flattened(scene, MAGENTA)[..., :3], want)
    plain = rim_error(over(picture, mask, MAGENTA), want)
    assert layer < 4 and layer < 0.3 * plain
    left, top = scene.plate.offset
    plate = scene.plate.rgba.numpy()[-top : 60 - top, -left : 72 - left, :3]
    assert rim_error(plate, sky()) < 4
    assert psnr(flattened(scene)[..., :3], picture) > 90


def test_a_crisp_mask_is_trusted_where_the_background_says_nothing():
    rng = np.random.default_rng(3)
    dots = sky()
    for x, y, radius in rng.uniform((0, 0, 2), (72, 60, 5), (60, 3)).astype(int):
        color = rng.uniform(0.2, 0.7, 3) * (0.5, 1, 0.5)
        cv2.circle(dots, (int(x), int(y)), int(radius), color.tolist(), -1, cv2.LINE_4)
    picture = over(OWN, ALPHA, dots)
    scene = build_scene(picture, found_in(ALPHA), fill="diffuse")
    assert rim_error(flattened(scene, MAGENTA)[..., :3], over(OWN, ALPHA, MAGENTA)) < 3
    assert psnr(flattened(scene)[..., :3], picture) > 90


def test_between_two_that_touch_nothing_shines_through():
    front, front_alpha = figure(middle=(26, 32), arm=False)
    back, back_alpha = figure(middle=(46, 30), arm=False)
    picture = over(front, front_alpha, over(back, back_alpha, sky()))
    scene = build_scene(picture, found_in(front_alpha, back_alpha * (1 - front_alpha)))
    near, far = scene.layer_of(0), scene.layer_of(1)
    assert scene.layers == (far, near)
    over_magenta = flattened(scene, MAGENTA)[..., :3]
    solid = cv2.erode((back_alpha == 1).astype(np.uint8), np.ones((5, 5))) > 0
    touching = (front_alpha > 0.02) & (front_alpha < 0.98) & solid
    assert touching.sum() > 10
    assert 255 * np.abs(over_magenta - picture)[touching].max() < 2
    # What is behind goes on for a little under the one in front.
    x1, y1, x2, y2 = far.box
    hidden = far.rgba[..., 3].numpy() * (front_alpha == 1)[y1:y2, x1:x2]
    assert hidden.sum() > 20
