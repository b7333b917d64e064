"""Painters of rooms full of things, drawn as cartoons draw them: (rng, side) -> uint8 picture."""

from __future__ import annotations

import numpy as np

from .board import Board
from .greenery import crown, leaf_template, leaves, plant_tone, stamped, tones
from .masonry import boxes, courses, on, paper, planks
from .skies import painted_sky
from .streets import bill, letters
from .textures import palette


def _box(x0, y0, x1, y1) -> np.ndarray:
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float)


def _walls(rng, board: Board, wall, floor, ceiling) -> tuple[float, float, float, float]:
    """A room seen along its axis; gives the far wall (x0, y0, x1, y1)."""
    x0, x1 = rng.uniform(0.04, 0.24), rng.uniform(0.76, 0.96)
    y0, y1 = rng.uniform(0.02, 0.14), rng.uniform(0.55, 0.72)
    board.polygon([(0, 0), (1, 0), (x1, y0), (x0, y0)], ceiling)
    for k in np.linspace(-0.1, 1.1, int(rng.integers(4, 9))):  # beams
        u, thick = x0 + (x1 - x0) * k, 0.02
        beam = [
            (u, y0),
            (u + thick * 0.6, y0),
            (1.4 * k - 0.2 + thick, -0.02),
            (1.4 * k - 0.2, -0.02),
        ]
        board.polygon(beam, ceiling * 0.7, 0.7)
    repeat = int(rng.integers(8, 22))
    for quad, light in (
        ([(0, 0), (x0, y0), (x0, y1), (0, 1)], 0.85),
        ([(x1, y0), (1, 0), (1, 1), (x1, y1)], 0.78),
        (_box(x0, y0, x1, y1), 1.0),
    ):
        state = np.random.default_rng(repeat)  # the same paper on all walls
        paper(state, board, quad, wall * light, repeat)
        foot = on(quad, [(0, 0.95), (1, 0.95), (1, 1), (0, 1)])
        board.polygon(foot, wall * 0.5 * light, 0.8)
    ground = [(x0, y1), (x1, y1), (1.5, 1.02), (-0.5, 1.02)]
    if rng.random() < 0.7:
        planks(rng, board, ground, int(rng.integers(9, 20)), floor)
    else:
        courses(rng, board, ground, int(rng.integers(7, 14)), int(rng.integers(7, 14)), floor)
    return x0, y0, x1, y1


def goods(rng, board: Board, x0, x1, foot, high) -> None:
    """A row of things on a board: bottles, jars, boxes, cups, books, plants."""
    x, colors = x0, palette(rng, 7).astype(float) * 0.85 + 25
    while x < x1 - 0.015:
        wide, tall = high * rng.uniform(0.22, 0.5), high * rng.uniform(0.5, 0.92)
        wide = min(wide, x1 - x)
        color, kind = colors[rng.integers(7)], rng.integers(6)
        a, b, y = x + 0.06 * wide, x + 0.94 * wide, foot - tall
        if kind == 0:  # a bottle
            m, n = a + 0.3 * (b - a), b - 0.3 * (b - a)
            body = [(a, foot), (a, y + 0.45 * tall), (m, y + 0.28 * tall), (m, y), (n, y)]
            board.polygon(
                [*body, (n, y + 0.28 * tall), (b, y + 0.45 * tall), (b, foot)], color, 0.7
            )
            board.box(a, foot - 0.4 * tall, b, foot - 0.15 * tall, color * 0.3 + 165, 0.5)
        elif kind == 1:  # a jar
            board.box(a, y + 0.16 * tall, b, foot, color * 0.6 + 80, 0.7)
            board.box(a, foot - 0.5 * tall, b, foot, color, 0.5)
            board.box(a - 0.002, y + 0.05 * tall, b + 0.002, y + 0.18 * tall, color * 0.45, 0.6)
        elif kind == 2:  # a box with a label
            board.box(a, y, b, foot, color, 0.7)
            label = _box(a + 0.12 * wide, y + 0.2 * tall, b - 0.12 * wide, y + 0.6 * tall)
            board.polygon(label, 255 - color * 0.4, 0.5)
            letters(rng, board, label, color * 0.4)
        elif kind == 3:  # a cup or a bowl
            cup = [(a, foot - 0.45 * tall), (b, foot - 0.45 * tall), (b - 0.2 * wide, foot)]
            board.polygon([*cup, (a + 0.2 * wide, foot)], color, 0.7)
            board.ellipse(
                (a + b) / 2, foot - 0.45 * tall, (b - a) / 2, 0.07 * tall, color * 0.6, 0.6
            )
        elif kind == 4:  # books
            count = 4
            u = np.linspace(a, b, count + 1)
            tops = foot - tall * rng.uniform(0.7, 1, count)
            backs = colors[rng.integers(7, size=count)] * rng.uniform(0.7, 1.1, (count, 1))
            board.many(boxes(u[:-1], tops, u[1:], np.full(count, foot)), backs, 0.6)
            bands = boxes(u[:-1], tops + 0.15 * tall, u[1:], tops + 0.22 * tall)
            board.many(bands, backs * 0.4 + 140)
        else:
            pot(rng, board, (a + b) / 2, foot, tall * 0.9)
        x += wide * rng.uniform(1.0, 1.12)


