"""training.evaluate: figures equal to pycocotools', and right on shapes that can be counted."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("pycocotools", reason="pycocotools is in the extras dev and train")

from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from cartoon_models.instances import Instances
from training.evaluate.__main__ import main
from training.evaluate.average_precision import FIGURES, Overlaps, average_precision
from training.evaluate.coco_folder import CocoFolder
from training.evaluate.measure import (
    Sample,
    compare,
    mask_boxes,
    measure,
    panoptic_quality,
)
from training.evaluate.overlap import boundaries, boundary_iou, boundary_width, mask_iou
from training.evaluate.report import table
from training.evaluate.sheet import choose_rows


def blobs(rng, count, height, width):
    """Overlapping ellipses of very different sizes, bool [count, height, width]."""
    y, x = np.mgrid[0:height, 0:width]
    masks = np.zeros((count, height, width), bool)
    for mask in masks:
        cy, cx = rng.uniform(0, height), rng.uniform(0, width)
        ry, rx = rng.uniform(4, height / 2.5), rng.uniform(4, width / 2.5)
        mask |= ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 < 1
    return masks


def shifted(rng, masks, reach):
    moved = [np.roll(mask, rng.integers(-reach, reach + 1, 2), (0, 1)) for mask in masks]
    return np.array(moved, bool).reshape(masks.shape)


@pytest.fixture(scope="module")
def pictures():
    """(sample, found) of nine pictures: good and bad finds, crowds, none found, none there."""
    rng = np.random.default_rng(7)
    result = []
    for number, (true, false) in enumerate(
        [(3, 2), (5, 0), (1, 4), (4, 4), (0, 3), (2, 0), (0, 0), (6, 9), (2, 1)]
    ):
        height, width = rng.integers(150, 260, 2)
        truth = blobs(rng, true, height, width)
        crowd = rng.uniform(size=true) < 0.2
        masks = np.concatenate([shifted(rng, truth, 9), blobs(rng, false, height, width)])
        if number == 5:
            masks = masks[:0]
        scores = np.round(rng.uniform(0.05, 1.0, len(masks)), 1)  # rounded: draws happen
        found = Instances.from_masks(masks.astype(np.float32), scores.astype(np.float32))
        sample = Sample(np.zeros((height, width, 3), np.float32), truth, crowd, str(number))
        result.append((sample, found))
    return result


def pycocotools_figures(pictures, kind):
    """What COCOeval says when it is fed in its usual way: annotations and results with RLE."""
    images, annotations, results = [], [], []
    for index, (sample, found) in enumerate(pictures):
        images.append({"id": index, "height": found.size[0], "width": found.size[1]})
        for mask, crowd in zip(sample.masks, sample.crowd, strict=True):
            rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": index,
                    "category_id": 1,
                    "segmentation": rle,
                    "area": float(coco_mask.area(rle)),
                    "bbox": coco_mask.toBbox(rle).tolist(),
                    "iscrowd": int(crowd),
                }
            )
        for mask, score in zip(found.masks.numpy(), found.scores.tolist(), strict=True):
            rle = coco_mask.encode(np.asfortranarray((mask >= 0.5).astype(np.uint8)))
            result = {"image_id": index, "category_id": 1, "score": score}
            if kind == "bbox":
                result["bbox"] = coco_mask.toBbox(rle).tolist()
            else:
                result["segmentation"] = rle
            results.append(result)
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "character"}],
    }
    truth.createIndex()
    evaluation = COCOeval(truth, truth.loadRes(results), kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return [None if value < 0 else value for value in evaluation.stats]


@pytest.mark.parametrize(("kind", "ours"), [("bbox", "box"), ("segm", "mask")])
def test_figures_equal_pycocotools(pictures, kind, ours):
    figures = average_precision([compare(found, sample)[ours] for sample, found in pictures])
    assert list(figures) == list(FIGURES)
    assert 0.1 < figures["AP"] < 0.9  # the fixture is neither hopeless nor perfect
    assert list(figures.values()) == pytest.approx(pycocotools_figures(pictures, kind), abs=1e-9)


def test_mask_iou_equals_pycocotools(pictures):
    for sample, found in pictures:
        masks = found.masks.numpy() >= 0.5
        ours = mask_iou(masks, sample.masks, sample.crowd)
        assert ours.shape == (len(masks), len(sample.masks))
        if ours.size:
            detected, truth = (
                coco_mask.encode(np.asfortranarray(part.transpose(1, 2, 0).astype(np.uint8)))
                for part in (masks, sample.masks)
            )
            theirs = coco_mask.iou(detected, truth, sample.crowd.astype(int).tolist())
            np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_boundary_ap_is_never_over_mask_ap(pictures):
    compared = [compare(found, sample) for sample, found in pictures]
    for overlaps in compared:
        assert (overlaps["boundary"].ious <= overlaps["mask"].ious + 1e-12).all()
    boundary = average_precision([overlaps["boundary"] for overlaps in compared])
    mask = average_precision([overlaps["mask"] for overlaps in compared])
    assert 0 < boundary["AP"] < mask["AP"]


def test_perfect_finds_have_full_marks(pictures):
    samples = [Sample(s.picture, s.masks, None, s.name) for s, _ in pictures]
    compared = [
        compare(Instances.from_masks(s.masks.astype(np.float32)), s)
        for s in samples
        if len(s.masks)
    ]
    for kind in ("box", "mask", "boundary"):
        figures = average_precision([overlaps[kind] for overlaps in compared])
        assert figures["AP"] == figures["AP75"] == pytest.approx(1.0)


def test_nothing_to_measure_is_none_not_zero():
    none = Overlaps(np.zeros((0, 0)), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, bool))
    assert average_precision([none])["AP"] is None


def test_more_than_a_hundred_finds_count_by_score():
    """The true find has the lowest of 130 scores, so it is not among the hundred that count."""
    ious = np.zeros((130, 1))
    ious[0] = 1.0
    scores = np.linspace(0.1, 0.9, 130)
    overlaps = Overlaps(ious, scores, np.full(130, 5000.0), np.array([5000.0]), np.zeros(1, bool))
    assert average_precision([overlaps])["AP"] == 0.0
    overlaps = Overlaps(ious, scores[::-1], *(overlaps.areas, overlaps.true_areas, overlaps.crowd))
    assert average_precision([overlaps])["AP"] == pytest.approx(1.0)


def test_boundary_width_is_two_per_cent_of_the_diagonal():
    assert boundary_width(300, 400) == 10
    assert boundary_width(720, 1280) == 29  # 29.37
    assert boundary_width(1, 1) == 1


def test_boundary_of_a_rectangle():
    """A rectangle's boundary is a frame whose width is the reach."""
    mask = np.zeros((1, 300, 400), bool)
    mask[0, 100:200, 50:250] = True
    expected = mask.copy()
    expected[0, 110:190, 60:240] = False
    assert (boundaries(mask) == expected).all()


