"""Hands with fingers, as the end of an arm's outline."""

from __future__ import annotations

import math

import numpy as np

from .skeleton import Rig
from .sketch import stroke

# Along the arm and across it, of a hand's length; the thumb at +. 17 points each, from the thumb's
# side of the wrist to the other: thumb, four fingers with a valley between two.
_OPEN = [
    (0.1, 0.2), (0.24, 0.34), (0.5, 0.6), (0.6, 0.52), (0.46, 0.27),
    (0.86, 0.33), (0.92, 0.22), (0.6, 0.13), (1.05, 0.12), (1.06, 0.0), (0.6, 0.0),
    (0.99, -0.08), (0.95, -0.2), (0.56, -0.13), (0.8, -0.28), (0.74, -0.37), (0.12, -0.22),
]  # fmt: skip
_RELAXED = [
    (0.1, 0.19), (0.22, 0.29), (0.5, 0.4), (0.57, 0.31), (0.5, 0.22),
    (0.84, 0.21), (0.92, 0.13), (0.86, 0.08), (0.98, 0.07), (0.99, -0.03), (0.9, -0.05),
    (0.95, -0.08), (0.9, -0.17), (0.78, -0.17), (0.78, -0.22), (0.66, -0.26), (0.12, -0.21),
]  # fmt: skip
_FIST = [
    (0.08, 0.2), (0.18, 0.28), (0.38, 0.33), (0.5, 0.3), (0.52, 0.27),
    (0.58, 0.24), (0.62, 0.15), (0.6, 0.1), (0.65, 0.06), (0.65, -0.02), (0.61, -0.05),
    (0.63, -0.09), (0.6, -0.17), (0.56, -0.19), (0.54, -0.24), (0.44, -0.28), (0.1, -0.23),
]  # fmt: skip
_POINT = [
    (0.08, 0.2), (0.18, 0.28), (0.38, 0.33), (0.5, 0.3), (0.52, 0.25),
    (1.02, 0.24), (1.04, 0.13), (0.6, 0.09), (0.65, 0.06), (0.65, -0.02), (0.61, -0.05),
    (0.63, -0.09), (0.6, -0.17), (0.56, -0.19), (0.54, -0.24), (0.44, -0.28), (0.1, -0.23),
]  # fmt: skip
_PEACE = [
    (0.08, 0.2), (0.18, 0.28), (0.38, 0.33), (0.5, 0.3), (0.52, 0.25),
    (1.0, 0.42), (1.06, 0.31), (0.6, 0.1), (1.1, -0.02), (1.09, -0.13), (0.58, -0.06),
    (0.62, -0.09), (0.6, -0.17), (0.56, -0.19), (0.54, -0.24), (0.44, -0.28), (0.1, -0.23),
]  # fmt: skip
SHAPES = {
    "open": np.array(_OPEN),
    "relaxed": np.array(_RELAXED),
    "fist": np.array(_FIST),
    "point": np.array(_POINT),
    "peace": np.array(_PEACE),
}
# Lines between fingers that lie together.
_KNUCKLES = [[(0.61, -0.05), (0.36, -0.03)], [(0.56, -0.18), (0.36, -0.14)]]
_LINES = {
    "open": [],
    "relaxed": [
        [(0.86, 0.08), (0.58, 0.08)],
        [(0.9, -0.05), (0.6, -0.05)],
        [(0.78, -0.17), (0.56, -0.15)],
    ],
    "fist": [[(0.6, 0.1), (0.36, 0.1)], *_KNUCKLES, [(0.52, 0.27), (0.4, 0.12), (0.3, 0.06)]],
    "point": [*_KNUCKLES, [(0.52, 0.27), (0.42, 0.1), (0.34, 0.02)]],
    "peace": [_KNUCKLES[1], [(0.52, 0.27), (0.44, 0.06), (0.38, -0.08)]],
}


def hand_points(rig: Rig, side: str, shape: str, grow: float = 1.0):
    """Points of a hand for `curves.bent_limb`, [(x, y)] in its order, and its lines."""
    wrist, elbow = rig.joints[f"{side}_hand"], rig.joints[f"{side}_elbow"]
    bone = wrist - elbow
    seen = math.hypot(float(bone[0]), float(bone[1]))
    share = seen / (float(np.linalg.norm(bone)) + 1e-6)
    ux, uy = (bone[:2] / (seen + 1e-6)).tolist()
    thumb = _thumb_side(rig, side, ux, uy)
    length = rig.size.hand * grow
    long = length * (0.55 + 0.45 * share)  # a hand that points at us is short
    wide = max(length * 0.82, rig.size.arm[2] * 3.6)

    def put(points):
        points = np.asarray(points, float)
        along, across = points[:, :1] * long, points[:, 1:] * wide * thumb
        return np.array(wrist[:2]) + along * [ux, uy] + across * [-uy, ux]

    points = put(SHAPES[shape])
    if thumb < 0:  # the outline goes on at its first side, +
        points = points[::-1]
    return [tuple(p) for p in points.tolist()], [
        stroke(put(line), 0.4, taper=(0.2, 0.9)) for line in _LINES[shape]
    ]


def _thumb_side(rig: Rig, side: str, ux: float, uy: float) -> float:
    """+1 where the thumb is on the side that the arm's outline starts with, else -1.

    Thumbs point forward, and up where the arm is level.
    """
    forward = rig.chest[:, 2]
    inward = rig.chest[:, 0] * (-1.0 if side == "left" else 1.0)
    want = forward[:2] * 1.0 + inward[:2] * 0.55 + np.array([0, -0.35])
    return 1.0 if want[0] * -uy + want[1] * ux >= 0 else -1.0
