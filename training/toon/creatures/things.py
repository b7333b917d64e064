"""Food and things that mascots are: an outline called "body", and what grows on it."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

import numpy as np

from .anatomy import box, bumpy, loop, round_, tube
from .assembly import Assembly
from .pose import Pose

# Colours of the body by thing.
THINGS: dict[str, tuple[str, ...]] = {
    "apple": ("red", "green", "yellow"),
    "lemon": ("yellow", "orange"),
    "strawberry": ("red", "pink"),
    "pumpkin": ("orange",),
    "carrot": ("orange",),
    "mushroom": ("cream", "sand"),
    "cactus": ("green", "teal"),
    "rice ball": ("white",),
    "bread": ("sand", "tan"),
    "cupcake": ("tan", "pink"),
    "ice cream": ("pink", "lilac", "cream"),
    "egg": ("white", "cream", "sky"),
    "mug": ("white", "sky", "red", "green"),
    "star": ("yellow", "orange", "sky"),
    "moon": ("yellow", "cream"),
    "sun": ("yellow", "orange"),
    "drop": ("sky", "blue"),
    "leaf": ("green", "olive"),
    "book": ("red", "blue", "green", "purple"),
    "gift": ("red", "sky", "pink", "green"),
    "bulb": ("yellow", "white"),
    "ball": ("white", "orange", "red"),
    "clock": ("red", "sky", "yellow"),
}


def add_thing(art: Assembly, looks, pose: Pose) -> tuple[float, float, tuple[float, float, float]]:
    """Adds it, standing on (0, 0). Gives the height of its eyes, half its width there, and where
    its shoulders are: x, y, and the top."""
    kind = looks.thing
    w, h = 0.85 * looks.width / 0.5, 1.5 * looks.height / 0.95
    add = art.add
    gleam = round_(-0.45 * w, -0.75 * h, 0.13 * w, 0.07 * h, -0.7, 14)
    if kind in ("apple", "pumpkin", "lemon", "strawberry", "carrot"):
        if kind == "apple":
            shape = loop(
                [
                    (0, -0.86 * h),
                    (0.45 * w, -h),
                    (0.98 * w, -0.72 * h),
                    (0.85 * w, -0.25 * h),
                    (0.35 * w, 0.0),
                    (0, -0.04),
                    (-0.35 * w, 0.0),
                    (-0.85 * w, -0.25 * h),
                    (-0.98 * w, -0.72 * h),
                    (-0.45 * w, -h),
                ],
                4,
            )
        elif kind == "lemon":
            shape = loop(
                [
                    (0, -1.08 * h),
                    (0.25 * w, -0.92 * h),
                    (0.85 * w, -0.5 * h),
                    (0.3 * w, -0.06 * h),
                    (0, 0.06),
                    (-0.3 * w, -0.06 * h),
                    (-0.85 * w, -0.5 * h),
                    (-0.25 * w, -0.92 * h),
                ],
                4,
            )
        elif kind == "pumpkin":
            shape = loop(
                [
                    (0, -0.9 * h),
                    (0.5 * w, -0.94 * h),
                    (1.12 * w, -0.6 * h),
                    (1.0 * w, -0.15 * h),
                    (0.4 * w, 0.0),
                    (-0.4 * w, 0.0),
                    (-1.0 * w, -0.15 * h),
                    (-1.12 * w, -0.6 * h),
                    (-0.5 * w, -0.94 * h),
                ],
                4,
            )
        elif kind == "strawberry":
            shape = loop(
                [
                    (0, -0.92 * h),
                    (0.6 * w, -0.98 * h),
                    (0.98 * w, -0.7 * h),
                    (0.65 * w, -0.25 * h),
                    (0, 0.04),
                    (-0.65 * w, -0.25 * h),
                    (-0.98 * w, -0.7 * h),
                    (-0.6 * w, -0.98 * h),
                ],
                4,
            )
        else:
            shape = loop(
                [
                    (0, -1.05 * h),
                    (0.45 * w, -1.0 * h),
                    (0.62 * w, -0.78 * h),
                    (0.4 * w, -0.3 * h),
                    (0.1 * w, 0.06),
                    (-0.1 * w, 0.06),
                    (-0.4 * w, -0.3 * h),
                    (-0.62 * w, -0.78 * h),
                    (-0.45 * w, -1.0 * h),
                ],
                4,
            )
        if kind == "carrot":
            for k, lean in enumerate((-0.35, 0.35, 0.0)):
                frond = tube(
                    [
                        (0, -0.98 * h),
                        (0.3 * np.sin(lean), -1.2 * h),
                        (0.55 * np.sin(lean), -1.42 * h),
                    ],
                    [0.06, 0.13, 0.05],
                    4,
                )
                add(f"leaf.{k}", frond.outline, "leaf")
        elif kind in ("apple", "pumpkin"):
            add(
                "stem",
                tube(
                    [(0, -0.82 * h), (0.03, -0.98 * h), (0.12, -1.12 * h)],
                    [0.06, 0.05, 0.06],
                    4,
                    (1, 0.2),
                ).outline,
                "stem" if kind == "apple" else "leaf",
            )
        add("body", shape, light=gleam)
        if kind == "apple":
            add(
                "leaf",
                loop([(0.06, -1.02 * h), (0.25, -1.2 * h), (0.55, -1.18 * h), (0.4, -1.02 * h)], 4),
                "leaf",
            )
        elif kind == "lemon":
            add(
                "leaf",
                loop([(0.0, -1.04 * h), (0.18, -1.2 * h), (0.45, -1.16 * h), (0.3, -1.02 * h)], 4),
                "leaf",
            )
        elif kind == "strawberry":
            cap = [
                (0.0, -1.14 * h),
                (0.16, -1.02 * h),
                (0.62 * w, -1.04 * h),
                (0.34 * w, -0.9 * h),
                (0.42 * w, -0.76 * h),
                (0.1, -0.86 * h),
                (0.0, -0.72 * h),
                (-0.1, -0.86 * h),
                (-0.42 * w, -0.76 * h),
                (-0.34 * w, -0.9 * h),
                (-0.62 * w, -1.04 * h),
                (-0.16, -1.02 * h),
            ]
            add("leaf", np.array(cap), "leaf")
            for k in range(9):
                x, y = -0.6 + 1.2 * ((k * 0.618034) % 1), -0.2 - 0.5 * ((k * 0.381966) % 1)
                art.stroke(
                    "body",
                    [(x * w, y * h), (x * w, y * h + 0.03), (x * w, y * h + 0.06)],
                    1.2,
                    "cream",
                )
        elif kind == "pumpkin":
            for x in (-0.5, 0.5):
                art.stroke(
                    "body",
                    [(0.3 * x * w, -0.9 * h), (1.15 * x * w, -0.5 * h), (0.5 * x * w, -0.02 * h)],
                    0.8,
                )
        elif kind == "carrot":
            for k, (x, y) in enumerate([(-0.45, -0.25), (0.3, -0.16), (-0.3, -0.9), (0.45, -0.85)]):
                art.stroke(
                    "body",
                    [(x * w, y * h), (x * w + 0.08, y * h + 0.01), (x * w + 0.15, y * h)],
                    0.7,
                )
        wide = 0.62 * w if kind not in ("carrot",) else 0.4 * w
        return -0.55 * h, wide, (0.85 * w if kind != "carrot" else 0.42 * w, -0.4 * h, -h)
    if kind == "mushroom":
        add(
            "body",
            loop(
                [
                    (-0.42 * w, -0.7 * h),
                    (0.42 * w, -0.7 * h),
                    (0.5 * w, -0.3 * h),
                    (0.55 * w, 0.0),
                    (-0.55 * w, 0.0),
                    (-0.5 * w, -0.3 * h),
                ],
                4,
            ),
        )
        t = np.linspace(np.pi, 2 * np.pi, 15)
        cap = np.concatenate(
            [
                np.stack([1.1 * w * np.cos(t), -0.62 * h + 0.52 * h * np.sin(t)], 1),
                [(0.8 * w, -0.52 * h), (0, -0.56 * h), (-0.8 * w, -0.52 * h)],
            ]
        )
        add("cap", cap, "berry", "hat", light=gleam - (0, 0.12 * h))
        for k, (x, y, r) in enumerate(
            [(-0.5, -0.78, 0.16), (0.12, -0.95, 0.14), (0.62, -0.74, 0.13)]
        ):
            art.mark(f"cap.spot.{k}", round_(x * w, y * h, r * w, n=14), "cream", "cap")
        art.casts("cap", "body")
        return -0.34 * h, 0.42 * w, (0.48 * w, -0.25 * h, -h)
    if kind == "cactus":
        for side in (-1, 1):
            arm = tube(
                [
                    (side * 0.4 * w, -0.4 * h),
                    (side * 0.85 * w, -0.42 * h),
                    (side * 0.9 * w, -0.75 * h),
                ],
                0.15,
                5,
            )
            add(f"branch.{side}", arm.outline)
        add(
            "body",
            tube(
                [(0, -0.1), (0, -0.5 * h), (0, -0.85 * h)], [0.52 * w, 0.56 * w, 0.48 * w], 5
            ).outline,
            into=("branch.-1", "branch.1"),
            light=gleam * (0.5, 1),
        )
        for k in range(8):
            x, y = -0.4 + 0.8 * ((k * 0.618034) % 1), -0.08 - 0.8 * ((k * 0.381966) % 1)
            art.stroke(
                "body",
                [(x * w, y * h), (x * w + 0.03, y * h - 0.05), (x * w + 0.05, y * h - 0.07)],
                0.7,
            )
        for k in range(5):
            a = 2 * np.pi * k / 5
            add(
                f"flower.{k}",
                round_(0.1 * np.cos(a), -1.12 * h + 0.1 * np.sin(a), 0.08, n=12),
                "accent",
            )
        add("flower", round_(0, -1.12 * h, 0.06, n=12), "cream")
        return -0.6 * h, 0.4 * w, (0.5 * w, -0.22 * h, -h)
    if kind == "rice ball":
        shape = loop(
            [
                (0, -h),
                (0.4 * w, -0.82 * h),
                (0.98 * w, -0.25 * h),
                (0.85 * w, -0.02),
                (0, 0.03),
                (-0.85 * w, -0.02),
                (-0.98 * w, -0.25 * h),
                (-0.4 * w, -0.82 * h),
            ],
            4,
        )
        add("body", shape)
        art.mark("body.nori", box(-0.4 * w, -0.24 * h, 0.4 * w, 0.3), "nori", "body")
        return -0.5 * h, 0.5 * w, (0.82 * w, -0.32 * h, -0.92 * h)
    if kind == "bread":
        shape = loop(
            [
                (-0.7 * w, 0.0),
                (0.7 * w, 0.0),
                (0.72 * w, -0.55 * h),
                (0.9 * w, -0.72 * h),
                (0.7 * w, -0.98 * h),
                (0, -h),
                (-0.7 * w, -0.98 * h),
                (-0.9 * w, -0.72 * h),
                (-0.72 * w, -0.55 * h),
            ],
            4,
        )
        add("crust", shape * 1.08 - (0, -0.03 * h), "dough")
        add("body", shape, outlined=0.6)
        return -0.5 * h, 0.52 * w, (0.75 * w, -0.35 * h, -h)
    if kind in ("cupcake", "ice cream"):
        if kind == "ice cream":
            add(
                "cone",
                loop(
                    [
                        (-0.62 * w, -0.4 * h),
                        (0.62 * w, -0.4 * h),
                        (0.12 * w, 0.1),
                        (-0.12 * w, 0.1),
                    ],
                    3,
                ),
                "dough",
                "clothes",
            )
            for k in (-0.3, 0.0, 0.3):
                art.stroke(
                    "cone", [(k * w - 0.15, -0.4 * h), (k * w, -0.2 * h), (k * w + 0.15, 0.1)], 0.6
                )
                art.stroke(
                    "cone", [(k * w + 0.15, -0.4 * h), (k * w, -0.2 * h), (k * w - 0.15, 0.1)], 0.6
                )
            add("body", bumpy(0, -0.68 * h, 0.82 * w, 0.42 * h, 9, 0.1), light=gleam)
            add("cherry", round_(0.1, -1.14 * h, 0.13, n=18), "berry")
            return -0.68 * h, 0.5 * w, (0.75 * w, -0.55 * h, -h)
        add("frosting.low", bumpy(0, -0.66 * h, 0.95 * w, 0.2 * h, 8, 0.16), "accent")
        add(
            "frosting.top",
            bumpy(0, -0.9 * h, 0.6 * w, 0.2 * h, 7, 0.16),
            "accent",
            into=("frosting.low",),
        )
        add("cherry", round_(0.03, -1.1 * h, 0.13, n=18), "berry")
        add(
            "body",
            loop(
                [
                    (-0.85 * w, -0.6 * h),
                    (0, -0.58 * h),
                    (0.85 * w, -0.6 * h),
                    (0.66 * w, 0.0),
                    (0, 0.03),
                    (-0.66 * w, 0.0),
                ],
                4,
            ),
        )
        for x in (-0.6, -0.3, 0.3, 0.6):
            art.stroke(
                "body",
                [(x * 1.2 * w, -0.58 * h), (x * 1.05 * w, -0.3 * h), (x * 0.95 * w, 0.0)],
                0.5,
            )
        return -0.36 * h, 0.45 * w, (0.74 * w, -0.3 * h, -h)
    if kind == "egg":
        t = np.linspace(0, 2 * np.pi, 36, endpoint=False)
        add(
            "body",
            np.stack(
                [0.85 * w * np.sin(t) * (1 - 0.15 * np.cos(t)), -0.5 * h - 0.52 * h * np.cos(t)], 1
            ),
            light=gleam,
        )
        jag = [
            (x * w, -0.28 * h + 0.1 * (-1) ** k) for k, x in enumerate(np.linspace(-1.2, 1.2, 9))
        ]
        art.mark("body.shell", np.array([*jag, (1.2 * w, 0.4), (-1.2 * w, 0.4)]), "accent", "body")
        return -0.56 * h, 0.5 * w, (0.82 * w, -0.4 * h, -h)
    if kind == "mug":
        handle = np.concatenate([round_(0.85 * w, -0.45 * h, 0.36 * w, 0.3 * h)])
        add("handle", handle, "dark")
        add("handle.hole", round_(0.9 * w, -0.45 * h, 0.2 * w, 0.17 * h), "light", outlined=0.8)
        add(
            "body",
            loop(
                [
                    (-0.78 * w, -0.95 * h),
                    (0, -0.9 * h),
                    (0.78 * w, -0.95 * h),
                    (0.76 * w, -0.1 * h),
                    (0.55 * w, 0.0),
                    (-0.55 * w, 0.0),
                    (-0.76 * w, -0.1 * h),
                ],
                4,
            ),
            light=gleam + (0, 0.1 * h),
        )
        add("rim", round_(0, -0.94 * h, 0.78 * w, 0.1 * h), "dough")
        return -0.52 * h, 0.46 * w, (0.72 * w, -0.4 * h, -h)
    if kind in ("star", "sun", "moon"):
        y = -0.5 * h
        if kind == "star":
            a = -np.pi / 2 + np.arange(10) * np.pi / 5
            r = np.where(np.arange(10) % 2, 0.56, 1.12)
            shape = loop(np.stack([w * r * np.cos(a), y + 0.62 * h * r * np.sin(a)], 1), 4)
            add("body", shape)
        elif kind == "sun":
            a = np.arange(24) * np.pi / 12
            r = np.where(np.arange(24) % 2, 0.86, 1.22)
            add("rays", np.stack([w * r * np.cos(a), y + w * r * np.sin(a)], 1), "accent", "hair")
            add("body", round_(0, y, 0.88 * w, n=32), light=gleam + (0.1, 0.1 * h))
        else:
            add(
                "body",
                loop(
                    [
                        (0.42 * w, y - 1.0 * w),
                        (-0.3 * w, y - 0.95 * w),
                        (-0.95 * w, y - 0.4 * w),
                        (-0.98 * w, y + 0.35 * w),
                        (-0.4 * w, y + 0.95 * w),
                        (0.45 * w, y + w),
                        (0.85 * w, y + 0.72 * w),
                        (0.4 * w, y + 0.6 * w),
                        (0.2 * w, y + 0.1 * w),
                        (0.16 * w, y - 0.35 * w),
                    ],
                    4,
                ),
            )
            return y - 0.1 * h, 0.32 * w, (0.3 * w, y + 0.3 * h, y - w)
        return y - 0.02 * h, 0.45 * w, (0.62 * w, y + 0.12 * h, y - 0.8 * w)
    if kind == "drop":
        add(
            "body",
            loop(
                [
                    (0.04, -1.15 * h),
                    (0.3 * w, -0.85 * h),
                    (0.86 * w, -0.42 * h),
                    (0.7 * w, -0.06 * h),
                    (0, 0.03),
                    (-0.7 * w, -0.06 * h),
                    (-0.86 * w, -0.42 * h),
                    (-0.26 * w, -0.85 * h),
                ],
                4,
            ),
            light=gleam + (0.1, 0.25 * h),
        )
        return -0.42 * h, 0.5 * w, (0.78 * w, -0.3 * h, -h)
    if kind == "leaf":
        add("stem", tube([(0, -0.1), (0.05, -1.0 * h), (0.16, -1.25 * h)], 0.05, 4).outline, "stem")
        add(
            "body",
            loop(
                [
                    (0, -1.1 * h),
                    (0.55 * w, -0.85 * h),
                    (0.8 * w, -0.45 * h),
                    (0.4 * w, -0.06 * h),
                    (0, 0.06),
                    (-0.4 * w, -0.06 * h),
                    (-0.8 * w, -0.45 * h),
                    (-0.55 * w, -0.85 * h),
                ],
                4,
            ),
        )
        art.stroke("body", [(0, -1.05 * h), (0.01, -0.9 * h), (0, -0.76 * h)], 0.8)
        for side in (-1, 1):
            art.stroke(
                "body",
                [(0, -0.06 * h), (side * 0.18 * w, -0.14 * h), (side * 0.4 * w, -0.16 * h)],
                0.6,
            )
        return -0.48 * h, 0.45 * w, (0.7 * w, -0.36 * h, -h)
    if kind == "book":
        add("pages", box(-0.72 * w, -h + 0.02, 0.82 * w, -0.02, 0.04), "cream", "clothes")
        add("body", box(-0.8 * w, -h, 0.72 * w, 0.0, 0.08), "main", "clothes")
        art.mark("body.spine", box(-2, -2 * h, -0.6 * w, 1), "accent", "body")
        return -0.6 * h, 0.42 * w, (0.7 * w, -0.4 * h, -h)
    if kind == "gift":
        for side in (-1, 1):
            add(
                f"bow.{side}",
                loop(
                    [
                        (0, -h),
                        (side * 0.2, -1.2 * h),
                        (side * 0.5, -1.22 * h),
                        (side * 0.45, -1.0 * h),
                    ],
                    4,
                ),
                "accent",
                "clothes",
            )
        add("body", box(-0.8 * w, -0.95 * h, 0.8 * w, 0.0, 0.05), "main", "clothes")
        art.mark("body.ribbon", box(-0.14 * w, -2 * h, 0.14 * w, 1), "accent", "body")
        add("lid", box(-0.9 * w, -1.02 * h, 0.9 * w, -0.8 * h, 0.05), "main", "clothes")
        art.mark("lid.ribbon", box(-0.14 * w, -2 * h, 0.14 * w, 1), "accent", "lid")
        return -0.46 * h, 0.45 * w, (0.76 * w, -0.36 * h, -h)
    if kind == "bulb":
        add("base", box(-0.32 * w, -0.3 * h, 0.32 * w, 0.02, 0.08), "stem", "clothes")
        for y in (-0.2, -0.1):
            art.stroke("base", [(-0.4 * w, y * h), (0, y * h - 0.03), (0.4 * w, y * h)], 0.8)
        add(
            "body",
            loop(
                [
                    (0, -1.1 * h),
                    (0.62 * w, -0.98 * h),
                    (0.85 * w, -0.62 * h),
                    (0.5 * w, -0.32 * h),
                    (0.3 * w, -0.2 * h),
                    (-0.3 * w, -0.2 * h),
                    (-0.5 * w, -0.32 * h),
                    (-0.85 * w, -0.62 * h),
                    (-0.62 * w, -0.98 * h),
                ],
                4,
            ),
            light=gleam - (0, 0.1 * h),
        )
        return -0.66 * h, 0.45 * w, (0.6 * w, -0.36 * h, -h)
    if kind == "clock":
        for side in (-1, 1):
            add(
                f"bell.{side}",
                round_(side * 0.55 * w, -0.98 * h, 0.27 * w, 0.2 * w, side * 0.5),
                "accent",
                "clothes",
            )
        add("rim", round_(0, -0.5 * h, 0.92 * w, n=32), "main", "clothes")
        add("body", round_(0, -0.5 * h, 0.76 * w, n=32), "white", "clothes", outlined=0.7)
        for k in range(12):
            c = np.array([np.cos(k * np.pi / 6), np.sin(k * np.pi / 6)])
            art.stroke(
                "body", [np.array([0, -0.5 * h]) + c * w * r for r in (0.62, 0.66, 0.7)], 0.8
            )
        art.stroke("body", [(0, -0.5 * h), (0.1 * w, -0.7 * h), (0.18 * w, -0.85 * h)], 1.3)
        return -0.5 * h, 0.4 * w, (0.88 * w, -0.36 * h, -h)
    # a ball
    add("body", round_(0, -0.5 * h, 0.9 * w, 0.52 * h, n=36), light=gleam)
    art.mark("body.stripe", box(-2, -0.28 * h, 2, -0.12 * h), "accent", "body")
    art.mark("body.top", round_(0, -1.0 * h, 0.5 * w, 0.16 * h), "accent", "body")
    return -0.55 * h, 0.5 * w, (0.85 * w, -0.45 * h, -h)
