"""Dynamic soft label assignment: which prior learns which instance (RTMDet, arXiv 2212.07784, 3.4).

Every prior gets a cost for every instance: a soft classification cost, an overlap cost and a soft
centre prior. Each instance takes its k cheapest priors, where k follows from how well the network's
own boxes already overlap it, so that easy instances train many priors and hard ones few.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor


class Assignment(NamedTuple):
    """What every prior has to learn.

    instance: int64 [B, P], index of the prior's instance in its picture, -1 for background.
    quality:  float32 [B, P], IoU of the predicted box with that instance, 0 for background.
    """

    instance: Tensor
    quality: Tensor


@torch.no_grad()
def assign(
    logits: Tensor,
    boxes: Tensor,
    priors: Tensor,
    truth_boxes: Tensor,
    truth_valid: Tensor,
    truth_centers: Tensor | None = None,
    truth_labels: Tensor | None = None,
    *,
    topk: int = 13,
    overlap_weight: float = 3.0,
    center_radius: float = 3.0,
) -> Assignment:
    """Match priors and instances of a whole batch at once.

    logits [B, P, C] and boxes [B, P, 4] (xyxy, pixels) are what the network said at the priors
    [P, 4] (x, y, stride, stride). truth_boxes [B, G, 4], truth_labels [B, G] (default: class 0) and
    truth_centers [B, G, 2] (default: middle of the box; RTMDet-Ins takes the mask's centre of mass)
    are padded to the fullest picture; truth_valid [B, G] is False for padding.
    """
    if truth_boxes.shape[1] == 0:
        return Assignment(
            torch.full(boxes.shape[:2], -1, dtype=torch.long, device=boxes.device),
            boxes.new_zeros(boxes.shape[:2], dtype=torch.float32),
        )
    logits, boxes, truth_boxes = logits.float(), boxes.float(), truth_boxes.float()
    if truth_centers is None:
        truth_centers = (truth_boxes[..., :2] + truth_boxes[..., 2:]) / 2
    inside = _inside(priors, truth_boxes) & truth_valid[:, None]
    allowed = inside.any(-1, keepdim=True) & truth_valid[:, None]

    overlap = pairwise_iou(boxes, truth_boxes) * allowed
    distance = (priors[None, :, None, :2] - truth_centers[:, None]).norm(dim=-1)
    cost = (
        _classification_cost(logits, overlap, truth_labels)
        - torch.log(overlap + 1e-7) * overlap_weight
        + torch.pow(10.0, (distance / priors[None, :, None, 2]).clamp(max=30.0) - center_radius)
    ).masked_fill(~allowed, torch.inf)

    chosen = _cheapest(cost, overlap, min(topk, cost.shape[1]))
    # A prior that several instances want goes to the one where it is cheapest.
    instance = cost.masked_fill(~chosen, torch.inf).argmin(-1)
    positive = chosen.any(-1)
    quality = overlap.gather(-1, instance[..., None])[..., 0] * positive
    return Assignment(instance.masked_fill(~positive, -1), quality)


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """IoU of every box of a [B, P, 4] with every box of b [B, G, 4] (xyxy) -> [B, P, G]."""
    low = torch.maximum(a[:, :, None, :2], b[:, None, :, :2])
    high = torch.minimum(a[:, :, None, 2:], b[:, None, :, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    area_a = (a[..., 2:] - a[..., :2]).clamp(min=0).prod(-1)
    area_b = (b[..., 2:] - b[..., :2]).clamp(min=0).prod(-1)
    return shared / (area_a[:, :, None] + area_b[:, None] - shared).clamp(min=1e-6)


def _inside(priors: Tensor, boxes: Tensor) -> Tensor:
    point = priors[None, :, None, :2]
    return ((point > boxes[:, None, :, :2]) & (point < boxes[:, None, :, 2:])).all(-1)


def _classification_cost(logits: Tensor, overlap: Tensor, labels: Tensor | None) -> Tensor:
    """Quality focal cost of a prior for an instance, its label their IoU: [B, P, G]."""
    batch, _, classes = logits.shape
    if labels is None:
        labels = torch.zeros(batch, overlap.shape[-1], dtype=torch.long, device=logits.device)
    target = F.one_hot(labels, classes).to(overlap)[:, None] * overlap[..., None]
    said = logits[:, :, None].expand_as(target)
    cost = F.binary_cross_entropy_with_logits(said, target, reduction="none")
    return (cost * (target - said.sigmoid()).square()).sum(-1)


def _cheapest(cost: Tensor, overlap: Tensor, topk: int) -> Tensor:
    """bool [B, P, G]: the k cheapest priors of each instance, k = sum of its topk best overlaps."""
    count = overlap.topk(topk, dim=1).values.sum(1, keepdim=True).int().clamp(min=1)
    lowest = cost.topk(topk, dim=1, largest=False)
    rank = torch.arange(topk, device=cost.device)[None, :, None]
    wanted = (rank < count) & torch.isfinite(lowest.values)
    return torch.zeros_like(cost, dtype=torch.bool).scatter_(1, lowest.indices, wanted)
