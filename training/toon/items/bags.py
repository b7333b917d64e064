"""Bags; the grip at (0, 0), or the top of what hangs from a shoulder."""

from __future__ import annotations

import numpy as np

from ..creatures.anatomy import box, loop, round_, tube
from ..creatures.assembly import Assembly


def arch(x: float, top: float, half: float = 0.035) -> np.ndarray:
    """A handle from (-x, 0) over (0, top) to (x, 0)."""
    return tube(
        [(-x, 0.02), (-0.9 * x, 0.6 * top), (0, top), (0.9 * x, 0.6 * top), (x, 0.02)], half, 5
    ).outline


def _handbag(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.4 * s[1], 0.5 * s[0]
    with art.frame(0, 0.3):
        art.add("strap", arch(0.62 * w, -0.32), "leather")
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
    art.add("loop", arch(0.14, -0.14, 0.03), "dark")
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
    art.add("handle", arch(0.18, -0.02), "dark")
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
        art.add("handle", arch(0.9 * w, -0.5, 0.04), "wood")
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


ITEMS = {
    "handbag": _handbag,
    "backpack": _backpack,
    "suitcase": _suitcase,
    "basket": _basket,
    "satchel": _satchel,
    "sack": _sack,
}
