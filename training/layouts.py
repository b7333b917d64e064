"""Where figures stand in a picture: counts, boxes, order and turns, in canvas units.

The counts and sizes follow Liu et al. 2023 (arXiv 2312.01943, section 3.2) as far as they are
known; where they took boxes of photographed people, `people` draws them from a model of our own:
figures of one height on a ground plane, seen by a camera.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

KINDS = {"people": 0.34, "regular": 0.30, "partition": 0.12, "crowd": 0.08, "close-up": 0.16}


@dataclass(frozen=True, eq=False)
class Layout:
    """Places for N figures, back to front.

    Attributes:
        kind: one of `KINDS`, or "huddle".
        boxes: float [N,4], x0 y0 x1 y1 in units of the canvas' width and height; may leave it.
        angles: float [N], radians, counter-clockwise on the screen.
        drawings: int [N]; equal numbers are the same drawing ("twins").
        grounded: bool [N]; the figure stands on the lower side of its box.
    """

    kind: str
    boxes: np.ndarray
    angles: np.ndarray
    drawings: np.ndarray
    grounded: np.ndarray

    def __len__(self) -> int:
        return len(self.boxes)


def draw_layout(
    rng: np.random.Generator, aspect: float = 1.0, kinds: dict[str, float] | None = None
) -> Layout:
    """Draws a layout for a canvas of `aspect` = width / height; `kinds` weighs kinds as `KINDS`."""
    kinds = kinds or KINDS
    weights = np.array(list(kinds.values()), float)
    kind = list(kinds)[rng.choice(len(kinds), p=weights / weights.sum())]
    boxes, turn, turn_share, twin_share, grounded = _LAYOUTS[kind](rng, aspect)
    count = len(boxes)
    angles = np.where(rng.random(count) < turn_share, rng.uniform(-turn, turn, count), 0.0)
    drawings = np.arange(count)
    if count > 1 and rng.random() < twin_share * 2:
        for i in range(1, count):
            if rng.random() < 0.5:
                drawings[i] = drawings[rng.integers(i)]
    return Layout(kind, boxes, np.deg2rad(angles), drawings, np.full(count, grounded))


def with_share(kinds: Mapping[str, float], kind: str, share: float) -> dict[str, float]:
    """Weights of kinds that sum to 1, of which `kind` has `share`; the others keep their ratios."""
    others = sum(weight for name, weight in kinds.items() if name != kind)
    return {
        name: share if name == kind else weight * (1 - share) / others
        for name, weight in kinds.items()
    }


def _count(rng: np.random.Generator, mean: float, low: int, high: int) -> int:
    count = int(rng.poisson(mean))
    return count if low <= count <= high else int(rng.integers(low, high + 1))


def _regular(rng: np.random.Generator, aspect: float):
    count = _count(rng, 3.5, 1, 9)
    side = rng.normal(0.36, 0.2, count)
    side = np.where((side > 0.12) & (side < 0.8), side, rng.uniform(0.12, 0.8, count))
    height = side * rng.uniform(0.7, 1.2, count)
    width = side / max(aspect, 0.3)
    x = np.sort(rng.uniform(0.0, 1.0, count))
    rng.shuffle(x)
    y = rng.uniform(0.1, 0.95, count)
    boxes = np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], 1)
    return _spread(boxes[np.argsort(-height)]), 40, 0.3, 0.15, False


def _people(rng: np.random.Generator, aspect: float):
    """Feet on a ground plane: at depth z a figure is 1/z high, its feet 1/z below the horizon."""
    count = _count(rng, 2.8, 1, 8)
    horizon = rng.uniform(0.1, 0.6)
    eye = rng.uniform(0.35, 1.1)  # camera height in figures' heights
    nearest = rng.uniform(0.3, 1.3)  # height of the nearest figure in canvas heights
    depth = np.sort(1 + rng.gamma(1.2, 0.5, count) * rng.choice([0.25, 1.0, 2.0]))[::-1]
    height = nearest / depth * rng.normal(1, 0.1, count).clip(0.7, 1.3)
    feet = horizon + eye * nearest / depth
    feet += np.minimum(0, 1.25 - feet.min()) if count else 0
    width = height / max(aspect, 0.3)
    if rng.random() < 0.5 and count > 1:  # in groups that touch
        centre = rng.uniform(0.2, 0.8)
        x = centre + np.cumsum(rng.choice([-1, 1], count) * width * rng.uniform(0.15, 0.5, count))
    else:
        x = (rng.permutation(count) + rng.uniform(0.2, 0.8, count)) / max(count, 1)
    boxes = np.stack([x - width / 2, feet - height, x + width / 2, feet], 1)
    return boxes, 20, 0.33, 0.12, True


def _partition(rng: np.random.Generator, aspect: float):
    """Guillotine cuts; figures fill their parts and hardly overlap (character sheets)."""
    count = _count(rng, 2.5, 1, 9)
    parts = [np.array([0.0, 0.0, 1.0, 1.0])]
    while len(parts) < count:
        areas = np.array([(p[2] - p[0]) * (p[3] - p[1]) for p in parts])
        part = parts.pop(int(rng.choice(len(parts), p=areas / areas.sum())))
        axis = int((part[2] - part[0]) * aspect < (part[3] - part[1]))
        cut = part[axis] + (part[axis + 2] - part[axis]) * rng.uniform(0.3, 0.7)
        first, second = part.copy(), part.copy()
        first[axis + 2] = second[axis] = cut
        parts += [first, second]
    boxes = np.stack(parts)
    centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
    half = half * rng.uniform(0.8, 1.15, (len(boxes), 1))
    return np.concatenate([centre - half, centre + half], 1), 12, 0.2, 0.05, False


def _crowd(rng: np.random.Generator, aspect: float):
    """Rows of figures of one size, each row in front of the last."""
    rows, columns = int(rng.integers(1, 4)), int(rng.integers(2, 6))
    height = rng.uniform(0.25, 0.5)
    boxes = []
    for row in range(rows):
        feet = 0.95 - (rows - 1 - row) * height * rng.uniform(0.5, 0.8)
        for x in (np.arange(columns) + rng.uniform(0.2, 0.8)) / columns:
            x, h = x + rng.normal(0, 0.03), height * rng.uniform(0.8, 1.15)
            boxes.append([x - h / aspect / 2, feet - h, x + h / aspect / 2, feet])
    return np.array(boxes)[-10:], 10, 0.15, 0.3, True


def _close_up(rng: np.random.Generator, aspect: float):
    """One to three large figures, cut by the frame."""
    count = int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
    height = rng.uniform(0.85, 2.2, count)
    width = height / max(aspect, 0.3)
    x = (
        rng.uniform(0.25, 0.75, count)
        if count == 1
        else np.linspace(0.2, 0.8, count) + rng.normal(0, 0.06, count)
    )
    top = rng.uniform(-0.12, 0.25, count) * np.minimum(height, 1.2)
    boxes = np.stack([x - width / 2, top, x + width / 2, top + height], 1)
    return boxes[rng.permutation(count)], 20, 0.3, 0.08, False


def _huddle(rng: np.random.Generator, aspect: float):
    """Two to six figures that touch and hide one another by a third to three quarters."""
    count = int(rng.integers(2, 7))
    height = rng.uniform(0.45, 1.0) * rng.uniform(0.75, 1.1, count)
    step = height.mean() * rng.uniform(0.12, 0.34) / max(aspect, 0.3)
    x = 0.5 + rng.normal(0, 0.1) + step * (np.arange(count) - (count - 1) / 2)
    feet = rng.uniform(0.85, 1.1) + rng.normal(0, 0.04, count)
    width = height / max(aspect, 0.3)
    boxes = np.stack([x - width / 2, feet - height, x + width / 2, feet], 1)
    return boxes[rng.permutation(count)], 12, 0.25, 0.25, True


def _spread(boxes: np.ndarray) -> np.ndarray:
    """Pushes figures sideways, away from larger ones, until none covers more than about 0.8."""
    for _ in range(4):
        for i in range(1, len(boxes)):
            for j in range(i):
                overlap = min(boxes[i, 2], boxes[j, 2]) - max(boxes[i, 0], boxes[j, 0])
                width = min(boxes[i, 2] - boxes[i, 0], boxes[j, 2] - boxes[j, 0])
                lower = min(boxes[i, 3], boxes[j, 3]) - max(boxes[i, 1], boxes[j, 1])
                if overlap > 0.7 * width and lower > 0:
                    step = (overlap - 0.4 * width) * np.sign(boxes[i, 0] - boxes[j, 0] or 1)
                    boxes[i, [0, 2]] += step
    return boxes


_LAYOUTS = {
    "people": _people,
    "regular": _regular,
    "partition": _partition,
    "crowd": _crowd,
    "close-up": _close_up,
    "huddle": _huddle,
}
