"""Painters of what comics and title cards put behind figures: (rng, side) -> uint8 picture."""

from __future__ import annotations

import cv2
import numpy as np

from ..overlays import write
from .board import Board
from .masonry import paper
from .nature import forest, garden, mountains, thicket
from .rooms import classroom, kitchen, parlour
from .streets import alley, rooftops, street
from .textures import palette, screentone


def speed(rng, side):
    """Focus lines or streaks of motion, black on white or in colours."""
    board = Board(rng, side)
    ground, ink = palette(rng, 2).astype(float)
    if rng.random() < 0.5:
        ground, ink = (
            (np.full(3, 255.0), np.zeros(3))
            if rng.random() < 0.7
            else (np.zeros(3), np.full(3, 255.0))
        )
    board.line = 0
    board.ramp(0, 1, ground, ground * rng.uniform(0.6, 1))
    count = int(rng.integers(40, 160))
    if rng.random() < 0.65:
        centre, reach = rng.uniform(0.25, 0.75, 2), rng.uniform(0.12, 0.5)
        stretch = np.array([1.0, rng.uniform(0.5, 1.2)])
        for angle in rng.uniform(0, 2 * np.pi, count):
            half, near = rng.uniform(0.002, 0.03), reach * rng.uniform(0.7, 1.4)
            far = centre + 1.6 * np.array(
                [[np.cos(a), np.sin(a)] for a in (angle - half, angle + half)]
            )
            tip = centre + near * stretch * np.array([np.cos(angle), np.sin(angle)])
            board.polygon([tip, *far], ink, 0)
    else:
        turn = rng.normal(0, 0.4)
        c, s = np.cos(turn), np.sin(turn)
        for y in rng.uniform(-0.5, 1.5, count):
            long, half, x = rng.uniform(0.2, 1.5), rng.uniform(0.0006, 0.008), rng.uniform(-0.5, 1)
            line = np.array(
                [(x, y), (x + long / 2, y - half), (x + long, y), (x + long / 2, y + half)]
            )
            board.polygon(line @ np.array([[c, s], [-s, c]]), ink * rng.uniform(0.7, 1), 0)
    return board.pixels


def burst(rng, side):
    """A jagged star or a cloud of light in the middle of a dark or toned ground."""
    ground = (
        screentone(rng, side)
        if rng.random() < 0.5
        else np.full((side, side, 3), palette(rng, 1)[0], np.uint8)
    )
    board = Board(rng, side)
    board.pixels = np.ascontiguousarray(ground)
    centre, count = rng.uniform(0.35, 0.65, 2), int(rng.integers(12, 70))
    for shrink, color in ((1.12, palette(rng, 1)[0]), (1.0, np.full(3, 250))):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 2 * count))
        reach = np.where(np.arange(2 * count) % 2, 0.25, rng.uniform(0.3, 0.6, 2 * count)) * shrink
        board.polygon(centre + np.stack([reach * np.cos(angles), reach * np.sin(angles)], 1), color)
    return board.pixels


def balloon(rng, board: Board, x, y, rx, ry) -> None:
    """A speech balloon with a tail and signs in columns."""
    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    kind = rng.integers(3)
    reach = 1 + (
        0.12 * (np.arange(60) % 4 == 0) if kind == 2 else 0.05 * np.abs(np.sin(5 * t)) * (kind == 1)
    )
    points = np.stack([x + rx * reach * np.cos(t), y + ry * reach * np.sin(t)], 1)
    tip = np.array([x, y]) + rng.uniform(-1.6, 1.6, 2) * [rx, ry]
    white = np.full(3, 252) if rng.random() < 0.85 else palette(rng, 1)[0] * 0.3 + 170
    board.polygon([tip, (x - rx * 0.2, y), (x + rx * 0.2, y)], white)
    board.polygon(points, white)
    size = ry * rng.uniform(0.16, 0.32)
    columns = max(1, int(1.2 * rx / size))
    for k in range(columns):
        count = max(1, int(1.3 * ry / size / 1.15 * rng.uniform(0.5, 1)))
        left = x - rx * 0.6 + k * size * 1.1
        corner = left * board.side, (y - ry * 0.62) * board.side
        write(rng, board.pixels, corner, size * board.side, count, (15, 15, 15), upright=True)


