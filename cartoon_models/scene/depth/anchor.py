"""Where a layer stands: a plane, and a relief on it, out of the depth of a picture."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from ..data import Plane
from .smooth import bounded_slope, completed

MODES = ("foot", "mean", "median", "plane", "relief")

STEEPEST = 4.0
"""How much the disparity of a layer changes at most along one axis, per width of the picture. A
camera that moves what is nearest by s picture widths folds a layer over where that is 1 / s."""

_FOOT_ROWS = 0.03  # share of an instance's rows
_SAMPLES = 20000  # pixels that a plane is fitted to
_WORKING_SIDE = 256  # pixels of the longer side: relief is smooth, so it is made small
_SMOOTH = 0.012  # of the picture's longer side: the relief's Gaussian

Box = tuple[int, int, int, int]


def anchor(
    disparity: Tensor | np.ndarray,
    mask: Tensor | np.ndarray,
    mode: str = "foot",
    *,
    strength: float = 1.0,
    box: Box | None = None,
) -> tuple[Plane, Tensor | None]:
    """The plane of one instance, and its relief in the mode ``"relief"``.

    ``"foot"``: flat, at the largest disparity in the lowest 3 % of the instance's rows: where it
    stands. ``"mean"``: flat, at the mean (Ye et al., "Instance-guided Cartoon Editing with a
    Large-scale Dataset", section 6.1). ``"median"``: flat, at the median. ``"plane"``: slanted as
    most of its pixels say. ``"relief"``: that plane, and the smoothed rest on it; plane and relief
    together nowhere change by more than `STEEPEST`, so that no camera folds the layer over.

    Args:
        disparity: float ``[H, W]``, 0 to 1, of the whole picture.
        mask: float ``[H, W]``, 0 to 1; a pixel is of the instance from 0.5 on, or where none is,
            where it is above 0.
        mode: one of `MODES`.
        strength: share of the relief that is kept, 0 to 1.
        box: ``x1 y1 x2 y2``, the pixels of the picture that the relief is wanted for, which may lie
            outside; all of the picture by default.

    Returns:
        The plane, which is nowhere in the mask below 0, and the relief float32 ``[y2-y1, x2-x1]``
        or None.

    Raises:
        ValueError: another mode, an empty mask, shapes that differ, a strength that is not 0 to 1.
    """
    disparity, mask = _pair(disparity, mask)
    if mode not in MODES:
        raise ValueError(f"Anchor {mode!r} is not known; use one of {', '.join(MODES)}.")
    if not 0 <= strength <= 1:
        raise ValueError(f"The strength of the relief is from 0 to 1, not {strength}.")
    inside = mask >= 0.5
    if not inside.any():
        inside = mask > 0
    if not inside.any():
        raise ValueError("An instance with an empty mask stands nowhere; leave it out.")
    if mode == "foot":
        rows = np.flatnonzero(inside.any(axis=1))
        lowest = rows[-1] + 1 - max(round(_FOOT_ROWS * (rows[-1] + 1 - rows[0])), 1)
        return (float(disparity[lowest:][inside[lowest:]].max()), 0.0, 0.0), None
    if mode == "mean":
        return (float(disparity[inside].mean(dtype=np.float64)), 0.0, 0.0), None
    if mode == "median":
        return (float(np.median(disparity[inside])), 0.0, 0.0), None
    plane = _fitted(disparity, inside)
    if mode == "plane" or strength == 0:
        return plane, None
    height, width = disparity.shape
    box = (0, 0, width, height) if box is None else box
    return plane, _relief(disparity, inside, plane, box, strength)


def background_plane(
    disparity: Tensor | np.ndarray,
    hole: Tensor | np.ndarray,
    *,
    box: Box | None = None,
    relief: bool = True,
    strength: float = 1.0,
) -> tuple[Plane, Tensor | None]:
    """The plane of the background plate, and its relief, as `anchor` gives them for an instance.

    What is in the hole, and what lies outside the picture, continues what is around it smoothly.

    Args:
        disparity: float ``[H, W]``, 0 to 1, of the whole picture.
        hole: float ``[H, W]``, 0 to 1: what is not background.
        box: ``x1 y1 x2 y2`` of the plate in pixels of the picture; the picture by default.
        relief: whether the plate has a relief; a flat one slants.
        strength: share of the relief that is kept, 0 to 1.

    Raises:
        ValueError: shapes that differ, a strength that is not 0 to 1.
    """
    disparity, hole = _pair(disparity, hole)
    if not 0 <= strength <= 1:
        raise ValueError(f"The strength of the relief is from 0 to 1, not {strength}.")
    height, width = disparity.shape
    box = (0, 0, width, height) if box is None else box
    seen = hole < 0.5
    if not seen.any():  # characters everywhere: the background is as far as the farthest of them
        plane = (float(disparity.min()), 0.0, 0.0)
        return plane, torch.zeros(box[3] - box[1], box[2] - box[0]) if relief else None
    plane = _fitted(disparity, seen, box)
    if not relief or strength == 0:
        return plane, None
    return plane, _relief(disparity, seen, plane, box, strength)


def _pair(disparity: Tensor | np.ndarray, mask: Tensor | np.ndarray) -> list[np.ndarray]:
    arrays = [
        np.asarray(array.detach().cpu() if isinstance(array, Tensor) else array, np.float32)
        for array in (disparity, mask)
    ]
    if arrays[0].ndim != 2 or arrays[0].shape != arrays[1].shape:
        raise ValueError(
            f"Disparity and mask are [H, W] of one picture, not {list(arrays[0].shape)} and "
            f"{list(arrays[1].shape)}."
        )
    return arrays


def _fitted(disparity: np.ndarray, inside: np.ndarray, box: Box | None = None) -> Plane:
    """The plane most pixels lie on, by least squares with Tukey's weights.

    Its slopes are at most `STEEPEST`, and it is not below 0 at any corner of the box, which is that
    of the pixels by default: both are seen to by flattening it about its middle.
    """
    height, width = disparity.shape
    ys, xs = np.nonzero(inside)
    if box is None:
        box = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    step = max(len(ys) // _SAMPLES, 1)
    ys, xs = ys[::step], xs[::step]
    values = disparity[ys, xs].astype(np.float64)
    middle = xs.mean() + 0.5, ys.mean() + 0.5
    across, down = (xs + 0.5 - middle[0]) / width, (ys + 0.5 - middle[1]) / width
    terms = np.stack([np.ones(len(xs)), across, down], axis=1)
    weights = np.ones(len(xs))
    at_middle, slopes = float(values.mean()), np.zeros(2)
    # A character of a few rows has no slope along the other axis: a little ridge holds it at 0.
    ridge = np.diag([0.0, 1e-6, 1e-6]) * len(xs)
    for _ in range(8):
        weighted = terms * weights[:, None]
        found = np.linalg.solve(weighted.T @ terms + ridge, weighted.T @ values)
        at_middle, slopes = float(found[0]), found[1:]
        rest = np.abs(values - terms @ found)
        scale = 4.685 * 1.4826 * float(np.median(rest))  # Tukey's constant, in standard deviations
        if scale < 1e-6:
            break
        weights = np.square(np.clip(1 - np.square(rest / scale), 0, 1))
    at_middle = float(np.clip(at_middle, values.min(), values.max()))
    slopes = slopes * min(1.0, STEEPEST / max(float(np.abs(slopes).max()), 1e-9))
    corners = [
        ((x - middle[0]) / width, (y - middle[1]) / width) for x in box[::2] for y in box[1::2]
    ]
    drop = -min(float(slopes @ np.array(corner)) for corner in corners)
    if drop > at_middle:
        slopes = slopes * (at_middle / drop)
    to_center = (width / 2 - middle[0]) / width, (height / 2 - middle[1]) / width
    return at_middle + float(slopes @ np.array(to_center)), float(slopes[0]), float(slopes[1])


def _relief(
    disparity: np.ndarray, inside: np.ndarray, plane: Plane, box: Box, strength: float
) -> Tensor:
    """What is left over the plane, smooth, continued outside the mask: float32, the box's size."""
    import cv2

    height, width = disparity.shape
    x1, y1, x2, y2 = (int(value) for value in box)
    if x2 <= x1 or y2 <= y1 or min(x2, y2) <= 0 or x1 >= width or y1 >= height:
        raise ValueError(f"The box {(x1, y1, x2, y2)} of a relief has no pixel of the picture.")
    # The box's part of the picture, cells of several pixels: mean of what is seen, and how much is.
    cell = max(max(x2 - x1, y2 - y1) / _WORKING_SIDE, 1.0)
    columns, rows = math.ceil((x2 - x1) / cell), math.ceil((y2 - y1) / cell)
    ys = plane[2] * (np.arange(y1, y2) + 0.5 - height / 2)[:, None] / width
    xs = plane[1] * (np.arange(x1, x2) + 0.5 - width / 2)[None] / width
    flat = (plane[0] + xs).astype(np.float32) + ys.astype(np.float32)
    share, rest = np.zeros_like(flat), np.zeros_like(flat)
    here = np.s_[max(-y1, 0) : min(y2, height) - y1, max(-x1, 0) : min(x2, width) - x1]
    there = np.s_[max(y1, 0) : min(y2, height), max(x1, 0) : min(x2, width)]
    share[here] = inside[there]
    rest[here] = (disparity[there] - flat[here]) * share[here]
    share, rest, small = (
        cv2.resize(array, (columns, rows), interpolation=cv2.INTER_AREA)
        for array in (share, rest, flat)
    )
    # What lies outside the picture goes on as its edge does.
    down, right = _cells(y1, y2, rows, height), _cells(x1, x2, columns, width)
    part = slice(down[0], down[-1] + 1), slice(right[0], right[-1] + 1)
    rest = completed(rest[part], share[part])[np.ix_(down - down[0], right - right[0])]
    # Slopes are those of plane and relief together; what is nearer than near stays so.
    total = np.clip(small + strength * rest, 0, 1)
    steps = (x2 - x1) / columns * STEEPEST / width, (y2 - y1) / rows * STEEPEST / width
    total = bounded_slope(total, steps)
    sigma = _SMOOTH * max(height, width) / cell
    total = cv2.GaussianBlur(total, (0, 0), max(sigma, 0.5), borderType=cv2.BORDER_REFLECT)
    total = cv2.resize(total, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)
    return torch.from_numpy(total - flat)


def _cells(start: int, end: int, count: int, length: int) -> np.ndarray:
    """Of ``count`` cells from ``start`` to ``end`` the nearest with its middle in ``0..length``."""
    middles = start + (np.arange(count) + 0.5) * (end - start) / count
    within = np.flatnonzero((middles >= 0) & (middles < length))
    if len(within) == 0:
        within = [int(np.abs(middles - length / 2).argmin())]
    return np.arange(count).clip(within[0], within[-1])
