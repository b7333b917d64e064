"""Few colours: old machines and screen prints. Edges stay: there are no big pixels."""

from __future__ import annotations

import colorsys

import numpy as np

from ..style import Style
from ..textures import Posterize
from ..treatments import Limited
from . import chance


def sample(rng: np.random.Generator) -> Style:
    dithered = rng.random() < 0.5
    levels = int(rng.integers(3, 6))
    colors = _palette(rng, int(rng.choice([4, 8, 12, 16])))
    return Style(
        family="limited",
        line=chance.number(rng, 0.015, 0.04) if rng.random() < 0.75 else 0.0,
        ink=min(colors, key=sum),
        silhouette=chance.rarely(rng, 0.4, 0.2, 0.8),
        shading="gradient" if dithered else str(rng.choice(["none", "flat", "cel"])),
        reach=chance.number(rng, 0.2, 0.4),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.2, 0.45),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.2, 0.5),
        recolor=Limited(colors),
        finish=Posterize(levels, 1.0) if dithered else None,
        seed=chance.seed(rng),
    )


def _palette(rng: np.random.Generator, count: int) -> tuple[tuple[float, float, float], ...]:
    """Black, white, and hues around a circle at several brightnesses."""
    start, spread = rng.random(), rng.uniform(0.4, 1.0)
    colors = [(0.08, 0.07, 0.1), (0.97, 0.96, 0.92)]
    for number in range(count - 2):
        hue = (start + spread * number / max(count - 2, 1)) % 1
        value = (0.9, 0.55, 0.75, 0.35)[number % 4]
        colors.append(colorsys.hsv_to_rgb(hue, rng.uniform(0.25, 0.75), value))
    return tuple(colors)
