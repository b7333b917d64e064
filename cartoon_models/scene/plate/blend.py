"""Seams: pieces copied into a hole are shaded so that they meet each other and the rim."""

from __future__ import annotations

import numpy as np

from .diffuse import diffuse

# A step in colour below this is a difference of shade and is spread out; a larger one is a line or
# a thing that ends there, and would bleed.
_SHADE = 0.12
_REACH = 64  # a seam is spread over about this part of the longer side
_SWEEPS = 6
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
    for gradient domain problems", 2008). From coarse to fine, like `diffuse`, and again for what
    that leaves.

    Args:
        steps: float32 ``[H, W, C]``.
        inside: bool ``[H, W]``.
    """
    mask = inside[..., None].astype(np.float32)
    steps = steps * mask
    values = _solved(steps, mask, reach**-2)
    return values + _solved((steps - _applied(values, reach**-2)) * mask, mask, reach**-2)


def _solved(steps: np.ndarray, mask: np.ndarray, pull: float) -> np.ndarray:
    import cv2

    height, width = mask.shape[:2]
    if min(height, width) < 2 * _SMALLEST or pull > 1 or not mask.any():
        values, sweeps = np.zeros_like(steps), 4 * _SWEEPS
    else:
        whole = (_quarters(mask) == 4).astype(np.float32)
        # A pixel twice as wide is entered by the steps of all four, and pulled by all four.
        coarse = _solved(_quarters(steps) * whole, whole, 4 * pull)
        half = (coarse.shape[1] * 2, coarse.shape[0] * 2)
        values = cv2.resize(coarse, half, interpolation=cv2.INTER_LINEAR)
        values = values.reshape(half[1], half[0], -1)  # OpenCV drops a single channel
        values, sweeps = values[:height, :width] * mask, _SWEEPS
    rate = mask * np.float32(0.8 / (4 + pull))  # Jacobi's step, damped so that it smooths fastest
    for _ in range(sweeps):
        change = _applied(values, pull)
        change -= steps
        change *= rate
        values += change
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
    places = np.flatnonzero(wanted)
    rows, columns = np.divmod(places, width)
    own = offsets.reshape(-1, 2)[places]
    colors, flat_offsets = filled.reshape(-1, 3), offsets.reshape(-1, 2)

    def color_at(row: np.ndarray, column: np.ndarray, offset: np.ndarray) -> np.ndarray:
        row = (row + offset[:, 0]).clip(0, height - 1)
        column = (column + offset[:, 1]).clip(0, width - 1)
        return colors[row * width + column]

    steps = np.zeros((height * width, 3), np.float32)
    rim = np.zeros((height * width, 4), np.float32)
    mixed, shares = 2 * colors[places], np.full((len(places), 1), 2, np.float32)
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        row, column = rows + down, columns + right
        there = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        neighbour = np.where(there, row * width + column, 0)
        theirs = flat_offsets[neighbour]

        outer = np.flatnonzero(there & known.ravel()[neighbour])
        step = colors[neighbour[outer]] - color_at(row[outer], column[outer], own[outer])
        shade = np.linalg.norm(step, axis=1) < _SHADE
        rim[neighbour[outer[shade]]] += np.pad(step[shade], [(0, 0), (0, 1)], constant_values=1)

        inner = np.flatnonzero(there & wanted.ravel()[neighbour] & (theirs != own).any(1))
        mine, other = own[inner], theirs[inner]
        as_theirs = color_at(rows[inner], columns[inner], other)
        step = colors[places[inner]] - as_theirs
        step += color_at(row[inner], column[inner], mine) - colors[neighbour[inner]]
        step /= 2
        shade = np.linalg.norm(step, axis=1) < _SHADE
        steps[places[inner[shade]]] += step[shade]
        mixed[inner[~shade]] += as_theirs[~shade]
        shares[inner[~shade]] += 1
    is_rim = rim[:, 3] > 0
    rim = rim[:, :3] / np.maximum(rim[:, 3:], 1)
    softened = colors.copy()
    softened[places] = mixed / shares
    shape = (height, width)
    return (
        rim.reshape(*shape, 3),
        is_rim.reshape(shape),
        steps.reshape(*shape, 3),
        softened.reshape(*shape, 3),
    )


def _quarters(values: np.ndarray) -> np.ndarray:
    """Sums of 2 x 2 pixels; past the end of odd sides there is nothing."""
    values = np.pad(values, [(0, values.shape[0] % 2), (0, values.shape[1] % 2), (0, 0)])
    rows = values[0::2] + values[1::2]
    return rows[:, 0::2] + rows[:, 1::2]
