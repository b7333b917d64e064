"""The plate's pixels for a scene, from whatever a caller has for it."""

from __future__ import annotations

import logging

import cv2
import numpy as np
import torch
from torch import Tensor

from ..instances.data import size_text
from ..picture import as_tensor
from .matte import LEAST_ALPHA
from .plate import Plate, fill_background

log = logging.getLogger("celkit")

# Around what the layers cover so many times 1/400 of the shorter side are not looked at to fill in
# the rest: an outline that a mask missed would be smeared over the hole.
_GUARD = 1 / 400


def blank_plate(size: tuple[int, int], border: int) -> Plate:
    """A plate that knows nothing."""
    height, width = size[0] + 2 * border, size[1] + 2 * border
    return Plate(
        torch.zeros(height, width, 3),
        (-border, -border),
        torch.ones(height, width, dtype=torch.bool),
        torch.zeros(height, width),
        "none",
    )


def plate_pixels(
    colors: np.ndarray,
    opacity: np.ndarray | None,
    open_to: np.ndarray,
    plate: Plate | Tensor | np.ndarray | None,
    border: int,
    fill: str,
    seed: int,
) -> tuple[np.ndarray, tuple[int, int]]:
    """The plate as float32 ``[Hp, Wp, 4]``, not premultiplied, and its offset.

    Args:
        colors: float32 ``[H, W, 3]``, the picture.
        opacity: float32 ``[H, W]``, the picture's own alpha, or None.
        open_to: float32 ``[H, W]``, the share of each pixel that the layers leave open.
        plate: what the caller has.
        border: pixels by which the plate goes on past each side.
        fill: what fills it.
        seed: chance in the filling.

    Raises:
        ValueError: a plate of another size; the message has the sizes that fit.
    """
    size = colors.shape[:2]
    if plate is None:
        return _filled(colors, opacity, open_to, border, fill, seed)
    if isinstance(plate, Plate):
        rgba = torch.cat([plate.picture, plate.filled[..., None].to(plate.picture)], dim=2)
        rgba, offset = rgba.cpu().numpy().copy(), plate.offset
    else:
        rgba = as_tensor(plate, channels=4).cpu().numpy().copy()
        with_margin = (size[0] + 2 * border, size[1] + 2 * border)
        if rgba.shape[:2] == with_margin:
            offset = (-border, -border)
        elif rgba.shape[:2] == size:
            return _with_margin(rgba, border, fill, seed)
        else:
            raise ValueError(
                f"The plate is {size_text(rgba.shape)}; it has to be {size_text(size)} like the "
                f"picture or {size_text(with_margin)} with the margin."
            )
    height, width = rgba.shape[:2]
    x, y = offset
    if x > 0 or y > 0 or x + width < size[1] or y + height < size[0]:
        raise ValueError(
            f"The plate of {size_text(rgba.shape)} at ({x}, {y}) does not cover the picture of "
            f"{size_text(size)}."
        )
    return rgba, offset


def _filled(
    colors: np.ndarray,
    opacity: np.ndarray | None,
    open_to: np.ndarray,
    border: int,
    fill: str,
    seed: int,
) -> tuple[np.ndarray, tuple[int, int]]:
    hole = open_to < 1 - LEAST_ALPHA
    guard = max(1, round(min(hole.shape) * _GUARD))
    grown = cv2.dilate(hole.astype(np.uint8), np.ones((2 * guard + 1,) * 2, np.uint8)) > 0
    clear = np.zeros_like(hole) if opacity is None else opacity < 0.5
    sizes = (colors.shape[0] + 2 * border, colors.shape[1] + 2 * border)
    for gone in (grown, hole):
        if not (gone | clear).all():
            made = fill_background(colors, gone | clear, method=fill, margin=border, seed=seed)
            rgba = torch.cat([made.picture, made.filled[..., None].to(made.picture)], dim=2)
            rgba = rgba.cpu().numpy().copy()
            if opacity is not None:
                rgba[..., 3] *= _nearest(clear, gone, border) < 0.5
            return rgba, made.offset
    log.warning(
        "The layers cover the whole picture, so there is no background to fill the plate from; "
        "give a plate picture, or what lies behind them stays empty."
    )
    return np.zeros((*sizes, 4), np.float32), (-border, -border)


def _nearest(clear: np.ndarray, gone: np.ndarray, border: int) -> np.ndarray:
    """float32 ``[Hp, Wp]``: whether the nearest background pixel is see-through."""
    known = np.pad(~gone, border)
    values = np.pad(clear, border)
    if not known.any():
        return np.ones(known.shape, np.float32)
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_label = np.zeros(labels.max() + 1, np.float32)
    of_label[labels[known]] = values[known]
    return of_label[labels]


def _with_margin(
    rgba: np.ndarray, border: int, fill: str, seed: int
) -> tuple[np.ndarray, tuple[int, int]]:
    """A plate of the picture's size, continued past its edges."""
    unknown = rgba[..., 3] < LEAST_ALPHA
    if fill == "none" or unknown.all():
        padded = np.pad(rgba, ((border, border), (border, border), (0, 0)))
        return np.ascontiguousarray(padded), (-border, -border)
    made = fill_background(rgba[..., :3], unknown, method=fill, margin=border, seed=seed)
    filled = made.filled.cpu().numpy()
    inside = slice(border, border + rgba.shape[0]), slice(border, border + rgba.shape[1])
    alpha = filled.astype(np.float32)
    alpha[inside][unknown] = 0  # what the user left open stays open
    return np.dstack([made.picture.cpu().numpy(), alpha]), made.offset
