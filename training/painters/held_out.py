"""Painters that only the evaluation's scenes show: (rng, side) -> uint8 picture.

Training never sees these places, and they stay as they are: figures of merit are measured on them.
"""

from __future__ import annotations

import numpy as np

from ..overlays import write
from .board import Board
from .textures import noise, palette


def seaside(rng, side):
    """Sea with bands of waves, a beach with stones, an island, a palm."""
    board = Board(rng, side)
    horizon, shore = rng.uniform(0.3, 0.5), rng.uniform(0.65, 0.9)
    sky(rng, board, horizon)
    sea = np.array([rng.uniform(10, 80), rng.uniform(90, 170), rng.uniform(150, 230)])
    board.ramp(horizon, shore + 0.05, sea * 0.7, sea * 1.2)
    for x in rng.uniform(0, 1, int(rng.integers(0, 3))):
        hill = np.linspace(-1, 1, 12)
        crest = np.stack(
            [x + 0.2 * hill, horizon - 0.08 * (1 - hill**2) * rng.uniform(0.5, 1, 12)], 1
        )
        board.polygon(crest, plant_colors(rng, 1)[0] * 0.8)
    for y in horizon + (shore - horizon) * rng.random(90) ** 1.3:
        near = (y - horizon) / (shore - horizon)
        x, long = rng.uniform(0, 1), (0.02 + 0.12 * near) * rng.uniform(0.5, 1.5)
        t = np.linspace(-1, 1, 9)
        crest = np.stack([x + long * t, y + 0.004 * (0.3 + near) * np.cos(9 * t)], 1)
        foam = rng.random() < 0.4
        board.stroke(crest, (245, 250, 255) if foam else sea * 1.35, 0.002 + 0.004 * near)
    sand = np.array([232, 210, 165]) * rng.uniform(0.7, 1.05)
    t = np.linspace(-0.1, 1.1, 30)
    edge = shore + 0.03 * np.sin(5 * t + rng.uniform(0, 6)) + 0.01 * np.sin(17 * t)
    for drop, color in ((-0.015, np.array([250, 252, 255])), (0.012, sand * 0.8), (0.03, sand)):
        board.polygon(
            np.concatenate([np.stack([t, edge + drop], 1), [(1.1, 1.1), (-0.1, 1.1)]]), color
        )
    for x, y in rng.uniform(0, 1, (26, 2)):
        size = rng.uniform(0.004, 0.03)
        board.blob(x, shore + 0.07 + (1 - shore) * y, size, np.full(3, rng.uniform(90, 190)), 5)
    if rng.random() < 0.6:
        _palm(rng, board, rng.uniform(0.05, 0.95), 0.95)
    return board.finished()


def _palm(rng, board: Board, x: float, foot: float) -> None:
    lean, high = rng.normal(0, 0.15), rng.uniform(0.5, 0.8)
    t = np.linspace(0, 1, 9)
    trunk = np.stack([x + lean * t**2, foot - high * t], 1)
    board.stroke(trunk, (150, 115, 75), 0.03)
    greens = plant_colors(rng, 3)
    for angle in np.linspace(-np.pi, 0.3, 9) + rng.normal(0, 0.1, 9):
        reach = rng.uniform(0.15, 0.28)
        spine = trunk[-1] + np.stack(
            [reach * t * np.cos(angle), reach * (t * np.sin(angle) + 0.6 * t**2)], 1
        )
        for point in spine[1:]:
            for turn in (angle + 1.0, angle - 1.0):
                board.polygon(leaf(*point, 0.07, turn + 0.5), greens[rng.integers(3)], 0.6)


def shops(rng, side):
    """A row of shop fronts with awnings, signs, goods and plants."""
    board = Board(rng, side)
    ground = rng.uniform(0.75, 0.9)
    board.ramp(0, 1, palette(rng, 1)[0] * 0.5 + 100, palette(rng, 1)[0])
    x = -rng.uniform(0, 0.2)
    while x < 1:
        wide, colors = rng.uniform(0.25, 0.55), palette(rng, 5).astype(float)
        board.box(x, -0.1, x + wide, ground, colors[0] * 0.7 + 60)
        for u in np.linspace(x + 0.03, x + wide - 0.1, 3):  # upper windows
            board.box(u, 0.03, u + 0.08, 0.2, (150, 190, 215))
            board.box(u - 0.01, 0.2, u + 0.09, 0.22, colors[1])
        board.box(x + 0.02, 0.27, x + wide - 0.02, 0.36, colors[1])
        _word(rng, board, x + 0.06, 0.285, 0.06, 255 - colors[1])
        stripes = int(rng.integers(5, 12))
        board.box(x + 0.03, 0.44, x + wide - 0.03, ground, colors[2] * 0.35)
        for _ in range(int(rng.integers(12, 40))):  # goods
            u, v = rng.uniform(x + 0.05, x + wide - 0.07), rng.uniform(0.5, ground - 0.04)
            size, color = rng.uniform(0.012, 0.03), palette(rng, 1)[0].astype(float) * 0.8 + 50
            if rng.random() < 0.5:
                board.ellipse(u, v, size, size, color, 0.7)
            else:
                board.box(u, v - size, u + size, v + size, color, 0.7)
        for k in range(stripes):
            a, b = (x + wide * (k + s) / stripes for s in (0, 1))
            color = colors[3] if k % 2 else np.array([245, 240, 230])
            board.polygon(
                [(a, 0.38), (b, 0.38), (b + 0.01, 0.47), ((a + b) / 2, 0.49), (a + 0.01, 0.47)],
                color,
            )
        x += wide
    board.box(-0.1, ground, 1.1, 1.1, palette(rng, 1)[0] * 0.4 + 90)
    for u in np.arange(0, 1.05, 0.07):
        board.stroke([(u, ground), (u * 1.6 - 0.3, 1.05)], (90, 85, 85), 0.002)
    for _ in range(int(rng.integers(1, 5))):
        _plant(rng, board, rng.uniform(0, 1), ground + rng.uniform(0, 0.1), rng.uniform(0.1, 0.25))
    return board.finished()


