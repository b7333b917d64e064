"""Smooth backgrounds: what a picture would show in some pixels if it went on as it is around them.

A colour that changes evenly across a window is three numbers a channel, found by least squares from
the pixels that may be looked at. Sums over blocks of pixels are enough for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

_BLOCK, _STEP = 4, 2  # pixels to a side, and every which of them is looked at
_ENOUGH = 0.1  # the share of a window that has to be seen
# A background with a larger deviation from the even change (largest channel) is not smooth.
_SMOOTH = 0.014
_RIDGE = 0.002  # how strongly a slope is drawn to none, as a share of the window's own spread


@dataclass(frozen=True, eq=False)
class Level:
    """A smooth background in ``n`` pixels.

    Attributes:
        colors: float32 ``[n, 3]``, 0 to 1; where it is not known it means nothing.
        deviation: float32 ``[n]``: the standard deviation of what was looked at.
        known: bool ``[n]``: what was looked at is smooth, and enough.
    """

    colors: np.ndarray
    deviation: np.ndarray
    known: np.ndarray


def level_around(
    colors: np.ndarray,
    tries: Sequence[tuple[np.ndarray, int]],
    rows: np.ndarray,
    columns: np.ndarray,
) -> Level:
    """How a smooth background goes on.

    Args:
        colors: float32 ``[H, W, 3]``, 0 to 1.
        tries: which pixels to look at, bool ``[H, W]``, and from how far around, in pixels. A
            pixel has the first answer that there is.
        rows: int ``[n]``, of the pixels to know it of.
        columns: int ``[n]``.
    """
    found = sums = last = None
    for source, around in tries:
        if source is not last:
            sums, last = _block_sums(colors, source), source
        fitted = _fitted(sums, 2 * round(around / _BLOCK) + 1)
        found = fitted if found is None else np.where(found[..., 10:] > 0, found, fitted)
    # Planes between the middles of blocks of which each is known.
    y, x = (rows + 0.5) / _BLOCK - 0.5, (columns + 0.5) / _BLOCK - 0.5
    top, left = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    plane = np.zeros((len(rows), 11))
    for down in (0, 1):
        for right in (0, 1):
            part = (1 - abs(y - top - down)) * (1 - abs(x - left - right))
            at = (
                (top + down).clip(0, found.shape[0] - 1),
                (left + right).clip(0, found.shape[1] - 1),
            )
            plane += part[:, None] * found[at]
    # A block's pixels are counted from the first that was looked at.
    y, x = (rows + _STEP / 2)[:, None] / _BLOCK, (columns + _STEP / 2)[:, None] / _BLOCK
    level = plane[:, :3] + x * plane[:, 3:6] + y * plane[:, 6:9]
    level = level.clip(0, 1).astype(np.float32)
    return Level(level, plane[:, 9].astype(np.float32), plane[:, 10] > 1 - 1e-4)


def _block_sums(colors: np.ndarray, source: np.ndarray) -> np.ndarray:
    """float64 ``[rows, columns, 18]``: means over blocks of the moments of places and colours.

    Places are in blocks from the picture's corner. In order: 1, x, y, xx, xy, yy; and of each
    channel c, cx, cy and cc.
    """
    colors, source = colors[::_STEP, ::_STEP], source[::_STEP, ::_STEP]
    side = _BLOCK // _STEP
    rows, columns = (-(-length // side) for length in source.shape)
    padding = [(0, -length % side) for length in source.shape]
    weight = np.pad(source.astype(np.float32), padding)
    pixels = np.pad(colors, (*padding, (0, 0))) * weight[..., None]
    # Within blocks from their middles, which is all that single precision is good for.
    within = (np.arange(side, dtype=np.float32) + 0.5) / side - 0.5
    u, v = np.tile(within, columns)[None], np.tile(within, rows)[:, None]

    def means(values: np.ndarray) -> np.ndarray:
        small = cv2.resize(values, (columns, rows), interpolation=cv2.INTER_AREA)
        return small.astype(np.float64).reshape(rows, columns, -1)

    one, du, dv = means(weight), means(weight * u), means(weight * v)
    c, cu, cv = means(pixels), means(pixels * u[..., None]), means(pixels * v[..., None])
    x = (np.arange(columns) + 0.5)[None, :, None]
    y = (np.arange(rows) + 0.5)[:, None, None]
    xx = means(weight * u * u) + 2 * x * du + x * x * one
    xy = means(weight * u * v) + x * dv + y * du + x * y * one
    yy = means(weight * v * v) + 2 * y * dv + y * y * one
    cc = means(pixels * pixels)
    parts = [one, du + x * one, dv + y * one, xx, xy, yy, c, cu + x * c, cv + y * c, cc]
    return np.concatenate(parts, axis=2)


def _fitted(sums: np.ndarray, window: int) -> np.ndarray:
    """``[rows, columns, 11]``: planes of the colours (at the picture's corner, along x, along y),
    how far the colours are from them, and 1 where that is known."""
    border = cv2.BORDER_CONSTANT
    mean = np.dstack(
        [
            cv2.boxFilter(np.ascontiguousarray(part), -1, (window, window), borderType=border)
            for part in np.moveaxis(sums, 2, 0)
        ]
    )
    seen = mean[..., 0] > _ENOUGH
    mean = mean[..., 1:] / np.maximum(mean[..., :1], 1e-9)
    x, y, xx, xy, yy = (mean[..., number, None] for number in range(5))
    c, cx, cy, cc = (mean[..., start : start + 3] for start in (5, 8, 11, 14))
    xx, xy, yy = xx - x * x, xy - x * y, yy - y * y
    cx, cy, cc = cx - c * x, cy - c * y, cc - c * c
    ridge = _RIDGE * (window * window - 1) / 12
    across, down = xx + ridge, yy + ridge
    scale = across * down - xy * xy
    along_x, along_y = (down * cx - xy * cy) / scale, (across * cy - xy * cx) / scale
    left = cc - 2 * (along_x * cx + along_y * cy)
    left = left + along_x**2 * xx + 2 * along_x * along_y * xy + along_y**2 * yy
    deviation = np.sqrt(np.maximum(left, 0).max(axis=2))
    corner = c - along_x * x - along_y * y
    known = seen & (deviation < _SMOOTH)
    return np.dstack([corner, along_x, along_y, deviation, known])
