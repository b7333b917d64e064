"""Smooth surfaces out of scattered values: gaps continued, slopes bounded."""

from __future__ import annotations

import numpy as np

_SWEEPS = 8  # per level; the coarser levels have done the rest


def completed(sums: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """A value for every pixel, smoothly continued into those that have none: float32 ``[H, W]``.

    Each unknown value is the mean of its four neighbours (Laplace's equation), solved from coarse
    to fine: a level starts with the next coarser one, and a few sweeps smooth what is left
    (Bornemann and Deuflhard, "The cascadic multigrid method", 1996).

    Args:
        sums: float32 ``[H, W]``, values times ``shares``.
        shares: float32 ``[H, W]``, 0 to 1, how much of each pixel is known. It is not 0 everywhere.
    """
    import cv2

    levels = [(sums, shares)]
    while max(levels[-1][1].shape) > 1:
        sums, shares = (cv2.pyrDown(array) for array in levels[-1])
        # A quarter that is known is enough for the whole: it outweighs what is farther off.
        full = np.minimum(4 * shares, 1)
        levels.append((sums * (full / np.maximum(shares, 1e-9)), full))
    sums, shares = levels[-1]
    result = sums / np.maximum(shares, 1e-9)
    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4
    for sums, shares in reversed(levels[:-1]):
        height, width = shares.shape
        around = cv2.resize(result, (width, height), interpolation=cv2.INTER_LINEAR)
        result = sums + (1 - shares) * around
        for _ in range(_SWEEPS):
            around = cv2.filter2D(result, -1, cross, borderType=cv2.BORDER_REPLICATE)
            result = sums + (1 - shares) * around
    return result.astype(np.float32)


def bounded_slope(values: np.ndarray, steps: tuple[float, float]) -> np.ndarray:
    """Values that from one pixel to the next change by at most ``steps`` (along x, along y).

    The mean of the largest such surface below and the smallest one above (McShane 1934); what
    has no steeper slope stays as it is.
    """
    values = values.astype(np.float64)
    return ((below(values, steps) - below(-values, steps)) / 2).astype(np.float32)


def below(values: np.ndarray, steps: tuple[float, float]) -> np.ndarray:
    """The largest surface below that is nowhere steeper: ``min over y of v(y) + L |x - y|``.

    The cone ``L |x - y|`` is a sum over the axes, so the minimum is taken along one after the
    other, each by a running minimum in both directions.
    """
    for axis, step in ((1, steps[0]), (0, steps[1])):
        shape = [1, 1]
        shape[axis] = values.shape[axis]
        ramp = (np.arange(values.shape[axis], dtype=np.float64) * step).reshape(shape)
        forward = np.minimum.accumulate(values - ramp, axis=axis) + ramp
        backward = np.flip(
            np.minimum.accumulate(np.flip(values + ramp, axis=axis), axis=axis), axis=axis
        )
        values = np.minimum(forward, backward - ramp)
    return values
