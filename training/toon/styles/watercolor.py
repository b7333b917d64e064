"""Watercolour (held out): uneven washes with dark rims, on grained paper; thin lines or none."""

from __future__ import annotations

import numpy as np

from ..style import Style
from ..textures import Chain, Paper, Watercolor
from ..treatments import Graded
from . import chance


def sample(rng: np.random.Generator) -> Style:
    low = chance.number(rng, 0.1, 0.3)
    washes = Watercolor(
        chance.number(rng, 0.3, 0.7), chance.number(rng, 0.2, 0.6), chance.number(rng, 0.15, 0.45)
    )
    return Style(
        family="watercolor",
        line=chance.number(rng, 0.006, 0.018) if rng.random() < 0.6 else 0.0,
        ink=None if rng.random() < 0.6 else chance.dark(rng, 0.35),
        silhouette=0.0,
        pressure=chance.number(rng, 0.3, 0.7),
        wobble=chance.number(rng, 0.1, 0.6),
        gaps=chance.number(rng, 0.1, 0.5),
        shading=str(rng.choice(["flat", "cel", "gradient"])),
        reach=chance.number(rng, 0.25, 0.42),
        soft=0.02,
        light=chance.light(rng),
        shadow=chance.number(rng, 0.12, 0.3),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.3, 0.8),
        recolor=Graded(saturation=chance.number(rng, 0.6, 1.0), low=(low, low, low)),
        finish=Chain((washes, Paper(chance.number(rng, 0.02, 0.06), chance.number(rng, 1, 2)))),
        seed=chance.seed(rng),
    )
