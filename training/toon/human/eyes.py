"""Eyes: white, iris, pupil, shines, lashes and lids, from wide open to closed."""

from __future__ import annotations

import math

import numpy as np

from ..labels import HIGHLIGHT, SHADOW
from ..model import Stroke, Tone
from . import curves
from .head import HeadView
from .skeleton import Rig
from .sketch import Sketch, stroke

# half-width, half-height, slant in degrees (+ = outer corner down), iris width
FORMS = {
    "round": (0.118, 0.138, 0, 0.72),
    "tall": (0.108, 0.165, 0, 0.78),
    "sharp": (0.13, 0.108, -11, 0.63),
    "soft": (0.122, 0.125, 10, 0.74),
    "small": (0.085, 0.085, 0, 0.6),
    "narrow": (0.122, 0.062, -5, 0.46),
    "dot": (0.045, 0.07, 0, 1.0),
}
# x: -1 inner corner, 1 outer corner; y: -1 upper lid, 1 lower lid
WHITE = np.array(
    [
        (-0.98, 0.3),
        (-0.82, -0.35),
        (-0.36, -0.86),
        (0.2, -1.0),
        (0.7, -0.72),
        (1.0, -0.08),
        (0.88, 0.48),
        (0.42, 0.9),
        (-0.15, 1.0),
        (-0.7, 0.82),
    ]
)
LASH = np.array(
    [
        (-1.06, 0.3), (-0.88, -0.42), (-0.38, -1.02), (0.22, -1.24), (0.78, -1.0), (1.12, -0.46),
        (1.36, -0.36), (1.2, 0.02), (1.02, 0.16), (0.93, -0.1), (0.64, -0.62), (0.2, -0.86),
        (-0.34, -0.72), (-0.78, -0.26),
    ]
)  # fmt: skip
CLOSED = np.array([(-1.0, 0.28), (-0.5, 0.52), (0.0, 0.6), (0.5, 0.5), (1.1, 0.12)])


class _Eye:
    """Where an eye is: takes points of its own box to the head."""

    def __init__(self, rig: Rig, view: HeadView, s: float):
        face = rig.looks.face
        rx, ry, slant, self.iris = FORMS[face.eyes]
        self.wide = view.narrow(s)
        self.rx, self.ry = rx * face.eye_size * s * max(self.wide, 0.05), ry * face.eye_size
        self.x, self.y = view.feature(0.2 * s * face.eye_gap, 0.1 + face.eye_height)
        angle = math.radians(slant) + face.eye_slant
        self.lean = math.tan(angle) * 0.9
        self.view = view

    def __call__(self, points) -> np.ndarray:
        p = np.asarray(points, float)
        y = p[:, 1] * self.ry + p[:, 0] * abs(self.rx) * self.lean
        return np.stack([self.x + p[:, 0] * self.rx, self.y + y], 1)

    def put(self, points, steps: int = 3) -> np.ndarray:
        return self.view.place(curves.loop(self(points), steps))


def _lidded(points: np.ndarray, opened: float) -> np.ndarray:
    """Points of an eye whose upper lid has come down."""
    out = points.copy()
    upper = out[:, 1] < 0.42
    out[upper, 1] = 0.42 + (out[upper, 1] - 0.42) * opened
    return out


def lid_lines(rig: Rig, view: HeadView, side: str, s: float) -> list[Stroke]:
    """Lines of the skin about an eye: the crease above it, the lower lashes."""
    eye = _Eye(rig, view, s)
    face = rig.looks.face
    if eye.wide < 0.2 or face.eyes == "dot":
        return []
    out = []
    opened = rig.pose.eyes[0 if s > 0 else 1]
    if opened > 0.3 and face.lashes > 0.6:
        crease = _lidded(np.array([(-0.6, -1.2), (0.0, -1.5), (0.6, -1.38), (0.98, -1.02)]), opened)
        out.append(stroke(view.place(curves.line(eye(crease))), 0.4))
    if opened > 0.15:
        lower = [(0.96, 0.3), (0.8, 0.66), (0.4, 1.02), (-0.1, 1.1)]
        out.append(stroke(view.place(curves.line(eye(lower))), 0.5, taper=(0.2, 0.9)))
    return out