def magic(rng, side):
    """Rings with signs, stars of lines and rays over a night sky or smoke."""
    smoke = noise(rng, side, 5, 3)[..., None]
    first, last = palette(rng, 2).astype(float)
    board = Board(rng, side)
    board.pixels = ((first * 0.15) * (1 - smoke) + last * 0.7 * smoke).clip(0, 255).astype(np.uint8)
    board.line = 0
    glow = palette(rng, 1)[0].astype(float) * 0.4 + 150
    for _ in range(int(rng.integers(1, 4))):
        centre, reach = rng.uniform(0.2, 0.8, 2), rng.uniform(0.15, 0.55)
        flat = np.array([1.0, rng.uniform(0.3, 1.0)])
        t = np.linspace(0, 2 * np.pi, 120)
        ring = np.stack([np.cos(t), np.sin(t)], 1) * flat
        for share in np.sort(rng.uniform(0.3, 1, int(rng.integers(2, 6)))):
            board.stroke(centre + reach * share * ring, glow, rng.uniform(0.002, 0.008))
        n, skip = [(5, 2), (6, 2), (7, 3), (8, 3)][rng.integers(4)]
        corners = np.arange(n + 1) * skip * 2 * np.pi / n
        board.stroke(
            centre + reach * 0.85 * flat * np.stack([np.cos(corners), np.sin(corners)], 1),
            glow,
            0.004,
        )
        for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False):
            place = centre + reach * 0.92 * flat * [np.cos(angle), np.sin(angle)]
            write(rng, board.pixels, tuple(place * side), reach * 0.08 * side, 1, glow.tolist())
    for x, y in rng.uniform(0, 1, (int(rng.integers(10, 90)), 2)):
        board.ellipse(x, y, 0.003, 0.003, glow)
    return board.pixels


def sky(rng: np.random.Generator, board: Board, horizon: float) -> None:
    """Sky with clouds down to a horizon, by day, in the evening or at night with stars."""
    kind = rng.random()
    if kind < 0.5:
        top, low = np.array([70, 140, 225]), np.array([200, 230, 250])
    elif kind < 0.75:
        top, low = palette(rng, 2).astype(float)
        low = low * 0.5 + 120
    else:
        top, low = np.array([15, 20, 60]), np.array([60, 60, 120])
    light = rng.uniform(0.7, 1.1)
    board.ramp(0, horizon + 0.02, top * light, low * light, int(rng.choice([0, 0, 5, 9])))
    if kind >= 0.75:
        for x, y in rng.uniform(0, 1, (60, 2)) * [1, horizon]:
            board.ellipse(x, y, 0.0015, 0.0015, (255, 255, 230), 0)
        board.ellipse(rng.uniform(0.1, 0.9), horizon * 0.3, 0.06, 0.06, (250, 245, 210), 0)
        return
    white = np.array([255, 253, 248]) * rng.uniform(0.85, 1)
    for _ in range(int(rng.integers(0, 9))):
        x, y = rng.uniform(0, 1), rng.uniform(0.05, 0.95) * horizon
        size = rng.uniform(0.03, 0.14)
        for tone, drop in ((white * [0.78, 0.83, 0.92], 0.25), (white, 0.0)):
            for k in range(5):
                shift = (k - 2) * size * 0.55
                board.blob(x + shift, y + drop * size, size * (0.9 - 0.25 * abs(k - 2)), tone, 7, 0)


def plant_colors(rng, count: int) -> np.ndarray:
    """Colours of plants: green most often, else of any mood, float [count,3]."""
    colors = palette(rng, count).astype(float)
    if rng.random() < 0.7:
        base = np.array([rng.uniform(30, 130), rng.uniform(110, 190), rng.uniform(30, 110)])
        colors = base * rng.uniform(0.65, 1.2, (count, 1)) + (colors - 128) * 0.12
    return colors.clip(10, 245)


def leaf(x, y, size, angle) -> np.ndarray:
    t = np.linspace(0, 1, 6)
    half = 0.28 * np.sin(np.pi * t)
    shape = np.concatenate([np.stack([t, half], 1), np.stack([t, -half], 1)[::-1]]) * size
    c, s = np.cos(angle), np.sin(angle)
    return shape @ np.array([[c, s], [-s, c]]) + (x, y)


def _word(rng, board: Board, x, y, high, color) -> None:
    """A few strokes that look like letters."""
    for _ in range(int(rng.integers(2, 6))):
        for _ in range(int(rng.integers(2, 4))):
            a, b = rng.uniform(0, high * 0.8, 2), rng.uniform(0, high * 0.8, 2)
            board.stroke([(x + a[0], y + a[1]), (x + b[0], y + b[1])], color, 0.0025)
        x += high * 1.1


def _plant(rng, board: Board, x, foot, high) -> None:
    """A pot with leaves."""
    greens, pot = plant_colors(rng, 3), palette(rng, 1)[0].astype(float)
    for angle in rng.normal(-np.pi / 2, 0.7, 13):
        board.polygon(
            leaf(x, foot - high * 0.3, high * rng.uniform(0.4, 0.8), angle),
            greens[rng.integers(3)],
        )
    half = high * 0.16
    board.polygon(
        [
            (x - half, foot - high * 0.32),
            (x + half, foot - high * 0.32),
            (x + half * 0.7, foot),
            (x - half * 0.7, foot),
        ],
        pot,
    )


PAINTERS = {"seaside": seaside, "shops": shops, "magic": magic}
