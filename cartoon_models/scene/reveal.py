"""What of the plate a camera shows, and whether everything it shows is there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from ..progress import Progress
from .camera import Camera
from .data import Layer, LayeredScene
from .geometry import Size, views
from .trace import (
    backward,
    box_in_frame,
    centers,
    drawn,
    forward,
    homography,
    index_to_picture,
    sampled,
    warped,
)

REACH = 2
"""Pixels that a bicubic sample reads on each side of where it looks."""

_OPAQUE = 254.5 / 255  # from here on nothing shines through
_KNOWN = 0.5  # alpha of the plate from which on something is there
_ROUNDING = 1e-6  # pixels


@dataclass(frozen=True, eq=False)
class Reveal:
    """What a camera shows of the plate.

    Attributes:
        mask: float32 ``[Hp, Wp]`` on the plate's pixels, 1 = some frame shows it, or a bicubic
            sample next to it reads it. Only what is 1 here needs to be filled.
        coverage: float64 ``[F]``, the share of each frame's pixels that show nothing unfilled.
    """

    mask: Tensor
    coverage: Tensor


def reveal_mask(
    scene: LayeredScene,
    camera: Camera,
    size: Size | None = None,
    progress: Progress | None = None,
) -> Reveal:
    """The pixels of the plate that any frame shows, and how much of each frame is there.

    Unfilled is what lies outside the plate and where its alpha is below 0.5, except for pixels that
    the picture itself shows so: a picture with transparent parts keeps them. A layer hides the
    plate where it is opaque. A pixel of a frame counts as covered if the plate reaches to all its
    corners, or an opaque layer lies before it.

    Args:
        size: ``(H, W)`` of the frames; the picture's by default.
        progress: called with frames done and frames in all.
    """
    frame = size or scene.size
    seen = [_np(part) for part in views(scene, camera, frame)]
    opaque = [_bytes(_alpha(layer) >= _OPAQUE) for layer in scene.layers]
    missing = missing_pixels(scene)
    shown = np.zeros(scene.plate.rgba.shape[:2], dtype=bool)
    coverage = []
    for done, (across, along) in enumerate(zip(*seen, strict=True), 1):
        shown |= _shown(scene, opaque, across, along, frame)
        coverage.append(_covered(scene, opaque, missing, across, along, frame))
        if progress is not None:
            progress(done, len(camera))
    around = np.ones((2 * REACH + 1, 2 * REACH + 1), dtype=np.uint8)
    mask = cv2.dilate(shown.astype(np.uint8), around)
    return Reveal(
        torch.from_numpy(mask.astype(np.float32)), torch.tensor(coverage, dtype=torch.float64)
    )


def frame_coverage(
    scene: LayeredScene, camera: Camera, size: Size | None = None, missing: np.ndarray | None = None
) -> Tensor:
    """`Reveal.coverage` alone.

    Args:
        missing: what `missing_pixels` gives, for those who have it.
    """
    frame = size or scene.size
    opaque = [_bytes(_alpha(layer) >= _OPAQUE) for layer in scene.layers]
    missing = missing_pixels(scene) if missing is None else missing
    found = [
        _covered(scene, opaque, missing, _np(across), _np(along), frame)
        for across, along in zip(*views(scene, camera, frame), strict=True)
    ]
    return torch.tensor(found, dtype=torch.float64)


def newly_shown(scene: LayeredScene, camera: Camera) -> Tensor:
    """How many pixels of the plate each frame shows that layers hide in the picture: int64 ``[F]``.

    Each counts as much as it takes of the plate, not of the frame.
    """
    opaque = [_bytes(_alpha(layer) >= _OPAQUE) for layer in scene.layers]
    still = views(scene, Camera.still(scene.focal))
    at_first = _shown(scene, opaque, _np(still[0][0]), _np(still[1][0]), scene.size)
    left, top = scene.plate.offset
    at_first[: max(0, -top)] = at_first[:, : max(0, -left)] = True  # the margin hides nothing
    at_first[scene.size[0] - top :] = at_first[:, scene.size[1] - left :] = True
    found = [
        np.count_nonzero(_shown(scene, opaque, _np(across), _np(along), scene.size) & ~at_first)
        for across, along in zip(*views(scene, camera), strict=True)
    ]
    return torch.tensor(found)


def missing_pixels(scene: LayeredScene) -> np.ndarray:
    """Pixels of the plate, uint8 ``[Hp, Wp]``, 255 where nothing is and the picture does not show
    that it is so."""
    unknown = _alpha(scene.plate) < _KNOWN
    if not unknown.any():
        return _bytes(unknown)
    hidden = np.zeros_like(unknown)
    left, top = scene.plate.offset
    for layer in scene.layers:
        x, y = layer.offset[0] - left, layer.offset[1] - top
        alpha = _alpha(layer)[max(0, -y) :, max(0, -x) :]
        part = hidden[max(0, y) :, max(0, x) :][: alpha.shape[0], : alpha.shape[1]]
        part |= alpha[: part.shape[0], : part.shape[1]] >= _OPAQUE
    height, width = scene.size
    in_picture = np.zeros_like(unknown)
    in_picture[-top : height - top, -left : width - left] = True
    return _bytes(unknown & (hidden | ~in_picture))


def inside_plate(plate: Layer, matrix: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether points of a frame, their x and y to be broadcast, look at the plate; `matrix` takes
    pixels of the picture to the frame. For a flat plate: five half-planes of the frame."""
    inverse = np.linalg.inv(matrix)
    inverse = inverse / np.abs(inverse).max()
    left, top, right, bottom = plate.box
    u, v, w = inverse
    left, top = left - _ROUNDING, top - _ROUNDING
    right, bottom = right + _ROUNDING, bottom + _ROUNDING
    inside = w[0] * x + w[1] * y + w[2] > 0
    for side in (u - left * w, right * w - u, v - top * w, bottom * w - v):
        inside = inside & (side[0] * x + side[1] * y + side[2] >= 0)
    return inside


