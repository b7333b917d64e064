"""Compositions as samples to measure on."""

from collections.abc import Sequence

import numpy as np

from ..compose import Composition
from ..dataset import held_out
from ..validation import validation
from .measure import Sample

# Which compositions `composed` gives: those for the last measurement, those to decide by.
SETS = {"held-out": held_out, "validation": validation}


class Composed(Sequence[Sample]):
    """Compositions, one `Sample` each."""

    def __init__(self, compositions: Sequence[Composition]):
        self._compositions = compositions

    def __len__(self) -> int:
        return len(self._compositions)

    def __getitem__(self, index: int) -> Sample:
        made = self._compositions[index]
        masks = made.masks >= 128
        masks = masks[masks.any(axis=(1, 2))]
        return Sample(made.picture.astype(np.float32) / 255, masks, name=f"composition {index}")


def composed(which: str = "held-out", count: int = 100, size: int = 640) -> Composed:
    """The first `count` compositions of a set of `SETS`; the same ones every time.

    Raises:
        ValueError: less than one picture, or one of less than 32 x 32 pixels.
    """
    if count < 1 or size < 32:
        raise ValueError(
            f"At least one picture of 32 x 32 pixels is measured, not {count} of {size}."
        )
    return Composed(SETS[which](count, size))
