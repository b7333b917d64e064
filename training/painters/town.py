"""Painters of streets and rooms, drawn as cartoons draw them: (rng, side) -> uint8 picture."""

from __future__ import annotations

import numpy as np

from .board import Board, sky
from .nature import leaf, plant_colors
from .textures import palette


def _word(rng, board: Board, x, y, high, color) -> None:
    """A few strokes that look like letters."""
    for _ in range(int(rng.integers(2, 6))):
        for _ in range(int(rng.integers(2, 4))):
            a, b = rng.uniform(0, high * 0.8, 2), rng.uniform(0, high * 0.8, 2)
            board.stroke([(x + a[0], y + a[1]), (x + b[0], y + b[1])], color, 0.0025)
        x += high * 1.1


def street(rng, side):
    """A street between rows of houses in perspective, by day or at night with lit windows."""
    board = Board(rng, side)
    night, vanish = rng.random() < 0.55, np.array([rng.uniform(0.25, 0.75), rng.uniform(0.3, 0.6)])
    horizon = float(vanish[1])
    if night:
        board.ramp(0, 1, (10, 12, 40), palette(rng, 1)[0] * 0.45)
    else:
        sky(rng, board, horizon)
    dim = 0.35 if night else 1.0
    ground = palette(rng, 1)[0].astype(float) * 0.3 + 85
    board.ramp(horizon, 1, ground * dim, ground * dim * 1.2)
    _paving(rng, board, vanish, ground * dim)
    for sign in (-1, 1):
        walls = palette(rng, 5).astype(float) * 0.8 + 40
        near = rng.uniform(1.5, 2.1)
        for k in range(int(rng.integers(6, 10))):
            far = near * rng.uniform(0.55, 0.78)
            _house(rng, board, vanish, sign, near, far, walls[k % 5] * dim, night)
            near = far
    for sign in (-1, 1):
        for depth in (0.25, 0.42, 0.75):
            if rng.random() < 0.75:
                _lamp(rng, board, vanish, sign, depth, night)
    if rng.random() < 0.4:
        for k in range(2):
            t = np.linspace(0, 1, 12)
            sag = 0.08 + 0.05 * k
            wire = np.stack([t, 0.12 + 0.06 * k - sag + sag * (2 * t - 1) ** 2 * -1 + sag], 1)
            board.stroke(wire, (20, 20, 25), 0.003)
    return board.finished()


def _paving(rng, board: Board, vanish, color) -> None:
    rows = 1 / np.linspace(1.0, 12, int(rng.integers(8, 22)))
    dark = color * 0.72
    for depth in rows:
        y = vanish[1] + (1.02 - vanish[1]) * depth
        board.stroke([(0, y), (1, y)], dark, 0.0025)
    for x in np.linspace(-2.5, 3.5, int(rng.integers(12, 34))):
        board.stroke(
            [(vanish[0] + (x - vanish[0]) * 0.04, vanish[1] + 0.02), (x, 1.05)], dark, 0.0025
        )


def _house(rng, board: Board, vanish, sign, near, far, wall, night) -> None:
    """One front between two depths on one side of a street."""
    reach, tall = 0.55, rng.uniform(0.35, 1.1)

    def at(depth, up):  # a point of the front, up 0 = ground, 1 = eaves
        x = vanish[0] + sign * reach * depth
        return x, vanish[1] + depth * (0.45 - up * (tall + 0.45))

    board.polygon([at(near, 0), at(near, 1), at(far, 1), at(far, 0)], wall)
    floors, columns = int(rng.integers(2, 7)), int(rng.integers(2, 6))
    glass = palette(rng, 1)[0].astype(float)
    glow = np.array([[255, 225, 140], [255, 190, 110], [200, 225, 255]])[rng.integers(3)]
    for floor in range(floors):
        for column in range(columns):
            a, b = ((column + s) / columns for s in (0.2, 0.78))
            d0, d1 = (near + (far - near) * s for s in (a, b))
            low, high = (0.12 + 0.85 * (floor + s) / floors for s in (0.15, 0.75))
            lit = night and rng.random() < 0.55
            color = glow * rng.uniform(0.75, 1.0) if lit else glass * (0.25 if night else 0.9)
            pane = [at(d0, low), at(d0, high), at(d1, high), at(d1, low)]
            board.polygon(pane, color, 0.8)
            if rng.random() < 0.3:
                board.polygon(
                    [at(d0, low), at(d0, low + 0.03), at(d1, low + 0.03), at(d1, low)], wall * 1.3
                )
    middle = (near + far) / 2
    door = [
        at(middle * 1.05, 0),
        at(middle * 1.05, 0.13),
        at(middle * 0.93, 0.13),
        at(middle * 0.93, 0),
    ]
    board.polygon(door, wall * 0.45)
    if rng.random() < 0.6:  # a sign that sticks out
        d, size = middle, 0.06 * middle
        x, y = at(d, rng.uniform(0.25, 0.5))
        color = palette(rng, 1)[0].astype(float)
        color = color * 0.5 + 128 if night else color
        x0, x1 = sorted((x, x - sign * size * 1.5))
        board.box(x0, y, x1, y + size * rng.uniform(1, 4), color)
        _word(rng, board, x0 + size * 0.2, y + size * 0.2, size * 0.6, 255 - color)


