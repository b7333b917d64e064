"""Frames drawn on the CPU, tile by tile, with OpenCV's warps.

A tile fits into the processor's cache, so blending costs next to nothing; layers that do not reach
into it and layers under an opaque one are left out; and tiles do not know each other, so several
threads draw them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from .camera import Camera
from .data import LayeredScene
from .geometry import Size, plane_row
from .texture import Pyramid, Texture
from .warp import Shots, outline, shots

_TILE = (128, 256)
_INTERPOLATION = {"bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}
_HALF = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # from indices of pixels to their middles
_FAR = -1e6  # an index that lies in no layer
# Per pixel (r, g, b, a) -> (a, a, a, a), which OpenCV does faster than numpy repeats a channel.
_ALPHA = np.zeros((4, 5), np.float32)
_ALPHA[:, 3] = 1


@dataclass(eq=False)
class Picture:
    """A frame being drawn: premultiplied ``rgb [H, W, 3]``, and where wanted the rest."""

    rgb: np.ndarray
    alpha: np.ndarray | None = None
    depth: np.ndarray | None = None
    instances: np.ndarray | None = None


class CpuRenderer:
    """Draws what cameras see of one scene.

    Args:
        size: ``(H, W)`` of the frames.
        interpolation: ``"bicubic"`` or ``"bilinear"``.
    """

    def __init__(self, scene: LayeredScene, size: Size, interpolation: str) -> None:
        self.scene, self.size = scene, size
        self.flags = _INTERPOLATION[interpolation] | cv2.WARP_INVERSE_MAP
        self.method = _INTERPOLATION[interpolation]
        self.outlines = [outline(layer) for layer in scene.painted]
        self.pyramids = [Pyramid(layer) for layer in scene.painted]
        self.rows = [plane_row(layer.plane, scene.size).numpy() for layer in scene.painted]
        self.tiles = _tiles(size)

    def pictures(self, camera: Camera, details: bool) -> Iterator[Picture]:
        """Frame after frame, each drawn when it is asked for."""
        placed = shots(self.scene, camera, self.outlines, self.size)
        with ThreadPoolExecutor(max(cv2.getNumThreads(), 1)) as threads:
            for frame in range(len(camera)):
                yield self._picture(placed, frame, camera, details, threads)

    def _picture(
        self,
        placed: Shots,
        frame: int,
        camera: Camera,
        details: bool,
        threads: ThreadPoolExecutor,
    ) -> Picture:
        height, width = self.size
        picture = Picture(np.empty((height, width, 3), np.float32))
        if details:
            picture.alpha = np.empty((height, width), np.float32)
            picture.depth = np.empty((height, width), np.float32)
            picture.instances = np.empty((height, width), np.int16)
        drawn = [
            _Drawn(self, placed, frame, layer, camera)
            for layer in range(len(self.pyramids))
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
        work = [(self.tiles[tile], jobs[tile][::-1], picture) for tile in range(len(jobs))]
        for _ in threads.map(_draw_tile, work):
            pass
        return picture


class _Drawn:
    """One layer in one frame."""

    def __init__(
        self, renderer: CpuRenderer, placed: Shots, frame: int, layer: int, camera: Camera
    ) -> None:
        self.layer = renderer.scene.painted[layer]
        self.flags, self.method = renderer.flags, renderer.method
        self.inverse = placed.inverse[frame, layer]
        self.along = placed.along[frame, layer]
        self.box = placed.boxes[frame, layer]
        self.behind = bool(placed.behind[frame, layer])
        self.steps = int(placed.steps[frame, layer])
        self.reach = float(placed.reach[frame, layer]) if self.steps else 0.0
        self.scale = float(placed.scale[frame, layer])
        pyramid = renderer.pyramids[layer]
        self.relief, self.row = pyramid.relief, renderer.rows[layer]
        self.textures = pyramid.for_scale(self.scale)

    def look(self, tiles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of tiles ``[T, 4]``: whether it is seen, opaque, and cut by its rim there."""
        meets = (tiles[:, 0] < self.box[2]) & (tiles[:, 2] > self.box[0])
        meets &= (tiles[:, 1] < self.box[3]) & (tiles[:, 3] > self.box[1])
        xs = np.stack([tiles[:, 0] + 0.5, tiles[:, 2] - 0.5])
        ys = np.stack([tiles[:, 1] + 0.5, tiles[:, 3] - 0.5])
        points = np.stack([xs[[0, 1, 0, 1]], ys[[0, 0, 1, 1]], np.ones((4, len(tiles)))])
        u = np.tensordot(self.inverse, points, 1)
        unsure = (u[2] <= 0).any(axis=0) | self.behind
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = u[:2] / u[2]
        low, high = flat.min(axis=1) - self.reach, flat.max(axis=1) + self.reach
        seen, opaque, rim = meets.copy(), ~unsure, unsure.copy()
        for texture, _ in self.textures:
            to = texture.to_texture()
            boxes = np.concatenate([low, high]).T / texture.step + np.tile(to[:2, 2], 2)
            found = texture.look(boxes, self.scale * texture.step)
            seen &= found[0] | unsure
            opaque &= found[1]
            rim |= found[2] & texture.cut
        return seen, opaque, rim

    def places(self, tile: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What the tile's pixels see: x and y in the picture and the relief there, float32."""
        x1, y1, x2, y2 = tile
        xs, ys = np.arange(x1, x2) + 0.5, (np.arange(y1, y2) + 0.5)[:, None]
        u1, u2, u3 = (row[0] * xs + (row[1] * ys + row[2]) for row in self.inverse)
        good = u3 > 0
        u3 = np.where(good, u3, 1)
        u1, u2 = u1 / u3, u2 / u3
        x, y = u1.astype(np.float32), u2.astype(np.float32)
        relief = np.zeros((1, 1), np.float32)
        v1, v2, v3 = self.along
        left, top = self.layer.offset
        for _ in range(self.steps):
            relief = cv2.remap(
                self.relief,
                x - np.float32(left + 0.5),
                y - np.float32(top + 0.5),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            x = (u1 + relief * (v3 * u1 - v1)).astype(np.float32)
            y = (u2 + relief * (v3 * u2 - v2)).astype(np.float32)
        if not good.all():
            x, y = np.where(good, x, np.float32(_FAR)), np.where(good, y, np.float32(_FAR))
        return x, y, np.broadcast_to(relief, x.shape)

    def disparities(self, tile: np.ndarray) -> np.ndarray:
        """Along the frame's camera, float32 ``[h, w]``."""
        x, y, relief = self.places(tile)
        xs, ys = np.arange(tile[0], tile[2]) + 0.5, (np.arange(tile[1], tile[3]) + 0.5)[:, None]
        u3 = self.inverse[2, 0] * xs + (self.inverse[2, 1] * ys + self.inverse[2, 2])
        disparity = self.row[0] * x + self.row[1] * y + self.row[2] + relief
        # Its distance has grown by l = (1 + r v3) / u3.
        return (disparity * u3 / (1 + relief * self.along[2])).astype(np.float32)

    def sample(self, tile: np.ndarray, rim: bool, into: np.ndarray) -> None:
        """Premultiplied pixels of a tile."""
        mapped = self.steps > 0 or self.behind
        places = self.places(tile) if mapped or rim else None
        spare = None
        for texture, share in self.textures:
            target = into
            if share != 1 and texture is not self.textures[0][0]:
                target = spare = np.empty_like(into)
            self._warp(texture, tile, places if mapped else None, target)
            if share != 1 and target is into:
                np.multiply(into, np.float32(share), out=into)
            elif spare is not None:
                cv2.scaleAdd(spare, share, into, into)
        if self.method == cv2.INTER_CUBIC:
            _tame(into)
        if rim:
            x1, y1, x2, y2 = self.layer.box
            x, y, _ = places
            inward = np.minimum(np.minimum(x - x1, x2 - x), np.minimum(y - y1, y2 - y))
            into *= np.clip(inward * np.float32(self.scale) + np.float32(0.5), 0, 1)[..., None]

    def _warp(self, texture: Texture, tile: np.ndarray, places, into: np.ndarray) -> None:
        border = cv2.BORDER_REPLICATE if texture.cut else cv2.BORDER_CONSTANT
        to = texture.to_texture()
        if places is None:
            corner = np.array([[1, 0, tile[0]], [0, 1, tile[1]], [0, 0, 1]])
            matrix = to @ self.inverse @ corner @ _HALF
            size = into.shape[1::-1]
            cv2.warpPerspective(
                texture.rgba, matrix, size, into, flags=self.flags, borderMode=border
            )
            return
        x = places[0] * np.float32(to[0, 0]) + np.float32(to[0, 2])
        y = places[1] * np.float32(to[1, 1]) + np.float32(to[1, 2])
        cv2.remap(texture.rgba, x, y, self.method, into, border)


def _draw_tile(work: tuple[np.ndarray, Sequence[tuple[_Drawn, bool, bool]], Picture]) -> None:
    tile, layers, picture = work
    x1, y1, x2, y2 = tile
    shape = (y2 - y1, x2 - x1)
    pixels, spare = np.empty((*shape, 4), np.float32), None
    depth = ids = None
    if picture.depth is not None:
        depth, ids = np.zeros(shape, np.float32), np.full(shape, -1, np.int16)
    if not layers or not layers[0][1]:
        pixels[:] = 0
    for layer, opaque, rim in layers:
        if opaque:
            layer.sample(tile, rim, pixels)
            alpha = None
        else:
            spare = np.empty_like(pixels) if spare is None else spare
            layer.sample(tile, rim, spare)
            alpha = spare[..., 3]
            _over(spare, pixels)
        if depth is not None:
            front = np.ones(shape, bool) if alpha is None else alpha >= 0.5
            depth[front] = layer.disparities(tile)[front]
            ids[front] = -1 if layer.layer.instance is None else layer.layer.instance
    np.clip(pixels, 0, 1, out=pixels)
    cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB, picture.rgb[y1:y2, x1:x2])
    if picture.alpha is not None:
        picture.alpha[y1:y2, x1:x2] = pixels[..., 3]
        picture.depth[y1:y2, x1:x2], picture.instances[y1:y2, x1:x2] = depth, ids


def _tame(pixels: np.ndarray) -> None:
    """Where cubic sampling overshoots at a silhouette, bring alpha back to 0..1 with its colour.

    Alpha that is left above 1 would take away from what lies behind, and brighten the layer's rim.
    """
    over = cv2.transform(pixels, _ALPHA)
    if over.max() > 1:
        cv2.divide(pixels, np.maximum(over, 1, out=over), pixels)
    np.maximum(pixels, 0, out=pixels)


def _over(front: np.ndarray, pixels: np.ndarray) -> None:
    """Porter and Duff's over on premultiplied pixels, into `pixels`."""
    through = cv2.transform(front, _THROUGH)
    cv2.multiply(pixels, through, pixels)
    cv2.add(pixels, front, pixels)


_THROUGH = -_ALPHA
_THROUGH[:, 4] = 1


def _tiles(size: Size) -> np.ndarray:
    rows, columns = np.arange(0, size[0], _TILE[0]), np.arange(0, size[1], _TILE[1])
    y, x = (each.ravel() for each in np.meshgrid(rows, columns, indexing="ij"))
    return np.stack(
        [x, y, np.minimum(x + _TILE[1], size[1]), np.minimum(y + _TILE[0], size[0])], axis=1
    )
