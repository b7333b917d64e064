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
from ..geometry import Size, plane_row
from .frame import Frame
from .lens_blur import disc_shares, several_discs, taking_part
from .pyramid import Pyramid
from .scratch import scratch
from .separable import ScaleAndShift, only_scales
from .texture import Texture
from .warp import Shots, outline, shots

_TILE = (128, 256)
_INTERPOLATION = {"bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}
_HALF = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # from indices of pixels to their middles
_LARGEST = 32766  # OpenCV's limit
_FAR = np.float32(-1e6)  # an index that lies in no layer
# Per pixel (r, g, b, a) -> (a, a, a, a), which OpenCV does faster than numpy repeats a channel.
_ALPHA = np.zeros((4, 5), np.float32)
_ALPHA[:, 3] = 1
_DIGITS = 9  # of what a lens does, in frames that are taken to be alike
_ROUNDED = 1 + 1e-6  # what sums of weights make of an alpha of 1


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
        self.flags = _INTERPOLATION[interpolation] | cv2.WARP_INVERSE_MAP
        self.method = _INTERPOLATION[interpolation]
        with _threads() as threads:
            outlines = threads.map(outline, scene.painted)
            textures = threads.map(
                lambda layer: Texture.of(layer, layer is scene.plate), scene.painted
            )
            self.outlines = list(outlines)
            self.pyramids = [Pyramid(texture) for texture in textures]
        self.reliefs = [
            None if layer.relief is None else np.ascontiguousarray(layer.relief.detach().numpy())
            for layer in scene.painted
        ]
        self.rows = [plane_row(layer.plane, scene.size).numpy() for layer in scene.painted]
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
            _Drawn(self, placed, frame, layer)
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
        work = [(self.tiles[tile], jobs[tile][::-1], arrays) for tile in range(len(jobs))]
        for _ in threads.map(_draw_tile, work):
            pass
        return Frame(**made)


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(cv2.getNumThreads(), 1))


