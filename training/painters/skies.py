"""Skies as backgrounds have them: by day with heaped clouds, in the evening in bands, at night."""

from __future__ import annotations

import numpy as np

from .board import Board
from .textures import palette

_T = np.linspace(0, 2 * np.pi, 20, endpoint=False)
_DISC = np.stack([np.cos(_T), np.sin(_T)], 1)


def painted_sky(rng: np.random.Generator, board: Board, horizon: float) -> bool:
    """A sky down to a horizon; tells whether it is night."""
    kind = rng.random()
    if kind < 0.55:
        top, low = np.array([55, 125, 215.0]), np.array([195, 228, 250.0])
    elif kind < 0.8:
        top, low = palette(rng, 2).astype(float)
        low = low * 0.5 + 120
    else:
        top, low = np.array([14, 18, 58.0]), np.array([66, 66, 130.0])
    light = rng.uniform(0.75, 1.1)
    board.ramp(0, horizon + 0.02, top * light, low * light, int(rng.choice([0, 0, 6, 9])))
    night = kind >= 0.8
    if night:
        count = int(rng.integers(120, 400))
        places = rng.uniform(0, 1, (count, 2)) * [1, horizon]
        sizes = np.exp(rng.normal(-6.6, 0.45, count)).clip(0.0008, 0.005)
        glow = np.array([255, 250, 225]) * rng.uniform(0.5, 1, (count, 1))
        board.many(_DISC[::4] * sizes[:, None, None] + places[:, None], glow)
        x, y, r = rng.uniform(0.1, 0.9), horizon * rng.uniform(0.15, 0.5), rng.uniform(0.03, 0.08)
        board.ellipse(x, y, r, r, (250, 244, 208), 0)
        for u, v in rng.uniform(-0.55, 0.55, (6, 2)) * r:
            board.ellipse(x + u, y + v, r * 0.16, r * 0.13, (222, 212, 176), 0)
    if rng.random() < 0.5:
        _streaks(rng, board, horizon, low * light * 1.12 + 12)
    light_tone = np.array([255, 253, 248.0]) if not night else np.array([120, 122, 175.0])
    if kind < 0.8 or rng.random() < 0.5:
        shade = light_tone * np.array([0.66, 0.74, 0.88]) * 0.75 + top * light * 0.25
        for y in np.sort(rng.uniform(0.06, 0.98, int(rng.integers(3, 9)))) * horizon:
            size = rng.uniform(0.02, 0.075) * (1.5 - y / max(horizon, 0.1))
            _cloud(rng, board, rng.uniform(-0.05, 1.05), y, size, light_tone, shade)
    return night


def _streaks(rng, board: Board, horizon: float, color) -> None:
    """Thin high clouds."""
    count = int(rng.integers(12, 40))
    t = np.linspace(-1, 1, 7)
    x, y = rng.uniform(0, 1, (count, 1)), rng.uniform(0.02, 0.9, (count, 1)) * horizon
    long = rng.uniform(0.03, 0.2, (count, 1))
    paths = np.stack([x + long * t, y + 0.006 * np.sin(3 * t + x * 9) - 0.1 * long * t], -1)
    board.lines(paths[::2], color, 0.0022)
    board.lines(paths[1::2], color, 0.0045)


def _cloud(rng, board: Board, x, y, size, light, shade) -> None:
    """A heap of puffs in four tones, the lit ones above, with curls drawn on them."""
    puffs = int(rng.integers(14, 30))
    dx = rng.normal(0, 1.7, puffs) * size
    dy = -np.abs(rng.normal(0, 0.9, puffs)) * size * np.exp(-((dx / size / 2.2) ** 2))
    sizes = size * rng.uniform(0.45, 1.0, puffs) * np.exp(-((dx / size / 3.2) ** 2))
    centres = np.stack([x + dx, y + dy], 1)
    rim = 0.5 if board.line else 0.0
    for share in (0.0, 0.4, 0.75, 1.0):
        color = shade * (1 - share) + light * share
        shrink = 1 - 0.42 * share
        up = np.array([-0.22, -0.34]) * share * sizes[:, None]
        jitter = rng.normal(0, 0.12, (puffs, 2)) * sizes[:, None]
        discs = _DISC * (sizes * shrink)[:, None, None] * (1, 0.86)
        board.many(discs + (centres + up + jitter)[:, None], color, rim)
        rim = 0.0
    turn = np.linspace(-2.6, -0.6, 7)
    picked = rng.permutation(puffs)[: puffs // 2]
    arc = np.stack([np.cos(turn), 0.86 * np.sin(turn)], 1) * 0.55
    curls = arc * sizes[picked, None, None] + centres[picked, None]
    board.lines(curls, shade * 0.92, 0.0016)