def pot(rng, board: Board, x, foot, high) -> None:
    """A plant in a pot."""
    ramp, clay = tones(plant_tone(rng), 4), np.array([185, 105, 70]) * rng.uniform(0.6, 1.2)
    count = int(rng.integers(14, 34))
    angles = rng.normal(-np.pi / 2, 0.75, count)
    sizes = high * rng.uniform(0.3, 0.62, count)
    shape = np.add(leaf_template(rng), (0.5, 0)) * (1, 0.8)
    root = np.broadcast_to([x, foot - high * 0.32], (count, 2))
    shades = ramp[np.sort(rng.integers(4, size=count))]
    blades = stamped(shape, root, sizes, angles)
    board.many(blades, shades, 0.6)
    board.lines(blades[:, [0, 3]], ramp[0] * 0.8, 0.0013)
    half = high * 0.17
    board.polygon(
        [
            (x - half, foot - high * 0.34),
            (x + half, foot - high * 0.34),
            (x + half * 0.7, foot),
            (x - half * 0.7, foot),
        ],
        clay,
    )
    board.box(
        x - half * 1.12, foot - high * 0.36, x + half * 1.12, foot - high * 0.27, clay * 1.1, 0.7
    )


def case(rng, board: Board, x, foot, wide, high, wood) -> None:
    """A case of shelves full of things."""
    rows = int(rng.integers(3, 6))
    planks(rng, board, _box(x, foot - high, x + wide, foot), 6, wood * 0.5)
    for row in range(rows):
        low = foot - high * row / rows - 0.008
        goods(rng, board, x + 0.008, x + wide - 0.008, low, high / rows * 0.92)
        board.box(x - 0.004, low, x + wide + 0.004, low + 0.011, wood, 0.7)
    for u in (x - 0.006, x + wide - 0.006):
        board.box(u, foot - high - 0.012, u + 0.012, foot, wood * 1.1, 0.7)


def view(rng, board: Board, x, y, wide, high, cloth) -> None:
    """A window with sky and trees behind it, bars, and curtains in folds."""
    small = Board(rng, max(24, round(max(wide, high) * board.side) + 2))
    painted_sky(rng, small, 0.9)
    small.line = 0.0
    ramp = tones(plant_tone(rng), 4)
    for u in rng.uniform(0, 1, 4):
        crown(rng, small, u, rng.uniform(0.65, 1.0), 0.26, 0.26, ramp, 0.06, 6)
    a, b = round(x * board.side), round(y * board.side)
    part = board.pixels[
        max(b, 0) : round((y + high) * board.side), max(a, 0) : round((x + wide) * board.side)
    ]
    part[:] = small.pixels[: part.shape[0], : part.shape[1]]
    frame = np.array([240, 234, 220]) * rng.uniform(0.35, 1)
    for k in range(3):
        u, v = x + wide * k / 2, y + high * k / 2
        board.box(u - 0.006, y - 0.008, u + 0.006, y + high + 0.008, frame, 0.7)
        board.box(x - 0.008, v - 0.006, x + wide + 0.008, v + 0.006, frame, 0.7)
    folds = np.arange(6) * 0.014
    tint = cloth * np.tile([0.72, 1.08], 3)[:, None]
    for left in (x - 0.05, x + wide - 0.03):
        top = np.full(6, y - 0.03)
        board.many(boxes(left + folds, top, left + folds + 0.014, top + high * 1.35), tint, 0.5)
        dots = np.stack([left + 0.084 * rng.random(30), y + high * 1.25 * rng.random(30)], 1)
        leaves(rng, board, dots, 0.01, np.broadcast_to(255 - cloth, (30, 3)))
    board.stroke([(x - 0.07, y - 0.03), (x + wide + 0.07, y - 0.03)], frame * 0.5, 0.008)


