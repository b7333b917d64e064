"""Cel animation: thin ink, flat colours, one hard shadow or two."""

from __future__ import annotations

import numpy as np

from ..style import Style
from . import chance


def sample(rng: np.random.Generator) -> Style:
    return Style(
        family="cel",
        line=chance.number(rng, 0.012, 0.03),
        ink=None if rng.random() < 0.35 else chance.dark(rng, 0.15),
        silhouette=chance.rarely(rng, 0.5, 0.1, 0.5),
        weight=chance.number(rng, 0, 0.3),
        pressure=chance.number(rng, 0, 0.35),
        wobble=chance.rarely(rng, 0.2, 0.05, 0.25),
        gaps=chance.rarely(rng, 0.25, 0.05, 0.3),
        shading=str(rng.choice(["cel", "cel", "cel", "two", "flat"])),
        reach=chance.number(rng, 0.22, 0.4),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.15, 0.42),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.2, 0.5),
        rim=chance.rarely(rng, 0.2, 0.2, 0.8),
        seed=chance.seed(rng),
    )
