"""Plants for scenery: leaves in clusters, crowns, grass, flowers and stones, laid on a board."""

from __future__ import annotations

import numpy as np

from .board import Board
from .textures import palette


def tones(color, count: int = 4, low: float = 0.38, high: float = 1.25) -> np.ndarray:
    """`count` tones of a colour, from its shade (cooler) to its light (warmer): float [count,3]."""
    steps = np.linspace(low, high, count)[:, None]
    warm = np.linspace(-1, 1, count)[:, None] * np.array([10.0, 4.0, -14.0])
    return (np.asarray(color, float) * steps + warm).clip(4, 252)


def plant_tone(rng: np.random.Generator) -> np.ndarray:
    """The middle colour of a plant: green most often, else of autumn, blossom or any mood."""
    chance = rng.random()
    if chance < 0.62:
        return np.array([rng.uniform(40, 130), rng.uniform(110, 185), rng.uniform(30, 100)])
    if chance < 0.78:
        return np.array([rng.uniform(185, 235), rng.uniform(80, 160), rng.uniform(30, 70)])
    if chance < 0.88:
        return np.array([rng.uniform(225, 250), rng.uniform(150, 190), rng.uniform(170, 205)])
    return palette(rng, 1)[0].astype(float) * 0.75 + 40


def leaf_template(rng: np.random.Generator, points: int = 4) -> np.ndarray:
    """A convex leaf from (-0.5,0) to (0.5,0): float [2*points,2]."""
    t = np.linspace(0.04, 0.96, points)
    half = rng.uniform(0.16, 0.36) * np.sin(np.pi * t ** rng.uniform(0.7, 1.2))
    return np.concatenate([np.stack([t, half], 1), np.stack([t, -half], 1)[::-1]]) - (0.5, 0)


def stamped(shape: np.ndarray, centres, sizes, angles) -> np.ndarray:
    """A shape [P,2] turned, scaled and moved to each place: float [N,P,2]."""
    c, s = (f(angles) * sizes for f in (np.cos, np.sin))
    turns = np.stack([np.stack([c, s], 1), np.stack([-s, c], 1)], 1)  # [N,2,2]
    return shape @ turns + np.asarray(centres)[:, None]


def leaves(rng, board: Board, centres, size, colors, angles=None, line: float = 0.0) -> None:
    """A leaf at each place [N,2], in its colour [N,3], of about `size`."""
    count = len(centres)
    sizes = size * rng.uniform(0.6, 1.4, count)
    turns = rng.uniform(0, 2 * np.pi, count) if angles is None else angles
    board.many(stamped(leaf_template(rng), centres, sizes, turns), colors, line)


def crown(rng, board: Board, x, y, rx, ry, ramp, leaf: float = 0.016, clumps: int = 16) -> None:
    """A mass of leaves: a dark ground, then clumps in rising tones, lit from the upper left."""
    board.blob(x, y, min(rx, ry) * 0.95, ramp[0], 13, 0.6)
    line = 0.35 if board.line and rng.random() < 0.6 else 0.0
    per = max(6, int(22 * min(1.5, rx / 0.12)))
    for step in range(1, len(ramp)):
        share = step / (len(ramp) - 1)
        angle, reach = rng.uniform(0, 2 * np.pi, clumps), np.sqrt(rng.random(clumps))
        middles = np.stack([x + rx * reach * np.cos(angle), y + ry * reach * np.sin(angle)], 1)
        middles -= np.array([0.3 * rx, 0.35 * ry]) * (share - 0.5)
        spread = np.array([rx, ry]) * (0.2 - 0.08 * share)
        places = np.repeat(middles, per, 0) + rng.normal(0, 1, (clumps * per, 2)) * spread
        shade = ramp[step] * rng.uniform(0.86, 1.14, (len(places), 1))
        leaves(rng, board, places, leaf, shade, line=line)


def bush(rng, board: Board, x, foot, size, ramp, leaf: float = 0.014) -> None:
    """A low crown whose foot is at `foot`."""
    crown(rng, board, x, foot - size * 0.55, size, size * 0.6, ramp, leaf, 7)


