"""Crops around characters, laid out so that several of them go through the refiner together.

What a network computes for one small input leaves most of a processor waiting; four at a time take
little more than half as long. So crops of alike shape share an input size, and a crop may be shown
a little smaller than it could be alone. Where that leaves room beside it, the crop is widened: more
of the picture is worth more than black padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .data import boxes_of_masks
from .letterbox import Letterbox

# Around the box of a coarse mask, on each side: hair and hands reach beyond what was found.
MARGIN = 0.2
MARGIN_PIXELS = 16
# A picture may be enlarged this much for the network; beyond that there is nothing to see.
ENLARGE = 4.0
# A crop's input has at most this share of the pixels of the whole picture's: cutting out and
# putting back takes time too, and crops should not be slower.
FRAME_SHARE = 0.9
# The sides of an input are multiples of this, where it is no square.
STEP = 32


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
    masks: Tensor,
    boxes: Tensor | None,
    *,
    size: int,
    square: bool,
    frame: Letterbox | None,
    together: int,
) -> list[list[Crop]]:
    """Return the crops in groups; those of a group have the same input size.

    Args:
        masks: `[N, H, W]`, 0 to 1. An empty mask gets no crop, unless a box says where to look.
        boxes: `[N, 4]` xyxy that the crops must hold besides the masks themselves.
        size: long side of what the network sees.
        square: inputs are `size` x `size`; otherwise their sides are any multiples of 32.
        frame: how the network would see the whole picture. A crop's input that is no square has
            fewer pixels, at most `FRAME_SHARE`. None: no such bound.
        together: crops in a group, at most.
    """
    around = {
        index: (slice(y1, y2), slice(x1, x2))
        for index, (x1, y1, x2, y2) in enumerate(_surroundings(masks, boxes))
        if x2 > x1 and y2 > y1
    }
    shapes = {index: (_length(rows), _length(columns)) for index, (rows, columns) in around.items()}
    alike = sorted(shapes, key=lambda index: shapes[index][0] / shapes[index][1])
    count = -(-len(alike) // together)
    groups = []
    for number in range(count):
        group = alike[len(alike) * number // count : len(alike) * (number + 1) // count]
        padded, scales = _fit([shapes[index] for index in group], size, square, frame)
        groups.append(
            [
                _crop(index, around[index], tuple(masks.shape[-2:]), padded, scale)
                for index, scale in zip(group, scales, strict=True)
            ]
        )
    return groups


def round_up(length: int) -> int:
    """The next possible side of an input."""
    return -(-length // STEP) * STEP


def _surroundings(masks: Tensor, boxes: Tensor | None) -> list[list[int]]:
    """Whole-pixel xyxy around each mask and box, with margin, inside the picture."""
    bounds = boxes_of_masks(masks)
    if boxes is not None:
        boxes = boxes.to(bounds)
        empty = (bounds[:, 2:] <= bounds[:, :2]).any(1, keepdim=True)
        joined = torch.cat(
            (bounds[:, :2].minimum(boxes[:, :2]), bounds[:, 2:].maximum(boxes[:, 2:])), 1
        )
        bounds = torch.where(empty, boxes, joined)
    margin = (bounds[:, 2:] - bounds[:, :2]) * MARGIN + MARGIN_PIXELS
    height, width = masks.shape[-2:]
    low = (bounds[:, :2] - margin).floor().clamp(min=0)
    high = (bounds[:, 2:] + margin).ceil().minimum(bounds.new_tensor((width, height)))
    crops = torch.cat((low, high), 1)
    crops[(bounds[:, 2:] <= bounds[:, :2]).any(1)] = 0  # nothing to refine
    return crops.int().tolist()


def _fit(
    shapes: Sequence[tuple[int, int]], size: int, square: bool, frame: Letterbox | None
) -> tuple[tuple[int, int], list[float]]:
    """The input that crops of these shapes share, and the scale at which each lies in it."""
    if square:
        return (size, size), _scales(shapes, (size, size), size)
    scales = _scales(shapes, _canvas(shapes, size, frame), size)
    padded = tuple(
        round_up(
            max(round(shape[axis] * scale) for shape, scale in zip(shapes, scales, strict=True))
        )
        for axis in (0, 1)
    )
    return tuple(max(side, STEP) for side in padded), scales


def _canvas(
    shapes: Sequence[tuple[int, int]], size: int, frame: Letterbox | None
) -> tuple[int, int]:
    """The largest input on which the crops keep the most of their detail."""
    longest = round_up(size)
    if frame is None:
        return longest, longest
    pixels = max(FRAME_SHARE * frame.padded[0] * frame.padded[1], STEP * STEP)
    heights = [height for height in range(STEP, longest + 1, STEP) if height * STEP <= pixels]
    canvases = [(height, min(int(pixels / height) // STEP * STEP, longest)) for height in heights]
    alone = _scales(shapes, (longest, longest), size)
    return max(
        canvases,
        key=lambda canvas: sum(
            together / best
            for together, best in zip(_scales(shapes, canvas, size), alone, strict=True)
        ),
    )


def _scales(shapes: Sequence[tuple[int, int]], canvas: tuple[int, int], size: int) -> list[float]:
    return [
        min(canvas[0] / height, canvas[1] / width, size / max(height, width), ENLARGE)
        for height, width in shapes
    ]


def _crop(
    index: int,
    place: tuple[slice, slice],
    picture: tuple[int, int],
    padded: tuple[int, int],
    scale: float,
) -> Crop:
    """The crop at a place, widened to what its input has room for."""
    rows, columns = (
        _widen(side, int(room / scale), length)
        for side, room, length in zip(place, padded, picture, strict=True)
    )
    original = (_length(rows), _length(columns))
    content = tuple(max(round(side * scale), 1) for side in original)
    return Crop(index, rows, columns, Letterbox(original, content, padded))


def _widen(side: slice, room: int, length: int) -> slice:
    """At least `side`, up to `room` pixels, about the same middle, inside 0 to `length`."""
    whole = max(_length(side), min(room, length))
    start = side.start - (whole - _length(side)) // 2
    start = min(max(start, 0), length - whole)
    return slice(start, start + whole)


def _length(side: slice) -> int:
    return side.stop - side.start
