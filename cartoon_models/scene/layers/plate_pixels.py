"""The plate's pixels for a scene, from whatever a caller has for it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ...instances.data import size_text
from ...picture import as_tensor
from ..plate.filling import Plate


def plate_pixels(
    plate: Plate | Tensor | np.ndarray | None, size: tuple[int, int], border: int
) -> tuple[np.ndarray, tuple[int, int]]:
    """The plate as float32 ``[Hp, Wp, 4]``, not premultiplied, and its offset.

    Args:
        plate: a `Plate`; a picture ``[h, w, 3|4]`` of the picture's size or with the margin; None:
            nothing is known.
        size: ``(H, W)`` of the picture.
        border: pixels by which the plate goes on past each side, if it is no `Plate`.

    Raises:
        ValueError: a plate of another size; the message has the sizes that fit.
    """
    height, width = size[0] + 2 * border, size[1] + 2 * border
    if plate is None:
        return np.zeros((height, width, 4), np.float32), (-border, -border)
    if isinstance(plate, Plate):
        rgba = torch.cat([plate.picture, plate.filled[..., None].to(plate.picture)], dim=2)
        x, y = plate.offset
        right, bottom = x + rgba.shape[1], y + rgba.shape[0]
        if x > 0 or y > 0 or right < size[1] or bottom < size[0]:
            raise ValueError(
                f"The plate of {size_text(rgba.shape)} at ({x}, {y}) does not cover the picture of "
                f"{size_text(size)}."
            )
        return rgba.cpu().numpy().copy(), plate.offset
    rgba = as_tensor(plate, channels=4).cpu().numpy().copy()
    if rgba.shape[:2] == (height, width):
        return rgba, (-border, -border)
    if rgba.shape[:2] != tuple(size):
        raise ValueError(
            f"The plate is {size_text(rgba.shape)}; it has to be {size_text(size)} like the "
            f"picture or {size_text((height, width))} with the margin."
        )
    padded = np.pad(rgba, ((border, border), (border, border), (0, 0)))
    return np.ascontiguousarray(padded), (-border, -border)
