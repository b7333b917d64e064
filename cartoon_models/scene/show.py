"""Scenes to look at: their layers fanned out, their depth, and what a camera uncovers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from .data import Layer, LayeredScene
from .geometry import plane_row

_PAPER = np.float32([0.95, 0.95, 0.96])
_INK = (40, 40, 48)  # of 255
_CHECKS = np.float32([0.80, 0.90])  # of a checkerboard, where there is nothing
_MISSING = np.float32([0.93, 0.11, 0.42])
_RIM = np.float32([1.0, 0.80, 0.10])

_SQUEEZE = 0.62  # width of a sheet that is seen from the side
_SLANT = 0.16  # how far its right edge lies below its left one, in its widths
_SINK = 0.12  # how much lower the next sheet lies, in the distance that it is moved aside
_LABEL = 0.05  # room over the first sheet, in widths of a sheet
_SMALLEST_TEXT = 9  # pixels
_ENDS = (5, 95)  # percentiles of a layer's disparity that count as its ends
_FLAT = 0.02  # of disparity: ends that are no farther apart are told as one
_POINTS = 500  # rows, and columns, of a layer that its ends are looked for in
_LARGEST = 1600  # pixels, the longer side of the fanned-out layers


def draw_layers(scene: LayeredScene, names: bool = True) -> Tensor:
    """The layers fanned out: the plate at the left, what is nearer farther to the right.

    A checkerboard shows where a layer has nothing. Over each one is its name and its disparity, of
    what is not flat from the far to the near end.

    Args:
        names: write them; left out where there is no room.

    Returns:
        float32 ``[h, w, 3]``, 0 to 1, on the CPU; at most 1600 pixels wide and high.
    """
    import cv2

    sheets, (height, width), corners = _fan(scene)
    canvas = np.broadcast_to(_PAPER, (height, width, 3)).copy()
    wide = sheets[0].shape[1]
    stroke = max(1, round(0.003 * wide))
    for sheet, (x, y) in zip(sheets, corners, strict=True):
        for edge in (sheet[:stroke], sheet[-stroke:], sheet[:, :stroke], sheet[:, -stroke:]):
            edge[:] = (*np.float32(_INK) / 255, 1)
        left, right = int(x), min(math.ceil(x + _SQUEEZE * wide) + 1, width)
        place = np.float32([[_SQUEEZE, 0, x - left], [_SLANT, 1, y]])
        moved = cv2.warpAffine(sheet, place, (right - left, height), flags=cv2.INTER_AREA)
        part = canvas[:, left:right]
        part *= 1 - moved[..., 3:]
        part += moved[..., :3]
    if names:
        texts = [f"{layer.name}  {disparity_text(scene, layer, 2)}" for layer in scene.painted]
        canvas = _written(canvas, texts, corners)
    return torch.from_numpy(canvas.clip(0, 1))


def disparity_ends(scene: LayeredScene, layer: Layer) -> tuple[float, float]:
    """The disparities between which a layer lies where it shows in the picture, without the
    outermost twentieth at either end: the far and the near one, equal for what is flat.

    Unlike the middle of its plane, which is that of the picture, it does not tell of places where
    the layer is not.
    """
    place = _inside(scene, layer)
    if place is None or (layer.relief is None and not any(layer.plane[1:])):
        return layer.plane[0], layer.plane[0]
    (rows, columns), _ = place
    step = max(1, max(rows.stop - rows.start, columns.stop - columns.start) // _POINTS)
    rows, columns = (slice(part.start, part.stop, step) for part in (rows, columns))
    shown = layer.rgba[rows, columns, 3].cpu().numpy() > 0.5
    found = _disparity(scene, layer, (rows, columns))[shown]
    if not len(found):
        return layer.plane[0], layer.plane[0]
    far, near = np.percentile(found, _ENDS)
    return float(far), float(near)


def disparity_text(scene: LayeredScene, layer: Layer, digits: int = 3) -> str:
    """`disparity_ends` in words: ``"0.400"``, or ``"0.050 to 0.980"`` of what is not flat."""
    far, near = disparity_ends(scene, layer)
    if near - far < _FLAT:
        return f"{(far + near) / 2:.{digits}f}"
    return f"{far:.{digits}f} to {near:.{digits}f}"


def draw_depth(scene: LayeredScene) -> Tensor:
    """The disparity of what the picture shows, near is white: float32 ``[H, W, 3]``, on the CPU.

    Where nothing is known it is 0, as for what is infinitely far.
    """
    seen = np.zeros(scene.size, np.float32)
    for layer in scene.painted:
        place = _inside(scene, layer)
        if place is None:
            continue
        inside, there = place
        disparity = _disparity(scene, layer, inside)
        alpha = layer.rgba[inside][..., 3].cpu().numpy()
        part = seen[there]
        part += alpha * (disparity.astype(np.float32) - part)
    return torch.from_numpy(seen.clip(0, 1))[..., None].expand(-1, -1, 3).contiguous()


def draw_reveal(scene: LayeredScene, reveal: Tensor) -> Tensor:
    """The plate with what a camera uncovers of it: that is bright, the rest is dimmed.

    Uncovered pixels that nothing fills are red on a checkerboard.

    Args:
        reveal: ``[Hp, Wp]`` on the plate's pixels, bool or 0 to 1: what the camera sees of the
            plate that the picture does not show.

    Returns:
        float32 ``[Hp, Wp, 3]``, 0 to 1, on the CPU.

    Raises:
        ValueError: a reveal mask of another size.
    """
    import cv2

    plate = scene.plate.rgba.cpu().numpy()
    if tuple(reveal.shape) != plate.shape[:2]:
        (height, width), given = plate.shape[:2], list(reveal.shape)
        raise ValueError(f"The reveal mask is [{height}, {width}] like the plate, not {given}.")
    shown = (reveal.cpu() > 0).numpy()
    drawn = _over_checks(plate)
    grey = drawn.mean(axis=2, keepdims=True)
    drawn = np.where(shown[..., None], drawn, 0.35 * drawn + 0.25 * grey + 0.15)
    missing = shown & (plate[..., 3] < 0.5)
    drawn[missing] = 0.3 * drawn[missing] + 0.7 * _MISSING
    thick = max(1, round(0.002 * max(shown.shape)))
    kernel = np.ones((2 * thick + 1,) * 2, np.uint8)
    rim = cv2.dilate(shown.astype(np.uint8), kernel).astype(bool) & ~shown
    drawn[rim] = _RIM
    return torch.from_numpy(drawn.astype(np.float32).clip(0, 1))


def _inside(scene: LayeredScene, layer: Layer) -> tuple[tuple, tuple] | None:
    """The pixels of a layer that lie in the picture: rows and columns of the layer, and of the
    picture; None if there are none."""
    height, width = scene.size
    x1, y1, x2, y2 = layer.box
    left, top, right, bottom = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
    if right <= left or bottom <= top:
        return None
    own = (slice(top - y1, bottom - y1), slice(left - x1, right - x1))
    return own, (slice(top, bottom), slice(left, right))


def _disparity(scene: LayeredScene, layer: Layer, pixels: tuple[slice, slice]) -> np.ndarray:
    """The disparity at pixels of a layer: float64 ``[h, w]``."""
    rows, columns = pixels
    row = plane_row(layer.plane, scene.size).numpy()
    across = np.arange(columns.start, columns.stop, columns.step) + layer.offset[0] + 0.5
    down = np.arange(rows.start, rows.stop, rows.step) + layer.offset[1] + 0.5
    disparity = (row[2] + row[1] * down)[:, None] + row[0] * across
    if layer.relief is not None:
        disparity = disparity + layer.relief[rows, columns].cpu().numpy()
    return disparity


def _fan(
    scene: LayeredScene,
) -> tuple[list[np.ndarray], tuple[int, int], list[tuple[float, float]]]:
    """The sheets, all as large as the plate; the canvas (h, w); each sheet's top left corner."""
    full_height, full_width = scene.plate.rgba.shape[:2]
    count = len(scene.painted)
    # All in widths of a sheet. Fewer sheets lie farther apart.
    apart, high = _SQUEEZE * min(0.55, 2.4 / count), full_height / full_width
    across = _SQUEEZE + apart * (count - 1)
    down = _LABEL + high + _SLANT + _SINK * apart * (count - 1)
    scale = min(1.0, _LARGEST / (full_width * across), _LARGEST / (full_width * down))
    size = (max(1, round(full_height * scale)), max(1, round(full_width * scale)))
    wide = size[1]
    corners = [(apart * n * wide, (_LABEL + _SINK * apart * n) * wide) for n in range(count)]
    canvas = (math.ceil(down * wide) + 2, math.ceil(across * wide) + 2)
    return [_sheet(scene, layer, size) for layer in scene.painted], canvas, corners


