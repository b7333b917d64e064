"""Outlines of bodies and hair, quick: a curve through points is one product with a known matrix."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

STEPS = 4  # points that a curve gets per given point


@lru_cache(maxsize=256)
def _matrix(count: int, steps: int, closed: bool) -> np.ndarray:
    """Takes `count` points to a Catmull-Rom curve through them."""
    t = np.linspace(0, 1, steps, endpoint=False)
    weights = 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], 1
    )
    spans = count if closed else count - 1
    matrix = np.zeros((spans * steps + (not closed), count))
    for span in range(spans):
        for k in range(4):
            at = span + k - 1
            at = at % count if closed else min(max(at, 0), count - 1)
            matrix[span * steps : (span + 1) * steps, at] += weights[:, k]
    if not closed:
        matrix[-1, -1] = 1
    return matrix.astype(np.float32)


def loop(points, steps: int = STEPS) -> np.ndarray:
    """A closed curve through points [N,2]: float32 [N * steps, 2]."""
    points = np.asarray(points, np.float32)
    return _matrix(len(points), steps, True) @ points


def line(points, steps: int = STEPS) -> np.ndarray:
    """An open curve through points [N,C]: float32 [(N - 1) * steps + 1, C]."""
    points = np.asarray(points, np.float32)
    return _matrix(len(points), steps, False) @ points


def tube(points, half_widths, steps: int = STEPS) -> np.ndarray:
    """What a round brush covers along a curve through points [N,2], half-widths [N] or one."""
    points = np.asarray(points, np.float32)
    half = np.empty((len(points), 1), np.float32)
    half[:, 0] = half_widths
    curve = line(np.concatenate([points, half], 1), steps)
    middle, half = curve[:, :2], np.maximum(curve[:, 2:], 0)
    step = np.empty_like(middle)
    step[1:-1] = middle[2:] - middle[:-2]
    step[0], step[-1] = middle[1] - middle[0], middle[-1] - middle[-2]
    step /= np.sqrt((step * step).sum(1, keepdims=True)) + 1e-9
    normal = step[:, ::-1] * np.array([-1, 1], np.float32)
    side = normal * half
    ends = []
    for at, sign in ((-1, 1), (0, -1)):  # round caps
        forward, across = step[at] * half[at] * sign, side[at] * sign
        for along, aside in ((0.7, 0.72), (1.0, 0.0), (0.7, -0.72)):
            ends.append(middle[at] + forward * along + across * aside)
    return np.concatenate([middle + side, ends[:3], (middle - side)[::-1], ends[3:]])


def disc(x: float, y: float, rx: float, ry: float | None = None, count: int = 16) -> np.ndarray:
    """An ellipse."""
    return _circle(count) * np.array([rx, rx if ry is None else ry], np.float32) + np.array(
        [x, y], np.float32
    )


@lru_cache(maxsize=8)
def _circle(count: int) -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([np.cos(t), np.sin(t)], 1).astype(np.float32)


def hull(circles, count: int = 26) -> np.ndarray:
    """What a string around circles [N,3] (x, y, radius) encloses: float32 [count, 2]."""
    circles = np.asarray(circles, np.float32)
    around = _circle(count)
    best = (around @ circles[:, :2].T + circles[:, 2]).argmax(1)
    return circles[best, :2] + circles[best, 2:] * around


def joint_sides(a, b, c, wa: float, wb: float, wc: float, bulge=(0.0, 0.0)):
    """Both sides of a limb that bends at `b`: two float32 [9,2], from `a` to `c`.

    Args:
        a, b, c: its joints, [2].
        wa, wb, wc: half-widths there.
        bulge: how much wider the middle of each of its two bones is than a straight taper.
    """
    (ax, ay), (bx, by), (cx, cy) = a, b, c
    ux, uy, vx, vy = bx - ax, by - ay, cx - bx, cy - by
    lu, lv = max((ux * ux + uy * uy) ** 0.5, 1e-4), max((vx * vx + vy * vy) ** 0.5, 1e-4)
    ux, uy, vx, vy = ux / lu, uy / lu, vx / lv, vy / lv
    mx, my = ux + vx, uy + vy
    lm = (mx * mx + my * my) ** 0.5
    if lm < 1e-3:
        mx, my, lm = -uy, ux, 1.0
    mx, my = mx / lm, my / lm
    turn = ux * vy - uy * vx
    reach = wb / max(ux * mx + uy * my, 0.45)
    reach = min(reach, 0.8 * min(lu, lv) + wb * 0.3)
    upper, lower = (wa + wb) / 2 + bulge[0], (wb + wc) / 2 + bulge[1]
    sides = []
    for s in (1.0, -1.0):
        nu, nv, nm = (-uy * s, ux * s), (-vy * s, vx * s), (-my * s, mx * s)
        if s * turn > 1e-6:  # the inner side: a crease; a straight limb has none
            px, py = bx + nm[0] * reach, by + nm[1] * reach
            k = 0.12 * min(lu, lv)
            bend = [(px - ux * k, py - uy * k), (px, py), (px + vx * k, py + vy * k)]
        else:
            bend = [
                (bx + nu[0] * wb - ux * wb * 0.4, by + nu[1] * wb - uy * wb * 0.4),
                (bx + nm[0] * wb, by + nm[1] * wb),
                (bx + nv[0] * wb + vx * wb * 0.4, by + nv[1] * wb + vy * wb * 0.4),
            ]
        sides.append(
            [
                (ax + nu[0] * wa, ay + nu[1] * wa),
                (
                    ax + ux * lu * 0.3 + nu[0] * (wa * 0.55 + upper * 0.45),
                    ay + uy * lu * 0.3 + nu[1] * (wa * 0.55 + upper * 0.45),
                ),
                (
                    ax + ux * lu * 0.6 + nu[0] * (upper * 0.55 + wb * 0.45),
                    ay + uy * lu * 0.6 + nu[1] * (upper * 0.55 + wb * 0.45),
                ),
                *bend,
                (
                    bx + vx * lv * 0.35 + nv[0] * (lower * 0.8 + wb * 0.2),
                    by + vy * lv * 0.35 + nv[1] * (lower * 0.8 + wb * 0.2),
                ),
                (
                    bx + vx * lv * 0.7 + nv[0] * (lower * 0.4 + wc * 0.6),
                    by + vy * lv * 0.7 + nv[1] * (lower * 0.4 + wc * 0.6),
                ),
                (cx + nv[0] * wc, cy + nv[1] * wc),
            ]
        )
    return sides[0], sides[1], (ux, uy), (vx, vy)


# The stretch of `bent_limb`'s outline that is its round end, of 3 steps and without a tip.
LIMB_END = (24, 36)


def bent_limb(a, b, c, wa, wb, wc, bulge=(0.0, 0.0), tip=None, steps: int = 3, outward=None):
    """A limb's outline, float32 [K,2], and the stretch of it that is its start (a seam).

    Args:
        tip: points that follow the first side and lead to the second, such as a hand's; a round
            end without.
        outward: [2], away from what the limb grows from: on that side its start is no seam.
    """
    left, right, (ux, uy), (vx, vy) = joint_sides(a, b, c, wa, wb, wc, bulge)
    if tip is None:
        tip = [
            (c[0] + vx * wc * 0.6 - vy * wc * 0.8, c[1] + vy * wc * 0.6 + vx * wc * 0.8),
            (c[0] + vx * wc * 0.95, c[1] + vy * wc * 0.95),
            (c[0] + vx * wc * 0.6 + vy * wc * 0.8, c[1] + vy * wc * 0.6 - vx * wc * 0.8),
        ]
    cap = [
        (a[0] - ux * wa * 0.7 + uy * wa * 0.72, a[1] - uy * wa * 0.7 - ux * wa * 0.72),
        (a[0] - ux * wa, a[1] - uy * wa),
        (a[0] - ux * wa * 0.7 - uy * wa * 0.72, a[1] - uy * wa * 0.7 + ux * wa * 0.72),
    ]
    points = [*left, *tip, *right[::-1], *cap]
    outline = loop(points, steps)
    first, middle, last = steps * (len(points) - 5), steps * (len(points) - 2), steps
    if outward is None:
        return outline, (first, last)
    left_is_out = -uy * outward[0] + ux * outward[1] > 0
    return outline, (first, middle) if left_is_out else (middle, last)
