"""Instances as a value: shapes, boxes, indexing, unions and what bad input gets."""

import numpy as np
import pytest
import torch

from cartoon_models.instances import Instances, as_masks, boxes_of_masks


def squares(*corners, size=(8, 10)):
    """One mask per (x1, y1, x2, y2)."""
    masks = torch.zeros(len(corners), *size)
    for mask, (x1, y1, x2, y2) in zip(masks, corners, strict=True):
        mask[y1:y2, x1:x2] = 1.0
    return masks


def test_from_masks_fills_in_every_field():
    found = Instances.from_masks(squares((1, 2, 4, 6), (5, 0, 10, 8)))
    assert len(found) == 2
    assert found.size == (8, 10)
    assert found.boxes.tolist() == [[1, 2, 4, 6], [5, 0, 10, 8]]
    assert found.scores.tolist() == [1, 1]
    assert found.labels == ("character", "character")
    assert found.tags == found.characters == ((), ())


def test_boxes_fall_back_to_faint_pixels_then_to_the_asked_box_then_to_zeros():
    masks = torch.zeros(3, 8, 10)
    masks[0, 2, 3] = 0.2
    masks[1, 1:3, 1:3] = 0.4
    masks[1, 5, 6] = 0.5
    found = Instances.from_masks(masks, boxes=[[0, 0, 1, 1], [0, 0, 1, 1], [2, 3, 5, 7]])
    assert found.boxes.tolist() == [[3, 2, 4, 3], [6, 5, 7, 6], [2, 3, 5, 7]]
    assert boxes_of_masks(masks)[2].tolist() == [0, 0, 0, 0]
    assert boxes_of_masks(masks, threshold=0.4)[1].tolist() == [1, 1, 7, 6]


def test_boxes_equal_a_search_of_the_pixels():
    generator = torch.Generator().manual_seed(3)
    masks = torch.rand(20, 17, 23, generator=generator) ** 40
    for mask, box in zip(masks, boxes_of_masks(masks), strict=True):
        rows, columns = torch.nonzero(mask >= 0.5, as_tuple=True)
        want = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert box.tolist() == [int(edge) for edge in want]


def test_empty_and_one_pixel():
    none = Instances.empty((1, 1))
    assert len(none) == 0 and none.masks.shape == (0, 1, 1) and none.boxes.shape == (0, 4)
    assert none.union().tolist() == [[0.0]] and none.background().tolist() == [[1.0]]
    assert none.ids().tolist() == [[0]] and none.ids().dtype == torch.int32
    assert len(Instances.from_masks(torch.zeros(0, 3, 4))) == 0
    one = Instances.from_masks(torch.ones(1, 1))
    assert one.boxes.tolist() == [[0, 0, 1, 1]] and one.ids().tolist() == [[1]]


@pytest.mark.parametrize(
    "masks",
    [
        np.array([[[True, False]]]),
        np.array([[[255, 0]]], np.uint8),
        np.array([[[65535, 0]]], np.uint16),
        np.array([[[65535, 0]]], ">u2"),
        np.array([[[1, 0]]], np.uint8),
        np.array([[[1, 0]]], np.int64),
        np.array([[[0.0, 1.0]]])[..., ::-1],
        np.array([[[1.0, 0.0]]], np.float16),
        torch.tensor([[[1, 0]]]),
        torch.tensor([[[1.0, 0.0]]], dtype=torch.bfloat16),
        torch.tensor([[[1.0, 0.0]]], requires_grad=True),
        torch.tensor([[[1.0005, -0.0005]]]),
        [[[1, 0]]],
    ],
    ids=lambda masks: f"{type(masks).__name__} {getattr(masks, 'dtype', '')}",
)
def test_masks_of_any_kind(masks):
    got = as_masks(masks)
    assert got.dtype == torch.float32 and not got.requires_grad
    assert got.tolist() == [[[1.0, 0.0]]]


def test_uint8_is_not_changed_in_place():
    source = torch.full((1, 2, 2), 255, dtype=torch.uint8)
    as_masks(source)
    assert source.unique().tolist() == [255]
    array = np.full((1, 2, 2), 65535, np.uint16)
    as_masks(array)
    assert np.unique(array).tolist() == [65535]


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        (torch.tensor([[[0.0, float("nan")]]]), "NaN"),
        (torch.tensor([[[0.0, float("inf")]]]), "0 to inf"),
        (torch.tensor([[[-1.0, 0.5]]]), "-1 to 0.5"),
        (torch.tensor([[[0, 7]]]), "0 to 7"),
        (torch.zeros(2, 0, 4), r"\[2, 0, 4\]"),
        (torch.zeros(2, 3, 4, 5), r"\[2, 3, 4, 5\]"),
        (torch.zeros(4), r"\[4\]"),
    ],
)
def test_bad_masks_are_named(masks, message):
    with pytest.raises(ValueError, match=message):
        Instances.from_masks(masks)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scores": [1.0]}, r"scores needs the shape \[2\], but has \[1\]"),
        ({"scores": [1.0, 2.0]}, "Scores are numbers from 0 to 1"),
        ({"scores": [1.0, float("nan")]}, "Scores are numbers from 0 to 1"),
        ({"labels": ["a", "b", "c"]}, "labels has 3 entries for 2 instances"),
        ({"tags": [()]}, "tags has 1 entries for 2 instances"),
        ({"tags": "ab"}, "tags is one entry per instance, not the single text 'ab'"),
        ({"characters": [(), (), ()]}, "characters has 3 entries for 2 instances"),
        ({"boxes": [[0, 0, 1, 1]]}, r"boxes needs the shape \[2, 4\], but has \[1, 4\]"),
    ],
)
def test_fields_of_another_length_are_named(fields, message):
    with pytest.raises(ValueError, match=message):
        Instances.from_masks(squares((0, 0, 2, 2), (3, 3, 5, 5)), **fields)


