"""The rim of a layer: where something is seen right up to it, and what blurring adds around it."""

from __future__ import annotations

import numpy as np
from torch import Tensor

Bounds = tuple[float, float, float, float]
Sides = tuple[bool, bool, bool, bool]

_INVISIBLE = 0.002  # half a step of 8 bits


def cut_sides(alpha: np.ndarray | Tensor) -> Sides:
    """Whether something is seen at the top, bottom, left and right rim of ``[h, w]``."""
    rims = (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1])
    return tuple(bool(rim.max() > _INVISIBLE) for rim in rims)


def grown_by(
    reach: int, sides: Sides, bounds: Bounds, step: float
) -> tuple[tuple[int, ...], Bounds]:
    """What a blur that reaches so many pixels adds to a layer; nothing where a side is cut.

    Args:
        sides: the cut ones, as `cut_sides` has them.
        bounds: ``x1 y1 x2 y2`` of the layer in the picture.
        step: pixels of the picture per pixel of the layer.

    Returns:
        How many pixels it adds at the top, bottom, left and right, and the bounds with them.
    """
    grown = tuple(0 if cut else reach for cut in sides)
    top, bottom, left, right = (step * side for side in grown)
    x1, y1, x2, y2 = bounds
    return grown, (x1 - left, y1 - top, x2 + right, y2 + bottom)
