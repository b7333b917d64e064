"""Painters of places and plants: each takes (rng, side) and gives uint8 [side,side,3]."""

from __future__ import annotations

import cv2
import numpy as np

from .textures import cells, clouds, colored, folds, noise, palette, plaid


def leaf_shape(rng: np.random.Generator, points: int = 9) -> np.ndarray:
    """Outline of a pointed leaf or petal from (0,0) to (1,0): float [2*points,2]."""
    t = np.linspace(0, 1, points)
    half = rng.uniform(0.15, 0.4) * np.sin(np.pi * t ** rng.uniform(0.6, 1.3))
    return np.concatenate([np.stack([t, half], 1), np.stack([t, -half], 1)[::-1]])


def stamp(picture, shape, position, scale, angle, color, outline=None) -> None:
    """Fills a turned and scaled shape, with an optional outline colour."""
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    points = (shape @ np.array([[c, s], [-s, c]]) + position) * 8
    points = np.rint(points).astype(np.int32)[None]
    cv2.fillPoly(picture, points, color, cv2.LINE_AA, 3)
    if outline is not None:
        cv2.polylines(picture, points, True, outline, 1, cv2.LINE_AA, 3)


def foliage(rng, side):
    """Layers of leaves, dark and far to light and near."""
    colors = palette(rng, 4).astype(np.float32)
    if rng.random() < 0.6:
        colors[:, 1] = colors[:, 1] * 0.4 + 150
    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = (colors[0] * 0.35).astype(np.uint8)
    shape, outlined = leaf_shape(rng), rng.random() < 0.4
    scale, upward = side * rng.uniform(0.03, 0.12), rng.random() < 0.3
    layers = 4
    density = rng.random((9, 9)).astype(np.float32)
    density = cv2.resize(density, (side, side), interpolation=cv2.INTER_CUBIC)
    for layer in range(layers):
        light = 0.45 + 0.6 * layer / layers
        for _ in range(int(280 * (0.06 * side / scale) ** 0.8)):
            x, y = rng.uniform(-0.05, 1.05, 2) * side
            if density[int(np.clip(y, 0, side - 1)), int(np.clip(x, 0, side - 1))] < 0.25 * layer:
                continue
            color = (colors[rng.integers(4)] * light * rng.uniform(0.8, 1.2)).clip(0, 255).tolist()
            angle = rng.normal(-np.pi / 2, 0.5) if upward else rng.uniform(0, 2 * np.pi)
            line = [c * 0.5 for c in color] if outlined else None
            stamp(picture, shape, (x, y), scale * rng.uniform(0.6, 1.4), angle, color, line)
    return picture


def blossoms(rng, side):
    """Flowers with petals and hearts over leaves or sky."""
    picture = foliage(rng, side) if rng.random() < 0.6 else clouds(rng, side)
    petal, colors = leaf_shape(rng), palette(rng, 3).astype(np.float32)
    if rng.random() < 0.5:
        colors = colors * 0.35 + 165
    petals, outlined = int(rng.integers(4, 9)), rng.random() < 0.5
    scale = side * rng.uniform(0.015, 0.09)
    for _ in range(int(min(500, 60 * (0.06 * side / scale) ** 1.4))):
        position, size = rng.uniform(0, side, 2), scale * rng.uniform(0.6, 1.4)
        color, turn = colors[rng.integers(3)], rng.uniform(0, 7)
        for k in range(petals):
            shade = (color * rng.uniform(0.88, 1.08)).clip(0, 255).tolist()
            stamp(
                picture,
                petal,
                position,
                size,
                turn + k * 2 * np.pi / petals,
                shade,
                [c * 0.55 for c in shade] if outlined else None,
            )
        cv2.circle(
            picture,
            tuple(position.astype(int).tolist()),
            max(1, int(size * 0.2)),
            (230, 200, 60) if rng.random() < 0.5 else (120, 70, 40),
            -1,
            cv2.LINE_AA,
        )
    return picture


