"""Robots: boxes and cylinders, screens and lamps for faces, wheels, claws, antennae."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..model import Color, Figure
from .anatomy import box
from .assembly import Assembly
from .faces import Eyes
from .machinery import add_arm, add_feet, add_head, add_trunk
from .palettes import any_color, darker, full_palette, lighter, mixed, near
from .pose import Pose

HEADS = ("box", "dome", "round", "screen", "bucket", "none")
FACES = ("lamps", "screen", "visor", "eyes", "one")
BODIES = ("box", "barrel", "egg", "trapeze", "ball")
FEET = ("legs", "wheels", "tread", "hover", "one wheel", "spider")
HANDS = ("claw", "ball", "mitten", "tool")


@dataclass(frozen=True)
class Robot:
    """The looks of a robot; lengths in head heights.

    Attributes:
        head, face, body, feet, hands: see `HEADS`, `FACES`, `BODIES`, `FEET`, `HANDS`.
        size: half-width and height of the trunk. head_width: half the head's.
        limb: half-width of arms and legs. arm, leg: their lengths. ringed: limbs of rings.
        antennae: 0 to 2. panel: what is on its chest. bolts: whether rivets show.
    """

    palette: dict[str, Color]
    eyes: Eyes
    head: str
    face: str
    body: str
    feet: str
    hands: str
    size: tuple[float, float]
    head_width: float
    limb: float
    arm: float
    leg: float
    ringed: bool
    antennae: int
    panel: str
    bolts: bool
    ears: bool
    grill: bool
    actions: tuple[str, ...]


def sample(rng: np.random.Generator) -> Robot:
    """A robot."""
    main = (
        near(str(rng.choice(["steel", "gray", "white", "blue gray"])), rng)
        if rng.random() < 0.5
        else any_color(rng, (0.2, 0.8), (0.55, 1.0))
    )
    glow = any_color(rng, (0.5, 0.9), (0.9, 1.0))
    second = any_color(rng) if rng.random() < 0.6 else darker(main, 0.3)
    palette = full_palette(
        main,
        rng,
        joint=mixed(darker(main, 0.55), (0.3, 0.32, 0.36), 0.5),
        glow=glow,
        second=second,
        screen=(0.1, 0.14, 0.2),
        light=lighter(main, 0.5),
        iris=glow,
        tire=(0.2, 0.2, 0.23),
    )
    feet = str(rng.choice(FEET, p=[0.42, 0.14, 0.14, 0.12, 0.1, 0.08]))
    head = str(rng.choice(HEADS, p=[0.26, 0.2, 0.16, 0.16, 0.16, 0.06]))
    face = "screen" if head == "screen" else str(rng.choice(FACES))
    return Robot(
        palette=palette,
        eyes=Eyes(str(rng.choice(["real", "iris", "dot"])), float(rng.uniform(0.26, 0.4)), 1.0),
        head=head,
        face=face,
        body=str(rng.choice(BODIES)),
        feet=feet,
        hands=str(rng.choice(HANDS)),
        size=(float(rng.uniform(0.42, 0.85)), float(rng.uniform(0.9, 1.6))),
        head_width=float(rng.uniform(0.48, 0.8)),
        limb=float(rng.uniform(0.08, 0.2)),
        arm=float(rng.uniform(0.9, 1.5)),
        leg=float(rng.uniform(0.5, 1.3)),
        ringed=bool(rng.random() < 0.45),
        antennae=int(rng.integers(0, 3)),
        panel=str(rng.choice(["none", "buttons", "gauge", "heart", "slots", "stripe"])),
        bolts=bool(rng.random() < 0.5),
        ears=bool(rng.random() < 0.5),
        grill=bool(rng.random() < 0.5),
        actions=("stand", "walk", "wave") if feet in ("legs", "spider") else ("roll", "wave"),
    )


def actions(looks: Robot) -> tuple[str, ...]:
    return looks.actions


def build(looks: Robot, pose: Pose) -> Figure:
    """The robot, the ground at y = 0."""
    art = Assembly()
    h = looks.size[1]
    leg = (
        looks.leg
        if looks.feet in ("legs", "spider")
        else {"wheels": 0.42, "tread": 0.5, "hover": 0.55, "one wheel": 0.75}[looks.feet]
    )
    bob = 0.04 * pose.wave(2 if pose.action == "walk" else 1)
    low = -leg + bob
    top = low - h
    sway = 0.04 * pose.wave(1, 0.25)
    add_feet(art, looks, pose, low, leg)
    with art.frame(0.0, low, sway):
        top = -h
        add_arm(art, looks, pose, -1, top)
        if looks.head != "none":
            neck = box(-0.16, top - 0.25, 0.16, top + 0.1, 0.03)
            art.add("neck", neck, "joint", "clothes")
            art.stroke("neck", [(-0.2, top - 0.1), (0, top - 0.08), (0.2, top - 0.1)], 0.8)
            art.stroke("neck", [(-0.2, top - 0.03), (0, top - 0.01), (0.2, top - 0.03)], 0.8)
        add_trunk(art, looks, top)
        y = top - 0.62 if looks.head != "none" else top + 0.42 * h
        with art.frame(0.0, y, 0.6 * pose.nod + 0.03 * pose.wave(1, 0.4)):
            add_head(art, looks, pose)
        add_arm(art, looks, pose, 1, top)
    return art.figure("robot", looks.palette, pose.facing < 0)
