"""A body in a pose, seen from its view: joints in space, the trunk's cross-sections, the head.

Space is x right, y down, z towards us; a figure's left is at +x when it looks at us. The floor is
at y = 0. Lengths are head heights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .looks import Looks
from .pose import Pose
from .turns import turn_x, turn_y, turn_z, view_of

SIDES = (("left", 1.0), ("right", -1.0))
NECK_TO_HEAD = 0.36  # from the top of the neck to the middle of the head
# The trunk's cross-sections, from the crotch (0) to the neck (1).
LEVELS = np.array([0.0, 0.13, 0.3, 0.46, 0.62, 0.76, 0.87, 0.945, 1.0])


@dataclass(frozen=True)
class Sizes:
    """Lengths of a body."""

    torso: float
    neck: float
    shoulder: float
    waist: float
    hip: float
    upper_arm: float
    forearm: float
    hand: float
    thigh: float
    shin: float
    foot: float
    arm: tuple[float, float, float]  # half-widths at shoulder, elbow, wrist
    leg: tuple[float, float, float]  # at hip, knee, ankle
    neck_width: float


def sizes(looks: Looks) -> Sizes:
    """From proportions to lengths."""
    b = looks.body
    below = b.heads - 1
    small = max(0.0, min(1.0, (4.5 - b.heads) / 2.5))  # 1 for a figure of two heads
    torso = below * (0.375 + 0.1 * small)
    neck = below * 0.045 * (1 - 0.7 * small) + 0.02
    leg = below - 0.95 * torso - neck + 0.13 * (1 - small) - 0.01
    shoulder = (0.1 * below + 0.14) * b.shoulders
    thick = b.limbs * (1 + 0.1 * small)
    arm = below * (0.375 - 0.015 * small)
    hip = (0.082 * below + 0.135) * b.hips
    # thighs fill the hips, so that their outlines meet
    thigh = max((0.1 + 0.024 * below) * thick, 0.455 * hip)
    knee = (0.07 + 0.0145 * below) * thick
    return Sizes(
        torso=torso,
        neck=neck,
        shoulder=shoulder,
        waist=(0.066 * below + 0.12) * b.waist,
        hip=hip,
        upper_arm=arm * 0.5,
        forearm=arm * 0.48,
        hand=0.078 * below + 0.07,
        thigh=leg * 0.49,
        shin=leg * 0.45,
        foot=leg * 0.06 + 0.03,
        arm=tuple(
            w * thick
            for w in (0.055 + 0.0125 * below, 0.05 + 0.0085 * below, 0.046 + 0.0045 * below)
        ),
        leg=(thigh, max(knee, 0.58 * thigh), (0.062 + 0.0055 * below) * thick),
        neck_width=(0.085 + 0.0085 * below) * (0.75 + 0.25 * b.shoulders),
    )


@dataclass(eq=False)
class Rig:
    """All that parts are built on.

    Attributes:
        joints: [3] by name; x, y are where they are drawn, z who is before whom.
        pelvis, chest, head: [3,3], whose columns are its own x, y and z axes in space.
        centres, across, ahead: [9,3], middle and half-axes of the trunk's cross-sections.
        facing: the cosine of the view: 1 looks at us, -1 away.
        head_yaw, head_pitch: of the head against us, degrees; head_turn: its roll, radians.
        up: [3], from the ground.
        floor: how far along `up` the ground lies.
        lifted: how far above the ground its lowest point is.
    """

    looks: Looks
    pose: Pose
    size: Sizes
    joints: dict[str, np.ndarray]
    pelvis: np.ndarray
    chest: np.ndarray
    head: np.ndarray
    centres: np.ndarray
    across: np.ndarray
    ahead: np.ndarray
    facing: float
    head_yaw: float
    head_pitch: float
    head_turn: float
    up: np.ndarray
    floor: float
    lifted: float

    def at(self, name: str) -> tuple[float, float]:
        p = self.joints[name]
        return float(p[0]), float(p[1])

    def chance(self, index: int) -> float:
        """A number 0..1 that belongs to the figure, always the same for one index."""
        return self.looks.chance[index % len(self.looks.chance)]

    def surface(self, around, level, grow: float = 1.0) -> np.ndarray:
        """Points on the trunk: `around` in radians (0 = front, + = its left), `level` as `LEVELS`;
        arrays of one shape [N] or numbers. Returns [N,3]."""
        around, level = np.broadcast_arrays(np.atleast_1d(around), np.atleast_1d(level))
        spot = np.interp(level, LEVELS, np.arange(len(LEVELS)))
        low = np.minimum(spot.astype(int), len(LEVELS) - 2)
        part = (spot - low)[:, None]
        s, c = np.sin(around)[:, None] * grow, np.cos(around)[:, None] * grow
        rings = [self.centres[k] + s * self.across[k] + c * self.ahead[k] for k in (low, low + 1)]
        return rings[0] * (1 - part) + rings[1] * part

    def outline(self, first: float, last: float, grow=0.0, count: int = 7):
        """Both edges of the trunk as seen, from level `first` up to `last`: [count,2] on our left
        and on our right. `grow` (number or [count]) is added to its half-width."""
        level = np.linspace(first, last, count)
        spot = np.interp(level, LEVELS, np.arange(len(LEVELS)))
        low = np.minimum(spot.astype(int), len(LEVELS) - 2)
        part = (spot - low)[:, None]
        mix = [
            q[low] * (1 - part) + q[low + 1] * part for q in (self.centres, self.across, self.ahead)
        ]
        centre, across, ahead = (q[:, :2] for q in mix)
        along = self.centres[-1, :2] - self.centres[0, :2]
        length = math.hypot(*along)
        if length < 0.25 * self.size.torso:  # seen along the spine
            along = self.head[:2, 1] * -1.0
            length = math.hypot(*along) or 1.0
        normal = np.array([-along[1], along[0]]) / length
        half = np.sqrt((across @ normal) ** 2 + (ahead @ normal) ** 2)[:, None] + np.reshape(
            grow, (-1, 1)
        )
        return centre - normal * half, centre + normal * half

    def to_head(self, points) -> np.ndarray:
        """Points [N,2] of the head as seen (see `head.py`) in the figure's units."""
        c, s = math.cos(self.head_turn), math.sin(self.head_turn)
        turn = np.array([[c, s], [-s, c]], np.float32)
        return np.asarray(points, np.float32) @ turn + self.joints["head"][:2].astype(np.float32)


