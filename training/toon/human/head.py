"""The head: how its view moves what is on it, its outline from all sides, ears.

A head as seen has its middle at (0, 0), the top of the skull at y = -0.5 and the chin at 0.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from . import curves
from .looks import Face
from .skeleton import Rig
from .sketch import Sketch, stroke

# Outlines for yaw 0, 40, 90 and 135 (to our right): 20 points from the top over our right, the
# chin (10) and our left. Between them they are blended; to our left they are mirrored.
_FRONT_SIDE = [
    (0.205, -0.465),
    (0.345, -0.33),
    (0.41, -0.14),
    (0.42, 0.01),
    (0.405, 0.13),
    (0.365, 0.24),
]
_FRONT_SIDE += [(0.285, 0.345), (0.185, 0.43), (0.085, 0.488)]
_KEYS = {
    0.0: [(0, -0.5), *_FRONT_SIDE, (0, 0.503), *[(-x, y) for x, y in _FRONT_SIDE[::-1]]],
    40.0: [
        (0.02, -0.5), (0.2, -0.455), (0.325, -0.32), (0.372, -0.15), (0.345, 0.0), (0.366, 0.11),
        (0.348, 0.22), (0.302, 0.335), (0.25, 0.425), (0.19, 0.482), (0.13, 0.503), (0.045, 0.487),
        (-0.075, 0.425), (-0.2, 0.32), (-0.31, 0.19), (-0.4, 0.04), (-0.45, -0.13), (-0.41, -0.31),
        (-0.29, -0.435), (-0.14, -0.487),
    ],
    90.0: [
        (-0.02, -0.5), (0.17, -0.46), (0.31, -0.35), (0.378, -0.19), (0.382, -0.03), (0.37, 0.03),
        (0.445, 0.17), (0.383, 0.215), (0.392, 0.3), (0.365, 0.43), (0.305, 0.492), (0.2, 0.475),
        (0.06, 0.41), (-0.08, 0.33), (-0.25, 0.24), (-0.41, 0.1), (-0.47, -0.1), (-0.43, -0.29),
        (-0.32, -0.43), (-0.17, -0.487),
    ],
    135.0: [
        (-0.02, -0.5), (0.18, -0.465), (0.32, -0.345), (0.39, -0.17), (0.4, -0.03), (0.385, 0.06),
        (0.385, 0.14), (0.37, 0.22), (0.33, 0.31), (0.26, 0.39), (0.16, 0.43), (0.04, 0.44),
        (-0.08, 0.42), (-0.2, 0.36), (-0.31, 0.26), (-0.4, 0.12), (-0.44, -0.08), (-0.4, -0.28),
        (-0.29, -0.43), (-0.15, -0.487),
    ],
}  # fmt: skip
_BACK = [(0, -0.5), (0.205, -0.465), (0.345, -0.33), (0.415, -0.14), (0.42, 0.0), (0.4, 0.13)]
_BACK += [(0.35, 0.24), (0.28, 0.33), (0.19, 0.4), (0.09, 0.43), (0, 0.435)]
_KEYS[180.0] = [*_BACK, *[(-x, y) for x, y in _BACK[-2:0:-1]]]
_YAWS = sorted(_KEYS)
_OUTLINES = np.array([_KEYS[yaw] for yaw in _YAWS])


@dataclass(frozen=True)
class HeadView:
    """How a head is seen: yaw in degrees -180..180, its sine and cosine, the sine of its pitch."""

    yaw: float
    sin: float
    cos: float
    tilt: float
    width: float
    rig: Rig

    @property
    def front(self) -> bool:
        """Whether any of the face is seen."""
        return abs(self.yaw) < 112

    def feature(self, x: float, y: float, lift: float = 1.0) -> tuple[float, float]:
        """Where a spot of the face's front is seen; `lift` is how far it stands out."""
        reach = 0.28 * lift * abs(self.sin) ** 1.6
        return (
            x * self.width * max(self.cos, 0.0) ** 0.85 + math.copysign(reach, self.sin),
            y + 0.13 * self.tilt * lift,
        )

    def narrow(self, side: float) -> float:
        """How wide a feature on a side (-1, 0, 1) is seen, share of its width."""
        angle = min(abs(self.yaw), 95.0)
        if side * self.sin > 0:
            return max(0.0, math.cos(math.radians(min(angle * 0.95 + 4, 90))))
        return math.cos(math.radians(angle * (0.6 if side else 0.75)))

    def shell(self, around, y, radius) -> tuple[np.ndarray, np.ndarray]:
        """Points on a round shell about the head: `around` in radians (0 = the face, + = its
        left), height and radius, arrays of one shape. Returns points [...,2] and depth [...]."""
        angle = np.asarray(around) + math.radians(self.yaw)
        depth = np.cos(angle) * radius
        return np.stack([np.sin(angle) * radius, y + depth * self.tilt * 0.9], -1), depth

    def place(self, points) -> np.ndarray:
        """Points of the head as seen, [N,2], in the figure's units."""
        return self.rig.to_head(points)