def _sheet(scene: LayeredScene, layer: Layer, size: tuple[int, int]) -> np.ndarray:
    """float32 ``[h, w, 4]``, premultiplied: a layer where it lies on the plate, made smaller."""
    import cv2

    left, top, _, _ = scene.plate.box
    full = np.zeros(scene.plate.rgba.shape, np.float32)
    x1, y1, x2, y2 = (a - b for a, b in zip(layer.box, (left, top, left, top), strict=True))
    height, width = full.shape[:2]
    cut = (slice(max(y1, 0), min(y2, height)), slice(max(x1, 0), min(x2, width)))
    if cut[0].stop > cut[0].start and cut[1].stop > cut[1].start:
        source = (
            slice(cut[0].start - y1, cut[0].stop - y1),
            slice(cut[1].start - x1, cut[1].stop - x1),
        )
        full[cut] = layer.rgba[source].cpu().numpy()
    small = cv2.resize(full, size[::-1], interpolation=cv2.INTER_AREA)
    if layer is scene.plate:
        small[..., :3] = _over_checks(small)
        small[..., 3] = 1
        return small
    veil = np.float32(0.28)  # so that one sees where the sheet is
    rest = (1 - small[..., 3:]) * veil
    small[..., :3] += rest * _checks(size)[..., None]
    small[..., 3:] += rest
    return small


