"""Painters of streets and roofs, drawn as cartoons draw them: (rng, side) -> uint8 picture."""

from __future__ import annotations

import numpy as np

from ..overlays import write
from .board import Board
from .greenery import bush, crown, leaves, litter, plant_tone, tones
from .masonry import boxes, courses, on, planks, roof, window
from .skies import painted_sky
from .textures import palette


def street(rng, side):
    """A paved street between fronts in perspective, with signs, lamps, poles and wires."""
    board = Board(rng, side)
    vanish = np.array([rng.uniform(0.25, 0.75), rng.uniform(0.32, 0.58)])
    night = painted_sky(rng, board, float(vanish[1]))
    dim = 0.42 if night else 1.0
    ground = palette(rng, 1)[0].astype(float) * 0.35 + 90
    board.ramp(vanish[1], 1, ground * dim * 0.8, ground * dim)
    far, low = 0.06, 1.06
    x, y = vanish + np.array([-1.5, low - vanish[1]]), vanish + np.array([1.5, low - vanish[1]])
    upper = vanish + far * (np.stack([x, y]) - vanish)
    courses(
        rng,
        board,
        [*upper, y, x],
        int(rng.integers(14, 26)),
        int(rng.integers(8, 16)),
        ground * dim,
    )
    litter(
        rng, board, vanish[1] + 0.1, 1, tones(plant_tone(rng) * dim, 3), int(rng.integers(0, 140))
    )
    for sign in (-1, 1):
        walls, near = palette(rng, 5).astype(float) * 0.75 + 50, rng.uniform(1.5, 2.1)
        fronts = []
        for k in range(int(rng.integers(5, 8))):
            end = near * rng.uniform(0.55, 0.75)
            fronts.append((near, end, walls[k % 5] * dim))
            near = end
        for start, end, wall in reversed(fronts):
            _front(rng, board, vanish, sign, (start, end), wall, night)
    for depth in (0.28, 0.5, 0.95):
        for sign in (-1, 1):
            if rng.random() < 0.55:
                _pole(rng, board, vanish, sign, depth, night)
    if rng.random() < 0.7:
        wires(rng, board, 0.02, 0.3, int(rng.integers(2, 7)))
    return board.painted()


def wires(rng, board: Board, top, bottom, count: int) -> None:
    """Sagging wires across the picture."""
    t = np.linspace(0, 1, 14)
    ends = rng.uniform(top, bottom, (count, 2))
    sag = rng.uniform(0.01, 0.1, (count, 1)) * 4 * t * (1 - t)
    y = ends[:, :1] * (1 - t) + ends[:, 1:] * t + sag
    board.lines(np.stack([np.broadcast_to(t, y.shape), y], -1), (22, 22, 28), 0.0026)


