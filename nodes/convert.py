"""ComfyUI's pictures, masks and exchange formats to CelKit's values and back; nowhere else.

IMAGE is float32 ``[B, H, W, C]`` and MASK is float32 ``[B, H, W]``, both 0 to 1. A mask is 1 inside
the character, as segmenters have it; LoadImage's MASK and the mask of a LAYERS entry are the other
way round (1 = transparent).

Instances travel as a list with one entry per picture. What has one item per instance (a MASK batch,
cut-outs) is the items of the first picture, then those of the second, and so on; `picture_numbers`
says which picture each came from.
"""

from __future__ import annotations

import json
import math
from collections import namedtuple
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import torch
from comfy import model_management
from torch import Tensor

from ..cartoon_models.instances import Instances, as_masks
from ..cartoon_models.picture import as_tensor

T = TypeVar("T")

# Detailer packs read these fields by name, so a tuple of our own with the same names will do.
SEG = namedtuple(
    "SEG",
    "cropped_image cropped_mask confidence crop_region bbox label control_net_wrapper",
    defaults=[None],
)

BOTTOM_LAYERS = ("background with holes", "whole picture", "none")

_BOX_KEYS = ("x", "y", "width", "height")
_BOX_HINT = (
    "Boxes are {x, y, width, height}, or lists like [x1, y1, x2, y2] in pixels; one list for all "
    "pictures, or a list of such lists, one per picture."
)


def pictures_of(image: Tensor, channels: int = 3) -> list[Tensor]:
    """The pictures of an IMAGE: float32 ``[H, W, channels]`` each; grey becomes RGB.

    With 3 channels RGBA is seen over white, with 4 a missing alpha is 1.

    Raises:
        ValueError: another rank, no picture, NaN.
    """
    image = image[None] if image.ndim == 3 else image
    if image.ndim != 4 or image.shape[0] == 0:
        raise ValueError(f"An IMAGE has the shape [B, H, W, C], not {list(image.shape)}.")
    return [as_tensor(picture, channels) for picture in image]


def image_of(pictures: Sequence[Tensor]) -> Tensor:
    """An IMAGE of ``[H, W, C]`` pictures of one size."""
    return _out(torch.stack(_of_one_size(pictures, height_axis=0)))


def joined_batches(batches: Sequence[Tensor]) -> Tensor:
    """One IMAGE of several IMAGEs whose pictures are of one size; one alone is not copied."""
    parts = _of_one_size(batches, height_axis=1)
    return _out(parts[0] if len(parts) == 1 else torch.cat(parts))


def masks_of(mask: Tensor) -> Tensor:
    """A MASK of any rank that is in use as float32 ``[B, H, W]``.

    Takes ``[H, W]``, ``[B, H, W]``, ``[B, 1, H, W]`` and ``[B, H, W, 1]``. B may be 0: some packs
    say so that they found nothing.
    """
    shape = list(mask.shape)
    if mask.ndim == 2:
        mask = mask[None]
    elif mask.ndim == 4 and mask.shape[1] == 1:
        mask = mask[:, 0]
    elif mask.ndim == 4 and mask.shape[3] == 1:
        mask = mask[..., 0]
    if mask.ndim != 3 or 0 in mask.shape[1:]:
        raise ValueError(f"A MASK has the shape [B, H, W], not {shape}.")
    return mask.float()


def mask_groups(mask: Tensor, one_per_picture: bool, inverted: bool = False) -> list[Tensor]:
    """The masks of a MASK as ``[N, H, W]`` per picture; those without any pixel are left out.

    Args:
        one_per_picture: each mask is of another picture; otherwise all are of one.
        inverted: the MASK is 1 outside, as LoadImage's is for a picture with transparency.

    Raises:
        ValueError: another rank, or values (NaN included) that are not 0..1.
    """
    masks = as_masks(masks_of(mask))
    masks = 1.0 - masks if inverted else masks
    groups = masks.split(1) if one_per_picture and len(masks) else [masks]
    return [group[group.amax(dim=(1, 2)) > 0] for group in groups]


def mask_batch(found: Sequence[Instances]) -> Tensor:
    """The masks of all instances as a MASK ``[N, H, W]``; where there are none, one of zeros."""
    kept = [instances.masks for instances in found if len(instances)]
    if not kept:
        return _out(torch.zeros(1, *found[0].size))
    return _out(torch.cat(_of_one_size(kept, height_axis=1)))


def union_batch(found: Sequence[Instances]) -> Tensor:
    """MASK ``[B, H, W]``, one per picture: everything that belongs to a character."""
    return _out(torch.stack(_of_one_size([item.union() for item in found], height_axis=0)))


def background_batch(found: Sequence[Instances]) -> Tensor:
    """MASK ``[B, H, W]``, one per picture: everything that belongs to no character."""
    return 1.0 - union_batch(found)


