"""Running the detector on a picture: the low-resolution stage of arXiv 2312.01943, section 4.1."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .coarse import Finds
from .data import Instances
from .decode import (
    Candidates,
    candidate_finds,
    candidate_instances,
    distinct_candidates,
    find_candidates,
)
from .letterbox import Letterbox

# Per channel, blue first, of pictures from 0 to 255: what the published networks were trained on.
MEAN_BGR = (103.53, 116.28, 123.675)
STD_BGR = (57.375, 57.12, 58.395)
PAD = 114.0


def detect(
    network: nn.Module,
    picture: Tensor,
    *,
    size: int = 640,
    antialias: bool = False,
    score_threshold: float = 0.3,
    nms_threshold: float = 0.6,
    max_instances: int = 100,
    mask_nms_threshold: float | None = None,
) -> Instances:
    """`find`, with the masks made."""
    return find(
        network,
        picture,
        size=size,
        antialias=antialias,
        score_threshold=score_threshold,
        nms_threshold=nms_threshold,
        max_instances=max_instances,
        mask_nms_threshold=mask_nms_threshold,
    ).instances()


def find(
    network: nn.Module,
    picture: Tensor,
    *,
    size: int = 640,
    antialias: bool = False,
    score_threshold: float = 0.3,
    nms_threshold: float = 0.6,
    max_instances: int = 100,
    mask_nms_threshold: float | None = None,
) -> Finds:
    """Find the characters of one picture, best score first, with coarse soft masks.

    Args:
        network: an `RTMDetIns`; it runs where it is and in its own precision.
        picture: float32 `[H, W, 3]`, RGB, 0 to 1, any size.
        size: side of the square that the network sees, a multiple of 32.
        antialias: smooth when shrinking. The published networks were trained without.
        score_threshold, nms_threshold, max_instances, mask_nms_threshold: see `decode`.
    """
    raw, frame = run(network, picture, size, antialias)
    found = distinct_candidates(
        *raw, frame, score_threshold, nms_threshold, max_instances, mask_nms_threshold
    )
    return candidate_finds(found, raw[3], frame)


def detect_in_boxes(
    network: nn.Module,
    picture: Tensor,
    boxes: Tensor,
    *,
    size: int = 640,
    antialias: bool = False,
    score_threshold: float = 0.05,
) -> tuple[Instances, Tensor]:
    """For each box, the mask of the candidate that fits it best, as the published code does.

    Candidates are not suppressed, so two boxes may get the same one.

    Args:
        boxes: float32 `[N, 4]` xyxy in pixels.

    Returns:
        one instance per box, in order, and the IoU `[N]` of each box with its candidate's. With
        no candidate at all the masks are empty and the IoUs 0.
    """
    from torchvision.ops import box_iou

    raw, frame = run(network, picture, size, antialias)
    found: Candidates = find_candidates(*raw[:3], frame, score_threshold)
    if not len(found) or not len(boxes):
        nothing = torch.zeros(len(boxes), *frame.original, device=picture.device)
        return (
            Instances.from_masks(nothing, scores=torch.zeros(len(boxes)), boxes=boxes),
            torch.zeros(len(boxes), device=picture.device),
        )
    overlap, best = box_iou(boxes.to(found.boxes), found.boxes).max(1)
    return candidate_instances(found[best], raw[3], frame), overlap


def run(network: nn.Module, picture: Tensor, size: int, antialias: bool):
    """Letterbox, normalise, forward; return the raw outputs and the `Letterbox`."""
    if size < 32 or size % 32:
        raise ValueError(f"The detector's size is a multiple of 32, not {size}.")
    weight = next(network.parameters())
    frame = Letterbox.fit(tuple(picture.shape[:2]), (size, size))
    # In place: `flip` has made a copy, and of a large picture a second one is much.
    bgr = picture.permute(2, 0, 1)[None].flip(1).to(weight.device, torch.float32).mul_(255.0)
    placed = frame.place(bgr, PAD, antialias)
    mean, std = (placed.new_tensor(values)[:, None, None] for values in (MEAN_BGR, STD_BGR))
    x = ((placed - mean) / std).to(weight.dtype)
    with torch.no_grad():
        return network(x.contiguous(memory_format=torch.channels_last)), frame
