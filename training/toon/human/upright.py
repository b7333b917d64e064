"""Poses of those who do not lie: they stand, walk, run, jump, sit, kneel. Angles as in `Pose`."""

from __future__ import annotations

import numpy as np

from .pose import ARMS, MOUTHS, Pose

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


def sample_upright(rng: np.random.Generator, heads: float = 6.0) -> Pose:
    """A pose by chance of one who stands, moves, sits or kneels."""
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
    roll = 2.5 * next(n)
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
