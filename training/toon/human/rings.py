"""Cloth about a body: a stack of elliptic cross-sections, and patches of its surface as seen."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .skeleton import LEVELS, Rig


class Rings:
    """Cross-sections from the lowest up.

    Attributes:
        centre, across, ahead: [K,3]; across points to the figure's left, ahead to its front, both
            as long as the half-axes.
        right: [K], the azimuth of what is seen farthest on our right; 0 is the front and + the
            figure's left. What is seen of a ring lies within half a turn below that.
        lowest: the y below which nothing reaches: the ground, for what hangs.
    """

    def __init__(
        self,
        centre: np.ndarray,
        across: np.ndarray,
        ahead: np.ndarray,
        lowest: float = math.inf,
    ):
        self.centre, self.across, self.ahead, self.lowest = centre, across, ahead, lowest
        along = centre[-1, :2] - centre[0, :2]
        length = math.hypot(float(along[0]), float(along[1]))
        if length < 0.2 * float(np.linalg.norm(centre[-1] - centre[0])):
            along, length = np.array([0.0, -1.0]), 1.0
        normal = np.array([-along[1], along[0]]) / length
        right = np.arctan2(across[:, :2] @ normal, ahead[:, :2] @ normal)
        self.right = np.unwrap(right)

    def seen(self, spots) -> np.ndarray:
        """Azimuth of our right edge at spots (numbers of rings, between them in proportion)."""
        return np.interp(spots, np.arange(len(self.right)), self.right)

    def points(self, around, spots, grow=0.0) -> np.ndarray:
        """Points [N,2] at azimuths and spots [N]; `grow` lengths farther out."""
        around, spots = np.asarray(around, float), np.asarray(spots, float)
        low = np.clip(spots.astype(int), 0, len(self.right) - 2)
        part = (spots - low)[:, None]
        s, c = np.sin(around)[:, None], np.cos(around)[:, None]
        out = []
        for k in (low, low + 1):
            out.append(self.centre[k] + s * self.across[k] + c * self.ahead[k])
        point = out[0] * (1 - part) + out[1] * part
        if np.any(grow):
            middle = self.centre[low] * (1 - part) + self.centre[low + 1] * part
            away = point - middle
            away /= np.sqrt((away * away).sum(1, keepdims=True)) + 1e-9
            point = point + away * np.reshape(grow, (-1, 1))
        return np.stack([point[:, 0], np.minimum(point[:, 1], self.lowest)], 1)

    def faces(self, around: float, spot: float) -> float:
        """How much a spot of the surface looks at us: 1 straight, below 0 away."""
        return float(np.sin(self.seen(spot) - around))

    def grown(self, by: float) -> Rings:
        """The same, `by` lengths wider all around."""
        out = []
        for axis in (self.across, self.ahead):
            length = np.sqrt((axis * axis).sum(1, keepdims=True)) + 1e-9
            out.append(axis * (1 + by / length))
        return Rings(self.centre, out[0], out[1], self.lowest)


def trunk_rings(rig: Rig, grow: float = 0.0) -> Rings:
    rings = Rings(rig.centres, rig.across, rig.ahead)
    return rings.grown(grow) if grow else rings


def spot(level: float) -> float:
    """The spot of a level of the trunk (see `skeleton.LEVELS`)."""
    return float(np.interp(level, LEVELS, np.arange(len(LEVELS))))


def joined(lower: Rings, upper: Rings, start: int) -> Rings:
    """A skirt and the trunk above it, from the trunk's ring `start` up."""
    return Rings(
        np.concatenate([lower.centre, upper.centre[start:]]),
        np.concatenate([lower.across, upper.across[start:]]),
        np.concatenate([lower.ahead, upper.ahead[start:]]),
        lower.lowest,
    )


def patch(
    rings: Rings,
    first: float,
    last: float,
    low: float = -9.0,
    high: float = 9.0,
    *,
    count: int = 7,
    arc: int = 5,
    top=None,
    bottom=None,
    grow=0.0,
    steps: int = 3,
) -> np.ndarray | None:
    """What is seen of the surface between two spots and two azimuths; None if nothing is.

    Args:
        low, high: azimuths; far apart means all around.
        count: points along each side; arc: points along each end.
        top, bottom: azimuths [N] to how far the upper or lower end lies above its spot there.
        grow: lengths [count] that it is wider at its sides, from below up.
        steps: points of the curve per point; 1 = straight.
    """
    spots = np.linspace(first, last, count)
    right = rings.seen(spots)
    if high - low < 6.2:
        turns = round((float(right.mean()) - math.pi / 2 - (low + high) / 2) / (2 * math.pi))
        low, high = low + 2 * math.pi * turns, high + 2 * math.pi * turns
        hi, lo = np.minimum(right, high), np.maximum(right - math.pi, low)
        if float((hi - lo).max()) < 0.08:
            return None
        hi = np.maximum(hi, lo)
    else:
        hi, lo = right, right - math.pi
    inner = np.linspace(0, 1, arc + 2)[1:-1]
    upper_around = hi[-1] + (lo[-1] - hi[-1]) * inner
    lower_around = lo[0] + (hi[0] - lo[0]) * inner
    upper = np.full(arc, float(last)) + (top(upper_around) if top else 0.0)
    lower = np.full(arc, float(first)) + (bottom(lower_around) if bottom else 0.0)
    around = np.concatenate([hi, upper_around, lo[::-1], lower_around])
    where = np.concatenate([spots, upper, spots[::-1], lower])
    extra = 0.0
    if np.ndim(grow):
        extra = np.concatenate([grow, np.full(arc, grow[-1]), grow[::-1], np.full(arc, grow[0])])
    outline = curves.loop(rings.points(around, where, extra), steps)
    outline[:, 1] = np.minimum(outline[:, 1], rings.lowest)  # curves swing past their points
    return outline


def stripe(rings: Rings, around, spots, steps: int = 3) -> np.ndarray | None:
    """A curve [K,2] on the surface through azimuths and spots; None if it is on the far side."""
    around, spots = np.asarray(around, float), np.asarray(spots, float)
    if float(np.sin(rings.seen(spots) - around).min()) < 0.05:
        return None
    return curves.line(rings.points(around, spots), steps)
