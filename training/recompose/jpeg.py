"""What JPEG does to a picture, without its file: blocks of cosines, rounded (ITU-T T.81)."""

from __future__ import annotations

import functools
import math

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCK = 8
# ITU-T T.81, annex K.1: steps for brightness and for colour at quality 50.
_BRIGHTNESS = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
_COLOR = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 8,) * 4,
)


def through_jpeg(pictures: Tensor, quality: Tensor, halved: bool = False) -> Tensor:
    """Pictures float32 [n,3,H,W], 0..1, as JPEG of a quality 1..100 ([n]) leaves them.

    H and W are multiples of 8, of 16 where colour has half the resolution (`halved`).
    """
    red, green, blue = (pictures * 255).unbind(1)
    bright = 0.299 * red + 0.587 * green + 0.114 * blue
    colors = torch.stack([(blue - bright) * 0.564, (red - bright) * 0.713], 1)
    if halved:
        colors = F.avg_pool2d(colors, 2)
    bright = _rounded(bright[:, None] - 128, steps(quality, _BRIGHTNESS)) + 128
    colors = _rounded(colors, steps(quality, _COLOR))
    if halved:
        colors = F.interpolate(colors, scale_factor=2.0, mode="bilinear", align_corners=False)
    bright, (blueness, redness) = bright[:, 0], colors.unbind(1)
    red, blue = bright + redness / 0.713, bright + blueness / 0.564
    green = (bright - 0.299 * red - 0.114 * blue) / 0.587
    return (torch.stack([red, green, blue], 1) / 255).clamp(0, 1)


def steps(quality: Tensor, table: tuple[tuple[int, ...], ...]) -> Tensor:
    """Quantisation steps [n,8,8] at a quality [n], scaled as libjpeg does."""
    scale = torch.where(quality < 50, 5000 / quality.clamp(min=1), 200 - 2 * quality)
    values = _on(table, quality.device)
    return ((values * scale[:, None, None] + 50) / 100).floor().clamp(1, 255)


def _rounded(values: Tensor, table: Tensor) -> Tensor:
    """Channels [n,c,H,W] with their block cosines rounded to the steps `table` [n,8,8]."""
    count, channels, height, width = values.shape
    blocks = values.reshape(count, channels, height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    blocks = blocks.transpose(3, 4)
    cosines = _cosines(values.device)
    table = table[:, None, None, None]
    waves = ((cosines @ blocks @ cosines.T) / table).round() * table
    back = (cosines.T @ waves @ cosines).transpose(3, 4)
    return back.reshape(count, channels, height, width)


@functools.cache
def _on(table: tuple[tuple[int, ...], ...], device: torch.device) -> Tensor:
    return torch.tensor(table, dtype=torch.float32, device=device)


@functools.cache
def _cosines(device: torch.device) -> Tensor:
    """Orthonormal DCT-II [8,8]: row k is frequency k."""
    at = (torch.arange(BLOCK) + 0.5) * math.pi / BLOCK
    rows = torch.cos(torch.arange(BLOCK)[:, None] * at) * (2 / BLOCK) ** 0.5
    rows[0] = BLOCK**-0.5
    return rows.to(device)
