"""Background that stands before a character: a desk, a railing, a bush.

A depth picture shows it: across the border of an instance the background becomes nearer all at
once. (The ground at its feet is nearer too, but not all at once.) Left in the plate, the character
would slide over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

_JUMP = 0.05  # disparity; what depth pictures of 8 bits and their resizing leave is far below
_LEAST_CONTACT = 0.02  # share of an instance's border
_LEAST_PIXELS = 12


@dataclass(frozen=True, eq=False)
class Occluder:
    """Background before instances.

    Attributes:
        mask: bool ``[H, W]``.
        behind: the indices of the masks that it stands before.
        nearness: its median disparity.
    """

    mask: np.ndarray
    behind: tuple[int, ...]
    nearness: float


def find_occluders(
    disparity: np.ndarray, masks: Sequence[np.ndarray], ground: np.ndarray
) -> list[Occluder]:
    """The pieces of background that stand before instances.

    Args:
        disparity: float32 ``[H, W]``, 0 to 1.
        masks: bool ``[H, W]`` of each instance.
        ground: float32 ``[H, W]``, the disparity of the background as a plane; what lies on it is
            no occluder.

    Returns:
        Pieces that do not overlap with each other or with a mask, the farthest first.
    """
    height, width = disparity.shape
    step = max(2, round(min(height, width) / 300))
    background = ~np.logical_or.reduce(masks) if len(masks) else np.ones((height, width), bool)
    stands_out = background & (np.abs(disparity - ground) > _JUMP)
    found = np.zeros((height, width), bool)
    for mask in masks:
        found |= _before(disparity, mask, stands_out, step)
    # What a soft depth edge leaves between the piece and the mask belongs to the piece.
    near_masks = background & _grown(~background, step) & ~found
    found |= near_masks & _grown(found, 2 * step)
    count, labels = cv2.connectedComponents(found.astype(np.uint8), connectivity=8)
    pieces = []
    for label in range(1, count):
        piece = labels == label
        behind = tuple(
            index
            for index, mask in enumerate(masks)
            if _before(disparity, mask, piece & stands_out, step).any()
        )
        if behind:
            pieces.append(Occluder(piece, behind, float(np.median(disparity[piece]))))
    return sorted(pieces, key=lambda piece: piece.nearness)


def _before(
    disparity: np.ndarray, mask: np.ndarray, candidates: np.ndarray, step: int
) -> np.ndarray:
    """The candidates that hang together with a border at which the mask is clearly farther."""
    nothing = np.zeros(mask.shape, bool)
    inner = _shrunk(mask, step)
    inner = inner if inner.any() else mask
    ring = _grown(mask, 2 * step) & ~_grown(mask, step)
    if not mask.any() or not (ring & candidates).any():
        return nothing
    # The mask's own disparity, continued to the pixels around it.
    window = (8 * step + 1,) * 2
    weight = cv2.blur(inner.astype(np.float32), window)
    own = cv2.blur(np.where(inner, disparity, 0).astype(np.float32), window)
    own = own / np.maximum(weight, 1e-6)
    seeds = ring & candidates & (weight > 1e-6) & (disparity - own > _JUMP)
    border = int(ring.sum())
    if seeds.sum() < max(_LEAST_PIXELS, _LEAST_CONTACT * border):
        return nothing
    level = float(np.median(own[seeds])) + _JUMP
    _, labels = cv2.connectedComponents(
        (candidates & (disparity > level)).astype(np.uint8), connectivity=8
    )
    touched = np.bincount(labels[seeds], minlength=labels.max() + 1)
    touched[0] = 0
    return (touched >= _LEAST_PIXELS)[labels]


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1,) * 2, np.uint8)) > 0


def _shrunk(mask: np.ndarray, by: int) -> np.ndarray:
    return cv2.erode(mask.astype(np.uint8), np.ones((2 * by + 1,) * 2, np.uint8)) > 0
