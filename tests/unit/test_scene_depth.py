"""Depth pictures of any kind: read, turned the right way up, with edges at the masks."""

import logging

import numpy as np
import pytest
import torch

from cartoon_models.instances import Instances
from cartoon_models.scene.depth.edges import snap_to_masks
from cartoon_models.scene.depth.polarity import vote_polarity
from cartoon_models.scene.depth.reading import Depth, read_depth

SIZE = (60, 80)


def characters(*boxes, size=SIZE):
    masks = torch.zeros(len(boxes), *size)
    for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = 1
    return Instances.from_masks(masks)


PAIR = characters((10, 15, 25, 50), (45, 20, 62, 58))


def disparity_of(found, size=SIZE):
    """A sky at 0.1, a ground that comes nearer, and characters that stand on it."""
    rows = np.arange(size[0], dtype=np.float32)[:, None] / size[0]
    disparity = np.repeat(np.maximum(0.1, rows), size[1], axis=1)
    for mask, box in zip(found.masks.numpy(), found.boxes, strict=True):
        disparity[mask > 0.5] = float(box[3]) / size[0]
    return disparity


def at(depth, x, y):
    return float(depth.disparity[y, x])


def test_a_depth_picture_keeps_its_order_and_fills_0_to_1():
    given = disparity_of(PAIR)
    depth = read_depth(given, PAIR, SIZE)
    assert depth.size == SIZE and depth.source == "depth picture" and depth.notes == ()
    assert depth.polarity == "near is white" and depth.confidence > 0.6
    expected = (given - 0.1) / (given.max() - 0.1)
    assert np.abs(depth.disparity.numpy() - expected).mean() < 0.01
    assert at(depth, 50, 40) == pytest.approx(expected[40, 50], abs=0.02)


@pytest.mark.parametrize("upside_down", [False, True])
@pytest.mark.parametrize(
    "form",
    [
        lambda d: d,
        lambda d: torch.from_numpy(d)[None],
        lambda d: torch.from_numpy(d)[None, ..., None].expand(1, *SIZE, 3),
        lambda d: np.dstack([d, d, d, np.ones_like(d)]),
        lambda d: (d * 255).astype(np.uint8),
        lambda d: (d * 65535).astype(np.uint16)[..., None],
        lambda d: d * 40 - 7,
    ],
)
def test_any_form_either_way_up_is_the_same_depth(form, upside_down):
    given = disparity_of(PAIR)
    depth = read_depth(form(1 - given if upside_down else given), PAIR, SIZE)
    assert depth.polarity == ("near is black" if upside_down else "near is white")
    expected = read_depth(given, PAIR, SIZE, polarity="near is white")
    torch.testing.assert_close(depth.disparity, expected.disparity, atol=0.01, rtol=0)
    assert expected.confidence == 1


@pytest.mark.parametrize("size", [(7, 9), (30, 40), (59, 83), (240, 320)])
def test_a_depth_picture_of_another_size_has_its_edges_at_the_masks(size):
    import cv2

    given = cv2.resize(disparity_of(PAIR), size[::-1], interpolation=cv2.INTER_AREA)
    depth = read_depth(given, PAIR, SIZE)
    # Left and right of the second character's edge at x = 62, above the ground that is as near.
    assert at(depth, 61, 30) == pytest.approx(at(depth, 54, 30), abs=0.08)
    assert at(depth, 62, 30) == pytest.approx(at(depth, 75, 30), abs=0.08)
    assert at(depth, 61, 30) - at(depth, 62, 30) > 0.3


def test_another_shape_is_stretched_and_said():
    given = disparity_of(PAIR)[:, ::4]
    depth = read_depth(given, PAIR, SIZE)
    assert "20 x 60 has another shape than the picture of 80 x 60" in depth.notes[0]
    assert read_depth(disparity_of(PAIR)[::2, ::2], PAIR, SIZE).notes == ()


def padded(given, above, below, left, right, value):
    return np.pad(given, ((above, below), (left, right)), constant_values=value)


@pytest.mark.parametrize("value", [0, 0.45, 1])
@pytest.mark.parametrize(
    ("bars", "scale"),
    [((10, 10, 0, 0), 1), ((0, 20, 0, 0), 1), ((42, 43, 0, 0), 2), ((0, 0, 30, 30), 1)],
)
def test_bars_of_another_shape_are_cut_off_and_it_is_said(bars, scale, value):
    import cv2

    given = cv2.resize(disparity_of(PAIR), None, fx=scale, fy=scale)
    depth = read_depth(padded(given, *bars, value), PAIR, SIZE, polarity="near is white")
    expected = read_depth(given, PAIR, SIZE, polarity="near is white")
    assert float((depth.disparity - expected.disparity).abs().mean()) < 0.01
    (note,) = depth.notes
    height, width = given.shape
    assert "has bars at its sides, which were cut off" in note and f"{width} x {height}" in note


