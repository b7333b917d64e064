"""Beyond the picture's edge: which colours are to be expected there, roughly."""

from __future__ import annotations

import numpy as np

from .diffuse import diffuse

_RIM = 3  # pixels at the edge that say what it cuts off
_ROUGHLY = 256  # rows or columns in which smooth colours are found


def expected_beyond(picture: np.ndarray, known: np.ndarray) -> np.ndarray | None:
    """What a picture is like around what is known of it, for `patchmatch.patchmatch`.

    The colours right at the known part's edges flow outwards and mix with their neighbours' the
    more the farther out. So a thing that ends before the edge is not expected beyond it.

    Args:
        picture: float32 ``[H, W, 3]``.
        known: bool ``[H, W]``.

    Returns:
        float32 ``[H, W, 4]``: colours, and how much they count: 1 outside the box of what is known,
        0 in it. None where there is nothing outside, or no whole row is known.
    """
    rows, columns = np.flatnonzero(known.any(1)), np.flatnonzero(known.any(0))
    if not len(rows):
        return None
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    counts = np.ones(known.shape, np.float32)
    counts[box] = 0
    if not counts.any():
        return None
    rim = known.copy()
    rim[rows[0] + _RIM : rows[-1] + 1 - _RIM, columns[0] + _RIM : columns[-1] + 1 - _RIM] = False
    return np.dstack([_smooth_colors(picture, rim if rim.any() else known), counts])


def _smooth_colors(picture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """float32 ``[H, W, 3]``: the smoothest colours that fit, as they are in a small picture."""
    import cv2

    height, width = known.shape
    step = max(1, round(max(height, width) / _ROUGHLY))
    if step == 1:
        return diffuse(picture, known)
    small = (-(-width // step), -(-height // step))
    share = cv2.resize(known.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    mean = cv2.resize(picture * known[..., None], small, interpolation=cv2.INTER_AREA)
    mean = diffuse(mean / np.maximum(share, 1e-6)[..., None], share > 0.1)
    return cv2.resize(mean, (width, height), interpolation=cv2.INTER_LINEAR)
