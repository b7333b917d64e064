"""Painters of plants and landscapes, drawn as cartoons draw them: (rng, side) -> uint8 picture."""

from __future__ import annotations

import numpy as np

from .board import Board
from .greenery import (
    bark,
    bush,
    crown,
    flowers,
    grass,
    leaves,
    litter,
    plant_tone,
    stones,
    tones,
)
from .masonry import boxes, courses
from .skies import painted_sky
from .textures import palette


def _haze(ramp: np.ndarray, air: np.ndarray, share: float) -> np.ndarray:
    """A ramp of tones seen through air."""
    return ramp * (1 - share) + air * share


def forest(rng, side):
    """Trunks near and far between crowns in leaf clusters, undergrowth, stones and litter."""
    board = Board(rng, side)
    green, wood = plant_tone(rng), np.array([112, 80, 58]) * rng.uniform(0.5, 1.4)
    ramp, air = tones(green, 4), np.array([205, 220, 205]) * rng.uniform(0.5, 1.1)
    horizon = rng.uniform(0.42, 0.7)
    painted_sky(rng, board, horizon)
    board.ramp(horizon - 0.06, 1, ramp[1] * 1.1, ramp[1] * 0.8)
    for layer in range(3):
        near = (layer + 1) / 3
        own, stem = _haze(ramp, air, 0.55 * (1 - near)), _haze(wood[None], air, 0.5 * (1 - near))[0]
        foot = horizon + 0.03 + 0.26 * near
        for x in rng.uniform(-0.05, 1.05, 7 - 2 * layer):
            half = rng.uniform(0.01, 0.028) * (0.35 + near)
            low = foot + rng.uniform(-0.02, 0.06)
            bent = x + rng.normal(0, 0.03)
            trunk = [(x - half, low), (bent - half * 0.6, -0.05)]
            bark(rng, board, [*trunk, (bent + half * 0.6, -0.05), (x + half, low)], stem)
        for x in rng.uniform(-0.05, 1.05, 6 - layer):
            size = rng.uniform(0.09, 0.17) * (0.5 + 0.7 * near)
            y = rng.uniform(-0.02, 0.32) * (1.1 - 0.3 * near)
            crown(rng, board, x, y, size, size * 0.8, own, 0.011 + 0.011 * near)
        for x in rng.uniform(-0.02, 1.02, 5):
            size = rng.uniform(0.05, 0.1) * (0.5 + near)
            bush(rng, board, x, foot + rng.uniform(-0.02, 0.05), size, own, 0.008 + 0.01 * near)
    stones(rng, board, horizon + 0.1, 1.0, np.array([140, 140, 135]), int(rng.integers(0, 22)))
    grass(rng, board, horizon + 0.08, 1.06, ramp[1:], int(rng.integers(500, 1400)), 0.07)
    litter(rng, board, horizon + 0.1, 1, tones(plant_tone(rng), 3), int(rng.integers(0, 200)))
    return board.painted()


def _bough(rng, board: Board, start, angle, length, width, depth, color, tips: list) -> None:
    """A bough that forks; `tips` takes the ends of its twigs."""
    end = np.asarray(start) + length * np.array([np.cos(angle), np.sin(angle)])
    bend = (np.asarray(start) + end) / 2 + rng.normal(0, length * 0.08, 2)
    board.stroke([start, bend, end], color, width)
    board.lines([[start, bend, end]], color * 1.35, width * 0.25)
    if depth == 0 or length < 0.02:
        tips.append(end)
        return
    for _ in range(int(rng.integers(2, 4))):
        part = length * rng.uniform(0.62, 0.85)
        turn = angle + rng.normal(0, 0.5)
        _bough(rng, board, end, turn, part, width * 0.62, depth - 1, color, tips)


