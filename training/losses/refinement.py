"""Loss of the refiner: position-aware side masks and intermediate supervision.

arXiv 2312.01943, section 4.2.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def refinement_loss(
    sides: Sequence[Tensor],
    mask: Tensor,
    features: Sequence[Tensor] = (),
    truth_features: Sequence[Tensor] = (),
    *,
    inside: Tensor | None = None,
    finest_weight: float = 5.0,
    feature_weight: float = 1.0,
    position_aware: bool = True,
) -> dict[str, Tensor]:
    """Loss parts of one batch: "loss" (the sum), "sides", "finest" (unweighted) and "features".

    sides: logits [B, 1, H, W], finest first; mask: float [B, 1, H, W], 0..1. features and
    truth_features are the levels of the network and of the frozen ground-truth encoder
    (equation 5); without them only the side masks are supervised. inside [B, 1, H, W] is 0 where
    the picture is padding, which then does not count.

    position_aware=False leaves L_ppa (equation 6) out: all sides count alike, by the cross entropy
    of every pixel alike, as in IS-Net before it.
    """
    weight = position_weight(mask) if position_aware else torch.ones_like(mask)
    weight = weight if inside is None else weight * inside
    of_side = side_loss if position_aware else plain_side_loss
    losses = torch.stack([of_side(side.float(), mask, weight) for side in sides])
    factors = torch.ones_like(losses)
    if position_aware:
        factors[0] = finest_weight
    total = (losses * factors).sum()
    aligned = feature_loss(features, truth_features) if features else total.new_zeros(())
    return {
        "loss": total + feature_weight * aligned,
        "sides": total,
        "finest": losses[0],
        "features": aligned,
    }


def position_weight(mask: Tensor, window: int = 15) -> Tensor:
    """1 + 5 |average pool of the mask - mask|, [B, 1, H, W]: 1 far from the outline, more on it."""
    half = window // 2
    # Rows then columns: the same mean for a tenth of the work. Padding is not counted, or a figure
    # that leaves the picture would seem to have an outline there.
    pooled = F.avg_pool2d(mask[:, 0], (1, window), 1, (0, half), count_include_pad=False)
    pooled = F.avg_pool2d(pooled, (window, 1), 1, (half, 0), count_include_pad=False)[:, None]
    return 1 + 5 * (pooled - mask).abs()


def side_loss(logits: Tensor, mask: Tensor, weight: Tensor) -> Tensor:
    """Weighted cross entropy + weighted (1 - IoU) of one side mask (equation 6), a scalar."""
    cross = _cross_entropy(logits, mask, weight)
    said = logits.sigmoid()
    shared = (said * mask * weight).sum((1, 2, 3))
    union = ((said + mask) * weight).sum((1, 2, 3)) - shared
    return (cross + 1 - (shared + 1) / (union + 1)).mean()


def plain_side_loss(logits: Tensor, mask: Tensor, weight: Tensor) -> Tensor:
    """Weighted cross entropy of one side mask, a scalar."""
    return _cross_entropy(logits, mask, weight).mean()


def _cross_entropy(logits: Tensor, mask: Tensor, weight: Tensor) -> Tensor:
    """Of each picture, [B]."""
    cross = F.binary_cross_entropy_with_logits(logits, mask, reduction="none")
    return (weight * cross).sum((1, 2, 3)) / weight.sum((1, 2, 3))


def feature_loss(features: Sequence[Tensor], truth: Sequence[Tensor]) -> Tensor:
    """Sum over the levels of the mean squared difference (equation 5)."""
    if len(features) != len(truth):
        raise ValueError(f"{len(features)} feature levels against {len(truth)} of the encoder")
    pairs = zip(features, truth, strict=True)
    return torch.stack([F.mse_loss(a.float(), b.float()) for a, b in pairs]).sum()
