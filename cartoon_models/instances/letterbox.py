"""Fitting a picture of any size into the square that a network reads, and finding the way back."""

from __future__ import annotations

import contextlib
import math
import mmap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

try:
    import cv2
except ImportError:  # some ComfyUI installations have no OpenCV; torch does the same more slowly
    cv2 = None


@dataclass(frozen=True)
class Letterbox:
    """How a picture lies in a network's input: scaled, at the top left, padded right and below.

    Sizes are (height, width) in pixels.

    Attributes:
        original: the picture.
        content: the picture as it lies in the input.
        padded: the whole input.
    """

    original: tuple[int, int]
    content: tuple[int, int]
    padded: tuple[int, int]

    @classmethod
    def fit(
        cls, original: tuple[int, int], padded: tuple[int, int], enlarge: bool = True
    ) -> Letterbox:
        """Scale to fill `padded` as far as the aspect allows; without `enlarge` never upwards."""
        scale = min(padded[0] / original[0], padded[1] / original[1])
        if not enlarge:
            scale = min(scale, 1.0)
        height, width = (
            min(max(int(side * scale + 0.5), 1), limit)
            for side, limit in zip(original, padded, strict=True)
        )
        return cls(original, (height, width), padded)

    @property
    def scale(self) -> tuple[float, float]:
        """Input pixels per picture pixel, down and across (rounding makes them differ a little)."""
        return self.content[0] / self.original[0], self.content[1] / self.original[1]

    def covered(self, stride: int) -> tuple[int, int]:
        """Rows and columns of cells, each `stride` input pixels, that the picture depends on: those
        that it covers, and one more to interpolate towards."""
        return tuple(
            min(-(-content // stride) + 1, -(-padded // stride))
            for content, padded in zip(self.content, self.padded, strict=True)
        )

    def place(self, planes: Tensor, pad: float, antialias: bool = False) -> Tensor:
        """Return `[B, C, *padded]` from `[B, C, *original]`; `pad` fills what is left over."""
        if planes.shape[-2:] != self.content:
            shrinks = self.content[0] < self.original[0]
            planes = F.interpolate(
                planes, self.content, mode="bilinear", antialias=antialias and shrinks
            )
        missing = [p - c for p, c in zip(self.padded, self.content, strict=True)]
        return F.pad(planes, (0, missing[1], 0, missing[0]), value=pad) if any(missing) else planes

    def back(self, maps: Tensor, out: Tensor | None = None) -> Tensor:
        """Resample maps as large as the input to the picture, bilinearly, then sigmoid.

        Args:
            maps: logits `[N, *padded]`.
            out: float32 `[N, *original]` to write to.

        Returns:
            probabilities float32 `[N, *original]`, made one map at a time.
        """
        if out is None:
            out = torch.empty(len(maps), *self.original, device=maps.device)
        rows, columns = self.covered(1)
        maps = maps[:, :rows, :columns].float().contiguous()
        enlarge = _Enlarger([1 / scale for scale in self.scale])
        for index in range(len(maps)):
            torch.sigmoid(enlarge(maps[index], self.original), out=out[index])
        return out

    def paint(self, logits: Tensor, stride: int) -> Tensor:
        """Turn coarse logits into masks of the picture's size: bilinear enlargement, sigmoid.

        Only the part of the picture is computed where a mask can be anything: elsewhere it is
        exactly 0. So time and memory grow with the area of the characters, not with that of the
        picture.

        Args:
            logits: `[N, h, w]`; a cell is `stride` pixels of the input.

        Returns:
            probabilities float32 `[N, *original]`; 0 where they stay under 0.0004.
        """
        logits = logits.float()
        painted = sum(map(area, self.places(logits, stride)))
        whole = max(len(logits) * self.original[0] * self.original[1], 1)
        masks = zeros((len(logits), *self.original), logits.device, painted / whole)
        for index, place, part in self.enlarged(logits, stride):
            torch.sigmoid(part, out=masks[index][place])
        return masks

    def places(self, logits: Tensor, stride: int) -> list[tuple[slice, slice]]:
        """Rows and columns of the picture outside which the masks that `paint` makes are 0."""
        return [self._place(ends, logits.shape[1:], stride) for ends in _reach(logits)]

    def enlarged(
        self, logits: Tensor, stride: int
    ) -> Iterator[tuple[int, tuple[slice, slice], Tensor]]:
        """Yield which map, its place as in `places`, and its logits there, enlarged bilinearly.

        The logits are float32 and the caller's to change; the next step writes over them. Maps
        that are nothing anywhere are left out.
        """
        logits = logits.float()
        enlarge = _Enlarger([stride / scale for scale in self.scale])
        for index, (plane, ends) in enumerate(zip(logits, _reach(logits), strict=True)):
            if ends is None:
                continue
            rows, columns = self._place(ends, plane.shape, stride)
            (top, bottom), (left, right) = ends
            top, above = _aligned(top, stride * self.original[0], self.content[0])
            left, before = _aligned(left, stride * self.original[1], self.content[1])
            size = rows.stop - above, columns.stop - before
            if min(size) <= 0:  # it falls between the pixels
                continue
            part = enlarge(plane[top:bottom, left:right], size)
            yield index, (rows, columns), part[rows.start - above :, columns.start - before :]

    def sampled(self, logits: Tensor, stride: int, step: int) -> Tensor:
        """What `enlarged` gives at every `step`-th pixel from 0 down and across, and no other:
        logits float32 `[N, ceil(H / step), ceil(W / step)]` from `[N, h, w]`."""
        logits = logits.float()
        for axis, (length, scale) in enumerate(zip(self.original, self.scale, strict=True), 1):
            last = logits.shape[axis] - 1
            pixels = torch.arange(0, length, step, device=logits.device, dtype=torch.float64)
            cells = ((pixels + 0.5) * (scale / stride) - 0.5).clamp(0, last)
            low = cells.long()
            shape = [-1 if dim == axis else 1 for dim in range(3)]
            share = (cells - low).float().view(shape)
            logits = torch.lerp(
                logits.index_select(axis, low),
                logits.index_select(axis, (low + 1).clamp(max=last)),
                share,
            )
        return logits

    def _place(
        self,
        ends: tuple[tuple[int, int], tuple[int, int]] | None,
        cells: tuple[int, int],
        stride: int,
    ) -> tuple[slice, slice]:
        """Rows and columns of pixels that depend on the given rows and columns of cells alone."""
        if ends is None:
            return slice(0, 0), slice(0, 0)
        return tuple(
            _pixels(first, last, count, length, stride / scale)
            for (first, last), count, length, scale in zip(
                ends, cells, self.original, self.scale, strict=True
            )
        )


# A mask's logit below this is nothing: a probability of 0.0003.
FLOOR = -8.0


# From this share of the memory written to, large pages are quicker and waste little.
MOSTLY_WRITTEN = 0.4


def zeros(shape: tuple[int, ...], device: torch.device, written: float = 0.0) -> Tensor:
    """Zeros whose memory is only taken up once it is written to, where the system can do that.

    Args:
        written: the share that will be written to, 0 to 1. A system page is 4 KB, and the first
            write to each costs time; in pages of 2 MB that is nothing, but one character's pixel
            takes up all of one (as it would in numpy's zeros).
    """
    size = 4 * math.prod(shape)
    if device.type != "cpu" or not size:
        return torch.zeros(shape, device=device)
    private = (
        {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
    )
    memory = mmap.mmap(-1, size, **private)
    if written >= MOSTLY_WRITTEN and hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # a system without large pages
            memory.madvise(mmap.MADV_HUGEPAGE)
    return torch.frombuffer(memory, dtype=torch.float32).view(shape)


def area(place: tuple[slice, slice]) -> int:
    """Pixels in the rows and columns."""
    return max(place[0].stop - place[0].start, 0) * max(place[1].stop - place[1].start, 0)


def _reach(logits: Tensor) -> list[tuple[tuple[int, int], tuple[int, int]] | None]:
    """For each map the rows and columns of cells above `FLOOR`, one cell wider; None for none."""
    above = logits > FLOOR
    ends = []
    for axis in (2, 1):
        line = above.any(axis)
        first = line.int().argmax(1)
        last = line.shape[1] - line.flip(1).int().argmax(1)
        ends.append(torch.stack(((first - 1).clamp(min=0), (last + 1).clamp(max=line.shape[1])), 1))
    found = above.flatten(1).any(1).tolist()
    rows, columns = (end.tolist() for end in ends)
    return [
        (tuple(r), tuple(c)) if some else None
        for r, c, some in zip(rows, columns, found, strict=True)
    ]


def _pixels(first: int, last: int, cells: int, length: int, factor: float) -> slice:
    """The pixels along one axis that depend on cells first..last-1 alone, and see them."""
    start = 0 if first == 0 else math.ceil((first + 0.5) * factor - 0.5)
    stop = length if last == cells else math.floor((last - 0.5) * factor - 0.5) + 1
    return slice(min(start, length), min(stop, length))


def _aligned(cell: int, original: int, content: int) -> tuple[int, int]:
    """The last cell up to `cell` that begins exactly where a pixel does, and that pixel, when
    `content` cells are `original` pixels: enlarging can begin there."""
    cell -= cell % (content // math.gcd(content, original))
    return cell, cell * original // content


class _Enlarger:
    """Bilinear enlargement of one plane after the other by exact factors (half-pixel centres).

    Attributes:
        factors: pixels per cell, down and across.
    """

    def __init__(self, factors: list[float]):
        self.factors = factors
        self._grown: np.ndarray | None = None

    def __call__(self, plane: Tensor, size: tuple[int, int]) -> Tensor:
        """Return float32 `[*size]`, which the next call may write over."""
        down, across = self.factors
        if cv2 is not None and plane.device.type == "cpu" and max(size) < 32000:
            # OpenCV takes a tenth of torch's time and keeps closer to the exact values. If sizes
            # are equal it writes where the last plane was, which is still in the cache.
            self._grown = cv2.resize(
                plane.numpy(),
                None,
                dst=self._grown,
                fx=across,
                fy=down,
                interpolation=cv2.INTER_LINEAR,
            )
            grown = np.atleast_2d(self._grown)
            if grown.shape[0] >= size[0] and grown.shape[1] >= size[1]:
                return torch.from_numpy(grown)[: size[0], : size[1]]
        return torch.ops.aten.upsample_bilinear2d(
            plane[None, None], list(size), False, down, across
        )[0, 0]
