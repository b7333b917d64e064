"""Small things on the head: crowns, bands, bows, flowers, headphones."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .crown import put_on, spot_on
from .tails import add_bow


def crown_hat(sketch, rig, view, crown, layer, behind):
    low, r = -0.42, crown.radius(-0.42) + 0.01
    n = 9
    lower = crown.edge(low, r, 0, 180, n)
    upper = crown.edge(low - 0.18, r * 1.1, 180, 0, n)
    upper[::2, 1] -= 0.16
    far = crown.edge(low - 0.1, r * 1.05, 360, 180, n)
    far[::2, 1] -= 0.2
    back = np.concatenate([crown.edge(low, r, 180, 360, 5), far[::-1][::-1]])
    put_on(sketch, view, layer, "hat.back", back, "metal", steps=1)
    put_on(sketch, view, layer + 0.1, "hat", np.concatenate([lower, upper]), "metal", steps=1)
    for k, a in enumerate((-0.9, 0.0, 0.9)):
        spot, face = spot_on(view, low - 0.08, r * 1.03, a)
        if face > 0.2:
            x, y = spot.tolist()
            put_on(
                sketch,
                view,
                layer + 0.2,
                f"hat.jewel.{k}",
                curves.disc(x, y + 0.03, 0.035 * face + 0.008, 0.045, 10),
                "accent",
                steps=1,
                outlined=0.6,
            )


def band(sketch, rig, view, crown, layer, behind):
    low = -0.3 if rig.chance(37) > 0.5 else -0.44
    r = crown.radius(low) + 0.02
    put_on(
        sketch,
        view,
        layer - 1,
        "hat",
        crown.band(low, low - 0.09, r, crown.radius(low - 0.09) + 0.02),
        "accent",
        outlined=0.8,
    )


def frill(sketch, rig, view, crown, layer, behind):
    n = 11
    t = np.linspace(200, 340, n)
    a = np.radians(t)
    inner = np.stack([np.cos(a) * 0.46, -0.1 + np.sin(a) * 0.48], 1)
    grow = np.where(np.arange(n) % 2 == 0, 0.66, 0.6)
    outer = np.stack([np.cos(a) * grow * 0.9, -0.12 + np.sin(a) * grow], 1)
    if view.cos > -0.3:
        put_on(sketch, view, layer - 1, "hat", np.concatenate([inner, outer[::-1]]), "under")
        put_on(
            sketch,
            view,
            layer - 0.9,
            "hat.band",
            np.concatenate([inner, (inner * [1.04, 1.1])[::-1]]),
            "accent",
            steps=2,
            outlined=0.7,
        )


def bow(sketch, rig, view, crown, layer, behind):
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


def two_bows(sketch, rig, view, crown, layer, behind):
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


def flowers(sketch, rig, view, crown, layer, behind):
    r = crown.radius(-0.42)
    for k in range(9):
        a = -1.6 + 0.4 * k + 0.1 * rig.chance(k)
        spot, face = spot_on(view, -0.42, r, a - math.radians(view.yaw) * 0)
        if face < 0.0:
            continue
        x, y = spot.tolist()
        t = np.radians(np.linspace(0, 360, 20, endpoint=False))
        petals = 0.085 * (0.75 + 0.25 * np.cos(5 * t))
        put_on(
            sketch,
            view,
            layer - 1 + 0.02 * (k % 2),
            f"hat.flower.{k}",
            np.stack([x + np.cos(t) * petals * (0.5 + 0.5 * face), y + np.sin(t) * petals], 1),
            ("accent", "hat2", "under")[k % 3],
            steps=1,
            outlined=0.7,
        )
        put_on(
            sketch,
            view,
            layer - 0.9,
            f"hat.heart.{k}",
            curves.disc(x, y, 0.025, count=8),
            "metal",
            steps=1,
            outlined=0.4,
        )


def tiara(sketch, rig, view, crown, layer, behind):
    if view.cos < 0:
        return
    r = crown.radius(-0.42)
    t = np.linspace(-0.9, 0.9, 9)
    lower, _ = view.shell(t, np.full(9, -0.42), np.full(9, r))
    upper = lower - np.stack(
        [np.zeros(9), 0.05 + np.where(np.arange(9) % 2 == 0, 0.11 * np.cos(t * 1.4), 0.02)], 1
    )
    put_on(
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
    put_on(
        sketch,
        view,
        layer - 0.9,
        "hat.jewel",
        curves.disc(x, y - 0.05, 0.025, 0.035, 10),
        "accent",
        steps=1,
        outlined=0.5,
    )


def headphones(sketch, rig, view, crown, layer, behind):
    t = np.radians(np.linspace(180, 360, 11))
    wide = 0.5 * max(abs(view.cos), 0.22)
    arc = np.stack([np.cos(t) * wide, -0.02 + np.sin(t) * 0.66], 1)
    put_on(sketch, view, layer - 1, "hat", curves.tube(arc, 0.035, 2), "hat2", steps=1)
    for s, side in ((1.0, "left"), (-1.0, "right")):
        spot, face = spot_on(view, 0.07, 0.47, s * math.pi / 2)
        if face < -0.45:
            continue
        x, y = spot.tolist()
        put_on(
            sketch,
            view,
            layer - 0.9 if face > -0.2 else behind,
            f"hat.cup.{side}",
            curves.disc(x, y, 0.07 + 0.08 * max(face, 0), 0.15),
            "hat",
            steps=1,
        )
        if face > 0.2:
            put_on(
                sketch,
                view,
                layer - 0.8,
                f"hat.pad.{side}",
                curves.disc(x, y, 0.08 * face, 0.085),
                "accent",
                steps=1,
                outlined=0.7,
            )


def hairpin(sketch, rig, view, crown, layer, behind):
    s = 1.0 if rig.chance(41) > 0.5 else -1.0
    for k in range(2):
        spot, face = spot_on(view, -0.2 + 0.09 * k, 0.5, s * 0.85)
        if face > 0.15:
            x, y = spot.tolist()
            put_on(
                sketch,
                view,
                layer - 1,
                f"hat.pin.{k}",
                curves.tube([(x - 0.08, y + 0.03 * s), (x, y), (x + 0.08, y - 0.03 * s)], 0.02),
                "accent",
                steps=1,
                outlined=0.6,
            )
