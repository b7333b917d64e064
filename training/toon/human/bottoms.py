"""What the legs wear: skirts, trousers, socks, shoes."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .body import foot_circles, foot_frame, leg_joints, outward
from .draping import skirt_rings
from .looks import Outfit
from .rings import Rings, patch, spot, trunk_rings
from .skeleton import Rig
from .sketch import Sketch, stroke
from .tops import _flat_end

SKIRT = "skirt"
_TROUSERS = {"trousers": 1.9, "shorts": 0.62, "wide trousers": 1.92, "leggings": 1.93}


def skirt_of(o: Outfit) -> tuple[float, float, str] | None:
    """Length and flare of the skirt that an outfit has, and its colour; None without one."""
    if o.top == "gown":
        return 1.02, o.flare + 0.35, "top"
    if o.top == "dress":
        return min(o.skirt_length * 0.62 + 0.18, 0.9), o.flare, "top"
    if o.top == "robe":
        return 0.95, 1.12, "top"
    if o.top == "swimsuit":
        return None
    if o.bottom in ("skirt", "pleated"):
        return o.skirt_length * 0.52, o.flare, "bottom"
    if o.bottom == "long skirt":
        return o.skirt_length * 0.55, o.flare, "bottom"
    return None


def trousers_of(o: Outfit) -> str | None:
    if o.top == "swimsuit":
        return "shorts"
    if skirt_of(o) is not None:
        return None
    return o.bottom if o.bottom in _TROUSERS else None


def add_seat(sketch: Sketch, rig: Rig, layer: float) -> None:
    """What covers the hips: trousers' upper part, or something under a skirt."""
    o = rig.looks.outfit
    kind = trousers_of(o)
    rings = trunk_rings(rig, 0.018 if kind else 0.008)
    between = np.array([0.15, 0.6, 1.0, 0.6, 0.15])  # rounded between the legs

    def low(around):
        return -0.35 * between

    outline = patch(rings, 0.0, spot(0.42 if kind else 0.22), count=6, arc=5, bottom=low)
    color = "top" if o.top == "swimsuit" else "bottom" if kind else "lining"
    lines = []
    if kind and rig.facing > 0.3 and rig.looks.body.heads > 2.8:
        fly = rings.points(np.full(3, 0.02), [spot(0.4), spot(0.2), spot(0.03)])
        lines.append(stroke(curves.line(fly), 0.5, taper=(0, 0.6)))
    sketch.add(layer, "seat", outline, "clothes", color, "hips", strokes=lines, outlined=1.0)


def add_trouser(sketch: Sketch, rig: Rig, side: str, layer: float) -> None:
    kind = trousers_of(rig.looks.outfit)
    if kind is None:
        return
    a, b, c = (np.array(p) for p in leg_joints(rig, side))
    loose = {"leggings": 0.008, "wide trousers": 0.06, "shorts": 0.04}.get(kind, 0.028) * (
        0.5 + rig.looks.body.heads / 10
    )
    wa, wb, wc = (w + loose for w in rig.size.leg)
    color = "top" if rig.looks.outfit.top == "swimsuit" else "bottom"
    reach = _TROUSERS[kind]
    out = outward(rig, f"{side}_hip")
    if reach <= 1:
        end = a + (b - a) * reach
        tip = _flat_end(end, end - a, wa * 0.98)
        outline, seam = curves.bent_limb(
            a, a + (b - a) * reach * 0.5, end, wa, wa, wa * 0.98, tip=tip, outward=out
        )
        lines = []
    else:
        end = b + (c - b) * (reach - 1)
        if kind == "wide trousers":
            wc = wb * 1.5
        elif kind == "trousers":
            wc *= 1.15
        tip = _flat_end(end, end - b, wc)
        calf = 0.24 if kind == "leggings" else 0.14
        outline, seam = curves.bent_limb(
            a, b, end, wa, wb, wc, bulge=(0.02 * wa, calf * wb), tip=tip, outward=out
        )
        lines = _knee_folds(rig, a, b, c, wb, wc)
    sketch.add(
        layer,
        f"trouser.{side}",
        outline,
        "clothes",
        color,
        f"{side}_knee",
        strokes=lines,
        seams=(seam,),
    )


