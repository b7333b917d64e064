"""Other colours for many drawings at once, on their device."""

from __future__ import annotations

import torch
from torch import Tensor

_DARKEST = 0.03  # flat colours below it count as it, or noise in them would be blown up


def repaint(textures: Tensor, slots: Tensor, old: Tensor, change: Tensor) -> Tensor:
    """Drawings with other flat colours; lines, shading and alpha stay.

    A pixel of a slot is a share of its flat colour and something else: with F the flat colour, its
    share is (pixel . F) / (F . F). That share of the change is added. So ink stays ink, the soft
    edge towards ink stays one, shadows become shadows of the new colour.

    Args:
        textures: float32 [n,4,s,s], premultiplied RGBA 0..1.
        slots: uint8 [n,s,s].
        old, change: float32 [n,K,3], flat colours of the slots and what is to be added to them.
    """
    count, slot_count = old.shape[:2]
    own = slots.long() + torch.arange(count, device=slots.device)[:, None, None] * slot_count
    table = torch.cat([old, change], -1).reshape(-1, 6)
    pixels = table.index_select(0, own.reshape(-1)).view(*own.shape, 6).permute(0, 3, 1, 2)
    flat, added = pixels[:, :3], pixels[:, 3:]
    color, alpha = textures[:, :3], textures[:, 3:]
    length = flat.square().sum(1, keepdim=True).clamp(min=_DARKEST**2)
    share = ((color * flat).sum(1, keepdim=True) / length).clamp(min=0)
    share = torch.minimum(share, 1.5 * alpha)
    return torch.cat([_within(torch.addcmul(color, share, added), alpha), alpha], 1)


def retone(textures: Tensor, matrix: Tensor, offset: Tensor, curve: Tensor) -> Tensor:
    """Drawings whose colours went through a matrix and a curve; see `looks.Look`.

    Args:
        textures: float32 [n,4,s,s], premultiplied RGBA 0..1.
        matrix: float32 [n,3,3].
        offset, curve: float32 [n,3].
    """
    alpha = textures[:, 3:]
    color = mixed(textures[:, :3], matrix)
    color = _within(color.addcmul_(offset[..., None, None], alpha), alpha)
    bent = (color / alpha.clamp(min=1e-3)).neg_().add_(1).mul_(color)
    return torch.cat([_within(color.addcmul_(curve[..., None, None], bent), alpha), alpha], 1)


def light(textures: Tensor, settings: Tensor) -> Tensor:
    """Drawings with light from one side, soft or with a hard border.

    Args:
        textures: float32 [n,4,s,s], premultiplied RGBA 0..1.
        settings: float32 [n,4], see `looks.Look`.
    """
    side = textures.shape[-1]
    at = (torch.arange(side, device=textures.device) + 0.5) / side * 2 - 1
    x, y, depth, border = (value[:, None, None, None] for value in settings.unbind(1))
    ramp = (0.5 + 0.5 * (x * at + y * at[:, None])).clamp(0, 1)
    ramp = torch.where(border >= 0, (ramp > border).float(), ramp)
    alpha = textures[:, 3:]
    return torch.cat([_within(textures[:, :3] * (1.15 - depth * ramp), alpha), alpha], 1)


def mixed(color: Tensor, matrix: Tensor) -> Tensor:
    """Channels [n,3,h,w] times matrices [n,3,3]. By hand: a matrix product of CUDA may round its
    factors to ten bits."""
    columns = matrix[..., None, None].unbind(2)
    out = columns[0] * color[:, :1]
    return out.addcmul_(columns[1], color[:, 1:2]).addcmul_(columns[2], color[:, 2:3])


def _within(color: Tensor, alpha: Tensor) -> Tensor:
    """Premultiplied colours are not brighter than their alpha; in place."""
    return torch.minimum(color.clamp_(min=0), alpha, out=color)
