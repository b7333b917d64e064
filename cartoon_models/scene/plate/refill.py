"""The plate of a scene that is there, filled: all of it, or only what a camera shows."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from ...picture import as_tensor
from ...progress import Progress
from ..camera import Camera
from ..data import Layer, LayeredScene
from ..geometry import Size, homographies
from ..reveal import frame_coverage, missing_pixels, reveal_mask
from .filling import fill_background

log = logging.getLogger("celkit")

# So many times the plate's shorter side around a hole are not looked at to fill it: an outline that
# a mask missed would be smeared over it.
_GUARD = 1 / 400

_ENOUGH = 320  # rows or columns that show well enough where a camera looks

FillHole = Callable[[Tensor, Tensor], Tensor]
"""Fills the hole (bool ``[Hp, Wp]``) of a plate's colours (float32 ``[Hp, Wp, 3]``)."""


@dataclass(frozen=True, eq=False)
class Refilled:
    """A scene with its plate filled.

    Attributes:
        scene: the scene; of its plate only pixels that nothing was known of have changed.
        hole: bool ``[Hp, Wp]``: the pixels that were filled.
        coverage: float64 ``[n]``: the share of frames along the path that shows nothing unfilled
            now, measured at some of their pixels; None without a camera.
    """

    scene: LayeredScene
    hole: Tensor
    coverage: Tensor | None = None


