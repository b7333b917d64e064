"""Taking a mask apart into its connected parts."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from .data import MASK_THRESHOLD, as_masks

# How far a soft edge (hair, a blurred outline) reaches beyond the pixels at 0.5 or more.
EDGE_REACH = 8.0


def connected_parts(masks: Tensor, min_area: int = 1) -> Tensor:
    """Each connected part of each mask as a mask of its own: float32 ``[K, H, W]``.

    Parts are counted on the pixels at 0.5 or more, diagonal neighbours included. Softer pixels go
    to the part that is nearest, within EDGE_REACH pixels, so edges stay soft; the rest is haze
    and is dropped. The parts of the first mask come first, each mask's from the top down.

    Args:
        masks: ``[N, H, W]`` or ``[H, W]``, 0 to 1; see as_masks.
        min_area: parts of fewer pixels than this are left out.
    """
    masks = as_masks(masks)
    parts = [part for mask in masks for part in _parts(mask, min_area)]
    return torch.stack(parts) if parts else masks.new_zeros(0, *masks.shape[1:])


def _parts(mask: Tensor, min_area: int) -> list[Tensor]:
    inside = (mask >= MASK_THRESHOLD).cpu().numpy().astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    kept = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= min_area]
    if count == 2 and kept:
        return [mask]
    if not kept:
        return []
    soft = mask.cpu().numpy()
    owner = _nearest(labels)
    return [
        torch.from_numpy(np.where(owner == number, soft, np.float32(0))).to(mask.device)
        for number in kept
    ]


def _nearest(labels: np.ndarray) -> np.ndarray:
    """For each pixel within EDGE_REACH of a part, that part's label; 0 elsewhere."""
    distance, (rows, columns) = ndimage.distance_transform_edt(labels == 0, return_indices=True)
    return np.where(distance <= EDGE_REACH, labels[rows, columns], 0)
