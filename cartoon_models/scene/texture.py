"""What is sampled when a layer is drawn: its pixels at several sizes, and where they are opaque."""

from __future__ import annotations

import math

import numpy as np

from .data import Layer

_BLOCK = 16
_SOLID = 1 - 1e-4
_INVISIBLE = 0.002  # half a step of 8 bits
_FREE = 0.15  # octaves of minification that are sampled from the finer size alone
_KEPT = 2  # blurred textures kept per layer


class Texture:
    """Premultiplied pixels with a place in the picture.

    Attributes:
        rgba: float32 ``[h, w, 4]``.
        origin: ``(x, y)`` in the picture of the top left corner of its first pixel.
        step: pixels of the picture per pixel of the texture.
        cut: whether something is seen right up to the rim, which then has to stay a straight cut.
    """

    def __init__(self, rgba: np.ndarray, origin: tuple[float, float], step: float) -> None:
        self.rgba = np.ascontiguousarray(rgba, np.float32)
        self.origin, self.step = origin, step
        alpha = self.rgba[..., 3]
        rim = max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max())
        self.cut = bool(rim > _INVISIBLE)
        self._seen = _sums(_blocks(alpha, np.maximum) > 0)
        self._open = _sums(_blocks(alpha, np.minimum) < _SOLID)

    @property
    def size(self) -> tuple[int, int]:
        """``(h, w)``."""
        return self.rgba.shape[:2]

    def to_texture(self) -> np.ndarray:
        """``[3, 3]``: from points of the picture to indices of pixels here, whose middles are
        whole numbers."""
        x, y = self.origin
        return np.array(
            [
                [1 / self.step, 0, -x / self.step - 0.5],
                [0, 1 / self.step, -y / self.step - 0.5],
                [0, 0, 1],
            ]
        )

    def look(self, boxes: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What is seen where the middles of a frame's pixels fall into boxes.

        Args:
            boxes: ``[T, 4]``, x1 y1 x2 y2 in indices of pixels, both ends included; any numbers.
            scale: pixels of the frame per pixel here, see `rim`.

        Returns:
            Three bool ``[T]``: something that is not transparent; nothing but opaque pixels; a
            part of the rim or what is beyond.
        """
        height, width = self.size
        boxes = np.nan_to_num(boxes, nan=0.0, posinf=1e9, neginf=-1e9).clip(-1e9, 1e9)
        last = np.array([width - 1, height - 1])
        half = 0.5 / max(scale, 1e-6) - 0.5 - 1e-6
        inside = ((boxes[:, :2] >= half) & (boxes[:, 2:] <= last - half)).all(axis=1)
        low, high = np.floor(boxes[:, :2]) - 2, np.ceil(boxes[:, 2:]) + 2
        beyond = ((high < 0) | (low > last)).any(axis=1)
        low = np.clip(low, 0, last).astype(int) // _BLOCK
        high = np.clip(high, 0, last).astype(int) // _BLOCK + 1
        seen = ~beyond & (_within(self._seen, low, high) > 0)
        return seen, inside & (_within(self._open, low, high) == 0), ~inside


class Pyramid:
    """A layer's textures: as it is, and halved as often as is asked for.

    Args:
        layer: on any device; its pixels are taken to the CPU.
    """

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        rgba = layer.rgba.detach().cpu().numpy()
        self._levels = [Texture(rgba, layer.offset, 1.0)]
        self.relief = None if layer.relief is None else layer.relief.detach().cpu().numpy()
        self._blurred: dict[tuple[int, int], Texture] = {}

    def level(self, number: int) -> Texture:
        """The layer halved so often; as often as it can be, if that is less."""
        while len(self._levels) <= number and max(self._levels[-1].size) > 1:
            self._levels.append(_halved(self._levels[-1]))
        return self._levels[min(number, len(self._levels) - 1)]

    def for_scale(self, scale: float) -> list[tuple[Texture, float]]:
        """Textures to be mixed, and their shares, for frames with `scale` pixels per pixel."""
        low, share = mip_levels(scale)
        coarse, fine = self.level(low + 1) if share > 0 else None, self.level(low)
        if coarse is None or coarse is fine:
            return [(fine, 1.0)]
        return [(fine, 1 - share), (coarse, share)]


def mip_levels(scale: float) -> tuple[int, float]:
    """The finer of the two sizes that `scale` lies between, and the share of the coarser one.

    Bicubic sampling stands a little minification; so the coarser one comes in late, and pictures
    that are nearly as large as their layers stay as sharp as they are.
    """
    octaves = math.log2(1 / scale) if scale > 0 else 16.0
    if octaves < 1:
        octaves = max(octaves - _FREE, 0) / (1 - _FREE)
    low = math.floor(min(octaves, 16.0))
    return low, min(octaves, 16.0) - low


def _halved(texture: Texture) -> Texture:
    import cv2

    rgba = texture.rgba
    odd = rgba.shape[0] % 2, rgba.shape[1] % 2
    if any(odd):  # the last row or column once more
        rgba = cv2.copyMakeBorder(rgba, 0, odd[0], 0, odd[1], cv2.BORDER_REPLICATE)
    half = cv2.resize(rgba, (rgba.shape[1] // 2, rgba.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return Texture(half, texture.origin, texture.step * 2)


def _blocks(alpha: np.ndarray, reduce: np.ufunc) -> np.ndarray:
    rows = reduce.reduceat(alpha, np.arange(0, alpha.shape[0], _BLOCK), axis=0)
    return reduce.reduceat(rows, np.arange(0, alpha.shape[1], _BLOCK), axis=1)


def _sums(flags: np.ndarray) -> np.ndarray:
    """Summed-area table with a row and a column of zeros before it."""
    return np.pad(flags.cumsum(axis=0, dtype=np.int64).cumsum(axis=1), ((1, 0), (1, 0)))


def _within(sums: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = low[:, 0], low[:, 1], high[:, 0], high[:, 1]
    return sums[y2, x2] - sums[y1, x2] - sums[y2, x1] + sums[y1, x1]
