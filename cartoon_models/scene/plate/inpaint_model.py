"""Holes filled by a LaMa-type network that another pack has loaded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ...errors import CelKitError
from ...picture import as_tensor
from ...progress import Progress
from .filling import as_mask
from .fit import fitted

InpaintModel = Callable[[Tensor, Tensor], Tensor]
"""(image ``[B, C, H, W]``, mask ``[B, 1, H, W]``, both 0 to 1, 1 = to fill) -> ``[B, C, H, W]``."""

Window = tuple[slice, slice]

_MULTIPLE = 64  # that sides are padded to: LaMa halves three times, others more
_SEEN = 1 / 3  # of a window that has to be known, or it is made larger
_CELL = 0.5  # the part of a window's side that is filled at a time


def fill_with_model(
    picture: Tensor | np.ndarray,
    hole: Tensor | np.ndarray,
    model: InpaintModel,
    *,
    window: int = 512,
    fit: bool = True,
    progress: Progress | None = None,
) -> Tensor:
    """Fill a hole by a network, window by window, at the picture's own resolution.

    Windows are filled from the one in which most is known; each sees what those before it filled.
    One in which less than a third is known is made larger and given to the network smaller.

    Args:
        picture: ``[H, W]`` or ``[H, W, 1|3|4]``.
        hole: ``[H, W]``; every pixel above 0 is filled.
        model: what ComfyUI calls an INPAINT_MODEL. It is called with one window at a time, in its
            own precision, which must not be float16: LaMa's Fourier units overflow in it.
        window: side of what the network sees, in pixels.
        fit: match each window's colours to what is known in it; see `fit.fitted`.
        progress: called with (done, total).

    Returns:
        float32 ``[H, W, 3]`` on the picture's device; what is outside the hole bit for bit as it
        was.

    Raises:
        ValueError: a hole of another size or that leaves nothing known, or a window below 64.
        CelKitError: a network in float16, or one that gives something else than a picture.
    """
    if window < 64:
        raise ValueError(f"The window of an inpainting model is from 64 pixels up, not {window}.")
    colors = as_tensor(picture)
    result = colors.cpu().numpy().copy()
    missing = as_mask(hole, result.shape[:2], "The hole")
    if missing.all():
        raise ValueError(
            "The hole covers the whole picture, so there is nothing an inpainting model could "
            "continue. Give a plate picture instead, or leave some instances out."
        )
    device, dtype = _place_of(model, colors.device)
    missing = missing.copy()
    cells = _cells(missing, int(window * _CELL), window)
    steps = progress or (lambda done, total: None)
    for number, cell in enumerate(cells):
        steps(number, len(cells))
        inner = _view(cell, missing, window)
        part, unknown = result[inner], missing[inner]
        made = _called(model, part, unknown, window, device, dtype)
        made = fitted(made, part, unknown) if fit else made
        rows, columns = cell
        fresh = missing[cell]
        at = (
            slice(rows.start - inner[0].start, rows.stop - inner[0].start),
            slice(columns.start - inner[1].start, columns.stop - inner[1].start),
        )
        result[cell][fresh] = made[at][fresh]
        missing[cell] = False
    steps(len(cells), len(cells))
    return torch.from_numpy(result).to(colors.device)


def _cells(missing: np.ndarray, side: int, window: int) -> list[Window]:
    """Squares that hold a part of the hole, those in which most is known around them first."""
    found = []
    for top in range(0, missing.shape[0], side):
        for left in range(0, missing.shape[1], side):
            cell = (
                slice(top, min(top + side, missing.shape[0])),
                slice(left, min(left + side, missing.shape[1])),
            )
            if missing[cell].any():
                found.append((missing[_around(cell, window, missing.shape)].mean(), cell))
    return [cell for _, cell in sorted(found, key=lambda one: one[0])]


def _view(cell: Window, missing: np.ndarray, window: int) -> Window:
    """The window that a cell is filled in: large enough that there is something to go by."""
    view = _around(cell, window, missing.shape)
    while 1 - missing[view].mean() < _SEEN and missing[view].size < missing.size:
        window = round(window * 1.5)
        view = _around(cell, window, missing.shape)
    return view


def _around(cell: Window, window: int, size: tuple[int, ...]) -> Window:
    """A window with the cell in its middle, moved into the picture as far as that goes."""
    spans = []
    for span, end in zip(cell, size, strict=True):
        first = (span.start + span.stop - window) // 2
        first = max(0, min(first, end - window))
        spans.append(slice(first, min(end, first + window)))
    return spans[0], spans[1]


def _called(
    model: InpaintModel,
    part: np.ndarray,
    unknown: np.ndarray,
    window: int,
    device: torch.device,
    dtype: torch.dtype,
) -> np.ndarray:
    import cv2

    height, width = unknown.shape
    scale = min(1.0, window / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    known = (~unknown).astype(np.float32)
    if scale < 1:
        share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
        part = cv2.resize(part * known[..., None], size, interpolation=cv2.INTER_AREA)
        part = part / np.maximum(share, 1e-6)[..., None]
        known = (share == 1).astype(np.float32)
    pad = [(0, -side % _MULTIPLE) for side in known.shape]
    image = np.pad(part * known[..., None], [*pad, (0, 0)], mode="symmetric")
    mask = np.pad(1 - known, pad, mode="symmetric")
    image = torch.from_numpy(image).permute(2, 0, 1)[None].to(device, dtype)
    mask = torch.from_numpy(mask)[None, None].to(device, dtype)
    with torch.inference_mode(), torch.autocast(device.type, enabled=False):
        made = model(image, mask)
    if not isinstance(made, Tensor) or made.shape != image.shape:
        what = list(made.shape) if isinstance(made, Tensor) else type(made).__name__
        raise CelKitError(
            f"The inpainting model gave {what} for a picture of {list(image.shape)}; it is to give "
            "a picture of the same size. Is it an inpainting model?"
        )
    if not bool(made.isfinite().all()):
        raise CelKitError(
            "The inpainting model gave NaN or infinite colours; load it in float32 or bfloat16."
        )
    made = made[0].permute(1, 2, 0).float().cpu().numpy()[: size[1], : size[0]].clip(0, 1)
    if scale < 1:
        made = cv2.resize(made, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return np.ascontiguousarray(made)


def _place_of(model: InpaintModel, device: torch.device) -> tuple[torch.device, torch.dtype]:
    """Where a network's weights are, and in which precision; a plain function has none."""
    for one in (model, getattr(model, "model", None)):
        if isinstance(one, torch.nn.Module):
            weight = next(one.parameters(), None)
            if weight is None:
                continue
            if weight.dtype == torch.float16:
                raise CelKitError(
                    "The inpainting model is loaded in float16, in which LaMa gives black "
                    "pictures; load it in float32 or bfloat16."
                )
            return weight.device, weight.dtype
    return device, torch.float32
