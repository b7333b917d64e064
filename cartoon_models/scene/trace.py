"""From pixels of the picture to those of a frame and back, for layers with relief too.

One frame at a time, in numpy: `across` ``[3, 3]`` and `along` ``[3]`` are its A and b of
`geometry.views`.
"""

from __future__ import annotations

import cv2
import numpy as np

from .data import Layer, LayeredScene
from .geometry import Size, plane_row

Part = tuple[tuple[slice, slice], np.ndarray]
"""Rows and columns of a grid, and what lies there."""

_CLOSE = 1e-4  # pixels; a search that moves less is at its end
_STEPS = 8  # of the search for a relief's point, at most
_EXACT = 0.002  # pixels that it may be off
_FAR = -1e6  # a point in no layer


def homography(
    scene: LayeredScene, layer: Layer, across: np.ndarray, along: np.ndarray
) -> np.ndarray:
    """``[3, 3]`` from pixels of the picture to those of the frame, for the layer's plane."""
    return across + np.outer(along, plane_row(layer.plane, scene.size).numpy())


def index_to_picture(layer: Layer) -> np.ndarray:
    """``[3, 3]`` from indices of the layer's pixels, which are at their middles, to the picture."""
    x, y = layer.offset
    return np.array([[1, 0, x + 0.5], [0, 1, y + 0.5], [0, 0, 1]], dtype=np.float64)


def sees(matrix: np.ndarray, columns: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
    """A homography's three values at the points of a grid, float32 ``[rows, columns]`` each."""
    return [
        (row[0] * columns).astype(np.float32) + (row[1] * rows + row[2]).astype(np.float32)[:, None]
        for row in matrix
    ]


def resolved(
    layer: Layer, start: list[np.ndarray], pull: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which points of the picture a layer shows: x and y, float32 ``[h, w]`` each, far off where it
    is behind the camera.

    A point x of relief r lies at p in the frame if ``l p = H x + b r``, so ``x = l u - r v`` with
    ``u = H^-1 p`` and ``v = H^-1 b``; as x ends in 1, ``l = (1 + r v3) / u3``. The relief is looked
    up where it was found last.

    Args:
        start: u, three of float32 ``[h, w]``.
        pull: v, ``[3]``.
    """
    seen = start[2] > 0
    third = np.where(seen, start[2], np.float32(1))
    u, v = start[0] / third, start[1] / third
    x, y = u, v
    if layer.relief is not None:
        relief = layer.relief.cpu().numpy()
        left, top = np.float32(layer.offset[0] + 0.5), np.float32(layer.offset[1] + 0.5)
        pull = pull.astype(np.float32)
        for _ in range(_STEPS):
            there = cv2.remap(
                relief, x - left, y - top, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            scale = 1 + there * pull[2]
            last = x, y
            x, y = u * scale - there * pull[0], v * scale - there * pull[1]
            moved = max(float(np.abs(x - last[0]).max()), float(np.abs(y - last[1]).max()))
            if moved < _EXACT:
                break
    return np.where(seen, x, np.float32(_FAR)), np.where(seen, y, np.float32(_FAR))


def looks_at(
    scene: LayeredScene,
    layer: Layer,
    across: np.ndarray,
    along: np.ndarray,
    columns: np.ndarray,
    rows: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Which points of the picture a frame shows at a grid of its points: x and y, ``[h, w]``."""
    inverse = np.linalg.inv(homography(scene, layer, across, along))
    return resolved(layer, sees(inverse, columns, rows), inverse @ along)


def sampled(values: np.ndarray, layer: Layer, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Values of a layer's pixels, uint8 ``[h, w]``, at points of the picture, linearly
    interpolated, 0 beyond."""
    left, top = np.float32(layer.offset[0] + 0.5), np.float32(layer.offset[1] + 0.5)
    return cv2.remap(values, x - left, y - top, cv2.INTER_LINEAR)


def box_seen(
    scene: LayeredScene,
    layer: Layer,
    reliefs: tuple[float, float],
    across: np.ndarray,
    along: np.ndarray,
) -> np.ndarray | None:
    """``x1 y1 x2 y2`` in the frame that a layer of such reliefs lies in. None if a part of it is
    behind the camera."""
    x1, y1, x2, y2 = layer.box
    corners = np.array([[x1, y1, 1], [x2, y1, 1], [x1, y2, 1], [x2, y2, 1]], dtype=np.float64)
    seen = corners @ homography(scene, layer, across, along).T
    low, high = reliefs
    seen = np.concatenate([seen + along * low, seen + along * high])
    if not (seen[:, 2] > 0).all():
        return None
    seen = seen[:, :2] / seen[:, 2:]
    return np.concatenate([seen.min(axis=0), seen.max(axis=0)])


def box_shown(
    scene: LayeredScene,
    layer: Layer,
    reliefs: tuple[float, float],
    box: np.ndarray,
    across: np.ndarray,
    along: np.ndarray,
) -> np.ndarray | None:
    """The reverse: ``x1 y1 x2 y2`` of the picture in which what a box of the frame shows of a layer
    lies. None if the layer goes behind the camera there."""
    x1, y1, x2, y2 = box
    inverse = np.linalg.inv(homography(scene, layer, across, along))
    corners = np.array([[x1, y1, 1], [x2, y1, 1], [x1, y2, 1], [x2, y2, 1]], dtype=np.float64)
    start, pull = corners @ inverse.T, inverse @ along
    if not (start[:, 2] > 0).all():
        return None
    found = []
    for relief in reliefs:
        scale = (1 + relief * pull[2]) / start[:, 2:]
        found.append(start[:, :2] * scale - relief * pull[:2])
    found = np.concatenate(found)
    return np.concatenate([found.min(axis=0), found.max(axis=0)])


def in_box(
    matrix: np.ndarray, x: np.ndarray, y: np.ndarray, box: tuple[float, float, float, float]
) -> np.ndarray:
    """Whether a homography takes the points of a grid, ``[rows, columns]``, into a box and before
    the camera: each side of the box is a half-plane of the grid, which ends each row somewhere."""
    u, v, w = matrix
    low, high = np.full(len(y), -np.inf), np.full(len(y), np.inf)
    for side in (w, u - box[0] * w, box[2] * w - u, v - box[1] * w, box[3] * w - v):
        rest = side[1] * y + side[2]
        if side[0] == 0:
            low[rest < 0] = np.inf
        elif side[0] > 0:
            low = np.maximum(low, -rest / side[0])
        else:
            high = np.minimum(high, -rest / side[0])
    return (x >= low[:, None]) & (x <= high[:, None])


def relief_range(layer: Layer) -> tuple[float, float]:
    """The lowest and the highest of its relief."""
    if layer.relief is None:
        return 0.0, 0.0
    low, high = layer.relief.aminmax()
    return float(low), float(high)


def relief_at(layer: Layer, points: np.ndarray) -> np.ndarray:
    """The relief ``[N]`` at points ``[N, 2]`` of the picture, linearly interpolated; beyond the
    layer its edge's."""
    relief = layer.relief.cpu().numpy().astype(np.float64)
    last = np.array(relief.shape[::-1]) - 1
    at = np.clip(points - layer.offset - 0.5, 0, last)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, last)
    x, y = (at - low).T
    top = relief[low[:, 1], low[:, 0]] * (1 - x) + relief[low[:, 1], high[:, 0]] * x
    bottom = relief[high[:, 1], low[:, 0]] * (1 - x) + relief[high[:, 1], high[:, 0]] * x
    return top * (1 - y) + bottom * y


def drawn(
    scene: LayeredScene,
    layer: Layer,
    values: np.ndarray,
    across: np.ndarray,
    along: np.ndarray,
    size: Size,
) -> Part | None:
    """Values of the layer's pixels, uint8 ``[h, w]``, in the frame of that size, linearly
    interpolated; beyond the part that is given they are 0."""
    if layer.relief is None:
        to_frame = homography(scene, layer, across, along) @ index_to_picture(layer)
        to_index = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]]) @ to_frame
        return warped(values, to_index, size)
    box = clipped(box_seen(scene, layer, relief_range(layer), across, along), size)
    if box is None:
        return None
    x1, y1, x2, y2 = box
    grid = np.arange(x1, x2) + 0.5, np.arange(y1, y2) + 0.5
    at = looks_at(scene, layer, across, along, *grid)
    return (slice(y1, y2), slice(x1, x2)), sampled(values, layer, *at)


