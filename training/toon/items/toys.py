"""Books, toys and small tools; the grip at (0, 0)."""

from __future__ import annotations

import numpy as np

from ..creatures.anatomy import box, loop, round_, tube
from ..creatures.assembly import Assembly


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
    "book": _book,
    "open book": _open_book,
    "ball": _ball,
    "flag": _flag,
    "phone": _phone,
    "camera": _camera,
    "balloon": _balloon,
    "magnifier": _magnifier,
    "paintbrush": _paintbrush,
    "pencil": _pencil,
    "racket": _racket,
    "fan": _fan,
    "scroll": _scroll,
    "key": _key,
}