def cumulus(rng, side):
    """Heaped clouds with lit and shaded sides on a sky."""
    sky = np.array([[60, 120, 220], [150, 200, 250], [250, 235, 220]], np.float32) * rng.uniform(
        0.4, 1.05
    )
    if rng.random() < 0.4:
        sky = palette(rng, 3).astype(np.float32)
    t = np.linspace(0, 1, side, dtype=np.float32)
    picture = np.ascontiguousarray(np.broadcast_to(colored(t, sky)[:, None], (side, side, 3)))
    light = np.array([255, 252, 245]) * rng.uniform(0.75, 1.0)
    shade = light * rng.uniform(0.55, 0.9, 3)
    for _ in range(int(rng.integers(3, 12))):
        x, y, width = (
            rng.uniform(0, side),
            rng.uniform(0.1, 0.95) * side,
            side * rng.uniform(0.08, 0.4),
        )
        puffs = int(rng.integers(8, 30))
        dx, size = rng.normal(0, width * 0.45, puffs), width * rng.uniform(0.12, 0.35, puffs)
        dy = -np.abs(rng.normal(0, width * 0.22, puffs))
        for offset, color in ((0.18, shade), (0.0, light)):
            for u, v, r in zip(dx, dy, size, strict=True):
                cv2.circle(
                    picture,
                    (int(x + u - offset * r), int(y + v + 1.2 * offset * r)),
                    int(r * (1 - 0.4 * (offset == 0) * rng.random())),
                    color.tolist(),
                    -1,
                    cv2.LINE_AA,
                )
    return picture


def hills(rng, side):
    """Ranges of hills one before the other, with trees and grass."""
    picture = cumulus(rng, side)
    colors = palette(rng, 6).astype(np.float32)
    if rng.random() < 0.6:
        colors[:, 1] = colors[:, 1] * 0.5 + 90
    x = np.arange(side)
    for layer in range(int(rng.integers(2, 6))):
        y = side * (0.35 + 0.13 * layer) + side * rng.uniform(0.03, 0.12) * np.interp(
            x, np.linspace(0, side, 9), rng.normal(0, 1, 9)
        )
        color = (colors[layer] * (1.1 - 0.1 * layer)).clip(0, 255).tolist()
        cv2.fillPoly(
            picture,
            [np.stack([np.r_[0, x, side], np.r_[side, y, side]], 1).astype(np.int32)],
            color,
        )
        for _ in range(int(rng.integers(0, 40))):
            u, r = int(rng.integers(side)), side * rng.uniform(0.008, 0.05)
            cv2.line(picture, (u, int(y[u])), (u, int(y[u] - r)), (70, 50, 40), max(1, int(r / 4)))
            for _ in range(4):
                cv2.circle(
                    picture,
                    (int(u + rng.normal(0, r / 2)), int(y[u] - r - rng.uniform(0, r))),
                    int(r * 0.6),
                    [c * rng.uniform(0.5, 0.9) for c in color],
                    -1,
                    cv2.LINE_AA,
                )
    return picture


def city(rng, side):
    """Fronts of houses with rows of windows, doors and signs."""
    picture = cumulus(rng, side)
    night = rng.random() < 0.3
    colors = palette(rng, 8).astype(np.float32) * (0.4 if night else 1.0)
    x = -int(rng.integers(60))
    while x < side:
        width, top = int(side * rng.uniform(0.1, 0.35)), int(side * rng.uniform(-0.2, 0.55))
        wall = colors[rng.integers(8)]
        cv2.rectangle(picture, (x, top), (x + width, side), wall.tolist(), -1)
        cv2.rectangle(
            picture, (x, top), (x + width, side), (wall * 0.5).tolist(), int(rng.integers(1, 3))
        )
        pitch_x, pitch_y = width / int(rng.integers(2, 7)), side * rng.uniform(0.04, 0.13)
        glass, frame = (
            palette(rng, 1)[0].astype(float),
            (wall * rng.uniform(0.5, 1.4)).clip(0, 255).tolist(),
        )
        share = rng.uniform(0.4, 0.8)
        for wy in np.arange(top + pitch_y * 0.4, side, pitch_y):
            for wx in np.arange(x + pitch_x * 0.2, x + width - pitch_x * 0.5, pitch_x):
                lit = (
                    np.array([255, 230, 150])
                    if night and rng.random() < 0.5
                    else glass * rng.uniform(0.6, 1.1)
                )
                a, b = (int(wx), int(wy)), (int(wx + pitch_x * share), int(wy + pitch_y * share))
                cv2.rectangle(picture, a, b, lit.clip(0, 255).tolist(), -1)
                cv2.rectangle(picture, a, b, frame, 1)
        x += width + int(rng.integers(0, 10))
    return picture


