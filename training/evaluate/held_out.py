"""The held-out compositions, as samples: art, backgrounds and layouts that training never saw."""

import numpy as np

from ..dataset import held_out
from .measure import Sample


class HeldOut:
    """`count` compositions of `size` x `size` pixels; the same ones every time."""

    def __init__(self, count: int = 100, size: int = 640):
        if count < 1 or size < 32:
            raise ValueError(
                f"At least one picture of 32 x 32 pixels is measured, not {count} of {size}."
            )
        self._compositions = held_out(count, size)

    def __len__(self) -> int:
        return len(self._compositions)

    def __getitem__(self, index: int) -> Sample:
        made = self._compositions[index]
        masks = made.masks >= 128
        masks = masks[masks.any(axis=(1, 2))]
        return Sample(made.picture.astype(np.float32) / 255, masks, name=f"composition {index}")
