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
    """

    def __init__(self, centre: np.ndarray, across: np.ndarray, ahead: np.ndarray):
        self.centre, self.across, self.ahead = centre, across, ahead
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
        return point[:, :2]

    def faces(self, around: float, spot: float) -> float:
        """How much a spot of the surface looks at us: 1 straight, below 0 away."""
        return float(np.sin(self.seen(spot) - around))

    def grown(self, by: float) -> Rings:
        """The same, `by` lengths wider all around."""
        out = []
        for axis in (self.across, self.ahead):
            length = np.sqrt((axis * axis).sum(1, keepdims=True)) + 1e-9
            out.append(axis * (1 + by / length))
        return Rings(self.centre, out[0], out[1])


def trunk_rings(rig: Rig, grow: float = 0.0) -> Rings:
    rings = Rings(rig.centres, rig.across, rig.ahead)
    return rings.grown(grow) if grow else rings


def spot(level: float) -> float:
    """The spot of a level of the trunk (see `skeleton.LEVELS`)."""
    return float(np.interp(level, LEVELS, np.arange(len(LEVELS))))


def skirt_rings(
    rig: Rig, length: float, flare: float, waist: float = 0.4, grow: float = 0.02
) -> Rings:
    """Cloth that hangs from the waist over the legs.

    Args:
        length: of the leg, 1 = down to the ankle.
        flare: width of its end against the hips.
        waist: the trunk's level where it starts.
        grow: how much wider than the trunk it starts.
    """
    size, joints = rig.size, rig.joints
    hips = rig.centres[0] * 0.7 + rig.centres[1] * 0.3
    knees = (joints["left_knee"] + joints["right_knee"]) / 2
    feet = (joints["left_foot"] + joints["right_foot"]) / 2
    hang = np.array([0.0, 1.0, 0.0]) if abs(rig.pose.roll) < 50 else rig.pelvis[:, 1]
    fall = (
        knees
        + (hang * 0.5 + (feet - knees) / (np.linalg.norm(feet - knees) + 1e-6) * 0.5) * size.shin
    )
    trunk = trunk_rings(rig, grow)
    out_c, out_a, out_h = [], [], []
    for level in (waist, (waist + 0.13) / 2):
        k = spot(level)
        low = int(k)
        p = k - low
        for out, q in ((out_c, trunk.centre), (out_a, trunk.across), (out_h, trunk.ahead)):
            out.append(q[low] * (1 - p) + q[low + 1] * p)
    hip_wide = size.hip + grow + 0.02
    gap = (joints["left_knee"] - joints["right_knee"]) / 2
    step = (joints["left_foot"] - joints["right_foot"]) / 2
    side = rig.pelvis[:, 0]
    front = rig.pelvis[:, 2]
    sideways, forward = abs(float(gap @ side)), abs(float(gap @ front))
    stride = abs(float(step @ side)), abs(float(step @ front))
    axis = (knees - hips) / (np.linalg.norm(knees - hips) + 1e-6)
    front = front - axis * float(front @ axis)
    if np.linalg.norm(front) < 0.3:  # the thighs point forward
        front = -rig.pelvis[:, 1]
        front = front - axis * float(front @ axis)
    front = front / (np.linalg.norm(front) + 1e-6)
    # cloth flares where it hangs, and lies on thighs that are level
    flare = 1 + (flare - 1) * max(0.0, float(axis @ hang)) ** 2
    for share in (0.3, 0.65, 1.0):
        t = length * share
        if t <= 0.5:
            spot_at = hips + (knees - hips) * (t / 0.5)
            need = size.hip * (1 - t / 0.5) + (sideways + size.leg[1] * 1.25) * (t / 0.5)
            depth = size.hip * 0.8 * (1 - t / 0.5) + (forward + size.leg[1] * 1.2) * (t / 0.5)
        else:
            u = (t - 0.5) / 0.5
            spot_at = knees + (fall - knees) * u
            foot = min(u, 1.0)
            need = sideways * (1 - foot) + stride[0] * foot + size.leg[1] * 1.25
            depth = forward * (1 - foot) + stride[1] * foot * 0.9 + size.leg[1] * 1.2
        wide = max(
            hip_wide * (1 + (flare - 1) * (0.35 + 0.65 * share) * min(1.0, 0.45 + t)), need + grow
        )
        deep = max(
            hip_wide * 0.78 * (1 + (flare - 1) * (0.35 + 0.65 * share) * min(1.0, 0.45 + t)),
            depth + grow,
        )
        sway = np.array([rig.pose.sway * 0.18 * t * share, 0, 0])
        out_c.append(spot_at + sway)
        out_a.append(side * wide)
        if t > 0.5:  # below the knees its front is the body's again
            turned = front * (1 - u) + rig.pelvis[:, 2] * u
            out_h.append(turned / (np.linalg.norm(turned) + 1e-6) * deep)
        else:
            out_h.append(front * deep)
    return Rings(np.array(out_c[::-1]), np.array(out_a[::-1]), np.array(out_h[::-1]))


def joined(lower: Rings, upper: Rings, start: int) -> Rings:
    """A skirt and the trunk above it, from the trunk's ring `start` up."""
    return Rings(
        np.concatenate([lower.centre, upper.centre[start:]]),
        np.concatenate([lower.across, upper.across[start:]]),
        np.concatenate([lower.ahead, upper.ahead[start:]]),
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
    points = rings.points(around, where, extra)
    return curves.loop(points, steps)


def stripe(rings: Rings, around, spots, steps: int = 3) -> np.ndarray | None:
    """A curve [K,2] on the surface through azimuths and spots; None if it is on the far side."""
    around, spots = np.asarray(around, float), np.asarray(spots, float)
    if float(np.sin(rings.seen(spots) - around).min()) < 0.05:
        return None
    return curves.line(rings.points(around, spots), steps)
