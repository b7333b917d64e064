"""Mattes for layers: what of a picture's pixels is a character, and what colour it has there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ...instances.cutout import foreground_colors
from ...instances.data import MASK_THRESHOLD
from .edges import refined_edge, with_foreign
from .pixels import Box, box_of, continued, grown

LEAST_ALPHA = 1 / 255
# The band reaches this share of the shorter side to both sides of a mask's edge.
_BAND = 1 / 400
# How far a layer goes on under one that stands before it, as a share of the picture's width.
_TUCK = 0.01
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
    reach = reach_of((height, width))
    tuck = reach + 2 + round(width * _TUCK)
    covered = np.zeros((height, width), np.float32)
    unseen = np.zeros((height, width), bool) if unseen is None else unseen
    found: list[Cutout | None] = [None] * len(masks)
    for index in reversed(order):
        box = box_of(masks[index] >= MASK_THRESHOLD, tuck + reach)
        if box is None:
            continue
        x1, y1, x2, y2 = box
        place = slice(y1, y2), slice(x1, x2)
        hidden = covered[place] >= LEAST_ALPHA
        cutout = _cut_out(colors[place], masks[index][place], hidden, unseen[place], reach, tuck)
        if cutout is None:
            continue
        trimmed = box_of(cutout[1] > 0, 1)
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


def reach_of(size: tuple[int, int]) -> int:
    """Pixels to either side by which the edge of a mask of a picture of ``H, W`` may be off."""
    return max(3, round(min(size) * _BAND))


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
    inside = with_foreign(colors, inside, hidden, unseen, reach)
    alpha, mixed = refined_edge(colors, mask, inside, hidden, unseen, reach)
    if hidden.any():
        below = grown(inside, tuck) & hidden
        soft = cv2.blur((below | (alpha > 0.5)).astype(np.float32), (3, 3))
        alpha = np.where(hidden, soft * grown(below, 1), alpha)
        clear = inside & ~grown(hidden, 1)
        colors = continued(colors, clear if clear.any() else inside, hidden)
    alpha[alpha < LEAST_ALPHA] = 0
    alpha[alpha > 1 - LEAST_ALPHA] = 1
    return _own_colors(colors, alpha, np.where(hidden, 1, mixed)), alpha


def _own_colors(colors: np.ndarray, alpha: np.ndarray, mixed: np.ndarray) -> np.ndarray:
    """The colours with the background's share taken out of those of soft pixels.

    Where the thing looks like what is around it there is nothing to take out.
    """
    result = colors * (alpha > 0)[..., None]
    soft = (alpha > 0) & (cv2.erode(alpha, np.ones((3, 3), np.uint8)) < 1)
    for top, left, bottom, right in _tiles(alpha.shape):
        part = box_of(soft[top:bottom, left:right])
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
