"""Shapes about the crown of a head, that hats are made of."""

from __future__ import annotations

import numpy as np

from . import curves
from .hair import shell_radius
from .head import HeadView
from .skeleton import Rig
from .sketch import Sketch, stroke


class Crown:
    """A hat's own shape: ellipses about the head at heights, of radii, as seen."""

    def __init__(self, rig: Rig, view: HeadView):
        self.rig, self.view = rig, view
        self.volume = rig.looks.hair.volume if not rig.looks.hair.bald else 0.4
        self.tilt = view.tilt * 0.9 + 0.1

    def edge(self, y: float, radius: float, start: float, stop: float, count: int) -> np.ndarray:
        """Part of a level ring: angles from our right (0) over the near side (90) to our left."""
        t = np.radians(np.linspace(start, stop, count))
        return np.stack([np.cos(t) * radius, y + np.sin(t) * radius * self.tilt], 1)

    def band(self, low: float, high: float, rl: float, rh: float, count: int = 7) -> np.ndarray:
        """The near side of a band between two rings."""
        lower, upper = self.edge(low, rl, 0, 180, count), self.edge(high, rh, 180, 0, count)
        return np.concatenate([lower, upper])

    def dome(self, low: float, top: float, radius: float, *, square: float = 0.0) -> np.ndarray:
        """From a ring up to a round top."""
        lower = self.edge(low, radius, 0, 180, 7)
        t = np.radians(np.linspace(168, 12, 9))
        power = 1 - 0.5 * square
        x = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** power * radius * 1.01
        y = low - (low - top) * np.abs(np.sin(t)) ** power
        return np.concatenate([lower, np.stack([x, y], 1)])

    def radius(self, y: float) -> float:
        return float(shell_radius(y, self.volume)) + 0.025


def put_on(
    sketch: Sketch,
    view: HeadView,
    layer: float,
    name: str,
    points,
    color: str = "hat",
    steps: int = 3,
    **options,
) -> str:
    outline = curves.loop(points, steps) if steps > 1 else np.asarray(points, np.float32)
    if "strokes" in options:
        options["strokes"] = [stroke(view.place(curves.line(p)), w) for p, w in options["strokes"]]
    return sketch.add(layer, name, view.place(outline), "hat", color, "head", **options)


def spot_on(view: HeadView, y: float, radius: float, around: float = 0.0):
    """A spot on the hat straight above the face, and how much it faces us."""
    at, depth = view.shell(around, np.array(y), np.array(radius))
    return at, float(depth) / max(radius, 1e-6)
