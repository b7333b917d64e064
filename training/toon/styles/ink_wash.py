"""Brush and washes of grey: pen drawings of newspapers and picture books."""

from __future__ import annotations

import numpy as np

from ..screens import Hatching
from ..style import Style
from ..textures import Chain, Paper, Strokes
from ..treatments import Toned
from . import chance


def sample(rng: np.random.Generator) -> Style:
    warm = rng.uniform(0, 0.08)
    ink = (0.05 + warm, 0.05 + 0.6 * warm, 0.06)
    passes = [Strokes(chance.number(rng, 0.08, 0.25), width=5.0, hue=0.0)]
    if rng.random() < 0.5:
        passes.append(Hatching(chance.number(rng, 4, 8), bool(rng.random() < 0.5), ink))
    passes.append(Paper(chance.number(rng, 0.01, 0.04)))
    return Style(
        family="ink wash",
        line=chance.number(rng, 0.012, 0.04),
        ink=ink,
        silhouette=chance.number(rng, 0, 0.6),
        weight=chance.number(rng, 0.2, 0.7),
        pressure=chance.number(rng, 0.5, 0.95),
        wobble=chance.number(rng, 0.05, 0.4),
        sketch=chance.rarely(rng, 0.5, 0.2, 0.6),
        gaps=chance.number(rng, 0.1, 0.5),
        shading=str(rng.choice(["flat", "cel", "two"])),
        reach=chance.number(rng, 0.25, 0.42),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.2, 0.5),
        shadow_tint=(1.0, 1.0, 1.0),
        highlight=chance.number(rng, 0.3, 0.8),
        recolor=Toned((0.25, 0.24 - 0.3 * warm, 0.24 - warm), (1.0, 1 - 0.3 * warm, 1 - warm)),
        finish=Chain(tuple(passes)),
        seed=chance.seed(rng),
    )
