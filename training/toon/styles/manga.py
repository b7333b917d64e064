"""Manga: pen and brush, spot blacks, screentone or hatching, white paper."""

from __future__ import annotations

import numpy as np

from ..screens import KINDS, Hatching, Manga
from ..style import Style
from ..textures import Chain
from ..treatments import Levels
from . import chance


def sample(rng: np.random.Generator) -> Style:
    hatched = rng.random() < 0.3
    grey = rng.random() < 0.2  # as reduced for reading on a screen
    tones = Manga(
        kinds=tuple(str(kind) for kind in rng.choice(KINDS, 2, p=(0.6, 0.12, 0.08, 0.1, 0.1))),
        shadow=str(rng.choice(["dots", "dots", "lines", "hatch", "sand"])),
        lpi=chance.number(rng, 20, 85),
        angle=chance.number(rng, 0, np.pi),
        smooth=bool(rng.random() < 0.7),
        fade=chance.rarely(rng, 0.25, 0.3, 0.9),
        keep=chance.number(rng, 0.7, 1.0) if grey else 0.0,
    )
    count = int(rng.integers(0, 4))
    greys = sorted(rng.uniform(0.2, 0.92, count).tolist(), reverse=True)
    hatching = Hatching(chance.number(rng, 3.5, 7), bool(rng.random() < 0.4), (0.05,) * 3)
    return Style(
        family="manga",
        line=chance.number(rng, 0.012, 0.035),
        ink=(0.04, 0.04, 0.04),
        silhouette=chance.number(rng, 0, 0.7),
        halo=None,
        weight=chance.number(rng, 0.1, 0.6),
        pressure=chance.number(rng, 0.3, 0.8),
        gaps=chance.rarely(rng, 0.5, 0.1, 0.4),
        shading=str(rng.choice(["none", "flat", "cel", "cel"])),
        reach=chance.number(rng, 0.2, 0.4),
        light=chance.light(rng),
        shadow=0.06 if hatched else chance.number(rng, 0.25, 0.55),
        shadow_tint=(1.0, 1.0, 1.0),
        highlight=1.0,
        recolor=Levels(
            black=chance.number(rng, 0.12, 0.34),
            white=chance.number(rng, 0.45, 0.75),
            tones=tuple(greys),
            mixed=chance.number(rng, 0, 0.2),
        ),
        finish=Chain((tones, hatching)) if hatched else tones,
        seed=chance.seed(rng),
    )
