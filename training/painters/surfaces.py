"""What paint, paper and pen leave on a picture: uint8 [side,side,3] -> the same, new."""

from __future__ import annotations

import cv2
import numpy as np


def surface(rng: np.random.Generator, picture: np.ndarray, dabs: bool = False) -> np.ndarray:
    """One of them by chance, a third of the time none; `dabs` allows those of a brush."""
    chance = rng.random()
    if chance < 0.2:
        return brushed(rng, picture)
    if chance < 0.32:
        return grained(rng, picture)
    if chance < 0.45:
        return hatched(rng, picture)
    if chance < 0.68:
        return dabbed(rng, picture) if dabs else brushed(rng, picture)
    return picture


def brushed(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Marks of a dry brush: streaks of more and less paint, all in one direction."""
    side = picture.shape[0]
    streaks = rng.integers(0, 256, (side // 2, side // 2), np.uint8)
    long, wide = int(rng.integers(9, 31)), int(rng.integers(1, 3))
    streaks = cv2.blur(streaks, (long, wide) if rng.random() < 0.5 else (wide, long))
    strength = rng.uniform(0.5, 1.4) * long**0.5 / 3.5
    return _shaded(picture, streaks, strength)


def grained(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Grain of rough paper under watercolour, in patches of more and less water."""
    side = picture.shape[0]
    grain = cv2.blur(rng.integers(0, 256, (side // 2, side // 2), np.uint8), (2, 2))
    water = cv2.resize(rng.integers(0, 256, (7, 7), np.uint8), (side // 2, side // 2))
    return _shaded(picture, cv2.addWeighted(grain, 0.6, water, 0.4, 0), rng.uniform(0.4, 0.9))


def hatched(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Pen strokes in the shade, crossed where it is deep."""
    side = picture.shape[0]
    level = cv2.blur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (9, 9))
    light, dark = np.percentile(level[::16, ::16], [55, 22])
    pitch, wide = int(rng.integers(6, 14)), int(rng.integers(1, 3))
    at = np.arange(side, dtype=np.int32)
    waver = (3 * np.sin(at / rng.uniform(20, 60))).astype(np.int32)
    first = ((at[:, None] + at + waver) % pitch < wide) & (level < light)
    second = ((at[:, None] - at + waver[:, None]) % (pitch - 1) < wide) & (level < dark)
    ink = cv2.blur(((first | second) * np.uint8(255)), (2, 2))
    return cv2.subtract(picture, cv2.merge([cv2.convertScaleAbs(ink, alpha=0.45)] * 3))


def dabbed(rng: np.random.Generator, picture: np.ndarray, count: int = 5000) -> np.ndarray:
    """Short strokes of gouache that keep the drawing: each in the colour under it, a little off."""
    side = picture.shape[0]
    out = picture.copy()
    points = rng.integers(0, side, (count, 2))
    turn = rng.uniform(0, np.pi) + 0.6 * np.sin(points[:, 0] * (6.0 / side)) + rng.normal(0, 0.3)
    jitter = rng.uniform(10, 24)
    shades = rng.normal(0, jitter, (count, 1)) + rng.normal(0, jitter / 3, (count, 3))
    colors = (picture[points[:, 1], points[:, 0]] + shades).clip(0, 255)
    lengths = side * rng.uniform(0.006, 0.024, count)
    reach = lengths[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    starts, ends = (points - reach / 2).astype(int), (points + reach / 2).astype(int)
    thick = np.maximum(1, lengths * 0.3).astype(int)
    for start, end, color, width in zip(
        starts.tolist(), ends.tolist(), colors.tolist(), thick.tolist(), strict=True
    ):
        cv2.line(out, start, end, color, width, cv2.LINE_AA)
    return out


def _shaded(picture: np.ndarray, texture: np.ndarray, strength: float) -> np.ndarray:
    """Lighter where the texture, uint8 [h,w], is above its middle, darker where it is below."""
    side = picture.shape[0]
    table = 128 + (np.arange(256) - float(texture.mean())) * strength
    texture = cv2.LUT(texture, table.clip(0, 255).astype(np.uint8))
    texture = cv2.resize(texture, (side, side), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(picture, cv2.merge([texture] * 3), scale=1 / 128)
