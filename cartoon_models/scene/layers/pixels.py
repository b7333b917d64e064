"""Small operations on masks of pixels that layers are made with."""

from __future__ import annotations

import cv2
import numpy as np

Box = tuple[int, int, int, int]
"""``x1 y1 x2 y2`` in pixels, end-exclusive."""


def grown(mask: np.ndarray, by: int) -> np.ndarray:
    """bool ``[H, W]``: the pixels up to so far from those of a mask."""
    return cv2.dilate(mask.astype(np.uint8), _disc(by)) > 0


def shrunk(mask: np.ndarray, by: int) -> np.ndarray:
    """bool ``[H, W]``: the pixels of a mask that are farther than that from all others."""
    return cv2.erode(mask.astype(np.uint8), _disc(by)) > 0


def spread(seed: np.ndarray, passable: np.ndarray, steps: int) -> np.ndarray:
    """What is reached from ``seed`` through ``passable`` pixels, four neighbours each."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    found, allowed = seed.astype(np.uint8), (passable | seed).astype(np.uint8)
    for _ in range(steps):
        found = cv2.dilate(found, cross) & allowed
    return found > 0


def continued(colors: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The colours with those of ``target`` taken from the nearest pixel of ``source``."""
    _, labels = cv2.distanceTransformWithLabels(
        (~source).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(source)
    index = np.zeros(labels.max() + 1, np.intp)
    index[labels[rows, columns]] = np.arange(len(rows))
    nearest = index[labels[target]]
    result = colors.copy()
    result[target] = colors[rows[nearest], columns[nearest]]
    return result


def extremes(values: np.ndarray, source: np.ndarray, by: int) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most of the source's values in the window that goes so far to all sides.

    Args:
        values: float32 ``[H, W, channels]``, 0 to 1, of which 8 bits are looked at.
        source: bool ``[H, W]``. A window without any has 0 and 1.

    Returns:
        Two float32 ``[H, W, channels]``.
    """
    window = np.ones((2 * by + 1,) * 2, np.uint8)
    levels = np.clip(values, 0, 1) * 255
    low, high = np.floor(levels).astype(np.uint8), np.ceil(levels).astype(np.uint8)
    least = cv2.erode(np.where(source[..., None], low, np.uint8(255)), window)
    most = cv2.dilate(np.where(source[..., None], high, np.uint8(0)), window)
    nothing = (least > most).any(axis=2, keepdims=True)
    least, most = np.where(nothing, 0, least), np.where(nothing, 255, most)
    return least.astype(np.float32) / 255, most.astype(np.float32) / 255


def box_of(mask: np.ndarray, margin: int = 0) -> Box | None:
    """``x1 y1 x2 y2`` around the pixels of a mask, with a margin as far as there are pixels."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    return (
        max(0, int(columns[0]) - margin),
        max(0, int(rows[0]) - margin),
        min(mask.shape[1], int(columns[-1]) + 1 + margin),
        min(mask.shape[0], int(rows[-1]) + 1 + margin),
    )


def _disc(radius: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
