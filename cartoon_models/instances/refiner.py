"""Redrawing coarse masks at high resolution: the second stage of arXiv 2312.01943, section 4.2.

A coarse mask can come from the detector, from a box (section 7: any box can start this stage) or
from a hand.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ..progress import Progress
from .coarse import CoarseMasks
from .crops import ENLARGE, Crop, lay_out, round_up
from .detail import sharpen
from .letterbox import Letterbox, zeros

MODES = ("auto", "frame", "crop", "detail")
# Where a crop was shrunk to less than this, its edge is worth a second look.
DETAIL_BELOW = 0.75
# Instances that go through the network together, where that is quicker.
TOGETHER = 4


def refine(
    network: nn.Module,
    picture: Tensor,
    masks: Tensor | CoarseMasks,
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
        masks: coarse `[N, H, W]`, 0 to 1. `CoarseMasks` are made where they are looked at.
        size: long side of what the network sees.
        mode: "frame" shows the network the whole picture, scaled to `size`; "crop" the
            surroundings of each mask, so that small characters in a large picture keep their
            detail; "detail" looks again along the edge, at the picture's own resolution, where a
            crop had to be shrunk too. "auto" is "frame" for a picture that fits `size` and
            "detail" for a larger one.
        published: prepare the input as for the published networks: coarse masks are cut to yes or
            no at 0.5, a frame is shrunk without smoothing, not enlarged, and padded to a square.
            Otherwise the network reads soft masks, smooth pictures, enlarged ones where they are
            small, and any multiple of 32.
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
        return torch.zeros(masks.shape, device=masks.device)
    if mode == "auto":
        mode = "detail" if max(picture.shape[:2]) > size else "frame"
    with torch.no_grad():
        if network.in_channels == 3:
            return _by_foreground(network, picture, masks, size, progress)
        rgb = picture.permute(2, 0, 1)[None]
        if mode == "frame":
            return _by_frame(network, rgb, masks, size, published, progress)
        return _by_crop(network, rgb, masks, size, published, boxes, mode == "detail", progress)


def _by_frame(
    network: nn.Module,
    rgb: Tensor,
    masks: Tensor | CoarseMasks,
    size: int,
    published: bool,
    progress: Progress | None,
) -> Tensor:
    frame = _frame(rgb, size, published)
    bgr = frame.place(rgb, 0.0, not published).flip(1)
    share = network.picture_share(_to(network, bgr))
    refined = torch.empty(masks.shape, device=masks.device)
    batch = _batch(network, size)
    for start in range(0, len(masks), batch):
        group = range(start, min(start + batch, len(masks)))
        coarse = _coarse(torch.stack([masks[index] for index in group])[:, None], published)
        logits = network.refine_from(share, _to(network, frame.place(coarse, 0.0, not published)))
        frame.back(logits[:, 0].to(masks.device), out=refined[start : start + batch])
        _report(progress, min(start + batch, len(masks)), len(masks))
    return refined


def _by_crop(
    network: nn.Module,
    rgb: Tensor,
    masks: Tensor | CoarseMasks,
    size: int,
    published: bool,
    boxes: Tensor | None,
    detail: bool,
    progress: Progress | None,
) -> Tensor:
    # Crops cost no more than the whole picture would; looking for detail has no such bound.
    frame = None if detail else _frame(rgb, size, published)
    batch = _batch(network, size)
    groups = lay_out(masks, boxes, size=size, square=published, frame=frame, together=batch)
    sizes = [crop.letterbox.original for group in groups for crop in group]
    written = sum(height * width for height, width in sizes) / math.prod(masks.shape)
    refined = zeros(tuple(masks.shape), masks.device, written)

    def look(picture: Tensor, mask: Tensor) -> Tensor:
        return network.finest(_to(network, torch.cat((picture.flip(1), mask), 1)))

    done = len(masks) - len(sizes)
    if done:
        _report(progress, done, len(masks))
    for group in groups:
        seen = [_see(crop, rgb, masks[crop.index], published) for crop in group]
        logits = network.finest(_to(network, torch.cat(seen)))
        for crop, own in zip(group, logits.to(masks.device).split(1), strict=True):
            alpha = refined[crop.index, crop.rows, crop.columns]
            crop.letterbox.back(own[:, 0], out=alpha[None])
            shrunk = min(crop.letterbox.scale)
            if detail and shrunk < DETAIL_BELOW:
                alpha.copy_(sharpen(look, _cut(rgb, crop), alpha, size, shrunk, batch=batch))
            done += 1
            _report(progress, done, len(masks))
    return refined


def _by_foreground(
    network: nn.Module,
    picture: Tensor,
    masks: Tensor | CoarseMasks,
    size: int,
    progress: Progress | None,
) -> Tensor:
    """SkyTNT's network: RGB, one alpha for all; each mask takes its share where it covers it."""
    rgb = picture.permute(2, 0, 1)[None]
    frame = Letterbox.fit(tuple(rgb.shape[-2:]), (size, size))
    logits = network.finest(_to(network, frame.place(rgb, 0.0)))
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


def _frame(rgb: Tensor, size: int, published: bool) -> Letterbox:
    """How the whole picture is shown to the network: long side `size`, as far as it may grow."""
    original = tuple(rgb.shape[-2:])
    scale = min(size / max(original), 1.0 if published else ENLARGE)
    height, width = (max(round(side * scale), 1) for side in original)
    padded = (size, size) if published else (round_up(height), round_up(width))
    return Letterbox(original, (height, width), padded)


def _coarse(masks: Tensor, published: bool) -> Tensor:
    return (masks >= 0.5).float() if published else masks


def _see(crop: Crop, rgb: Tensor, mask: Tensor, published: bool) -> Tensor:
    """A crop as the network sees it, `[1, 4, h, w]`: BGR and the coarse mask."""
    picture = _cut(rgb, crop)
    coarse = _coarse(_cut(mask[None, None], crop), published)
    # Shrunk smoothly: thin lines must not fall between the samples.
    picture, coarse = (crop.letterbox.place(x, 0.0, antialias=True) for x in (picture, coarse))
    return torch.cat((picture.flip(1), coarse), 1)


def _cut(planes: Tensor, crop: Crop) -> Tensor:
    return planes[..., crop.rows, crop.columns]


def _to(network: nn.Module, planes: Tensor) -> Tensor:
    weight = next(network.parameters())
    return planes.to(weight).contiguous(memory_format=torch.channels_last)


def _batch(network: nn.Module, size: int) -> int:
    """Instances at a time.

    One small input leaves most of a processor waiting. A large one keeps it busy, and on the CPU
    several would only take more memory than one of the published size (width 1 at 720 pixels).
    """
    on_cpu = next(network.parameters()).device.type == "cpu"
    large = TOGETHER * network.width * size**2 > 720**2
    return 1 if on_cpu and large else TOGETHER


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
