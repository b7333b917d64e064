"""Heads of cartoon figures: face, features, and what sits on the head. Head height is 1."""

from __future__ import annotations

import numpy as np
import skia

from .hair import draw_bangs
from .looks import Head
from .pen import Pen, darker, ellipse, polygon, rgb, smooth


def draw_front(pen: Pen, head: Head) -> None:
    """Face, features, bangs, and what sits on the head."""
    rng, w = pen.rng, head.width
    for side in (-1, 1):
        pen.part(ellipse(side * 0.47 * w - 0.06 * head.yaw, 0.1, 0.08, 0.12), head.skin)
    jaw, chin = rng.uniform(0.3, 0.42), 0.5 + rng.uniform(-0.03, 0.06)
    shift = 0.06 * head.yaw
    face = smooth(
        [
            (0, -0.52),
            (0.4 * w, -0.36),
            (0.5 * w, 0.05),
            (jaw * w + shift, 0.32),
            (0.08 + shift, chin),
            (-0.08 + shift, chin),
            (-jaw * w + shift, 0.32),
            (-0.5 * w, 0.05),
            (-0.4 * w, -0.36),
        ]
    )
    pen.part(face, head.skin)
    with pen.inside(face):
        _features(pen, head)
    if head.style != "bald":
        draw_bangs(pen, head)
    elif rng.random() < 0.5:
        pen.stroke(
            smooth([(-0.2, -0.4), (0, -0.46), (0.2, -0.4)], False), 0.02, darker(head.skin, 0.3)
        )
    _extra(pen, head)


def _features(pen: Pen, head: Head) -> None:
    rng, w, e = pen.rng, head.width, head.eye_size
    x0, y0 = 0.17 * head.yaw * w, 0.12 + 0.1 * head.pitch
    ink = pen.ink or (0.2, 0.12, 0.12)
    mood = rng.random()
    for side in (-1, 1):
        x, narrow = x0 + side * 0.22 * w, 1 - 0.25 * max(0.0, side * head.yaw)
        rx, ry = 0.115 * e * narrow, 0.15 * e
        lid = smooth(
            [(x - rx * 1.15, y0 - ry * 0.35), (x, y0 - ry * 1.05), (x + rx * 1.15, y0 - ry * 0.35)],
            False,
        )
        if mood < 0.15:  # closed in a smile
            pen.stroke(smooth([(x - rx, y0), (x, y0 - ry * 0.5), (x + rx, y0)], False), 0.035, ink)
        elif e < 0.5:  # dots
            pen.part(ellipse(x, y0, 0.05, 0.07), ink, outline=False, shade=False)
        else:
            white = ellipse(x, y0, rx, ry)
            pen.part(white, (1, 1, 1), outline=False, shade=False)
            with pen.inside(white):
                gaze = x + 0.02 * head.yaw
                pen.part(
                    ellipse(gaze, y0 + 0.02, rx * 0.8, ry * 0.9),
                    head.eyes,
                    outline=False,
                    shade=False,
                )
                pen.part(
                    ellipse(gaze, y0 - ry * 0.25, rx * 0.8, ry * 0.45),
                    darker(head.eyes, 0.5),
                    outline=False,
                    shade=False,
                )
                pen.part(
                    ellipse(gaze, y0 + 0.01, rx * 0.36, ry * 0.5),
                    (0.08, 0.06, 0.1),
                    outline=False,
                    shade=False,
                )
                pen.part(
                    ellipse(gaze - rx * 0.3, y0 - ry * 0.4, rx * 0.26, ry * 0.22),
                    (1, 1, 1),
                    outline=False,
                    shade=False,
                )
            pen.stroke(lid, rng.uniform(0.03, 0.05), ink)
        brow = y0 - ry - rng.uniform(0.06, 0.12)
        tilt = (mood - 0.5) * 0.16
        pen.stroke(
            smooth(
                [(x - 0.1, brow + side * tilt), (x, brow - 0.03), (x + 0.1, brow - side * tilt)],
                False,
            ),
            0.02,
            darker(head.hair, 0.4),
        )
        if rng.random() < 0.35:
            blush = skia.Paint(AntiAlias=True, Color4f=rgb((1, 0.45, 0.45), 0.35))
            pen.canvas.drawPath(ellipse(x + side * 0.04, y0 + ry + 0.06, 0.09, 0.04), blush)
    nose = (x0 * 1.25, y0 + 0.16)
    pen.stroke(
        smooth([nose, (nose[0] + 0.02, nose[1] + 0.03)], False), 0.015, darker(head.skin, 0.45)
    )
    mouth, half = y0 + 0.26, rng.uniform(0.04, 0.13)
    if rng.random() < 0.35:
        pen.part(
            smooth(
                [
                    (x0 - half, mouth),
                    (x0, mouth + 0.01),
                    (x0 + half, mouth),
                    (x0, mouth + half * 1.2),
                ]
            ),
            (0.65, 0.2, 0.22),
            shade=False,
        )
    else:
        bend = rng.uniform(-0.03, 0.05)
        pen.stroke(
            smooth([(x0 - half, mouth), (x0, mouth + bend), (x0 + half, mouth)], False),
            0.018,
            darker(head.skin, 0.65),
        )
    if rng.random() < 0.06:
        pen.part(
            smooth(
                [
                    (x0 - 0.25, mouth),
                    (x0, mouth - 0.06),
                    (x0 + 0.25, mouth),
                    (x0 + 0.15, 0.55),
                    (x0 - 0.15, 0.55),
                ]
            ),
            head.hair,
        )


