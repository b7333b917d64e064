"""What formats of instances ask of a picture, whichever part of the generator made it."""

from __future__ import annotations

from typing import Protocol

import numpy as np

INSIDE = 128  # a pixel belongs to a figure if this much of it (of 255) does


class Pictured(Protocol):
    """A `compose.Composition` or a `toon.labels.LabelledPicture`.

    Attributes:
        picture: uint8 [H,W,3] RGB.
        masks: uint8 [N,H,W], 0..255, the visible share of each figure.
    """

    picture: np.ndarray
    masks: np.ndarray


def instances(made: Pictured) -> list[int]:
    """Numbers of the masks that hold any pixel."""
    return [i for i, mask in enumerate(made.masks) if (mask >= INSIDE).any()]


def family(made: Pictured, instance: int) -> str | None:
    """The style family that drew a figure, where it is known."""
    families = getattr(made, "families", ())
    return families[instance] if instance < len(families) else None
