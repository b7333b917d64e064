"""Things printed over a picture after it was drawn: text, blocks, streaks of light.

They cover no figure so that it could not be seen any more, so masks stay as they are. All functions
take and return uint8 [H,W,3] RGB.
"""

from __future__ import annotations

import cv2
import numpy as np

from .painters.textures import palette


def glyph(rng: np.random.Generator) -> list[np.ndarray]:
    """Strokes of one sign that looks like kana or kanji, in a unit square: float [N,2] each."""
    strokes = []
    if rng.random() < 0.5:  # round, as hiragana
        for _ in range(int(rng.integers(1, 4))):
            start = rng.uniform(0.1, 0.9, 2)
            turn, size = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.4)
            t = np.linspace(0, rng.uniform(1, 5), 10)
            curl = np.stack([np.cos(turn + t), np.sin(turn + t)], 1) * size * rng.uniform(0.5, 1, 2)
            strokes.append((start + curl - curl[0]).clip(0, 1))
        return strokes
    for _ in range(int(rng.integers(2, 7))):  # straight, as katakana and kanji
        at, a, b = rng.uniform(0.05, 0.95), *np.sort(rng.uniform(0, 1, 2))
        kind = rng.integers(3)
        if kind == 0:
            strokes.append(np.array([(a, at), (b, at)]))
        elif kind == 1:
            strokes.append(np.array([(at, a), (at, b)]))
        else:
            strokes.append(np.array([(at, a), (at - 0.4 * (b - a), b)]).clip(0, 1))
    return strokes


def write(
    rng: np.random.Generator,
    picture: np.ndarray,
    corner: tuple[float, float],
    height: float,
    count: int,
    color,
    border=None,
    upright: bool = False,
) -> None:
    """Writes `count` signs of `height` pixels into a picture, in a row or (upright) a column."""
    thick = max(1, round(height * rng.uniform(0.05, 0.13)))
    lines = []
    for number in range(count):
        step = np.array([0, 1.15] if upright else [1.05, 0]) * number
        if rng.random() < 0.06:
            continue
        for stroke in glyph(rng):
            lines.append(
                np.rint((np.array(corner) + (stroke + step) * height) * 8).astype(np.int32)
            )
    if border is not None:
        cv2.polylines(picture, lines, False, border, thick + 2 * max(1, thick), cv2.LINE_AA, 3)
    cv2.polylines(picture, lines, False, color, thick, cv2.LINE_AA, 3)


def subtitles(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """One or two lines at the lower side, with a dark border, in signs or in Latin letters."""
    picture = picture.copy()
    height, width = picture.shape[:2]
    size = height * rng.uniform(0.035, 0.06)
    color, border = (
        ((255, 255, 255), (10, 10, 10)) if rng.random() < 0.7 else ((250, 230, 60), (0, 0, 0))
    )
    for row in range(int(rng.integers(1, 3))):
        y = height * 0.96 - (row + 1) * size * 1.3
        count = int(rng.integers(6, 18))
        if rng.random() < 0.5:
            count = min(count, int(0.95 * width / (1.05 * size)))
            start = (width - count * size * 1.05) / 2
            write(rng, picture, (start, y), size, count, color, border)
            continue
        letters = rng.choice(list("aabcdeeefghiiklmnoopqrsstuuvwxyz   "), count * 2)
        text, scale = "".join(letters).strip().capitalize(), size / 26
        thick = max(1, round(size / 14))
        (wide, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
        place = (max(2, (width - wide) // 2), int(y + size))
        for ink, extra in ((border, 2 * thick), (color, 0)):
            cv2.putText(
                picture,
                text,
                place,
                cv2.FONT_HERSHEY_SIMPLEX,
                scale,
                ink,
                thick + extra,
                cv2.LINE_AA,
            )
    return picture


def caption(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """One to six texts of signs anywhere, sideways or down, at times half transparent."""
    height, width = picture.shape[:2]
    layer = picture.copy()
    for _ in range(int(rng.integers(1, 7))):
        size = height * rng.lognormal(-3.2, 0.5)
        corner = rng.uniform(-0.05, 0.9, 2) * [width, height]
        color = (
            palette(rng, 1)[0].tolist() if rng.random() < 0.6 else [int(rng.choice([0, 255]))] * 3
        )
        border = [255 - c for c in color] if rng.random() < 0.4 else None
        count, upright = int(rng.integers(1, 9)), bool(rng.random() < 0.5)
        write(rng, layer, tuple(corner), size, count, color, border, upright)
    share = 1.0 if rng.random() < 0.6 else rng.uniform(0.25, 0.7)
    return cv2.addWeighted(layer, share, picture, 1 - share, 0)


def blocks(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """One to six half transparent boxes or discs."""
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 7))):
        layer = picture.copy()
        x, y = (rng.uniform(0, 1, 2) * [width, height]).astype(int).tolist()
        w, h = (rng.uniform(0.05, 0.45, 2) * [width, height]).astype(int).tolist()
        color = palette(rng, 1)[0].tolist()
        if rng.random() < 0.7:
            cv2.rectangle(layer, (x - w // 2, y - h // 2), (x + w // 2, y + h // 2), color, -1)
        else:
            cv2.ellipse(layer, (x, y), (w // 2 + 1, h // 2 + 1), 0, 0, 360, color, -1, cv2.LINE_AA)
        share = rng.uniform(0.12, 0.35)
        picture = cv2.addWeighted(layer, share, picture, 1 - share, 0)
    return picture


def streaks(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Beams of light from one side, or a sheen across the picture."""
    height, width = picture.shape[:2]
    small = np.zeros((128, 128), np.float32)
    start = rng.uniform(-60, 188, 2)
    towards = rng.uniform(0, 2 * np.pi)
    for angle in towards + rng.normal(0, 0.35, int(rng.integers(2, 9))):
        half = rng.uniform(0.01, 0.09)
        ends = [
            start + 400 * np.array([np.cos(a), np.sin(a)]) for a in (angle - half, angle + half)
        ]
        cv2.fillPoly(small, [np.array([start, *ends]).astype(np.int32)], float(rng.uniform(0.3, 1)))
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(1, 5)) * rng.uniform(0.15, 0.45)
    light = cv2.resize(
        (small * 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC
    )
    color = np.array([255, rng.uniform(215, 255), rng.uniform(160, 255)]) / 255
    layers = [cv2.convertScaleAbs(light, alpha=float(c)) for c in color]
    return cv2.add(picture, cv2.merge(layers))
