"""The single figures of a keyed picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy import ndimage

from .matte import nearest

_PIECE = 12  # pixels; less is a speck
_GAP = 0.03  # of the picture's longer side between a figure and a piece of it
_VISIBLE = 8 / 255


@dataclass(frozen=True, eq=False)
class Figure:
    """rgba: float32 [h,w,4] premultiplied 0..1; box: x0, y0, x1, y1 of it in the picture."""

    rgba: np.ndarray
    box: tuple[int, int, int, int]


def split_figures(rgba: np.ndarray, smallest: float = 0.005) -> list[Figure]:
    """Separates figures that do not touch, largest first, each trimmed.

    A small piece close to a figure (a drop of sweat, a lock that the ink leaves open) belongs to
    it; other pieces and specks are dropped.

    Args:
        rgba: float32 [H,W,4], premultiplied.
        smallest: share of the picture's area that a figure has at least.
    """
    alpha = rgba[..., 3]
    solid = alpha > 0.3
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8))
    area = stats[:, cv2.CC_STAT_AREA].copy()
    area[0] = 0
    mains = np.flatnonzero(area >= max(smallest * alpha.size, _PIECE))
    if len(mains) == 0:
        return []
    owner = np.zeros(count, int)
    owner[mains] = mains
    is_main = np.isin(labels, mains)
    distance, row, column = nearest(is_main)
    pieces = np.flatnonzero((area >= _PIECE) & (owner == 0))
    if len(pieces):
        place = np.array(ndimage.minimum_position(distance, labels, pieces), int).reshape(-1, 2)
        y, x = place.T
        near = distance[y, x] <= _GAP * max(alpha.shape)
        owner[pieces[near]] = labels[row[y, x], column[y, x]][near]
    # faint pixels go with the solid one that is nearest
    _, row, column = nearest(solid)
    whose = np.where(alpha > 0, owner[labels[row, column]], 0)
    out = []
    for label in sorted(mains, key=lambda i: (-area[i], i)):
        own = whose == label
        shown = own & (alpha > _VISIBLE)
        rows, columns = np.flatnonzero(shown.any(1)), np.flatnonzero(shown.any(0))
        y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        cut = np.where(own[y0:y1, x0:x1, None], rgba[y0:y1, x0:x1], 0)
        out.append(Figure(cut.astype(np.float32), (x0, y0, x1, y1)))
    return out
