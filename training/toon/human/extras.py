"""What grows from some figures: animals' ears and tails, horns, wings, a halo; glasses, beards."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .face import FACE
from .head import HeadView
from .sketch import Sketch, stroke
from .skeleton import SIDES, Rig

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
    down = np.array([0.0, 1.0, 0.0]) if abs(rig.pose.roll) < 50 else rig.pelvis[:, 1]
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


def add_glasses(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    kind = rig.looks.face.glasses
    if kind == "none" or not view.front:
        return
    face = rig.looks.face
    if kind == "patch":
        _patch(sketch, rig, view, layer)
        return
    spots = []
    for side, s in SIDES:
        wide = view.narrow(s)
        if wide < 0.15:
            continue
        x, y = view.feature(0.2 * s * face.eye_gap, 0.11 + face.eye_height, 1.12)
        rx, ry = 0.165 * wide, 0.15
        spots.append((s, x, y, rx))
        t = np.radians(np.linspace(0, 360, 25))
        if kind in ("square", "half", "dark"):
            c, d = np.cos(t), np.sin(t)
            outer = np.stack(
                [np.sign(c) * np.abs(c) ** 0.45 * rx, np.sign(d) * np.abs(d) ** 0.55 * ry * 0.82], 1
            )
        else:
            outer = np.stack([np.cos(t) * rx, np.sin(t) * ry], 1)
        name = f"glasses.{side}"
        if kind == "dark":
            sketch.add(
                layer,
                name,
                view.place(outer[:-1] + [x, y]),
                "glasses",
                "frame",
                "head",
                outlined=0.8,
                strokes=[
                    stroke(
                        view.place([(x - rx * 0.4, y + 0.05), (x + rx * 0.1, y - 0.07)]),
                        0.6,
                        "shine",
                    )
                ],
            )
            continue
        inner = outer * [1 - 0.022 / max(rx, 0.03), 1 - 0.022 / ry]
        if kind == "half":
            inner[:, 1] = inner[:, 1].clip(-ry * 0.82 + 0.004, None)
            outer = outer * [1, 0.94]
        ring = np.concatenate([outer, inner[::-1]]) + [x, y]
        sketch.add(
            layer,
            name,
            view.place(ring),
            "glasses",
            "frame",
            "head",
            outlined=0.25,
            shaded=False,
            seams=((24, 25), (49, 0)),
        )
        out, depth = view.shell(s * 1.55, np.array(0.07), np.array(0.42))
        if depth > -0.15 and abs(view.sin) > 0.25 or abs(view.sin) <= 0.25:
            end = [x + math.copysign(rx, s if abs(view.sin) < 0.6 else -view.sin), y - 0.03]
            arm = curves.tube([end, (np.array(end) + out) / 2, out], 0.011, 2)
            sketch.add(
                layer - 0.1,
                f"{name}.arm",
                view.place(arm),
                "glasses",
                "frame",
                "head",
                outlined=0.2,
                shaded=False,
            )
    if len(spots) == 2:
        (s, xa, ya, ra), (_, xb, yb, rb) = spots
        bridge = [
            (xa - ra * s, ya - 0.02),
            ((xa + xb) / 2, (ya + yb) / 2 - 0.045),
            (xb + rb * s, yb - 0.02),
        ]
        sketch.add(
            layer + 0.1,
            "glasses.bridge",
            view.place(curves.tube(bridge, 0.011, 3)),
            "glasses",
            "frame",
            "head",
            outlined=0.2,
            shaded=False,
        )


def _patch(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    s = 1.0 if rig.chance(44) > 0.5 else -1.0
    if view.narrow(s) < 0.2:
        return
    x, y = view.feature(0.2 * s, 0.1, 1.1)
    w = 0.15 * view.narrow(s)
    strap = curves.tube([(x - 0.6 * s, y - 0.42), (x, y - 0.05), (x + 0.3 * s, y + 0.06)], 0.013, 2)
    sketch.add(
        layer,
        "eyepatch.strap",
        view.place(strap),
        "glasses",
        "frame",
        "head",
        within=FACE,
        outlined=0.4,
    )
    cover = [
        (x - w, y - 0.1),
        (x, y - 0.14),
        (x + w, y - 0.1),
        (x + w * 0.8, y + 0.1),
        (x, y + 0.17),
        (x - w * 0.8, y + 0.1),
    ]
    sketch.add(
        layer + 0.1,
        "eyepatch",
        view.place(curves.loop(cover, 3)),
        "glasses",
        "frame",
        "head",
        within=FACE,
    )


def add_beard(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    kind = rig.looks.face.beard
    if kind == "none" or abs(view.yaw) > 110:
        return
    x, y = view.feature(0, 0.3, 1.1)
    wide = view.narrow(0)
    if kind in ("full", "long"):
        reach = 0.62 if kind == "full" else 1.1
        cx, _ = view.feature(0, 0.5, 0.95)
        a, b = view.feature(0.4, 0.08, 0.2), view.feature(-0.4, 0.08, 0.2)
        lip = [
            (x + 0.2 * wide, y + 0.02),
            (x + 0.12 * wide, y - 0.03),
            (x, y - 0.02),
            (x - 0.12 * wide, y - 0.03),
            (x - 0.2 * wide, y + 0.02),
        ]
        low = [
            (b[0] * 0.95, 0.3),
            (cx - 0.22 * wide, 0.5),
            (cx - 0.1 * wide, reach * 0.97),
            (cx, reach),
            (cx + 0.12 * wide, reach * 0.96),
            (cx + 0.24 * wide, 0.5),
            (a[0] * 0.95, 0.3),
        ]
        points = [a, *lip, b, *low]
        lines = [
            stroke(
                view.place(curves.line([(cx + k * 0.1, 0.42), (cx + k * 0.08, reach * 0.9)])), 0.5
            )
            for k in (-1, 0, 1)
        ]
        sketch.add(
            layer,
            "beard",
            view.place(curves.loop(points, 3)),
            "hair",
            "beard",
            "head",
            strokes=lines,
        )
        gap = curves.disc(x, y + 0.045, 0.06 * wide, 0.018, 12)
        sketch.add(
            layer + 0.1,
            "beard.mouth",
            view.place(gap),
            "mouth",
            "mouth",
            "head",
            within="beard",
            outlined=0.5,
            shaded=False,
        )
    elif kind == "goatee":
        cx, cy = view.feature(0, 0.46, 0.98)
        points = [
            (cx - 0.08 * wide, cy - 0.03),
            (cx, cy - 0.06),
            (cx + 0.08 * wide, cy - 0.03),
            (cx + 0.04 * wide, cy + 0.1),
            (cx, cy + 0.16),
            (cx - 0.04 * wide, cy + 0.1),
        ]
        sketch.add(
            layer,
            "beard",
            view.place(curves.loop(points, 3)),
            "hair",
            "beard",
            "head",
            outlined=0.7,
        )
    if kind in ("moustache", "goatee"):
        for side, s in SIDES:
            points = [
                (x, y - 0.03),
                (x + 0.07 * s * wide, y - 0.045),
                (x + 0.16 * s * wide, y - 0.005),
            ]
            sketch.add(
                layer + 0.1,
                f"moustache.{side}",
                view.place(curves.tube(points, [0.022, 0.026, 0.003], 3)),
                "hair",
                "beard",
                "head",
                outlined=0.6,
                within=FACE,
            )
