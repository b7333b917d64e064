"""Characters cut out of their picture, with transparency and without a halo of the background."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from ..picture import as_tensor
from .data import Instances, boxes_of_masks, require_size

MODES = ("crop", "frame")

Box = tuple[int, int, int, int]

# Below this a pixel is outside, above 1 - this it is inside: what 8 bits cannot show.
_INVISIBLE = 1.0 / 255.0
# A soft edge counts as part of the crop from here on; a network's haze does not.
_CROP_THRESHOLD = 0.05
# Windows of the colour estimate, in pixels, from far to near; the near ones are used twice.
_WINDOWS = (32, 8, 4)
_REACH = 24  # as far as these windows see in both passes
_TILE = 256
# How strongly a colour is drawn to its surroundings where alpha says little about it.
_SMOOTHNESS = 0.3
# Distance in RGB at which a pixel stops looking like a mix of foreground and background.
_MIX_TOLERANCE = 0.3
_BLEED = 4  # pixels of colour kept under alpha 0, for whoever scales the cut-out


def cut_out(
    picture: Tensor | np.ndarray,
    instances: Instances,
    mode: str = "crop",
    margin: int = 0,
    decontaminate: bool = True,
) -> list[Tensor] | Tensor:
    """Each instance as an RGBA picture with straight (not premultiplied) alpha.

    Alpha is the instance's mask, times the picture's own alpha if it has one. RGB under alpha 0
    continues the edge for a few pixels and is black beyond.

    Args:
        picture: ``[H, W]`` or ``[H, W, 1|3|4]``, of the instances' picture size.
        mode: ``"crop"`` for the part of the picture that :func:`cut_out_boxes` gives, or
            ``"frame"`` for the whole picture's size.
        margin: pixels added around each crop, as far as the picture goes.
        decontaminate: take the background's share out of the colours of soft pixels, so that no
            halo shows on another background.

    Returns:
        ``"crop"``: a list of float32 ``[h, w, 4]``, one per instance, on the instances' device.
        ``"frame"``: float32 ``[N, H, W, 4]``.

    Raises:
        ValueError: a picture of another size, another ``mode``, or a negative margin.
    """
    if mode not in MODES:
        raise ValueError(f"Cut-out mode {mode!r} is not known; use one of {', '.join(MODES)}.")
    is_array = isinstance(picture, (Tensor, np.ndarray))
    has_alpha = not is_array or (picture.ndim == 3 and picture.shape[2] == 4)
    colors = as_tensor(picture, channels=4 if has_alpha else 3)  # an alpha of 1 is not made
    require_size("The picture", colors.shape[:2], instances.size)
    height, width = instances.size
    if mode == "crop":
        boxes = [tuple(box) for box in cut_out_boxes(instances, margin).tolist()]
        cuts = [colors.new_zeros(y2 - y1, x2 - x1, 4) for x1, y1, x2, y2 in boxes]
    else:
        boxes = [(0, 0, width, height)] * len(instances)
        cuts = colors.new_zeros(len(instances), height, width, 4)
    opacity = colors[..., 3] if has_alpha else None
    device, colors = colors.device, colors[..., :3].cpu().numpy()
    visible = boxes_of_masks(instances.masks, _INVISIBLE).long() + torch.tensor(
        [-_BLEED, -_BLEED, _BLEED, _BLEED], device=instances.device
    )
    for mask, box, reach, cut in zip(instances.masks, boxes, visible.tolist(), cuts, strict=True):
        part = _common(box, reach)
        wide, inner = _grown(part, _REACH, (height, width))
        alpha = mask[wide].to(device)
        alpha = (alpha.clone() if opacity is None else alpha * opacity[wide]).cpu().numpy()
        alpha[alpha < _INVISIBLE] = 0.0
        painted = _paint(colors[wide], alpha, inner, decontaminate)
        cut[_slices(_shifted(part, (-box[0], -box[1])))] = torch.from_numpy(painted)
    if mode == "crop":
        return [cut.to(instances.device) for cut in cuts]
    return cuts.to(instances.device)


def cut_out_boxes(instances: Instances, margin: int = 0) -> Tensor:
    """int64 ``[N, 4]`` ``x1 y1 x2 y2``, end-exclusive: what each crop of :func:`cut_out` shows.

    The mask's soft edge belongs to it, so it can be a little larger than the instance's box.
    An instance with an empty mask and no box has a single pixel.
    """
    if margin < 0:
        raise ValueError(f"The margin is a number of pixels from 0 up, not {margin}.")
    height, width = instances.size
    soft = boxes_of_masks(instances.masks, _CROP_THRESHOLD)
    is_empty = (soft[:, 2:] <= soft[:, :2]).any(dim=1, keepdim=True)
    soft = torch.where(is_empty, instances.boxes, soft)
    limit = torch.tensor([width, height], device=soft.device)
    start = (soft[:, :2].floor().long() - margin).clamp(min=0).minimum(limit - 1)
    end = (soft[:, 2:].ceil().long() + margin).minimum(limit).maximum(start + 1)
    return torch.cat([start, end], dim=1)


def foreground_colors(colors: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The foreground's own colours where a picture is a mix: float32 ``[H, W, 3]``, 0 to 1.

    Solves ``picture = u * foreground + (1 - u) * background`` per pixel for the foreground, with
    both colours first continued from where they are pure. After the blur fusion of Forte
    ("Approximate Fast Foreground Colour Estimation", ICIP 2021), with two changes for masks that
    a network drew and that are a pixel off: pure is only what is still pure one pixel further
    in; and the share ``u`` is read off the picture, between the least and the most that alpha
    has one pixel around, where the pixel's colour lies between the two.

    Args:
        colors: float32 ``[H, W, 3]``, 0 to 1.
        alpha: float32 ``[H, W]``, 0 to 1.
    """
    import cv2

    around = np.ones((3, 3), np.uint8)
    least, most = cv2.erode(alpha, around), cv2.dilate(alpha, around)
    # The small second term lets a hair that is nowhere pure keep its own colour.
    inner = least**3 + 0.02 * alpha**3
    outer = (1 - most) ** 3 + 0.02 * (1 - alpha) ** 3
    inside = outside = colors
    for windows in (_WINDOWS, _WINDOWS[1:]):
        near_inside = _continued(inside, inner, windows)
        near_outside = _continued(outside, outer, windows)
        span = near_inside - near_outside
        reach = (span * span).sum(axis=2)
        share = ((colors - near_outside) * span).sum(axis=2) / (reach + 1e-4)
        share = np.clip(share, 0, 1)
        off_line = colors - near_outside - share[..., None] * span
        is_mix = np.exp(-(off_line * off_line).sum(axis=2) / _MIX_TOLERANCE**2)
        is_mix *= np.clip(reach / 0.05, 0, 1)
        u = np.clip(alpha + is_mix * (share - alpha), least, most)[..., None]
        inside = _solve(colors, u, near_inside, near_outside)
        outside = _solve(colors, 1 - u, near_outside, near_inside)
    return inside