class _Drawn:
    """One layer in one frame."""

    def __init__(self, renderer: CpuRenderer, placed: Shots, frame: int, layer: int) -> None:
        self.layer = renderer.scene.painted[layer]
        self.flags, self.method = renderer.flags, renderer.method
        self.inverse = placed.inverse[frame, layer]
        self.along = placed.along[frame, layer]
        self.behind = bool(placed.behind[frame, layer])
        self.steps = int(placed.steps[frame, layer])
        self.reach = float(placed.reach[frame, layer]) if self.steps else 0.0
        self.scale = float(placed.scale[frame, layer])
        self.relief, self.row = renderer.reliefs[layer], renderer.rows[layer]
        self.pyramid, self.lens = renderer.pyramids[layer], placed.lens[frame, layer]
        middle, least, most = (float(disc) for disc in placed.discs[frame, layer])
        self.discs = several_discs(least, most, self.scale)
        self.blur = self.discs[-1] * self.scale if self.discs else 0.0
        self.textures = self.pyramid.choose(self.scale, 0 if self.discs else middle / self.scale)
        self.box = placed.boxes[frame, layer]
        self.mapped = self.steps > 0 or self.behind
        self.straight = {}  # what draws a texture faster, where it is neither turned nor tilted
        if self.method == cv2.INTER_CUBIC and not self.mapped:
            for texture, _ in self.textures:
                matrix = texture.to_texture() @ self.inverse @ _HALF
                if only_scales(matrix, renderer.size):
                    self.straight[texture] = ScaleAndShift(
                        texture.rgba, matrix, renderer.size, texture.cut
                    )

    def look(self, tiles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of tiles ``[T, 4]``: whether it is seen, opaque, and cut by its rim there."""
        meets = ((tiles[:, :2] < self.box[2:]) & (tiles[:, 2:] > self.box[:2])).all(axis=1)
        filled = ((tiles[:, :2] >= self.box[:2]) & (tiles[:, 2:] <= self.box[2:])).all(axis=1)
        xs = np.stack([tiles[:, 0] + 0.5, tiles[:, 2] - 0.5])
        ys = np.stack([tiles[:, 1] + 0.5, tiles[:, 3] - 0.5])
        points = np.stack([xs[[0, 1, 0, 1]], ys[[0, 0, 1, 1]], np.ones((4, len(tiles)))])
        u = np.tensordot(self.inverse, points, 1)
        unsure = (u[2] <= 0).any(axis=0) | self.behind
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = u[:2] / u[2]
        reach = self.reach + self.blur / self.scale
        low, high = flat.min(axis=1) - reach, flat.max(axis=1) + reach
        seen, opaque, rim = meets.copy(), filled & ~unsure, unsure.copy()
        for texture, _ in self.textures:
            to = texture.to_texture()
            boxes = np.concatenate([low, high]).T / texture.step + np.tile(to[:2, 2], 2)
            found = texture.look(boxes, self.scale * texture.step)
            seen &= found[0] | unsure
            opaque &= found[1]
            rim |= found[2] & texture.cut
        return seen, opaque, rim

    def places(self, tile: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where in the picture the tile's pixels look: x and y, float32."""
        u1, u2, u3 = self._straight(tile)
        good = u3 > 0
        everywhere = bool(good.all())
        if not everywhere:
            u3 = np.where(good, u3, np.float32(1))
        u1, u2 = u1 / u3, u2 / u3
        x, y = u1, u2
        if self.steps:
            v1, v2, v3 = self.along.astype(np.float32)
            to_x, to_y = v3 * u1 - v1, v3 * u2 - v2
            for _ in range(self.steps):
                height = self._height(x, y)
                x, y = u1 + height * to_x, u2 + height * to_y
        if not everywhere:
            x, y = np.where(good, x, _FAR), np.where(good, y, _FAR)
        return x, y

    def disparities(self, tile: np.ndarray, places: tuple | None = None) -> np.ndarray:
        """Along the frame's camera, float32 ``[h, w]``."""
        x, y = places or self.places(tile)
        slope_x, slope_y, start = self.row.astype(np.float32)
        disparity = slope_x * x + slope_y * y + start
        nearer = self._straight(tile)[2]  # the distance has grown by l = (1 + r v3) / u3
        if self.relief is not None:
            height = self._height(x, y)
            disparity += height
            nearer = nearer / (1 + height * np.float32(self.along[2]))
        return disparity * nearer

    def _straight(self, tile: np.ndarray) -> np.ndarray:
        """u of each pixel, float32 ``[3, h, w]``."""
        xs, ys = np.arange(tile[0], tile[2]) + 0.5, np.arange(tile[1], tile[3]) + 0.5
        across = (self.inverse[:, 0, None] * xs).astype(np.float32)
        down = (self.inverse[:, 1, None] * ys + self.inverse[:, 2, None]).astype(np.float32)
        return across[:, None, :] + down[:, :, None]

    def _height(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        left, top = (np.float32(side + 0.5) for side in self.layer.offset)
        border = cv2.BORDER_REPLICATE
        return cv2.remap(self.relief, x - left, y - top, cv2.INTER_LINEAR, borderMode=border)

    def sample(self, part: np.ndarray, opaque: bool, rim: bool, name: str) -> np.ndarray:
        """Premultiplied pixels of a part of a tile, in memory that the name stands for; colours may
        overshoot 0..1 where it is opaque."""
        places = self.places(part) if self.mapped or rim or self.discs else None
        if not self.discs:
            return self._mixed(self.textures, part, places, opaque, rim, name)
        unit, sharp, _ = (np.float32(value / self.scale) for value in self.lens)
        own = np.abs(unit * self.disparities(part, places) - sharp)
        pixels = scratch(name, (*own.shape, 4))
        pixels[:] = 0
        for disc, share in zip(self.discs, disc_shares(own, self.discs), strict=True):
            if share.max() > 0:
                textures = self.textures if disc == 0 else self._parted(disc)
                drawn = self._mixed(textures, part, places, False, rim, "blurred")
                pixels += cv2.multiply(drawn, cv2.merge([share] * 4))
        return pixels

    def _parted(self, disc: float) -> list[tuple[Texture, float]]:
        unit, sharp = self.lens[0] * self.lens[2] / self.scale, self.lens[1] / self.scale

        def shares(texture: Texture) -> np.ndarray:
            x, y = texture.places()
            slope_x, slope_y, start = self.row.astype(np.float32)
            disparity = slope_x * x + (slope_y * y + start)[:, None]
            if self.relief is not None:
                size = texture.size[::-1]
                disparity += cv2.resize(self.relief, size, interpolation=cv2.INTER_AREA)
            return taking_part(np.abs(np.float32(unit) * disparity - np.float32(sharp)), disc)

        key = round(unit, _DIGITS), round(sharp, _DIGITS)
        return self.pyramid.choose_parted(self.scale, disc, shares, key)

    def _mixed(
        self,
        textures: list[tuple[Texture, float]],
        part: np.ndarray,
        places: tuple | None,
        opaque: bool,
        rim: bool,
        name: str,
    ) -> np.ndarray:
        for number, (texture, share) in enumerate(textures):
            if number == 0:
                pixels = self._warp(texture, part, places, name)
                if share != 1:
                    np.multiply(pixels, np.float32(share), out=pixels)
            else:
                coarse = self._warp(texture, part, places, "mixed")
                cv2.scaleAdd(coarse, share, pixels, pixels)
        if self.method == cv2.INTER_CUBIC and not opaque:
            _tame(pixels)
        if rim:
            x1, y1, x2, y2 = textures[0][0].bounds
            x, y = places
            inward = np.minimum(np.minimum(x - x1, x2 - x), np.minimum(y - y1, y2 - y))
            pixels *= np.clip(inward * np.float32(self.scale) + np.float32(0.5), 0, 1)[..., None]
        return pixels

    def _warp(self, texture: Texture, part: np.ndarray, places, name: str) -> np.ndarray:
        straight = self.straight.get(texture)
        if straight is not None:
            return straight.draw(tuple(part))
        x1, y1, x2, y2 = part
        into = scratch(name, (y2 - y1, x2 - x1, 4))
        border = cv2.BORDER_REPLICATE if texture.cut else cv2.BORDER_CONSTANT
        to = texture.to_texture()
        if not self.mapped:
            corner = np.array([[1, 0, x1], [0, 1, y1], [0, 0, 1]])
            matrix = to @ self.inverse @ corner @ _HALF
            size = into.shape[1::-1]
            cv2.warpPerspective(
                texture.rgba, matrix, size, into, flags=self.flags, borderMode=border
            )
            return into
        x = places[0] * np.float32(to[0, 0]) + np.float32(to[0, 2])
        y = places[1] * np.float32(to[1, 1]) + np.float32(to[1, 2])
        return cv2.remap(texture.rgba, x, y, self.method, into, border)


def _draw_tile(work: tuple[np.ndarray, list[tuple[_Drawn, bool, bool]], dict]) -> None:
    tile, layers, arrays = work
    x1, y1, x2, y2 = tile
    if details := "depth" in arrays:
        depth, ids = arrays["depth"][y1:y2, x1:x2], arrays["instances"][y1:y2, x1:x2]
        depth[:], ids[:] = 0, -1
    if not layers or not layers[0][1]:
        pixels = scratch("pixels", (y2 - y1, x2 - x1, 4))
        pixels[:] = 0
    for layer, opaque, rim in layers:
        part = tile if opaque else _overlap(tile, layer.box)
        here = slice(part[1] - y1, part[3] - y1), slice(part[0] - x1, part[2] - x1)
        if opaque:
            pixels = layer.sample(tile, True, rim, "pixels")
        else:
            front = layer.sample(part, False, rim, "spare")
            _over(front, pixels[here])
        if details:
            shown = np.ones(pixels.shape[:2], bool) if opaque else front[..., 3] >= 0.5
            depth[here][shown] = layer.disparities(part)[shown]
            ids[here][shown] = -1 if layer.layer.instance is None else layer.layer.instance
    np.clip(pixels, 0, 1, out=pixels)
    cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB, arrays["picture"][y1:y2, x1:x2])
    if details:
        arrays["alpha"][y1:y2, x1:x2] = pixels[..., 3]


def _overlap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Two boxes that meet, as far as they do."""
    return np.concatenate([np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])])


def _tame(pixels: np.ndarray) -> None:
    """Where cubic sampling overshoots at a silhouette, bring alpha back to 0..1 with its colour.

    Alpha that is left above 1 would take away from what lies behind, and brighten the layer's rim.
    """
    alpha = cv2.extractChannel(pixels, 3, scratch("alpha", pixels.shape[:2]))
    if alpha.max() > _ROUNDED:
        over = cv2.transform(pixels, _ALPHA, scratch("alpha", pixels.shape))
        cv2.divide(pixels, np.maximum(over, 1, out=over), pixels)
    cv2.threshold(pixels, 0, 0, cv2.THRESH_TOZERO, pixels)


def _over(front: np.ndarray, pixels: np.ndarray) -> None:
    """Porter and Duff's over on premultiplied pixels, into `pixels`."""
    through = cv2.transform(front, _THROUGH, scratch("alpha", pixels.shape))
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