def trees(rng, side):
    """One to three whole trees in leaf or blossom on a meadow, with a hedge or a wall behind."""
    board = Board(rng, side)
    wood = np.array([110, 80, 60]) * rng.uniform(0.5, 1.3)
    field, horizon = tones(plant_tone(rng), 4), rng.uniform(0.55, 0.8)
    painted_sky(rng, board, horizon)
    board.ramp(horizon, 1, field[2], field[0] * 1.2)
    behind = rng.random()
    if behind < 0.55:
        hedge = _haze(tones(plant_tone(rng), 4), np.array([190, 205, 210.0]), 0.3)
        for x in np.arange(-0.05, 1.1, 0.12):
            bush(rng, board, x, horizon + 0.02, rng.uniform(0.08, 0.13), hedge, 0.011)
    elif behind < 0.8:
        quad = [(-0.02, horizon - 0.12), (1.02, horizon - 0.12), (1.02, horizon + 0.02)]
        stone = palette(rng, 1)[0] * 0.4 + 90
        courses(rng, board, [*quad, (-0.02, horizon + 0.02)], int(rng.integers(4, 8)), 16, stone)
    grass(rng, board, horizon + 0.01, 1.05, field[1:], int(rng.integers(700, 1600)), 0.06)
    if rng.random() < 0.6:
        depth = np.sort(rng.random(int(rng.integers(40, 220))))
        places = np.stack([rng.uniform(0, 1, len(depth)), horizon + 0.04 + 0.95 * depth], 1)
        color = np.broadcast_to(palette(rng, 1)[0] * 0.5 + 125.0, (len(depth), 3))
        flowers(rng, board, places, 0.005 + 0.02 * depth, color)
    stones(rng, board, horizon + 0.05, 1.0, palette(rng, 1)[0] * 0.4 + 80, int(rng.integers(0, 16)))
    for x in rng.uniform(0.05, 0.95, int(rng.integers(1, 4))):
        ramp, tips = tones(plant_tone(rng), 4), []
        start = (x, rng.uniform(horizon + 0.03, 1.0))
        _bough(rng, board, start, -np.pi / 2, rng.uniform(0.17, 0.26), 0.036, 3, wood, tips)
        ends = np.array(tips)
        for (u, v), reach in zip(ends, rng.uniform(0.06, 0.11, len(ends)), strict=True):
            crown(rng, board, u, v, reach, reach * 0.8, ramp[:3], rng.uniform(0.013, 0.021), 5)
        top = np.repeat(ends, 18, 0) + rng.normal(0, 0.045, (18 * len(ends), 2)) - (0.015, 0.03)
        shade = ramp[3] * rng.uniform(0.85, 1.12, (len(top), 1))
        leaves(rng, board, top, 0.016, shade, line=0.4)
        litter(rng, board, horizon + 0.06, 1.02, ramp[1:], int(rng.integers(20, 160)))
    return board.painted()


def garden(rng, side):
    """Beds of flowers, hedges, a paved path and a fence or a wall."""
    board = Board(rng, side)
    ramp, petals = tones(plant_tone(rng), 4), palette(rng, 5).astype(float) * 0.6 + 95
    horizon = rng.uniform(0.2, 0.5)
    painted_sky(rng, board, horizon)
    board.ramp(horizon, 1, ramp[0], ramp[1])
    for x in np.arange(-0.05, 1.1, 0.13):
        size = rng.uniform(0.08, 0.15)
        bush(rng, board, x, horizon + 0.03, size, ramp, rng.uniform(0.01, 0.018))
    top, kind = horizon - 0.03, rng.random()
    if kind < 0.4:
        wood = palette(rng, 1)[0].astype(float) * 0.4 + 140
        x = np.arange(0, 1.02, 0.045)
        points = [(0, 0.16), (0, 0), (0.016, -0.02), (0.032, 0), (0.032, 0.16)]
        slats = np.stack([x, np.full(len(x), top)], 1)[:, None] + points
        board.box(-0.1, top + 0.05, 1.1, top + 0.075, wood * 0.8)
        board.many(slats, wood * rng.uniform(0.82, 1.06, (len(x), 1)), 0.8)
    elif kind < 0.7:
        quad = [(-0.02, top), (1.02, top), (1.02, top + 0.17), (-0.02, top + 0.17)]
        stone = palette(rng, 1)[0] * 0.4 + 90
        courses(rng, board, quad, int(rng.integers(4, 8)), int(rng.integers(9, 18)), stone)
    grass(rng, board, horizon + 0.12, 1.05, ramp[1:], 1100, 0.06)
    if rng.random() < 0.4:
        x, lean = rng.uniform(0.3, 0.7), rng.uniform(-0.2, 0.2)
        path = [(x - 0.05, top + 0.17), (x + 0.05, top + 0.17)]
        quad = [*path, (x + lean + 0.3, 1.05), (x + lean - 0.3, 1.05)]
        courses(rng, board, quad, 11, 4, palette(rng, 1)[0] * 0.3 + 110)
    depth = np.sort(rng.random(int(rng.integers(170, 420))) ** 0.8)
    places = np.stack([rng.uniform(-0.03, 1.03, len(depth)), horizon + 0.12 + 0.95 * depth], 1)
    sizes = 0.009 + 0.03 * depth
    stems = np.stack(
        [places, places + np.stack([rng.normal(0, 0.004, len(depth)), 2 * sizes], 1)], 1
    )
    board.lines(stems, ramp[1] * 0.8, 0.0022)
    turns = rng.normal(-np.pi / 2, 1.0, 3 * len(depth))
    low = (
        np.repeat(places, 3, 0)
        + np.stack([np.cos(turns), 1.4 - np.sin(turns) * 0.2], 1) * (np.repeat(sizes, 3)[:, None])
    )
    shade = ramp[rng.integers(1, 4, len(low))] * rng.uniform(0.85, 1.15, (len(low), 1))
    leaves(rng, board, low, 0.028, shade, turns, 0.4)
    parts = np.array_split(np.arange(len(depth)), 3)
    for part, color in zip(parts, petals, strict=False):
        flowers(rng, board, places[part], sizes[part], np.broadcast_to(color, (len(part), 3)))
    return board.painted()