def _knee_folds(rig: Rig, a, b, c, wb: float, wc: float) -> list:
    if rig.looks.body.heads < 2.6:
        return []
    bone = (c - b) / (np.hypot(*(c - b)) + 1e-6)
    n = np.array([-bone[1], bone[0]])
    end = c - bone * wc * 0.8
    out = [
        stroke([b + n * wb * 0.95 + bone * wb * 0.3, b + n * wb * 0.1], 0.5, taper=(0.1, 0.9)),
        stroke(
            [b - n * wb * 0.95 + bone * wb * 0.7, b - n * wb * 0.2 + bone * wb * 0.4],
            0.5,
            taper=(0.1, 0.9),
        ),
        stroke([end + n * wc * 0.9, end + bone * wc * 0.3], 0.5, taper=(0.1, 0.9)),
        stroke(
            [end - n * wc * 0.95 - bone * wc * 0.6, end - n * wc * 0.1 - bone * wc * 0.2],
            0.5,
            taper=(0.1, 0.9),
        ),
    ]
    root = a + (b - a) * 0.12
    out.append(
        stroke([root + n * wb * 0.9, root - n * wb * 0.1 + bone * wb * 0.4], 0.5, taper=(0.6, 0.9))
    )
    return out


def add_skirt(sketch: Sketch, rig: Rig, layer: float) -> Rings | None:
    """The skirt, gown or robe below the waist; gives its rings."""
    o = rig.looks.outfit
    form = skirt_of(o)
    if form is None:
        return None
    length, flare, color = form
    rings = skirt_rings(rig, length, flare, waist=0.44)
    pleats = 15 if o.bottom == "pleated" and color == "bottom" else 9
    deep = 0.07 if pleats == 9 else 0.05

    def hem(around):
        wave = np.where(np.arange(len(around)) % 2 == 0, -1.0, 1.0)
        return -0.06 - deep * wave * (1 if color == "bottom" or o.top != "robe" else 0.1)

    outline = patch(rings, 0.0, 4.0, count=6, arc=pleats, bottom=hem, steps=3 if pleats == 9 else 2)
    edge = rings.right[0] - math.pi + np.linspace(0, 1, pleats + 2)[1:-1] * math.pi
    lines = []
    for k in range(0, pleats, 2) if pleats == 9 else range(pleats):
        if o.top == "robe" and k % 4:
            continue
        top = rings.right[4] - math.pi + (edge[k] - rings.right[0] + math.pi)
        reach = 3.7 if pleats == 15 else 1.4 + 2.0 * rig.chance(k + 20)
        around = np.linspace(edge[k], top, 4)
        line = rings.points(around, np.linspace(0.02, reach, 4))
        lines.append(stroke(curves.line(line, 3), 0.55, taper=(0.1, 0.9 if pleats == 9 else 0.3)))
    sketch.add(
        layer,
        SKIRT,
        outline,
        "clothes",
        color,
        "hips",
        strokes=lines,
        casts=("leg.left", "leg.right", "sock.left", "sock.right"),
    )
    if max(rig.pose.leg_forward) > 30:
        # it follows the thighs of those who sit, and their hips need cloth of their own
        grow = rig.size.leg[0] * 1.1 + 0.02
        circles = [(*rig.at(f"{side}_hip"), grow) for side in ("left", "right")]
        circles.append((*rig.centres[2, :2].tolist(), rig.size.waist * 0.8))
        sketch.add(layer - 0.1, "skirt.seat", curves.hull(circles), "clothes", color, "hips")
    waist = trunk_rings(rig, 0.03)
    if o.belt == "none" and color == "bottom":
        band = patch(waist, spot(0.37), spot(0.45), arc=5, count=3)
        sketch.add(layer + 0.2, "skirt.band", band, "clothes", color, "hips", outlined=0.8)
    if o.hem:
        band = patch(rings, 0.25, 0.55, arc=pleats, count=3)
        sketch.add(
            layer + 0.1, "skirt.hem", band, "clothes", "trim", "hips", within=SKIRT, marking=True
        )
    if o.top == "gown" and rig.chance(22) > 0.4:
        for k in range(2):
            ruffle = patch(
                rings,
                0.9 + 0.9 * k,
                1.25 + 0.9 * k,
                arc=9,
                count=3,
                bottom=lambda a: 0.1 * np.cos(a * 9),
            )
            sketch.add(
                layer + 0.11 + 0.01 * k,
                f"skirt.ruffle.{k}",
                ruffle,
                "clothes",
                "trim",
                "hips",
                within=SKIRT,
                marking=True,
            )
    return rings


