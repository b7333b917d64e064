"""Filled outlines on a raster: the picture anti-aliased, the labels hard, by skia or by OpenCV."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

import numpy as np

from .fills import Fill


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
