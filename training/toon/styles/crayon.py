"""Wax crayon (held out): paper shows through everywhere, thick loose lines of the same stick."""

from __future__ import annotations

import numpy as np

from ..style import Style
from ..textures import Wax
from . import chance


def sample(rng: np.random.Generator) -> Style:
    wax = Wax(
        cover=chance.number(rng, 0.66, 0.86),
        size=chance.number(rng, 1.0, 1.7),
        grain=chance.number(rng, 0.4, 1.2),
        hard=chance.number(rng, 0.5, 1.1),
        paper=(0.98, 0.97, 0.93) if rng.random() < 0.8 else (0.85, 0.76, 0.62),
    )
    return Style(
        family="crayon",
        line=chance.number(rng, 0.03, 0.06),
        ink=None if rng.random() < 0.5 else chance.dark(rng, 0.3),
        silhouette=chance.rarely(rng, 0.3, 0.1, 0.4),
        pressure=chance.number(rng, 0.3, 0.6),
        wobble=chance.number(rng, 0.2, 0.6),
        sketch=chance.number(rng, 0.1, 0.6),
        gaps=chance.number(rng, 0.1, 0.4),
        shading=str(rng.choice(["none", "none", "flat", "cel"])),
        reach=chance.number(rng, 0.25, 0.4),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.15, 0.35),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.3, 0.6),
        finish=wax,
        seed=chance.seed(rng),
    )