def picture(rng, board: Board, x, y, wide, high) -> None:
    """A framed landscape of three bands with trees."""
    frame, *bands = palette(rng, 5).astype(float)
    board.box(x, y, x + wide, y + high, frame * 0.7 + 30)
    edge = 0.09 * wide
    inner = _box(x + edge, y + edge, x + wide - edge, y + high - edge)
    board.polygon(inner, bands[0] * 0.4 + 150, 0.5)
    t = np.linspace(0, 1, 8)
    for k in range(1, 3):
        crest = np.stack([t, 0.3 * k + 0.15 + 0.1 * np.sin(6 * t + rng.uniform(0, 6))], 1)
        board.polygon(on(inner, np.concatenate([crest, [(1, 1), (0, 1)]])), bands[k], 0.4)
    spots = on(inner, rng.uniform(0.05, 0.95, (30, 2)))
    leaves(rng, board, spots, 0.012, bands[3] * rng.uniform(0.5, 1.1, (30, 1)))


def rug(rng, board: Board, x, y, rx, ry) -> None:
    """An oval rug in rings with a rim of leaves."""
    colors = palette(rng, 4).astype(float)
    for k, size in enumerate((1.0, 0.86, 0.6, 0.42)):
        board.ellipse(x, y, rx * size, ry * size, colors[k], 0.6)
    for size, count, color in ((0.93, 44, colors[2]), (0.73, 30, colors[0]), (0.5, 18, colors[1])):
        turn = np.arange(count) * 2 * np.pi / count
        places = np.stack([x + rx * size * np.cos(turn), y + ry * size * np.sin(turn)], 1)
        shades = np.broadcast_to(color, (count, 3))
        leaves(rng, board, places, 0.022, shades, turn + 0.8)


def parlour(rng, side):
    """A papered room with a window, cases, pictures, a sofa, a lamp, a rug and plants."""
    board = Board(rng, side)
    wall, floor, wood, cloth = palette(rng, 4).astype(float) * 0.75 + 50
    x0, y0, x1, y1 = _walls(rng, board, wall, floor, wall * 1.25)
    view(
        rng,
        board,
        rng.uniform(x0 + 0.06, x1 - 0.36),
        y0 + 0.07,
        rng.uniform(0.18, 0.28),
        0.28,
        cloth,
    )
    for _ in range(int(rng.integers(2, 6))):
        x, y = rng.uniform(x0, x1 - 0.12), rng.uniform(y0 + 0.02, y0 + 0.25)
        picture(rng, board, x, y, rng.uniform(0.07, 0.13), rng.uniform(0.06, 0.13))
    for x in rng.uniform(x0 - 0.05, x1 - 0.18, int(rng.integers(1, 4))):
        case(rng, board, x, y1 + 0.03, rng.uniform(0.17, 0.3), rng.uniform(0.25, 0.5), wood)
    rug(rng, board, 0.5, (y1 + 1.05) / 2, rng.uniform(0.25, 0.42), 0.1)
    _sofa(rng, board, rng.uniform(0.05, 0.6), y1 + rng.uniform(0.1, 0.2), cloth)
    x = rng.uniform(0.1, 0.9)
    board.stroke([(x, y1 + 0.1), (x, y1 - 0.25)], wood * 0.6, 0.01)
    low, high = y1 - 0.23, y1 - 0.34
    shade = [(x - 0.035, high), (x + 0.035, high), (x + 0.06, low), (x - 0.06, low)]
    paper(rng, board, shade, np.array([245, 228, 185.0]), 4)
    for _ in range(int(rng.integers(1, 5))):
        foot = y1 + rng.uniform(0.06, 0.3)
        pot(rng, board, rng.uniform(0, 1), foot, rng.uniform(0.14, 0.32))
    return board.painted()


def _sofa(rng, board: Board, x, foot, cloth) -> None:
    wide, high = rng.uniform(0.3, 0.45), rng.uniform(0.15, 0.22)
    paper(rng, board, _box(x, foot - high, x + wide, foot - high * 0.3), cloth * 0.9, 9)
    for k in range(3):
        a, b = x + wide * k / 3, x + wide * (k + 1) / 3
        paper(
            rng, board, _box(a + 0.003, foot - high * 0.48, b - 0.003, foot - high * 0.12), cloth, 4
        )
    for u in (x - 0.04, x + wide - 0.02):
        board.box(u, foot - high * 0.75, u + 0.06, foot, cloth * 0.8)
        folds = np.array(
            [[(u + d, foot - high * 0.7), (u + d, foot)] for d in (0.015, 0.03, 0.045)]
        )
        board.lines(folds, cloth * 0.55, 0.002)
    board.box(x, foot - high * 0.13, x + wide, foot, cloth * 0.55)
    for _ in range(int(rng.integers(1, 5))):
        u, color = x + wide * rng.uniform(0.05, 0.75), palette(rng, 1)[0].astype(float)
        cushion = _box(u, foot - high * 0.9, u + 0.09, foot - high * 0.42) + rng.normal(
            0, 0.008, (4, 2)
        )
        paper(rng, board, cushion, color, 3)


