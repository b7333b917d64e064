"""Frames drawn on the CPU, tile by tile, with OpenCV's warps.

A tile fits into the processor's cache, so blending costs little; layers that do not reach into it
and layers under an opaque one are left out, and of the others only the part is drawn that they
reach; and tiles do not know each other, so several threads draw them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import torch

from ..camera import Camera
from ..data import LayeredScene
from ..geometry import Size
from .blend import over
from .frame import Frame
from .layer_in_frame import LayerInFrame, Painted
from .scratch import scratch
from .warp import Shots, outline, shots

_TILE = (128, 256)
_INTERPOLATION = {"bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}
_LARGEST = 32766  # OpenCV's limit


class CpuRenderer:
    """Draws what cameras see of one scene.

    Args:
        size: ``(H, W)`` of the frames.
        interpolation: ``"bicubic"`` or ``"bilinear"``.
        depth_of_field: whether layers off the camera's focus are blurred.
    """

    def __init__(
        self, scene: LayeredScene, size: Size, interpolation: str, depth_of_field: bool
    ) -> None:
        self.scene, self.size, self.lens = scene, size, depth_of_field
        self.method = _INTERPOLATION[interpolation]
        with _threads() as threads:
            outlines = threads.map(outline, scene.painted)
            painted = threads.map(lambda layer: Painted.of(layer, scene), scene.painted)
            self.outlines, self.painted = list(outlines), list(painted)
        self.tiles = _tiles(size)
        for layer in scene.painted:
            height, width = layer.rgba.shape[:2]
            if max(height, width) > _LARGEST:
                raise ValueError(
                    f"The layer {layer.name!r} has {width} x {height} pixels; on a CPU layers of "
                    f"up to {_LARGEST} a side can be drawn."
                )

    def frames(self, camera: Camera, details: bool) -> Iterator[Frame]:
        """Frame after frame, each drawn when it is asked for."""
        placed = shots(self.scene, camera, self.outlines, self.size, self.lens)
        with _threads() as threads:
            for number in range(len(camera)):
                yield self._frame(placed, number, details, threads)

    def _frame(
        self, placed: Shots, frame: int, details: bool, threads: ThreadPoolExecutor
    ) -> Frame:
        kinds = [("picture", torch.float32, (3,))]
        if details:
            kinds += [
                ("alpha", torch.float32, ()),
                ("depth", torch.float32, ()),
                ("instances", torch.int16, ()),
            ]
        made = {name: torch.empty(*self.size, *more, dtype=kind) for name, kind, more in kinds}
        arrays = {name: values.numpy() for name, values in made.items()}
        drawn = [
            LayerInFrame(painted, placed, frame, layer, self.size, self.method)
            for layer, painted in enumerate(self.painted)
            if placed.boxes[frame, layer, 2] > placed.boxes[frame, layer, 0]
            and placed.boxes[frame, layer, 3] > placed.boxes[frame, layer, 1]
        ]
        jobs = [[] for _ in self.tiles]
        hidden = np.zeros(len(self.tiles), bool)
        for layer in reversed(drawn):  # from the nearest one
            seen, opaque, rim = layer.look(self.tiles)
            for tile in np.flatnonzero(seen & ~hidden):
                jobs[tile].append((layer, bool(opaque[tile]), bool(rim[tile])))
            hidden |= opaque & seen
        work = [(self.tiles[tile], jobs[tile][::-1], arrays) for tile in range(len(jobs))]
        for _ in threads.map(_draw_tile, work):
            pass
        return Frame(**made)


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(cv2.getNumThreads(), 1))


def _draw_tile(work: tuple[np.ndarray, list[tuple[LayerInFrame, bool, bool]], dict]) -> None:
    tile, layers, arrays = work
    x1, y1, x2, y2 = tile
    clear = None
    if details := "depth" in arrays:
        depth, ids, alpha = (arrays[name][y1:y2, x1:x2] for name in ("depth", "instances", "alpha"))
        depth[:], ids[:] = 0, -1
        clear = scratch("clear", depth.shape)
        clear[:] = 1
    if not layers or not layers[0][1]:
        pixels = scratch("pixels", (y2 - y1, x2 - x1, 4))
        pixels[:] = 0
    for layer, opaque, rim in layers:
        part = tile if opaque else _overlap(tile, layer.box)
        here = slice(part[1] - y1, part[3] - y1), slice(part[0] - x1, part[2] - x1)
        if opaque:
            pixels = layer.sample(tile, True, rim, "pixels")
            if details:
                np.subtract(1, pixels[..., 3], out=clear)
        else:
            front = layer.sample(part, False, rim, "spare")
            over(front, pixels[here], clear[here] if details else None)
        if details:
            shown = np.ones(pixels.shape[:2], bool) if opaque else front[..., 3] >= 0.5
            depth[here][shown] = layer.disparities(part)[shown]
            ids[here][shown] = -1 if layer.layer.instance is None else layer.layer.instance
    np.clip(pixels, 0, 1, out=pixels)
    cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB, arrays["picture"][y1:y2, x1:x2])
    if details:
        alpha[:] = np.clip(1 - clear, 0, 1)


def _overlap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Two boxes that meet, as far as they do."""
    return np.concatenate([np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])])


def _tiles(size: Size) -> np.ndarray:
    rows, columns = np.arange(0, size[0], _TILE[0]), np.arange(0, size[1], _TILE[1])
    y, x = (each.ravel() for each in np.meshgrid(rows, columns, indexing="ij"))
    return np.stack(
        [x, y, np.minimum(x + _TILE[1], size[1]), np.minimum(y + _TILE[0], size[0])], axis=1
    )
