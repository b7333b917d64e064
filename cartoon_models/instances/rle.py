"""Masks as COCO's compressed run-length encoding.

The runs go down the columns, from left to right, and start with the outside. In the compressed
form each run from the fourth on is written as its difference to the run two before it, as
groups of five bits, the lowest first: bit 5 of a character says that more follow, bit 4 of the
last one is the sign, and 48 is added to make it printable.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

_BITS = 5
_FIRST = 48  # "0"
_LONGEST = 12  # characters of one number: 60 bits, more than any picture has pixels


def encode_rle(mask: Tensor | np.ndarray) -> dict:
    """``{"size": [H, W], "counts": text}`` of a mask ``[H, W]``; inside is true, or 0.5 or more."""
    if isinstance(mask, Tensor):
        mask = mask.detach().cpu()
        inside = (mask >= 0.5 if mask.is_floating_point() else mask != 0).numpy()
    else:
        mask = np.asarray(mask)
        inside = mask >= 0.5 if mask.dtype.kind == "f" else mask != 0
    if inside.ndim != 2:
        raise ValueError(f"A mask to encode has the shape [H, W], not {list(inside.shape)}.")
    return {"size": list(inside.shape), "counts": _compress(_runs(inside))}


def decode_rle(rle: Mapping) -> np.ndarray:
    """uint8 ``[H, W]``, 1 = inside, of an encoding with compressed (text, bytes) or plain counts.

    Raises:
        ValueError: an encoding that is damaged, or does not cover its size.
    """
    try:
        height, width = (int(side) for side in rle["size"])
        counts = rle["counts"]
        if isinstance(counts, (str, bytes)):
            runs = _decompress(counts.encode("ascii") if isinstance(counts, str) else counts)
        else:
            runs = np.asarray(counts, dtype=np.int64).reshape(-1)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"The mask's run-length encoding is damaged: {error}.") from None
    if height < 0 or width < 0 or (runs < 0).any() or runs.sum() != height * width:
        raise ValueError(
            f"The mask's run-length encoding covers {runs.sum()} pixels, "
            f"but its size is {width} x {height}."
        )
    values = np.arange(len(runs), dtype=np.int64) % 2
    columns = np.repeat(values.astype(np.uint8), runs).reshape(width, height)
    return np.ascontiguousarray(columns.T)


def _runs(inside: np.ndarray) -> np.ndarray:
    """int64: lengths of the runs of bool ``[H, W]`` down the columns, the first one outside."""
    flat = torch.from_numpy(inside).T.contiguous().view(-1).numpy()
    if flat.size == 0:
        return np.zeros(1, np.int64)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts_inside = [0] if flat[0] else []
    return np.diff(np.concatenate([[0], starts_inside, changes, [flat.size]]).astype(np.int64))


def _compress(runs: np.ndarray) -> str:
    numbers = runs.copy()
    numbers[3:] -= runs[1:-2]
    # A number of n characters lies in [-2^(5n-1), 2^(5n-1)): its sign bit is bit 4 of the last.
    reach = np.where(numbers < 0, ~numbers, numbers)
    limits = np.int64(1) << (_BITS * np.arange(1, _LONGEST, dtype=np.int64) - 1)
    lengths = 1 + np.searchsorted(limits, reach, side="right")
    place = np.arange(lengths.max())
    groups = (numbers[:, None] >> (_BITS * place)) & 31
    groups |= np.where(place < lengths[:, None] - 1, 32, 0)
    characters = groups[place < lengths[:, None]] + _FIRST
    return characters.astype(np.uint8).tobytes().decode("ascii")


def _decompress(text: bytes) -> np.ndarray:
    groups = np.frombuffer(text, np.uint8).astype(np.int64) - _FIRST
    if groups.size == 0 or groups.min() < 0 or groups.max() > 63 or groups[-1] & 32:
        raise ValueError("its counts are cut short or hold characters that do not belong there")
    ends = np.flatnonzero((groups & 32) == 0)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > _LONGEST:
        raise ValueError("its counts hold a number that is too long")
    place = np.arange(groups.size) - np.repeat(starts, lengths)
    numbers = np.add.reduceat((groups & 31) << (_BITS * place), starts)
    numbers -= np.where(groups[ends] & 16, np.int64(1) << (_BITS * lengths), 0)
    # Undo the differences: two interleaved running sums, from the second and the third run on.
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return numbers
