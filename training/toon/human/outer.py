"""What is worn over the rest: coats, capes, aprons, backpacks."""

from __future__ import annotations

import math

import numpy as np

from . import curves, tops
from .draping import coat_skirt, skirt_rings
from .rings import Rings, joined, patch, spot, stripe, trunk_rings
from .skeleton import Rig
from .sketch import Sketch, stroke

_COATS = {"coat": 0.42, "long coat": 0.82, "cardigan": 0.12, "jacket": 0.0}


def coat_rings(rig: Rig) -> tuple[Rings, float]:
    """The rings of the coat and the spot where its shoulders are."""
    length = _COATS[rig.looks.outfit.coat]
    trunk = trunk_rings(rig, tops.ease(rig) + 0.04)
    if length <= 0.05:
        return trunk, spot(0.96)
    lower = coat_skirt(rig, max(length, 0.14), 1.25, waist=0.44, grow=tops.ease(rig) + 0.045)
    return joined(lower, trunk, 4), spot(0.96) + 1


def add_coat(sketch: Sketch, rig: Rig, layer: float, behind: float) -> None:
    """A coat, open in front: its back, then a panel on each side."""
    kind = rig.looks.outfit.coat
    if kind == "none":
        return
    rings, top = coat_rings(rig)
    first = 0.0 if kind != "jacket" else spot(0.3)
    opened = 0.3 + 0.35 * rig.chance(31)
    away = rig.facing < 0
    if kind in ("coat", "long coat") and not away:
        back = patch(rings, first, top - 1, count=7, arc=5)
        sketch.add(behind, "coat.inside", back, "clothes", "coat", "spine")
    casts = ("top", "leg.left", "leg.right", "trouser.left", "trouser.right", "skirt")
    for s, side in ((1.0, "left"), (-1.0, "right")):
        low, high = (opened, math.pi + 0.02) if s > 0 else (-math.pi - 0.02, -opened)
        drop = -0.35

        def neck(around, drop=drop):
            return drop * np.abs(np.cos(around))

        panel = patch(rings, first, top, low, high, count=9, arc=5, top=neck)
        if panel is None:
            continue
        lines = []
        for k in range(3):
            around = s * (0.9 + 0.75 * k)
            line = stripe(
                rings,
                np.array([around, around * 0.97, around * 0.93]),
                [first + 0.05, first + 0.9, first + 1.6],
            )
            if line is not None:
                lines.append(stroke(line, 0.5, taper=(0.1, 0.9)))
        name = sketch.add(
            layer + 0.01 * (s > 0),
            f"coat.{side}",
            panel,
            "clothes",
            "coat",
            "spine",
            strokes=lines,
            casts=casts,
        )
        lapel = None
        if kind in ("coat", "long coat", "jacket"):
            levels = np.array([top, top - 0.6, top - 1.5, top - 3.0])
            around = np.array([opened + 0.35, opened + 0.55, opened + 0.5, opened]) * s
            right = rings.seen(levels)
            if float(np.sin(right - around).min()) > 0.05:
                inner = rings.points(np.full(4, opened * s), levels)
                outer = rings.points(around, levels)
                lapel = np.concatenate([inner, outer[::-1]]).astype(np.float32)
                sketch.add(
                    layer + 0.02,
                    f"coat.lapel.{side}",
                    lapel,
                    "clothes",
                    "coat",
                    "spine",
                    outlined=0.8,
                )
        if kind in ("coat", "jacket", "long coat") and rig.looks.outfit.pockets:
            where = first + (1.9 if kind != "jacket" else 0.6)
            pocket = patch(
                rings, where, where + 0.5, *sorted((s * 0.75, s * 1.25)), count=2, arc=1, steps=1
            )
            if pocket is not None:
                sketch.add(
                    layer + 0.03,
                    f"coat.pocket.{side}",
                    pocket,
                    "clothes",
                    "coat",
                    "spine",
                    within=name,
                    outlined=0.7,
                )


def add_coat_sleeve(sketch: Sketch, rig: Rig, side: str, layer: float, before: bool) -> None:
    if rig.looks.outfit.coat != "none":
        tops.add_sleeve(
            sketch,
            rig,
            side,
            layer,
            before,
            "long",
            f"coat.sleeve.{side}",
            "coat",
            tops.ease(rig) + 0.035,
            rig.chance(32) > 0.5,
            "coat",
        )


