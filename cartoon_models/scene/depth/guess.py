"""A guess at depth without any depth picture: characters that stand on level ground.

A camera at height E (in heights of a figure) sees the ground at disparity D on the row
``horizon + E D`` and a figure standing there D high, all in picture heights. So the feet and the
heights of the characters say where the horizon is, as far as they are of one size and stand; the
rest is what pictures usually look like. (Hoiem et al., "Putting Objects in Perspective", 2006,
section 3.) It is a heuristic and says that it is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...instances.data import MASK_THRESHOLD, Instances, boxes_of_masks, require_size
from ...picture import as_tensor
from .reading import Depth
from .standing import standing_surface

NOTE = (
    "No depth picture was given: depth is guessed from where the characters' feet are and from how "
    "large they are."
)

# What pictures look like before their characters are looked at: normal distributions.
_HORIZON = 0.38, 0.2  # picture heights from the top
_EYE = 0.75, 0.4  # figures' heights; the second is of its logarithm
_STATURES = 0.1, 0.2, 0.4  # deviations of the logarithm of how tall figures are; any of these
_TALL = 0.5  # picture heights
# The share of figures that do not stand on the ground, and the deviation of their size's logarithm.
_ASTRAY = 0.15, 1.5
_HANGING = 0.25  # of its size: who is as near as that, or farther, does not stand
_SPECK = 0.001  # of a figure's area
# Of figures that the frame cuts off below, measured on made-up scenes: how high the whole figure is
# where the root of the area seen is 1 (both in picture heights), and its power; the weight of that.
_WHOLE, _BY_SIDE, _BY_SIZE = 1.5, 0.6, 0.3
_FAR = 0.05  # disparity of what is behind everything, of the nearest
_BEFORE_FEET = 0.18  # picture heights: the ground goes on so far above the highest feet
_FOOT_ROWS = 0.03  # share of a figure's rows, as of `anchor`

Inside = tuple[tuple[slice, slice], np.ndarray]


@dataclass(frozen=True)
class Ground:
    """The ground as the camera sees it, in picture heights.

    Attributes:
        horizon: its row.
        eye: height of the camera in heights of a figure: rows per disparity.
    """

    horizon: float
    eye: float


@dataclass(frozen=True)
class _Figures:
    """What is read off the masks, each ``[N]``, in picture heights."""

    top: np.ndarray
    foot: np.ndarray
    side: np.ndarray  # the root of the area
    is_cut: np.ndarray  # the frame cuts off the feet
    is_seen: np.ndarray  # there is anything at all


def guess_depth(
    size: tuple[int, int],
    instances: Instances | None = None,
    picture: Tensor | np.ndarray | None = None,
) -> Depth:
    """A stated heuristic in the place of a depth picture.

    The background is a ground that comes nearer from the horizon down, and something far above it.
    Each character is flat and as near as the ground under its feet; where those are cut off by the
    frame or do not stand on the ground, its size decides.

    With the picture, the ground goes no farther up than feet that stand on it, and what stands on
    it or lies above hardly leans; see `standing_surface`.

    Args:
        size: ``(H, W)`` of the picture.
        instances: its characters; None or none: the ground alone.
        picture: ``[H, W, 3|4]``, 0 to 1; None: it is not looked at.

    Raises:
        ValueError: instances or a picture of another size.
    """
    height, width = (int(side) for side in size)
    if instances is not None:
        require_size("The picture", (height, width), instances.size)
    figures = _figures(instances, height)
    ground = guess_ground(
        figures.foot, figures.foot - figures.top, figures.is_seen & ~figures.is_cut
    )
    nearness = _nearness(figures, ground)
    bottom = (1 - ground.horizon) / ground.eye
    nearest = max(nearness[figures.is_seen].max(initial=0), bottom)
    rows = (np.arange(height) + 0.5) / height
    ramp = np.maximum((rows - ground.horizon) / ground.eye / nearest, _FAR)
    insides = list(_insides(instances))
    disparity = np.repeat(ramp[:, None], width, axis=1)
    if picture is not None:
        colors = as_tensor(picture, channels=3)
        require_size("The picture", tuple(colors.shape[:2]), (height, width))
        stands = _stand_on(figures, ground)
        disparity = standing_surface(
            colors.cpu().numpy(),
            _hidden(insides, (height, width)),
            ramp,
            _ground_tops(figures, ground, stands),
            _feet([inside for inside, on in zip(insides, stands, strict=True) if on]),
            _whole(insides, np.maximum(nearness / nearest, _FAR), (height, width)),
            max(nearness[figures.is_seen].max(initial=0), 1e-3) / nearest if len(insides) else 1.0,
            _FAR,
        )
    for index in np.argsort(nearness, kind="stable"):  # what is nearer lies over what is farther
        window, inside = insides[index]
        disparity[window][inside] = max(nearness[index] / nearest, _FAR)
    disparity = torch.from_numpy(disparity.clip(0, 1).astype(np.float32))
    return Depth(disparity, "guess", confidence=0.0, notes=(NOTE,))


def guess_ground(feet: np.ndarray, heights: np.ndarray, stands: np.ndarray) -> Ground:
    """The ground that explains the feet and the heights of figures best: the posterior's mean.

    Args:
        feet: ``[N]``, rows in picture heights.
        heights: ``[N]``, in picture heights.
        stands: bool ``[N]``: figures of which feet and head are seen.
    """
    horizons = np.linspace(-0.3, 0.9, 61)[:, None]
    eyes = np.exp(np.linspace(np.log(0.2), np.log(3.0), 41))[None]
    prior = -0.5 * np.square((horizons - _HORIZON[0]) / _HORIZON[1])
    prior = prior - 0.5 * np.square(np.log(eyes / _EYE[0]) / _EYE[1])
    score = np.stack([prior] * len(_STATURES))  # [S, horizons, eyes]
    statures = np.array(_STATURES)[:, None, None]
    share, spread = _ASTRAY
    for foot, tall in zip(feet[stands], np.maximum(heights[stands], 1e-3), strict=True):
        under = (foot - horizons) / eyes
        off = np.log(tall / np.maximum(under, 1e-3))
        on_ground = np.exp(-0.5 * np.square(off / statures)) / statures * (under > 0)
        anywhere = np.exp(-0.5 * np.square(np.log(tall / _TALL) / spread)) / spread
        score = score + np.log((1 - share) * on_ground + share * anywhere)
    chance = np.exp(score - score.max())
    chance = chance.sum(axis=0) / chance.sum()
    return Ground(float((chance * horizons).sum()), float(np.exp((chance * np.log(eyes)).sum())))


def _nearness(figures: _Figures, ground: Ground) -> np.ndarray:
    """``[N]``: disparity in the ground's unit: a figure is as many picture heights high."""
    bottom = (1 - ground.horizon) / ground.eye
    under = (figures.foot - ground.horizon) / ground.eye
    # Who would be a giant if those feet stood on the ground hangs in the air, as near as large.
    tall = np.maximum(figures.foot - figures.top, 1e-3)
    standing = np.where(under > _HANGING * tall, under, np.minimum(tall, bottom))
    # Cut off below: before the picture's lower edge, and as near as large; where nobody stands,
    # nothing is known of the ground and size alone decides.
    trust = _BY_SIZE if (figures.is_seen & ~figures.is_cut).any() else 1.0
    large = _WHOLE * np.maximum(figures.side, 1e-3) ** _BY_SIDE
    cut_off = np.maximum(bottom ** (1 - trust) * large**trust, 1.01 * bottom)
    return np.where(figures.is_cut, cut_off, standing)


