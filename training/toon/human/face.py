"""Faces: brows, nose, mouths, cheeks, and the face that carries them. Eyes are in eyes.py."""

from __future__ import annotations

import numpy as np

from ..labels import SHADOW
from ..model import Tone
from . import curves
from .eyes import add_eye, lid_lines
from .head import HeadView, add_ears, face_outline
from .skeleton import SIDES, Rig
from .sketch import Sketch, stroke

FACE = "head.face"


def add_face(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    """The head without hair. Of a head that looks away only its outline."""
    face, pose = rig.looks.face, rig.pose
    tall = min(max((rig.looks.body.heads - 3) / 4, 0.0), 1.0)
    outline = view.place(face_outline(view, face))
    strokes, tones = [], []
    if view.front:
        for side, s in SIDES:
            strokes += lid_lines(rig, view, side, s)
        if face.glasses != "dark" and abs(view.yaw) < 70:
            _nose(view, face.nose, tall, strokes, tones)
        strokes += _mouth_lines(view, pose)
    sketch.add(
        layer,
        FACE,
        outline,
        "skin",
        "skin",
        "head",
        strokes=strokes,
        tones=tones,
        casts=("trunk", "collar"),
    )
    add_ears(sketch, view, face, layer)
    if not view.front:
        return
    _cheeks(sketch, rig, view, layer + 1)
    _marks(sketch, rig, view, layer + 1)
    _open_mouth(sketch, view, pose, rig.looks.body.woman, layer + 2)
    for side, s in SIDES:
        add_eye(sketch, rig, view, side, s, layer + 2, FACE)
        _brow(sketch, rig, view, side, s, layer + 3)


def _nose(view: HeadView, kind: str, tall: float, strokes: list, tones: list) -> None:
    x, y = view.feature(0, 0.2 + 0.03 * tall, 1.15)
    way = 1.0 if view.sin >= 0 else -1.0
    if kind == "tick":
        points = [(x, y - 0.025), (x + way * 0.018, y), (x - way * 0.004, y + 0.012)]
        strokes.append(stroke(view.place(points), 0.55, taper=(0.8, 0.4)))
    elif kind == "dot":
        strokes.append(
            stroke(view.place([(x - 0.008, y), (x + 0.01, y + 0.004)]), 0.6, taper=(0.2, 0.2))
        )
    elif kind == "line":
        points = [
            (x + way * 0.01, y - 0.13),
            (x + way * 0.022, y - 0.03),
            (x + way * 0.028, y),
            (x, y + 0.016),
        ]
        strokes.append(stroke(view.place(curves.line(points)), 0.5))
    elif kind == "shade":
        shade = [
            (x + way * 0.005, y - 0.04),
            (x + way * 0.012, y + 0.006),
            (x - way * 0.035, y + 0.012),
        ]
        tones.append(Tone(SHADOW, view.place(shade)))


def _mouth_at(view: HeadView) -> tuple[float, float, float]:
    x, y = view.feature(0, 0.335, 1.0 + 0.12 * abs(view.sin))
    return x, y, view.narrow(0)


# Middles of closed mouths, -1..1 wide and up to 1 high (down).
_CLOSED = {
    "line": [(-0.7, 0), (0, 0.06), (0.7, 0)],
    "smile": [(-1, -0.22), (-0.5, 0.12), (0, 0.24), (0.5, 0.12), (1, -0.22)],
    "frown": [(-0.8, 0.22), (0, -0.05), (0.8, 0.22)],
    "cat": [(-0.9, -0.12), (-0.5, 0.2), (0, -0.1), (0.5, 0.2), (0.9, -0.12)],
    "wavy": [(-0.9, 0.05), (-0.5, -0.14), (-0.1, 0.1), (0.35, -0.12), (0.9, 0.08)],
    "pout": [(-0.4, 0.12), (0, -0.06), (0.4, 0.12)],
    "smirk": [(-0.8, 0.08), (0, 0.1), (0.5, 0), (0.9, -0.25)],
}
# Outlines of open ones, 10 points each.
_OPEN = {
    "open": [(-0.75, -0.2), (-0.35, -0.3), (0, -0.25), (0.35, -0.3), (0.75, -0.2),
              (0.7, 0.25), (0.4, 0.75), (0, 0.9), (-0.4, 0.75), (-0.7, 0.25)],
    "laugh": [(-1, -0.35), (-0.5, -0.25), (0, -0.2), (0.5, -0.25), (1, -0.35),
              (0.85, 0.2), (0.5, 0.75), (0, 0.98), (-0.5, 0.75), (-0.85, 0.2)],
    "o": [(-0.36, -0.1), (-0.25, -0.4), (0, -0.5), (0.25, -0.4), (0.36, -0.1),
              (0.36, 0.25), (0.25, 0.55), (0, 0.65), (-0.25, 0.55), (-0.36, 0.25)],
    "teeth": [(-0.9, -0.3), (-0.45, -0.22), (0, -0.2), (0.45, -0.22), (0.9, -0.3),
              (0.85, 0.1), (0.5, 0.35), (0, 0.42), (-0.5, 0.35), (-0.85, 0.1)],
}  # fmt: skip


def _mouth_lines(view: HeadView, pose) -> list:
    x, y, wide = _mouth_at(view)
    shape = _CLOSED.get(pose.mouth)
    if shape is None:
        return []
    points = np.array(shape) * [0.115 * wide, 0.1] + [x, y]
    out = [stroke(view.place(curves.line(points)), 0.65, taper=(0.6, 0.6))]
    if pose.mouth in ("line", "smile", "frown", "smirk") and abs(view.yaw) < 70:
        lip = [(x - 0.025 * wide, y + 0.055), (x + 0.025 * wide, y + 0.055)]
        out.append(stroke(view.place(lip), 0.4))
    return out


def _open_mouth(sketch: Sketch, view: HeadView, pose, woman: float, layer: float) -> None:
    shape = _OPEN.get(pose.mouth)
    if shape is None:
        return
    x, y, wide = _mouth_at(view)
    high = 0.05 + 0.09 * pose.mouth_open
    points = np.array(shape) * [0.12 * wide, high] + [x, y]
    outline = view.place(curves.loop(points, 3))
    teeth = pose.mouth == "teeth"
    sketch.add(
        layer,
        "mouth",
        outline,
        "mouth",
        "teeth" if teeth else "mouth",
        "head",
        within=FACE,
        outlined=0.6,
        shaded=False,
        strokes=[stroke(view.place([(x - 0.11 * wide, y), (x + 0.11 * wide, y)]), 0.4)]
        if teeth
        else (),
    )
    if teeth:
        return
    tongue = curves.disc(x, y + high * 0.85, 0.075 * wide, high * 0.5)
    sketch.add(
        layer,
        "mouth.tongue",
        view.place(tongue),
        "mouth",
        "tongue",
        "head",
        within="mouth",
        marking=True,
        shaded=False,
    )
    if pose.mouth in ("open", "laugh"):
        upper = points[:5]
        row = np.concatenate(
            [upper + np.array([0, -0.03]), upper[::-1] + np.array([0, high * 0.22])]
        )
        sketch.add(
            layer,
            "mouth.teeth",
            view.place(row),
            "mouth",
            "teeth",
            "head",
            within="mouth",
            marking=True,
            shaded=False,
        )


def _brow(sketch: Sketch, rig: Rig, view: HeadView, side: str, s: float, layer: float) -> None:
    wide = view.narrow(s)
    if wide < 0.2:
        return
    face, pose = rig.looks.face, rig.pose
    x, y = view.feature(0.2 * s * face.eye_gap, -0.1 - 0.045 * pose.brow_lift + face.eye_height)
    mood = pose.brow * 0.04
    out = s * wide * 0.13
    points = [
        (x - out, y + 0.02 - mood),
        (x - out * 0.3, y - 0.012 - mood * 0.5),
        (x + out * 0.4, y - 0.02 + mood * 0.4),
        (x + out, y + 0.01 + mood),
    ]
    half = np.array([0.009, 0.014, 0.012, 0.003]) * face.brow
    sketch.add(
        layer,
        f"brow.{side}",
        view.place(curves.tube(points, half, 3)),
        "hair",
        "brow",
        "head",
        within=FACE,
        outlined=0.25,
        shaded=False,
    )


def _cheeks(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    blush = rig.pose.blush
    if blush < 0.15:
        return
    for side, s in SIDES:
        wide = view.narrow(s)
        if wide < 0.15:
            continue
        x, y = view.feature(0.255 * s, 0.27)
        sketch.add(
            layer,
            f"cheek.{side}",
            view.place(
                curves.disc(x, y, 0.085 * wide * (0.7 + 0.3 * blush), 0.035 + 0.015 * blush)
            ),
            "skin",
            "blush",
            "head",
            within=FACE,
            marking=True,
            shaded=False,
            strokes=[
                stroke(
                    view.place(
                        [
                            (x + k * 0.035 * wide + 0.012, y - 0.02),
                            (x + k * 0.035 * wide - 0.012, y + 0.02),
                        ]
                    ),
                    0.35,
                )
                for k in (-1, 0, 1)
            ]
            if blush > 0.8
            else (),
        )


def _marks(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    kind = rig.looks.face.marks
    s = 1.0 if rig.chance(3) < 0.5 else -1.0
    if kind == "freckles":
        for side, t in SIDES:
            for k, (dx, dy) in enumerate(((-0.05, 0.0), (0.0, 0.02), (0.05, 0.0))):
                if view.narrow(t) > 0.2:
                    x, y = view.feature(0.2 * t + dx, 0.25 + dy)
                    _mark(
                        sketch,
                        view,
                        f"freckle.{side}.{k}",
                        curves.disc(x, y, 0.008, 0.008, 8),
                        "lip",
                        layer,
                    )
        return
    if kind == "none" or view.narrow(s) < 0.25:
        return
    if kind in ("mole", "teardrop"):
        x, y = view.feature(0.22 * s, 0.28)
        shape = curves.disc(x, y, 0.009, 0.009, 8)
        if kind == "teardrop":
            shape = curves.loop([(x, y - 0.05), (x + 0.018, y), (x, y + 0.02), (x - 0.018, y)], 3)
        _mark(sketch, view, "mark", shape, "lash" if kind == "mole" else "accent", layer)
    elif kind == "scar":
        a, b = view.feature(0.27 * s, 0.0), view.feature(0.22 * s, 0.34)
        _mark(
            sketch,
            view,
            "mark",
            curves.tube([a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), b], [0.002, 0.012, 0.002]),
            "lip",
            layer,
        )
    else:
        points = [view.feature(k * s, 0.24) for k in (0.14, 0.24, 0.33)]
        _mark(sketch, view, "mark", curves.tube(points, 0.014), "accent", layer)


def _mark(sketch: Sketch, view: HeadView, name: str, outline, color: str, layer: float) -> None:
    sketch.add(
        layer,
        name,
        view.place(outline),
        "skin",
        color,
        "head",
        within=FACE,
        marking=True,
        shaded=False,
    )
