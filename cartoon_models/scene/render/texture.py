"""What is sampled when a layer is drawn: its pixels at several sizes, and where they are opaque."""

from __future__ import annotations

import cv2
import numpy as np

from ..data import Layer
from .lens_blur import disc_kernel
from .sides import Bounds, Sides, cut_sides, grown_by

Point = tuple[float, float]

_BLOCK = 16
_BAND = 8 * _BLOCK
_SOLID = 1 - 1e-4


class Texture:
    """Premultiplied pixels with a place in the picture.

    Attributes:
        rgba: float32 ``[h, w, 4]``.
        origin: ``(x, y)`` in the picture of the top left corner of its first pixel.
        step: pixels of the picture per pixel of the texture.
        bounds: ``x1 y1 x2 y2`` in the picture; nothing of it is seen beyond.
        ground: whether nothing lies behind it, as with a plate: blurring then leaves its alpha.
        sides: whether something is seen right up to them at the top, bottom, left and right; it
            then has to end there, sharply.
    """

    def __init__(
        self,
        rgba: np.ndarray,
        origin: Point,
        step: float,
        bounds: Bounds,
        sides: Sides,
        ground: bool = False,
    ) -> None:
        self.rgba, self.origin, self.step = rgba, origin, step
        self.bounds, self.sides, self.ground = bounds, sides, ground
        seen, clear = _blocks(rgba)
        self._seen, self._open = _sums(seen), _sums(clear)

    @classmethod
    def of(cls, layer: Layer, ground: bool = False) -> Texture:
        """The pixels of a layer, which may be on any device."""
        rgba = np.ascontiguousarray(layer.rgba.detach().cpu().numpy(), np.float32)
        return cls(rgba, layer.offset, 1.0, layer.box, cut_sides(rgba[..., 3]), ground)

    @property
    def cut(self) -> bool:
        """Whether any side is cut."""
        return any(self.sides)

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

    def halved(self) -> Texture:
        """The same with half as many pixels a side, rounded up."""
        rgba = self.rgba
        odd = rgba.shape[0] % 2, rgba.shape[1] % 2
        if any(odd):  # the last row or column once more
            rgba = cv2.copyMakeBorder(rgba, 0, odd[0], 0, odd[1], cv2.BORDER_REPLICATE)
        size = rgba.shape[1] // 2, rgba.shape[0] // 2
        half = cv2.resize(rgba, size, interpolation=cv2.INTER_AREA)
        return Texture(half, self.origin, self.step * 2, self.bounds, self.sides, self.ground)

    def blurred(self, diameter: float, shares: np.ndarray | None = None) -> Texture:
        """The same seen through a disc of that many of its pixels.

        Blur runs out over the rim, but not where the rim is a cut: there, at the end of the picture
        mostly, what was cut off is taken to have gone on.

        Args:
            shares: float32 ``[h, w]``, above 0: how much each pixel takes part.
        """
        kernel = disc_kernel(diameter)
        rgba = self.rgba if shares is None else cv2.multiply(self.rgba, _four(shares))
        if self.ground:
            soft = _convolved(rgba, kernel, (0, 0, 0, 0))
            # Colour mixes with known colour only; what is not known stays so.
            soft_alpha = np.maximum(soft[..., 3], 1e-6)
            soft = cv2.multiply(soft, _four(self.rgba[..., 3] / soft_alpha))
            return Texture(soft, self.origin, self.step, self.bounds, self.sides, True)
        grown, bounds = grown_by(len(kernel) // 2, self.sides, self.bounds, self.step)
        origin = (self.origin[0] - self.step * grown[2], self.origin[1] - self.step * grown[0])
        soft = _convolved(rgba, kernel, grown)
        if shares is not None:  # what lies around it takes part as its rim does
            shares = cv2.copyMakeBorder(shares, *grown, cv2.BORDER_REPLICATE)
            whole = cv2.filter2D(shares, -1, kernel, borderType=cv2.BORDER_REPLICATE)
            soft = cv2.divide(soft, _four(whole))
        return Texture(soft, origin, self.step, bounds, self.sides)

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Where in the picture the middles of its columns and of its rows lie: float32."""
        height, width = self.size
        x, y = self.origin
        return (
            (x + self.step * (np.arange(width) + 0.5)).astype(np.float32),
            (y + self.step * (np.arange(height) + 0.5)).astype(np.float32),
        )


def _four(plane: np.ndarray) -> np.ndarray:
    """``[h, w]`` for each channel: faster than that numpy repeats it."""
    return cv2.merge([plane] * 4)


def _convolved(rgba: np.ndarray, kernel: np.ndarray, grown: tuple[int, ...]) -> np.ndarray:
    """Convolved, with so many new pixels at the top, bottom, left and right."""
    if any(grown):
        rgba = cv2.copyMakeBorder(rgba, *grown, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    return cv2.filter2D(rgba, -1, kernel, borderType=cv2.BORDER_REPLICATE)


def _blocks(rgba: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Blocks in which any pixel is seen, and in which any is not opaque."""
    found = []
    for start in range(0, len(rgba), _BAND):  # which stay in the cache until they are through
        alpha = cv2.extractChannel(rgba[start : start + _BAND], 3)
        seen = cv2.threshold(alpha, 0, 1, cv2.THRESH_BINARY)[1]
        clear = cv2.threshold(alpha, _SOLID, 1, cv2.THRESH_BINARY_INV)[1]
        found.append((_any_of_block(seen), _any_of_block(clear)))
    seen, clear = (np.concatenate(bands) for bands in zip(*found, strict=True))
    return seen, clear


def _any_of_block(flags: np.ndarray) -> np.ndarray:
    """Of float32 ``[h, w]``, 0 and 1."""
    height, width = flags.shape
    if height % _BLOCK or width % _BLOCK:
        more = 0, -height % _BLOCK, 0, -width % _BLOCK
        flags = cv2.copyMakeBorder(flags, *more, cv2.BORDER_CONSTANT, value=0)
    size = flags.shape[1] // _BLOCK, flags.shape[0] // _BLOCK
    return cv2.resize(flags, size, interpolation=cv2.INTER_AREA) > 0


def _sums(flags: np.ndarray) -> np.ndarray:
    """Summed-area table with a row and a column of zeros before it."""
    return np.pad(flags.cumsum(axis=0, dtype=np.int64).cumsum(axis=1), ((1, 0), (1, 0)))


def _within(sums: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = low[:, 0], low[:, 1], high[:, 0], high[:, 1]
    return sums[y2, x2] - sums[y1, x2] - sums[y2, x1] + sums[y1, x1]
