"""Average precision by pycocotools' own matching, from overlaps that were computed beforehand."""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# The names of COCOeval's twelve figures, in its order. AP is the mean over IoU 0.50, 0.55 ... 0.95;
# small is an area under 32^2 pixels, large is over 96^2.
FIGURES = (
    "AP",
    "AP50",
    "AP75",
    "AP_small",
    "AP_medium",
    "AP_large",
    "AR1",
    "AR10",
    "AR100",
    "AR_small",
    "AR_medium",
    "AR_large",
)

_OUT_OF_RANGE = 1e12  # pixels; COCOeval's ranges end at 1e10


@dataclass(frozen=True, eq=False)
class Overlaps:
    """What matching needs to know of one picture with D detections and G true characters."""

    ious: np.ndarray  # float64 [D, G], 0 to 1
    scores: np.ndarray  # float64 [D]
    areas: np.ndarray  # float64 [D], pixels
    true_areas: np.ndarray  # float64 [G], pixels
    crowd: np.ndarray  # bool [G]; detections that lie in a crowd count neither way
    # bool [G]: true characters that count neither way, and the one find that matches each of them.
    ignored: np.ndarray | None = None


def average_precision(pictures: Sequence[Overlaps]) -> dict[str, float | None]:
    """Return COCO's figures (`FIGURES`) for one class, at most 100 detections a picture.

    A figure is None where there is nothing to measure: no true character of that size.
    """
    evaluation = _evaluation(pictures)
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    stats = [float(value) for value in evaluation.stats]
    return {name: None if value < 0 else value for name, value in zip(FIGURES, stats, strict=True)}


def _evaluation(pictures: Sequence[Overlaps]):
    from pycocotools.cocoeval import COCOeval

    class EvaluationOfOverlaps(COCOeval):
        """COCOeval that is handed the overlaps instead of computing them from boxes or RLE."""

        def computeIoU(self, imgId, catId):
            picture = pictures[imgId]
            best_first = np.argsort(-picture.scores, kind="mergesort")[: self.params.maxDets[-1]]
            if not len(best_first) or not len(picture.true_areas):
                return []
            return picture.ious[best_first]

    true, detected = [], []
    for index, picture in enumerate(pictures):
        # COCOeval ignores what lies outside the range of areas that it looks at.
        areas = picture.true_areas
        if picture.ignored is not None:
            areas = np.where(picture.ignored, _OUT_OF_RANGE, areas)
        for area, crowd in zip(areas, picture.crowd, strict=True):
            true.append(_annotation(len(true), index, area) | {"iscrowd": int(crowd)})
        for area, score in zip(picture.areas, picture.scores, strict=True):
            detected.append(_annotation(len(detected), index, area) | {"score": float(score)})
    return EvaluationOfOverlaps(
        _coco(true, len(pictures)), _coco(detected, len(pictures)), iouType="bbox"
    )


def _annotation(number: int, picture: int, area: float) -> dict:
    # Ids start at 1: pycocotools takes a match with id 0 for no match.
    return {"id": number + 1, "image_id": picture, "category_id": 1, "area": float(area)}


def _coco(annotations: list[dict], pictures: int):
    from pycocotools.coco import COCO

    coco = COCO()
    coco.dataset = {
        "images": [{"id": index} for index in range(pictures)],
        "categories": [{"id": 1, "name": "character"}],
        "annotations": annotations,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
    return coco