def test_a_sky_as_even_as_the_bars_is_not_cut_off():
    given = disparity_of(PAIR)
    given[:8] = 0
    depth = read_depth(padded(given, 10, 10, 0, 0, 0), PAIR, SIZE, polarity="near is white")
    expected = read_depth(given, PAIR, SIZE, polarity="near is white")
    torch.testing.assert_close(depth.disparity, expected.disparity, atol=0.01, rtol=0)


def test_what_is_merely_stretched_has_no_bars():
    """Also where it is even at one end, or at both but not so far, or not alike."""
    for top, bottom, values in ((30, 0, (0, 0)), (4, 4, (0, 0)), (12, 12, (0, 1))):
        given = np.random.default_rng(2).random((80, 80)).astype(np.float32)
        given[:top], given[80 - bottom :] = values[0], values[1]
        (note,) = read_depth(given, None, SIZE, polarity="near is white").notes
        assert "80 x 80 has another shape than the picture of 80 x 60" in note
    (note,) = read_depth(np.ones((80, 80)), None, SIZE).notes
    assert "is 1 everywhere" in note


def test_the_given_polarity_is_taken_against_the_vote():
    depth = read_depth(disparity_of(PAIR), PAIR, SIZE, polarity="near is black")
    assert depth.confidence == 1 and at(depth, 40, 2) == 1


def test_without_characters_the_rows_vote():
    ground = disparity_of(characters())
    for found in (None, characters()):
        assert read_depth(ground, found, SIZE).polarity == "near is white"
        assert read_depth(1 - ground, found, SIZE).polarity == "near is black"


def test_a_vote_that_is_split_is_said():
    given = np.full(SIZE, 0.5, np.float32)
    given[15:50, 10:25], given[20:58, 45:62] = 1, 0
    depth = read_depth(given, PAIR, SIZE)
    assert depth.confidence < 0.35 and "not clear which end" in depth.notes[0]


def test_a_character_that_covers_everything_leaves_the_vote_to_what_is_expected():
    everywhere = characters((0, 0, 80, 60))
    values = np.linspace(0, 1, 4800, dtype=np.float32).reshape(SIZE)
    assert vote_polarity(values, everywhere) == ("near is white", 0.0)
    assert vote_polarity(values, everywhere, "near is black") == ("near is black", 0.0)


def test_ground_before_the_feet_does_not_outvote_a_character():
    found = characters((30, 5, 50, 40))
    given = disparity_of(found)
    given[40:] = 2.0
    assert vote_polarity(given, found)[0] == "near is white"


def test_a_coloured_depth_picture_is_refused():
    given = disparity_of(PAIR)
    coloured = np.stack([given, 1 - given, given * 0.5], axis=2)
    with pytest.raises(ValueError, match="is coloured: its channels differ by up to"):
        read_depth(coloured, PAIR, SIZE)
    noise = np.random.default_rng(1).normal(0, 0.005, (*SIZE, 3)).astype(np.float32)
    assert read_depth(given[..., None] + noise, PAIR, SIZE).polarity == "near is white"


@pytest.mark.parametrize("value", [0.0, 0.5, 200.0])
def test_a_constant_depth_picture_is_said(value, caplog):
    with caplog.at_level(logging.WARNING, "celkit"):
        depth = read_depth(np.full((5, 5), value), PAIR, SIZE)
    assert f"is {value:g} everywhere" in depth.notes[0] and "everywhere" in caplog.text
    assert depth.confidence == 0 and bool((depth.disparity == 1).all())


def test_a_few_wild_pixels_do_not_flatten_the_rest():
    given = disparity_of(PAIR)
    expected = read_depth(given, PAIR, SIZE).disparity
    given[3, 3:9] = 1000
    depth = read_depth(given, PAIR, SIZE)
    assert float((depth.disparity - expected).abs().median()) < 0.02


def test_distances_become_disparities():
    given = disparity_of(PAIR)
    distance = 3.5 / given
    expected = given / given.max()
    for values in (distance, distance * 1000):
        depth = read_depth(values, PAIR, SIZE, kind="metric")
        assert depth.polarity == "near is black"
        assert np.abs(depth.disparity.numpy() - expected).mean() < 0.02
    distance[:10] = np.inf  # the sky of an estimate
    depth = read_depth(distance, PAIR, SIZE, kind="metric")
    assert at(depth, 40, 2) == 0 and at(depth, 40, 12) == pytest.approx(expected[12, 40], abs=0.02)


