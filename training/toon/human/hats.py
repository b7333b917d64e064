"""What is worn on the head."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .hair import shell_radius
from .head import HeadView
from .sketch import Sketch, stroke
from .skeleton import Rig
from .tails import add_bow


class _Crown:
    """A hat's own shape: ellipses about the head at heights, of radii, as seen."""

    def __init__(self, rig: Rig, view: HeadView):
        self.rig, self.view = rig, view
        self.volume = rig.looks.hair.volume if not rig.looks.hair.bald else 0.4
        self.tilt = view.tilt * 0.9 + 0.1

    def edge(self, y: float, radius: float, start: float, stop: float, count: int) -> np.ndarray:
        """Part of a level ring: angles from our right (0) over the near side (90) to our left."""
        t = np.radians(np.linspace(start, stop, count))
        return np.stack([np.cos(t) * radius, y + np.sin(t) * radius * self.tilt], 1)

    def band(self, low: float, high: float, rl: float, rh: float, count: int = 7) -> np.ndarray:
        """The near side of a band between two rings."""
        lower, upper = self.edge(low, rl, 0, 180, count), self.edge(high, rh, 180, 0, count)
        return np.concatenate([lower, upper])

    def dome(self, low: float, top: float, radius: float, *, square: float = 0.0) -> np.ndarray:
        """From a ring up to a round top."""
        lower = self.edge(low, radius, 0, 180, 7)
        t = np.radians(np.linspace(168, 12, 9))
        power = 1 - 0.5 * square
        x = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** power * radius * 1.01
        y = low - (low - top) * np.abs(np.sin(t)) ** power
        return np.concatenate([lower, np.stack([x, y], 1)])

    def radius(self, y: float) -> float:
        return float(shell_radius(y, self.volume)) + 0.025


def add_hat(sketch: Sketch, rig: Rig, view: HeadView, layer: float, behind: float) -> None:
    kind = rig.looks.extras.hat
    if kind == "none":
        return
    crown = _Crown(rig, view)
    painter = _PAINTERS[kind]
    painter(sketch, rig, view, crown, layer, behind)


def _put(
    sketch: Sketch,
    view: HeadView,
    layer: float,
    name: str,
    points,
    color: str = "hat",
    steps: int = 3,
    **options,
) -> str:
    outline = curves.loop(points, steps) if steps > 1 else np.asarray(points, np.float32)
    if "strokes" in options:
        options["strokes"] = [stroke(view.place(curves.line(p)), w) for p, w in options["strokes"]]
    return sketch.add(layer, name, view.place(outline), "hat", color, "head", **options)


def _front(view: HeadView, y: float, radius: float, around: float = 0.0):
    """A spot on the hat straight above the face, and how much it faces us."""
    at, depth = view.shell(around, np.array(y), np.array(radius))
    return at, float(depth) / max(radius, 1e-6)


def _dome_hat(sketch, rig, view, crown, layer, low=-0.26, top=-0.72, square=0.0, color="hat"):
    r = crown.radius(low) + 0.02
    _put(
        sketch,
        view,
        layer,
        "hat",
        crown.dome(low, top, r, square=square),
        color,
        casts=("head.face", "hair.cap"),
        strokes=[([(-0.2 * r, top + 0.08), (-0.5 * r, (top + low) / 2)], 0.4)],
    )
    return r


def _cap(sketch, rig, view, crown, layer, behind):
    r = _dome_hat(sketch, rig, view, crown, layer)
    at, face = _front(view, -0.25, r)
    reach = 0.3
    mid = at + np.array([view.sin * reach, 0.05 + 0.13 * max(view.cos, 0) + 0.1 * view.tilt])
    n = r * (0.25 + 0.6 * abs(view.cos))
    points = [
        at + [-n, -0.02],
        mid + [-n * 0.8, 0.0],
        mid + [0, 0.03],
        mid + [n * 0.8, 0.0],
        at + [n, -0.02],
        at + [0, -0.05],
    ]
    if face > -0.35:
        _put(sketch, view, layer + 0.1, "hat.brim", points, "hat2", casts=("head.face",))
    else:
        _put(sketch, view, behind, "hat.brim", points, "hat2")
    _put(sketch, view, layer + 0.05, "hat.button", curves.disc(0, -0.72, 0.035, 0.02), steps=1)
    for k, a in enumerate((-0.8, 0.8)):
        spot, face = _front(view, -0.5, r * 0.85, a)
        del k, spot, face


