"""The background plate: the picture without its characters, filled and continued past its edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...picture import as_tensor
from ...progress import Progress
from .diffuse import diffuse
from .patches import halved

METHODS = ("auto", "diffuse", "patchmatch", "cv2")

Margin = tuple[int, int, int, int]

_CV2_RADIUS = 3  # pixels around a filled one that Telea's method looks at
_LOOKED_AT = 1280  # of a picture with a longer side, every other pixel says enough about that
_RIM = 6  # pixels around a hole that say what it is surrounded by
_ROUGH = 0.02  # how far from the mean around it a pixel is no part of a gradient
_STRAY = 0.005  # the share of such pixels that a smooth rim may have
_ALIKE = 0.01  # mean squared difference of colour at which a copy's confidence is 1/e
_UNLIKE = 0.01  # a filled pixel is never quite certain, nor certainly wrong


@dataclass(frozen=True, eq=False)
class Plate:
    """A picture without what stood before its background.

    Attributes:
        picture: float32 ``[Hp, Wp, 3]``, 0 to 1, sRGB. Pixels that were in the picture and not in
            the hole are the picture's own, bit for bit; those of confidence 0 mean nothing.
        offset: ``(x, y)`` in pixels of the picture of the plate's top left corner; 0 or below.
        hole: bool ``[Hp, Wp]``: what the picture did not show, the margin included.
        confidence: float32 ``[Hp, Wp]``: 1 where the picture showed it, 0 where nothing was filled
            in, between them how much a filled pixel looks like the background elsewhere.
        method: what filled it.

    Raises:
        ValueError: parts of different shapes.
    """

    picture: Tensor
    offset: tuple[int, int]
    hole: Tensor
    confidence: Tensor
    method: str = ""

    def __post_init__(self) -> None:
        shape = list(self.picture.shape)
        if self.picture.dtype != torch.float32 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise ValueError(f"A plate is float32 [H, W, 3], not {self.picture.dtype} {shape}.")
        for name, kind in (("hole", torch.bool), ("confidence", torch.float32)):
            value = getattr(self, name)
            if value.dtype != kind or list(value.shape) != shape[:2]:
                raise ValueError(
                    f"The {name} of a plate of {shape[:2]} pixels is {kind} of that shape, not "
                    f"{value.dtype} {list(value.shape)}."
                )
        x, y = self.offset
        object.__setattr__(self, "offset", (int(x), int(y)))

    @property
    def filled(self) -> Tensor:
        """bool ``[Hp, Wp]``: pixels that show something; the others are still a hole."""
        return self.confidence > 0

    @property
    def coverage(self) -> float:
        """The share of the hole that is filled; 1 where there is no hole."""
        holes = int(self.hole.sum())
        return int((self.hole & self.filled).sum()) / holes if holes else 1.0

    def rgba(self) -> Tensor:
        """float32 ``[Hp, Wp, 4]``, premultiplied: alpha is 0 where nothing is filled in, else 1."""
        alpha = self.filled[..., None].to(self.picture)
        return torch.cat([self.picture * alpha, alpha], dim=2)


def fill_background(
    picture: Tensor | np.ndarray,
    hole: Tensor | np.ndarray,
    *,
    method: str = "auto",
    margin: int | Margin = 0,
    reveal: Tensor | np.ndarray | None = None,
    sources_excluded: Tensor | np.ndarray | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Plate:
    """Make the background plate of a picture without any weights.

    Good for what a camera reveals beside a character, for skies, textures and patterns. Behind a
    whole character it goes on with what it finds elsewhere: nothing is invented, so a thing that
    was mostly hidden is not completed. `scene.plate.steps` lets a model do that.

    Args:
        picture: ``[H, W]`` or ``[H, W, 1|3|4]``; transparency is put on white.
        hole: ``[H, W]``, bool or 0 to 1: what is not background. Every pixel above 0 goes, so a
            soft mask leaves no halo; `scene.hole.background_hole` makes one.
        method: ``"diffuse"`` for smooth colours from the rim, ``"patchmatch"`` for pieces copied
            from elsewhere in the background, ``"auto"`` for whichever suits each hole, ``"cv2"``
            for OpenCV's fast marching (Telea 2004), for comparison.
        margin: pixels by which the plate is continued outside the picture, on every side or
            ``(left, top, right, bottom)``.
        reveal: ``[H, W]``, or of the plate's size: fill only where it is above 0, because only
            that will be seen. Everything by default.
        sources_excluded: ``[H, W]``: what is no hole, but not to be copied from either.
        seed: chance in PatchMatch's search.
        progress: called with (done, total).

    Returns:
        The plate, on the picture's device.

    Raises:
        ValueError: another size, method or margin, or a hole that leaves nothing to fill from.
    """
    if method not in METHODS:
        raise ValueError(f"Fill method {method!r} is not known; use one of {', '.join(METHODS)}.")
    colors = as_tensor(picture)
    device, size = colors.device, tuple(colors.shape[:2])
    sides = margins(margin)
    gone = as_mask(hole, size, "The hole")
    excluded = gone | as_mask(sources_excluded, size, "The mask of excluded sources")
    if gone.all():
        raise ValueError(
            "The hole covers the whole picture, so there is no background to fill it from. "
            "Give a plate picture instead, or leave some instances out."
        )
    grown = padded(colors.cpu().numpy(), sides)
    unknown = padded(gone, sides, True)
    wanted = unknown & revealed(reveal, size, sides)
    filled, confidence = _fill(
        grown, unknown, wanted, padded(excluded, sides, True), method, seed, progress
    )
    if progress is not None:
        progress(1, 1)
    result = np.where(wanted[..., None], filled, grown)
    confidence = np.where(wanted, confidence, ~unknown).astype(np.float32)
    return Plate(
        torch.from_numpy(np.ascontiguousarray(result)).to(device),
        (-sides[0], -sides[1]),
        torch.from_numpy(unknown).to(device),
        torch.from_numpy(confidence).to(device),
        method,
    )


def margins(margin: int | Margin) -> Margin:
    """``(left, top, right, bottom)`` in pixels.

    Raises:
        ValueError: a negative one, or another number of values than 1 or 4.
    """
    sides = tuple(margin) if isinstance(margin, (tuple, list)) else (margin,) * 4
    if len(sides) != 4 or any(side < 0 or side != int(side) for side in sides):
        raise ValueError(f"A margin is 1 or 4 numbers of pixels from 0 up, not {margin}.")
    return tuple(int(side) for side in sides)


def padded(values: np.ndarray, sides: Margin, value: float = 0) -> np.ndarray:
    """The array with a margin of that value."""
    left, top, right, bottom = sides
    pad = [(top, bottom), (left, right)] + [(0, 0)] * (values.ndim - 2)
    return np.pad(values, pad, constant_values=value)


def as_mask(mask: Tensor | np.ndarray | None, size: tuple[int, int], what: str) -> np.ndarray:
    """bool ``[H, W]``: where a mask is above 0; None is nowhere.

    Raises:
        ValueError: another size, or values that are not numbers; the message begins with `what`.
    """
    if mask is None:
        return np.zeros(size, bool)
    if isinstance(mask, Tensor):
        mask = mask.detach().cpu().numpy()
    values = np.asarray(mask)
    if values.ndim == 3 and 1 in (values.shape[0], values.shape[2]):
        values = values[0] if values.shape[0] == 1 else values[..., 0]
    if tuple(values.shape) != tuple(size):
        raise ValueError(
            f"{what} is [{size[0]}, {size[1]}] like the picture, not {list(values.shape)}."
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"{what} contains NaN or infinite values; check the step that made it.")
    return values > 0


def revealed(
    reveal: Tensor | np.ndarray | None, size: tuple[int, int], sides: Margin
) -> np.ndarray:
    """bool ``[Hp, Wp]`` of a reveal mask of the picture's size or of the plate's."""
    left, top, right, bottom = sides
    grown = (size[0] + top + bottom, size[1] + left + right)
    if reveal is None:
        return np.ones(grown, bool)
    if tuple(reveal.shape) == grown:
        return as_mask(reveal, grown, "The reveal mask")
    if tuple(reveal.shape) == tuple(size):
        return padded(as_mask(reveal, size, "The reveal mask"), sides, False)
    raise ValueError(
        f"The reveal mask is [{size[0]}, {size[1]}] like the picture or [{grown[0]}, {grown[1]}] "
        f"like the plate, not {list(reveal.shape)}."
    )


def _fill(
    picture: np.ndarray,
    unknown: np.ndarray,
    wanted: np.ndarray,
    excluded: np.ndarray,
    method: str,
    seed: int,
    progress: Progress | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Colours and confidence for the wanted pixels."""
    from .blend import blend_copies
    from .expected import expected_beyond
    from .patchmatch import patchmatch

    if progress is not None:
        progress(0, 1)
    confidence = _nearness(unknown)
    if not wanted.any():
        return picture, confidence
    if method == "cv2":
        return _telea(picture, unknown), confidence
    copied = None
    if method != "diffuse":
        smooth = smooth_holes(picture, unknown) if method == "auto" else np.zeros_like(unknown)
        if smooth.any():
            picture = np.where(smooth[..., None], diffuse(picture, ~unknown), picture)
        rough = wanted & ~smooth
        if not rough.any():
            return picture, confidence
        unknown = unknown & ~smooth
        copied = patchmatch(
            picture,
            unknown,
            rough,
            ~excluded,
            expected=expected_beyond(picture, ~unknown),
            seed=seed,
            progress=progress,
        )
    if copied is None:
        return diffuse(picture, ~unknown), confidence
    filled = blend_copies(copied.picture, ~unknown, rough, copied.offsets)
    alike = np.exp(-copied.costs / _ALIKE).clip(_UNLIKE, 1 - _UNLIKE)
    return filled, np.where(rough, alike, confidence)


