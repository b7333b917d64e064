"""What things leave on the background outside their edges: taken up where it is theirs."""

import cv2
import numpy as np
import pytest

from cartoon_models.scene import build_scene
from cartoon_models.scene.layers.level import level_around
from cartoon_models.scene.layers.matte import Cutout
from cartoon_models.scene.layers.pixels import extremes
from cartoon_models.scene.layers.traces import lift_traces
from tests.unit.drawn_scene import MAGENTA, figure, flattened, found_in, over, psnr, sky

SIZE = (96, 112)
OWN, ALPHA = figure(SIZE, (48, 50), 24)
SOLID = (ALPHA >= 0.5).astype(np.float32)
BESIDE = (cv2.dilate((ALPHA > 0).astype(np.uint8), np.ones((11, 11))) > 0) & (ALPHA < 0.02)
AROUND = np.ones((3, 3), np.uint8)


def plate_of(scene):
    left, top = scene.plate.offset
    height, width = scene.size
    return scene.plate.rgba.numpy()[-top : height - top, -left : width - left, :3]


def leaves(size=SIZE):
    """A background without an even spot, and without black."""
    height, width = size
    y, x = np.mgrid[:height, :width]
    spot = (((x // 4 + y // 5) % 3) * 0.12 + ((x // 7 - y // 3) % 2) * 0.1)[..., None]
    return np.float32([0.2, 0.5, 0.25]) + spot.astype(np.float32)


def test_a_faint_rim_far_outside_the_mask_goes_with_the_thing():
    away = cv2.distanceTransform((ALPHA <= 0).astype(np.uint8), cv2.DIST_L2, 5)
    rim = np.where(away <= 5, 0.05, 0)[..., None] * (1 - ALPHA[..., None])
    picture = np.clip(over(OWN, ALPHA, sky(SIZE)) - rim, 0, 1).astype(np.float32)
    scene = build_scene(picture, found_in(ALPHA), fill="diffuse")
    assert 255 * np.abs(plate_of(scene) - sky(SIZE))[BESIDE].max() < 2
    assert psnr(flattened(scene)[..., :3], picture) > 90


@pytest.mark.parametrize("lost", [0, 1, 2, 3])
def test_an_outline_goes_with_the_thing_whatever_is_behind(lost):
    picture = over(OWN, ALPHA, leaves())
    mask = cv2.erode(SOLID, AROUND, iterations=lost)
    scene = build_scene(picture, found_in(mask), fill="diffuse")
    plate = plate_of(scene)[ALPHA < 0.98]
    assert (plate[:, 1] < 0.44).mean() < 0.01  # the background's own darkest green is 0.5
    layer, want = flattened(scene, MAGENTA)[..., :3], over(OWN, ALPHA, MAGENTA)
    assert 255 * np.abs(layer - want)[BESIDE | (ALPHA > 0)].mean() < 5
    assert psnr(flattened(scene)[..., :3], picture) > 90


def test_a_line_of_the_background_that_touches_a_thing_stays():
    behind = sky(SIZE)
    behind[38:41] = (0.1, 0.1, 0.12)
    behind[:, 78:80] = (0.3, 0.1, 0.1)
    picture = over(OWN, ALPHA, behind)
    scene = build_scene(picture, found_in(ALPHA), fill="diffuse")
    clear = cv2.erode((ALPHA == 0).astype(np.uint8), AROUND) > 0
    assert 255 * np.abs(plate_of(scene) - behind)[clear].max() < 2
    assert np.abs(flattened(scene, MAGENTA)[..., :3] - MAGENTA)[clear].max() < 0.02


def test_noise_of_the_background_stays():
    rng = np.random.default_rng(0)
    behind = sky(SIZE) + rng.normal(0, 0.006, (*SIZE, 3)).astype(np.float32)
    picture = over(OWN, ALPHA, behind)
    scene = build_scene(picture, found_in(ALPHA), fill="none")
    assert np.abs(plate_of(scene) - behind)[BESIDE].mean() < 1e-3
    assert psnr(flattened(scene)[..., :3], picture) > 90


def test_where_two_things_meet_the_plate_is_the_sky():
    other, other_alpha = figure(SIZE, (48, 101), 10, arm=False)
    picture = over(OWN, ALPHA, over(other, other_alpha, sky(SIZE)))
    scene = build_scene(picture, found_in(ALPHA, other_alpha * (1 - ALPHA)), fill="diffuse")
    gap = (np.maximum(ALPHA, other_alpha) < 0.9) & BESIDE
    assert 255 * np.abs(plate_of(scene) - sky(SIZE))[gap].mean() < 1
    assert psnr(flattened(scene)[..., :3], picture) > 90


def test_a_layer_is_no_larger_than_what_it_shows():
    cutout = Cutout((20, 20, 60, 60), np.full((40, 40, 3), 0.5, np.float32), np.ones((40, 40)))
    picture = sky(SIZE)
    picture[20:60, 20:60] = 0.5
    (lifted,), behind, known = lift_traces(picture, [cutout])
    assert lifted.box == (19, 19, 61, 61)
    assert not known[20:60, 20:60].any() and known[18, 30]
    assert np.abs(behind - sky(SIZE))[known].max() < 1 / 255
    assert lift_traces(picture, [])[0] == []


def test_a_slope_goes_on_evenly_and_a_pattern_is_not_known():
    source = np.ones(SIZE, bool)
    source[30:60, 30:60] = False
    rows, columns = np.mgrid[30:60:5, 30:60:5].reshape(2, -1)
    level = level_around(sky(SIZE), [(source, 32)], rows, columns)
    assert level.known.all() and level.deviation.max() < 0.002
    assert np.abs(level.colors - sky(SIZE)[rows, columns]).max() < 1 / 255
    assert not level_around(leaves(), [(source, 32)], rows, columns).known.any()
    nothing = np.zeros(SIZE, bool)
    assert not level_around(sky(SIZE), [(nothing, 32)], rows, columns).known.any()


def test_extremes_are_of_the_source_in_a_window():
    values = np.zeros((40, 50, 3), np.uint8)
    values[20, 30], values[5, 5] = 9, 200
    source = np.ones((40, 50), bool)
    source[5, 5] = False
    least, most = extremes(values, source, 8)
    assert least.max() == 0 and most.max() == 9
    rows, columns = np.nonzero(most[..., 0])
    for found, at in ((rows, 20), (columns, 30)):
        assert at - 11 <= found.min() <= at - 8 and at + 8 <= found.max() <= at + 11
    least, most = extremes(values, np.zeros((40, 50), bool), 8)
    assert least.max() == 0 and most.min() == 255