def picture_numbers(found: Sequence[Instances]) -> str:
    """For each instance the number of its picture, counted from 0, as JSON: ``[0, 0, 2]``."""
    return json.dumps([number for number, item in enumerate(found) for _ in range(len(item))])


def paired(found: Sequence[Instances], items: Sequence[T], what: str) -> list[tuple[Instances, T]]:
    """Each picture's instances with its item; one of either goes with all of the other.

    Raises:
        ValueError: two different counts, neither of them 1.
    """
    if len(found) != len(items) and 1 not in (len(found), len(items)):
        raise ValueError(
            f"The instances are of {len(found)} pictures, but {len(items)} {what} came; "
            f"give as many, or one for all."
        )
    count = max(len(found), len(items))
    return [(found[i % len(found)], items[i % len(items)]) for i in range(count)]


def with_pictures(
    found: Sequence[Instances], image: Tensor, channels: int = 3
) -> list[tuple[Instances, Tensor]]:
    """Each picture's instances with the picture ``[H, W, channels]``, checked to be of one size."""
    pairs = paired(found, pictures_of(image, channels), "pictures")
    for instances, picture in pairs:
        check_size(instances.size, tuple(picture.shape[:2]), "The picture")
    return pairs


def check_choice(name: str, value: str, options: Iterable[str]) -> None:
    """Raise ValueError unless the value is one of the options.

    The page offers nothing else, but older versions of ComfyUI take anything in a sent prompt.
    """
    if value not in options:
        raise ValueError(f"{name} is one of {', '.join(options)}, not {value!r}.")


def check_size(size: tuple[int, int], given: tuple[int, int], what: str) -> None:
    """Raise ValueError unless ``given`` is ``size``, both ``(H, W)``."""
    if tuple(given) != tuple(size):
        raise ValueError(
            f"{what} is {given[1]} x {given[0]}, but {size[1]} x {size[0]} is needed: the size "
            f"of the picture that the characters are in."
        )


def of_picture(found: Sequence[T], number: int) -> T:
    """What is of one picture of the batch, counted from 0; negative from the end."""
    if not -len(found) <= number < len(found):
        raise IndexError(
            f"Picture {number} is not there; the batch has {len(found)}, counted from 0."
        )
    return found[number]


def kept_on_wire(instances: Instances) -> Instances:
    """The instances on the device where ComfyUI keeps results between nodes."""
    return instances.to(model_management.intermediate_device())


def padded(pieces: Sequence[Tensor]) -> list[Tensor]:
    """``[h, w, C]`` pieces of any sizes, top left in zeros of the largest height and width."""
    height = max(piece.shape[0] for piece in pieces)
    width = max(piece.shape[1] for piece in pieces)
    sides = [(width - piece.shape[1], height - piece.shape[0]) for piece in pieces]
    return [
        torch.nn.functional.pad(piece, (0, 0, 0, right, 0, below))
        for piece, (right, below) in zip(pieces, sides, strict=True)
    ]


def dilated(masks: Tensor, pixels: int) -> Tensor:
    """Masks grown by a square of this many pixels (half of them on each side); negative shrinks."""
    side = abs(pixels)
    if side < 2 or masks.shape[0] == 0:
        return masks
    before = side // 2
    edges = (before, side - 1 - before) * 2
    grown = masks if pixels > 0 else 1.0 - masks
    grown = torch.nn.functional.max_pool2d(torch.nn.functional.pad(grown, edges), side, 1)
    return grown if pixels > 0 else 1.0 - grown


def boxes_per_picture(boxes: Any, text: str, count: int) -> list[Tensor]:
    """float32 ``[N, 4]`` xyxy for each of ``count`` pictures.

    Args:
        boxes: a BOUNDING_BOX (dict, list of dicts, list of lists of dicts), ``[x1, y1, x2, y2]``
            lists in the same nestings, arrays, or None.
        text: the same as JSON; these come after ``boxes``. Empty for none.
        count: how many pictures there are. A list for one picture is used for all of them.

    Raises:
        ValueError: something that is not boxes, or lists for another number of pictures.
    """
    wired = _nested_boxes(boxes, count)
    typed = _nested_boxes(_parsed(text), count)
    return [
        torch.tensor(first + second, dtype=torch.float32).reshape(-1, 4)
        for first, second in zip(wired, typed, strict=True)
    ]


def bounding_boxes(found: Sequence[Instances], boxes: Sequence[Tensor] | None = None) -> list:
    """A BOUNDING_BOX: a list of dicts for one picture, a list of such lists for a batch.

    Args:
        boxes: per picture ``[N, 4]`` xyxy, in place of the instances' own.
    """
    boxes = [item.boxes for item in found] if boxes is None else boxes
    frames = [
        [_bounding_box(item, i, box) for i, box in enumerate(own.tolist())]
        for item, own in zip(found, boxes, strict=True)
    ]
    return frames[0] if len(frames) == 1 else frames