def _beanie(sketch, rig, view, crown, layer, behind):
    r = _dome_hat(sketch, rig, view, crown, layer, low=-0.3, top=-0.78)
    lines = [([(x * r, -0.32), (x * r, -0.2)], 0.4) for x in (-0.7, -0.35, 0.0, 0.35, 0.7)]
    _put(
        sketch,
        view,
        layer + 0.1,
        "hat.band",
        crown.band(-0.2, -0.36, r * 1.05, r * 1.03),
        "hat2",
        strokes=lines,
    )
    if rig.chance(33) > 0.4:
        _put(
            sketch,
            view,
            layer + 0.2,
            "hat.ball",
            curves.disc(0, -0.84, 0.12, 0.11),
            "hat2",
            steps=1,
        )


def _wide_brim(sketch, rig, view, crown, layer, behind, reach, low, thick=0.03):
    r = crown.radius(low) + 0.03
    wide = r + reach
    tilt = max(crown.tilt, 0.16)
    t = np.radians(np.linspace(0, 360, 20, endpoint=False))
    ring = np.stack(
        [np.cos(t) * wide, low + np.sin(t) * wide * tilt * 0.8 - 0.03 * np.cos(2 * t)], 1
    )
    _put(sketch, view, behind, "hat.brim.back", ring, "hat", outlined=1.0)
    near = np.concatenate([ring[:11], crown.edge(low, r, 180, 0, 7) * [1, 1.0]])
    near[11:, 1] -= thick
    return r, near


def _witch(sketch, rig, view, crown, layer, behind):
    low = -0.3
    r, near = _wide_brim(sketch, rig, view, crown, layer, behind, 0.38, low)
    s = 1.0 if rig.chance(34) > 0.5 else -1.0
    cone = np.concatenate(
        [
            crown.edge(low, r, 0, 180, 7),
            [
                (-r * 0.7, -0.62),
                (-r * 0.3, -0.95),
                (s * 0.12, -1.2),
                (s * 0.34, -1.22),
                (s * 0.16, -1.12),
                (r * 0.35, -0.85),
                (r * 0.72, -0.6),
            ],
        ]
    )
    _put(
        sketch,
        view,
        layer,
        "hat",
        cone,
        strokes=[
            ([(-0.1, -0.9), (0.06, -0.86), (0.16, -0.92)], 0.5),
            ([(-0.2, -0.66), (0.0, -0.62), (0.14, -0.66)], 0.5),
        ],
        casts=("hair.cap",),
    )
    _put(
        sketch, view, layer + 0.1, "hat.band", crown.band(low, low - 0.12, r * 1.0, r * 0.9), "hat2"
    )
    _put(sketch, view, layer + 0.2, "hat.brim", near, casts=("head.face",))


def _sun_hat(sketch, rig, view, crown, layer, behind, color="hat"):
    low = -0.24
    r, near = _wide_brim(sketch, rig, view, crown, layer, behind, 0.36, low)
    _put(sketch, view, layer, "hat", crown.dome(low, -0.7, r))
    _put(
        sketch,
        view,
        layer + 0.1,
        "hat.band",
        crown.band(low, low - 0.13, r * 1.01, r * 1.0),
        "hat2",
    )
    _put(sketch, view, layer + 0.2, "hat.brim", near, casts=("head.face",))
    spot, face = _front(view, low - 0.08, r, 1.0)
    if face > 0.1 and rig.chance(35) > 0.4:
        add_bow(
            sketch,
            "hat.bow",
            view.place(spot[None])[0],
            0.14,
            "accent",
            "hat",
            layer + 0.3,
            "head",
            tails=False,
        )


def _top_hat(sketch, rig, view, crown, layer, behind):
    low = -0.36
    r, near = _wide_brim(sketch, rig, view, crown, layer, behind, 0.14, low)
    tall = np.concatenate(
        [crown.edge(low, r * 0.95, 0, 180, 7), crown.edge(-1.0, r * 1.0, 180, 360, 7)]
    )
    _put(sketch, view, layer, "hat", tall, steps=2)
    _put(
        sketch,
        view,
        layer + 0.1,
        "hat.band",
        crown.band(low, low - 0.14, r * 0.96, r * 0.97),
        "hat2",
    )
    _put(sketch, view, layer + 0.2, "hat.brim", near, casts=("head.face",))


