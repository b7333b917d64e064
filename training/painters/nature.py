"""Painters of plants and landscapes, drawn as cartoons draw them: (rng, side) -> uint8 picture."""

from __future__ import annotations

import numpy as np

from .board import Board, sky
from .textures import palette


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


def branch(rng, board: Board, start, angle, length, width, depth, bark, leaves) -> None:
    """A bough that forks until its twigs carry leaves."""
    end = np.asarray(start) + length * np.array([np.cos(angle), np.sin(angle)])
    bend = (np.asarray(start) + end) / 2 + rng.normal(0, length * 0.08, 2)
    board.stroke([start, bend, end], bark, width)
    if depth == 0 or length < 0.02:
        size = rng.uniform(0.018, 0.04)
        for x, y in end + rng.normal(0, length * 0.7 + 0.015, (9, 2)):
            color = leaves[rng.integers(len(leaves))] * rng.uniform(0.8, 1.15)
            board.polygon(leaf(x, y, size, rng.uniform(0, 2 * np.pi)), color, 0.5)
        return
    for _ in range(int(rng.integers(2, 4))):
        turn = angle + rng.normal(0, 0.5)
        part = length * rng.uniform(0.6, 0.85)
        branch(rng, board, end, turn, part, width * 0.62, depth - 1, bark, leaves)


def forest(rng, side):
    """Trunks near and far, boughs with leaves, bushes and grass."""
    board = Board(rng, side)
    greens, bark = plant_colors(rng, 6), np.array([105, 75, 55]) * rng.uniform(0.5, 1.4)
    horizon = rng.uniform(0.45, 0.75)
    sky(rng, board, horizon)
    haze = np.array([190, 205, 200]) * rng.uniform(0.5, 1.1)
    board.ramp(horizon - 0.08, 1, greens[0] * 0.7, greens[1] * 1.05, int(rng.choice([0, 4])))
    for layer in range(3):
        near = (layer + 1) / 3
        mix = 0.65 * (1 - near)
        for x in rng.uniform(-0.05, 1.05, int(9 - 2 * layer)):
            foot = horizon + 0.04 + 0.3 * near * rng.random()
            color = bark * (1 - mix) + haze * mix
            leaves = greens * (1 - mix) + haze * mix
            if rng.random() < 0.5 or layer < 2:
                half = rng.uniform(0.008, 0.03) * (0.4 + near)
                trunk = [
                    (x - half, foot),
                    (x - half * 0.7, -0.05),
                    (x + half * 0.7, -0.05),
                    (x + half, foot),
                ]
                board.polygon(trunk, color)
                for _ in range(6):
                    y = foot * rng.uniform(-0.1, 0.5)
                    tone = leaves[rng.integers(6)]
                    board.blob(x + rng.normal(0, 0.08), y, rng.uniform(0.04, 0.13), tone, 11)
            else:
                branch(
                    rng,
                    board,
                    (x, foot),
                    -np.pi / 2 + rng.normal(0, 0.1),
                    0.2,
                    0.02,
                    3,
                    color,
                    leaves,
                )
        for x in rng.uniform(0, 1, 6):
            y = horizon + 0.05 + 0.35 * near
            board.blob(
                x,
                y,
                rng.uniform(0.04, 0.11) * (0.5 + near),
                greens[rng.integers(6)] * (1 - mix * 0.3) + haze * mix * 0.3,
                13,
            )
    return board.finished()


def trees(rng, side):
    """One to three whole trees on a meadow, every leaf drawn."""
    board = Board(rng, side)
    greens, bark = plant_colors(rng, 6), np.array([110, 80, 60]) * rng.uniform(0.5, 1.3)
    if rng.random() < 0.35:  # in blossom
        greens[:4] = palette(rng, 4).astype(float) * 0.3 + 170
    horizon = rng.uniform(0.6, 0.85)
    sky(rng, board, horizon)
    board.ramp(horizon, 1, greens[4], greens[5] * 0.7)
    for x in rng.uniform(0.05, 0.95, int(rng.integers(1, 4))):
        foot = rng.uniform(horizon, 1.0)
        branch(
            rng, board, (x, foot), -np.pi / 2, rng.uniform(0.14, 0.24), 0.03, 4, bark, greens[:4]
        )
    _grass(rng, board, horizon, greens[4:])
    return board.finished()


def _grass(rng, board: Board, top: float, greens) -> None:
    for y in np.sort(rng.uniform(top, 1.05, 140)):
        x, near = rng.uniform(0, 1), (y - top) / max(1.05 - top, 0.05)
        high = 0.01 + 0.05 * near
        lean = rng.normal(0, high * 0.4)
        half = high * 0.08
        blade = [(x - half, y), (x + lean, y - high), (x + half, y)]
        board.polygon(blade, greens[rng.integers(len(greens))] * rng.uniform(0.6, 1.2), 0.4)


