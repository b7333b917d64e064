"""Weapons and tools with a handle; the grip at (0, 0), the business end up."""

from __future__ import annotations

import numpy as np

from ..creatures.anatomy import box, loop, round_, tube
from ..creatures.assembly import Assembly


def _sword(art: Assembly, s: np.ndarray) -> None:
    long, w = 1.5 * s[0], 0.11 * s[1]
    blade = [(-w, -0.1), (-w, -long), (0, -long - 0.25), (w, -long), (w, -0.1)]
    art.add(
        "blade", blade, "metal", light=[(-0.5 * w, -0.2), (-0.5 * w, -long), (0, -long), (0, -0.2)]
    )
    art.stroke("blade", [(0, -0.15), (0, -0.5 * long), (0, -0.9 * long)], 0.7)
    art.add("handle", box(-0.055, -0.1, 0.055, 0.28, 0.03), "leather")
    for y in (0.0, 0.08, 0.16):
        art.stroke("handle", [(-0.06, y), (0, y + 0.03), (0.06, y + 0.05)], 0.6)
    guard = tube([(-0.3 * s[2], -0.17), (0, -0.1), (0.3 * s[2], -0.17)], [0.05, 0.07, 0.05], 4)
    art.add("guard", guard.outline, "gold")
    art.add("pommel", round_(0, 0.31, 0.08, n=16), "gold")


def _katana(art: Assembly, s: np.ndarray) -> None:
    long = 1.8 * s[0]
    spine = np.array([(0, -0.1), (0.03, -0.4 * long), (0.12, -0.75 * long), (0.26, -long)])
    blade = tube(spine, [0.055, 0.055, 0.05, 0.008], 5, (0, 0.5))
    art.add("blade", blade.outline, "metal")
    art.stroke("blade", blade.at(np.linspace(0.03, 0.92, 8), 0.3), 0.5)
    art.add("handle", box(-0.055, -0.1, 0.055, 0.42, 0.03), "main")
    for k in range(4):
        y = 0.02 + 0.1 * k
        art.stroke("handle", [(-0.06, y), (0, y + 0.05), (0.06, y)], 0.7)
    art.add("guard", round_(0, -0.1, 0.14, 0.045, n=18), "gold")


def _dagger(art: Assembly, s: np.ndarray) -> None:
    blade = [
        (-0.07, -0.1),
        (-0.08, -0.4 * s[0]),
        (0, -0.62 * s[0]),
        (0.08, -0.4 * s[0]),
        (0.07, -0.1),
    ]
    art.add("blade", blade, "metal")
    art.stroke("blade", [(0, -0.12), (0, -0.3), (0, -0.45)], 0.6)
    art.add("handle", box(-0.05, -0.1, 0.05, 0.2, 0.04), "leather")
    art.add("guard", box(-0.18, -0.14, 0.18, -0.07, 0.03), "metal.dark")


def _shaft(
    art: Assembly, top: float, bottom: float, color: str = "wood", half: float = 0.045
) -> None:
    art.add(
        "shaft",
        tube([(0, bottom), (0, (top + bottom) / 2), (0, top)], half, 4, (0.5, 0.5)).outline,
        color,
    )


def _spear(art: Assembly, s: np.ndarray) -> None:
    top = -1.7 * s[0]
    _shaft(art, top, 1.1 * s[0])
    head = [
        (-0.05, top + 0.06),
        (-0.15 * s[1], top - 0.12),
        (0, top - 0.52),
        (0.15 * s[1], top - 0.12),
        (0.05, top + 0.06),
    ]
    art.add("head", head, "metal")
    art.stroke("head", [(0, top), (0, top - 0.2), (0, top - 0.45)], 0.6)
    art.add("band", box(-0.07, top, 0.07, top + 0.14, 0.02), "second")


