"""Seams: pieces copied into a hole are shaded so that they meet each other and the rim."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .diffuse import diffuse

ColorAt = Callable[[np.ndarray, np.ndarray], np.ndarray]

# A step in colour below this is a difference of shade and is spread out; a larger one is a line or
# a thing that ends there, and would bleed.
_SHADE = 0.12
_REACH = 64  # a seam is spread over about this part of the longer side
_SWEEPS = 6  # of a membrane
# The lengths of Jacobi's steps to a solution: Chebyshev's, for errors that the longest of them
# alone would hardly change to those that it would turn round.
_LENGTHS = 1 / (1.05 + 0.95 * np.cos(np.pi * np.float64([1, 3, 5]) / 6))
_SMALLEST = 8  # pixels; here sweeps alone are quick
_LAPLACE = np.float32([[0, 1, 0], [1, -4, 1], [0, 1, 0]])


def blend_copies(
    filled: np.ndarray, known: np.ndarray, wanted: np.ndarray, offsets: np.ndarray
) -> np.ndarray:
    """Shade copied pixels so that their gradients are their sources' and they meet the rim.

    Solves the Poisson equation (Perez, Gangnet and Blake, "Poisson image editing", 2003, section 2)
    for what is added to the copies: at the rim it is the step in colour from a copy to the picture,
    and where pieces with different offsets meet, its gradient is what their sources lack, for a
    short distance. A step too large for a difference of shade stays, softened by a pixel where
    pieces meet, as a drawn edge is.

    Args:
        filled: float32 ``[H, W, 3]``: the known pixels, and copies of them.
        known: bool ``[H, W]``: pixels of the picture.
        wanted: bool ``[H, W]``: pixels that are copies and may change.
        offsets: int ``[H, W, 2]``, (down, right), from a copy to its source.

    Returns:
        float32 ``[H, W, 3]``, 0 to 1; other pixels as they were.
    """
    rows, columns = np.nonzero(wanted)
    if not len(rows):
        return filled
    box = (
        slice(max(0, rows.min() - 1), rows.max() + 2),
        slice(max(0, columns.min() - 1), columns.max() + 2),
    )
    rim, is_rim, steps, softened = _seams(filled, known, wanted, offsets)
    change = diffuse(rim[box], is_rim[box], _SWEEPS) + solve_poisson(
        steps[box], wanted[box], max(wanted.shape) / _REACH
    )
    result = filled.copy()
    np.copyto(result[box], np.clip(softened[box] + change, 0, 1), where=wanted[box][..., None])
    return result


def solve_poisson(steps: np.ndarray, inside: np.ndarray, reach: float) -> np.ndarray:
    """u with ``sum over the 4 neighbours q of (u(q) - u(p)) = u(p) / reach^2 + steps(p)`` inside.

    Outside u is 0; past the edge of the array there is no neighbour. The term with ``reach``, in
    pixels, lets u fade at that distance: without it many small steps that lean the same way add up
    (screened Poisson equation: Bhat et al., "Fourier analysis of the 2D screened Poisson equation
    for gradient domain problems", 2008). From coarse to fine, like `diffuse`.

    Args:
        steps: float32 ``[H, W, C]``.
        inside: bool ``[H, W]``.
    """
    mask = inside.astype(np.float32)
    steps = steps * mask[..., None]
    values = _swept(_from_coarse(steps, mask, reach**-2), steps, mask, reach**-2)
    # What that leaves is smooth: it is corrected in half the size, but for a last smoothing.
    rest = (steps - _applied(values, reach**-2)) * mask[..., None]
    values += _from_coarse(rest, mask, reach**-2)
    return _swept(values, steps, mask, reach**-2)


def _from_coarse(steps: np.ndarray, mask: np.ndarray, pull: float) -> np.ndarray:
    """The solution as it is in half the size, or nothing where that is too small."""
    import cv2

    height, width = mask.shape
    if min(height, width) < 2 * _SMALLEST or pull > 1 or not mask.any():
        return np.zeros_like(steps)
    whole = (_quarters(mask) == 4).astype(np.float32)
    # A pixel twice as wide is entered by the steps of all four, and pulled by all four.
    coarse = _quarters(steps) * whole[..., None]
    coarse = _swept(_from_coarse(coarse, whole, 4 * pull), coarse, whole, 4 * pull)
    half = (coarse.shape[1] * 2, coarse.shape[0] * 2)
    values = cv2.resize(coarse, half, interpolation=cv2.INTER_LINEAR)
    values = values.reshape(half[1], half[0], -1)  # OpenCV drops a single channel
    return values[:height, :width] * mask[..., None]


def _swept(values: np.ndarray, steps: np.ndarray, mask: np.ndarray, pull: float) -> np.ndarray:
    """Nearer to the solution: what is left of the error is smooth.

    Jacobi's steps, of the lengths that together smooth best (Chebyshev's), the short ones first.
    """
    import cv2

    inside = np.repeat(mask[..., None], steps.shape[2], axis=2)
    values = np.ascontiguousarray(values)
    is_small = min(mask.shape) < 2 * _SMALLEST
    for length in np.tile(_LENGTHS, 4 if is_small else 1):
        change = _applied(values, pull)
        change -= steps
        change *= np.float32(length / (4 + pull))
        values = cv2.accumulateProduct(change, inside, values).reshape(steps.shape)
    return values


def _applied(values: np.ndarray, pull: float) -> np.ndarray:
    import cv2

    kernel = _LAPLACE.copy()
    kernel[1, 1] -= pull
    result = cv2.filter2D(values, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return result.reshape(values.shape)


def _seams(
    filled: np.ndarray, known: np.ndarray, wanted: np.ndarray, offsets: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What copies lack at known pixels of the rim, which pixels these are, the right side of the
    Poisson equation where pieces meet, and the copies with their hard seams softened."""
    height, width = wanted.shape
    colors, wanted_flat = filled.reshape(-1, 3), wanted.ravel()
    down_right = offsets.reshape(-1, 2)
    same = offsets[..., 0] * (2 * width) + offsets[..., 1]  # one number for one offset

    def color_at(places: np.ndarray, like: np.ndarray) -> np.ndarray:
        """What a place would show if it were copied as another one is."""
        rows, columns = np.divmod(places, width)
        rows = (rows + down_right[like, 0]).clip(0, height - 1)
        columns = (columns + down_right[like, 1]).clip(0, width - 1)
        return colors[rows * width + columns]

    steps = np.zeros((height * width, 3), np.float32)
    rim = np.zeros((height * width, 4), np.float32)
    mixed, shares = np.zeros_like(steps), np.zeros((height * width, 1), np.float32)
    for step, first, second in (
        (1, np.s_[:, :-1], np.s_[:, 1:]),
        (width, np.s_[:-1], np.s_[1:]),
    ):
        meet = np.zeros((height, width), bool)
        meet[first] = wanted[first] & wanted[second] & (same[first] != same[second])
        meet[first] |= (wanted[first] & known[second]) | (known[first] & wanted[second])
        places = np.flatnonzero(meet)
        for own, other in ((places, places + step), (places + step, places)):
            own, other = own[wanted_flat[own]], other[wanted_flat[own]]
            is_copy = wanted_flat[other]
            _add_rim(rim, colors, color_at, own[~is_copy], other[~is_copy])
            own, other = own[is_copy], other[is_copy]
            as_theirs = color_at(own, other)
            jump = (colors[own] - as_theirs + color_at(other, own) - colors[other]) / 2
            shade = np.linalg.norm(jump, axis=1) < _SHADE
            steps[own[shade]] += jump[shade]
            mixed[own[~shade]] += as_theirs[~shade]
            shares[own[~shade]] += 1
    is_rim = rim[:, 3] > 0
    rim = rim[:, :3] / np.maximum(rim[:, 3:], 1)
    softened = colors.copy()
    hard = np.flatnonzero(shares)
    softened[hard] = (2 * colors[hard] + mixed[hard]) / (2 + shares[hard])
    shape = (height, width)
    return (
        rim.reshape(*shape, 3),
        is_rim.reshape(shape),
        steps.reshape(*shape, 3),
        softened.reshape(*shape, 3),
    )


def _add_rim(
    rim: np.ndarray, colors: np.ndarray, color_at: ColorAt, own: np.ndarray, other: np.ndarray
) -> None:
    """Add to known places what the copies beside them lack there, and count them."""
    jump = colors[other] - color_at(other, own)
    shade = np.linalg.norm(jump, axis=1) < _SHADE
    rim[other[shade]] += np.pad(jump[shade], [(0, 0), (0, 1)], constant_values=1)


def _quarters(values: np.ndarray) -> np.ndarray:
    """Sums of 2 x 2 pixels; past the end of odd sides there is nothing."""
    if values.shape[0] % 2 or values.shape[1] % 2:
        pad = [(0, values.shape[0] % 2), (0, values.shape[1] % 2)] + [(0, 0)] * (values.ndim - 2)
        values = np.pad(values, pad)
    rows = values[0::2] + values[1::2]
    return rows[:, 0::2] + rows[:, 1::2]