def add_cape(sketch: Sketch, rig: Rig, behind: float, before: float, collar: float) -> None:
    """A cape from the shoulders: behind a figure that looks at us, before one that looks away."""
    kind = rig.looks.outfit.cape
    if kind == "none":
        return
    length = 0.45 if kind == "cape" else 0.95
    trunk = trunk_rings(rig, 0.07 + tops.ease(rig))
    lower = coat_skirt(rig, length, 1.9, waist=0.46, grow=0.16)
    rings = joined(lower, trunk, 4)
    away = rig.facing < -0.15
    aside = abs(rig.facing) <= 0.5
    low, high = (math.pi - 1.75, math.pi + 1.75) if aside or away else (-9.0, 9.0)
    n = 9
    wave = np.where(np.arange(n) % 2 == 0, 0.12, -0.12)
    outline = patch(rings, 0.0, spot(0.95) + 1, low, high, count=8, arc=n, bottom=lambda a: wave)
    if outline is None:
        return
    lines = []
    for k in range(5):
        around = math.pi + (k - 2) * 0.55
        line = stripe(rings, np.full(4, around), np.array([0.1, 1.5, 3.0, 4.5]))
        if line is not None and (away or aside):
            lines.append(stroke(line, 0.55, taper=(0.1, 0.9)))
    sketch.add(
        before if away or aside else behind,
        "cape",
        outline,
        "clothes",
        "coat",
        "spine",
        strokes=lines,
    )
    mantle = trunk_rings(rig, 0.05 + tops.ease(rig))
    band = patch(
        mantle,
        spot(0.84),
        spot(0.98),
        count=3,
        arc=7,
        top=lambda a: -0.2 * np.cos(a).clip(0, 1),
        bottom=lambda a: -0.2 * np.cos(a).clip(0, 1),
    )
    sketch.add(collar, "cape.collar", band, "clothes", "coat", "neck")
    if mantle.faces(0.0, spot(0.9)) > 0.15:
        x, y = mantle.points([0.0], [spot(0.88)])[0].tolist()
        sketch.add(
            collar + 0.01,
            "cape.pin",
            curves.disc(x, y, 0.05 * (0.4 + 0.1 * rig.looks.body.heads)),
            "clothes",
            "metal",
            "neck",
            outlined=0.7,
        )


def add_apron(sketch: Sketch, rig: Rig, layer: float) -> None:
    if not rig.looks.outfit.apron:
        return
    trunk = trunk_rings(rig, tops.ease(rig) + 0.03)
    lower = skirt_rings(rig, 0.36, 1.3, waist=0.43, grow=0.06)
    wave = np.where(np.arange(9) % 2 == 0, 0.1, -0.1)
    skirt = patch(
        lower, 0.0, 4.0, -1.05, 1.05, count=5, arc=9, bottom=lambda a: wave + 0.25 * np.abs(a)
    )
    if skirt is not None:
        sketch.add(layer, "apron", skirt, "clothes", "under", "hips", casts=("skirt",))
        bib = patch(trunk, spot(0.42), spot(0.78), -0.6, 0.6, count=3, arc=3, steps=2)
        if bib is not None:
            sketch.add(layer + 0.01, "apron.bib", bib, "clothes", "under", "spine", casts=("top",))
    band = patch(trunk, spot(0.39), spot(0.46), count=2, arc=5)
    sketch.add(layer + 0.02, "apron.band", band, "clothes", "under", "hips", outlined=0.8)
    for s, side in ((1.0, "left"), (-1.0, "right")):
        strap = patch(
            trunk, spot(0.7), spot(0.93), *sorted((s * 0.42, s * 0.68)), count=4, arc=1, steps=2
        )
        if strap is not None:
            sketch.add(
                layer + 0.01,
                f"apron.strap.{side}",
                strap,
                "clothes",
                "under",
                "spine",
                outlined=0.8,
            )
    if trunk.faces(math.pi, spot(0.4)) > 0.2:
        from .tails import add_bow

        at = trunk.points([math.pi], [spot(0.42)])[0]
        add_bow(
            sketch,
            "apron.bow",
            at,
            0.11 + 0.02 * rig.looks.body.heads,
            "under",
            "clothes",
            layer + 0.04,
            "hips",
            tails=True,
        )


def add_backpack(sketch: Sketch, rig: Rig, behind: float, before: float, straps: float) -> None:
    if not rig.looks.extras.backpack:
        return
    centre = (rig.centres[4] + rig.centres[5]) / 2
    back = -rig.chest[:, 2] * rig.size.shoulder * 0.75
    half = rig.chest[:, 0] * rig.size.shoulder * 0.72
    deep = rig.chest[:, 2] * rig.size.shoulder * 0.42
    tall = rig.chest[:, 1] * rig.size.torso * 0.36
    corners = []
    for a in (-1, 1):
        for b in (-1, 1):
            for c in (-1, 1):
                p = centre + back + half * a * 0.85 + deep * b * 0.7 + tall * c * 0.85
                corners.append((float(p[0]), float(p[1]), 0.12 * rig.size.shoulder))
    away = rig.facing < 0.1
    layer = before if away else behind
    sketch.add(layer, "backpack", curves.hull(corners), "bag", "bag", "spine")
    if rig.facing < -0.3:
        x, y = (centre + back - deep + tall * 0.35)[:2].tolist()
        w, h = rig.size.shoulder * 0.5 * abs(rig.facing), rig.size.torso * 0.14
        pocket = curves.loop([(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)], 3)
        sketch.add(
            layer + 0.01,
            "backpack.pocket",
            pocket,
            "bag",
            "bag",
            "spine",
            within="backpack",
            outlined=0.8,
        )
    rings = trunk_rings(rig, tops.ease(rig) + 0.03)
    for s, side in ((1.0, "left"), (-1.0, "right")):
        strap = patch(
            rings, spot(0.5), spot(0.93), *sorted((s * 0.55, s * 0.85)), count=5, arc=1, steps=2
        )
        if strap is not None and rings.faces(s * 0.7, spot(0.7)) > 0.05:
            sketch.add(straps, f"strap.{side}", strap, "bag", "bag", "spine", outlined=0.8)
