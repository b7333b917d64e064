"""Choosing, ordering, joining and repairing instances; every field stays aligned."""

import numpy as np
import pytest
import torch

from cartoon_models.instances import (
    ORDERS,
    OVERLAP_RULES,
    Instances,
    chosen_indices,
    concatenate,
    edit_mask,
    merge_instances,
    remove_duplicates,
    remove_instances,
    resolve_overlaps,
    select_by_tag,
    select_indices,
    select_instances,
    sort_instances,
)

BOXES = [(6, 0, 9, 9), (0, 5, 3, 9), (0, 1, 4, 3), (4, 4, 6, 10)]
SCORES = [0.5, 0.9, 0.2, 0.9]


def scene(boxes=BOXES, scores=SCORES, size=(10, 12)):
    """Instances "0", "1", ... whose label, tag and score all say which one they are."""
    masks = torch.zeros(len(boxes), *size)
    for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = 1.0
    names = [str(index) for index in range(len(boxes))]
    return Instances.from_masks(
        masks,
        scores,
        labels=names,
        tags=[[f"tag {name}"] for name in names],
        characters=[[f"name_{name}"] for name in names],
    )


def names(instances):
    """The labels, after a check that every other field belongs to them."""
    whole = scene()
    for one in instances:
        index = int(one.labels[0])
        assert torch.equal(one.masks[0], whole.masks[index])
        assert torch.equal(one.boxes[0], whole.boxes[index])
        assert one.scores[0] == whole.scores[index]
        assert one.tags == (whole.tags[index],) and one.characters == (whole.characters[index],)
    return "".join(instances.labels)


@pytest.mark.parametrize(
    ("order", "want"), [("left to right", "2130"), ("area", "0132"), ("score", "1302")]
)
def test_orders(order, want):
    # Areas 27, 12, 8, 12: the draw of 1 and 3 goes to the left one, as the scores' draw does.
    assert names(sort_instances(scene(), order)) == want


def test_orders_of_nothing_and_unknown():
    for order in ORDERS:
        assert len(sort_instances(Instances.empty((4, 4)), order)) == 0
    with pytest.raises(ValueError, match="'size' is not known; use one of left to right, area"):
        sort_instances(scene(), "size")


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("0", [0]),
        ("0,2-3", [0, 2, 3]),
        (" 3 , 1 ", [3, 1]),
        ("0 - 2", [0, 1, 2]),
        ("1;1;0", [1, 0]),
        ("-1", [3]),
        ("2 0", [2, 0]),
        ("0 -1", [0, 3]),
        ("0-2 -1", [0, 1, 2, 3]),
    ],
)
def test_select_indices(text, want):
    assert select_indices(text, 4) == want


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("4", IndexError, "Instance 4 is not there; the picture has 4 instances: 0 to 3"),
        ("0-999999999999", IndexError, "Instance 999999999999 is not there"),
        ("3-1", ValueError, "write 1-3"),
        ("1,,x", ValueError, "not a list of instances"),
        ("1.5", ValueError, "not a list of instances"),
    ],
)
def test_select_indices_says_what_is_wrong(text, error, message):
    with pytest.raises(error, match=message):
        select_indices(text, 4)


def test_an_index_is_not_rounded():
    with pytest.raises(TypeError, match="float"):
        select_instances(scene(), [1.7])


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("9, 0, 2-7", [0, 2, 3]),
        ("7-9", []),
        ("-1, -9", [3]),
        ("-9-1", [0, 1]),
        ("0 -1", [0, 3]),
        ("0-999999999999", [0, 1, 2, 3]),
    ],
)
def test_indices_that_are_missing_can_be_skipped(text, want):
    assert select_indices(text, 4, skip_missing=True) == want
    assert select_indices(text, 0, skip_missing=True) == []
    assert chosen_indices(Instances.empty((4, 4)), text, skip_missing=True) == []


@pytest.mark.parametrize(
    "text", ["", " ", ",", "1.5", "[0,2]", "#1", "0-2-3", "-2--1", "3-1", "x1"]
)
def test_skipping_does_not_pass_over_what_is_no_list(text):
    with pytest.raises(ValueError):
        chosen_indices(scene(), text, skip_missing=True)


