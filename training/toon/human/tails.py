"""Hair that is tied: tails, braids and buns."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .hair import shell_radius
from .head import HeadView
from .skeleton import Rig
from .sketch import Sketch, stroke

# Where hair is tied: azimuth in degrees (of the left one) and height, by its name.
_TIES = {
    "twin tails": (108, -0.34),
    "low twin tails": (112, 0.24),
    "ponytail": (180, -0.36),
    "side tail": (115, -0.3),
    "braids": (108, 0.3),
    "braid": (180, 0.3),
    "buns": (125, -0.42),
    "bun": (180, -0.42),
}


def add_tied(sketch: Sketch, rig: Rig, view: HeadView, behind: float, before: float) -> None:
    """What `Hair.tied` says."""
    hair = rig.looks.hair
    if hair.tied == "none":
        return
    degrees, height = _TIES[hair.tied]
    both = hair.tied in ("twin tails", "low twin tails", "braids", "buns")
    for side, s in (("left", 1.0), ("right", -1.0)) if both else (("one", 1.0),):
        at, depth = view.shell(
            math.radians(degrees * s),
            np.array(height),
            shell_radius(min(height, 0.0), hair.volume) - 0.02,
        )
        spot = np.array([float(at[0]), float(at[1])])
        layer = before if depth > 0.08 else behind
        name = f"hair.tail.{side}"
        if hair.tied in ("buns", "bun"):
            _bun(sketch, rig, view, name, spot, layer)
        elif hair.tied in ("braids", "braid"):
            _braid(sketch, rig, view, name, spot, layer)
        else:
            _tail(sketch, rig, view, name, spot, layer, high=height < 0)


def _hanging(rig: Rig, view: HeadView, spot, length: float, high: bool, count: int) -> np.ndarray:
    """The middle of a tail from its tie, [count,2], in the figure's units."""
    start = view.place(spot[None])[0]
    way = (
        math.copysign(1.0, spot[0])
        if abs(spot[0]) > 0.08
        else (1.0 if rig.chance(50) > 0.5 else -1.0)
    )
    out = way * (0.26 if high else 0.1) * min(1.0, abs(spot[0]) * 3 + 0.3)
    t = np.linspace(0, 1, count)
    x = (
        out * np.minimum(1, t * 4) ** 0.7
        + 0.05 * way * np.sin(t * 4.0)
        + rig.pose.sway * 0.35 * t**1.5 * min(length, 2)
    )
    y = length * t - (0.16 * np.sin(np.minimum(t * 3.2, 1) * np.pi) if high else 0)
    # hangs down, whatever the head does; of figures that lie, along the body
    lying = abs(rig.head_turn) > 0.9
    if lying:
        c, s = math.cos(rig.head_turn), math.sin(rig.head_turn)
        x, y = x * c - y * s, x * s + y * c
    return (start + np.stack([x, y], 1)).astype(np.float32)


def _tail(
    sketch: Sketch, rig: Rig, view: HeadView, name: str, spot, layer: float, high: bool
) -> None:
    hair = rig.looks.hair
    length = hair.tail_length * (1 if high else 0.8)
    middle = _hanging(rig, view, spot, length, high, 8)
    thick = (0.14 + 0.02 * length) * hair.volume
    wide = np.array([0.32, 0.75, 1.0, 1.0, 0.92, 0.75, 0.45, 0.02]) * thick
    if hair.curl > 0.3:
        wide = wide * (1 + 0.22 * np.sin(np.arange(8) * 2.5))
        middle = middle + np.stack([0.05 * hair.curl * np.sin(np.arange(8) * 1.9), np.zeros(8)], 1)
    for k, offset in enumerate((-0.55, 0.55)):  # ends beside the main one
        off = np.array([offset * thick, 0], np.float32)
        side = middle[2:7] + off * np.linspace(0.4, 1.25, 5, dtype=np.float32)[:, None]
        outline = curves.tube(side, np.array([0.5, 0.62, 0.55, 0.35, 0.02]) * thick, 3)
        sketch.add(layer, f"{name}.end.{k}", outline, "hair", "hair", "head")
    lines = [
        stroke(curves.line(middle[1:7] + np.array([o * thick, 0])), 0.5) for o in (-0.35, 0.1, 0.45)
    ]
    sketch.add(
        layer + 0.01, name, curves.tube(middle, wide, 3), "hair", "hair", "head", strokes=lines
    )
    if hair.tips:
        tip = curves.tube(middle[5:], [thick * 1.2, thick * 0.9, thick * 0.5], 3)
        sketch.add(
            layer + 0.02, f"{name}.tip", tip, "hair", "hair2", "head", within=name, marking=True
        )
    tie = curves.disc(*(middle[0] * 0.75 + middle[1] * 0.25).tolist(), 0.075, 0.055)
    sketch.add(layer + 0.03, f"{name}.tie", tie, "hat", "accent", "head", outlined=0.8)
    if high and rig.chance(51) > 0.5:
        add_bow(sketch, f"{name}.bow", middle[0], 0.16, "accent", "hat", layer + 0.04, "head")