def test_the_picture_edge_is_an_outline():
    full = np.ones((1, 300, 400), bool)
    expected = full.copy()
    expected[0, 10:290, 10:390] = False
    assert (boundaries(full) == expected).all()


def test_boundaries_do_not_depend_on_neighbours_in_the_batch():
    rng = np.random.default_rng(3)
    masks = blobs(rng, 5, 97, 203)
    together = boundaries(masks)
    for mask, boundary in zip(masks, together, strict=True):
        np.testing.assert_array_equal(boundaries(mask[None])[0], boundary)


def test_boundaries_equal_repeated_three_by_three_erosion():
    """The paper's implementation erodes by one pixel, reach times."""
    mask = blobs(np.random.default_rng(5), 1, 120, 90)[0]
    eroded = np.pad(mask, 1)
    for _ in range(boundary_width(120, 90)):
        around = np.pad(eroded, 1)
        eroded = np.min(
            [around[dy : dy + 122, dx : dx + 92] for dy in range(3) for dx in range(3)], axis=0
        )
    np.testing.assert_array_equal(boundaries(mask[None])[0], mask & ~eroded[1:-1, 1:-1])


def test_boundary_iou_of_two_squares():
    """100 x 100 squares, one of them 4 pixels further right, with a boundary of 10 pixels."""
    masks = np.zeros((2, 300, 400), bool)
    masks[0, 100:200, 100:200] = True
    masks[1, 100:200, 104:204] = True
    frame = 100 * 100 - 80 * 80
    # The horizontal bars share 96 of 100 columns; each vertical one 6 of its 10, 80 rows high.
    # Where one's vertical bar crosses into the other's, nothing else is shared.
    common = 2 * 10 * 96 + 2 * 6 * 80
    assert boundary_iou(masks[:1], masks[1:])[0, 0] == common / (2 * frame - common)
    assert mask_iou(masks[:1], masks[1:])[0, 0] == 9600 / 10400


