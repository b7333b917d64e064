"""A scene from layers that other programs made: a decomposition model, or a paint program."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ..instances.data import size_text
from ..picture import as_tensor
from .data import FOCAL, Layer, LayeredScene

log = logging.getLogger("celkit")

_FARTHEST = 0.2  # disparity of the background, where nobody says
_LEAST_ALPHA = 1 / 255


def scene_from_layers(
    pictures: Sequence[Tensor | np.ndarray] | Tensor | np.ndarray,
    disparities: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
    size: tuple[int, int] | None = None,
    *,
    offsets: Sequence[tuple[int, int]] | None = None,
    focal: float = FOCAL,
) -> LayeredScene:
    """Make a scene of finished layers.

    Args:
        pictures: one picture per layer, ``[h, w, 3|4]`` with straight alpha (none: opaque), as a
            list or a batch ``[B, h, w, 3|4]``. The first is the background; where it is see-through
            nothing is known.
        disparities: how near each is, 0 to 1 with 1 the nearest; layers are painted in that order,
            equal ones in the order given, and the background stays at the back. None: they are in
            order already, the nearest last, and stand at even steps.
        names: one per layer; ``"layer 1"`` and so on by default. The background is ``"plate"``.
        size: ``(H, W)`` of the picture; the background's by default.
        offsets: ``(x, y)`` in pixels of the picture of each one's top left corner; (0, 0) by
            default.
        focal: focal length of the camera, in widths of the picture.

    Returns:
        The scene, on the first picture's device. Layers are cut down to what can be seen of them;
        those of which nothing can be are left out, and the log says so.

    Raises:
        ValueError: no picture, lists of different lengths, disparities that are not 0 to 1.
    """
    pictures = list(pictures)
    if not pictures:
        raise ValueError("A scene has at least one layer, the background; none was given.")
    count = len(pictures)
    names = _names(names, count)
    offsets = [(0, 0)] * count if offsets is None else list(offsets)
    if len(offsets) != count:
        raise ValueError(f"{count} layers have {count} offsets, not {len(offsets)}.")
    nearness = _disparities(disparities, count)
    layers = [as_tensor(picture, channels=4) for picture in pictures]
    device = layers[0].device
    if size is None:
        size = tuple(layers[0].shape[:2])
    plate = _plate(layers[0], offsets[0], size, nearness[0])
    made = []
    for index in sorted(range(1, count), key=lambda index: nearness[index]):
        layer = _layer(layers[index].to(device), offsets[index], names[index], nearness[index])
        if layer is None:
            log.warning("Nothing of %s can be seen; it was left out.", names[index])
        else:
            made.append(layer)
    return LayeredScene(plate, tuple(made), size, focal)


def _names(names: Sequence[str] | None, count: int) -> list[str]:
    if names is None:
        return ["plate", *(f"layer {index}" for index in range(1, count))]
    if len(names) != count:
        raise ValueError(f"{count} layers have {count} names, not {len(names)}.")
    return [str(name) for name in names]


def _disparities(disparities: Sequence[float] | None, count: int) -> list[float]:
    if disparities is None:
        return [1.0] if count == 1 else np.linspace(_FARTHEST, 1, count).tolist()
    values = [float(value) for value in disparities]
    if len(values) != count:
        raise ValueError(f"{count} layers have {count} disparities, not {len(values)}.")
    if not all(0 <= value <= 1 for value in values):
        raise ValueError(f"Disparities run from 0 (far) to 1 (nearest), not {values}.")
    return values


def _plate(rgba: Tensor, offset: tuple[int, int], size: tuple[int, int], disparity: float) -> Layer:
    """The background as a plate, with nothing where it does not reach to the picture's edge."""
    height, width = (int(side) for side in size)
    x, y = (int(value) for value in offset)
    left, top = min(x, 0), min(y, 0)
    right, bottom = max(x + rgba.shape[1], width), max(y + rgba.shape[0], height)
    whole = rgba.new_zeros(bottom - top, right - left, 4)
    whole[y - top : y - top + rgba.shape[0], x - left : x - left + rgba.shape[1]] = rgba
    if (right - left, bottom - top) != (rgba.shape[1], rgba.shape[0]):
        log.warning(
            "The background is %s and does not cover the picture of %s; the rest of it is empty.",
            size_text(rgba.shape),
            size_text((height, width)),
        )
    return Layer("plate", _premultiplied(whole), (left, top), (disparity, 0.0, 0.0))


def _layer(rgba: Tensor, offset: tuple[int, int], name: str, disparity: float) -> Layer | None:
    seen = rgba[..., 3] >= _LEAST_ALPHA
    rows, columns = seen.any(1).nonzero()[:, 0], seen.any(0).nonzero()[:, 0]
    if not len(rows):
        return None
    x1, y1, x2, y2 = (int(v) for v in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    place = (int(offset[0]) + x1, int(offset[1]) + y1)
    return Layer(name, _premultiplied(rgba[y1:y2, x1:x2]), place, (disparity, 0.0, 0.0))


def _premultiplied(rgba: Tensor) -> Tensor:
    alpha = rgba[..., 3:]
    return torch.cat([rgba[..., :3] * alpha, alpha], dim=2).contiguous()
