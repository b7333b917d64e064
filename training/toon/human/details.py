"""Small things on clothes: buttons, pockets, belts, patterns and prints."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .collars import cut_piece, unit
from .rings import Rings, patch, spot, trunk_rings
from .skeleton import Rig
from .sketch import Sketch
from .tails import add_bow
from .tops import TOP, ease


def add_details(sketch: Sketch, rig: Rig, layer: float) -> None:
    """Buttons and pockets on the top."""
    o = rig.looks.outfit
    rings = trunk_rings(rig, ease(rig) + 0.004)
    u = unit(rig)
    if rings.faces(0.0, spot(0.6)) > 0.1 and o.top in (
        "shirt",
        "blouse",
        "suit",
        "blazer",
        "uniform",
        "vest",
        "dress",
        "gown",
    ):
        start = 0.36 if o.top in ("suit", "blazer") else 0.8
        rows = (0.03,) if o.top != "uniform" else (-0.3, 0.3)
        count = min(o.buttons, 2) if o.top in ("suit", "blazer") else o.buttons
        for row, around in enumerate(rows):
            for k in range(count):
                x, y = rings.points([around], [spot(start - 0.13 * k)])[0].tolist()
                sketch.add(
                    layer,
                    f"button.{row}.{k}",
                    curves.disc(x, y, 0.022 * u, count=10),
                    "clothes",
                    "metal",
                    "spine",
                    within=TOP,
                    outlined=0.5,
                    shaded=False,
                )
    if o.pockets and o.top in ("shirt", "suit", "blazer", "uniform", "hoodie", "sweater"):
        if o.top == "hoodie":
            pocket = cut_piece(rings, 1.0, [(-0.75, 0.3), (0.75, 0.3), (0.9, 0.17), (-0.9, 0.17)])
            if pocket is not None:
                sketch.add(
                    layer, "pocket", pocket, "clothes", "top", "spine", within=TOP, outlined=0.7
                )
        else:
            pocket = cut_piece(
                rings, 1.0, [(0.3, 0.72), (0.8, 0.73), (0.8, 0.62), (0.55, 0.6), (0.3, 0.62)]
            )
            if pocket is not None:
                sketch.add(
                    layer, "pocket", pocket, "clothes", "top", "spine", within=TOP, outlined=0.7
                )


def add_belt(sketch: Sketch, rig: Rig, layer: float) -> None:
    kind = rig.looks.outfit.belt
    if rig.looks.outfit.top == "robe":
        kind = "sash"
    if kind == "none" or rig.looks.outfit.top == "swimsuit":
        return
    high = {"belt": 0.06, "sash": 0.15, "cord": 0.035}[kind]
    rings = trunk_rings(rig, ease(rig) + 0.025)
    middle = 0.42
    color = "belt" if kind == "belt" else "accent"
    category = "belt"
    band = patch(rings, spot(middle - high / 2), spot(middle + high / 2), count=3, arc=5)
    sketch.add(layer, "belt", band, category, color, "hips", outlined=0.8)
    if rings.faces(0.0, spot(middle)) > 0.15:
        x, y = rings.points([0.0], [spot(middle)])[0].tolist()
        w = 0.05 * unit(rig)
        if kind == "belt":
            box = np.array(
                [
                    (x - w, y - w * 0.8),
                    (x + w, y - w * 0.8),
                    (x + w, y + w * 0.8),
                    (x - w, y + w * 0.8),
                ]
            )
            sketch.add(layer + 0.01, "buckle", box, category, "metal", "hips", outlined=0.7)
        else:
            add_bow(
                sketch, "belt.bow", (x, y), w * 2, color, category, layer + 0.02, "hips", tails=True
            )
    elif kind == "sash" and rings.faces(math.pi, spot(middle)) > 0.15:
        x, y = rings.points([math.pi], [spot(middle)])[0].tolist()
        add_bow(
            sketch,
            "belt.bow",
            (x, y),
            0.2 * unit(rig),
            color,
            category,
            layer + 0.02,
            "hips",
            tails=True,
        )


def add_pattern(
    sketch: Sketch,
    rig: Rig,
    rings: Rings,
    part: str,
    first: float,
    last: float,
    layer: float,
    prefix: str,
) -> None:
    """A pattern on what `part` shows of `rings` between two spots, of `Outfit.pattern`."""
    kind = rig.looks.outfit.pattern
    n = 0

    def mark(outline, color: str = "print") -> None:
        nonlocal n
        if outline is not None:
            sketch.add(
                layer,
                f"{prefix}.{kind}.{n}",
                outline,
                "clothes",
                color,
                "spine",
                within=part,
                marking=True,
            )
        n += 1

    rows = 4 + int(rig.chance(26) * 4)
    step = (last - first) / rows
    if kind in ("stripes", "plaid"):
        for k in range(rows):
            low = first + step * (k + 0.2)
            mark(patch(rings, low, low + step * 0.4, count=2, arc=5, steps=2))
    if kind in ("bars", "plaid"):
        for k in range(10):
            around = 2 * math.pi * k / 10
            mark(
                patch(
                    rings, first - 0.5, last + 0.3, around, around + 0.16, count=4, arc=1, steps=2
                ),
                "print" if kind == "bars" else "trim",
            )
    if kind in ("dots", "diamonds"):
        size = 0.035 * unit(rig) * (0.8 + 0.8 * rig.chance(27))
        for row in range(rows):
            for k in range(8):
                around = 2 * math.pi * (k + 0.5 * (row % 2)) / 8
                where = first + step * (row + 0.5)
                face = rings.faces(around, where)
                if face < 0.12:
                    n += 1
                    continue
                x, y = rings.points([around], [where])[0].tolist()
                mark(
                    curves.disc(
                        x,
                        y,
                        size * (0.3 + 0.7 * face),
                        size * (1.5 if kind == "diamonds" else 1.0),
                        10 if kind == "dots" else 4,
                    )
                )
    if kind == "hem":
        mark(patch(rings, first + 0.12, first + 0.12 + step * 0.5, count=2, arc=5, steps=2))
    if kind == "print" and rings.faces(0.0, (first + last) / 2) > 0.15:
        where = first + (last - first) * 0.62
        x, y = rings.points([0.0], [where])[0].tolist()
        face = rings.faces(0.0, where)
        r = 0.12 * unit(rig)
        shape = int(rig.chance(28) * 4)
        t = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        if shape == 0:  # a star
            radius = np.where(np.arange(20) % 4 == 0, 1.0, 0.45)
            points = np.stack([np.sin(t) * radius, -np.cos(t) * radius], 1)
        elif shape == 1:  # a heart
            points = np.stack(
                [
                    np.sin(t) ** 3,
                    -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16,
                ],
                1,
            )
        elif shape == 2:
            points = np.stack([np.sin(t), np.cos(t)], 1)
        else:  # a cat's head
            points = curves.loop(
                [
                    (-0.9, -1.0),
                    (-0.4, -0.6),
                    (0.4, -0.6),
                    (0.9, -1.0),
                    (1.0, 0.2),
                    (0.0, 0.9),
                    (-1.0, 0.2),
                ],
                3,
            )
        mark(points * [r * (0.3 + 0.7 * face), r] + [x, y])