def head_view(rig: Rig) -> HeadView:
    yaw = math.radians(rig.head_yaw)
    tilt = math.sin(math.radians(rig.head_pitch))
    return HeadView(rig.head_yaw, math.sin(yaw), math.cos(yaw), tilt, rig.looks.face.width, rig)


def face_outline(view: HeadView, face: Face) -> np.ndarray:
    """The outline of head and face, [K,2], not yet placed."""
    angle = abs(view.yaw)
    upper = next(k for k in range(1, len(_YAWS)) if angle <= _YAWS[k] or k == len(_YAWS) - 1)
    part = (angle - _YAWS[upper - 1]) / (_YAWS[upper] - _YAWS[upper - 1])
    points = _OUTLINES[upper - 1] * (1 - part) + _OUTLINES[upper] * part
    x, y = points[:, 0].copy(), points[:, 1].copy()
    low = ((y - 0.1) / 0.4).clip(0, 1)
    middle = x[10]
    spread = 1 + 0.16 * face.jaw * np.sin(low * np.pi * 0.85)
    x = middle * low + (x - middle * low) * spread
    y += 0.03 * face.chin * low**3
    x = x * view.width
    y = y + 0.05 * view.tilt * low
    if view.yaw < 0:
        order = (-np.arange(20)) % 20
        x, y = -x[order], y[order]
    return curves.loop(np.stack([x, y], 1), 4)


def add_ears(sketch: Sketch, view: HeadView, face: Face, layer: float) -> None:
    """Human ears, on both sides."""
    for side, s in (("left", 1.0), ("right", -1.0)):
        spot, depth = view.shell(s * 1.62, 0.13, 0.42 * view.width)
        if depth < -0.3:
            continue
        wide = 0.05 + 0.045 * max(0.0, float(depth) / 0.42)
        out = math.copysign(1, spot[0]) if abs(view.sin) < 0.5 else -math.copysign(1, view.sin)
        x, y = float(spot[0]), float(spot[1])
        tip = 0.24 if face.ears == "pointed" else 0.0
        points = [
            (x - out * wide * 0.5, y + 0.1),
            (x - out * wide * 0.7, y - 0.04),
            (x - out * wide * 0.1, y - 0.11),
            (x + out * (wide + tip * 0.9), y - 0.09 - tip * 0.35),
            (x + out * wide * 0.95, y + 0.0),
            (x + out * wide * 0.45, y + 0.085),
            (x, y + 0.12),
        ]
        inside = [
            (x + out * wide * 0.5, y - 0.06),
            (x - out * wide * 0.1, y - 0.03),
            (x + out * wide * 0.15, y + 0.05),
        ]
        sketch.add(
            layer + (2.5 if depth > 0.12 else -0.5),
            f"ear.{side}",
            view.place(curves.loop(points, 3)),
            "skin",
            "skin",
            "head",
            strokes=[stroke(view.place(curves.line(inside)), 0.5)],
        )
