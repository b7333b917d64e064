"""Cel animation: thin even ink, flat colours, one hard shadow."""

from __future__ import annotations

import numpy as np

from ..style import Style


def sample(rng: np.random.Generator) -> Style:
    angle = rng.uniform(-np.pi, 0)
    return Style(
        family="cel",
        line=float(rng.uniform(0.015, 0.04)),
        ink=None if rng.random() < 0.4 else tuple((rng.uniform(0, 0.2) * np.ones(3)).tolist()),
        silhouette=float(rng.uniform(0, 0.5)),
        shading=str(rng.choice(["cel", "cel", "two"])),
        light=(float(np.cos(angle)), float(np.sin(angle))),
        shadow=float(rng.uniform(0.15, 0.45)),
        highlight=float(rng.uniform(0.2, 0.5)),
    )