def boxes_text(found: Sequence[Instances]) -> str:
    """The boxes as JSON that boxes_per_picture reads: xyxy, with a list per picture of a batch."""
    frames = [item.boxes.tolist() for item in found]
    return json.dumps(frames[0] if len(frames) == 1 else frames)


def segs_of(
    instances: Instances, picture: Tensor | None, crop_factor: float = 1.0, drop_size: int = 1
) -> tuple[tuple[int, int], list[SEG]]:
    """SEGS of one picture: ``((H, W), [SEG, ...])``; instances without a mask are left out.

    Args:
        picture: ``[H, W, 3]`` for `cropped_image` ``[1, h, w, 3]``, or None.
        crop_factor: the crop region is the box grown by this, moved to lie inside the picture.
        drop_size: boxes not wider and higher than this many pixels are left out.
    """
    segs = []
    for index in range(len(instances)):
        box = whole_pixels(instances.boxes[index].tolist(), instances.size)
        if min(box[2] - box[0], box[3] - box[1]) <= max(drop_size, 1):
            continue
        x1, y1, x2, y2 = region = _grown(box, crop_factor, instances.size)
        segs.append(
            SEG(
                cropped_image=None
                if picture is None
                else picture[None, y1:y2, x1:x2].cpu().clone(),
                cropped_mask=instances.masks[index, y1:y2, x1:x2].cpu().numpy().copy(),
                confidence=float(instances.scores[index]),
                crop_region=list(region),
                bbox=box,
                label=instances.labels[index],
            )
        )
    return instances.size, segs


def layers_of(instances: Instances, picture: Tensor, bottom: str = BOTTOM_LAYERS[0]) -> dict:
    """LAYERS of one picture: the layer that ``bottom`` names, and above it a crop per instance.

    The first instance lies on top, as the overlap rule "front" has it.
    """
    check_choice("bottom", bottom, BOTTOM_LAYERS)
    height, width = instances.size
    layers = []
    if bottom == "background with holes":
        layers.append(_layer(picture, instances.background(), (0, 0), "background", 0))
    elif bottom == "whole picture":
        layers.append(_layer(picture, torch.ones(instances.size), (0, 0), "picture", 0))
    for index in range(len(instances)):
        left, top, right, base = whole_pixels(instances.boxes[index].tolist(), instances.size)
        if right > left and base > top:
            mask = instances.masks[index, top:base, left:right]
            name = _name(instances, index)
            order = len(instances) - index
            layers.append(_layer(picture[top:base, left:right], mask, (left, top), name, order))
    return {"version": 1, "canvas": (width, height), "layers": layers}


def layer_pictures(
    layers: Any,
) -> tuple[list[Tensor], list[str] | None, list[tuple[int, int]] | None, tuple[int, int] | None]:
    """What scene_from_layers takes, of LAYERS or of an IMAGE batch.

    Returns:
        RGBA pictures from the lowest to the topmost, their names, their top left corners and the
        size ``(H, W)`` of the canvas; None for what the source does not say.

    Raises:
        ValueError: LAYERS without a layer that is to be seen, or something else.
    """
    if isinstance(layers, Tensor):
        return pictures_of(layers, 4), None, None, None
    if not isinstance(layers, dict) or not isinstance(layers.get("layers"), list):
        raise ValueError(
            "Layers are LAYERS, a dictionary with a list of layers, or a batch of RGBA images."
        )
    seen = [layer for layer in layers["layers"] if layer.get("visible", True)]
    seen.sort(key=lambda layer: layer.get("z_index", 0))
    if not seen:
        raise ValueError("None of the LAYERS is visible; a scene has at least one, the background.")
    names = [str(layer.get("name") or f"layer {i}") for i, layer in enumerate(seen)]
    corners = [(round(layer.get("x") or 0), round(layer.get("y") or 0)) for layer in seen]
    canvas = layers.get("canvas")
    size = (int(canvas[1]), int(canvas[0])) if canvas else None
    return [_layer_rgba(layer) for layer in seen], names, corners, size


