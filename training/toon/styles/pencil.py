"""Children's books: a soft pencil's lines, drawn over and left open, light coloured pencil."""

from __future__ import annotations

import numpy as np

from ..style import Style
from ..textures import Chain, Paper, Wax
from ..treatments import Graded
from . import chance


def sample(rng: np.random.Generator) -> Style:
    low = chance.number(rng, 0.05, 0.3)
    wax = Wax(
        cover=chance.number(rng, 0.8, 0.94),
        size=1.0,
        grain=chance.number(rng, 0.4, 1.0),
        hard=chance.number(rng, 0.25, 0.45),
        lines=False,
    )
    return Style(
        family="pencil",
        line=chance.number(rng, 0.012, 0.028),
        ink=None if rng.random() < 0.3 else chance.dark(rng, 0.4),
        silhouette=chance.rarely(rng, 0.3, 0.1, 0.4),
        pressure=chance.number(rng, 0.3, 0.8),
        wobble=chance.number(rng, 0.2, 0.9),
        sketch=chance.number(rng, 0.2, 0.8),
        gaps=chance.number(rng, 0.1, 0.5),
        shading=str(rng.choice(["none", "flat", "cel"])),
        reach=chance.number(rng, 0.2, 0.4),
        light=chance.light(rng),
        shadow=chance.number(rng, 0.12, 0.3),
        shadow_tint=chance.tint(rng),
        highlight=chance.number(rng, 0.3, 0.7),
        recolor=Graded(saturation=chance.number(rng, 0.7, 1.1), low=(low, low, low)),
        finish=Chain((wax, Paper(chance.number(rng, 0.01, 0.04)))),
        seed=chance.seed(rng),
    )
