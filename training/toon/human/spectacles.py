"""Glasses, eye patches and beards."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .face import FACE
from .head import HeadView
from .skeleton import SIDES, Rig
from .sketch import Sketch, stroke

# An ear's outline from its root, up and out, in head heights; outer first.


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
                view.place(outer[:-1] + np.array([x, y])),
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
        ring = np.concatenate([outer, inner[::-1]]) + np.array([x, y])
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
        if (depth > -0.15 and abs(view.sin) > 0.25) or abs(view.sin) <= 0.25:
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
