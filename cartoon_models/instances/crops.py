"""Crops around characters: where they lie, and how large the refiner sees each of them.

What becomes of a character depends on its own mask alone, not on who else is in the picture. Yet
crops should often have the same input size, for several small inputs at a time take a network
little more than half as long as one after the other. So there are only a few sizes to choose from,
and a crop is widened to fill its own: more of the picture is worth more than black padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .coarse import CoarseMasks
from .data import MASK_THRESHOLD, boxes_of_masks
from .letterbox import Letterbox

# Around the box of a coarse mask, on each side: hair and hands reach beyond what was found.
MARGIN = 0.2
MARGIN_PIXELS = 16
# A picture may be enlarged this much for the network; beyond that there is nothing to see.
ENLARGE = 4.0
# A crop's input has at most this share of the pixels of the whole picture's: cutting out, putting
# back and smaller groups take time too, and crops should not be slower.
FRAME_SHARE = 0.66
# The sides of an input are multiples of this, where it is no square.
STEP = 32
# A crop begins and ends at multiples of a step, of which its box has 16 to 32. A pixel more or
# less of the coarse mask, as half precision or the next frame of a film brings, then gives the
# same crop.
STEPS_PER_BOX = 16
# Up to this share of a mask may lie beyond each side of what its crop is laid out by: a few pixels
# far from the rest come and go with half precision, and the margin reaches over thin ends anyway.
SPECKS = 0.001


@dataclass(frozen=True)
class Crop:
    """The surroundings of one mask.

    Attributes:
        index: which mask.
        rows, columns: where it lies in the picture.
        letterbox: how the network sees it.
    """

    index: int
    rows: slice
    columns: slice
    letterbox: Letterbox


def lay_out(
    masks: Tensor | CoarseMasks,
    boxes: Tensor | None,
    *,
    size: int,
    square: bool,
    frame: Letterbox | None,
    together: int,
) -> list[list[Crop]]:
    """Return the crops in groups, which go through the network together: of one input size.

    Args:
        masks: `[N, H, W]`, 0 to 1, N > 0. An empty mask gets no crop, unless a box says where
            to look.
        boxes: `[N, 4]` xyxy that the crops must hold besides the masks themselves.
        size: long side of what the network sees.
        square: inputs are `size` x `size`; otherwise their sides are any multiples of 32.
        frame: how the network would see the whole picture. A crop's input that is no square has
            fewer pixels, at most `FRAME_SHARE`. None: no such bound.
        together: crops in a group, at most.
    """
    inputs = [(size, size)] if square else _inputs(size, frame)
    alike: dict[tuple[int, int], list[Crop]] = {}
    for index, (x1, y1, x2, y2) in enumerate(_surroundings(masks, boxes)):
        if x2 > x1 and y2 > y1:
            crop = _crop(index, (slice(y1, y2), slice(x1, x2)), masks.shape[-2:], inputs, size)
            alike.setdefault(crop.letterbox.padded, []).append(crop)
    return [
        crops[start : start + together]
        for crops in alike.values()
        for start in range(0, len(crops), together)
    ]


def round_up(length: int) -> int:
    """The next possible side of an input."""
    return -(-length // STEP) * STEP


def _surroundings(masks: Tensor | CoarseMasks, boxes: Tensor | None) -> list[list[int]]:
    """Pixels xyxy around each mask and box, with margin, in whole steps, inside the picture."""
    bounds = torch.stack([_without_specks(mask) for mask in masks])  # one mask at a time is made
    if boxes is not None:
        boxes = boxes.to(bounds)
        empty = (bounds[:, 2:] <= bounds[:, :2]).any(1, keepdim=True)
        joined = torch.cat(
            (bounds[:, :2].minimum(boxes[:, :2]), bounds[:, 2:].maximum(boxes[:, 2:])), 1
        )
        bounds = torch.where(empty, boxes, joined)
    extent = bounds[:, 2:] - bounds[:, :2]
    margin = extent * MARGIN + MARGIN_PIXELS
    steps = extent.amax(1, keepdim=True).clamp(min=STEPS_PER_BOX) / STEPS_PER_BOX
    step = 2 ** steps.log2().floor()
    height, width = masks.shape[-2:]
    low = (((bounds[:, :2] - margin) / step).floor() * step).clamp(min=0)
    high = ((bounds[:, 2:] + margin) / step).ceil() * step
    high = high.minimum(bounds.new_tensor((width, height)))
    crops = torch.cat((low, high), 1)
    crops[(bounds[:, 2:] <= bounds[:, :2]).any(1)] = 0  # nothing to refine
    return crops.int().tolist()


def _without_specks(mask: Tensor) -> Tensor:
    """The box `[4]` of a mask `[H, W]`, without `SPECKS` of the mask at each side."""
    (box,) = boxes_of_masks(mask[None])
    x1, y1, x2, y2 = box.int().tolist()
    inside = mask[y1:y2, x1:x2] >= MASK_THRESHOLD
    for axis, first in ((0, x1), (1, y1)):
        reached = inside.sum(axis).cumsum(0)
        if len(reached) and reached[-1] > 0:
            specks = SPECKS * reached[-1]
            box[axis] = first + (reached <= specks).sum()
            box[axis + 2] = first + (reached < reached[-1] - specks).sum() + 1
    return box


def _inputs(size: int, frame: Letterbox | None) -> list[tuple[int, int]]:
    """The possible inputs, (height, width): those of long side `size`, in steps of two along the
    other one; where the frame sets a bound, those within it, and the largest of any shape."""
    longest = round_up(size)
    sides = [*range(2 * STEP, longest, 2 * STEP), longest]
    inputs = [(longest, side) for side in sides] + [(side, longest) for side in sides[:-1]]
    if frame is None:
        return inputs
    pixels = max(FRAME_SHARE * frame.padded[0] * frame.padded[1], STEP * STEP)
    heights = [height for height in range(STEP, longest + 1, STEP) if height * STEP <= pixels]
    largest = [(height, min(int(pixels / height) // STEP * STEP, longest)) for height in heights]
    inputs = [(height, width) for height, width in inputs if height * width <= pixels]
    return inputs + [
        (height, width)
        for height, width in largest
        if not any(other > height and across >= width for other, across in largest)
    ]


def _crop(
    index: int,
    place: tuple[slice, slice],
    picture: tuple[int, int],
    inputs: Sequence[tuple[int, int]],
    size: int,
) -> Crop:
    """The crop at a place in the smallest input that shows it largest, widened to fill that."""
    shape = tuple(_length(side) for side in place)
    scales = [_scale(shape, padded, size) for padded in inputs]
    scale, padded = max(
        zip(scales, inputs, strict=True), key=lambda fit: (fit[0], -fit[1][0] * fit[1][1])
    )
    rows, columns = (
        _widen(side, int(room / scale), length)
        for side, room, length in zip(place, padded, picture, strict=True)
    )
    original = (_length(rows), _length(columns))
    content = tuple(max(round(side * scale), 1) for side in original)
    return Crop(index, rows, columns, Letterbox(original, content, padded))


def _scale(shape: tuple[int, int], padded: tuple[int, int], size: int) -> float:
    return min(padded[0] / shape[0], padded[1] / shape[1], size / max(shape), ENLARGE)


def _widen(side: slice, room: int, length: int) -> slice:
    """At least `side`, up to `room` pixels, about the same middle, inside 0 to `length`."""
    whole = max(_length(side), min(room, length))
    start = side.start - (whole - _length(side)) // 2
    start = min(max(start, 0), length - whole)
    return slice(start, start + whole)


def _length(side: slice) -> int:
    return side.stop - side.start