def _lamp(rng, board: Board, vanish, sign, depth, night) -> None:
    x = vanish[0] + sign * 0.36 * depth * 1.25
    foot, top = vanish[1] + 0.5 * depth, vanish[1] - 0.42 * depth
    board.stroke([(x, foot), (x, top)], (60, 62, 70), 0.012 * depth)
    bulb = np.array([255, 240, 180]) if night else np.array([235, 235, 225])
    if night:
        for k in range(3):
            size = 0.1 * depth * (1 - 0.28 * k)
            board.ellipse(x, top, size, size, bulb * (0.35 + 0.2 * k), 0)
    board.ellipse(x, top, 0.025 * depth, 0.03 * depth, bulb)


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


def parlour(rng, side):
    """A room in perspective with a window, shelves, sofa, lamp, rug and plants."""
    board = Board(rng, side)
    wall, floor, wood, cloth = palette(rng, 4).astype(float) * 0.75 + 50
    x0, x1 = rng.uniform(0.05, 0.25), rng.uniform(0.75, 0.95)
    y0, y1 = rng.uniform(0.02, 0.15), rng.uniform(0.55, 0.72)
    board.polygon([(0, 0), (1, 0), (x1, y0), (x0, y0)], wall * 1.2)
    board.polygon([(0, 0), (x0, y0), (x0, y1), (0, 1)], wall * 0.85)
    board.polygon([(1, 0), (x1, y0), (x1, y1), (1, 1)], wall * 0.75)
    board.polygon([(0, 1), (x0, y1), (x1, y1), (1, 1)], floor)
    board.box(x0, y0, x1, y1, wall)
    for k in np.linspace(0, 1, int(rng.integers(8, 18))):
        board.stroke([(x0 + (x1 - x0) * k, y1), (2.2 * k - 0.6, 1.02)], floor * 0.7, 0.0025)
    if rng.random() < 0.5:  # striped paper
        for u in np.arange(x0 + 0.02, x1 - 0.01, 0.045):
            board.box(u, y0, u + 0.018, y1, wall * 0.93, 0)
    board.box(x0, y1 - 0.03, x1, y1, wood)
    _pane(rng, board, rng.uniform(x0, x1 - 0.3), y0 + 0.06, cloth)
    for _ in range(int(rng.integers(1, 4))):
        _shelf(rng, board, rng.uniform(x0 - 0.1, x1 - 0.1), y1 + 0.02, wood)
    board.ellipse(0.5, (y1 + 1.05) / 2, 0.3, 0.09, palette(rng, 1)[0])
    board.ellipse(0.5, (y1 + 1.05) / 2, 0.22, 0.06, palette(rng, 1)[0])
    _sofa(rng, board, rng.uniform(0.05, 0.6), y1 + rng.uniform(0.08, 0.2), cloth)
    x = rng.uniform(0.1, 0.9)
    board.stroke([(x, y1 + 0.1), (x, y1 - 0.25)], wood * 0.6, 0.01)
    board.polygon(
        [
            (x - 0.07, y1 - 0.23),
            (x - 0.04, y1 - 0.34),
            (x + 0.04, y1 - 0.34),
            (x + 0.07, y1 - 0.23),
        ],
        (250, 235, 190),
    )
    for _ in range(int(rng.integers(0, 3))):
        _plant(rng, board, rng.uniform(0, 1), y1 + rng.uniform(0.05, 0.25), rng.uniform(0.15, 0.35))
    return board.finished()


