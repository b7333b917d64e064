"""Edges that must not come into the frame: the plate's, and where the picture cuts a layer.

A character that the picture's border cuts has no more to show: moved into the frame its cut edge is
a straight line. So it limits the moves of a camera as the plate's end does.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from .data import Layer, LayeredScene
from .geometry import Size, plane_row
from .trace import relief_at

SIDES = ("left", "top", "right", "bottom")

_VISIBLE = 0.1  # alpha from which on an edge is seen
_ROUNDING = 1e-6  # pixels


@dataclass(frozen=True, eq=False)
class Edge:
    """A straight piece of a layer's end, in pixels of the picture.

    Attributes:
        layer: whose.
        side: "left", "top", "right" or "bottom": where it ends there.
        points: float64 ``[N, 2]`` along it; two, or with relief one for each pixel.
        relief: float64 ``[N]``, or None.
    """

    layer: Layer
    side: str
    points: np.ndarray
    relief: np.ndarray | None

    def __str__(self) -> str:
        return f"the {self.side} edge of {self.layer.name}"

    def thinned(self, step: int) -> Edge:
        """With one of so many points, and the last."""
        count = len(self.points)
        if count == 2:
            return self
        kept = np.unique(np.append(np.arange(0, count, step), count - 1))
        return dataclasses.replace(self, points=self.points[kept], relief=self.relief[kept])


def plate_edges(scene: LayeredScene) -> list[Edge]:
    """The four ends of the plate."""
    return [
        _edge(scene.plate, side, scene.plate.box[side], *_span(scene.plate.box, side))
        for side in range(4)
    ]


def cut_edges(scene: LayeredScene) -> list[Edge]:
    """Where layers before the plate are cut at the picture's border, or beyond it at their own.

    An edge counts from the first to the last of its visible pixels, also where a nearer layer hides
    it.
    """
    height, width = scene.size
    edges = []
    for layer in scene.layers:
        alpha = layer.rgba[..., 3].cpu().numpy() >= _VISIBLE
        for side in range(4):
            border = (0, 0, width, height)[side]
            ends = {border, layer.box[side]}
            for at in sorted(ends):
                if (at - border) * (-1 if side < 2 else 1) >= 0:
                    edges.extend(_cut(layer, alpha, side, at))
    return edges


def enters(
    scene: LayeredScene, edge: Edge, across: np.ndarray, along: np.ndarray, frame: Size
) -> bool:
    """Whether an edge comes into a frame, by more than a rounding error, or behind the camera.

    Args:
        across, along: A ``[F, 3, 3]`` and b ``[F, 3]`` of `geometry.views`, of all frames.
    """
    row = plane_row(edge.layer.plane, scene.size).numpy()
    points = np.concatenate([edge.points, np.ones((len(edge.points), 1))], axis=-1)
    seen = points @ (across + along[:, :, None] * row).swapaxes(1, 2)
    if edge.relief is not None:
        seen += along[:, None] * edge.relief[:, None]
    if not (seen[..., 2] > 0).all():
        return True
    seen = seen[..., :2] / seen[..., 2:]
    # Of each piece, first + t step with t from 0 to 1, which t lie in the frame: Liang and Barsky.
    first, step = seen[:, :-1], np.diff(seen, axis=1)
    low, high = np.zeros(first.shape[:2]), np.ones(first.shape[:2])
    for axis, side in enumerate(frame[::-1]):
        near, far = _ROUNDING - first[..., axis], side - _ROUNDING - first[..., axis]
        level = step[..., axis] == 0
        crossings = np.stack([near, far]) / np.where(level, 1, step[..., axis])
        outside = level & ((near >= 0) | (far <= 0))
        low = np.maximum(low, np.where(level, outside * 2, crossings.min(0)))
        high = np.minimum(high, np.where(level, 1, crossings.max(0)))
    return bool((low < high).any())


def _cut(layer: Layer, alpha: np.ndarray, side: int, at: int) -> list[Edge]:
    """The edge at a line of the picture, if the layer shows something this side of it and nothing
    beyond."""
    grid = alpha if side % 2 else alpha.T  # the lines along the edge are its rows
    start = layer.offset[side % 2]
    within = at - start if side < 2 else at - start - 1
    beyond = within + (-1 if side < 2 else 1)
    if not 0 <= within < len(grid):
        return []
    ends = grid[within].copy()
    if 0 <= beyond < len(grid):
        ends &= ~grid[beyond]
    found = np.flatnonzero(ends)
    if len(found) == 0:
        return []
    first = layer.offset[1 - side % 2]
    return [_edge(layer, side, at, first + found[0], first + found[-1] + 1)]


def _edge(layer: Layer, side: int, at: int, first: int, last: int) -> Edge:
    flat = layer.relief is None
    places = np.array([first, last]) if flat else np.arange(first, last + 1)
    columns = [np.full(len(places), at), places]
    points = np.stack(columns if side % 2 == 0 else columns[::-1], axis=-1).astype(np.float64)
    return Edge(layer, SIDES[side], points, None if flat else relief_at(layer, points))


def _span(box: tuple[int, int, int, int], side: int) -> tuple[int, int]:
    return (box[1], box[3]) if side % 2 == 0 else (box[0], box[2])
