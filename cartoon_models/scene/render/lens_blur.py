"""Depth of field: layers off the focus are blurred with the disc that a lens would show.

How wide the disc is follows from the thin lens: it grows with the difference of the disparities of
the layer and of the focus (Potmesil and Chakravarty, "A lens and aperture camera model for
synthetic image generation", SIGGRAPH 1981, where it is written with distances). A layer of about
one disparity has one disc, that of its middle. One that reaches from near to far is blurred with a
few discs, each twice as wide as the one before, and each pixel is mixed from the two between which
its own disc lies, so that the variance is its own's. What is sharper than such a disc takes part in
it the less, so that what is in focus is not smeared over what lies behind.

Wide discs are drawn on a halved copy of the layer: what is left of it after such a blur has no
finer detail.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
from torch import Tensor

Array = TypeVar("Array", np.ndarray, Tensor)

_SHARP = 0.5  # a disc of less than this many pixels changes nothing
_WIDEST = 8.0  # pixels of the copy that a disc is drawn on
_STEPS = 8  # diameters per pixel of that copy that are told apart, so that some can be kept
_SAMPLES = 8  # per pixel and direction, of the disc's edge
_ALIKE = 1.0  # pixels of a frame by which the discs of a layer may differ and be one
_NARROWEST = 2.0  # pixels of the layer: the first disc of several
_HELD = 16  # steps per pixel of the layer
_LEAST_SHARE = 1 / 64  # of a sharp pixel in the disc of another


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


def several_discs(least: float, most: float, scale: float) -> list[float]:
    """The discs that a layer is drawn with whose own ones differ; none if they hardly do.

    Args:
        least, most: diameters of its narrowest and widest disc, in pixels of the frame.
        scale: pixels of the frame per pixel of the layer.

    Returns:
        Diameters in pixels of the layer, growing, from one below its narrowest (0: none) to one
        above its widest.
    """
    if most - least <= _ALIKE:
        return []
    least, most = least / scale, most / scale
    discs = [2.0 ** math.floor(math.log2(least)) if least >= _NARROWEST else 0.0]
    while discs[-1] < most:
        discs.append(2 * discs[-1] or _NARROWEST)
    return discs


def disc_shares(diameters: Array, discs: Sequence[float]) -> Iterator[Array]:
    """The share of each of `several_discs` in pixels of such diameters."""
    square, above = diameters * diameters, None
    for number, disc in enumerate(discs):
        reached = above
        above = None
        if number + 1 < len(discs):
            above = ((square - disc**2) / (discs[number + 1] ** 2 - disc**2)).clip(0, 1)
        if reached is None:
            yield 1 - above if above is not None else square * 0 + 1
        else:
            yield reached - above if above is not None else reached


def held(unit: float, sharp: float) -> tuple[float, float]:
    """The two numbers that diameters follow from, about as they are: so that frames that hardly
    differ share what is blurred.

    Args:
        unit, sharp: what is at disparity d has a disc of ``abs(unit * d - sharp)`` pixels of the
            layer.
    """
    return round(unit * _HELD) / _HELD, round(sharp * _HELD) / _HELD


def taking_part(diameters: Array, disc: float) -> Array:
    """How much pixels of such diameters take part in the wider disc of another."""
    return (diameters / disc).clip(_LEAST_SHARE, 1)
