"""Colours of creatures: natural ones by name, chance around them, now and then something else."""

from __future__ import annotations

import colorsys

import numpy as np

from ..model import Color

# hue, saturation, value
NATURAL: dict[str, tuple[float, float, float]] = {
    "white": (0.1, 0.04, 0.97),
    "cream": (0.11, 0.2, 0.97),
    "sand": (0.1, 0.35, 0.9),
    "tan": (0.08, 0.5, 0.8),
    "orange": (0.07, 0.72, 0.95),
    "ginger": (0.06, 0.65, 0.82),
    "brown": (0.06, 0.55, 0.55),
    "dark brown": (0.05, 0.5, 0.4),
    "gray": (0.6, 0.06, 0.66),
    "blue gray": (0.58, 0.2, 0.68),
    "dark gray": (0.6, 0.1, 0.42),
    "black": (0.65, 0.14, 0.29),
    "pink": (0.96, 0.28, 0.97),
    "red": (0.99, 0.78, 0.85),
    "yellow": (0.14, 0.65, 0.98),
    "green": (0.3, 0.55, 0.68),
    "olive": (0.2, 0.5, 0.58),
    "teal": (0.48, 0.55, 0.7),
    "blue": (0.58, 0.6, 0.85),
    "sky": (0.55, 0.38, 0.93),
    "purple": (0.76, 0.42, 0.72),
    "lilac": (0.76, 0.2, 0.92),
    "steel": (0.58, 0.12, 0.76),
}


def near(name: str, rng: np.random.Generator, spread: float = 1.0) -> Color:
    """A colour near a natural one."""
    h, s, v = NATURAL[name]
    h += rng.normal(0, 0.012) * spread
    s = np.clip(s * (1 + rng.normal(0, 0.12) * spread), 0, 1)
    v = np.clip(v * (1 + rng.normal(0, 0.05) * spread), 0.1, 1)
    return colorsys.hsv_to_rgb(h % 1, float(s), float(v))


def any_color(rng: np.random.Generator, saturation=(0.25, 0.85), value=(0.5, 1.0)) -> Color:
    """A colour of any hue."""
    return colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value))


def mixed(first: Color, second: Color, share: float) -> Color:
    """`share` of the second in the first."""
    return tuple((1 - share) * a + share * b for a, b in zip(first, second, strict=True))


def darker(color: Color, share: float = 0.3) -> Color:
    return mixed(color, (0.12, 0.08, 0.14), share)


def lighter(color: Color, share: float = 0.5) -> Color:
    return mixed(color, (1.0, 0.98, 0.94), share)


def full_palette(main: Color, rng: np.random.Generator, **given: Color) -> dict[str, Color]:
    """All names that parts of creatures use, made from the main colour unless given."""
    iris = [(0.3, 0.2, 0.12), (0.25, 0.5, 0.3), (0.2, 0.4, 0.7), (0.75, 0.55, 0.15)]
    palette = {
        "main": main,
        "light": lighter(main, 0.6),
        "dark": darker(main, 0.35),
        "far": darker(main, 0.16),
        "pattern": darker(main, 0.55),
        "inner": mixed(main, (0.95, 0.6, 0.6), 0.65),
        "nose": (0.2, 0.14, 0.16),
        "claw": darker(main, 0.6),
        "gold": (0.96, 0.8, 0.35),
        "nori": (0.13, 0.2, 0.17),
        "horn": (0.9, 0.85, 0.7),
        "hair": darker(main, 0.45),
        "white": (0.98, 0.98, 0.97),
        "ink": (0.1, 0.08, 0.1),
        "iris": iris[rng.integers(len(iris))],
        "mouth": (0.6, 0.2, 0.25),
        "tongue": (0.93, 0.5, 0.52),
        "glove": (0.96, 0.96, 0.95),
        "blush": mixed(main, (1.0, 0.45, 0.45), 0.45),
        "accent": any_color(rng),
        "second": any_color(rng),
        "third": any_color(rng),
    }
    return {**palette, **given}
