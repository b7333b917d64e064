"""Filled outlines on a raster: the picture anti-aliased, the labels hard, by skia or by OpenCV."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
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


def paint(fills: Sequence[Fill], size: tuple[int, int], backend: str | None = None) -> np.ndarray:
    """The picture: uint8 [H,W,4], premultiplied, of size (H, W)."""
    return _backend(backend).paint(fills, size)


def label(fills: Sequence[Fill], size: tuple[int, int], backend: str | None = None) -> np.ndarray:
    """The labels: uint16 [H,W], 0 where no fill has any. A pixel is covered if its middle is."""
    return _backend(backend).label(fills, size)


def _backend(name: str | None):
    """The module `name`, or skia where it is installed and else OpenCV, which is slower."""
    if name is None:
        name = "skia" if importlib.util.find_spec("skia") else "opencv"
    if name == "skia":
        from . import raster_skia as module
    elif name == "opencv":
        from . import raster_opencv as module
    else:
        raise ValueError(f'there is no raster backend "{name}", only skia and opencv')
    return module