def _front(rng, board: Board, vanish, sign, depths, wall, night) -> None:
    """One house front between two depths on one side of a street."""
    tall, (near, far) = rng.uniform(0.45, 1.1), depths

    def at(depth, up):  # up 0 is the ground, 1 the eaves
        return vanish[0] + sign * 0.55 * depth, vanish[1] + depth * (0.45 - up * (tall + 0.45))

    quad = np.array([at(far, 1), at(near, 1), at(near, 0), at(far, 0)])
    floors, columns, kind = int(rng.integers(2, 5)), int(rng.integers(2, 4)), rng.random()
    if kind < 0.45:
        courses(rng, board, quad, 7 * floors, 5, wall, wall * 0.55)
    elif kind < 0.7:
        planks(rng, board, quad, 5 * floors, wall, along=False)
    else:
        board.polygon(quad, wall)
        stain = rng.uniform(0, 1, (26, 1, 2)) + np.array([(0, 0), (0.01, 0.06), (-0.005, 0.12)])
        board.lines(on(quad, stain.clip(0, 1)), wall * 0.78, 0.003)
    board.polygon(
        on(quad, [(-0.02, -0.03), (1.02, -0.03), (1.02, 0.02), (-0.02, 0.02)]), wall * 0.6
    )
    for floor in range(floors - 1):
        for column in range(columns):
            a, b = (column + 0.22) / columns, (column + 0.78) / columns
            c, d = (floor + 0.2) / floors, (floor + 0.74) / floors
            pane = on(quad, [(a, c), (b, c), (b, d), (a, d)])
            window(rng, board, pane, wall * rng.choice([0.6, 1.35]), night)
        if rng.random() < 0.35:  # a balcony
            c = (floor + 0.62) / floors
            u = np.linspace(0.08, 0.92, 14)
            bars = np.stack([np.stack([u, u * 0 + c], -1), np.stack([u, u * 0 + c + 0.1], -1)], 1)
            board.lines(on(quad, bars), wall * 0.35, 0.003)
            board.lines(on(quad, bars[:, 0][None]), wall * 0.35, 0.005)
            board.lines(on(quad, bars[:, 1][None]), wall * 0.3, 0.006)
    base = 1 - 0.9 / floors
    _ground_floor(rng, board, quad, base, wall, night)
    if rng.random() < 0.6:
        _hanging_sign(rng, board, at, (near + far) / 2, sign, night)


def _ground_floor(rng, board: Board, quad, base, wall, night) -> None:
    """A door, a lit or dark show window with goods, a board with writing above."""
    glow = np.array([250, 226, 168.0]) if night else wall * 0.3
    pane = on(quad, [(0.34, base + 0.06), (0.94, base + 0.06), (0.94, 0.9), (0.34, 0.9)])
    board.polygon(pane, glow)
    count = int(rng.integers(8, 24))
    u, v = rng.uniform(0, 0.86, count), rng.choice([0.42, 0.68, 0.97], count)
    wide, high = rng.uniform(0.04, 0.12, count), rng.uniform(0.08, 0.24, count)
    goods = palette(rng, 6)[rng.integers(6, size=count)] * 0.8 + 30.0
    board.many(on(pane, boxes(u, v - high, u + wide, v)), goods, 0.5)
    shelf = np.array([[(0, k), (1, k)] for k in (0.42, 0.68)])
    board.lines(on(pane, shelf), wall * 0.5, 0.0025)
    door = on(quad, [(0.06, base + 0.08), (0.26, base + 0.08), (0.26, 1), (0.06, 1)])
    board.polygon(door, wall * 0.45)
    panel = on(door, boxes(*np.array([[0.2, 0.1, 0.8, 0.45], [0.2, 0.55, 0.8, 0.9]]).T))
    board.many(panel, wall * 0.62, 0.5)
    name = palette(rng, 1)[0].astype(float)
    sign = on(
        quad, [(0.3, base - 0.05), (0.97, base - 0.05), (0.97, base + 0.04), (0.3, base + 0.04)]
    )
    board.polygon(sign, name)
    letters(rng, board, sign, 255 - name)


def letters(rng, board: Board, quad, color) -> None:
    """Strokes of writing that fill a quad."""
    count = int(rng.integers(4, 9))
    at = (np.arange(count) + 0.18) / count
    starts = np.stack([np.repeat(at, 4), np.full(4 * count, 0.15)], -1)
    a, b = rng.uniform(0, 1, (2, 4 * count, 2)) * (0.66 / count, 0.7)
    board.lines(on(quad, np.stack([starts + a, starts + b], 1)), color, 0.0028)


def _hanging_sign(rng, board: Board, at, depth, sign, night) -> None:
    """A board with upright writing that sticks out over the street."""
    size, color = 0.06 * depth, palette(rng, 1)[0].astype(float)
    x, y = at(depth, rng.uniform(0.35, 0.6))
    color = color * 0.5 + 128 if night else color
    x0, x1 = sorted((x, x - sign * size * 1.4))
    high = size * rng.uniform(1.5, 4)
    board.box(x0, y, x1, y + high, color)
    corner = (x0 + size * 0.2) * board.side, (y + size * 0.15) * board.side
    letter = size * board.side
    write(
        board.rng,
        board.pixels,
        corner,
        letter,
        max(1, int(high / size / 1.2)),
        (255 - color).tolist(),
        upright=True,
    )


