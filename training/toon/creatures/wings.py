"""Wings of dragons, birds and winged horses."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

import numpy as np

from .anatomy import loop, tube
from .assembly import Assembly
from .pose import Pose


def add_membrane_wing(
    art: Assembly, name: str, base, size: float, pose: Pose, far: bool = False
) -> None:
    """A bat's wing from its shoulder; it beats where the pose flies, else it stands raised."""
    beat = 0.75 * pose.wave() if pose.action in ("fly", "run") else 0.12 * pose.wave()
    art.joint(name, base)
    with art.frame(float(base[0]), float(base[1]), beat * 0.8 - (0.2 if far else 0.0), size):
        wrist = np.array([-0.25, -0.75])
        tips = np.array([(-1.35, -0.95), (-1.3, -0.3), (-0.95, 0.12), (-0.35, 0.15)])
        edge = [np.array([0.0, 0.08]), np.array([0.0, -0.05]), np.array([-0.05, -0.45]), wrist]
        for k, tip in enumerate(tips):
            edge.append(tip)
            after = tips[k + 1] if k + 1 < len(tips) else np.array([0.0, 0.08])
            edge.append((tip + after) / 2 * 0.8 + wrist * 0.2)
        color = "dark" if far else "accent"
        art.add(name, np.array(edge), color)
        for k, tip in enumerate(tips[:3]):
            bone = tube([wrist, (wrist + tip) / 2 + (0, -0.04), tip], [0.05, 0.035, 0.012], 3)
            art.add(f"{name}.finger.{k}", bone.outline, "far" if far else "main", outlined=0.6)
        arm = tube([(0, 0.02), (-0.06, -0.42), wrist + (0, -0.04)], [0.1, 0.07, 0.06], 4)
        art.add(f"{name}.arm", arm.outline, "far" if far else "main")


def add_feather_wing(
    art: Assembly,
    name: str,
    base,
    size: float,
    pose: Pose,
    far: bool = False,
    color: str = "light",
    raised: float = 0.9,
) -> None:
    """A spread wing of feathers; `raised` radians over the horizontal, backwards."""
    beat = 0.95 * pose.wave() if pose.action in ("fly", "run") else 0.08 * pose.wave()
    art.joint(name, base)
    with art.frame(float(base[0]), float(base[1]), raised - beat, size):
        # points backwards (-x), the leading edge above
        count = 7
        angles = np.linspace(0.05, -1.15, count)
        reach = np.linspace(1.25, 0.55, count)
        tips = np.stack([-reach * np.cos(angles), -reach * np.sin(angles)], 1)
        points = [np.array([0.05, -0.1]), np.array([-0.4, -0.3]), np.array([-0.9, -0.25])]
        for k in range(count):
            points.append(tips[k])
            if k + 1 < count:
                points.append((tips[k] + tips[k + 1]) / 2 * 0.84)
        points.append(np.array([0.05, 0.2]))
        tone = "far" if far else color
        art.add(name, loop(points, 3), tone)
        for k in range(count - 1):
            notch = (tips[k] + tips[k + 1]) / 2
            art.stroke(name, [notch * 0.84, notch * 0.66, notch * 0.45], 0.65, None, (0.1, 0.9))
        if not far:
            cover = loop(
                [
                    (0.06, -0.08),
                    (-0.38, -0.26),
                    (-0.75, -0.18),
                    (-0.6, 0.02),
                    (-0.42, 0.06),
                    (-0.3, 0.17),
                    (-0.14, 0.16),
                    (0.04, 0.2),
                ],
                3,
            )
            art.mark(f"{name}.cover", cover, "main", name)
