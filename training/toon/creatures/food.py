"""Food that mascots are: an outline called "body", and what grows on it."""

from __future__ import annotations

import numpy as np

from .anatomy import box, bumpy, loop, round_, tube
from .assembly import Assembly

# The height of its eyes, half its width there, and of its shoulders: x, y, and the top.
Places = tuple[float, float, tuple[float, float, float]]


def _fruit(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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
        for x, y in ((-0.45, -0.25), (0.3, -0.16), (-0.3, -0.9), (0.45, -0.85)):
            art.stroke(
                "body",
                [(x * w, y * h), (x * w + 0.08, y * h + 0.01), (x * w + 0.15, y * h)],
                0.7,
            )
    wide = 0.62 * w if kind not in ("carrot",) else 0.4 * w
    return -0.55 * h, wide, (0.85 * w if kind != "carrot" else 0.42 * w, -0.4 * h, -h)


def _mushroom(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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
    for k, (x, y, r) in enumerate([(-0.5, -0.78, 0.16), (0.12, -0.95, 0.14), (0.62, -0.74, 0.13)]):
        art.mark(f"cap.spot.{k}", round_(x * w, y * h, r * w, n=14), "cream", "cap")
    art.casts("cap", "body")
    return -0.34 * h, 0.42 * w, (0.48 * w, -0.25 * h, -h)


def _rice_ball(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _bread(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _sweet(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _egg(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
    t = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    add(
        "body",
        np.stack(
            [0.85 * w * np.sin(t) * (1 - 0.15 * np.cos(t)), -0.5 * h - 0.52 * h * np.cos(t)], 1
        ),
        light=gleam,
    )
    jag = [(x * w, -0.28 * h + 0.1 * (-1) ** k) for k, x in enumerate(np.linspace(-1.2, 1.2, 9))]
    art.mark("body.shell", np.array([*jag, (1.2 * w, 0.4), (-1.2 * w, 0.4)]), "accent", "body")
    return -0.56 * h, 0.5 * w, (0.82 * w, -0.4 * h, -h)


ADD = {
    "apple": _fruit,
    "pumpkin": _fruit,
    "lemon": _fruit,
    "strawberry": _fruit,
    "carrot": _fruit,
    "mushroom": _mushroom,
    "rice ball": _rice_ball,
    "bread": _bread,
    "cupcake": _sweet,
    "ice cream": _sweet,
    "egg": _egg,
}