def _trident(art: Assembly, s: np.ndarray) -> None:
    top = -1.5 * s[0]
    _shaft(art, top, 1.0 * s[0], "gold")
    w = 0.26 * s[1]
    for side in (-1, 1):
        prong = tube(
            [(0, top), (side * w, top - 0.08), (side * w, top - 0.32), (side * w, top - 0.55)],
            [0.05, 0.05, 0.05, 0.01],
            4,
        )
        art.add(f"prong.{'left' if side < 0 else 'right'}", prong.outline, "gold")
    art.add(
        "prong",
        tube([(0, top + 0.05), (0, top - 0.3), (0, top - 0.68)], [0.05, 0.05, 0.01], 4).outline,
        "gold",
        into=("shaft",),
    )


def _axe(art: Assembly, s: np.ndarray) -> None:
    top = -1.05 * s[0]
    _shaft(art, top - 0.12, 0.4, "wood", 0.055)
    w = 0.42 * s[1]
    blade = loop(
        [
            (0.02, top - 0.06),
            (0.5 * w, top - 0.16),
            (w, top - 0.34),
            (1.12 * w, top),
            (w, top + 0.32),
            (0.5 * w, top + 0.14),
            (0.02, top + 0.08),
        ],
        4,
    )
    art.add("blade", blade, "metal")
    art.stroke("blade", [(0.82 * w, top - 0.26), (0.9 * w, top), (0.82 * w, top + 0.26)], 0.7)
    art.add("back", box(-0.16, top - 0.08, 0.07, top + 0.1, 0.03), "metal.dark")


def _hammer(art: Assembly, s: np.ndarray) -> None:
    top = -0.85 * s[0]
    _shaft(art, top, 0.35, "wood", 0.055)
    art.add(
        "head",
        box(-0.34 * s[1], top - 0.2, 0.34 * s[1], top + 0.14, 0.05),
        "metal",
        light=box(-0.26 * s[1], top - 0.15, 0.1, top - 0.09, 0.02),
    )
    art.add("band", box(-0.1, top - 0.21, 0.1, top + 0.15, 0.02), "metal.dark")


def _bow(art: Assembly, s: np.ndarray) -> None:
    h = 0.95 * s[0]
    string = tube([(-0.3 * s[1], -h), (-0.3 * s[1], 0), (-0.3 * s[1], h)], 0.012, 3)
    art.add("string", string.outline, "paper", outlined=0.4)
    arch = tube(
        [
            (-0.32 * s[1], -h),
            (-0.12, -0.8 * h),
            (0.05, -0.3 * h),
            (0.02, 0),
            (0.05, 0.3 * h),
            (-0.12, 0.8 * h),
            (-0.32 * s[1], h),
        ],
        [0.025, 0.045, 0.06, 0.05, 0.06, 0.045, 0.025],
        4,
    )
    art.add("arch", arch.outline, "wood")
    art.add("wrap", box(-0.04, -0.13, 0.09, 0.13, 0.03), "leather")


def _pistol(art: Assembly, s: np.ndarray) -> None:
    long = 0.55 * s[0]
    grip = [(-0.08, -0.08), (0.08, -0.08), (0.0, 0.24), (-0.16, 0.22)]
    art.add("grip", loop(grip, 4), "leather")
    art.add("guard", round_(0.15, -0.02, 0.09, 0.08, n=16), "metal.dark")
    art.add("guard.hole", round_(0.15, -0.03, 0.05, 0.045, n=12), "light", outlined=0.6)
    art.add(
        "barrel",
        box(-0.14, -0.26, long, -0.07, 0.03),
        "metal",
        light=box(-0.05, -0.23, long - 0.1, -0.19, 0.01),
    )
    art.add("muzzle", box(long - 0.05, -0.28, long + 0.06, -0.05, 0.02), "second")


