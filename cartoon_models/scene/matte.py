"""Mattes for layers: what of a picture's pixels is a character, and what colour it has there.

A segmenter's mask is a pixel or two off and hazy; moved before another background, that shows as a
rim. Drawings have opaque things with crisp edges, so a mask is trusted only away from its edge. In
a band around it each pixel is compared with the background just outside: what the background does
not explain (the ink of an outline first of all) belongs to the character, in the share in which
it differs. Where the background has no clear colour of its own the mask decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..instances.cutout import foreground_colors
from ..instances.data import MASK_THRESHOLD

Box = tuple[int, int, int, int]

LEAST_ALPHA = 1 / 255
# The band reaches this share of the shorter side to both sides of a mask's edge.
_BAND = 1 / 400
# How far a layer goes on under one that stands before it, as a share of the picture's width.
_TUCK = 0.01
_DIRECTIONS = [(dx, dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy]
# Difference in RGB (largest channel) that encoders and scaling leave in an even colour.
_NOISE = 0.02
# So many times more than noise has to differ before colours say where an edge is.
_CLEAR = (2.0, 4.0)
# And a colour is no mix of two others from so far off the line between them (largest channel).
_OFF_LINE = (0.16, 0.06)
# A mask that changes by this much from pixel to pixel knows its edge.
_CRISP = (0.3, 0.6)
_TILE, _REACH = 256, 24  # pixels worked on together, and what the colour estimate sees around them


@dataclass(frozen=True, eq=False)
class Cutout:
    """One thing cut out of a picture.

    Attributes:
        box: ``x1 y1 x2 y2`` of the pixels in the picture, end-exclusive.
        colors: float32 ``[h, w, 3]``, its own colours, not mixed with what is around it and not
            premultiplied.
        alpha: float32 ``[h, w]``, 0 to 1.
    """

    box: Box
    colors: np.ndarray
    alpha: np.ndarray

    @property
    def place(self) -> tuple[slice, slice]:
        """Its rows and columns in the picture."""
        x1, y1, x2, y2 = self.box
        return slice(y1, y2), slice(x1, x2)


def cut_outs(
    colors: np.ndarray,
    masks: Sequence[np.ndarray],
    order: Sequence[int],
    unseen: np.ndarray | None = None,
) -> list[Cutout | None]:
    """Things with soft edges, clean colours, and under each other's edges no gap.

    A pixel that two masks claim belongs to the one in front. The one behind goes on under it for
    about 1 % of the picture's width in the colours of its edge, so that neither resampling nor a
    small move opens a gap between the two.

    Args:
        colors: float32 ``[H, W, 3]``, 0 to 1.
        masks: float32 ``[H, W]`` each, 0 to 1.
        order: the indices of the masks, the farthest first.
        unseen: bool ``[H, W]``, pixels whose colours mean nothing; none by default.

    Returns:
        One per mask, in the order of the masks; None where nothing of it is visible.
    """
    height, width = colors.shape[:2]
    reach = max(3, round(min(height, width) * _BAND))
    tuck = reach + 2 + round(width * _TUCK)
    covered = np.zeros((height, width), np.float32)
    unseen = np.zeros((height, width), bool) if unseen is None else unseen
    found: list[Cutout | None] = [None] * len(masks)
    for index in reversed(order):
        box = _box(masks[index] >= MASK_THRESHOLD, tuck + reach)
        if box is None:
            continue
        x1, y1, x2, y2 = box
        place = slice(y1, y2), slice(x1, x2)
        hidden = covered[place] >= LEAST_ALPHA
        cutout = _cut_out(colors[place], masks[index][place], hidden, unseen[place], reach, tuck)
        if cutout is None:
            continue
        trimmed = _box(cutout[1] > 0, 1)
        if trimmed is None:
            continue
        left, top, right, bottom = trimmed
        part = slice(top, bottom), slice(left, right)
        found[index] = Cutout(
            (x1 + left, y1 + top, x1 + right, y1 + bottom),
            np.ascontiguousarray(cutout[0][part]),
            np.ascontiguousarray(cutout[1][part]),
        )
        under = covered[found[index].place]
        np.maximum(under, 1 - (1 - under) * (1 - found[index].alpha), out=under)
    return found


def _cut_out(
    colors: np.ndarray,
    mask: np.ndarray,
    hidden: np.ndarray,
    unseen: np.ndarray,
    reach: int,
    tuck: int,
) -> tuple[np.ndarray, np.ndarray] | None:
    """Colours and alpha of one thing; ``hidden`` is what things before it cover."""
    inside = (mask >= MASK_THRESHOLD) & ~hidden
    if not inside.any():
        return None
    alpha, mixed = _refined(colors, mask, inside, hidden, unseen, reach)
    if hidden.any():
        below = _grown(inside, tuck) & hidden
        soft = cv2.blur((below | (alpha > 0.5)).astype(np.float32), (3, 3))
        alpha = np.where(hidden, soft * _grown(below, 1), alpha)
        clear = inside & ~_grown(hidden, 1)
        colors = continued(colors, clear if clear.any() else inside, hidden)
    alpha[alpha < LEAST_ALPHA] = 0
    alpha[alpha > 1 - LEAST_ALPHA] = 1
    return _own_colors(colors, alpha, np.where(hidden, 1, mixed)), alpha


def _refined(
    colors: np.ndarray,
    mask: np.ndarray,
    inside: np.ndarray,
    hidden: np.ndarray,
    unseen: np.ndarray,
    reach: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The share of the thing in each pixel that is not hidden, and how much a mix can be seen."""
    outside = ~_grown(inside, reach) & ~hidden
    band = ~outside & ~_shrunk(inside | hidden, reach) & ~hidden
    looked_at = _grown(inside, reach + 3) & ~_shrunk(inside | hidden, reach + 3) & ~hidden
    difference, behind, known = _difference(colors, outside & ~unseen, looked_at, reach)
    # Where the background just outside is not like itself, being unlike it is no evidence.
    ring = outside & looked_at & known
    around = np.ones((2 * reach + 3,) * 2, np.uint8)
    noise = _NOISE + cv2.blur(cv2.dilate(np.where(ring, difference, 0), around), (5, 5))
    unlike = np.where(outside, 0, difference)
    contrast = cv2.dilate(unlike, np.ones((2 * reach + 1,) * 2, np.uint8))
    highest, pure = _highest(colors, unlike, looked_at)
    share = np.clip((difference - noise) / np.maximum(highest - noise, 1e-6), 0, 1)
    # Nor is a colour that is no mix of the two sides, unless it is one of them.
    off_line = _largest(colors - behind - share[..., None] * (pure - behind))
    trust = _step(contrast / noise, *_CLEAR) * known
    trust = cv2.blur(cv2.erode(trust, np.ones((3, 3), np.uint8)), (3, 3))
    trust *= _step(off_line, *_OFF_LINE)
    # The mask itself where it is crisp, and a crisp edge at its 0.5 where it is a haze.
    local = cv2.dilate(mask, np.ones((3, 3), np.uint8)) - cv2.erode(mask, np.ones((3, 3), np.uint8))
    crisp = _step(local, *_CRISP)
    hard = cv2.blur((inside | hidden).astype(np.float32), (3, 3))
    prior = crisp * mask + (1 - crisp) * hard
    share = trust * share + (1 - trust) * prior
    # What the background cannot be followed into lies within the outline, whatever its colour.
    reached = _spread(outside, band & (share < 0.5), 2 * reach + 2)
    share[band & ~_grown(reached, 1)] = 1
    # And what hangs together with nothing of the inside is a detail of the background.
    core = _spread(_shrunk(inside | hidden, reach) | (inside & (share > 0.5)), share > 0.1, reach)
    share[~_grown(core, 1)] = 0
    alpha = np.where(band, share, inside & ~outside).astype(np.float32)
    return alpha, np.where(known, _step(contrast / _NOISE, *_CLEAR), 1)


