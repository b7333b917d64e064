"""Books: parts of the scenery that stand before the figures and hide them, with their labels.

The word is the animators': a book is painted on a sheet of its own that is laid over the cels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..painters.places import leaf_shape
from ..painters.textures import palette
from . import raster, shapes
from .color_sheet import segment_number
from .fills import Fill
from .labels import BOOK_FILL, BOOK_LINE, LabelTable, TableBuilder

EDGE = 1.5  # of a line that only a douga has, pixels


class Easel:
    """Collects outlined shapes; units of the picture's height, x to `aspect`."""

    def __init__(self, rng: np.random.Generator, size: tuple[int, int]):
        self.scale, self.aspect = size[0], size[1] / size[0]
        self.size = size
        self.line = 0.0 if rng.random() < 0.35 else float(rng.uniform(0.002, 0.007))
        self.ink = (
            None if rng.random() < 0.5 else tuple((rng.uniform(0, 0.2) * np.ones(3)).tolist())
        )
        self.fills: list[Fill] = []
        self.labels = TableBuilder()

    def add(self, name: str, outline: np.ndarray, color: np.ndarray) -> None:
        """A shape of one colour (RGB 0..255) and the line around it."""
        points = (np.asarray(outline, np.float32) * self.scale).astype(np.float32)
        color = np.clip(np.asarray(color, float), 0, 255)
        paint = tuple((color / 255).tolist())
        numbers = tuple(int(v) for v in np.rint(color))
        segment = segment_number(name, 0)
        fill, edge = (
            self.labels.row(name, "background", kind, color=numbers, segment=segment)
            for kind in (BOOK_FILL, BOOK_LINE)
        )
        closed = np.concatenate([points, points[:2]])
        width = max(self.line * self.scale, 1.0) if self.line else EDGE
        ink = self.ink or tuple((color / 255 * 0.45).tolist())
        self.fills.append(Fill((points,), paint, fill))
        border = (shapes.ribbon(closed, width / 2),)
        # what only a douga has stays inside what the picture shows
        clip = None if self.line else (points,)
        self.fills.append(Fill(border, ink if self.line else None, edge, clip=clip))

    def bar(self, name: str, start, end, half: float, color) -> None:
        """A straight bar from start to end."""
        self.add(name, shapes.ribbon(np.array([start, end], float), half), color)

    def finished(self) -> tuple[np.ndarray, np.ndarray, LabelTable]:
        """Premultiplied uint8 [H,W,4], uint16 [H,W] and what its numbers mean."""
        rgba = raster.paint(self.fills, self.size)
        return rgba, raster.label(self.fills, self.size), self.labels.table()


def draw_book(
    rng: np.random.Generator, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, LabelTable]:
    """One book over a picture of `size` = (H, W): RGBA uint8 [H,W,4] premultiplied, numbers uint16
    [H,W], and their table (instance 0)."""
    easel = Easel(rng, size)
    names = list(BOOKS)
    BOOKS[names[rng.integers(len(names))]](rng, easel, palette(rng, 4).astype(float))
    return easel.finished()


def _box(x0, y0, x1, y1) -> np.ndarray:
    return shapes.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def _window(rng, easel: Easel, colors) -> None:
    """The frame of a window or a door that one looks through."""
    w, half = easel.aspect, rng.uniform(0.02, 0.06)
    color = colors[0]
    for k, x in enumerate((0, w)):
        easel.add(f"book.jamb.{k}", _box(x - half, -0.1, x + half, 1.1), color)
    for k, y in enumerate((0.0, 1.0)):
        if rng.random() < 0.8:
            easel.add(f"book.sill.{k}", _box(-0.1, y - half, w + 0.1, y + half), color * 0.92)
    for k in range(int(rng.integers(0, 3))):
        x = w * rng.uniform(0.2, 0.8)
        easel.add(f"book.mullion.{k}", _box(x - half / 2, -0.1, x + half / 2, 1.1), color * 0.95)
    if rng.random() < 0.5:
        y = rng.uniform(0.25, 0.75)
        easel.add("book.bar", _box(-0.1, y - half / 3, w + 0.1, y + half / 3), color * 0.95)


def _railing(rng, easel: Easel, colors) -> None:
    """A railing or a fence along the lower side."""
    w, top = easel.aspect, rng.uniform(0.55, 0.85)
    half, pitch = rng.uniform(0.006, 0.025), rng.uniform(0.05, 0.16)
    tilt = rng.normal(0, 0.03)
    pointed = rng.random() < 0.4
    for k, x in enumerate(np.arange(-pitch * rng.random(), w + pitch, pitch)):
        y = top + tilt * x
        head = [(x - half, y), (x, y - 2.5 * half if pointed else y), (x + half, y)]
        post = shapes.polygon([*head, (x + half, 1.1), (x - half, 1.1)])
        easel.add(f"book.post.{k}", post, colors[0] * rng.uniform(0.92, 1.05))
    for k, share in enumerate((0.15, 0.75)[: int(rng.integers(1, 3))]):
        y = top + (1 - top) * share
        easel.bar(f"book.rail.{k}", (-0.1, y), (w + 0.1, y + tilt * w), half * 1.2, colors[1])


