"""What the picture's edge cuts off, continued beyond it: shape, colours, how far."""

import cv2
import numpy as np
import pytest

from cartoon_models.scene.layers.carried_on import carried_on
from cartoon_models.scene.layers.silhouette import rows_on

SIZE = (90, 120)
LIMIT = (-20, -20, 140, 110)


def drawn(points, color=(0.2, 0.4, 0.9), size=SIZE):
    """A polygon with soft edges: float32 ``[H, W, 4]``, premultiplied."""
    fine = np.zeros((4 * size[0], 4 * size[1]), np.uint8)
    cv2.fillPoly(fine, [np.int32(np.multiply(points, 4))], 1)
    alpha = fine.reshape(size[0], 4, size[1], 4).mean((1, 3), dtype=np.float32)[..., None]
    return np.concatenate([alpha * np.float32(color), alpha], axis=2)


def layer_of(rgba):
    """Cut to what is there, and its box."""
    rows, columns = np.flatnonzero(rgba[..., 3].any(1)), np.flatnonzero(rgba[..., 3].any(0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return np.ascontiguousarray(rgba[box[1] : box[3], box[0] : box[2]]), box


def width_at(alpha, row):
    return float(alpha[row].sum())


def test_what_lies_within_the_picture_stays_bit_for_bit():
    rgba = drawn([(30, 20), (60, 20), (80, 90), (20, 90)])
    rgba[..., :3] *= np.random.default_rng(0).random((*SIZE, 1), np.float32)
    layer, box = layer_of(rgba)
    grown, (x, y) = carried_on(layer, box, LIMIT, SIZE)
    own = grown[box[1] - y : box[3] - y, box[0] - x : box[2] - x]
    assert np.array_equal(own, layer)
    assert y + len(grown) == LIMIT[3] and (grown[..., :3] <= grown[..., 3:] + 1e-6).all()
    again, corner = carried_on(layer, box, LIMIT, SIZE)
    assert corner == (x, y) and np.array_equal(again, grown)


def test_a_layer_within_the_picture_is_left_alone():
    layer, box = layer_of(drawn([(30, 20), (60, 20), (60, 60)]))
    grown, corner = carried_on(layer, box, LIMIT, SIZE)
    assert np.array_equal(grown, layer) and corner == box[:2]


def test_a_narrow_margin_repeats_the_edge():
    layer, box = layer_of(drawn([(30, 20), (60, 20), (80, 90), (20, 90)]))
    grown, (x, y) = carried_on(layer, box, (-7, -7, 127, 97), SIZE)
    assert len(grown) == len(layer) + 7 and (x, y) == box[:2]
    assert (grown[len(layer) :] == layer[-1]).all()


@pytest.mark.parametrize("turns", range(4))
def test_a_silhouette_keeps_its_direction_for_a_while(turns):
    spreading = drawn([(55, 20), (65, 20), (95, 80), (25, 80)], size=(80, 120))
    layer, box = layer_of(np.rot90(spreading, turns))
    height, width = (80, 120) if turns % 2 == 0 else (120, 80)
    limit = (-20, -20, width + 20, height + 20)
    grown, (x, y) = carried_on(layer, box, limit, (height, width))
    whole = np.zeros((height + 40, width + 40, 4), np.float32)
    whole[y + 20 : y + 20 + grown.shape[0], x + 20 : x + 20 + grown.shape[1]] = grown
    alpha = np.rot90(whole, -turns)[..., 3]
    at_edge, near, far, end = (width_at(alpha, row) for row in (99, 102, 110, 119))
    assert near - at_edge == pytest.approx(3, abs=0.8)  # a pixel wider with each row
    assert far > near and end - far < 5  # and less and less
    assert alpha[100:, :].max() == 1


def test_what_is_about_to_close_ends_in_a_cap():
    fine = np.zeros((360, 480), np.uint8)
    cv2.circle(fine, (240, 300), 80, 1, -1)
    alpha = fine.reshape(90, 4, 120, 4).mean((1, 3), dtype=np.float32)
    more = rows_on(alpha, 24)[90:]  # five of its forty rows are missing
    disc = np.zeros((480, 480), np.uint8)
    cv2.circle(disc, (240, 300), 80, 1, -1)
    truth = disc.reshape(120, 4, 120, 4).mean((1, 3), dtype=np.float32)[90:114]
    assert (np.diff(more.sum(1)) <= 0).all() and more[8:].max() == 0
    assert np.abs(more - truth).sum() < 0.5 * truth.sum()


def test_a_piece_goes_no_farther_out_than_in():
    alpha = np.zeros((60, 60), np.float32)
    alpha[54:, 20:30] = 1  # six rows of it are seen
    alpha[:, 40:46] = 1
    more = rows_on(alpha, 30)[60:]
    assert more[:2, 22:28].all() and more[6:, 15:35].max() == 0
    assert (more[:, 40:46] == 1).all()


def test_parts_that_run_into_each_other_stay_together():
    alpha = drawn([(0, 0), (20, 0), (58, 60), (30, 60)], size=(60, 120))[..., 3]
    alpha += drawn([(100, 0), (120, 0), (90, 60), (62, 60)], size=(60, 120))[..., 3]
    more = rows_on(alpha, 40)[60:]
    assert 0 <= more.min() and more.max() <= 1
    assert more[-1, 45:75].min() > 0.45 and more[-1, 0] == 0


def test_a_pattern_goes_on_instead_of_streaks():
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    alpha = np.zeros(SIZE, np.float32)
    alpha[30:, 30:90] = 1
    checks = np.where(((x // 3 + y // 3) % 2 > 0)[..., None], [0.9, 0.2, 0.2], [0.2, 0.2, 0.8])
    rgba = np.dstack([checks * alpha[..., None], alpha]).astype(np.float32)
    layer, box = layer_of(rgba)
    grown, _ = carried_on(layer, box, LIMIT, SIZE)
    beyond = grown[60:, :, :3]
    assert beyond.shape == (20, 60, 3)
    truth = np.where(
        ((x[0, 30:90] // 3 + np.arange(90, 110)[:, None] // 3) % 2 > 0)[..., None],
        [0.9, 0.2, 0.2],
        [0.2, 0.2, 0.8],
    )
    streaks = np.abs(np.broadcast_to(layer[-1, :, :3], beyond.shape) - truth).mean()
    assert np.abs(beyond - truth).mean() < streaks / 3


def test_an_ink_line_follows_the_silhouette():
    outer = drawn([(40, 10), (80, 10), (95, 90), (25, 90)], (0.05, 0.05, 0.05))
    inner = drawn([(44, 14), (76, 14), (91, 94), (29, 94)], (0.9, 0.7, 0.6))
    rgba = inner + outer * (1 - inner[..., 3:])
    layer, box = layer_of(rgba)
    grown, (_, y) = carried_on(layer, box, LIMIT, SIZE)
    for row in range(92, 108):
        line = grown[row - y]
        solid = np.flatnonzero(line[:, 3] > 0.9)
        assert line[solid[:2], :3].max() < 0.35 and line[solid[-2:], :3].max() < 0.35
        assert line[(solid[0] + solid[-1]) // 2, 0] > 0.8


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (12, 1)])
def test_layers_of_a_few_pixels_go_on(shape):
    rgba = np.full((*shape, 4), 0.5, np.float32)
    grown, corner = carried_on(rgba, (0, 0, shape[1], shape[0]), (-12, -12, 30, 30), shape)
    assert np.isfinite(grown).all() and grown.shape[0] >= shape[0] and min(corner) >= -12
