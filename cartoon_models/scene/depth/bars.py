"""Bars that fill a depth picture up to another shape: estimators that read squares leave them."""

from __future__ import annotations

import numpy as np

_EVEN = 0.01  # of the range of values: how much those of a bar may differ
_SLACK = 2  # pixels by which a bar may be shorter than the shapes say
_SAME_SHAPE = 0.02  # of the proportions


def same_shape(shape: tuple[int, ...], size: tuple[int, int]) -> bool:
    """Whether two pictures ``(H, W)`` have the same proportions, but for rounding."""
    return abs(shape[1] / shape[0] * size[0] / size[1] - 1) <= _SAME_SHAPE


def without_bars(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The part of a depth picture that shows the picture, where the rest are even bars.

    Bars are looked for where the shapes differ, only as wide as the shapes say, and on both sides
    alike, or all at the right or below. A picture that is merely stretched has none.

    Args:
        values: float ``[h, w]``.
        size: ``(H, W)`` of the picture.
    """
    height, width = values.shape
    if same_shape(values.shape, size):
        return values
    shown_height, shown_width = width * size[0] / size[1], height * size[1] / size[0]
    if shown_height < height:
        kept = _kept(values, shown_height)
        return values if kept is None else values[kept]
    kept = _kept(values.T, shown_width)
    return values if kept is None else values[:, kept]


def _kept(rows: np.ndarray, shown: float) -> slice | None:
    """Which of the rows lie between even ones, if so many do."""
    count = len(rows)
    spare, shown = count - round(shown), round(shown)
    if shown < 1 or spare <= _SLACK:
        return None
    for above in (spare // 2, 0):
        below = spare - above
        bars = [rows[: max(above - _SLACK, 0)], rows[count - max(below - _SLACK, 0) :]]
        if above and min(above, below) <= _SLACK:
            continue
        if _is_even(np.concatenate(bars), rows):
            return slice(above, above + shown)
    return None


def _is_even(bars: np.ndarray, values: np.ndarray) -> bool:
    if not bars.size or not np.isfinite(bars).all():
        return False
    span = float(np.ptp(values[np.isfinite(values)]))
    return span > 0 and float(np.ptp(bars)) <= _EVEN * span