def fill_scene(
    scene: LayeredScene,
    camera: Camera | None = None,
    *,
    method: str = "auto",
    fill: FillHole | None = None,
    seed: int = 0,
    size: Size | None = None,
    progress: Progress | None = None,
) -> Refilled:
    """Fill what is unknown of the plate; what the picture shows stays as it is, bit for bit.

    Args:
        camera: only what it shows is filled; everything by default.
        method: see `filling.fill_background`.
        fill: something else that fills, in place of the method.
        seed: chance in the filling.
        size: ``(H, W)`` of the frames; the picture's by default.
        progress: called with (done, total).

    Raises:
        ValueError: a method that is not known.
    """
    hole = to_fill(scene, camera, size)
    if hole.any():
        colors = plate_colors(scene)
        filled = (
            _filled(scene, colors, hole, method, seed, progress)
            if fill is None
            else fill(colors, hole)
        )
        if filled is not None:
            scene = with_filled(scene, filled, hole)
    coverage = None
    if camera is not None:
        frame = size or scene.size
        step = _step(frame)
        sampled = (max(1, frame[0] // step), max(1, frame[1] // step))
        coverage = frame_coverage(scene, apart(scene, camera, 2.0 * step), sampled)
    return Refilled(scene, hole, coverage)


def to_fill(scene: LayeredScene, camera: Camera | None, size: Size | None = None) -> Tensor:
    """The pixels of the plate that are to be filled for a camera: bool ``[Hp, Wp]``.

    Without a camera that is everything unknown. With one it is a little more than
    `reveal.reveal_mask` says, which takes far longer: what a smaller copy of the scene shows.
    """
    missing = missing_pixels(scene) > 0
    if camera is None or not missing.any():
        return torch.from_numpy(missing)
    step = _step(scene.plate.rgba.shape)
    small = smaller(scene, step)
    frame = size or scene.size
    frame = (-(-frame[0] // step), -(-frame[1] // step))
    if step > 1:
        camera = apart(small, camera, 1.0)
    shown = reveal_mask(small, camera, frame).mask.numpy()
    shown = cv2.dilate(shown, np.ones((3, 3), np.uint8)) if step > 1 else shown
    shown = shown.repeat(step, 0).repeat(step, 1)
    left, top = (
        own - small_own * step
        for own, small_own in zip(scene.plate.offset, small.plate.offset, strict=True)
    )
    shown = shown[top : top + missing.shape[0], left : left + missing.shape[1]]
    return torch.from_numpy(missing & (shown > 0))


def smaller(scene: LayeredScene, step: int) -> LayeredScene:
    """The shapes of a scene in as many times fewer rows and columns, without its colours.

    A pixel is opaque where all are that it stands for, so that no more is hidden, and no more is
    there, than in the scene itself.
    """
    if step == 1:
        return scene
    height, width = scene.size
    return dataclasses.replace(
        scene,
        plate=_smaller(scene.plate, step, edge=True),
        layers=tuple(_smaller(layer, step, edge=False) for layer in scene.layers),
        size=(-(-height // step), -(-width // step)),
    )


def apart(scene: LayeredScene, camera: Camera, pixels: float) -> Camera:
    """The frames of a camera between which some corner of a layer moves by that much; the first and
    the last one too."""
    points = []
    for layer in scene.painted:
        x1, y1, x2, y2 = layer.box
        points.append([[x1, y1, 1], [x2, y1, 1], [x1, y2, 1], [x2, y2, 1]])
    corners = torch.tensor(points, dtype=torch.float64)  # [L, 4, 3]
    seen = torch.einsum("flij,lkj->flki", homographies(scene, camera), corners)
    places = (seen[..., :2] / seen[..., 2:].clamp(min=1e-3)).flatten(1)
    kept = [0]
    for number in range(1, len(camera)):
        if float((places[number] - places[kept[-1]]).abs().max()) > pixels:
            kept.append(number)
    return camera.frames(sorted({*kept, len(camera) - 1}))


def _smaller(layer: Layer, step: int, edge: bool) -> Layer:
    x1, y1, x2, y2 = layer.box
    corner = (x1 // step, y1 // step)
    right, below = -x2 % step, -y2 % step
    around = ((y1 - corner[1] * step, below), (x1 - corner[0] * step, right))
    mode = "edge" if edge else "constant"

    def blocks(values: Tensor, mode: str) -> np.ndarray:
        whole = np.pad(values.cpu().numpy(), around, mode=mode)
        rows, columns = (side // step for side in whole.shape)
        return whole.reshape(rows, step, columns, step)

    alpha = blocks(layer.rgba[..., 3], mode).min(axis=(1, 3))
    rgba = np.zeros((*alpha.shape, 4), np.float32)
    rgba[..., 3] = alpha
    relief = layer.relief
    if relief is not None:
        relief = torch.from_numpy(blocks(relief, "edge").mean(axis=(1, 3), dtype=np.float32))
    return dataclasses.replace(layer, rgba=torch.from_numpy(rgba), offset=corner, relief=relief)


def _step(shape: tuple[int, ...]) -> int:
    """How many rows and columns one stands for where it need not be exact."""
    return max(1, round(max(shape[:2]) / _ENOUGH))


def plate_colors(scene: LayeredScene) -> Tensor:
    """The plate's colours, float32 ``[Hp, Wp, 3]``, not premultiplied; black where unknown."""
    rgba = scene.plate.rgba.cpu()
    return (rgba[..., :3] / rgba[..., 3:].clamp(min=1e-6)).clamp(0, 1)


def with_filled(scene: LayeredScene, colors: Tensor | np.ndarray, hole: Tensor) -> LayeredScene:
    """The scene with these colours ``[Hp, Wp, 3]`` in the hole, bool ``[Hp, Wp]``, of its plate.

    Raises:
        ValueError: colours of another size than the plate's.
    """
    old = scene.plate.rgba
    colors = as_tensor(colors).to(old)
    if colors.shape[:2] != old.shape[:2]:
        (height, width), (own_height, own_width) = colors.shape[:2], old.shape[:2]
        raise ValueError(
            f"The filled plate is {width} x {height}, but the scene's is {own_width} x "
            f"{own_height}."
        )
    solid = torch.cat([colors, torch.ones_like(colors[..., :1])], dim=2)
    rgba = torch.where(hole.to(old.device)[..., None], solid, old)
    return dataclasses.replace(scene, plate=dataclasses.replace(scene.plate, rgba=rgba))


def holes(scene: LayeredScene, hole: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """What of the plate is not to be looked at to fill a hole, and what to fill: bool ``[Hp, Wp]``.

    Both are a little larger than what is unknown, if that leaves anything to look at.
    """
    unknown = (scene.plate.rgba[..., 3].cpu() < 0.5).numpy()
    guard = max(1, round(min(unknown.shape) * _GUARD))
    around = np.ones((2 * guard + 1,) * 2, np.uint8)
    gone = cv2.dilate(unknown.astype(np.uint8), around) > 0
    if gone.all():
        return unknown, hole.numpy()
    return gone, cv2.dilate(hole.numpy().astype(np.uint8), around) > 0


def _filled(
    scene: LayeredScene,
    colors: Tensor,
    hole: Tensor,
    method: str,
    seed: int,
    progress: Progress | None,
) -> Tensor | None:
    gone, wanted = holes(scene, hole)
    if gone.all():
        log.warning(
            "The layers cover the whole picture, so there is no background to fill the plate from; "
            "give a plate picture, or what lies behind them stays empty."
        )
        return None
    return fill_background(
        colors, gone, method=method, reveal=wanted, seed=seed, progress=progress
    ).picture