def _bun(sketch: Sketch, rig: Rig, view: HeadView, name: str, spot, layer: float) -> None:
    r = (0.15 + 0.07 * rig.chance(52)) * rig.looks.hair.volume
    out = spot * (1 + 0.45 * r / (np.linalg.norm(spot) + 1e-6))
    x, y = out.tolist()
    swirl = [
        (x + 0.6 * r, y),
        (x + 0.3 * r, y - 0.5 * r),
        (x - 0.4 * r, y - 0.3 * r),
        (x - 0.3 * r, y + 0.35 * r),
        (x + 0.15 * r, y + 0.2 * r),
    ]
    sketch.add(
        layer,
        name,
        view.place(curves.disc(x, y, r, r * 0.92)),
        "hair",
        "hair",
        "head",
        strokes=[stroke(view.place(curves.line(swirl)), 0.5)],
    )


def _braid(sketch: Sketch, rig: Rig, view: HeadView, name: str, spot, layer: float) -> None:
    hair = rig.looks.hair
    length = max(0.7, hair.tail_length * 0.8)
    count = 9
    middle = _hanging(rig, view, spot, length, False, count + 2)
    thick = 0.085 * hair.volume
    tuft = curves.tube(
        middle[-3:] + np.array([0, thick * 1.6]), [thick * 0.5, thick * 0.95, 0.005], 3
    )
    sketch.add(layer, f"{name}.tuft", tuft, "hair", "hair", "head")
    for k in range(count - 1, -1, -1):
        step = middle[k + 1] - middle[k]
        angle = math.atan2(float(step[1]), float(step[0])) - math.pi / 2
        lean = 0.5 if k % 2 else -0.5
        shrink = 1 - 0.04 * k
        x, y = (middle[k] + step * 0.5).tolist()
        c, s = math.cos(angle + lean), math.sin(angle + lean)
        shape = curves.disc(0, 0, thick * 1.15 * shrink, length / count * 0.78, 14)
        turned = shape @ np.array([[c, s], [-s, c]], np.float32) + [x, y]
        sketch.add(
            layer + 0.02 - 0.001 * k, f"{name}.{k}", turned, "hair", "hair", "head", outlined=0.8
        )
    x, y = middle[count].tolist()
    sketch.add(
        layer + 0.03,
        f"{name}.tie",
        curves.disc(x, y, thick * 0.8, 0.04),
        "hat",
        "accent",
        "head",
        outlined=0.8,
    )


def add_bow(
    sketch: Sketch,
    name: str,
    at,
    size: float,
    color: str,
    category: str,
    layer: float,
    bone: str,
    tails: bool = False,
    turn: float = 0.0,
) -> None:
    """A bow tied of ribbon about `at`."""
    x, y = float(at[0]), float(at[1])
    c, s = math.cos(turn), math.sin(turn)
    spin = np.array([[c, s], [-s, c]], np.float32)

    def put(points):
        return np.asarray(points, np.float32) * size @ spin + np.array([x, y], np.float32)

    if tails:
        for k, way in enumerate((-1, 1)):
            end = [
                (0, 0),
                (way * 0.25, 0.05),
                (way * 0.75, 1.5),
                (way * 0.42, 1.35),
                (way * 0.2, 1.6),
            ]
            sketch.add(layer, f"{name}.tail.{k}", put(end), category, color, bone, outlined=0.8)
    for k, way in enumerate((-1, 1)):
        wing = [
            (0, 0),
            (way * 0.45, -0.42),
            (way * 1.05, -0.62),
            (way * 1.15, 0.0),
            (way * 1.0, 0.55),
            (way * 0.4, 0.35),
        ]
        fold = [(way * 0.15, 0), (way * 0.45, -0.05), (way * 0.7, -0.2)]
        sketch.add(
            layer + 0.001,
            f"{name}.{k}",
            put(curves.loop(wing, 3)),
            category,
            color,
            bone,
            outlined=0.8,
            strokes=[
                stroke(put(fold), 0.5),
                stroke(put([(way * 0.15, 0.05), (way * 0.5, 0.12)]), 0.4),
            ],
        )
    sketch.add(
        layer + 0.002,
        f"{name}.knot",
        put(curves.disc(0, 0, 0.24, 0.27, 12)),
        category,
        color,
        bone,
        outlined=0.8,
    )