def page(rng, side):
    """A page of panels: places, tones and lines in frames, with balloons and large signs."""
    board = Board(rng, side)
    board.line = max(board.line, side * 0.002)
    grey = rng.random() < 0.6
    panels = [(0.02, 0.02, 0.98, 0.98)]
    for _ in range(int(rng.integers(2, 7))):
        x0, y0, x1, y1 = panels.pop(int(np.argmax([(p[2] - p[0]) * (p[3] - p[1]) for p in panels])))
        cut, gap = rng.uniform(0.35, 0.65), 0.012
        if (x1 - x0) > (y1 - y0) * rng.uniform(0.6, 1.4):
            x = x0 + (x1 - x0) * cut
            panels += [(x0, y0, x - gap, y1), (x + gap, y0, x1, y1)]
        else:
            y = y0 + (y1 - y0) * cut
            panels += [(x0, y0, x1, y - gap), (x0, y + gap, x1, y1)]
    inside = (speed, burst, screentone, ink, ink, street, forest, parlour, mountains, garden)
    for x0, y0, x1, y1 in panels:
        a, b, c, d = (round(v * side) for v in (x0, y0, x1, y1))
        if rng.random() < 0.85:
            picture = inside[rng.integers(len(inside))](rng, max(d - b, c - a, 32))
            if grey:
                picture = cv2.cvtColor(
                    cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB
                )
                picture = cv2.convertScaleAbs(picture, alpha=rng.uniform(0.7, 1.2), beta=30)
            board.pixels[b:d, a:c] = picture[: d - b, : c - a]
        frame = max(2, round(side * 0.004))
        cv2.rectangle(board.pixels, (a, b), (c, d), (10, 10, 10), frame)
        if rng.random() < 0.5:
            size = rng.uniform(0.12, 0.24) * min(x1 - x0, y1 - y0)
            x, y = rng.uniform(x0 + size, x1 - size), rng.uniform(y0 + size, y1 - size)
            balloon(rng, board, x, y, size * rng.uniform(0.7, 1.3), size)
        if rng.random() < 0.3:
            size = 0.25 * (y1 - y0) * side
            write(
                rng, board.pixels, (a + size, b + size), size, 3, (0, 0, 0), (255, 255, 255), True
            )
    return board.pixels


def ink(rng, side):
    """A place in ink: lines, solid blacks, hatching and screentone, at times on tinted paper."""
    inside = (street, alley, rooftops, parlour, classroom, kitchen, forest, garden, thicket)
    picture = inside[rng.integers(len(inside))](rng, side)
    level = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    soft = cv2.blur(level, (5, 5))
    deep, low, middle = np.percentile(soft[::8, ::8], [14, 34, 62])
    at, pitch = np.arange(side, dtype=np.float32), rng.uniform(5, 10)
    wave = np.cos(at * np.float32(2 * np.pi / pitch))
    shift = np.sin(at * np.float32(2 * np.pi / pitch))
    tone = wave[:, None] * wave - shift[:, None] * shift + wave[:, None] * wave  # dots aslant
    out = np.full((side, side), 255, np.uint8)
    out[(soft < middle) & (tone > rng.uniform(0.1, 0.6))] = int(rng.integers(0, 150))
    hatch = (at[:, None] + at * rng.uniform(0.4, 1.6)) % (pitch * 0.8) < 2
    out[(soft < low) & hatch] = 0
    out[soft < deep] = 0
    edge = cv2.adaptiveThreshold(level, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 14)
    out = cv2.blur(cv2.min(out, edge), (2, 2))
    if rng.random() < 0.75:
        return cv2.cvtColor(out, cv2.COLOR_GRAY2RGB)
    dark, light = palette(rng, 2) * np.array([[0.3], [0.35]]) + [[0], [160]]
    share = np.arange(256)[:, None] / 255
    table = (dark * (1 - share) + light * share).astype(np.uint8)
    return table[out]