def test_inverse_depth_has_its_zero_infinitely_far():
    given = disparity_of(PAIR) * 0.5
    depth = read_depth(given, PAIR, SIZE, kind="inverse depth")
    assert at(depth, 40, 2) == pytest.approx(0.1 / given.max() * 0.5, abs=0.01)
    assert at(read_depth(given, PAIR, SIZE), 40, 2) == 0


@pytest.mark.parametrize("kind", ["disparity", "inverse depth", "metric"])
def test_near_and_far_are_the_ends(kind):
    ramp = np.repeat(np.linspace(0, 1, 60, dtype=np.float32)[:, None], 80, axis=1)
    depth = read_depth(ramp, None, SIZE, polarity="near is white", kind=kind, near=2, far=8)
    assert at(depth, 40, 59) == 1 and at(depth, 40, 0) == pytest.approx(0.25, abs=0.01)
    middle = {"disparity": 0.625, "inverse depth": 0.5, "metric": 2 / 5}[kind]
    assert at(depth, 40, 30) == pytest.approx(middle, abs=0.02)


def test_distances_stretched_to_0_to_1_are_read_with_a_stated_far_end():
    ramp = np.repeat(np.linspace(1, 0, 60, dtype=np.float32)[:, None], 80, axis=1)
    depth = read_depth(ramp, None, SIZE, kind="metric")
    assert depth.polarity == "near is black" and "10 times as far" in depth.notes[0]
    assert at(depth, 40, 59) == 1 and at(depth, 40, 0) == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"polarity": "white"}, "'white' is not known; use one of auto, near is white"),
        ({"kind": "z"}, "'z' is not known; use one of disparity, inverse depth, metric"),
        ({"near": 1}, "not 1 and None"),
        ({"near": 5, "far": 2}, "not 5 and 2"),
        ({"near": 0, "far": 2}, "above 0"),
        ({"depth_picture": np.full((4, 4), np.nan)}, "contains NaN"),
        ({"depth_picture": np.full((4, 4), np.inf)}, "infinite everywhere"),
        ({"depth_picture": np.zeros((2, 4, 4, 3))}, r"not \[2, 4, 4, 3\]"),
        ({"depth_picture": np.zeros((0, 4))}, r"at least one pixel, not \[0, 4\]"),
        ({"size": (60, 81)}, "81 x 60, but the instances are of a picture of 80 x 60"),
    ],
)
def test_bad_input_is_one_sentence(change, message):
    given = {"depth_picture": disparity_of(PAIR), "instances": PAIR, "size": SIZE} | change
    with pytest.raises(ValueError, match=message):
        read_depth(given.pop("depth_picture"), given.pop("instances"), given.pop("size"), **given)


def test_a_depth_is_checked():
    with pytest.raises(ValueError, match=r"float32 \[H, W\], not torch.float64"):
        Depth(torch.zeros(4, 4, dtype=torch.float64))
    with pytest.raises(ValueError, match="from 0 to 1, not from 0 to 2"):
        Depth(torch.tensor([[0.0, 2.0]]))
    with pytest.raises(ValueError, match="not from nan"):
        Depth(torch.tensor([[0.0, torch.nan]]))


def test_edges_move_to_the_masks_and_nothing_else_changes():
    import cv2

    found = characters((20, 10, 60, 50))
    sharp = np.full(SIZE, 0.2, np.float32)
    sharp[10:50, 20:60] = 0.8
    soft = cv2.GaussianBlur(np.roll(sharp, 1, axis=1), (0, 0), 0.8)
    snapped = snap_to_masks(soft, found, enlarged=2)
    assert np.abs(snapped - sharp).max() < 0.05 < np.abs(soft - sharp).max()
    assert (snapped[20:40, 30:50] == soft[20:40, 30:50]).all()
    assert (snap_to_masks(soft, characters(), 2) == soft).all()


def test_thin_and_empty_masks_are_snapped_too():
    found = characters((20, 10, 21, 50), (5, 5, 5, 5), (0, 0, 80, 5))
    values = np.random.default_rng(2).random(SIZE, np.float32)
    snapped = snap_to_masks(values, found, 4)
    assert np.isfinite(snapped).all() and snapped.min() >= 0 and snapped.max() <= 1


def test_the_same_picture_is_the_same_bytes():
    given = disparity_of(PAIR)[::3, ::3]
    first, second = (read_depth(given, PAIR, SIZE).disparity for _ in range(2))
    assert torch.equal(first, second)
