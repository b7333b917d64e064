"""Which of a layer's sizes and blurs a frame is drawn from."""

from __future__ import annotations

import math
from typing import Protocol, TypeVar

from .lens_blur import blur_level, diameter_at

_FREE = 0.15  # octaves of minification that are sampled from the finer size alone
_OCTAVES = 16.0
_KEPT = 2  # blurred textures kept per layer


class Sampled(Protocol):
    """A texture on whatever device: `texture.Texture` or `texture_torch.TorchTexture`."""

    size: tuple[int, int]
    step: float

    def halved(self) -> Sampled:
        """The same with half as many pixels a side, rounded up."""

    def blurred(self, diameter: float) -> Sampled:
        """The same seen through a disc of that many of its pixels."""


T = TypeVar("T", bound=Sampled)


class Pyramid:
    """A layer's textures: as it is, halved as often as is asked for, and blurred."""

    def __init__(self, texture: T) -> None:
        self._levels = [texture]
        self._blurred: dict[tuple[int, float], T] = {}

    def level(self, number: int) -> T:
        """The layer halved so often; as often as it can be, if that is less."""
        while len(self._levels) <= number and max(self._levels[-1].size) > 1:
            self._levels.append(self._levels[-1].halved())
        return self._levels[min(number, len(self._levels) - 1)]

    def choose(self, scale: float, disc: float = 0.0) -> list[tuple[T, float]]:
        """Textures to be mixed, and their shares.

        Args:
            scale: pixels of the frame per pixel of the layer.
            disc: diameter of the lens's blur, in pixels of the layer.
        """
        low, share = mip_levels(scale)
        level = max(low, blur_level(disc))
        diameter = diameter_at(disc, self.level(level).step)
        if diameter > 0:
            return [(self._blur(level, diameter), 1.0)]
        coarse, fine = self.level(low + 1) if share > 0 else None, self.level(low)
        if coarse is None or coarse is fine:
            return [(fine, 1.0)]
        return [(fine, 1 - share), (coarse, share)]

    def _blur(self, level: int, diameter: float) -> T:
        texture = self._blurred.pop((level, diameter), None)
        if texture is None:
            texture = self.level(level).blurred(diameter)
        self._blurred[level, diameter] = texture  # the last one used comes last
        while len(self._blurred) > _KEPT:
            del self._blurred[next(iter(self._blurred))]
        return texture


def mip_levels(scale: float) -> tuple[int, float]:
    """The finer of the two sizes that `scale` lies between, and the share of the coarser one.

    Bicubic sampling stands a little minification; so the coarser one comes in late, and pictures
    that are nearly as large as their layers stay as sharp as they are.
    """
    octaves = math.log2(1 / scale) if scale > 0 else _OCTAVES
    if octaves < 1:
        octaves = max(octaves - _FREE, 0) / (1 - _FREE)
    low = math.floor(min(octaves, _OCTAVES))
    return low, min(octaves, _OCTAVES) - low
