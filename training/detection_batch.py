"""What a detector learns from at a step: pictures and what is in them, joined from samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .losses.detection import MASK_STRIDE, DetectionTargets

PAD = 114  # of pixels beside a picture that is not square, 0..255


@dataclass(frozen=True, eq=False)
class DetectionBatch:
    """pictures uint8 [B, H, W, 3] RGB and what is in them."""

    pictures: Tensor
    targets: DetectionTargets

    def to(self, device: torch.device | str) -> DetectionBatch:
        return DetectionBatch(self.pictures.to(device, non_blocking=True), self.targets.to(device))

    def pin_memory(self) -> DetectionBatch:
        targets = DetectionTargets(*(value.pin_memory() for value in vars(self.targets).values()))
        return DetectionBatch(self.pictures.pin_memory(), targets)


def boxes_of(masks: Tensor, smallest: int = 3) -> tuple[Tensor, Tensor]:
    """Boxes float32 [N, 4] xyxy of uint8 masks [N, H, W] >= 128, and which are big enough [N]."""
    inside = masks >= 128
    boxes = torch.zeros(len(masks), 4)
    for axis, seen in ((0, inside.any(1)), (1, inside.any(2))):
        places = torch.arange(seen.shape[1])
        boxes[:, axis] = torch.where(seen, places, seen.shape[1]).amin(1).float()
        boxes[:, axis + 2] = torch.where(seen, places + 1, 0).amax(1).float()
    return boxes, (boxes[:, 2:] - boxes[:, :2] >= smallest).all(1)


def collate(samples: Sequence[dict[str, Tensor]]) -> DetectionBatch:
    """Stack pictures, pad instances to the fullest picture, average masks to the loss's stride."""
    pictures = torch.stack([sample["picture"] for sample in samples])
    height, width = (side // MASK_STRIDE for side in pictures.shape[1:3])
    fullest = max(len(sample["boxes"]) for sample in samples)
    boxes = torch.zeros(len(samples), fullest, 4)
    masks = torch.zeros(len(samples), fullest, height, width)
    valid = torch.zeros(len(samples), fullest, dtype=torch.bool)
    for row, sample in enumerate(samples):
        count = len(sample["boxes"])
        if count:
            boxes[row, :count] = sample["boxes"]
            masks[row, :count] = F.avg_pool2d(sample["masks"].float() / 255, MASK_STRIDE)
            valid[row, :count] = True
    return DetectionBatch(pictures, DetectionTargets(boxes, masks, valid))
