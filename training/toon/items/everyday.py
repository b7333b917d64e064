"""Bags, umbrellas, books, food, toys and flowers; the grip at (0, 0)."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

import numpy as np

from ..creatures.anatomy import box, bumpy, loop, round_, tube
from ..creatures.assembly import Assembly


def _arch(x: float, top: float, half: float = 0.035) -> np.ndarray:
    """A handle from (-x, 0) over (0, top) to (x, 0)."""
    return tube(
        [(-x, 0.02), (-0.9 * x, 0.6 * top), (0, top), (0.9 * x, 0.6 * top), (x, 0.02)], half, 5
    ).outline


def _handbag(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.4 * s[1], 0.5 * s[0]
    with art.frame(0, 0.3):
        art.add("strap", _arch(0.62 * w, -0.32), "leather")
        art.add(
            "body",
            loop(
                [
                    (-0.8 * w, 0),
                    (0, -0.02),
                    (0.8 * w, 0),
                    (w, 0.7 * h),
                    (0.85 * w, h),
                    (-0.85 * w, h),
                    (-w, 0.7 * h),
                ],
                4,
            ),
            "main",
        )
        art.add(
            "flap",
            loop(
                [
                    (-0.82 * w, -0.02),
                    (0, -0.05),
                    (0.82 * w, -0.02),
                    (0.7 * w, 0.38 * h),
                    (0, 0.5 * h),
                    (-0.7 * w, 0.38 * h),
                ],
                4,
            ),
            "dark",
        )
        art.add("clasp", round_(0, 0.48 * h, 0.055, n=14), "gold")


def _backpack(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.42 * s[1], 0.95 * s[0]
    art.add("loop", _arch(0.14, -0.14, 0.03), "dark")
    for side in (-1, 1):
        art.add(
            f"side.{'left' if side < 0 else 'right'}",
            round_(side * w, 0.66 * h, 0.13, 0.22 * h, n=18),
            "dark",
        )
    art.add(
        "body",
        loop(
            [
                (-0.7 * w, 0.02),
                (0, -0.04),
                (0.7 * w, 0.02),
                (w, 0.4 * h),
                (w, 0.9 * h),
                (0.8 * w, h),
                (-0.8 * w, h),
                (-w, 0.9 * h),
                (-w, 0.4 * h),
            ],
            4,
        ),
        "main",
    )
    art.add("pocket", box(-0.66 * w, 0.52 * h, 0.66 * w, 0.92 * h, 0.1), "second")
    art.stroke("pocket", [(-0.5 * w, 0.6 * h), (0, 0.62 * h), (0.5 * w, 0.6 * h)], 0.8)
    art.stroke("body", [(-0.9 * w, 0.4 * h), (0, 0.46 * h), (0.9 * w, 0.4 * h)], 0.8)
    art.add("buckle", box(-0.06, 0.4 * h, 0.06, 0.52 * h, 0.02), "gold", outlined=0.7)


def _suitcase(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.55 * s[1], 0.72 * s[0]
    art.add("handle", _arch(0.18, -0.02), "dark")
    art.add("body", box(-w, 0.06, w, 0.06 + h, 0.1), "leather")
    for x in (-0.6, 0.6):
        art.mark(
            f"strap.{'left' if x < 0 else 'right'}",
            box(x * w - 0.06, -1, x * w + 0.06, 2),
            "wood.dark",
            "body",
        )
    art.stroke(
        "body", [(-w, 0.06 + 0.5 * h), (0, 0.06 + 0.5 * h), (w, 0.06 + 0.5 * h)], 0.8, None, (0, 0)
    )
    art.add("label", box(-0.18, 0.14 + 0.5 * h, 0.18, 0.34 + 0.5 * h, 0.03), "paper", outlined=0.6)


def _basket(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.45 * s[1], 0.4 * s[0]
    with art.frame(0, 0.5):
        art.add("handle", _arch(0.9 * w, -0.5, 0.04), "wood")
        for k, (x, r) in enumerate([(-0.22, 0.15), (0.2, 0.16), (0.0, 0.15)]):
            art.add(
                f"fruit.{k}",
                round_(x, -0.02 - 0.05 * (k == 2), r, n=18),
                ("second", "green", "main")[k],
            )
        art.add(
            "body",
            loop([(-w, 0), (0, 0.04), (w, 0), (0.78 * w, h), (0, h + 0.05), (-0.78 * w, h)], 4),
            "wood",
        )
        for y in (0.3, 0.6):
            art.stroke("body", [(-w, y * h), (0, y * h + 0.05), (w, y * h)], 0.7, None, (0, 0))
        for k in range(5):
            x = (-0.7 + 0.35 * k) * w
            art.stroke("body", [(x, 0), (0.93 * x, 0.5 * h), (0.85 * x, h)], 0.5, None, (0, 0))
        art.add("rim", tube([(-w, 0), (0, 0.05), (w, 0)], 0.05, 6).outline, "wood.dark")


def _satchel(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.45 * s[1], 0.55 * s[0]
    with art.frame(0, 0.85):
        art.add(
            "strap",
            tube(
                [(-0.9 * w, 0.05), (-0.5 * w, -0.5), (0, -0.86), (0.5 * w, -0.5), (0.9 * w, 0.05)],
                0.035,
                5,
            ).outline,
            "leather",
        )
        art.add("body", box(-w, 0, w, h, 0.08), "leather")
        art.add("flap", box(-1.03 * w, -0.03, 1.03 * w, 0.62 * h, 0.12), "wood")
        for x in (-0.5, 0.5):
            art.add(
                f"buckle.{'left' if x < 0 else 'right'}",
                box(x * w - 0.045, 0.5 * h, x * w + 0.045, 0.74 * h, 0.02),
                "gold",
                outlined=0.7,
            )


def _sack(art: Assembly, s: np.ndarray) -> None:
    body = loop(
        [
            (-0.12, 0.1),
            (0.12, 0.1),
            (0.5 * s[1], 0.55),
            (0.42 * s[1], 0.95 * s[0]),
            (0, 1.02 * s[0]),
            (-0.42 * s[1], 0.95 * s[0]),
            (-0.5 * s[1], 0.55),
        ],
        4,
    )
    art.add(
        "neck",
        loop([(-0.24, -0.12), (0, -0.04), (0.24, -0.12), (0.1, 0.14), (-0.1, 0.14)], 3),
        "light",
    )
    art.add("body", body, "light")
    art.add("tie", box(-0.15, 0.07, 0.15, 0.15, 0.03), "second")
    art.add("patch", box(0.08, 0.6, 0.3, 0.82, 0.02), "second", outlined=0.6)
    art.stroke("body", [(-0.1, 0.16), (-0.2, 0.35), (-0.24, 0.5)], 0.7)


def _umbrella(art: Assembly, s: np.ndarray) -> None:
    r, top = 0.95 * s[1], -1.25 * s[0]
    art.add(
        "shaft",
        tube([(0.14, 0.22), (0.14, 0.32), (0.0, 0.32), (0, 0.1), (0, top)], 0.03, 6).outline,
        "wood",
    )
    t = np.linspace(np.pi, 2 * np.pi, 17)
    dome = np.stack([r * np.cos(t), top + 0.4 + 0.62 * r * np.sin(t)], 1)
    x = np.linspace(r, -r, 25)[1:-1]
    hem = np.stack([x, top + 0.4 - 0.1 * np.abs(np.sin(2 * np.pi * x / r))], 1)
    art.add("cloth", np.concatenate([dome, hem]), "main")
    tip = top + 0.4 - 0.62 * r
    for k, x in enumerate((-0.5, 0.5)):
        band = [(0, tip), (x * r, top + 0.4), (0.0, top + 0.4)]
        if k == 0:
            art.mark("cloth.band", np.array(band), "second", "cloth")
        art.stroke(
            "cloth", [(0, tip), (0.85 * x * r, top + 0.1), (x * r, top + 0.4)], 0.7, None, (0, 0)
        )
    art.add("tip", box(-0.025, tip - 0.12, 0.025, tip + 0.04, 0.02), "metal")


def _closed_umbrella(art: Assembly, s: np.ndarray) -> None:
    art.add(
        "handle",
        tube([(0.16, -0.02), (0.14, -0.14), (0.0, -0.14), (0, 0.1), (0, 0.3)], 0.04, 5).outline,
        "wood",
    )
    art.add(
        "cloth",
        loop(
            [
                (-0.06, 0.25),
                (0.06, 0.25),
                (0.13, 0.6),
                (0.06, 1.2 * s[0]),
                (0, 1.35 * s[0]),
                (-0.06, 1.2 * s[0]),
                (-0.13, 0.6),
            ],
            4,
        ),
        "main",
    )
    art.stroke("cloth", [(0.02, 0.28), (-0.04, 0.7), (0.0, 1.2 * s[0])], 0.7)
    art.add("band", box(-0.11, 0.62, 0.11, 0.7, 0.02), "second", outlined=0.7)


def _book(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.34 * s[1], 0.45 * s[0]
    art.add("pages", box(-w + 0.03, -h - 0.02, w + 0.05, h - 0.04, 0.02), "paper")
    art.add("cover", box(-w, -h, w, h, 0.05), "main")
    art.mark("spine", box(-2, -2, -0.72 * w, 2), "dark", "cover")
    art.add("title", box(-0.4 * w, -0.6 * h, 0.7 * w, -0.25 * h, 0.03), "gold", outlined=0.5)


def _open_book(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.55 * s[1], 0.38 * s[0]
    art.add(
        "cover",
        [
            (-w - 0.05, -h),
            (0, -h + 0.1),
            (w + 0.05, -h),
            (w + 0.05, h),
            (0, h + 0.12),
            (-w - 0.05, h),
        ],
        "main",
    )
    for side, name in ((-1, "left"), (1, "right")):
        page = loop(
            [
                (0, -h + 0.06),
                (side * 0.5 * w, -h - 0.06),
                (side * w, -h),
                (side * w, h - 0.06),
                (side * 0.5 * w, h - 0.1),
                (0, h + 0.04),
            ],
            4,
        )
        art.add(f"page.{name}", page, "paper")
        for k in range(4):
            y = (-0.6 + 0.35 * k) * h
            art.stroke(
                f"page.{name}",
                [(side * 0.15 * w, y + 0.03), (side * 0.5 * w, y - 0.03), (side * 0.85 * w, y)],
                0.5,
            )


def _ball(art: Assembly, s: np.ndarray) -> None:
    r = 0.36 * s[0]
    art.add(
        "ball",
        round_(0, 0, r, n=32),
        "main",
        light=round_(-0.4 * r, -0.5 * r, 0.2 * r, 0.12 * r, -0.6, 12),
    )
    if s[1] > 1:
        art.mark("ball.band", box(-1, -0.16 * r, 1, 0.26 * r), "second", "ball")
    else:
        art.add(
            "ball.patch", round_(0, 0.05 * r, 0.36 * r, n=5), "second", within="ball", outlined=0.7
        )
        for k in range(5):
            a = k * 2 * np.pi / 5
            c = np.array([np.cos(a), np.sin(a)]) * r
            art.stroke("ball", [0.36 * c + (0, 0.05 * r), 0.7 * c, c], 0.8)


def _cup(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.22 * s[1], 0.4 * s[0]
    art.add("straw", tube([(0.02, 0.1), (0.1, -0.42), (0.24, -0.52)], 0.03, 4).outline, "second")
    art.add(
        "cup", [(-w, -0.5 * h), (w, -0.5 * h), (0.72 * w, 0.6 * h), (-0.72 * w, 0.6 * h)], "paper"
    )
    art.mark("cup.band", box(-1, -0.1 * h, 1, 0.25 * h), "main", "cup")
    art.add("lid", box(-1.12 * w, -0.66 * h, 1.12 * w, -0.48 * h, 0.03), "main")


def _bottle(art: Assembly, s: np.ndarray) -> None:
    art.add(
        "bottle",
        loop(
            [
                (-0.06, -0.42),
                (0.06, -0.42),
                (0.07, -0.2),
                (0.17, -0.05),
                (0.17, 0.38 * s[0]),
                (-0.17, 0.38 * s[0]),
                (-0.17, -0.05),
                (-0.07, -0.2),
            ],
            4,
        ),
        "green",
        light=box(-0.12, 0.0, -0.08, 0.28, 0.02),
    )
    art.add("label", box(-0.165, 0.06, 0.165, 0.26, 0.01), "paper", within="bottle", outlined=0.6)
    art.add("cork", box(-0.06, -0.5, 0.06, -0.38, 0.02), "wood")


def _flag(art: Assembly, s: np.ndarray) -> None:
    top, w = -1.6 * s[0], 0.95 * s[1]
    x = np.linspace(0, 1, 9)
    wave = 0.07 * np.sin(2 * np.pi * x)
    cloth = np.concatenate(
        [np.stack([x * w, top + wave], 1), np.stack([x * w, top + 0.6 + wave], 1)[::-1]]
    )
    art.add("cloth", cloth, "main")
    band = np.concatenate(
        [np.stack([x * w, top + 0.2 + wave], 1), np.stack([x * w, top + 0.4 + wave], 1)[::-1]]
    )
    art.mark("cloth.band", band, "second", "cloth")
    art.stroke("cloth", [(0.3 * w, top + 0.06), (0.33 * w, top + 0.3), (0.3 * w, top + 0.6)], 0.5)
    art.add("pole", tube([(0, 0.5), (0, -0.5), (0, top - 0.06)], 0.035, 4).outline, "wood")
    art.add("knob", round_(0, top - 0.1, 0.065, n=14), "gold")


def _phone(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.17 * s[1], 0.34 * s[0]
    art.add("case", box(-w, -h, w, h, 0.06), "ink" if s[2] > 1 else "main")
    art.add("screen", box(-0.84 * w, -0.86 * h, 0.84 * w, 0.86 * h, 0.02), "light", outlined=0.5)
    art.mark("screen.window", box(-0.6 * w, -0.6 * h, 0.6 * w, 0.0, 0.02), "second", "screen")


def _camera(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.36 * s[1], 0.24 * s[0]
    art.add("top", box(-0.4 * w, -h - 0.1, 0.2 * w, -h + 0.06, 0.03), "metal")
    art.add("button", box(0.5 * w, -h - 0.06, 0.8 * w, -h + 0.04, 0.02), "second")
    art.add("body", box(-w, -h, w, h, 0.06), "ink" if s[2] > 1 else "main")
    art.add("lens.ring", round_(0, 0.02, 0.2, n=26), "metal")
    art.add(
        "lens",
        round_(0, 0.02, 0.13, n=22),
        "ink",
        outlined=0.7,
        light=round_(-0.05, -0.03, 0.035, n=10),
    )


def _flower(art: Assembly, s: np.ndarray) -> None:
    top = -0.62 * s[0]
    art.add("stem", tube([(0, 0.4), (0.04, -0.1), (0, top)], 0.028, 5).outline, "green")
    art.add("leaf", loop([(0.02, 0.1), (0.2, -0.08), (0.36, -0.06), (0.22, 0.1)], 4), "green")
    count = 5 + int(4 * (s[2] > 1))
    for k in range(count):
        a = 2 * np.pi * k / count
        c = np.array([np.cos(a), np.sin(a)]) * 0.15 * s[1]
        art.add(f"petal.{k}", round_(c[0], top + c[1], 0.13 * s[1], 0.08 * s[1], a, 16), "main")
    art.add("middle", round_(0, top, 0.1, n=18), "gold")


def _bouquet(art: Assembly, s: np.ndarray) -> None:
    for k, (x, y) in enumerate(
        [(-0.3, -0.5), (0.3, -0.5), (0.0, -0.66), (-0.16, -0.4), (0.16, -0.4)]
    ):
        art.add(
            f"flower.{k}",
            bumpy(x * s[1], y * s[0], 0.19, 0.18, 6, 0.25),
            ("main", "second", "light")[k % 3],
        )
        art.add(f"flower.{k}.middle", round_(x * s[1], y * s[0], 0.06, n=12), "gold", outlined=0.6)
    art.add(
        "paper",
        [
            (-0.42 * s[1], -0.42),
            (-0.16, -0.3),
            (0, -0.4),
            (0.16, -0.3),
            (0.42 * s[1], -0.42),
            (0.07, 0.35),
            (-0.07, 0.35),
        ],
        "paper",
    )
    art.stroke("paper", [(-0.15, -0.3), (-0.06, 0.0), (-0.02, 0.3)], 0.6)
    art.add("ribbon", box(-0.16, -0.02, 0.16, 0.08, 0.03), "second")


def _lantern(art: Assembly, s: np.ndarray) -> None:
    art.add("handle", _arch(0.17, -0.02, 0.022) + (0, 0.14), "metal.dark")
    art.add("roof", loop([(-0.1, 0.12), (0.1, 0.12), (0.27, 0.26), (-0.27, 0.26)], 3), "metal.dark")
    art.add("glass", box(-0.2, 0.25, 0.2, 0.66 * s[0], 0.04), "glow", shaded=False)
    art.mark("glass.flame", round_(0, 0.48, 0.07, 0.12, n=14), "gold", "glass")
    art.add("base", box(-0.25, 0.64 * s[0], 0.25, 0.75 * s[0], 0.03), "metal.dark")


def _balloon(art: Assembly, s: np.ndarray) -> None:
    top = -1.6 * s[0]
    art.add(
        "string",
        tube([(0, 0.3), (0.06, -0.4), (-0.04, -0.9), (0, top + 0.5)], 0.012, 5).outline,
        "ink",
        outlined=0.3,
    )
    art.add("knot", [(0, top + 0.44), (0.07, top + 0.54), (-0.07, top + 0.54)], "main")
    t = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    shape = np.stack(
        [0.4 * s[1] * np.sin(t) * (1 - 0.1 * np.cos(t + np.pi)), top - 0.5 * np.cos(t)], 1
    )
    art.add("balloon", shape, "main", light=round_(-0.16, top - 0.22, 0.07, 0.12, 0.5, 14))


def _lollipop(art: Assembly, s: np.ndarray) -> None:
    top = -0.6 * s[0]
    art.add("stick", box(-0.025, top, 0.025, 0.3, 0.02), "paper")
    r = 0.27 * s[1]
    art.add("sweet", round_(0, top, r, n=28), "main")
    a = np.linspace(0, 4.5 * np.pi, 36)
    c = r * np.linspace(0.05, 0.9, 36)
    art.stroke(
        "sweet", np.stack([c * np.cos(a), top + c * np.sin(a)], 1), 2.2, "second", (0.3, 0.3)
    )


def _ice_cream(art: Assembly, s: np.ndarray) -> None:
    art.add(
        "cone", [(-0.18, -0.15), (0.18, -0.15), (0.02, 0.4 * s[0]), (-0.02, 0.4 * s[0])], "wood"
    )
    for k in (-0.1, 0.05):
        art.stroke("cone", [(k - 0.1, -0.15), (k, 0.05), (k + 0.1, 0.3)], 0.5)
        art.stroke("cone", [(k + 0.15, -0.15), (k + 0.05, 0.05), (k - 0.05, 0.3)], 0.5)
    art.add("scoop.low", bumpy(0, -0.27, 0.24, 0.19, 7, 0.12), "main")
    art.add("scoop.top", bumpy(0, -0.5, 0.2, 0.18, 7, 0.12), "second")


def _magnifier(art: Assembly, s: np.ndarray) -> None:
    art.add("handle", box(-0.055, -0.14, 0.055, 0.34, 0.04), "wood")
    art.add("rim", round_(0, -0.4, 0.28 * s[1], n=28), "metal.dark")
    art.add(
        "glass",
        round_(0, -0.4, 0.21 * s[1], n=28),
        "paper",
        outlined=0.7,
        light=round_(-0.08, -0.48, 0.05, 0.03, -0.6, 10),
    )


def _paintbrush(art: Assembly, s: np.ndarray) -> None:
    art.add(
        "hair",
        loop([(-0.07, -0.46), (-0.09, -0.6), (0, -0.82 * s[0]), (0.09, -0.6), (0.07, -0.46)], 4),
        "second",
    )
    art.add("ferrule", box(-0.065, -0.5, 0.065, -0.32, 0.01), "metal")
    art.add(
        "handle",
        loop(
            [
                (-0.055, -0.33),
                (0.055, -0.33),
                (0.065, -0.1),
                (0.025, 0.5),
                (-0.025, 0.5),
                (-0.065, -0.1),
            ],
            3,
        ),
        "main",
    )


def _pencil(art: Assembly, s: np.ndarray) -> None:
    top = -0.75 * s[0]
    art.add("tip", [(-0.075, top), (0, top - 0.2), (0.075, top)], "wood")
    art.mark("tip.lead", box(-0.1, top - 0.3, 0.1, top - 0.12), "ink", "tip")
    art.add("body", box(-0.075, top, 0.075, 0.35, 0.01), "gold" if s[2] > 1 else "main")
    art.stroke("body", [(-0.025, top), (-0.025, 0.0), (-0.025, 0.35)], 0.5, None, (0, 0))
    art.add("rubber", box(-0.075, 0.33, 0.075, 0.46, 0.03), "second")


def _racket(art: Assembly, s: np.ndarray) -> None:
    y = -0.85 * s[0]
    art.add("shaft", box(-0.04, -0.5, 0.04, 0.32, 0.03), "leather")
    art.add("frame", round_(0, y, 0.34 * s[1], 0.44, n=32), "main")
    art.add("net", round_(0, y, 0.27 * s[1], 0.36, n=32), "paper", outlined=0.7)
    for k in np.linspace(-0.2, 0.2, 5):
        art.stroke("net", [(k, y - 0.4), (k, y), (k, y + 0.4)], 0.4, None, (0, 0))
        art.stroke(
            "net", [(-0.3, y + 1.4 * k), (0, y + 1.4 * k), (0.3, y + 1.4 * k)], 0.4, None, (0, 0)
        )


def _fan(art: Assembly, s: np.ndarray) -> None:
    a = np.linspace(-1.15, 1.15, 15)
    r = 0.72 * s[0]
    wave = r * (1 - 0.05 * (np.arange(15) % 2))
    leaf = np.concatenate(
        [
            np.stack([wave * np.sin(a), -wave * np.cos(a)], 1),
            np.stack([0.3 * r * np.sin(a), -0.3 * r * np.cos(a)], 1)[::-1],
        ]
    )
    for k, b in enumerate((-1.1, -0.55, 0.0, 0.55, 1.1)):
        rib = tube([(0, 0.03), (0.9 * r * np.sin(b), -0.9 * r * np.cos(b))], 0.02, 3)
        art.add(f"rib.{k}", rib.outline, "wood")
    art.add("leaf", leaf, "main")
    for b in np.linspace(-1.0, 1.0, 7):
        c = np.array([np.sin(b), -np.cos(b)]) * r
        art.stroke("leaf", [0.3 * c, 0.65 * c, 0.97 * c], 0.5, None, (0, 0))
    art.mark("leaf.spot", round_(0.1, -0.68 * r, 0.14 * s[1], n=18), "second", "leaf")
    art.add("pin", round_(0, 0.02, 0.045, n=12), "gold")


def _scroll(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.36 * s[1], 0.5 * s[0]
    art.add("sheet", box(-w, -h, w, h, 0.02), "paper")
    for k in range(5):
        y = (-0.6 + 0.28 * k) * h
        art.stroke("sheet", [(-0.7 * w, y), (0, y + 0.01), (0.6 * w, y)], 0.7)
    for y, name in ((-h, "top"), (h, "low")):
        art.add(
            f"roll.{name}",
            tube([(-1.15 * w, y), (1.15 * w, y)], 0.075, 6, (0.4, 0.4)).outline,
            "wood",
        )


def _key(art: Assembly, s: np.ndarray) -> None:
    top = -0.62 * s[0]
    art.add(
        "bits",
        [
            (0.0, top),
            (0.2, top),
            (0.2, top + 0.1),
            (0.1, top + 0.12),
            (0.2, top + 0.18),
            (0.2, top + 0.28),
            (0.0, top + 0.28),
        ],
        "gold",
    )
    art.add("shaft", box(-0.045, top - 0.04, 0.045, 0.0, 0.02), "gold", into=("bits",))
    art.add("ring", round_(0, 0.1, 0.17, n=24), "gold")
    art.add("hole", round_(0, 0.1, 0.085, n=18), "light", outlined=0.7)


ITEMS = {
    "handbag": _handbag, "backpack": _backpack, "suitcase": _suitcase, "basket": _basket,
    "satchel": _satchel, "sack": _sack, "umbrella": _umbrella, "closed umbrella": _closed_umbrella,
    "book": _book, "open book": _open_book, "ball": _ball, "cup": _cup, "bottle": _bottle,
    "flag": _flag, "phone": _phone, "camera": _camera, "flower": _flower, "bouquet": _bouquet,
    "lantern": _lantern, "balloon": _balloon, "lollipop": _lollipop, "ice cream": _ice_cream,
    "magnifier": _magnifier, "paintbrush": _paintbrush, "pencil": _pencil, "racket": _racket,
    "fan": _fan, "scroll": _scroll, "key": _key,
}  # fmt: skip