def _foliage(rng, easel: Easel, colors) -> None:
    """Branches with leaves from a corner or along the lower side."""
    w = easel.aspect
    if rng.random() < 0.7:
        colors[:, 1] = colors[:, 1] * 0.5 + 110
    shape = leaf_shape(rng, 5)
    size = rng.uniform(0.05, 0.16)
    if rng.random() < 0.5:
        centres = np.stack([rng.uniform(-0.05, w + 0.05, 60), rng.uniform(0.86, 1.08, 60)], 1)
        turn = rng.normal(-np.pi / 2, 0.6, 60)
    else:
        corner = np.array([rng.choice([0, w]), 0.0 if rng.random() < 0.7 else 1.0])
        centres = corner + rng.normal(0, 0.14, (60, 2)) * np.array([w, 1])
        end = corner + (np.array([w / 2, 0.5]) - corner) * rng.uniform(0.4, 0.8)
        easel.bar("book.branch", corner, end, 0.012, (90, 65, 45))
        along = rng.random((20, 1))
        centres[:20] = corner + (end - corner) * along + rng.normal(0, 0.02, (20, 2))
        turn = rng.uniform(0, 2 * np.pi, 60)
    for k, (centre, angle) in enumerate(zip(centres, turn, strict=True)):
        leaf = shapes.turned(shape * size * rng.uniform(0.6, 1.4), float(angle))
        color = colors[rng.integers(4)] * rng.uniform(0.7, 1.1)
        easel.add(f"book.leaf.{k}", shapes.moved(leaf, centre), color)


def _desk(rng, easel: Easel, colors) -> None:
    """A table or a counter along the lower side, with things on it."""
    w, top = easel.aspect, rng.uniform(0.68, 0.88)
    x0, x1 = (-0.1, w + 0.1) if rng.random() < 0.5 else np.sort(rng.uniform(-0.1, w + 0.1, 2))
    if x1 - x0 < 0.4 * w:
        x0, x1 = -0.1, w + 0.1
    for k in range(int(rng.integers(0, 5))):
        x, high = rng.uniform(x0, x1), rng.uniform(0.04, 0.14)
        wide = high * rng.uniform(0.3, 1.2)
        color = palette(rng, 1)[0].astype(float)
        if rng.random() < 0.4:
            thing = shapes.ellipse(x, top - high / 2, wide / 2, high / 2)
        else:
            thing = _box(x - wide / 2, top - high, x + wide / 2, top)
        easel.add(f"book.thing.{k}", thing, color)
    easel.add("book.top", _box(x0, top, x1, top + 0.035), colors[0])
    easel.add("book.front", _box(x0 + 0.02, top + 0.035, x1 - 0.02, 1.1), colors[0] * 0.75)


def _curtain(rng, easel: Easel, colors) -> None:
    """Cloth at one or both sides, in folds."""
    w = easel.aspect
    for side in rng.permutation(2)[: int(rng.integers(1, 3))]:
        reach, folds = rng.uniform(0.1, 0.28), int(rng.integers(3, 7))
        for k in range(folds):
            x0, x1 = reach * k / folds, reach * (k + 1) / folds
            bend = rng.uniform(-0.03, 0.06)
            fold = np.array(
                [
                    (x0 - 0.01, -0.1),
                    (x1, -0.1),
                    (x1 + bend * 0.5, 0.5),
                    (x1 + bend, 1.1),
                    (x0 - 0.01, 1.1),
                ]
            )
            if side:
                fold[:, 0] = w - fold[:, 0]
            color = colors[side] * (0.75 + 0.3 * (k % 2) + rng.normal(0, 0.03))
            easel.add(f"book.fold.{side}.{folds - k}", fold, color)


def _grass(rng, easel: Easel, colors) -> None:
    """Blades and flowers at the lower side."""
    w = easel.aspect
    colors[:, 1] = colors[:, 1] * 0.5 + 100
    for k in range(int(rng.integers(25, 70))):
        x, high = rng.uniform(-0.05, w + 0.05), rng.uniform(0.06, 0.25)
        lean, half = rng.normal(0, 0.06), rng.uniform(0.004, 0.012)
        middle = np.array([(x, 1.02), (x + lean * 0.4, 1 - high * 0.6), (x + lean, 1 - high)])
        blade = shapes.ribbon(
            shapes.smooth(middle, closed=False), np.linspace(half, half * 0.1, 13)
        )
        easel.add(f"book.blade.{k}", blade, colors[rng.integers(4)] * rng.uniform(0.6, 1.1))
        if rng.random() < 0.12:
            bloom = shapes.ellipse(x + lean, 1 - high, half * 3, half * 3)
            easel.add(f"book.bloom.{k}", bloom, palette(rng, 1)[0].astype(float))


def _pillar(rng, easel: Easel, colors) -> None:
    """A trunk, a pillar or a pole."""
    x, half = easel.aspect * rng.uniform(0.05, 0.95), rng.uniform(0.02, 0.09)
    lean = rng.normal(0, 0.04)
    trunk = np.array(
        [
            (x - half, 1.1),
            (x - half * 0.8 + lean, -0.1),
            (x + half * 0.8 + lean, -0.1),
            (x + half, 1.1),
        ]
    )
    easel.add("book.pillar", trunk, colors[0])
    for k in range(int(rng.integers(0, 4))):
        y = rng.uniform(0, 1)
        at = x + lean * (1 - y)
        easel.add(f"book.band.{k}", _box(at - half * 1.1, y, at + half * 1.1, y + 0.03), colors[1])


BOOKS: dict[str, Callable] = {
    "window": _window,
    "railing": _railing,
    "foliage": _foliage,
    "desk": _desk,
    "curtain": _curtain,
    "grass": _grass,
    "pillar": _pillar,
}
