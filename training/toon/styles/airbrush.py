"""Airbrush: wide soft shadows and highlights, a little grain, thin lines or none."""

from __future__ import annotations

import numpy as np

from ..style import Style
from ..textures import Chain, Occlusion, Paper
from . import chance


def sample(rng: np.random.Generator) -> Style:
    return Style(
        family="airbrush",
        line=chance.number(rng, 0.006, 0.025) if rng.random() < 0.6 else 0.0,
        ink=None if rng.random() < 0.5 else chance.dark(rng, 0.2),
        silhouette=chance.rarely(rng, 0.3, 0.2, 0.6),
        weight=chance.number(rng, 0, 0.4),
        shading="gradient",
        reach=chance.number(rng, 0.35, 0.45),
        soft=chance.number(rng, 0.05, 0.1),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.2, 0.45),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.3, 0.7),
        rim=chance.number(rng, 0.2, 1.0),
        finish=Chain((Occlusion(chance.number(rng, 0.1, 0.4), 9.0), Paper(0.025, 1.2))),
        seed=chance.seed(rng),
    )
