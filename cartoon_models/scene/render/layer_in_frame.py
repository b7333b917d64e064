"""One layer in one frame, on the CPU: where it is seen, and its pixels there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..data import Layer, LayeredScene
from ..geometry import Size, plane_row
from .blend import tame
from .lens_blur import disc_shares, held, several_discs, taking_part
from .pyramid import Pyramid
from .scratch import scratch
from .separable import ScaleAndShift, only_scales
from .texture import Texture
from .warp import Shots

_HALF = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # from indices of pixels to their middles
_FAR = np.float32(-1e6)  # an index that lies in no layer

Places = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Painted:
    """What is known of a layer for all frames.

    Attributes:
        pyramid: of its `Texture`.
        relief: its own, or None.
        row: see `geometry.plane_row`.
    """

    layer: Layer
    pyramid: Pyramid
    relief: np.ndarray | None
    row: np.ndarray

    @classmethod
    def of(cls, layer: Layer, scene: LayeredScene) -> Painted:
        """One of a scene's layers, on the CPU."""
        relief = layer.relief
        return cls(
            layer,
            Pyramid(Texture.of(layer, layer is scene.plate)),
            None if relief is None else np.ascontiguousarray(relief.detach().numpy()),
            plane_row(layer.plane, scene.size).numpy(),
        )


class LayerInFrame:
    """One layer in one frame.

    Args:
        placed: of some frames and all layers.
        frame, layer: which of these.
        size: ``(H, W)`` of the frame.
        method: OpenCV's interpolation.
    """

    def __init__(
        self, painted: Painted, placed: Shots, frame: int, layer: int, size: Size, method: int
    ) -> None:
        self.layer, self.pyramid = painted.layer, painted.pyramid
        self.relief, self.row = painted.relief, painted.row
        self.method = method
        self.inverse = placed.inverse[frame, layer]
        left, top = (side + 0.5 for side in self.layer.offset)
        self.to_picture = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]])
        self.to_layer = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]])
        self.along = self.to_layer @ placed.along[frame, layer]
        self.behind = bool(placed.behind[frame, layer])
        self.steps = int(placed.steps[frame, layer])
        self.reach = float(placed.reach[frame, layer]) if self.steps else 0.0
        self.scale = float(placed.scale[frame, layer])
        self.lens = placed.lens[frame, layer]
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
                if only_scales(matrix, size):
                    self.straight[texture] = ScaleAndShift(texture.rgba, matrix, size, texture.cut)

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

    def places(self, part: np.ndarray) -> Places:
        """Where in the layer a part's pixels look, counted in its pixels, the middle of the first
        one at 0: x and y, float32, valid until the next call."""
        x, y, u3 = self._straight(part)
        good = u3 > 0
        everywhere = bool(good.all())
        if not everywhere:
            u3 = np.where(good, u3, np.float32(1))
        x /= u3
        y /= u3
        if self.steps:
            x, y = self._settled(x, y)
        if not everywhere:
            x, y = np.where(good, x, _FAR), np.where(good, y, _FAR)
        return x, y

    def _settled(self, u1: np.ndarray, u2: np.ndarray) -> Places:
        """Moved by the relief; see `warp`."""
        v1, v2, v3 = self.along.astype(np.float32)
        to_x, to_y = u1 * v3, u2 * v3
        to_x -= v1
        to_y -= v2
        x, y = u1, u2
        into = scratch("x", u1.shape), scratch("y", u2.shape)
        for _ in range(self.steps):
            height = self._height(x, y)
            x = np.multiply(height, to_x, out=into[0])
            y = np.multiply(height, to_y, out=into[1])
            x += u1
            y += u2
        return x, y

    def disparities(self, part: np.ndarray, places: Places | None = None) -> np.ndarray:
        """Along the frame's camera, float32 ``[h, w]``."""
        x, y = places or self.places(part)
        slope_x, slope_y, start = (self.row @ self.to_picture).astype(np.float32)
        disparity = slope_x * x + slope_y * y + start
        nearer = self._straight(part)[2]  # the distance has grown by l = (1 + r v3) / u3
        if self.relief is not None:
            height = self._height(x, y)
            disparity += height
            nearer = nearer / (1 + height * np.float32(self.along[2]))
        return disparity * nearer

    def _straight(self, part: np.ndarray) -> np.ndarray:
        """u of each pixel, float32 ``[3, h, w]``, for places in the layer."""
        inverse = self.to_layer @ self.inverse
        xs, ys = np.arange(part[0], part[2]) + 0.5, np.arange(part[1], part[3]) + 0.5
        across = (inverse[:, 0, None] * xs).astype(np.float32)
        down = (inverse[:, 1, None] * ys + inverse[:, 2, None]).astype(np.float32)
        return across[:, None, :] + down[:, :, None]

    def _height(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        into, border = scratch("height", x.shape), cv2.BORDER_REPLICATE
        return cv2.remap(self.relief, x, y, cv2.INTER_LINEAR, into, border)

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
        unit, sharp = held(self.lens[0] * self.lens[2] / self.scale, self.lens[1] / self.scale)

        def shares(texture: Texture) -> np.ndarray:
            x, y = texture.places()
            slope_x, slope_y, start = self.row.astype(np.float32)
            disparity = slope_x * x + (slope_y * y + start)[:, None]
            if self.relief is not None:
                size = texture.size[::-1]
                disparity += cv2.resize(self.relief, size, interpolation=cv2.INTER_AREA)
            return taking_part(np.abs(np.float32(unit) * disparity - np.float32(sharp)), disc)

        return self.pyramid.choose_parted(self.scale, disc, shares, (unit, sharp))

    def _mixed(
        self,
        textures: list[tuple[Texture, float]],
        part: np.ndarray,
        places: Places | None,
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
            tame(pixels)
        if rim:
            bounds = np.array(textures[0][0].bounds) - np.tile(self.to_picture[:2, 2], 2)
            x1, y1, x2, y2 = bounds.astype(np.float32)
            x, y = places
            inward = np.minimum(np.minimum(x - x1, x2 - x), np.minimum(y - y1, y2 - y))
            pixels *= np.clip(inward * np.float32(self.scale) + np.float32(0.5), 0, 1)[..., None]
        return pixels

    def _warp(
        self, texture: Texture, part: np.ndarray, places: Places | None, name: str
    ) -> np.ndarray:
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
                texture.rgba,
                matrix,
                size,
                into,
                flags=self.method | cv2.WARP_INVERSE_MAP,
                borderMode=border,
            )
            return into
        x, y = places
        to = (to @ self.to_picture).astype(np.float32)
        if not np.array_equal(to, np.eye(3)):
            x, y = x * to[0, 0] + to[0, 2], y * to[1, 1] + to[1, 2]
        return cv2.remap(texture.rgba, x, y, self.method, into, border)
