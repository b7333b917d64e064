"""The steps of a drawing: what a raster fills, whichever backend does it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Outlines = tuple[np.ndarray, ...]  # closed polygons float32 [K,2], pixels


@dataclass(frozen=True, eq=False)
class Gradient:
    """RGB 0..1 that goes straight from `first` at `start` to `last` at `end` (x, y pixels)."""

    start: tuple[float, float]
    end: tuple[float, float]
    first: tuple[float, float, float]
    last: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Fill:
    """One step of a drawing.

    Attributes:
        outlines: filled together by the nonzero rule; pixels, pixel centres at .5.
        color: RGB 0..1, a `Gradient`, or None: nothing is painted.
        label: the number that covered pixels get, or None: they keep theirs.
        alpha: how much of the paint covers what is below, 0..1.
        clip: outlines outside which nothing happens, or None.
        blur: standard deviation in pixels, of the paint alone.
    """

    outlines: Outlines
    color: tuple[float, float, float] | Gradient | None
    label: int | None
    alpha: float = 1.0
    clip: Outlines | None = None
    blur: float = 0.0