def _pole(rng, board: Board, vanish, sign, depth, night) -> None:
    """A lamp or a pole with insulators and a box."""
    x = vanish[0] + sign * 0.44 * depth
    foot, top = vanish[1] + 0.5 * depth, vanish[1] - 0.5 * depth
    board.stroke([(x, foot), (x, top)], (66, 66, 74), 0.014 * depth)
    bulb = np.array([255, 240, 180]) if night else np.array([235, 235, 225])
    if rng.random() < 0.5:
        arm = -sign * 0.09 * depth
        board.stroke([(x, top), (x + arm, top - 0.02 * depth)], (66, 66, 74), 0.008 * depth)
        board.ellipse(x + arm, top, 0.028 * depth, 0.022 * depth, bulb)
        return
    for k in range(3):
        y = top + 0.05 * depth * (k + 0.3)
        board.stroke([(x - 0.06 * depth, y), (x + 0.06 * depth, y)], (74, 66, 60), 0.009 * depth)
        for u in (-0.05, -0.02, 0.02, 0.05):
            board.ellipse(
                x + u * depth, y - 0.009 * depth, 0.006 * depth, 0.008 * depth, (205, 210, 205), 0.6
            )
    board.box(x, top + 0.2 * depth, x + 0.04 * depth, top + 0.3 * depth, (120, 125, 130))


def alley(rng, side):
    """A wall seen from the front: stones or planks, windows, pipes, bills, plants, crates."""
    board = Board(rng, side)
    night = rng.random() < 0.3
    dim, foot = (0.45 if night else 1.0), rng.uniform(0.7, 0.9)
    wall = (palette(rng, 1)[0] * 0.55 + 80.0) * dim
    quad = [(-0.01, -0.01), (1.01, -0.01), (1.01, foot), (-0.01, foot)]
    if rng.random() < 0.7:
        courses(rng, board, quad, int(rng.integers(11, 24)), int(rng.integers(6, 14)), wall)
    else:
        planks(rng, board, quad, int(rng.integers(12, 26)), wall, rng.random() < 0.6)
    if rng.random() < 0.4:  # plaster that has come off in places
        for x, y in rng.uniform(0, 1, (5, 2)) * [1, foot]:
            board.blob(
                x, y, rng.uniform(0.1, 0.25), wall * 1.25 + 10, int(rng.integers(7, 16)), 0.6
            )
    count = int(rng.integers(1, 4))
    for k in range(count):
        x, wide = (k + rng.uniform(0.1, 0.35)) / count, rng.uniform(0.12, 0.2)
        y = rng.uniform(0.06, 0.3)
        box = [(x, y), (x + wide, y), (x + wide, y + wide * 1.3), (x, y + wide * 1.3)]
        window(rng, board, box, wall * rng.choice([0.55, 1.35]), night)
        if rng.random() < 0.7:
            planter(rng, board, x, y + wide * 1.42, wide, dim)
    for _ in range(int(rng.integers(2, 7))):
        bill(rng, board, rng.uniform(0, 0.9), rng.uniform(0.1, foot - 0.25), dim)
    metal = np.array([125, 128, 132]) * rng.uniform(0.5, 1.1) * dim
    for x in rng.uniform(0.02, 0.98, int(rng.integers(1, 4))):
        board.stroke([(x, -0.02), (x, foot)], metal, rng.uniform(0.012, 0.026))
        for y in np.arange(0.08, foot, 0.17):
            board.box(x - 0.02, y, x + 0.02, y + 0.016, metal * 0.7)
    wires(rng, board, 0.0, 0.25, int(rng.integers(0, 6)))
    ground = palette(rng, 1)[0] * 0.35 + 80
    floor = [(-0.01, foot), (1.01, foot), (1.35, 1.02), (-0.35, 1.02)]
    courses(rng, board, floor, int(rng.integers(3, 8)), int(rng.integers(7, 15)), ground * dim)
    for _ in range(int(rng.integers(2, 7))):
        crate(rng, board, rng.uniform(-0.05, 0.95), foot + rng.uniform(0.0, 0.12), dim)
    for x in rng.uniform(0, 1, int(rng.integers(0, 4))):
        bush(rng, board, x, foot + 0.05, rng.uniform(0.05, 0.1), tones(plant_tone(rng) * dim, 4))
    litter(rng, board, foot, 1.0, tones(plant_tone(rng) * dim, 3), int(rng.integers(0, 90)))
    return board.painted()