def _pane(rng, board: Board, x, y, cloth) -> None:
    """A window with a view and curtains."""
    w, h = rng.uniform(0.18, 0.32), rng.uniform(0.2, 0.32)
    board.box(x, y, x + w, y + h, (165, 210, 240))
    for _ in range(6):
        board.blob(
            x + w * rng.uniform(0.15, 0.85), y + h * 0.8, 0.035, plant_colors(rng, 1)[0], 9, 0.6
        )
    frame = np.array([245, 240, 230]) * rng.uniform(0.4, 1)
    for k in range(3):
        board.box(x + w * k / 2 - 0.006, y - 0.01, x + w * k / 2 + 0.006, y + h, frame, 0.7)
        board.box(x, y + h * k / 2 - 0.006, x + w, y + h * k / 2 + 0.006, frame, 0.7)
    for sign, u in ((-1, x - 0.03), (1, x + w + 0.03)):
        for k in range(4):
            a = u - sign * 0.022 * k
            board.polygon(
                [
                    (a - 0.013, y - 0.03),
                    (a + 0.013, y - 0.03),
                    (a + 0.016, y + h * 1.3),
                    (a - 0.01, y + h * 1.3),
                ],
                cloth * (0.8 + 0.1 * (k % 3)),
            )


def _shelf(rng, board: Board, x, foot, wood) -> None:
    """A bookcase: each book its own colour, with vases between."""
    w, h, rows = rng.uniform(0.16, 0.3), rng.uniform(0.25, 0.5), int(rng.integers(3, 6))
    board.box(x, foot - h, x + w, foot, wood * 0.55)
    for row in range(rows):
        low = foot - h * row / rows - 0.01
        u = x + 0.008
        while u < x + w - 0.02:
            thick, tall = rng.uniform(0.006, 0.02), h / rows * rng.uniform(0.5, 0.85)
            color = palette(rng, 1)[0].astype(float)
            if rng.random() < 0.1:
                board.ellipse(u + 0.015, low - tall / 2, 0.014, tall / 2, color, 0.7)
                u += 0.032
                continue
            lean = rng.normal(0, 0.004)
            board.polygon(
                [
                    (u, low),
                    (u + lean, low - tall),
                    (u + lean + thick, low - tall),
                    (u + thick, low),
                ],
                color,
                0.7,
            )
            u += thick + 0.001
        board.box(x - 0.004, low, x + w + 0.004, low + 0.012, wood)


def _sofa(rng, board: Board, x, foot, cloth) -> None:
    w, h = rng.uniform(0.3, 0.45), rng.uniform(0.13, 0.2)
    board.box(x, foot - h, x + w, foot - h * 0.35, cloth * 0.9)
    for k in range(3):
        board.box(x + w * k / 3, foot - h * 0.5, x + w * (k + 1) / 3, foot - h * 0.15, cloth)
    for u in (x - 0.03, x + w - 0.02):
        board.box(u, foot - h * 0.75, u + 0.05, foot, cloth * 0.85)
    board.box(x, foot - h * 0.15, x + w, foot, cloth * 0.6)
    for _ in range(int(rng.integers(0, 4))):
        u = x + w * rng.uniform(0.1, 0.8)
        color = palette(rng, 1)[0].astype(float)
        board.polygon(
            [
                (u, foot - h * 0.4),
                (u + 0.02, foot - h * 0.85),
                (u + 0.09, foot - h * 0.9),
                (u + 0.08, foot - h * 0.45),
            ],
            color,
        )


def classroom(rng, side):
    """A board with writing, windows, and rows of desks and chairs."""
    board = Board(rng, side)
    wall, wood = palette(rng, 1)[0] * 0.3 + 160.0, np.array([190, 140, 90]) * rng.uniform(0.6, 1.2)
    horizon = rng.uniform(0.45, 0.6)
    board.ramp(0, 1, wall, wall * 0.92)
    board.box(-0.1, horizon, 1.1, 1.1, wood * 0.8)
    for k in np.linspace(-1, 2, 26):
        board.stroke([(k * 0.5 + 0.25, horizon), (k, 1.02)], wood * 0.6, 0.002)
    green = np.array([45, 90, 70]) * rng.uniform(0.6, 1.3)
    x0, x1 = rng.uniform(0.02, 0.2), rng.uniform(0.55, 0.8)
    board.box(x0 - 0.015, 0.1, x1 + 0.015, horizon - 0.08, wood)
    board.box(x0, 0.115, x1, horizon - 0.095, green)
    for row in np.arange(0.14, horizon - 0.17, 0.06):
        _word(rng, board, x0 + rng.uniform(0.02, 0.2), row, 0.035, (235, 240, 235))
    for k in range(2):
        _pane(rng, board, x1 + 0.06 + 0.3 * k, 0.08, wall * 0.8)
    for row in range(4):
        near = 0.35 + 0.28 * row
        y = horizon + 0.02 + 0.16 * row * (0.7 + 0.15 * row)
        for x in np.linspace(0.5 - 0.75 * near, 0.5 + 0.75 * near, 4):
            w, h = 0.2 * near, 0.16 * near
            for u in (x - w / 2, x + w / 2 - 0.012 * near):
                board.box(u, y, u + 0.012 * near, y + h, (110, 112, 118))
            board.polygon(
                [
                    (x - w / 2, y),
                    (x - w * 0.42, y - h * 0.3),
                    (x + w * 0.42, y - h * 0.3),
                    (x + w / 2, y),
                ],
                wood * 1.1,
            )
            board.box(x - w / 2, y, x + w / 2, y + h * 0.16, wood * 0.9)
            board.box(x - w * 0.3, y + h * 0.3, x + w * 0.3, y + h * 0.75, wood)
    return board.finished()


