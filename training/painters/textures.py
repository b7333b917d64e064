"""Painters of textures and patterns: each takes (rng, side) and gives uint8 [side,side,3]."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np


def palette(rng: np.random.Generator, count: int) -> np.ndarray:
    """`count` colours of one mood: uint8 [count,3]; hues near each other, or opposite, or free."""
    base, spread = rng.random(), rng.choice([0.04, 0.1, 0.5])
    saturation, value = rng.uniform(0.05, 0.85), rng.uniform(0.3, 1.0)
    rows = []
    for _ in range(count):
        hue = base + rng.normal(0, spread) + (0.5 if rng.random() < 0.12 else 0)
        rows.append(
            colorsys.hsv_to_rgb(
                hue % 1,
                np.clip(saturation + rng.normal(0, 0.18), 0, 1),
                np.clip(value + rng.normal(0, 0.2), 0.05, 1),
            )
        )
    return (np.array(rows) * 255).astype(np.uint8)


def noise(
    rng: np.random.Generator, side: int, octaves: int = 6, first: int = 3, decay: float = 0.55
) -> np.ndarray:
    """fBm value noise, float32 [side,side], 0..1; `first` cells across in the coarsest octave."""
    out = np.zeros((side, side), np.float32)
    amplitude, cells = 1.0, first
    for _ in range(octaves):
        grid = rng.random((cells + 3, cells + 3)).astype(np.float32)
        out += amplitude * cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC)
        amplitude, cells = amplitude * decay, cells * 2
        if cells > side:
            break
    low, high = np.percentile(out, [1, 99])
    return ((out - low) / max(high - low, 1e-6)).clip(0, 1).astype(np.float32)


def colored(values: np.ndarray, colors: np.ndarray, steps: int = 0) -> np.ndarray:
    """Runs values 0..1 through a ramp of colours; `steps` > 0 leaves as many flat levels."""
    ramp = np.stack(
        [
            np.interp(np.linspace(0, len(colors) - 1, 256), range(len(colors)), colors[:, c])
            for c in range(3)
        ],
        -1,
    )
    if steps:
        values = np.floor(values * steps).clip(0, steps - 1) / max(steps - 1, 1)
    return ramp.astype(np.uint8)[(values * 255).astype(np.uint8)]


def painterly(rng: np.random.Generator, picture: np.ndarray, count: int = 2600) -> np.ndarray:
    """Repaints a picture in short brush strokes along a smooth field, large ones first."""
    side = picture.shape[0]
    out = cv2.GaussianBlur(picture, (0, 0), 6)
    angles = noise(rng, side, 2) * 2 * np.pi * rng.uniform(0.3, 1.0)
    jitter = rng.uniform(4, 22)
    points = rng.integers(0, side, (count, 2))
    lengths = np.linspace(side * 0.06, side * 0.012, count) * rng.uniform(0.6, 1.4, count)
    shades = rng.normal(0, jitter, (count, 1)) + rng.normal(0, jitter / 3, (count, 3))
    colors = (picture[points[:, 1], points[:, 0]] + shades).clip(0, 255)
    turns = angles[points[:, 1], points[:, 0]]
    ends = (points + lengths[:, None] * np.stack([np.cos(turns), np.sin(turns)], 1)).astype(int)
    for (x, y), (u, v), color, length in zip(
        points.tolist(), ends.tolist(), colors.tolist(), lengths, strict=True
    ):
        cv2.line(out, (x, y), (u, v), color, max(1, int(length * 0.35)), cv2.LINE_AA)
    return out


def inked(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Draws dark lines along the borders of a picture, as cel backgrounds have them."""
    edges = cv2.Canny(cv2.GaussianBlur(picture, (0, 0), 1.2), 60, 140)
    if rng.random() < 0.5:
        edges = cv2.dilate(edges, np.ones((2, 2), np.uint8))
    alpha = cv2.GaussianBlur(edges, (3, 3), 0).astype(np.float32)[..., None] / 255
    return (picture * (1 - alpha) + alpha * rng.uniform(0, 70)).astype(np.uint8)


