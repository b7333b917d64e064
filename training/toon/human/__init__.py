"""Humans: from chance to parts. `sample_looks` and `sample_pose`, then `build`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..labels import Drawing
from ..render import draw
from ..style import Style
from .build import build
from .looks import Looks, sample_looks
from .pose import Pose, blend, gesture_pose, walk_pose
from .poses import LYING, sample_pose
from .skeleton import rig

__all__ = [
    "LYING",
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
    """A human by chance, about `side` pixels long, with no empty border; see `render.draw`."""
    looks = sample_looks(rng)
    figure = build(looks, sample_pose(rng, looks.body.heads))
    drawing = draw(figure, style, rng, side, backend=backend)
    inside = drawing.rgba[..., 3] > 0
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    y, x = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    joints = {
        n: (u - float(columns[0]), v - float(rows[0])) for n, (u, v) in drawing.joints.items()
    }
    return replace(drawing, rgba=drawing.rgba[y, x], ids=drawing.ids[y, x], joints=joints)
