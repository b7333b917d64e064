"""What is worn about the neck: collars, ties, bows, scarfs."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .rings import Rings, patch, spot, stripe, trunk_rings
from .skeleton import Rig
from .sketch import Sketch, stroke
from .tails import add_bow
from .tops import TOP, ease

COLLAR = "collar"


def unit(rig: Rig) -> float:
    """How large small things are on this body."""
    return 0.4 + 0.095 * rig.looks.body.heads


def add_collar(sketch: Sketch, rig: Rig, layer: float) -> None:
    """What the top has about the neck."""
    kind = rig.looks.outfit.collar
    rings = trunk_rings(rig, ease(rig) + 0.012)
    front = rings.faces(0.0, spot(0.8))
    u = unit(rig)
    if kind == "turtle":
        neck = _neck_band(rig, 0.0, 0.62)
        sketch.add(layer, COLLAR, neck, "clothes", "top", "neck", strokes=())
    elif kind == "hood":
        band = patch(
            rings.grown(0.05 * u),
            spot(0.9),
            spot(0.99),
            count=4,
            arc=7,
            top=lambda a: -0.5 * np.cos(a).clip(0, 1),
        )
        sketch.add(layer, COLLAR, band, "clothes", "top", "neck")
        if front > 0.2:
            for s in (1.0, -1.0):
                cord = stripe(
                    rings, np.array([0.2, 0.22, 0.24]) * s, [spot(0.93), spot(0.85), spot(0.74)]
                )
                if cord is not None:
                    sketch.add(
                        layer + 0.01,
                        f"cord.{s:.0f}",
                        curves.tube(cord, 0.012 * u, 1),
                        "clothes",
                        "trim",
                        "spine",
                        outlined=0.5,
                    )
        else:
            back = patch(
                rings.grown(0.06 * u), spot(0.72), spot(0.98), math.pi - 1.1, math.pi + 1.1, arc=5
            )
            if back is not None:
                sketch.add(layer + 0.01, "hood.back", back, "clothes", "top", "spine")
    elif kind == "sailor":
        _sailor(sketch, rig, rings, layer)
    elif kind in ("shirt", "lapels"):
        color = "under" if kind == "lapels" or rig.looks.outfit.top == "vest" else "top"
        band = _neck_band(rig, -0.12, 0.3)
        sketch.add(layer, COLLAR, band, "clothes", color, "neck")
        for s, side in ((1.0, "left"), (-1.0, "right")):
            leaf = cut_piece(rings, s, [(0.02, 0.985), (0.75, 1.0), (0.85, 0.94), (0.42, 0.87)])
            if leaf is not None:
                sketch.add(
                    layer + 0.02, f"collar.{side}", leaf, "clothes", color, "neck", outlined=0.8
                )
            if kind == "lapels":
                deep = 0.42 + 0.12 * rig.chance(15)
                lapel = cut_piece(
                    rings,
                    s,
                    [
                        (0.5, 0.975),
                        (0.72, 0.93),
                        (0.78, 0.83),
                        (0.5, 0.8),
                        (0.55, 0.77),
                        (0.05, deep),
                        (0.2, 0.78),
                    ],
                )
                if lapel is not None:
                    sketch.add(
                        layer - 0.02,
                        f"lapel.{side}",
                        lapel,
                        "clothes",
                        "top",
                        "spine",
                        outlined=0.8,
                    )
    elif kind == "ruffle":
        wave = np.where(np.arange(11) % 2 == 0, 0.14, -0.14)
        band = patch(
            rings.grown(0.03 * u),
            spot(0.9),
            spot(0.985),
            count=3,
            arc=11,
            bottom=lambda a: wave - 0.35 * np.cos(a).clip(0, 1),
            top=lambda a: -0.3 * np.cos(a).clip(0, 1),
        )
        sketch.add(layer, COLLAR, band, "clothes", "under", "neck")
    elif kind in ("round", "v", "square") and rig.chance(17) > 0.5 and front > 0.1:
        deep = {"round": 0.5, "v": 1.5, "square": 1.25}[kind]
        sharp = {"round": 1.5, "v": 2.5, "square": 0.6}[kind]
        last = {"round": 0.965, "v": 0.96, "square": 0.925}[kind]
        around = np.linspace(-1.35, 1.35, 9)
        edge = stripe(rings, around + 0.0, spot(last) - deep * np.cos(around).clip(0, 1) ** sharp)
        if edge is not None:
            sketch.add(
                layer,
                COLLAR,
                curves.tube(edge, 0.02 * u, 1),
                "clothes",
                "trim",
                "neck",
                outlined=0.7,
                within=TOP,
            )


def _neck_band(rig: Rig, low: float, high: float) -> np.ndarray:
    """A tube about the neck, from the trunk's end (0) up to the head (1)."""
    base = rig.centres[-1, :2]
    top = rig.joints["head"][:2] + rig.head[:2, 1] * 0.36
    way = top - base
    length = math.hypot(*way) + 1e-6
    if length < 0.06:
        way, length = np.array([0.0, -0.06]), 0.06
    n = np.array([-way[1], way[0]]) / length * (rig.size.neck_width * 1.25 + 0.012)
    a, b = base + way * low, base + way * high
    sag = -way / length * 0.05 * (1 if rig.facing > 0 else -0.3)
    points = [a - n * 1.15, b - n, b + sag * 0.6, b + n, a + n * 1.15, a + sag]
    return curves.loop(points, 4)


