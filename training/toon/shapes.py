"""Outlines from points: closed polygons float32 [K,2], x right, y down. No drawing here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS = 6  # points that a curve gets per given point


def polygon(points) -> np.ndarray:
    """Straight lines between points [N,2]."""
    return np.asarray(points, np.float32)


def smooth(points, closed: bool = True, steps: int = STEPS) -> np.ndarray:
    """A Catmull-Rom curve through points [N,2]: `steps` points for each of them."""
    p = np.asarray(points, float)
    if closed:
        before, after = np.roll(p, 1, 0), np.roll(p, -1, 0)
        b, c, a, d = p, after, before, np.roll(p, -2, 0)
    else:
        padded = np.concatenate([p[:1], p, p[-1:]])
        a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (q[:, None] for q in (a, b, c, d))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    curve = curve.reshape(-1, 2)
    if not closed:
        curve = np.concatenate([curve, p[-1:]])
    return curve.astype(np.float32)


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> np.ndarray:
    """An ellipse about (x, y), turned by `angle` radians."""
    t = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    u, v = rx * np.cos(t), ry * np.sin(t)
    return np.stack([x + c * u - s * v, y + s * u + c * v], 1).astype(np.float32)


def ribbon(points, half_widths) -> np.ndarray:
    """What a brush covers that follows points [N,2] with half-widths [N] or one for all: a closed
    polygon to be filled by the nonzero rule (it may overlap itself in sharp turns)."""
    line = np.asarray(points, float)
    half = np.broadcast_to(np.asarray(half_widths, float), len(line))[:, None]
    direction = np.gradient(line, axis=0)
    direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
    start, end = line[:1] - direction[:1] * half[:1], line[-1:] + direction[-1:] * half[-1:]
    sides = [start, line + normal * half, end, (line - normal * half)[::-1]]
    return np.concatenate(sides).astype(np.float32)


def limb(joints, half_widths) -> np.ndarray:
    """A round tube through joints [N,2] with half-widths [N]: arms, legs, tails, locks."""
    joints, widths = np.asarray(joints, float), np.asarray(half_widths, float)
    t = np.linspace(0, len(joints) - 1, STEPS * (len(joints) - 1) + 1)
    line = np.stack([np.interp(t, range(len(joints)), joints[:, k]) for k in range(2)], 1)
    for _ in range(2):  # rounds the joints
        line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    tube = ribbon(line, np.interp(t, range(len(joints)), widths))
    return smooth(tube, steps=2)


def moved(points: np.ndarray, shift) -> np.ndarray:
    """The same outline elsewhere."""
    return (points + np.asarray(shift, np.float32)).astype(np.float32)


def turned(points: np.ndarray, angle: float, centre=(0.0, 0.0)) -> np.ndarray:
    """The same outline turned by `angle` radians, clockwise on the screen, about a point."""
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.array([[c, -s], [s, c]], np.float32)
    centre = np.asarray(centre, np.float32)
    return ((points - centre) @ matrix.T + centre).astype(np.float32)


def bounds(points: np.ndarray) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1."""
    (x0, y0), (x1, y1) = points.min(0).tolist(), points.max(0).tolist()
    return x0, y0, x1, y1


@dataclass(frozen=True, eq=False)
class Placement:
    """Figure units to pixels: `scale` pixels per unit, `origin` [2] the unit at pixel (0, 0)."""

    scale: float
    origin: np.ndarray

    def __call__(self, points) -> np.ndarray:
        """Points [..., 2] in pixels, float32."""
        return ((np.asarray(points, np.float32) - self.origin) * self.scale).astype(np.float32)
