"""Bodies of turtles, snakes, frogs, snails, hedgehogs and crabs; the ground at y = 0."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .anatomy import bumpy, loop, round_, tube
from .assembly import Assembly, stretches
from .faces import add_eye, add_mouth
from .pose import Pose


def _round_head(art: Assembly, looks, pose: Pose, x, y, size: float, into=()) -> None:
    """A round head that looks ahead, with one eye and a smile."""
    with art.frame(float(x), float(y), pose.nod, size):
        art.joint("head", (0, 0))
        art.add("head", round_(0.05, 0, 0.52, 0.46, n=28), into=into)
        art.mark("head.chin", round_(0.2, 0.5, 0.5, 0.3), "light", "head")
        add_eye(
            art, "head.eye", "head", 0.2, -0.12, min(0.45 * looks.eyes.size, 0.18), looks.eyes, pose
        )
        add_mouth(art, "mouth", "head", 0.28, 0.14, 0.2, pose)
        if looks.blush:
            art.mark("head.blush", round_(0.02, 0.14, 0.1, 0.07), "blush", "head")
        art.stroke("head", [(0.5, -0.02), (0.52, 0.0), (0.52, 0.02)], 1.2)


def _stub(
    art: Assembly, name: str, x: float, pose: Pose, shift: float, size: float, color: str, into=()
):
    step = 0.0
    if pose.action == "walk":
        step = 0.4 * pose.wave(1, shift)
    foot = np.array([x + 0.3 * size * step + 0.12 * size, -0.08 * size])
    shape = tube(
        [(x, -0.62 * size), (x + 0.02, -0.3 * size), foot], np.array([0.24, 0.2, 0.2]) * size, 5
    )
    outline = shape.outline.copy()
    outline[:, 1] = np.minimum(outline[:, 1], 0.0)
    art.joint(name, (x, -0.6 * size))
    art.add(name, outline, color, into=into)


def add_turtle(art: Assembly, looks, pose: Pose) -> None:
    """A turtle, seen from the side."""
    w, h = 1.05 * looks.long, 0.85 * looks.high
    base = -0.45 * looks.leg + 0.03 * pose.wave(2)
    leg = 0.9 * looks.leg
    tail = tube(
        [(-w * 0.85, base - 0.05), (-w * 1.1, base + 0.02), (-w * 1.25, base + 0.1)],
        [0.16, 0.1, 0.02],
    )
    art.add("tail", tail.outline)
    for k, x in enumerate((-0.5, 0.62)):
        _stub(art, f"leg.far.{k}", x * w + 0.12, pose, 0.5 + 0.5 * k, leg, "far")
    neck = tube(
        [(w * 0.6, base - 0.1), (w * 1.0, base - 0.28), (w * 1.12, base - 0.6)],
        [0.3, 0.26, 0.26],
        5,
    )
    art.add("neck", neck.outline)
    _round_head(art, looks, pose, w * 1.2, base - 0.72, 0.85 * looks.head, into=("neck",))
    for k, x in enumerate((-0.62, 0.5)):
        _stub(art, f"leg.near.{k}", x * w, pose, 0.5 * k, leg, "main")
    t = np.linspace(np.pi, 2 * np.pi, 13)
    dome = np.stack([w * np.cos(t), base + h * np.sin(t)], 1)
    belly = [(0.9 * w, base + 0.12), (0.0, base + 0.2), (-0.9 * w, base + 0.12)]
    art.add(
        "shell",
        np.concatenate([dome, belly]),
        "shell",
        light=round_(-0.3 * w, base - 0.68 * h, 0.2 * w, 0.1 * h, -0.4),
    )
    if looks.pattern == "scutes":
        cells = [(-0.5, -0.42, 0.26), (0.0, -0.52, 0.3), (0.5, -0.42, 0.26)]
        for k, (x, y, r) in enumerate(cells):
            hexagon = round_(x * w, base + y * h, r * w * 0.9, r * h * 1.2, 0.3, 6)
            art.mark(f"shell.plate.{k}", hexagon, "pattern", "shell")
        for x in (-0.75, -0.27, 0.27, 0.75):
            art.stroke(
                "shell",
                [(x * w, base - 0.22 * h), (x * 1.06 * w, base - 0.1 * h), (x * 1.1 * w, base)],
                0.6,
            )
    elif looks.pattern == "spots":
        for k, x in enumerate((-0.65, -0.3, 0.05, 0.42, 0.7)):
            y = -0.3 - 0.35 * (k % 2)
            art.mark(
                f"shell.spot.{k}", round_(x * w, base + y * h, 0.11, 0.1, n=12), "pattern", "shell"
            )
    else:
        for k, x in enumerate((-0.45, 0.05, 0.52)):
            a = np.linspace(0, 4.6 * np.pi, 26)
            r = 0.26 * np.linspace(1, 0.05, 26)
            y = -0.4 - 0.1 * (k == 1)
            art.stroke(
                "shell", np.stack([x * w + r * np.cos(a), base + y * h + r * np.sin(a)], 1), 0.8
            )
    rim = tube([(-w * 0.96, base + 0.02), (0.0, base + 0.1), (w * 0.96, base + 0.02)], 0.1, 7)
    art.add("shell.rim", rim.outline, "light")
    art.casts("shell.rim", *[n for n in art.parts if n.startswith("leg.near")])


def add_snake(art: Assembly, looks, pose: Pose) -> None:
    """A snake that crawls or rears."""
    turn = 2 * np.pi * pose.phase
    if pose.action == "rear":
        t = np.linspace(0, 1, 26)
        a = np.pi * 0.5 + t * 4.4 * np.pi
        coil = (1.05 - 0.42 * t) * looks.long
        x, y = coil * np.cos(a), -0.16 - 0.62 * t + 0.16 * np.sin(a)
        last = 9
        x, y = x[: 26 - last], y[: 26 - last]
        up = np.linspace(0, 1, last)
        rise = np.stack(
            [x[-1] + 0.3 * np.sin(2.2 * up + 0.15 * pose.wave()), y[-1] - 1.25 * up * looks.high], 1
        )
        points = np.concatenate([np.stack([x, y], 1), rise[1:]])
        points = np.concatenate([points[:1] - (0.3, -0.1), points])
    else:
        t = np.linspace(0, 1, 26)
        x = (3.6 * t - 2.0) * looks.long
        y = -0.55 + 0.48 * looks.high * np.sin(2.6 * 2 * np.pi * t - turn) * np.minimum(
            1.0, 1.4 - 1.1 * t
        )
        y = y - 0.75 * np.clip((t - 0.8) / 0.2, 0, 1) ** 1.5 * looks.high
        points = np.stack([x, y], 1)
    half = 0.21 * np.interp(
        np.linspace(0, 1, len(points)), [0, 0.25, 0.8, 1], [0.12, 0.85, 1.0, 0.85]
    )
    body = tube(points, half, 4)
    # piece by piece from the tail, so that what is nearer covers what is behind
    pieces = 6
    per = (len(points) - 1) / pieces
    for k in range(pieces):
        i, j = round(k * per), round((k + 1) * per)
        piece = tube(points[i : j + 1], half[i : j + 1], 4)
        name = f"body.{k}"
        art.add(name, piece.outline, into=(f"body.{k - 1}",) if k else ())
        if k:  # where it goes on from the piece before, not where it crosses others
            part = art.parts[name]
            hidden = np.zeros(len(part.outline), bool)
            for a, b in part.seams:
                index = np.arange(a, b + 1 if b >= a else b + 1 + len(hidden)) % len(hidden)
                hidden[index] = True
            near_start = np.hypot(*(part.outline - art.place(points[i])).T) < 2.2 * half[i] + 0.02
            art.parts[name] = replace(part, seams=stretches(hidden & near_start))
        if looks.pattern == "bands":
            art.mark(f"{name}.band.0", piece.band(0.3, 0.09), "pattern", name)
            art.mark(f"{name}.band.1", piece.band(0.75, 0.09), "pattern", name)
        elif looks.pattern == "diamonds":
            art.mark(f"{name}.spot.0", piece.spot(0.3, 0.0, 0.14, 0.55), "pattern", name)
            art.mark(f"{name}.spot.1", piece.spot(0.75, 0.0, 0.14, 0.55), "pattern", name)
    art.joint("body", body.line[len(body.line) // 2])
    x, y = body.line[-1]
    with art.frame(float(x) + 0.12, float(y) - 0.02, pose.nod, 0.72 * looks.head):
        art.joint("head", (0, 0))
        tongue = tube([(0.4, 0.16), (0.65, 0.16), (0.82, 0.2)], [0.03, 0.025, 0.025], 3)
        art.add("tongue", tongue.outline, "tongue", "mouth")
        head = loop(
            [
                (-0.42, 0.0),
                (-0.2, -0.34),
                (0.2, -0.36),
                (0.52, -0.1),
                (0.58, 0.1),
                (0.3, 0.26),
                (-0.15, 0.28),
            ],
            4,
        )
        art.add("head", head, into=(f"body.{pieces - 1}",))
        add_eye(
            art, "head.eye", "head", 0.12, -0.1, min(0.45 * looks.eyes.size, 0.16), looks.eyes, pose
        )
        add_mouth(art, "mouth", "head", 0.32, 0.1, 0.22, pose)


def add_frog(art: Assembly, looks, pose: Pose) -> None:
    """A frog, seen from the front."""
    leap = pose.action == "leap"
    air = 0.9 * np.sin(np.pi * pose.phase) if leap else 0.0
    breath = 1 + 0.03 * pose.wave()
    w, h = 0.78 * looks.long, 0.6 * looks.high * breath
    y = -0.62 * looks.high - air
    reach = np.sin(np.pi * pose.phase) if leap else 0.0
    for side, label in ((-1, "left"), (1, "right")):
        hip = np.array([side * 0.62 * w, y + 0.2])
        knee = np.array([side * (1.15 * w), y + 0.1 - 0.25 * (1 - reach)])
        foot = np.array([side * (1.05 + 0.15 * reach) * w, y + 0.6 * looks.high + 0.55 * reach])
        thigh = tube([hip, knee, foot + (0, -0.1)], [0.3, 0.24, 0.14], 5)
        art.joint(f"leg.hind.{label}", hip)
        art.add(f"leg.hind.{label}", thigh.outline)
        art.add(f"foot.hind.{label}", _webbed(foot, side), "main")
    art.joint("body", (0, y))
    art.add("body", round_(0, y, w, h, n=32))
    art.mark("body.belly", round_(0, y + 0.28 * h, 0.66 * w, 0.72 * h), "light", "body")
    for side, label in ((-1, "left"), (1, "right")):
        shoulder = np.array([side * 0.45 * w, y + 0.12])
        foot = np.array([side * 0.52 * w, y + 0.6 * looks.high + 0.1 * reach])
        arm = tube(
            [shoulder, (shoulder + foot) / 2 + (side * 0.1, 0), foot + (0, -0.06)],
            [0.16, 0.12, 0.1],
            4,
        )
        art.joint(f"leg.front.{label}", shoulder)
        art.add(f"leg.front.{label}", arm.outline, into=("body",), keep=arm.outline[:, 1] > y + 0.3)
        art.add(f"foot.front.{label}", _webbed(foot, side * 0.7), "main")
    hy = y - 0.62 * h - 0.12
    art.add("head", round_(0, hy, 0.72 * looks.head, 0.46, n=32))
    for side, label in ((-1, "left"), (1, "right")):
        bulge = round_(side * 0.36 * looks.head, hy - 0.34, 0.26)
        art.add(f"head.bulge.{label}", bulge, into=("head",))
    art.joint("head", (0, hy))
    if looks.pattern == "spots":
        for k, (x, yy) in enumerate([(-0.45, -0.12), (0.02, -0.3), (0.5, -0.1)]):
            art.mark(
                f"head.spot.{k}",
                round_(x * looks.head, hy + yy, 0.09, 0.07, n=12),
                "pattern",
                "head",
            )
    for side, label in ((-1, "left"), (1, "right")):
        add_eye(
            art,
            f"eye.{label}",
            f"head.bulge.{label}",
            side * 0.36 * looks.head,
            hy - 0.36,
            0.17,
            looks.eyes,
            pose,
            side,
        )
    add_mouth(art, "mouth", "head", 0.0, hy + 0.08, 0.42 * looks.head, pose, depth=0.3)
    for side in (-1, 1):
        if looks.blush:
            art.mark(
                f"head.blush.{side}",
                round_(side * 0.54 * looks.head, hy + 0.1, 0.1, 0.07),
                "blush",
                "head",
            )
        art.stroke(
            "head",
            [(side * 0.05, hy - 0.05), (side * 0.06, hy - 0.03), (side * 0.06, hy - 0.01)],
            1.3,
        )


def _webbed(foot: np.ndarray, side: float) -> np.ndarray:
    points = [
        (-0.12, -0.12),
        (0.1, -0.13),
        (0.36, -0.05),
        (0.28, 0.02),
        (0.34, 0.07),
        (0.16, 0.06),
        (0.08, 0.12),
        (-0.02, 0.05),
        (-0.14, 0.06),
    ]
    return foot + np.array(points) * (side, 1)


def add_snail(art: Assembly, looks, pose: Pose) -> None:
    """A snail, seen from the side."""
    stretch = 1 + 0.06 * pose.wave()
    w = 1.1 * looks.long * stretch
    for k, x in enumerate((0.0, 0.2)):
        tip = (w + x + 0.1, -1.18 * looks.head)
        stalk = tube(
            [(w + x * 0.6, -0.55), (w + x * 0.8 + 0.05, -0.9 * looks.head), tip],
            [0.07, 0.055, 0.05],
            4,
        )
        art.add(f"stalk.{k}", stalk.outline)
    foot = tube(
        [
            (-1.25 * w, -0.03),
            (-0.6 * w, -0.17),
            (0.35 * w, -0.22),
            (0.85 * w, -0.34),
            (w + 0.02, -0.62),
        ],
        [0.03, 0.17, 0.22, 0.27, 0.3],
        6,
    )
    outline = foot.outline.copy()
    outline[:, 1] = np.minimum(outline[:, 1], 0.0)
    art.joint("body", (0, -0.2))
    art.joint("head", (w, -0.6))
    art.add("body", outline, into=("stalk.0", "stalk.1"))
    for k, x in enumerate((0.0, 0.2)):
        ball = round_(w + x + 0.1, -1.2 * looks.head, 0.13, 0.13)
        art.add(f"eyeball.{k}", ball, "white", "eye")
        art.add(
            f"eyeball.{k}.pupil",
            round_(w + x + 0.13, -1.2 * looks.head, 0.06, 0.07, n=12),
            "ink",
            "eye",
            within=f"eyeball.{k}",
            outlined=0.0,
        )
    r = 0.78 * looks.high
    x, y = -0.18 * w, -0.2 - 0.72 * r
    art.add(
        "shell",
        round_(x, y, r, 0.95 * r, n=32),
        "shell",
        light=round_(x - 0.35 * r, y - 0.5 * r, 0.2 * r, 0.1 * r, -0.6),
    )
    a = np.linspace(0.6, 0.6 + 5 * np.pi, 40)
    s = r * np.linspace(0.98, 0.04, 40)
    art.stroke(
        "shell", np.stack([x + s * np.cos(a), y + 0.95 * s * np.sin(a)], 1), 1.1, None, (0.2, 0.8)
    )
    add_mouth(art, "mouth", "body", w + 0.12, -0.5, 0.14, pose)


def add_hedgehog(art: Assembly, looks, pose: Pose) -> None:
    """A hedgehog, seen from the side."""
    w, h = 0.95 * looks.long, 0.72 * looks.high
    y = -0.2 - 0.75 * h + 0.03 * pose.wave(2)
    back = bumpy(-0.12, y - 0.06, w, h * 1.12, 17, 0.24, True)
    art.add("spines", back, "shell", "hair")
    for k in range(14):
        u, v = -0.75 + 1.1 * ((k * 0.618034) % 1), -0.85 + 1.2 * ((k * 0.381966) % 1)
        p = np.array([-0.12 + u * w, y + v * h])
        art.stroke("spines", [p, p + (-0.07, -0.07), p + (-0.16, -0.12)], 0.7)
    for k, x in enumerate((-0.42, 0.38)):
        _stub(art, f"leg.{k}", x * w, pose, 0.5 * k, 0.45 * looks.leg, "main")
    snout = loop(
        [
            (0.2 * w, y + 0.75 * h),
            (0.12 * w, y + 0.05 * h),
            (0.5 * w, y - 0.4 * h),
            (0.95 * w, y - 0.05 * h),
            (1.32 * w, y + 0.3 * h),
            (1.3 * w, y + 0.45 * h),
            (0.9 * w, y + 0.72 * h),
        ],
        4,
    )
    art.joint("head", (0.6 * w, y))
    art.add("head", snout, into=("leg.1",))
    art.add("nose", round_(1.32 * w, y + 0.36 * h, 0.09, 0.08, n=14), "nose")
    art.add("ear", round_(0.42 * w, y - 0.28 * h, 0.15, 0.16), "dark")
    add_eye(
        art,
        "head.eye",
        "head",
        0.78 * w,
        y + 0.05 * h,
        min(0.4 * looks.eyes.size, 0.13),
        looks.eyes,
        pose,
    )
    add_mouth(art, "mouth", "head", 1.05 * w, y + 0.52 * h, 0.13, pose)
    if looks.blush:
        art.mark("head.blush", round_(0.66 * w, y + 0.4 * h, 0.1, 0.07), "blush", "head")


def add_crab(art: Assembly, looks, pose: Pose) -> None:
    """A crab, seen from the front."""
    w, h = 0.95 * looks.long, 0.6 * looks.high
    y = -0.55 * looks.leg - 0.3 * h + 0.03 * pose.wave(2)
    for side, label in ((-1, "left"), (1, "right")):
        for k in range(3):
            lift = (
                0.12 * max(0.0, pose.wave(1, 0.33 * k + 0.25 * side))
                if pose.action == "walk"
                else 0.0
            )
            foot = (side * (w + 0.32 - 0.26 * k), -lift)
            knee = (side * (w + 0.28 - 0.2 * k), y + 0.02 + 0.05 * k - lift)
            leg = tube([(side * 0.6 * w, y + 0.15), knee, foot], [0.1, 0.085, 0.02], 4)
            art.add(f"leg.{label}.{k}", leg.outline, "far" if k == 0 else "main")
        up = 0.12 * pose.wave(1, 0.25 * side)
        hand = np.array([side * (w + 0.42), y - 0.55 + up])
        arm = tube(
            [(side * 0.7 * w, y), (side * (w + 0.3), y - 0.05), hand + (0, 0.15)],
            [0.13, 0.12, 0.11],
            4,
        )
        art.joint(f"hand.{label}", hand)
        art.add(f"arm.{label}", arm.outline)
        claw = loop(
            [
                (-0.2, 0.25),
                (-0.32, -0.05),
                (-0.2, -0.42),
                (-0.02, -0.5),
                (-0.06, -0.22),
                (0.0, -0.08),
                (0.12, -0.2),
                (0.2, -0.44),
                (0.32, -0.1),
                (0.2, 0.22),
            ],
            3,
        )
        art.add(f"claw.{label}", hand + claw * (side, 1), into=(f"arm.{label}",))
        stalk = tube([(side * 0.3 * w, y - 0.3), (side * 0.32 * w, y - h - 0.2)], 0.06, 5)
        art.add(f"stalk.{label}", stalk.outline)
    shell = loop(
        [
            (-w, y),
            (-0.75 * w, y - 0.8 * h),
            (0, y - h),
            (0.75 * w, y - 0.8 * h),
            (w, y),
            (0.6 * w, y + 0.75 * h),
            (0, y + 0.9 * h),
            (-0.6 * w, y + 0.75 * h),
        ],
        4,
    )
    art.joint("body", (0, y))
    art.joint("head", (0, y - 0.3 * h))
    art.add("body", shell, light=round_(-0.4 * w, y - 0.55 * h, 0.2 * w, 0.09 * h, -0.3))
    if looks.pattern == "spots":
        for k, (x, yy) in enumerate([(-0.55, -0.2), (0.0, -0.65), (0.5, -0.3), (0.3, -0.6)]):
            art.mark(
                f"body.spot.{k}", round_(x * w, y + yy * h, 0.08, 0.07, n=12), "pattern", "body"
            )
    for side, label in ((-1, "left"), (1, "right")):
        art.add(
            f"eyeball.{label}", round_(side * 0.32 * w, y - h - 0.3, 0.17, 0.18), "white", "eye"
        )
        pupil = round_(
            side * 0.32 * w + 0.05 * pose.gaze[0],
            y - h - 0.29,
            0.075,
            0.09 * (1 - 0.9 * pose.blink),
            n=12,
        )
        art.add(
            f"eyeball.{label}.pupil", pupil, "ink", "eye", within=f"eyeball.{label}", outlined=0.0
        )
    add_mouth(art, "mouth", "body", 0.0, y + 0.12 * h, 0.3 * w, pose)
