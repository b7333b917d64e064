"""What of the plate a camera shows, and whether everything it shows is there."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
import torch
from torch import Tensor

from ..progress import Progress
from .camera import Camera
from .data import Layer, LayeredScene
from .geometry import Size, views
from .outline import Edge, enters, plate_edges
from .render.lens_blur import blur_level
from .render.warp import outline, shots
from .trace import (
    Part,
    box_seen,
    box_shown,
    clipped,
    drawn,
    homography,
    in_box,
    index_to_picture,
    looks_at,
    relief_range,
    resolved,
    sampled,
    sees,
    warped,
)

REACH = 2
"""Pixels that a bicubic sample reads on each side of where it looks."""

_SEEN = 2 / 255  # more than this has to shine through layers for what is behind to be seen
_THREADS = min(4, os.cpu_count() or 1)
_KNOWN = 0.5  # alpha of the plate from which on something is there
_ROUNDING = 1e-6  # pixels
_SEARCHED = 0.002  # pixels that a search on a relief may be off


@dataclass(frozen=True, eq=False)
class _View:
    """One frame of a scene.

    Attributes:
        alphas: of each layer, uint8 ``[h, w]``.
        reliefs: the lowest and the highest relief of what is painted, the plate first.
        plate_edges: of a plate with relief.
        across, along: A ``[3, 3]`` and b ``[3]`` of `geometry.views`.
    """

    scene: LayeredScene
    alphas: list[np.ndarray]
    reliefs: list[tuple[float, float]]
    plate_edges: list[Edge]
    across: np.ndarray
    along: np.ndarray


@dataclass(frozen=True, eq=False)
class Reveal:
    """What a camera shows of the plate.

    Attributes:
        mask: float32 ``[Hp, Wp]`` on the plate's pixels, 1 = some frame shows it, or a bicubic
            sample next to it reads it, or the lens blurs it over what is shown. Only what is 1 here
            needs to be filled.
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
    the picture itself shows so: a picture with transparent parts keeps them. Layers hide the plate
    where all together let through less than two steps of 8 bits. A pixel of a frame counts as
    covered if the plate reaches to all its corners, or layers hide it.

    Args:
        size: ``(H, W)`` of the frames; the picture's by default.
        progress: called with frames done and frames in all.
    """
    frame = size or scene.size
    missing = missing_pixels(scene)
    shown = np.zeros(scene.plate.rgba.shape[:2], dtype=bool)
    coverage = []

    def look(view: _View) -> tuple[np.ndarray, float]:
        return _shown(view, frame), _covered(view, missing, frame)

    with ThreadPoolExecutor(_THREADS) as threads:
        for views_together in _batched(_views(scene, camera, frame), _THREADS):
            for here, share in threads.map(look, views_together):
                shown |= here
                coverage.append(share)
                if progress is not None:
                    progress(len(coverage), len(camera))
    reach = REACH + _blurred_by(scene, camera, frame)
    around = np.ones((2 * reach + 1, 2 * reach + 1), dtype=np.uint8)
    mask = cv2.dilate(shown.astype(np.uint8), around)
    return Reveal(
        torch.from_numpy(mask.astype(np.float32)), torch.tensor(coverage, dtype=torch.float64)
    )


def _blurred_by(scene: LayeredScene, camera: Camera, frame: Size) -> int:
    """How many of the plate's pixels lens blur reaches at most: that of the plate itself, and that
    of layers, at whose soft edges the plate shines through."""
    if camera.focus is None:
        return 0
    found = shots(scene, camera, [outline(layer) for layer in scene.painted], frame)
    diameter = float((found.discs.max(axis=-1) / found.scale[:, :1]).max())
    # Wide discs are drawn on halved copies, of which a sample reads as many larger pixels.
    return math.ceil(diameter / 2) + (REACH + 1) * 2 ** blur_level(diameter)


def frame_coverage(
    scene: LayeredScene, camera: Camera, size: Size | None = None, missing: np.ndarray | None = None
) -> Tensor:
    """`Reveal.coverage` alone.

    Args:
        missing: what `missing_pixels` gives, for those who have it.
    """
    missing = missing_pixels(scene) if missing is None else missing
    found = list(coverages(scene, camera, size or scene.size, missing))
    return torch.tensor(found, dtype=torch.float64)


def coverages(
    scene: LayeredScene, camera: Camera, frame: Size, missing: np.ndarray
) -> Iterator[float]:
    """The same, each when it is asked for."""
    for view in _views(scene, camera, frame):
        yield _covered(view, missing, frame)


def newly_shown(scene: LayeredScene, camera: Camera) -> Tensor:
    """How many pixels of the plate each frame shows that layers hide in the picture: int64 ``[F]``.

    Each counts as much as it takes of the plate, not of the frame.
    """
    (still,) = _views(scene, Camera.still(scene.focal), scene.size)
    at_first = _shown(still, scene.size)
    left, top = scene.plate.offset
    at_first[: max(0, -top)] = at_first[:, : max(0, -left)] = True  # the margin hides nothing
    at_first[scene.size[0] - top :] = at_first[:, scene.size[1] - left :] = True
    found = [
        np.count_nonzero(_shown(view, scene.size) & ~at_first)
        for view in _views(scene, camera, scene.size)
    ]
    return torch.tensor(found)


def missing_pixels(scene: LayeredScene) -> np.ndarray:
    """Pixels of the plate, uint8 ``[Hp, Wp]``, 255 where nothing is and the picture does not show
    that it is so.

    A picture that is transparent itself, such as a cut-out, goes on so behind its layers and past
    its edges: there nothing is missing that is nearer to what is transparent than to what is there.
    """
    unknown = _alpha(scene.plate) < _KNOWN
    if not unknown.any():
        return _bytes(unknown)
    clear = np.ones(unknown.shape, dtype=np.float32)
    left, top = scene.plate.offset
    for layer in scene.layers:
        x, y = layer.offset[0] - left, layer.offset[1] - top
        alpha = _alpha(layer)[max(0, -y) :, max(0, -x) :]
        part = clear[max(0, y) :, max(0, x) :][: alpha.shape[0], : alpha.shape[1]]
        part *= 1 - alpha[: part.shape[0], : part.shape[1]]
    height, width = scene.size
    in_picture = np.zeros_like(unknown)
    in_picture[-top : height - top, -left : width - left] = True
    missing = unknown & ((clear <= _SEEN) | ~in_picture)
    transparent = unknown & ~missing
    if transparent.any():
        to_transparent, to_solid = (
            cv2.distanceTransform(_bytes(~there), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
            for there in (transparent, ~unknown)
        )
        missing &= (to_transparent >= to_solid) & ~unknown.all()
    return _bytes(missing)


def inside_plate(plate: Layer, matrix: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether the points of a grid of the frame, ``[rows, columns]``, look at a flat plate.

    Args:
        matrix: ``[3, 3]`` from pixels of the picture to the frame.
        x, y: of its columns and of its rows.
    """
    inverse = np.linalg.inv(matrix)
    left, top, right, bottom = plate.box
    box = left - _ROUNDING, top - _ROUNDING, right + _ROUNDING, bottom + _ROUNDING
    return in_box(inverse / np.abs(inverse).max(), x, y, box)


