"""Umbrellas, food and drink, flowers, lights; the grip at (0, 0)."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

import numpy as np

from ..creatures.anatomy import box, bumpy, loop, round_, tube
from ..creatures.assembly import Assembly
from .bags import arch


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
    art.add("handle", arch(0.17, -0.02, 0.022) + (0, 0.14), "metal.dark")
    art.add("roof", loop([(-0.1, 0.12), (0.1, 0.12), (0.27, 0.26), (-0.27, 0.26)], 3), "metal.dark")
    art.add("glass", box(-0.2, 0.25, 0.2, 0.66 * s[0], 0.04), "glow", shaded=False)
    art.mark("glass.flame", round_(0, 0.48, 0.07, 0.12, n=14), "gold", "glass")
    art.add("base", box(-0.25, 0.64 * s[0], 0.25, 0.75 * s[0], 0.03), "metal.dark")


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


ITEMS = {
    "umbrella": _umbrella,
    "closed umbrella": _closed_umbrella,
    "cup": _cup,
    "bottle": _bottle,
    "flower": _flower,
    "bouquet": _bouquet,
    "lantern": _lantern,
    "lollipop": _lollipop,
    "ice cream": _ice_cream,
}