def rig(looks: Looks, pose: Pose) -> Rig:
    """The body of `looks` in `pose`."""
    size = sizes(looks)
    view = view_of(pose.yaw, pose.pitch, pose.roll)
    pelvis = view @ turn_z(pose.hips_tilt)
    chest = pelvis @ turn_y(pose.twist) @ turn_z(pose.bend) @ turn_x(pose.lean)
    head = chest @ turn_y(pose.head_yaw) @ turn_z(pose.head_roll) @ turn_x(pose.head_pitch)
    joints: dict[str, np.ndarray] = {"hips": np.zeros(3)}
    centres = _spine(size, pelvis, chest)
    across, ahead, offset = _sections(looks, size, pelvis, chest)
    neck = centres[-1]
    joints["spine"] = centres[3]
    joints["neck"] = neck
    neck_up = -(chest[:, 1] + head[:, 1]) / 2
    top = neck + neck_up * size.neck
    joints["head"] = top - head[:, 1] * NECK_TO_HEAD + head[:, 2] * 0.05
    joints["chin"] = joints["head"] + head[:, 1] * 0.5 + head[:, 2] * 0.3
    shoulder = centres[6] * 0.75 + centres[5] * 0.25
    for index, (side, s) in enumerate(SIDES):
        start = shoulder + chest[:, 0] * s * (size.shoulder - size.arm[0] * 0.9)
        upper, fore = _limb(
            pose.arm_forward[index],
            pose.arm_out[index],
            pose.elbow[index],
            pose.elbow_turn[index],
            s,
        )
        joints[f"{side}_shoulder"] = start
        joints[f"{side}_elbow"] = start + chest @ upper * size.upper_arm
        joints[f"{side}_hand"] = joints[f"{side}_elbow"] + chest @ fore * size.forearm
        start = (
            pelvis[:, 0]
            * s
            * min(max(size.hip - size.leg[0] * 1.02, size.leg[0] * 0.6), size.leg[0] * 1.25)
        )
        out, knee = pose.leg_out[index], pose.knee[index]
        fold = -135.0 * min(max((out - 24) / 20, 0.0), 1.0) * min(knee / 90, 1.0)  # shins cross
        thigh, shin = _limb(pose.leg_forward[index], out, -knee, fold, s)
        joints[f"{side}_hip"] = start
        joints[f"{side}_knee"] = start + pelvis @ thigh * size.thigh
        joints[f"{side}_foot"] = joints[f"{side}_knee"] + pelvis @ shin * size.shin
        joints[f"{side}_toe"] = (
            joints[f"{side}_foot"] + pelvis @ _foot(shin, pose.foot[index], s) * size.foot
        )
    for side, s in SIDES:
        joints[f"{side}_eye"] = joints["head"] + head @ np.array([0.19 * s, 0.1, 0.36])
    touching = _touching(size, joints, centres, pose.lies)
    lowest = max(float(joint[1]) + radius for joint, radius in touching)
    lifted = pose.lift * (size.thigh + size.shin)
    shift = np.array([0, -lowest - lifted, 0])
    from_ground = -turn_x(pose.ground if pose.lies else pose.pitch)[:, 1]
    floor = min(float((joint + shift) @ from_ground) - radius for joint, radius in touching)
    for name in joints:
        joints[name] = joints[name] + shift
    facing = float(view[2, 2])
    up = -head[:, 1]
    turn = math.atan2(float(up[0]), -float(up[1]))
    aside = float(head[0, 2]) * math.cos(turn) + float(head[1, 2]) * math.sin(turn)
    yaw = math.degrees(math.atan2(aside, float(head[2, 2])))
    return Rig(
        looks,
        pose,
        size,
        joints,
        pelvis,
        chest,
        head,
        centres + shift + offset,
        across,
        ahead,
        facing,
        yaw,
        math.degrees(math.asin(max(-1.0, min(1.0, float(up[2]))))),
        turn,
        from_ground,
        floor + lifted * float(from_ground[1]),
        lifted,
    )