def _crown_hat(sketch, rig, view, crown, layer, behind):
    low, r = -0.42, crown.radius(-0.42) + 0.01
    n = 9
    lower = crown.edge(low, r, 0, 180, n)
    upper = crown.edge(low - 0.18, r * 1.1, 180, 0, n)
    upper[::2, 1] -= 0.16
    far = crown.edge(low - 0.1, r * 1.05, 360, 180, n)
    far[::2, 1] -= 0.2
    back = np.concatenate([crown.edge(low, r, 180, 360, 5), far[::-1][::-1]])
    _put(sketch, view, layer, "hat.back", back, "metal", steps=1)
    _put(sketch, view, layer + 0.1, "hat", np.concatenate([lower, upper]), "metal", steps=1)
    for k, a in enumerate((-0.9, 0.0, 0.9)):
        spot, face = _front(view, low - 0.08, r * 1.03, a)
        if face > 0.2:
            x, y = spot.tolist()
            _put(
                sketch,
                view,
                layer + 0.2,
                f"hat.jewel.{k}",
                curves.disc(x, y + 0.03, 0.035 * face + 0.008, 0.045, 10),
                "accent",
                steps=1,
                outlined=0.6,
            )


def _beret(sketch, rig, view, crown, layer, behind):
    s = 1.0 if rig.chance(36) > 0.5 else -1.0
    points = [
        (-0.42 * s, -0.34),
        (0.0, -0.4),
        (0.4 * s, -0.36),
        (0.62 * s, -0.5),
        (0.5 * s, -0.68),
        (0.05 * s, -0.76),
        (-0.38 * s, -0.64),
        (-0.52 * s, -0.46),
    ]
    _put(
        sketch,
        view,
        layer,
        "hat",
        points,
        casts=("hair.cap",),
        strokes=[([(0.35 * s, -0.42), (0.1 * s, -0.5), (-0.2 * s, -0.5)], 0.5)],
    )
    _put(
        sketch,
        view,
        layer + 0.1,
        "hat.nub",
        curves.tube([(0.05 * s, -0.74), (0.07 * s, -0.8), (0.09 * s, -0.85)], 0.02),
        steps=1,
    )


def _helmet(sketch, rig, view, crown, layer, behind):
    r = _dome_hat(sketch, rig, view, crown, layer, low=-0.16, top=-0.7, color="metal")
    _put(
        sketch, view, layer + 0.1, "hat.band", crown.band(-0.16, -0.26, r * 1.03, r * 1.03), "hat2"
    )
    spot, face = _front(view, -0.45, r * 0.9)
    if face > 0.1:
        x, y = spot.tolist()
        _put(
            sketch,
            view,
            layer + 0.2,
            "hat.badge",
            curves.disc(x, y, 0.07 * face + 0.01, 0.08),
            "accent",
            steps=1,
        )
    for s in (1.0, -1.0):
        spot, face = _front(view, 0.05, r, s * 1.45)
        if face > -0.25:
            x, y = spot.tolist()
            guard = [
                (x - 0.1, y - 0.24),
                (x + 0.1, y - 0.24),
                (x + 0.08, y + 0.16),
                (x - 0.05, y + 0.2),
            ]
            _put(sketch, view, layer - 0.1, f"hat.guard.{s:.0f}", guard, "metal")


def _band(sketch, rig, view, crown, layer, behind):
    low = -0.3 if rig.chance(37) > 0.5 else -0.44
    r = crown.radius(low) + 0.02
    _put(
        sketch,
        view,
        layer - 1,
        "hat",
        crown.band(low, low - 0.09, r, crown.radius(low - 0.09) + 0.02),
        "accent",
        outlined=0.8,
    )


def _hood(sketch, rig, view, crown, layer, behind):
    turn = view.sin
    wide, front = 0.6, max(view.cos, 0.0)
    _put(sketch, view, behind, "hat.inside", curves.disc(0, -0.02, wide, 0.66, 20), "hat", steps=1)
    t = np.radians(np.linspace(140, 400, 13))
    outer = np.stack([np.cos(t) * (wide + 0.02), -0.03 + np.sin(t) * 0.7], 1)
    if view.cos < -0.2:
        _put(
            sketch,
            view,
            layer,
            "hat",
            np.concatenate([outer, [(0.4, 0.6), (-0.4, 0.6)]]),
            strokes=[([(0, -0.68), (0.03, -0.2), (0.0, 0.3)], 0.5)],
        )
        return
    inner = np.stack(
        [np.cos(t) * wide * (0.5 + 0.36 * front) + turn * 0.26, 0.06 + np.sin(t) * 0.52], 1
    )
    _put(
        sketch,
        view,
        layer,
        "hat",
        np.concatenate([outer, inner[::-1]]),
        steps=2,
        casts=("hair.cap", "head.face"),
    )
    if rig.chance(38) > 0.6:
        for s in (1.0, -1.0):
            x = 0.38 * s + turn * 0.0
            ear = [(x - 0.16, -0.5), (x + 0.1 * s, -0.86), (x + 0.18, -0.42)]
            _put(sketch, view, behind - 0.1, f"hat.ear.{s:.0f}", ear, "hat", steps=4)


