"""Run a segmenter over pictures with known characters and measure it, coarse and refined."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from pycocotools import mask as coco_mask
from scipy.optimize import linear_sum_assignment

from cartoon_models.instances import Instances

from .average_precision import Overlaps, average_precision
from .families import family_figures
from .outcomes import Outcomes, outcomes, total
from .overlap import boundary_iou, mask_iou

# Instances are shown to a user from this score up; below it they only count for AP.
SHOWN_SCORE = 0.3
MASK_THRESHOLD = 0.5


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture and its true characters."""

    picture: np.ndarray  # float32 [H, W, 3], 0 to 1, sRGB
    masks: np.ndarray  # bool [G, H, W], the visible part of each character
    crowd: np.ndarray | None = None  # bool [G], groups that count neither way; None = none of them
    name: str = ""
    # Names to tell figures apart by: one for each true character, or one for the whole picture.
    families: Sequence[str] | str | None = None


class Segments(Protocol):
    """What is measured: `Segmenter.segment`."""

    def segment(self, picture: np.ndarray, **options) -> Instances: ...


@dataclass
class Measurement:
    """What one way of running gave on all pictures, so far."""

    overlaps: dict[str, list[Overlaps]] = field(
        default_factory=lambda: {"box": [], "mask": [], "boundary": []}
    )
    names: list[str] = field(default_factory=list)  # of the pictures
    families: list = field(default_factory=list)  # `Sample.families` of each picture
    outcomes: list[Outcomes] = field(default_factory=list)  # what became of each character
    qualities: list[float] = field(default_factory=list)  # panoptic quality of each picture
    seconds: list[float] = field(default_factory=list)
    detections: int = 0

    def add(self, found: Instances, sample: Sample, seconds: float) -> None:
        """Compare what was found in a picture with what is there."""
        overlaps = compare(found, sample)
        for kind, value in overlaps.items():
            self.overlaps[kind].append(value)
        self.names.append(sample.name)
        self.families.append(sample.families)
        self.outcomes.append(outcomes(overlaps["mask"], SHOWN_SCORE))
        self.qualities.append(panoptic_quality(overlaps["mask"]))
        self.seconds.append(seconds)
        self.detections += len(found)

    def figures(self) -> dict:
        """Return AP figures by kind, mean panoptic quality and time per picture.

        Beside them: "outcomes" (see `outcomes.total`), "families" where the samples have any (see
        `family_figures`), and "by_picture", what became of each one.
        """
        figures: dict = {kind: average_precision(done) for kind, done in self.overlaps.items()}
        figures["panoptic_quality"] = float(np.mean(self.qualities))
        figures["seconds_per_picture"] = float(np.mean(self.seconds))
        figures["seconds_per_picture_median"] = float(np.median(self.seconds))
        figures["detections_per_picture"] = self.detections / len(self.seconds)
        figures["outcomes"] = total(self.outcomes)
        if any(self.families):
            figures["families"] = family_figures(self.overlaps, self.families)
        figures["by_picture"] = [
            {"name": name, "panoptic_quality": quality, **of_picture.counts()}
            for name, quality, of_picture in zip(
                self.names, self.qualities, self.outcomes, strict=True
            )
        ]
        return figures


def measure(
    segmenter: Segments,
    samples: Sequence[Sample],
    *,
    refine: bool,
    refine_mode: str = "auto",
    score_threshold: float = 0.05,
    max_instances: int = 100,
    progress: Callable[[int, int], None] | None = None,
) -> Measurement:
    """Segment every picture once, timed, and compare.

    With `refine=False` the detector's own masks are measured. A score threshold over 0.05 or fewer
    instances than 100 make it quicker and can only lower the figures.
    """
    measurement = Measurement()
    for index in range(len(samples)):
        sample = samples[index]
        start = time.perf_counter()
        found = segmenter.segment(
            sample.picture,
            score_threshold=score_threshold,
            max_instances=max_instances,
            refine=refine,
            refine_mode=refine_mode,
            order="score",
        )
        if found.device.type == "cuda":
            torch.cuda.synchronize(found.device)
        measurement.add(found, sample, time.perf_counter() - start)
        if progress:
            progress(index + 1, len(samples))
    return measurement