def classroom(rng, side):
    """A board with writing, bills on the wall, windows, rows of desks with things on them."""
    board = Board(rng, side)
    wall, wood = palette(rng, 1)[0] * 0.3 + 150.0, np.array([190, 140, 90]) * rng.uniform(0.6, 1.2)
    horizon = rng.uniform(0.45, 0.6)
    courses(rng, board, _box(-0.01, -0.01, 1.01, horizon), 5, 3, wall, wall * 0.85, lit=False)
    planks(rng, board, _box(-0.01, horizon - 0.09, 1.01, horizon), 26, wood * 0.75)
    ground = [(0.2, horizon), (0.8, horizon), (1.9, 1.02), (-0.9, 1.02)]
    board.box(-0.1, horizon, 1.1, 1.1, wood * 0.6)
    planks(rng, board, ground, int(rng.integers(18, 30)), wood * 0.85)
    x0, x1 = rng.uniform(0.02, 0.2), rng.uniform(0.55, 0.8)
    board.box(x0 - 0.015, 0.1, x1 + 0.015, horizon - 0.1, wood)
    slate = np.array([45, 90, 70]) * rng.uniform(0.6, 1.3)
    board.box(x0, 0.115, x1, horizon - 0.115, slate)
    smears = np.array([x0, 0.12]) + rng.uniform(0, 1, (12, 1, 2)) * [x1 - x0 - 0.1, horizon - 0.26]
    board.lines(smears + np.array([(0, 0), (0.04, 0.01), (0.09, 0)]), slate * 1.25 + 12, 0.012)
    for row in np.arange(0.14, horizon - 0.17, 0.05):
        for u in np.arange(x0 + 0.02, x1 - 0.16, 0.17):
            if rng.random() < 0.8:
                letters(rng, board, _box(u, row, u + 0.15, row + 0.04), (236, 240, 234))
    for k in range(2):
        view(rng, board, x1 + 0.07 + 0.3 * k, 0.08, 0.2, 0.26, wall * 0.8)
    for x in np.arange(0.01, 0.98, 0.11):
        if rng.random() < 0.5:
            bill(rng, board, x, rng.uniform(-0.05, 0.0), 1.0)
    for row in range(4):
        near = 0.35 + 0.28 * row
        y = horizon + 0.02 + 0.16 * row * (0.7 + 0.15 * row)
        for x in np.linspace(0.5 - 0.75 * near, 0.5 + 0.75 * near, 4):
            _desk(rng, board, x, y, near, wood)
    return board.painted()


def _desk(rng, board: Board, x, y, near, wood) -> None:
    """A desk from behind, with books and pencils, and its chair."""
    w, h = 0.22 * near, 0.17 * near
    for u in (x - w / 2, x + w / 2 - 0.014 * near):
        board.box(u, y, u + 0.014 * near, y + h, (104, 106, 114))
    top = [
        (x - w * 0.42, y - h * 0.32),
        (x + w * 0.42, y - h * 0.32),
        (x + w / 2, y),
        (x - w / 2, y),
    ]
    planks(rng, board, top, 4, wood * 1.1, along=False)
    sheet = [(0.1, 0.25), (0.42, 0.2), (0.45, 0.75), (0.1, 0.8)]
    book = on(top, np.add(sheet, (rng.uniform(0, 0.45), 0)))
    board.polygon(book, (245, 243, 234), 0.6)
    letters(rng, board, book, (90, 95, 120))
    if rng.random() < 0.6:
        u = x + w * rng.uniform(-0.3, 0.2)
        goods(rng, board, u, u + 0.1 * near, y - 0.1 * h, 0.09 * near)
    planks(rng, board, _box(x - w / 2, y, x + w / 2, y + h * 0.2), 3, wood * 0.85, along=False)
    for v in (0.34, 0.56):
        board.box(x - w * 0.3, y + h * v, x + w * 0.3, y + h * (v + 0.15), wood, 0.8)
    for u in (-0.3, 0.27):
        board.box(x + w * u, y + h * 0.3, x + w * (u + 0.03), y + h * 1.15, wood * 0.6, 0.7)


