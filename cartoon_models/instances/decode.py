"""Raw detector outputs -> `Instances`.

RTMDet-Ins, arXiv 2212.07784, section 3.4. Scores and boxes are settled first, with non-maximum
suppression; a mask is made only for what is kept, so memory grows with what is found and not with
what was tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

try:
    from cv2.dnn import NMSBoxesBatched
except ImportError:  # no OpenCV, or one older than 4.7
    NMSBoxesBatched = None

from ..networks import dynamic_masks, mask_priors
from ..networks.rtmdet_ins import STRIDES
from .coarse import CoarseMasks, Finds, NetworkMasks
from .data import DEFAULT_LABEL, Instances
from .letterbox import Letterbox

CANDIDATES_PER_LEVEL = 1000
# Of the boxes that suppression leaves, so many have their masks compared too.
MASKS_COMPARED = 300
# So many masks are computed together: what they need on the way stays in the processor's cache.
MASKS_TOGETHER = 25


@dataclass(frozen=True, eq=False)
class Candidates:
    """What the detector proposes, before suppression.

    Attributes:
        boxes: float32 `[K, 4]` xyxy in picture pixels, inside the picture.
        scores: float32 `[K]`, 0 to 1.
        classes: int64 `[K]`.
        kernels: `[K, 169]`, weights of each candidate's mask head.
        priors: float32 `[K, 4]`: x, y, stride, stride in pixels of the network's input.
    """

    boxes: Tensor
    scores: Tensor
    classes: Tensor
    kernels: Tensor
    priors: Tensor

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, index: Tensor | slice) -> Candidates:
        return Candidates(
            self.boxes[index],
            self.scores[index],
            self.classes[index],
            self.kernels[index],
            self.priors[index],
        )


def decode(
    cls: Sequence[Tensor],
    box: Sequence[Tensor],
    kernel: Sequence[Tensor],
    mask_feat: Tensor,
    input_size: tuple[int, int],
    original_size: tuple[int, int],
    score_threshold: float = 0.05,
    nms_threshold: float = 0.6,
    max_instances: int = 100,
    mask_nms_threshold: float | None = None,
) -> Instances:
    """Turn one picture's raw outputs into instances, best score first.

    Args:
        cls, box, kernel: per level (strides 8, 16, 32), `[1, classes, h, w]` score logits,
            `[1, 4, h, w]` distances in pixels of the input and `[1, 169, h, w]` mask kernels.
        mask_feat: prototypes `[1, 8, H/8, W/8]`.
        input_size: (H, W) of the network's input, where the picture lies at the top left, scaled
            to fit.
        original_size: (H, W) of the picture.
        score_threshold: candidates need a higher score.
        nms_threshold: of two boxes of a class with a higher IoU the better score stays.
        max_instances: how many are kept at most.
        mask_nms_threshold: the same for the coarse masks, which tell two poses in one box from one
            character that was found twice; None leaves masks uncompared, as published.

    Returns:
        `Instances` whose boxes are the detector's own, clipped to the picture; the soft masks are
        the network's and can reach beyond them.

    Raises:
        ValueError: more than one picture in the batch.
    """
    frame = Letterbox.fit(tuple(original_size), tuple(input_size))
    found = distinct_candidates(
        cls,
        box,
        kernel,
        mask_feat,
        frame,
        score_threshold,
        nms_threshold,
        max_instances,
        mask_nms_threshold,
    )
    return candidate_instances(found, mask_feat, frame)


def distinct_candidates(
    cls: Sequence[Tensor],
    box: Sequence[Tensor],
    kernel: Sequence[Tensor],
    mask_feat: Tensor,
    frame: Letterbox,
    score_threshold: float,
    nms_threshold: float,
    max_instances: int,
    mask_nms_threshold: float | None,
) -> Candidates:
    """The candidates that `decode` makes masks of, best score first; arguments as there."""
    found = find_candidates(cls, box, kernel, frame, score_threshold)
    enough = max_instances if mask_nms_threshold is None else MASKS_COMPARED
    found = found[_distinct_boxes(found, nms_threshold, enough)]
    if mask_nms_threshold is not None:
        found = found[_distinct_masks(found, mask_feat, mask_nms_threshold)]
    return found[:max_instances]


def find_candidates(
    cls: Sequence[Tensor],
    box: Sequence[Tensor],
    kernel: Sequence[Tensor],
    frame: Letterbox,
    score_threshold: float,
) -> Candidates:
    """Return the best 1000 candidates of each level above the threshold, unsuppressed."""
    if cls[0].shape[0] != 1:
        raise ValueError(
            f"One picture at a time is decoded, and this is a batch of {cls[0].shape[0]}."
        )
    levels = [
        _level_candidates(c[0], b[0], k[0], stride, score_threshold)
        for c, b, k, stride in zip(cls, box, kernel, STRIDES, strict=True)
    ]
    scores, classes, distances, kernels, priors = (
        torch.cat(parts) for parts in zip(*levels, strict=True)
    )
    boxes = torch.cat((priors[:, :2] - distances[:, :2], priors[:, :2] + distances[:, 2:]), 1)
    # Into picture pixels, and into the picture: the input's padding belongs to no character.
    height, width = frame.original
    boxes = boxes / boxes.new_tensor(frame.scale).flip(0).repeat(2)
    boxes = boxes.clamp(min=0).minimum(boxes.new_tensor((width, height, width, height)))
    real = ((boxes[:, 2:] - boxes[:, :2]) > 0).all(1)
    return Candidates(boxes, scores, classes, kernels, priors)[real]


def candidate_instances(found: Candidates, mask_feat: Tensor, frame: Letterbox) -> Instances:
    """Make the masks of the given candidates; nothing is suppressed or sorted."""
    if not len(found):
        return Instances.empty(frame.original, mask_feat.device)
    return candidate_finds(found, mask_feat, frame).instances()


def network_masks(found: Candidates, mask_feat: Tensor, frame: Letterbox) -> NetworkMasks:
    """The candidates' masks as the network gives them."""
    rows, columns = frame.covered(STRIDES[0])
    prototypes = mask_feat[0, :, :rows, :columns]
    if not len(found):
        return NetworkMasks(prototypes.new_zeros(0, *prototypes.shape[1:]), frame, STRIDES[0])
    return NetworkMasks(_coarse_masks(found, prototypes), frame, STRIDES[0])


