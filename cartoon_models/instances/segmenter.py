"""The two-stage character segmenter of "Instance-guided Cartoon Editing" (arXiv 2312.01943, 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
import torch
from torch import Tensor, nn

from ..picture import as_tensor
from ..progress import Progress
from .coarse import CoarseMasks
from .data import Instances, as_masks
from .detector import detect_in_boxes, find
from .edit import ORDERS, OVERLAP_RULES, remove_duplicates, resolve_overlaps, sort_instances
from .refiner import MODES, refine
from .scales import find_at_sizes

PROMPTS = ("box", "match")
# A box without any candidate this close to it is refined from the filled box itself.
MATCH_IOU = 0.3


@dataclass(frozen=True, eq=False)
class Segmenter:
    """Finds every character of a picture; made by `load_segmenter`.

    The networks run on the device and in the precision they are in; results are on the picture's
    device.

    Attributes:
        detector: an `RTMDetIns`, or None where only prompts are refined.
        refiner: an `ISNet`, or None for coarse masks.
        detector_size: side of the square that the detector sees.
        detector_scales: it looks once for each, at `detector_size` times this; see `scales`.
        refiner_size: long side of what the refiner sees.
        published: the detector's and the refiner's preprocessing is the published one to the
            letter; see `detect` and `refine`.
    """

    detector: nn.Module | None
    refiner: nn.Module | None
    detector_size: int = 640
    refiner_size: int = 720
    published: tuple[bool, bool] = (False, False)
    detector_scales: tuple[float, ...] = (1.0,)

    def segment(
        self,
        picture: Tensor | np.ndarray,
        *,
        score_threshold: float = 0.3,
        max_instances: int = 100,
        nms_threshold: float = 0.6,
        mask_nms_threshold: float | None = 0.6,
        refine: bool = True,
        refine_mode: str = "auto",
        order: str = "left to right",
        overlaps: str = "keep",
        duplicate_threshold: float | None = None,
        detector_size: int | None = None,
        refiner_size: int | None = None,
        detector_scales: Sequence[float] | None = None,
        progress: Progress | None = None,
    ) -> Instances:
        """Find the characters of a picture.

        Args:
            picture: float32 `[H, W, 3]` RGB, 0 to 1, any size; whatever `as_tensor` takes.
            score_threshold: least certainty of the detector, 0 to 1.
            max_instances: how many at most, best first.
            nms_threshold: of two boxes with a higher IoU the better score stays.
            mask_nms_threshold: the same for their coarse masks; None compares boxes only, as
                published.
            refine: redraw the masks with the refiner, if there is one.
            refine_mode: "auto", "frame", "crop" or "detail"; see `refiner.refine`.
            order: one of `ORDERS`.
            overlaps: "keep", or a rule of `resolve_overlaps`.
            duplicate_threshold: drop an instance of which more than this share lies under larger
                ones; None keeps all.
            detector_size, refiner_size: in place of the segmenter's own.
            detector_scales: likewise; (1,) looks only once, which is quicker and finds less.
            progress: called with (done, total); what it raises stops the work.

        Returns:
            `Instances`; masks may overlap with `overlaps="keep"`. No character gives none.

        Raises:
            ValueError: a picture or an option that cannot be used; the sentence says which.
        """
        picture = as_tensor(picture)
        if self.detector is None:
            raise ValueError("This segmenter has no detector; load one, or give boxes or masks.")
        _check_fraction("score_threshold", score_threshold)
        _check_fraction("nms_threshold", nms_threshold)
        if mask_nms_threshold is not None:
            _check_fraction("mask_nms_threshold", mask_nms_threshold)
        if max_instances < 1:
            raise ValueError(f"max_instances is 1 or more, not {max_instances}.")
        _check_choice("order", order, ORDERS)
        _check_choice("overlaps", overlaps, ("keep", *OVERLAP_RULES))
        _check_choice("refine_mode", refine_mode, MODES)
        if duplicate_threshold is not None:
            _check_fraction("duplicate_threshold", duplicate_threshold)
        sizes = _scaled(
            detector_size or self.detector_size,
            self.detector_scales if detector_scales is None else detector_scales,
        )
        asked = {
            "antialias": not self.published[0],
            "score_threshold": score_threshold,
            "nms_threshold": nms_threshold,
            "mask_nms_threshold": mask_nms_threshold,
            "max_instances": max_instances,
        }
        if len(sizes) == 1:
            finds = find(self.detector, picture, size=sizes[0], **asked)
        else:
            finds = find_at_sizes(self.detector, picture, sizes, **asked)
        finds = finds.to(picture.device)
        if refine and self.refiner is not None:
            masks = self._refine(
                picture, finds.masks, finds.boxes, refine_mode, refiner_size, _after(progress, 1)
            )
            masks = _keep_lost(masks, finds.masks)
        else:
            masks = finds.masks.whole()
            if progress is not None:
                progress(1, 1)
        # Boxes are measured on the masks, not the detector's own.
        return _finish(finds.with_masks(masks), order, overlaps, duplicate_threshold)

    def segment_boxes(
        self,
        picture: Tensor | np.ndarray,
        boxes: Tensor | np.ndarray | Sequence[Sequence[float]],
        *,
        prompt: str = "box",
        refine_mode: str = "auto",
        overlaps: str = "keep",
        detector_size: int | None = None,
        refiner_size: int | None = None,
        progress: Progress | None = None,
    ) -> Instances:
        """Segment the character in each box; one instance per box, in the boxes' order.

        Args:
            picture: as in `segment`.
            boxes: `[N, 4]` xyxy in pixels, end-exclusive. What lies outside the picture is cut
                off.
            prompt: "box" feeds the refiner the filled box (the paper's section 7); "match" takes
                the mask of the detector's candidate with the highest IoU, as the published code
                does, and then refines it (falling back to the box where none reaches 0.3).
            overlaps, refine_mode, detector_size, refiner_size, progress: as in `segment`.

        Returns:
            one instance per box, in order. A box in which the refiner sees nobody stays filled.

        Raises:
            ValueError: a box is empty, not finite or wholly outside the picture; a prompt needs a
                network that was not loaded.
        """
        picture = as_tensor(picture)
        boxes = _check_boxes(boxes, picture)
        _check_choice("prompt", prompt, PROMPTS)
        _check_choice("overlaps", overlaps, ("keep", *OVERLAP_RULES))
        if prompt == "box" and self.refiner is None:
            raise ValueError('A box prompt needs a refiner; load one, or use prompt="match".')
        if prompt == "match" and self.detector is None:
            raise ValueError('Matching boxes needs a detector; load one, or use prompt="box".')
        filled = _filled(boxes, picture)
        scores = torch.ones(len(boxes), device=picture.device)
        coarse = filled
        if prompt == "match":
            matched, overlap = detect_in_boxes(
                self.detector,
                picture,
                boxes,
                size=detector_size or self.detector_size,
                antialias=not self.published[0],
            )
            matched, near = matched.to(picture.device), overlap.to(picture.device) >= MATCH_IOU
            coarse = torch.where(near[:, None, None], matched.masks, filled)
            scores = torch.where(near, matched.scores, scores)
        masks = coarse
        if self.refiner is not None:
            redrawn = self._refine(picture, coarse, boxes, refine_mode, refiner_size, progress)
            masks = _keep_lost(redrawn, coarse)
        found = Instances.from_masks(masks, scores=scores, boxes=boxes)
        return found if overlaps == "keep" else resolve_overlaps(found, overlaps)

    def segment_masks(
        self,
        picture: Tensor | np.ndarray,
        masks: Tensor | np.ndarray,
        *,
        refine_mode: str = "auto",
        overlaps: str = "keep",
        refiner_size: int | None = None,
        progress: Progress | None = None,
    ) -> Instances:
        """Redraw rough masks, from a hand or from any other segmenter, along the picture's edges.

        Args:
            picture: as in `segment`.
            masks: `[N, H, W]` of the picture's size, 0 to 1.

        Returns:
            one instance per mask, in order. One of which the refiner left nothing is as it was.

        Raises:
            ValueError: masks of another size than the picture; no refiner was loaded.
        """
        picture, masks = as_tensor(picture), as_masks(masks)
        if masks.shape[1:] != picture.shape[:2]:
            raise ValueError(
                f"The masks are {masks.shape[2]} x {masks.shape[1]} pixels and the "
                f"picture is {picture.shape[1]} x {picture.shape[0]}; they must be "
                "the same."
            )
        if self.refiner is None:
            raise ValueError("Refining masks needs a refiner, and this segmenter has none.")
        _check_choice("overlaps", overlaps, ("keep", *OVERLAP_RULES))
        masks = masks.to(picture.device)
        redrawn = self._refine(picture, masks, None, refine_mode, refiner_size, progress)
        found = Instances.from_masks(_keep_lost(redrawn, masks))
        return found if overlaps == "keep" else resolve_overlaps(found, overlaps)

    def _refine(
        self,
        picture: Tensor,
        masks: Tensor | CoarseMasks,
        boxes: Tensor | None,
        mode: str,
        size: int | None,
        progress: Progress | None,
    ) -> Tensor:
        if size is not None and size < 32:
            raise ValueError(f"refiner_size is 32 pixels or more, not {size}.")
        return refine(
            self.refiner,
            picture,
            masks,
            size=size or self.refiner_size,
            mode=mode,
            published=self.published[1],
            boxes=boxes,
            progress=progress,
        )


def load_segmenter(
    detector: str | PathLike[str] | None = None,
    refiner: str | PathLike[str] | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
    download: bool = False,
    progress: Progress | None = None,
) -> Segmenter:
    """Load a segmenter.

    Args:
        detector, refiner: None for the embedded weights; a path; a name of the weights manifest
            ("rtmdetl_e60", "refine_last", "isnetis"); or "none" to do without.
        device: where the networks run; None for CUDA if there is one, else the CPU.
        dtype: the refiner's precision; None for float16 on CUDA, else float32. The detector, which
            costs little beside it, always computes in float32: a box that moves by a tenth of a
            pixel can give the refiner another crop, and a score another character.
        download: fetch a named file that is not there. Nothing is ever fetched otherwise.
        progress: called with (bytes done, bytes in all) while fetching; what it raises stops it.

    Raises:
        WeightsError, FileNotFoundError: a file is missing or damaged.
        ValueError: a file holds another network; there is no such device.
    """
    from .loading import load_detector, load_refiner

    device = _check_device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    dtype = dtype or (torch.float16 if device.type == "cuda" else torch.float32)
    parts = (
        load_detector(detector, device, torch.float32, download, progress),
        load_refiner(refiner, device, dtype, download, progress),
    )
    return Segmenter(
        detector=parts[0].network,
        refiner=parts[1].network,
        detector_size=parts[0].size,
        refiner_size=parts[1].size,
        published=(parts[0].published, parts[1].published),
        detector_scales=parts[0].scales,
    )


def _scaled(size: int, scales: Sequence[float]) -> list[int]:
    """The different sides of the detector's inputs: multiples of 32, `size` itself as it is."""
    if not len(scales) or not all(0 < scale <= 8 for scale in scales):
        raise ValueError(
            f"detector_scales are one or more numbers above 0 and up to 8, not {tuple(scales)}."
        )
    sides = (size if scale == 1 else max(round(size * scale / 32), 1) * 32 for scale in scales)
    return list(dict.fromkeys(sides))


def _finish(found: Instances, order: str, overlaps: str, duplicates: float | None) -> Instances:
    if duplicates is not None:
        found = remove_duplicates(found, duplicates)
    found = sort_instances(found, order)
    return found if overlaps == "keep" else resolve_overlaps(found, overlaps)


def _keep_lost(redrawn: Tensor, coarse: Tensor | CoarseMasks) -> Tensor:
    """Where the refiner left nothing of what the detector saw or a hand drew, keep that."""
    for index in (redrawn.amax((1, 2)) < 0.5).nonzero().flatten().tolist():
        redrawn[index] = coarse[index]
    return redrawn


def _after(progress: Progress | None, steps: int) -> Progress | None:
    """Count `steps` that are already done into a progress callback."""
    if progress is None:
        return None
    return lambda done, total: progress(done + steps, total + steps)


def _filled(boxes: Tensor, picture: Tensor) -> Tensor:
    height, width = picture.shape[:2]
    y = torch.arange(height, device=boxes.device) + 0.5
    x = torch.arange(width, device=boxes.device) + 0.5
    rows = (y >= boxes[:, 1:2]) & (y < boxes[:, 3:4])
    columns = (x >= boxes[:, 0:1]) & (x < boxes[:, 2:3])
    return (rows[:, :, None] & columns[:, None, :]).float()


def _check_boxes(boxes: Tensor | np.ndarray | Sequence[Sequence[float]], picture: Tensor) -> Tensor:
    """Boxes as float32 `[N, 4]` on the picture's device, cut to the picture, or a ValueError."""
    height, width = picture.shape[:2]
    if not isinstance(boxes, Tensor):
        try:
            boxes = torch.as_tensor(np.asarray(boxes, np.float32))
        except (TypeError, ValueError):
            raise ValueError(
                "Boxes are [N, 4] numbers, x1 y1 x2 y2 in pixels; these are not four numbers each."
            ) from None
    boxes = boxes.float().to(picture.device)
    if boxes.numel() == 0:
        return boxes.reshape(0, 4)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"Boxes are [N, 4], x1 y1 x2 y2 in pixels, not {list(boxes.shape)}.")
    cut = boxes.clamp(min=0).minimum(boxes.new_tensor((width, height, width, height)))
    for number, (box, inside) in enumerate(zip(boxes.tolist(), cut.tolist(), strict=True)):
        x1, y1, x2, y2 = box
        if not np.isfinite(box).all() or x2 <= x1 or y2 <= y1:
            raise ValueError(
                f"Box {number} is {_say(box)}; it needs x1 < x2 and y1 < y2 in pixels."
            )
        if inside[2] <= inside[0] or inside[3] <= inside[1]:
            raise ValueError(
                f"Box {number}, {_say(box)}, lies outside the {width} x {height} picture."
            )
    return cut


def _say(box: Sequence[float]) -> str:
    return "(" + ", ".join(f"{value:g}" for value in box) + ")"


def _check_device(name: torch.device | str) -> torch.device:
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        raise ValueError(f"{name!r} is no device; use cpu, cuda, or cuda:1 and so on.") from None
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        have = f"{torch.cuda.device_count()} CUDA devices" if torch.cuda.device_count() else "none"
        raise ValueError(f"The device {name} is not there: PyTorch finds {have}; use cpu.")
    return device


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise ValueError(f"{name} is one of {', '.join(choices)}, not {value!r}.")


def _check_fraction(name: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} is a number from 0 to 1, not {value}.")