def _touching(size: Sizes, joints, centres: np.ndarray, lies: bool) -> list:
    """What may touch the ground: points [3] and how far the body reaches around them."""
    out = [(joints["hips"], size.hip * 0.75)]
    for side, _ in SIDES:
        foot = size.leg[2] * 1.3 if lies else size.foot * 0.9
        out += [(joints[f"{side}_foot"], foot), (joints[f"{side}_knee"], size.leg[1])]
        if lies:
            out.append((joints[f"{side}_toe"], size.leg[2]))
            out.append((joints[f"{side}_shoulder"], size.arm[0]))
            out.append((joints[f"{side}_elbow"], size.arm[1]))
            out.append((joints[f"{side}_hand"], size.arm[2]))
    if lies:
        out += [(joints["head"], 0.48), (centres[5], size.shoulder * 0.45)]
    return out


def _limb(forward: float, out: float, bend: float, turn: float, side: float):
    """Directions of its two bones, from hanging down, in the frame of what it hangs on."""
    f, o = math.radians(forward), math.radians(out)
    upper = np.array([side * math.sin(o), math.cos(o) * math.cos(f), math.cos(o) * math.sin(f)])
    front = np.array([0.0, -math.sin(f), math.cos(f)])  # where it folds to
    inward = np.cross(front, upper) * side
    b, t = math.radians(bend), math.radians(turn)
    return upper, math.cos(b) * upper + math.sin(b) * (math.cos(t) * front + math.sin(t) * inward)


def _foot(shin: np.ndarray, point: float, side: float) -> np.ndarray:
    """Where a foot points, a little outward; of a shin that points back it points back too."""
    forward = np.array([0.22 * side, 0.0, 1.0])
    if shin[2] < -0.5:
        forward = np.array([0.0, 1.0, 0.0])
    forward = forward - (forward @ shin) * shin
    forward = forward / max(np.linalg.norm(forward), 1e-3)
    p = math.radians(point)
    return math.cos(p) * forward + math.sin(p) * shin


def _spine(size: Sizes, pelvis: np.ndarray, chest: np.ndarray) -> np.ndarray:
    """Middles of the trunk's cross-sections [9,3], the hip joints at 0."""
    up, last = -pelvis[:, 1], -chest[:, 1]
    v = LEVELS[:, None] - 0.06
    return size.torso * (up * v + (last - up) * 0.6 * v**2)


def _sections(looks: Looks, size: Sizes, pelvis: np.ndarray, chest: np.ndarray):
    b = looks.body
    sw, ww, hw = size.shoulder, size.waist, size.hip
    ribs = ww + (sw - ww) * 0.55
    wide = np.array(
        [
            hw * 0.8,
            hw,
            hw * 0.45 + ww * 0.55,
            ww,
            (ww + ribs) / 2,
            ribs,
            sw * 0.93,
            sw * 0.56,
            size.neck_width * 1.15,
        ]
    )
    deep = np.array(
        [
            hw * 0.55,
            hw * 0.72,
            ww * 0.74,
            ww * 0.7,
            ribs * 0.62,
            ribs * 0.6,
            sw * 0.42,
            sw * 0.3,
            size.neck_width,
        ]
    )
    bust = b.bust * ribs
    front = np.array(
        [0, -0.06 * hw, 0.05 * ww, 0.08 * ww, 0.04 * ww + bust * 0.28, bust * 0.3, 0, -0.02, -0.02]
    )
    deep = deep + np.array([0, 0, 0, 0, bust * 0.25, bust * 0.25, 0, 0, 0])
    mix = LEVELS[:, None]
    right = pelvis[:, 0] * (1 - mix) + chest[:, 0] * mix
    ahead = pelvis[:, 2] * (1 - mix) + chest[:, 2] * mix
    return right * wide[:, None], ahead * deep[:, None], ahead * front[:, None]
