"""Instances: the characters of one picture, as a value."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from .letterbox import zeros

DEFAULT_LABEL = "character"
MASK_THRESHOLD = 0.5
# Any positive float32 is at least this.
LEAST = 2.0**-149
# From so many pixels on, looking for what of a mask is not 0 is worth it.
LARGE = 2**22


@dataclass(frozen=True, eq=False)
class Instances:
    """The instances of one picture. Every field is aligned: entry ``i`` of each is instance ``i``.

    A value: every operation returns a new one, which may share tensors with the old one, so
    tensors taken from it are not written to. The order is the one its maker documents and is
    kept by every operation that does not say otherwise. Masks may overlap unless their source,
    or :func:`~cartoon_models.instances.resolve_overlaps`, says that they do not.

    Attributes:
        masks: float32 ``[N, H, W]``, 0 to 1, soft; 1 = inside.
        boxes: float32 ``[N, 4]``, ``x1 y1 x2 y2`` in pixels, end-exclusive, around the pixels of
            the mask at 0.5 or more; where none reaches 0.5 around the positive ones; where the
            mask is empty the box that was asked for, or zeros.
        scores: float32 ``[N]``, 0 to 1.
        labels: one class name per instance, ``"character"`` unless something else was asked for.
        tags: general tags per instance (``"red_hair"``).
        characters: name tags per instance (``"hatsune_miku"``), kept apart from ``tags``.
        size: ``(H, W)`` of the picture.

    Raises:
        ValueError: a field has another shape, length or dtype; the message has both.
    """

    masks: Tensor
    boxes: Tensor
    scores: Tensor
    labels: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    characters: tuple[tuple[str, ...], ...]
    size: tuple[int, int]

    def __post_init__(self) -> None:
        height, width = (int(side) for side in self.size)
        if height < 1 or width < 1:
            raise ValueError(f"A picture has at least 1 x 1 pixels, not {width} x {height}.")
        _check_tensor("masks", self.masks, (None, height, width))
        count = self.masks.shape[0]
        _check_tensor("boxes", self.boxes, (count, 4))
        _check_tensor("scores", self.scores, (count,))
        fix = object.__setattr__
        fix(self, "size", (height, width))
        fix(self, "labels", _check_length("labels", self.labels, count))
        fix(self, "tags", _tuples(_check_length("tags", self.tags, count)))
        fix(self, "characters", _tuples(_check_length("characters", self.characters, count)))

    @classmethod
    def empty(cls, size: tuple[int, int], device: torch.device | str | None = None) -> Instances:
        """No instance at all in a picture of ``size`` (H, W)."""
        height, width = size
        return cls(
            masks=torch.zeros(0, height, width, device=device),
            boxes=torch.zeros(0, 4, device=device),
            scores=torch.zeros(0, device=device),
            labels=(),
            tags=(),
            characters=(),
            size=(height, width),
        )

    @classmethod
    def from_masks(
        cls,
        masks: Tensor | np.ndarray,
        scores: Tensor | np.ndarray | Sequence[float] | None = None,
        labels: Sequence[str] | str | None = None,
        tags: Sequence[Sequence[str]] | None = None,
        characters: Sequence[Sequence[str]] | None = None,
        boxes: Tensor | np.ndarray | Sequence[Sequence[float]] | None = None,
        box_threshold: float = MASK_THRESHOLD,
    ) -> Instances:
        """Instances of masks from anywhere; boxes are measured on the masks.

        Args:
            masks: ``[N, H, W]``, or ``[H, W]`` for one; anything :func:`as_masks` takes.
            scores: N numbers from 0 to 1; 1 by default.
            labels: N names, or one for all; ``"character"`` by default.
            tags: N sequences of general tags; none by default.
            characters: N sequences of name tags; none by default.
            boxes: ``[N, 4]``, the boxes that were asked for: used where a mask is empty.
            box_threshold: a pixel belongs to the box where the mask is at least this.

        Raises:
            ValueError: masks that are not 0..1 (NaN included), or a field of another length.
        """
        masks = as_masks(masks)
        count, height, width = masks.shape
        measured = boxes_of_masks(masks, box_threshold)
        if boxes is not None:
            asked = torch.as_tensor(boxes).to(measured)
            _check_tensor("boxes", asked, (count, 4))
            is_empty = (measured == 0).all(dim=1, keepdim=True)
            measured = torch.where(is_empty, asked, measured)
        if scores is None:
            scores = torch.ones(count)
        scores = torch.as_tensor(scores, dtype=torch.float32).detach().to(masks.device)
        if not ((scores >= 0) & (scores <= 1)).all():
            raise ValueError(f"Scores are numbers from 0 to 1, not {scores.tolist()}.")
        if isinstance(labels, str):
            labels = (labels,) * count
        return cls(
            masks=masks,
            boxes=measured,
            scores=scores,
            labels=(DEFAULT_LABEL,) * count if labels is None else labels,
            tags=((),) * count if tags is None else tags,
            characters=((),) * count if characters is None else characters,
            size=(height, width),
        )

    def __len__(self) -> int:
        return self.masks.shape[0]

    def __iter__(self) -> Iterator[Instances]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, key: int | slice | Sequence[int] | Tensor | np.ndarray) -> Instances:
        """The chosen instances in the order asked for; a single index gives an Instances of one.

        Raises:
            IndexError: an index that is not there, or a bool mask of another length.
        """
        indices = self._indices(key)
        # A run of neighbours is a view: no mask is copied.
        is_run = all(after - before == 1 for before, after in pairwise(indices))
        if is_run and indices:
            rows: slice | Tensor = slice(indices[0], indices[-1] + 1)
            masks = self.masks[rows]
        else:
            rows = torch.tensor(indices, dtype=torch.long, device=self.device)
            masks = _copies(self.masks, indices)
        return Instances(
            masks=masks,
            boxes=self.boxes[rows],
            scores=self.scores[rows],
            labels=tuple(self.labels[index] for index in indices),
            tags=tuple(self.tags[index] for index in indices),
            characters=tuple(self.characters[index] for index in indices),
            size=self.size,
        )

    def __repr__(self) -> str:
        height, width = self.size
        return f"Instances({len(self)} in {width} x {height}, {self.device})"

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.masks.device

    def to(self, device: torch.device | str) -> Instances:
        """The same instances with their tensors on ``device``."""
        return dataclasses.replace(
            self,
            masks=self.masks.to(device),
            boxes=self.boxes.to(device),
            scores=self.scores.to(device),
        )

    def replace(self, **changes: object) -> Instances:
        """The same instances with some fields changed.

        New masks bring new boxes (measured on them) and a new size, unless those are given too.
        """
        if "masks" in changes:
            masks = changes["masks"] = as_masks(changes["masks"])
            changes.setdefault("boxes", boxes_of_masks(masks))
            changes.setdefault("size", tuple(masks.shape[1:]))
        return dataclasses.replace(self, **changes)

    def union(self) -> Tensor:
        """float32 ``[H, W]``: how much of each pixel belongs to any instance; see soft_union."""
        return soft_union(self.masks)

    def background(self) -> Tensor:
        """float32 ``[H, W]``: how much of each pixel belongs to no instance, 1 - union."""
        return 1.0 - self.union()

    def ids(self) -> Tensor:
        """int32 ``[H, W]`` label image: 0 = no instance, ``i + 1`` = instance ``i``.

        A pixel goes to the highest mask there if that is at least 0.5; a draw goes to the
        lowest index.
        """
        if len(self) == 0:
            return torch.zeros(self.size, dtype=torch.int32, device=self.device)
        highest, index = self.masks.max(dim=0)
        return torch.where(highest >= MASK_THRESHOLD, index + 1, 0).to(torch.int32)

    def _indices(self, key: int | slice | Sequence[int] | Tensor | np.ndarray) -> list[int]:
        count = len(self)
        if isinstance(key, slice):
            return list(range(count))[key]
        array = np.atleast_1d(key.detach().cpu().numpy() if isinstance(key, Tensor) else key)
        if array.ndim != 1:
            raise IndexError(
                f"Instances are chosen by a flat list, not one of shape {array.shape}."
            )
        if array.size == 0:
            array = array.astype(np.int64)
        if array.dtype == bool:
            if array.size != count:
                raise IndexError(
                    f"{array.size} yes/no choices were given for {count_of(count)}; give {count}."
                )
            return np.flatnonzero(array).tolist()
        if not np.issubdtype(array.dtype, np.integer):
            raise IndexError(f"Instances are chosen by whole numbers, not by {array.dtype} values.")
        return [check_index(index, count) for index in array.tolist()]


def as_masks(masks: Tensor | np.ndarray) -> Tensor:
    """Masks as float32 ``[N, H, W]`` from 0 to 1, on the device they are on.

    Takes torch or numpy, ``[N, H, W]`` or ``[H, W]``; bool, uint8 (255 = inside), uint16
    (65535 = inside), any whole numbers that are all 0 or 1, and any float from 0 to 1.
    float32 is not copied. What rounding left up to 0.001 outside 0..1 is clamped.

    Raises:
        ValueError: another rank, no pixels, or values (NaN included) that are not 0..1.
    """
    if not isinstance(masks, Tensor):
        masks = np.asarray(masks)
    kind = (
        str(masks.dtype).removeprefix("torch.") if isinstance(masks, Tensor) else masks.dtype.name
    )
    full = {"uint8": 255.0, "uint16": 65535.0}.get(kind)
    if not isinstance(masks, Tensor):
        masks = np.ascontiguousarray(masks, dtype=np.float32)
        masks = torch.from_numpy(masks if masks.flags.writeable else masks.copy())
    masks = masks.detach()
    if masks.ndim == 2:
        masks = masks[None]
    if masks.ndim != 3 or 0 in masks.shape[1:]:
        raise ValueError(
            f"Masks have the shape [N, H, W] or [H, W] with at least one pixel, "
            f"not {list(masks.shape)}."
        )
    masks = masks.to(torch.float32)
    if masks.numel():
        low, high = (value.item() for value in masks.aminmax())
        if high > 1 and full is not None:
            return masks.div_(full)
        if low != low or high != high:
            raise ValueError("The masks contain NaN; they need numbers from 0 to 1.")
        if low < -1e-3 or high > 1 + 1e-3:
            raise ValueError(
                f"The masks run from {low:g} to {high:g}; they need numbers from 0 to 1 "
                f"(or uint8 up to 255)."
            )
        if low < 0 or high > 1:
            masks = masks.clamp(0, 1)
    return masks


def boxes_of_masks(masks: Tensor, threshold: float = MASK_THRESHOLD) -> Tensor:
    """The box of each mask: float32 ``[N, 4]``, ``x1 y1 x2 y2`` in pixels, end-exclusive.

    Args:
        masks: float32 ``[N, H, W]``, 0 to 1.
        threshold: the box encloses the pixels at or above this; where none is, the pixels
            above 0; where none is either, the box is zeros.
    """
    if masks.shape[0] == 0:
        return torch.zeros(0, 4, device=masks.device)
    # Projections first: the temporaries are N x H and N x W, never N x H x W.
    left, right = _extent(masks.amax(dim=1), threshold)
    top, bottom = _extent(masks.amax(dim=2), threshold)
    return torch.stack([left, top, right, bottom], dim=1).to(torch.float32)


def soft_union(masks: Tensor) -> Tensor:
    """float32 ``[H, W]`` from ``[N, H, W]``: how much of each pixel belongs to any mask.

    The two largest shares of a pixel add up, to 1 at most. Where two characters touch, each
    has half of the pixel, and the plain maximum would leave a see-through seam; the sum of all
    of them would pile the faint values of many masks up to a haze.
    """
    if masks.shape[0] == 0:
        return masks.new_zeros(masks.shape[1:])
    largest = masks[0].clone()
    second = torch.zeros_like(largest)
    for mask in masks[1:]:
        torch.maximum(second, torch.minimum(largest, mask), out=second)
        torch.maximum(largest, mask, out=largest)
    return largest.add_(second).clamp_(max=1.0)


def check_index(index: int, count: int) -> int:
    """``index`` counted from 0 (negative: from the end), or an IndexError that names the range."""
    if not -count <= index < count:
        there = f"0 to {count - 1}" if count > 1 else "0"
        have = f"{count_of(count)}: {there}" if count else "none at all"
        raise IndexError(f"Instance {index} is not there; the picture has {have}.")
    return index % count


def require_size(what: str, size: Sequence[int], expected: tuple[int, int]) -> None:
    """ValueError naming both sizes (H, W) if ``what``, a picture or mask, is of another one."""
    if tuple(size) != tuple(expected):
        raise ValueError(
            f"{what} is {size_text(size)}, but the instances are of a picture of "
            f"{size_text(expected)}."
        )


def size_text(size: Sequence[int]) -> str:
    """``"1920 x 1080"`` (width first) of a size (H, W): for messages."""
    return f"{size[1]} x {size[0]}"


def count_of(count: int) -> str:
    """``"1 instance"``, ``"3 instances"``: for messages."""
    return f"{count} instance" if count == 1 else f"{count} instances"


def _copies(masks: Tensor, indices: Sequence[int]) -> Tensor:
    """``masks[indices]``; of large masks only what is not 0 takes up memory."""
    if masks.device.type != "cpu" or masks[:1].numel() < LARGE:
        return masks[torch.tensor(indices, dtype=torch.long, device=masks.device)]
    places = boxes_of_masks(masks, LEAST).int().tolist()
    written = sum((y2 - y1) * (x2 - x1) for x1, y1, x2, y2 in (places[i] for i in indices))
    shape = (len(indices), *masks.shape[1:])
    copies = zeros(shape, masks.device, written / max(math.prod(shape), 1))
    for copy, index in zip(copies, indices, strict=True):
        x1, y1, x2, y2 = places[index]
        copy[y1:y2, x1:x2] = masks[index, y1:y2, x1:x2]
    return copies


def _extent(profile: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
    """First and one past last position of each row of ``[N, L]`` that is inside; 0, 0 if none."""
    inside = profile >= threshold
    inside = torch.where(inside.any(dim=1, keepdim=True), inside, profile > 0)
    positions = torch.arange(profile.shape[1], device=profile.device)
    first = torch.where(inside, positions, profile.shape[1]).amin(dim=1)
    end = torch.where(inside, positions + 1, 0).amax(dim=1)
    return torch.minimum(first, end), end


def _check_tensor(name: str, value: Tensor, shape: tuple[int | None, ...]) -> None:
    if not isinstance(value, Tensor) or value.dtype != torch.float32:
        kind = value.dtype if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(f"{name} is a float32 tensor, not {kind}.")
    fits = value.ndim == len(shape) and all(
        want is None or want == have for want, have in zip(shape, value.shape, strict=True)
    )
    if not fits:
        want = ", ".join("N" if side is None else str(side) for side in shape)
        raise ValueError(f"{name} needs the shape [{want}], but has {list(value.shape)}.")


def _check_length(name: str, values: Sequence, count: int) -> tuple:
    if isinstance(values, str):
        raise ValueError(f"{name} is one entry per instance, not the single text {values!r}.")
    if len(values) != count:
        raise ValueError(f"{name} has {len(values)} entries for {count_of(count)}; give {count}.")
    return tuple(values)


def _tuples(entries: tuple) -> tuple[tuple[str, ...], ...]:
    return tuple((entry,) if isinstance(entry, str) else tuple(entry) for entry in entries)
