"""Where layers stand made to agree with the order in which they are painted.

Outlines say who is in front, and depth how near each one is. Where the two disagree, a layer would
move less than the one that it covers, which looks as if it lay behind it. Disparities change as
little as it takes: weighted least squares under inequalities between those that touch, an isotonic
regression (Barlow and others, "Statistical Inference under Order Restrictions", 1972), solved as a
problem of least distance (Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from ..data import Plane
from ..geometry import disparity_at
from .order import touching

_ENOUGH = 1e-4  # disparity; less is not seen


def agreed_shifts(
    planes: Sequence[Plane],
    masks: Sequence[np.ndarray],
    order: Sequence[int],
) -> np.ndarray:
    """How much nearer each layer has to stand, so that none moves less than one that it covers.

    Compared are those that touch or overlap, in the middle of where they do. Large layers change
    less than small ones.

    Args:
        planes: where each one stands.
        masks: bool ``[H, W]`` each.
        order: their indices in the order of painting, the farthest first.

    Returns:
        float64 ``[N]``, disparity to add to each plane; 0 where all agrees. No plane comes below 0
        in its mask by it.
    """
    count = len(planes)
    shifts = np.zeros(count)
    if count < 2:
        return shifts
    size = masks[0].shape
    place_of = {index: place for place, index in enumerate(order)}
    rows, least = [], []
    for first, second, contact in touching(masks):
        front, back = sorted((first, second), key=place_of.__getitem__, reverse=True)
        ys, xs = contact
        middle = float(xs.mean()) + 0.5, float(ys.mean()) + 0.5
        row = np.zeros(count)
        row[front], row[back] = 1, -1
        rows.append(row)
        least.append(_at(planes[back], middle, size) - _at(planes[front], middle, size))
    if not least or max(least) <= _ENOUGH:
        return shifts
    lowest = [_lowest(plane, mask) for plane, mask in zip(planes, masks, strict=True)]
    rows += list(np.eye(count))
    least += [-value for value in lowest]
    weights = np.sqrt([max(int(mask.sum()), 1) for mask in masks])
    weights = weights / weights.max()
    shifts = _least_distance(np.stack(rows) / weights, np.array(least)) / weights
    return np.where(np.abs(shifts) > _ENOUGH, shifts, 0)


def _least_distance(rows: np.ndarray, least: np.ndarray) -> np.ndarray:
    """The shortest x with ``rows @ x >= least``; there is one, as any order can be had."""
    from scipy.optimize import nnls

    system = np.vstack([rows.T, least])
    target = np.zeros(len(system))
    target[-1] = 1
    multipliers, _ = nnls(system, target)
    residual = system @ multipliers - target
    return -residual[:-1] / residual[-1]


def _at(plane: Plane, point: tuple[float, float], size: tuple[int, int]) -> float:
    return float(disparity_at(plane, size, torch.tensor(point, dtype=torch.float64)))


def _lowest(plane: Plane, mask: np.ndarray) -> float:
    """The plane's least disparity in a mask: how far it can come down. Not below 0."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return 0.0
    corners = [(x, y) for x in (columns[0], columns[-1] + 1) for y in (rows[0], rows[-1] + 1)]
    return max(min(_at(plane, corner, mask.shape) for corner in corners), 0.0)
