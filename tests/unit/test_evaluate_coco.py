"""COCO folders as the tools that people label with write them, and what damaged ones get."""

import json

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("pycocotools", reason="pycocotools is in the extras dev and train")

from pycocotools import mask as coco_mask

from cartoon_models.instances import Instances
from training.evaluate import __main__ as command
from training.evaluate.coco_file import find_picture, read_coco
from training.evaluate.coco_folder import CocoFolder

HUGE = 2**63 + 12345
SQUARE = [5, 5, 25, 5, 25, 20, 5, 20]


def inside():
    mask = np.zeros((30, 40), np.uint8)
    mask[5:20, 5:25] = 1
    return mask


def compressed(mask):
    rle = coco_mask.encode(np.asfortranarray(mask))
    return {"size": rle["size"], "counts": rle["counts"].decode()}


def uncompressed(mask):
    flat = mask.T.ravel()
    edges = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff([0, *edges, flat.size]).tolist()
    return {"size": list(mask.shape), "counts": runs if flat[0] == 0 else [0, *runs]}


def write(folder, annotations, images=None, categories=None, name="a.json"):
    if images is None:
        images = [{"id": HUGE, "file_name": "a.png", "width": 40, "height": 30}]
    if categories is None:
        categories = [{"id": 1, "name": "boy"}, {"id": HUGE, "name": "girl"}]
    record = {"images": images, "annotations": annotations, "categories": categories}
    (folder / name).write_text(json.dumps(record))
    return folder


def annotation(segmentation, number=1, **fields):
    return {
        "id": number,
        "image_id": HUGE,
        "category_id": 1,
        "segmentation": segmentation,
        "bbox": [5, 5, 20, 15],
        "iscrowd": 0,
    } | fields


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(tmp_path / "images" / "a.png")
    return tmp_path


@pytest.mark.parametrize(
    "shape",
    [[SQUARE], compressed(inside()), uncompressed(inside()), [SQUARE, [1, 1, 2, 2]]],
    ids=["polygon", "compressed", "uncompressed", "polygon and a line of two corners"],
)
def test_every_form_of_outline(folder, shape):
    sample = CocoFolder(write(folder, [annotation(shape)]))[0]
    np.testing.assert_array_equal(sample.masks, inside()[None] > 0)


def test_polygons_are_drawn_as_pycocotools_draws_them(folder):
    rng = np.random.default_rng(2)
    polygons = [rng.uniform(-5, 45, 14).tolist() for _ in range(2)]
    drawn = CocoFolder(write(folder, [annotation(polygons)]))[0].masks[0]
    expected = coco_mask.decode(coco_mask.merge(coco_mask.frPyObjects(polygons, 30, 40)))
    np.testing.assert_array_equal(drawn, expected > 0)


def test_annotations_of_no_picture_are_counted_and_left_out(folder):
    other = annotation([SQUARE], 2, image_id=7)
    samples = CocoFolder(write(folder, [annotation([SQUARE]), other]))
    assert samples.orphans == 1 and len(samples[0].masks) == 1


def test_a_picture_without_annotations_is_one_without_characters(folder):
    sample = CocoFolder(write(folder, []))[0]
    assert sample.masks.shape == (0, 30, 40) and sample.families is None


def test_categories_can_be_chosen_and_are_families(folder):
    girl = annotation([SQUARE], 2, category_id=HUGE, iscrowd=1)
    write(folder, [annotation([SQUARE]), girl])
    both = CocoFolder(folder)[0]
    assert both.families == ("boy", "girl") and both.crowd.tolist() == [False, True]
    for chosen in ("girl", str(HUGE)):
        only = CocoFolder(folder, categories=[chosen])[0]
        assert len(only.masks) == 1 and only.crowd.all() and only.families is None
    with pytest.raises(ValueError, match="no category 'cat'; it has boy, girl"):
        CocoFolder(folder, categories=["cat"])


def test_missing_pictures_are_named_or_left_out(folder):
    images = [
        {"id": 1, "file_name": "gone.png", "width": 9, "height": 9},
        {"id": HUGE, "file_name": "a.png", "width": 40, "height": 30},
    ]
    write(folder, [annotation([SQUARE])], images)
    with pytest.raises(FileNotFoundError, match=r"gone.png is neither.*1 of the 2"):
        CocoFolder(folder)
    samples = CocoFolder(folder, skip_missing=True)
    assert samples.missing == ["gone.png"] and [s.name for s in samples] == ["a.png"]


@pytest.mark.parametrize(
    "name", ["a.png", "images/a.png", r"C:\label\set 1\a.png", "/data/x/a.png", "../../b/a.png"]
)
def test_pictures_are_found_by_the_last_part_of_their_name(folder, name):
    found = find_picture(name, (folder / "images", folder))
    assert found.resolve() == (folder / "images" / "a.png").resolve()


