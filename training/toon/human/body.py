"""The bare body: trunk and neck, arms with hands, legs with feet."""

from __future__ import annotations

import math

import numpy as np

from . import curves
from .hands import hand_points
from .skeleton import Rig
from .sketch import Sketch, stroke

TRUNK = "trunk"


def add_trunk(sketch: Sketch, rig: Rig, layer: float) -> None:
    """Hips, chest and neck in one."""
    left, right = rig.outline(0.0, 1.0, -0.004, 10)
    head = rig.joints["head"][:2] - rig.head[:2, 2] * 0.09
    base = rig.centres[-1, :2]
    up = head - base
    length = math.hypot(*up) + 1e-6
    across = np.array([-up[1], up[0]]) / length * rig.size.neck_width
    if (right[-1] - left[-1]) @ across < 0:
        across = -across
    top = head + across * 0.1 - up / length * 0.1
    neck = [
        base + up * 0.3 - across,
        top - across * 1.1,
        top + across * 0.9,
        base + up * 0.3 + across,
    ]
    crotch = [rig.centres[0, :2] - up / length * 0.3 * rig.size.leg[0]]
    outline = curves.loop(np.concatenate([left, neck, right[::-1], crotch]), 3)
    lines = []
    if rig.facing > 0.2:
        for s in (-1.0, 1.0):
            bone = rig.surface(np.array([0.25, 0.6, 0.95]) * s, np.array([0.93, 0.935, 0.925]))[
                :, :2
            ]
            lines.append(stroke(curves.line(bone), 0.45))
        navel = rig.surface(np.array([0.0, 0.0]), np.array([0.36, 0.34]))[:, :2]
        lines.append(stroke(navel, 0.45, taper=(0.3, 0.3)))
        if rig.looks.body.woman < 0.5 and rig.looks.body.heads > 4:
            for s in (-1.0, 1.0):
                chest = rig.surface(np.array([0.12, 0.45, 0.9]) * s, np.array([0.64, 0.63, 0.68]))[
                    :, :2
                ]
                lines.append(stroke(curves.line(chest), 0.4))
    elif rig.facing < -0.2:
        spine = rig.surface(np.full(4, np.pi), np.linspace(0.3, 0.8, 4))[:, :2]
        lines.append(stroke(curves.line(spine), 0.4))
    sketch.add(layer, TRUNK, outline, "skin", "skin", "spine", strokes=lines)


def outward(rig: Rig, name: str) -> np.ndarray:
    """From the trunk to a shoulder or hip as seen, and a little to the back: [2]."""
    level, frame = (5, rig.chest) if "shoulder" in name else (2, rig.pelvis)
    away = rig.joints[name] - rig.centres[level] - frame[:, 2] * 0.25 * rig.size.hip
    return away[:2]


def arm_joints(rig: Rig, side: str):
    """Shoulder, elbow and hand, each (x, y)."""
    return rig.at(f"{side}_shoulder"), rig.at(f"{side}_elbow"), rig.at(f"{side}_hand")


def add_arm(sketch: Sketch, rig: Rig, side: str, layer: float, before: bool) -> None:
    """An arm and its hand in one. One before the trunk runs into it at the shoulder."""
    index = 0 if side == "left" else 1
    a, b, c = arm_joints(rig, side)
    wa, wb, wc = rig.size.arm
    man = 1 - rig.looks.body.woman
    hand, lines = hand_points(rig, side, rig.pose.hands[index])
    outline, seam = curves.bent_limb(
        a,
        b,
        c,
        wa,
        wb,
        wc * 0.95,
        bulge=(0.1 * wa * man, 0.12 * wb),
        tip=hand,
        outward=outward(rig, f"{side}_shoulder"),
    )
    elbow = np.array(b)
    if rig.pose.elbow[index] > 50:
        inside = (np.array(a) + np.array(c)) / 2 - elbow
        inside /= np.linalg.norm(inside) + 1e-6
        across = np.array([-inside[1], inside[0]])
        lines.append(
            stroke(
                [
                    elbow + inside * wb * 0.5 - across * wb * 0.2,
                    elbow + inside * wb * 0.1 + across * wb * 0.3,
                ],
                0.4,
            )
        )
    sketch.add(
        layer,
        f"arm.{side}",
        outline,
        "skin",
        "skin",
        f"{side}_elbow",
        strokes=lines,
        seams=(seam,) if before else (),
        casts=(TRUNK,) if before else (),
    )