def planter(rng, board: Board, x, y, wide, dim) -> None:
    """A box of flowers under a window."""
    ramp = tones(plant_tone(rng) * dim, 4)
    places = np.stack([rng.uniform(x, x + wide, 90), y + rng.normal(-0.015, 0.018, 90)], 1)
    leaves(rng, board, places, 0.02, ramp[rng.integers(4, size=90)], line=0.4)
    color = (palette(rng, 1)[0] * 0.5 + 120) * dim
    leaves(rng, board, places[::4] - (0, 0.01), 0.014, np.broadcast_to(color, (23, 3)), line=0.4)
    board.box(x, y, x + wide, y + 0.04, np.array([140, 90, 65]) * dim, 0.8)


def bill(rng, board: Board, x, y, dim) -> None:
    """A bill on the wall: a band, a picture of rays or hills, lines of writing."""
    wide, high = rng.uniform(0.06, 0.12), rng.uniform(0.09, 0.17)
    ground, ink, band = palette(rng, 3) * np.array([[0.4], [0.5], [0.9]]) + [[140], [0], [20]]
    quad = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
    quad = quad + rng.normal(0, 0.003, (4, 2))
    board.polygon(quad, ground * dim, 0.8)
    board.polygon(
        on(quad, [(0.08, 0.06), (0.92, 0.06), (0.92, 0.26), (0.08, 0.26)]), band * dim, 0.5
    )
    letters(
        rng, board, on(quad, [(0.1, 0.06), (0.9, 0.06), (0.9, 0.26), (0.1, 0.26)]), ground * dim
    )
    rows = np.linspace(0.62, 0.92, int(rng.integers(3, 7)))
    ends = rng.uniform(0.5, 0.9, len(rows))
    lines = np.stack([np.stack([rows * 0 + 0.12, rows], -1), np.stack([ends, rows], -1)], 1)
    board.lines(on(quad, lines), ink * dim, 0.002)
    turn = np.arange(10) * np.pi / 5
    rays = np.stack(
        [
            np.stack([turn * 0 + 0.5, turn * 0 + 0.44], -1),
            np.stack([0.5 + 0.3 * np.cos(turn), 0.44 + 0.13 * np.sin(turn)], -1),
        ],
        1,
    )
    board.lines(on(quad, rays), ink * dim, 0.003)


def crate(rng, board: Board, x, foot, dim) -> None:
    """A crate of slats with things in it, or a barrel with hoops."""
    wide, high = rng.uniform(0.09, 0.17), rng.uniform(0.08, 0.15)
    wood = np.array([165, 120, 75]) * rng.uniform(0.6, 1.2) * dim
    quad = [(x, foot - high), (x + wide, foot - high), (x + wide, foot), (x, foot)]
    if rng.random() < 0.6:
        fruit = palette(rng, 1)[0] * 0.7 + 60.0
        t = np.arange(10) * np.pi / 5
        disc = np.stack([np.cos(t), np.sin(t)], 1) * 0.014
        heap = np.stack(
            [rng.uniform(x + 0.01, x + wide - 0.01, 26), foot - high - rng.random(26) * 0.02], 1
        )
        board.many(heap[:, None] + disc, fruit * rng.uniform(0.7, 1.15, (26, 1)) * dim, 0.5)
        planks(rng, board, quad, int(rng.integers(3, 6)), wood, along=False)
        for u in (x, x + wide - 0.012):
            board.box(u, foot - high, u + 0.012, foot, wood * 0.7, 0.6)
        return
    planks(rng, board, quad, 7, wood)
    for v in (0.2, 0.75):
        hoop = on(quad, [(-0.03, v), (1.03, v), (1.03, v + 0.09), (-0.03, v + 0.09)])
        board.polygon(hoop, (75, 75, 80), 0.6)


