"""Which of a layer's sizes and blurs a frame is drawn from."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

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

    def blurred(self, diameter: float, shares: Any = None) -> Sampled:
        """The same seen through a disc of that many of its pixels, of which each takes part with
        its share; wholly if none are given."""


T = TypeVar("T", bound=Sampled)


class Pyramid:
    """A layer's textures: as it is, halved as often as is asked for, and blurred."""

    def __init__(self, texture: T) -> None:
        self._levels = [texture]
        self._blurred: dict[tuple[int, float], T] = {}
        self._parted: dict[tuple[int, float], T] = {}
        self._parting: Hashable = None
        self._lock = threading.Lock()

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

    def choose_parted(
        self, scale: float, disc: float, shares: Callable[[T], Any], key: Hashable
    ) -> list[tuple[T, float]]:
        """Textures of one disc of several, and their shares. Several threads may ask.

        Args:
            scale, disc: see `choose`; the disc is not 0.
            shares: how much each pixel of a texture takes part in it.
            key: what the shares follow from: textures are kept as long as it stays the same.
        """
        with self._lock:
            level = max(mip_levels(scale)[0], blur_level(disc))
            texture = self.level(level)
            diameter = diameter_at(disc, texture.step)
            if diameter == 0:
                return self.choose(scale)
            if self._parting != key:
                self._parting, self._parted = key, {}
            if (level, diameter) not in self._parted:
                self._parted[level, diameter] = texture.blurred(diameter, shares(texture))
            return [(self._parted[level, diameter], 1.0)]

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
