"""Sharpening a refined mask at the picture's own resolution.

A character that is larger than the refiner's input is first refined as a whole, shrunk, because the
network must see all of it to know what belongs to it. What shrinking lost lies along the edge of
the mask, so only there the network looks again: tile by tile, at full resolution, with the mask so
far as its coarse mask.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

# Neighbouring tiles share this part of their side, over which one fades into the other.
OVERLAP = 0.25


def sharpen(
    logits_of: Callable[[Tensor, Tensor], Tensor],
    picture: Tensor,
    alpha: Tensor,
    tile: int,
    shrunk: float,
    batch: int = 1,
) -> Tensor:
    """Return `alpha` with its edge redrawn at full resolution.

    Args:
        logits_of: the refiner: pictures `[B, 3, tile, tile]` and coarse masks
            `[B, 1, tile, tile]` to logits of the same size.
        picture: `[1, 3, H, W]`, as `logits_of` reads it.
        alpha: float32 `[H, W]`, the mask so far, 0 to 1.
        tile: side of a tile in pixels.
        shrunk: by how much the picture was scaled when `alpha` was made, under 1.
        batch: tiles at a time.

    Returns:
        float32 `[H, W]`; away from the edge exactly `alpha`.
    """
    band = _edge_band(alpha, int(1.5 / shrunk) + 2)
    places = [(y, x) for y in _starts(alpha.shape[0], tile) for x in _starts(alpha.shape[1], tile)]
    places = [(y, x) for y, x in places if band[y : y + tile, x : x + tile].any()]
    if not places:
        return alpha
    total = torch.zeros_like(alpha)
    weight = torch.zeros_like(alpha)
    window = _window(tile, alpha.device)
    coarse = (alpha >= 0.5).float()[None, None]
    for start in range(0, len(places), batch):
        group = places[start : start + batch]
        seen = torch.cat([_cut(picture, y, x, tile) for y, x in group])
        masks = torch.cat([_cut(coarse, y, x, tile) for y, x in group])
        redrawn = logits_of(seen, masks)[:, 0].to(alpha).sigmoid()
        for (y, x), part in zip(group, redrawn, strict=True):
            height, width = alpha[y : y + tile, x : x + tile].shape
            total[y : y + tile, x : x + tile] += (part * window)[:height, :width]
            weight[y : y + tile, x : x + tile] += window[:height, :width]
    return torch.where(band & (weight > 0), total / weight.clamp(min=1e-6), alpha)


def _edge_band(alpha: Tensor, reach: int) -> Tensor:
    """bool `[H, W]`: pixels within `reach` of the 0.5 edge (square neighbourhood)."""
    inside = (alpha >= 0.5).float()[None, None]
    side = 2 * reach + 1
    # A square maximum is one along the rows and one along the columns.
    near = [
        F.max_pool2d(F.max_pool2d(x, (side, 1), 1, (reach, 0)), (1, side), 1, (0, reach))
        for x in (inside, 1 - inside)
    ]
    return (near[0] * near[1])[0, 0] > 0


def _starts(length: int, tile: int) -> list[int]:
    """Where tiles begin along one side: evenly, overlapping, the last one ending at the border."""
    if length <= tile:
        return [0]
    steps = -(-(length - tile) // int(tile * (1 - OVERLAP)))
    return [round(step * (length - tile) / steps) for step in range(steps + 1)]


def _cut(planes: Tensor, y: int, x: int, tile: int) -> Tensor:
    """`[1, C, tile, tile]` at a place; what lies beyond the border is 0."""
    part = planes[..., y : y + tile, x : x + tile]
    return F.pad(part, (0, tile - part.shape[-1], 0, tile - part.shape[-2]))


def _window(tile: int, device: torch.device) -> Tensor:
    """Weights `[tile, tile]` that fall off towards the border, where a tile knows least."""
    ramp = torch.arange(tile, device=device, dtype=torch.float32) + 0.5
    ramp = (torch.minimum(ramp, tile - ramp) / (tile * OVERLAP)).clamp(max=1)
    return ramp[:, None] * ramp[None, :]
