"""Figures that act: sequences of poses of one character, and the poses of its design sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import creatures, human
from .model import Figure

HUMANS = 0.8  # share of humans among those who act
ACTS = ("walk", "run", "gesture", "change", "turn")
CYCLE = 9  # frames of a step or a gesture, at some ten frames a second


@dataclass(frozen=True, eq=False)
class Performance:
    """What one character does.

    Attributes:
        acts: sequences of poses.
        sheet: four poses that a colour design sheet shows; of a human from the front, from between
            front and side, from the side and from behind.
    """

    acts: tuple[tuple[Figure, ...], ...]
    sheet: tuple[Figure, ...]


def perform(rng: np.random.Generator, acts: int, frames: int) -> Performance:
    """A human or a creature by chance in `acts` sequences of `frames` poses each; all follows from
    `rng`."""
    if acts < 1 or frames < 1:
        raise ValueError(
            f"A performance has at least one act of one frame, not {acts} of {frames}."
        )
    who = human_performance if rng.random() < HUMANS else creature_performance
    return who(rng, acts, frames)


def creature_performance(rng: np.random.Generator, acts: int, frames: int) -> Performance:
    """A creature that goes through its movements; see `perform`."""
    looks = creatures.sample_creature(rng)
    known = creatures.actions(looks)

    def act() -> tuple[Figure, ...]:
        start, shut = creatures.sample_pose(known, rng), int(rng.integers(frames))
        poses = [creatures.cycle(start, CYCLE)[i % CYCLE] for i in range(frames)]
        poses[shut] = replace(poses[shut], blink=1.0)
        return tuple(creatures.build(looks, pose) for pose in poses)

    done = tuple(act() for _ in range(acts))
    first, last = creatures.Pose(known[0]), creatures.Pose(known[-1], phase=0.25)
    sheet = [first, replace(first, facing=-1), last, replace(last, facing=-1, mouth=0.8)]
    return Performance(done, tuple(creatures.build(looks, pose) for pose in sheet))


def human_performance(rng: np.random.Generator, acts: int, frames: int) -> Performance:
    """A human that walks, turns, gestures; see `perform`."""
    looks = human.sample_looks(rng)
    done = tuple(_act(rng, looks, str(rng.choice(ACTS)), frames) for _ in range(acts))
    arms_out = human.Pose(arm_out=(80.0, 80.0), elbow=(4.0, 4.0), hands=("open", "open"))
    sheet = [human.build(looks, replace(arms_out, yaw=yaw)) for yaw in (0.0, 40.0, 90.0, 180.0)]
    return Performance(done, tuple(sheet))


def _act(rng: np.random.Generator, looks: human.Looks, kind: str, frames: int):
    lying = 0.0 if kind in ("walk", "run") else human.LYING
    base = human.sample_pose(rng, looks.body.heads, lying)
    start, speed = rng.random(), rng.uniform(0.7, 1.3) / CYCLE
    times = [float(start + speed * i) for i in range(frames)]
    if kind in ("walk", "run"):
        base = replace(base, roll=0.0)
        fast = float(rng.uniform(0.6, 1.0)) if kind == "run" else 0.0
        poses = [human.walk_pose(base, t % 1, run=fast) for t in times]
    elif kind == "gesture":
        name = str(rng.choice(["wave", "nod", "blink", "talk", "bounce"]))
        poses = [human.gesture_pose(base, t % 1, name) for t in times]
    elif kind == "turn":
        by = float(rng.uniform(8, 20) * rng.choice([-1, 1]))
        poses = [replace(base, yaw=base.yaw + by * i) for i in range(frames)]
    else:
        other = human.sample_pose(rng, looks.body.heads)
        poses = [human.blend(base, other, i / max(frames - 1, 1)) for i in range(frames)]
    return tuple(human.build(looks, pose) for pose in poses)