def thicket(rng, side):
    """Nothing but leaves: clumps in rising tones, twigs, and at times blossoms or fruit."""
    board = Board(rng, side)
    ramp = tones(plant_tone(rng), 6, 0.22, 1.3)
    board.ramp(0, 1, ramp[0], ramp[1])
    size, upright = rng.uniform(0.02, 0.055), rng.random() < 0.4
    middle = rng.normal(-np.pi / 2, 0.5) if upright else 0.0
    line = 0.5 if rng.random() < 0.6 else 0.0
    for step in range(1, 6):
        clumps = 84 - 7 * step
        per = int(rng.integers(9, 18) * (0.035 / size) ** 0.8)
        heads = rng.uniform(-0.05, 1.05, (clumps, 2))
        places = np.repeat(heads, per, 0) + rng.normal(0, 0.05 - 0.004 * step, (clumps * per, 2))
        angles = (
            rng.normal(middle, 0.7, len(places)) if upright else rng.uniform(0, 6.3, len(places))
        )
        shade = ramp[step] * rng.uniform(0.82, 1.14, (len(places), 1))
        leaves(rng, board, places, size * (0.7 + 0.08 * step), shade, angles, line)
        twigs = np.cumsum(rng.normal(0, 0.03, (7, 4, 2)), 1) + heads[:7, None]
        board.lines(twigs, ramp[0] * 0.7, 0.003)
    if rng.random() < 0.55:
        count = int(rng.integers(20, 150))
        color = palette(rng, 1)[0] * 0.4 + 150.0
        places, sizes = rng.uniform(0, 1, (count, 2)), rng.uniform(0.012, 0.026, count)
        flowers(rng, board, places, sizes, np.broadcast_to(color, (count, 3)))
    return board.painted()