def _frill(sketch, rig, view, crown, layer, behind):
    y = -0.47
    r = crown.radius(y)
    n = 11
    t = np.linspace(200, 340, n)
    a = np.radians(t)
    inner = np.stack([np.cos(a) * 0.46, -0.1 + np.sin(a) * 0.48], 1)
    grow = np.where(np.arange(n) % 2 == 0, 0.66, 0.6)
    outer = np.stack([np.cos(a) * grow * 0.9, -0.12 + np.sin(a) * grow], 1)
    del r
    if view.cos > -0.3:
        _put(sketch, view, layer - 1, "hat", np.concatenate([inner, outer[::-1]]), "under")
        _put(
            sketch,
            view,
            layer - 0.9,
            "hat.band",
            np.concatenate([inner, (inner * [1.04, 1.1])[::-1]]),
            "accent",
            steps=2,
            outlined=0.7,
        )


def _bow(sketch, rig, view, crown, layer, behind):
    at, depth = view.shell(math.pi * 0.97, np.array(-0.42), np.array(0.36))
    front = depth > -0.05
    add_bow(
        sketch,
        "hat",
        view.place((at * [1, 1] + [0, -0.1])[None])[0],
        0.34,
        "accent",
        "hat",
        layer if front else behind,
        "head",
        tails=bool(rig.chance(39) > 0.5),
        turn=rig.head_turn,
    )


def _two_bows(sketch, rig, view, crown, layer, behind):
    for s, side in ((1.0, "left"), (-1.0, "right")):
        at, depth = view.shell(s * 1.35, np.array(-0.42), np.array(0.42))
        add_bow(
            sketch,
            f"hat.{side}",
            view.place(at[None])[0],
            0.19,
            "accent",
            "hat",
            layer if depth > -0.15 else behind,
            "head",
            tails=True,
            turn=rig.head_turn,
        )


def _peaked(sketch, rig, view, crown, layer, behind):
    low = -0.3
    r = crown.radius(low) + 0.02
    upper = [
        (r * 1.0, low - 0.16),
        (r * 1.28, low - 0.3),
        (r * 0.6, low - 0.44),
        (0, low - 0.5),
        (-r * 0.6, low - 0.44),
        (-r * 1.28, low - 0.3),
        (-r, low - 0.16),
    ]
    _put(
        sketch,
        view,
        layer,
        "hat",
        np.concatenate([crown.edge(low, r, 0, 180, 7), upper[::-1]]),
        casts=("hair.cap",),
    )
    _put(
        sketch,
        view,
        layer + 0.1,
        "hat.band",
        crown.band(low, low - 0.15, r * 1.01, r * 1.02),
        "hat2",
    )
    at, face = _front(view, low, r)
    if face > -0.2:
        n = r * (0.25 + 0.5 * max(view.cos, 0))
        mid = at + np.array([view.sin * 0.16, 0.09 + 0.05 * max(view.cos, 0)])
        _put(
            sketch,
            view,
            layer + 0.2,
            "hat.peak",
            [
                at + [-n, 0],
                mid + [-n * 0.6, 0.01],
                mid + [n * 0.6, 0.01],
                at + [n, 0],
                at + [0, -0.03],
            ],
            "shoes",
            casts=("head.face",),
        )
    if face > 0.1:
        x, y = _front(view, low - 0.2, r)[0].tolist()
        _put(
            sketch,
            view,
            layer + 0.3,
            "hat.badge",
            curves.disc(x, y, 0.07 * face, 0.07, 10),
            "metal",
            steps=1,
            outlined=0.7,
        )


def _santa(sketch, rig, view, crown, layer, behind):
    low = -0.3
    s = 1.0 if rig.chance(40) > 0.5 else -1.0
    r = crown.radius(low) + 0.03
    points = [
        (-r * 0.85 * s, -0.6),
        (-0.1 * s, -0.85),
        (0.35 * s, -0.8),
        (0.62 * s, -0.5),
        (0.7 * s, -0.28),
        (0.6 * s, -0.26),
        (0.5 * s, -0.45),
        (r * 0.95 * s, -0.5),
    ]
    lower = crown.edge(low, r, 0, 180, 7) if s > 0 else crown.edge(low, r, 180, 0, 7)
    _put(
        sketch,
        view,
        layer,
        "hat",
        np.concatenate([lower, points]),
        strokes=[([(0.3 * s, -0.78), (0.36 * s, -0.62), (0.45 * s, -0.5)], 0.5)],
    )
    _put(
        sketch,
        view,
        layer + 0.1,
        "hat.fur",
        crown.band(low + 0.05, low - 0.12, r * 1.08, r * 1.06),
        "under",
    )
    _put(sketch, view, layer + 0.2, "hat.ball", curves.disc(0.66 * s, -0.22, 0.1), "under", steps=1)


