"""Colours of a figure: schemes of harmony, natural skin and hair, and what cloth is worn."""

from __future__ import annotations

import colorsys

import numpy as np

Color = tuple[float, float, float]

SKINS = ((0.06, 0.1, 1.0), (0.06, 0.17, 0.99), (0.065, 0.24, 0.97), (0.07, 0.34, 0.9))
SKINS += ((0.07, 0.42, 0.78), (0.06, 0.48, 0.62), (0.05, 0.5, 0.47), (0.04, 0.46, 0.36))
# hue, saturation, value of hair as it grows
HAIRS = (
    (0.08, 0.35, 0.2),
    (0.07, 0.55, 0.35),
    (0.06, 0.6, 0.5),
    (0.1, 0.5, 0.8),
    (0.13, 0.4, 0.95),
)
HAIRS += ((0.03, 0.7, 0.6), (0.65, 0.25, 0.16), (0.6, 0.05, 0.85), (0.0, 0.0, 0.95))


def hsv(h: float, s: float, v: float) -> Color:
    return colorsys.hsv_to_rgb(h % 1.0, min(max(s, 0.0), 1.0), min(max(v, 0.0), 1.0))


def darker(color: Color, amount: float) -> Color:
    return tuple(c * (1 - amount) for c in color)


def lighter(color: Color, amount: float) -> Color:
    return tuple(c + (1 - c) * amount for c in color)


def toward(color: Color, other: Color, amount: float) -> Color:
    return tuple(a + (b - a) * amount for a, b in zip(color, other, strict=True))


def hues(rng: np.random.Generator) -> list[float]:
    """Four hues that go together: analogous, complementary, triad or one alone."""
    h = float(rng.random())
    scheme = rng.integers(4)
    steps = (
        (0.0, 0.07, -0.07, 0.12),
        (0.0, 0.5, 0.04, 0.54),
        (0.0, 1 / 3, 2 / 3, 0.03),
        (0.0, 0.0, 0.02, 0.5),
    )
    return [h + step + float(rng.normal(0, 0.012)) for step in steps[scheme]]


def cloth(rng: np.random.Generator, hue: float) -> Color:
    """A cloth of a hue: vivid, pale, dark or grey."""
    kind = rng.random()
    if kind < 0.34:
        return hsv(hue, rng.uniform(0.5, 0.9), rng.uniform(0.55, 0.95))
    if kind < 0.58:
        return hsv(hue, rng.uniform(0.08, 0.35), rng.uniform(0.85, 1.0))
    if kind < 0.8:
        return hsv(hue, rng.uniform(0.25, 0.7), rng.uniform(0.16, 0.42))
    if kind < 0.92:
        return hsv(hue, rng.uniform(0, 0.06), float(rng.choice([0.12, 0.25, 0.55, 0.85, 0.97])))
    return hsv(hue, rng.uniform(0.2, 0.5), rng.uniform(0.45, 0.75))


def skin(rng: np.random.Generator) -> Color:
    """Natural for nine of ten."""
    if rng.random() < 0.1:
        return hsv(rng.random(), rng.uniform(0.15, 0.55), rng.uniform(0.5, 1.0))
    index = min(int(abs(rng.normal(0, 2.6))), len(SKINS) - 1)
    h, s, v = SKINS[index]
    return hsv(h + rng.normal(0, 0.008), s + rng.normal(0, 0.03), v - abs(rng.normal(0, 0.02)))


def hair(rng: np.random.Generator, hue: float) -> Color:
    if rng.random() < 0.5:
        h, s, v = HAIRS[rng.integers(len(HAIRS))]
        return hsv(h + rng.normal(0, 0.01), s + rng.normal(0, 0.05), v + rng.normal(0, 0.04))
    if rng.random() < 0.5:
        hue = float(rng.random())
    return hsv(hue, rng.uniform(0.25, 0.75), rng.uniform(0.4, 1.0))


def palette(rng: np.random.Generator) -> dict[str, Color]:
    """Colours by name, for all that a figure may wear."""
    a, b, c, d = hues(rng)
    out: dict[str, Color] = {"skin": skin(rng)}
    out["hair"] = hair(rng, b)
    out["hair2"] = toward(out["hair"], hsv(c, 0.6, 0.9), 0.75)
    out["beard"] = darker(out["hair"], 0.12)
    out["iris"] = hsv(
        d if rng.random() < 0.5 else rng.random(), rng.uniform(0.45, 0.85), rng.uniform(0.45, 0.9)
    )
    out["iris2"] = out["iris"]
    if rng.random() < 0.04:
        out["iris2"] = hsv(rng.random(), 0.7, 0.8)
    out["pupil"] = darker(out["iris"], 0.78)
    out["sclera"] = (0.99, 0.985, 0.98)
    out["lash"] = toward(darker(out["hair"], 0.75), (0.1, 0.06, 0.08), 0.6)
    out["brow"] = darker(out["hair"], 0.4)
    out["shine"] = (1.0, 1.0, 1.0)
    out["blush"] = toward(out["skin"], (0.98, 0.35, 0.35), 0.3)
    out["lip"] = toward(out["skin"], (0.8, 0.2, 0.25), 0.45)
    out["mouth"] = (0.55, 0.16, 0.17)
    out["tongue"] = (0.92, 0.5, 0.48)
    out["teeth"] = (1.0, 1.0, 1.0)
    out["top"], out["bottom"] = cloth(rng, a), cloth(rng, b)
    out["lining"] = darker(out["bottom"], 0.55)
    out["coat"], out["under"] = cloth(rng, c), lighter(cloth(rng, d), 0.55)
    out["trim"], out["accent"] = (
        cloth(rng, d),
        hsv(c, rng.uniform(0.5, 0.95), rng.uniform(0.5, 0.95)),
    )
    out["print"] = cloth(rng, c)
    out["socks"] = (
        cloth(rng, a) if rng.random() < 0.4 else hsv(a, 0.04, float(rng.choice([0.1, 0.2, 0.95])))
    )
    out["shoes"] = (
        cloth(rng, b)
        if rng.random() < 0.5
        else hsv(0.06, rng.uniform(0.2, 0.6), rng.uniform(0.1, 0.45))
    )
    out["sole"] = lighter(out["shoes"], 0.6) if rng.random() < 0.5 else darker(out["shoes"], 0.4)
    out["gloves"] = cloth(rng, d) if rng.random() < 0.5 else (0.97, 0.97, 0.97)
    out["hat"], out["hat2"] = cloth(rng, a), cloth(rng, d)
    out["belt"] = hsv(0.07, rng.uniform(0.2, 0.6), rng.uniform(0.12, 0.5))
    out["metal"] = hsv(0.12, 0.5, 0.9) if rng.random() < 0.5 else hsv(0.6, 0.06, 0.75)
    out["frame"] = hsv(d, 0.6, 0.3) if rng.random() < 0.6 else cloth(rng, d)
    out["lens"] = hsv(d, 0.12, 0.97)
    out["horn"] = hsv(0.09, rng.uniform(0.1, 0.4), rng.uniform(0.25, 0.95))
    out["wing"] = cloth(rng, d) if rng.random() < 0.6 else (0.97, 0.97, 0.99)
    out["inner"] = toward(out["hair"], (0.98, 0.75, 0.72), 0.6)
    out["bag"] = cloth(rng, c)
    if rng.random() < 0.12:  # neighbours of one colour
        one, other = rng.choice(["top", "bottom", "coat", "hair", "hat", "socks", "shoes"], 2)
        out[one] = out[other]
    return {name: tuple(float(v) for v in color) for name, color in out.items()}
