"""Made-up places with what stands in them.

A place is drawn from known geometry: level ground seen by a camera, figures that stand on it, and
upright edges (trunks, posts, corners of houses, door frames) each with the row of its foot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from cartoon_models.instances import Instances

KINDS = ("park", "street", "room", "close-up")
SIZE = (400, 640)


@dataclass(frozen=True, eq=False)
class Place:
    """A picture, its figures, and what of the truth counts.

    Attributes:
        picture: float32 ``[H, W, 3]``.
        instances: its figures.
        uprights: ``[U, 3]``: column, upper row, lower row of edges of what stands on the ground.
        feet: ``[N]`` bool: figures whose feet are on the ground and seen.
        kind: one of `KINDS`.
    """

    picture: np.ndarray
    instances: Instances
    uprights: np.ndarray
    feet: np.ndarray
    kind: str


def places(count: int, seed: int = 0, kinds: Sequence[str] = KINDS) -> Iterator[Place]:
    """So many places of each of the kinds."""
    for kind in kinds:
        for number in range(count):
            yield _DRAWN[kind](np.random.default_rng((seed, KINDS.index(kind), number)))


class _Drawing:
    """A picture that is being painted from back to front on known ground."""

    def __init__(self, rng: np.random.Generator, horizon: float, eye: float) -> None:
        self.rng, self.horizon, self.eye = rng, horizon, eye
        self.picture = np.zeros((*SIZE, 3), np.float32)
        self.uprights: list[tuple[int, int, int]] = []
        self.masks: list[np.ndarray] = []
        self.feet: list[int] = []

    def row(self, near: float) -> int:
        """Where the ground is as near as that: figures' heights in picture heights."""
        return round((self.horizon + self.eye * near) * SIZE[0])

    def band(self, top: int, upper, lower) -> None:
        """Everything from a row down, in a gradient."""
        height = SIZE[0] - top
        if height > 0:
            share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
            self.picture[top:] = (1 - share) * np.float32(upper) + share * np.float32(lower)

    def blobs(self, count: int, top: int, bottom: int, color, radius: tuple[int, int]) -> None:
        """Clouds, patches of grass, leaves: ellipses of nearly a colour."""
        for _ in range(count):
            at = int(self.rng.integers(SIZE[1])), int(self.rng.integers(top, max(bottom, top + 1)))
            size = int(self.rng.integers(*radius))
            shade = np.clip(np.float32(color) + self.rng.normal(0, 0.04), 0, 1)
            cv2.ellipse(
                self.picture, at, (size, max(size // 3, 1)), 0, 0, 360, shade.tolist(), -1, 16
            )

    def block(self, left: int, right: int, top: int, foot: int, color, *, ink: bool = True) -> None:
        """Something upright with two edges, whose truth is kept."""
        left, right = max(left, 0), min(right, SIZE[1])
        top, low = max(top, 0), min(foot, SIZE[0])
        if right - left < 2 or low - top < 2:
            return
        self.picture[top:low, left:right] = np.float32(color)
        for mask in self.masks:
            mask[top:low, left:right] = 0
        if ink:
            cv2.rectangle(self.picture, (left, top), (right - 1, low - 1), (0.1, 0.08, 0.1), 1)
        for column in (left, right - 1):
            if 0 < column < SIZE[1] - 1 and foot <= SIZE[0]:
                self.uprights.append((column, top, low))

    def tree(self, near: float) -> None:
        """A trunk with a crown of leaves."""
        foot, tall = self.row(near), near * self.rng.uniform(1.2, 2.2) * SIZE[0]
        x, width = int(self.rng.integers(20, SIZE[1] - 20)), max(round(0.09 * tall), 4)
        top = round(foot - tall)
        self.block(x - width // 2, x + width // 2, top + round(0.4 * tall), foot, (0.42, 0.28, 0.2))
        middle = np.array([x, top + 0.25 * tall])
        for _ in range(120):
            at = middle + self.rng.normal(0, 0.14 * tall, 2) * (1.2, 1)
            shade = np.float32((0.25, 0.55, 0.3)) + self.rng.normal(0, 0.06)
            size = max(round(0.05 * tall), 2), max(round(0.025 * tall), 1)
            turn = float(self.rng.uniform(0, 180))
            leaf = tuple(int(value) for value in at), size, turn, 0, 360
            cv2.ellipse(self.picture, *leaf, shade.clip(0, 1).tolist(), -1, 16)
            for mask in self.masks:
                cv2.ellipse(mask, *leaf, 0, -1)

    def figure(self, near: float, tall: float | None = None) -> None:
        """A figure on the ground, with its mask."""
        foot = self.row(near)
        tall = (near * self.rng.normal(1, 0.08) if tall is None else tall) * SIZE[0]
        x, half = int(self.rng.integers(60, SIZE[1] - 60)), max(0.16 * tall, 5)
        mask = np.zeros(SIZE, np.uint8)
        top = foot - tall
        body = np.float32([[x - half, foot], [x - 0.6 * half, top + 0.3 * tall]])
        outline = np.vstack([body, [[x + 0.6 * half, body[1, 1]], [x + half, foot]]])
        cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
        head = (x, round(top + 0.16 * tall)), round(0.16 * tall)
        cv2.circle(mask, *head, 1, -1)
        mask[max(foot, 0) :] = 0
        if mask.sum() < 80:
            return
        inner = cv2.erode(mask, np.ones((3, 3), np.uint8))
        self.picture[mask > 0] = (0.08, 0.06, 0.1)
        self.picture[inner > 0] = self.rng.uniform(0.3, 1, 3).astype(np.float32)
        for other in self.masks:
            other[mask > 0] = 0
        self.masks.append(mask)
        self.feet.append(foot)

    def done(self, kind: str) -> Place:
        kept = [index for index, mask in enumerate(self.masks) if mask.sum() >= 80]
        masks = np.stack([self.masks[index] for index in kept]).astype(np.float32)
        seen = [int(np.flatnonzero(self.masks[index].any(axis=1))[-1]) + 1 for index in kept]
        feet = [
            row <= SIZE[0] - 4 and abs(row - self.feet[index]) <= 1
            for row, index in zip(seen, kept, strict=True)
        ]
        return Place(
            self.picture,
            Instances.from_masks(torch.from_numpy(masks)),
            np.array(self.uprights, int).reshape(-1, 3),
            np.array(feet, bool),
            kind,
        )


def _park(rng: np.random.Generator) -> Place:
    made = _Drawing(rng, rng.uniform(0.25, 0.5), rng.uniform(0.6, 1.1))
    made.band(0, (0.45, 0.7, 0.92), (0.8, 0.92, 1.0))
    edge = made.row(rng.uniform(0.02, 0.12))
    made.blobs(6, 0, edge // 2, (1, 1, 1), (30, 90))
    made.blobs(5, edge - 10, edge + 10, (0.5, 0.66, 0.52), (80, 200))
    made.band(edge, (0.62, 0.8, 0.45), (0.4, 0.68, 0.3))
    made.blobs(25, edge, SIZE[0], (0.45, 0.7, 0.34), (10, 50))
    return _peopled(made, "park", made.tree, 0.12)


def _street(rng: np.random.Generator) -> Place:
    made = _Drawing(rng, rng.uniform(0.3, 0.5), rng.uniform(0.6, 1.1))
    made.band(0, (0.6, 0.75, 0.9), (0.9, 0.9, 0.95))
    edge, left = made.row(rng.uniform(0.1, 0.2)), 0
    while left < SIZE[1]:  # houses in a row
        right = left + int(rng.integers(60, 150))
        top = int(rng.uniform(0.05, 0.3) * SIZE[0])
        made.block(left, right, top, edge, rng.uniform(0.45, 0.95, 3))
        for x in range(left + 10, right - 20, 24):
            made.block(x, x + 12, top + 15, min(top + 35, edge), (0.3, 0.4, 0.55))
        left = right
    made.band(edge, (0.62, 0.62, 0.64), (0.5, 0.5, 0.52))

    def post(near: float) -> None:
        x, foot = int(rng.integers(15, SIZE[1] - 15)), made.row(near)
        half = max(round(0.012 * near * SIZE[0]), 2)
        made.block(x - half, x + half, round(foot - 2 * near * SIZE[0]), foot, (0.25, 0.25, 0.3))

    return _peopled(made, "street", post, 0.2)


def _room(rng: np.random.Generator) -> Place:
    made = _Drawing(rng, rng.uniform(0.3, 0.5), rng.uniform(0.6, 1.0))
    wall = rng.uniform(0.6, 0.95, 3)
    made.band(0, wall, wall * 0.95)
    edge = made.row(rng.uniform(0.2, 0.32))
    for _ in range(4):  # doors, cupboards and pictures at the wall
        x, width = int(rng.integers(0, SIZE[1] - 60)), int(rng.integers(40, 90))
        top = int(edge - rng.uniform(0.3, 0.45) * SIZE[0])
        made.block(x, x + width, top, edge - int(rng.choice([0, 40])), rng.uniform(0.3, 0.8, 3))
    floor = rng.uniform(0.4, 0.7, 3)
    made.band(edge, floor, floor * 0.9)

    def lamp(near: float) -> None:
        x, foot = int(rng.integers(15, SIZE[1] - 15)), made.row(near)
        half = max(round(0.02 * near * SIZE[0]), 2)
        made.block(x - half, x + half, round(foot - near * SIZE[0]), foot, rng.uniform(0.2, 0.5, 3))

    return _peopled(made, "room", lamp, 0.32)


def _close_up(rng: np.random.Generator) -> Place:
    """A figure that the frame cuts off below, before a wall or houses; no ground is seen."""
    made = _Drawing(rng, 0.4, 1.0)
    wall = rng.uniform(0.5, 0.95, 3)
    made.band(0, wall, wall * 0.9)
    for _ in range(5):
        x, width = int(rng.integers(0, SIZE[1] - 60)), int(rng.integers(30, 140))
        made.block(x, x + width, int(rng.integers(0, 160)), SIZE[0], rng.uniform(0.3, 0.9, 3))
    for _ in range(int(rng.integers(1, 3))):
        made.figure(1.4, tall=rng.uniform(1.3, 1.7))
    return made.done("close-up")


def _peopled(made: _Drawing, kind: str, upright, farthest: float) -> Place:
    """Uprights and figures on the ground before the farthest, the farthest first."""
    rng = made.rng
    things = [(near, False) for near in rng.uniform(farthest, 0.5, int(rng.integers(3, 6)))]
    things += [(near, True) for near in rng.uniform(farthest, 0.55, int(rng.integers(2, 5)))]
    things.append((float(rng.uniform(0.3, 0.5)), True))
    for near, is_figure in sorted(things):
        made.figure(near) if is_figure else upright(near)
    return made.done(kind)


_DRAWN = {"park": _park, "street": _street, "room": _room, "close-up": _close_up}