def machines(rng, side):
    """Pipes, panels, screens and lamps: the inside of a ship or a plant."""
    board = Board(rng, side, palette(rng, 1)[0] * 0.4 + 30)
    metal = palette(rng, 4).astype(float) * 0.4 + rng.uniform(30, 120)
    cells = [(0.0, 0.0, 1.0, 1.0)]
    for _ in range(int(rng.integers(10, 30))):
        x0, y0, x1, y1 = cells.pop(
            int(np.argmax([(c[2] - c[0]) * (c[3] - c[1]) * rng.uniform(0.3, 1) for c in cells]))
        )
        cut = rng.uniform(0.3, 0.7)
        if x1 - x0 > y1 - y0:
            cells += [(x0, y0, x0 + (x1 - x0) * cut, y1), (x0 + (x1 - x0) * cut, y0, x1, y1)]
        else:
            cells += [(x0, y0, x1, y0 + (y1 - y0) * cut), (x0, y0 + (y1 - y0) * cut, x1, y1)]
    for x0, y0, x1, y1 in cells:
        board.box(x0, y0, x1, y1, metal[rng.integers(4)] * rng.uniform(0.7, 1.2))
        kind, w, h = rng.integers(5), x1 - x0, y1 - y0
        if kind == 0:
            for k in np.arange(y0 + 0.2 * h, y1 - 0.1 * h, 0.022):
                board.box(x0 + 0.15 * w, k, x1 - 0.15 * w, k + 0.01, metal[0] * 0.4, 0.6)
        elif kind == 1:
            glow = palette(rng, 1)[0] * 0.5 + 110.0
            board.box(x0 + 0.15 * w, y0 + 0.15 * h, x1 - 0.15 * w, y1 - 0.25 * h, glow * 0.4)
            t = np.linspace(0.2, 0.8, 14)
            curve = np.stack([x0 + w * t, y0 + h * (0.45 + 0.15 * np.sin(9 * t + x0 * 40))], 1)
            board.stroke(curve, glow, 0.004)
        elif kind == 2:
            for u, v in rng.uniform(0.15, 0.85, (8, 2)):
                size = min(w, h) * 0.08
                board.ellipse(x0 + w * u, y0 + h * v, size, size, palette(rng, 1)[0], 0.7)
        elif kind == 3:
            size = min(w, h) * 0.35
            board.ellipse(x0 + w / 2, y0 + h / 2, size, size, (230, 228, 215))
            turn = rng.uniform(0, 6)
            board.stroke(
                [
                    (x0 + w / 2, y0 + h / 2),
                    (
                        x0 + w / 2 + 0.8 * size * np.cos(turn),
                        y0 + h / 2 + 0.8 * size * np.sin(turn),
                    ),
                ],
                (180, 40, 40),
                0.005,
            )
    for _ in range(int(rng.integers(2, 8))):
        points = [rng.uniform(0, 1, 2)]
        for _ in range(3):
            step = rng.uniform(-0.5, 0.5)
            points.append(
                points[-1] + (np.array([step, 0]) if len(points) % 2 else np.array([0, step]))
            )
        board.stroke(points, metal[rng.integers(4)] * 1.3, rng.uniform(0.012, 0.04))
    return board.finished()


PAINTERS = {
    "streets": street,
    "shops": shops,
    "parlour": parlour,
    "classroom": classroom,
    "machines": machines,
}
