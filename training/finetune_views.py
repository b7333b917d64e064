"""Views of few labelled pictures to learn from: zoomed, mirrored, recoloured, recombined."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from . import harmonize
from .detection_batch import boxes_of
from .finetune_data import PAD, Prepared
from .sprites import Placed, alter, paint, place

# Chances of what happens to a view.
RECOMBINED = 0.5
MIRRORED = 0.5
WHOLE = 0.25  # just as the detector will be shown the picture
# A character of which less is left than this share of it, and of the view, is one no longer.
LEAST_LEFT, LEAST_OF_VIEW = 0.25, 0.1


class Views(Dataset):
    """Endless views of a user's pictures, some of them replaced by compositions.

    Sample i is the same in any process: a dict of picture uint8 [S, S, 3] RGB, masks uint8
    [N, S, S] and boxes float32 [N, 4], as the detector's training takes it.

    Args:
        size: S.
        others: samples of the same kind (`dataset.DetectorSamples`), so that what the detector
            knew is not forgotten; None does without.
        share: of others, 0 to 1.
    """

    def __init__(
        self,
        pictures: Sequence[Prepared],
        size: int,
        seed: int = 0,
        *,
        others: Dataset | None = None,
        share: float = 1 / 3,
    ):
        self.pictures, self.size, self.seed = list(pictures), size, seed
        self.others, self.share = others, share
        # Whole figures to cut out: those that no side of the picture but the lower one cuts off.
        self._cutouts = [
            (number, index)
            for number, made in enumerate(self.pictures)
            for index, (crop, (x, y)) in enumerate(zip(made.crops, made.corners, strict=True))
            if x > 0 and y > 0 and x + crop.shape[1] < made.picture.shape[1]
        ]

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        cv2.setNumThreads(0)
        rng = np.random.default_rng([self.seed, 5, index])
        if self.others is not None and rng.random() < self.share:
            return self.others[index]
        round_, turn = divmod(index, len(self.pictures))
        order = np.random.default_rng([self.seed, 6, round_]).permutation(len(self.pictures))
        made = self.pictures[order[turn]]
        picture, masks = view(rng, made, self.size)
        if self._cutouts and rng.random() < RECOMBINED:
            for _ in range(int(rng.integers(1, 4))):
                masks = self._add_cutout(rng, picture, masks)
        picture, masks = padded(rng, recolored(rng, picture), masks, self.size)
        boxes, present = boxes_of(torch.from_numpy(masks))
        return {
            "picture": torch.from_numpy(np.ascontiguousarray(picture)),
            "masks": torch.from_numpy(masks)[present],
            "boxes": boxes[present],
        }

    def _add_cutout(
        self, rng: np.random.Generator, picture: np.ndarray, masks: np.ndarray
    ) -> np.ndarray:
        """Paint a character of any of the pictures over `picture`; returns the masks after it."""
        number, index = self._cutouts[rng.integers(len(self._cutouts))]
        made = self.pictures[number]
        rgba = cutout(made, index)
        below = made.corners[index][1] + rgba.shape[0]
        stands = bool(below >= made.picture.shape[0])  # cut off below
        height, width = picture.shape[:2]
        tall = height * np.exp(rng.uniform(np.log(0.2), np.log(0.95)))
        wide = tall * rgba.shape[1] / rgba.shape[0]
        left = rng.uniform(-0.2 * wide, max(0.0, width - 0.8 * wide))
        top = height - tall if stands else rng.uniform(-0.1 * tall, height - 0.8 * tall)
        angle = 0.0 if stands else float(rng.normal(0, 0.08))
        box = np.array([left, top, left + wide, top + tall])
        placed = place(rgba, box, angle, bool(rng.random() < 0.5), stands, (height, width))
        if placed is None:
            return masks
        placed = alter(rng, placed, 0.3)
        if rng.random() < 0.3:
            color = harmonize.match_histogram(
                placed.color, picture, placed.alpha > 127, rng.uniform(0.3, 0.8)
            )
            placed = Placed(color, placed.alpha, placed.x, placed.y, placed.inside)
        own = np.zeros((height, width), np.uint8)
        own[
            placed.y : placed.y + placed.alpha.shape[0], placed.x : placed.x + placed.alpha.shape[1]
        ] = placed.alpha
        left_over = (masks.astype(np.uint16) * (255 - own) // 255).astype(np.uint8)
        kept = still_there(left_over, masks.sum((1, 2), dtype=np.int64))
        paint(picture, placed)
        return np.concatenate([left_over[kept], own[None]])


def view(rng: np.random.Generator, made: Prepared, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A zoomed, perhaps mirrored part of a picture: uint8 [h, w, 3] and masks [N, h, w], neither
    side longer than `size`."""
    height, width = made.picture.shape[:2]
    whole = rng.random() < WHOLE
    zoom = 1.0 if whole else float(np.exp(rng.uniform(np.log(0.6), np.log(1.8))))
    factor = size / max(height, width) * zoom
    h, w = (max(8, round(side * factor)) for side in (height, width))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    y, x = (
        _start(rng, length, size, None if whole else _middle(rng, made, axis), factor)
        for axis, length in ((1, h), (0, w))
    )
    part = (slice(y, min(h, y + size)), slice(x, min(w, x + size)))
    picture = cv2.resize(made.picture, (w, h), interpolation=method)[part]
    masks = np.zeros((len(made.crops), *picture.shape[:2]), np.uint8)
    before = np.zeros(len(masks), np.int64)
    for number, full in enumerate(made.masks()):
        scaled = cv2.resize(full, (w, h), interpolation=method)
        before[number] = scaled.sum(dtype=np.int64)
        masks[number] = scaled[part]
    masks = masks[still_there(masks, before)]
    if rng.random() < MIRRORED:
        picture, masks = picture[:, ::-1], masks[:, :, ::-1]
    return np.ascontiguousarray(picture), np.ascontiguousarray(masks)