def text(rng, side):
    """A page of writing with headings, boxes and a ruled margin."""
    board = Board(rng, side, palette(rng, 1)[0] * 0.2 + 200)
    dark, size = palette(rng, 1)[0] * 0.3, rng.uniform(0.018, 0.045)
    y = 0.03
    while y < 0.97:
        high = size * (2 if rng.random() < 0.1 else 1)
        if rng.random() < 0.85:
            count = int(rng.uniform(0.4, 0.95) / high)
            write(rng, board.pixels, (0.04 * side, y * side), high * side, count, dark.tolist())
        y += high * 1.5
    for _ in range(int(rng.integers(0, 5))):
        x0, y0, w, h = *rng.uniform(0, 0.8, 2), *rng.uniform(0.1, 0.4, 2)
        board.box(x0, y0, x0 + w, y0 + h, palette(rng, 1)[0], 2)
    for _ in range(int(rng.integers(0, 4))):
        balloon(rng, board, *rng.uniform(0.1, 0.9, 2), *rng.uniform(0.06, 0.16, 2))
    return board.pixels


def motifs(rng, side):
    """Hearts, stars, notes, sparkles and bubbles of all sizes over a soft ground."""
    board = Board(rng, side)
    first, last = palette(rng, 2).astype(float)
    board.ramp(0, 1, first, last)
    if rng.random() < 0.6:
        paper(rng, board, [(0, 0), (1, 0), (1, 1), (0, 1)], first, int(rng.integers(10, 30)))
    colors, regular = palette(rng, 6).astype(float) * 0.8 + 50, rng.random() < 0.4
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    heart = (
        np.stack([16 * np.sin(t) ** 3, -13 * np.cos(t) + 5 * np.cos(2 * t) + 2 * np.cos(3 * t)], 1)
        / 17
    )
    star = np.where(np.arange(10) % 2, 0.45, 1)[:, None] * np.stack(
        [np.sin(np.pi * np.arange(10) / 5), -np.cos(np.pi * np.arange(10) / 5)], 1
    )
    sparkle = np.where(np.arange(8) % 2, 0.18, 1)[:, None] * np.stack(
        [np.sin(np.pi * np.arange(8) / 4), -np.cos(np.pi * np.arange(8) / 4)], 1
    )
    drop = np.stack([0.6 * np.sin(t) * np.sin(t / 2) ** 2, -np.cos(t)], 1)
    kinds = [heart, star, sparkle, drop, np.stack([np.cos(t), np.sin(t)], 1)]
    chosen = [kinds[k] for k in rng.choice(5, int(rng.integers(1, 4)), replace=False)]
    if regular:
        pitch = rng.uniform(0.05, 0.15)
        grid = np.stack(
            np.meshgrid(np.arange(0, 1 + pitch, pitch), np.arange(0, 1 + pitch, pitch)), -1
        )
        grid[1::2, :, 0] += pitch / 2
        places, sizes = grid.reshape(-1, 2), np.full(grid[..., 0].size, pitch * 0.35)
    else:
        places = rng.uniform(-0.05, 1.05, (int(rng.integers(120, 420)), 2))
        sizes = np.exp(rng.normal(-3.5, 0.6, len(places))).clip(0.006, 0.2)
    for place, size in zip(places, sizes, strict=True):
        shape = chosen[rng.integers(len(chosen))]
        turn = 0 if regular else rng.normal(0, 0.5)
        c, s = np.cos(turn), np.sin(turn)
        color = colors[rng.integers(6)]
        for shrink, shade in ((1.0, 1.0), (0.6, 1.25)):
            board.polygon(
                shape * size * shrink @ np.array([[c, s], [-s, c]]) + place, color * shade
            )
            if rng.random() < 0.6:
                break
    return board.painted()


PAINTERS = {
    "speed": speed,
    "burst": burst,
    "page": page,
    "ink": ink,
    "text": text,
    "motifs": motifs,
}
