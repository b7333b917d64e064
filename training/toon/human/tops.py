"""What the trunk and the arms wear: tops with necklines and sleeves."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .body import TRUNK, arm_joints, outward
from .hands import hand_points
from .rings import Rings, patch, spot, stripe, trunk_rings
from .skeleton import Rig
from .sketch import Sketch, stroke

TOP = "top"
TUCKED = (
    "shirt",
    "blouse",
    "tank",
    "bodice",
    "dress",
    "gown",
    "robe",
    "swimsuit",
    "vest",
    "sailor",
)
# how loose cloth is about the trunk and the arms
_EASE = {
    "hoodie": 0.05,
    "sweater": 0.035,
    "suit": 0.03,
    "blazer": 0.03,
    "robe": 0.035,
    "armour": 0.035,
    "swimsuit": 0.004,
    "tank": 0.012,
    "uniform": 0.03,
}


def ease(rig: Rig) -> float:
    """How loose the top is, a length."""
    return _EASE.get(rig.looks.outfit.top, 0.02) * (0.6 + 0.08 * rig.looks.body.heads)


def neckline(kind: str):
    """How far a neckline lies below its spot, by azimuth; and that spot."""

    def dip(deep: float, sharp: float):
        return lambda around: -deep * np.maximum(np.cos(around), 0) ** sharp

    return {
        "none": (spot(0.74), dip(0.0, 1)),
        "square": (spot(0.925), dip(1.25, 0.6)),
        "v": (spot(0.96), dip(1.5, 2.5)),
        "round": (spot(0.965), dip(0.5, 1.5)),
        "lapels": (spot(0.965), dip(0.6, 2)),
        "turtle": (spot(0.985), dip(0.1, 1)),
    }.get(kind, (spot(0.97), dip(0.35, 1.5)))


def hem_level(rig: Rig) -> float:
    """Level of the trunk where the top ends."""
    o = rig.looks.outfit
    if o.top == "swimsuit":
        return 0.0
    if o.top in TUCKED:
        return 0.34
    return 0.1 + 0.12 * rig.chance(14)


def add_top(sketch: Sketch, rig: Rig, layer: float) -> None:
    o = rig.looks.outfit
    rings = trunk_rings(rig, ease(rig))
    kind = "turtle" if o.collar in ("turtle", "hood") else o.collar
    last, top = neckline(kind)
    first = spot(hem_level(rig))
    count = 9
    loose = np.zeros(count)
    if o.top in ("sweater", "hoodie", "shirt", "blouse"):
        loose[:4] = np.array([0.01, 0.035, 0.03, 0.01]) * (0.5 + rig.looks.body.heads / 8)
    outline = patch(rings, first, last, count=count, arc=7, top=top, grow=loose)
    lines = folds(rig, rings, first)
    if o.top in ("suit", "blazer", "uniform", "shirt", "blouse", "vest") and o.collar != "turtle":
        front = stripe(rings, np.full(4, 0.03), np.linspace(first, spot(0.8), 4))
        if front is not None:
            lines.append(stroke(front, 0.6, taper=(0.0, 0.2)))
    sketch.add(layer, TOP, outline, "clothes", "top", "spine", strokes=lines, casts=("seat",))
    if o.top in ("sweater", "hoodie", "uniform"):
        band = patch(rings, first - 0.3, first + 0.35, grow=np.full(7, 0.012), arc=5)
        sketch.add(
            layer + 0.1,
            "top.band",
            band,
            "clothes",
            "top" if o.top == "sweater" else "trim",
            "hips",
            outlined=0.7,
        )
    if o.top == "armour":
        _plates(sketch, rig, rings, layer + 0.2)
    if o.top in ("suit", "blazer", "vest"):
        _open_front(sketch, rig, rings, layer + 0.2)
    if o.top == "robe":
        for s in (1.0, -1.0):
            edge = stripe(
                rings,
                np.array([0.8, 0.45, 0.0, -0.5]) * s,
                [spot(0.97), spot(0.86), spot(0.66), spot(0.45)],
            )
            if edge is not None:
                sketch.add(
                    layer + 0.3 + 0.01 * s,
                    f"robe.edge.{s:.0f}",
                    curves.tube(edge, 0.045 * (0.5 + rig.looks.body.heads / 8), 1),
                    "clothes",
                    "trim",
                    "spine",
                    within=TOP,
                    outlined=0.7,
                )


def folds(rig: Rig, rings: Rings, first: float) -> list:
    """Lines where cloth is pulled: under the arms, at the waist, below the bust."""
    out = []
    if rig.looks.body.heads < 2.6:
        return out
    way = 1.0 if rig.facing >= 0 else -1.0
    middle = 0.0 if way > 0 else math.pi
    for k, (around, high, lean) in enumerate(
        (
            (1.05, 0.66, -0.3),
            (-1.0, 0.64, 0.3),
            (0.75, 0.42, -0.25),
            (-0.7, 0.4, 0.3),
            (0.9, 0.5, -0.2),
        )
    ):
        if rig.chance(k + 2) < 0.3:
            continue
        start, end = spot(high), spot(high - 0.1)
        if end < first:
            continue
        line = stripe(
            rings,
            middle + way * np.array([around, around + lean * 0.6, around + lean]),
            [start, (start + end) / 2 + 0.1, end],
        )
        if line is not None:
            out.append(stroke(line, 0.5))
    if rig.looks.body.bust > 0.25 and way > 0:
        for s in (1.0, -1.0):
            line = stripe(
                rings, np.array([0.25, 0.5, 0.85]) * s, [spot(0.565), spot(0.55), spot(0.6)]
            )
            if line is not None:
                out.append(stroke(line, 0.5))
    return out


def _plates(sketch: Sketch, rig: Rig, rings: Rings, layer: float) -> None:
    for s, side in ((1.0, "left"), (-1.0, "right")):
        lower, upper = (0.06, 1.35) if s > 0 else (-1.35, -0.06)
        plate = patch(rings.grown(0.02), spot(0.5), spot(0.86), lower, upper, arc=4)
        if plate is not None:
            sketch.add(layer, f"plate.{side}", plate, "clothes", "metal", "spine")
    for k in range(3):
        band = patch(
            rings.grown(0.02 - 0.004 * k), spot(0.14 + 0.1 * k), spot(0.26 + 0.1 * k), arc=5
        )
        sketch.add(
            layer + 0.1 + 0.01 * k,
            f"plate.belly.{k}",
            band,
            "clothes",
            "metal",
            "spine",
            outlined=0.8,
        )


def _open_front(sketch: Sketch, rig: Rig, rings: Rings, layer: float) -> None:
    """The shirt that shows where a jacket is open, down to its first button."""
    deep = 0.5 if rig.looks.outfit.top == "vest" else 0.4 + 0.15 * rig.chance(15)
    width = np.linspace(0.02, 0.52, 5)
    spots = np.linspace(spot(deep), spot(0.985), 5)
    if rings.faces(0.0, spot(0.75)) < 0.1:
        return
    right, left = rings.points(width, spots), rings.points(-width, spots)
    outline = np.concatenate([right, left[::-1]])
    sketch.add(layer, "shirt", outline, "clothes", "under", "spine", within=TOP, outlined=0.8)


_REACH = {"short": 0.5, "puff": 0.42, "elbow": 1.0, "rolled": 1.25, "long": 1.93, "wide": 1.85}


def sleeve_reach(rig: Rig, kind: str) -> float:
    """How far a sleeve goes: 1 is the elbow, 2 the wrist."""
    return _REACH[kind]


def add_sleeve(
    sketch: Sketch,
    rig: Rig,
    side: str,
    layer: float,
    before: bool,
    kind: str,
    name: str,
    color: str,
    loose: float,
    cuffs: bool,
    cuff_color: str,
) -> None:
    """One sleeve over an arm."""
    if kind == "none":
        return
    a, b, c = (np.array(p) for p in arm_joints(rig, side))
    wa, wb, wc = (w + loose for w in rig.size.arm)
    wa += 0.012
    reach = _REACH[kind]
    out = outward(rig, f"{side}_shoulder")
    man = 0.1 * rig.size.arm[0] * (1 - rig.looks.body.woman)
    bone = f"{side}_elbow"
    if kind == "puff":
        middle = a + (b - a) * 0.22
        end = a + (b - a) * reach
        outline = curves.hull(
            [
                (*(a + (b - a) * 0.02), wa * 1.05),
                (*middle, wa * 1.5),
                (*(a + (b - a) * 0.36), wa * 1.35),
            ]
        )
        lines = [
            stroke(
                curves.line([end + (middle - end) * t + np.array([o, 0]) * wa for t in (0.1, 0.6)]),
                0.5,
            )
            for o in (-0.5, 0.0, 0.5)
        ]
        sketch.add(layer, name, outline, "clothes", color, bone, strokes=lines)
    elif reach <= 1:
        end = a + (b - a) * reach
        middle = a + (b - a) * reach * 0.5
        flat = _flat_end(end, end - a, wa * 0.98 + 0.01)
        outline, seam = curves.bent_limb(
            a, middle, end, wa, wa * 1.0, wa * 1.02, tip=flat, outward=out
        )
        sketch.add(
            layer,
            name,
            outline,
            "clothes",
            color,
            bone,
            seams=(seam,) if before else (),
            casts=(f"arm.{side}",) if before else (),
        )
    else:
        end = b + (c - b) * (reach - 1)
        we = wc * 1.05
        tip = _flat_end(end, end - b, we)
        if kind == "wide":
            we = wc * 2.3
            hang = np.array([0.0, 1.0]) * rig.size.forearm * 0.32
            along = (end - b) / (np.hypot(*(end - b)) + 1e-6)
            n = np.array([-along[1], along[0]])
            lower = 1.0 if n[1] > 0 else -1.0
            tip = [end + n * we, end + n * we * 0.3 + along * 0.03, end - n * we]
            k = 0 if lower > 0 else 2
            tip[k] = tip[k] + hang
            tip[1] = (tip[0] + tip[2]) / 2 + along * 0.04
            tip = [tuple(p) for p in tip]
        outline, seam = curves.bent_limb(
            a, b, end, wa, wb, we, bulge=(man, 0.012), tip=tip, outward=out
        )
        sketch.add(
            layer,
            name,
            outline,
            "clothes",
            color,
            bone,
            strokes=_elbow_folds(rig, side, a, b, c, wb),
            seams=(seam,) if before else (),
            casts=(TRUNK, TOP) if before else (),
        )
    if cuffs and kind not in ("wide",):
        start, stop = (a, b) if reach <= 1 else (b, c)
        share = reach if reach <= 1 else reach - 1
        end = start + (stop - start) * share
        way = (stop - start) / (np.hypot(*(stop - start)) + 1e-6)
        w = (wa if reach <= 1 else wc) * (1.1 if kind != "puff" else 1.0)
        high = 0.03 + 0.25 * w
        n = np.array([-way[1], way[0]])
        band = [
            end - way * high - n * w,
            end - way * high + n * w,
            end + way * high * 0.5 + n * w,
            end + way * high * 0.9,
            end + way * high * 0.5 - n * w,
        ]
        sketch.add(
            layer + 0.1, f"{name}.cuff", np.array(band), "clothes", cuff_color, bone, outlined=0.8
        )


def _flat_end(end, along, wide: float):
    """Points of a sleeve's or trouser's open end."""
    along = np.asarray(along) / (np.hypot(*along) + 1e-6)
    n = np.array([-along[1], along[0]])
    return [
        tuple(end + n * wide + along * 0.012),
        tuple(end + along * (0.015 + wide * 0.15)),
        tuple(end - n * wide + along * 0.012),
    ]


def _elbow_folds(rig: Rig, side: str, a, b, c, w: float) -> list:
    if rig.looks.body.heads < 2.6:
        return []
    inside = (a + c) / 2 - b
    length = np.hypot(*inside)
    bone = (c - b) / (np.hypot(*(c - b)) + 1e-6)
    n = np.array([-bone[1], bone[0]])
    if length > 0.2 * np.hypot(*(c - b)):
        inside = inside / length
        out = []
        for k in (-0.3, 0.25):
            start = b + inside * w * 0.9 + bone * w * k * 1.6
            out.append(
                stroke(
                    [start, start - inside * w * 0.7 + bone * w * k * 0.8], 0.5, taper=(0.1, 0.9)
                )
            )
        return out
    return [
        stroke([b + n * w * 0.9, b + n * w * 0.1 + bone * w * 0.4], 0.5, taper=(0.1, 0.9)),
        stroke([b + bone * w * 1.6 - n * w * 0.9, b + bone * w * 1.3], 0.5, taper=(0.1, 0.9)),
    ]


def add_glove(sketch: Sketch, rig: Rig, side: str, layer: float) -> None:
    """A glove over a hand, of `Outfit.gloves`."""
    kind = rig.looks.outfit.gloves
    if kind == "none":
        return
    index = 0 if side == "left" else 1
    _, b, c = (np.array(p) for p in arm_joints(rig, side))
    w = rig.size.arm[2] + 0.012
    start = c - (c - b) * (0.2 if kind != "long" else 0.95)
    hand, lines = hand_points(rig, side, rig.pose.hands[index], 1.06)
    wide = w * 1.12 if kind != "long" else rig.size.arm[1] + 0.012
    if kind == "fingerless":
        way = (c - b) / (np.hypot(*(c - b)) + 1e-6)
        n = np.array([-way[1], way[0]])
        reach = rig.size.hand * 0.56
        hand = [
            tuple(c + way * reach * 0.9 + n * w * 1.6),
            tuple(c + way * reach),
            tuple(c + way * reach * 0.9 - n * w * 1.6),
        ]
        lines = []
    outline, _ = curves.bent_limb(start, (start + c) / 2, c, wide, (wide + w) / 2, w, tip=hand)
    sketch.add(layer, f"glove.{side}", outline, "clothes", "gloves", f"{side}_hand", strokes=lines)