def pond(rng, side):
    """Water with ripples, reflections and lily pads between reeds and stones."""
    board = Board(rng, side)
    horizon, ramp = rng.uniform(0.22, 0.45), tones(plant_tone(rng), 4)
    painted_sky(rng, board, horizon)
    for x in np.arange(-0.05, 1.1, 0.12):
        bush(rng, board, x, horizon + 0.03, rng.uniform(0.08, 0.17), ramp, 0.013)
    water = np.array([rng.uniform(30, 90), rng.uniform(100, 160), rng.uniform(130, 200)])
    board.ramp(horizon, 1, water * 0.6, water * 1.15)
    mirror = rng.uniform(0, 1, (60, 1)), horizon + 0.25 * rng.random((60, 1)) ** 2
    t = np.linspace(-1, 1, 6)
    for part, color in ((slice(0, 30), ramp[0]), (slice(30, 60), ramp[1])):
        x, y = mirror[0][part], mirror[1][part]
        board.lines(np.stack([x + 0.05 * t, y + 0.003 * np.sin(5 * t + x * 30)], -1), color, 0.005)
    depth = rng.random((260, 1)) ** 1.2
    x, y = rng.uniform(0, 1, (260, 1)), horizon + (1.02 - horizon) * depth
    ripples = np.stack([x + (0.015 + 0.06 * depth) * t, y + 0.004 * depth * np.cos(6 * t)], -1)
    board.lines(ripples[:130], water * 1.45 + 25, 0.0025)
    board.lines(ripples[130:], water * 0.55, 0.0022)
    angle = np.linspace(0.35, 2 * np.pi - 0.35, 13)
    pad = np.concatenate([[(0, 0)], np.stack([np.cos(angle), 0.42 * np.sin(angle)], 1)])
    for near in np.sort(rng.random(int(rng.integers(10, 45)))):
        at = np.array([rng.uniform(0, 1), horizon + 0.06 + (0.95 - horizon) * near])
        reach, tone = (0.02 + 0.075 * near) * rng.uniform(0.7, 1.3), ramp[rng.integers(1, 4)]
        board.polygon(pad * reach + at + (0, 0.12 * reach), water * 0.4, 0)
        board.polygon(pad * reach + at, tone, 0.7)
        board.lines(
            np.stack([pad[2::3] * 0 + at, pad[2::3] * 0.8 * reach + at], 1), tone * 0.7, 0.0015
        )
        if rng.random() < 0.3:
            color = palette(rng, 1)[0] * 0.3 + 170.0
            flowers(rng, board, at[None], np.array([0.5 * reach]), color[None])
    stones(rng, board, 0.9, 1.05, np.array([135, 135, 130]), int(rng.integers(4, 20)), 0.06)
    for x in rng.uniform(-0.02, 1.02, int(rng.integers(2, 6))):
        _reeds(rng, board, x, rng.uniform(0.9, 1.1), rng.uniform(0.25, 0.6), ramp)
    return board.painted()


def _reeds(rng, board: Board, x, foot, high, ramp) -> None:
    """Blades as long as an arm, some with a brown head."""
    count = int(rng.integers(14, 30))
    feet = np.stack([x + rng.normal(0, 0.04, count), np.full(count, foot)], 1)
    tall, lean = high * rng.uniform(0.6, 1.1, count), rng.normal(0, 0.09, count)
    bend = feet + np.stack([lean * 0.35, -tall * 0.6], 1)
    tips = feet + np.stack([lean, -tall], 1)
    wide = np.array([0.006, 0])
    blades = [feet - wide, bend - wide * 0.7, tips, bend + wide * 0.7, feet + wide]
    board.many(np.stack(blades, 1), ramp[rng.integers(len(ramp), size=count)], 0.5)
    for tip in tips[::4]:
        board.stroke([tip - (0, 0.05), tip], (105, 70, 45), 0.012)


def mountains(rng, side):
    """Ranges with lit and shaded facets and snow, pine woods, a lake, a meadow with stones."""
    board = Board(rng, side)
    horizon, air = rng.uniform(0.48, 0.68), np.array([185, 205, 230.0])
    painted_sky(rng, board, horizon)
    rock, ramp = palette(rng, 1)[0].astype(float) * 0.5 + 70, tones(plant_tone(rng), 4, 0.3)
    for layer in range(3):
        base, tall = horizon - 0.05 * (2 - layer), rng.uniform(0.2, 0.42) * (1 - 0.25 * layer)
        own = _haze(tones(rock, 5, 0.45, 1.3), air, 0.2 * (2 - layer))
        for x in np.sort(rng.uniform(-0.1, 1.1, 5)):
            _peak(rng, board, x, base, tall * rng.uniform(0.6, 1), own, layer < 2)
        pines = int(rng.integers(30, 70))
        _pines(rng, board, base - 0.005, base + 0.05, pines, _haze(ramp, air, 0.25 * (2 - layer)))
    board.ramp(horizon, 1, ramp[2], ramp[1])
    if rng.random() < 0.5:
        x, y = rng.uniform(0.2, 0.8), horizon + 0.1
        board.ellipse(x, y, 0.38, 0.06, (120, 180, 220))
        t = np.linspace(-1, 1, 6)
        at = np.stack([x + rng.uniform(-0.3, 0.3, 40), y + rng.uniform(-0.04, 0.04, 40)], 1)
        board.lines(
            at[:, None] + np.stack([0.03 * t, 0.001 * np.cos(7 * t)], 1), (225, 240, 250), 0.002
        )
    _pines(rng, board, horizon + 0.03, 1.08, int(rng.integers(20, 90)), ramp)
    stones(rng, board, horizon + 0.1, 1.0, rock, int(rng.integers(5, 40)))
    grass(rng, board, horizon + 0.1, 1.06, ramp[1:], 900)
    if rng.random() < 0.5:
        count = int(rng.integers(60, 200))
        depth = np.sort(rng.random(count))
        places = np.stack([rng.uniform(0, 1, count), horizon + 0.12 + 0.9 * depth], 1)
        color = palette(rng, 1)[0] * 0.4 + 150.0
        flowers(rng, board, places, 0.004 + 0.012 * depth, np.broadcast_to(color, (count, 3)))
    return board.painted()


