"""Pages of comics: panels with a scene each, clipped at their frames, and speech balloons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from ..overlays import write
from ..painters.textures import palette
from ..sprites import Placed
from .labels import LabelledPicture, LabelTable, join_tables

SMALLEST = 96  # pixels of a panel's shorter side

Scene = tuple[LabelledPicture, tuple[int, ...]]


def compose_page(
    rng: np.random.Generator, size: tuple[int, int], scene: Callable[[tuple[int, int]], Scene]
) -> LabelledPicture:
    """A page of `size` = (H, W) of what `scene(size)` gives for each panel."""
    height, width = size
    gutter = max(2, round(height * rng.uniform(0.004, 0.02)))
    panels = _split(rng, size, gutter)
    paper = np.full(3, 255) if rng.random() < 0.7 else rng.choice([0, 20, 200, 240]) * np.ones(3)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = paper
    frame = max(1, min(gutter - 1, round(height * rng.uniform(0.002, 0.006))))
    ink = (0, 0, 0) if paper[0] > 100 else (255, 255, 255)
    parts = []
    for y0, x0, y1, x1 in panels:
        if frame:
            corners = (x0 - frame, y0 - frame), (x1 + frame - 1, y1 + frame - 1)
            cv2.rectangle(picture, *corners, ink, -1)
        parts.append(scene((y1 - y0, x1 - x0))[0])
        picture[y0:y1, x0:x1] = parts[-1].picture
    return _joined(picture, panels, parts)


def _split(rng, size: tuple[int, int], gutter: int) -> list[tuple[int, int, int, int]]:
    """Panels (y0, x0, y1, x1), rows of them as on a page."""
    height, width = size
    margin = gutter if rng.random() < 0.7 else 2 * gutter
    panels = [(margin, margin, height - margin, width - margin)]
    for _ in range(int(rng.integers(1, 5))):
        sides = [max(p[2] - p[0], p[3] - p[1]) * rng.uniform(0.6, 1) for p in panels]
        y0, x0, y1, x1 = panels.pop(int(np.argmax(sides)))
        upright = (y1 - y0) > (x1 - x0) * rng.uniform(0.7, 1.3)
        low, high = (y0, y1) if upright else (x0, x1)
        cut = int(low + (high - low) * rng.uniform(0.35, 0.65))
        if min(cut - low, high - cut) < SMALLEST + gutter:
            panels.append((y0, x0, y1, x1))
            break
        if upright:
            panels += [(y0, x0, cut - gutter, x1), (cut + gutter, x0, y1, x1)]
        else:
            panels += [(y0, x0, y1, cut - gutter), (y0, cut + gutter, y1, x1)]
    return panels


def _joined(picture, panels, parts: list[LabelledPicture]) -> LabelledPicture:
    size = picture.shape[:2]
    ids = np.zeros(size, np.uint16)
    masks = np.zeros((sum(len(part.masks) for part in parts), *size), np.uint8)
    tables: list[LabelTable] = []
    count = 0
    for part in parts:
        own = part.table.instance
        tables.append(
            replace(part.table, instance=np.where(own > 0, own + count, 0).astype(own.dtype))
        )
        count += len(part.masks)
    table, offsets = join_tables(tables)
    count, joints = 0, []
    for part, offset, (y0, x0, y1, x1) in zip(parts, offsets, panels, strict=True):
        ids[y0:y1, x0:x1] = np.where(part.ids > 0, part.ids + np.uint16(offset), 0)
        masks[count : count + len(part.masks), y0:y1, x0:x1] = part.masks
        count += len(part.masks)
        for own_joints in part.joints:
            joints.append({name: (x + x0, y + y0) for name, (x, y) in own_joints.items()})
    return LabelledPicture(
        picture=picture,
        clean=picture,
        masks=masks,
        ids=ids,
        table=table,
        order=np.arange(count),
        joints=tuple(joints),
        sheets=tuple(sheet for part in parts for sheet in part.sheets),
        families=tuple(family for part in parts for family in part.families),
    )


def balloon(rng: np.random.Generator, size: tuple[int, int]) -> Placed:
    """A speech balloon over a picture of `size` = (H, W), with signs in columns."""
    height, width = size
    ry = height * rng.uniform(0.08, 0.17)
    rx = min(ry * rng.uniform(0.6, 1.4), width * 0.24)
    x, y = (
        width * rng.choice([rng.uniform(0.02, 0.3), rng.uniform(0.7, 0.98)]),
        height * rng.uniform(0.08, 0.6),
    )
    t = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    kind = rng.integers(4)
    reach = np.ones(72)
    if kind == 1:  # a thought or a murmur
        reach += 0.07 * np.abs(np.sin(5 * t))
    elif kind == 2:  # a shout
        reach += 0.22 * (np.arange(72) % 4 == 0)
    edge = np.stack([x + rx * reach * np.cos(t), y + ry * reach * np.sin(t)], 1)
    tip = np.array([x, y]) + np.array([rng.normal(0, 1.0), rng.uniform(1.0, 1.7)]) * [rx, ry]
    tail = np.array([tip, (x - rx * 0.22, y), (x + rx * 0.22, y)])
    line = max(1, round(height * rng.uniform(0.002, 0.006)))
    low = np.floor(np.minimum(edge.min(0), tail.min(0)) - line - 1).astype(int).clip(0)
    high = np.ceil(np.maximum(edge.max(0), tail.max(0)) + line + 2).astype(int)
    high = np.maximum(np.minimum(high, (width, height)), low + 1)
    alpha = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    paper = [255, 255, 255] if rng.random() < 0.8 else (palette(rng, 1)[0] // 3 + 170).tolist()
    ink = (12, 12, 12) if rng.random() < 0.9 else tuple((palette(rng, 1)[0] // 3).tolist())
    color = np.empty((*alpha.shape, 3), np.uint8)
    color[:] = ink
    shapes = [np.rint((points - low) * 16).astype(np.int32) for points in (tail, edge)]
    for points in shapes:
        cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA, 4)
        cv2.polylines(alpha, [points], True, 255, 2 * line, cv2.LINE_AA, 4)
    for points in shapes:
        cv2.fillPoly(color, [points], paper, cv2.LINE_AA, 4)
    size_of_signs = ry * rng.uniform(0.18, 0.34)
    for k in range(max(1, int(1.15 * rx / size_of_signs / 1.1))):
        count = max(1, int(1.3 * ry / size_of_signs / 1.15 * rng.uniform(0.5, 1)))
        corner = np.array([x - rx * 0.58 + k * size_of_signs * 1.1, y - ry * 0.6]) - low
        write(rng, color, tuple(corner), size_of_signs, count, ink, upright=True)
    return Placed(color, alpha, int(low[0]), int(low[1]), 1.0)
