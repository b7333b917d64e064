"""Where the points of a scene lie in the frames of a camera.

A pixel x (homogeneous, on the picture) of disparity d is at ``K^-1 x / d`` in space. Scaled by d,
which a pixel's position does not notice, frame f sees it at ``K' (R K^-1 x + t d)``, ``t = -R c``
for a camera at c; that holds for d = 0 too. On a plane d is linear in x, so the whole map is one
homography (Hartley and Zisserman, Multiple View Geometry, section 13.1).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .camera import Camera
from .data import Layer, LayeredScene, Plane

Size = tuple[int, int]


def lens(size: Size, focals: Tensor, shifts: Tensor | None = None, scale: float = 1.0) -> Tensor:
    """From directions to pixels: float64 ``[F, 3, 3]``.

    Args:
        size: ``(H, W)`` of the picture.
        focals: float64 ``[F]`` in widths of the picture.
        shifts: float64 ``[F, 2]`` in widths of the picture; none by default.
        scale: pixels of the frame per pixel of the picture.
    """
    height, width = size
    result = torch.zeros(len(focals), 3, 3, dtype=torch.float64)
    result[:, 0, 0] = result[:, 1, 1] = focals * width * scale
    result[:, 0, 2], result[:, 1, 2], result[:, 2, 2] = width / 2 * scale, height / 2 * scale, 1
    if shifts is not None:
        result[:, :2, 2] += shifts * width * scale
    return result


def views(scene: LayeredScene, camera: Camera, size: Size | None = None) -> tuple[Tensor, Tensor]:
    """What pixels of the picture become in each frame: ``A x + b d`` for disparity d.

    Args:
        size: ``(H, W)`` of the frames; the picture's by default. The frame's width shows what the
            picture's width would; another shape shows more or less above and below.

    Returns:
        A float64 ``[F, 3, 3]`` and b float64 ``[F, 3]``, for pixels ``(x, y, 1)``; the result is
        homogeneous too. Its third value is below or at 0 for what lies behind the camera.
    """
    frame = size or scene.size
    scale = frame[1] / scene.size[1]
    outward = lens(scene.size, camera.focals, camera.shifts, scale)
    outward[:, 1, 2] += frame[0] / 2 - scene.size[0] / 2 * scale  # the middle stays the middle
    inward = torch.linalg.inv(lens(scene.size, torch.tensor([scene.focal], dtype=torch.float64)))
    turned = outward @ camera.rotations
    return turned @ inward, -(turned @ camera.positions[:, :, None])[..., 0]


def plane_row(plane: Plane, size: Size) -> Tensor:
    """The plane as float64 ``[3]``: its product with ``(x, y, 1)`` is the disparity at a pixel."""
    at_center, slope_x, slope_y = plane
    height, width = size
    row = torch.tensor([slope_x / width, slope_y / width, at_center], dtype=torch.float64)
    row[2] -= row[0] * width / 2 + row[1] * height / 2
    return row


def homographies(
    scene: LayeredScene,
    camera: Camera,
    layers: Sequence[Layer] | None = None,
    size: Size | None = None,
) -> Tensor:
    """From pixels of the picture to those of the frames, for the planes of layers.

    Args:
        layers: those meant; all that are painted by default, the plate first.
        size: ``(H, W)`` of the frames; the picture's by default.

    Returns:
        float64 ``[F, L, 3, 3]``.
    """
    layers = scene.painted if layers is None else layers
    across, along = views(scene, camera, size)
    rows = torch.stack([plane_row(layer.plane, scene.size) for layer in layers])
    return across[:, None] + along[:, None, :, None] * rows[None, :, None, :]


def disparity_at(plane: Plane, size: Size, points: Tensor) -> Tensor:
    """The plane's disparity at pixels ``[..., 2]`` (x, y) of the picture: ``[...]``."""
    row = plane_row(plane, size).to(points)
    return points @ row[:2] + row[2]