def cut_piece(rings: Rings, s: float, places) -> np.ndarray | None:
    """A polygon on the surface from (azimuth, level) places of one side."""
    around = np.array([p[0] for p in places]) * s
    spots = np.array([spot(p[1]) for p in places])
    right = rings.seen(spots)
    turns = np.round((right - math.pi / 2 - around) / (2 * math.pi))
    around = around + 2 * math.pi * turns
    seen = np.sin(right - around)
    if float(seen.mean()) < 0.1:
        return None
    return rings.points(np.clip(around, right - math.pi, right), spots).astype(np.float32)


def _sailor(sketch: Sketch, rig: Rig, rings: Rings, layer: float) -> None:
    back = patch(rings.grown(0.015), spot(0.7), spot(0.985), math.pi - 1.0, math.pi + 1.0, steps=1)
    if back is not None and rings.faces(math.pi, spot(0.8)) > 0.2:
        sketch.add(layer, COLLAR, back, "clothes", "trim", "neck")
        line = stripe(rings, math.pi + np.linspace(-0.9, 0.9, 5), np.full(5, spot(0.73)))
        if line is not None:
            sketch.add(
                layer + 0.01,
                "collar.line",
                curves.tube(line, 0.012, 1),
                "clothes",
                "under",
                "neck",
                marking=True,
                within=COLLAR,
            )
        return
    for s, side in ((1.0, "left"), (-1.0, "right")):
        flap = cut_piece(
            rings.grown(0.012),
            s,
            [
                (0.42, 0.99),
                (1.1, 0.955),
                (1.5, 0.93),
                (1.45, 0.84),
                (1.0, 0.8),
                (0.5, 0.72),
                (0.03, 0.585),
                (0.22, 0.78),
            ],
        )
        if flap is None:
            continue
        name = sketch.add(layer, f"collar.{side}", flap, "clothes", "trim", "neck")
        line = cut_piece(
            rings.grown(0.012),
            s,
            [
                (1.45, 0.87),
                (1.0, 0.83),
                (0.5, 0.75),
                (0.08, 0.62),
                (0.08, 0.605),
                (0.5, 0.735),
                (1.0, 0.815),
                (1.45, 0.855),
            ],
        )
        if line is not None:
            sketch.add(
                layer + 0.01,
                f"collar.line.{side}",
                line,
                "clothes",
                "under",
                "neck",
                marking=True,
                within=name,
            )


