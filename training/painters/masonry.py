"""What walls, floors and roofs are covered with: courses, planks, paper and tiles.

Each covers a quad [4,2] of the picture: the corners of its upper left, upper right, lower right and
lower left, so that it may lie in perspective.
"""

from __future__ import annotations

import cv2
import numpy as np

from .board import Board
from .textures import palette

_UNIT = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)


def on(quad, points) -> np.ndarray:
    """Points [...,2] of the unit square laid onto a quad."""
    matrix = cv2.getPerspectiveTransform(_UNIT, np.asarray(quad, np.float32))
    points = np.asarray(points, float)
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return mapped[..., :2] / mapped[..., 2:]


def boxes(x0, y0, x1, y1) -> np.ndarray:
    """Corners [N,4,2] of N boxes."""
    return np.stack([np.stack(p, -1) for p in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], -2)


def courses(
    rng, board: Board, quad, rows: int, columns: int, color, joint=None, lit: bool = True
) -> None:
    """Courses of stones or slabs, each in a tone of its own, with a lit upper edge and wear."""
    color = np.asarray(color, float)
    board.polygon(quad, color * 0.5 if joint is None else joint, 0)
    row = np.repeat(np.arange(rows), columns + 1)
    shift = np.where(row % 2, 0.5, 0.0) + np.repeat(rng.normal(0, 0.08, rows), columns + 1)
    left = np.tile(np.arange(columns + 1), rows) - shift
    wide = rng.choice([0.0, 0.35])
    cut = rng.uniform(-wide, wide, (rows, columns + 2))
    a, b = cut[:, :-1].ravel(), cut[:, 1:].ravel()
    gap = rng.uniform(0.04, 0.09)
    x0, x1 = (left + a + gap).clip(0, columns), (left + 1 + b - gap).clip(0, columns)
    kept = x1 - x0 > 0.05
    x0, x1, y0 = x0[kept] / columns, x1[kept] / columns, (row[kept] + gap) / rows
    y1 = y0 + (1 - 2 * gap) / rows
    tone = color * rng.uniform(0.72, 1.18, (len(x0), 1)) + rng.normal(0, 7, (len(x0), 3))
    board.many(on(quad, boxes(x0, y0, x1, y1)), tone, 0.5)
    high = (y1 - y0) * 0.2
    if lit:
        board.many(on(quad, boxes(x0, y0, x1, y0 + high)), tone * 1.18 + 8)
        board.many(on(quad, boxes(x0, y1 - high, x1, y1)), tone * 0.76)
    worn = rng.permutation(len(x0))[: len(x0) // 4]
    if len(worn):
        t = np.linspace(0, 1, 4)
        u = x0[worn, None] + (x1 - x0)[worn, None] * rng.random((len(worn), 4))
        v = y0[worn, None] + (y1 - y0)[worn, None] * t
        board.lines(on(quad, np.stack([u, v], -1)), color * 0.45, 0.0014)


def planks(rng, board: Board, quad, count: int, color, along: bool = True) -> None:
    """Boards with grain, knots and joints; `along` the quad's height, else its width."""
    color = np.asarray(color, float)
    edges = np.linspace(0, 1, count + 1)
    tone = color * rng.uniform(0.75, 1.18, (count, 1))
    zero, one = np.zeros(count), np.ones(count)
    if not along:
        quad = np.asarray(quad)[[3, 0, 1, 2]]
    board.many(on(quad, boxes(edges[:-1], zero, edges[1:], one)), tone, 0.5)
    t = np.linspace(0, 1, 9)
    step = 1 / count
    per = 4
    start = np.repeat(edges[:-1], per)[:, None] + step * rng.uniform(0.1, 0.9, (count * per, 1))
    low, high = np.sort(rng.uniform(0, 1, (2, count * per, 1)), 0)
    sway = 0.16 * step * np.sin(rng.uniform(2, 7) * t + rng.uniform(0, 6, (count * per, 1)))
    grain = on(quad, np.stack([start + sway, low + (high - low) * t], -1))
    half = len(grain) // 2
    board.lines(grain[:half], color * 0.55, 0.0013)
    board.lines(grain[half:], color * 1.22 + 6, 0.0013)
    joints = rng.uniform(0.05, 0.95, count)
    ends = np.stack([np.stack([edges[:-1], joints], -1), np.stack([edges[1:], joints], -1)], 1)
    board.lines(on(quad, ends), color * 0.4, 0.0022)
    sides = np.stack([np.stack([edges, edges * 0], -1), np.stack([edges, edges * 0 + 1], -1)], 1)
    board.lines(on(quad, sides), color * 0.4, 0.002)


def paper(rng, board: Board, quad, color, repeat: int = 12) -> None:
    """Wallpaper: stripes, flowers, diamonds or stars in two or three tones over a ground."""
    color = np.asarray(color, float)
    board.polygon(quad, color, 0)
    light = color.mean() > 120
    first = color * 0.72 if light else color * 1.3 + 35
    second = palette(rng, 1)[0] * 0.55 + (70 if light else 90)
    kind = rng.integers(4)
    if kind == 0:
        x = np.arange(repeat * 2) / (repeat * 2)
        for share, tone in ((0.5, first), (0.16, second)):
            x1 = x + share / (repeat * 2)
            board.many(on(quad, boxes(x, x * 0, x1, x * 0 + 1)), tone)
        return
    grid = np.stack(np.meshgrid(np.arange(repeat + 1), np.arange(repeat + 1)), -1).astype(float)
    grid[1::2, :, 0] += 0.5
    places = grid.reshape(-1, 1, 2)
    t = np.arange(12) * np.pi / 6
    circle = np.stack([np.cos(t), np.sin(t)], 1)
    if kind == 1:  # flowers with leaves
        for angle in np.arange(5) * 2 * np.pi / 5:
            petal = circle * 0.15 + 0.2 * np.array([np.cos(angle), np.sin(angle)])
            board.many(on(quad, (places + petal) / repeat), first)
        board.many(on(quad, (places + circle * 0.1) / repeat), second)
        leaf = circle * (0.07, 0.2) + (0.0, 0.5)
        board.many(on(quad, (places + leaf) / repeat), second * 0.8)
    elif kind == 2:
        for size, tone in ((0.46, first), (0.3, color), (0.16, second)):
            diamond = circle[::3] * size * (0.8, 1)
            board.many(on(quad, (places + diamond) / repeat), tone)
    else:
        for size, tone in ((0.3, first), (0.16, second)):
            board.many(on(quad, (places + circle * size) / repeat), tone)
    lower = np.array([(0, 0.75), (1, 0.75), (1, 1), (0, 1)])
    if rng.random() < 0.4:  # a panelled lower part
        planks(rng, board, on(quad, lower), repeat, second * 0.7)


def roof(rng, board: Board, quad, rows: int, columns: int, color) -> None:
    """Rows of rounded tiles, the upper ones lying over the lower ones' heads."""
    color = np.asarray(color, float)
    board.polygon(quad, color * 0.45, 0)
    t = np.linspace(0, np.pi, 6)
    tongue = np.stack([0.5 + 0.5 * np.cos(t), 0.5 + 0.75 * np.sin(t)], 1)
    tile = np.concatenate([[(1.0, 0.0)], tongue, [(0.0, 0.0)]])
    for row in range(rows - 1, -1, -1):
        x = np.arange(columns + 1) - (0.5 if row % 2 else 0.0)
        shapes = np.stack([x, np.full(len(x), float(row))], -1)[:, None] + tile
        shapes = np.stack([shapes[..., 0] / columns, shapes[..., 1] / rows], -1).clip(0, 1)
        shade = color * rng.uniform(0.7, 1.2, (len(x), 1))
        board.many(on(quad, shapes), shade, 0.5)
        board.lines(on(quad, shapes[:, 2:6]), color * 0.38, 0.0014)


def window(rng, board: Board, quad, frame, night: bool) -> None:
    """A window in its frame: panes with curtains, light or reflections, a sill with plants."""
    frame = np.asarray(frame, float)
    around = on(quad, [(-0.1, -0.1), (1.1, -0.1), (1.1, 1.1), (-0.1, 1.1)])
    board.polygon(around, frame, 0.8)
    glow = night and rng.random() < 0.55
    lamp = np.array([[255, 228, 150], [255, 196, 118], [205, 228, 255.0]])[rng.integers(3)]
    glass = lamp if glow else np.array([120, 165, 200.0]) * rng.uniform(0.25, 1.1)
    board.polygon(quad, glass, 0.5)
    if rng.random() < 0.6:  # curtains
        cloth = palette(rng, 1)[0] * 0.6 + 80.0
        x = np.concatenate([np.arange(3) * 0.09, 1 - 0.09 * np.arange(1, 4)])
        fold = on(quad, boxes(x, x * 0, x + 0.09, x * 0 + rng.uniform(0.6, 1)))
        board.many(fold, cloth * np.tile([0.75, 1.05], 3)[:, None], 0.3)
    if not glow:  # the sky in the panes
        x = rng.uniform(0.1, 0.6, 3)
        shine = np.stack([np.stack([x, x * 0 + 0.9], -1), np.stack([x + 0.3, x * 0 + 0.1], -1)], 1)
        board.lines(on(quad, shine), glass * 1.25 + 30, 0.002)
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    bars = [[(k / columns, 0), (k / columns, 1)] for k in range(1, columns)]
    bars += [[(0, k / rows), (1, k / rows)] for k in range(1, rows)]
    if bars:
        board.lines(on(quad, bars), frame * 0.8, 0.003)
    sill = on(quad, [(-0.16, 1.04), (1.16, 1.04), (1.16, 1.16), (-0.16, 1.16)])
    board.polygon(sill, frame * 1.15, 0.6)
