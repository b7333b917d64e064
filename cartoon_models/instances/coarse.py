"""What a detector found, with its masks as small as the network gives them.

At the picture's size the soft masks of a large picture take gigabytes. Here they are made one at a
time, where they are used: memory grows with the masks that are kept, not with those that were
compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from .data import LEAST, Instances, boxes_of_masks
from .letterbox import Letterbox, area, zeros

Place = tuple[slice, slice]


class Source(Protocol):
    """Masks of one look at a picture, which can be had in parts."""

    size: tuple[int, int]
    device: torch.device

    def __len__(self) -> int: ...

    def inside(self, step: int) -> Tensor:
        """bool `[N, h, w]`: every `step`-th pixel down and across, true from 0.5."""
        ...

    def places(self) -> list[Place]:
        """For each mask the rows and columns outside which it is 0."""
        ...

    def part(self, index: int) -> tuple[Place, Tensor] | None:
        """A mask's place, and its values there, which the caller may not keep; None for none."""
        ...


class NetworkMasks:
    """Masks that a detector's raw outputs are.

    Args:
        logits: `[N, h, w]`.
        frame: how the network saw the picture.
        stride: pixels of the network's input per cell.
    """

    def __init__(self, logits: Tensor, frame: Letterbox, stride: int):
        self.logits, self.frame, self.stride = logits, frame, stride
        self.size, self.device = frame.original, logits.device

    def __len__(self) -> int:
        return len(self.logits)

    def inside(self, step: int) -> Tensor:
        return self.frame.sampled(self.logits, self.stride, step) >= 0

    def places(self) -> list[Place]:
        return self.frame.places(self.logits, self.stride)

    def part(self, index: int) -> tuple[Place, Tensor] | None:
        one = self.logits[index, None]
        for _, place, logits in self.frame.enlarged(one, self.stride):
            return place, logits.sigmoid_()
        return None


class WholeMasks:
    """Masks that are there at the picture's size, float32 `[N, H, W]`."""

    def __init__(self, masks: Tensor):
        self.masks = masks
        self.size, self.device = tuple(masks.shape[1:]), masks.device

    def __len__(self) -> int:
        return len(self.masks)

    def inside(self, step: int) -> Tensor:
        return self.masks[:, ::step, ::step] >= 0.5

    def places(self) -> list[Place]:
        reach = boxes_of_masks(self.masks, LEAST).int().tolist()
        return [(slice(y1, y2), slice(x1, x2)) for x1, y1, x2, y2 in reach]

    def part(self, index: int) -> tuple[Place, Tensor] | None:
        (place,) = WholeMasks(self.masks[index, None]).places()
        return (place, self.masks[index][place]) if area(place) else None


class CoarseMasks:
    """Soft masks that are made when they are asked for; used like a tensor `[N, H, W]`, one mask
    at a time.

    Args:
        sources: where they come from; all of one picture.
        members: for each mask (source, index in it, share); a mask is the sum of these times
            their shares.
        device: where masks are made to be.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        members: Sequence[Sequence[tuple[int, int, float]]],
        device: torch.device | None = None,
    ):
        self.sources, self.members = sources, members
        self.device = sources[0].device if device is None else device
        self.shape = (len(members), *sources[0].size)

    @classmethod
    def of(cls, source: Source) -> CoarseMasks:
        """The masks of one source as they are."""
        return cls([source], [[(0, index, 1.0)] for index in range(len(source))])

    def to(self, device: torch.device) -> CoarseMasks:
        """The same masks, made to be on `device`."""
        return CoarseMasks(self.sources, self.members, device)

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, index: int) -> Tensor:
        """float32 `[H, W]`."""
        return CoarseMasks(self.sources, [self.members[index]], self.device).whole()[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[index] for index in range(len(self)))

    def whole(self) -> Tensor:
        """All masks, float32 `[N, H, W]`."""
        places = [source.places() for source in self.sources]
        regions = [_around([places[look][i] for look, i, _ in own]) for own in self.members]
        pixels = max(len(self) * self.shape[1] * self.shape[2], 1)
        masks = zeros(self.shape, self.device, sum(map(area, regions)) / pixels)
        for mask, own in zip(masks, self.members, strict=True):
            for look, index, share in own:
                part = self.sources[look].part(index)
                if part is not None:
                    place, values = part
                    mask[place].add_(values.to(self.device), alpha=share)
        return masks


@dataclass(frozen=True, eq=False)
class Finds:
    """`Instances` whose masks are still to be made.

    Attributes:
        masks: `CoarseMasks` `[N, H, W]`.
        boxes: float32 `[N, 4]` xyxy in picture pixels, the detector's own.
        scores: float32 `[N]`, 0 to 1.
        labels: N class names.
    """

    masks: CoarseMasks
    boxes: Tensor
    scores: Tensor
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.masks)

    def to(self, device: torch.device) -> Finds:
        """The same with boxes and scores on `device`, and masks to be made there."""
        return replace(
            self,
            masks=self.masks.to(device),
            boxes=self.boxes.to(device),
            scores=self.scores.to(device),
        )

    def instances(self) -> Instances:
        """Make the masks."""
        return self.with_masks(self.masks.whole(), self.boxes)

    def with_masks(self, masks: Tensor, boxes: Tensor | None = None) -> Instances:
        """Other masks in their place, float32 `[N, H, W]`; without boxes these are measured."""
        nothing = ((),) * len(self)
        return Instances(
            masks=masks,
            boxes=boxes_of_masks(masks) if boxes is None else boxes,
            scores=self.scores,
            labels=self.labels,
            tags=nothing,
            characters=nothing,
            size=self.masks.shape[1:],
        )


def _around(places: Sequence[Place]) -> Place:
    """The rows and columns that hold all places that hold a pixel."""
    real = [place for place in places if area(place)]
    if not real:
        return slice(0, 0), slice(0, 0)
    return tuple(
        slice(min(place[axis].start for place in real), max(place[axis].stop for place in real))
        for axis in (0, 1)
    )