_SOCKS = {"ankle": 1.78, "calf": 1.5, "knee": 1.12, "thigh": 0.55, "tights": 0.0}


def add_sock(sketch: Sketch, rig: Rig, side: str, layer: float) -> None:
    kind = rig.looks.outfit.socks
    if kind == "none" or rig.looks.outfit.shoes in ("bare", "sandals"):
        return
    if trousers_of(rig.looks.outfit) not in (None, "shorts"):
        kind = "ankle"  # what trousers hide
    a, b, c = (np.array(p) for p in leg_joints(rig, side))
    wa, wb, wc = (w + 0.006 for w in rig.size.leg)
    reach = _SOCKS[kind]
    foot = curves.hull(foot_circles(rig, side, 0.004))
    sketch.add(layer, f"sock.foot.{side}", foot, "socks", "socks", f"{side}_foot")
    name = f"sock.{side}"
    if reach < 1:
        start = a + (b - a) * reach
        ws = wa + (wb - wa) * reach * 0.85 + 0.004
        outline, _ = curves.bent_limb(start, b, c, ws, wb, wc, bulge=(0, 0.22 * wb))
    else:
        start = b + (c - b) * (reach - 1)
        ws = (wb * 1.12 + (wc - wb) * (reach - 1)) + 0.006
        outline, _ = curves.bent_limb(
            start, (start + c) / 2, c, ws, ws * 0.5 + wc * 0.5 + 0.12 * wb * (2 - reach), wc
        )
    # a flat upper edge: its round cap is pressed down
    way = (start - b) if reach < 1 else (start - c)
    way = way / (np.hypot(*way) + 1e-6)
    beyond = ((outline - start) @ way).clip(0, None)
    outline = outline - (beyond[:, None] * 0.8 * way).astype(np.float32)
    sketch.add(
        layer + 0.05,
        name,
        outline,
        "socks",
        "socks",
        f"{side}_knee",
        seams=(curves.LIMB_END,),
    )
    if kind in ("knee", "thigh", "calf") and rig.looks.outfit.hem:
        across = np.array([-way[1], way[0]])
        for k in range(2):
            at = start - way * (0.05 + 0.05 * k)
            band = np.array(
                [
                    at + across * ws * 1.2,
                    at - across * ws * 1.2,
                    at - across * ws * 1.2 - way * 0.025,
                    at + across * ws * 1.2 - way * 0.025,
                ]
            )
            sketch.add(
                layer + 0.06,
                f"sock.band.{side}.{k}",
                band,
                "socks",
                "trim",
                f"{side}_knee",
                within=name,
                marking=True,
            )