def _covered(
    scene: LayeredScene,
    opaque: list[np.ndarray],
    missing: np.ndarray,
    across: np.ndarray,
    along: np.ndarray,
    frame: Size,
) -> float:
    """The share of a frame's pixels that show nothing unfilled."""
    empty = ~_reached(scene, across, along, frame)
    if missing.any():
        empty |= drawn(scene, scene.plate, missing, across, along, frame) > 0
    if empty.any():
        for layer, values in zip(scene.layers, opaque, strict=True):
            empty &= drawn(scene, layer, values, across, along, frame) < 255
    return 1.0 - np.count_nonzero(empty) / empty.size


def _reached(scene: LayeredScene, across: np.ndarray, along: np.ndarray, frame: Size) -> np.ndarray:
    """Pixels of a frame ``[H, W]`` to all whose corners the plate reaches."""
    height, width = frame
    if scene.plate.relief is None:
        matrix = homography(scene, scene.plate, across, along)
        edges = np.array([0.0, width]), np.array([[0.0], [height]])
        if inside_plate(scene.plate, matrix, *edges).all():
            return np.ones(frame, dtype=bool)
        columns, rows = np.arange(width + 1.0), np.arange(height + 1.0)[:, None]
        corners = inside_plate(scene.plate, matrix, columns, rows)
    else:
        points = centers((height + 1, width + 1)) - 0.5
        found, third = backward(scene, scene.plate, across, along, points)
        left, top, right, bottom = scene.plate.box
        slack = 1e-3  # of the search
        corners = (third > 0) & (found[..., 0] >= left - slack) & (found[..., 0] <= right + slack)
        corners &= (found[..., 1] >= top - slack) & (found[..., 1] <= bottom + slack)
    return corners[1:, 1:] & corners[1:, :-1] & corners[:-1, 1:] & corners[:-1, :-1]


def _shown(
    scene: LayeredScene,
    opaque: list[np.ndarray],
    across: np.ndarray,
    along: np.ndarray,
    frame: Size,
) -> np.ndarray:
    """Pixels of the plate ``[Hp, Wp]`` that one frame shows."""
    plate = scene.plate
    shape = plate.rgba.shape[:2]
    x, y = plate.offset
    to_frame = homography(scene, plate, across, along) @ index_to_picture(plate)
    points = None
    if plate.relief is None:
        columns, rows = np.arange(shape[1], dtype=np.float64), np.arange(shape[0])[:, None]
        shown = _in_frame(to_frame, columns, rows, frame)
    else:
        points, third = forward(scene, plate, across, along, centers(shape) + np.array((x, y)))
        shown = (third > 0) & _between(points, np.array((-1, -1)), np.array(frame[::-1]) + 1)
    for layer, values in zip(scene.layers, opaque, strict=True):
        if points is None and layer.relief is None:
            to_layer = homography(scene, layer, across, along) @ index_to_picture(layer)
            shown &= warped(values, np.linalg.inv(to_frame) @ to_layer, shape) < 255
            continue
        if points is None:
            grid = centers(shape) - 0.5
            seen = grid @ to_frame[:, :2].T + to_frame[:, 2]
            points = seen[..., :2] / np.where(seen[..., 2:] > 0, seen[..., 2:], np.nan)
        near = shown
        if layer.relief is None:  # only what lies behind its box can be hidden by it
            low, high = box_in_frame(scene, layer, across, along)
            near = shown & _between(points, low - 1, high + 1)
        there = np.nan_to_num(points[near], nan=-1e6)
        if not len(there):
            continue
        found, third = backward(scene, layer, across, along, there)
        at = np.where(third[..., None] > 0, found, -1e6) - layer.offset - 0.5
        shown[near] = sampled(values, at) < 255
    return shown


def _between(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether points ``[..., 2]`` lie in a box."""
    x, y = points[..., 0], points[..., 1]
    return (x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1])


def _in_frame(matrix: np.ndarray, x: np.ndarray, y: np.ndarray, frame: Size) -> np.ndarray:
    """Whether points come to lie in the frame or less than a pixel off it."""
    u, v, w = matrix / np.abs(matrix).max()
    sides = (u + w, (frame[1] + 1) * w - u, v + w, (frame[0] + 1) * w - v)
    inside = w[0] * x + w[1] * y + w[2] > 0
    for side in sides:
        inside = inside & (side[0] * x + side[1] * y + side[2] >= 0)
    return inside


def _alpha(layer: Layer) -> np.ndarray:
    return layer.rgba[..., 3].cpu().numpy()


def _bytes(mask: np.ndarray) -> np.ndarray:
    return mask.astype(np.uint8) * 255


def _np(tensor: Tensor) -> np.ndarray:
    return tensor.numpy()
