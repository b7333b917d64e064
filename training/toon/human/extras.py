"""What grows from some figures: animals' ears and tails, horns, wings, a halo."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .head import HeadView
from .skeleton import SIDES, Rig
from .sketch import Sketch, stroke

# An ear's outline from its root, up and out, in head heights; outer first.
_EARS = {
    "cat": [(-0.15, 0.08), (-0.13, -0.14), (0.06, -0.36), (0.15, -0.12), (0.15, 0.12)],
    "fox": [(-0.15, 0.08), (-0.14, -0.22), (0.04, -0.52), (0.18, -0.18), (0.16, 0.12)],
    "rabbit": [(-0.08, 0.06), (-0.13, -0.34), (-0.04, -0.82), (0.09, -0.42), (0.09, 0.08)],
    "dog": [(-0.1, -0.02), (0.04, -0.14), (0.28, -0.06), (0.36, 0.3), (0.2, 0.36), (0.08, 0.1)],
    "bear": [(-0.13, 0.04), (-0.14, -0.12), (0.02, -0.22), (0.16, -0.1), (0.14, 0.08)],
}


def add_animal_ears(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    kind = rig.looks.extras.ears
    if kind == "none":
        return
    shape = np.array(_EARS[kind])
    for side, s in SIDES:
        at, depth = view.shell(s * 1.5, np.array(-0.4), np.array(0.36))
        narrow = 0.45 + 0.55 * abs(view.cos)
        away = s if abs(view.sin) < 0.9 else -math.copysign(1, view.sin)
        turn = shape * [away * narrow, 1.0] + at + [0, -0.06]
        name = f"animal.ear.{side}"
        near = depth > 0.25
        sketch.add(
            layer + (0.2 if near else 0.0),
            name,
            view.place(curves.loop(turn, 4)),
            "hair",
            "hair",
            "head",
            seams=((4 * (len(shape) - 1), 0),),
        )
        if view.cos > -0.2 and kind != "dog":
            middle = shape.mean(0)
            inner = (
                (middle + (shape - middle) * 0.6 + [0.0, 0.03]) * [away * narrow, 1.0]
                + at
                + [0, -0.06]
            )
            sketch.add(
                layer + 0.3,
                f"{name}.inner",
                view.place(curves.loop(inner, 4)),
                "hair",
                "inner",
                "head",
                within=name,
                marking=True,
            )


def add_horns(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    kind = rig.looks.extras.horns
    if kind == "none":
        return
    curve = {
        "small": ([(0, 0.05), (0.05, -0.08), (0.06, -0.2)], [0.07, 0.055, 0.004]),
        "long": (
            [(0, 0.05), (0.16, -0.12), (0.2, -0.32), (0.1, -0.52)],
            [0.075, 0.065, 0.045, 0.004],
        ),
        "ram": (
            [(0, 0.02), (0.16, -0.12), (0.32, 0.02), (0.3, 0.24), (0.16, 0.28), (0.12, 0.18)],
            [0.09, 0.1, 0.09, 0.07, 0.04, 0.004],
        ),
    }[kind]
    for side, s in SIDES:
        at, depth = view.shell(s * 1.05, np.array(-0.42), np.array(0.4))
        away = s if abs(view.sin) < 0.9 else -math.copysign(1, view.sin)
        points = np.array(curve[0]) * [away * (0.5 + 0.5 * abs(view.cos)), 1] + at
        lines = []
        mids = curves.line(points, 3)
        for k in range(2, len(mids) - 2, 2):
            lines.append(
                stroke(
                    view.place([mids[k] + [-0.05, 0.012], mids[k] + [0.05, -0.012]]),
                    0.4,
                    taper=(0.3, 0.3),
                )
            )
        sketch.add(
            layer + (0.4 if depth > 0 else -3),
            f"horn.{side}",
            view.place(curves.tube(points, curve[1], 3)),
            "hair",
            "horn",
            "head",
            strokes=lines,
        )


def add_halo(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    """A ring above the head, held by a thin rod so that it belongs to the figure."""
    if not rig.looks.extras.halo:
        return
    t = np.radians(np.linspace(0, 360, 24))
    outer = np.stack([np.cos(t) * 0.34, -0.82 + np.sin(t) * 0.1], 1)
    inner = np.stack([np.cos(t) * 0.27, -0.82 + np.sin(t) * 0.06], 1)
    rod = np.array([(-0.012, -0.5), (0.012, -0.5), (0.012, -0.76), (-0.012, -0.76)])
    sketch.add(layer - 0.1, "halo.rod", view.place(rod), "hat", "metal", "head", outlined=0.4)
    sketch.add(
        layer,
        "halo",
        view.place(np.concatenate([outer, inner[::-1]])),
        "hat",
        "metal",
        "head",
        outlined=0.6,
        seams=((23, 24), (47, 0)),
    )


def add_wings(sketch: Sketch, rig: Rig, layer: float) -> None:
    """A pair of wings from the back."""
    kind = rig.looks.extras.wings
    if kind == "none":
        return
    root = rig.centres[5] - rig.chest[:, 2] * rig.size.shoulder * 0.35
    size = 0.55 + 0.16 * rig.looks.body.heads
    spread = 0.75 + 0.35 * rig.chance(42)
    for side, s in SIDES:
        out = rig.chest[:, 0] * s * size * spread - rig.chest[:, 2] * size * 0.5
        up = -rig.chest[:, 1] * size
        start = root + rig.chest[:, 0] * s * 0.1 * size

        def put(points, start=start, out=out, up=up):
            points = np.asarray(points, float)
            return (start + points[:, :1] * out + points[:, 1:] * up)[:, :2]

        deep = layer + (0.5 if float(out[2]) > 0 else 0.0)
        bone = "spine"
        if kind == "bat":
            points = [
                (0, 0),
                (0.35, 0.55),
                (0.55, 0.6),
                (1.25, 0.35),
                (1.0, 0.02),
                (0.95, -0.3),
                (0.72, -0.1),
                (0.6, -0.5),
                (0.4, -0.2),
                (0.2, -0.45),
                (0, -0.15),
            ]
            lines = [
                stroke(put([(0.5, 0.56), (0.95, -0.28)]), 0.6),
                stroke(put([(0.48, 0.54), (0.6, -0.48)]), 0.6),
                stroke(put([(0.45, 0.52), (0.2, -0.42)]), 0.6),
            ]
            sketch.add(deep, f"wing.{side}", put(points), "clothes", "wing", bone, strokes=lines)
        elif kind == "fairy":
            for k, points in enumerate(
                (
                    [(0, 0), (0.3, 0.5), (0.8, 0.8), (1.05, 0.6), (0.8, 0.15)],
                    [(0, 0), (0.5, 0.05), (0.75, -0.25), (0.55, -0.6), (0.2, -0.4)],
                )
            ):
                sketch.add(
                    deep - 0.1 * k,
                    f"wing.{side}.{k}",
                    curves.loop(put(points), 4),
                    "clothes",
                    "wing",
                    bone,
                    strokes=[
                        stroke(
                            curves.line(
                                put(
                                    [
                                        (0.05, 0),
                                        tuple(np.array(points[2]) * 0.55),
                                        tuple(np.array(points[2]) * 0.85),
                                    ]
                                )
                            ),
                            0.5,
                        )
                    ],
                )
        else:
            n = 7
            for k in range(n):
                a = math.radians(-62 + 118 * k / (n - 1))
                long = 0.75 + 0.45 * k / (n - 1)
                tip = np.array([math.cos(a) * long, math.sin(a) * long - 0.1])
                base = np.array([0.1 + 0.05 * k, 0.02 + 0.05 * k])
                across = np.array([-math.sin(a), math.cos(a)]) * 0.14
                feather = [
                    base - across,
                    (base + tip) / 2 - across * 1.1,
                    tip,
                    (base + tip) / 2 + across,
                    base + across,
                ]
                sketch.add(
                    deep - 0.01 * k,
                    f"wing.{side}.feather.{k}",
                    curves.loop(put(feather), 3),
                    "clothes",
                    "wing",
                    bone,
                )
            cover = [
                (-0.02, -0.3),
                (0.3, -0.25),
                (0.55, 0.1),
                (0.62, 0.62),
                (0.45, 0.6),
                (0.12, 0.3),
            ]
            sketch.add(
                deep + 0.1, f"wing.{side}", curves.loop(put(cover), 3), "clothes", "wing", bone
            )


def add_tail(sketch: Sketch, rig: Rig, behind: float, before: float) -> None:
    kind = rig.looks.extras.tail
    if kind == "none":
        return
    size = 0.35 + 0.14 * rig.looks.body.heads
    root = rig.centres[1] - rig.pelvis[:, 2] * rig.size.hip * 0.6
    back = -rig.pelvis[:, 2] * 0.9
    s = 1.0 if rig.chance(43) > 0.5 else -1.0
    side = rig.pelvis[:, 0] * s
    sway = rig.pose.sway * 0.4
    path = {
        "cat": [(0, 0), (0.5, 0.25), (1.0, 0.15), (1.35, -0.35), (1.3, -0.85)],
        "fox": [(0, 0), (0.5, 0.3), (1.0, 0.3), (1.4, -0.1), (1.5, -0.7)],
        "devil": [(0, 0), (0.5, 0.45), (1.0, 0.35), (1.2, -0.15), (1.5, -0.45)],
        "dragon": [(0, 0), (0.4, 0.5), (0.9, 0.85), (1.5, 0.9), (2.0, 0.7)],
    }[kind]
    half = {
        "cat": [0.06, 0.065, 0.065, 0.065, 0.05],
        "fox": [0.06, 0.16, 0.22, 0.2, 0.01],
        "devil": [0.035, 0.035, 0.03, 0.03, 0.03],
        "dragon": [0.16, 0.15, 0.11, 0.06, 0.005],
    }[kind]
    down = rig.pelvis[:, 1] if rig.pose.lies else np.array([0.0, 1.0, 0.0])
    points = np.array(
        [
            root
            + (back * 0.5 + side * 0.75 + np.array([sway, 0, 0]) * k / 4) * x * size
            + down * y * size
            for k, (x, y) in enumerate(path)
        ]
    )
    away = rig.facing < -0.1
    layer = before if away else behind
    color = "horn" if kind in ("devil", "dragon") else "hair"
    outline = curves.tube(points[:, :2], np.array(half) * (0.55 + 0.08 * rig.looks.body.heads), 4)
    sketch.add(layer, "tail", outline, "hair", color, "hips")
    if kind == "devil":
        end = points[-1, :2]
        way = end - points[-2, :2]
        way = way / (np.hypot(*way) + 1e-6) * 0.22 * size
        n = np.array([-way[1], way[0]])
        tip = [end + way * 1.2, end + n * 0.8 - way * 0.3, end, end - n * 0.8 - way * 0.3]
        sketch.add(layer + 0.1, "tail.tip", np.array(tip), "hair", color, "hips")
    elif kind == "fox":
        white = curves.tube(points[3:, :2] * 1.0, [0.3 * size * 0.6, 0.2 * size], 3)
        sketch.add(
            layer + 0.1, "tail.tip", white, "hair", "under", "hips", within="tail", marking=True
        )
