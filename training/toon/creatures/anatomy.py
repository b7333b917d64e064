"""Shapes of living things: tubes with round ends that markings follow, bumpy rounds, bent legs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np


@cache
def _basis(steps: int) -> np.ndarray:
    """Weights [steps,4] of a Catmull-Rom curve's four points."""
    t = np.linspace(0, 1, steps, endpoint=False)
    return 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], 1
    )


def curve(points, steps: int = 5) -> np.ndarray:
    """An open Catmull-Rom curve through points [N,D]: [(N - 1) * steps + 1, D]."""
    p = np.asarray(points, float)
    padded = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    windows = np.stack([padded[k : len(padded) - 3 + k] for k in range(4)], 1)
    middle = np.einsum("sk,nkd->nsd", _basis(steps), windows).reshape(-1, p.shape[1])
    return np.concatenate([middle, p[-1:]])


def loop(points, steps: int = 4) -> np.ndarray:
    """A closed Catmull-Rom curve through points [N,2]: [N * steps, 2]."""
    p = np.asarray(points, float)
    padded = np.concatenate([p[-1:], p, p[:2]])
    windows = np.stack([padded[k : len(padded) - 3 + k] for k in range(4)], 1)
    return np.einsum("sk,nkd->nsd", _basis(steps), windows).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Tube:
    """A body, neck, leg or tail.

    Attributes:
        outline: [K,2].
        line: its middle, [M,2].
        normal: unit vectors [M,2], to the right of the way along it (down where it goes right).
        half: half-widths [M].
    """

    outline: np.ndarray
    line: np.ndarray
    normal: np.ndarray
    half: np.ndarray

    def at(self, u, v) -> np.ndarray:
        """Points [N,2] at the shares `u` 0..1 of its length and `v` -1..1 of its half-width."""
        place = np.asarray(u, float) * (len(self.line) - 1)
        place, v = np.broadcast_arrays(place, np.asarray(v, float))
        along = np.arange(len(self.line))
        table = np.concatenate([self.line, self.normal * self.half[:, None]], 1)
        x, y, nx, ny = (np.interp(place, along, column) for column in table.T)
        return np.stack([x + v * nx, y + v * ny], -1)

    def wedge(self, u: float, width: float, tip: float, start: float = -1.15) -> np.ndarray:
        """A stripe from its upper side (v = `start`) to a point at v = `tip`."""
        v = np.array([start, (start + tip) / 2, tip, (start + tip) / 2, start])
        return self.at(u + width * np.array([-1, -0.75, 0.0, 0.75, 1]), v)

    def band(self, u: float, width: float) -> np.ndarray:
        """A ring around it, bulging towards its end."""
        v = np.linspace(-1.2, 1.2, 5)
        bulge = 0.04 * (1 - v**2)
        return self.at(
            np.concatenate([u - width + bulge, (u + width + bulge)[::-1]]), np.r_[v, v[::-1]]
        )

    def spot(self, u: float, v: float, ru: float, rv: float, wobble=None) -> np.ndarray:
        """A roundish patch; `wobble` [10] are its radii, or None for an ellipse."""
        t = np.linspace(0, 2 * np.pi, 10, endpoint=False)
        r = np.ones(10) if wobble is None else np.asarray(wobble)
        return loop(self.at(u + ru * r * np.cos(t), v + rv * r * np.sin(t)), 2)


def tube(points, half_widths, steps: int = 5, ends: tuple[float, float] = (1, 1)) -> Tube:
    """A tube through points [N,2] with half-widths [N]; `ends` says how far its two ends bulge in
    units of the half-width there, 0 flat, 1 a half circle."""
    points = np.asarray(points, float)
    half = np.broadcast_to(np.asarray(half_widths, float), len(points))
    dense = curve(np.concatenate([points, half[:, None]], 1), steps)
    line, half = dense[:, :2], np.maximum(dense[:, 2], 0.004)
    direction = np.empty_like(line)
    direction[1:-1] = line[2:] - line[:-2]
    direction[0], direction[-1] = line[1] - line[0], line[-1] - line[-2]
    direction /= np.maximum(np.sqrt((direction**2).sum(1, keepdims=True)), 1e-9)
    normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
    angles = np.linspace(0, np.pi, 7)[1:-1, None]
    c, s = np.cos(angles), np.sin(angles)
    wide = normal * half[:, None]
    last = line[-1] + wide[-1] * c + direction[-1] * half[-1] * ends[1] * s
    first = line[0] - wide[0] * c - direction[0] * half[0] * ends[0] * s
    outline = np.concatenate([line + wide, last, (line - wide)[::-1], first])
    return Tube(outline, line, normal, half)


def bent(start, end, first: float, second: float, side: float) -> np.ndarray:
    """The knee of a leg of two bones from `start` to `end`; `side` +1 or -1 says which way it
    bends. A leg that is too short reaches as far as it can by growing."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    way = end - start
    reach = max(float(np.hypot(*way)), 1e-6)
    along = np.clip((first**2 - second**2 + reach**2) / (2 * reach), 0.25 * reach, 0.75 * reach)
    height = np.sqrt(max(first**2 - along**2, 0.0))
    unit = way / reach
    return start + unit * along + side * height * np.array([unit[1], -unit[0]])


def bumpy(x: float, y: float, rx: float, ry: float, bumps: int, depth: float, sharp: bool = False):
    """A round with `bumps` tufts around it, [bumps * 5, 2]: wool, or a mane where `sharp`."""
    t = np.linspace(0, 2 * np.pi, bumps * 5, endpoint=False)
    wave = np.mod(t * bumps / (2 * np.pi), 1)
    rise = (1 - np.abs(2 * wave - 1)) ** 1.5 if sharp else np.sin(np.pi * wave) ** 0.7
    r = 1 + depth * (rise - 0.5)
    lean = 0.5 * depth * rise if sharp else 0.0
    return np.stack([x + rx * r * np.cos(t + lean), y + ry * r * np.sin(t + lean)], 1)


def round_(x: float, y: float, rx: float, ry: float | None = None, angle: float = 0.0, n: int = 20):
    """An ellipse, [n,2]."""
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    u, v = rx * np.cos(t), (rx if ry is None else ry) * np.sin(t)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([x + c * u - s * v, y + s * u + c * v], 1)


def box(x0: float, y0: float, x1: float, y1: float, corner: float = 0.0) -> np.ndarray:
    """A rectangle with round corners, [20,2]."""
    corner = min(corner, (x1 - x0) / 2, (y1 - y0) / 2)
    t = np.linspace(0, np.pi / 2, 5)
    c, s = corner * np.cos(t), corner * np.sin(t)
    return np.concatenate(
        [
            np.stack([x1 - corner + c, y1 - corner + s], 1),
            np.stack([x0 + corner - s, y1 - corner + c], 1),
            np.stack([x0 + corner - c, y0 + corner - s], 1),
            np.stack([x1 - corner + s, y0 + corner - c], 1),
        ]
    )


def inside(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Which of points [N,2] lie in a polygon, by the nonzero rule: bool [N]."""
    a, b = polygon, np.roll(polygon, -1, 0)
    y = points[:, 1, None]
    up, down = (a[:, 1] <= y) & (b[:, 1] > y), (a[:, 1] > y) & (b[:, 1] <= y)
    left = (b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (points[:, 0, None] - a[:, 0]) * (
        b[:, 1] - a[:, 1]
    )
    return ((up & (left > 0)).sum(1) - (down & (left < 0)).sum(1)) != 0
