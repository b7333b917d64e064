"""Optical flow between two frames of a figure, from what is known about its parts.

A pixel moves as the triangle of its part's points in which it lies. Light is no motion: a shadow
that wanders over a part has the part's flow.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import Delaunay, KDTree, QhullError

from . import raster
from .labels import Drawing
from .model import Figure
from .motion import PartMotion, part_motions
from .shapes import Placement


@dataclass(frozen=True, eq=False)
class Flow:
    """Where the pixels of one frame are in another.

    Attributes:
        vectors: float32 [H,W,2], pixels (x, y) to add; 0 where nothing is known.
        valid: bool [H,W], the pixel's part is in both frames and what the pixel shows is seen in
            the second: the part there is the same.
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
    parts = drawings[0].table.part[drawings[0].ids]
    vectors = np.zeros((*parts.shape, 2), np.float32)
    known = np.zeros(parts.shape, bool)
    motions = part_motions(*figures, place)
    order = np.argsort(parts, axis=None, kind="stable")
    edges = np.searchsorted(parts.reshape(-1)[order], np.arange(len(drawings[0].table.parts) + 1))
    for number, name in enumerate(drawings[0].table.parts):
        pixels = order[edges[number] : edges[number + 1]]
        if len(pixels) and name in motions:
            vectors.reshape(-1, 2)[pixels] = _move(motions[name], pixels, parts.shape)
            known.reshape(-1)[pixels] = True
    return Flow(vectors, known & _seen(drawings, parts, vectors))


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


def _move(motion: PartMotion, pixels: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Displacements [N,2] of pixels (flat indices) of a part."""
    y, x = np.divmod(pixels, shape[1])
    points = np.stack([x, y], 1) + 0.5
    shift = motion.last - motion.first
    out = np.full(points.shape, np.nan)
    inside = _covered(motion.outline, x, y)
    if inside.any():
        try:
            surface = LinearNDInterpolator(Delaunay(motion.first), shift)
            out[inside] = surface(points[inside])
        except QhullError:  # all points on a line
            pass
    beside = np.isnan(out[:, 0])
    if beside.any():
        out[beside] = _beside(motion, points[beside])
    return out


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
    fill = raster.Fill(((outline - corner).astype(np.float32),), None, 1)
    return raster.label([fill], size)[y - corner[1], x - corner[0]] > 0


def _seen(drawings: tuple[Drawing, Drawing], parts: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Where the second frame has the same part at the pixel's new place."""
    height, width = parts.shape
    y, x = np.mgrid[:height, :width]
    to_x = np.floor(x + 0.5 + vectors[..., 0]).astype(int)
    to_y = np.floor(y + 0.5 + vectors[..., 1]).astype(int)
    inside = (to_x >= 0) & (to_x < width) & (to_y >= 0) & (to_y < height)
    names = {name: number for number, name in enumerate(drawings[1].table.parts)}
    same = np.array([names.get(name, -2) for name in drawings[0].table.parts] + [-2])
    there = drawings[1].table.part[drawings[1].ids]
    found = there[to_y.clip(0, height - 1), to_x.clip(0, width - 1)]
    return inside & (found == same[parts])


def _size(drawing: Drawing) -> str:
    return f"{drawing.ids.shape[1]} x {drawing.ids.shape[0]}"
