"""IMAGE and MASK ranks, polarity, boxes, SEGS, LAYERS."""

import numpy as np
import pytest
import torch


@pytest.fixture(scope="module")
def convert(part):
    return part("nodes.convert")


@pytest.fixture(scope="module")
def Instances(part):
    return part("cartoon_models.instances").Instances


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pictures_are_rgb(convert, channels):
    image = torch.full((2, 5, 7, channels), 0.25)
    pictures = convert.pictures_of(image)
    assert [tuple(picture.shape) for picture in pictures] == [(5, 7, 3)] * 2
    # RGBA lies on white paper: 0.25 of 0.25 and 0.75 of 1.
    assert pictures[0].unique().tolist() == [0.25 if channels != 4 else 0.8125]


def test_a_picture_with_nan_is_refused(convert):
    with pytest.raises(ValueError, match="NaN"):
        convert.pictures_of(torch.full((1, 5, 7, 3), float("nan")))


@pytest.mark.parametrize("shape", [(5, 7), (1, 5, 7), (1, 1, 5, 7), (1, 5, 7, 1)])
def test_masks_of_any_rank_are_three_dimensional(convert, shape):
    assert tuple(convert.masks_of(torch.rand(shape)).shape) == (1, 5, 7)


def test_a_mask_of_no_known_rank_is_refused_with_its_shape(convert):
    with pytest.raises(ValueError, match=r"\[2, 3, 5, 7\]"):
        convert.masks_of(torch.zeros(2, 3, 5, 7))


def test_mask_batches_are_never_empty(convert, Instances):
    found = [Instances.empty((5, 7)), Instances.from_masks(torch.ones(2, 5, 7))]
    assert tuple(convert.mask_batch(found).shape) == (2, 5, 7)
    assert convert.picture_numbers(found) == "[1, 1]"
    nothing = convert.mask_batch(found[:1])
    assert tuple(nothing.shape) == (1, 5, 7) and nothing.sum() == 0


def test_pictures_of_different_sizes_are_refused_with_the_sizes(convert, Instances):
    found = [Instances.from_masks(torch.ones(1, *size)) for size in ((5, 7), (6, 7))]
    with pytest.raises(ValueError, match="7 x 5, 7 x 6"):
        convert.mask_batch(found)


def test_one_goes_with_all_and_other_counts_are_refused(convert):
    assert convert.paired(["a"], [1, 2], "pictures") == [("a", 1), ("a", 2)]
    assert convert.paired(["a", "b"], [1], "pictures") == [("a", 1), ("b", 1)]
    with pytest.raises(ValueError, match=r"2 pictures.*3 masks"):
        convert.paired(["a", "b"], [1, 2, 3], "masks")


BOX = {"x": 1, "y": 2, "width": 3, "height": 4}


@pytest.mark.parametrize(
    "boxes",
    [
        BOX,
        [BOX],
        [[BOX]],
        [[BOX], [BOX]],
        [1, 2, 4, 6],
        [[1, 2, 4, 6]],
        [[[1, 2, 4, 6]], [[1, 2, 4, 6]]],
        np.array([[1, 2, 4, 6]]),
        torch.tensor([[1.0, 2, 4, 6]]),
        (np.array([1, 2, 4, 6]),),
    ],
)
def test_boxes_of_every_form(convert, boxes):
    frames = convert.boxes_per_picture(boxes, "", 2)
    assert [frame.tolist() for frame in frames] == [[[1, 2, 4, 6]]] * 2


def test_the_sides_of_a_box_may_be_numbers_of_arrays(convert):
    sides = {"x": np.int64(1), "y": np.float32(2), "width": torch.tensor(3), "height": 4}
    assert convert.boxes_per_picture([sides], "", 1)[0].tolist() == [[1, 2, 4, 6]]


def test_boxes_as_text_come_after_the_others(convert):
    (frame,) = convert.boxes_per_picture(BOX, "[[0, 0, 9, 9]]", 1)
    assert frame.tolist() == [[1, 2, 4, 6], [0, 0, 9, 9]]
    assert convert.boxes_per_picture(None, " ", 1)[0].shape == (0, 4)


@pytest.mark.parametrize(
    ("boxes", "text", "complaint"),
    [
        ([[BOX], [BOX], [BOX]], "", "3 pictures came for 2"),
        ("everything", "", "no boxes"),
        ([{"x": 1}], "", "not a box"),
        ([BOX | {"x": "1"}], "", "not a box"),
        ([BOX | {"width": None}], "", "not a box"),
        (None, "[[1, 2, 3]]", r"\[1, 2, 3\] is not a box"),
        (None, '[["1", 2, 3, 4]]', r"\['1', 2, 3, 4\] is not a box"),
        (None, "[[1, 2", "not JSON"),
        ([[1, 2, float("nan"), 4]], "", "not a number"),
    ],
)
def test_what_is_no_box_is_refused(convert, boxes, text, complaint):
    with pytest.raises(ValueError, match=complaint):
        convert.boxes_per_picture(boxes, text, 2)


def test_boxes_are_whole_pixels_inside_the_picture(convert):
    assert convert.whole_pixels((-3.5, 1.2, 6.1, 99), (10, 7)) == (0, 1, 7, 10)
    assert convert.whole_pixels((20, 20, 30, 30), (10, 7)) == (7, 10, 7, 10)


def test_masks_grow_and_shrink_by_a_square(convert):
    mask = torch.zeros(1, 9, 9)
    mask[0, 4, 4] = 1
    assert convert.dilated(mask, 0) is mask
    assert convert.dilated(mask, 3).sum() == 9 and convert.dilated(mask, 4).sum() == 16
    assert convert.dilated(convert.dilated(mask, 5), -5).equal(mask)
    assert convert.dilated(torch.ones(1, 9, 9), -5).sum() == 81  # the picture's edge is no edge
