"""A pose of a creature: what it does, and where in that movement it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

TURN = 2 * np.pi


@dataclass(frozen=True)
class Pose:
    """A moment of a movement.

    Attributes:
        action: "stand", "walk", "sit", "fly"...; each creature has some of them.
        phase: where in the movement, 0..1; all but a fish's leap close at 1.
        facing: 1 to the right, -1 to the left.
        gaze: where the eyes look, x and y, -1..1.
        nod: how far the head is turned, radians, positive = down.
        mouth: how far it is open, 0..1.
        blink: how far the eyes are shut, 0..1.
    """

    action: str = "stand"
    phase: float = 0.0
    facing: int = 1
    gaze: tuple[float, float] = (0.3, 0.1)
    nod: float = 0.0
    mouth: float = 0.0
    blink: float = 0.0

    def wave(self, times: float = 1.0, shift: float = 0.0) -> float:
        """A sine of the phase."""
        return float(np.sin(TURN * (times * self.phase + shift)))


def sample_pose(actions: tuple[str, ...], rng: np.random.Generator) -> Pose:
    """A pose from chance."""
    return Pose(
        action=str(actions[rng.integers(len(actions))]),
        phase=float(rng.random()),
        facing=int(rng.choice([-1, 1])),
        gaze=(float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-0.4, 0.5))),
        nod=float(np.clip(rng.normal(0, 0.12), -0.25, 0.25)),
        mouth=float(rng.choice([0.0, rng.uniform(0.3, 1)], p=[0.6, 0.4])),
        blink=float(rng.choice([0.0, 0.45, 1.0], p=[0.88, 0.07, 0.05])),
    )


def cycle(pose: Pose, frames: int) -> list[Pose]:
    """`frames` poses once around the movement, beginning at `pose`."""
    return [replace(pose, phase=(pose.phase + k / frames) % 1.0) for k in range(frames)]
