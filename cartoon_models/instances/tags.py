"""Tags per instance: typed in, or read off the picture by a tagger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ..picture import as_tensor
from .data import Instances, boxes_of_masks, count_of, require_size

# What a tagger says of every figure on white paper, and what says nothing about the figure.
BACKGROUND_TAGS = frozenset({"simple_background", "white_background"})


@dataclass(frozen=True)
class TagResult:
    """What a tagger found in one picture; each dict goes from tag to probability, best first.

    Attributes:
        general: general tags at or above the threshold.
        characters: name tags at or above their own threshold.
        rating: every rating, without a threshold.
    """

    general: Mapping[str, float] = field(default_factory=dict)
    characters: Mapping[str, float] = field(default_factory=dict)
    rating: Mapping[str, float] = field(default_factory=dict)


class Tagger(Protocol):
    """Anything that finds tags in pictures, such as WDTagger."""

    def tag(
        self,
        pictures: Sequence[Tensor],
        general_threshold: float | None = None,
        character_threshold: float | None = None,
    ) -> list[TagResult]:
        """Tag float32 pictures ``[h, w, 3]``, 0 to 1, of any sizes; None: the model's threshold."""
        ...


def set_tags(
    instances: Instances,
    tags: Sequence[str | Sequence[str]] | str,
    characters: Sequence[str | Sequence[str]] | str | None = None,
) -> Instances:
    """Instances with the given tags in the place of their old ones.

    Args:
        tags: per instance a text with commas or line ends between tags (``"red hair, hat"``) or
            the tags themselves. A single text, or a list of one, goes to every instance.
        characters: name tags in the same form; None leaves the old ones.

    Raises:
        ValueError: another number of texts than instances.
    """
    changes = {"tags": _per_instance("tags", tags, len(instances))}
    if characters is not None:
        changes["characters"] = _per_instance("characters", characters, len(instances))
    return instances.replace(**changes)


def tag_instances(
    picture: Tensor | np.ndarray,
    instances: Instances,
    tagger: Tagger,
    general_threshold: float | None = None,
    character_threshold: float | None = None,
    batch_size: int = 8,
    ignore: frozenset[str] = BACKGROUND_TAGS,
    progress: Callable[[int, int], None] | None = None,
) -> Instances:
    """Instances with the tags that a tagger finds in each of them, best first.

    Each instance is shown to the tagger alone: cut to its box, white where its mask is not.
    Name tags go to ``characters``, the rest to ``tags``. An instance with an empty mask gets
    none.

    Args:
        picture: ``[H, W]`` or ``[H, W, 1|3|4]``, of the instances' picture size.
        general_threshold: probability from which a general tag counts; None: the model's own.
        character_threshold: the same for name tags.
        batch_size: how many instances are shown to the tagger at once.
        ignore: tags that are left out.
        progress: called with (instances done, instances in all); may raise to cancel.

    Raises:
        ValueError: a picture of another size, or a threshold that is not 0..1.
    """
    for threshold in (general_threshold, character_threshold):
        if threshold is not None and not 0.0 <= threshold <= 1.0:
            raise ValueError(f"A tag threshold is a probability from 0 to 1, not {threshold}.")
    colors = as_tensor(picture)
    require_size("The picture", colors.shape[:2], instances.size)
    boxes = boxes_of_masks(instances.masks).long().tolist()
    filled = [index for index, box in enumerate(boxes) if box[2] > box[0]]
    tags: list[tuple[str, ...]] = [()] * len(instances)
    characters: list[tuple[str, ...]] = [()] * len(instances)
    for start in range(0, len(filled), max(1, batch_size)):
        batch = filled[start : start + max(1, batch_size)]
        crops = list(_on_white(colors, instances.masks, boxes, batch))
        results = tagger.tag(crops, general_threshold, character_threshold)
        for index, result in zip(batch, results, strict=True):
            tags[index] = tuple(tag for tag in result.general if tag not in ignore)
            characters[index] = tuple(result.characters)
        if progress is not None:
            progress(start + len(batch), len(filled))
    return instances.replace(tags=tuple(tags), characters=tuple(characters))


def _on_white(
    colors: Tensor, masks: Tensor, boxes: list[list[int]], indices: list[int]
) -> Iterator[Tensor]:
    for index in indices:
        x1, y1, x2, y2 = boxes[index]
        alpha = masks[index, y1:y2, x1:x2, None].to(colors.device)
        yield torch.lerp(torch.ones_like(alpha), colors[y1:y2, x1:x2], alpha)


def _per_instance(
    name: str, given: Sequence[str | Sequence[str]] | str, count: int
) -> tuple[tuple[str, ...], ...]:
    texts = [given] if isinstance(given, str) else list(given)
    if len(texts) == 1:
        texts = texts * count
    if len(texts) != count:
        raise ValueError(
            f"{name} for {len(texts)} instances came, but the picture has {count_of(count)}; "
            f"give one text for each, or a single one for all."
        )
    return tuple(_split(text) for text in texts)


def _split(text: str | Sequence[str]) -> tuple[str, ...]:
    parts = re.split(r"[,\n]", text) if isinstance(text, str) else text
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
