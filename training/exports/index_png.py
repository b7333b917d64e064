"""Numbers of regions as PNG: number = R * 65536 + G * 256 + B, nothing = transparent white."""

from __future__ import annotations

import numpy as np

NOTHING = -1


def index_pixels(numbers: np.ndarray) -> np.ndarray:
    """Pixels of an index PNG of int [H,W], from -1 (nothing) to 2**24 - 1: uint8, [H,W,4] with a
    -1 among them and [H,W,3] without.

    Raises:
        ValueError: a number is out of range.
    """
    if numbers.size and not NOTHING <= numbers.min() <= numbers.max() < 2**24:
        raise ValueError(
            f"numbers from {numbers.min()} to {numbers.max()} do not fit an index PNG, "
            "which holds -1 to 16777215"
        )
    pixels = np.stack([(numbers >> shift) & 255 for shift in (16, 8, 0)], -1).astype(np.uint8)
    if not (numbers == NOTHING).any():
        return pixels
    alpha = np.full((*numbers.shape, 1), 255, np.uint8)
    pixels = np.concatenate([pixels, alpha], -1)
    pixels[numbers == NOTHING] = (255, 255, 255, 0)
    return pixels