def clipped(box: np.ndarray | None, size: Size, grown: int = 1) -> tuple[int, int, int, int] | None:
    """A box as whole pixels of a grid; the whole grid for none, None for one without pixels."""
    if box is None:
        return 0, 0, size[1], size[0]
    x1, y1 = (int(side) for side in np.clip(np.floor(box[:2]) - grown, 0, size[::-1]))
    x2, y2 = (int(side) for side in np.clip(np.ceil(box[2:]) + grown, 0, size[::-1]))
    return (x1, y1, x2, y2) if x2 > x1 and y2 > y1 else None


def warped(values: np.ndarray, matrix: np.ndarray, size: Size) -> Part | None:
    """Values ``[h, w]`` moved by a homography of pixel indices to a grid of that size; of what is
    partly behind the camera nothing."""
    height, width = values.shape
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]])
    seen = (corners - (0.5, 0.5, 0)) @ matrix.T
    if not (seen[:, 2] > 0).all():
        return None
    seen = seen[:, :2] / seen[:, 2:]
    box = clipped(np.concatenate([seen.min(axis=0), seen.max(axis=0)]), size)
    if box is None:
        return None
    x1, y1, x2, y2 = box
    here = np.array([[1, 0, -x1], [0, 1, -y1], [0, 0, 1]], dtype=np.float64) @ matrix
    part = slice(y1, y2), slice(x1, x2)
    return part, cv2.warpPerspective(values, here, (x2 - x1, y2 - y1))