def _views(scene: LayeredScene, camera: Camera, frame: Size) -> Iterator[_View]:
    scene = scene.to("cpu")
    alphas = [np.round(_alpha(layer) * 255).astype(np.uint8) for layer in scene.layers]
    edges = [] if scene.plate.relief is None else plate_edges(scene)
    reliefs = [relief_range(layer) for layer in scene.painted]
    for across, along in zip(*views(scene, camera, frame), strict=True):
        yield _View(scene, alphas, reliefs, edges, across.numpy(), along.numpy())


def _batched(items: Iterable[_View], count: int) -> Iterator[list[_View]]:
    items = iter(items)
    while batch := list(islice(items, count)):
        yield batch


def _covered(view: _View, missing: np.ndarray, frame: Size) -> float:
    """The share of a frame's pixels that show nothing unfilled."""
    scene, across, along = view.scene, view.across, view.along
    reached = _reached(view, frame)
    if reached is None and not missing.any():
        return 1.0
    empty = np.zeros(frame, dtype=bool) if reached is None else ~reached
    if missing.any():
        drawn_there = drawn(scene, scene.plate, missing, across, along, frame)
        if drawn_there is not None:
            part, values = drawn_there
            empty[part] |= values > 0
    if empty.any():
        clear = np.ones(frame, dtype=np.float32)
        for layer, alpha in zip(scene.layers, view.alphas, strict=True):
            _darken(clear, drawn(scene, layer, alpha, across, along, frame))
        empty &= clear > _SEEN
    return 1.0 - np.count_nonzero(empty) / empty.size


