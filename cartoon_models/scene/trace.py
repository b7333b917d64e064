"""From pixels of the picture to those of a frame and back, for layers with relief too.

All in numpy and float64, one frame at a time: `across` and `along` are A and b of
`geometry.views`.
"""

from __future__ import annotations

import cv2
import numpy as np

from .data import Layer, LayeredScene
from .geometry import plane_row

_CLOSE = 1e-4  # pixels; a search that moves less is at its end
_STEPS = 12  # of the search; each takes the error times the slope of the shift, which is below 1


def homography(scene: LayeredScene, layer: Layer, across: np.ndarray, along: np.ndarray):
    """``[3, 3]`` from pixels of the picture to those of the frame, for the layer's plane."""
    return across + np.outer(along, plane_row(layer.plane, scene.size).numpy())


def index_to_picture(layer: Layer) -> np.ndarray:
    """``[3, 3]`` from indices of the layer's pixels, which are at their middles, to the picture."""
    x, y = layer.offset
    return np.array([[1, 0, x + 0.5], [0, 1, y + 0.5], [0, 0, 1]], dtype=np.float64)


def mapped(matrix: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points ``[..., 2]`` under a homography and their third value ``[...]``, which is not above 0
    for what lies behind the camera; such points are infinite."""
    seen = points @ matrix[:, :2].T + matrix[:, 2]
    return _divided(seen)


def forward(
    scene: LayeredScene,
    layer: Layer,
    across: np.ndarray,
    along: np.ndarray,
    points: np.ndarray,
    relief: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Where points ``[..., 2]`` of the layer lie in the frame, and their third value.

    Args:
        relief: of the points; looked up by default.
    """
    seen = points @ homography(scene, layer, across, along)[:, :2].T
    seen += homography(scene, layer, across, along)[:, 2]
    if layer.relief is not None:
        relief = relief_at(layer, points) if relief is None else relief
        seen += along * relief[..., None]
    return _divided(seen)


def backward(
    scene: LayeredScene,
    layer: Layer,
    across: np.ndarray,
    along: np.ndarray,
    points: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Which points of the picture are seen at points ``[..., 2]`` of the frame, and their third
    value. With relief that is a search from the plane on: what is looked up at the point found last
    says where to look next."""
    inverse = np.linalg.inv(homography(scene, layer, across, along))
    start = points @ inverse[:, :2].T + inverse[:, 2]
    found, third = _divided(start)
    if layer.relief is None:
        return found, third
    # H x + b r ~ p gives x ~ H^-1 p - (H^-1 b) r w for the x whose third value is 1.
    pull = inverse @ along
    for _ in range(_STEPS):
        relief = relief_at(layer, found)[..., None]
        # w: what scales H^-1 p so that x, with the relief's part taken off, ends in 1
        scale = (1 + pull[2] * relief) / np.where(start[..., 2:] == 0, np.nan, start[..., 2:])
        before, found = found, np.nan_to_num((start * scale - pull * relief)[..., :2], nan=np.inf)
        with np.errstate(invalid="ignore"):
            moved = np.nanmax(np.abs(found - before), initial=0.0, where=np.isfinite(found))
        if moved < _CLOSE:
            break
    return found, third


def relief_at(layer: Layer, points: np.ndarray) -> np.ndarray:
    """The relief ``[...]`` at points ``[..., 2]`` of the picture; beyond the layer its edge's.

    OpenCV's table has 32 steps from pixel to pixel; a relief, which folds nowhere, differs by far
    less than a thousandth of a pixel's shift between two of them.
    """
    relief = layer.relief.cpu().numpy()
    at = points.reshape(-1, 2) - (np.array(layer.offset) + 0.5)
    with np.errstate(invalid="ignore"):
        at = np.clip(np.nan_to_num(at), 0, np.array(relief.shape[::-1]) - 1.0)
    return sampled(relief, at).reshape(points.shape[:-1]).astype(np.float64)


def sampled(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values ``[h, w]`` at indices ``[N, 2]`` (x, y), linearly interpolated, 0 outside: ``[N]``."""
    columns = 4096  # OpenCV has no result of more than 32767 rows or columns
    padded = np.full((-(-len(at) // columns) * columns, 2), -1e6, np.float32)
    padded[: len(at)] = np.clip(np.nan_to_num(at, posinf=-1e6, neginf=-1e6), -1e6, 1e6)
    found = cv2.remap(values, padded.reshape(-1, columns, 2), None, cv2.INTER_LINEAR)
    return found.reshape(-1)[: len(at)]


def box_in_frame(
    scene: LayeredScene, layer: Layer, across: np.ndarray, along: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The least and the largest x and y in the frame of a layer's plane; infinite if some of it is
    behind the camera."""
    x1, y1, x2, y2 = layer.box
    corners = np.array([[x1, y1], [x2, y1], [x1, y2], [x2, y2]], dtype=np.float64)
    seen, third = mapped(homography(scene, layer, across, along), corners)
    if not (third > 0).all():
        return np.full(2, -np.inf), np.full(2, np.inf)
    return seen.min(0), seen.max(0)


def drawn(
    scene: LayeredScene,
    layer: Layer,
    values: np.ndarray,
    across: np.ndarray,
    along: np.ndarray,
    size: tuple[int, int],
) -> np.ndarray:
    """Values of the layer's pixels, uint8 ``[h, w]``, in the frame of that size, linearly
    interpolated, 0 where the layer is not."""
    if layer.relief is None:
        to_frame = homography(scene, layer, across, along) @ index_to_picture(layer)
        to_index = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]]) @ to_frame
        return warped(values, to_index, size)
    points = centers(size)
    found, third = backward(scene, layer, across, along, points)
    return _remapped(values, np.where(third[..., None] > 0, found, -1e6) - layer.offset - 0.5)


def warped(values: np.ndarray, matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Values ``[h, w]`` moved by a homography of pixel indices to a grid of that size; 0 where it
    is behind the camera or nothing is."""
    height, width = values.shape
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], dtype=np.float64) - 0.5
    seen, third = mapped(matrix, corners)
    if not (third > 0).all():
        return np.zeros(size, dtype=values.dtype)
    x1, y1 = np.clip(np.floor(seen.min(0)) - 1, 0, size[::-1]).astype(int)
    x2, y2 = np.clip(np.ceil(seen.max(0)) + 2, 0, size[::-1]).astype(int)
    result = np.zeros(size, dtype=values.dtype)
    if x2 > x1 and y2 > y1:
        here = np.array([[1, 0, -x1], [0, 1, -y1], [0, 0, 1]], dtype=np.float64) @ matrix
        cut = cv2.warpPerspective(values, here, (int(x2 - x1), int(y2 - y1)))
        result[y1:y2, x1:x2] = cut
    return result


def centers(size: tuple[int, int]) -> np.ndarray:
    """The middles of the pixels of a frame: float64 ``[H, W, 2]``."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    return np.stack([columns + 0.5, rows + 0.5], axis=-1)


def _divided(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    third = seen[..., 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        points = np.where(third[..., None] > 0, seen[..., :2] / third[..., None], np.inf)
    return points, third


def _remapped(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    at = np.clip(np.nan_to_num(at, posinf=-1e6, neginf=-1e6), -1e6, 1e6).astype(np.float32)
    return cv2.remap(values, at, None, cv2.INTER_LINEAR)
