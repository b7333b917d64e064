"""Fills without skia, by numpy and OpenCV: slower, for machines that have no wheel of skia.

OpenCV's own polygons follow the even-odd rule and cover every pixel their edge touches, so the
scan conversion is done here: a pixel is inside if its middle is, by the nonzero rule. The picture
is the mean of `SCALE` x `SCALE` such pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .fills import Fill, Gradient, Outlines

SCALE = 4


def paint(fills: Sequence[Fill], size: tuple[int, int]) -> np.ndarray:
    """See `raster.paint`."""
    picture = np.zeros((*size, 4), np.float32)
    for fill in fills:
        if fill.color is None or fill.alpha <= 0:
            continue
        place = _place(fill.outlines, size, round(3 * fill.blur) + 1)
        if place is None:
            continue
        cover = _soft(fill.outlines, *place)
        if fill.blur > 0:
            cover = cv2.GaussianBlur(cover, (0, 0), fill.blur)
        if fill.clip is not None:  # skia multiplies both coverages too
            cover = cover * _soft(fill.clip, *place)
        cover = (cover * fill.alpha)[..., None]
        color = np.ones((*cover.shape[:2], 4), np.float32)
        color[..., :3] = _color(fill.color, *place)
        view = picture[place]
        view *= 1 - cover
        view += color * cover
    return np.rint(picture * 255).clip(0, 255).astype(np.uint8)


def label(fills: Sequence[Fill], size: tuple[int, int]) -> np.ndarray:
    """See `raster.label`."""
    ids = np.zeros(size, np.uint16)
    for fill in fills:
        place = _place(fill.outlines, size, 1) if fill.label is not None else None
        if place is None:
            continue
        inside = _inside(fill.outlines, *place)
        if fill.clip is not None:
            inside &= _inside(fill.clip, *place)
        ids[place][inside] = fill.label
    return ids


def _place(outlines: Outlines, size: tuple[int, int], room: int) -> tuple[slice, slice] | None:
    """The rows and columns of the picture that hold the outlines and `room` around them."""
    points = np.concatenate(outlines)
    low = np.maximum(np.floor(points.min(0)).astype(int) - room, 0)
    high = np.minimum(np.ceil(points.max(0)).astype(int) + room, (size[1], size[0]))
    if (high <= low).any():
        return None
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _inside(outlines: Outlines, rows: slice, columns: slice, scale: int = 1) -> np.ndarray:
    """Which pixels' middles lie inside: bool [h * scale, w * scale].

    Every edge adds its direction to the pixels right of where it crosses the middle of a row; what
    does not sum to 0 is inside.
    """
    height, width = (rows.stop - rows.start) * scale, (columns.stop - columns.start) * scale
    origin = np.array([columns.start, rows.start], np.float64)
    winding = np.zeros((height, width + 1), np.int32)
    for outline in outlines:
        ends = (outline - origin) * scale - 0.5  # the middle of pixel k is at k
        starts = np.roll(ends, 1, 0)
        # rows y with min < y <= max of the two ends
        first = np.floor(np.minimum(starts[:, 1], ends[:, 1])).astype(int) + 1
        last = np.floor(np.maximum(starts[:, 1], ends[:, 1])).astype(int)
        first, last = first.clip(0, height), last.clip(-1, height - 1)
        count = (last - first + 1).clip(0)
        edge = np.repeat(np.arange(len(ends)), count)
        if not len(edge):
            continue
        y = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + first[edge]
        run, rise = (ends - starts)[edge].T
        x = starts[edge, 0] + (y - starts[edge, 1]) * run / rise
        column = np.ceil(x).clip(0, width).astype(int)
        np.add.at(winding, (y, column), np.sign(rise).astype(np.int32))
    return np.cumsum(winding[:, :-1], axis=1) != 0


def _soft(outlines: Outlines, rows: slice, columns: slice) -> np.ndarray:
    """Share of each pixel that is covered, float32 [h,w], 0..1."""
    inside = _inside(outlines, rows, columns, SCALE).astype(np.uint8) * 255
    shape = (columns.stop - columns.start, rows.stop - rows.start)
    return cv2.resize(inside, shape, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _color(color, rows: slice, columns: slice) -> np.ndarray:
    if not isinstance(color, Gradient):
        return np.array(color, np.float32)
    start, end = np.array(color.start, np.float32), np.array(color.end, np.float32)
    along = end - start
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + 0.5
    x = np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5
    share = (x - start[0]) * along[0] + (y - start[1]) * along[1]
    share = (share / max(float(along @ along), 1e-9)).clip(0, 1)[..., None]
    return np.array(color.first, np.float32) * (1 - share) + np.array(color.last) * share
