"""Looking at a picture in several sizes, and joining what is found.

A small input shows a large character whole, a large one shows small characters at all. This is
weighted boxes fusion (arXiv 1910.13302, section 3) with masks in the place of boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .coarse import CoarseMasks, Finds, Source, WholeMasks
from .data import Instances
from .decode import Candidates, candidate_labels, distinct_candidates, network_masks
from .detector import run
from .letterbox import Letterbox

# Finds of two sizes are one character from this IoU of their masks.
SAME = 0.6
# Boxes that share less than this have no such masks.
NEAR = 0.3
# A size's find counts from this share of the score that is asked for: the other sizes may be surer.
UNSURE = 0.5
# Masks are compared at about this many pixels along their long side.
COMPARED_SIDE = 320


class Look(NamedTuple):
    """What one look at the picture found: N masks, boxes `[N, 4]`, scores `[N]`, labels."""

    masks: Source
    boxes: Tensor
    scores: Tensor
    labels: tuple[str, ...]


def find_at_sizes(
    network: nn.Module,
    picture: Tensor,
    sizes: Sequence[int],
    *,
    antialias: bool = False,
    score_threshold: float = 0.3,
    nms_threshold: float = 0.6,
    max_instances: int = 100,
    mask_nms_threshold: float | None = None,
) -> Finds:
    """Find the characters of one picture, best score first, with coarse soft masks.

    A character's score is the mean over the sizes, 0 where one does not find it; its mask and box
    are means that the scores weigh. No mask is made at the picture's size.

    Args:
        sizes: sides of the squares that the network sees, multiples of 32.
        Others as for `detector.find`.
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
    looks = [
        Look(network_masks(*look), look[0].boxes, look[0].scores, candidate_labels(look[0]))
        for look in _promising(looks, score_threshold)
    ]
    return join_looks(looks, score_threshold, max_instances)


def join(finds: Sequence[Instances], score_threshold: float, max_instances: int) -> Instances:
    """`join_looks` of masks that are there."""
    looks = [
        Look(WholeMasks(found.masks), found.boxes, found.scores, found.labels) for found in finds
    ]
    return join_looks(looks, score_threshold, max_instances).instances()


def join_looks(looks: Sequence[Look], score_threshold: float, max_instances: int) -> Finds:
    """What several looks at one picture found, each character once, best score first.

    Args:
        looks: each without duplicates.
        score_threshold: joined finds need a higher mean score.
        max_instances: how many are kept at most.
    """
    groups = sorted(_groups(looks), key=lambda group: -group[0])
    groups = [group for group in groups if group[0] > score_threshold][:max_instances]
    device = looks[0].scores.device
    boxes = torch.zeros(len(groups), 4, device=device)
    shares = []
    for row, (_, members) in enumerate(groups):
        scores = [float(looks[look].scores[index]) for look, index in members]
        own = [
            (look, index, score / sum(scores))
            for (look, index), score in zip(members, scores, strict=True)
        ]
        for look, index, share in own:
            boxes[row] += share * looks[look].boxes[index]
        shares.append(own)
    return Finds(
        masks=CoarseMasks([look.masks for look in looks], shares),
        boxes=boxes,
        scores=torch.tensor([score for score, _ in groups], device=device),
        labels=tuple(looks[members[0][0]].labels[members[0][1]] for _, members in groups),
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


def _groups(looks: Sequence[Look]) -> list[tuple[float, list[tuple[int, int]]]]:
    """(mean score, (look, index) of each member, the surest first) for every character."""
    places = [
        (number, index) for number, look in enumerate(looks) for index in range(len(look.labels))
    ]
    if not places:
        return []
    step = max(1, max(looks[0].masks.size) // COMPARED_SIDE)
    flat = torch.cat([look.masks.inside(step) for look in looks]).flatten(1).float()
    area, shared = flat.sum(1), flat @ flat.T
    same = shared / (area[:, None] + area - shared).clamp(min=1)
    labels = [label for look in looks for label in look.labels]
    scores = torch.cat([look.scores for look in looks])
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
        score = sum(certainty[index] for index in members.values()) / len(looks)
        groups.append((score, [places[index] for index in members.values()]))
    return groups


def _box_iou(boxes: Tensor, others: Tensor) -> Tensor:
    """IoU `[N, M]` of boxes `[N, 4]` and `[M, 4]`, without torchvision's import."""
    low = torch.maximum(boxes[:, None, :2], others[None, :, :2])
    high = torch.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(2)
    areas = [(b[:, 2:] - b[:, :2]).prod(1) for b in (boxes, others)]
    return shared / (areas[0][:, None] + areas[1][None] - shared).clamp(min=1e-9)
