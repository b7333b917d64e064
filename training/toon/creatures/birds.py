"""Birds: an egg of a body, a round head, a beak; perched, standing or flying."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..model import Color, Figure
from .anatomy import loop, round_, tube
from .assembly import Assembly
from .faces import Eyes, add_eye, sample_eyes
from .palettes import any_color, darker, full_palette, lighter, near
from .pose import Pose
from .wings import add_feather_wing

_SMALL = ("stand", "walk", "fly", "perch")
# body: half length, half height, upright angle; neck; leg; beak kind and length; tail length
SPECIES: dict[str, dict] = {
    "sparrow": dict(body=(0.62, 0.46, 0.5), neck=0.0, leg=0.28, beak="cone", bill=0.2, tail=0.6,
                    colors=("brown", "sky", "gray", "yellow", "red", "blue"), breast=True),
    "chick": dict(body=(0.5, 0.46, 0.3), neck=0.0, leg=0.22, beak="cone", bill=0.16, tail=0.12,
                  colors=("yellow", "cream"), wing=0.55, actions=("stand", "walk", "perch")),
    "crow": dict(body=(0.75, 0.46, 0.45), neck=0.05, leg=0.4, beak="long", bill=0.4, tail=0.8,
                 colors=("black", "dark gray")),
    "parrot": dict(body=(0.72, 0.42, 1.05), neck=0.0, leg=0.2, beak="hook", bill=0.3, tail=1.1,
                   colors=("red", "green", "blue", "yellow"), bright=True, crest="feathers?"),
    "toucan": dict(body=(0.75, 0.45, 0.9), neck=0.0, leg=0.25, beak="huge", bill=0.85, tail=0.7,
                   colors=("black",), breast=True, bright=True),
    "eagle": dict(body=(0.85, 0.5, 0.75), neck=0.1, leg=0.4, beak="hook", bill=0.36, tail=0.7,
                  colors=("brown", "dark brown"), white_head=True),
    "duck": dict(body=(0.85, 0.52, 0.1), neck=0.25, leg=0.26, beak="flat", bill=0.36, tail=0.32,
                 colors=("white", "yellow", "brown", "gray"), web=True,
                 actions=("stand", "walk", "fly", "swim")),
    "goose": dict(body=(0.95, 0.55, 0.15), neck=0.85, leg=0.36, beak="flat", bill=0.36, tail=0.36,
                  colors=("white", "gray"), web=True, actions=("stand", "walk", "fly", "swim")),
    "swan": dict(body=(1.05, 0.58, 0.1), neck=1.35, leg=0.25, beak="flat", bill=0.34, tail=0.4,
                 colors=("white", "white", "black"), web=True, actions=("swim", "stand", "swim")),
    "chicken": dict(body=(0.72, 0.56, 0.35), neck=0.3, leg=0.4, beak="cone", bill=0.2, tail=0.55,
                    colors=("white", "ginger", "brown", "cream"), comb=True, plume=True,
                    actions=("stand", "walk", "perch")),
    "flamingo": dict(body=(0.62, 0.42, 0.2), neck=1.4, leg=1.5, beak="down", bill=0.4, tail=0.3,
                     colors=("pink",), head=0.72, actions=("stand", "walk", "fly")),
    "ostrich": dict(body=(0.95, 0.7, 0.15), neck=1.35, leg=1.35, beak="flat", bill=0.26, tail=0.5,
                    colors=("dark gray", "brown"), head=0.72, thin_neck="pink", plume=True,
                    actions=("stand", "walk")),
    "heron": dict(body=(0.8, 0.4, 0.35), neck=1.1, leg=1.15, beak="long", bill=0.7, tail=0.4,
                  colors=("blue gray", "white", "gray"), head=0.75, crest="feathers",
                  actions=("stand", "walk", "fly")),
    "penguin": dict(body=(0.85, 0.52, 1.5), neck=0.0, leg=0.06, beak="cone", bill=0.24, tail=0.16,
                    colors=("black", "blue gray", "dark gray"), breast=True, web=True, flipper=True,
                    actions=("stand", "walk")),
    "owl": dict(body=(0.72, 0.55, 1.5), neck=0.0, leg=0.08, beak="hook", bill=0.16, tail=0.4,
                colors=("brown", "tan", "gray", "white"), front=True, breast=True, crest="horns?",
                actions=("stand", "perch", "walk")),
}  # fmt: skip


@dataclass(frozen=True)
class Bird:
    """The looks of a bird; lengths in head heights, angles in radians."""

    species: str
    palette: dict[str, Color]
    actions: tuple[str, ...]
    eyes: Eyes
    body: tuple[float, float, float]
    neck: float
    leg: float
    beak: str
    bill: float
    tail: float
    head: float = 1.0
    wing: float = 1.0
    crest: str = "none"
    comb: bool = False
    breast: bool = False
    white_head: bool = False
    web: bool = False
    flipper: bool = False
    front: bool = False
    plume: bool = False
    thin_neck: bool = False
    ticks: int = 5


def sample(rng: np.random.Generator, species: str | None = None) -> Bird:
    """A bird of a species, or of any."""
    species = species or str(rng.choice(list(SPECIES)))
    traits = dict(SPECIES[species])
    color, bright = str(rng.choice(traits.pop("colors"))), traits.pop("bright", False)
    main = any_color(rng, (0.3, 0.8), (0.6, 0.98)) if rng.random() < 0.08 else near(color, rng)
    beak = near(str(rng.choice(["orange", "yellow", "dark gray"], p=[0.5, 0.35, 0.15])), rng)
    given = {"beak": beak, "leg": darker(beak, 0.12), "light": lighter(main, 0.62)}
    given["wing"] = any_color(rng, (0.5, 0.9), (0.6, 1)) if bright else darker(main, 0.16)
    given["comb"] = near("red", rng)
    if species in ("penguin", "toucan"):
        given["light"] = near("white", rng)
        given["wing"] = darker(main, 0.05)
    if traits.pop("thin_neck", None):
        given["throat"], traits["thin_neck"] = near("pink", rng), True
    a, b, angle = traits.pop("body")
    size = np.clip(rng.normal(1, 0.08, 4), 0.85, 1.2)
    crest = traits.pop("crest", "none")
    if crest.endswith("?"):
        crest = crest[:-1] if rng.random() < 0.6 else "none"
    return Bird(
        species=species,
        palette=full_palette(main, rng, **given),
        actions=traits.pop("actions", _SMALL),
        eyes=sample_eyes(
            rng, ("real", "dot", "iris", "bead", "happy"), (0.25, 0.4, 0.15, 0.15, 0.05)
        ),
        body=(float(a * size[0]), float(b * size[1]), float(angle + rng.normal(0, 0.06))),
        neck=float(traits.pop("neck") * size[2]),
        leg=float(traits.pop("leg") * size[3]),
        tail=float(traits.pop("tail") * size[2]),
        crest=crest,
        ticks=int(rng.integers(2, 9)),
        **traits,
    )


def actions(looks: Bird) -> tuple[str, ...]:
    return looks.actions


def build(looks: Bird, pose: Pose) -> Figure:
    """The bird, its feet at y = 0."""
    art = Assembly()
    a, b, angle = looks.body
    flying = pose.action == "fly"
    if flying:
        angle = 0.12 if looks.species != "owl" else 0.5
    crouch = 1.0
    if pose.action == "perch":  # it crouches, more upright
        angle, crouch = min(angle + 0.3, 1.5), 0.65
    bob = 0.05 * pose.wave(2 if pose.action == "walk" else 1)
    c, s = np.cos(angle), np.sin(angle)
    low = float(np.hypot(a * s, b * c))  # how far the body reaches below its middle
    y = -(looks.leg * crouch + low * 0.93) + bob
    if flying:
        y -= 0.5 + 0.12 * pose.wave(1, 0.25)
    elif pose.action == "swim":
        y = -0.62 * b + bob
    body = tube(
        [
            (-0.95 * a * c, y + 0.95 * a * s),
            (-0.35 * a * c, y + 0.35 * a * s),
            (0.3 * a * c, y - 0.3 * a * s),
            (0.72 * a * c, y - 0.72 * a * s),
        ],
        [0.3 * b, 0.86 * b, 1.0 * b, 0.72 * b],
        6,
        ends=(0.6, 0.8),
    )
    art.joint("body", (0, y))
    neck_base = body.line[-4]
    up = np.array([0.35, -1.0]) if not flying else np.array([0.9, -0.35])
    head = neck_base + up * (looks.neck + 0.1) + np.array([0.08, -0.3 * looks.head])
    if looks.species in ("penguin", "owl"):
        head = body.line[-1] + np.array([0.0, -0.22])
    upright = looks.species in ("penguin", "owl")
    if flying:
        add_feather_wing(
            art, "wing.far", (0.15 * a, y - 0.5 * b), a * 1.5 * looks.wing, pose, True, "far", 1.05
        )
    _tail(art, looks, pose, body)
    if pose.action != "swim":
        _leg(art, looks, pose, "far", body, y, low)
    art.add("body", body.outline)
    if looks.breast:
        if upright and looks.front:
            art.mark("body.breast", round_(0.05, y + 0.2 * a, 0.72 * b, 0.75 * a), "light", "body")
        else:
            t = np.linspace(0, 1, 8)
            edge = 0.1 - 0.25 * np.sin(np.pi * t)
            shape = np.concatenate([body.at(t, 1.4), body.at(t[::-1], edge[::-1])])
            art.mark("body.breast", shape, "light", "body")
    for k in range(looks.ticks):
        u = 0.3 + 0.55 * ((k * 0.381966) % 1)
        v = 0.35 + 0.4 * ((k * 0.618034) % 1)
        tick = body.at(np.array([u, u - 0.025, u + 0.0]) + [0, 0, -0.05], [v, v + 0.1, v + 0.16])
        art.stroke("body", tick, 0.55)
    if pose.action != "swim":
        _leg(art, looks, pose, "near", body, y, low)
    if looks.neck > 0.15:
        bend = 0.28 * looks.neck
        slim = 0.2 if not looks.thin_neck else 0.13
        if looks.neck < 0.5:
            slim = 0.32
        wide = max(0.55 * b, slim) if looks.neck < 0.5 else max(0.42 * b, slim)
        points = [
            neck_base + (-0.1, 0.1),
            neck_base + (bend, -0.3 * looks.neck),
            head + (-bend * 0.9, 0.3 * looks.neck),
            head,
        ]
        neck = tube(points, [wide, slim * 1.15, slim, slim], 6)
        color = "throat" if looks.thin_neck else "main"
        art.add("neck", neck.outline, color, into=("body",) if color == "main" else ())
    _head(art, looks, pose, head, upright)
    if not flying:
        _folded_wing(art, looks, pose, body, upright, y)
    else:
        add_feather_wing(
            art,
            "wing.near",
            (0.05 * a, y - 0.15 * b),
            a * 1.6 * looks.wing,
            pose,
            False,
            "wing",
            0.9,
        )
    return art.figure("animal", looks.palette, pose.facing < 0)


def _tail(art: Assembly, looks: Bird, pose: Pose, body) -> None:
    x, y = body.line[1]
    sway = 0.1 * pose.wave()
    way = body.line[0] - body.line[4]
    angle = float(np.arctan2(way[1], way[0])) - np.pi
    if looks.plume:
        angle += 0.9
    art.joint("tail", (x, y))
    with art.frame(float(x), float(y), angle + sway, max(looks.tail, 0.14)):
        feathers = 3 if not looks.plume else 5
        for k in range(feathers):
            spread = (k - (feathers - 1) / 2) * (0.22 if not looks.plume else 0.38)
            blade = tube(
                [(0.25, 0.0), (-0.45, 0.0), (-1.0 + 0.1 * abs(spread), 0.04 * spread)],
                [0.1, 0.17, 0.12],
                4,
            )
            c, s = np.cos(spread), np.sin(spread)
            turned = blade.outline @ np.array([[c, s], [-s, c]])
            art.add(f"tail.{k}", turned, "wing" if k % 2 == 0 else "main")


def _leg(art: Assembly, looks: Bird, pose: Pose, side: str, body, y: float, low: float) -> None:
    shift = 0.0 if side == "near" else 0.5
    x = (0.02 if side == "near" else 0.2) * max(0.6, looks.body[1])
    upright = looks.species in ("penguin", "owl")
    if upright:
        x = -0.22 if side == "near" else 0.22
    hip = np.array([x, y + 0.75 * low])
    foot = np.array([x + 0.04, 0.0])
    if pose.action == "walk":
        swing = pose.wave(1, shift)
        foot = foot + (
            0.32 * swing * max(looks.leg, 0.3),
            -0.16 * max(0.0, pose.wave(1, shift + 0.25)) * max(looks.leg, 0.4),
        )
    elif pose.action == "fly":
        foot = hip + (-0.5 * max(looks.leg, 0.3), 0.25 * looks.leg + 0.2)
    knee = (hip + foot) / 2 + (-0.12 * looks.leg, 0.0)
    t = 0.05 if looks.leg > 0.15 else 0.08
    color = "leg"
    name = f"leg.{side}"
    art.joint(name, hip)
    art.joint(f"foot.{side}", foot)
    art.add(name, tube([hip, knee, foot + (0, -0.04)], [t * 1.25, t, t], 4).outline, color)
    w = 0.17 if looks.leg < 0.8 else 0.2
    if looks.web:
        web = loop(
            [(-0.06, -0.08), (0.1, -0.09), (0.3, -0.04), (0.32, 0.02), (0.1, 0.03), (-0.08, 0.02)],
            3,
        )
        art.add(f"{name}.foot", foot + web, color)
    else:
        toes = [
            (-0.55 * w, 0.0),
            (-0.1 * w, -0.28 * w),
            (0.0, -0.5 * w),
            (0.35 * w, -0.34 * w),
            (1.15 * w, -0.1 * w),
            (1.2 * w, 0.1 * w),
            (0.5 * w, 0.06 * w),
            (1.0 * w, 0.36 * w),
            (0.85 * w, 0.46 * w),
            (0.2 * w, 0.18 * w),
            (-0.55 * w, 0.18 * w),
        ]
        art.add(f"{name}.foot", foot + np.array(toes), color)


def _folded_wing(art: Assembly, looks: Bird, pose: Pose, body, upright: bool, y: float) -> None:
    a, b, _ = looks.body
    flap = 0.06 * pose.wave()
    if upright and (looks.flipper or looks.front):
        for side, label in ((-1, "far"), (1, "near")):
            x = side * 0.86 * b
            with art.frame(x, y - 0.5 * a, -side * (0.3 + 2 * flap)):
                art.joint(f"wing.{label}", (0, 0))
                shape = tube(
                    [(-side * 0.06, 0.0), (0, 0.4 * a), (side * 0.06, 0.95 * a)],
                    [0.15, 0.17, 0.04],
                    5,
                )
                art.add(f"wing.{label}", shape.outline, "wing")
                if looks.front:
                    for k in (0.35, 0.6):
                        art.stroke(
                            f"wing.{label}", shape.at([k, k + 0.08, k], [-0.8, 0.0, 0.8]), 0.6
                        )
        return
    base = body.at([0.78], [-0.1])[0]
    way = body.line[0] - body.line[-1]
    angle = float(np.arctan2(way[1], way[0])) - np.pi
    size = 1.15 * a * looks.wing
    art.joint("wing.near", base)
    with art.frame(float(base[0]), float(base[1]), angle + flap, size):
        shape = loop(
            [
                (0.12, -0.06),
                (-0.2, -0.26),
                (-0.7, -0.2),
                (-1.15, 0.02),
                (-0.85, 0.1),
                (-0.8, 0.2),
                (-0.5, 0.2),
                (-0.4, 0.3),
                (-0.1, 0.26),
                (0.12, 0.12),
            ],
            4,
        )
        art.add("wing.near", shape, "wing")
        for x, yy in ((-0.28, 0.06), (-0.5, 0.02), (-0.72, -0.02)):
            art.stroke(
                "wing.near", [(x, yy - 0.06), (x - 0.13, yy + 0.08), (x - 0.3, yy + 0.13)], 0.65
            )
    art.casts("wing.near", "body")


def _head(art: Assembly, looks: Bird, pose: Pose, at, upright: bool) -> None:
    color = "light" if looks.white_head else "main"
    into = tuple(n for n in ("neck", "body") if n in art.parts and art.parts[n].color == color)
    with art.frame(float(at[0]), float(at[1]), pose.nod, looks.head):
        art.joint("head", (0, 0))
        if looks.comb:
            comb = loop(
                [
                    (-0.28, -0.3),
                    (-0.26, -0.58),
                    (-0.1, -0.5),
                    (0.0, -0.72),
                    (0.1, -0.5),
                    (0.28, -0.6),
                    (0.26, -0.3),
                ],
                3,
            )
            art.add("head.comb", comb, "comb")
        if looks.crest == "feathers":
            for k, lean in enumerate((-0.9, -0.55, -0.2)):
                tip = 0.75 * np.array([np.sin(lean), -np.cos(lean)])
                plume = tube([(-0.05, -0.3), tip * 0.75, tip + (-0.14, 0.0)], [0.08, 0.07, 0.02], 4)
                art.add(f"head.crest.{k}", plume.outline, "wing", "hair")
        if looks.front:
            _owl_face(art, looks, pose, into, color)
            return
        r = 0.46
        open_ = 0.14 * pose.mouth
        bill = looks.bill
        if upright:
            into = ()
        kind = looks.beak
        depth = {
            "cone": 0.14,
            "long": 0.12,
            "hook": 0.18,
            "huge": 0.26,
            "flat": 0.12,
            "down": 0.13,
        }[kind]
        x = 0.3
        upper = {
            "cone": [(x, -0.1 - 0.3 * depth), (x + 0.35, -0.02), (x + 0.12 + bill, 0.07), (x, 0.1)],
            "long": [(x, -0.08), (x + 0.3, -0.06), (x + 0.12 + bill, 0.08), (x, 0.1)],
            "hook": [
                (x, -0.2),
                (x + 0.2 + 0.5 * bill, -0.16),
                (x + 0.14 + bill, 0.06),
                (x + 0.1 + bill, 0.26),
                (x + 0.06 + 0.6 * bill, 0.1),
                (x, 0.1),
            ],
            "huge": [
                (x - 0.05, -0.24),
                (x + 0.3, -0.28),
                (x + 0.9 * bill, -0.16),
                (x + 0.12 + bill, 0.14),
                (x + 0.6 * bill, 0.06),
                (x, 0.08),
            ],
            "flat": [
                (x, -0.1),
                (x + 0.2, -0.02),
                (x + 0.1 + 0.9 * bill, -0.03),
                (x + 0.16 + bill, 0.06),
                (x + 0.5 * bill, 0.11),
                (x, 0.12),
            ],
            "down": [
                (x, -0.14),
                (x + 0.3, -0.12),
                (x + bill, 0.1),
                (x + 0.9 * bill, 0.34),
                (x + 0.5 * bill, 0.12),
                (x, 0.12),
            ],
        }[kind]
        lower = np.array(
            [
                (x - 0.02, 0.05),
                (x + 0.3 * bill, 0.04),
                (x + 0.85 * bill, 0.09),
                (x + 0.45 * bill, 0.16),
                (x, 0.2),
            ]
        )
        lower = lower + np.stack([np.zeros(5), np.array([0, 0.4, 1, 0.5, 0]) * open_ * 1.6], 1)
        if looks.comb:
            art.add("head.wattle", round_(0.2, 0.44, 0.11, 0.16), "comb")
        art.add("head.beak.lower", loop(lower, 3), "leg")
        art.add("head", round_(0, 0, r * 1.04, r, n=28), color, into=into)
        if looks.species == "penguin":
            art.mark("head.cheek", round_(0.24, 0.14, 0.3, 0.24), "light", "head")
        elif looks.species == "toucan":
            art.mark("head.cheek", round_(0.2, 0.08, 0.3, 0.34), "light", "head")
        art.add("head.beak", loop(upper, 3), "beak")
        if kind == "huge":
            tip = [
                (x + 0.75 * bill, -0.4),
                (x + 2 * bill, -0.4),
                (x + 2 * bill, 0.4),
                (x + 0.8 * bill, 0.4),
            ]
            art.mark("head.beak.tip", np.array(tip), "ink", "head.beak")
        art.stroke("head.beak", [(x + 0.1, -0.04), (x + 0.14, -0.035), (x + 0.19, -0.02)], 0.7)
        radius = min(0.42 * looks.eyes.size, 0.16)
        add_eye(art, "head.eye", "head", 0.14, -0.1, radius, looks.eyes, pose, 1.0, 0.92)


def _owl_face(art: Assembly, looks: Bird, pose: Pose, into, color: str) -> None:
    if looks.crest == "horns":
        for side in (-1, 1):
            tuft = [(side * 0.2, -0.3), (side * 0.5, -0.66), (side * 0.54, -0.15)]
            art.add(f"head.tuft.{side}", np.array(tuft), "wing", "hair")
    art.add("head", round_(0, 0, 0.58, 0.48, n=28), color)
    for side in (-1, 1):
        art.mark(f"head.disc.{side}", round_(side * 0.24, -0.02, 0.29, 0.31), "light", "head")
    for side, label in ((-1, "left"), (1, "right")):
        add_eye(art, f"head.eye.{label}", "head", side * 0.23, -0.04, 0.16, looks.eyes, pose, side)
    beak = loop([(-0.08, 0.04), (0.08, 0.04), (0.04, 0.2), (0.0, 0.27), (-0.04, 0.2)], 3)
    art.add("head.beak", beak, "beak")
