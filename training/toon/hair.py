"""Hair of cartoon figures: what hangs behind the face, and bangs before it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import skia

from .looks import Head
from .pen import Color, Pen, darker, ellipse, lighter, limb, polygon, smooth


def draw_back_hair(pen: Pen, head: Head) -> None:
    """What lies behind the face: back hair, tails, hood."""
    rng, w = pen.rng, head.width
    if head.extra == "hood":
        pen.part(
            smooth(
                [
                    (-0.62 * w, 0.5),
                    (-0.72 * w, -0.1),
                    (-0.4 * w, -0.62),
                    (0.4 * w, -0.62),
                    (0.72 * w, -0.1),
                    (0.62 * w, 0.5),
                ]
            ),
            head.accent,
        )
    if head.style == "bald":
        return
    length = {
        "short": 0.32,
        "bob": 0.55,
        "long": rng.uniform(0.9, 3.0),
        "twin tails": 0.35,
        "ponytail": 0.35,
        "spiky": 0.35,
        "curly": 0.6,
        "braids": 0.4,
        "buns": 0.3,
    }[head.style]
    if head.style in ("twin tails", "braids", "ponytail", "buns"):
        sides = (-1, 1) if head.style != "ponytail" else (float(rng.choice([-1, 1])),)
        reach, thick = rng.uniform(0.7, 2.2), rng.uniform(0.1, 0.28)
        for side in sides:
            x, y = side * 0.5 * w, rng.uniform(-0.4, 0.1) if head.style != "buns" else -0.42
            if head.style == "buns":
                pen.part(ellipse(x, y, 0.24, 0.24), head.hair)
                continue
            swing = rng.normal(0, 0.25)
            tail = np.array(
                [
                    [x, y],
                    [x + side * 0.3, y + 0.25 * reach],
                    [x + side * (0.35 + swing), y + 0.6 * reach],
                    [x + side * (0.2 + swing), y + reach],
                ]
            )
            if head.style == "braids":
                for t in np.linspace(0, 1, 9):
                    at = [np.interp(t * 3, range(4), tail[:, k]) for k in range(2)]
                    pen.part(ellipse(*at, thick * 0.7, reach / 9 + 0.03), head.hair)
            else:
                pen.part(limb(tail, [0.08, thick, thick * 0.9, 0.02]), head.hair)
                _strands(pen, tail, thick, head.hair)
            pen.part(ellipse(x, y, 0.09, 0.09), head.accent)
    bottom = []
    count = int(rng.integers(4, 9))
    for i, x in enumerate(np.linspace(-0.52, 0.52, count)):
        bottom.append(
            (
                x * w * (1 + 0.15 * length),
                length - (0.0 if i % 2 else 0.12 * min(length + 0.4, 1.2)) + rng.normal(0, 0.03),
            )
        )
    if head.style == "curly":
        for angle in np.linspace(-0.35, np.pi + 0.35, 13):
            r = rng.uniform(0.2, 0.3)
            pen.part(
                ellipse(-np.cos(angle) * 0.58 * w, 0.1 - np.sin(angle) * 0.5 + 0.2, r, r), head.hair
            )
        return
    if head.style == "spiky":
        points = []
        for i, angle in enumerate(np.linspace(-0.3, np.pi + 0.3, 15)):
            r = rng.uniform(0.75, 0.95) if i % 2 else 0.58
            points.append((-np.cos(angle) * r * w, -0.05 - np.sin(angle) * r))
        pen.part(polygon([*points, (0.3, 0.4), (-0.3, 0.4)]), head.hair)
        return
    top = [
        (0.62 * w, 0.05),
        (0.55 * w, -0.4),
        (0.25 * w, -0.62),
        (-0.25 * w, -0.62),
        (-0.55 * w, -0.4),
        (-0.62 * w, 0.05),
    ]
    pen.part(smooth([*bottom, *top]), head.hair)


def draw_bangs(pen: Pen, head: Head) -> None:
    """Locks over the forehead, pointed or blunt, with side locks and a band of light."""
    rng, w = pen.rng, head.width
    count, low = int(rng.integers(3, 9)), rng.uniform(-0.12, 0.12)
    part = rng.uniform(-0.3, 0.3)
    lower = []
    for i, x in enumerate(np.linspace(0.53, -0.53, 2 * count + 1)):
        deep = (
            low
            + (0.08 if i % 2 else -0.16)
            + 0.25 * abs(x) ** 2
            - (0.2 if abs(x - part) < 0.1 else 0)
        )
        lower.append((x * w + (rng.normal(0, 0.03) if i % 2 else 0), deep + rng.normal(0, 0.02)))
    side = rng.uniform(0.1, 0.55)
    lower[0], lower[-1] = (0.56 * w, side), (-0.56 * w, side)
    top = [
        (-0.6 * w, -0.15),
        (-0.42 * w, -0.53),
        (0, -0.68 - rng.uniform(0, 0.08)),
        (0.42 * w, -0.53),
        (0.6 * w, -0.15),
    ]
    path = polygon([*lower, *top]) if rng.random() < 0.25 else _mixed(lower, top)
    pen.part(path, head.hair)
    with pen.inside(path):
        for x, y in lower[1:-1:2]:
            pen.stroke(
                smooth([(x, y), (x * 0.9, y - 0.2), (part * w, -0.62)], False),
                max(pen.line * 0.5, 0.008),
                darker(head.hair, 0.35),
            )
        if rng.random() < 0.5:
            pen.stroke(
                smooth([(-0.4 * w, -0.25), (0, -0.38), (0.4 * w, -0.25)], False),
                rng.uniform(0.03, 0.07),
                lighter(head.hair, 0.5),
            )


def _mixed(lower, top) -> skia.Path:
    """Sharp below, smooth above."""
    path = skia.Path()
    path.moveTo(*map(float, lower[0]))
    for (x0, y0), (x1, y1) in pairwise(lower):
        path.quadTo(float((x0 + x1) / 2 + 0.03), float(min(y0, y1)), float(x1), float(y1))
    p = np.array([lower[-1], *top, lower[0]])
    for i in range(1, len(p) - 1):
        c = p[i] if i == len(p) - 2 else None
        end = p[-1] if c is not None else (p[i] + p[i + 1]) / 2
        path.quadTo(*p[i].tolist(), *end.tolist())
    path.close()
    return path


def _strands(pen: Pen, tail, thick: float, color: Color) -> None:
    for offset in pen.rng.uniform(-0.5, 0.5, 2):
        pen.stroke(
            smooth(tail + np.array([offset * thick, 0]), False),
            max(pen.line * 0.5, 0.008),
            darker(color, 0.35),
        )