def test_boundary_iou_of_discs():
    """Of a disc and a concentric one eroded by half the reach, half of either ring is shared."""
    y, x = np.mgrid[-200:200, -200:200] + 0.5
    masks = np.hypot(y, x)[None] < np.array([150.0, 142.0])[:, None, None]
    reach = boundary_width(400, 400)  # 11
    inner = boundaries(masks)
    area = np.count_nonzero(inner, axis=(1, 2))
    # A square reach cuts a disc by `reach` on the axes and by reach * sqrt(2) on the diagonals.
    for ring, radius in zip(area, (150, 142), strict=True):
        assert np.pi * (radius**2 - (radius - reach) ** 2) < ring
        assert ring < np.pi * (radius**2 - (radius - 2**0.5 * reach) ** 2)
    value = boundary_iou(masks[:1], masks[1:])[0, 0]
    assert value < mask_iou(masks[:1], masks[1:])[0, 0]
    assert value == np.count_nonzero(inner[0] & inner[1]) / np.count_nonzero(inner[0] | inner[1])


def test_empty_masks_and_no_masks():
    none, empty = np.zeros((0, 20, 30), bool), np.zeros((1, 20, 30), bool)
    assert mask_iou(none, empty).shape == (0, 1)
    assert boundary_iou(empty, none).shape == (1, 0)
    assert mask_iou(empty, empty)[0, 0] == 0.0
    assert mask_boxes(empty).tolist() == [[0, 0, 0, 0]]


def test_masks_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"\(20, 30\).*\(20, 31\)"):
        mask_iou(np.zeros((1, 20, 30), bool), np.zeros((1, 20, 31), bool))
    sample = Sample(np.zeros((9, 9, 3), np.float32), np.zeros((1, 9, 8), bool), None, "p.png")
    with pytest.raises(ValueError, match=r"'p\.png'.*\(9, 8\).*\(9, 9\)"):
        compare(Instances.empty((9, 9)), sample)


def test_mask_boxes():
    mask = np.zeros((1, 20, 30), bool)
    mask[0, 3:7, 10:25] = True
    assert mask_boxes(mask).tolist() == [[10, 3, 25, 7]]


def overlaps_of(ious, scores, crowd=None):
    ious = np.array(ious, float)
    found, true = ious.shape
    crowd = np.zeros(true, bool) if crowd is None else np.array(crowd)
    return Overlaps(ious, np.array(scores, float), np.ones(found), np.ones(true), crowd)


def test_panoptic_quality_by_hand():
    # One match of 0.8, one miss, one false find; a find under 0.3 is not shown and does not count.
    overlaps = overlaps_of([[0.8, 0.1], [0.0, 0.2], [0.0, 0.9]], [0.9, 0.5, 0.2])
    assert panoptic_quality(overlaps) == pytest.approx(0.8 / (1 + 0.5 + 0.5))
    assert panoptic_quality(overlaps_of(np.zeros((0, 0)), [])) == 1.0
    assert panoptic_quality(overlaps_of(np.zeros((0, 2)), [])) == 0.0
    # A find that lies in a crowd is neither right nor wrong.
    crowd = overlaps_of([[0.9, 0.0], [0.0, 0.7]], [0.9, 0.9], [False, True])
    assert panoptic_quality(crowd) == pytest.approx(0.9)


class Recorder:
    """A segmenter that knows the truth and notes how it was called."""

    def __init__(self, samples):
        self.samples, self.calls = samples, []

    def segment(self, picture, **options):
        self.calls.append(options)
        sample = next(s for s in self.samples if s.picture is picture)
        return Instances.from_masks(sample.masks.astype(np.float32))


def test_measure_runs_every_picture_and_reports(pictures):
    samples = [sample for sample, _ in pictures]
    segmenter, steps = Recorder(samples), []
    measurement = measure(
        segmenter, samples, refine=False, progress=lambda done, total: steps.append((done, total))
    )
    assert steps == [(n + 1, len(samples)) for n in range(len(samples))]
    assert all(call["refine"] is False and call["order"] == "score" for call in segmenter.calls)
    figures = measurement.figures()
    assert figures["mask"]["AP50"] == pytest.approx(1.0)
    assert figures["panoptic_quality"] == pytest.approx(1.0)
    report = {
        "pictures": len(samples),
        "source": "a test",
        "device": "cpu",
        "detector": "d",
        "refiner": "r",
        "coarse": figures,
    }
    text = table(json.loads(json.dumps(report)))
    assert "coarse boundary" in text and "100.0" in text


@pytest.fixture
def coco_folder(tmp_path):
    (tmp_path / "images").mkdir()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(tmp_path / "images" / "a.png")
    annotations = {
        "images": [{"id": 4, "file_name": "a.png", "width": 40, "height": 30}],
        "categories": [{"id": 1, "name": "boy"}, {"id": 2, "name": "girl"}],
        "annotations": [
            {
                "id": 1,
                "image_id": 4,
                "category_id": 2,
                "segmentation": [[5, 5, 25, 5, 25, 20, 5, 20]],
                "area": 300,
                "bbox": [5, 5, 20, 15],
                "iscrowd": 0,
            }
        ],
    }
    (tmp_path / "a.json").write_text(json.dumps(annotations))
    return tmp_path


