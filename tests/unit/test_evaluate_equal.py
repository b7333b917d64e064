"""training.evaluate against pycocotools' own COCOeval, fed with annotations and results as RLE."""

import contextlib
import io

import cv2
import numpy as np
import pytest

pytest.importorskip("pycocotools", reason="pycocotools is in the extras dev and train")

from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from cartoon_models.instances import Instances
from training.evaluate.average_precision import average_precision
from training.evaluate.families import family_figures
from training.evaluate.measure import Sample, compare
from training.evaluate.overlap import boundary_width

FAMILIES = ("ink", "cel", "paint")


def ellipses(rng, count, height, width, smallest=3, largest=90):
    y, x = np.mgrid[0:height, 0:width]
    masks = np.zeros((count, height, width), bool)
    for mask in masks:
        radius = np.exp(rng.uniform(np.log(smallest), np.log(largest), 2))
        cy, cx = rng.uniform(0, height), rng.uniform(0, width)
        mask |= ((y - cy) / radius[0]) ** 2 + ((x - cx) / radius[1]) ** 2 < 1
        mask[int(cy), int(cx)] = True  # never empty
    return masks


@pytest.fixture(scope="module")
def pictures():
    """(sample, found): small to large ones, crowds, many ties, 130 finds, empty pictures."""
    rng = np.random.default_rng(11)
    made = []
    for true, false in [(7, 3), (0, 0), (0, 4), (5, 0), (9, 9), (12, 118), (3, 0), (1, 1)]:
        height, width = (int(side) for side in rng.integers(120, 300, 2))
        truth = ellipses(rng, true, height, width)
        moved = [np.roll(m, rng.integers(-4, 5, 2), (0, 1)) for m in truth]
        moved += [cv2.erode(m.astype(np.uint8), np.ones((3, 3))) > 0 for m in truth]  # doubles
        finds = np.concatenate(
            [np.array(moved, bool).reshape(-1, height, width), ellipses(rng, false, height, width)]
        )
        if len(made) == 6:
            finds = finds[:0]  # characters, and nobody is found
        scores = np.round(rng.uniform(0.05, 1, len(finds)), 1).astype(np.float32)  # ties
        families = tuple(rng.choice(FAMILIES, true).tolist())
        crowd = rng.uniform(size=true) < 0.25
        sample = Sample(np.zeros((height, width, 3), np.float32), truth, crowd, "", families)
        made.append((sample, Instances.from_masks(finds.astype(np.float32), scores)))
    return made


class BoundaryEvaluation(COCOeval):
    """IoU = the smaller of mask IoU and boundary IoU (Cheng et al. 2021), all from RLE."""

    def computeIoU(self, image, category):
        truth, found = self._gts[image, category], self._dts[image, category]
        best = np.argsort([-d["score"] for d in found], kind="mergesort")
        found = [found[i] for i in best][: self.params.maxDets[-1]]
        if not truth and not found:
            return []
        crowd = [int(g["iscrowd"]) for g in truth]
        pairs = [[a["segmentation"] for a in part] for part in (found, truth)]
        whole = coco_mask.iou(*pairs, crowd)
        edges = coco_mask.iou(*[[boundary(rle) for rle in part] for part in pairs], crowd)
        return np.minimum(whole, edges) if len(whole) else whole


def boundary(rle):
    """As the authors' code: erosion by 3 x 3, as often as 2 % of the diagonal has pixels."""
    mask = coco_mask.decode([rle])[..., 0]
    framed = np.pad(mask, 1)
    times = boundary_width(*mask.shape)
    eroded = cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=times)[1:-1, 1:-1]
    return coco_mask.encode(np.asfortranarray(mask - eroded))


def reference(pictures, kind, family=None):
    """COCOeval's figures; other families than `family` lie outside every range of areas."""
    images, annotations, results = [], [], []
    for index, (sample, found) in enumerate(pictures):
        if family and family not in sample.families:
            continue
        images.append({"id": index, "height": found.size[0], "width": found.size[1]})
        for mask, crowd, name in zip(sample.masks, sample.crowd, sample.families, strict=True):
            rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
            area = float(coco_mask.area(rle)) if family in (None, name) else 1e11
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": index,
                    "category_id": 1,
                    "segmentation": rle,
                    "area": area,
                    "bbox": coco_mask.toBbox(rle).tolist(),
                    "iscrowd": int(crowd),
                }
            )
        for mask, score in zip(found.masks.numpy(), found.scores.tolist(), strict=True):
            rle = coco_mask.encode(np.asfortranarray((mask >= 0.5).astype(np.uint8)))
            shape = {"bbox": coco_mask.toBbox(rle).tolist()}
            shape = shape if kind == "box" else {"segmentation": rle}
            results.append({"image_id": index, "category_id": 1, "score": score, **shape})
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "character"}],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        of_kind = "bbox" if kind == "box" else "segm"
        evaluate = BoundaryEvaluation if kind == "boundary" else COCOeval
        evaluation = evaluate(truth, truth.loadRes(results), of_kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [None if value < 0 else value for value in evaluation.stats]


@pytest.mark.parametrize("kind", ["box", "mask", "boundary"])
def test_every_figure_is_pycocotools_own(pictures, kind):
    ours = average_precision([compare(found, sample)[kind] for sample, found in pictures])
    theirs = reference(pictures, kind)
    assert None not in theirs and 0.05 < theirs[0] < 0.9  # every size is there
    assert list(ours.values()) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_measured_as_coco_measures_a_range_of_sizes(pictures, family):
    overlaps = {
        kind: [compare(found, sample)[kind] for sample, found in pictures]
        for kind in ("box", "mask", "boundary")
    }
    ours = family_figures(overlaps, [sample.families for sample, _ in pictures])[family]
    for kind in ("box", "mask", "boundary"):
        theirs = reference(pictures, kind, family)
        assert list(ours[kind].values()) == pytest.approx(theirs, abs=1e-9)
    assert ours["characters"] == sum(
        name == family and not crowd
        for sample, _ in pictures
        for name, crowd in zip(sample.families, sample.crowd, strict=True)
    )


def test_a_find_on_another_family_is_not_false():
    """Two characters of two families and both found: each family has full marks; so has a picture
    with one name for all, and false finds of other pictures do not count against a family."""
    masks = np.zeros((2, 60, 80), bool)
    masks[0, 5:50, 5:35] = masks[1, 5:50, 40:75] = True
    picture = np.zeros((60, 80, 3), np.float32)
    both = Instances.from_masks(masks.astype(np.float32), [0.5, 0.9])
    samples = [
        Sample(picture, masks, families=("ink", "cel")),
        Sample(picture, masks[:1], families="paint"),
        Sample(picture, masks[:0], families="paint"),
    ]
    overlaps = {"mask": [compare(both, sample)["mask"] for sample in samples]}
    figures = family_figures(overlaps, [sample.families for sample in samples])
    assert list(figures) == ["cel", "ink", "paint"]
    assert figures["ink"]["mask"]["AP"] == figures["cel"]["mask"]["AP"] == pytest.approx(1)
    assert (figures["paint"]["pictures"], figures["paint"]["characters"]) == (2, 1)
    assert figures["paint"]["mask"]["AP"] < 0.6  # two false finds are better than the right one


def test_families_fit_the_characters():
    sample = Sample(
        np.zeros((9, 9, 3), np.float32), np.ones((2, 9, 9), bool), families=("one name",)
    )
    with pytest.raises(ValueError, match="2 true masks and 1 names"):
        compare(Instances.empty((9, 9)), sample)