def _flowers(sketch, rig, view, crown, layer, behind):
    r = crown.radius(-0.42)
    for k in range(9):
        a = -1.6 + 0.4 * k + 0.1 * rig.chance(k)
        spot, face = _front(view, -0.42, r, a - math.radians(view.yaw) * 0)
        if face < 0.0:
            continue
        x, y = spot.tolist()
        t = np.radians(np.linspace(0, 360, 20, endpoint=False))
        petals = 0.085 * (0.75 + 0.25 * np.cos(5 * t))
        _put(
            sketch,
            view,
            layer - 1 + 0.02 * (k % 2),
            f"hat.flower.{k}",
            np.stack([x + np.cos(t) * petals * (0.5 + 0.5 * face), y + np.sin(t) * petals], 1),
            ("accent", "hat2", "under")[k % 3],
            steps=1,
            outlined=0.7,
        )
        _put(
            sketch,
            view,
            layer - 0.9,
            f"hat.heart.{k}",
            curves.disc(x, y, 0.025, count=8),
            "metal",
            steps=1,
            outlined=0.4,
        )


def _tiara(sketch, rig, view, crown, layer, behind):
    if view.cos < 0:
        return
    r = crown.radius(-0.42)
    t = np.linspace(-0.9, 0.9, 9)
    lower, _ = view.shell(t, np.full(9, -0.42), np.full(9, r))
    upper = lower - np.stack(
        [np.zeros(9), 0.05 + np.where(np.arange(9) % 2 == 0, 0.11 * np.cos(t * 1.4), 0.02)], 1
    )
    _put(
        sketch,
        view,
        layer - 1,
        "hat",
        np.concatenate([lower, upper[::-1]]),
        "metal",
        steps=1,
        outlined=0.7,
    )
    x, y = lower[4].tolist()
    _put(
        sketch,
        view,
        layer - 0.9,
        "hat.jewel",
        curves.disc(x, y - 0.05, 0.025, 0.035, 10),
        "accent",
        steps=1,
        outlined=0.5,
    )


def _headphones(sketch, rig, view, crown, layer, behind):
    t = np.radians(np.linspace(180, 360, 11))
    wide = 0.5 * max(abs(view.cos), 0.22)
    arc = np.stack([np.cos(t) * wide, -0.02 + np.sin(t) * 0.66], 1)
    _put(sketch, view, layer - 1, "hat", curves.tube(arc, 0.035, 2), "hat2", steps=1)
    for s, side in ((1.0, "left"), (-1.0, "right")):
        spot, face = _front(view, 0.07, 0.47, s * math.pi / 2)
        if face < -0.45:
            continue
        x, y = spot.tolist()
        _put(
            sketch,
            view,
            layer - 0.9 if face > -0.2 else behind,
            f"hat.cup.{side}",
            curves.disc(x, y, 0.07 + 0.08 * max(face, 0), 0.15),
            "hat",
            steps=1,
        )
        if face > 0.2:
            _put(
                sketch,
                view,
                layer - 0.8,
                f"hat.pad.{side}",
                curves.disc(x, y, 0.08 * face, 0.085),
                "accent",
                steps=1,
                outlined=0.7,
            )


def _hairpin(sketch, rig, view, crown, layer, behind):
    s = 1.0 if rig.chance(41) > 0.5 else -1.0
    for k in range(2):
        spot, face = _front(view, -0.2 + 0.09 * k, 0.5, s * 0.85)
        if face > 0.15:
            x, y = spot.tolist()
            _put(
                sketch,
                view,
                layer - 1,
                f"hat.pin.{k}",
                curves.tube([(x - 0.08, y + 0.03 * s), (x, y), (x + 0.08, y - 0.03 * s)], 0.02),
                "accent",
                steps=1,
                outlined=0.6,
            )


_PAINTERS = {
    "cap": _cap,
    "beanie": _beanie,
    "witch": _witch,
    "top hat": _top_hat,
    "sun hat": _sun_hat,
    "straw": _sun_hat,
    "crown": _crown_hat,
    "beret": _beret,
    "helmet": _helmet,
    "band": _band,
    "hood": _hood,
    "frill": _frill,
    "bow": _bow,
    "two bows": _two_bows,
    "peaked": _peaked,
    "santa": _santa,
    "flowers": _flowers,
    "tiara": _tiara,
    "headphones": _headphones,
    "hairpin": _hairpin,
}
