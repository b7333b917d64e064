"""Hair: a cap on the skull, locks before it, locks and a mass behind."""

from __future__ import annotations

import math

import numpy as np

from ..labels import HIGHLIGHT
from ..model import Tone
from . import curves
from .face import FACE
from .hair_ends import add_curls, add_spikes
from .head import HeadView
from .looks import Hair
from .skeleton import Rig
from .sketch import Sketch, stroke

CAP = "hair.cap"
# Height of the hairline by azimuth from the middle of the face, degrees.
_LINE_AT = np.radians([0, 25, 48, 62, 74, 84, 94, 108, 130, 180])
_LINE_Y = np.array([-0.31, -0.29, -0.2, -0.05, 0.1, 0.16, 0.06, 0.24, 0.36, 0.42])
_ACROSS = np.linspace(-np.pi / 2, np.pi / 2, 13)
_OVER = np.radians(np.linspace(8, 172, 9))


def shell_radius(y, volume: float) -> np.ndarray:
    """Radius of the hair about the skull at a height of the head."""
    height = np.minimum((np.asarray(y, float) + 0.05) / (0.535 + 0.04 * volume), 0.0)
    return (0.44 + 0.055 * volume) * np.sqrt(np.maximum(1 - height**2, 0.0))


def add_cap(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    """The hair that lies on the skull, from the hairline up."""
    hair = rig.looks.hair
    turn = math.radians(view.yaw)
    around = (_ACROSS - turn + np.pi) % (2 * np.pi) - np.pi
    low = np.interp(np.abs(around), _LINE_AT, _LINE_Y)
    if hair.back != "none":
        low = np.where(np.abs(around) > 1.9, low + 0.1, low)
    radius = shell_radius(np.minimum(low, 0.0), hair.volume) - 0.06 * np.maximum(low - 0.1, 0) / 0.3
    edge, _ = view.shell(around, low, radius)
    wide, high = 0.44 + 0.055 * hair.volume, 0.535 + 0.04 * hair.volume
    crown = np.stack([np.cos(_OVER) * wide, -0.05 - np.sin(_OVER) * high], 1)
    if hair.spiky > 0.3:
        crown[1:-1:2] *= 1 + 0.1 * hair.spiky
    outline = curves.loop(np.concatenate([edge, crown]), 4)
    whorl = view.shell(np.pi, np.array(-0.5), np.array(0.16))[0]
    lines = []
    if abs(view.yaw) > 60:
        for k in range(5):
            a = math.pi + (k - 2) * 0.55 + 0.1 * rig.chance(k)
            tip, depth = view.shell(a, np.array(0.1), shell_radius(0.1, hair.volume))
            if depth > 0:
                middle = (
                    (whorl + tip) / 2 + (tip - whorl) * 0.05 + np.array([(tip[0]) * 0.25, -0.05])
                )
                lines.append(
                    stroke(view.place(curves.line([whorl * 0.5 + middle * 0.5, middle, tip])), 0.5)
                )
    sketch.add(
        layer,
        CAP,
        view.place(outline),
        "hair",
        "hair",
        "head",
        strokes=lines,
        tones=ring(rig, view),
        casts=(FACE,),
        seams=_runs(np.abs(around) > 1.8) if hair.back != "none" and hair.length > 0.6 else (),
    )


def _runs(free: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Stretches of the cap's lower edge (4 points of the outline each) where `free` holds."""
    out, start = [], None
    for k, value in enumerate([*free, False]):
        if value and start is None:
            start = k
        elif not value and start is not None:
            if k - 1 > start:
                out.append((4 * start, 4 * (k - 1)))
            start = None
    return tuple(out)


def ring(rig: Rig, view: HeadView) -> list[Tone]:
    """The light that runs around hair."""
    kind = rig.looks.hair.ring
    if kind == "none":
        return []
    hair = rig.looks.hair
    across = np.linspace(-1.15, 1.15, 15)
    y = np.full(15, -0.36)
    thick = 0.045 * np.cos(across * 1.2)
    zig = np.where(np.arange(15) % 2 == 0, 1.0, -1.0)
    if kind == "zigzag":
        upper, lower = y - thick - 0.02 * zig, y + thick + 0.035 * zig
    else:
        upper, lower = y - thick, y + thick * 0.6
    bands = [slice(0, 15)] if kind != "spots" else [slice(1, 5), slice(6, 11), slice(12, 15)]
    out = []
    for band in bands:
        curve = []
        for line, reverse in ((upper, 1), (lower, -1)):
            depth = np.cos(across) * shell_radius(line, hair.volume)
            points = np.stack(
                [
                    np.sin(across) * shell_radius(line, hair.volume),
                    line + depth * (view.tilt * 0.9 + 0.12),
                ],
                1,
            )
            curve.append(points[band][::reverse])
        out.append(Tone(HIGHLIGHT, view.place(np.concatenate(curve))))
    return out


def _bangs_plan(rig: Rig, hair: Hair) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Azimuths of roots and tips (radians) and heights of tips of the locks on the forehead."""
    n = hair.locks
    u = np.linspace(-1, 1, n)
    jitter = np.array([rig.chance(k) for k in range(n)]) - 0.5
    root = u * 0.75
    tip = u * 1.02 + jitter * 0.12
    deep = np.where(np.arange(n) % 2 == 0, 1.0, 0.6)
    y = -0.09 + 0.1 * deep + 0.1 * np.abs(u) ** 2 + jitter * 0.06
    p = hair.parting
    away = np.sign(u - p + 1e-3)
    if hair.bangs == "parted":
        tip = tip + away * (0.42 - 0.22 * np.abs(u - p))
        y = -0.24 + 0.38 * np.minimum(np.abs(u - p), 1.0) + jitter * 0.05
    elif hair.bangs == "swept":
        way = 1.0 if p > 0 else -1.0
        root = u * 0.7 - way * 0.12
        tip = tip + way * 0.32
        y = -0.16 + 0.13 * deep + 0.11 * (u * way + 1) + jitter * 0.05
    elif hair.bangs == "between":
        y = -0.12 + 0.26 * np.abs(u) ** 1.5 + 0.05 * deep + jitter * 0.04
        y[n // 2] = 0.14
        tip[n // 2] *= 0.4
    elif hair.bangs == "wild":
        tip = tip + np.where(np.arange(n) % 2 == 0, 0.16, -0.16)
        y = y + 0.05 * (deep - 0.6)
    elif hair.bangs == "blunt":
        y = np.full(n, -0.05) + 0.12 * np.maximum(np.abs(u) - 0.75, 0) * 4 * 0.3 + jitter * 0.012
        tip = u * 1.0
    elif hair.bangs == "open":
        tip = tip + away * 0.5
        y = -0.3 + 0.34 * np.abs(u - p) ** 1.3 + jitter * 0.04
    elif hair.bangs == "one eye":
        way = 1.0 if p > 0 else -1.0
        tip = tip + way * 0.2
        y = -0.14 + 0.06 * deep + 0.3 * np.clip(u * way + 0.15, 0, 0.9)
    y = -0.34 + (y + 0.34 - 0.045) * hair.bangs_length
    return root, tip.clip(-1.35, 1.35), y


def add_bangs(sketch: Sketch, rig: Rig, view: HeadView, layer: float) -> None:
    """Locks from the crown over the forehead, and one before each ear."""
    hair = rig.looks.hair
    root, tip, low = _bangs_plan(rig, hair)
    n = len(root)
    width = np.full(n, 1.62 / n)
    if hair.bangs != "blunt":
        width = width * (0.95 + 0.75 * np.array([rig.chance(13 + k) for k in range(n)]))
    order = np.argsort(-np.abs(np.arange(n) - (n - 1) / 2), kind="stable")
    if hair.side_locks > 0:
        sides = np.array([-1.0, 1.0])
        root = np.concatenate([root, sides * 1.12])
        tip = np.concatenate([tip, sides * 1.42])
        low = np.concatenate(
            [low, np.array([0.16, 0.16]) + hair.side_locks * (0.85 + 0.3 * rig.chance(9))]
        )
        width = np.concatenate([width, [0.36, 0.36]])
        order = np.concatenate([[n, n + 1], order])
    blunt = hair.bangs == "blunt"
    # along a lock: how far down, and how wide
    along = np.array([0.0, 0.22, 0.5, 0.74, 0.9])
    wide = (
        np.array([0.1, 0.66, 1.0, 0.78, 0.4])
        if not blunt
        else np.array([0.1, 0.62, 1.0, 1.05, 1.05])
    )
    top = -0.5
    y = top + (low - top)[:, None] * along
    bend = along**1.4
    if hair.curl > 0.3:
        bend = bend + 0.1 * np.sin(along * 9)
    middle = root[:, None] + (tip - root)[:, None] * bend
    half = width[:, None] * wide * 0.5
    sway = rig.pose.sway * 0.1
    around = np.stack([middle - half, middle + half], 1)  # [n,2,5]
    rise = 0.02 + 0.05 * along * hair.volume
    radius = shell_radius(y, hair.volume)[:, None, :] + rise
    long = np.maximum(y - 0.15, 0)[:, None, :]
    points, depth = view.shell(
        around, y[:, None, :] + 0 * around, radius - 0.1 * np.minimum(long, 0.4)
    )
    points[..., 0] += sway * (along**2) * (1 + 2 * long)
    ends, _ = view.shell(
        tip,
        low,
        shell_radius(low, hair.volume) + 0.05 - 0.1 * np.maximum(low - 0.15, 0).clip(0, 0.4),
    )
    ends[:, 0] += sway * (1 + 2 * np.maximum(low - 0.15, 0))
    streak = n // 3 if rig.chance(53) > 0.92 else -1  # a lock of another colour
    light = ring(rig, view)
    for rank, k in enumerate(order):
        if depth[k, :, 2].mean() < 0.08:
            continue
        left, right = points[k, 0], points[k, 1]
        if blunt and k < n:
            spot = np.stack(
                [
                    left[-1] + [0.01, 0.015],
                    (left[-1] + right[-1]) / 2 + [0, 0.015],
                    right[-1] + [-0.01, 0.015],
                ]
            )
        else:
            spot = np.stack(
                [left[-1] * 0.55 + ends[k] * 0.45, ends[k], right[-1] * 0.55 + ends[k] * 0.45]
            )
        control = np.concatenate([left, spot, right[::-1]])
        outline = curves.loop(control, 4)
        side = k >= n
        name = f"hair.side.{'left' if k == n + 1 else 'right'}" if side else f"hair.bangs.{k}"
        strand = np.stack([left[1:4] * 0.6 + right[1:4] * 0.4], 0)[0]
        lines = (
            [
                stroke(
                    view.place(
                        curves.line(
                            np.concatenate([strand, ends[k][None] * 0.6 + strand[-1:] * 0.4])
                        )
                    ),
                    0.4,
                )
            ]
            if width[k] > 0.16 and not side
            else []
        )
        sketch.add(
            layer + (0.0 if side else 0.5) + rank * 0.001,
            name,
            view.place(outline),
            "hair",
            "hair2" if k == streak else "hair",
            "head",
            casts=(FACE,),
            tones=light if not side else (),
            strokes=lines,
            # the roots run into the cap
            seams=((41, 7),),
            outlined=0.75,
            shaded=bool(side or n <= 6),
        )
        if hair.tips and side:
            tipped = curves.loop(
                np.concatenate(
                    [(left[-2:] + left[-1:]) / 2, spot, (right[-2:] + right[-1:])[::-1] / 2]
                ),
                3,
            )
            sketch.add(
                layer + (0.0 if side else 0.5) + rank * 0.001 + 0.0005,
                f"{name}.tip",
                view.place(tipped),
                "hair",
                "hair2",
                "head",
                within=name,
                marking=True,
            )


def add_back(sketch: Sketch, rig: Rig, view: HeadView, behind: float, before: float) -> None:
    """The hair behind the ears: one mass with locks at its end, and lines of strands in it."""
    hair = rig.looks.hair
    if hair.back == "none":
        return
    away = view.cos < -0.25
    layer = before if away else behind
    turn = math.radians(view.yaw)
    start = math.radians(78 if hair.back != "short" else 92)
    around = np.linspace(start, 2 * np.pi - start, 25) + turn
    reach = np.sin(around)
    most, least = float(reach.max()), float(reach.min())
    length = hair.length
    levels = np.array([-0.38, -0.1, 0.2, 0.2 + (length - 0.2) * 0.4, 0.2 + (length - 0.2) * 0.75])
    if length < 0.45:
        levels = np.array([-0.38, -0.15, 0.1, 0.22, length * 0.85])
    radius = shell_radius(np.minimum(levels, 0), hair.volume)
    flare = (0.14 * hair.volume + 0.1 * hair.curl) * np.clip(levels / 1.2, 0, 1) ** 0.8
    pinch = (
        -0.05 * np.exp(-(((levels - 0.42) / 0.2) ** 2))
        if length > 0.6
        else np.where(levels > 0.2, -0.07, 0.0)
    )
    radius = radius + flare + pinch
    radius[0] *= 0.9
    sway = rig.pose.sway * 0.22 * np.maximum(levels - 0.1, 0) ** 1.3
    wave = 0.05 * hair.curl * np.sin(np.arange(5) * 2.2)
    right = np.stack([radius * most + sway + wave, levels], 1)
    left = np.stack([radius * least + sway + wave, levels], 1)
    n = 9
    spread = np.linspace(1, 0, n)
    low = []
    for k in range(n):
        u = 2 * spread[k] - 1
        x = left[-1, 0] + (right[-1, 0] - left[-1, 0]) * spread[k]
        drop = (0.1 + 0.06 * min(length, 1.5)) * (1 - u * u)
        drop += (0.1 + 0.12 * rig.chance(20 + k)) if k % 2 else -0.08 * rig.chance(22 + k)
        x += 0.04 * (rig.chance(24 + k) - 0.5) + rig.pose.sway * 0.2 * max(length - 0.3, 0)
        low.append((x, levels[-1] + drop * (0.7 + 0.6 * min(length, 1.6))))
    top = [(0.3 * most, -0.5), (0.0, -0.52), (0.3 * least, -0.5)]
    control = np.concatenate([top[::-1], right, low, left[::-1]])
    outline = curves.loop(control, 3)
    lines = []
    for k in range(2, n - 1, 2):
        bottom = np.array(low[k])
        up = np.array([bottom[0] * 0.7, max(levels[-1] * 0.3, -0.1)])
        lines.append(
            stroke(
                view.place(curves.line([up, up * 0.45 + bottom * 0.55 + [0.01, 0], bottom])), 0.5
            )
        )
    sketch.add(
        layer,
        "hair.back",
        view.place(outline),
        "hair",
        "hair",
        "head",
        strokes=lines,
        casts=("trunk",) if away else (),
    )
    if hair.tips:
        ends = np.array(low)
        cut, deep = float(ends[:, 1].mean()) - 0.18, float(ends[:, 1].max()) + 0.03
        x = np.linspace(ends[:, 0].min() - 0.03, ends[:, 0].max() + 0.03, 5)
        wave = cut + np.array([0.0, 0.05, -0.04, 0.05, 0.0])
        box = np.concatenate([np.stack([x, wave], 1), [(x[-1], deep), (x[0], deep)]])
        sketch.add(
            layer + 0.01,
            "hair.back.tips",
            view.place(box),
            "hair",
            "hair2",
            "head",
            within="hair.back",
            marking=True,
        )
    if hair.spiky > 0.3:
        add_spikes(sketch, rig, view, behind + 0.02)
    if hair.curl > 0.8:
        add_curls(sketch, rig, view, behind + 0.02)
