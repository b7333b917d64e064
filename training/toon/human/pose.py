"""Poses of humans: angles within the limits of joints, an expression, and cycles of movement.

Angles are degrees. Pairs are (left, right) of the figure itself: a figure that looks at us has its
left on our right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np

Pair = tuple[float, float]
MOUTHS = ("line", "smile", "frown", "open", "laugh", "o", "cat", "wavy", "teeth", "pout", "smirk")
HANDS = ("relaxed", "open", "fist", "point", "peace")


@dataclass(frozen=True)
class Pose:
    """One moment of a figure.

    Attributes:
        yaw: where the body looks: 0 at us, 90 to our right, 180 away. Any number.
        pitch: how far we look down on it.
        roll: the whole figure turned in the picture, clockwise; 90 lies on its side.
        lean, bend, twist: of the spine: forward, to its left, chest against hips.
        head_yaw, head_pitch, head_roll: of the head against the body; pitch 20 looks down.
        arm_forward, arm_out: of the upper arms, from hanging down.
        elbow: 0 straight, 150 folded.
        elbow_turn: where the forearm folds to: 0 forward, 90 inward (or down), -90 outward (or up).
        hands: shapes of the hands, names of `HANDS`.
        leg_forward, leg_out, knee, foot: of the legs; foot 0 is flat, 60 on tiptoe.
        hips_tilt: of the pelvis to its left.
        lift: how far the lowest point is off the floor, share of the leg.
        sway: -1..1, where the wind blows hair and skirts, to our right.
        eyes: how far each is open, 0..1.
        gaze: where the pupils look, -1..1, right and down.
        mouth: one of `MOUTHS`; mouth_open: 0..1 of those that open.
        brow: -1 angry, 0, 1 worried; brow_lift: -1..1.
        blush: 0..1.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    lean: float = 0.0
    bend: float = 0.0
    twist: float = 0.0
    head_yaw: float = 0.0
    head_pitch: float = 0.0
    head_roll: float = 0.0
    arm_forward: Pair = (0.0, 0.0)
    arm_out: Pair = (10.0, 10.0)
    elbow: Pair = (10.0, 10.0)
    elbow_turn: Pair = (0.0, 0.0)
    hands: tuple[str, str] = ("relaxed", "relaxed")
    leg_forward: Pair = (0.0, 0.0)
    leg_out: Pair = (4.0, 4.0)
    knee: Pair = (0.0, 0.0)
    foot: Pair = (0.0, 0.0)
    hips_tilt: float = 0.0
    lift: float = 0.0
    sway: float = 0.0
    eyes: Pair = (1.0, 1.0)
    gaze: Pair = (0.0, 0.0)
    mouth: str = "line"
    mouth_open: float = 0.5
    brow: float = 0.0
    brow_lift: float = 0.0
    blush: float = 0.0


# Ways to hold the arms: forward, out, elbow, elbow_turn.
ARMS = {
    "down": (0, 9, 12, 0),
    "relaxed": (4, 14, 22, 30),
    "behind": (-28, 16, 40, 60),
    "hip": (-12, 48, 98, 88),
    "raised": (0, 155, 18, -40),
    "wave": (10, 82, 88, -88),
    "forward": (80, 8, 12, 0),
    "spread": (0, 80, 12, 0),
    "chest": (30, 16, 118, 48),
    "chin": (42, 10, 138, 20),
    "crossed": (28, 14, 98, 84),
    "cheer": (150, 20, 30, 0),
    "head": (62, 70, 128, -70),
    "lap": (30, 12, 52, 38),
    "point": (88, 22, 4, 0),
    "bent": (6, 14, 88, 6),
    "backswing": (-42, 10, 34, 0),
}
# Ways to stand, sit and move: for each leg forward, out, knee, foot.
LEGS = {
    "stand": ((0, 4, 0, 0), (0, 4, 0, 0)),
    "together": ((0, 1, 0, 0), (0, 1, 0, 0)),
    "wide": ((2, 20, 4, 0), (2, 20, 4, 0)),
    "contrapposto": ((4, 10, 14, 6), (-2, 3, 0, 0)),
    "step": ((26, 4, 8, 0), (-20, 4, 24, 24)),
    "run": ((62, 4, 74, 10), (-26, 4, 64, 50)),
    "kick": ((78, 6, 10, 30), (-4, 4, 6, 0)),
    "jump": ((34, 12, 66, 40), (8, 10, 88, 50)),
    "leap": ((70, 8, 40, 40), (-50, 8, 30, 50)),
    "one": ((4, 4, 78, 40), (0, 2, 0, 0)),
    "sit": ((84, 7, 84, 0), (84, 7, 84, 0)),
    "sit crossed": ((94, 2, 62, 10), (84, 6, 86, 0)),
    "floor": ((84, 8, 8, 20), (88, 8, 14, 20)),
    "knees up": ((122, 8, 128, 10), (118, 8, 124, 10)),
    "kneel": ((46, 8, 142, 60), (46, 8, 142, 60)),
    "one knee": ((86, 10, 90, 0), (-4, 6, 92, 40)),
    "crouch": ((112, 16, 136, 16), (108, 16, 132, 16)),
    "lunge": ((64, 12, 62, 0), (-36, 10, 12, 30)),
    "cross legged": ((78, 52, 128, 30), (74, 52, 126, 30)),
}
UPRIGHT = ("stand", "together", "wide", "contrapposto", "step", "run", "kick", "jump", "leap")
UPRIGHT += ("one", "lunge", "stand", "contrapposto", "together", "step")
LOW = ("sit", "sit crossed", "floor", "knees up", "kneel", "one knee", "crouch", "cross legged")


