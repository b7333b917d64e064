"""Insects and their like: bees, butterflies, ladybirds, ants, spiders, caterpillars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..model import Color, Figure
from .anatomy import loop, round_, tube
from .assembly import Assembly
from .faces import Eyes, add_eye, add_mouth, sample_eyes
from .palettes import any_color, darker, full_palette, lighter, near
from .pose import Pose

SPECIES: dict[str, dict] = {
    "bee": dict(actions=("fly",), colors=("yellow", "orange")),
    "butterfly": dict(actions=("fly", "rest"), colors=("purple", "orange", "blue", "pink", "teal")),
    "ladybird": dict(actions=("walk", "stand"), colors=("red", "orange", "yellow")),
    "ant": dict(actions=("walk", "stand"), colors=("brown", "dark brown", "red", "black")),
    "spider": dict(actions=("walk", "stand"), colors=("black", "purple", "brown", "gray")),
    "caterpillar": dict(actions=("walk", "stand"), colors=("green", "yellow", "teal", "orange")),
    "beetle": dict(actions=("walk", "stand"), colors=("brown", "green", "blue", "black")),
    "dragonfly": dict(actions=("fly",), colors=("teal", "blue", "red", "green")),
}  # fmt: skip


@dataclass(frozen=True)
class Insect:
    """The looks of an insect; sizes are factors about 1."""

    species: str
    palette: dict[str, Color]
    eyes: Eyes
    actions: tuple[str, ...]
    size: tuple[float, float, float]
    spots: int
    hair: bool


def sample(rng: np.random.Generator, species: str | None = None) -> Insect:
    """One of a species, or of any."""
    species = species or str(rng.choice(list(SPECIES)))
    traits = SPECIES[species]
    main = near(str(rng.choice(traits["colors"])), rng)
    given = {
        "pattern": near("black", rng),
        "wing": lighter(near("sky", rng), 0.5),
        "body": near("black", rng),
    }
    if species == "butterfly":
        given = {
            "pattern": any_color(rng),
            "wing": main,
            "body": near("dark brown", rng),
            "edge": darker(main, 0.6),
        }
    elif species == "caterpillar":
        given["pattern"] = any_color(rng)
    size = np.clip(rng.normal(1, 0.12, 3), 0.75, 1.3)
    return Insect(
        species=species,
        palette=full_palette(main, rng, **given),
        eyes=sample_eyes(rng, ("real", "dot", "iris", "happy"), (0.4, 0.4, 0.1, 0.1)),
        actions=traits["actions"],
        size=tuple(size.tolist()),
        spots=int(rng.integers(2, 5)),
        hair=bool(rng.random() < 0.4),
    )


def actions(looks: Insect) -> tuple[str, ...]:
    return looks.actions


def build(looks: Insect, pose: Pose) -> Figure:
    """The insect; the ground at y = 0 for those that walk."""
    art = Assembly()
    builders = {
        "bee": _bee,
        "butterfly": _butterfly,
        "ladybird": _beetle,
        "beetle": _beetle,
        "ant": _ant,
        "spider": _spider,
        "caterpillar": _caterpillar,
        "dragonfly": _dragonfly,
    }
    builders[looks.species](art, looks, pose)
    return art.figure("animal", looks.palette, pose.facing < 0)


def _antennae(
    art: Assembly, color: str, lean: float = 0.4, size: float = 0.5, from_=(0.0, -0.38)
) -> None:
    for side, label in ((-1, "left"), (1, "right")):
        x, y = from_
        tip = (x + side * 0.2 + lean, y - size)
        feeler = tube(
            [(x + side * 0.1, y + 0.1), (x + side * 0.14 + 0.3 * lean, y - 0.5 * size), tip],
            [0.035, 0.03, 0.03],
            4,
        )
        art.add(f"head.feeler.{label}", feeler.outline, color)
        art.add(f"head.feeler.{label}.ball", round_(tip[0], tip[1], 0.075, 0.075, n=12), color)


def _face(
    art: Assembly, looks: Insect, pose: Pose, color: str, turn: float = 0.12, into=()
) -> None:
    """A round head that looks at the viewer."""
    art.joint("head", (0, 0))
    art.add("head", round_(0, 0, 0.48, 0.46, n=28), color, into=into)
    for side, label in ((-1, "left"), (1, "right")):
        add_eye(
            art,
            f"head.eye.{label}",
            "head",
            turn + side * 0.2,
            -0.04,
            min(0.5 * looks.eyes.size, 0.17),
            looks.eyes,
            pose,
            side,
        )
    add_mouth(art, "mouth", "head", turn, 0.2, 0.14, pose)
    for side in (-1, 1):
        art.mark(
            f"head.blush.{side}",
            round_(turn + side * 0.32, 0.14, 0.07, 0.05, n=12),
            "blush",
            "head",
        )


def _wing(
    art: Assembly, name: str, x: float, y: float, angle: float, long: float, wide: float, **values
) -> None:
    with art.frame(x, y, angle):
        art.joint(name, (0, 0))
        shape = loop(
            [
                (-0.06, 0.08),
                (-0.45 * wide, -0.5 * long),
                (-0.2 * wide, -long),
                (0.25 * wide, -0.95 * long),
                (0.4 * wide, -0.45 * long),
                (0.08, 0.08),
            ],
            4,
        )
        art.add(name, shape, "wing", **values)
        for k in (-0.15, 0.1):
            art.stroke(
                name, [(0, -0.05), (k * wide, -0.4 * long), (1.4 * k * wide, -0.75 * long)], 0.5
            )


def _bee(art: Assembly, looks: Insect, pose: Pose) -> None:
    y = 0.1 * pose.wave()
    a, b = 0.85 * looks.size[0], 0.52 * looks.size[1]
    beat = 0.4 * pose.wave(4)
    sting = [(-a * 1.02, y - 0.1), (-a * 1.35, y + 0.04), (-a * 1.02, y + 0.14)]
    art.add("sting", np.array(sting), "body")
    _wing(art, "wing.far", 0.02, y - 0.3, 0.05 + beat, 0.95, 0.9)
    for k in range(3):
        x = -0.3 + 0.28 * k
        leg = tube(
            [(x, y + 0.3), (x + 0.04, y + 0.58), (x + 0.12, y + 0.68)], [0.05, 0.045, 0.04], 3
        )
        art.add(f"leg.{k}", leg.outline, "body")
    body = tube(
        [(-0.8 * a, y + 0.02), (-0.35 * a, y), (0.1 * a, y), (0.55 * a, y)],
        [0.45 * b, 0.95 * b, b, 0.8 * b],
        6,
    )
    art.joint("body", (0, y))
    art.add("body", body.outline)
    for k, u in enumerate((0.2, 0.5, 0.8)):
        art.mark(f"body.stripe.{k}", body.band(u - 0.02, 0.06), "pattern", "body")
    _wing(art, "wing.near", -0.12, y - 0.28, -0.5 - beat, 1.05, 1.0)
    with art.frame(a * 0.85, y - 0.14, pose.nod, 0.92 * looks.size[2]):
        _antennae(art, "body")
        _face(art, looks, pose, "main")


def _butterfly(art: Assembly, looks: Insect, pose: Pose) -> None:
    fold = (0.75 + 0.25 * pose.wave()) if pose.action == "fly" else 0.85 + 0.05 * pose.wave()
    y = 0.08 * pose.wave(1, 0.25)
    a, b, c = looks.size
    for side, label in ((-1, "left"), (1, "right")):
        with art.frame(0, y, 0.0, (side * fold, 1.0)):
            low = loop(
                [
                    (0.02, 0.05),
                    (0.5 * a, 0.1),
                    (0.95 * a, 0.45),
                    (0.85 * a, 0.95 * b),
                    (0.4 * a, 1.0 * b),
                    (0.1, 0.45),
                ],
                4,
            )
            art.joint(f"wing.{label}", (0.05, 0))
            art.add(f"wing.low.{label}", low, "wing")
            art.mark(
                f"wing.low.{label}.spot",
                round_(0.58 * a, 0.6 * b, 0.2, 0.22),
                "pattern",
                f"wing.low.{label}",
            )
            up = loop(
                [
                    (0.02, 0.12),
                    (0.06, -0.25),
                    (0.45 * a, -0.95 * b),
                    (1.05 * a, -1.15 * b),
                    (1.3 * a, -0.75 * b),
                    (1.05 * a, -0.1),
                    (0.5 * a, 0.22),
                ],
                4,
            )
            art.add(f"wing.{label}", up, "edge")
            art.mark(
                f"wing.{label}.field",
                (up - (0.5 * a, -0.4 * b)) * 0.8 + (0.48 * a, -0.4 * b),
                "wing",
                f"wing.{label}",
            )
            for k in range(looks.spots):
                x, yy = 0.95 * a - 0.22 * k, -0.85 * b + 0.24 * k
                art.mark(
                    f"wing.{label}.spot.{k}",
                    round_(x, yy, 0.12 - 0.015 * k, 0.12 - 0.015 * k, n=14),
                    "pattern",
                    f"wing.{label}",
                )
    body = tube([(0, y + 0.85), (0, y + 0.4), (0, y)], [0.06, 0.12, 0.12], 5)
    art.joint("body", (0, y + 0.3))
    art.add("body", body.outline, "body")
    for v in (0.3, 0.5, 0.7):
        art.stroke("body", [(-0.1, y + v), (0, y + v + 0.02), (0.1, y + v)], 0.6)
    with art.frame(0, y - 0.28, 0.3 * pose.nod, 0.62 * c):
        _antennae(art, "body", 0.0, 0.6)
        _face(art, looks, pose, "light", 0.0)


def _walker_legs(
    art: Assembly, looks: Insect, pose: Pose, xs, y: float, side: str, reach: float, color: str
) -> None:
    for k, x in enumerate(xs):
        step = (
            pose.wave(1, 0.33 * k + (0.5 if side == "far" else 0.0))
            if pose.action == "walk"
            else 0.3
        )
        lift = (
            0.12 * max(0.0, pose.wave(1, 0.33 * k + (0.75 if side == "far" else 0.25)))
            if pose.action == "walk"
            else 0.0
        )
        foot = np.array([x + 0.12 * step + (0.2 * (k - 1)) * reach, -0.03 - lift])
        knee = np.array([(x + foot[0]) / 2 + 0.14 * (k - 1) + 0.06, y * 0.75 - 0.1])
        leg = tube([(x, y), knee, foot], [0.06, 0.055, 0.045], 4)
        art.add(f"leg.{side}.{k}", leg.outline, color)


def _beetle(art: Assembly, looks: Insect, pose: Pose) -> None:
    w, h = 0.95 * looks.size[0], 0.8 * looks.size[1]
    y = -0.45 + 0.02 * pose.wave(2)
    _walker_legs(art, looks, pose, (-0.4, 0.1, 0.6), y, "far", 0.5, "body")
    with art.frame(w * 0.98, y - 0.25, pose.nod, 0.72 * looks.size[2]):
        _antennae(art, "body")
        if looks.species == "beetle":
            horn = tube([(0.2, -0.2), (0.5, -0.5), (0.42, -0.95)], [0.12, 0.1, 0.03], 4)
            art.add("head.horn", horn.outline, "dark")
        color = "light" if looks.species == "ladybird" else "dark"
        _face(art, looks, pose, color)
    t = np.linspace(np.pi, 2 * np.pi, 15)
    dome = np.concatenate(
        [
            np.stack([w * np.cos(t), y + h * np.sin(t)], 1),
            [(0.85 * w, y + 0.14), (0, y + 0.18), (-0.85 * w, y + 0.14)],
        ]
    )
    art.joint("body", (0, y))
    art.add("shell", dome, light=round_(0.35 * w, y - 0.7 * h, 0.2 * w, 0.09 * h, 0.45))
    art.stroke(
        "shell",
        [(0.62 * w, y - 0.8 * h), (0.2 * w, y - 0.35 * h), (-0.9 * w, y - 0.05)],
        1.0,
        None,
        (0.2, 0.2),
    )
    spots = [(-0.55, -0.35), (-0.1, -0.6), (-0.15, -0.05), (0.42, -0.3), (-0.45, -0.75)]
    if looks.species == "ladybird":
        for k, (x, yy) in enumerate(spots[: looks.spots + 1]):
            art.mark(
                f"shell.spot.{k}", round_(x * w, y + yy * h, 0.15, 0.14, n=16), "pattern", "shell"
            )
        front = [
            (0.6 * w, y + 0.3),
            (0.62 * w, y - 0.4 * h),
            (0.5 * w, y - h),
            (1.2 * w, y - h),
            (1.2 * w, y + 0.3),
        ]
        art.mark("shell.front", np.array(front), "pattern", "shell")
    _walker_legs(art, looks, pose, (-0.5, 0.0, 0.5), y + 0.1, "near", 0.5, "body")


def _ant(art: Assembly, looks: Insect, pose: Pose) -> None:
    a, b, c = looks.size
    y = -0.6 + 0.02 * pose.wave(2)
    _walker_legs(art, looks, pose, (-0.15, 0.1, 0.35), y + 0.05, "far", 1.4, "dark")
    art.joint("body", (0, y))
    art.add(
        "abdomen",
        round_(-0.85 * a, y - 0.05, 0.62 * a, 0.42 * b, -0.15, 28),
        light=round_(-1.0 * a, y - 0.25 * b, 0.15, 0.06, -0.4),
    )
    for u in (-1.1, -0.85):
        art.stroke("abdomen", [(u * a, y - 0.36), (u * a - 0.06, y), (u * a, y + 0.32)], 0.6)
    art.add(
        "thorax",
        tube([(-0.42 * a, y), (0.1, y - 0.02), (0.5, y - 0.12)], [0.14, 0.24, 0.2], 5).outline,
    )
    _walker_legs(art, looks, pose, (-0.2, 0.08, 0.3), y + 0.08, "near", 1.4, "dark")
    with art.frame(0.78, y - 0.3, pose.nod, 0.85 * c):
        _antennae(art, "dark")
        _face(art, looks, pose, "main")


def _spider(art: Assembly, looks: Insect, pose: Pose) -> None:
    a, b, _ = looks.size
    y = -0.75 + 0.03 * pose.wave(2)
    for side, label in ((-1, "left"), (1, "right")):
        for k in range(4):
            lift = (
                0.14 * max(0.0, pose.wave(1, 0.25 * k + 0.5 * (side > 0)))
                if pose.action == "walk"
                else 0.0
            )
            foot = np.array([side * (0.75 + 0.28 * k), -0.02 - lift])
            knee = np.array([side * (0.7 + 0.22 * k), y - 0.5 + 0.16 * (3 - k) - lift])
            leg = tube([(side * 0.2, y), knee, foot], [0.075, 0.06, 0.03], 5)
            art.add(f"leg.{label}.{k}", leg.outline, "dark")
    art.joint("body", (0, y))
    art.add("abdomen", round_(0, y - 0.38, 0.62 * a, 0.56 * b, n=28))
    art.mark(
        "abdomen.mark",
        loop([(0, y - 0.85), (0.16, y - 0.62), (0, y - 0.48), (-0.16, y - 0.62)], 3),
        "accent",
        "abdomen",
    )
    with art.frame(0, y + 0.12, 0.3 * pose.nod, 0.95):
        _face(art, looks, pose, "main", 0.0)
        for side in (-1, 1):
            art.add(
                f"head.eye.small.{side}",
                round_(side * 0.34, -0.24, 0.06, 0.06, n=10),
                "ink",
                "eye",
                within="head",
            )


def _caterpillar(art: Assembly, looks: Insect, pose: Pose) -> None:
    count = 5
    r = 0.42 * looks.size[1]
    for k in range(count):
        hump = (
            0.14 * (1 + pose.wave(1, 0.22 * k))
            if pose.action == "walk"
            else 0.06 * (k % 2 + 0.4 * pose.wave(1, 0.22 * k))
        )
        x, y = (k - 2.5) * 1.25 * r * looks.size[0], -r - 0.08 - hump
        for s in (-0.4, 0.35):
            foot = round_(x + s * r, y + 0.95 * r, 0.13, 0.12, n=14)
            art.add(f"leg.{k}.{'back' if s < 0 else 'front'}", foot, "dark")
        art.add(f"body.{k}", round_(x, y, r, r * 1.02, n=24), "main" if k % 2 else "light")
        art.mark(
            f"body.{k}.spot",
            round_(x, y - 0.3 * r, 0.3 * r, 0.25 * r, n=12),
            "pattern",
            f"body.{k}",
        )
        if looks.hair:
            for a in (-0.5, 0.0, 0.5):
                p = np.array([x + r * np.sin(a), y - r * np.cos(a)])
                art.stroke(
                    f"body.{k}",
                    [p * 0.7 + 0.3 * np.array([x, y]), p * 0.85 + 0.15 * np.array([x, y]), p],
                    0.6,
                )
    art.joint("body", (0, -r))
    x = (count - 2.5) * 1.25 * r * looks.size[0]
    with art.frame(x + 0.05, -r - 0.3, pose.nod, 1.05 * looks.size[2]):
        _antennae(art, "dark", 0.1)
        _face(art, looks, pose, "main")


def _dragonfly(art: Assembly, looks: Insect, pose: Pose) -> None:
    beat = 0.22 * pose.wave(3)
    y = 0.08 * pose.wave()
    a = looks.size[0]
    for k, x in enumerate((0.25, -0.05)):
        _wing(art, f"wing.far.{k}", x, y - 0.1, 0.35 - 0.5 * k + beat, 1.25, 0.45)
    body = tube(
        [(-1.9 * a, y + 0.1), (-0.9 * a, y + 0.02), (-0.1, y), (0.45, y - 0.04)],
        [0.07, 0.1, 0.22, 0.2],
        6,
    )
    art.joint("body", (0, y))
    art.add("body", body.outline)
    for k, u in enumerate((0.12, 0.26, 0.4, 0.54)):
        art.mark(f"body.ring.{k}", body.band(u, 0.03), "dark", "body")
    for k, x in enumerate((0.2, -0.1)):
        _wing(art, f"wing.near.{k}", x, y + 0.0, -0.25 - 0.55 * k - beat, 1.35, 0.5)
    with art.frame(0.72, y - 0.1, pose.nod, 0.75 * looks.size[2]):
        _face(art, looks, pose, "main")
