"""Hats, from caps to hoods."""

from __future__ import annotations

import numpy as np

from . import curves, headwear
from .crown import Crown, put_on, spot_on
from .head import HeadView
from .skeleton import Rig
from .sketch import Sketch
from .tails import add_bow


def add_hat(sketch: Sketch, rig: Rig, view: HeadView, layer: float, behind: float) -> None:
    kind = rig.looks.extras.hat
    if kind == "none":
        return
    crown = Crown(rig, view)
    painter = _PAINTERS[kind]
    painter(sketch, rig, view, crown, layer, behind)


def _dome_hat(sketch, rig, view, crown, layer, low=-0.26, top=-0.72, square=0.0, color="hat"):
    r = crown.radius(low) + 0.02
    put_on(
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
    at, face = spot_on(view, -0.25, r)
    reach = 0.3
    mid = at + np.array([view.sin * reach, 0.05 + 0.13 * max(view.cos, 0) + 0.1 * view.tilt])
    n = r * (0.25 + 0.6 * abs(view.cos))
    points = [
        at + np.array([-n, -0.02]),
        mid + np.array([-n * 0.8, 0.0]),
        mid + np.array([0, 0.03]),
        mid + np.array([n * 0.8, 0.0]),
        at + np.array([n, -0.02]),
        at + np.array([0, -0.05]),
    ]
    if face > -0.35:
        put_on(sketch, view, layer + 0.1, "hat.brim", points, "hat2", casts=("head.face",))
    else:
        put_on(sketch, view, behind, "hat.brim", points, "hat2")
    put_on(sketch, view, layer + 0.05, "hat.button", curves.disc(0, -0.72, 0.035, 0.02), steps=1)


def _beanie(sketch, rig, view, crown, layer, behind):
    r = _dome_hat(sketch, rig, view, crown, layer, low=-0.3, top=-0.78)
    lines = [([(x * r, -0.32), (x * r, -0.2)], 0.4) for x in (-0.7, -0.35, 0.0, 0.35, 0.7)]
    put_on(
        sketch,
        view,
        layer + 0.1,
        "hat.band",
        crown.band(-0.2, -0.36, r * 1.05, r * 1.03),
        "hat2",
        strokes=lines,
    )
    if rig.chance(33) > 0.4:
        put_on(
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
    put_on(sketch, view, behind, "hat.brim.back", ring, "hat", outlined=1.0)
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
    put_on(
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
    put_on(
        sketch, view, layer + 0.1, "hat.band", crown.band(low, low - 0.12, r * 1.0, r * 0.9), "hat2"
    )
    put_on(sketch, view, layer + 0.2, "hat.brim", near, casts=("head.face",))


def _sun_hat(sketch, rig, view, crown, layer, behind, color="hat"):
    low = -0.24
    r, near = _wide_brim(sketch, rig, view, crown, layer, behind, 0.36, low)
    put_on(sketch, view, layer, "hat", crown.dome(low, -0.7, r))
    put_on(
        sketch,
        view,
        layer + 0.1,
        "hat.band",
        crown.band(low, low - 0.13, r * 1.01, r * 1.0),
        "hat2",
    )
    put_on(sketch, view, layer + 0.2, "hat.brim", near, casts=("head.face",))
    spot, face = spot_on(view, low - 0.08, r, 1.0)
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
    put_on(sketch, view, layer, "hat", tall, steps=2)
    put_on(
        sketch,
        view,
        layer + 0.1,
        "hat.band",
        crown.band(low, low - 0.14, r * 0.96, r * 0.97),
        "hat2",
    )
    put_on(sketch, view, layer + 0.2, "hat.brim", near, casts=("head.face",))


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
    put_on(
        sketch,
        view,
        layer,
        "hat",
        points,
        casts=("hair.cap",),
        strokes=[([(0.35 * s, -0.42), (0.1 * s, -0.5), (-0.2 * s, -0.5)], 0.5)],
    )
    put_on(
        sketch,
        view,
        layer + 0.1,
        "hat.nub",
        curves.tube([(0.05 * s, -0.74), (0.07 * s, -0.8), (0.09 * s, -0.85)], 0.02),
        steps=1,
    )


def _helmet(sketch, rig, view, crown, layer, behind):
    r = _dome_hat(sketch, rig, view, crown, layer, low=-0.16, top=-0.7, color="metal")
    put_on(
        sketch, view, layer + 0.1, "hat.band", crown.band(-0.16, -0.26, r * 1.03, r * 1.03), "hat2"
    )
    spot, face = spot_on(view, -0.45, r * 0.9)
    if face > 0.1:
        x, y = spot.tolist()
        put_on(
            sketch,
            view,
            layer + 0.2,
            "hat.badge",
            curves.disc(x, y, 0.07 * face + 0.01, 0.08),
            "accent",
            steps=1,
        )
    for s in (1.0, -1.0):
        spot, face = spot_on(view, 0.05, r, s * 1.45)
        if face > -0.25:
            x, y = spot.tolist()
            guard = [
                (x - 0.1, y - 0.24),
                (x + 0.1, y - 0.24),
                (x + 0.08, y + 0.16),
                (x - 0.05, y + 0.2),
            ]
            put_on(sketch, view, layer - 0.1, f"hat.guard.{s:.0f}", guard, "metal")


def _hood(sketch, rig, view, crown, layer, behind):
    turn = view.sin
    wide, front = 0.6, max(view.cos, 0.0)
    put_on(
        sketch, view, behind, "hat.inside", curves.disc(0, -0.02, wide, 0.66, 20), "hat", steps=1
    )
    t = np.radians(np.linspace(140, 400, 13))
    outer = np.stack([np.cos(t) * (wide + 0.02), -0.03 + np.sin(t) * 0.7], 1)
    if view.cos < -0.2:
        put_on(
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
    put_on(
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
            put_on(sketch, view, behind - 0.1, f"hat.ear.{s:.0f}", ear, "hat", steps=4)


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
    put_on(
        sketch,
        view,
        layer,
        "hat",
        np.concatenate([crown.edge(low, r, 0, 180, 7), upper[::-1]]),
        casts=("hair.cap",),
    )
    put_on(
        sketch,
        view,
        layer + 0.1,
        "hat.band",
        crown.band(low, low - 0.15, r * 1.01, r * 1.02),
        "hat2",
    )
    at, face = spot_on(view, low, r)
    if face > -0.2:
        n = r * (0.25 + 0.5 * max(view.cos, 0))
        mid = at + np.array([view.sin * 0.16, 0.09 + 0.05 * max(view.cos, 0)])
        put_on(
            sketch,
            view,
            layer + 0.2,
            "hat.peak",
            [
                at + np.array([-n, 0]),
                mid + np.array([-n * 0.6, 0.01]),
                mid + np.array([n * 0.6, 0.01]),
                at + np.array([n, 0]),
                at + np.array([0, -0.03]),
            ],
            "shoes",
            casts=("head.face",),
        )
    if face > 0.1:
        x, y = spot_on(view, low - 0.2, r)[0].tolist()
        put_on(
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
    put_on(
        sketch,
        view,
        layer,
        "hat",
        np.concatenate([lower, points]),
        strokes=[([(0.3 * s, -0.78), (0.36 * s, -0.62), (0.45 * s, -0.5)], 0.5)],
    )
    put_on(
        sketch,
        view,
        layer + 0.1,
        "hat.fur",
        crown.band(low + 0.05, low - 0.12, r * 1.08, r * 1.06),
        "under",
    )
    put_on(
        sketch, view, layer + 0.2, "hat.ball", curves.disc(0.66 * s, -0.22, 0.1), "under", steps=1
    )


_PAINTERS = {
    "cap": _cap,
    "beanie": _beanie,
    "witch": _witch,
    "top hat": _top_hat,
    "sun hat": _sun_hat,
    "straw": _sun_hat,
    "crown": headwear.crown_hat,
    "beret": _beret,
    "helmet": _helmet,
    "band": headwear.band,
    "hood": _hood,
    "frill": headwear.frill,
    "bow": headwear.bow,
    "two bows": headwear.two_bows,
    "peaked": _peaked,
    "santa": _santa,
    "flowers": headwear.flowers,
    "tiara": headwear.tiara,
    "headphones": headwear.headphones,
    "hairpin": headwear.hairpin,
}