def _darken(clear: np.ndarray, drawn_there: Part | None) -> None:
    """Take what a layer of such alpha, uint8, lets through of what shines through so far."""
    if drawn_there is not None:
        part, alpha = drawn_there
        clear[part] *= np.subtract(1, alpha * np.float32(1 / 255), dtype=np.float32)


def _reached(view: _View, frame: Size) -> np.ndarray | None:
    """Pixels of a frame ``[H, W]`` to all whose corners the plate reaches; None if all are."""
    scene, plate = view.scene, view.scene.plate
    height, width = frame
    matrix = homography(scene, plate, view.across, view.along)
    ends = np.array([0.0, width]), np.array([0.0, height])
    grid = np.arange(width + 1.0), np.arange(height + 1.0)
    if plate.relief is None:
        if inside_plate(plate, matrix, *ends).all():
            return None
        corners = inside_plate(plate, matrix, *grid)
    else:
        middle = inside_plate(plate, matrix, np.array([width / 2]), np.array([height / 2]))
        seen = view.across[None], view.along[None], frame
        if middle.all() and not any(enters(scene, edge, *seen) for edge in view.plate_edges):
            return None
        x, y = looks_at(scene, plate, view.across, view.along, *grid)
        left, top, right, bottom = plate.box
        corners = (x >= left - _SEARCHED) & (x <= right + _SEARCHED)
        corners &= (y >= top - _SEARCHED) & (y <= bottom + _SEARCHED)
    return corners[1:, 1:] & corners[1:, :-1] & corners[:-1, 1:] & corners[:-1, :-1]


def _shown(view: _View, frame: Size) -> np.ndarray:
    """Pixels of the plate ``[Hp, Wp]`` that one frame shows."""
    scene, plate, across, along = view.scene, view.scene.plate, view.across, view.along
    shape = plate.rgba.shape[:2]
    to_frame = homography(scene, plate, across, along) @ index_to_picture(plate)
    columns, rows = np.arange(shape[1], dtype=np.float64), np.arange(shape[0], dtype=np.float64)
    if plate.relief is None:
        # Less than a pixel off the frame counts: a sample there reads it.
        around = (-1, -1, frame[1] + 1, frame[0] + 1)
        shown = in_box(to_frame / np.abs(to_frame).max(), columns, rows, around)
    else:
        x, y, third = _raised(plate, to_frame, along, columns, rows, None)
        shown = (third > 0) & (x > -third) & (x < (frame[1] + 1) * third)
        shown &= (y > -third) & (y < (frame[0] + 1) * third)
    clear = np.ones(shape, dtype=np.float32)
    for number, (layer, alpha) in enumerate(zip(scene.layers, view.alphas, strict=True), 1):
        flat = homography(scene, layer, across, along)
        if plate.relief is None and layer.relief is None:
            to_plate = np.linalg.inv(to_frame) @ flat @ index_to_picture(layer)
            _darken(clear, warped(alpha, to_plate, shape))
            continue
        box = box_seen(scene, layer, view.reliefs[number], across, along)
        if box is not None:
            box = box_shown(scene, plate, view.reliefs[0], box, across, along)
        box = clipped(None if box is None else box - np.tile(plate.offset, 2), shape)
        if box is None:
            continue
        x1, y1, x2, y2 = box
        part = slice(y1, y2), slice(x1, x2)
        inverse = np.linalg.inv(flat)
        start = _raised(
            plate, inverse @ to_frame, inverse @ along, columns[part[1]], rows[part[0]], part
        )
        at = resolved(layer, start, inverse @ along)
        _darken(clear, (part, sampled(alpha, layer, *at)))
    return shown & (clear > _SEEN)


def _raised(
    plate: Layer,
    matrix: np.ndarray,
    along: np.ndarray,
    columns: np.ndarray,
    rows: np.ndarray,
    part: tuple[slice, slice] | None,
) -> list[np.ndarray]:
    """What a homography makes of a grid of the plate's pixels, with their relief."""
    seen = sees(matrix, columns, rows)
    if plate.relief is not None:
        relief = plate.relief.cpu().numpy()
        relief = relief if part is None else relief[part]
        for axis, step in zip(seen, along, strict=True):
            axis += np.float32(step) * relief
    return seen


def _alpha(layer: Layer) -> np.ndarray:
    return layer.rgba[..., 3].cpu().numpy()


def _bytes(mask: np.ndarray) -> np.ndarray:
    return mask.astype(np.uint8) * 255