@pytest.mark.parametrize(
    ("which", "want"),
    [
        ("0,2-3", "023"),
        ("all", "0123"),
        ("Largest", "0"),
        ("largest 3", "013"),
        ("largest 99", "0132"),
        ("smallest", "2"),
        ("leftmost", "2"),
        ("rightmost 2", "03"),
        ("topmost", "0"),
        ("bottommost", "3"),
        ("best score", "1"),
        ("best_score 2", "13"),
        (2, "2"),
        (np.int64(2), "2"),
        ([3, 0], "30"),
    ],
)
def test_select_and_remove(which, want):
    assert names(select_instances(scene(), which)) == want
    rest = "".join(name for name in "0123" if name not in want)
    assert names(remove_instances(scene(), which)) == rest


@pytest.mark.parametrize("which", ["", "biggest", "largest -1", "all 2", "largest two"])
def test_a_choice_that_is_not_known(which):
    with pytest.raises(ValueError, match="0,2-4"):
        select_instances(scene(), which)


def test_choices_of_nothing():
    nothing = Instances.empty((4, 4))
    for which in ("all", "largest", "leftmost 2", "best score"):
        assert len(select_instances(nothing, which)) == 0
        assert len(remove_instances(nothing, which)) == 0
    with pytest.raises(IndexError, match="none at all"):
        select_instances(nothing, "0")


def test_an_instance_without_pixels_is_never_the_leftmost():
    found = scene([(0, 0, 0, 0), (5, 5, 6, 6)], [0.5, 0.5])
    assert chosen_indices(found, "leftmost") == [1]
    assert chosen_indices(found, "smallest") == [1]
    assert sort_instances(found, "left to right").labels == ("1", "0")


@pytest.mark.parametrize(
    ("tags", "match", "want"),
    [
        ("tag 1", "any", "1"),
        ("TAG_1, tag 3", "any", "13"),
        (["tag 0", "name_0"], "all", "0"),
        ("tag 0, tag 1", "all", ""),
        ("name 2", "any", "2"),
        ("hat", "any", ""),
    ],
)
def test_select_by_tag(tags, match, want):
    assert names(select_by_tag(scene(), tags, match)) == want


def test_select_by_tag_says_what_is_wrong():
    with pytest.raises(ValueError, match="No tag was given"):
        select_by_tag(scene(), " , ")
    with pytest.raises(ValueError, match="use any or all"):
        select_by_tag(scene(), "a", match="some")


def test_merge():
    one = merge_instances(scene(), "2,1")
    assert len(one) == 1
    assert torch.equal(one.masks[0], torch.maximum(scene().masks[1], scene().masks[2]))
    assert one.boxes.tolist() == [[0, 1, 4, 9]]
    assert one.scores.tolist() == pytest.approx([0.9])
    assert one.labels == ("2",)
    assert one.tags == (("tag 2", "tag 1"),) and one.characters == (("name_2", "name_1"),)
    assert len(merge_instances(scene())) == 1
    assert len(merge_instances(Instances.empty((4, 4)))) == 0


def test_concatenate():
    both = concatenate(scene()[:2], scene()[[3]])
    assert names(both) == "013"
    assert len(concatenate(both, Instances.empty((10, 12)))) == 3
    with pytest.raises(ValueError, match="12 x 10 and 4 x 3"):
        concatenate(both, Instances.empty((3, 4)))


@pytest.mark.parametrize(
    ("mode", "box", "area"),
    [
        ("add", [6, 0, 12, 9], 39),
        ("subtract", [6, 0, 9, 9], 21),
        ("replace", [7, 2, 12, 5], 15 + 3),
        ("intersect", [7, 2, 9, 5], 6),
    ],
)
def test_edit_mask(mode, box, area):
    mask = np.zeros((10, 12), bool)
    mask[2:5, 7:12] = True
    if mode == "replace":
        mask[5, 8:11] = True
        box = [7, 2, 12, 6]
    if mode == "add":
        area = 27 + 9
    edited = edit_mask(scene(), 0, mask, mode)
    assert edited.boxes[0].tolist() == box
    assert edited.masks[0].sum() == area
    assert names(edited[1:]) == "123"
    assert names(scene()) == "0123"