def kitchen(rng, side):
    """Tiled walls, shelves of jars and plates, hanging tools, a stove, a counter, plants."""
    board = Board(rng, side)
    tile = palette(rng, 1)[0] * 0.35 + 140.0
    wood, cloth = palette(rng, 2).astype(float) * 0.6 + 60
    counter, foot = rng.uniform(0.52, 0.62), rng.uniform(0.84, 0.92)
    rows = int(rng.integers(9, 20))
    courses(rng, board, _box(-0.01, -0.01, 1.01, counter), rows, rows, tile, tile * 0.72)
    view(rng, board, rng.uniform(0.1, 0.6), 0.08, rng.uniform(0.2, 0.3), 0.24, cloth)
    for y in (rng.uniform(0.13, 0.2), rng.uniform(0.32, 0.42)):
        x = rng.uniform(-0.1, 0.4)
        wide = rng.uniform(0.3, 0.7)
        goods(rng, board, x + 0.01, x + wide - 0.01, y, rng.uniform(0.08, 0.12))
        board.box(x, y, x + wide, y + 0.018, wood)
        _tools(rng, board, x + 0.03, x + wide - 0.03, y + 0.018)
    goods(rng, board, 0.02, 0.98, counter + 0.002, rng.uniform(0.08, 0.14))
    board.box(-0.1, counter, 1.1, counter + 0.035, wood * 1.25)
    x = -rng.uniform(0, 0.1)
    while x < 1:
        wide, kind = rng.uniform(0.14, 0.24), rng.random()
        front = _box(x, counter + 0.035, x + wide, foot)
        if kind < 0.25:
            _stove(rng, board, front)
        else:
            planks(rng, board, front, int(rng.integers(3, 7)), wood, rng.random() < 0.7)
            for k in range(int(rng.integers(1, 4))):
                y = counter + 0.05 + 0.09 * k
                board.polygon(_box(x + 0.015, y, x + wide - 0.015, y + 0.075), wood * 0.85, 0.7)
                board.ellipse(x + wide / 2, y + 0.037, 0.009, 0.009, (210, 190, 120), 0.6)
        x += wide
    board.box(-0.1, foot, 1.1, foot + 0.02, wood * 0.4)
    ground = [(0.05, foot + 0.02), (0.95, foot + 0.02), (1.3, 1.02), (-0.3, 1.02)]
    board.box(-0.1, foot + 0.02, 1.1, 1.1, cloth * 0.4)
    courses(rng, board, ground, 4, 12, cloth, lit=False)
    for x in rng.uniform(0, 1, int(rng.integers(0, 3))):
        pot(rng, board, x, rng.uniform(0.93, 1.02), rng.uniform(0.16, 0.32))
    return board.painted()


def _tools(rng, board: Board, x0, x1, y) -> None:
    """Ladles, pans and cloths that hang from a board."""
    for x in np.arange(x0, x1, rng.uniform(0.035, 0.07)):
        long, color = rng.uniform(0.04, 0.09), palette(rng, 1)[0] * 0.6 + 40.0
        kind = rng.integers(3)
        if kind == 2:
            paper(rng, board, _box(x - 0.016, y, x + 0.016, y + long), color, 3)
            continue
        board.stroke([(x, y), (x, y + long)], color, 0.005)
        if kind == 0:
            board.ellipse(x, y + long, 0.018, 0.013, color * 0.8, 0.7)
        else:
            board.ellipse(x, y + long + 0.012, 0.024, 0.024, (72, 74, 80), 0.7)
            board.ellipse(x, y + long + 0.012, 0.016, 0.016, (104, 106, 112), 0.5)


def _stove(rng, board: Board, front) -> None:
    """An oven door, knobs and a glow."""
    metal = np.full(3, rng.uniform(90, 225))
    board.polygon(front, metal)
    board.polygon(on(front, [(0.1, 0.3), (0.9, 0.3), (0.9, 0.85), (0.1, 0.85)]), metal * 0.4, 0.8)
    glow = [(0.2, 0.42), (0.8, 0.42), (0.8, 0.75), (0.2, 0.75)]
    board.polygon(on(front, glow), (235, 150, 70) if rng.random() < 0.5 else (45, 48, 58), 0.5)
    rails = [[(0.12, 0.24), (0.88, 0.24)], [(0.2, 0.53), (0.8, 0.53)], [(0.2, 0.64), (0.8, 0.64)]]
    board.lines(on(front, rails), metal * 0.65, 0.005)
    for u in (0.15, 0.35, 0.55, 0.75):
        x, y = on(front, (u + 0.05, 0.1))
        board.ellipse(x, y, 0.01, 0.01, (50, 50, 56), 0.6)


PAINTERS = {"parlour": parlour, "classroom": classroom, "kitchen": kitchen}
