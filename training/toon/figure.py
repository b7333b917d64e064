"""Cartoon figures from chance: body, pose, clothes and head, as RGBA sprites.

They teach what clip art cannot: large eyes, locks of hair, skirts and coats, limbs in any pose, cel
and soft shading, with and without lines. Lengths are in head heights, y down, the neck at (0, 0).
"""

from __future__ import annotations

import colorsys

import numpy as np
import skia

from .clothes import draw_front_of, draw_held, draw_skirt, draw_wings_or_cape
from .hair import draw_back_hair
from .head import draw_front
from .looks import EXTRAS, HAIR, Head
from .pen import Pen, ellipse, limb, polygon, smooth

PATTERNS = (None, None, None, "stripes", "bars", "plaid", "dots", "hem")


def draw_figure(rng: np.random.Generator, side: int = 640) -> np.ndarray:
    """One figure: uint8 [H,W,4] RGBA, premultiplied, trimmed, long side about `side`."""
    heads = rng.choice(
        [rng.uniform(2.2, 3.2), rng.uniform(3.5, 5.5), rng.uniform(5.5, 7.5)], p=[0.3, 0.35, 0.35]
    )
    width, height = heads * 1.9 + 2.5, heads + 3.4
    scale = 1.15 * side / (heads + 0.6)
    pixels = np.zeros((int(height * scale), int(width * scale), 4), np.uint8)
    info = skia.ImageInfo.Make(
        pixels.shape[1], pixels.shape[0], skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType
    )
    canvas = skia.Surface.MakeRasterDirect(info, pixels).getCanvas()
    canvas.scale(scale, scale)
    canvas.translate(width / 2, 2.4)
    _body(_pen(rng, canvas), float(heads))
    inside = pixels[..., 3] > 8
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    return np.ascontiguousarray(pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _pen(rng: np.random.Generator, canvas: skia.Canvas) -> Pen:
    style = rng.random()
    line = (
        0.0
        if style < 0.15
        else rng.uniform(0.015, 0.035)
        if style < 0.75
        else rng.uniform(0.035, 0.08)
    )
    ink = None if rng.random() < 0.35 else tuple(rng.uniform(0, 0.2) * np.array([1, 0.8, 0.9]))
    angle = rng.uniform(-np.pi, 0)
    shade = str(rng.choice(["none", "cel", "soft"], p=[0.2, 0.5, 0.3]))
    return Pen(
        canvas,
        float(line),
        ink,
        shade,
        np.array([np.cos(angle), np.sin(angle)]),
        rng.uniform(0.15, 0.5),
        rng,
    )


def _color(rng: np.random.Generator, saturation=(0.1, 0.9), value=(0.25, 1.0)):
    return colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value))


def _skin(rng: np.random.Generator):
    if rng.random() < 0.1:
        return _color(rng, (0.1, 0.6), (0.4, 1.0))
    if rng.random() < 0.65:  # light, as most drawn figures
        return colorsys.hsv_to_rgb(
            rng.uniform(0.03, 0.1), rng.uniform(0.05, 0.3), rng.uniform(0.88, 1.0)
        )
    return colorsys.hsv_to_rgb(
        rng.uniform(0.03, 0.09), rng.uniform(0.3, 0.6), rng.uniform(0.4, 0.9)
    )


