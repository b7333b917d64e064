"""Depth of field: layers off the focus are blurred with the disc that a lens would show.

How wide the disc is follows from the thin lens: it grows with the difference of the disparities of
the layer and of the focus (Potmesil and Chakravarty, "A lens and aperture camera model for
synthetic image generation", SIGGRAPH 1981, where it is written with distances). A layer has one
disc, that of its middle. Wide discs are drawn on a halved copy of the layer: what is left of it
after such a blur has no finer detail.
"""

from __future__ import annotations

import math

import numpy as np
from torch import Tensor

_SHARP = 0.5  # a disc of less than this many pixels changes nothing
_WIDEST = 8.0  # pixels of the copy that a disc is drawn on
_STEPS = 8  # diameters per pixel of that copy that are told apart, so that some can be kept
_SAMPLES = 8  # per pixel and direction, of the disc's edge


def disc_diameter(off: Tensor, aperture: Tensor, width: int) -> Tensor:
    """Diameters of discs, in pixels of a frame of that width.

    Args:
        off: difference of disparity to what is sharp, along the frame's camera.
        aperture: see `Camera.aperture`.
    """
    return (aperture * off).abs() * width


def blur_level(diameter: float) -> int:
    """How often a layer is halved before it is blurred with a disc of so many of its pixels."""
    return max(math.floor(math.log2(diameter / (_WIDEST / 2))), 0) if diameter > 0 else 0


def diameter_at(diameter: float, step: float) -> float:
    """The disc to be drawn on a copy of the layer with one pixel for `step` of the layer's.

    A bit smaller than the disc itself: halving has blurred already, and so does drawing a disc's
    rim on larger pixels (each as a box of n pixels, of the variance n^2 / 12, where it was 1 / 12;
    a disc of diameter d has d^2 / 16). So no jump shows where a growing disc changes from one copy
    to the next.
    """
    if diameter < _SHARP:
        return 0.0
    left = math.sqrt(max(diameter**2 - 16 / 6 * (step**2 - 1), 0.0)) / step
    return round(left * _STEPS) / _STEPS


def disc_kernel(diameter: float) -> np.ndarray:
    """A disc of that many pixels with a soft rim: float32 ``[k, k]``, k odd, sum 1."""
    half = max(math.ceil(diameter / 2 - 0.5), 0)
    points = (np.arange((2 * half + 1) * _SAMPLES) + 0.5) / _SAMPLES - half - 0.5
    inside = points[:, None] ** 2 + points**2 <= (diameter / 2) ** 2
    shape = (2 * half + 1, _SAMPLES, 2 * half + 1, _SAMPLES)
    kernel = inside.reshape(shape).sum(axis=(1, 3)).astype(np.float32)
    if half == 0:
        kernel[:] = 1
    return kernel / kernel.sum()