def _stand_on(figures: _Figures, ground: Ground) -> np.ndarray:
    """bool ``[N]``: whose feet are seen on the ground."""
    under = (figures.foot - ground.horizon) / ground.eye
    stands = under > _HANGING * (figures.foot - figures.top)
    return figures.is_seen & ~figures.is_cut & stands


def _ground_tops(
    figures: _Figures, ground: Ground, stands: np.ndarray
) -> tuple[float | None, float, float]:
    """Where the ground ends, as `standing_surface` wants it."""
    horizon = float(np.clip(ground.horizon, 0, 1))
    if stands.any():
        highest = float(figures.foot[stands].min()) - _BEFORE_FEET
        return float(np.clip(highest, horizon, 1)), horizon, horizon
    # Of close-ups the ground is hardly seen; where there is nobody it alone gives depth.
    return None, horizon, 1.0 if figures.is_seen.any() else horizon


def _feet(insides: list[Inside]) -> np.ndarray:
    """``[N, 3]``: left, right and lowest row of feet, in pixels."""
    feet = np.zeros((len(insides), 3))
    for foot, (window, inside) in zip(feet, insides, strict=True):
        rows = np.flatnonzero(inside.any(axis=1))
        low = rows[-1] + 1 - max(round(_FOOT_ROWS * (rows[-1] + 1 - rows[0])), 1)
        columns = np.flatnonzero(inside[low:].any(axis=0))
        left, top = window[1].start, window[0].start
        foot[:] = left + columns[0], left + columns[-1] + 1, top + rows[-1] + 1
    return feet


def _whole(
    insides: list[Inside], nearness: np.ndarray, size: tuple[int, int]
) -> Iterator[tuple[np.ndarray, float]]:
    """Of each figure its mask, bool ``[H, W]``, and its disparity."""
    for (window, inside), near in zip(insides, nearness, strict=True):
        mask = np.zeros(size, bool)
        mask[window] = inside
        yield mask, float(near)


def _hidden(insides: list[Inside], size: tuple[int, int]) -> np.ndarray:
    hidden = np.zeros(size, bool)
    for window, inside in insides:
        hidden[window] |= inside
    return hidden


def _figures(instances: Instances | None, height: int) -> _Figures:
    count = 0 if instances is None else len(instances)
    measured = np.zeros((count, 3))
    is_cut, is_seen = np.zeros(count, bool), np.zeros(count, bool)
    for index, (window, inside) in enumerate(_insides(instances)):
        rows = inside.sum(axis=1)
        area = int(rows.sum())
        if area == 0:
            continue
        # Specks that a network leaves below the feet or above the head do not count.
        below = np.cumsum(rows)
        above = int(np.searchsorted(below, _SPECK * area, side="right"))
        last = int(np.searchsorted(below, (1 - _SPECK) * area))
        top = window[0].start
        measured[index] = (top + above) / height, (top + last + 1) / height, area**0.5 / height
        is_seen[index] = True
        # A toe on the frame is no cut; a body through it is.
        is_cut[index] = top + last + 1 >= height - 1 and 4 * rows[-1] > inside.shape[1]
    top, foot, side = measured.T
    return _Figures(top, foot, side, is_cut, is_seen)


def _insides(instances: Instances | None) -> Iterator[Inside]:
    """Of each mask the window that it lies in, and where it is inside there: bool ``[h, w]``."""
    if instances is None:
        return
    for mask, box in zip(instances.masks, boxes_of_masks(instances.masks).tolist(), strict=True):
        x1, y1, x2, y2 = (int(value) for value in box)
        window = slice(y1, y2), slice(x1, x2)
        yield window, (mask[window] >= MASK_THRESHOLD).cpu().numpy()
