"""Instances drawn over their picture, to look at: colours, outlines, numbers."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from ..picture import as_tensor
from .cutout import cut_out
from .data import MASK_THRESHOLD, Instances, boxes_of_masks, require_size

__all__ = ["cut_out", "draw_overlay", "instance_colors"]

_INK = np.float32([0.07, 0.07, 0.09])
_PAPER = np.float32([1.0, 1.0, 1.0])
_ROWS = 64
_SMALLEST_BADGE = 15  # pixels high; below that a digit cannot be read


def draw_overlay(
    picture: Tensor | np.ndarray,
    instances: Instances,
    numbers: bool = True,
    boxes: bool = False,
    opacity: float = 0.5,
) -> Tensor:
    """The picture with every instance in a colour of its own: float32 ``[H, W, 3]``, 0 to 1.

    Line widths and numbers grow with the picture. Small instances are drawn over large ones.

    Args:
        picture: ``[H, W]`` or ``[H, W, 1|3|4]``, of the instances' picture size.
        numbers: show each instance's index, the number that select_instances takes, where the
            instance is widest; left out in pictures too small to read them.
        boxes: draw the boxes as well.
        opacity: of the colour over the picture, 0 to 1.

    Raises:
        ValueError: a picture of another size, or an opacity outside 0..1.
    """
    if not 0.0 <= opacity <= 1.0:
        raise ValueError(f"The opacity is a number from 0 to 1, not {opacity}.")
    tensor = as_tensor(picture)
    require_size("The picture", tensor.shape[:2], instances.size)
    canvas = tensor.cpu().numpy().copy()
    height, width = instances.size
    extent = float(np.sqrt(height * width))
    stroke = max(1.5, 0.003 * extent)
    colors = instance_colors(len(instances))
    order = instances.masks.sum(dim=(1, 2)).argsort(descending=True, stable=True).tolist()
    reaches = boxes_of_masks(instances.masks, 1 / 255).long().tolist()
    spots = {}
    for index in order:
        x1, y1, x2, y2 = _grown(reaches[index], 2 * stroke + 2, instances.size)
        part = canvas[y1:y2, x1:x2]
        mask = instances.masks[index, y1:y2, x1:x2].cpu().numpy()
        _blend(part, colors[index], mask * np.float32(opacity))
        _outline(part, mask, colors[index], stroke)
        spots[index] = _widest_spot(mask, x1, y1)
    if boxes:
        for index in order:
            _rectangle(canvas, instances.boxes[index].tolist(), colors[index], stroke)
    if numbers:
        tallest = max(_SMALLEST_BADGE, 0.036 * extent)
        taken: list[tuple[float, float, float, float]] = []
        for index, spot in sorted(spots.items()):
            sides = instances.boxes[index, 2:] - instances.boxes[index, :2]
            badge_height = min(tallest, max(_SMALLEST_BADGE, 0.4 * sides.min().item()))
            if spot is not None and 2 * badge_height <= min(height, width):
                _badge(canvas, str(index), spot, badge_height, colors[index], taken)
    return torch.from_numpy(canvas).to(tensor.device)


def instance_colors(count: int) -> np.ndarray:
    """float32 ``[count, 3]`` sRGB colours, 0 to 1, neighbours in the list far apart.

    Hues step by the golden angle at even chroma and lightness in the OKLCH space (Ottosson,
    "A perceptual color space for image processing", 2020), every third one lighter, every third
    one darker.
    """
    index = np.arange(count)
    hue = np.deg2rad(25.0 + 137.508 * index)
    lightness = np.choose(index % 3, [0.68, 0.80, 0.56])
    lab = np.stack([lightness, 0.19 * np.cos(hue), 0.19 * np.sin(hue)], axis=-1)
    cone = lab @ np.array(
        [
            [1.0, 1.0, 1.0],
            [0.3963377774, -0.1055613458, -0.0894841775],
            [0.2158037573, -0.0638541728, -1.2914855480],
        ]
    )
    linear = cone**3 @ np.array(
        [
            [4.0767416621, -1.2684380046, -0.0041960863],
            [-3.3077115913, 2.6097574011, -0.7034186147],
            [0.2309699292, -0.3413193965, 1.7076147010],
        ]
    )
    linear = np.clip(linear, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return encoded.astype(np.float32)


def _blend(part: np.ndarray, color: np.ndarray, alpha: np.ndarray) -> None:
    """Paint ``color`` over ``part`` [h, w, 3] in place, ``alpha`` [h, w]."""
    for start in range(0, len(part), _ROWS):  # what is needed on the way stays small
        rows = part[start : start + _ROWS]
        rows += (color - rows) * alpha[start : start + _ROWS, :, None]


def _outline(part: np.ndarray, mask: np.ndarray, color: np.ndarray, stroke: float) -> None:
    """A line of ``stroke`` pixels along the edge of ``mask``, with a white rim around it."""
    distance = _distance_to_edge(mask)
    if distance is not None:
        _blend(part, _PAPER, np.clip(stroke + 0.5 - distance, 0, 1) * np.float32(0.85))
        _blend(part, color, np.clip(0.5 * stroke + 0.5 - distance, 0, 1))


def _distance_to_edge(mask: np.ndarray) -> np.ndarray | None:
    """float32 ``[h, w]``: pixels from each pixel's middle to the nearest edge; None without one.

    Small masks are enlarged for it, so that a thin line follows the soft edge without steps.
    """
    import cv2

    height, width = mask.shape
    scale = 3 if mask.size < 1_000_000 else 2 if mask.size < 4_000_000 else 1
    large = mask
    if scale > 1:
        large = cv2.resize(mask, (width * scale, height * scale), interpolation=cv2.INTER_LINEAR)
    inside = (large >= MASK_THRESHOLD).astype(np.uint8)
    if not inside.any():
        return None
    if inside.all():  # the edge is the picture's own border
        inside[0] = inside[-1] = inside[:, 0] = inside[:, -1] = 0
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
    distance += cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    distance -= 0.5
    if scale > 1:
        distance = cv2.resize(distance, (width, height), interpolation=cv2.INTER_AREA)
    return distance / np.float32(scale)


def _widest_spot(mask: np.ndarray, left: int, top: int) -> tuple[float, float] | None:
    """x, y in the picture where the mask has most room around it; None if it is empty."""
    import cv2

    inside = (mask >= MASK_THRESHOLD).astype(np.uint8)
    if not inside.any():
        return None
    shrink = max(1.0, max(inside.shape) / 256)
    size = [max(1, round(side / shrink)) for side in inside.shape[::-1]]
    small = cv2.resize(inside, size, interpolation=cv2.INTER_NEAREST)
    small = np.pad(small if small.any() else np.ones_like(small), 1)
    room = cv2.distanceTransform(small, cv2.DIST_L2, 5)
    # Of the places that are nearly as wide as the widest, the one in their middle.
    widest = np.argwhere(room >= 0.95 * room.max())
    y, x = widest[((widest - widest.mean(axis=0)) ** 2).sum(axis=1).argmin()]
    return left + (x - 0.5) * mask.shape[1] / size[0], top + (y - 0.5) * mask.shape[0] / size[1]


def _rectangle(canvas: np.ndarray, box: list[float], color: np.ndarray, stroke: float) -> None:
    height, width = canvas.shape[:2]
    x1, y1, x2, y2 = _grown([round(edge) for edge in box], 0, (height, width))
    thick = max(1, round(0.7 * stroke))
    if x2 > x1 and y2 > y1:
        canvas[y1 : min(y1 + thick, y2), x1:x2] = color
        canvas[max(y2 - thick, y1) : y2, x1:x2] = color
        canvas[y1:y2, x1 : min(x1 + thick, x2)] = color
        canvas[y1:y2, max(x2 - thick, x1) : x2] = color


def _badge(
    canvas: np.ndarray,
    text: str,
    spot: tuple[float, float],
    height: float,
    color: np.ndarray,
    taken: list[tuple[float, float, float, float]],
) -> None:
    """A dark plate with a coloured rim and a white number, moved aside where one is already."""
    rows = round(height)
    columns = round(height * (1.0 + 0.55 * (len(text) - 1)))
    x = min(max(0, round(spot[0] - columns / 2)), canvas.shape[1] - columns)
    y = min(max(0, round(spot[1] - rows / 2)), canvas.shape[0] - rows)
    while any(abs(x - u) < (columns + w) / 2 and abs(y - v) < rows for u, v, w, _ in taken):
        if y + 2 * rows > canvas.shape[0]:
            break
        y += rows
    taken.append((x, y, columns, rows))
    plate, face, digits = _badge_shapes(text, columns, rows)
    part = canvas[y : y + rows, x : x + columns]
    plate, face, digits = (
        shape[: part.shape[0], : part.shape[1]] for shape in (plate, face, digits)
    )
    _blend(part, color, plate)
    _blend(part, _INK, face)
    _blend(part, _PAPER, digits)


def _badge_shapes(text: str, columns: int, rows: int) -> list[np.ndarray]:
    """Three float32 ``[rows, columns]`` covers: the whole plate, the face in its rim, the text."""
    fine = 4 if rows < 200 else 2
    width, height = columns * fine, rows * fine
    rim = max(fine, round(0.1 * height))
    shapes = []
    for inset in (0, rim):
        image = Image.new("L", (width, height))
        outline = (inset, inset, width - 1 - inset, height - 1 - inset)
        ImageDraw.Draw(image).rounded_rectangle(outline, (height - 2 * inset) / 2, fill=255)
        shapes.append(image)
    image = Image.new("L", (width, height))
    draw = ImageDraw.Draw(image)
    font = _font(round(0.68 * height))
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    place = ((width - left - right) / 2, (height - top - bottom) / 2)
    draw.text(place, text, fill=255, font=font, stroke_width=max(0, height // 60), stroke_fill=255)
    shapes.append(image)
    return [
        np.asarray(shape.resize((columns, rows), Image.BOX), np.float32) / 255 for shape in shapes
    ]


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    try:
        return ImageFont.load_default(size)
    except TypeError:  # Pillow before 10.1 has one small bitmap font only
        return ImageFont.load_default()


def _grown(box: list[int], margin: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = box
    grow = int(np.ceil(margin))
    height, width = size
    return (max(0, x1 - grow), max(0, y1 - grow), min(width, x2 + grow), min(height, y2 + grow))