def test_nothing_outside_the_folder_is_read(folder):
    (folder / "secret.png").write_bytes(b"")
    for name in ("../secret.png", str(folder / "secret.png"), "", "..", "/"):
        assert find_picture(name, (folder / "images",)) is None


def test_ids_of_mixed_kinds_and_a_size_that_is_not_given(folder):
    images = [{"id": "x", "file_name": "a.png"}, {"id": HUGE, "file_name": "a.png"}]
    samples = CocoFolder(write(folder, [annotation([SQUARE], image_id="x")], images))
    assert sorted(len(sample.masks) for sample in samples) == [0, 1]


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ([], "no segmentation"),
        ([[5, 5, float("nan"), 5, 25, 20]], "NaN or infinity"),
        ([[5, 5, 1e9, 5, 25, 20]], "corner at 1e.09, far outside"),
        ([[50, 5, 60, 5, 60, 20]], "lies outside the picture, which is 40 x 30"),
        ([[5, 5, 6]], "not a list of x, y"),
        ([["a"]], "not a list of x, y"),
        ("text", "segmentation of kind str"),
        ({"size": [30, 40], "counts": [5]}, "covers 5 pixels"),
        ({"size": [3, 4], "counts": [12]}, "for a picture of 4 x 3"),
        ({"counts": "x"}, "damaged"),
    ],
)
def test_damaged_outlines_are_one_sentence(folder, shape, message):
    with pytest.raises(ValueError, match=f"Annotation 1 of a.png.*{message}"):
        CocoFolder(write(folder, [annotation(shape)]))[0]


def without_outlines(**fields):
    return {"id": 1, "image_id": HUGE, **fields}


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([without_outlines(caption="a boy")], "holds captions; a file of instances"),
        ([without_outlines(segments_info=[])], "panoptic"),
        ([without_outlines(keypoints=[1])], "annotations without outlines"),
        ([annotation([SQUARE], bbox=[1, 2, float("nan"), 4])], "box of annotation 1"),
        ([annotation([SQUARE], bbox=["1", 2, 3, 4])], "not all numbers"),
        (["text"], "not a COCO annotation file"),
        ([{"id": 1, "segmentation": []}], "'image_id' is missing"),
    ],
)
def test_files_of_another_kind_are_one_sentence(folder, entries, message):
    with pytest.raises(ValueError, match=message):
        read_coco(write(folder, entries) / "a.json")


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([{"id": 1, "file_name": "a.png"}] * 2, "two pictures have the id 1"),
        ([{"id": 1}], "'file_name' is missing"),
        ([{"id": 1, "file_name": 3}], "file_name of picture 1 is 3"),
        ([], "name no picture"),
    ],
)
def test_damaged_lists_of_pictures_are_one_sentence(folder, images, message):
    with pytest.raises(ValueError, match=message):
        CocoFolder(write(folder, [], images))


class FindsNobody:
    refiner = None

    def __init__(self):
        import torch

        self.detector = torch.nn.Linear(1, 1)

    def segment(self, picture, **_):
        return Instances.empty(tuple(picture.shape[:2]))


def test_several_sets_in_one_command_and_markdown(folder, monkeypatch, capsys):
    monkeypatch.setattr(command, "load_segmenter", lambda **_: FindsNobody())
    write(folder, [annotation([SQUARE]), annotation([SQUARE], 2, category_id=HUGE)])
    second = folder / "second"
    second.mkdir()
    Image.new("RGB", (40, 30)).save(second / "a.png")
    write(second, [annotation([SQUARE], image_id=5)])
    report, text = folder / "report.txt", folder / "tables.md"
    arguments = ["--coco", folder, second, "--json", report, "--markdown", text]
    assert command.main([str(argument) for argument in arguments]) == 0
    sets = json.loads(report.read_text())["sets"]
    assert [of_set["source"] for of_set in sets] == [str(folder), str(second)]
    assert sets[0]["coarse"]["outcomes"]["characters"]["missed"] == 2
    assert set(sets[0]["coarse"]["families"]) == {"boy", "girl"}
    assert sets[0]["coarse"]["by_picture"][0]["name"] == "a.png"
    assert "1 annotations of no picture" in sets[1]["notes"][0]
    assert "| coarse, girl | 1 | 0.0 |" in text.read_text()
    assert "coarse boundary" in capsys.readouterr().out
    assert command.main(["--coco", str(second), "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("**1 pictures, ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--markdown", "there.md"], "there.md is there already"),
        (["--annotations", "a.json"], "exactly one folder"),
        (["--coco", "a", "b", "--sheet", "s.png"], "annotation file"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.md").write_text("kept")
    assert command.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert (tmp_path / "there.md").read_text() == "kept"
