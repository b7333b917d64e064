"""Painters of the validation set alone: (rng, side) -> uint8 [side,side,3], as in `textures`."""

from __future__ import annotations

import cv2
import numpy as np

from .textures import colored, noise, palette


def waves(rng, side):
    """Seigaiha: rows of overlapping discs, each of rings."""
    colors = palette(rng, int(rng.integers(2, 5)))
    radius = int(rng.integers(14, 60))
    rings = int(rng.integers(2, 6))
    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = colors[0]
    for row, y in enumerate(range(0, side + 2 * radius, max(radius // 2, 1))):
        for x in range(-(row % 2) * radius, side + radius, 2 * radius):
            shade = rng.normal(0, 8)
            for ring in range(rings):
                color = (colors[ring % len(colors)] + shade).clip(0, 255).tolist()
                size = radius * (rings - ring) // rings
                cv2.circle(picture, (x, y), max(size, 1), color, -1, cv2.LINE_AA)
            cv2.circle(picture, (x, y), radius, colors[-1].tolist(), 1, cv2.LINE_AA)
    return picture


def marble(rng, side):
    """Stone: veins that wind through a noise bent by another."""
    values = noise(rng, side, 5, int(rng.integers(2, 5)))
    turns = rng.uniform(2, 7)
    veins = 1 - np.abs(np.sin(np.pi * turns * (values + 0.4 * noise(rng, side, 6, 6))))
    ground = colored(noise(rng, side, 4, 3), palette(rng, 3))
    share = (veins ** rng.uniform(4, 12))[..., None] * rng.uniform(0.4, 1)
    return (ground * (1 - share) + palette(rng, 1)[0] * share).astype(np.uint8)


def shelves(rng, side):
    """Rows of upright books, boxes and gaps on boards."""
    board, back = palette(rng, 2)
    colors = palette(rng, 8)
    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = back
    height = int(rng.integers(50, 140))
    for y in range(height, side + height, height):
        x = 0
        while x < side:
            width, tall = int(rng.integers(6, 30)), int(height * rng.uniform(0.5, 0.9))
            if rng.random() < 0.85:
                color = (colors[rng.integers(8)] + rng.normal(0, 10)).clip(0, 255)
                cv2.rectangle(picture, (x, y - tall), (x + width, y), color.tolist(), -1)
                band = y - int(tall * rng.uniform(0.2, 0.8))
                paler = (color * 0.5 + 127).tolist()
                cv2.rectangle(picture, (x, band), (x + width, band + 3), paler, -1)
                cv2.rectangle(picture, (x, y - tall), (x + width, y), (color * 0.4).tolist(), 1)
            x += width + int(rng.random() < 0.2) * int(rng.integers(4, 30))
        cv2.rectangle(picture, (0, y), (side, y + max(4, height // 12)), board.tolist(), -1)
    return picture


def crystals(rng, side):
    """Flat triangles: a jittered grid, each half a cell in its own shade."""
    step = int(rng.integers(24, 110))
    count = side // step + 4
    grid = np.stack(np.meshgrid(np.arange(count), np.arange(count)), -1).astype(np.float32) - 1
    grid = ((grid + rng.uniform(-0.4, 0.4, grid.shape)) * step).astype(np.int32)
    tones = colored(noise(rng, side, 3, 2), palette(rng, int(rng.integers(2, 5))))
    picture = np.empty((side, side, 3), np.uint8)
    for row in range(count - 1):
        for column in range(count - 1):
            a, b = grid[row, column], grid[row, column + 1]
            c, d = grid[row + 1, column], grid[row + 1, column + 1]
            for triangle in ((a, b, c), (b, c, d)):
                x, y = np.mean(triangle, 0).astype(int).clip(0, side - 1)
                color = (tones[y, x] + rng.normal(0, 12)).clip(0, 255).tolist()
                cv2.fillConvexPoly(picture, np.array(triangle), color, cv2.LINE_AA)
    return picture


PAINTERS = {"waves": waves, "marble": marble, "shelves": shelves, "crystals": crystals}
