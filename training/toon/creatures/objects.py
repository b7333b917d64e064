"""Plants and objects that mascots are: an outline called "body", and what belongs to it."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

import numpy as np

from .anatomy import box, loop, round_, tube
from .assembly import Assembly

# The height of its eyes, half its width there, and of its shoulders: x, y, and the top.
Places = tuple[float, float, tuple[float, float, float]]


def _cactus(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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
        tube([(0, -0.1), (0, -0.5 * h), (0, -0.85 * h)], [0.52 * w, 0.56 * w, 0.48 * w], 5).outline,
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


def _mug(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _heavenly(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _drop(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _leaf(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _book(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
    add("pages", box(-0.72 * w, -h + 0.02, 0.82 * w, -0.02, 0.04), "cream", "clothes")
    add("body", box(-0.8 * w, -h, 0.72 * w, 0.0, 0.08), "main", "clothes")
    art.mark("body.spine", box(-2, -2 * h, -0.6 * w, 1), "accent", "body")
    return -0.6 * h, 0.42 * w, (0.7 * w, -0.4 * h, -h)


def _gift(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _bulb(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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


def _clock(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
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
        art.stroke("body", [np.array([0, -0.5 * h]) + c * w * r for r in (0.62, 0.66, 0.7)], 0.8)
    art.stroke("body", [(0, -0.5 * h), (0.1 * w, -0.7 * h), (0.18 * w, -0.85 * h)], 1.3)
    return -0.5 * h, 0.4 * w, (0.88 * w, -0.36 * h, -h)


def _ball(art: Assembly, kind: str, w: float, h: float, gleam: np.ndarray) -> Places:
    add = art.add
    add("body", round_(0, -0.5 * h, 0.9 * w, 0.52 * h, n=36), light=gleam)
    art.mark("body.stripe", box(-2, -0.28 * h, 2, -0.12 * h), "accent", "body")
    art.mark("body.top", round_(0, -1.0 * h, 0.5 * w, 0.16 * h), "accent", "body")
    return -0.55 * h, 0.5 * w, (0.85 * w, -0.45 * h, -h)


ADD = {
    "cactus": _cactus,
    "mug": _mug,
    "star": _heavenly,
    "sun": _heavenly,
    "moon": _heavenly,
    "drop": _drop,
    "leaf": _leaf,
    "book": _book,
    "gift": _gift,
    "bulb": _bulb,
    "clock": _clock,
    "ball": _ball,
}
