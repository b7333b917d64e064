"""Fitting a picture of any size into the square that a network reads, and finding the way back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

try:
    import cv2
except ImportError:  # some ComfyUI installations have no OpenCV; torch does the same more slowly
    cv2 = None


@dataclass(frozen=True)
class Letterbox:
    """How a picture lies in a network's input: scaled, at the top left, padded right and below.

    Sizes are (height, width) in pixels.

    Attributes:
        original: the picture.
        content: the picture as it lies in the input.
        padded: the whole input.
    """

    original: tuple[int, int]
    content: tuple[int, int]
    padded: tuple[int, int]

    @classmethod
    def fit(
        cls, original: tuple[int, int], padded: tuple[int, int], enlarge: bool = True
    ) -> Letterbox:
        """Scale to fill `padded` as far as the aspect allows; without `enlarge` never upwards."""
        scale = min(padded[0] / original[0], padded[1] / original[1])
        if not enlarge:
            scale = min(scale, 1.0)
        height, width = (
            min(max(int(side * scale + 0.5), 1), limit)
            for side, limit in zip(original, padded, strict=True)
        )
        return cls(original, (height, width), padded)

    @property
    def scale(self) -> tuple[float, float]:
        """Input pixels per picture pixel, down and across (rounding makes them differ a little)."""
        return self.content[0] / self.original[0], self.content[1] / self.original[1]

    def place(self, planes: Tensor, pad: float, antialias: bool = False) -> Tensor:
        """Return `[B, C, *padded]` from `[B, C, *original]`; `pad` fills what is left over."""
        if planes.shape[-2:] != self.content:
            shrinks = self.content[0] < self.original[0]
            planes = F.interpolate(
                planes, self.content, mode="bilinear", antialias=antialias and shrinks
            )
        missing = [p - c for p, c in zip(self.padded, self.content, strict=True)]
        return F.pad(planes, (0, missing[1], 0, missing[0]), value=pad) if any(missing) else planes

    def back(self, maps: Tensor, stride: int = 1, out: Tensor | None = None) -> Tensor:
        """Resample maps of the padded input to the picture, in one bilinear step, then sigmoid.

        Args:
            maps: logits `[N, h, w]`; a cell is `stride` input pixels.
            out: float32 `[N, H, W]` of the picture's size to write to.

        Returns:
            probabilities float32 `[N, H, W]`, one map at a time: nothing larger than one extra
            map is held.
        """
        height, width = self.original
        if out is None:
            out = torch.empty(len(maps), height, width, device=maps.device)
        # Only what the picture covers, and one cell to interpolate towards.
        rows, columns = (
            min(math.ceil(side / stride) + 1, cells)
            for side, cells in zip(self.content, maps.shape[-2:], strict=True)
        )
        maps = maps[:, :rows, :columns].float().contiguous()
        factors = [stride / scale for scale in self.scale]
        for index in range(len(maps)):
            grown = _enlarge(maps[index], (height, width), factors)
            torch.sigmoid(grown, out=out[index])
        return out


def _enlarge(plane: Tensor, size: tuple[int, int], factors: list[float]) -> Tensor:
    """Bilinear enlargement by exact factors (half-pixel centres), cut to `size`."""
    if cv2 is not None and plane.device.type == "cpu" and max(size) < 32000:
        # OpenCV is about twice as fast as torch here.
        grown = cv2.resize(
            plane.numpy(), None, fx=factors[1], fy=factors[0], interpolation=cv2.INTER_LINEAR
        )
        grown = np.atleast_2d(grown)
        if grown.shape[0] >= size[0] and grown.shape[1] >= size[1]:
            return torch.from_numpy(grown)[: size[0], : size[1]]
    return torch.ops.aten.upsample_bilinear2d(
        plane[None, None], list(size), False, factors[0], factors[1]
    )[0, 0]