def _body(pen: Pen, heads: float) -> None:
    rng = pen.rng
    skin, cloth, second, shoe = (
        _skin(rng),
        _color(rng),
        _color(rng),
        _color(rng, (0, 0.6), (0.05, 0.8)),
    )
    if rng.random() < 0.25:
        cloth = colorsys.hsv_to_rgb(
            rng.random(), rng.uniform(0, 0.15), rng.choice([0.12, 0.3, 0.95])
        )
    hair = (
        _color(rng, (0.05, 0.8), (0.1, 1.0))
        if rng.random() < 0.6
        else colorsys.hsv_to_rgb(
            rng.uniform(0.03, 0.13), rng.uniform(0.3, 0.8), rng.uniform(0.08, 0.9)
        )
    )
    head = Head(
        skin,
        hair,
        _color(rng, (0.4, 0.9), (0.3, 0.9)),
        _color(rng, (0.3, 0.9), (0.3, 1.0)),
        str(rng.choice(HAIR, p=[0.15, 0.12, 0.22, 0.12, 0.09, 0.11, 0.06, 0.05, 0.04, 0.04])),
        rng.uniform(-1, 1),
        rng.uniform(-0.6, 0.6),
        rng.uniform(0.88, 1.1),
        float(rng.choice([0.4, 0.8, 1.0, 1.25], p=[0.08, 0.27, 0.4, 0.25])),
        str(rng.choice(EXTRAS)),
    )
    torso, leg = (heads - 1) * 0.42, (heads - 1) * 0.56
    shoulder, waist = (
        rng.uniform(0.38, 0.62) * (0.7 + 0.06 * heads),
        rng.uniform(0.22, 0.42) * (0.7 + 0.06 * heads),
    )
    hip = waist * rng.uniform(1.05, 1.5)
    lean = rng.normal(0, 0.12) * torso
    pelvis = np.array([lean, 0.12 + torso])
    outfit = str(
        rng.choice(
            ["skirt", "dress", "trousers", "shorts", "coat", "gown", "suit"],
            p=[0.22, 0.14, 0.2, 0.1, 0.12, 0.1, 0.12],
        )
    )
    thick = rng.uniform(0.1, 0.17) * (0.75 + 0.05 * heads)

    tilt = float(rng.normal(0, 9))
    lift = -0.42
    pattern = PATTERNS[rng.integers(len(PATTERNS))]
    if rng.random() < 0.12:
        draw_wings_or_cape(pen, head, torso, shoulder, second)
    if rng.random() < 0.08:
        pen.part(
            limb(
                pelvis + np.array([[0, 0], [0.7, 0.3], [1.2, -0.3], [1.0, -0.9]]),
                [0.08, 0.1, 0.1, 0.05],
            ),
            hair,
        )
    with _Turned(pen, tilt, lift):
        draw_back_hair(pen, head)

    arms = [_arm(rng, side, shoulder, torso, heads) for side in (-1, 1)]
    sleeve = rng.choice(["long", "short", "none", "wide"], p=[0.45, 0.25, 0.15, 0.15])
    behind = rng.random() < 0.5
    if behind:
        _draw_arm(pen, arms[0], thick, skin, cloth, sleeve)
    bare = outfit in ("skirt", "dress", "shorts")
    stocking = _color(rng, (0, 0.5), (0.05, 1.0)) if rng.random() < 0.5 else skin
    if outfit != "gown":
        for side in rng.permutation([-1, 1]):
            _leg(
                pen,
                side,
                pelvis,
                hip,
                leg,
                thick * 1.35,
                stocking if bare else second,
                skin,
                shoe,
                rng.random() < 0.3,
            )
    pen.part(limb([(0, -0.15), (0, 0.2)], [0.12, 0.14]), skin)
    sway = np.array([lean * 0.5, 0.12 + torso * 0.6])
    body = smooth(
        [
            (-shoulder, 0.2),
            (-shoulder * 0.3, 0.08),
            (shoulder * 0.3, 0.08),
            (shoulder, 0.2),
            (sway[0] + waist * 1.05, sway[1]),
            (pelvis[0] + hip, pelvis[1] + 0.12),
            (pelvis[0], pelvis[1] + 0.3),
            (pelvis[0] - hip, pelvis[1] + 0.12),
            (sway[0] - waist * 1.05, sway[1]),
        ]
    )
    pen.part(body, cloth, pattern=pattern, second=second)
    draw_front_of(pen, body, shoulder, torso, second, outfit, skin)
    if outfit in ("trousers", "shorts", "suit"):
        with pen.inside(body):
            pen.part(
                polygon(
                    [
                        (-3, pelvis[1] - 0.05),
                        (3, pelvis[1] - 0.05),
                        (3, pelvis[1] + 2),
                        (-3, pelvis[1] + 2),
                    ]
                ),
                second,
            )
    if outfit in ("skirt", "dress", "coat", "gown"):
        color = second if outfit == "skirt" else cloth
        length = {
            "skirt": rng.uniform(0.25, 0.6),
            "dress": rng.uniform(0.4, 0.85),
            "coat": rng.uniform(0.5, 0.95),
            "gown": 1.02,
        }[outfit] * leg
        draw_skirt(
            pen,
            pelvis,
            waist,
            sway[1],
            max(length, 0.35),
            rng.uniform(1.2, 2.6) * hip,
            color,
            pattern,
            cloth,
            outfit == "coat",
        )
    if rng.random() < 0.3:
        pen.part(
            polygon(
                [
                    (sway[0] - waist * 1.1, sway[1] - 0.06),
                    (sway[0] + waist * 1.1, sway[1] - 0.06),
                    (sway[0] + waist * 1.12, sway[1] + 0.08),
                    (sway[0] - waist * 1.12, sway[1] + 0.08),
                ]
            ),
            shoe,
        )
    if rng.random() < 0.15:
        draw_held(pen, arms[1][2], second)
    for arm in arms[1:] if behind else arms:
        _draw_arm(pen, arm, thick, skin, cloth, sleeve)
    with _Turned(pen, tilt, lift):
        draw_front(pen, head)
    if rng.random() < 0.1:
        pen.part(
            smooth([(-0.3, 0.0), (0, 0.12), (0.3, 0.0), (0.34, 0.22), (0, 0.34), (-0.34, 0.22)]),
            head.accent,
        )


