"""Tails, spikes along a back."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

import numpy as np

from .anatomy import Tube, bumpy, loop, tube
from .assembly import Assembly
from .pose import Pose


def add_tail(art: Assembly, looks, pose: Pose, torso: Tube) -> None:
    """The tail, behind the trunk; it sways with the pose."""
    kind, n = looks.tail, looks.tail_length
    base = torso.at([0.0], [-0.45])[0] + (-0.35 * looks.depth * 0.6, 0)
    art.joint("tail", base)
    sway = 0.35 * pose.wave(1 if pose.action != "run" else 2)
    t = max(0.09, 0.5 * looks.thick)
    low = pose.action in ("sit", "lie")
    if low:  # it lies on the ground and lifts its end
        sway = 0.2 + 0.5 * sway
        base = np.minimum(base, (9.0, -0.12))

    def along(angles, widths, color="main", steps=5, category="skin"):
        """A tail that turns by `angles` (0 = backwards, positive up) piece by piece."""
        step = n / len(angles)
        a = np.array(angles) + sway * np.linspace(0.3, 1.2, len(angles))
        moves = step * np.stack([-np.cos(a), -np.sin(a)], 1)
        points = base + (0.3 * looks.depth, 0.05) + np.concatenate([[(0, 0)], np.cumsum(moves, 0)])
        if low:
            points[:, 1] = np.minimum(points[:, 1], -np.asarray(widths))
        shape = tube(points, widths, steps)
        outline = shape.outline.copy()
        outline[:, 1] = np.minimum(outline[:, 1], 0.0)
        art.add("tail", outline, color, category)
        return shape, points

    if kind == "stub":
        n = 0.22
        along([0.4], [0.16, 0.12])
    elif kind == "puff":
        x, y = base + (0.02, 0.1)
        y = min(float(y), -0.26)
        art.add("tail", bumpy(float(x), y, 0.24, 0.24, 8, 0.18), "light")
    elif kind == "curl":
        c = np.linspace(0.4, 0.4 + 3.4 * np.pi, 14)
        r = np.linspace(0.2, 0.09, 14) * 0.9
        points = base + np.stack(
            [-0.22 + r * np.cos(c) + 0.008 * c, -0.1 + r * np.sin(c) * 0.9 - 0.02 * c], 1
        )
        points = np.concatenate([[base + (0.2, 0.1)], points])
        art.add("tail", tube(points, 0.045, 3).outline)
    elif kind in ("bushy", "plume", "ringed"):
        up = 1.2 if kind == "plume" else 0.1
        angles = [up - 0.5, up + 0.1, up + 0.3, up + (0.7 if kind != "plume" else -0.9)]
        fat = 0.3 if kind == "plume" else 0.24
        if kind == "ringed":
            fat = 0.2
        if low and kind != "plume":
            angles = [-0.1, 0.0, 0.2, 0.5]
        shape, _ = along(angles, [0.6 * t, 0.8 * fat, fat * 1.05, fat, 0.06])
        if kind == "ringed":
            for k, u in enumerate((0.3, 0.48, 0.66, 0.84)):
                art.mark(f"tail.ring.{k}", shape.band(u, 0.05), "pattern", "tail")
        elif kind == "bushy":
            u = np.linspace(0.72, 1.02, 5)
            jag = np.array([-1.2, -0.6, 0.0, 0.6, 1.2])
            edge = shape.at(0.7 + 0.06 * np.array([0, 1, 0, 1, 0]), jag)
            tip = np.concatenate([edge, shape.at(u, 1.4), shape.at(u[::-1], -1.4)])
            art.mark("tail.tip", tip, "light", "tail")
        for k in range(4):
            u0 = 0.35 + 0.12 * k
            art.stroke("tail", shape.at([u0, u0 + 0.06, u0 + 0.13], [0.2, 0.15, 0.35]), 0.6)
    elif kind == "hair":
        angles = [0.0, -0.9, -1.35, -1.35]
        shape, _ = along(angles, [0.09, 0.17, 0.22, 0.17, 0.03], "hair", category="hair")
        for v in (-0.45, 0.05, 0.5):
            art.stroke("tail", shape.at(np.linspace(0.25, 0.92, 7), v), 0.6)
    elif kind in ("tuft", "thin tuft"):
        angles = [0.2, -0.7, -1.1, -0.7] if not low else [-0.2, 0.0, 0.3, 0.7]
        shape, points = along(angles, [0.075, 0.06, 0.05, 0.045, 0.04])
        end, way = points[-1], points[-1] - points[-2]
        angle = float(np.arctan2(way[1], way[0]))
        with art.frame(float(end[0]), float(end[1]), angle):
            tuft = loop(
                [(-0.06, 0), (0.06, -0.11), (0.2, -0.1), (0.36, 0.0), (0.2, 0.1), (0.06, 0.11)]
            )
            art.add("tail.tuft", tuft, "hair", "hair")
            art.stroke("tail.tuft", [(0.05, 0.02), (0.16, 0.03), (0.3, 0.0)], 0.6)
    elif kind == "thin":
        along(
            [-0.5, 0.0, 0.6, 0.9, 0.2] if not low else [-0.3, 0.0, 0.3, 0.6, 0.2],
            [0.06, 0.05, 0.045, 0.04, 0.03, 0.02],
            "inner",
        )
    elif kind == "up":
        shape, _ = along([0.5, 0.9, 1.2], [1.0 * t, 0.95 * t, 0.8 * t, 0.4 * t])
    elif kind in ("spade", "saurian"):
        d = looks.depth
        start = 0.75 * d if kind == "saurian" else 0.5 * d
        angles = [-0.55, -0.35, 0.1, 0.45, 0.6] if not low else [-0.2, 0.0, 0.1, 0.3, 0.5]
        widths = [start, 0.66 * start, 0.42 * start, 0.26 * start, 0.14 * start, 0.05]
        shape, points = along(angles, widths, steps=6)
        if kind == "spade":
            end, way = points[-1], points[-1] - points[-2]
            with art.frame(float(end[0]), float(end[1]), float(np.arctan2(way[1], way[0]))):
                spade = [(-0.1, 0), (-0.02, -0.22), (0.42, 0.0), (-0.02, 0.22)]
                art.add("tail.spade", loop(spade, 3), "hair")
        if looks.spikes:
            add_spikes(art, "tail.spikes", shape, 0.12, 0.85, 5, 0.13, 1)
    else:
        angles = [0.1, 0.5, 1.0, 1.2, 0.7] if not low else [-0.2, -0.1, 0.0, 0.3, 0.7]
        shape, _ = along(angles, [1.05 * t, t, 0.95 * t, 0.9 * t, 0.85 * t, 0.7 * t])
        if looks.pattern in ("stripes", "tabby"):
            for k, u in enumerate((0.35, 0.5, 0.65, 0.8)):
                art.mark(f"tail.ring.{k}", shape.band(u, 0.03), "pattern", "tail")
        elif looks.pattern == "spots":
            for k, u in enumerate((0.3, 0.5, 0.7)):
                art.mark(f"tail.spot.{k}", shape.spot(u, -0.3, 0.04, 0.4), "pattern", "tail")


def add_spikes(
    art: Assembly,
    name: str,
    along: Tube,
    start: float,
    end: float,
    count: int,
    size: float,
    side: float = -1,
) -> None:
    """A row of spikes along a tube, one part: `side` -1 on its upper side where it goes to the
    right, 1 where it goes to the left."""
    u = np.linspace(start, end, 2 * count + 1)
    points = along.at(u, 0.85 * side)
    way = along.at(u, side) - along.at(u, 0.0)
    way /= np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)[:, None]
    sizes = size * (0.6 + 0.6 * np.sin(np.pi * np.linspace(0, 1, 2 * count + 1)))
    points[1::2] = (along.at(u, side) + way * sizes[:, None])[1::2]
    under = along.at(u[::-1], 0.5 * side)
    art.add(name, np.concatenate([points, under]), "hair", "skin")
