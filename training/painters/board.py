"""A board to paint scenery on: outlined shapes, in units of the picture's side.

Half of all boards have lines as wide as the figures', so that lines do not tell figures from
scenery; the other half has none, or thin ones.
"""

from __future__ import annotations

import cv2
import numpy as np

from .surfaces import surface
from .textures import colored, noise, painterly

SHIFT = 4  # fractional bits of OpenCV's coordinates


class Board:
    """A square picture in the making, `pixels` uint8 [side,side,3]."""

    def __init__(self, rng: np.random.Generator, side: int, ground=(255, 255, 255)):
        self.rng, self.side = rng, side
        self.pixels = np.empty((side, side, 3), np.uint8)
        self.pixels[:] = np.clip(ground, 0, 255)
        style = rng.random()
        width = rng.uniform(0.002, 0.007) if style < 0.5 else 0.0012 if style < 0.65 else 0.0
        self.line = width * side
        self.ink = None if rng.random() < 0.55 else np.full(3, rng.uniform(0, 60))

    def polygon(self, points, color, line: float = 1.0) -> None:
        """A filled polygon [N,2] with its outline, `line` times as wide as usual."""
        whole = np.rint(np.asarray(points, float) * self.side * 2**SHIFT).astype(np.int32)
        color = np.clip(color, 0, 255)
        cv2.fillPoly(self.pixels, [whole], color.tolist(), cv2.LINE_AA, SHIFT)
        if line and self.line:
            self._stroke(whole, True, color, line)

    def many(self, shapes, colors, line: float = 0.0) -> None:
        """Small convex polygons [N,P,2], each in its colour [N,3], one over the other; quicker than
        `polygon` for each."""
        whole = _whole(shapes, self.side)
        colors = np.clip(np.broadcast_to(colors, (len(whole), 3)), 0, 255)
        thick = max(1, round(self.line * line))
        outlined = line > 0 and self.line > 0
        dark = colors * 0.4 if self.ink is None else np.broadcast_to(self.ink, colors.shape)
        for points, color, edge in zip(whole, colors.tolist(), dark.tolist(), strict=True):
            cv2.fillConvexPoly(self.pixels, points, color, cv2.LINE_AA, SHIFT)
            if outlined:
                cv2.polylines(self.pixels, [points], True, edge, thick, cv2.LINE_AA, SHIFT)

    def lines(self, paths, color, width: float) -> None:
        """Lines of one colour and `width` (of the side) through paths [N,P,2], without outline."""
        whole = _whole(paths, self.side)
        thick, color = max(1, round(width * self.side)), np.clip(color, 0, 255).tolist()
        cv2.polylines(self.pixels, list(whole), False, color, thick, cv2.LINE_AA, SHIFT)

    def stroke(self, points, color, width: float) -> None:
        """A line of `width` (of the side) through points [N,2]."""
        whole = np.rint(np.asarray(points, float) * self.side * 2**SHIFT).astype(np.int32)
        thick = max(1, round(width * self.side))
        color = np.clip(color, 0, 255)
        if self.line and thick > 2 * self.line + 1:
            dark = self._dark(color)
            edge = thick + 2 * max(1, round(self.line))
            cv2.polylines(self.pixels, [whole], False, dark, edge, cv2.LINE_AA, SHIFT)
        cv2.polylines(self.pixels, [whole], False, color.tolist(), thick, cv2.LINE_AA, SHIFT)

    def ellipse(self, x, y, rx, ry, color, line: float = 1.0, angle: float = 0.0) -> None:
        """A filled ellipse about (x, y), turned by `angle` radians."""
        t = np.linspace(0, 2 * np.pi, 36, endpoint=False)
        c, s = np.cos(angle), np.sin(angle)
        u, v = rx * np.cos(t), ry * np.sin(t)
        self.polygon(np.stack([x + c * u - s * v, y + s * u + c * v], 1), color, line)

    def box(self, x0, y0, x1, y1, color, line: float = 1.0) -> None:
        """A filled box."""
        self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], color, line)

    def ramp(self, y0: float, y1: float, first, last, steps: int = 0) -> None:
        """A vertical gradient between two heights, from edge to edge."""
        a, b = (round(min(max(y, 0), 1) * self.side) for y in (y0, y1))
        if b > a:
            t = np.linspace(0, 1, b - a, dtype=np.float32)
            colors = np.stack([np.clip(first, 0, 255), np.clip(last, 0, 255)]).astype(np.float32)
            self.pixels[a:b] = colored(t, colors, steps)[:, None]

    def blob(self, x, y, size, color, bumps: int = 9, line: float = 1.0) -> None:
        """A bush or a cloud: a circle of bumps."""
        t = np.linspace(0, 2 * np.pi, bumps * 6, endpoint=False)
        phase = self.rng.uniform(0, 6)
        reach = size * (0.8 + 0.2 * np.abs(np.sin(bumps / 2 * t + phase)))
        reach = reach * (1 + 0.12 * np.sin(2 * t + phase))
        self.polygon(np.stack([x + reach * np.cos(t), y + 0.8 * reach * np.sin(t)], 1), color, line)

    def finished(self) -> np.ndarray:
        """The picture, at times washed, textured or repainted in strokes."""
        rng, out = self.rng, self.pixels
        chance = rng.random()
        if chance < 0.3:  # light and texture of paint
            wash = noise(rng, self.side, 5, int(rng.integers(2, 12)))[..., None]
            share = np.float32(rng.uniform(0.15, 0.5))
            out = (out * (1 - share / 2 + share * wash)).clip(0, 255).astype(np.uint8)
        elif chance < 0.45 and self.line == 0:
            out = painterly(rng, out, 6000)
        return out

    def painted(self) -> np.ndarray:
        """The picture with a surface: brush marks, dabs, paper, hatching, or none."""
        return surface(self.rng, self.pixels, dabs=self.line == 0)

    def _stroke(self, whole, closed, color, line) -> None:
        thick = max(1, round(self.line * line))
        dark = self._dark(color)
        cv2.polylines(self.pixels, [whole], closed, dark, thick, cv2.LINE_AA, SHIFT)

    def _dark(self, color) -> list[float]:
        return (np.asarray(color) * 0.4 if self.ink is None else self.ink).tolist()


def _whole(shapes, side: int) -> np.ndarray:
    """Points in OpenCV's fixed-point coordinates, int32 and contiguous."""
    return np.ascontiguousarray(np.rint(np.asarray(shapes, float) * (side * 2**SHIFT)), np.int32)