def padded(
    rng: np.random.Generator, picture: np.ndarray, masks: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """A view on the grey square that the detector is shown, most often at its upper left."""
    height, width = picture.shape[:2]
    y, x = (
        int(rng.integers(size - side + 1)) if rng.random() < 0.3 else 0 for side in (height, width)
    )
    canvas = np.full((size, size, 3), PAD, np.uint8)
    canvas[y : y + height, x : x + width] = picture
    around = ((0, 0), (y, size - y - height), (x, size - x - width))
    return canvas, np.pad(masks, around)


def still_there(masks: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Which masks [N, H, W] have enough left of their sum `before` to be characters, bool [N]."""
    now = masks.sum((1, 2), dtype=np.int64)
    large = now >= LEAST_OF_VIEW * 255 * masks.shape[1] * masks.shape[2]
    return (now > 0) & (large | (now >= LEAST_LEFT * before))


def cutout(made: Prepared, index: int) -> np.ndarray:
    """A character alone, uint8 [h, w, 4] premultiplied, with a soft edge a pixel further in."""
    crop, (x, y) = made.crops[index], made.corners[index]
    h, w = crop.shape
    edge = cv2.erode(np.pad(crop, 1), np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    alpha = cv2.GaussianBlur(edge, (3, 3), 0)
    if not alpha.any():
        alpha = crop
    color = made.picture[y : y + h, x : x + w].astype(np.uint16) * alpha[..., None] // 255
    return np.dstack([color.astype(np.uint8), alpha])


def recolored(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Light changes of colour and quality; the style of the pictures stays what it is."""
    if rng.random() < 0.35:
        picture = harmonize.grade(rng, picture)
    if rng.random() < 0.03:
        picture = harmonize.greyscale(picture)
    if rng.random() < 0.12:
        picture = harmonize.degrade(rng, picture)
    if rng.random() < 0.2:
        picture = harmonize.jpeg(picture, int(rng.choice([50, 70, 85, 95])))
    return picture


def _middle(rng: np.random.Generator, made: Prepared, axis: int) -> float | None:
    """Where along an axis the view is to look: at a character most of the time."""
    if not made.crops or rng.random() < 0.2:
        return None
    index = rng.integers(len(made.crops))
    return float(made.corners[index][axis] + made.crops[index].shape[1 - axis] / 2)


def _start(
    rng: np.random.Generator, length: int, size: int, middle: float | None, factor: float
) -> int:
    """The first of the up to `size` pixels of a view in `length`."""
    if length <= size:
        return 0
    if middle is None:
        return int(rng.integers(length - size + 1))
    wanted = middle * factor - size * rng.uniform(0.25, 0.75)
    return int(np.clip(wanted, 0, length - size))
