"""A ramp of ground, and what stands on it as near as its foot: the smoothest such surface.

The ground's disparity is a ramp of rows. What stands on it keeps over its height the disparity of
its foot, and what lies above the ground falls back as slowly as it must not to be seen leaning.
Between them the surface is what differs least from these slopes (a screened Poisson equation, as in
Bhat and others, "GradientShop", 2010), and sideways nowhere steep, so that nothing is stretched.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .smooth import below, bounded_slope
from .uprights import Drawing, bare_ground, crossing, drawing_of, end_of_ground, standing_rows

LEAN = 2.0
"""Degrees by which what lies above the ground leans at most, in a truck of `TRUCK` of the picture's
width; what is seen to stand lower down leans as little where there is room beside it."""
TRUCK = 0.08

_SIDE = 160  # pixels of the longer side that it is computed in
_SIDEWAYS = 0.7  # disparity per width of the picture that it changes by at most along a row
_KEPT = 0.3  # weight of the ground's disparity where it is seen to be ground
_FOOT = 20.0  # and at feet
_AROUND = 4  # pixels around them
_STIFF = 100.0  # weight of no change along an upright edge
_ALIKE = 1.0  # weight of no change along a row


def standing_surface(
    picture: np.ndarray,
    hidden: np.ndarray,
    ramp: np.ndarray,
    tops: tuple[float | None, float, float],
    feet: np.ndarray,
    figures: Iterable[tuple[np.ndarray, float]],
    nearest: float,
    farthest: float,
) -> np.ndarray:
    """Disparity of a background, float32 ``[H, W]``.

    Args:
        picture: float32 ``[H, W, 3]``, 0 to 1.
        hidden: bool ``[H, W]``: the characters.
        ramp: ``[H]``, the ground's disparity in each row.
        tops: rows in picture heights: how high the ground goes for the feet on it, or None where
            nobody stands at all (it goes on to its end where that is seen); the highest that its
            end is taken to be at; and where it ends if nobody stands and no end is seen.
        feet: ``[N, 3]``, of each who stands on the ground its left and right and its lowest row, in
            pixels.
        figures: of each character where it is, bool ``[H, W]``, and its disparity; what is above
            its feet and beside it lies behind it.
        nearest: disparity of the nearest character, by which a camera measures its amount.
        farthest: what the disparity falls to at most.
    """
    import cv2

    height, width = hidden.shape
    scale = min(_SIDE / max(height, width), 1.0)
    columns, rows = max(round(width * scale), 2), max(round(height * scale), 2)
    small = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
    gone = cv2.resize(hidden.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    drawing = drawing_of(small, gone > 0)
    middles = (np.arange(rows) + 0.5) * height / rows - 0.5
    ramp = np.interp(middles, np.arange(height), ramp)
    edge = min(max(round(_top(drawing, *tops) * rows), 0), rows - 1)
    least = np.tan(np.radians(LEAN)) * nearest / (TRUCK * width) * height / rows
    profile = _profile(ramp, standing_rows(drawing), edge, least, farthest)
    # Under the feet, whatever it looks like, is ground.
    kept = np.zeros((rows, columns))
    for left, right, foot in feet * (columns / width, columns / width, rows / height):
        y, x = round(foot), slice(max(int(left) - _AROUND, 0), int(np.ceil(right)) + _AROUND)
        kept[max(y - _AROUND, 0) : y + _AROUND + 1, x] = _FOOT
    ground = bare_ground(drawing, edge, kept > 0)
    kept[ground] = np.maximum(kept[ground], _KEPT)
    found = _solved(drawing, crossing(drawing, edge, ground), profile, kept, edge)
    found = found.clip(farthest, max(float(ramp.max()), farthest))
    steps = _SIDEWAYS * nearest / columns, 2 * max(float(np.diff(ramp).max()), least)
    low, high = _cones(kept >= _FOOT, ramp, steps)
    behind = _behind(figures, (rows, columns), (steps[0], least))
    found = bounded_slope(np.minimum(found.clip(low, high), behind), (steps[0], 1.0))
    return cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR)


def _top(drawing: Drawing, feet: float | None, highest: float, otherwise: float) -> float:
    found = end_of_ground(drawing)
    seen = otherwise if found is None else max(found, highest)
    if feet is None:
        return seen
    return feet if found is None else min(feet, seen)


def _profile(
    ramp: np.ndarray, standing: np.ndarray, edge: int, least: float, farthest: float
) -> np.ndarray:
    """``[h]``: the ramp from the row ``edge`` down; above it, it falls as slowly as ``least`` from
    row to row where something stands, and as fast as the ramp where nothing is drawn."""
    most = max(float(np.diff(ramp).max()), least)
    steps = (most + (least - most) * standing)[:edge]
    total, fall = float(steps.sum()), float(ramp[edge]) - farthest
    if total > fall:
        steps = steps * (fall / total)
    above = ramp[edge] - np.cumsum(steps[::-1])[::-1]
    return np.concatenate([above, ramp[edge:]])


def _cones(
    feet: np.ndarray, ramp: np.ndarray, steps: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The least and the largest disparity that comes to the ramp's at the feet by such steps."""
    values = np.where(feet, ramp[:, None], np.inf)
    high = np.minimum(below(values, steps), 1.0)
    low = np.maximum(-below(np.where(feet, -ramp[:, None], np.inf), steps), 0.0)
    return low, np.maximum(low, high)


