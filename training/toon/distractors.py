"""Figures that are no characters: statues, posters, pictures in frames, dolls, printed faces.

They are painted into the background and have no labels, so that a network learns that a figure
drawn on a wall is part of the wall.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..painters.textures import noise, palette
from ..sprites import Placed, paint, place
from .pool import ToonPool
from .scene_colors import grey

KINDS = {"statue": 0.25, "poster": 0.25, "frame": 0.2, "dolls": 0.15, "pattern": 0.15}


def add_distractors(rng: np.random.Generator, picture: np.ndarray, pool: ToonPool) -> None:
    """Paints one to three of them into a background, uint8 [H,W,3], in place."""
    kinds = list(KINDS)
    for _ in range(int(rng.integers(1, 4))):
        kind = kinds[rng.choice(len(kinds), p=list(KINDS.values()))]
        _DRAW[kind](rng, picture, pool)


def _pick(rng, pool: ToonPool) -> np.ndarray:
    """The picture of a whole figure: uint8 [H,W,4]."""
    return pool.rgba(pool.sprites[rng.integers(len(pool.sprites))])


def _statue(rng, picture: np.ndarray, pool: ToonPool) -> None:
    """One stone for the whole figure, worn, on a plinth."""
    height, width = picture.shape[:2]
    high = height * rng.uniform(0.25, 0.7)
    x, foot = rng.uniform(0.05, 0.95) * width, height * rng.uniform(0.55, 0.95)
    box = np.array([x - high / 2, foot - high, x + high / 2, foot])
    placed = place(_pick(rng, pool), box, 0.0, bool(rng.random() < 0.5), True, (height, width))
    if placed is None:
        return
    stone = _stone(rng)
    level = grey(placed.color)[..., :1].astype(np.float32) / 255
    level = 0.35 + 0.65 * level ** rng.uniform(0.5, 1.0)
    side = max(placed.alpha.shape)
    grain = cv2.resize(noise(rng, 128, 5, 8), (side, side))[
        : level.shape[0], : level.shape[1], None
    ]
    color = stone * level * (0.8 + 0.35 * grain)
    solid = Placed(color.clip(0, 255).astype(np.uint8), placed.alpha, placed.x, placed.y, 1.0)
    half, thick = placed.alpha.shape[1] * 0.45, high * rng.uniform(0.06, 0.25)
    corners = (int(x - half), int(foot)), (int(x + half), int(foot + thick))
    cv2.rectangle(picture, *corners, (stone * 0.8).clip(0, 255).tolist(), -1)
    cv2.rectangle(picture, *corners, (stone * 0.4).clip(0, 255).tolist(), max(1, height // 300))
    paint(picture, solid)


def _stone(rng) -> np.ndarray:
    base = rng.choice(
        [[200, 200, 195], [150, 150, 160], [190, 170, 130], [120, 140, 120], [150, 105, 60]]
    )
    return base * rng.uniform(0.7, 1.15)


def _sheet(rng, pool: ToonPool, shape: tuple[int, int], text: bool) -> np.ndarray:
    """A printed sheet with a figure: uint8 [h,w,3] of `shape`."""
    height, width = shape
    colors = palette(rng, 3)
    sheet = np.empty((height, width, 3), np.uint8)
    sheet[:] = colors[0]
    if rng.random() < 0.5:
        cv2.circle(
            sheet, (width // 2, height // 2), int(width * 0.42), colors[1].tolist(), -1, cv2.LINE_AA
        )
    high = height * rng.uniform(0.7, 1.6)
    middle = width * rng.uniform(0.35, 0.65)
    top = height * rng.uniform(0.02, 0.2)
    box = np.array([middle - high / 2, top, middle + high / 2, top + high])
    placed = place(_pick(rng, pool), box, 0.0, False, False, (height, width))
    if placed is not None:
        paint(sheet, placed)
    if rng.random() < 0.4:  # printed in two colours
        ramp = np.linspace(colors[0] * 0.3, 255, 256).astype(np.uint8)[:, None]
        sheet = cv2.LUT(grey(sheet), ramp)
    if text:
        for _ in range(int(rng.integers(1, 4))):
            y = int(height * (0.12 + 0.78 * rng.random()))
            size = height / 30 * rng.uniform(0.04, 0.12)
            word = "".join(rng.choice(list("ACEHIKMNORSTUVWXZ"), rng.integers(3, 9)))
            cv2.putText(
                sheet,
                word,
                (int(width * 0.06), y),
                cv2.FONT_HERSHEY_SIMPLEX,
                size,
                colors[2].tolist(),
                max(1, int(3 * size)),
                cv2.LINE_AA,
            )
    return sheet


def _hang(rng, picture: np.ndarray, sheet: np.ndarray, border: int, slant: float) -> None:
    """Puts a sheet on the wall, seen a little from the side."""
    height, width = picture.shape[:2]
    h, w = sheet.shape[:2]
    if border:
        sheet = cv2.copyMakeBorder(
            sheet,
            border,
            border,
            border,
            border,
            cv2.BORDER_CONSTANT,
            value=palette(rng, 1)[0].tolist(),
        )
        cv2.rectangle(sheet, (0, 0), (sheet.shape[1] - 1, sheet.shape[0] - 1), (30, 25, 20), 2)
        h, w = sheet.shape[:2]
    x, y = rng.uniform(-0.2, 0.9) * width, rng.uniform(-0.1, 0.6) * height
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    target = source + rng.normal(0, slant * max(h, w), (4, 2)) + [x, y]
    matrix = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    cv2.warpPerspective(
        sheet, matrix, (width, height), dst=picture, borderMode=cv2.BORDER_TRANSPARENT
    )


def _poster(rng, picture: np.ndarray, pool: ToonPool) -> None:
    high = int(picture.shape[0] * rng.uniform(0.2, 0.6))
    sheet = _sheet(rng, pool, (high, int(high * rng.uniform(0.55, 0.95))), True)
    _hang(rng, picture, sheet, int(rng.integers(0, 2)) * max(2, high // 40), 0.03)


def _frame(rng, picture: np.ndarray, pool: ToonPool) -> None:
    """A painting, a photograph or a screen."""
    high = int(picture.shape[0] * rng.uniform(0.12, 0.4))
    sheet = _sheet(rng, pool, (high, int(high * rng.uniform(0.7, 1.7))), False)
    _hang(rng, picture, sheet, max(4, high // int(rng.integers(8, 20))), 0.01)


def _dolls(rng, picture: np.ndarray, pool: ToonPool) -> None:
    """Small figures in a row on a board."""
    height, width = picture.shape[:2]
    y, high = height * rng.uniform(0.2, 0.8), height * rng.uniform(0.05, 0.12)
    x0, x1 = np.sort(rng.uniform(-0.1, 1.1, 2)) * width
    color = palette(rng, 1)[0]
    corners = (int(x0), int(y)), (int(x1), int(y + high * 0.15))
    cv2.rectangle(picture, *corners, color.tolist(), -1)
    cv2.rectangle(picture, *corners, (color // 2).tolist(), 1)
    for x in np.arange(x0 + high / 2, x1 - high / 2, high * rng.uniform(0.7, 1.4)):
        box = np.array([x - high / 2, y - high, x + high / 2, y])
        placed = place(_pick(rng, pool), box, 0.0, False, True, (height, width))
        if placed is not None:
            paint(picture, placed)


def _pattern(rng, picture: np.ndarray, pool: ToonPool) -> None:
    """A cloth or a wall with the same small figure all over it."""
    height, width = picture.shape[:2]
    side = int(height * rng.uniform(0.05, 0.13))
    ground, ink = palette(rng, 2)
    tile = np.empty((side, side, 3), np.uint8)
    tile[:] = ground
    placed = place(
        _pick(rng, pool), np.array([2.0, 2, side - 2, side - 2]), 0.0, False, False, (side, side)
    )
    if placed is None:
        return
    if rng.random() < 0.6:  # one ink
        placed = Placed(
            np.broadcast_to(ink, placed.color.shape), placed.alpha, placed.x, placed.y, 1.0
        )
    paint(tile, placed)
    x0, x1 = np.sort(rng.uniform(0, 1, 2) * width).astype(int)
    y0, y1 = np.sort(rng.uniform(0, 1, 2) * height).astype(int)
    if x1 - x0 < side or y1 - y0 < side:
        return
    cloth = np.tile(tile, ((y1 - y0) // side + 1, (x1 - x0) // side + 1, 1))
    picture[y0:y1, x0:x1] = cloth[: y1 - y0, : x1 - x0]
    cv2.rectangle(picture, (int(x0), int(y0)), (int(x1), int(y1)), (ground // 2).tolist(), 2)


_DRAW = {
    "statue": _statue,
    "poster": _poster,
    "frame": _frame,
    "dolls": _dolls,
    "pattern": _pattern,
}
