"""Layers of many pictures drawn in front of each other, and what is seen of every figure.

Pictures are made front to back. What a layer shows is its alpha times what those before it let
through, so that a figure's mask is ready as soon as it is drawn, and a figure of which hardly
anything is seen is left out before anything behind it is drawn (Ghiasi et al. 2021, section 3: what
is covered is taken from the masks; Liu et al. 2023, section 3.2: almost hidden ones are erased).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..losses.detection import MASK_STRIDE
from . import recolor
from .bank import SpriteBank
from .packing import Block, Group, PlanBatch

SMALLEST_BOX = 3  # pixels; what is narrower is no instance


@dataclass(frozen=True, eq=False)
class Figures:
    """What is seen of the figures of B pictures, G at most.

    Attributes:
        boxes: float32 [B,G,4] xyxy pixels, end-exclusive, of the mask from a half on.
        masks: float32 [B,G,S/4,S/4], 0..1, averaged over squares of `MASK_STRIDE` pixels.
        valid: bool [B,G], False where a place is empty or its figure was left out.
    """

    boxes: Tensor
    masks: Tensor
    valid: Tensor


class Canvas:
    """The pictures of a batch while layers are laid behind each other.

    Attributes:
        color: float32 [B,3,S,S], what is there so far.
        seen: float32 [B,S,S], how much of a mask the layers so far let through.
        light: the same for colour; shadows take it away too.
    """

    def __init__(self, batch: PlanBatch):
        count, size, device = len(batch.plans), batch.plans[0].size, batch.matrices.device
        self.batch, self.size = batch, size
        self.color = torch.zeros(count, 3, size, size, device=device)
        self.seen = torch.ones(count, size, size, device=device)
        for row, plan in zip(self.seen, batch.plans, strict=True):
            x, y = plan.padding
            row[y:] = 0
            row[:, x:] = 0
        self.light = self.seen.clone()
        self.kept = torch.ones(len(batch.where) + 1, device=device)
        side = size // MASK_STRIDE
        most = batch.most + 1  # the last one takes what is no figure
        self.boxes = torch.zeros(count, most, 4, device=device)
        self.masks = torch.zeros(count, most, side, side, device=device)
        self.valid = torch.zeros(count, most, dtype=torch.bool, device=device)

    def lay(self, group: Group, drawn: Tensor) -> None:
        """Lays layers, premultiplied RGBA float32 [n,4,h,w] in their windows, behind the rest."""
        batch, layers = self.batch, slice(group.start, group.end)
        views = [self._view(m, group) for m in range(group.start, group.end)]
        drawn *= batch.opacity[layers, None, None, None]
        alpha = drawn[:, 3]
        shown = torch.empty_like(alpha)
        for own, part, view in zip(shown, alpha, views, strict=True):
            torch.mul(part, self.seen[view], out=own)
        whole, visible = alpha.sum((1, 2)), shown.sum((1, 2))
        kept = self._judged(layers, whole, visible)
        drawn *= kept[:, None, None, None]
        shown *= kept[:, None, None]
        hidden = shown * batch.solid[layers, None, None]
        for own, gone, view in zip(drawn, hidden, views, strict=True):
            light = self.light[view]
            picture, *window = view
            self.color[(picture, slice(None), *window)].addcmul_(own[:3], light)
            light.addcmul_(light, own[3], value=-1)
            self.seen[view].sub_(gone)
        self._note(group, shown, kept)

    def _view(self, layer: int, group: Group) -> tuple[int, slice, slice]:
        picture, _, x, y = self.batch.where[layer]
        return picture, slice(y, y + group.height), slice(x, x + group.width)

    def _judged(self, layers: slice, whole: Tensor, visible: Tensor) -> Tensor:
        """1 for layers that stay, by the rule of `compose.compose`; float32 [n]."""
        batch, area = self.batch, self.size * self.size
        stays = visible >= batch.plans[0].minimum_visible * whole
        stays &= visible >= max(60.0, 0.0008 * area)
        stays &= (batch.inside[layers] >= 0.12) | (visible >= 0.2 * area)
        stays |= batch.figure[layers] == 0
        kept = stays.float() * self.kept[batch.owners[layers]]
        self.kept[layers] = kept
        return kept

    def _note(self, group: Group, shown: Tensor, kept: Tensor) -> None:
        """Keeps boxes and masks of layers that were laid."""
        batch, layers = self.batch, slice(group.start, group.end)
        boxes = _bounds(shown) + batch.origins[layers].repeat(1, 2)
        present = (kept > 0) & (boxes[:, 2:] - boxes[:, :2] >= SMALLEST_BOX).all(1)
        at = batch.pictures[layers], batch.instances[layers]
        self.boxes[at] = boxes * present[:, None]
        self.valid[at] = present
        small = F.avg_pool2d(shown[:, None], MASK_STRIDE)[:, 0] * present[:, None, None]
        for m, mask in enumerate(small, group.start):
            picture, instance, x, y = batch.where[m]
            x, y = x // MASK_STRIDE, y // MASK_STRIDE
            own = self.masks[picture, instance]
            own[y : y + mask.shape[0], x : x + mask.shape[1]] = mask

    def figures(self) -> Figures:
        """What is seen of the figures, as far as layers were laid."""
        return Figures(self.boxes[:, :-1], self.masks[:, :-1], self.valid[:, :-1])


def composited(batch: PlanBatch, bank: SpriteBank, behind: Tensor) -> tuple[Tensor, Figures]:
    """Pictures float32 [B,3,S,S], 0..1, of all layers over what is `behind` them (alike), and what
    is seen of their figures."""
    canvas = Canvas(batch)
    textures = {rung: _textures(bank, rung, block) for rung, block in batch.blocks.items()}
    for groups in batch.places:
        for group in groups:
            own = textures[group.rung][group.offset : group.offset + group.end - group.start]
            canvas.lay(group, _drawn(batch, group, own))
    color = canvas.color.addcmul_(behind, canvas.light[:, None])
    return color, canvas.figures()


def _textures(bank: SpriteBank, rung: int, block: Block) -> Tensor:
    """The drawings of a block as they are to look: premultiplied RGBA, float32 [n,4,s,s]."""
    textures, slots = bank.textures(rung, block.entries)
    if block.palette is not None:
        chosen = block.palette.numbers
        painted = recolor.repaint(textures[chosen], slots[chosen], *block.palette.values)
        textures[chosen] = painted
    for change, how in ((block.tone, recolor.retone), (block.light, recolor.light)):
        if change is not None:
            textures[change.numbers] = how(textures[change.numbers], *change.values)
    return textures


def _drawn(batch: PlanBatch, group: Group, textures: Tensor) -> Tensor:
    """The layers of a group in their windows: float32 [n,4,h,w]."""
    layers, device = slice(group.start, group.end), textures.device
    matrix = batch.matrices[layers]
    corners = batch.origins[layers]
    x = torch.arange(group.width, device=device) + 0.5 + corners[:, :1]
    y = torch.arange(group.height, device=device) + 0.5 + corners[:, 1:]
    across, down = x[:, None, :, None], y[:, :, None, None]
    grid = matrix[:, None, None, :, 0] * across + matrix[:, None, None, :, 1] * down
    grid = grid + matrix[:, None, None, :, 2]
    return F.grid_sample(textures, grid, "bilinear", "zeros", align_corners=False)


def _bounds(masks: Tensor) -> Tensor:
    """Boxes float32 [n,4] xyxy, end-exclusive, of masks [n,h,w] where they round to 128 of 255 or
    more."""
    inside = masks >= 127.5 / 255
    sides = []
    for seen in (inside.any(1), inside.any(2)):
        at = torch.arange(seen.shape[1], device=masks.device)
        first = torch.where(seen, at, seen.shape[1]).amin(1)
        last = torch.where(seen, at + 1, 0).amax(1)
        sides.append((first, last))
    (x0, x1), (y0, y1) = sides
    return torch.stack([x0, y0, x1, y1], 1).float()
