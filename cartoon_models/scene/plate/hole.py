"""Which pixels are no background: characters, the lines around them, the shadows at their feet."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ...instances import Instances
from ...instances.data import require_size
from ...picture import as_tensor

Box = tuple[int, int, int, int]

_INSIDE = 0.05  # of a soft mask; below is a network's haze
_FEWEST = 24  # pixels of a ring that say something
_UNLIKE = 0.08  # in colour: not the background beside it
_SURPLUS = 0.2  # the share of unlike pixels by which a ring is still part of a line
_SHADOW = 0.85  # a shadow is darker than the ground around it by this factor
_SHADOW_RIM = 2  # pixels of its soft edge


def background_hole(
    picture: Tensor | np.ndarray,
    instances: Instances | Tensor | np.ndarray,
    *,
    grow: int | None = None,
    shadows: bool = True,
) -> Tensor:
    """The pixels that go when a picture's instances are taken out of it.

    Specks that lie between them go as well.

    Args:
        picture: ``[H, W]`` or ``[H, W, 1|3|4]``.
        instances: of that picture, or their masks ``[N, H, W]``, 0 to 1.
        grow: pixels by which every mask is made larger; by default as far as the ring around it
            looks unlike the background beside it: its ink line, and colour that has bled.
        shadows: also take the shadow that touches an instance's feet: a wide patch darker than the
            ground around it.

    Returns:
        bool ``[H, W]``, on the CPU.

    Raises:
        ValueError: masks of another size, or a negative ``grow``.
    """
    if grow is not None and grow < 0:
        raise ValueError(f"Masks grow by a number of pixels from 0 up, not {grow}.")
    colors = as_tensor(picture).cpu().numpy()
    masks = instances.masks if isinstance(instances, Instances) else torch.as_tensor(instances)
    masks = masks[None] if masks.ndim == 2 else masks
    require_size("The picture", colors.shape[:2], tuple(masks.shape[-2:]))
    solid = (masks > _INSIDE).cpu().numpy()
    union = solid.any(axis=0)
    hole = union.copy()
    for mask in solid:
        if not mask.any():
            continue
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        box = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        reach = line_reach(mask.shape)
        wide = _window(box, (3 * reach,) * 4, mask.shape)
        width = grow
        if width is None:
            width = line_width(colors[wide], mask[wide], union[wide], reach)
        hole[wide] |= _dilated(mask[wide], width)
        if shadows:
            tall, broad = box[3] - box[1], box[2] - box[0]
            around = (0.4 * broad, -0.75 * tall, 0.4 * broad, 0.12 * tall)
            ground = _window(box, around, mask.shape)
            hole[ground] |= _shadow(colors[ground], mask[ground], union[ground], max(width, 2))
    return torch.from_numpy(hole | _specks(hole, (3 * line_reach(hole.shape)) ** 2))


def line_reach(size: tuple[int, int]) -> int:
    """How far around a mask its line can reach, in pixels."""
    return max(3, round(min(size) / 90))


def line_width(colors: np.ndarray, mask: np.ndarray, taken: np.ndarray, reach: int) -> int:
    """How many pixels around a mask still look unlike the background beside it.

    Args:
        colors: float32 ``[h, w, 3]``, a window around the mask.
        mask: bool ``[h, w]``.
        taken: bool ``[h, w]``: all masks.
        reach: the largest answer.
    """
    import cv2

    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    free = ~_dilated(taken & ~mask, reach) & ~mask
    beside = (free & (away > reach) & (away <= 3 * reach)).astype(np.float32)
    window = (4 * reach + 1,) * 2
    share = cv2.blur(beside, window)
    ground = cv2.blur(colors * beside[..., None], window) / np.maximum(share, 1e-6)[..., None]
    unlike = np.abs(colors - ground).max(axis=2) > _UNLIKE
    seen = free & (share > 1e-3) & (away <= 2 * reach)
    rings = np.ceil(away[seen]).astype(int)
    pixels = np.bincount(rings, minlength=2 * reach + 1)
    unlikes = np.bincount(rings, unlike[seen], minlength=2 * reach + 1)
    far = unlikes[reach + 1 :].sum() / max(1, pixels[reach + 1 :].sum())
    near = unlikes[1 : reach + 1] / np.maximum(pixels[1 : reach + 1], 1)
    is_line = (near > far + _SURPLUS * (1 - far)) & (pixels[1 : reach + 1] >= _FEWEST)
    # As long as it goes on without a gap: what comes after is something else.
    width = reach if is_line.all() else int(is_line.argmin())
    return min(reach, width + 1)


def _shadow(colors: np.ndarray, mask: np.ndarray, taken: np.ndarray, touch: int) -> np.ndarray:
    """bool ``[h, w]``: wide dark patches in the window at the feet that touch the mask."""
    import cv2

    found = np.zeros_like(mask)
    height, width = mask.shape
    if min(height, width) < 4 or not mask.any():
        return found
    free = (~_dilated(taken, touch)).astype(np.float32)
    reach = (2 * (width // 6) + 1,) * 2
    share = cv2.blur(free, reach)
    ground = cv2.blur(colors * free[..., None], reach) / np.maximum(share, 1e-6)[..., None]
    dark = (colors < _SHADOW * ground).all(axis=2) & (share > 0.02) & ~taken
    dark = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    near = np.unique(labels[_dilated(mask, touch + 2)])
    for label in near[near > 0]:
        left, top, broad, tall, area = boxes[label]
        # What runs out of the window at the top or at a side is the ground itself, or stands there.
        inside = top > 0 and left > 0 and left + broad < width
        if inside and area >= 0.003 * width * height and broad > tall:
            found |= labels == label
    return _dilated(found, _SHADOW_RIM)


def _specks(hole: np.ndarray, largest: int) -> np.ndarray:
    """What is left between masks and is too small to be background, rather than a missed part."""
    import cv2

    _, labels, boxes, _ = cv2.connectedComponentsWithStats((~hole).astype(np.uint8), connectivity=4)
    return (boxes[:, cv2.CC_STAT_AREA] <= largest)[labels] & ~hole


def _dilated(mask: np.ndarray, by: int) -> np.ndarray:
    import cv2

    if by < 1:
        return mask
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1,) * 2)
    return cv2.dilate(mask.astype(np.uint8), disc) > 0


def _window(box: Box, around: tuple[float, ...], size: tuple[int, int]) -> tuple[slice, slice]:
    """The slices of a box made larger by so many pixels left, above, right and below."""
    left, top, right, bottom = (round(side) for side in around)
    return (
        slice(max(0, box[1] - top), min(size[0], box[3] + bottom)),
        slice(max(0, box[0] - left), min(size[1], box[2] + right)),
    )
