"""Western cartoons: thick brush lines, thicker in the shade and around the figure."""

from __future__ import annotations

import numpy as np

from ..style import Style
from . import chance


def sample(rng: np.random.Generator) -> Style:
    return Style(
        family="western",
        line=chance.number(rng, 0.035, 0.07),
        ink=chance.dark(rng, 0.08),
        silhouette=chance.number(rng, 0.2, 1.0),
        weight=chance.number(rng, 0.2, 0.7),
        pressure=chance.number(rng, 0.2, 0.7),
        wobble=chance.rarely(rng, 0.3, 0.05, 0.2),
        shading=str(rng.choice(["none", "flat", "cel"])),
        reach=chance.number(rng, 0.2, 0.35),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.15, 0.4),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.2, 0.5),
        seed=chance.seed(rng),
    )
