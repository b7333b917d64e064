"""Optical flow between two frames of a figure, from what is known about its parts.

A pixel moves as the triangle of its part's points in which it lies. Light is no motion: a shadow
that wanders over a part has the part's flow.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.spatial import Delaunay, KDTree, QhullError

from . import raster
from .fills import Fill
from .labels import Drawing
from .model import Figure
from .motion import PartMotion, part_motions
from .shapes import Placement

# Going there and back may end this far from the beginning: in pixels, and of the way.
CLOSED = 1.0, 0.03


@dataclass(frozen=True, eq=False)
class Flow:
    """Where the pixels of one frame are in another.

    Attributes:
        vectors: float32 [H,W,2], pixels (x, y) to add; 0 where nothing is known.
        valid: bool [H,W], what the pixel shows is seen in the second frame: its part is what is
            there, seen from the same side, and the way back leads to the pixel.
    """

    vectors: np.ndarray
    valid: np.ndarray


def optical_flow(
    figures: tuple[Figure, Figure], drawings: tuple[Drawing, Drawing], place: Placement
) -> Flow:
    """The flow from the first frame to the second.

    Args:
        figures: the two poses; parts of one name with as many points move, others are not known.
        drawings: the same, drawn on one frame.
        place: figure units to pixels, as both were drawn.

    Raises:
        ValueError: the drawings' sizes differ.
    """
    if drawings[0].ids.shape != drawings[1].ids.shape:
        raise ValueError(
            f"two frames of {_size(drawings[0])} and {_size(drawings[1])} pixels are not of one "
            "clip: draw them on the same frame"
        )
    vectors, known = _moves(part_motions(*figures, place), drawings[0])
    backward, known_backward = _moves(part_motions(*figures[::-1], place), drawings[1])
    height, width = known.shape
    y, x = np.mgrid[:height, :width]
    to_x = np.floor(x + 0.5 + vectors[..., 0]).astype(int)
    to_y = np.floor(y + 0.5 + vectors[..., 1]).astype(int)
    inside = (to_x >= 0) & (to_x < width) & (to_y >= 0) & (to_y < height)
    there = to_y.clip(0, height - 1), to_x.clip(0, width - 1)
    error = np.linalg.norm(vectors + backward[there], axis=-1)
    closed = error <= CLOSED[0] + CLOSED[1] * np.linalg.norm(vectors, axis=-1)
    same = _same_part(drawings, there)
    return Flow(vectors, known & known_backward[there] & inside & closed & same)


def color_wheel(flow: Flow, reach: float | None = None) -> np.ndarray:
    """A picture of a flow, uint8 [H,W,3]: hue is the direction, strength the length as a share of
    `reach` pixels (the longest one when None); grey where it is not valid."""
    length = np.linalg.norm(flow.vectors, axis=-1)
    reach = reach or max(float(length[flow.valid].max(initial=0)), 1e-6)
    angle = np.arctan2(flow.vectors[..., 1], flow.vectors[..., 0])
    hsv = np.stack(
        [
            (angle / (2 * np.pi) % 1) * 180 % 180,
            (length / reach).clip(0, 1) * 255,
            np.full(length.shape, 255.0),
        ],
        -1,
    ).astype(np.uint8)
    picture = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    picture[~flow.valid] = 110
    return picture


def _moves(motions: dict[str, PartMotion], drawing: Drawing) -> tuple[np.ndarray, np.ndarray]:
    """Displacements float32 [H,W,2] of a drawing's pixels, and for which they are known."""
    parts = drawing.table.part[drawing.ids]
    vectors = np.zeros((parts.size, 2), np.float32)
    known = np.zeros(parts.size, bool)
    order = np.argsort(parts, axis=None, kind="stable")
    edges = np.searchsorted(parts.reshape(-1)[order], np.arange(len(drawing.table.parts) + 1))
    for number, name in enumerate(drawing.table.parts):
        pixels = order[edges[number] : edges[number + 1]]
        if len(pixels) and name in motions:
            vectors[pixels], known[pixels] = _move(motions[name], pixels, parts.shape)
    return vectors.reshape(*parts.shape, 2), known.reshape(parts.shape)


def _move(
    motion: PartMotion, pixels: np.ndarray, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Displacements [N,2] of pixels (flat indices) of a part, and which are seen from the same
    side: where a part turns its back, its points go around the other way."""
    y, x = np.divmod(pixels, shape[1])
    points = np.stack([x, y], 1) + 0.5
    out = np.full(points.shape, np.nan)
    facing = np.ones(len(points), bool)
    inside = _covered(motion.outline, x, y)
    if inside.any():
        out[inside], facing[inside] = _on_surface(motion, points[inside])
    beside = np.isnan(out[:, 0])
    if beside.any():
        out[beside] = _beside(motion, points[beside])
    return out, facing


def _on_surface(motion: PartMotion, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Displacements, linear in each triangle of the part's points, and whether the triangle keeps
    its side; NaN where there is none."""
    shift = motion.last - motion.first
    try:
        surface = Delaunay(motion.first)
    except QhullError:  # all points on a line
        return np.full(points.shape, np.nan), np.ones(len(points), bool)
    corners = surface.simplices
    number = surface.find_simplex(points)
    affine = surface.transform[number]
    share = np.einsum("nij,nj->ni", affine[:, :2], points - affine[:, 2])
    share = np.concatenate([share, 1 - share.sum(1, keepdims=True)], 1)
    out = np.einsum("nk,nkc->nc", share, shift[corners[number]])
    out[number < 0] = np.nan
    turned = _area(motion.first[corners]) * _area(motion.last[corners]) < 0
    return out, ~turned[number]


def _area(triangles: np.ndarray) -> np.ndarray:
    """Twice the area [T] of triangles [T,3,2], negative when their corners go the other way."""
    a, b = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _beside(motion: PartMotion, points: np.ndarray) -> np.ndarray:
    """Displacements of points on the outline's ink: they go, and turn, with the nearest of it."""
    first, last = motion.first[: motion.ring], motion.last[: motion.ring]
    nearest = KDTree(first).query(points)[1]
    turn = _direction(last) * np.conj(_direction(first))
    turn /= np.maximum(np.abs(turn), 1e-9)
    turn[np.abs(turn) < 0.5] = 1  # no direction where points coincide
    offset = points - first[nearest]
    turned = (offset[:, 0] + 1j * offset[:, 1]) * turn[nearest]
    there = last[nearest] + np.stack([turned.real, turned.imag], 1)
    return there - points


def _direction(ring: np.ndarray) -> np.ndarray:
    along = np.roll(ring, -1, 0) - np.roll(ring, 1, 0)
    return along[:, 0] + 1j * along[:, 1]


def _covered(outline: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which pixels have their middle inside an outline."""
    corner = np.array([x.min(), y.min()])
    size = int(y.max() - corner[1] + 1), int(x.max() - corner[0] + 1)
    fill = Fill(((outline - corner).astype(np.float32),), None, 1)
    return raster.label([fill], size)[y - corner[1], x - corner[0]] > 0


def _same_part(drawings: tuple[Drawing, Drawing], there: tuple[np.ndarray, np.ndarray]):
    """Where the second frame has the same part at the place that the first one's pixels go to."""
    names = {name: number for number, name in enumerate(drawings[1].table.parts)}
    same = np.array([names.get(name, -2) for name in drawings[0].table.parts] + [-2])
    found = drawings[1].table.part[drawings[1].ids]
    return found[there] == same[drawings[0].table.part[drawings[0].ids]]


def _size(drawing: Drawing) -> str:
    return f"{drawing.ids.shape[1]} x {drawing.ids.shape[0]}"