def test_edit_mask_to_nothing_leaves_an_empty_instance():
    edited = edit_mask(scene(), -1, torch.ones(1, 10, 12), "subtract")
    assert len(edited) == 4 and edited.boxes[3].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("index", "mask", "mode", "error", "message"),
    [
        (9, torch.zeros(10, 12), "add", IndexError, "Instance 9 is not there"),
        (0, torch.zeros(12, 10), "add", ValueError, "size 12 x 10 is needed, but 1 of 10 x 12"),
        (0, torch.zeros(2, 10, 12), "add", ValueError, "but 2 of 12 x 10 came"),
        (0, torch.full((10, 12), float("nan")), "add", ValueError, "NaN"),
        (0, torch.zeros(10, 12), "xor", ValueError, "use one of add, subtract"),
    ],
)
def test_edit_mask_says_what_is_wrong(index, mask, mode, error, message):
    with pytest.raises(error, match=message):
        edit_mask(scene(), index, mask, mode)


@pytest.mark.parametrize("rule", OVERLAP_RULES)
def test_overlaps_are_shared_out_once(rule):
    generator = torch.Generator().manual_seed(5)
    masks = torch.rand(7, 9, 11, generator=generator)
    found = Instances.from_masks(masks, scores=torch.rand(7, generator=generator))
    shared = resolve_overlaps(found, rule)
    assert shared.masks.sum(dim=0).max() <= 1 + 1e-6
    assert (shared.masks <= masks).all() and (shared.masks >= 0).all()
    # Nothing that was covered comes free.
    torch.testing.assert_close(shared.masks.sum(dim=0), masks.sum(dim=0).clamp(max=1.0))
    assert torch.equal(found.masks, masks)
    assert len(resolve_overlaps(Instances.empty((3, 4)), rule)) == 0


@pytest.mark.parametrize(("rule", "owner"), [("front", 0), ("score", 1), ("area", 2)])
def test_who_wins_an_overlap(rule, owner):
    found = scene([(0, 0, 9, 9), (0, 0, 8, 8), (0, 0, 3, 3)], [0.2, 0.9, 0.5])
    shared = resolve_overlaps(found, rule)
    assert shared.masks[:, 1, 1].tolist() == [float(index == owner) for index in range(3)]
    assert shared.labels == found.labels


def test_a_soft_edge_leaves_its_rest_to_the_one_behind():
    masks = torch.tensor([[[1.0, 0.6, 0.0]], [[1.0, 1.0, 1.0]]])
    front = resolve_overlaps(Instances.from_masks(masks), "front")
    torch.testing.assert_close(front.masks[:, 0], torch.tensor([[1, 0.6, 0], [0, 0.4, 1]]))
    soft = resolve_overlaps(Instances.from_masks(masks), "soft")
    torch.testing.assert_close(soft.masks[:, 0, 0], torch.tensor([0.5, 0.5]))
    assert front.union().tolist() == [[1.0, 1.0, 1.0]]


def test_an_unknown_overlap_rule():
    with pytest.raises(ValueError, match="front, score, area, soft"):
        resolve_overlaps(scene(), "back")


def test_duplicates_go_and_the_order_stays():
    boxes = [(0, 0, 3, 3), (8, 0, 11, 9), (0, 0, 6, 9), (0, 0, 6, 9), (4, 0, 10, 4)]
    found = scene(boxes, [0.9, 0.1, 0.3, 0.8, 0.5])
    # 0 lies in 3; 2 is 3 again with a lower score; 4 is covered by 3 and 1 together: 8 + 8 of 24.
    assert remove_duplicates(found).labels == ("1", "3", "4")
    assert remove_duplicates(found, threshold=0.6).labels == ("1", "3")
    assert len(remove_duplicates(found, threshold=1.0)) == 5
    kept = remove_duplicates(found)
    assert kept.tags == (("tag 1",), ("tag 3",), ("tag 4",))
    assert kept.characters == (("name_1",), ("name_3",), ("name_4",))
    assert torch.equal(kept.masks, found.masks[[1, 3, 4]])


def test_duplicates_of_nothing_and_of_empty_masks():
    assert len(remove_duplicates(Instances.empty((3, 4)))) == 0
    faint = Instances.from_masks(torch.full((2, 3, 4), 0.2))
    assert len(remove_duplicates(faint)) == 2
    with pytest.raises(ValueError, match="0 to 1, not 80"):
        remove_duplicates(faint, threshold=80)
