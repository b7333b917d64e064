"""Stickers: bold lines and a band of white paper around the figure."""

from __future__ import annotations

import numpy as np

from ..style import Style
from . import chance


def sample(rng: np.random.Generator) -> Style:
    line = chance.number(rng, 0.02, 0.045)
    return Style(
        family="sticker",
        line=line,
        ink=chance.dark(rng, 0.3) if rng.random() < 0.7 else None,
        silhouette=chance.number(rng, 0.05, 0.12) / line,
        halo=(1.0, 1.0, 1.0) if rng.random() < 0.9 else (1.0, 0.96, 0.85),
        weight=chance.number(rng, 0, 0.3),
        pressure=chance.number(rng, 0, 0.3),
        shading=str(rng.choice(["none", "flat", "cel"])),
        reach=chance.number(rng, 0.18, 0.3),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.12, 0.3),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.3, 0.6),
        seed=chance.seed(rng),
    )