def compare(found: Instances, sample: Sample) -> dict[str, Overlaps]:
    """Return the overlaps that box, mask and boundary AP match by.

    A box is judged against the box around the true mask, and sized by its own area; masks and
    boundaries are sized by the mask's area.
    """
    masks = (found.masks >= MASK_THRESHOLD).cpu().numpy()
    truth = np.asarray(sample.masks, bool)
    crowd = np.zeros(len(truth), bool) if sample.crowd is None else np.asarray(sample.crowd, bool)
    if truth.shape[1:] != masks.shape[1:]:
        raise ValueError(
            f"The true masks of picture {sample.name!r} are {truth.shape[1:]} pixels "
            f"and the picture is {masks.shape[1:]}."
        )
    if sample.families and not isinstance(sample.families, str):
        if len(sample.families) != len(truth):
            raise ValueError(
                f"Picture {sample.name!r} has {len(truth)} true masks and "
                f"{len(sample.families)} names of families."
            )
    boxes, true_boxes = _xywh(found.boxes.cpu().numpy()), _xywh(mask_boxes(truth))
    of_masks = mask_iou(masks, truth, crowd)
    of_boundaries = np.minimum(of_masks, boundary_iou(masks, truth, crowd))
    of_boxes = np.zeros_like(of_masks)
    if of_boxes.size:
        of_boxes = coco_mask.iou(boxes, true_boxes, crowd.astype(int).tolist())

    scores = found.scores.cpu().numpy().astype(np.float64)
    areas = np.count_nonzero(masks, axis=(1, 2)).astype(np.float64)
    true_areas = np.count_nonzero(truth, axis=(1, 2)).astype(np.float64)
    box_areas = boxes[:, 2] * boxes[:, 3]
    return {
        "box": Overlaps(of_boxes, scores, box_areas, true_areas, crowd),
        "mask": Overlaps(of_masks, scores, areas, true_areas, crowd),
        "boundary": Overlaps(of_boundaries, scores, areas, true_areas, crowd),
    }


def panoptic_quality(overlaps: Overlaps, shown_score: float = SHOWN_SCORE) -> float:
    """Return one picture's panoptic quality, 0 to 1 (Kirillov et al., CVPR 2019, section 4).

    The sum of the IoU of matched pairs (over 0.5) over matched + half the false finds + half the
    misses, among finds of at least `shown_score`. A picture without characters where none is found
    has 1. Finds that lie in a crowd are left out.
    """
    single = overlaps.ious[:, ~overlaps.crowd]
    shown = overlaps.scores >= shown_score
    in_crowd = (overlaps.ious[:, overlaps.crowd] > 0.5).any(axis=1)
    single = single[shown & ~(in_crowd & ~(single > 0.5).any(axis=1))]
    found, true = single.shape
    if found + true == 0:
        return 1.0
    # A pair under the threshold is worth nothing, so that it never displaces one over it.
    matched = np.where(single > 0.5, single, 0.0)
    total = matched[linear_sum_assignment(matched, maximize=True)]
    hits = np.count_nonzero(total)
    return float(total.sum() / (hits + (found - hits) / 2 + (true - hits) / 2))


def mask_boxes(masks: np.ndarray) -> np.ndarray:
    """Return the box around each bool mask `[N, H, W]`: float64 `[N, 4]` xyxy, end-exclusive."""
    boxes = np.zeros((len(masks), 4))
    for start, inside in ((0, masks.any(axis=1)), (1, masks.any(axis=2))):
        there = inside.any(axis=1)
        length = inside.shape[1]
        boxes[:, start] = np.where(there, inside.argmax(axis=1), 0)
        boxes[:, start + 2] = np.where(there, length - inside[:, ::-1].argmax(axis=1), 0)
    return boxes


def _xywh(boxes: np.ndarray) -> np.ndarray:
    boxes = np.asarray(boxes, np.float64)
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
