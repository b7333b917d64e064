"""Choosing, ordering, joining and repairing instances. Each function returns a new Instances."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from numbers import Integral

import torch
from torch import Tensor

from .data import MASK_THRESHOLD, Instances, as_masks, boxes_of_masks, check_index, size_text

ORDERS = ("left to right", "area", "score")
OVERLAP_RULES = ("front", "score", "area", "soft")
MASK_MODES = ("add", "subtract", "replace", "intersect")
CHOICES = (
    *("all", "largest", "smallest", "best score"),
    *("leftmost", "rightmost", "topmost", "bottommost"),
)


def areas(instances: Instances) -> Tensor:
    """float32 ``[N]``: the sum of each mask in pixels, soft pixels counting in part."""
    return instances.masks.sum(dim=(1, 2))


def sort_instances(instances: Instances, order: str) -> Instances:
    """In the order ``"left to right"`` (left edge), ``"area"`` or ``"score"`` (both descending).

    Draws go by the left edge, then the top edge, then the old order. An instance without a box
    comes last in "left to right".
    """
    if order == "left to right":
        return instances[_ranked(instances, _has_no_box(instances))]
    if order == "area":
        return instances[_ranked(instances, (-areas(instances)).tolist())]
    if order == "score":
        return instances[_ranked(instances, (-instances.scores).tolist())]
    raise ValueError(f"Order {order!r} is not known; use one of {', '.join(ORDERS)}.")


def select_indices(text: str, count: int, skip_missing: bool = False) -> list[int]:
    """The indices that a text like ``"0,2-4"`` names, of ``count`` instances, in that order.

    Numbers count from 0, both ends of a range belong to it, -1 is the last one; one that is
    named twice counts once.

    Args:
        skip_missing: pass over indices that are not there, instead of raising IndexError.

    Raises:
        ValueError: text that is not such a list.
        IndexError: an index that is not there; the message has the range.
    """
    chosen: list[int] = []
    joined = re.sub(r"(\d)(?:-|\s*-\s+)(\d)", r"\1-\2", text.strip())  # "0 -1" is two numbers
    for part in re.split(r"[,;\s]+", joined):
        match = re.fullmatch(r"(-?\d+)(?:-(\d+))?", part)
        if match is None:
            raise ValueError(f"{text!r} is not a list of instances; write numbers like 0,2-4.")
        first, last = int(match[1]), int(match[2] or match[1])
        if 0 <= last < first:
            raise ValueError(f"The range {part} runs backwards; write {last}-{first}.")
        if skip_missing:
            first, last = (index + count if index < 0 else index for index in (first, last))
            chosen.extend(range(max(first, 0), min(last + 1, count)))
            continue
        first, last = check_index(first, count), check_index(last, count)
        if last < first:
            raise ValueError(f"The range {part} runs backwards; write {last}-{first}.")
        chosen.extend(range(first, last + 1))
    return list(dict.fromkeys(chosen))


def chosen_indices(
    instances: Instances, which: str | int | Sequence[int], skip_missing: bool = False
) -> list[int]:
    """The indices that ``which`` names, in the order it names them.

    Args:
        which: ``"0,2-4"``; ``"all"``; ``"largest"``, ``"smallest"``, ``"leftmost"``,
            ``"rightmost"``, ``"topmost"``, ``"bottommost"`` or ``"best score"``, each with a
            number behind it if more than one is wanted (``"largest 3"``, which gives fewer
            where fewer are there); or the indices themselves.
        skip_missing: pass over numbers in a text that are not there, instead of raising
            IndexError.

    Raises:
        ValueError: a word that is not known.
        IndexError: an index that is not there.
        TypeError: an index that is no whole number.
    """
    count = len(instances)
    if not isinstance(which, str):
        listed = [which] if isinstance(which, Integral) else list(which)
        return list(dict.fromkeys(check_index(operator.index(index), count) for index in listed))
    text = " ".join(which.lower().replace("_", " ").split())
    if text == "all":
        return list(range(count))
    match = re.fullmatch(r"([a-z ]+?)(?: (\d+))?", text)
    if match is None and text:
        return select_indices(text, count, skip_missing)
    if match is None or match[1] not in CHOICES[1:]:
        raise ValueError(
            f"{which!r} names no instance; write numbers like 0,2-4, "
            f"or one of {', '.join(CHOICES)}."
        )
    wanted = 1 if match[2] is None else int(match[2])
    return _ranked(instances, _choice_keys(instances, match[1]))[:wanted]


def select_instances(instances: Instances, which: str | int | Sequence[int]) -> Instances:
    """Only the instances that ``which`` names, in the order it names them; see chosen_indices."""
    return instances[chosen_indices(instances, which)]


def remove_instances(instances: Instances, which: str | int | Sequence[int]) -> Instances:
    """All but the instances that ``which`` names; see chosen_indices."""
    gone = set(chosen_indices(instances, which))
    return instances[[index for index in range(len(instances)) if index not in gone]]


def select_by_tag(instances: Instances, tags: str | Sequence[str], match: str = "any") -> Instances:
    """The instances that have any (or all) of the tags, general or name tags alike.

    Args:
        tags: names, or one text with commas between them. Case does not matter and neither
            does space against underscore: ``"Red hair, hat"``.
        match: ``"any"`` or ``"all"``.

    Raises:
        ValueError: no tag was given, or another ``match``.
    """
    if match not in ("any", "all"):
        raise ValueError(f"Match {match!r} is not known; use any or all.")
    listed = re.split(r"[,\n]", tags) if isinstance(tags, str) else tags
    wanted = {_normal_tag(tag) for tag in listed} - {""}
    if not wanted:
        raise ValueError(
            "No tag was given; write tags with commas between them, like red_hair, hat."
        )
    keep = []
    for index, (general, names) in enumerate(
        zip(instances.tags, instances.characters, strict=True)
    ):
        found = wanted & {_normal_tag(tag) for tag in (*general, *names)}
        if found == wanted or (found and match == "any"):
            keep.append(index)
    return instances[keep]


def merge_instances(instances: Instances, which: str | int | Sequence[int] = "all") -> Instances:
    """The named instances as one: an Instances of one, or of none where none is named.

    Mask: their union, without a seam where they touch. Score: the best. Label: the first.
    Tags and characters: all of them, each once, in order.
    """
    parts = select_instances(instances, which)
    if len(parts) < 2:
        return parts
    return Instances.from_masks(
        parts.union()[None],
        scores=parts.scores.amax(dim=0, keepdim=True),
        labels=parts.labels[:1],
        tags=(tuple(dict.fromkeys(tag for tags in parts.tags for tag in tags)),),
        characters=(tuple(dict.fromkeys(name for names in parts.characters for name in names)),),
    )


def concatenate(a: Instances, b: Instances) -> Instances:
    """Those of ``a`` and then those of ``b``, on the device of ``a``; both of one picture size."""
    if a.size != b.size:
        raise ValueError(
            f"Instances of two picture sizes cannot be put together: "
            f"{size_text(a.size)} and {size_text(b.size)}."
        )
    b = b.to(a.device)
    return Instances(
        masks=torch.cat([a.masks, b.masks]),
        boxes=torch.cat([a.boxes, b.boxes]),
        scores=torch.cat([a.scores, b.scores]),
        labels=a.labels + b.labels,
        tags=a.tags + b.tags,
        characters=a.characters + b.characters,
        size=a.size,
    )


def edit_mask(instances: Instances, index: int, mask: Tensor, mode: str = "add") -> Instances:
    """Instance ``index`` with its mask changed, and its box measured anew.

    Args:
        mask: ``[H, W]`` or ``[1, H, W]`` of the picture's size; see as_masks.
        mode: ``"add"`` (the higher of both), ``"subtract"`` (what the mask leaves),
            ``"replace"``, or ``"intersect"`` (the lower of both).

    Raises:
        ValueError: a mask of another size or count, or another ``mode``.
        IndexError: an index that is not there.
    """
    if mode not in MASK_MODES:
        raise ValueError(f"Mode {mode!r} is not known; use one of {', '.join(MASK_MODES)}.")
    index = check_index(index, len(instances))
    mask = as_masks(mask).to(instances.device)
    if mask.shape[0] != 1 or tuple(mask.shape[1:]) != instances.size:
        raise ValueError(
            f"One mask of the picture's size {size_text(instances.size)} is needed, "
            f"but {mask.shape[0]} of {size_text(mask.shape[1:])} came."
        )
    old = instances.masks[index]
    new = {
        "add": lambda: torch.maximum(old, mask[0]),
        "subtract": lambda: torch.minimum(old, 1.0 - mask[0]),
        "replace": lambda: mask[0],
        "intersect": lambda: torch.minimum(old, mask[0]),
    }[mode]()
    masks, boxes = instances.masks.clone(), instances.boxes.clone()
    masks[index] = new
    boxes[index] = boxes_of_masks(new[None])[0]
    return instances.replace(masks=masks, boxes=boxes)


def resolve_overlaps(instances: Instances, rule: str = "front") -> Instances:
    """Each pixel is shared out once: afterwards the masks of a pixel sum to 1 at most.

    Args:
        rule: who has a pixel that several claim. ``"front"``: the earlier instance, as if the
            first one were in front; ``"score"``: the higher score; ``"area"``: the smaller
            area, so that nobody disappears inside a bigger one; draws go to the earlier one.
            The others keep what that leaves free, so soft edges stay soft. ``"soft"``: all of
            them in proportion to their masks.

    The order stays as it is, and boxes are measured anew. An instance that loses everything
    stays, with an empty mask.
    """
    if rule not in OVERLAP_RULES:
        raise ValueError(
            f"Overlap rule {rule!r} is not known; use one of {', '.join(OVERLAP_RULES)}."
        )
    if len(instances) < 2:
        return instances
    if rule == "soft":
        masks = instances.masks / instances.masks.sum(dim=0).clamp_(min=1.0)
        return instances.replace(masks=masks)
    keys = {
        "front": lambda: [0.0] * len(instances),
        "score": lambda: (-instances.scores).tolist(),
        "area": lambda: areas(instances).tolist(),
    }[rule]()
    masks = torch.empty_like(instances.masks)
    free = torch.ones_like(instances.masks[0])
    for index in sorted(range(len(instances)), key=keys.__getitem__):
        torch.minimum(instances.masks[index], free, out=masks[index])
        free.sub_(masks[index]).clamp_(min=0.0)
    return instances.replace(masks=masks)


def remove_duplicates(instances: Instances, threshold: float = 0.8) -> Instances:
    """Without the instances that lie inside others; the order of the rest stays.

    From the largest to the smallest (draws: the better score first), an instance goes if more
    than ``threshold`` of its pixels (mask at 0.5 or more) are covered by those kept so far
    together. One without any pixel stays.
    """
    if not 0.0 <= threshold <= 1.0:
        raise ValueError(f"The duplicate threshold is a share from 0 to 1, not {threshold}.")
    boxes = boxes_of_masks(instances.masks).to(torch.int64).tolist()
    crops = [(slice(y1, y2), slice(x1, x2)) for x1, y1, x2, y2 in boxes]
    sizes = [
        (mask[crop] >= MASK_THRESHOLD).sum().item()
        for mask, crop in zip(instances.masks, crops, strict=True)
    ]
    scores = instances.scores.tolist()
    covered = torch.zeros(instances.size, dtype=torch.bool, device=instances.device)
    keep = []
    for index in sorted(range(len(instances)), key=lambda i: (-sizes[i], -scores[i])):
        inside = instances.masks[index][crops[index]] >= MASK_THRESHOLD
        hidden = (inside & covered[crops[index]]).sum().item()
        if hidden <= threshold * sizes[index]:
            covered[crops[index]] |= inside
            keep.append(index)
    return instances[sorted(keep)]


def _ranked(instances: Instances, keys: Sequence[float]) -> list[int]:
    """Indices by key, then left edge, then top edge, then index."""
    boxes = instances.boxes.tolist()
    return sorted(range(len(boxes)), key=lambda index: (keys[index], *boxes[index][:2]))


def _choice_keys(instances: Instances, word: str) -> list:
    if word in ("largest", "smallest"):
        sign = -1.0 if word == "largest" else 1.0
        return list(zip(_has_no_box(instances), (sign * areas(instances)).tolist(), strict=True))
    if word == "best score":
        return (-instances.scores).tolist()
    column, sign = {
        "leftmost": (0, 1.0),
        "topmost": (1, 1.0),
        "rightmost": (2, -1.0),
        "bottommost": (3, -1.0),
    }[word]
    edge = (sign * instances.boxes[:, column]).tolist()
    return list(zip(_has_no_box(instances), edge, strict=True))


def _has_no_box(instances: Instances) -> list[bool]:
    return (instances.boxes[:, 2:] <= instances.boxes[:, :2]).any(dim=1).tolist()


def _normal_tag(tag: str) -> str:
    return "_".join(tag.strip().lower().split())