def _ray_gun(art: Assembly, s: np.ndarray) -> None:
    art.add("grip", loop([(-0.08, -0.05), (0.1, -0.05), (0.02, 0.26), (-0.16, 0.24)], 4), "dark")
    art.add("muzzle", tube([(0.3, -0.2), (0.75 * s[0], -0.2)], 0.045, 4).outline, "metal")
    art.add("tip", round_(0.78 * s[0], -0.2, 0.09, n=16), "glow")
    art.add(
        "barrel",
        round_(0.1, -0.2, 0.34 * s[1], 0.2, n=24),
        "main",
        light=round_(0.02, -0.29, 0.12, 0.04, -0.2, 12),
    )
    for k, x in enumerate((0.38, 0.5)):
        art.add(f"ring.{k}", round_(x * s[0] + 0.02, -0.2, 0.035, 0.14 - 0.03 * k, n=16), "second")


def _rifle(art: Assembly, s: np.ndarray) -> None:
    art.add(
        "stock",
        loop(
            [(-0.75, -0.12), (-0.2, -0.2), (0.0, -0.16), (-0.02, 0.02), (-0.25, 0.0), (-0.7, 0.14)],
            4,
        ),
        "wood",
    )
    art.add("barrel", box(-0.05, -0.2, 1.15 * s[0], -0.1, 0.03), "metal.dark")
    art.add("fore", box(0.1, -0.14, 0.65 * s[0], -0.02, 0.05), "wood")
    art.add("body", box(-0.18, -0.24, 0.22, -0.02, 0.04), "metal")
    art.add("sight", box(0.0, -0.32, 0.32, -0.23, 0.04), "metal.dark")


def _staff(art: Assembly, s: np.ndarray) -> None:
    top = -1.5 * s[0]
    art.add(
        "shaft",
        tube(
            [(0.02, 1.05), (-0.02, 0.2), (0.03, -0.7), (0, top)], [0.045, 0.05, 0.055, 0.06], 5
        ).outline,
        "wood",
    )
    crook = tube(
        [
            (0, top + 0.1),
            (-0.22, top - 0.15),
            (-0.16, top - 0.48),
            (0.14, top - 0.52),
            (0.22, top - 0.28),
        ],
        [0.07, 0.07, 0.06, 0.05, 0.025],
        5,
    )
    art.add("crook", crook.outline, "wood", into=("shaft",))
    art.add(
        "gem",
        round_(0.02, top - 0.25, 0.13 * s[2], n=20),
        "glow",
        light=round_(-0.03, top - 0.3, 0.04, n=10),
    )


def _wand(art: Assembly, s: np.ndarray) -> None:
    top = -0.8 * s[0]
    _shaft(art, top, 0.25, "light", 0.032)
    a = -np.pi / 2 + np.arange(10) * np.pi / 5
    r = np.where(np.arange(10) % 2, 0.11, 0.25) * s[1]
    art.add("star", np.stack([r * np.cos(a), top - 0.1 + r * np.sin(a)], 1), "gold")
    for side in (-1, 1):
        ribbon = tube(
            [(0, top + 0.14), (side * 0.12, top + 0.24), (side * 0.1, top + 0.42)],
            [0.03, 0.05, 0.02],
            4,
        )
        art.add(f"ribbon.{'left' if side < 0 else 'right'}", ribbon.outline, "second")