def smooth_holes(picture: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """bool ``[H, W]``: holes around which there is nothing but flat colour and gradients."""
    import cv2

    if max(unknown.shape) > _LOOKED_AT:
        height, width = unknown.shape
        small, lost = halved(picture, unknown)
        smooth = smooth_holes(small, lost).repeat(2, axis=0).repeat(2, axis=1)
        return smooth[:height, :width] & unknown
    count, holes = cv2.connectedComponents(unknown.astype(np.uint8), connectivity=8)
    known = (~unknown).astype(np.float32)
    mean = (
        cv2.blur(picture * known[..., None], (5, 5)) / (cv2.blur(known, (5, 5)) + 1e-6)[..., None]
    )
    is_rough = np.abs(picture - mean).max(axis=2) > _ROUGH
    reach = np.ones((2 * _RIM + 1,) * 2, np.uint8)
    rims = cv2.dilate(holes.astype(np.float32), reach).astype(np.int64)
    rim = ~unknown & (rims > 0)
    rough_pixels = np.bincount(rims[rim & is_rough], minlength=count)
    is_smooth = rough_pixels <= _STRAY * np.bincount(rims[rim], minlength=count)
    is_smooth[0] = False
    return is_smooth[holes]


def _telea(picture: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """A. Telea, "An image inpainting technique based on the fast marching method", 2004."""
    import cv2

    eight_bits = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    filled = cv2.inpaint(eight_bits, unknown.astype(np.uint8), _CV2_RADIUS, cv2.INPAINT_TELEA)
    return filled.astype(np.float32) / 255


def _nearness(unknown: np.ndarray) -> np.ndarray:
    """How far smooth colours can be believed: half at 1/20 of the longer side from the rim."""
    import cv2

    away = cv2.distanceTransform(unknown.astype(np.uint8), cv2.DIST_L2, 5)
    half = max(unknown.shape) / 20
    return half / (half + away)
