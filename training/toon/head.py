"""Heads of cartoon figures: face, eyes, hair behind and before it, ears and hats. Head height is 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skia

from .pen import Color, Pen, darker, ellipse, lighter, limb, polygon, rgb, smooth


@dataclass
class Head:
    """The looks of a head; `yaw` and `pitch` move the face's features, -1..1."""

    skin: Color
    hair: Color
    eyes: Color
    accent: Color
    style: str
    yaw: float
    pitch: float
    width: float
    eye_size: float
    extra: str


HAIR = ("short", "bob", "long", "twin tails", "ponytail", "spiky", "curly", "braids", "buns", "bald")
EXTRAS = ("none", "none", "none", "ribbon", "cat ears", "hat", "cap", "horns", "glasses", "crown", "hood", "headband", "witch hat")


def draw_back(pen: Pen, head: Head) -> None:
    """What lies behind the face: back hair, tails, hood."""
    rng, w = pen.rng, head.width
    if head.extra == "hood":
        pen.part(smooth([(-0.62 * w, 0.5), (-0.72 * w, -0.1), (-0.4 * w, -0.62), (0.4 * w, -0.62), (0.72 * w, -0.1), (0.62 * w, 0.5)]), head.accent)
    if head.style == "bald":
        return
    length = {"short": 0.32, "bob": 0.55, "long": rng.uniform(0.9, 3.0), "twin tails": 0.35, "ponytail": 0.35,
              "spiky": 0.35, "curly": 0.6, "braids": 0.4, "buns": 0.3}[head.style]
    if head.style in ("twin tails", "braids", "ponytail", "buns"):
        sides = (-1, 1) if head.style != "ponytail" else (float(rng.choice([-1, 1])),)
        reach, thick = rng.uniform(0.7, 2.2), rng.uniform(0.1, 0.28)
        for side in sides:
            x, y = side * 0.5 * w, rng.uniform(-0.4, 0.1) if head.style != "buns" else -0.42
            if head.style == "buns":
                pen.part(ellipse(x, y, 0.24, 0.24), head.hair)
                continue
            swing = rng.normal(0, 0.25)
            tail = np.array([[x, y], [x + side * 0.3, y + 0.25 * reach], [x + side * (0.35 + swing), y + 0.6 * reach], [x + side * (0.2 + swing), y + reach]])
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
        bottom.append((x * w * (1 + 0.15 * length), length - (0.0 if i % 2 else 0.12 * min(length + 0.4, 1.2)) + rng.normal(0, 0.03)))
    if head.style == "curly":
        for angle in np.linspace(-0.35, np.pi + 0.35, 13):
            r = rng.uniform(0.2, 0.3)
            pen.part(ellipse(-np.cos(angle) * 0.58 * w, 0.1 - np.sin(angle) * 0.5 + 0.2, r, r), head.hair)
        return
    if head.style == "spiky":
        points = []
        for i, angle in enumerate(np.linspace(-0.3, np.pi + 0.3, 15)):
            r = rng.uniform(0.75, 0.95) if i % 2 else 0.58
            points.append((-np.cos(angle) * r * w, -0.05 - np.sin(angle) * r))
        pen.part(polygon([*points, (0.3, 0.4), (-0.3, 0.4)]), head.hair)
        return
    top = [(0.62 * w, 0.05), (0.55 * w, -0.4), (0.25 * w, -0.62), (-0.25 * w, -0.62), (-0.55 * w, -0.4), (-0.62 * w, 0.05)]
    pen.part(smooth([*bottom, *top]), head.hair)


def draw_front(pen: Pen, head: Head) -> None:
    """Face, features, bangs, and what sits on the head."""
    rng, w = pen.rng, head.width
    for side in (-1, 1):
        pen.part(ellipse(side * 0.47 * w - 0.06 * head.yaw, 0.1, 0.08, 0.12), head.skin)
    jaw, chin = rng.uniform(0.3, 0.42), 0.5 + rng.uniform(-0.03, 0.06)
    shift = 0.06 * head.yaw
    face = smooth([(0, -0.52), (0.4 * w, -0.36), (0.5 * w, 0.05), (jaw * w + shift, 0.32), (0.08 + shift, chin),
                   (-0.08 + shift, chin), (-jaw * w + shift, 0.32), (-0.5 * w, 0.05), (-0.4 * w, -0.36)])
    pen.part(face, head.skin)
    with pen.inside(face):
        _features(pen, head)
    if head.style != "bald":
        _bangs(pen, head)
    elif rng.random() < 0.5:
        pen.stroke(smooth([(-0.2, -0.4), (0, -0.46), (0.2, -0.4)], False), 0.02, darker(head.skin, 0.3))
    _extra(pen, head)


