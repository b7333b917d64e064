"""Small operations on masks of pixels that layers are made with."""

from __future__ import annotations

import cv2
import numpy as np

Box = tuple[int, int, int, int]
"""``x1 y1 x2 y2`` in pixels, end-exclusive."""

_INK = 0.2  # the largest channel of a line's colour
_STEP = 4  # pixels to a side of a block of which the least and the most will do


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


def is_ink(colors: np.ndarray) -> np.ndarray:
    """bool ``[...]`` of colours ``[..., 3]``: as dark as the lines of a drawing."""
    return colors.max(axis=-1) < _INK


def as_bytes(colors: np.ndarray) -> np.ndarray:
    """uint8 of values from 0 to 1."""
    return (np.clip(colors, 0, 1) * 255 + 0.5).astype(np.uint8)


def extremes(levels: np.ndarray, source: np.ndarray, by: int) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most of the source's values in the window that goes so far to all sides.

    The window goes up to three pixels farther, where that is quicker.

    Args:
        levels: uint8 ``[H, W, channels]``.
        source: bool ``[H, W]``. A window without any has 0 and 255.

    Returns:
        Two uint8 ``[H, W, channels]``.
    """
    height, width = source.shape
    block, window = np.ones((_STEP, _STEP), np.uint8), np.ones((2 * -(-by // _STEP) + 1,) * 2)
    gone = ~source[..., None]
    low, high = np.where(gone, np.uint8(255), levels), np.where(gone, np.uint8(0), levels)
    low = cv2.erode(low, block, anchor=(0, 0))[::_STEP, ::_STEP]
    high = cv2.dilate(high, block, anchor=(0, 0))[::_STEP, ::_STEP]
    low, high = cv2.erode(low, window), cv2.dilate(high, window)
    nothing = (low > high).any(axis=-1)
    low[nothing], high[nothing] = 0, 255
    return tuple(part.repeat(_STEP, 0)[:height].repeat(_STEP, 1)[:, :width] for part in (low, high))


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