def candidate_labels(found: Candidates) -> tuple[str, ...]:
    """The name of each candidate's class."""
    return tuple(
        DEFAULT_LABEL if number == 0 else f"class {number}" for number in found.classes.tolist()
    )


def candidate_finds(found: Candidates, mask_feat: Tensor, frame: Letterbox) -> Finds:
    """As `candidate_instances`, with masks that are still to be made."""
    masks = CoarseMasks.of(network_masks(found, mask_feat, frame))
    return Finds(masks, found.boxes, found.scores, candidate_labels(found))


def _distinct_boxes(found: Candidates, threshold: float, enough: int) -> Tensor:
    """Indices of the candidates, best first, whose box no better one of their class has already;
    perhaps not all, but at least `enough` if there are so many.

    What is kept depends on nothing worse, so the best candidates come first, and the others only
    if these are not enough.
    """
    order = found.scores.argsort(descending=True, stable=True)
    tried = 4 * enough
    while True:
        best = order[:tried]
        kept = _suppress(found[best], threshold)
        if len(kept) >= enough or tried >= len(order):
            return best[kept]
        tried *= 4


def _suppress(found: Candidates, threshold: float) -> Tensor:
    """Non-maximum suppression of boxes, class by class: indices of what stays, best first."""
    if NMSBoxesBatched is not None and found.boxes.device.type == "cpu":
        # The same as torchvision's, whose import brings torch's compiler: 160 MB and a second.
        corners, opposite = found.boxes.double().split(2, 1)
        boxes = torch.cat((corners, opposite - corners), 1)
        classes = found.classes.int()
        kept = NMSBoxesBatched(boxes.numpy(), found.scores.numpy(), classes.numpy(), 0.0, threshold)
        return torch.tensor(kept, dtype=torch.long)
    from torchvision.ops import batched_nms

    return batched_nms(found.boxes, found.scores, found.classes, threshold)


def _distinct_masks(found: Candidates, mask_feat: Tensor, threshold: float) -> Tensor:
    """Indices of the candidates (best first) whose coarse mask no better one has already.

    IoUs are of the masks at stride 8, all at once in one matrix product.
    """
    found = found[:MASKS_COMPARED]
    logits = _coarse_masks(found, mask_feat[0])
    masks = (logits.flatten(1) > 0).float()
    area = masks.sum(1)
    shared = masks @ masks.T
    iou = shared / (area[:, None] + area - shared).clamp(min=1)
    same_class = found.classes[:, None] == found.classes
    taken = ((iou > threshold) & same_class).tolist()
    kept: list[int] = []
    for index in range(len(found)):
        if not any(taken[index][better] for better in kept):
            kept.append(index)
    return torch.tensor(kept, dtype=torch.long, device=area.device)


def _coarse_masks(found: Candidates, prototypes: Tensor) -> Tensor:
    """Logits `[K, h, w]` of each candidate's mask from the `prototypes [8, h, w]`."""
    parts = zip(
        found.kernels.split(MASKS_TOGETHER), found.priors.split(MASKS_TOGETHER), strict=True
    )
    return torch.cat([dynamic_masks(prototypes, kernels, priors) for kernels, priors in parts])


def _level_candidates(
    cls: Tensor, box: Tensor, kernel: Tensor, stride: int, score_threshold: float
) -> tuple[Tensor, ...]:
    """Scores, classes, distances, kernels and priors of one level's best cells."""
    classes = cls.shape[0]
    scores = cls.float().sigmoid().permute(1, 2, 0).flatten()
    above = (scores > score_threshold).nonzero().squeeze(1)
    best = scores[above].topk(min(CANDIDATES_PER_LEVEL, len(above))).indices
    chosen = above[best]
    cells = chosen.div(classes, rounding_mode="floor")
    priors = mask_priors([cls.shape[-2:]], [stride], cls.device)[cells]
    return (
        scores[chosen],
        chosen % classes,
        box.flatten(1).T[cells].float(),
        kernel.flatten(1).T[cells],
        priors,
    )