def rooftops(rng, side):
    """Tiled roofs one behind the other, gables with windows, chimneys, aerials and treetops."""
    board = Board(rng, side)
    horizon = rng.uniform(0.25, 0.5)
    night = painted_sky(rng, board, horizon + 0.1)
    dim, air = (0.5 if night else 1.0), np.array([180, 195, 220.0]) * (0.35 if night else 1)
    colors = palette(rng, 4).astype(float) * 0.6 + 60
    for layer in range(5):
        near = (layer + 1) / 5
        ridge = horizon + 0.17 * layer + rng.uniform(-0.02, 0.02)
        x = rng.uniform(-0.25, 0.0)
        while x < 1:
            wide, high = rng.uniform(0.16, 0.3) * (0.45 + 0.8 * near), 0.11 + 0.1 * near
            y = ridge + rng.uniform(-0.05, 0.04)
            haze = 0.5 * (1 - near)
            tile = (colors[rng.integers(4)] * dim) * (1 - haze) + air * haze
            wall = (palette(rng, 1)[0] * 0.35 + 150) * dim * (1 - haze) + air * haze
            front = [
                (x, y + high),
                (x + wide, y + high),
                (x + wide, y + 2.6 * high),
                (x, y + 2.6 * high),
            ]
            board.polygon(front, wall)
            for k in range(3):
                u = x + wide * (0.12 + 0.29 * k)
                v, w, h = y + high * 1.25, wide * 0.16, high * 0.5
                window(
                    rng, board, [(u, v), (u + w, v), (u + w, v + h), (u, v + h)], wall * 0.7, night
                )
            lean = wide * rng.uniform(0.08, 0.2)
            slope = [
                (x + lean, y),
                (x + wide - lean, y),
                (x + wide + 0.02, y + high),
                (x - 0.02, y + high),
            ]
            roof(rng, board, slope, int(5 + 4 * near), int(8 + 8 * near), tile)
            board.stroke([(x + lean, y), (x + wide - lean, y)], tile * 0.7, 0.012)
            if rng.random() < 0.6:
                u, size = x + wide * rng.uniform(0.25, 0.7), 0.04 * near + 0.015
                stack = [(u, y - size), (u + size, y - size), (u + size, y + size), (u, y + size)]
                courses(rng, board, stack, 5, 3, np.array([165, 105, 85]) * dim)
            if rng.random() < 0.5:
                u = x + wide * rng.uniform(0.2, 0.8)
                mast = [[(u, y), (u, y - 0.09)]]
                mast += [
                    [(u - r, y - h), (u + r, y - h)]
                    for r, h in ((0.03, 0.085), (0.024, 0.07), (0.018, 0.055))
                ]
                board.lines(mast, (45, 45, 50), 0.0025)
            x += wide * rng.uniform(0.95, 1.2)
        for u in rng.uniform(0, 1, 2):
            ramp = tones(plant_tone(rng) * dim, 4)
            size = rng.uniform(0.04, 0.08) * (0.5 + near)
            crown(rng, board, u, ridge + 0.2, size, size, ramp, 0.013, 8)
    wires(rng, board, 0.1, 0.7, int(rng.integers(0, 5)))
    return board.painted()


PAINTERS = {"streets": street, "alley": alley, "rooftops": rooftops}
