"""Poses by chance: upright, low, in the air, lying."""

from __future__ import annotations

import numpy as np

from .lying import sample_lying
from .pose import Pose
from .upright import sample_upright

LYING = 0.05  # share of those who lie


def sample_pose(rng: np.random.Generator, heads: float = 6.0, lying: float = LYING) -> Pose:
    """A pose by chance.

    Args:
        heads: of the figure; one of few heads bends less: its limbs are short.
        lying: share of those who lie, 0..1.
    """
    sample = sample_lying if rng.random() < lying else sample_upright
    return sample(rng, heads)
