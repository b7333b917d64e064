"""Redrawing coarse masks at high resolution: the second stage of arXiv 2312.01943, section 4.2.

A coarse mask can come from the detector, from a box (section 7: any box can start this stage) or
from a hand.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..progress import Progress
from .data import boxes_of_masks
from .detail import sharpen
from .letterbox import Letterbox, zeros

MODES = ("auto", "frame", "crop", "detail")
# Around the box of a coarse mask, on each side: hair and hands reach beyond what was found.
CROP_MARGIN = 0.2
CROP_MARGIN_PIXELS = 16
# A crop may be enlarged this much for the network; beyond that there is nothing to see.
CROP_ENLARGE = 4.0
# Where a crop was shrunk to less than this, its edge is worth a second look.
DETAIL_BELOW = 0.75


def refine(
    network: nn.Module,
    picture: Tensor,
    masks: Tensor,
    *,
    size: int = 720,
    mode: str = "auto",
    published: bool = True,
    boxes: Tensor | None = None,
    progress: Progress | None = None,
) -> Tensor:
    """Return the refined soft masks, float32 `[N, H, W]`, in order.

    Args:
        network: an `ISNet` with 4 input channels (or 3: see below); it runs where it is and in its
            own precision.
        picture: float32 `[H, W, 3]`, RGB, 0 to 1.
        masks: coarse `[N, H, W]`, 0 to 1.
        size: long side of what the network sees.
        mode: "frame" shows the network the whole picture, scaled down to `size` if it is larger
            (as published); "crop" the surroundings of each mask, so that small characters in a
            large picture keep their detail; "detail" looks again along the edge, at the picture's
            own resolution, where a crop had to be shrunk too. "auto" is "frame" for a picture
            that fits `size` and "detail" for a larger one.
        published: prepare the input as for the published networks: coarse masks are cut to yes or
            no at 0.5, a frame is shrunk without smoothing and padded to a square. Otherwise the
            network reads soft masks, smooth pictures and any multiple of 32.
        boxes: `[N, 4]` xyxy that crops must hold besides the mask itself.
        progress: called with (done, N) after each instance; what it raises stops the work.

    A network with 3 input channels (SkyTNT's) knows foreground, not instances: its one alpha is
    shared out by the coarse masks.

    Raises:
        ValueError: an unknown mode.
    """
    if mode not in MODES:
        raise ValueError(f"The refine mode is one of {', '.join(MODES)}, not {mode!r}.")
    if not len(masks):
        return masks
    if mode == "auto":
        mode = "detail" if max(picture.shape[:2]) > size else "frame"
    with torch.no_grad():
        if network.in_channels == 3:
            return _by_foreground(network, picture, masks, size, progress)
        bgr = picture.permute(2, 0, 1)[None].flip(1)
        if mode == "frame":
            return _by_frame(network, bgr, masks, size, published, progress)
        return _by_crop(network, bgr, masks, size, published, boxes, mode == "detail", progress)


def _by_frame(
    network: nn.Module,
    bgr: Tensor,
    masks: Tensor,
    size: int,
    published: bool,
    progress: Progress | None,
) -> Tensor:
    frame = _frame(tuple(bgr.shape[-2:]), size, published, enlarge=1.0)
    share = network.picture_share(_to(network, frame.place(bgr, 0.0, not published)))
    refined = torch.empty(masks.shape, device=masks.device)
    batch = _batch(network)
    for start in range(0, len(masks), batch):
        coarse = _coarse(masks[start : start + batch, None], published)
        logits = network.refine_from(share, _to(network, frame.place(coarse, 0.0, not published)))
        frame.back(logits[:, 0].to(masks.device), out=refined[start : start + batch])
        _report(progress, min(start + batch, len(masks)), len(masks))
    return refined


def _by_crop(
    network: nn.Module,
    bgr: Tensor,
    masks: Tensor,
    size: int,
    published: bool,
    boxes: Tensor | None,
    detail: bool,
    progress: Progress | None,
) -> Tensor:
    crops = _crops(masks, boxes)
    written = sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in crops) / masks.numel()
    refined = zeros(tuple(masks.shape), masks.device, written)
    # A crop costs no more than the whole picture would; looking for detail has no such bound.
    whole = _frame(tuple(bgr.shape[-2:]), size, published, float("inf")).padded
    pixels = None if detail else whole[0] * whole[1]
    for index, (x1, y1, x2, y2) in enumerate(crops):
        if x2 > x1 and y2 > y1:
            crop = bgr[..., y1:y2, x1:x2]
            frame = _frame((y2 - y1, x2 - x1), size, published, CROP_ENLARGE, pixels)
            coarse = _coarse(masks[index, y1:y2, x1:x2][None, None], published)
            # A crop is shrunk smoothly: thin lines must not fall between the samples.
            seen = _to(network, frame.place(crop, 0.0, antialias=True))
            logits = network.refine(seen, _to(network, frame.place(coarse, 0.0, antialias=True)))
            alpha = frame.back(logits[:, 0].to(masks.device))[0]
            if detail and min(frame.scale) < DETAIL_BELOW:
                alpha = sharpen(
                    lambda picture, mask: network.refine_from(
                        network.picture_share(_to(network, picture)), _to(network, mask)
                    ),
                    crop,
                    alpha,
                    size,
                    min(frame.scale),
                    batch=_batch(network),
                )
            refined[index, y1:y2, x1:x2] = alpha
        _report(progress, index + 1, len(masks))
    return refined


def _by_foreground(
    network: nn.Module, picture: Tensor, masks: Tensor, size: int, progress: Progress | None
) -> Tensor:
    """SkyTNT's network: RGB, one alpha for all; each mask takes its share where it covers it."""
    rgb = picture.permute(2, 0, 1)[None]
    frame = _frame(tuple(rgb.shape[-2:]), size, square=True, enlarge=float("inf"))
    logits = network.foreground(_to(network, frame.place(rgb, 0.0)))
    alpha = frame.back(logits[:, 0].to(masks.device))[0]
    # The coarse mask reaches a little beyond itself: its edge is what is to be redrawn.
    reach = 2 * max(max(picture.shape[:2]) // 160, 1) + 1
    refined = torch.empty(masks.shape, device=masks.device)
    for index, mask in enumerate(masks):
        wide = nn.functional.max_pool2d(mask[None, None], reach, 1, reach // 2)[0, 0]
        share = alpha * (wide >= 0.5)
        # Where the network sees little foreground in a mask, the mask knows better.
        area = (mask >= 0.5).sum()
        refined[index] = share if ((share >= 0.5) & (mask >= 0.5)).sum() > 0.3 * area else mask
        _report(progress, index + 1, len(masks))
    return refined


def _frame(
    original: tuple[int, int], size: int, square: bool, enlarge: float, pixels: int | None = None
) -> Letterbox:
    """How a picture or crop is shown to the network: long side `size`, at most `pixels` in all."""
    scale = min(size / max(original), enlarge)
    while True:
        height, width = (max(round(side * scale), 1) for side in original)
        padded = (size, size) if square else (-(-height // 32) * 32, -(-width // 32) * 32)
        if square or pixels is None or padded[0] * padded[1] <= max(pixels, 32 * 32):
            return Letterbox(original, (height, width), padded)
        scale *= 0.95


def _coarse(masks: Tensor, published: bool) -> Tensor:
    return (masks >= 0.5).float() if published else masks


def _crops(masks: Tensor, boxes: Tensor | None) -> list[list[int]]:
    """Whole-pixel xyxy around each mask and box, with margin, inside the picture."""
    bounds = boxes_of_masks(masks)
    if boxes is not None:
        boxes = boxes.to(bounds)
        empty = (bounds[:, 2:] <= bounds[:, :2]).any(1, keepdim=True)
        joined = torch.cat(
            (bounds[:, :2].minimum(boxes[:, :2]), bounds[:, 2:].maximum(boxes[:, 2:])), 1
        )
        bounds = torch.where(empty, boxes, joined)
    margin = (bounds[:, 2:] - bounds[:, :2]) * CROP_MARGIN + CROP_MARGIN_PIXELS
    height, width = masks.shape[-2:]
    low = (bounds[:, :2] - margin).floor().clamp(min=0)
    high = (bounds[:, 2:] + margin).ceil().minimum(bounds.new_tensor((width, height)))
    crops = torch.cat((low, high), 1)
    crops[(bounds[:, 2:] <= bounds[:, :2]).any(1)] = 0  # nothing to refine
    return crops.int().tolist()


def _to(network: nn.Module, planes: Tensor) -> Tensor:
    weight = next(network.parameters())
    return planes.to(weight).contiguous(memory_format=torch.channels_last)


def _batch(network: nn.Module) -> int:
    """Instances at a time: on the CPU a batch only takes more memory."""
    return 1 if next(network.parameters()).device.type == "cpu" else 4


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
