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

from .pixels import grown, shrunk

_JUMP = 0.05  # disparity; what depth pictures of 8 bits and their resizing leave is far below
_LEAST_CONTACT = 0.02  # share of an instance's border
_LEAST_PIXELS = 12
_RAMP = 0.15  # disparity per picture height by which ground comes nearer downwards, at least
_ON_GROUND = 0.02
_LEAST_GROUND = 0.05  # share of the background
_SAMPLES = 300


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


def find_occluders(disparity: np.ndarray, masks: Sequence[np.ndarray]) -> list[Occluder]:
    """The pieces of background that stand before instances.

    Args:
        disparity: float32 ``[H, W]``, 0 to 1.
        masks: bool ``[H, W]`` of each instance.

    Returns:
        Pieces that do not overlap with each other or with a mask, the farthest first.
    """
    height, width = disparity.shape
    step = max(2, round(min(height, width) / 300))
    background = np.ones((height, width), bool)
    for mask in masks:
        background &= ~mask
    steps = [_steps(disparity, mask, background, step) for mask in masks]
    if not any(found is not None for found in steps):
        return []
    begun = np.logical_or.reduce([seeds for seeds, _ in filter(None, steps)])
    stands_up = background & ~_ground(disparity, background, begun)
    pieces = np.zeros((height, width), bool)
    for seeds, level in filter(None, steps):
        pieces |= _connected(stands_up & (disparity > level), seeds)
    # What a soft depth edge leaves between the piece and the mask belongs to the piece.
    pieces |= background & grown(~background, 2 * step) & grown(pieces, 2 * step)
    count, labels = cv2.connectedComponents(pieces.astype(np.uint8), connectivity=8)
    found = []
    for label in range(1, count):
        piece = labels == label
        behind = tuple(
            index
            for index, begin in enumerate(steps)
            if begin is not None and (begin[0] & piece).sum() >= _LEAST_PIXELS
        )
        if behind:
            found.append(Occluder(piece, behind, float(np.median(disparity[piece]))))
    return sorted(found, key=lambda piece: piece.nearness)


def _steps(
    disparity: np.ndarray, mask: np.ndarray, background: np.ndarray, step: int
) -> tuple[np.ndarray, float] | None:
    """Background pixels beside a mask where it is suddenly nearer, and what is nearer than it."""
    ring = grown(mask, 2 * step) & ~grown(mask, step) & background
    if not ring.any():
        return None
    inner = shrunk(mask, step)
    inner = inner if inner.any() else mask
    # The mask's own disparity, continued to the pixels around it.
    window = (8 * step + 1,) * 2
    weight = cv2.blur(inner.astype(np.float32), window)
    own = cv2.blur(np.where(inner, disparity, 0).astype(np.float32), window)
    own = own / np.maximum(weight, 1e-6)
    # How much it changes anyway over the same distance, going away from the mask.
    box = np.ones((4 * step + 1,) * 2, np.uint8)
    beyond = background & ~grown(mask, step)
    slope = cv2.dilate(np.where(beyond, disparity, 0), box) - disparity
    slope = np.minimum(slope, disparity - cv2.erode(np.where(beyond, disparity, 1), box))
    seeds = ring & (weight > 1e-6) & (disparity - own > _JUMP + 2 * np.maximum(slope, 0))
    if seeds.sum() < max(_LEAST_PIXELS, _LEAST_CONTACT * ring.sum()):
        return None
    return seeds, float(np.median(own[seeds])) + _JUMP


def _ground(disparity: np.ndarray, background: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """bool ``[H, W]``: what lies on the largest plane that comes nearer downwards.

    Found by random samples of three pixels (Fischler and Bolles, RANSAC, 1981), always the same. A
    plane that the seeds lie on is no ground, which nothing that stands on it is suddenly behind.
    """
    height, width = disparity.shape
    nothing = np.zeros((height, width), bool)
    smooth = cv2.blur(disparity, (5, 5))
    falls = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8) * height > _RAMP
    rows, columns = np.nonzero(background & falls & ~grown(~background, 3))
    if len(rows) < _LEAST_GROUND * background.sum() or len(rows) < 3:
        return nothing
    chance = np.random.default_rng(0)
    few = chance.choice(len(rows), min(len(rows), 4000), replace=False)
    points = np.column_stack([columns[few] / width, rows[few] / height, np.ones(len(few))])
    values = disparity[rows[few], columns[few]]
    triples = chance.integers(0, len(few), (_SAMPLES, 3))
    triples = triples[np.abs(np.linalg.det(points[triples])) > 1e-3]  # in no line
    planes = np.linalg.solve(points[triples], values[triples][..., None])[..., 0]
    planes = planes[(planes[:, 1] > _RAMP) & (np.abs(planes[:, 0]) < planes[:, 1] / 2)]
    if not len(planes):
        return nothing
    fitting = np.abs(points @ planes.T - values[:, None]) < _ON_GROUND
    best = planes[np.argmax(fitting.sum(axis=0))]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    plane = best[0] * x / width + best[1] * y / height + best[2]
    is_on = np.abs(disparity - plane) < 2 * _ON_GROUND
    if (is_on & background).sum() < _LEAST_GROUND * background.sum():
        return nothing
    return nothing if is_on[seeds].mean() > 0.5 else is_on


def _connected(candidates: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The candidates that hang together with enough of the seeds."""
    _, labels = cv2.connectedComponents(candidates.astype(np.uint8), connectivity=8)
    touched = np.bincount(labels[seeds], minlength=labels.max() + 1)
    touched[0] = 0
    return (touched >= _LEAST_PIXELS)[labels]