def leg_joints(rig: Rig, side: str):
    """Hip, knee and ankle, each (x, y)."""
    return rig.at(f"{side}_hip"), rig.at(f"{side}_knee"), rig.at(f"{side}_foot")


def add_leg(sketch: Sketch, rig: Rig, side: str, layer: float) -> None:
    a, b, c = leg_joints(rig, side)
    wa, wb, wc = rig.size.leg
    outline, seam = curves.bent_limb(
        a, b, c, wa, wb, wc, bulge=(0.02 * wa, 0.22 * wb), outward=outward(rig, f"{side}_hip")
    )
    knee = np.array(b)
    lines = []
    if rig.facing > 0 and rig.size.thigh > 0.4:
        lines.append(
            stroke(
                curves.line(
                    [
                        knee + np.array([-wb * 0.35, wb * 0.5]),
                        knee + np.array([0, wb * 0.7]),
                        knee + np.array([wb * 0.4, wb * 0.45]),
                    ]
                ),
                0.4,
            )
        )
    foot = foot_hull(rig, side, 0.0)
    sketch.add(
        layer - 0.2, f"foot.{side}", foot, "skin", "skin", f"{side}_foot", strokes=_toes(rig, side)
    )
    sketch.add(
        layer,
        f"leg.{side}",
        outline,
        "skin",
        "skin",
        f"{side}_knee",
        strokes=lines,
        seams=(seam, curves.LIMB_END),
    )


def foot_frame(rig: Rig, side: str):
    """Ankle, and the way to the toe as seen, both [2]; how much the foot points at us, 0..1."""
    ankle = rig.joints[f"{side}_foot"]
    toe = rig.joints[f"{side}_toe"] - ankle
    length = np.linalg.norm(toe) + 1e-6
    return ankle[:2], toe[:2], float(toe[2] / length)


def foot_circles(rig: Rig, side: str, grow: float) -> np.ndarray:
    """Circles whose hull is a foot: ankle, heel, ball, toe."""
    ankle, toe, towards = foot_frame(rig, side)
    down = rig.joints[f"{side}_foot"] - rig.joints[f"{side}_knee"]
    down = down[:2] / (np.linalg.norm(down) + 1e-6)
    drop = max(rig.size.foot * 0.8 - rig.size.leg[2], 0.03)
    w = rig.size.leg[2]
    length = rig.size.foot / (rig.size.foot + 1e-6) * (0.055 * (rig.looks.body.heads - 1) + 0.14)
    way = toe / (rig.size.foot + 1e-6) * length
    wide = w * (1.0 + 0.35 * abs(towards))
    sole = ankle + down * drop
    tip = sole + way + down * max(towards, 0) * 0.35 * length
    back = sole - way * 0.35
    return np.array(
        [
            (*ankle, w * 0.95 + grow),
            (*back, wide * 0.75 + grow),
            (*(sole + (tip - sole) * 0.6), wide * 0.9 + grow),
            (*tip, wide * (0.62 + 0.3 * max(towards, 0)) + grow),
        ]
    )


def foot_hull(rig: Rig, side: str, grow: float) -> np.ndarray:
    return curves.hull(foot_circles(rig, side, grow))


def _toes(rig: Rig, side: str):
    circles = foot_circles(rig, side, 0.0)
    x, y, r = circles[3].tolist()
    return [
        stroke([(x + k * r, y + r * 0.9), (x + k * r * 0.9, y + r * 0.4)], 0.35)
        for k in (-0.5, 0, 0.45)
    ]


def limb_layer(rig: Rig, side: str) -> float:
    """How far an arm is before the trunk: more than 0 is before it."""
    c = rig.joints
    z = (c[f"{side}_elbow"][2] + 1.3 * c[f"{side}_hand"][2] + 0.8 * c[f"{side}_shoulder"][2]) / 3.1
    return float(z - rig.centres[5, 2]) + 0.07 * rig.size.torso
