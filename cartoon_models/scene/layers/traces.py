"""Traces of things on the background just outside their edges, taken up by the things.

An edge leaves more than its band of soft pixels: the last percent of an outline's antialiasing,
what an encoder smeared, the rim of a glow. Left on the plate they show as a faint drawing of where
the thing stood. Where the background farther out is smooth it says what the plate is like here too,
and whatever hangs together with a thing and differs from that is the thing's. Where it is not
smooth, at least nothing on the plate is darker or lighter than all of the background around.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .level import level_around
from .matte import Cutout, reach_of
from .pixels import as_bytes, box_of, extremes, grown, is_ink, spread

# Below this (largest channel) a difference is not seen; an even colour differs by as much from
# itself after rounding.
_UNSEEN = 1.5 / 255
# And in a background that is not quite even, so many times its own deviation.
_DEVIATIONS = 2.5
# Where a background is uneven nothing says what it is like behind a pixel as opaque as this.
_FULL = 0.9
# A difference (largest channel) that is more than a trace.
_FAINT = 0.15


def lift_traces(
    colors: np.ndarray, cutouts: Sequence[Cutout]
) -> tuple[list[Cutout], np.ndarray, np.ndarray]:
    """Let things have what of them lies on the background around them.

    A pixel gets the least alpha with which there is a colour that explains it, if that is more than
    it has; the colour is left to `recombine`.

    Args:
        colors: float32 ``[H, W, 3]``, 0 to 1, the picture.
        cutouts: the farthest first.

    Returns:
        The cut-outs, of which some are larger than before; float32 ``[H, W, 3]``, the background;
        and bool ``[H, W]``, where that is known at and around edges. Elsewhere it means nothing.
    """
    size = colors.shape[:2]
    if not cutouts:
        return [], colors, np.zeros(size, bool)
    reach = reach_of(size)
    beyond = 2 * reach + 2
    lifted = [_padded(cutout, beyond, size) for cutout in cutouts]
    open_to, away, owner = _edges(lifted, size, beyond)
    far, nearer = away > beyond, away > beyond // 2
    rows, columns = np.nonzero((away <= beyond) & (open_to > 0))
    picture = colors[rows, columns]
    tries = [(far, 16), (far, 32), (nearer, 8), (nearer, 16)]
    level = level_around(colors, tries, rows, columns)
    behind = level.colors
    # What is as clear as that and reaches farther out than an edge is off is something else,
    # beside which the background is not smooth.
    clear = level.known & (open_to[rows, columns] == 1)
    clear &= np.abs(picture - behind).max(axis=1) > _FAINT
    other = np.zeros(size, bool)
    other[rows[clear], columns[clear]] = True
    other = spread(other & (away > reach), other, 2 * beyond)
    is_known = level.known & ~grown(other, 3)[rows, columns]
    uneven = ~is_known
    limits = extremes(as_bytes(colors), nearer, 2 * beyond)
    least, most = (part[rows[uneven], columns[uneven]] / np.float32(255) for part in limits)
    behind[uneven] = np.clip(picture[uneven], least, most)
    excess = np.abs(picture - behind).max(axis=1)
    # What is unlike an uneven background may be one of its details, if it is not as dark as ink.
    is_trace = np.where(is_known, excess > _DEVIATIONS * level.deviation, is_ink(picture))
    differs = np.zeros(size, bool)
    differs[rows, columns] = is_trace & (excess > _UNSEEN)
    needed = np.zeros(size, np.float32)
    needed[rows, columns] = _least_alpha(picture, behind)
    known = np.zeros(size, bool)
    known[rows, columns] = is_known
    for number, cutout in enumerate(lifted):
        place = cutout.place
        own = owner[place] == number
        covered = cutout.alpha > 0
        reached = _reached(covered, own & differs[place] & ~covered, beyond)
        others = open_to[place] / np.maximum(1 - cutout.alpha, 1e-6)
        alpha = 1 - (1 - needed[place]) / np.maximum(others, 1e-6)
        there = own & (covered | reached) & (open_to[place] > 0) & (alpha > cutout.alpha)
        alpha = np.where((alpha > _FULL) & ~known[place], 1, alpha)
        new = there & ~covered
        cutout.colors[new] = colors[place][new]
        cutout.alpha[there] = alpha[there]
    result = np.zeros_like(colors)
    result[rows, columns] = behind
    return [_trimmed(cutout) for cutout in lifted], result, known


def _edges(
    cutouts: Sequence[Cutout], size: tuple[int, int], beyond: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each pixel the share that shows no thing, how far the nearest thing is (at most a little
    more than ``beyond``), and which of the nearest is foremost, or -1."""
    open_to = np.ones(size, np.float32)
    nearest = np.full(size, beyond + 0.5, np.float32)
    owner = np.full(size, -1, np.int16)
    for number, cutout in enumerate(cutouts):
        place = cutout.place
        open_to[place] *= 1 - cutout.alpha
        away = cv2.distanceTransform((cutout.alpha <= 0).astype(np.uint8), cv2.DIST_L2, 3)
        is_nearer = away <= nearest[place]
        owner[place][is_nearer] = number
        nearest[place][is_nearer] = away[is_nearer]
    return open_to, nearest, owner


def _reached(seeds: np.ndarray, passable: np.ndarray, steps: int) -> np.ndarray:
    """What of the passable pixels is reached from the seeds, eight neighbours each."""
    around = np.ones((3, 3), np.uint8)
    found, allowed = seeds.astype(np.uint8), (passable | seeds).astype(np.uint8)
    for _ in range(steps):
        found = cv2.dilate(found, around) & allowed
    return (found > 0) & passable


def _least_alpha(colors: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """float32 ``[n]``: with less, no colour from 0 to 1 makes these of what is behind."""
    difference = colors - behind
    room = np.where(difference > 0, 1 - behind, behind)
    return (np.abs(difference) / np.maximum(room, 1e-6)).max(axis=1).clip(0, 1)


def _padded(cutout: Cutout, by: int, size: tuple[int, int]) -> Cutout:
    """The same with room around it, as far as there is picture; arrays of its own."""
    x1, y1, x2, y2 = cutout.box
    box = max(0, x1 - by), max(0, y1 - by), min(size[1], x2 + by), min(size[0], y2 + by)
    around = ((y1 - box[1], box[3] - y2), (x1 - box[0], box[2] - x2))
    return Cutout(box, np.pad(cutout.colors, (*around, (0, 0))), np.pad(cutout.alpha, around))


def _trimmed(cutout: Cutout) -> Cutout:
    left, top, right, bottom = box_of(cutout.alpha > 0, 1)
    x, y = cutout.box[:2]
    part = slice(top, bottom), slice(left, right)
    return Cutout(
        (x + left, y + top, x + right, y + bottom),
        np.ascontiguousarray(cutout.colors[part]),
        np.ascontiguousarray(cutout.alpha[part]),
    )
