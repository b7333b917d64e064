"""Hair that stands out: spikes, curls, and hairs that will not lie down."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .head import HeadView
from .skeleton import Rig
from .sketch import Sketch


def add_spikes(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    """Ends that stand out behind the head, large at the crown and small at the neck."""
    hair = rig.looks.hair
    n = 9
    for k in range(n):
        angle = math.radians(-142 + 284 * k / (n - 1) + 16 * (rig.chance(30 + k) - 0.5))
        x, y = math.sin(angle), -math.cos(angle)
        if _before_face(view, x, y):
            continue
        size = (
            (0.08 + 0.18 * hair.spiky) * (0.35 + 0.95 * rig.chance(40 + k)) * (1 - 0.3 * max(y, 0))
        )
        base = np.array([x * 0.38, -0.06 + y * 0.42])
        tip = np.array([x * (0.5 + size), -0.05 + y * (0.52 + size) + 0.05 * size])
        tip += np.array([-y, x]) * (0.06 + 0.5 * size) * (1 if x > 0 else -1)  # all bend down
        across = np.array([-y, x]) * 0.2
        middle = (base + tip) / 2
        control = [
            base + across,
            middle + across * 0.75,
            tip,
            middle - across * 0.65,
            base - across,
        ]
        outline = view.place(curves.loop(np.array(control), 5))
        sketch.add(layer, f"hair.spike.{k}", outline, "hair", "hair", "head")


def add_curls(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    hair = rig.looks.hair
    n = 11
    for k in range(n):
        angle = math.radians(-140 + 280 * k / (n - 1))
        r = 0.13 + 0.06 * rig.chance(k + 11)
        x, y = math.sin(angle) * (0.44 + 0.04 * hair.volume), -0.06 - math.cos(angle) * 0.46
        if _before_face(view, x / 0.48, y / 0.5):
            continue
        sketch.add(
            layer, f"hair.curl.{k}", view.place(curves.disc(x, y, r)), "hair", "hair", "head"
        )


def _before_face(view: HeadView, x: float, y: float) -> bool:
    """Whether a spot on the edge of the head, -1..1, is where a face seen from the side looks."""
    return abs(view.sin) > 0.5 and x * view.sin > 0.3 and y > -0.9


def add_ahoge(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    """Hairs that will not lie down."""
    hair = rig.looks.hair
    for k in range(hair.ahoge):
        s = 1.0 if (k + int(rig.chance(5) > 0.5)) % 2 else -1.0
        size = 0.8 + 0.5 * rig.chance(6 + k)
        points = np.array(
            [
                (0.0, -0.54),
                (s * 0.05, -0.68),
                (s * 0.17, -0.78),
                (s * 0.3, -0.72),
                (s * 0.32, -0.64),
            ]
        )
        points[:, 0] = points[:, 0] * size + rig.pose.sway * 0.1 * np.arange(5) / 4
        points[:, 1] = -0.54 + (points[:, 1] + 0.54) * size - 0.0
        outline = curves.tube(points, [0.035, 0.034, 0.03, 0.018, 0.002], 5)
        sketch.add(
            layer + 0.01 * k,
            f"hair.ahoge.{k}",
            view.place(outline),
            "hair",
            "hair",
            "head",
            seams=((len(outline) - 4, 0),),
        )