def garden(rng, side):
    """Beds of flowers, bushes, a path and a fence."""
    board = Board(rng, side)
    greens, petals = plant_colors(rng, 5), palette(rng, 5).astype(float) * 0.6 + 95
    horizon = rng.uniform(0.2, 0.5)
    sky(rng, board, horizon)
    board.ramp(horizon, 1, greens[0] * 0.8, greens[1])
    for x in np.arange(-0.05, 1.1, 0.09):
        board.blob(x, horizon, rng.uniform(0.06, 0.13), greens[rng.integers(5)] * 0.85, 13)
    if rng.random() < 0.6:
        wood = palette(rng, 1)[0].astype(float) * 0.4 + 140
        for x in np.arange(0, 1.02, 0.055):
            top = horizon - 0.03
            board.polygon(
                [
                    (x, top + 0.16),
                    (x, top),
                    (x + 0.015, top - 0.02),
                    (x + 0.03, top),
                    (x + 0.03, top + 0.16),
                ],
                wood,
            )
        board.box(-0.1, horizon + 0.02, 1.1, horizon + 0.045, wood * 0.95)
    for y in np.sort(horizon + (1.1 - horizon) * rng.random(170) ** 0.8):
        near = (y - horizon) / (1 - horizon)
        size, x = 0.008 + 0.035 * near, rng.uniform(-0.03, 1.03)
        board.stroke(
            [(x, y), (x + rng.normal(0, size / 2), y - 2.2 * size)], greens[2] * 0.7, size * 0.12
        )
        for turn in rng.uniform(0, np.pi, 2):
            board.polygon(leaf(x, y - size * 0.4, size * 1.3, -turn), greens[rng.integers(5)], 0.6)
        color, count = petals[rng.integers(5)], int(rng.integers(4, 8))
        for k in range(count):
            angle = 2 * np.pi * k / count + x * 9
            board.ellipse(
                x + size * 0.5 * np.cos(angle),
                y - 2.3 * size + size * 0.45 * np.sin(angle),
                size * 0.45,
                size * 0.26,
                color * rng.uniform(0.9, 1.05),
                0.6,
                angle,
            )
        board.ellipse(x, y - 2.3 * size, size * 0.25, size * 0.25, (240, 200, 70), 0.6)
    return board.finished()


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


def mountains(rng, side):
    """Ranges with lit and shaded faces, pines, a lake."""
    board = Board(rng, side)
    horizon = rng.uniform(0.5, 0.7)
    sky(rng, board, horizon)
    rock, greens = palette(rng, 1)[0].astype(float) * 0.5 + 70, plant_colors(rng, 3)
    for layer in range(3):
        base, tall = horizon - 0.06 * (2 - layer), rng.uniform(0.18, 0.4) * (1 - 0.25 * layer)
        tone = rock * (0.6 + 0.2 * layer) + 70 * (2 - layer) / 2
        for x in np.sort(rng.uniform(-0.1, 1.1, 5)):
            wide, peak = tall * rng.uniform(0.7, 1.4), base - tall * rng.uniform(0.5, 1)
            ridge = [(x, peak), (x + 0.1 * wide, (peak + base) / 2), (x - 0.05 * wide, base)]
            board.polygon([(x - wide, base), (x, peak), (x + wide, base)], tone * 1.15)
            board.polygon([*ridge, (x + wide, base)], tone * 0.8)
            if layer < 2 and rng.random() < 0.7:
                cap = [
                    (x - 0.28 * wide, peak + 0.28 * (base - peak)),
                    (x, peak),
                    (x + 0.28 * wide, peak + 0.28 * (base - peak)),
                    (x + 0.08 * wide, peak + 0.2 * (base - peak)),
                    (x - 0.06 * wide, peak + 0.32 * (base - peak)),
                ]
                board.polygon(cap, (245, 248, 255))
    board.ramp(horizon, 1, greens[0], greens[1] * 0.8)
    if rng.random() < 0.5:
        board.ellipse(rng.uniform(0.2, 0.8), horizon + 0.12, 0.35, 0.06, (120, 180, 220))
    for y in np.sort(rng.uniform(horizon, 1.1, 45)):
        size, x = 0.03 + 0.16 * (y - horizon), rng.uniform(0, 1)
        board.box(x - size * 0.06, y - size * 0.3, x + size * 0.06, y, (95, 70, 50))
        for k in range(4):
            half, top = size * (0.42 - 0.08 * k), y - size * (0.3 + 0.45 * k)
            board.polygon(
                [(x - half, top), (x, top - size * 0.75), (x + half, top)],
                greens[2] * (0.7 + 0.12 * k),
            )
    return board.finished()


PAINTERS = {
    "forest": forest,
    "trees": trees,
    "garden": garden,
    "seaside": seaside,
    "mountains": mountains,
}
