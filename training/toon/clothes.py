"""What cartoon figures wear and carry."""

from __future__ import annotations

import numpy as np

from .looks import Head
from .pen import Pen, darker, ellipse, lighter, limb, polygon, smooth


def draw_skirt(
    pen: Pen, pelvis, waist, top, length, flare, color, pattern, second, open_front: bool
) -> None:
    rng = pen.rng
    x, bottom = pelvis[0], pelvis[1] + length
    waves = int(rng.integers(4, 10))
    hem = [
        (
            x + u * flare * rng.uniform(0.92, 1.05),
            bottom + (0.04 if i % 2 else -0.06) * (1 + length * 0.4) - 0.12 * abs(u),
        )
        for i, u in enumerate(np.linspace(1, -1, 2 * waves + 1))
    ]
    path = smooth(
        [
            (x - waist, top),
            (x, top + 0.03),
            (x + waist, top),
            (x + (waist + flare) / 2, (top + bottom) / 2),
            *hem,
            (x - (waist + flare) / 2, (top + bottom) / 2),
        ]
    )
    pen.part(path, color, pattern=pattern, second=second)
    with pen.inside(path):
        for u, v in hem[1::2]:
            pen.stroke(
                smooth([(u, v), (x + (u - x) * 0.45, top + 0.2)], False),
                max(pen.line * 0.6, 0.012),
                darker(color, 0.35),
            )
        if open_front:
            pen.stroke(
                smooth([(x, top), (x + 0.05, bottom)], False),
                max(pen.line, 0.02),
                darker(color, 0.6),
            )
        if rng.random() < 0.25:
            pen.stroke(smooth([(u, v - 0.12) for u, v in hem], False), 0.06, lighter(color, 0.6))


def draw_front_of(pen: Pen, body, shoulder: float, torso: float, second, outfit: str, skin) -> None:
    """Collars, buttons, ties and ruffles."""
    rng = pen.rng
    with pen.inside(body):
        kind = rng.integers(5)
        if kind == 0:  # sailor collar and scarf
            pen.part(
                polygon([(-shoulder * 0.8, 0.05), (shoulder * 0.8, 0.05), (0, torso * 0.45)]),
                second,
            )
            pen.part(polygon([(-0.2, 0.05), (0.2, 0.05), (0, torso * 0.3)]), skin)
        elif kind == 1:  # buttons
            for y in np.linspace(0.3, torso, 4):
                pen.part(ellipse(0.02, y, 0.04, 0.04), second)
            pen.stroke(
                smooth([(0, 0.1), (0.02, torso + 0.3)], False),
                max(pen.line, 0.015),
                darker(second, 0.4),
            )
        elif kind == 2:  # neckline
            pen.part(
                ellipse(0, 0.08, shoulder * rng.uniform(0.3, 0.6), rng.uniform(0.12, 0.3)), skin
            )
        elif kind == 3:  # jacket over a shirt
            pen.part(
                polygon([(-0.22, 0.0), (0.22, 0.0), (0.06, torso + 0.4), (-0.06, torso + 0.4)]),
                lighter(second, 0.7),
            )
            pen.part(
                polygon(
                    [
                        (-0.05, 0.1),
                        (0.05, 0.1),
                        (0.07, torso * 0.6),
                        (0, torso * 0.75),
                        (-0.07, torso * 0.6),
                    ]
                ),
                second,
            )
    if outfit in ("dress", "skirt") and rng.random() < 0.4:
        for side in (-1, 1):
            pen.part(polygon([(0, 0.28), (side * 0.28, 0.16), (side * 0.26, 0.42)]), second)


def draw_held(pen: Pen, hand, color) -> None:
    """A staff, sword or book; part of the figure, as cut-out drawings have it."""
    rng = pen.rng
    angle, length = rng.uniform(-2.4, -0.7), rng.uniform(0.8, 2.0)
    direction = np.array([np.cos(angle), np.sin(angle)])
    if rng.random() < 0.3:
        pen.part(
            polygon([hand + p for p in ([-0.35, -0.3], [0.35, -0.3], [0.35, 0.2], [-0.35, 0.2])]),
            color,
        )
    else:
        pen.part(limb([hand - direction * 0.3, hand + direction * length], [0.06, 0.03]), color)


def draw_wings_or_cape(pen: Pen, head: Head, torso: float, shoulder: float, color) -> None:
    rng = pen.rng
    if rng.random() < 0.5:
        low, wide = torso * rng.uniform(1.2, 2.2), shoulder * rng.uniform(1.5, 3)
        pen.part(
            smooth(
                [
                    (-shoulder, 0.15),
                    (shoulder, 0.15),
                    (wide, low),
                    (wide * 0.4, low - 0.15),
                    (-wide * 0.3, low + 0.1),
                    (-wide, low),
                ]
            ),
            color,
        )
        return
    span = rng.uniform(1.2, 2.4)
    for side in (-1, 1):
        tips = [
            (side * span * (0.5 + 0.12 * k), 0.9 - 0.45 * k + (0.15 if k % 2 else 0))
            for k in range(5)
        ]
        pen.part(smooth([(0, 0.6), *tips, (0, 0.2)]), lighter(color, 0.5))
