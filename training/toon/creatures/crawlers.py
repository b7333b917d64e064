"""Turtles, snakes, frogs, snails: animals near the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..model import Color, Figure
from .assembly import Assembly
from .crawler_bodies import add_crab, add_frog, add_hedgehog, add_snail, add_snake, add_turtle
from .faces import Eyes, sample_eyes
from .palettes import any_color, darker, full_palette, lighter, near
from .pose import Pose

SPECIES: dict[str, dict] = {
    "turtle": dict(actions=("stand", "walk"), colors=("green", "olive", "teal"),
                   pattern=("scutes", "spots", "rings")),
    "snake": dict(actions=("crawl", "rear"), colors=("green", "olive", "red", "yellow", "purple"),
                  pattern=("bands", "diamonds", "none")),
    "frog": dict(actions=("sit", "leap"), colors=("green", "green", "olive", "blue", "red"),
                 pattern=("spots", "none")),
    "snail": dict(actions=("crawl",), colors=("sand", "tan", "pink", "olive"), pattern=("spiral",)),
    "hedgehog": dict(actions=("stand", "walk"), colors=("sand", "cream", "tan"), pattern=("none",)),
    "crab": dict(actions=("stand", "walk"), colors=("red", "orange", "blue"),
                 pattern=("spots", "none")),
}  # fmt: skip


@dataclass(frozen=True)
class Crawler:
    """The looks of such an animal: `long` its body, `high` its shell or width, `leg`, `head` sizes,
    in head heights."""

    species: str
    palette: dict[str, Color]
    eyes: Eyes
    pattern: str
    actions: tuple[str, ...]
    long: float
    high: float
    leg: float
    head: float
    blush: bool


def sample(rng: np.random.Generator, species: str | None = None) -> Crawler:
    """One of a species, or of any."""
    species = species or str(rng.choice(list(SPECIES)))
    traits = SPECIES[species]
    main = near(str(rng.choice(traits["colors"])), rng)
    shell = near(str(rng.choice(["brown", "olive", "ginger", "dark brown"])), rng)
    if rng.random() < 0.3:
        shell = any_color(rng)
    given = {"shell": shell, "pattern": darker(shell, 0.35), "light": lighter(main, 0.65)}
    if species in ("snake", "frog", "crab"):
        given["pattern"] = darker(main, 0.4) if rng.random() < 0.6 else any_color(rng)
    if species == "hedgehog":
        given["shell"] = near("brown", rng)
    size = np.clip(rng.normal(1, 0.1, 4), 0.8, 1.25)
    return Crawler(
        species=species,
        palette=full_palette(main, rng, **given),
        eyes=sample_eyes(rng, ("real", "dot", "iris", "happy"), (0.4, 0.4, 0.14, 0.06)),
        pattern=str(rng.choice(traits["pattern"])),
        actions=traits["actions"],
        long=float(size[0]),
        high=float(size[1]),
        leg=float(size[2]),
        head=float(size[3]),
        blush=bool(rng.random() < 0.3),
    )


def actions(looks: Crawler) -> tuple[str, ...]:
    return looks.actions


def build(looks: Crawler, pose: Pose) -> Figure:
    """The animal, the ground at y = 0."""
    art = Assembly()
    builders = {
        "turtle": add_turtle,
        "snake": add_snake,
        "frog": add_frog,
        "snail": add_snail,
        "hedgehog": add_hedgehog,
        "crab": add_crab,
    }
    builders[looks.species](art, looks, pose)
    return art.figure("animal", looks.palette, pose.facing < 0)