def test_constructor_checks_shapes():
    found = Instances.from_masks(squares((0, 0, 2, 2)))
    with pytest.raises(ValueError, match=r"\[N, 9, 10\], but has \[1, 8, 10\]"):
        found.replace(size=(9, 10))
    with pytest.raises(ValueError, match=r"float32 tensor, not torch\.float64"):
        found.replace(boxes=torch.zeros(1, 4, dtype=torch.float64))
    with pytest.raises(ValueError, match="1 x 1 pixels, not 5 x 0"):
        Instances.empty((0, 5))


def test_indexing_keeps_every_field_aligned():
    found = Instances.from_masks(
        squares((0, 0, 2, 2), (3, 3, 5, 5), (6, 1, 9, 7)),
        scores=[0.1, 0.2, 0.3],
        labels=["a", "b", "c"],
        tags=[["x"], ["y"], ["z"]],
        characters=[["k"], [], ["m"]],
    )
    for key, want in [
        (1, "b"),
        (-1, "c"),
        (np.int64(2), "c"),
        (slice(None, None, -1), "cba"),
        ([2, 0], "ca"),
        ([], ""),
        (torch.tensor([0, 2]), "ac"),
        (torch.tensor([], dtype=torch.long), ""),
        (torch.tensor([True, False, True]), "ac"),
        ([False, True, False], "b"),
    ]:
        part = found[key]
        assert "".join(part.labels) == want
        for one in part:
            index = "abc".index(one.labels[0])
            assert torch.equal(one.masks, found.masks[index : index + 1])
            assert torch.equal(one.boxes, found.boxes[index : index + 1])
            assert torch.equal(one.scores, found.scores[index : index + 1])
            assert (one.tags[0], one.characters[0]) == (found.tags[index], found.characters[index])
    assert [one.labels[0] for one in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (3, "Instance 3 is not there; the picture has 3 instances: 0 to 2"),
        ([0, -4], "Instance -4 is not there"),
        ([True, False], "2 yes/no choices were given for 3 instances"),
        ([0.5], "whole numbers"),
        (torch.zeros(1, 1, dtype=torch.long), "flat list"),
    ],
)
def test_an_index_that_is_not_there(key, message):
    found = Instances.from_masks(squares((0, 0, 2, 2), (3, 3, 5, 5), (6, 1, 9, 7)))
    with pytest.raises(IndexError, match=message):
        found[key]


def test_an_index_into_nothing():
    with pytest.raises(IndexError, match="Instance 0 is not there; the picture has none at all"):
        Instances.empty((4, 4))[0]


def test_replace_measures_the_boxes_of_new_masks():
    found = Instances.from_masks(squares((0, 0, 2, 2)), labels="cat")
    moved = found.replace(masks=squares((4, 4, 6, 7), size=(20, 30)))
    assert moved.boxes.tolist() == [[4, 4, 6, 7]]
    assert moved.size == (20, 30) and moved.labels == ("cat",)
    assert found.boxes.tolist() == [[0, 0, 2, 2]]


def test_union_has_no_seam_and_no_haze():
    masks = torch.zeros(100, 1, 4)
    masks[0, 0] = torch.tensor([1.0, 0.5, 0.0, 0.0])
    masks[1, 0] = torch.tensor([0.0, 0.5, 1.0, 0.0])
    masks[2:] = 0.004
    found = Instances.from_masks(masks)
    assert found.union()[0, :3].tolist() == [1.0, 1.0, 1.0]
    assert found.union()[0, 3] < 0.01
    assert torch.equal(found.background(), 1 - found.union())
    assert torch.equal(Instances.from_masks(masks[:1]).union(), masks[0])


def test_ids_go_to_the_highest_mask_and_draws_to_the_first():
    masks = torch.tensor([[[1.0, 0.6, 0.4, 0.2]], [[1.0, 0.7, 0.45, 0.9]]])
    assert Instances.from_masks(masks).ids().tolist() == [[1, 2, 0, 2]]


def test_to_moves_every_tensor():
    found = Instances.from_masks(squares((0, 0, 2, 2))).to("meta")
    assert found.device.type == found.boxes.device.type == found.scores.device.type == "meta"
    assert "1 in 10 x 8" in repr(found)