def _shield(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.55 * s[1], 0.66 * s[0]
    rim = loop(
        [
            (0, -h),
            (0.9 * w, -0.86 * h),
            (w, -0.1 * h),
            (0.55 * w, 0.65 * h),
            (0, h),
            (-0.55 * w, 0.65 * h),
            (-w, -0.1 * h),
            (-0.9 * w, -0.86 * h),
        ],
        4,
    )
    art.add("rim", rim, "metal")
    art.add("field", rim * 0.82, "main", outlined=0.7)
    if s[2] > 1.0:
        art.mark("field.cross.up", box(-0.1, -1, 0.1, 1), "second", "field")
        art.mark("field.cross", box(-1, -0.2, 1, 0.0), "second", "field")
    else:
        art.mark("field.half", box(0, -1, 1, 1), "second", "field")
    art.add(
        "boss", round_(0, -0.08 * h, 0.13, n=20), "gold", light=round_(-0.04, -0.12, 0.04, n=10)
    )


def _round_shield(art: Assembly, s: np.ndarray) -> None:
    r = 0.58 * s[0]
    art.add("rim", round_(0, 0, r, n=32), "wood.dark")
    art.add("field", round_(0, 0, 0.86 * r, n=32), "wood", outlined=0.7)
    for x in (-0.45, -0.15, 0.15, 0.45):
        art.stroke("field", [(x * r, -r), (x * r, 0), (x * r, r)], 0.6, None, (0, 0))
    art.add("boss", round_(0, 0, 0.26 * r, n=20), "metal", light=round_(-0.05, -0.05, 0.05, n=10))


def _wrench(art: Assembly, s: np.ndarray) -> None:
    top = -0.62 * s[0]
    _shaft(art, top, 0.3, "metal", 0.06)
    jaw = [
        (-0.06, top + 0.08),
        (-0.18, top - 0.06),
        (-0.18, top - 0.26),
        (-0.07, top - 0.3),
        (-0.07, top - 0.12),
        (0.07, top - 0.12),
        (0.07, top - 0.3),
        (0.18, top - 0.26),
        (0.18, top - 0.06),
        (0.06, top + 0.08),
    ]
    art.add("jaw", jaw, "metal", into=("shaft",))


def _shovel(art: Assembly, s: np.ndarray) -> None:
    top = -0.95 * s[0]
    _shaft(art, top, 0.75, "wood")
    art.add("handle", box(-0.16, 0.68, 0.16, 0.8, 0.05), "wood.dark")
    blade = loop(
        [
            (-0.2, top + 0.05),
            (-0.22 * s[1], top - 0.3),
            (0, top - 0.58),
            (0.22 * s[1], top - 0.3),
            (0.2, top + 0.05),
        ],
        4,
    )
    art.add("blade", blade, "metal")
    art.stroke("blade", [(0, top + 0.02), (0, top - 0.15), (0, top - 0.35)], 0.7)


def _broom(art: Assembly, s: np.ndarray) -> None:
    top = -0.85 * s[0]
    _shaft(art, top, 1.0, "wood", 0.04)
    brush = loop(
        [
            (-0.09, top + 0.1),
            (-0.2, top - 0.1),
            (-0.26 * s[1], top - 0.62),
            (0, top - 0.68),
            (0.26 * s[1], top - 0.62),
            (0.2, top - 0.1),
            (0.09, top + 0.1),
        ],
        4,
    )
    art.add("brush", brush, "gold")
    for x in (-0.14, -0.05, 0.05, 0.14):
        art.stroke("brush", [(0.6 * x, top), (x, top - 0.3), (1.3 * x, top - 0.6)], 0.6)
    art.add("band", box(-0.13, top - 0.02, 0.13, top + 0.1, 0.02), "second")


def _torch(art: Assembly, s: np.ndarray) -> None:
    top = -0.55 * s[0]
    art.add(
        "flame",
        loop(
            [
                (-0.16, top),
                (-0.2, top - 0.22),
                (-0.05, top - 0.4),
                (0.02, top - 0.62),
                (0.12, top - 0.38),
                (0.2, top - 0.2),
                (0.15, top),
            ],
            4,
        ),
        "flame",
    )
    art.mark(
        "flame.core",
        loop(
            [
                (-0.07, top),
                (-0.09, top - 0.15),
                (0.01, top - 0.34),
                (0.09, top - 0.14),
                (0.07, top),
            ],
            4,
        ),
        "gold",
        "flame",
    )
    art.add("shaft", [(-0.05, 0.35), (0.05, 0.35), (0.13, top), (-0.13, top)], "wood")


ITEMS = {
    "sword": _sword, "katana": _katana, "dagger": _dagger, "spear": _spear, "trident": _trident,
    "axe": _axe, "hammer": _hammer, "bow": _bow, "pistol": _pistol, "ray gun": _ray_gun,
    "rifle": _rifle, "staff": _staff, "wand": _wand, "shield": _shield,
    "round shield": _round_shield, "wrench": _wrench, "shovel": _shovel, "broom": _broom,
    "torch": _torch,
}  # fmt: skip