def test_coco_folder(coco_folder):
    samples = CocoFolder(coco_folder)
    assert len(samples) == 1
    sample = samples[0]
    assert sample.picture.shape == (30, 40, 3) and sample.picture.dtype == np.float32
    assert sample.masks.shape == (1, 30, 40) and sample.masks[0, 10, 10]
    assert mask_boxes(sample.masks).tolist() == [[5, 5, 25, 20]]
    assert sample.name == "a.png" and not sample.crowd.any()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "a.json").unlink(), "no annotation file"),
        (lambda folder: (folder / "b.json").write_text("{}"), "2 annotation files"),
        (lambda folder: (folder / "a.json").write_text("{"), "not a COCO annotation file"),
        (lambda folder: (folder / "a.json").write_text("[]"), "not a COCO annotation file"),
        (lambda folder: (folder / "images" / "a.png").unlink(), "a.png is neither"),
        (
            lambda folder: Image.new("RGB", (41, 30)).save(folder / "images" / "a.png"),
            "41 x 30.*40 x 30",
        ),
    ],
)
def test_coco_folder_says_what_is_wrong(coco_folder, spoil, message):
    spoil(coco_folder)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        CocoFolder(coco_folder)[0]


def test_annotations_without_outlines_are_refused(coco_folder):
    path = coco_folder / "a.json"
    annotations = json.loads(path.read_text())
    annotations["annotations"][0]["segmentation"] = []
    path.write_text(json.dumps(annotations))
    with pytest.raises(ValueError, match="no segmentation"):
        CocoFolder(coco_folder)[0]


class FindsABox:
    """A segmenter that always finds the same box, a little more of it when it refines."""

    refiner = "a refiner"
    detector = torch.nn.Linear(1, 1)

    def segment(self, picture, refine=True, **options):
        masks = torch.zeros(1, *picture.shape[:2])
        masks[0, 5:20, 5 : (25 if refine else 22)] = 1.0
        return Instances.from_masks(masks, scores=[0.9])


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr("training.evaluate.__main__.load_segmenter", lambda **_: FindsABox())
    return main


def test_command_prints_and_writes(command, coco_folder, tmp_path, capsys):
    report, sheet = tmp_path / "out.json", tmp_path / "sheet.png"
    options = ["--coco", coco_folder, "--json", report, "--sheet", sheet]
    assert command([str(option) for option in options]) == 0
    printed = capsys.readouterr().out
    assert "refined boundary" in printed and "coarse box" in printed
    figures = json.loads(report.read_text())
    assert figures["refined"]["mask"]["AP"] == pytest.approx(1.0)
    assert figures["coarse"]["mask"]["AP75"] == pytest.approx(1.0)
    assert figures["coarse"]["mask"]["AP"] == pytest.approx(0.8)  # IoU 0.85: 8 of 10 thresholds
    with Image.open(sheet) as image:
        assert image.width > 4 * 320 and image.height > 200


def test_command_can_leave_the_refiner_out(command, coco_folder, capsys):
    assert command(["--coco", str(coco_folder), "--coarse-only"]) == 0
    assert "refined" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--json", "there.json"], "there.json is there already"),
        (["--coco", "nowhere"], "nowhere has no annotation file"),
        (["--count", "-1"], "not -1"),
        (["--detector", "none"], "AP needs a detector"),
    ],
)
def test_command_says_what_is_wrong(command, options, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.json").write_text("kept")
    assert command(options) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert (tmp_path / "there.json").read_text() == "kept"


def test_sheet_shows_worst_median_and_best():
    qualities = [0.9, 0.1, 0.5, 0.4, 0.8, 0.2, 0.6]
    assert choose_rows(qualities, 1) == [("worst", 1), ("median", 2), ("best", 0)]
    assert [index for _, index in choose_rows(qualities[:3], 1)] == [1, 2, 0]
    indices = [index for _, index in choose_rows(qualities, 2)]
    assert len(set(indices)) == 6


def test_soft_masks_are_cut_at_half():
    masks = torch.zeros(1, 60, 80)
    masks[0, 10:30, 10:30] = 0.5
    masks[0, 30:50, 10:30] = 0.49
    truth = np.zeros((1, 60, 80), bool)
    truth[0, 10:30, 10:30] = True
    sample = Sample(np.zeros((60, 80, 3), np.float32), truth)
    assert compare(Instances.from_masks(masks), sample)["mask"].ious[0, 0] == 1.0
