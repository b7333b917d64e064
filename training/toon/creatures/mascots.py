"""Mascots: chubby animals on two legs, and food and things with faces, arms and legs."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..model import Color, Figure
from . import outfits, quadruped, things
from .anatomy import bent, bumpy, round_, tube
from .assembly import Assembly
from .faces import Eyes, add_eye, add_mouth, sample_eyes
from .heads import add_front_head
from .palettes import any_color, full_palette, near
from .pose import Pose
from .quadruped import Quadruped

ANIMALS = (
    "cat",
    "dog",
    "fox",
    "wolf",
    "lion",
    "tiger",
    "bear",
    "panda",
    "mouse",
    "rabbit",
    "squirrel",
    "raccoon",
    "pig",
    "cow",
    "sheep",
    "elephant",
    "dragon",
    "monster",
    "hippo",
    "leopard",
)


@dataclass(frozen=True)
class Mascot:
    """The looks of a mascot; lengths in head heights.

    Attributes:
        animal: whose head it has, None = it is a thing.
        thing: see `things.THINGS`, "" = it is an animal.
        width, height: half-width and height of an animal's trunk. leg, limb: length of a leg, and
            half an arm's or leg's width. arm: its length. scale: size of a thing.
        outfit, hat: see `outfits`. gloves, shoes: whether it wears them. hose: limbs thin as hoses.
    """

    species: str
    palette: dict[str, Color]
    eyes: Eyes
    animal: Quadruped | None
    thing: str
    width: float
    height: float
    leg: float
    limb: float
    arm: float
    outfit: str
    hat: str
    gloves: bool
    shoes: bool
    hose: bool
    blush: bool
    turn: float
    actions: tuple[str, ...] = ("stand", "walk", "wave", "cheer", "bounce")


def sample(rng: np.random.Generator, species: str | None = None) -> Mascot:
    """A mascot: an animal of `ANIMALS`, or one of `things.THINGS`, or any."""
    if species is None:
        species = str(rng.choice(ANIMALS if rng.random() < 0.6 else list(things.THINGS)))
    clothes = {
        "accent": any_color(rng),
        "second": any_color(rng),
        "third": any_color(rng),
        "shoes": any_color(rng, (0.2, 0.9), (0.3, 0.95)),
        "glove": near("white", rng),
    }
    common = dict(
        width=float(rng.uniform(0.4, 0.62)),
        height=float(rng.uniform(0.75, 1.15)),
        leg=float(rng.uniform(0.32, 0.62)),
        limb=float(rng.uniform(0.14, 0.2)),
        arm=float(rng.uniform(0.62, 0.85)),
        outfit=str(rng.choice(outfits.OUTFITS, p=outfits.CHANCES)),
        hat=str(rng.choice(outfits.HATS)) if rng.random() < 0.3 else "none",
        gloves=bool(rng.random() < 0.2),
        shoes=bool(rng.random() < 0.35),
        blush=bool(rng.random() < 0.45),
        turn=float(rng.uniform(0.0, 0.5)),
    )
    if species in things.THINGS:
        palette = full_palette(near(str(rng.choice(things.THINGS[species])), rng), rng)
        limb = near("dark gray", rng) if rng.random() < 0.5 else palette["main"]
        palette.update(
            clothes,
            limb=limb,
            leaf=near("green", rng),
            stem=near("brown", rng),
            cream=near("cream", rng),
            berry=near("red", rng),
            dough=near("tan", rng),
        )
        eyes = sample_eyes(rng, ("real", "dot", "bead", "happy"), (0.35, 0.4, 0.15, 0.1))
        common.update(
            outfit="none", gloves=bool(rng.random() < 0.6), shoes=bool(rng.random() < 0.7)
        )
        return Mascot(
            species, palette, eyes, None, species, hose=bool(rng.random() < 0.6), **common
        )
    animal = quadruped.sample(rng, species)
    animal = replace(
        animal, view="turned", blush=animal.blush or common["blush"], big_muzzle=animal.big_muzzle
    )
    return Mascot(
        species, {**animal.palette, **clothes}, animal.eyes, animal, "", hose=False, **common
    )


def actions(looks: Mascot) -> tuple[str, ...]:
    return looks.actions


def build(looks: Mascot, pose: Pose) -> Figure:
    """The mascot, the ground at y = 0."""
    art = Assembly()
    hop, squash = 0.0, 1.0
    if pose.action == "bounce":
        hop = 0.3 * max(0.0, pose.wave())
        squash = 1 + 0.05 * pose.wave(1, -0.1)
    elif pose.action == "cheer":
        hop = 0.14 * abs(pose.wave(2))
    elif pose.action == "walk":
        hop = 0.05 * abs(pose.wave(1))
    lean = 0.06 * pose.wave() if pose.action == "walk" else 0.02 * pose.wave()
    hips = -looks.leg - hop
    _legs(art, looks, pose, hips, hop)
    with art.frame(0.0, hips, lean, (1 / np.sqrt(squash), squash)):
        if looks.animal is None:
            _thing(art, looks, pose)
        else:
            _animal(art, looks, pose)
    return art.figure("mascot", looks.palette, pose.facing < 0)


def _animal(art: Assembly, looks: Mascot, pose: Pose) -> None:
    w, h = looks.width, looks.height
    animal = looks.animal
    outfits.add_behind(art, looks, pose)
    _tail(art, looks, pose)
    body = tube(
        [(0, 0.02), (0.02, -0.4 * h), (0.0, -0.85 * h)],
        [0.82 * w, 1.0 * w, 0.62 * w],
        6,
        ends=(0.45, 0.5),
    )
    art.joint("body", (0, -0.4 * h))
    grown = [
        n for n in ("leg.left", "leg.right") if n in art.parts and art.parts[n].color == "main"
    ]
    art.add("body", body.outline, into=grown)
    if (
        animal.belly_light
        or animal.muzzle_light > 0.2
        or animal.species in ("cat", "rabbit", "mouse", "pig")
    ):
        if looks.outfit in ("none", "scarf", "bow tie", "cape"):
            art.mark("body.belly", round_(0.04, -0.28 * h, 0.6 * w, 0.42 * h), "light", "body")
    if animal.pattern in ("stripes", "zebra", "tabby") and looks.outfit in (
        "none",
        "scarf",
        "bow tie",
        "cape",
    ):
        for k, u in enumerate((0.25, 0.5, 0.75)):
            for s in (-1, 1):
                art.mark(
                    f"body.stripe.{k}.{s}",
                    body.wedge(u, 0.05, s * 0.45, s * 1.2),
                    "pattern",
                    "body",
                )
    outfits.add_clothes(art, looks, body)
    _arm(art, looks, pose, -1, (-0.58 * w, -0.78 * h))
    _arm(art, looks, pose, 1, (0.58 * w, -0.78 * h))
    nod = 0.7 * pose.nod + 0.04 * pose.wave(1, 0.3)
    with art.frame(0.0, -0.9 * h - 0.42, nod):
        if animal.mane == "ring":
            art.add("mane", bumpy(0, 0.02, 0.78, 0.74, 15, 0.2, True), "hair", "hair")
        add_front_head(art, animal, pose, looks.turn)
        outfits.add_hat(art, looks, 0.0, -0.4, 0.42)
    art.casts("head", "body")
    outfits.add_neckwear(art, looks, -0.86 * h, 0.6 * w)


def _tail(art: Assembly, looks: Mascot, pose: Pose) -> None:
    kind = looks.animal.tail
    w = looks.width
    sway = 0.15 * pose.wave()
    if kind in ("stub", "puff"):
        art.add("tail", round_(-0.95 * w, -0.12, 0.2), "light" if kind == "puff" else "main")
        return
    n = min(looks.animal.tail_length, 1.2)
    fat = {"bushy": 0.2, "plume": 0.24, "ringed": 0.17, "saurian": 0.24, "spade": 0.2}.get(
        kind, 0.09
    )
    base = np.array([-0.6 * w, -0.05])
    points = [
        base,
        base + (-0.4 * n, 0.08),
        base + (-0.72 * n, -0.2 * n + sway),
        base + (-0.7 * n, -0.6 * n + sway),
    ]
    taper = 0.25 if kind in ("saurian", "spade", "thin") else 0.75
    shape = tube(
        points, [max(0.75 * fat, 0.1), fat, fat * 1.05 if taper > 0.5 else 0.6 * fat, fat * taper]
    )
    art.joint("tail", base)
    art.add("tail", shape.outline)
    if kind in ("bushy", "tuft"):
        t = np.linspace(0.74, 1.0, 4)
        tip = np.concatenate(
            [shape.at(t, 1.6), [shape.line[-1] + (0.1, -0.5)], shape.at(t[::-1], -1.6)]
        )
        art.mark("tail.tip", tip, "light" if kind == "bushy" else "hair", "tail")
    elif kind == "ringed":
        for k, u in enumerate((0.35, 0.55, 0.75)):
            art.mark(f"tail.ring.{k}", shape.band(u, 0.05), "pattern", "tail")


def _arm(art: Assembly, looks: Mascot, pose: Pose, side: int, root) -> None:
    label = "left" if side < 0 else "right"
    swing = 0.0
    up = -0.95
    if pose.action == "walk":
        swing = 0.5 * pose.wave(1, 0.0 if side > 0 else 0.5)
    elif pose.action == "wave" and side > 0:
        up = 0.5 + 0.3 * pose.wave(2)
    elif pose.action == "cheer":
        up = 0.5 + 0.2 * pose.wave(2, 0.25)
    elif pose.action == "bounce":
        up = -0.5 + 0.5 * pose.wave()
    else:
        up = -0.95 + 0.1 * pose.wave()
    up += swing * side * 0.5
    root = np.array(root, float)
    reach = looks.arm
    hand = root + reach * np.array([side * np.cos(up), -np.sin(up)])
    bend = side if up < 0.2 else -side
    elbow = bent(root, hand, 0.52 * reach, 0.52 * reach, bend)
    t = looks.limb * (0.4 if looks.hose else 0.92)
    color = "limb" if looks.thing else "main"
    if looks.animal and looks.animal.pattern == "panda":
        color = "pattern"
    name = f"arm.{label}"
    arm = tube([root, elbow, hand], [t, t, t * 0.95], 6)
    bare = looks.outfit in ("none", "scarf", "bow tie", "cape") and not looks.thing
    art.joint(name, root)
    art.joint(f"hand.{label}", hand)
    art.add(name, arm.outline, color, into=("body",) if bare and color == "main" else ())
    if not bare and not looks.thing and looks.outfit != "overalls":
        sleeve = tube(
            [root, root + 0.55 * (elbow - root), root + 0.95 * (elbow - root)],
            [1.12 * t, 1.2 * t, 1.3 * t],
            4,
            (1, 0.2),
        )
        art.add(f"{name}.sleeve", sleeve.outline, "accent", "clothes")
    r = 1.15 * t if not looks.hose else 0.17
    if looks.gloves or looks.hose:
        skin = "glove" if looks.gloves else color
        art.add(
            f"hand.{label}.thumb",
            tube([hand, hand + (-side * 0.6 * r, -1.1 * r)], [0.45 * r, 0.4 * r], 4).outline,
            skin,
            "clothes" if looks.gloves else "skin",
        )
        art.add(
            f"hand.{label}", round_(*hand, 1.1 * r), skin, "clothes" if looks.gloves else "skin"
        )


def _legs(art: Assembly, looks: Mascot, pose: Pose, hips: float, hop: float) -> None:
    w = looks.width if looks.animal else 0.5
    for side, label in ((-1, "left"), (1, "right")):
        x = side * 0.48 * w
        step = rise = 0.0
        if pose.action == "walk":
            shift = 0.0 if side < 0 else 0.5
            step, rise = (
                0.3 * looks.leg * pose.wave(1, shift),
                0.3 * looks.leg * max(0.0, pose.wave(1, shift + 0.25)),
            )
        foot = np.array(
            [x * 1.15 + step, -rise - (hop if pose.action in ("bounce", "cheer") else 0.0) * 0.8]
        )
        t = looks.limb * (0.42 if looks.hose else 1.1)
        color = "limb" if looks.thing else "main"
        if looks.animal and looks.animal.pattern == "panda":
            color = "pattern"
        name = f"leg.{label}"
        leg = tube(
            [
                (x, hips - 0.12),
                ((x + foot[0]) / 2 + 0.03, (hips + foot[1]) / 2),
                foot + (0, -0.8 * t),
            ],
            [t, t, 0.95 * t],
            5,
        )
        art.joint(name, (x, hips))
        art.joint(f"foot.{label}", foot)
        art.add(name, leg.outline, color)
        long = max(1.35 * t, 0.2)
        sole = round_(foot[0] + 0.05, foot[1] - 0.11, long, 0.15)
        sole[:, 1] = np.minimum(sole[:, 1], foot[1])
        if looks.shoes:
            art.add(f"{name}.shoe", sole, "shoes", "shoes")
            art.stroke(
                f"{name}.shoe",
                [
                    (foot[0] - 0.3, foot[1] - 0.05),
                    (foot[0], foot[1] - 0.04),
                    (foot[0] + 0.3, foot[1] - 0.05),
                ],
                0.7,
                None,
                (0, 0),
            )
        else:
            art.add(f"{name}.foot", sole, color, into=(name,))
            if looks.animal:
                for k in (0.08, 0.17):
                    p = foot + (k, 0.0)
                    art.stroke(f"{name}.foot", [p + (0, -0.1), p + (0.01, -0.05), p], 0.6)


def _thing(art: Assembly, looks: Mascot, pose: Pose) -> None:
    face_y, wide, shoulder = things.add_thing(art, looks)
    art.joint("body", (0, face_y))
    art.joint("head", (0, face_y))
    dx = 0.12 * looks.turn
    size = 0.5 * looks.eyes.size
    for side, label in ((-1, "left"), (1, "right")):
        add_eye(
            art,
            f"eye.{label}",
            "body",
            dx + side * 0.42 * wide,
            face_y,
            size,
            looks.eyes,
            pose,
            side,
        )
    add_mouth(art, "mouth", "body", dx, face_y + 0.2, 0.17, pose, depth=0.42)
    if looks.blush:
        for side in (-1, 1):
            art.mark(
                f"blush.{side}",
                round_(dx + side * 0.68 * wide, face_y + 0.16, 0.09, 0.06),
                "blush",
                "body",
            )
    for side in (-1, 1):
        _arm(art, looks, pose, side, (side * shoulder[0], shoulder[1]))
    if looks.hat != "none" and looks.thing in ("egg", "mug", "book", "bread", "rice ball", "ball"):
        outfits.add_hat(art, looks, 0.0, shoulder[2], 0.4)