def whole_pixels(box: Sequence[float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The smallest box of whole pixels around a box, inside a picture of ``size`` ``(H, W)``."""
    left, top = (min(max(math.floor(box[i]), 0), size[1 - i]) for i in (0, 1))
    right, bottom = (min(max(math.ceil(box[2 + i]), 0), size[1 - i]) for i in (0, 1))
    return left, top, max(right, left), max(bottom, top)


def _layer(picture: Tensor, mask: Tensor, corner: tuple[int, int], name: str, order: int) -> dict:
    return {
        "image": _out(picture[None]),
        "mask": _out(1.0 - mask[None]),  # LAYERS: 1 = transparent
        "type": "raster",
        "x": corner[0],
        "y": corner[1],
        "z_index": order,
        "name": name,
    }


def _layer_rgba(layer: dict) -> Tensor:
    """The picture of an entry of LAYERS as it lies on the canvas: ``[h, w, 4]``."""
    (rgba,) = pictures_of(layer["image"][:1], 4)
    if layer.get("mask") is not None:
        clear = masks_of(layer["mask"])[:1]  # 1 = transparent
        check_size(tuple(rgba.shape[:2]), tuple(clear.shape[1:]), "The mask of a layer")
        rgba = torch.cat([rgba[..., :3], rgba[..., 3:] * (1 - clear[0].to(rgba))[..., None]], dim=2)
    rgba = torch.cat([rgba[..., :3], rgba[..., 3:] * float(layer.get("opacity", 1.0))], dim=2)
    size = [round(layer.get(key) or side) for key, side in zip("hw", rgba.shape, strict=False)]
    if size != list(rgba.shape[:2]):
        stretched = torch.nn.functional.interpolate(
            rgba.permute(2, 0, 1)[None], size, mode="bilinear", antialias=True
        )
        rgba = stretched[0].permute(1, 2, 0)
    flipped = [axis for key, axis in (("flip_v", 0), ("flip_h", 1)) if layer.get(key)]
    return rgba.flip(flipped) if flipped else rgba


def _bounding_box(instances: Instances, index: int, box: Sequence[float]) -> dict:
    left, top, right, bottom = whole_pixels(box, instances.size)
    return {
        "x": left,
        "y": top,
        "width": right - left,
        "height": bottom - top,
        "label": instances.labels[index],
        "score": float(instances.scores[index]),
        "metadata": {"name": _name(instances, index)},
    }


def _name(instances: Instances, index: int) -> str:
    return ", ".join(instances.characters[index]) or f"{instances.labels[index]} {index}"


def _grown(
    box: tuple[int, int, int, int], factor: float, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """A box grown about its middle, moved, then cut, to lie inside the picture."""
    spans = []
    for start, end, side in ((box[0], box[2], size[1]), (box[1], box[3], size[0])):
        length = min(round((end - start) * max(factor, 1.0)), side)
        first = min(max(round((start + end - length) / 2), 0), side - length)
        spans.append((first, first + length))
    return spans[0][0], spans[1][0], spans[0][1], spans[1][1]


def _parsed(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"The text of boxes is not JSON ({error}). {_BOX_HINT}") from None


def _nested_boxes(boxes: Any, count: int) -> list[list[list[float]]]:
    boxes = _plain(boxes)
    if boxes is None:
        boxes = []
    if isinstance(boxes, dict) or _is_box(boxes):
        boxes = [boxes]
    if not isinstance(boxes, list):
        raise ValueError(f"{boxes!r:.80} are no boxes. {_BOX_HINT}")
    if not boxes or not all(map(_is_list_of_boxes, boxes)):
        return [[_corners(box) for box in boxes] for _ in range(count)]
    if len(boxes) not in (1, count):
        raise ValueError(
            f"Boxes of {len(boxes)} pictures came for {count} pictures; give as many lists as "
            f"pictures, or one for all."
        )
    return [[_corners(box) for box in boxes[i % len(boxes)]] for i in range(count)]


def _plain(value: Any) -> Any:
    """Arrays, tensors and tuples as nested lists; the rest as it is."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _is_box(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 4
        and all(isinstance(number, (int, float)) for number in value)
    )


def _is_list_of_boxes(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, (dict, list)) for item in value)


def _corners(box: Any) -> list[float]:
    sides = [_plain(box.get(key)) for key in _BOX_KEYS] if isinstance(box, dict) else box
    if not _is_box(sides):
        raise ValueError(f"{box!r:.80} is not a box. {_BOX_HINT}")
    corners = sides
    if isinstance(box, dict):
        left, top, width, height = sides
        corners = [left, top, left + width, top + height]
    if not all(math.isfinite(value) for value in corners):
        raise ValueError(f"The box {box!r:.80} has a side that is not a number.")
    return [float(value) for value in corners]


def _of_one_size(tensors: Sequence[Tensor], height_axis: int) -> list[Tensor]:
    sizes = {tuple(tensor.shape[height_axis : height_axis + 2]) for tensor in tensors}
    if len(sizes) > 1:
        listed = ", ".join(f"{width} x {height}" for height, width in sorted(sizes))
        raise ValueError(
            f"Pictures of different sizes do not fit into one batch: {listed}. "
            f"Take them one at a time."
        )
    return list(tensors)


def _out(tensor: Tensor) -> Tensor:
    return tensor.to(model_management.intermediate_device(), torch.float32)
