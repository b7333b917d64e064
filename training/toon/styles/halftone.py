"""Old comics (held out): dots of four inks, printed exactly over each other, and heavy lines."""

from __future__ import annotations

import numpy as np

from ..screens import Halftone
from ..style import Style
from ..textures import Chain, Paper
from . import chance


def sample(rng: np.random.Generator) -> Style:
    print_ = Halftone(
        chance.number(rng, 22, 60), chance.number(rng, 0.7, 1.0), bool(rng.random() < 0.8)
    )

    return Style(
        family="halftone",
        line=chance.number(rng, 0.02, 0.05),
        ink=chance.dark(rng, 0.08),
        silhouette=chance.number(rng, 0.1, 0.8),
        weight=chance.number(rng, 0.2, 0.6),
        pressure=chance.number(rng, 0.2, 0.6),
        shading=str(rng.choice(["none", "flat", "cel"])),
        reach=chance.number(rng, 0.2, 0.4),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.2, 0.5),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.3, 0.7),
        finish=Chain((print_, Paper(chance.number(rng, 0.01, 0.03)))),
        seed=chance.seed(rng),
    )
