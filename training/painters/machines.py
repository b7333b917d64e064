"""Painters of machinery: (rng, side) -> uint8 picture."""

from __future__ import annotations

import numpy as np

from .board import Board
from .masonry import boxes, on
from .streets import letters
from .textures import palette

_T = np.arange(16) * np.pi / 8
_DISC = np.stack([np.cos(_T), np.sin(_T)], 1)


def machines(rng, side):
    """Plates with rivets, screens, dials, keys, vents, pipes and cables: inside a ship or plant."""
    board = Board(rng, side, palette(rng, 1)[0] * 0.4 + 30)
    metal = palette(rng, 4).astype(float) * 0.45 + rng.uniform(35, 120)
    cells = [(0.0, 0.0, 1.0, 1.0)]
    for _ in range(int(rng.integers(16, 38))):
        sizes = [(c[2] - c[0]) * (c[3] - c[1]) * rng.uniform(0.3, 1) for c in cells]
        x0, y0, x1, y1 = cells.pop(int(np.argmax(sizes)))
        cut = rng.uniform(0.3, 0.7)
        if x1 - x0 > y1 - y0:
            cells += [(x0, y0, x0 + (x1 - x0) * cut, y1), (x0 + (x1 - x0) * cut, y0, x1, y1)]
        else:
            cells += [(x0, y0, x1, y0 + (y1 - y0) * cut), (x0, y0 + (y1 - y0) * cut, x1, y1)]
    parts = (_screen, _dial, _keys, _vent, _pipes, _stripes, _scratched)
    for x0, y0, x1, y1 in cells:
        color = metal[rng.integers(4)] * rng.uniform(0.65, 1.2)
        quad = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        board.polygon(quad, color)
        edge = np.stack([quad[[3, 0]], quad[[0, 1]]]) + 0.003
        board.lines(edge, color * 1.35 + 15, 0.003)
        board.lines(np.stack([quad[[1, 2]], quad[[2, 3]]]) - 0.003, color * 0.5, 0.003)
        inner = on(quad, [(0.12, 0.12), (0.88, 0.12), (0.88, 0.88), (0.12, 0.88)])
        parts[rng.integers(len(parts))](rng, board, inner, color)
        count = max(2, int((x1 - x0) / 0.035))
        u = np.linspace(x0 + 0.01, x1 - 0.01, count)
        rivets = np.concatenate([np.stack([u, u * 0 + y], 1) for y in (y0 + 0.01, y1 - 0.01)])
        board.many(rivets[:, None] + _DISC[::2] * 0.0038, color * 1.3 + 15, 0.4)
    for _ in range(int(rng.integers(2, 7))):
        _conduit(rng, board, metal[rng.integers(4)])
    for _ in range(int(rng.integers(1, 4))):
        _cables(rng, board)
    return board.painted()


def _span(quad) -> float:
    return float(np.ptp(quad, axis=0).min())


def _screen(rng, board: Board, quad, metal) -> None:
    """A screen with a grid, a curve and writing."""
    glow = palette(rng, 1)[0] * 0.5 + 120.0
    board.polygon(quad, metal * 0.3)
    face = on(quad, [(0.05, 0.05), (0.95, 0.05), (0.95, 0.85), (0.05, 0.85)])
    board.polygon(face, glow * 0.25, 0.6)
    k = np.linspace(0, 1, 9)
    rows = [[(0, v), (1, v)] for v in k] + [[(v, 0), (v, 1)] for v in k]
    board.lines(on(face, rows), glow * 0.5, 0.0013)
    t = np.linspace(0.03, 0.97, 40)
    wave = 0.45 + 0.25 * np.sin(rng.uniform(8, 40) * t) * np.sin(3 * t) + rng.normal(0, 0.03, 40)
    board.lines(on(face, np.stack([t, wave], 1))[None], glow, 0.004)
    for v in (0.72, 0.86):
        letters(rng, board, on(face, [(0.05, v), (0.6, v), (0.6, v + 0.1), (0.05, v + 0.1)]), glow)


def _dial(rng, board: Board, quad, metal) -> None:
    """Round gauges with ticks and hands."""
    size = _span(quad) * 0.5
    low, high = quad[0] + size, quad[2] - size
    count = max(1, int(np.ptp(quad, axis=0).max() / (2.1 * size)))
    for share in np.linspace(0, 1, count) if count > 1 else (0.5,):
        at = low + (high - low) * share
        for reach, tone in ((1.0, metal * 0.45), (0.88, np.array([236, 232, 216.0]))):
            board.polygon(at + _DISC * size * reach, tone, 0.8)
        angles = np.linspace(2.4, 7.0, 19)
        ray = np.stack([np.cos(angles), np.sin(angles)], 1)
        ticks = np.stack([at + ray * 0.68 * size, at + ray * 0.8 * size], 1)
        board.lines(ticks, (40, 40, 46), 0.0016)
        board.lines(np.stack([at + ray[-5:] * 0.6 * size] * 2, 1), (200, 40, 40), 0.004)
        turn = rng.uniform(2.4, 7.0)
        hand = at + 0.7 * size * np.array([np.cos(turn), np.sin(turn)])
        board.lines([[at, hand]], (190, 36, 36), 0.004)
        board.polygon(at + _DISC * size * 0.1, metal * 0.3, 0.5)