def add_neckwear(sketch: Sketch, rig: Rig, layer: float) -> None:
    kind = rig.looks.outfit.neckwear
    rings = trunk_rings(rig, ease(rig) + 0.02)
    u = unit(rig)
    high = 0.93 if rig.looks.outfit.collar != "sailor" else 0.62
    front = rings.faces(0.0, spot(0.8))
    if kind == "scarf":
        band = _neck_band(rig, -0.35, 0.85)
        grown = (band - band.mean(0)) * np.array([1.5, 1.15], np.float32) + band.mean(0)
        sketch.add(layer + 0.05, "scarf", grown, "clothes", "accent", "neck", casts=(TOP,))
        s = 0.55 if front > 0 else math.pi + 0.4
        end = patch(rings.grown(0.01), spot(0.45), spot(0.95), s - 0.28, s + 0.28, arc=3, count=4)
        if end is not None:
            sketch.add(layer + 0.04, "scarf.end", end, "clothes", "accent", "spine")
        return
    if kind in ("choker", "bell"):
        band = _neck_band(rig, 0.28, 0.48)
        shrunk = (band - band.mean(0)) * np.array([0.8, 1.0], np.float32) + band.mean(0)
        sketch.add(layer - 8, "choker", shrunk, "clothes", "accent", "neck", outlined=0.8)
        if kind == "bell" and front > 0:
            x, y = shrunk.mean(0).tolist()
            sketch.add(
                layer + 0.05,
                "bell",
                curves.disc(x, y + 0.05 * u, 0.045 * u),
                "clothes",
                "metal",
                "neck",
                strokes=[stroke([(x, y + 0.05 * u), (x, y + 0.09 * u)], 0.5)],
            )
        return
    if kind == "none" or front < 0.08:
        return
    at = rings.points([0.0], [spot(high)])[0]
    if kind == "tie":
        low = 0.42 + 0.1 * rig.chance(18)
        w = 0.1 * u / max(rig.size.shoulder, 0.2)
        body = cut_piece(
            rings,
            1.0,
            [
                (-0.5 * w, high),
                (0.5 * w, high),
                (1.25 * w, low + 0.05),
                (0.0, low),
                (-1.25 * w, low + 0.05),
            ],
        )
        if body is not None:
            sketch.add(layer, "tie", body, "clothes", "accent", "spine", outlined=0.8)
            x, y = at.tolist()
            knot = np.array(
                [
                    (x - 0.035 * u, y - 0.03 * u),
                    (x + 0.035 * u, y - 0.03 * u),
                    (x + 0.022 * u, y + 0.035 * u),
                    (x - 0.022 * u, y + 0.035 * u),
                ]
            )
            sketch.add(layer + 0.02, "tie.knot", knot, "clothes", "accent", "neck", outlined=0.8)
    elif kind in ("bow", "ribbon"):
        add_bow(
            sketch,
            "neck.bow",
            at,
            (0.13 if kind == "bow" else 0.11) * u,
            "accent",
            "clothes",
            layer,
            "neck",
            tails=kind == "ribbon",
        )
    elif kind == "cravat":
        for k in range(3):
            leaf = cut_piece(
                rings,
                1.0,
                [
                    (-0.2, high),
                    (0.2, high),
                    (0.32, 0.84 - 0.05 * k),
                    (0.0, 0.8 - 0.06 * k),
                    (-0.32, 0.84 - 0.05 * k),
                ],
            )
            if leaf is not None:
                sketch.add(
                    layer + 0.02 * (3 - k),
                    f"cravat.{k}",
                    leaf,
                    "clothes",
                    "under",
                    "neck",
                    outlined=0.7,
                )
    elif kind == "necklace":
        line = stripe(
            rings,
            np.linspace(-0.7, 0.7, 7),
            spot(0.95) - 1.2 * np.cos(np.linspace(-0.7, 0.7, 7)) ** 2 + 0.5,
        )
        if line is not None:
            sketch.add(
                layer,
                "necklace",
                curves.tube(line, 0.012 * u, 1),
                "clothes",
                "metal",
                "neck",
                outlined=0.4,
            )
            x, y = line[len(line) // 2].tolist()
            sketch.add(
                layer + 0.01,
                "pendant",
                curves.disc(x, y + 0.03 * u, 0.03 * u, 0.04 * u, 10),
                "clothes",
                "accent",
                "neck",
                outlined=0.6,
            )