def room(rng, side):
    """A wall with paper, window and pictures, a floor of boards, furniture."""
    horizon = int(side * rng.uniform(0.5, 0.85))
    wall = (
        plaid(rng, side)
        if rng.random() < 0.4
        else np.full((side, side, 3), palette(rng, 1)[0], np.uint8)
    )
    picture = np.ascontiguousarray(wall)
    boards = palette(rng, 3).astype(np.float32)
    for k, x in enumerate(np.linspace(-1, 2, 40)):
        quad = np.array(
            [
                [x, horizon / side],
                [x + 0.08, horizon / side],
                [0.5 + (x - 0.42) * 2.2, 1],
                [0.5 + (x - 0.5) * 2.2, 1],
            ]
        )
        cv2.fillPoly(
            picture,
            [(quad * side).astype(np.int32)],
            (boards[k % 3] * rng.uniform(0.85, 1.1)).clip(0, 255).tolist(),
        )
    for _ in range(int(rng.integers(1, 4))):  # windows and framed pictures: another painting inside
        x, y = (rng.uniform(0, 0.8, 2) * [side, horizon]).astype(int)
        w, h = (rng.uniform(0.12, 0.4, 2) * side).astype(int)
        h = min(h, horizon - y - 4)
        if h < 10:
            continue
        inner = (cumulus, foliage, clouds, city)[rng.integers(4)](rng, 160)
        view = picture[y : y + h, x : x + w]
        view[:] = cv2.resize(inner, view.shape[1::-1])
        frame = palette(rng, 1)[0].tolist()
        cv2.rectangle(picture, (x, y), (x + w, y + h), frame, int(rng.integers(3, 10)))
        if rng.random() < 0.5:
            cv2.line(picture, (x + w // 2, y), (x + w // 2, y + h), frame, 3)
            cv2.line(picture, (x, y + h // 2), (x + w, y + h // 2), frame, 3)
    for _ in range(int(rng.integers(1, 5))):
        _furniture(rng, picture, horizon)
    return picture


def _furniture(rng, picture, horizon) -> None:
    """A shelf of books, a table, a chest with drawers, or a curtain."""
    side = picture.shape[0]
    x, w = int(rng.uniform(-0.1, 0.9) * side), int(rng.uniform(0.12, 0.45) * side)
    foot = int(horizon + rng.uniform(0, 0.25) * side)
    top = foot - int(rng.uniform(0.12, 0.55) * side)
    color = palette(rng, 1)[0].astype(float)
    dark, kind = (color * 0.55).tolist(), rng.integers(4)
    if kind == 3:
        cloth = cv2.resize(folds(rng, 128), (w, max(foot, 8)))
        left = max(x, 0)
        if x + w > left and left < side:
            region = picture[: max(foot, 8), left : x + w]
            region[:] = cloth[: region.shape[0], left - x : left - x + region.shape[1]]
        return
    if kind == 1:
        cv2.rectangle(picture, (x, top), (x + w, top + side // 40), color.tolist(), -1)
        cv2.rectangle(picture, (x, top), (x + w, top + side // 40), dark, 1)
        for leg in (x + w // 12, x + w - w // 8):
            cv2.rectangle(
                picture, (leg, top + side // 40), (leg + max(3, side // 60), foot), dark, -1
            )
        return
    cv2.rectangle(picture, (x, top), (x + w, foot), color.tolist(), -1)
    cv2.rectangle(picture, (x, top), (x + w, foot), dark, 2)
    rows = int(rng.integers(2, 6))
    for r in range(rows):
        y0, y1 = top + (foot - top) * r // rows, top + (foot - top) * (r + 1) // rows
        cv2.line(picture, (x, y1), (x + w, y1), dark, 2)
        if kind == 2:
            cv2.circle(picture, (x + w // 2, (y0 + y1) // 2), 3, dark, -1)
            continue
        u = x + 3
        while u < x + w - 4:
            thick = int(rng.integers(3, 12))
            book = y0 + int((y1 - y0) * rng.uniform(0.1, 0.45))
            cv2.rectangle(
                picture,
                (u, book),
                (min(u + thick, x + w - 3), y1 - 2),
                palette(rng, 1)[0].tolist(),
                -1,
            )
            u += thick + 1


def shapes(rng, side):
    """Blobs, boxes and stars of all sizes, outlined and detailed: not a figure among them."""
    picture = (
        clouds(rng, side)
        if rng.random() < 0.5
        else np.full((side, side, 3), palette(rng, 1)[0], np.uint8)
    )
    picture = np.ascontiguousarray(picture)
    colors, outlined = palette(rng, 8), rng.random() < 0.7
    for size in np.sort(rng.pareto(1.6, int(rng.integers(15, 90))))[::-1].clip(0, 6):
        radius = side * 0.035 * (1 + size)
        n = int(rng.choice([3, 4, 6, 12, 40]))
        t = np.linspace(0, 2 * np.pi, 80)
        wobble = sum(
            rng.normal(0, 0.25 / k) * np.cos(k * t + rng.uniform(0, 6)) for k in range(2, 7)
        )
        reach = radius * (1 + (wobble if n > 6 else 0.35 * np.cos(n * t)))
        points = np.stack([reach * np.cos(t) * rng.uniform(0.5, 1), reach * np.sin(t)], 1)
        turn = rng.uniform(0, 7)
        rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        centre = rng.uniform(0, side, 2)
        for shrink, shade in (
            (1.0, 1.0),
            (rng.uniform(0.5, 0.9), rng.uniform(0.6, 1.3)),
            (rng.uniform(0.1, 0.4), 0.4),
        ):
            color = (colors[rng.integers(8)] * shade).clip(0, 255).tolist()
            shape = np.rint(
                (points * shrink @ rotate + centre + rng.normal(0, radius * 0.08, 2)) * 8
            ).astype(np.int32)
            cv2.fillPoly(picture, [shape], color, cv2.LINE_AA, 3)
            if outlined:
                cv2.polylines(
                    picture, [shape], True, (20, 20, 25), int(rng.integers(1, 4)), cv2.LINE_AA, 3
                )
            if rng.random() < 0.4:
                break
    return picture


def water(rng, side):
    """Waves: bands of ripples with glints."""
    y, x = np.mgrid[:side, :side].astype(np.float32) / side
    phase = y * rng.uniform(6, 25) / (0.3 + y) + noise(rng, side, 4, 4) * rng.uniform(0.5, 2.5)
    values = 0.5 + 0.5 * np.sin(2 * np.pi * phase + 3 * np.sin(x * rng.uniform(5, 25)))
    colors = palette(rng, 3)
    picture = colored(values, colors, int(rng.choice([0, 2, 4])))
    picture[(values > 0.93) & (noise(rng, side, 4, 12) > 0.5)] = 250
    return picture


def street(rng, side):
    """Paving or boards in perspective below a place."""
    upper = (city, foliage, cumulus, room)[rng.integers(4)](rng, side)
    ground = cells(rng, side) if rng.random() < 0.6 else plaid(rng, side)
    horizon = side * rng.uniform(0.4, 0.75)
    source = np.float32([[0, 0], [side, 0], [side, side], [0, side]])
    target = np.float32(
        [[side * 0.25, horizon], [side * 0.75, horizon], [side * 1.8, side], [-side * 0.8, side]]
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    warped = cv2.warpPerspective(
        ground, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    upper[int(horizon) :] = warped[int(horizon) :]
    return upper


PAINTERS = {
    "foliage": foliage,
    "blossoms": blossoms,
    "cumulus": cumulus,
    "hills": hills,
    "city": city,
    "room": room,
    "shapes": shapes,
    "water": water,
    "street": street,
}
