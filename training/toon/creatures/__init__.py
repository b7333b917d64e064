"""Creatures that are not human: animals, robots, mascots, blobs.

`sample_creature` decides the looks, `sample_pose` a pose, `build` gives the figure; the same looks
in any pose have the same parts with the same number of points, so that frames of a movement
(`cycle`) correspond point by point.

Categories of a colour design sheet are made for people; creatures use them so: fur, skin, scales,
shells, beaks, claws, horns and wings are "skin"; manes, tufts, spines and feathers that stand up on
a head are "hair"; eyes are "eye", with their rims on machines "glasses"; mouths with teeth and
tongue are "mouth"; the metal of robots and what food and things are packed in is "clothes", their
feet and wheels "shoes"; hats, and a mushroom's, are "hat".
"""

from __future__ import annotations

from types import ModuleType

import numpy as np

from ..model import Figure
from . import birds, blobs, crawlers, fish, insects, mascots, quadruped, robots
from .pose import Pose, cycle, sample_pose

Creature = (
    quadruped.Quadruped
    | birds.Bird
    | fish.Fish
    | crawlers.Crawler
    | insects.Insect
    | robots.Robot
    | mascots.Mascot
    | blobs.Blob
)

# Body plans and how often each is drawn.
PLANS: dict[str, tuple[ModuleType, float]] = {
    "quadruped": (quadruped, 0.32),
    "bird": (birds, 0.1),
    "fish": (fish, 0.06),
    "crawler": (crawlers, 0.06),
    "insect": (insects, 0.06),
    "robot": (robots, 0.13),
    "mascot": (mascots, 0.17),
    "blob": (blobs, 0.1),
}
_MODULES = {
    quadruped.Quadruped: quadruped,
    birds.Bird: birds,
    fish.Fish: fish,
    crawlers.Crawler: crawlers,
    insects.Insect: insects,
    robots.Robot: robots,
    mascots.Mascot: mascots,
    blobs.Blob: blobs,
}

__all__ = [
    "PLANS",
    "Creature",
    "Pose",
    "actions",
    "build",
    "cycle",
    "sample_creature",
    "sample_figure",
    "sample_pose",
]


def sample_creature(rng: np.random.Generator, plan: str | None = None) -> Creature:
    """The looks of a creature from chance: of body plan `plan`, or of any."""
    if plan is None:
        shares = np.array([share for _, share in PLANS.values()])
        plan = list(PLANS)[rng.choice(len(PLANS), p=shares / shares.sum())]
    if plan not in PLANS:
        raise ValueError(f'there is no body plan "{plan}", only {", ".join(PLANS)}')
    return PLANS[plan][0].sample(rng)


def actions(looks: Creature) -> tuple[str, ...]:
    """What a creature can do: the values of `Pose.action` that it knows."""
    return _MODULES[type(looks)].actions(looks)


def build(looks: Creature, pose: Pose | None = None) -> Figure:
    """The figure; nothing is left to chance here. Without a pose it does its first action."""
    known = actions(looks)
    pose = pose or Pose(known[0])
    if pose.action not in known:
        raise ValueError(f'this creature does not "{pose.action}", it does {", ".join(known)}')
    return _MODULES[type(looks)].build(looks, pose)


def sample_figure(rng: np.random.Generator, plan: str | None = None) -> Figure:
    """A creature in a pose, all from chance."""
    looks = sample_creature(rng, plan)
    return build(looks, sample_pose(actions(looks), rng))
