"""Which end of a depth picture is near: characters are nearer than what is around them."""

from __future__ import annotations

import numpy as np

from ...instances.data import Instances

NEAR_IS_WHITE = "near is white"
NEAR_IS_BLACK = "near is black"

_LONG_SIDE = 384  # pixels; finer detail has no vote
_SAMPLES = 2000
_ROWS_WEIGHT = 0.5  # the ground's vote, in votes of the largest character
_EXPECTED_WEIGHT = 0.05  # decides where nobody has a vote
_DOUBT = 0.4  # votes that nobody gives: one sure voter is not all of the confidence


def vote_polarity(
    values: np.ndarray, instances: Instances | None, expected: str = NEAR_IS_WHITE
) -> tuple[str, float]:
    """Whether the high or the low values of a depth picture are near.

    Each character votes with how surely its values are above those of the background in a ring
    around it (the area under the ROC curve of the two); what lies below its lower quarter is left
    out, for the ground before its feet is nearer than itself. Large characters weigh more, by the
    root of their area. The ground votes too: the lower third of the background is nearer than the
    upper one.

    Args:
        values: float ``[H, W]``, finite.
        instances: of a picture of that size, or None.
        expected: what is taken where nobody has a vote.

    Returns:
        The polarity, and 0 to 1 how clear the vote was.
    """
    import cv2

    height, width = values.shape
    scale = min(1.0, _LONG_SIDE / max(height, width))
    small = (max(round(width * scale), 1), max(round(height * scale), 1))

    def shrunk(array: np.ndarray) -> np.ndarray:
        return cv2.resize(np.asarray(array, np.float32), small, interpolation=cv2.INTER_AREA)

    values = shrunk(values)
    masks = [] if instances is None else [shrunk(mask.cpu().numpy()) for mask in instances.masks]
    taken = np.zeros(values.shape, np.float32)
    for mask in masks:
        np.maximum(taken, mask, out=taken)
    background = cv2.dilate(taken, np.ones((3, 3), np.uint8)) < 0.1

    votes = []
    for mask in masks:
        vote = _above_its_ring(values, mask, background)
        if vote is not None:
            votes.append((vote, float(np.sqrt(mask.sum()))))
    largest = max((weight for _, weight in votes), default=1.0)
    votes = [(vote, weight / largest) for vote, weight in votes]
    ground = _lower_above_upper(values, background)
    if ground is not None:
        votes.append((ground, _ROWS_WEIGHT))
    prior = _EXPECTED_WEIGHT if expected == NEAR_IS_WHITE else -_EXPECTED_WEIGHT
    total = sum(vote * weight for vote, weight in votes)
    confidence = abs(total) / (sum(weight for _, weight in votes) + _DOUBT)
    return (NEAR_IS_WHITE if total + prior > 0 else NEAR_IS_BLACK), float(confidence)


def _above_its_ring(values: np.ndarray, mask: np.ndarray, background: np.ndarray) -> float | None:
    """-1 to 1: how surely the values of a character are above those around it; None: no ring."""
    import cv2

    inside = mask >= 0.5
    rows = np.flatnonzero(inside.any(axis=1))
    columns = np.flatnonzero(inside.any(axis=0))
    if len(rows) == 0:
        return None
    reach = max(3, round(0.3 * float(np.sqrt(inside.sum()))))
    top, foot = rows[0], rows[-1] + 1
    window = np.s_[
        max(top - reach, 0) : max(foot - (foot - top) // 4, top + 1),
        max(columns[0] - reach, 0) : columns[-1] + 1 + reach,
    ]
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    around = cv2.dilate(inside[window].astype(np.uint8), disc).astype(bool)
    ring = values[window][around & background[window]]
    own = values[window][inside[window]]
    return None if len(ring) < 4 or len(own) < 4 else _above(own, ring)


def _lower_above_upper(values: np.ndarray, background: np.ndarray) -> float | None:
    third = max(len(values) // 3, 1)
    upper, lower = values[:third][background[:third]], values[-third:][background[-third:]]
    return None if len(upper) < 4 or len(lower) < 4 else _above(lower, upper)


def _above(some: np.ndarray, others: np.ndarray) -> float:
    """-1 to 1: the share of pairs in which the first is larger, less that in which it is smaller.

    The statistic of Mann and Whitney (1947), scaled.
    """
    some = some[:: max(len(some) // _SAMPLES, 1)]
    others = np.sort(others[:: max(len(others) // _SAMPLES, 1)])
    below = np.searchsorted(others, some, side="left").mean()
    up_to = np.searchsorted(others, some, side="right").mean()
    return float((below + up_to) / len(others) - 1)