def sample_pose(rng: np.random.Generator, heads: float = 6.0) -> Pose:
    """A pose by chance. Figures of few heads bend less: their limbs are short."""
    low = rng.random() < 0.2
    legs = str(rng.choice(LOW if low else UPRIGHT))
    (lf, lo, lk, lt), (rf, ro, rk, rt) = LEGS[legs]
    if legs in ("stand", "together", "wide") or rng.random() < 0.2:
        arms = [str(v) for v in rng.choice([name for name in ARMS if name != "lap"], 2)]
        if rng.random() < 0.35:
            arms[1] = arms[0]
    elif low:
        arms = [str(v) for v in rng.choice(["lap", "chin", "down", "relaxed", "chest", "hip"], 2)]
    else:
        arms = [str(v) for v in rng.choice(["down", "relaxed", "hip", "bent", "chest", "wave"], 2)]
    if legs in ("step", "run", "leap"):
        arms = ["backswing", "bent"] if rng.random() < 0.6 else arms
    if rng.random() < 0.5:  # the mirror of it
        (lf, lo, lk, lt), (rf, ro, rk, rt) = (rf, ro, rk, rt), (lf, lo, lk, lt)
        arms = arms[::-1]
    soft = 0.6 if heads < 3.5 else 1.0
    n = iter((rng.normal(0, 1, 40).clip(-2, 2) * soft).tolist())
    ways = [ARMS[name] for name in arms]
    hands = [
        "fist" if name in ("hip", "bent", "backswing") else "point" if name == "point" else ""
        for name in arms
    ]
    hands = [h or str(rng.choice(["relaxed", "relaxed", "open", "peace", "fist"])) for h in hands]
    yaw = _view(rng)
    lying = (not low) and rng.random() < 0.05
    roll = float(rng.choice([-90, 90])) + 6 * next(n) if lying else 2.5 * next(n)
    if legs in ("jump", "leap", "kick"):
        roll += 8 * next(n)
    return Pose(
        yaw=yaw,
        pitch=float(rng.uniform(0, 18)) if rng.random() < 0.8 else float(rng.uniform(-10, 30)),
        roll=roll,
        lean=(10 if legs in ("run", "lunge") else 4 if low else 0) + 4 * next(n),
        bend=5 * next(n),
        twist=6 * next(n),
        head_yaw=14 * next(n) if rng.random() < 0.7 else 32 * next(n),
        head_pitch=7 * next(n),
        head_roll=7 * next(n),
        arm_forward=(ways[0][0] + 6 * next(n), ways[1][0] + 6 * next(n)),
        arm_out=(max(ways[0][1] + 5 * next(n), 3), max(ways[1][1] + 5 * next(n), 3)),
        elbow=(_limit(ways[0][2] + 8 * next(n), 145), _limit(ways[1][2] + 8 * next(n), 145)),
        elbow_turn=(ways[0][3] + 8 * next(n), ways[1][3] + 8 * next(n)),
        hands=(hands[0], hands[1]),
        leg_forward=(lf + 3 * next(n), rf + 3 * next(n)),
        leg_out=(max(lo + 2 * next(n), 1), max(ro + 2 * next(n), 1)),
        knee=(_limit(lk + 4 * abs(next(n)), 145), _limit(rk + 4 * abs(next(n)), 145)),
        foot=(lt, rt),
        hips_tilt=(4 if legs == "contrapposto" else 0) * (1 if lk > rk else -1) + 1.5 * next(n),
        lift=float(rng.uniform(0.15, 0.5)) if legs in ("jump", "leap") else 0.0,
        sway=float(rng.normal(0, 0.35)),
        **_expression(rng),
    )


def _view(rng: np.random.Generator) -> float:
    kind = rng.random()
    side = float(rng.choice([-1, 1]))
    if kind < 0.36:
        return side * rng.uniform(0, 16)
    if kind < 0.72:
        return side * rng.uniform(20, 58)
    if kind < 0.86:
        return side * rng.uniform(65, 105)
    return side * rng.uniform(125, 180)


