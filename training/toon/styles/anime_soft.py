"""Illustrations as on the covers of light novels: soft shadows, thin coloured lines."""

from __future__ import annotations

import numpy as np

from ..style import Style
from ..textures import Occlusion
from . import chance


def sample(rng: np.random.Generator) -> Style:
    return Style(
        family="anime soft",
        line=chance.number(rng, 0.006, 0.016),
        ink=None if rng.random() < 0.75 else chance.dark(rng, 0.25),
        silhouette=chance.rarely(rng, 0.3, 0.2, 0.6),
        weight=chance.number(rng, 0.1, 0.5),
        pressure=chance.number(rng, 0.2, 0.6),
        gaps=chance.rarely(rng, 0.3, 0.1, 0.3),
        shading="gradient",
        reach=chance.number(rng, 0.25, 0.42),
        soft=chance.number(rng, 0.01, 0.05),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.15, 0.35),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.15, 0.45),
        rim=chance.rarely(rng, 0.4, 0.3, 1.0),
        finish=Occlusion(chance.number(rng, 0.1, 0.35)) if rng.random() < 0.5 else None,
        seed=chance.seed(rng),
    )
