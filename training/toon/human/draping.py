"""Cloth that hangs from the waist: over the legs as a skirt does, or past them as a coat does. What
reaches the ground lies on it."""

from __future__ import annotations

import numpy as np

from .rings import Rings, spot, trunk_rings
from .skeleton import SIDES, Rig

SPREAD = 0.45  # of the cloth that the ground holds up, how much lies around


def skirt_rings(
    rig: Rig, length: float, flare: float, waist: float = 0.4, grow: float = 0.02
) -> Rings:
    """Cloth that hangs from the waist over the legs.

    Args:
        length: of the leg, 1 = down to the ankle.
        flare: width of its end against the hips.
        waist: the trunk's level where it starts.
        grow: how much wider than the trunk it starts.
    """
    size, joints = rig.size, rig.joints
    hips = rig.centres[0] * 0.7 + rig.centres[1] * 0.3
    knees = (joints["left_knee"] + joints["right_knee"]) / 2
    feet = (joints["left_foot"] + joints["right_foot"]) / 2
    hang = hanging(rig)
    shins = (feet - knees) / (np.linalg.norm(feet - knees) + 1e-6)
    follows = 0.15 if rig.pose.lies else 0.5  # cloth that lies does not rise with the shins
    fall = knees + (hang * (1 - follows) + shins * follows) * size.shin
    if length > 0.5 and _folded(rig, hips):
        return _over_folded_legs(rig, length, waist, grow)
    out_c, out_a, out_h = _waist(rig, waist, grow)
    hip_wide = size.hip + grow + 0.02
    gap = (joints["left_knee"] - joints["right_knee"]) / 2
    step = (joints["left_foot"] - joints["right_foot"]) / 2
    side = rig.pelvis[:, 0]
    front = rig.pelvis[:, 2]
    sideways, forward = abs(float(gap @ side)), abs(float(gap @ front))
    stride = abs(float(step @ side)), abs(float(step @ front))
    axis = (knees - hips) / (np.linalg.norm(knees - hips) + 1e-6)
    front = front - axis * float(front @ axis)
    if np.linalg.norm(front) < 0.3:  # the thighs point forward
        front = -rig.pelvis[:, 1]
        front = front - axis * float(front @ axis)
    front = front / (np.linalg.norm(front) + 1e-6)
    # cloth flares where it hangs, and lies on thighs that are level
    flare = 1 + (flare - 1) * max(0.0, float(axis @ hang)) ** 2
    for share in (0.3, 0.65, 1.0):
        t = length * share
        if t <= 0.5:
            spot_at = hips + (knees - hips) * (t / 0.5)
            need = size.hip * (1 - t / 0.5) + (sideways + size.leg[1] * 1.25) * (t / 0.5)
            depth = size.hip * 0.8 * (1 - t / 0.5) + (forward + size.leg[1] * 1.2) * (t / 0.5)
        else:
            u = (t - 0.5) / 0.5
            spot_at = knees + (fall - knees) * u
            foot = min(u, 1.0)
            need = sideways * (1 - foot) + stride[0] * foot + size.leg[1] * 1.25
            depth = forward * (1 - foot) + stride[1] * foot * 0.9 + size.leg[1] * 1.2
        wide = max(
            hip_wide * (1 + (flare - 1) * (0.35 + 0.65 * share) * min(1.0, 0.45 + t)), need + grow
        )
        deep = max(
            hip_wide * 0.78 * (1 + (flare - 1) * (0.35 + 0.65 * share) * min(1.0, 0.45 + t)),
            depth + grow,
        )
        sway = np.array([rig.pose.sway * 0.18 * t * share, 0, 0])
        out_c.append(spot_at + sway)
        out_a.append(side * wide)
        if t > 0.5:  # below the knees its front is the body's again
            turned = front * (1 - u) + rig.pelvis[:, 2] * u
            out_h.append(turned / (np.linalg.norm(turned) + 1e-6) * deep)
        else:
            out_h.append(front * deep)
    return laid(rig, np.array(out_c[::-1]), np.array(out_a[::-1]), np.array(out_h[::-1]))


def _folded(rig: Rig, hips: np.ndarray) -> bool:
    """Whether the shins lie under the thighs or between them: of who kneels or sits on them."""
    if rig.pose.lies:
        return False
    for side, _ in SIDES:
        knee, foot = rig.joints[f"{side}_knee"], rig.joints[f"{side}_foot"]
        away = foot - hips
        away = away - rig.up * float(away @ rig.up)
        hangs = float((knee - foot) @ rig.up) > 0.45 * rig.size.shin
        if hangs or float(np.linalg.norm(away)) > 0.9 * rig.size.thigh:
            return False
    return True