def grass(rng, board: Board, top, bottom, ramp, count: int = 900, high: float = 0.06) -> None:
    """Blades in tufts over a meadow, small and far above, large and near below."""
    tufts = max(1, count // 9)
    depth = np.sort(rng.random(tufts) ** 0.8)
    feet = np.stack([rng.uniform(-0.03, 1.03, tufts), top + (bottom - top) * depth], 1)
    near = np.repeat(0.15 + 0.85 * depth, 9)
    feet = np.repeat(feet, 9, 0) + rng.normal(0, 1, (tufts * 9, 2)) * near[:, None] * (0.014, 0.003)
    tall = high * near * rng.uniform(0.5, 1.3, len(feet))
    lean, half = rng.normal(0, 0.45, len(feet)) * tall, 0.07 * tall + 0.0006
    tips = feet + np.stack([lean, -tall], 1)
    sides = np.stack([half, np.zeros_like(half)], 1)
    colors = ramp[rng.integers(len(ramp), size=len(feet))] * rng.uniform(0.85, 1.15, (len(feet), 1))
    board.many(np.stack([feet - sides, tips, feet + sides], 1), colors, 0.3)


def flowers(rng, board: Board, centres, sizes, colors, heart=(245, 205, 70)) -> None:
    """A flower seen from above or aslant at each place [N,2], in its colour [N,3]."""
    petals = int(rng.integers(4, 8))
    count, turn = len(centres), rng.uniform(0, 2 * np.pi, len(centres))
    petal = leaf_template(rng) * (1, 1.4) + (0.55, 0)
    dim = np.asarray(colors, float)
    for k in range(petals):
        shades = dim * rng.uniform(0.8, 1.12, (count, 1))
        angle = turn + 2 * np.pi * k / petals
        board.many(stamped(petal, centres, sizes, angle), shades, 0.35)
    t = np.arange(8) * np.pi / 4
    disc = np.stack([np.cos(t), np.sin(t)], 1) * 0.26
    board.many(stamped(disc, centres, sizes, turn), np.asarray(heart, float), 0.35)


def stones(rng, board: Board, top, bottom, color, count: int = 30, size: float = 0.03) -> None:
    """Stones with a lit and a shaded face and cracks, larger below."""
    depth = np.sort(rng.random(count))
    for near in depth:
        x, y = rng.uniform(0, 1), top + (bottom - top) * near
        reach = size * (0.25 + 0.75 * near) * rng.uniform(0.5, 1.4)
        t = np.sort(rng.uniform(0, 2 * np.pi, 9))
        edge = np.stack([np.cos(t), 0.62 * np.sin(t)], 1) * reach * rng.uniform(0.8, 1.1, (9, 1))
        tone = np.asarray(color) * rng.uniform(0.75, 1.2)
        board.polygon(np.add(edge, (x, y)), tone * 0.62, 0.8)
        board.polygon(np.add(edge * 0.74, (x - 0.13 * reach, y - 0.16 * reach)), tone * 1.12, 0)
        crack = np.add(np.cumsum(rng.normal(0, 0.22 * reach, (4, 2)), 0), (x, y))
        board.lines(crack[None], tone * 0.4, 0.0014)


def litter(rng, board: Board, top, bottom, colors, count: int = 160) -> None:
    """Fallen leaves and petals that lie on the ground, flat and larger below."""
    depth = np.sort(rng.random(count))
    places = np.stack([rng.uniform(0, 1, count), top + (bottom - top) * depth], 1)
    shape = stamped(
        leaf_template(rng),
        np.zeros((count, 2)),
        0.006 + 0.018 * depth,
        rng.uniform(0, 6.3, count),
    )
    shape[..., 1] *= 0.55
    shades = colors[rng.integers(len(colors), size=count)] * rng.uniform(0.8, 1.15, (count, 1))
    board.many(shape + places[:, None], shades, 0.3)


def bark(rng, board: Board, outline: np.ndarray, color) -> None:
    """A trunk, x0 y0 (foot left), x1 y1 (top left) and so on [4,2], its shade and cracks."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = outline
    board.polygon(outline, color)
    shade = [(ax + (dx - ax) * 0.55, ay), (bx + (cx - bx) * 0.55, by), (cx, cy), (dx, dy)]
    board.polygon(shade, np.asarray(color) * 0.66, 0)
    count = 14
    v = rng.uniform(0, 0.95, count)
    u = rng.uniform(0.08, 0.92, count)
    t = np.linspace(0, 1, 4)
    up = (v[:, None] + t * rng.uniform(0.05, 0.16, (count, 1))).clip(0, 1)
    across = u[:, None] + rng.normal(0, 0.05, (count, 4))
    left, right = ax + (bx - ax) * up, dx + (cx - dx) * up
    y = ay + (by - ay) * up
    paths = np.stack([left + (right - left) * across, y], -1)
    board.lines(paths[: count // 2], np.asarray(color) * 0.42, 0.0018)
    board.lines(paths[count // 2 :], np.asarray(color) * 1.3 + 8, 0.0014)
