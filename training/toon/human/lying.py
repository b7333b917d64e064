"""Poses that lie on the ground: asleep, reading, sprawled; on the back, a side or the stomach.

A lying body is a stiff turn of an upright one: about its own long axis to the side that it lies on,
then onto the ground, then before a camera that looks down on it. `Pose` says the same with yaw,
pitch and roll.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from .pose import Pair, Pose
from .turns import angles_of, turn_x, turn_y, turn_z
from .upright import sample_upright

STEEPEST = 62.0  # degrees that the camera looks down on those who lie


@dataclass(frozen=True)
class Way:
    """A way to lie. Angles as in `Pose`; of the pairs, the first is of the limb that is below when
    it lies on a side, and else of either.

    Attributes:
        side: 0 on the back, 90 on a side, 180 on the stomach: where the front looks to, from up.
        arms: for each arm forward, out, elbow, elbow_turn.
        legs: for each leg forward, out, knee, foot.
        lean, bend, head_pitch, head_yaw, head_roll: of the spine and the head; bend and the last
            two towards what is below.
        asleep: share of those with closed eyes.
        reads: a book in both hands.
    """

    side: float
    arms: tuple[tuple[float, float, float, float], tuple[float, float, float, float]]
    legs: tuple[tuple[float, float, float, float], tuple[float, float, float, float]]
    lean: float = 0.0
    bend: float = 0.0
    head_pitch: float = 0.0
    head_yaw: float = 0.0
    head_roll: float = 0.0
    asleep: float = 0.3
    reads: bool = False


_STRAIGHT = (1, 5, 3, 40)
_UP = (52, 5, 102, 10)  # the foot on the ground, the knee up
_KICKING = (-4, 4, 84, 40)
WAYS = {
    # on the back
    "asleep on the back": Way(
        0, ((14, 12, 62, 62), (4, 14, 16, 20)), (_STRAIGHT, (3, 8, 8, 30)), head_yaw=22, asleep=0.9
    ),
    "hands behind the head": Way(
        0, ((46, 104, 132, -74), (46, 104, 132, -74)), (_UP, _STRAIGHT), head_pitch=8
    ),
    "sprawled": Way(0, ((2, 96, 34, -60), (4, 62, 14, 0)), ((2, 26, 8, 30), (6, 20, 26, 30))),
    "stretched": Way(
        0, ((6, 150, 24, -50), (4, 158, 16, -50)), ((0, 10, 4, 50), (2, 12, 8, 50)), asleep=0.15
    ),
    "knees up": Way(0, ((22, 12, 78, 66), (22, 12, 78, 66)), (_UP, (46, 6, 94, 10)), head_pitch=6),
    "leg over knee": Way(
        0, ((22, 12, 78, 66), (40, 104, 132, -74)), ((50, 4, 100, 10), (92, -4, 84, 20)), asleep=0.1
    ),
    "reading on the back": Way(
        0,
        ((66, 8, 62, 14), (66, 8, 62, 14)),
        (_UP, (30, 6, 58, 20)),
        head_pitch=18,
        asleep=0.0,
        reads=True,
    ),
    # on a side
    "asleep on a side": Way(
        90,
        ((58, 4, 124, 4), (46, 4, 96, 20)),
        ((26, 1, 40, 30), (56, -6, 78, 30)),
        head_roll=8,
        asleep=0.95,
    ),
    "curled up": Way(
        90,
        ((52, 4, 112, 10), (44, 2, 104, 16)),
        ((88, 1, 112, 30), (96, -4, 120, 30)),
        lean=16,
        head_pitch=12,
        asleep=0.8,
    ),
    "head on a hand": Way(
        90,
        ((8, 112, 140, -90), (10, 6, 30, 40)),
        ((4, 1, 12, 40), (22, -3, 44, 30)),
        bend=-20,
        head_roll=-16,
        asleep=0.05,
    ),
    "on a stretched arm": Way(
        90,
        ((6, 164, 10, -40), (44, 4, 84, 20)),
        ((6, 1, 10, 40), (48, -6, 66, 30)),
        head_roll=6,
        asleep=0.7,
    ),
    # on the stomach
    "asleep on the stomach": Way(
        180,
        ((2, 94, 84, -88), (2, 108, 74, -88)),
        ((-2, 7, 4, 55), (-2, 16, 22, 50)),
        head_yaw=62,
        asleep=0.9,
    ),
    "fallen": Way(
        180, ((2, 148, 24, -80), (-2, 24, 12, -60)), ((-2, 14, 6, 55), (8, 24, 42, 50)), head_yaw=50
    ),
    "on the elbows": Way(
        180,
        ((80, 10, 66, 6), (80, 10, 66, 6)),
        (_KICKING, (-4, 6, 58, 50)),
        lean=-34,
        head_pitch=-20,
        asleep=0.0,
    ),
    "chin in the hands": Way(
        180,
        ((84, 8, 126, 14), (84, 8, 126, 14)),
        (_KICKING, (-2, 4, 26, 50)),
        lean=-34,
        head_pitch=-14,
        asleep=0.0,
    ),
    "reading on the stomach": Way(
        180,
        ((80, 12, 74, 12), (80, 12, 74, 12)),
        ((-2, 5, 8, 55), _KICKING),
        lean=-34,
        head_pitch=-4,
        asleep=0.0,
        reads=True,
    ),
}


def sample_lying(rng: np.random.Generator, heads: float = 6.0, way: str | None = None) -> Pose:
    """A lying pose by chance.

    Args:
        heads: of the figure: the large head of a small one lifts its neck off the ground.
        way: one of `WAYS`, or of any.
    """
    w = WAYS[way or str(rng.choice(list(WAYS)))]
    upright = sample_upright(rng, heads)  # its face and the shapes of its hands
    soft = 0.5 if heads < 3.5 else 0.8
    n = iter((rng.normal(0, 1, 40).clip(-2, 2) * soft).tolist())
    head_left, away = (bool(chance < 0.5) for chance in rng.random(2))
    order = 1 if rng.random() < 0.5 else -1
    side = w.side
    if side == 90:
        side = 270.0 if away and rng.random() < 0.5 else 90.0
        # which of its own sides is below
        order = 1 if (side == 90) != head_left else -1
    below = float(order)  # its left: bends and turns to the left go down
    raised = w.lean < -10
    down = float(rng.uniform(4, 34)) if rng.random() < 0.75 else float(rng.uniform(34, STEEPEST))
    tilt = 0.0 if raised else _tilt(heads)
    round_ = float(np.clip(rng.normal(0, 12), -28, 28))
    s = -1.0 if head_left else 1.0
    body = turn_z(s * (90 - tilt)) @ turn_y(s * (side + 4 * next(n) - 90))
    yaw, pitch, roll = angles_of(turn_x(down) @ turn_y(round_) @ body)
    arms, legs = (pair[::order] for pair in (w.arms, w.legs))

    def pair(values, k: int, by: float) -> Pair:
        return values[0][k] + by * next(n), values[1][k] + by * next(n)

    def bent(values, by: float) -> Pair:
        return tuple(min(max(v, 0.0), 145.0) for v in pair(values, 2, by))

    pose = replace(
        upright,
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        ground=down,
        lean=w.lean + 3 * next(n),
        bend=w.bend * below + 3 * next(n),
        twist=4 * next(n),
        head_yaw=w.head_yaw * below + 7 * next(n),
        head_pitch=w.head_pitch + 5 * next(n),
        head_roll=w.head_roll * below + 4 * next(n),
        arm_forward=pair(arms, 0, 3),
        arm_out=pair(arms, 1, 3),
        elbow=bent(arms, 5),
        elbow_turn=pair(arms, 3, 5),
        hands=("fist", "fist") if w.reads else upright.hands,
        reads=w.reads,
        leg_forward=pair(legs, 0, 2),
        leg_out=pair(legs, 1, 1),
        knee=bent(legs, 4),
        foot=(float(legs[0][3]), float(legs[1][3])),
        hips_tilt=1.5 * next(n),
        lift=0.0,
        sway=0.0,
    )
    if rng.random() < w.asleep:
        calm = str(rng.choice(["line", "smile", "o", "open", "pout"]))
        pose = replace(pose, eyes=(0.0, 0.0), mouth=calm, mouth_open=0.3, brow=0.2)
    elif pose.eyes[0] < 0.3:
        pose = replace(pose, eyes=(0.9, 0.9))
    return pose


def _tilt(heads: float) -> float:
    """How far a body slopes of which head and hips are both on the ground, degrees."""
    lower = 0.06 * (heads - 1) + 0.1
    return math.degrees(math.atan2(max(0.5 - lower, 0.0), 0.45 * (heads - 1) + 0.5))
