"""Colours of layers and plate such that, painted over each other, they are the picture again.

Where a pixel is a mix, neither the colour of the layer nor that of the plate behind it was ever
seen; both are estimates, and their mix is not quite the picture. The rest is shared out to the two
so that the least of it is seen when they move apart. Where no layer is, the plate is the picture.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .matte import LEAST_ALPHA, Cutout
from .pixels import Box

_ROUNDS = 12
_EXACT = 1 / 4096  # a rest of this is none
_HELD = 1000  # how much more a colour counts that is known
_SEAM = 8  # pixels over which what was filled in is led over to the picture's colours


def coverage(cutouts: Sequence[Cutout], size: tuple[int, int]) -> np.ndarray:
    """float32 ``[H, W]``: the share of each pixel that shows none of the cut-outs."""
    open_to = np.ones(size, np.float32)
    for cutout in cutouts:
        open_to[cutout.place] *= 1 - cutout.alpha
    return open_to


def lead_over(
    filled: np.ndarray, picture: np.ndarray, seen: np.ndarray, unknown: np.ndarray
) -> np.ndarray:
    """A plate that is the picture where that is seen, without a step at its border.

    What differs at the border is added to the pixels within it, the less the farther in.

    Args:
        filled: float32 ``[H, W, 3]``, the plate.
        picture: float32 ``[H, W, 3]``.
        seen: bool ``[H, W]``: the picture shows nothing but background.
        unknown: bool ``[H, W]``: the plate says nothing.
    """
    difference = np.where(seen[..., None], picture - filled, 0).astype(np.float32)
    rim = seen & (cv2.dilate((~seen).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~unknown
    weight = rim.astype(np.float32)
    window = (2 * _SEAM + 1,) * 2
    total = cv2.GaussianBlur(weight, window, _SEAM / 3)
    spread = cv2.GaussianBlur(difference * weight[..., None], window, _SEAM / 3)
    # Right at the rim the whole difference, which then fades.
    away = cv2.distanceTransform((~seen).astype(np.uint8), cv2.DIST_L2, 3)
    fade = np.clip(1 - away / _SEAM, 0, 1)
    step = spread / np.maximum(total, 1e-6)[..., None] * fade[..., None]
    return np.where(seen[..., None], picture, np.clip(filled + step, 0, 1)).astype(np.float32)


def recombine(
    picture: np.ndarray,
    opacity: np.ndarray | None,
    cutouts: Sequence[Cutout],
    plate: np.ndarray,
    plate_alpha: np.ndarray,
    held: np.ndarray | None = None,
) -> None:
    """Change the colours of cut-outs and plate, in place, so that they mix to the picture.

    Args:
        picture: float32 ``[H, W, 3]``, 0 to 1.
        opacity: float32 ``[H, W]``, the picture's own; None: 1 everywhere.
        cutouts: the farthest first.
        plate: float32 ``[H, W, 3]``, what of the plate lies in the picture.
        plate_alpha: float32 ``[H, W]``.
        held: bool ``[H, W]``: where the plate's colours are known, so that the others give way.
    """
    target = picture if opacity is None else picture * opacity[..., None]
    # How much of each is in the mix, and how much its colour counts where it is seen alone.
    parts, rest = [], target.copy()
    open_to = np.ones(picture.shape[:2], np.float32)
    for cutout in reversed(cutouts):
        share = cutout.alpha * open_to[cutout.place]
        open_to[cutout.place] *= 1 - cutout.alpha
        rest[cutout.place] -= share[..., None] * cutout.colors
        parts.append((cutout.box, cutout.colors, share, cutout.alpha))
    height, width = picture.shape[:2]
    behind = open_to * plate_alpha
    rest -= behind[..., None] * plate
    weight = np.ones_like(behind)
    if held is not None:
        weight[held] = _HELD
    parts.append(((0, 0, width, height), plate, behind, weight))
    # From here on only the pixels that do not fit yet.
    rows, columns = np.nonzero(np.abs(rest).max(axis=2) > _EXACT)
    _share_out(target[rows, columns], rows, columns, parts)


def _share_out(
    target: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    parts: Sequence[tuple[Box, np.ndarray, np.ndarray, np.ndarray]],
) -> None:
    """Least squares of the changes that would be seen, by Lagrange's multiplier, within 0 to 1."""
    mixed = []
    for (x1, y1, x2, y2), colors, share, weight in parts:
        within = np.flatnonzero((rows >= y1) & (rows < y2) & (columns >= x1) & (columns < x2))
        at = rows[within] - y1, columns[within] - x1
        share, weight = share[at][:, None], np.maximum(weight[at][:, None], 1e-3)
        mixed.append((within, at, colors, share, share / weight**2))
    for _ in range(_ROUNDS):
        rest, squares = target.copy(), np.zeros_like(target)
        for within, at, colors, share, _ in mixed:
            rest[within] -= share * colors[at]
        if not rest.size or np.abs(rest).max() <= _EXACT:
            return
        free = []
        for within, at, colors, share, gain in mixed:
            # What is at 0 or 1 already leaves the rest to the others.
            now, wanted = colors[at], rest[within]
            free.append(np.where(wanted > 0, now < 1, now > 0) * gain)
            squares[within] += free[-1] * share
        rest /= np.maximum(squares, 1e-9)
        for (within, at, colors, _, _), gain in zip(mixed, free, strict=True):
            colors[at] = np.clip(colors[at] + gain * rest[within], 0, 1)


def visible(open_to: np.ndarray) -> np.ndarray:
    """bool ``[H, W]``: pixels that show nothing but background."""
    return open_to > 1 - LEAST_ALPHA