def _paint(colors: np.ndarray, alpha: np.ndarray, box: Box, decontaminate: bool) -> np.ndarray:
    """RGBA of ``box`` of a picture, tile by tile: only what is near an edge costs time."""
    import cv2

    rgba = np.zeros((box[3] - box[1], box[2] - box[0], 4), np.float32)
    rgba[..., 3] = alpha[_slices(box)]
    for tile in _tiles(box):
        is_near = _near(cv2.dilate, alpha, tile, _BLEED) > 0
        if not is_near.any():
            continue
        rgb = colors[_slices(tile)] * is_near[..., None]
        is_mixed = is_near & (_near(cv2.erode, alpha, tile, 1) < 1 - _INVISIBLE)
        if decontaminate and is_mixed.any():
            rows, columns = np.flatnonzero(is_mixed.any(1)), np.flatnonzero(is_mixed.any(0))
            part = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
            # With all that the windows see around it, so that tiles leave no seams.
            wide, inner = _grown(_shifted(part, tile[:2]), _REACH, alpha.shape)
            clean = foreground_colors(colors[wide], alpha[wide])[_slices(inner)]
            rgb[_slices(part)] = clean * is_near[_slices(part)][..., None]
        rgba[(*_slices(_shifted(tile, (-box[0], -box[1]))), slice(0, 3))] = rgb
    return rgba


def _continued(colors: np.ndarray, weight: np.ndarray, windows: Sequence[int]) -> np.ndarray:
    """The weighted mean of the colours around each pixel, from the smallest window that has any."""
    import cv2

    weighted = np.dstack([colors * weight[..., None], weight])
    mean = colors
    for window in windows:
        # Where a small window sees nothing pure, the larger one before it decides.
        trust = np.float32(1e-9 if window == _WINDOWS[0] else 1e-3)
        sums = cv2.blur(weighted, (window, window))
        mean = (sums[..., :3] + trust * mean) / (sums[..., 3:] + trust)
    return mean


def _solve(colors: np.ndarray, share: np.ndarray, own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The colour that fits the mix best and is drawn to ``own`` the more, the smaller its share."""
    pull = _SMOOTHNESS * (1 - share)
    fitted = (share * (colors - (1 - share) * other) + pull * own) / (share**2 + pull + 1e-8)
    return np.clip(fitted, 0, 1)


def _tiles(box: Sequence[int]) -> Iterator[Box]:
    x1, y1, x2, y2 = box
    for top in range(y1, y2, _TILE):
        for left in range(x1, x2, _TILE):
            yield left, top, min(left + _TILE, x2), min(top + _TILE, y2)


def _near(extreme: Callable, alpha: np.ndarray, tile: Box, distance: int) -> np.ndarray:
    """cv2.erode or cv2.dilate of the tile by ``distance`` pixels, its surroundings included."""
    wide, inner = _grown(tile, distance, alpha.shape)
    return extreme(alpha[wide], np.ones((2 * distance + 1,) * 2, np.uint8))[_slices(inner)]


def _grown(box: Box, margin: int, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], Box]:
    """The slices of a box with a margin, as far as the picture goes, and the box within them."""
    left, top = max(0, box[0] - margin), max(0, box[1] - margin)
    right, bottom = min(shape[1], box[2] + margin), min(shape[0], box[3] + margin)
    return _slices((left, top, right, bottom)), _shifted(box, (-left, -top))


def _common(a: Sequence[int], b: Sequence[int]) -> Box:
    """The part of ``a`` that is in ``b``; where there is none, nothing of ``a`` (no pixel)."""
    x1, y1 = min(max(a[0], b[0]), a[2]), min(max(a[1], b[1]), a[3])
    return x1, y1, max(x1, min(a[2], b[2])), max(y1, min(a[3], b[3]))


def _shifted(box: Box, by: Sequence[int]) -> Box:
    return box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1]


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(box[1], box[3]), slice(box[0], box[2])