class _Turned:
    """Head coordinates: turned by degrees about the neck, middle of the head `lift` above it."""

    def __init__(self, pen: Pen, degrees: float, lift: float):
        self.pen, self.degrees, self.lift = pen, degrees, lift

    def __enter__(self) -> None:
        self.pen.canvas.save()
        self.pen.canvas.rotate(self.degrees)
        self.pen.canvas.translate(0, self.lift)

    def __exit__(self, *_) -> None:
        self.pen.canvas.restore()


def _arm(
    rng: np.random.Generator, side: int, shoulder: float, torso: float, heads: float
) -> np.ndarray:
    """Shoulder, elbow and hand, [3,2]."""
    length = torso * rng.uniform(0.55, 0.65)
    upper = np.pi / 2 - side * abs(rng.normal(0.35, 0.7))
    fore = (
        upper - side * rng.uniform(-2.4, 0.6) if rng.random() < 0.6 else upper + rng.normal(0, 0.3)
    )
    start = np.array([side * shoulder * 0.88, 0.26])
    elbow = start + length * np.array([np.cos(upper), np.sin(upper)])
    return np.stack([start, elbow, elbow + length * np.array([np.cos(fore), np.sin(fore)])])


def _draw_arm(pen: Pen, arm: np.ndarray, thick: float, skin, cloth, sleeve: str) -> None:
    rng = pen.rng
    direction = (arm[2] - arm[1]) / max(np.linalg.norm(arm[2] - arm[1]), 1e-6)
    hand = arm[2] + direction * thick
    spread = rng.uniform(0.9, 1.3) * thick
    if rng.random() < 0.5:  # fingers
        turn = np.array([-direction[1], direction[0]])
        for k in (-0.8, -0.25, 0.3, 0.85):
            pen.part(
                limb(
                    [hand, hand + direction * thick * 1.3 + turn * k * thick],
                    [thick * 0.3, thick * 0.22],
                ),
                skin,
            )
    pen.part(ellipse(*hand, spread, spread), skin)
    pen.part(limb(arm, [thick * 1.1, thick * 0.95, thick * 0.75]), skin)
    middle = (arm[0] + arm[1]) / 2
    if sleeve == "long":
        pen.part(
            limb(
                [arm[0], arm[1], arm[2] - direction * thick * 0.4],
                [thick * 1.35, thick * 1.2, thick * 1.1],
            ),
            cloth,
        )
    elif sleeve == "wide":
        pen.part(limb(arm, [thick * 1.3, thick * 1.6, thick * 2.6]), cloth)
    elif sleeve == "short":
        pen.part(limb([arm[0], middle], [thick * 1.6, thick * 1.4]), cloth)


def _leg(
    pen: Pen,
    side: int,
    pelvis,
    hip: float,
    length: float,
    thick: float,
    color,
    skin,
    shoe,
    boots: bool,
) -> None:
    rng = pen.rng
    half = length / 2
    thigh = (
        np.pi / 2
        - side * abs(rng.normal(0.08, 0.25))
        + (rng.normal(0, 0.6) if rng.random() < 0.25 else 0)
    )
    shin = thigh + rng.normal(0, 0.15) + (side * rng.uniform(0, 1.6) if rng.random() < 0.25 else 0)
    start = pelvis + np.array([side * hip * 0.5, 0.08])
    knee = start + half * np.array([np.cos(thigh), np.sin(thigh)])
    foot = knee + half * np.array([np.cos(shin), np.sin(shin)])
    pen.part(limb([start, knee, foot], [thick * 1.15, thick * 0.85, thick * 0.6]), color)
    if color != skin and rng.random() < 0.3:
        with pen.inside(limb([start, knee, foot], [thick * 1.15, thick * 0.85, thick * 0.6])):
            pen.part(ellipse(*start, thick * 2, half * 0.75), skin, outline=False)
    toe = foot + np.array([side * thick * rng.uniform(0.4, 1.8), thick * 0.5])
    if boots:
        pen.part(limb([(knee + foot) / 2, foot], [thick, thick * 0.8]), shoe)
    pen.part(limb([foot, toe], [thick * 0.75, thick * 0.6]), shoe)
