"""Loss of the detector: 2 GIoU + 1 quality focal + 2 dice (arXiv 2312.01943, section 4.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.ops import generalized_box_iou_loss

from cartoon_models.networks.rtmdet_ins import dynamic_masks, mask_priors

from .assigner import Assignment, assign

STRIDES = (8, 16, 32)
MASK_STRIDE = 4
WEIGHTS = {"box": 2.0, "score": 1.0, "mask": 2.0}


@dataclass(frozen=True, eq=False)
class DetectionTargets:
    """What is in a batch of pictures, padded to the fullest one.

    boxes: float32 [B, G, 4], xyxy in pixels of the input.
    masks: float32 [B, G, H/4, W/4], 0..1, area-averaged from the input's size.
    valid: bool [B, G], False for padding.
    """

    boxes: Tensor
    masks: Tensor
    valid: Tensor

    def to(self, device: torch.device | str) -> "DetectionTargets":
        moved = (getattr(self, field.name).to(device, non_blocking=True) for field in fields(self))
        return DetectionTargets(*moved)

    def centers(self) -> Tensor:
        """Centre of mass of each mask, [B, G, 2] (x, y) in pixels of the input."""
        height, width = self.masks.shape[-2:]
        mass = self.masks.sum((-2, -1)).clamp(min=1e-6)
        xs = (torch.arange(width, device=self.masks.device) + 0.5) * MASK_STRIDE
        ys = (torch.arange(height, device=self.masks.device) + 0.5) * MASK_STRIDE
        x = (self.masks.sum(-2) * xs).sum(-1) / mass
        y = (self.masks.sum(-1) * ys).sum(-1) / mass
        return torch.stack((x, y), -1)


def detection_loss(
    outputs: tuple[tuple[Tensor, ...], tuple[Tensor, ...], tuple[Tensor, ...], Tensor],
    targets: DetectionTargets,
    *,
    max_masks: int = 512,
    mean_over_processes: Callable[[Tensor], Tensor] = lambda value: value,
) -> dict[str, Tensor]:
    """Loss parts of one batch: "loss" (the weighted sum), "box", "score", "mask" and "positives".

    outputs is what RTMDetIns returns in training. At most max_masks positive priors, chosen by
    chance, are unrolled to masks, which bounds memory. mean_over_processes makes the normalisers
    equal on all processes of a distributed run.
    """
    levels_cls, levels_box, levels_kernel, mask_feat = outputs
    sizes = [tuple(level.shape[-2:]) for level in levels_cls]
    priors = mask_priors(sizes, STRIDES, mask_feat.device)
    logits = join_levels(levels_cls).float()
    boxes = _boxes_at(priors, join_levels(levels_box).float())
    kernels = join_levels(levels_kernel)

    found = assign(logits, boxes, priors, targets.boxes, targets.valid, targets.centers())
    picture, prior = torch.nonzero(found.instance >= 0, as_tuple=True)
    instance, quality = found.instance[picture, prior], found.quality[picture, prior]
    total_quality = mean_over_processes(quality.sum()).clamp(min=1.0)

    score = quality_focal_loss(logits, found).sum() / total_quality
    giou = generalized_box_iou_loss(boxes[picture, prior], targets.boxes[picture, instance])
    box = (giou * quality).sum() / total_quality
    chosen = _at_most(max_masks, picture, prior, instance)
    mask = _dice_sum(mask_feat, kernels, priors, targets, *chosen)
    unrolled = torch.as_tensor(float(len(chosen[0])), device=mask.device)
    mask = mask / mean_over_processes(unrolled).clamp(min=1.0)
    total = WEIGHTS["box"] * box + WEIGHTS["score"] * score + WEIGHTS["mask"] * mask
    positives = torch.as_tensor(float(len(picture)), device=total.device)
    return {"loss": total, "box": box, "score": score, "mask": mask, "positives": positives}


def semantic_loss(levels: Sequence[Tensor], targets: DetectionTargets) -> Tensor:
    """Cross entropy plus dice of "any character here" per level, a scalar.

    levels: logits [B, 1, h, w] at strides 8, 16 and 32. Only for training, as in CondInst
    (arXiv 2102.03026): every pixel teaches the features what a character is, before boxes can.
    """
    union = targets.masks.sum(1, keepdim=True).clamp(max=1)
    total = union.new_zeros(())
    for logits, stride in zip(levels, STRIDES, strict=True):
        truth = F.avg_pool2d(union, stride // MASK_STRIDE)
        cross = F.binary_cross_entropy_with_logits(logits.float(), truth)
        # One dice over the batch: a picture without characters has none of its own.
        dice = dice_loss(logits.float().reshape(1, -1), truth.reshape(1, -1)).mean()
        total = total + (cross + dice) / len(STRIDES)
    return total


def quality_focal_loss(logits: Tensor, found: Assignment, beta: float = 2.0) -> Tensor:
    """Quality focal loss per prior, [B, P], of one-class logits [B, P, 1] (equation 2).

    The label of a positive prior is the IoU that its predicted box reaches, 0 elsewhere.
    """
    if logits.shape[-1] != 1:
        raise ValueError(f"the loss is written for one class, the logits have {logits.shape[-1]}")
    said = logits[..., 0]
    loss = F.binary_cross_entropy_with_logits(said, found.quality, reduction="none")
    return loss * (found.quality - said.sigmoid()).abs().pow(beta)


def dice_loss(logits: Tensor, target: Tensor, eps: float = 5e-6) -> Tensor:
    """1 - 2 p*t / (p*p + t*t) per mask, [N], of logits and target [N, h, w] (equation 3)."""
    said = logits.sigmoid().flatten(1)
    target = target.flatten(1)
    shared = (said * target).sum(1)
    return 1 - 2 * shared / (said.square().sum(1) + target.square().sum(1) + 2 * eps)


def join_levels(levels: tuple[Tensor, ...]) -> Tensor:
    """[B, C, h, w] per level -> [B, P, C], row-major inside a level, levels in order."""
    return torch.cat([level.flatten(2) for level in levels], 2).transpose(1, 2)


def _boxes_at(priors: Tensor, distances: Tensor) -> Tensor:
    point = priors[:, :2]
    return torch.cat((point - distances[..., :2], point + distances[..., 2:]), -1)


def _at_most(count: int, *indices: Tensor) -> tuple[Tensor, ...]:
    if len(indices[0]) <= count:
        return indices
    kept = torch.randperm(len(indices[0]), device=indices[0].device)[:count]
    return tuple(values[kept] for values in indices)


def _dice_sum(
    mask_feat: Tensor,
    kernels: Tensor,
    priors: Tensor,
    targets: DetectionTargets,
    picture: Tensor,
    prior: Tensor,
    instance: Tensor,
) -> Tensor:
    """Sum of the dice losses of the masks that the positive priors stand for."""
    # Every parameter takes part even where nothing is positive: a distributed run waits for all.
    total = (kernels.sum() + mask_feat.sum()) * 0.0
    for index, feature in enumerate(mask_feat.float()):
        mine = picture == index
        if not mine.any():
            continue
        logits = dynamic_masks(feature, kernels[index, prior[mine]].float(), priors[prior[mine]])
        logits = F.interpolate(
            logits[:, None], size=targets.masks.shape[-2:], mode="bilinear", align_corners=False
        )[:, 0]
        total = total + dice_loss(logits, targets.masks[index, instance[mine]]).sum()
    return total