def _features(pen: Pen, head: Head) -> None:
    rng, w, e = pen.rng, head.width, head.eye_size
    x0, y0 = 0.17 * head.yaw * w, 0.12 + 0.1 * head.pitch
    ink = pen.ink or (0.2, 0.12, 0.12)
    mood = rng.random()
    for side in (-1, 1):
        x, narrow = x0 + side * 0.22 * w, 1 - 0.25 * max(0.0, side * head.yaw)
        rx, ry = 0.115 * e * narrow, 0.15 * e
        lid = smooth([(x - rx * 1.15, y0 - ry * 0.35), (x, y0 - ry * 1.05), (x + rx * 1.15, y0 - ry * 0.35)], False)
        if mood < 0.15:  # closed in a smile
            pen.stroke(smooth([(x - rx, y0), (x, y0 - ry * 0.5), (x + rx, y0)], False), 0.035, ink)
        elif e < 0.5:  # dots
            pen.part(ellipse(x, y0, 0.05, 0.07), ink, outline=False, shade=False)
        else:
            white = ellipse(x, y0, rx, ry)
            pen.part(white, (1, 1, 1), outline=False, shade=False)
            with pen.inside(white):
                gaze = x + 0.02 * head.yaw
                pen.part(ellipse(gaze, y0 + 0.02, rx * 0.8, ry * 0.9), head.eyes, outline=False, shade=False)
                pen.part(ellipse(gaze, y0 - ry * 0.25, rx * 0.8, ry * 0.45), darker(head.eyes, 0.5), outline=False, shade=False)
                pen.part(ellipse(gaze, y0 + 0.01, rx * 0.36, ry * 0.5), (0.08, 0.06, 0.1), outline=False, shade=False)
                pen.part(ellipse(gaze - rx * 0.3, y0 - ry * 0.4, rx * 0.26, ry * 0.22), (1, 1, 1), outline=False, shade=False)
            pen.stroke(lid, rng.uniform(0.03, 0.05), ink)
        brow = y0 - ry - rng.uniform(0.06, 0.12)
        tilt = (mood - 0.5) * 0.16
        pen.stroke(smooth([(x - 0.1, brow + side * tilt), (x, brow - 0.03), (x + 0.1, brow - side * tilt)], False), 0.02, darker(head.hair, 0.4))
        if rng.random() < 0.35:
            blush = skia.Paint(AntiAlias=True, Color4f=rgb((1, 0.45, 0.45), 0.35))
            pen.canvas.drawPath(ellipse(x + side * 0.04, y0 + ry + 0.06, 0.09, 0.04), blush)
    nose = (x0 * 1.25, y0 + 0.16)
    pen.stroke(smooth([nose, (nose[0] + 0.02, nose[1] + 0.03)], False), 0.015, darker(head.skin, 0.45))
    mouth, half = y0 + 0.26, rng.uniform(0.04, 0.13)
    if rng.random() < 0.35:
        pen.part(smooth([(x0 - half, mouth), (x0, mouth + 0.01), (x0 + half, mouth), (x0, mouth + half * 1.2)]), (0.65, 0.2, 0.22), shade=False)
    else:
        bend = rng.uniform(-0.03, 0.05)
        pen.stroke(smooth([(x0 - half, mouth), (x0, mouth + bend), (x0 + half, mouth)], False), 0.018, darker(head.skin, 0.65))
    if rng.random() < 0.06:
        pen.part(smooth([(x0 - 0.25, mouth), (x0, mouth - 0.06), (x0 + 0.25, mouth), (x0 + 0.15, 0.55), (x0 - 0.15, 0.55)]), head.hair)


def _bangs(pen: Pen, head: Head) -> None:
    """Locks over the forehead, pointed or blunt, with side locks and a band of light."""
    rng, w = pen.rng, head.width
    count, low = int(rng.integers(3, 9)), rng.uniform(-0.12, 0.12)
    part = rng.uniform(-0.3, 0.3)
    lower = []
    for i, x in enumerate(np.linspace(0.53, -0.53, 2 * count + 1)):
        deep = low + (0.08 if i % 2 else -0.16) + 0.25 * abs(x) ** 2 - (0.2 if abs(x - part) < 0.1 else 0)
        lower.append((x * w + (rng.normal(0, 0.03) if i % 2 else 0), deep + rng.normal(0, 0.02)))
    side = rng.uniform(0.1, 0.55)
    lower[0], lower[-1] = (0.56 * w, side), (-0.56 * w, side)
    top = [(-0.6 * w, -0.15), (-0.42 * w, -0.53), (0, -0.68 - rng.uniform(0, 0.08)), (0.42 * w, -0.53), (0.6 * w, -0.15)]
    path = polygon([*lower, *top]) if rng.random() < 0.25 else _mixed(lower, top)
    pen.part(path, head.hair)
    with pen.inside(path):
        for x, y in lower[1:-1:2]:
            pen.stroke(smooth([(x, y), (x * 0.9, y - 0.2), (part * w, -0.62)], False), max(pen.line * 0.5, 0.008), darker(head.hair, 0.35))
        if rng.random() < 0.5:
            pen.stroke(smooth([(-0.4 * w, -0.25), (0, -0.38), (0.4 * w, -0.25)], False), rng.uniform(0.03, 0.07), lighter(head.hair, 0.5))