def _peak(rng, board: Board, x, base, tall, ramp, snow: bool) -> None:
    """A mountain: facets in the light to the left, in the shade to the right, snow in streaks."""
    wide, top = tall * rng.uniform(0.8, 1.4), base - tall
    board.polygon([(x - wide, base), (x, top), (x + wide, base)], ramp[3])
    ridge = np.array([(x, top), (x + 0.12 * wide, top + 0.4 * tall), (x - 0.06 * wide, base)])
    board.polygon([*ridge, (x + wide, base)], ramp[1], 0)
    count = 34
    down, lit = rng.uniform(0.12, 0.95, count), rng.random(count) < 0.5
    across = rng.uniform(0.05, 0.9, count) * np.where(lit, -1, 1)
    heads = np.stack([x + across * wide * down, top + tall * down], 1)
    long = tall * rng.uniform(0.06, 0.22, count) * np.minimum(1, (1 - down) * 3)
    slope = np.where(lit, -1, 1) * wide / tall * rng.uniform(0.2, 0.9, count)
    feet = heads + np.stack([slope * long, long], 1)
    facets = np.stack([heads, feet, heads + np.stack([0 * long, long * 0.75], 1)], 1)
    shade = np.where(lit[:, None], ramp[rng.choice([2, 4], count)], ramp[rng.choice([0, 2], count)])
    board.many(facets, shade)
    if snow and rng.random() < 0.75:
        count = 11
        fan = np.linspace(-1, 1, count)
        low = np.where(np.arange(count) % 2, 0.12, rng.uniform(0.2, 0.42, count))
        lower = np.stack([x + fan * wide * low, top + tall * low], 1)
        board.polygon([(x, top), *lower], (246, 249, 255), 0.5)
        board.polygon([(x, top), *lower[count // 2 :]], (196, 210, 232), 0)


def _pines(rng, board: Board, top, bottom, count, ramp) -> None:
    """Pines in four tiers with a shaded side, larger below."""
    y = np.sort(rng.uniform(top, bottom, count))
    x, size = rng.uniform(-0.02, 1.02, count), 0.03 + 0.2 * (y - top) * rng.uniform(0.7, 1.3, count)
    tone = rng.uniform(0.85, 1.15, (count, 1))
    stems = boxes(x - size * 0.05, y - size * 0.3, x + size * 0.05, y)
    board.many(stems, (92, 68, 48))
    tiers = []
    for k in range(4):
        half, foot = size * (0.42 - 0.08 * k), y - size * (0.2 + 0.38 * k)
        peak = np.stack([x, foot - size * 0.62], 1)
        left, right = np.stack([x - half, foot], 1), np.stack([x + half, foot], 1)
        tiers.append((np.stack([left, peak, right], 1), ramp[min(k + 1, 3)] * tone))
        middle = np.stack([x + half * 0.1, foot - size * 0.03], 1)
        tiers.append((np.stack([middle, peak, right], 1), ramp[0] * (1 + 0.15 * k) * tone))
    shapes = np.stack([shape for shape, _ in tiers], 1).reshape(-1, 3, 2)
    board.many(shapes, np.stack([color for _, color in tiers], 1).reshape(-1, 3), 0.4)


PAINTERS = {
    "forest": forest,
    "trees": trees,
    "garden": garden,
    "thicket": thicket,
    "pond": pond,
    "mountains": mountains,
}