def _over_folded_legs(rig: Rig, length: float, waist: float, grow: float) -> Rings:
    """A long skirt of who kneels or sits on the ground: from the waist over thighs and shins, and
    what is left of it around them."""
    size, joints = rig.size, rig.joints
    out_c, out_a, out_h = _waist(rig, waist, grow)
    up, side = rig.up, rig.pelvis[:, 0]
    hips = rig.centres[0] * 0.7 + rig.centres[1] * 0.3
    front = np.cross(up, side)
    front = front / (np.linalg.norm(front) + 1e-6)
    side = np.cross(front, up)
    high = max(float(hips @ up) - rig.floor, 0.2 * size.thigh)
    left_over = max(length * (size.thigh + size.shin) - high, 0.0)
    legs = [joints[f"{s}_{n}"] - hips for s in ("left", "right") for n in ("knee", "foot")]
    low, far = (min(float(p @ front) for p in legs), max(float(p @ front) for p in legs))
    aside = max(abs(float(p @ side)) for p in legs)
    cover, around = size.leg[1] * 1.3 + grow, min(0.3 * left_over, 0.35 * size.thigh)
    for share in (0.35, 0.75, 1.0):
        out, spread = share**0.35, cover * share + around * share**3  # knees are wide, high up
        wide = (size.hip + grow + 0.02) * (1 - out) + aside * out + spread
        deep = (size.hip * 0.85 + grow) * (1 - out) + (far - low) / 2 * out + spread
        middle = hips - up * high * share + front * (far + low) / 2 * out
        out_c.append(middle + np.array([rig.pose.sway * 0.1 * share, 0, 0]))
        out_a.append(side * max(wide, size.hip + grow))
        out_h.append(front * deep)
    return laid(rig, np.array(out_c[::-1]), np.array(out_a[::-1]), np.array(out_h[::-1]))


def coat_skirt(rig: Rig, length: float, flare: float, waist: float, grow: float) -> Rings:
    """The lower part of a coat or cape: as a skirt on who stands; of who sits, kneels or crouches
    it hangs past the thighs, which come out of it in front.

    Args: those of `skirt_rings`.
    """
    size, joints = rig.size, rig.joints
    down = hanging(rig)
    hips = rig.centres[0] * 0.7 + rig.centres[1] * 0.3
    knees = (joints["left_knee"] + joints["right_knee"]) / 2
    upright = float((knees - hips) @ down) / size.thigh
    if upright > 0.82:
        return skirt_rings(rig, length, flare, waist, grow)
    out_c, out_a, out_h = _waist(rig, waist, grow)
    side = rig.pelvis[:, 0]
    front = rig.pelvis[:, 2] - down * float(rig.pelvis[:, 2] @ down)
    front = front / (np.linalg.norm(front) + 1e-6)
    seat = max(size.hip * 0.8, size.leg[0] * 1.25) + grow  # thighs that leave are deep
    for share in (0.3, 0.65, 1.0):
        wider = 1 + (flare - 1) * share
        sway = np.array([rig.pose.sway * 0.12 * share, 0, 0])
        out_c.append(hips + down * length * share * (size.thigh + size.shin) + sway)
        out_a.append(side * (size.hip + grow + 0.03) * wider)
        out_h.append(front * seat * wider)
    return laid(rig, np.array(out_c[::-1]), np.array(out_a[::-1]), np.array(out_h[::-1]))


def hanging(rig: Rig) -> np.ndarray:
    """Where cloth hangs to, [3]: down, or along the body of who lies."""
    return rig.pelvis[:, 1] if rig.pose.lies else -rig.up


def laid(rig: Rig, centre: np.ndarray, across: np.ndarray, ahead: np.ndarray) -> Rings:
    """Rings [K,3] of which nothing is below the ground: those that would be lie flat on it, wider
    by some of the cloth that is left over, and those that reach into it are pressed flatter."""
    up, thick = rig.up, 0.02
    tall = np.sqrt((across @ up) ** 2 + (ahead @ up) ** 2)
    deep = (rig.floor - (centre @ up - tall)).clip(0, None)
    kept = np.maximum(tall - deep / 2, np.minimum(tall, thick))
    sunk = (rig.floor - centre @ up).clip(0, None) * (deep > 0)
    rise = np.maximum(rig.floor + kept - centre @ up, 0) * (deep > 0)
    out = []
    for axis in (across, ahead):
        above = (axis @ up)[:, None] * up
        flat = axis - above
        long = np.linalg.norm(flat, axis=1, keepdims=True) + 1e-6
        more = np.minimum(SPREAD * sunk, 0.25 * rig.size.thigh)[:, None]
        out.append(flat * (1 + more / long) + above * (kept / (tall + 1e-9))[:, None])
    centre = centre + rise[:, None] * up
    lowest = np.inf
    if not rig.pose.lies:
        edge = centre[0, 1] + np.hypot(out[0][0, 1], out[1][0, 1])
        lowest = max(float(edge), 0.0)
    return Rings(centre, out[0], out[1], lowest)


def _waist(rig: Rig, waist: float, grow: float) -> tuple[list, list, list]:
    """The two upper rings: centres and half-axes."""
    trunk = trunk_rings(rig, grow)
    out: tuple[list, list, list] = ([], [], [])
    for level in (waist, (waist + 0.13) / 2):
        k = spot(level)
        low = int(k)
        p = k - low
        for values, q in zip(out, (trunk.centre, trunk.across, trunk.ahead), strict=True):
            values.append(q[low] * (1 - p) + q[low + 1] * p)
    return out