def _difference(
    colors: np.ndarray, outside: np.ndarray, wanted: np.ndarray, reach: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How far the colours of wanted pixels are from similar ones just outside, and from which.

    Returns:
        float32 ``[H, W]``, the largest difference of a channel; float32 ``[H, W, 3]``, the colour
        just outside; bool ``[H, W]``, where there are any.
    """
    height, width = wanted.shape
    rows, columns = np.nonzero(wanted)
    flat = colors.reshape(-1, 3)
    own = flat.take(rows * width + columns, axis=0)
    # The third best of those outside: an outline that the mask missed is thin and met by few.
    least = np.full((3, len(rows)), np.inf, np.float32)
    where = np.zeros((3, len(rows)), np.intp)
    for step in (reach + 1, 2 * reach + 1, 3 * reach + 2):
        for dx, dy in _DIRECTIONS:
            there = rows + dy * step, columns + dx * step
            valid = (there[0] >= 0) & (there[0] < height) & (there[1] >= 0) & (there[1] < width)
            there = there[0].clip(0, height - 1), there[1].clip(0, width - 1)
            valid &= outside[there]
            index = there[0] * width + there[1]
            far = np.where(valid, _largest(own - flat.take(index, axis=0)), np.inf)
            for best, at in zip(least, where, strict=True):
                is_better = far < best
                best[:], far = np.where(is_better, far, best), np.where(is_better, best, far)
                at[:], index = np.where(is_better, index, at), np.where(is_better, at, index)
    is_known = np.isfinite(least[2])
    difference = np.zeros(wanted.shape, np.float32)
    difference[rows, columns] = np.where(is_known, least[2], 0)
    behind = colors.copy()
    behind[rows, columns] = flat[where[2]]
    known = np.zeros(wanted.shape, bool)
    known[rows, columns] = is_known
    return difference, behind, known


def _highest(
    colors: np.ndarray, difference: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The largest difference within two pixels of wanted ones, and the colour that has it."""
    rows, columns = np.nonzero(wanted)
    padded = cv2.copyMakeBorder(difference, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=-1)
    best = difference[rows, columns]
    at = rows * difference.shape[1] + columns
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            there = padded[rows + 2 + dy, columns + 2 + dx]
            is_better = there > best
            best = np.where(is_better, there, best)
            at = np.where(is_better, (rows + dy) * difference.shape[1] + columns + dx, at)
    highest, pure = difference.copy(), colors.copy()
    highest[rows, columns] = best
    pure[rows, columns] = colors.reshape(-1, 3)[at]
    return highest, pure


def continued(colors: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The colours with those of ``target`` taken from the nearest pixel of ``source``."""
    _, labels = cv2.distanceTransformWithLabels(
        (~source).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(source)
    index = np.zeros(labels.max() + 1, np.intp)
    index[labels[rows, columns]] = np.arange(len(rows))
    nearest = index[labels[target]]
    result = colors.copy()
    result[target] = colors[rows[nearest], columns[nearest]]
    return result


def _own_colors(colors: np.ndarray, alpha: np.ndarray, mixed: np.ndarray) -> np.ndarray:
    """The colours with the background's share taken out of those of soft pixels.

    Where the thing looks like what is around it there is nothing to take out.
    """
    result = colors * (alpha > 0)[..., None]
    soft = (alpha > 0) & (cv2.erode(alpha, np.ones((3, 3), np.uint8)) < 1)
    for top, left, bottom, right in _tiles(alpha.shape):
        part = _box(soft[top:bottom, left:right], 0)
        if part is None:
            continue
        x1, y1, x2, y2 = part[0] + left, part[1] + top, part[2] + left, part[3] + top
        up, back = max(0, y1 - _REACH), max(0, x1 - _REACH)
        wide = slice(up, y2 + _REACH), slice(back, x2 + _REACH)
        clean = foreground_colors(colors[wide], alpha[wide])
        clean = clean[y1 - up : y2 - up, x1 - back : x2 - back]
        where = soft[y1:y2, x1:x2]
        share = (mixed[y1:y2, x1:x2] * where)[..., None]
        part = result[y1:y2, x1:x2]
        part += share * (clean - part)
    return result


def _tiles(shape: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    for top in range(0, shape[0], _TILE):
        for left in range(0, shape[1], _TILE):
            yield top, left, min(top + _TILE, shape[0]), min(left + _TILE, shape[1])


def _largest(difference: np.ndarray) -> np.ndarray:
    """The largest of the three channels' differences, either way."""
    red, green, blue = (np.abs(difference[..., channel]) for channel in range(3))
    return np.maximum(np.maximum(red, green), blue)


def _spread(seed: np.ndarray, passable: np.ndarray, steps: int) -> np.ndarray:
    """What is reached from ``seed`` through ``passable`` pixels, four neighbours each."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    found, allowed = seed.astype(np.uint8), (passable | seed).astype(np.uint8)
    for _ in range(steps):
        found = cv2.dilate(found, cross) & allowed
    return found > 0


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), _disc(by)) > 0


def _shrunk(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.erode(mask.astype(np.uint8), _disc(by)) > 0


def _disc(radius: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)


def _step(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.clip((values - low) / (high - low), 0, 1)


def _box(mask: np.ndarray, margin: int) -> Box | None:
    """``x1 y1 x2 y2`` around the pixels of a mask, with a margin as far as there are pixels."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    return (
        max(0, int(columns[0]) - margin),
        max(0, int(rows[0]) - margin),
        min(mask.shape[1], int(columns[-1]) + 1 + margin),
        min(mask.shape[0], int(rows[-1]) + 1 + margin),
    )
