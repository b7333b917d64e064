"""Where a four-legged animal stands, and its legs."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .anatomy import bent, round_, tube
from .assembly import Assembly
from .pose import Pose

# When each foot leaves the ground, as a share of the cycle.
GAITS = {
    "walk": {"hind near": 0.0, "front near": 0.25, "hind far": 0.5, "front far": 0.75},
    "run": {"hind near": 0.0, "front near": 0.5, "hind far": 0.12, "front far": 0.62},
}


@dataclass(frozen=True, eq=False)
class Stance:
    """A pose of the trunk: hip and shoulder [2], feet by leg, whether the legs are folded, and how
    much the neck is raised, radians."""

    hip: np.ndarray
    shoulder: np.ndarray
    feet: dict[str, np.ndarray]
    folded: bool = False
    lift: float = 0.0
    action: str = "stand"


def stance(looks, pose: Pose) -> Stance:
    """The trunk and the feet in a pose, the ground at y = 0."""
    d, leg = looks.depth, looks.leg
    short = 0.78 if looks.view == "three-quarter" else 1.0
    length = looks.length * short
    height = leg + 0.7 * d
    breath = 0.012 * pose.wave()
    hip = np.array([-length / 2, -(height - looks.slope) + breath])
    shoulder = np.array([length / 2, -height + breath])
    far = np.array([0.24, -0.1]) * d if looks.view == "three-quarter" else np.array([0.12, -0.03])
    feet, lift, folded = {}, 0.0, False
    if pose.action == "sit":
        low = d * looks.rump * 0.92
        sine = np.clip((height - low) * 1.08 / length, 0.35, 0.9)
        hip = np.array([-length * 0.35, -low])
        shoulder = hip + length * np.array([np.sqrt(1 - sine**2), -sine + 0.4 * breath])
        front, hind = shoulder[0] + 0.06, hip[0] + 0.62 * (leg + 0.5 * d)
        lift, folded = -0.1, True
    elif pose.action == "lie":
        low = d * 0.95
        hip, shoulder = np.array([-length / 2, -low]), np.array([length / 2, -low * 1.05 + breath])
        front = shoulder[0] + 0.3 * d + 0.45 * leg
        hind = hip[0] + 0.3 * d + 0.5 * min(leg, 1.0)
        folded = True
    else:
        front, hind = shoulder[0] + 0.02, hip[0] + 0.05
    for end, x in (("hind", hind), ("front", front)):
        for side in ("near", "far"):
            feet[f"{end} {side}"] = np.array([x, 0.0]) + (far if side == "far" else 0.0)
    if pose.action in GAITS:
        running = pose.action == "run"
        stride = (1.15 if running else 0.62) * leg
        for name, shift in GAITS[pose.action].items():
            feet[name] = feet[name] + _step(pose.phase + shift, stride, leg, running)
        bob = np.array([0.0, 0.05 * leg * pose.wave(2, 0.1)])
        if running:
            bob = np.array([0.0, 0.12 * leg * (pose.wave(1, 0.1) - 0.6)])
            pitch = 0.12 * leg * pose.wave(1, 0.3)
            hip, shoulder = hip + (0, -pitch), shoulder + (0, pitch)
        hip, shoulder = hip + bob, shoulder + bob
        lift = 0.06 * pose.wave(2, 0.25)
    elif pose.action == "stand":
        feet["hind far"] = feet["hind far"] + (0.14 * leg, 0)
        feet["front far"] = feet["front far"] + (0.1 * leg, 0)
        feet["hind near"] = feet["hind near"] - (0.1 * leg, 0)
    return Stance(hip, shoulder, feet, folded, lift, pose.action)


def _step(phase: float, stride: float, leg: float, running: bool) -> np.ndarray:
    """How far a foot is from where it stands."""
    phase = phase % 1.0
    ground = 0.4 if running else 0.62
    if phase < ground:
        return np.array([stride * (0.5 - phase / ground), 0.0])
    swing = (phase - ground) / (1 - ground)
    rise = (0.42 if running else 0.2) * leg * np.sin(np.pi * swing)
    return np.array([stride * (swing - 0.5), -rise])


def add_leg(art: Assembly, looks, at: Stance, end: str, side: str, spread: bool = False) -> None:
    """One leg: `end` "hind" or "front", `side` "near" or "far"."""
    d, t = looks.depth, looks.thick
    if end == "hind":
        root = at.hip + np.array([0.04, 0.22 * d])
    else:
        root = at.shoulder + np.array([0.0, 0.25 * d])
    if side == "far":
        root = root + (np.array([0.22, -0.06]) * d if spread else np.array([0.08, 0.0]))
    foot = at.feet[f"{end} {side}"]
    name = f"leg.{end}.{side}"
    rest = looks.leg + 0.35 * d - (looks.slope if end == "hind" else 0)  # its length, standing
    color = "main" if side == "near" else "far"
    if looks.pattern == "panda":
        color = "pattern"
    elif looks.wool or looks.species == "sheep":
        color = "face"
    into = ("torso",) if side == "near" and color == "main" and not looks.wool else ()
    paw = t * (1.0 if looks.column else 1.15)
    level = float(foot[1])
    if looks.column:
        middle = bent(root, foot, 0.55 * rest, 0.52 * rest, -1 if end == "hind" else 1)
        points = [root, middle, foot + (0, -0.5 * t), foot + (0.12 * t, -0.1 * t)]
        shape = tube(points, [1.25 * t, 1.05 * t, t, 1.05 * t], ends=(1, 0.6))
    else:
        heel = foot + (0, -0.75 * paw)
        if looks.hoof:
            heel = foot + (0.0, -1.1 * t)
        if end == "hind":
            back = 0.16 if not at.folded else 0.42
            hock = foot + np.array([-back * rest, -(0.27 if not at.folded else 0.1) * rest])
            if at.folded:
                hock[1] = min(hock[1], -0.8 * t)
            knee = bent(root, hock, 0.46 * rest, 0.42 * rest, 1)
            wide = 0.62 * d if at.folded else 0.5 * d
            points = [root, knee, hock, heel]
            half = [max(wide, 1.5 * t), max(0.55 * wide, 1.3 * t), 0.95 * t, 0.85 * t]
        else:
            if at.action == "lie":
                elbow = np.array([root[0] - 0.1 * rest, -0.9 * t])
                middle = np.array([(elbow[0] + foot[0]) / 2, -0.9 * t])
            else:
                elbow = bent(root, heel, 0.45 * rest, 0.6 * rest, -1)
                middle = 0.5 * (elbow + heel)
            points = [root, elbow, middle, heel]
            half = [max(1.6 * t, 0.36 * d), 1.25 * t, 0.9 * t, 0.85 * t]
        if looks.hoof:
            points.append(foot + (0.02, -0.45 * t))
            half.append(0.95 * t)
        else:
            points.append(foot + (0.95 * paw, -0.62 * paw))
            half.append(0.72 * paw)
        shape = tube(points, half)
    outline = shape.outline.copy()
    outline[:, 1] = np.minimum(outline[:, 1], level)  # a flat sole
    art.joint(f"leg.{end}.{side}", root)
    art.joint(f"foot.{end}.{side}", foot)
    bone = f"leg.{end}.{side}"
    art.add(name, outline, color, into=into, bone=bone)
    if looks.pattern == "socks":
        share = 0.72
        t_ = np.linspace(share, 1.0, 6)
        sock = np.concatenate([shape.at(t_, 1.5), shape.at(t_[::-1], -1.5)])
        sock = np.concatenate([sock[:6] + (0.0, 0), sock[6:]])
        sock[[5, 6]] += (0.6 * paw, 0.3 * paw)
        dark = looks.species in ("fox",)
        art.mark(f"{name}.sock", sock, "pattern" if dark else "light", name, bone=bone)
    if looks.pattern in ("zebra", "stripes") and looks.species in ("zebra", "tiger"):
        for k, u in enumerate((0.42, 0.54, 0.66, 0.78)):
            art.mark(f"{name}.stripe.{k}", shape.band(u, 0.022), "pattern", name, bone=bone)
    if looks.hoof:
        w = 1.12 * t
        hoof = [(-0.85 * w, -0.8 * t), (0.9 * w, -0.8 * t), (1.35 * w, 0), (-0.95 * w, 0)]
        art.add(f"{name}.hoof", foot + np.array(hoof), "claw", bone=bone)
    elif looks.column:
        for k in range(3):
            nail = round_(
                foot[0] + (0.15 + 0.38 * k) * t, level - 0.1 * t, 0.17 * t, 0.22 * t, n=10
            )
            art.add(f"{name}.nail.{k}", nail, "horn", within=name, outlined=0.6, bone=bone)
    else:
        for k in (0.5, 0.95):
            x = foot[0] + k * paw
            line = [(x, level - 0.75 * paw), (x + 0.06 * paw, level - 0.4 * paw), (x, level)]
            art.stroke(name, line, 0.6, None, (0.9, 0.1))
    if at.folded and end == "hind" and side == "near" and not looks.column:
        arc = shape.at(np.linspace(0.22, 0.5, 6), -0.98)
        art.stroke(name, arc, 0.7)
