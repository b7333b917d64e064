"""Humans: from chance to parts. `sample_looks` and `sample_pose`, then `build`."""

from __future__ import annotations

import numpy as np

from ..labels import Drawing
from ..render import draw
from ..style import Style
from .build import build
from .looks import Looks, sample_looks
from .pose import Pose, blend, gesture_pose, sample_pose, walk_pose
from .skeleton import rig

__all__ = [
    "Looks",
    "Pose",
    "blend",
    "build",
    "draw_human",
    "gesture_pose",
    "rig",
    "sample_looks",
    "sample_pose",
    "walk_pose",
]


def draw_human(
    rng: np.random.Generator, style: Style, side: int = 640, *, backend: str | None = None
) -> Drawing:
    """A human by chance, about `side` pixels long; see `render.draw`."""
    looks = sample_looks(rng)
    return draw(build(looks, sample_pose(rng, looks.body.heads)), style, rng, side, backend=backend)
