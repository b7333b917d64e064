"""Vector art of icons and posters: no lines, flat paint."""

from __future__ import annotations

import numpy as np

from ..style import Style
from . import chance


def sample(rng: np.random.Generator) -> Style:
    return Style(
        family="flat vector",
        line=0.0,
        ink=None,
        silhouette=0.0,
        shading=str(rng.choice(["none", "flat", "cel", "cel"])),
        reach=chance.number(rng, 0.3, 0.45),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.12, 0.3),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.15, 0.4),
        seed=chance.seed(rng),
    )