def _behind(
    figures: Iterable[tuple[np.ndarray, float]],
    shape: tuple[int, int],
    steps: tuple[float, float],
) -> np.ndarray:
    """The largest disparity ``[h, w]`` that lies behind all figures, down to their lowest rows."""
    import cv2

    most = np.full(shape, 1.0)
    for mask, near in figures:
        share = cv2.resize(mask * np.uint8(255), shape[::-1], interpolation=cv2.INTER_AREA)
        small = share > 127
        rows = np.flatnonzero(small.any(axis=1))
        if len(rows):
            upper = slice(0, rows[-1])
            cone = below(np.where(small[upper], near, np.inf), steps)
            most[upper] = np.minimum(most[upper], cone)
    return most


def _solved(
    drawing: Drawing, crosses: np.ndarray, profile: np.ndarray, kept: np.ndarray, edge: int
) -> np.ndarray:
    """The surface ``[h, w]`` by least squares, of slopes and of what is kept."""
    import cv2
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import spsolve

    rows, columns = kept.shape
    # An edge's both sides stand; so does all of what crosses over from the ground.
    upright = cv2.dilate(drawing.upright, np.ones((1, 3), np.uint8))
    upright = np.maximum(upright, crosses).astype(np.float64)
    stands = np.minimum(upright[:-1], upright[1:])
    slopes = np.repeat(np.diff(profile)[:, None], columns, axis=1)
    slopes[edge:] *= 1 - stands[edge:]
    down = 1 + _STIFF * stands
    number = np.arange(rows * columns).reshape(rows, columns)
    pairs = [
        (number[:-1].ravel(), number[1:].ravel(), down.ravel(), (down * slopes).ravel()),
        (
            number[:, :-1].ravel(),
            number[:, 1:].ravel(),
            np.full(rows * (columns - 1), _ALIKE),
            np.zeros(rows * (columns - 1)),
        ),
    ]
    # Held very lightly everywhere, so that there is one solution.
    diagonal = kept.ravel() + 1e-6
    right = diagonal * np.repeat(profile, columns)
    entries = []
    for one, other, weight, target in pairs:
        np.add.at(diagonal, one, weight)
        np.add.at(diagonal, other, weight)
        np.add.at(right, one, -target)
        np.add.at(right, other, target)
        entries += [(one, other, -weight), (other, one, -weight)]
    entries.append((number.ravel(), number.ravel(), diagonal))
    at, to, values = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    system = coo_matrix((values, (at, to)), shape=(number.size,) * 2).tocsc()
    return spsolve(system, right).reshape(rows, columns)
