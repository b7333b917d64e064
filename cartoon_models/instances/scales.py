"""Looking at a picture in several sizes, and joining what is found.

A small input shows a large character whole, a large one shows small characters at all. This is
weighted boxes fusion (arXiv 1910.13302, section 3) with masks in the place of boxes.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .data import Instances, boxes_of_masks
from .decode import Candidates, candidate_instances, distinct_candidates
from .detector import run
from .letterbox import Letterbox, zeros

# Finds of two sizes are one character from this IoU of their masks.
SAME = 0.6
# Boxes that share less than this have no such masks.
NEAR = 0.3
# A size's find counts from this share of the score that is asked for: the other sizes may be surer.
UNSURE = 0.5
# Masks are compared at about this many pixels along their long side.
COMPARED_SIDE = 320


def detect_at_sizes(
    network: nn.Module,
    picture: Tensor,
    sizes: Sequence[int],
    *,
    antialias: bool = False,
    score_threshold: float = 0.3,
    nms_threshold: float = 0.6,
    max_instances: int = 100,
    mask_nms_threshold: float | None = None,
) -> Instances:
    """Find the characters of one picture, best score first, with coarse soft masks.

    A character's score is the mean over the sizes, 0 where one does not find it; its mask and box
    are means that the scores weigh.

    Args:
        sizes: sides of the squares that the network sees, multiples of 32.
        Others as for `detector.detect`.
    """
    looks = []
    for size in sizes:
        raw, frame = run(network, picture, size, antialias)
        found = distinct_candidates(
            *raw,
            frame,
            score_threshold * UNSURE,
            nms_threshold,
            max_instances,
            mask_nms_threshold,
        )
        looks.append((found, raw[3], frame))
    looks = _promising(looks, score_threshold)
    return join([candidate_instances(*look) for look in looks], score_threshold, max_instances)


def join(finds: Sequence[Instances], score_threshold: float, max_instances: int) -> Instances:
    """One `Instances` of the finds of several looks at one picture, best score first.

    Args:
        finds: one for each look, with scores; each without duplicates.
        score_threshold: joined finds need a higher mean score.
        max_instances: how many are kept at most.
    """
    groups = sorted(_groups(finds), key=lambda group: -group[0])
    groups = [group for group in groups if group[0] > score_threshold][:max_instances]
    size, device = finds[0].size, finds[0].masks.device
    if not groups:
        return Instances.empty(size, device)
    places = [
        (boxes[:, 0].floor(), boxes[:, 1].floor(), boxes[:, 2].ceil(), boxes[:, 3].ceil())
        for boxes in (_reach(found.masks) for found in finds)
    ]
    regions = [_around(members, places) for _, members in groups]
    written = sum((y2 - y1) * (x2 - x1) for x1, y1, x2, y2 in regions)
    masks = zeros((len(groups), *size), device, written / (len(groups) * size[0] * size[1]))
    boxes = torch.zeros(len(groups), 4, device=device)
    for row, ((_, members), (x1, y1, x2, y2)) in enumerate(zip(groups, regions, strict=True)):
        total = sum(float(finds[look].scores[index]) for look, index in members)
        for look, index in members:
            share = float(finds[look].scores[index]) / total
            masks[row, y1:y2, x1:x2].add_(finds[look].masks[index, y1:y2, x1:x2], alpha=share)
            boxes[row] += share * finds[look].boxes[index]
    labels = tuple(finds[members[0][0]].labels[members[0][1]] for _, members in groups)
    nothing = ((),) * len(groups)
    return Instances(
        masks=masks,
        boxes=boxes,
        scores=torch.tensor([score for score, _ in groups], device=device),
        labels=labels,
        tags=nothing,
        characters=nothing,
        size=size,
    )


def _promising(
    looks: Sequence[tuple[Candidates, Tensor, Letterbox]], score_threshold: float
) -> list[tuple[Candidates, Tensor, Letterbox]]:
    """The looks without candidates that no others near them can lift over the threshold: their
    masks need not be made."""
    kept = []
    for own, (found, mask_feat, frame) in enumerate(looks):
        best = found.scores.clone()
        for other, (others, _, _) in enumerate(looks):
            if other != own and len(others) and len(found):
                near = _box_iou(found.boxes, others.boxes) >= NEAR
                best += (near * others.scores).amax(1)
        kept.append((found[best > score_threshold * len(looks)], mask_feat, frame))
    return kept


def _groups(finds: Sequence[Instances]) -> list[tuple[float, list[tuple[int, int]]]]:
    """(mean score, (look, index) of each member, the surest first) for every character."""
    places = [(look, index) for look, found in enumerate(finds) for index in range(len(found))]
    if not places:
        return []
    step = max(1, max(finds[0].size) // COMPARED_SIDE)
    inside = torch.cat([found.masks[:, ::step, ::step] >= 0.5 for found in finds])
    flat = inside.flatten(1).float()
    area, shared = flat.sum(1), flat @ flat.T
    same = shared / (area[:, None] + area - shared).clamp(min=1)
    labels = [label for found in finds for label in found.labels]
    scores = torch.cat([found.scores for found in finds])
    overlap, certainty, order = same.tolist(), scores.tolist(), scores.argsort(descending=True)
    taken: set[int] = set()
    groups = []
    for first in order.tolist():
        if first in taken:
            continue
        taken.add(first)
        members = {places[first][0]: first}
        # The best match of each other look joins; what else is the same is a duplicate.
        for other in sorted(range(len(places)), key=lambda index: -overlap[first][index]):
            if overlap[first][other] < SAME:
                break
            if other in taken or labels[other] != labels[first]:
                continue
            if places[other][0] != places[first][0]:
                taken.add(other)
                members.setdefault(places[other][0], other)
        score = sum(certainty[index] for index in members.values()) / len(finds)
        groups.append((score, [places[index] for index in members.values()]))
    return groups


def _reach(masks: Tensor) -> Tensor:
    """Boxes `[N, 4]` xyxy of all that is not 0."""
    return boxes_of_masks(masks, 1e-9)


def _around(members: Sequence[tuple[int, int]], places) -> tuple[int, int, int, int]:
    """x1, y1, x2, y2 of the region that holds all members."""
    edges = [[int(edge[index]) for edge in places[look]] for look, index in members]
    real = [edge for edge in edges if edge[2] > edge[0]] or edges
    x1, y1, x2, y2 = zip(*real, strict=True)
    return min(x1), min(y1), max(x2), max(y2)


def _box_iou(boxes: Tensor, others: Tensor) -> Tensor:
    """IoU `[N, M]` of boxes `[N, 4]` and `[M, 4]`, without torchvision's import."""
    low = torch.maximum(boxes[:, None, :2], others[None, :, :2])
    high = torch.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(2)
    areas = [(b[:, 2:] - b[:, :2]).prod(1) for b in (boxes, others)]
    return shared / (areas[0][:, None] + areas[1][None] - shared).clamp(min=1e-9)