def clouds(rng, side):
    """fBm in a ramp of colours, bent by another noise."""
    values = noise(
        rng, side, int(rng.integers(3, 8)), int(rng.integers(2, 7)), rng.uniform(0.4, 0.75)
    )
    if rng.random() < 0.5:
        amount = np.float32(side * rng.uniform(0.03, 0.15))
        y, x = np.mgrid[:side, :side].astype(np.float32)
        bend = (noise(rng, side, 3) - 0.5) * amount
        values = cv2.remap(
            values, x + bend, y + bend[::-1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
    return colored(values, palette(rng, int(rng.integers(2, 6))), int(rng.choice([0, 0, 4, 7])))


def cells(rng, side, pull=None):
    """Voronoi cells with joints: paving, scales, stained glass, dry earth."""
    count = int(rng.choice([40, 120, 300, 700]))
    points = rng.uniform(0, side, (count, 2))
    if rng.random() < 0.4:  # rows, as in laid paving
        n = max(3, int(count**0.5))
        grid = np.stack(np.meshgrid(np.arange(n), np.arange(n)), -1).reshape(-1, 2) + 0.5
        grid = grid + np.stack(
            [0.5 * (grid[:, 1] // 1 % 2), np.zeros(len(grid))], 1
        ) * rng.integers(2)
        points = (grid + rng.normal(0, 0.13, grid.shape)) * side / n
    seeds = np.full((side, side), 255, np.uint8)
    at = points.astype(int).clip(0, side - 1)
    seeds[at[:, 1], at[:, 0]] = 0
    distance, labels = cv2.distanceTransformWithLabels(
        seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colors = palette(rng, int(rng.integers(2, 8)))
    tile = colors[rng.integers(len(colors), size=labels.max() + 1)].astype(np.float32)
    tile = tile + rng.normal(0, rng.uniform(0, 18), (len(tile), 1))
    picture = tile[labels]
    if rng.random() < 0.6:
        picture = picture * (1.15 - 0.4 * distance / max(distance.max(), 1))[..., None]
    if rng.random() < 0.5:
        picture = picture + (noise(rng, side, 6, 16)[..., None] - 0.5) * rng.uniform(10, 60)
    joint = cv2.morphologyEx(labels.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((3, 3))) > 0
    joint = (
        cv2.dilate(joint.astype(np.uint8), np.ones((int(rng.integers(1, 5)),) * 2, np.uint8)) > 0
    )
    if rng.random() < 0.8:
        picture[joint] = rng.choice([20, 90, 200]) if rng.random() < 0.5 else palette(rng, 1)[0]
    return picture.clip(0, 255).astype(np.uint8)


def bricks(rng, side):
    """Courses of bricks with mortar, each brick its own shade."""
    colors = palette(rng, 4)
    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = palette(rng, 1)[0]
    height = int(rng.integers(12, 50))
    width, gap = int(height * rng.uniform(1.6, 3)), max(1, height // 10)
    for row, y in enumerate(range(0, side, height)):
        for x in range(-(row % 2) * width // 2, side, width):
            color = (colors[rng.integers(4)] + rng.normal(0, 12)).clip(0, 255).tolist()
            cv2.rectangle(
                picture, (x + gap, y + gap), (x + width - gap, y + height - gap), color, -1
            )
    if rng.random() < 0.6:
        picture = (
            (picture * (0.75 + 0.5 * noise(rng, side, 6, 8))[..., None])
            .clip(0, 255)
            .astype(np.uint8)
        )
    return picture


def plaid(rng, side):
    """Stripes, checks, dots, zigzags, at any angle."""
    colors = palette(rng, 3)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    angle, pitch = rng.choice([0, np.pi / 4, rng.uniform(0, np.pi)]), rng.uniform(8, 70)
    u, v = (
        (np.cos(angle) * x + np.sin(angle) * y) / pitch,
        (-np.sin(angle) * x + np.cos(angle) * y) / pitch,
    )
    style = rng.integers(4)
    if style == 0:
        index = (u % 1 < rng.uniform(0.2, 0.7)).astype(int)
    elif style == 1:
        index = (u % 1 < 0.5).astype(int) + (v % 1 < 0.5)
    elif style == 2:
        index = (
            np.hypot(u % 1 - 0.5, (v + 0.5 * (np.floor(u) % 2)) % 1 - 0.5) < rng.uniform(0.15, 0.45)
        ).astype(int)
    else:
        index = ((u + np.abs(v % 2 - 1)) % 1 < 0.5).astype(int)
    return colors[index]


def screentone(rng, side):
    """Manga grounds: dots growing along a gradient, hatching, speed lines."""
    style = rng.integers(3)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    if style == 0:
        pitch = rng.uniform(5, 14)
        tone = noise(rng, side, 2, 2) if rng.random() < 0.5 else y / side
        wave = 0.5 + 0.25 * (
            np.cos((x + y) * 2 * np.pi / pitch) + np.cos((x - y) * 2 * np.pi / pitch)
        )
        grey = np.clip((tone - wave) * 5 + 0.5, 0, 1) * 255
    else:
        centre = rng.uniform(0.2, 0.8, 2) * side
        angle = (
            np.arctan2(y - centre[1], x - centre[0]) if style == 1 else np.pi * (x * 0.3 + y) / side
        )
        table = cv2.GaussianBlur(
            (rng.random((720, 1)) < rng.uniform(0.2, 0.6)).astype(np.float32), (1, 3), 0
        )[:, 0]
        radius = np.hypot(x - centre[0], y - centre[1]) / side
        grey = 255 * (
            1
            - table[((angle / np.pi + 1) * 359).astype(int) % 720] * (radius > rng.uniform(0, 0.3))
        )
    picture = np.repeat(grey.astype(np.uint8)[..., None], 3, 2)
    return colored(grey / 255, palette(rng, 2)) if rng.random() < 0.3 else picture


def bokeh(rng, side):
    """Discs of light, sharp or soft, on a dim gradient."""
    picture = colored(noise(rng, side, 2, 2), palette(rng, 3)).astype(np.float32) * 0.7
    for _ in range(int(rng.integers(20, 120))):
        layer, radius = np.zeros_like(picture), int(rng.uniform(0.01, 0.09) * side)
        x, y = rng.integers(0, side, 2).tolist()
        box = np.s_[
            max(0, y - radius - 2) : y + radius + 3, max(0, x - radius - 2) : x + radius + 3
        ]
        cv2.circle(
            layer,
            (x, y),
            radius,
            palette(rng, 1)[0].tolist(),
            -1 if rng.random() < 0.7 else 2,
            cv2.LINE_AA,
        )
        picture[box] += layer[box] * rng.uniform(0.2, 0.7)
    return picture.clip(0, 255).astype(np.uint8)


def strokes(rng, side):
    """Nothing but brush strokes over a ramp of colours."""
    base = colored(noise(rng, side, 4, 3), palette(rng, 5))
    return painterly(rng, painterly(rng, base, 1200), 3500)


def folds(rng, side):
    """Cloth: soft folds with light and dark sides, often with a pattern."""
    y, x = np.mgrid[:side, :side].astype(np.float32) / side
    bend = noise(rng, side, 3, 2)
    phase = x * rng.uniform(3, 14) + bend * rng.uniform(1, 6) + y * rng.uniform(-3, 3)
    shade = 0.5 + 0.5 * np.sin(2 * np.pi * phase)
    if rng.random() < 0.5:
        shade = np.floor(shade * 3) / 2
    base = (
        plaid(rng, side)
        if rng.random() < 0.4
        else np.broadcast_to(palette(rng, 1)[0], (side, side, 3))
    )
    return (base * (0.45 + 0.65 * shade)[..., None]).clip(0, 255).astype(np.uint8)


PAINTERS = {
    "clouds": clouds,
    "cells": cells,
    "bricks": bricks,
    "plaid": plaid,
    "screentone": screentone,
    "bokeh": bokeh,
    "strokes": strokes,
    "folds": folds,
}
