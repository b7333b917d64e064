"""Ears and horns of animals, in the frame of the head: its middle at (0, 0), height 1."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

import numpy as np

from .anatomy import loop, round_, tube
from .assembly import Assembly
from .pose import Pose

# where an ear begins on a head seen from the front, of half its width and in heights
_ROOTS = {
    "point": (0.62, -0.36), "round": (0.74, -0.36), "disc": (0.84, -0.36), "long": (0.4, -0.42),
    "leaf": (0.82, -0.26), "leaf up": (0.55, -0.42), "floppy": (0.8, -0.3), "fold": (0.66, -0.38),
    "fan": (0.88, -0.05), "fin": (0.85, -0.12),
}  # fmt: skip


def add_ear(
    art: Assembly, looks, pose: Pose, where: str, side: int = 1, width: float = 0.5
) -> None:
    """An ear: `where` "near" or "far" on a profile, or "front", then `side` -1 or 1."""
    kind, e = looks.ears, looks.ear
    if kind == "none":
        return
    name = f"ear.{where}" if where != "front" else f"ear.{'left' if side < 0 else 'right'}"
    color = "far" if where == "far" else "main"
    if looks.pattern in ("panda",):
        color = "pattern"
    if "face" in looks.palette:
        color = "face"
    flick = 0.1 * pose.wave(2, 0.3 if side > 0 else 0.0)
    if where == "front":
        rx, ry = _ROOTS[kind]
        x, y, out = side * rx * width, ry, side
        lean = {
            "point": 0.32,
            "round": 0.6,
            "disc": 0.75,
            "long": 0.12,
            "leaf": 1.35,
            "leaf up": 0.35,
            "floppy": 2.75,
            "fold": 1.0,
            "fan": 1.65,
            "fin": 1.2,
        }[kind]
        angle, shape_side = side * (lean + flick), side
    else:
        x, y = (-0.2, -0.34) if kind not in ("fan", "floppy", "fin") else (-0.2, -0.16)
        lean = {
            "point": -0.25,
            "round": -0.3,
            "disc": -0.35,
            "long": -0.5,
            "leaf": -1.2,
            "leaf up": -0.2,
            "floppy": -3.1,
            "fold": 0.7,
            "fan": -1.8,
            "fin": -1.4,
        }[kind]
        angle, shape_side, out = lean + flick, -1, -1
    into = ("head",) if where == "near" else ()
    art.joint(name, (x, y))
    with art.frame(x, y, angle):  # the ear points up (-y)
        inner = None
        if kind == "point":
            shape = loop(
                [
                    (-0.22, 0.14),
                    (-0.18, -0.3 * e),
                    (0.03 * shape_side, -e),
                    (0.18, -0.3 * e),
                    (0.22, 0.14),
                ],
                3,
            )
            inner = shape * (0.55, 0.66) + (0, -0.03)
        elif kind in ("round", "disc"):
            shape = round_(0, -0.55 * e, 0.85 * e if kind == "disc" else 0.75 * e, 0.8 * e)
            inner = round_(0, -0.55 * e, 0.55 * e, 0.52 * e)
        elif kind == "long":
            shape = tube(
                [(0, 0.1), (0.02 * out, -0.4 * e), (0.05 * out, -e)], [0.1, 0.16, 0.07], 4
            ).outline
            inner = tube(
                [(0, 0.0), (0.02 * out, -0.4 * e), (0.05 * out, -0.9 * e)], [0.04, 0.09, 0.03], 4
            ).outline
        elif kind in ("leaf", "leaf up"):
            shape = loop(
                [(-0.07, 0.08), (-0.17, -0.4 * e), (0, -1.1 * e), (0.17, -0.4 * e), (0.07, 0.08)], 4
            )
            inner = shape * (0.55, 0.72) + (0, -0.05)
        elif kind == "floppy":
            shape = tube(
                [(0, 0.1), (0.05 * out, -0.45 * e), (0.0, -1.15 * e)], [0.1, 0.19, 0.15], 4
            ).outline
        elif kind == "fold":
            shape = loop(
                [
                    (-0.18, 0.1),
                    (-0.16, -0.6 * e),
                    (0.16 * out, -1.05 * e),
                    (0.24, -0.3 * e),
                    (0.18, 0.12),
                ],
                3,
            )
        elif kind == "fan":
            w = 1.0 if where == "front" else 0.95
            shape = loop(
                [
                    (-0.3 * w, 0.14),
                    (-0.5 * w * e / 0.75, -0.4 * e),
                    (-0.36 * w, -0.95 * e),
                    (0.12, -1.08 * e),
                    (0.46 * e / 0.75, -0.7 * e),
                    (0.36, 0.02),
                ],
                4,
            )
            inner = (shape - (0, -0.45 * e)) * 0.68 + (0, -0.42 * e)
        else:  # fin
            shape = np.array(
                [
                    (-0.16, 0.1),
                    (-0.2, -0.7 * e),
                    (-0.05, -0.5 * e),
                    (0.0, -1.15 * e),
                    (0.1, -0.5 * e),
                    (0.22, -0.75 * e),
                    (0.16, 0.1),
                ]
            )
        art.add(name, shape, color, into=into)
        if inner is not None and where != "far":
            art.mark(f"{name}.inner", inner, "inner", name)
        elif where != "far" and kind == "fin":
            for k in (-0.08, 0.04):
                art.stroke(name, [(k, 0.0), (k, -0.25 * e), (k * 1.2, -0.5 * e)], 0.6)


def add_horns(art: Assembly, looks, where: str) -> None:
    """Horns and antlers: `where` "near" or "far" on a profile, or "both" from the front."""
    kind = looks.horns
    if kind == "none":
        return
    sides = {"near": (0,), "far": (0,), "both": (-1, 1)}[where]
    if kind in ("unicorn", "nose"):
        if where == "far":
            return
        if where == "both":
            x, y, angle = (0.0, -0.4, 0.0) if kind == "unicorn" else (0.08, 0.2, 0.1)
        else:
            x, y, angle = (
                (0.2, -0.38, 0.5) if kind == "unicorn" else (0.38 + looks.snout, 0.06, 0.45)
            )
        with art.frame(x, y, angle):
            horn = np.array(
                [(-0.09, 0.08), (-0.05, -0.3), (0.0, -0.62), (0.05, -0.3), (0.09, 0.08)]
            )
            if kind == "nose":
                horn = horn * (1.25, 0.85)
            art.add("horn", horn, "horn")
            if kind == "unicorn":
                for k in (-0.1, -0.22, -0.34):
                    art.stroke("horn", [(-0.08, k + 0.03), (0.0, k), (0.08, k - 0.03)], 0.6)
        return
    for side in sides:
        name = f"horn.{where}" if side == 0 else f"horn.{'left' if side < 0 else 'right'}"
        x, y = (side * 0.2, -0.38) if side else (-0.08 if where == "near" else 0.02, -0.38)
        s = side or -1
        color = "horn" if kind != "knobs" else "main"
        if kind == "short":
            points, half = [(0, 0.1), (s * 0.12, -0.06), (s * 0.17, -0.26)], [0.08, 0.065, 0.015]
        elif kind == "curved":
            points, half = [(0, 0.1), (s * 0.08, -0.22), (s * 0.28, -0.48)], [0.085, 0.065, 0.015]
        elif kind == "ram":
            points = [(0, 0.1), (s * 0.22, -0.16), (s * 0.46, 0.02), (s * 0.36, 0.26)]
            half = [0.1, 0.1, 0.08, 0.02]
        elif kind == "knobs":
            points, half = [(0, 0.1), (s * 0.01, -0.08), (s * 0.02, -0.24)], [0.045, 0.04, 0.045]
        else:
            points = [(0, 0.1), (s * 0.1, -0.22), (s * 0.22, -0.5), (s * 0.16, -0.85)]
            half = [0.055, 0.05, 0.042, 0.015]
        with art.frame(x, y):
            shape = tube(points, half, 4)
            if kind == "antlers":
                for k, (u, dx, dy) in enumerate(
                    [(0.35, -0.22, -0.18), (0.6, 0.3, -0.16), (0.78, -0.2, -0.16)]
                ):
                    root = shape.at([u], [0.0])[0]
                    tip = root + (s * dx, dy)
                    tine = tube(
                        [root, (root + tip) / 2 + (s * dx * 0.12, 0.02), tip],
                        [0.04, 0.034, 0.012],
                        3,
                    )
                    art.add(f"{name}.tine.{k}", tine.outline, "horn")
            art.add(name, shape.outline, color)
            if kind in ("curved", "ram"):
                for u in (0.25, 0.45, 0.65):
                    art.stroke(name, shape.at([u, u + 0.02, u], [-0.9, 0.0, 0.9]), 0.5)
            if kind == "knobs":
                bx, by = points[-1]
                art.add(f"{name}.knob", round_(bx, by, 0.065, 0.065, n=12), "hair")