def _over_checks(rgba: np.ndarray) -> np.ndarray:
    """Premultiplied ``[h, w, 4]`` over a checkerboard: ``[h, w, 3]``."""
    return rgba[..., :3] + (1 - rgba[..., 3:]) * _checks(rgba.shape[:2])[..., None]


def _checks(size: Sequence[int]) -> np.ndarray:
    side = max(2, round(max(size) / 64))
    rows, columns = np.arange(size[0]) // side, np.arange(size[1]) // side
    return _CHECKS[(rows[:, None] + columns) % 2]


def _written(
    canvas: np.ndarray, texts: Sequence[str], corners: Sequence[tuple[float, float]]
) -> np.ndarray:
    """Texts over the corners, as large as there is room beside each other."""
    starts = [x for x, _ in corners]
    rooms = [b - a for a, b in zip(starts, [*starts[1:], canvas.shape[1]], strict=True)]
    image = Image.fromarray((canvas.clip(0, 1) * 255 + 0.5).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    size = round(0.6 * corners[0][1])
    while size >= _SMALLEST_TEXT:
        font = _font(size)
        widths = [draw.textlength(text, font=font) for text in texts]
        if all(width + size / 2 <= room for width, room in zip(widths, rooms, strict=True)):
            for text, (x, y) in zip(texts, corners, strict=True):
                draw.text((x, y - 1.3 * size), text, fill=_INK, font=font)
            return np.asarray(image, np.float32) / 255
        size -= 1
    return canvas


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    try:
        return ImageFont.load_default(size)
    except TypeError:  # Pillow before 10.1 has one small bitmap font only
        return ImageFont.load_default()
