"""Blobs: slimes, ghosts, one-eyed monsters, balls of fur, aliens with tentacles, flames, clouds."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..model import Color, Figure
from .anatomy import bumpy, loop, round_, tube
from .assembly import Assembly
from .faces import Eyes, add_eye, add_mouth, sample_eyes
from .palettes import any_color, full_palette, lighter, mixed, near
from .pose import Pose

SPECIES = (
    "slime",
    "ghost",
    "monster",
    "furball",
    "octopus",
    "jellyfish",
    "flame",
    "cloud",
    "egg",
    "rock",
)


@dataclass(frozen=True)
class Blob:
    """The looks of a blob.

    Attributes:
        width, height: half-width and height, head heights.
        count: number of eyes, 1 to 3. legs, arms: whether it has them.
        horns: "none", "two", "one", "feelers", "ears". teeth: in the upper row.
        spots: how many. tentacles: of an octopus or a jellyfish.
    """

    species: str
    palette: dict[str, Color]
    eyes: Eyes
    width: float
    height: float
    count: int
    arms: bool
    legs: bool
    horns: str
    teeth: int
    spots: int
    mouth: str
    bubbles: bool
    blush: bool
    tentacles: int
    seed: int
    actions: tuple[str, ...]


def sample(rng: np.random.Generator, species: str | None = None) -> Blob:
    """One of a species, or of any."""
    species = species or str(rng.choice(SPECIES))
    main = any_color(rng, (0.25, 0.8), (0.55, 1.0))
    given: dict[str, Color] = {}
    if species == "ghost":
        main = near("white", rng) if rng.random() < 0.7 else lighter(main, 0.6)
    elif species == "flame":
        main = near(str(rng.choice(["orange", "red", "sky"])), rng)
        given["light"] = mixed(main, (1.0, 0.95, 0.5), 0.65)
    elif species == "cloud":
        main = lighter(near("sky", rng), 0.6)
    elif species == "rock":
        main = near(str(rng.choice(["gray", "sand", "blue gray"])), rng)
    count = 1 if species == "monster" and rng.random() < 0.6 else int(rng.choice([2, 2, 2, 3, 1]))
    monster = species in ("monster", "furball")
    given["horn"] = near("cream", rng) if rng.random() < 0.6 else any_color(rng)
    kinds = ("real", "dot", "iris", "bead", "slit", "happy")
    eyes = sample_eyes(rng, kinds, (0.38, 0.3, 0.1, 0.1, 0.07, 0.05))
    if count != 2 and eyes.kind in ("bead", "happy", "dot"):
        eyes = Eyes("real", 0.3, 1.05, eyes.brow, eyes.lashes)
    return Blob(
        species=species,
        palette=full_palette(main, rng, **given),
        eyes=eyes,
        width=float(rng.uniform(0.7, 1.05)),
        height=float(rng.uniform(1.2, 1.9)),
        count=count,
        arms=bool(rng.random() < (0.6 if monster else 0.35)),
        legs=bool((monster and rng.random() < 0.85) or species in ("egg", "rock")),
        horns=str(rng.choice(["none", "two", "one", "feelers", "ears"]))
        if monster or rng.random() < 0.3
        else "none",
        teeth=int(rng.choice([0, 1, 2, 4])) if monster else 0,
        spots=int(rng.integers(0, 6)) if rng.random() < 0.5 else 0,
        mouth=str(rng.choice(["smile", "cat", "flat", "frown"], p=[0.6, 0.15, 0.15, 0.1])),
        bubbles=bool(rng.random() < 0.5),
        blush=bool(rng.random() < 0.4),
        tentacles=int(rng.integers(4, 8)),
        seed=int(rng.integers(2**31)),
        actions=("bounce", "walk")
        if monster or species in ("egg", "rock")
        else ("bounce", "float"),
    )


def actions(looks: Blob) -> tuple[str, ...]:
    return looks.actions


def build(looks: Blob, pose: Pose) -> Figure:
    """The blob, the ground at y = 0."""
    art = Assembly()
    squash, lift = 1.0, 0.0
    if pose.action == "bounce":
        squash = 1 + 0.16 * pose.wave()
        lift = 0.22 * max(0.0, pose.wave(1, -0.1))
    elif pose.action == "float":
        lift = 0.12 + 0.08 * pose.wave()
    lean = 0.05 * pose.wave(1, 0.25)
    legs = 0.35 if looks.legs else 0.0
    if looks.species in ("octopus", "jellyfish"):
        legs = 0.45
    with art.frame(0.0, -lift, lean):
        if looks.legs:
            _legs(art, looks, pose, legs, lift if pose.action == "walk" else 0.0)
        with art.frame(0.0, -legs, 0.0, (1 / np.sqrt(squash), squash)):
            _body(art, looks, pose)
    return art.figure("blob", looks.palette, pose.facing < 0)


def _outline(looks: Blob, pose: Pose) -> np.ndarray:
    w, h = looks.width, looks.height
    wave = pose.wave
    if looks.species == "slime":
        tip = 0.1 * h * (looks.seed % 3)
        points = [
            (0.06 * w, -0.9 * h - tip),
            (0.36 * w, -0.82 * h),
            (0.88 * w, -0.52 * h),
            (1.08 * w, -0.2 * h),
            (0.9 * w, 0.0),
            (0, 0.02),
            (-0.9 * w, 0.0),
            (-1.08 * w, -0.2 * h),
            (-0.88 * w, -0.52 * h),
            (-0.32 * w, -0.84 * h),
        ]
        return loop(points, 5)
    if looks.species == "ghost":
        t = np.linspace(np.pi, 2 * np.pi, 13)
        dome = np.stack([0.8 * w * np.cos(t), -0.62 * h + 0.42 * h * np.sin(t)], 1)
        x = np.linspace(0.95 * w, -0.95 * w, 25)
        hem = np.stack([x, -0.1 + 0.09 * np.cos(9.2 * (x / w) + 2 * np.pi * pose.phase)], 1)
        return np.concatenate([dome, hem])
    if looks.species == "furball":
        return bumpy(0, -0.5 * h, 0.92 * w, 0.5 * h, 19, 0.16, True)
    if looks.species == "cloud":
        return bumpy(0, -0.42 * h, 1.1 * w, 0.42 * h, 7, 0.3)
    if looks.species == "flame":
        s = 0.08 * wave(2)
        points = [
            (0.1 * w + s, -1.12 * h),
            (0.28 * w, -0.75 * h),
            (0.6 * w - s, -0.92 * h),
            (0.82 * w, -0.45 * h),
            (0.62 * w, -0.08 * h),
            (0, 0.02),
            (-0.62 * w, -0.08 * h),
            (-0.82 * w, -0.42 * h),
            (-0.62 * w + s, -0.8 * h),
            (-0.36 * w, -0.66 * h),
        ]
        return loop(points, 5)
    if looks.species == "egg":
        t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        return np.stack(
            [0.8 * w * np.sin(t) * (1 - 0.16 * np.cos(t)), -0.5 * h - 0.52 * h * np.cos(t)], 1
        )
    if looks.species == "rock":
        r = np.random.default_rng(looks.seed).uniform(0.86, 1.08, 11)
        t = np.linspace(0, 2 * np.pi, 11, endpoint=False)
        corners = np.stack([w * r * np.cos(t), -0.48 * h + 0.5 * h * r * np.sin(t)], 1)
        between = (corners + np.roll(corners, -1, 0)) / 2
        return np.stack([corners, between], 1).reshape(-1, 2)
    if looks.species in ("octopus", "jellyfish"):
        points = [
            (0, -h),
            (0.7 * w, -0.85 * h),
            (0.98 * w, -0.4 * h),
            (0.82 * w, 0.0),
            (0.4 * w, 0.06),
            (0, 0.02),
            (-0.4 * w, 0.06),
            (-0.82 * w, 0.0),
            (-0.98 * w, -0.4 * h),
            (-0.7 * w, -0.85 * h),
        ]
        return loop(points, 4)
    points = [
        (0, -h),
        (0.62 * w, -0.9 * h),
        (0.88 * w, -0.5 * h),
        (0.98 * w, -0.15 * h),
        (0.6 * w, 0.02),
        (0, 0.03),
        (-0.6 * w, 0.02),
        (-0.98 * w, -0.15 * h),
        (-0.88 * w, -0.5 * h),
        (-0.62 * w, -0.9 * h),
    ]
    return loop(points, 4)


def _body(art: Assembly, looks: Blob, pose: Pose) -> None:
    w, h = looks.width, looks.height
    art.joint("body", (0, -0.5 * h))
    art.joint("head", (0, -0.62 * h))
    _horns(art, looks, pose)
    if looks.species in ("octopus", "jellyfish"):
        _tentacles(art, looks, pose)
    if looks.arms:
        _arms(art, looks, pose, -1)
    gleam = round_(-0.42 * w, -0.78 * h, 0.13 * w, 0.06 * h, -0.7, 14)
    into = tuple(
        n
        for n in art.parts
        if n.startswith(("tentacle", "horn.ear", "arm")) and art.parts[n].color == "main"
    )
    art.add("body", _outline(looks, pose), into=into, light=gleam)
    if looks.species == "flame":
        art.mark(
            "body.core",
            loop(
                [
                    (0.02, -0.7 * h),
                    (0.4 * w, -0.3 * h),
                    (0.3 * w, 0.05),
                    (-0.3 * w, 0.05),
                    (-0.42 * w, -0.3 * h),
                ],
                4,
            ),
            "light",
            "body",
        )
    elif looks.species in ("monster", "furball") and looks.seed % 2:
        art.mark("body.belly", round_(0, -0.16 * h, 0.55 * w, 0.3 * h), "light", "body")
    if looks.species == "rock":
        art.stroke(
            "body", [(-0.5 * w, -0.85 * h), (-0.38 * w, -0.7 * h), (-0.5 * w, -0.58 * h)], 0.8
        )
        art.stroke("body", [(0.6 * w, -0.3 * h), (0.46 * w, -0.2 * h), (0.5 * w, -0.1 * h)], 0.8)
    places = [(-0.6, -0.3), (0.62, -0.35), (0.4, -0.1), (-0.3, -0.12), (0.05, -0.9)]
    for k, (x, y) in enumerate(places[: looks.spots]):
        art.mark(
            f"body.spot.{k}",
            round_(x * w, y * h, 0.12, 0.1, n=14),
            "pattern" if looks.seed % 3 else "accent",
            "body",
        )
    if looks.species == "slime" and looks.bubbles:
        for k, (x, y, r) in enumerate(
            [(0.5, -0.25, 0.08), (-0.55, -0.2, 0.06), (0.3, -0.12, 0.05)]
        ):
            art.mark(f"body.bubble.{k}", round_(x * w, y * h, r, n=14), "light", "body")
    if looks.species == "furball":
        for k in range(10):
            x, y = -0.7 + 1.4 * ((k * 0.618034) % 1), -0.15 - 0.75 * ((k * 0.381966 + 0.1) % 1)
            p = np.array([x * w, y * h])
            art.stroke("body", [p, p + (0.03, 0.08), p + (-0.02, 0.15)], 0.6)
    _face(art, looks, pose)
    if looks.arms:
        _arms(art, looks, pose, 1)


def _face(art: Assembly, looks: Blob, pose: Pose) -> None:
    w, h = looks.width, looks.height
    dx = 0.1 * w
    y = -0.62 * h
    if looks.species in ("slime", "flame"):
        y = -0.45 * h
    elif looks.species == "cloud":
        y = -0.48 * h
    size = looks.eyes.size * 0.62 * min(w, 0.9)
    if looks.count == 1:
        add_eye(art, "eye", "body", dx, y, 1.55 * size + 0.05, looks.eyes, pose)
        low = y + (1.55 * size + 0.05) * looks.eyes.tall
    elif looks.count == 2:
        gap = max(0.3 * w, 1.15 * size)
        for side, label in ((-1, "left"), (1, "right")):
            add_eye(art, f"eye.{label}", "body", dx + side * gap, y, size, looks.eyes, pose, side)
        low = y + size * looks.eyes.tall
    else:
        for k, label in ((-1, "left"), (0, "middle"), (1, "right")):
            add_eye(
                art,
                f"eye.{label}",
                "body",
                dx + 0.42 * w * k,
                y - 0.1 * h * (k == 0),
                0.7 * size,
                looks.eyes,
                pose,
                k or 1,
            )
        low = y + 0.7 * size * looks.eyes.tall
    wide = 0.2 * w + 0.22 * w * bool(looks.teeth)
    if looks.species == "ghost" and looks.mouth == "flat":
        art.add(
            "mouth",
            round_(dx, low + 0.16, 0.09, 0.08 + 0.1 * pose.mouth),
            "mouth",
            "mouth",
            within="body",
        )
    else:
        add_mouth(
            art,
            "mouth",
            "body",
            dx,
            low + 0.06,
            wide,
            pose,
            kind=looks.mouth,
            depth=0.4,
            teeth=looks.teeth,
        )
    if looks.blush:
        for side in (-1, 1):
            art.mark(
                f"blush.{side}", round_(dx + side * 0.5 * w, low + 0.06, 0.1, 0.06), "blush", "body"
            )


def _horns(art: Assembly, looks: Blob, pose: Pose) -> None:
    w, h = looks.width, looks.height
    if looks.species in ("slime", "flame", "cloud"):
        return
    sides = (-1, 1) if looks.horns != "one" else (0,)
    for side in sides:
        name = f"horn.{side}"
        x, y = side * 0.42 * w, -0.9 * h
        if looks.horns in ("two", "one"):
            if side == 0:
                y = -h + 0.04
            horn = tube(
                [(x, y + 0.16), (x + side * 0.16, y - 0.12), (x + side * 0.12 + 0.03, y - 0.38)],
                [0.13, 0.1, 0.015],
                4,
            )
            art.add(name, horn.outline, "horn")
            for u in (0.35, 0.55):
                art.stroke(name, horn.at([u, u + 0.03, u], [-1, 0, 1]), 0.6)
        elif looks.horns == "feelers":
            sway = 0.08 * pose.wave(1, 0.2 * side)
            rod = tube(
                [(x, y + 0.16), (x + side * 0.1, y - 0.2), (x + side * 0.2 + sway, y - 0.5)],
                [0.05, 0.04, 0.035],
                4,
            )
            art.add(name, rod.outline)
            art.add(f"{name}.ball", round_(x + side * 0.2 + sway, y - 0.55, 0.11, n=16), "accent")
        elif looks.horns == "ears":
            ear = loop(
                [
                    (x - 0.2, y + 0.3),
                    (x + side * 0.05 - 0.12, y - 0.15),
                    (x + side * 0.22, y - 0.36),
                    (x + side * 0.12 + 0.12, y - 0.1),
                    (x + 0.2, y + 0.3),
                ],
                3,
            )
            art.add(f"horn.ear.{side}", ear)


def _tentacles(art: Assembly, looks: Blob, pose: Pose) -> None:
    n = looks.tentacles
    jelly = looks.species == "jellyfish"
    long = 0.9 if jelly else 0.62
    for k in range(n):
        x = looks.width * (-0.72 + 1.44 * k / (n - 1))
        out = 0.35 * x
        phase = 0.17 * k
        points = [(x * 0.9, -0.15)]
        for j in range(1, 5):
            s = j / 4
            points.append(
                (x + out * s + 0.13 * s * pose.wave(1, phase - 0.18 * j), -0.1 + long * s)
            )
        half = np.linspace(0.07, 0.04, 5) if jelly else np.array([0.17, 0.15, 0.13, 0.11, 0.09])
        limb = tube(points, half, 4)
        art.add(f"tentacle.{k}", limb.outline, "light" if jelly and k % 2 else "main")
        if not jelly:
            for u in (0.55, 0.75, 0.92):
                art.stroke(f"tentacle.{k}", limb.at([u, u + 0.01, u], [0.1, 0.35, 0.6]), 1.2)


def _arms(art: Assembly, looks: Blob, pose: Pose, side: int) -> None:
    w, h = looks.width, looks.height
    up = -0.5 + 1.1 * max(0.0, pose.wave(1, 0.5 * (side > 0)))
    x = side * 0.78 * w
    root = np.array([x, -0.42 * h])
    hand = root + 0.5 * np.array([side * np.cos(up), -np.sin(up)])
    middle = (root + hand) / 2 + (0, 0.06)
    arm = tube([root, middle, hand], [0.14, 0.12, 0.13], 5)
    name = f"arm.{'near' if side > 0 else 'far'}"
    art.joint(f"hand.{'near' if side > 0 else 'far'}", hand)
    art.add(name, arm.outline, into=("body",) if side > 0 else ())


def _legs(art: Assembly, looks: Blob, pose: Pose, high: float, lift: float) -> None:
    for side, label in ((-1, "left"), (1, "right")):
        x = side * 0.38 * looks.width
        step = pose.wave(1, 0.25 + 0.25 * side) if pose.action == "walk" else 0.0
        rise = 0.14 * max(0.0, pose.wave(1, 0.5 + 0.25 * side)) if pose.action == "walk" else 0.0
        foot = np.array([x + 0.16 * step, -rise])
        leg = tube([(x, -high - 0.25), (x, -high * 0.5), foot + (0, -0.08)], [0.15, 0.13, 0.13], 4)
        art.joint(f"leg.{label}", (x, -high))
        art.joint(f"foot.{label}", foot)
        art.add(f"leg.{label}", leg.outline)
        sole = round_(foot[0] + 0.06, foot[1] - 0.09, 0.25, 0.15)
        sole[:, 1] = np.minimum(sole[:, 1], foot[1])
        art.add(f"leg.{label}.foot", sole, into=(f"leg.{label}",))
        for k in (0.1, 0.2):
            p = foot + (k, 0)
            art.stroke(f"leg.{label}.foot", [p + (0, -0.12), p + (0.01, -0.06), p], 0.7)