def add_shoe(sketch: Sketch, rig: Rig, side: str, layer: float) -> None:
    kind = rig.looks.outfit.shoes
    if kind == "bare":
        return
    circles = foot_circles(rig, side, 0.018)
    ankle, toe, towards = foot_frame(rig, side)
    bone = f"{side}_foot"
    boots = kind in ("boots", "long boots")
    low = circles.copy()
    drop = circles[1, :2] - ankle
    if not boots:
        low[0, :2] = ankle + drop * (0.35 if kind == "sneakers" else 0.62)
    down = rig.joints[f"{side}_foot"][:2] - rig.joints[f"{side}_knee"][:2]
    down = down / (np.hypot(*down) + 1e-6)
    if kind == "heels":
        heel = circles[1, :2] + down * circles[1, 2] * 1.2
        sketch.add(
            layer - 0.01,
            f"heel.{side}",
            curves.hull([(*circles[1, :2], circles[1, 2] * 0.6), (*heel, circles[1, 2] * 0.3)], 14),
            "shoes",
            "sole",
            bone,
        )
    name = f"shoe.{side}"
    lines = []
    tip, middle = circles[3], circles[2]
    if kind in ("shoes", "sneakers", "loafers"):
        at = middle[:2] * 0.6 + ankle * 0.4
        n = (
            np.array([-toe[1], toe[0]]) / (np.hypot(*toe) + 1e-6)
            if abs(towards) < 0.8
            else np.array([1.0, 0.0])
        )
        for k in range(3 if kind == "sneakers" else 1):
            mid = at + (tip[:2] - at) * 0.22 * k
            side_n = np.array([1.0, 0.0]) if towards > 0.5 else (down * -1 + n * 0.2)
            lines.append(
                stroke(
                    [mid - side_n * middle[2] * 0.45, mid + side_n * middle[2] * 0.45],
                    0.5,
                    taper=(0.2, 0.2),
                )
            )
    sketch.add(layer, name, curves.hull(low), "shoes", "shoes", bone, strokes=lines)
    # the sole: what is low of the shoe
    base = np.array([(*(c[:2] + down * c[2] * 0.68), c[2] * 1.1) for c in circles[1:]])
    lower = base.copy()
    lower[:, :2] += down * 0.35 * base[:, 2:]
    cut = [base[0, :2] - (tip[:2] - base[0, :2]) * 2, tip[:2] + (tip[:2] - base[0, :2]) * 2]
    if np.hypot(*(tip[:2] - circles[1, :2])) < 0.12:
        cut = [
            circles[1, :2] + [-0.5, circles[3, 2] * 0.9 + (tip[1] - circles[1, 1])],
            circles[1, :2] + [0.5, circles[3, 2] * 0.9 + (tip[1] - circles[1, 1])],
        ]
    else:
        shift = down * circles[1, 2] * 0.5
        cut = [
            circles[1, :2] + shift - (tip[:2] - circles[1, :2]),
            tip[:2] + shift * (tip[2] / circles[1, 2]) + (tip[:2] - circles[1, :2]),
        ]
    sole = np.array([cut[0], cut[1], cut[1] + down * 0.6, cut[0] + down * 0.6])
    sketch.add(layer + 0.02, f"sole.{side}", sole, "shoes", "sole", bone, within=name, outlined=0.7)
    if boots:
        _shaft(sketch, rig, side, layer + 0.01, kind)


def _shaft(sketch: Sketch, rig: Rig, side: str, layer: float, kind: str) -> None:
    _, b, c = (np.array(p) for p in leg_joints(rig, side))
    _, wb, wc = (w + 0.028 for w in rig.size.leg)
    reach = 0.62 if kind == "boots" else 0.12
    start = b + (c - b) * reach
    ws = wc + (wb * 1.12 - wc) * (1 - reach) + 0.01
    outline, _ = curves.bent_limb(
        start, (start + c) / 2, c, ws, (ws + wc) / 2 + 0.1 * wb * (1 - reach), wc
    )
    way = (b - c) / (np.hypot(*(b - c)) + 1e-6)
    outline = outline - ((((outline - start) @ way).clip(0, None))[:, None] * 0.8 * way).astype(
        np.float32
    )
    sketch.add(
        layer, f"shaft.{side}", outline, "shoes", "shoes", f"{side}_knee", seams=(curves.LIMB_END,)
    )
    n = np.array([-way[1], way[0]])
    at = start - way * 0.06
    band = np.array(
        [
            at + n * ws * 1.08,
            at - n * ws * 1.08,
            at - n * ws * 1.08 + way * 0.06,
            at + n * ws * 1.08 + way * 0.06,
        ]
    )
    if rig.chance(24) > 0.4:
        sketch.add(
            layer + 0.02, f"shaft.band.{side}", band, "shoes", "sole", f"{side}_knee", outlined=0.7
        )
