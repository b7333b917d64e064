"""Painting without lines: soft shadows and brush strokes."""

from __future__ import annotations

import numpy as np

from ..style import Style
from ..textures import Chain, Occlusion, Strokes
from . import chance


def sample(rng: np.random.Generator) -> Style:
    strokes = Strokes(
        chance.number(rng, 0.1, 0.35), chance.number(rng, 10, 32), chance.number(rng, 2, 6)
    )
    return Style(
        family="painterly",
        line=0.0,
        ink=None,
        silhouette=0.0,
        shading="painterly",
        reach=chance.number(rng, 0.3, 0.45),
        soft=chance.number(rng, 0.012, 0.05),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.25, 0.5),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.2, 0.5),
        rim=chance.rarely(rng, 0.6, 0.3, 1.0),
        finish=Chain((Occlusion(chance.number(rng, 0.2, 0.5)), strokes)),
        seed=chance.seed(rng),
    )