def _keys(rng, board: Board, quad, metal) -> None:
    """Rows of keys and lamps."""
    wide, high = np.ptp(quad, axis=0)
    columns, rows = max(2, int(wide / 0.022)), max(2, int(high / 0.022))
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1).reshape(-1, 2)
    x0, y0 = (grid / (columns, rows)).T
    board.polygon(quad, metal * 0.4)
    colors = palette(rng, 5)[rng.integers(5, size=len(grid))] * 0.7 + 60.0
    keys = boxes(x0 + 0.12 / columns, y0 + 0.12 / rows, x0 + 0.88 / columns, y0 + 0.84 / rows)
    board.many(on(quad, keys), colors, 0.5)
    shine = boxes(x0 + 0.2 / columns, y0 + 0.2 / rows, x0 + 0.8 / columns, y0 + 0.36 / rows)
    board.many(on(quad, shine), colors * 1.3 + 20)


def _vent(rng, board: Board, quad, metal) -> None:
    """Slats with dark gaps."""
    board.polygon(quad, metal * 0.22)
    v = np.arange(0, 1, 0.018 / max(np.ptp(quad[:, 1]), 0.02))
    thick = 0.55 * (v[1] - v[0] if len(v) > 1 else 0.5)
    board.many(on(quad, boxes(v * 0, v, v * 0 + 1, v + thick)), metal * 1.1, 0.4)
    board.lines(
        on(quad, np.stack([np.stack([v * 0, v], 1), np.stack([v * 0 + 1, v], 1)], 1)),
        metal * 1.4 + 15,
        0.0015,
    )


def _pipes(rng, board: Board, quad, metal) -> None:
    """Upright pipes with light, shade and collars."""
    u = np.linspace(0, 1, max(3, int(np.ptp(quad[:, 0]) / 0.03)))
    left, right = u[:-1], u[1:]
    step, zero = u[1] - u[0], left * 0
    tone = palette(rng, 3)[rng.integers(3, size=len(left))] * 0.6 + 50.0
    board.many(on(quad, boxes(left, zero, right, zero + 1)), tone, 0.6)
    board.many(
        on(quad, boxes(left + 0.2 * step, zero, left + 0.4 * step, zero + 1)), tone * 1.4 + 20
    )
    board.many(on(quad, boxes(left + 0.72 * step, zero, right, zero + 1)), tone * 0.55)
    for v in rng.uniform(0.05, 0.9, 3):
        board.many(on(quad, boxes(left, zero + v, right, zero + v + 0.07)), tone * 0.8, 0.6)


def _stripes(rng, board: Board, quad, metal) -> None:
    """A hatch with a striped rim and a sign."""
    board.polygon(quad, (240, 196, 40))
    k = np.arange(-1, 1, 0.16)
    stripe = np.stack(
        [np.stack([k + a, k * 0 + b], -1) for a, b in ((0, 1), (0.08, 1), (1.08, 0), (1, 0))], 1
    )
    board.many(on(quad, stripe.clip(0, 1)), (36, 34, 34))
    plate = on(quad, [(0.12, 0.12), (0.88, 0.12), (0.88, 0.88), (0.12, 0.88)])
    board.polygon(plate, metal)
    letters(rng, board, on(plate, [(0.1, 0.2), (0.9, 0.2), (0.9, 0.5), (0.1, 0.5)]), metal * 0.3)
    board.polygon(on(plate, [(0.3, 0.65), (0.7, 0.65), (0.7, 0.78), (0.3, 0.78)]), metal * 0.45)


def _scratched(rng, board: Board, quad, metal) -> None:
    """Bare plate: seams, bolts, scratches and streaks of rust."""
    ends = rng.uniform(0, 1, (24, 1, 2)) + rng.normal(0, 0.08, (24, 2, 2))
    board.lines(on(quad, ends.clip(0, 1)), metal * 1.3 + 10, 0.0014)
    x = rng.uniform(0, 1, 12)
    y0 = rng.uniform(0, 0.7, 12)
    board.many(on(quad, boxes(x, y0, (x + 0.04).clip(0, 1), y0 + 0.3)), metal * [0.8, 0.66, 0.55])
    bolts = on(quad, [(0.06, 0.06), (0.94, 0.06), (0.94, 0.94), (0.06, 0.94)])
    board.many(bolts[:, None] + _DISC * 0.008, metal * 0.55, 0.6)
    board.many(bolts[:, None] + _DISC * 0.004 - 0.002, metal * 1.4, 0.0)


def _conduit(rng, board: Board, color) -> None:
    """A thick pipe that turns at right angles, with collars and a light side."""
    points = [rng.uniform(0, 1, 2)]
    for k in range(3):
        step = rng.uniform(-0.6, 0.6)
        points.append(points[-1] + (np.array([step, 0]) if k % 2 else np.array([0, step])))
    width = rng.uniform(0.014, 0.04)
    board.stroke(points, color, width)
    board.lines([points], color * 0.6, width * 0.8)
    board.lines(np.array([points]) - width * 0.12, color * 1.1, width * 0.45)
    board.lines(np.array([points]) - width * 0.2, color * 1.6 + 25, width * 0.13)
    for x, y in points[1:-1]:
        board.ellipse(x, y, width * 0.75, width * 0.75, color * 0.75, 0.8)


def _cables(rng, board: Board) -> None:
    """A bundle of sagging cables in several colours."""
    t = np.linspace(0, 1, 16)
    (x0, x1), (y0, y1) = np.sort(rng.uniform(-0.1, 1.1, 2)), rng.uniform(0, 0.9, 2)
    sag = rng.uniform(0.05, 0.3)
    for k, color in enumerate(palette(rng, int(rng.integers(3, 8)))):
        y = y0 + (y1 - y0) * t + (sag + 0.012 * k) * 4 * t * (1 - t) + 0.006 * k
        board.stroke(np.stack([x0 + (x1 - x0) * t, y], 1), color.astype(float), 0.006)


PAINTERS = {"machines": machines}
