"""Pieces of robots: trunk, head, arms and what they stand on."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

import numpy as np

from .anatomy import bent, box, loop, round_, tube
from .assembly import Assembly
from .faces import add_eye
from .pose import Pose


def add_trunk(art: Assembly, looks, top: float) -> None:
    """The trunk from y = `top` to 0, with what is on its chest."""
    w, h = looks.size
    middle = top / 2
    shape = {
        "box": box(-w, top, w, 0.0, 0.12),
        "barrel": loop(
            [
                (-0.85 * w, top),
                (0.85 * w, top),
                (1.05 * w, middle),
                (0.85 * w, 0),
                (-0.85 * w, 0),
                (-1.05 * w, middle),
            ],
            5,
        ),
        "egg": round_(0, middle, w * 1.05, h * 0.54, n=32),
        "trapeze": loop(
            [
                (-1.1 * w, top),
                (0, top - 0.03),
                (1.1 * w, top),
                (0.75 * w, 0),
                (0, 0.04),
                (-0.75 * w, 0),
            ],
            5,
        ),
        "ball": round_(0, middle, max(w, 0.5 * h) * 1.05, h * 0.55, n=32),
    }[looks.body]
    art.joint("body", (0, middle))
    gleam = round_(-0.55 * w, top + 0.2 * h, 0.1 * w, 0.1 * h, 0.3, 12)
    art.add("body", shape, "main", "clothes", light=gleam)
    if looks.panel in ("buttons", "gauge", "slots"):
        px, py = 0.55 * w, 0.24 * h
        art.add(
            "body.panel",
            box(-px, middle - py, px, middle + py, 0.06),
            "light",
            "clothes",
            within="body",
            outlined=0.7,
        )
        if looks.panel == "buttons":
            for k, name in enumerate(("accent", "second", "third")):
                x = (k - 1) * 0.55 * px
                art.add(
                    f"body.button.{k}",
                    round_(x, middle - 0.3 * py, 0.2 * px, n=14),
                    name,
                    "clothes",
                    outlined=0.6,
                )
            art.stroke(
                "body.panel",
                [
                    (-0.6 * px, middle + 0.45 * py),
                    (0, middle + 0.45 * py),
                    (0.6 * px, middle + 0.45 * py),
                ],
                1.2,
            )
        elif looks.panel == "gauge":
            art.add(
                "body.gauge", round_(0, middle, 0.5 * px, n=20), "white", "clothes", outlined=0.6
            )
            art.stroke(
                "body.gauge",
                [(0, middle), (0.15 * px, middle - 0.18 * px), (0.3 * px, middle - 0.34 * px)],
                1.2,
                "accent",
            )
        else:
            for k in (-0.5, 0.0, 0.5):
                art.stroke(
                    "body.panel",
                    [
                        (-0.75 * px, middle + k * py),
                        (0, middle + k * py),
                        (0.75 * px, middle + k * py),
                    ],
                    1.3,
                )
    elif looks.panel == "heart":
        heart = loop(
            [(0, 0.16), (-0.2, -0.04), (-0.12, -0.2), (0, -0.1), (0.12, -0.2), (0.2, -0.04)], 3
        )
        art.add("body.panel", heart * 1.2 * w + (0, middle), "accent", "clothes", outlined=0.7)
    elif looks.panel == "stripe":
        art.mark("body.panel", box(-2, middle - 0.1 * h, 2, middle + 0.1 * h), "second", "body")
    if looks.bolts:
        for x in (-0.72, 0.72):
            for y in (0.14, 0.86):
                p = np.array([x * w, top + y * h])
                art.stroke("body", [p - (0.03, 0), p, p + (0.03, 0)], 2.2, None, (0.3, 0.3))


def add_head(art: Assembly, looks, pose: Pose) -> None:
    """The head about (0, 0), or, without one, the face on the trunk."""
    w = looks.head_width
    art.joint("head", (0, 0))
    if looks.head == "none":
        w = looks.size[0]
    for k in range(looks.antennae):
        x = 0.0 if looks.antennae == 1 else (-0.5 + k) * w
        lean = 0.05 * pose.wave(2, 0.1 * k)
        rod = tube([(x, -0.3), (x + lean, -0.62), (x + 2 * lean, -0.82)], 0.03, 3)
        if looks.head != "none":
            art.add(f"head.antenna.{k}", rod.outline, "joint", "clothes")
            art.add(
                f"head.antenna.{k}.ball",
                round_(x + 2 * lean, -0.86, 0.085, n=14),
                "glow",
                "clothes",
            )
    if looks.ears and looks.head not in ("none", "dome"):
        for side in (-1, 1):
            art.add(
                f"head.ear.{side}",
                box(side * w - 0.12, -0.16, side * w + 0.12, 0.16, 0.06),
                "second",
                "clothes",
            )
    half = np.linspace(np.pi, 2 * np.pi, 17)
    shape = {
        "box": box(-w, -0.46, w, 0.46, 0.1),
        "dome": np.concatenate(
            [np.stack([w * np.cos(half), 0.1 + 0.62 * np.sin(half)], 1), [(w, 0.42), (-w, 0.42)]]
        ),
        "round": round_(0, 0, min(w, 0.6), 0.5, n=32),
        "screen": box(-w * 1.08, -0.48, w * 1.08, 0.48, 0.16),
        "bucket": loop(
            [(-0.8 * w, -0.46), (0, -0.5), (0.8 * w, -0.46), (w, 0.42), (0, 0.48), (-w, 0.42)], 5
        ),
        "none": None,
    }[looks.head]
    on = "body"
    if shape is not None:
        gleam = round_(-0.62 * w, -0.3, 0.13, 0.06, -0.4, 12)
        on = art.add("head", shape, "main", "clothes", light=gleam)
        if looks.bolts:
            for side in (-1, 1):
                p = np.array([side * 0.82 * w, 0.32])
                art.stroke("head", [p - (0.025, 0), p, p + (0.025, 0)], 2.0, None, (0.3, 0.3))
    w = min(w, 0.7)
    dx = 0.08
    if looks.face in ("screen", "visor"):
        half = 0.34 if looks.face == "screen" else 0.16
        sw = 0.78 * w
        art.add(
            "head.screen",
            box(dx - sw, -0.08 - half + 0.06, dx + sw, -0.08 + half + 0.06, 0.12),
            "screen",
            "glasses",
            within=on,
        )
        open_ = 1 - 0.9 * pose.blink
        gx, gy = 0.06 * pose.gaze[0], 0.05 * pose.gaze[1]
        for side, label in ((-1, "left"), (1, "right")):
            eye = round_(
                dx + side * 0.42 * sw + gx,
                -0.08 + gy,
                0.13 * sw + 0.03,
                (0.16 if half > 0.2 else 0.09) * open_,
            )
            art.add(
                f"head.eye.{label}",
                eye,
                "glow",
                "eye",
                within="head.screen",
                outlined=0.0,
                shaded=False,
            )
        if half > 0.2:
            t = np.linspace(-1, 1, 9)
            gape = (0.025 + 0.12 * pose.mouth) * (1 - t**2) + 0.015
            upper = np.stack([dx + 0.3 * sw * t, 0.12 + 0.06 * (1 - t**2)], 1)
            lower = upper + np.stack([0 * t, gape], 1)
            art.add(
                "mouth",
                np.concatenate([upper, lower[::-1]]),
                "glow",
                "mouth",
                within="head.screen",
                outlined=0.0,
                shaded=False,
            )
        return
    if looks.face == "one":
        art.add("head.rim", round_(dx, -0.08, 0.29), "joint", "glasses", within=on)
        add_eye(art, "head.eye", on, dx, -0.08, 0.21, looks.eyes, pose)
    else:
        for side, label in ((-1, "left"), (1, "right")):
            x = dx + side * 0.42 * w
            if looks.face == "lamps":
                art.add(f"head.rim.{label}", round_(x, -0.1, 0.185), "joint", "glasses", within=on)
                lamp = round_(x, -0.1, 0.13, 0.13 * (1 - 0.8 * pose.blink))
                art.add(
                    f"head.eye.{label}",
                    lamp,
                    "glow",
                    "eye",
                    outlined=0.6,
                    light=round_(x - 0.04, -0.14, 0.04, n=10),
                )
            else:
                add_eye(art, f"head.eye.{label}", on, x, -0.1, 0.15, looks.eyes, pose, side)
    if looks.grill:
        g = 0.045 + 0.05 * pose.mouth
        art.add(
            "mouth",
            box(dx - 0.45 * w, 0.26 - g, dx + 0.45 * w, 0.26 + g, 0.03),
            "joint",
            "mouth",
            within=on,
            outlined=0.7,
        )
        for k in np.linspace(-0.3, 0.3, 4):
            art.stroke(
                "mouth",
                [(dx + k * w, 0.1), (dx + k * w, 0.26), (dx + k * w, 0.42)],
                0.7,
                "light",
                (0, 0),
            )
    else:
        t = np.linspace(-1, 1, 9)
        upper = np.stack([dx + 0.35 * w * t, 0.22 + 0.07 * (1 - t**2)], 1)
        lower = upper + np.stack([0 * t, (0.01 + 0.14 * pose.mouth) * (1 - t**2)], 1)
        art.add(
            "mouth", np.concatenate([upper, lower[::-1]]), "mouth", "mouth", within=on, shaded=False
        )


def _limb(art: Assembly, looks, name: str, points, far: bool) -> None:
    shape = tube(points, looks.limb, 6)
    art.add(name, shape.outline, "joint" if looks.ringed else ("far" if far else "main"), "clothes")
    if looks.ringed:
        for u in np.linspace(0.08, 0.92, 8):
            art.stroke(name, shape.at([u, u + 0.015, u], [-1.0, 0.0, 1.0]), 0.9, None, (0.1, 0.1))
    else:
        x, y = points[1]
        art.add(f"{name}.joint", round_(x, y, looks.limb * 1.25, n=16), "joint", "clothes")


def add_arm(art: Assembly, looks, pose: Pose, side: int, top: float) -> None:
    """An arm with its hand: `side` -1 far, 1 near."""
    w, h = looks.size
    label = "near" if side > 0 else "far"
    x = side * (w * (1.0 if looks.body != "trapeze" else 1.05) + 0.02)
    shoulder = np.array([x, top + 0.22 * h])
    swing = (
        0.25 * pose.wave(1, 0.5 if side > 0 else 0.0)
        if pose.action == "walk"
        else 0.08 * pose.wave()
    )
    reach = looks.arm
    a = 0.42 + swing * side
    if pose.action == "wave" and side > 0:
        a = 2.3 + 0.3 * pose.wave(2)
    hand = shoulder + reach * 0.92 * np.array([side * np.sin(a), np.cos(a)])
    elbow = bent(shoulder, hand, 0.5 * reach, 0.5 * reach, side if np.cos(a) > 0 else -side)
    _limb(art, looks, f"arm.{label}", [shoulder, elbow, hand], side < 0)
    art.add(f"arm.{label}.shoulder", round_(*shoulder, looks.limb * 1.5, n=18), "second", "clothes")
    art.joint(f"hand.{label}", hand)
    way = hand - elbow
    with art.frame(*hand.tolist(), float(np.arctan2(way[1], way[0])), 0.9 + looks.limb * 2):
        color, name = "second", f"hand.{label}"
        if looks.hands == "claw":
            for s, piece in ((-1, "upper"), (1, "lower")):
                claw = loop(
                    [
                        (-0.05, 0.0),
                        (0.02, 0.17),
                        (0.2, 0.2),
                        (0.36, 0.06),
                        (0.2, 0.09),
                        (0.1, 0.02),
                    ],
                    3,
                )
                art.add(f"{name}.{piece}", claw * (1, s), color, "clothes")
            art.add(name, round_(0, 0, 0.12, n=16), "joint", "clothes")
        elif looks.hands == "mitten":
            art.add(
                f"{name}.thumb",
                tube([(0.02, -0.06), (0.1, -0.2)], [0.07, 0.06], 4).outline,
                color,
                "clothes",
            )
            art.add(name, round_(0.1, 0.0, 0.2, 0.15), color, "clothes")
        elif looks.hands == "tool":
            wrench = loop(
                [
                    (-0.05, -0.06),
                    (0.12, -0.06),
                    (0.2, -0.17),
                    (0.36, -0.16),
                    (0.24, -0.04),
                    (0.24, 0.04),
                    (0.36, 0.16),
                    (0.2, 0.17),
                    (0.12, 0.06),
                    (-0.05, 0.06),
                ],
                2,
            )
            art.add(name, wrench, color, "clothes")
        else:
            art.add(name, round_(0.06, 0, 0.15, n=20), color, "clothes")


def add_feet(art: Assembly, looks, pose: Pose, low: float, leg: float) -> None:
    """Legs, wheels or a flame below a trunk that ends at y = `low`."""
    w, _ = looks.size
    turn = 2 * np.pi * pose.phase
    if looks.feet in ("legs", "spider"):
        count = 2 if looks.feet == "legs" else 4
        for k in range(count):
            side = -1 if k % 2 == 0 else 1
            spread = 0.5 if count == 2 else (0.55 + 0.9 * (k // 2))
            x = side * 0.5 * w if count == 2 else side * 0.6 * w
            step = pose.wave(1, 0.5 * (k % 2) + 0.25 * (k // 2)) if pose.action == "walk" else 0.0
            lift = (
                0.22 * leg * max(0.0, pose.wave(1, 0.5 * (k % 2) + 0.25 * (k // 2) + 0.25))
                if pose.action == "walk"
                else 0.0
            )
            foot = np.array(
                [side * spread * (w if count == 2 else w + 0.3) + 0.22 * leg * step, -0.12 - lift]
            )
            hip = np.array([x, low - 0.05])
            knee = bent(hip, foot, 0.52 * leg, 0.52 * leg, 1 if count == 2 else -side)
            if count == 4:
                knee = (hip + foot) / 2 + np.array([side * 0.15, -0.35 * leg])
            name = f"leg.{k}"
            _limb(art, looks, name, [hip, knee, foot], side < 0)
            art.joint(name, hip)
            art.joint(f"foot.{k}", foot)
            f = 0.2 + looks.limb
            shoe = np.concatenate(
                [
                    np.stack(
                        [f * np.cos(t := np.linspace(np.pi, 2 * np.pi, 11)), 0.75 * f * np.sin(t)],
                        1,
                    ),
                    [(f, 0.02), (-f, 0.02)],
                ]
            )
            art.add(f"{name}.foot", foot + (0.06, 0.1) + shoe, "second", "shoes")
        return
    art.joint("base", (0, low))
    if looks.feet == "hover":
        glow = 1 + 0.12 * pose.wave(2)
        flame = loop(
            [
                (-0.3 * w, low),
                (0.3 * w, low),
                (0.2 * w, low + 0.3),
                (0, low + 0.46 * glow),
                (-0.2 * w, low + 0.3),
            ],
            4,
        )
        art.add("base.flame", flame, "glow", "clothes", shaded=False)
        art.add(
            "base",
            loop(
                [
                    (-0.6 * w, low - 0.1),
                    (0.6 * w, low - 0.1),
                    (0.4 * w, low + 0.16),
                    (-0.4 * w, low + 0.16),
                ],
                4,
            ),
            "joint",
            "clothes",
        )
    elif looks.feet == "tread":
        tw = max(w * 1.1, 0.7)
        art.add("base.post", box(-0.3 * w, low - 0.1, 0.3 * w, -0.3), "joint", "clothes")
        art.add("base", box(-tw, -0.46, tw, 0.0, 0.23), "tire", "shoes")
        for k, x in enumerate((-0.68, 0.0, 0.68)):
            _wheel(art, f"base.wheel.{k}", x * tw, -0.23, 0.15, turn)
        for k in range(12):
            x = -tw + 2 * tw * ((k / 12 + pose.phase / 12) % 1)
            for y in (-0.46, -0.04):
                art.stroke("base", [(x, y), (x, y + 0.02), (x, y + 0.04)], 1.2, "joint", (0, 0))
    elif looks.feet == "wheels":
        art.add("base", box(-0.8 * w, low - 0.12, 0.8 * w, low + 0.16, 0.05), "joint", "clothes")
        for k, x in enumerate((-0.6, 0.6)):
            _wheel(art, f"base.wheel.{k}", x * w, -0.26, 0.26, turn, True)
    else:
        for side in (-1, 1):
            art.add(
                f"base.fork.{side}",
                tube(
                    [(side * 0.25, low - 0.1), (side * 0.2, low + 0.2), (side * 0.04, -0.34)],
                    0.07,
                    4,
                ).outline,
                "joint",
                "clothes",
            )
        _wheel(art, "base.wheel", 0.0, -0.34, 0.34, turn, True)
        art.add("base", box(-0.4, low - 0.15, 0.4, low + 0.06, 0.05), "second", "clothes")


def _wheel(
    art: Assembly, name: str, x: float, y: float, r: float, turn: float, tire: bool = False
) -> None:
    if tire:
        art.add(f"{name}.tire", round_(x, y, r, n=24), "tire", "shoes")
        r *= 0.62
    art.add(name, round_(x, y, r, n=20), "light", "shoes", outlined=0.8)
    for k in range(3):
        a = turn + 2 * np.pi * k / 3
        d = np.array([np.cos(a), np.sin(a)]) * r
        art.stroke(
            name, [(x, y), np.array((x, y)) + d / 2, np.array((x, y)) + d], 0.9, None, (0, 0)
        )