def _expression(rng: np.random.Generator) -> dict:
    closed = rng.random()
    eyes = (1.0, 1.0)
    if closed < 0.1:
        eyes = (0.0, 0.0)
    elif closed < 0.14:
        eyes = (0.0, 1.0) if rng.random() < 0.5 else (1.0, 0.0)
    elif closed < 0.35:
        eyes = (float(rng.uniform(0.55, 0.9)),) * 2
    return {
        "eyes": eyes,
        "gaze": tuple((rng.normal(0, 0.3, 2)).clip(-0.8, 0.8).tolist()),
        "mouth": str(rng.choice(MOUTHS)),
        "mouth_open": float(rng.uniform(0.25, 1)),
        "brow": float(rng.normal(0, 0.45)),
        "brow_lift": float(rng.normal(0, 0.4)),
        "blush": float(rng.random() < 0.45) * float(rng.uniform(0.4, 1)),
    }


def _limit(value: float, most: float) -> float:
    return min(max(value, 0.0), most)


def blend(a: Pose, b: Pose, t: float) -> Pose:
    """The pose between two: numbers in proportion, names of the nearer one; yaw the short way."""
    values = {}
    for field in fields(Pose):
        u, v = getattr(a, field.name), getattr(b, field.name)
        if field.name == "yaw":
            v = u + (v - u + 180) % 360 - 180
        if isinstance(u, str) or (isinstance(u, tuple) and isinstance(u[0], str)):
            values[field.name] = u if t < 0.5 else v
        elif isinstance(u, tuple):
            values[field.name] = tuple(p + (q - p) * t for p, q in zip(u, v, strict=True))
        else:
            values[field.name] = u + (v - u) * t
    return Pose(**values)


def walk_pose(base: Pose, t: float, *, run: float = 0.0) -> Pose:
    """A step of a walk (run 0) or a run (1); `t` 0..1 is one cycle of two steps."""
    phase = 2 * math.pi * t
    swing, lifted = math.sin(phase), math.cos(phase)
    reach = 24 + 26 * run
    knees = [max(0.0, lifted * s) * (46 + 44 * run) + 6 + 10 * run for s in (1, -1)]
    return replace(
        base,
        leg_forward=(reach * swing + 8 * run, -reach * swing + 8 * run),
        leg_out=(3.0, 3.0),
        knee=(knees[0], knees[1]),
        foot=(max(0.0, -swing) * 30, max(0.0, swing) * 30),
        arm_forward=(-(20 + 24 * run) * swing, (20 + 24 * run) * swing),
        arm_out=(8.0, 8.0),
        elbow=(16 + 66 * run, 16 + 66 * run),
        elbow_turn=(10.0, 10.0),
        twist=-6 * swing,
        lean=base.lean + 8 * run,
        lift=0.02 * (1 + math.cos(2 * phase)) * (0.5 + run),
        sway=base.sway + 0.25 * math.sin(phase - 0.8),
    )


def gesture_pose(base: Pose, t: float, kind: str = "wave") -> Pose:
    """A moment of a gesture in place, `t` 0..1 is one cycle: "wave", "nod", "blink", "talk",
    "breathe" or "bounce".

    Raises:
        ValueError: there is no such gesture.
    """
    s = math.sin(2 * math.pi * t)
    if kind == "wave":
        forward, out, elbow, turn = ARMS["wave"]
        return replace(
            base,
            arm_forward=(float(forward), base.arm_forward[1]),
            arm_out=(out + 6 * s, base.arm_out[1]),
            elbow=(elbow + 26 * s, base.elbow[1]),
            elbow_turn=(float(turn), base.elbow_turn[1]),
            hands=("open", base.hands[1]),
            head_roll=base.head_roll + 4 * s,
        )
    if kind == "nod":
        return replace(base, head_pitch=base.head_pitch + 12 * s, sway=base.sway + 0.1 * s)
    if kind == "blink":
        return replace(base, eyes=(abs(math.cos(math.pi * t)),) * 2)
    if kind == "talk":
        return replace(base, mouth="open", mouth_open=0.55 + 0.45 * s)
    if kind == "breathe":
        return replace(
            base, lean=base.lean + 1.5 * s, arm_out=tuple(a + 2 * s for a in base.arm_out)
        )
    if kind == "bounce":
        down = 0.5 - 0.5 * math.cos(2 * math.pi * t)
        return replace(
            base,
            leg_forward=tuple(a + 18 * down for a in base.leg_forward),
            knee=tuple(a + 36 * down for a in base.knee),
            sway=base.sway + 0.3 * s,
        )
    raise ValueError(f'there is no gesture "{kind}": wave, nod, blink, talk, breathe or bounce')
