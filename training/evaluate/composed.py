"""Compositions and generated scenes as samples to measure on."""

from collections.abc import Callable, Sequence

import numpy as np

from ..compose import Composition
from ..dataset import held_out
from ..toon.evaluation import held_out_scenes
from ..toon.labels import LabelledPicture
from ..validation import validation
from .measure import Sample

Maker = Callable[[int, int], Sequence[Composition | LabelledPicture]]

# Which pictures `composed` gives, made from their count and their side in pixels: those for the
# last measurement, those to decide by, and the generator's scenes in held-out style families.
SETS: dict[str, Maker] = {
    "held-out": held_out,
    "validation": validation,
    "toons": held_out_scenes,
}


class Composed(Sequence[Sample]):
    """Pictures of a set, one `Sample` each; generated ones with the families of their styles."""

    def __init__(
        self, pictures: Sequence[Composition | LabelledPicture], kind: str = "composition"
    ):
        self._pictures = pictures
        self._kind = kind

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: int) -> Sample:
        made = self._pictures[index]
        masks = made.masks >= 128
        there = masks.any(axis=(1, 2))
        families = getattr(made, "families", None)
        if families is not None:
            families = tuple(name for name, kept in zip(families, there, strict=True) if kept)
        return Sample(
            made.picture.astype(np.float32) / 255,
            masks[there],
            name=f"{self._kind} {index}",
            families=families,
        )


def composed(which: str = "held-out", count: int = 100, size: int = 640) -> Composed:
    """The first `count` pictures of a set of `SETS`; the same ones every time.

    Raises:
        ValueError: less than one picture, or one of less than 32 x 32 pixels.
    """
    if count < 1 or size < 32:
        raise ValueError(
            f"At least one picture of 32 x 32 pixels is measured, not {count} of {size}."
        )
    return Composed(SETS[which](count, size), "scene" if which == "toons" else "composition")