def _mixed(lower, top) -> skia.Path:
    """Sharp below, smooth above."""
    path = skia.Path()
    path.moveTo(*map(float, lower[0]))
    for (x0, y0), (x1, y1) in zip(lower, lower[1:]):
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
        pen.stroke(smooth(tail + [offset * thick, 0], False), max(pen.line * 0.5, 0.008), darker(color, 0.35))


def _extra(pen: Pen, head: Head) -> None:
    rng, w, kind = pen.rng, head.width, head.extra
    if kind == "ribbon":
        x, y, s = float(rng.choice([-1, 1])) * 0.35 * w, -0.55, rng.uniform(0.18, 0.4)
        for side in (-1, 1):
            pen.part(polygon([(x, y), (x + side * s, y - s * 0.7), (x + side * s * 0.9, y + s * 0.6)]), head.accent)
        pen.part(ellipse(x, y, s * 0.25, s * 0.25), head.accent)
    elif kind in ("cat ears", "horns"):
        color = head.hair if kind == "cat ears" else (0.85, 0.8, 0.7)
        for side in (-1, 1):
            height = rng.uniform(0.3, 0.45)
            pen.part(polygon([(side * 0.5 * w, -0.35), (side * 0.52 * w, -0.55 - height), (side * 0.15 * w, -0.6)]), color)
            if kind == "cat ears":
                pen.part(polygon([(side * 0.46 * w, -0.45), (side * 0.48 * w, -0.48 - height * 0.7), (side * 0.25 * w, -0.6)]), (1, 0.7, 0.72), outline=False)
    elif kind == "hat":
        brim = rng.uniform(0.75, 1.2)
        pen.part(smooth([(-0.45 * w, -0.4), (-0.4 * w, -0.95), (0, -1.05), (0.4 * w, -0.95), (0.45 * w, -0.4)]), head.accent)
        pen.part(ellipse(0, -0.42, brim * 0.75, 0.13), head.accent)
    elif kind == "witch hat":
        tip = rng.uniform(-0.4, 0.4)
        pen.part(smooth([(-0.5 * w, -0.4), (-0.2 * w, -1.0), (tip, -1.7), (0.25 * w, -1.0), (0.5 * w, -0.4)]), head.accent)
        pen.part(ellipse(0, -0.4, 0.95, 0.14), head.accent)
    elif kind == "cap":
        side = float(rng.choice([-1, 1]))
        pen.part(smooth([(-0.57 * w, -0.25), (-0.45 * w, -0.7), (0, -0.82), (0.45 * w, -0.7), (0.57 * w, -0.25), (0, -0.33)]), head.accent)
        pen.part(smooth([(side * 0.1, -0.33), (side * 0.6 * w, -0.32), (side * 0.95 * w, -0.16), (side * 0.4 * w, -0.2)]), darker(head.accent, 0.2))
    elif kind == "glasses":
        y, x0 = 0.12 + 0.1 * head.pitch, 0.17 * head.yaw * w
        for side in (-1, 1):
            pen.stroke(ellipse(x0 + side * 0.22 * w, y, 0.17, 0.16), 0.025, darker(head.accent, 0.5))
        pen.stroke(smooth([(x0 - 0.05, y), (x0 + 0.05, y)], False), 0.025, darker(head.accent, 0.5))
    elif kind == "crown":
        xs = np.linspace(-0.35, 0.35, 9) * w
        pen.part(polygon([*[(x, -0.95 if i % 2 else -0.7) for i, x in enumerate(xs)], (xs[-1], -0.5), (xs[0], -0.5)]), (0.95, 0.8, 0.25))
    elif kind == "headband":
        pen.part(smooth([(-0.6 * w, -0.3), (0, -0.5), (0.6 * w, -0.3), (0.58 * w, -0.18), (0, -0.38), (-0.58 * w, -0.18)]), head.accent)