def add_eye(
    sketch: Sketch, rig: Rig, view: HeadView, side: str, s: float, layer: float, within: str
) -> None:
    """One eye, `s` 1 for the figure's left."""
    eye = _Eye(rig, view, s)
    face, pose = rig.looks.face, rig.pose
    if eye.wide < 0.16:
        return
    opened = pose.eyes[0 if s > 0 else 1]
    name = f"eye.{side}"
    options = {"within": within, "shaded": False}
    if opened < 0.14:
        shape = CLOSED.copy()
        if pose.mouth in ("laugh", "smile", "cat") or face.eyes == "dot":
            shape[:, 1] = 0.5 - (shape[:, 1] - 0.1) * 0.9
        if face.eyes == "dot":
            shape = shape * [1.8, 1.0]
        line = curves.tube(
            eye(shape), np.array([0.006, 0.013, 0.016, 0.014, 0.006]) * (0.6 + 0.5 * face.lashes), 3
        )
        sketch.add(
            layer + 0.5,
            f"{name}.lash",
            view.place(line),
            "eye",
            "lash",
            "head",
            outlined=0.2,
            **options,
        )
        return
    if face.eyes == "dot":
        dot = curves.disc(0, 0.1, 1, max(opened, 0.3))
        sketch.add(
            layer,
            f"{name}.pupil",
            view.place(eye(dot)),
            "eye",
            "lash",
            "head",
            outlined=0.2,
            **options,
        )
        sketch.add(
            layer,
            f"{name}.shine.0",
            view.place(eye(curves.disc(-0.3, -0.35 * opened, 0.3, 0.25, 10))),
            "eye",
            "shine",
            "head",
            marking=True,
            within=f"{name}.pupil",
            shaded=False,
        )
        return
    white = _lidded(WHITE, opened)
    shade = _lidded(
        np.array(
            [
                (-1.3, -1.4),
                (1.3, -1.4),
                (1.3, -0.1),
                (0.7, -0.5),
                (0.2, -0.66),
                (-0.4, -0.5),
                (-1.3, 0.2),
            ]
        ),
        opened,
    )
    ink = 0.0 if face.lashes > 0.3 else 0.5
    sketch.add(
        layer,
        name,
        eye.put(white),
        "eye",
        "sclera",
        "head",
        outlined=ink,
        tones=[Tone(SHADOW, view.place(eye(shade)))],
        **options,
    )
    gx = pose.gaze[0] * 0.22 * s + 0.1 * view.sin * s
    gy = 0.06 + pose.gaze[1] * 0.15
    iris = "iris" if s > 0 else "iris2"
    inner = {"within": name, "shaded": False}
    # a round iris in the head's units, higher than the eye is open
    iw = min(eye.iris, 0.95)
    ih = max(0.86, iw * abs(eye.rx) / max(eye.wide, 0.3) / eye.ry * 1.08)
    ih = min(ih, 1.5)
    dark = [(-1.2, -1.4), (1.2, -1.4), (1.2, -0.25), (0.4, -0.1), (-0.4, -0.1), (-1.2, -0.25)]
    light = [(-0.8, 0.35), (0.0, 0.55), (0.8, 0.35), (0.6, 0.85), (0.0, 1.05), (-0.6, 0.85)]

    def on_iris(points) -> np.ndarray:
        return view.place(eye(np.asarray(points) * [iw, ih] + [gx, gy]))

    sketch.add(
        layer,
        f"{name}.iris",
        on_iris(curves.disc(0, 0, 1, 1, 20)),
        "eye",
        iris,
        "head",
        outlined=0.6,
        tones=[Tone(SHADOW, on_iris(dark)), Tone(HIGHLIGHT, on_iris(curves.loop(light, 2)))],
        **inner,
    )
    if face.pupil != "none":
        wide, high = {"slit": (0.16, 0.7), "ring": (0.62, 0.62), "star": (0.5, 0.5)}.get(
            face.pupil, (0.44, 0.5)
        )
        shape = curves.disc(0, 0.02, wide, high, 20)
        if face.pupil == "star":
            shape = shape * np.where(np.arange(20) % 4 == 0, 1.2, 0.55)[:, None].astype(np.float32)
        sketch.add(
            layer, f"{name}.pupil", on_iris(shape), "eye", "pupil", "head", marking=True, **inner
        )
        if face.pupil == "ring":
            sketch.add(
                layer,
                f"{name}.ring",
                on_iris(curves.disc(0, 0.02, 0.38, 0.38)),
                "eye",
                iris,
                "head",
                marking=True,
                **inner,
            )
    shines = [
        (-0.38 * s, -0.42, 0.3, 0.28),
        (0.4 * s, 0.38, 0.17, 0.16),
        (-0.5 * s, 0.25, 0.1, 0.1),
    ]
    for k, (x, y, w, h) in enumerate(shines[: face.shines]):
        sketch.add(
            layer + 0.2,
            f"{name}.shine.{k}",
            on_iris(curves.disc(x, y * min(1, 1.2 * opened), w, h * max(opened, 0.5), 12)),
            "eye",
            "shine",
            "head",
            marking=True,
            **inner,
        )
    if face.lashes > 0.3:
        lash = LASH.copy()
        middle = np.array([-0.02, -0.05])
        thick = 0.55 + 0.45 * face.lashes
        lash[:9] = middle + (lash[:9] - middle) * (1 + 0.12 * (thick - 1))
        lash = _lidded(lash, opened)
        if opened < 0.6:
            lash[:9, 1] -= 0.1 * (0.6 - opened)
        sketch.add(
            layer + 0.5,
            f"{name}.lash",
            eye.put(lash),
            "eye",
            "lash",
            "head",
            outlined=0.2,
            **options,
        )