def _extra(pen: Pen, head: Head) -> None:
    rng, w, kind = pen.rng, head.width, head.extra
    if kind == "ribbon":
        x, y, s = float(rng.choice([-1, 1])) * 0.35 * w, -0.55, rng.uniform(0.18, 0.4)
        for side in (-1, 1):
            pen.part(
                polygon([(x, y), (x + side * s, y - s * 0.7), (x + side * s * 0.9, y + s * 0.6)]),
                head.accent,
            )
        pen.part(ellipse(x, y, s * 0.25, s * 0.25), head.accent)
    elif kind in ("cat ears", "horns"):
        color = head.hair if kind == "cat ears" else (0.85, 0.8, 0.7)
        for side in (-1, 1):
            height = rng.uniform(0.3, 0.45)
            pen.part(
                polygon(
                    [
                        (side * 0.5 * w, -0.35),
                        (side * 0.52 * w, -0.55 - height),
                        (side * 0.15 * w, -0.6),
                    ]
                ),
                color,
            )
            if kind == "cat ears":
                pen.part(
                    polygon(
                        [
                            (side * 0.46 * w, -0.45),
                            (side * 0.48 * w, -0.48 - height * 0.7),
                            (side * 0.25 * w, -0.6),
                        ]
                    ),
                    (1, 0.7, 0.72),
                    outline=False,
                )
    elif kind == "hat":
        brim = rng.uniform(0.75, 1.2)
        pen.part(
            smooth(
                [
                    (-0.45 * w, -0.4),
                    (-0.4 * w, -0.95),
                    (0, -1.05),
                    (0.4 * w, -0.95),
                    (0.45 * w, -0.4),
                ]
            ),
            head.accent,
        )
        pen.part(ellipse(0, -0.42, brim * 0.75, 0.13), head.accent)
    elif kind == "witch hat":
        tip = rng.uniform(-0.4, 0.4)
        pen.part(
            smooth(
                [(-0.5 * w, -0.4), (-0.2 * w, -1.0), (tip, -1.7), (0.25 * w, -1.0), (0.5 * w, -0.4)]
            ),
            head.accent,
        )
        pen.part(ellipse(0, -0.4, 0.95, 0.14), head.accent)
    elif kind == "cap":
        side = float(rng.choice([-1, 1]))
        pen.part(
            smooth(
                [
                    (-0.57 * w, -0.25),
                    (-0.45 * w, -0.7),
                    (0, -0.82),
                    (0.45 * w, -0.7),
                    (0.57 * w, -0.25),
                    (0, -0.33),
                ]
            ),
            head.accent,
        )
        pen.part(
            smooth(
                [
                    (side * 0.1, -0.33),
                    (side * 0.6 * w, -0.32),
                    (side * 0.95 * w, -0.16),
                    (side * 0.4 * w, -0.2),
                ]
            ),
            darker(head.accent, 0.2),
        )
    elif kind == "glasses":
        y, x0 = 0.12 + 0.1 * head.pitch, 0.17 * head.yaw * w
        for side in (-1, 1):
            pen.stroke(
                ellipse(x0 + side * 0.22 * w, y, 0.17, 0.16), 0.025, darker(head.accent, 0.5)
            )
        pen.stroke(smooth([(x0 - 0.05, y), (x0 + 0.05, y)], False), 0.025, darker(head.accent, 0.5))
    elif kind == "crown":
        xs = np.linspace(-0.35, 0.35, 9) * w
        pen.part(
            polygon(
                [
                    *[(x, -0.95 if i % 2 else -0.7) for i, x in enumerate(xs)],
                    (xs[-1], -0.5),
                    (xs[0], -0.5),
                ]
            ),
            (0.95, 0.8, 0.25),
        )
    elif kind == "headband":
        pen.part(
            smooth(
                [
                    (-0.6 * w, -0.3),
                    (0, -0.5),
                    (0.6 * w, -0.3),
                    (0.58 * w, -0.18),
                    (0, -0.38),
                    (-0.58 * w, -0.18),
                ]
            ),
            head.accent,
        )
