"""Which part of a layer each frame shows, and where its pixels come from.

A layer is drawn backwards: for every pixel of a frame the place in the layer is computed that is
seen there. With `geometry`'s terms, pixel p of a frame looks at x where ``l p = H x + b r``: H is
the homography of the layer's plane, r the relief at x. Hence ``x = l u - r v`` with
``u = H^-1 p``, ``v = H^-1 b``, and as x ends in 1, ``l = (1 + r v[2]) / u[2]``: closed but for r,
which is looked up at the last x, a few times (fixed-point iteration).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..camera import Camera
from ..data import Layer, LayeredScene
from ..geometry import Size, disparity_at, homographies, views
from .lens_blur import disc_diameter

_NEAREST = (
    1e-6  # times the distance at which a point was seen: nearer to the camera it is not drawn
)
_EXACT = 0.02  # pixels of the picture that the lookup of a relief may be off
_MOST_STEPS = 8
_BAND = 128


@dataclass(frozen=True, eq=False)
class Shots:
    """Each of L layers in each of F frames; numpy arrays, float64 where not said otherwise.

    Attributes:
        inverse: ``[F, L, 3, 3]``, H^-1: from pixels of the frame to those of the picture.
        along: ``[F, L, 3]``, v: what one unit of relief takes from that.
        boxes: int ``[F, L, 4]``, ``x1 y1 x2 y2`` in the frame, end-exclusive; all of the layer that
            is seen lies in it. Empty where nothing is.
        scale: ``[F, L]``, pixels of the frame per pixel of the picture, in the layer's middle.
        discs: ``[F, L, 3]``, diameters of the blur of what is off the focus, in pixels of the
            frame: in the layer's middle, the least of it and the most.
        lens: ``[F, L, 3]``, u, s and n: what is at disparity d along the frame's camera has a disc
            of ``abs(u d - s)`` pixels; about the layer's middle d is n times that of the picture.
            Zeros without a focus.
        behind: bool ``[F, L]``, whether a part lies behind the camera and must be left out.
        steps: int ``[F, L]``, how often the relief is looked up; 0 where it makes no difference.
        reach: ``[F, L]``, how far the relief moves pixels, at most, in pixels of the picture.
    """

    inverse: np.ndarray
    along: np.ndarray
    boxes: np.ndarray
    scale: np.ndarray
    discs: np.ndarray
    lens: np.ndarray
    behind: np.ndarray
    steps: np.ndarray
    reach: np.ndarray


@dataclass(frozen=True, eq=False)
class Outline:
    """What has to be known of a layer's pixels to know where it is seen.

    Attributes:
        middle: ``(x, y)`` in the picture: where its alpha has its centre of gravity.
        relief: lowest, highest and steepest (per pixel) disparity of its relief; zeros without.
    """

    middle: tuple[float, float]
    relief: tuple[float, float, float]


def outline(layer: Layer) -> Outline:
    """Look at a layer once for all frames."""
    height, width = layer.rgba.shape[:2]
    columns, rows = _sums(layer.rgba[..., 3])
    total = float(rows.sum())
    middle = (width / 2, height / 2)
    if total > 0:
        ys = torch.arange(height, dtype=torch.float64) + 0.5
        xs = torch.arange(width, dtype=torch.float64) + 0.5
        middle = (float(columns @ xs) / total, float(rows @ ys) / total)
    relief = (0.0, 0.0, 0.0)
    if layer.relief is not None:
        low, high = (float(value) for value in layer.relief.aminmax())
        steepest = 0.0
        for axis in (0, 1):
            if layer.relief.shape[axis] > 1:
                steepest = max(steepest, float(layer.relief.diff(dim=axis).abs().max()))
        relief = (min(low, 0.0), max(high, 0.0), steepest)
    return Outline((layer.offset[0] + middle[0], layer.offset[1] + middle[1]), relief)


def _sums(alpha: Tensor) -> tuple[Tensor, Tensor]:
    """Of each column and each row: float64 on the CPU."""
    # Bands of rows stay in a processor's cache between the two sums; a GPU wants few, large calls.
    bands = alpha.split(_BAND) if alpha.device.type == "cpu" else [alpha]
    columns, rows = torch.zeros(alpha.shape[1], device=alpha.device), []
    for band in bands:
        band = band.contiguous()
        columns += band.sum(dim=0)
        rows.append(band.sum(dim=1))
    columns, rows = torch.cat([columns, *rows]).cpu().double().split(alpha.shape[::-1])
    return columns, rows


def shots(
    scene: LayeredScene,
    camera: Camera,
    outlines: Sequence[Outline],
    size: Size,
    depth_of_field: bool = True,
) -> Shots:
    """Where all painted layers of a scene are in all frames of a camera.

    Args:
        outlines: of `LayeredScene.painted`, in that order.
        size: ``(H, W)`` of the frames.
        depth_of_field: whether what is off the camera's focus is blurred.
    """
    layers = scene.painted
    forward = homographies(scene, camera, layers, size)
    across, offset = views(scene, camera, size)
    inverse, exists = _inverses(forward)
    along = (inverse @ offset[:, None, :, None])[..., 0]
    middles = torch.tensor([[*each.middle, 1.0] for each in outlines], dtype=torch.float64)
    steepness = (forward @ middles[None, :, :, None])[..., 2, 0]
    in_front = steepness > _NEAREST
    depth_scale = torch.where(in_front, steepness, torch.ones_like(steepness))
    scale = (torch.linalg.det(forward).abs() / depth_scale.abs() ** 3).sqrt()
    seen = torch.stack(
        [
            disparity_at(layer.plane, scene.size, each[:2])
            for layer, each in zip(layers, middles, strict=True)
        ]
    )
    placed, disparities = _ends(scene, across, offset, outlines)
    discs, lens = torch.zeros(2, *scale.shape, 3, dtype=torch.float64)
    if depth_of_field and camera.focus is not None:
        near = placed[..., 2] > _NEAREST
        ends = torch.where(near, disparities / placed[..., 2], (seen / depth_scale)[..., None])
        ends = torch.cat([(seen / depth_scale)[..., None], ends], dim=-1)
        off = ends - camera.focus[:, None, None]
        found = disc_diameter(off, camera.aperture[:, None, None], size[1])
        least = torch.where((off > 0).any(-1) & (off < 0).any(-1), 0, found.amin(-1))
        most = found.amax(-1).clamp(max=size[1])  # wider is only what the camera is about to pass
        discs = torch.stack([found[..., 0], least.minimum(most), most], dim=-1)
        unit = (camera.aperture * size[1])[:, None].expand_as(depth_scale)
        lens = torch.stack([unit, unit * camera.focus[:, None], 1 / depth_scale], dim=-1)
    boxes, behind, visible = _boxes(placed, size, discs.amax(dim=-1))
    boxes[~(visible & exists)] = 0
    span = torch.tensor([each.relief[1] - each.relief[0] for each in outlines])
    steepest = torch.tensor([each.relief[2] for each in outlines], dtype=torch.float64)
    # A unit of relief moves x by l v, less what keeps its last value 1: linear in x, so the most
    # at a corner.
    corners = torch.stack([_corners(layer) for layer in layers])
    moved = along[:, :, None] - corners * along[:, :, None, 2:]
    speed = moved[..., :2].norm(dim=-1).amax(dim=-1)
    return Shots(
        inverse.numpy(),
        along.numpy(),
        boxes.numpy(),
        torch.where(in_front, scale, torch.ones_like(scale)).numpy(),
        discs.numpy(),
        lens.numpy(),
        behind.numpy(),
        _steps(speed * span, speed * steepest).numpy(),
        (speed * span).numpy(),
    )


def _corners(layer: Layer) -> Tensor:
    """``[4, 3]``: (x, y, 1) of the corners of its box."""
    x1, y1, x2, y2 = layer.box
    return torch.tensor([[x1, y1, 1], [x2, y1, 1], [x1, y2, 1], [x2, y2, 1]], dtype=torch.float64)


def _inverses(forward: Tensor) -> tuple[Tensor, Tensor]:
    """Inverses, and which there are: a plane that is seen from its edge is not seen."""
    # Pixels reach into the thousands, so a determinant says nothing as long as it is not scaled.
    size = forward.abs().amax(dim=(-1, -2))
    exists = torch.linalg.det(forward / size[..., None, None]).abs() > 1e-15
    identity = torch.eye(3, dtype=torch.float64).expand_as(forward)
    return torch.linalg.inv(torch.where(exists[..., None, None], forward, identity)), exists


def _ends(
    scene: LayeredScene, across: Tensor, offset: Tensor, outlines: Sequence[Outline]
) -> tuple[Tensor, Tensor]:
    """The corners of each layer, where its relief is lowest and where it is highest: their places
    in the frames ``[F, L, 8, 3]``, homogeneous, and their disparities ``[L, 8]``."""
    corners, disparities = [], []
    for layer, each in zip(scene.painted, outlines, strict=True):
        points = _corners(layer)
        flat = disparity_at(layer.plane, scene.size, points[:, :2])
        corners.append(torch.cat([points, points]))
        disparities.append(torch.cat([flat + each.relief[0], flat + each.relief[1]]))
    disparities = torch.stack(disparities)
    placed = torch.einsum("fij,lkj->flki", across, torch.stack(corners))
    return placed + offset[:, None, None, :] * disparities[None, :, :, None], disparities


def _boxes(placed: Tensor, size: Size, grown: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes int64 ``[F, L, 4]``; whether a part is behind the camera; whether any is before it."""
    near = placed[..., 2] > _NEAREST
    behind, visible = ~near.all(dim=-1), near.any(dim=-1)
    flat = placed[..., :2] / placed[..., 2:].clamp(min=_NEAREST)
    limit = torch.tensor([size[1], size[0]], dtype=torch.float64)
    grown = grown[..., None] + 1
    low = (flat.amin(dim=2) - grown).floor().clamp(min=0).minimum(limit)
    high = (flat.amax(dim=2) + grown).ceil().clamp(min=0).minimum(limit)
    boxes = torch.cat([low, high], dim=-1).long()
    # A layer that reaches behind the camera is seen as far as the frame goes.
    boxes[behind & visible] = torch.tensor([0, 0, size[1], size[0]])
    return boxes, behind, visible


def _steps(reach: Tensor, contraction: Tensor) -> Tensor:
    """How many lookups bring an error of `reach` pixels under the bound, each shrinking it."""
    contraction = contraction.clamp(1e-3, 0.9)
    wanted = 1 + (torch.log(_EXACT / reach.clamp(min=_EXACT)) / torch.log(contraction)).ceil()
    return torch.where(reach > _EXACT, wanted.clamp(1, _MOST_STEPS), 0).long()
