"""How near everything in a picture is, as a value, and how any depth picture is read."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...instances.data import Instances, require_size, size_text
from .bars import same_shape, without_bars
from .edges import snap_to_masks
from .polarity import NEAR_IS_BLACK, NEAR_IS_WHITE, vote_polarity

POLARITIES = ("auto", NEAR_IS_WHITE, NEAR_IS_BLACK)
KINDS = ("disparity", "inverse depth", "metric")

# Below this confidence of the vote a user should look at the polarity.
UNSURE = 0.35

# Share of the pixels at either end of the values that is taken for noise.
_CLIPPED = 0.5  # percent
_SAMPLES = 2**21  # pixels that are enough to tell
# How far channels of a grey picture may lie apart: compression does that, a colour map more.
_COLOURED = 0.05
# Values that span less than this share of the largest are one value: half a step of 8 bits.
_CONSTANT = 0.002
# Farthest by nearest distance, where a depth picture of distances does not say where 0 is.
_FAR_BY_NEAR = 10.0

log = logging.getLogger("celkit")


@dataclass(frozen=True, eq=False)
class Depth:
    """How near each pixel of a picture is.

    Attributes:
        disparity: float32 ``[H, W]`` on the CPU, 0 to 1: 1 / distance in units of the nearest
            thing; 1 is nearest, 0 infinitely far.
        source: where it is from: ``"depth picture"``, ``"guess"``, or the name of a model.
        polarity: which end of the picture it was read from is near: ``"near is white"`` or
            ``"near is black"``.
        confidence: 0 to 1, how sure the polarity is; 1 where it was given, 0 for a guess.
        notes: sentences for the user.

    Raises:
        ValueError: another shape or dtype, or values that are not 0 to 1.
    """

    disparity: Tensor
    source: str = "depth picture"
    polarity: str = NEAR_IS_WHITE
    confidence: float = 1.0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        value = self.disparity
        if value.dtype != torch.float32 or value.ndim != 2 or 0 in value.shape:
            raise ValueError(f"A disparity is float32 [H, W], not {value.dtype} {[*value.shape]}.")
        low, high = (end.item() for end in value.aminmax())
        if not (low >= 0 and high <= 1):
            raise ValueError(f"Disparity runs from 0 to 1, not from {low:g} to {high:g}.")
        object.__setattr__(self, "disparity", value.detach().cpu())
        object.__setattr__(self, "notes", tuple(self.notes))

    @property
    def size(self) -> tuple[int, int]:
        """``(H, W)`` of the picture it is of."""
        height, width = self.disparity.shape
        return height, width


def read_depth(
    depth_picture: Tensor | np.ndarray,
    instances: Instances | None,
    size: tuple[int, int],
    *,
    polarity: str = "auto",
    kind: str = "disparity",
    near: float | None = None,
    far: float | None = None,
    source: str = "depth picture",
) -> Depth:
    """The depth of a picture, from a depth picture made by anything.

    Even bars that fill it up to another shape are cut off, the ends of its values are clipped (half
    a percent of the pixels each), it is stretched to the picture's size, and its edges are moved to
    those of the masks.

    Args:
        depth_picture: grey, ``[h, w]`` or ``[h, w, 1|3|4]`` (a fourth channel is left out, a batch
            of one is taken), whole numbers or floats, also above 1; larger or smaller than the
            picture, or of another shape.
        instances: the characters of the picture; they vote which end is near, and their masks say
            where the edges are. None or none at all: the picture's rows vote alone.
        size: ``(H, W)`` of the picture.
        polarity: one of `POLARITIES`; ``"auto"`` asks the instances.
        kind: one of `KINDS`. ``"disparity"``: 1 / distance up to scale and offset, as nearly all
            estimators and painters give it. ``"inverse depth"``: 1 / distance up to scale; 0 is
            infinitely far. ``"metric"``: the distance itself, in any unit.
        near, far: distances of the nearest and the farthest value, of which only the ratio counts;
            both or neither. By default the farthest disparity is infinitely far, and the numbers of
            ``"metric"`` are distances.
        source: for `Depth.source`.

    Raises:
        ValueError: a coloured picture, NaN, another rank, a word that is not known, near and far
            that are no distances, instances of another picture; the message has what it was.
    """
    height, width = (int(side) for side in size)
    _check_words(polarity, kind, near, far)
    if instances is not None:
        require_size("The depth's picture", (height, width), instances.size)
    values, notes = _grey(depth_picture), []
    given = values.shape
    values = without_bars(values, (height, width))
    if values.shape != given:
        notes.append(
            f"The depth picture of {size_text(given)} has bars at its sides, which were cut off: "
            f"{size_text(values.shape)} is left, of the shape of the picture."
        )
    low, high = _ends(values)
    if high - low <= _CONSTANT * max(abs(low), abs(high)):
        note = f"The depth picture is {high:g} everywhere: nothing moves against anything else."
        log.warning(note)
        polarity = NEAR_IS_WHITE if polarity == "auto" else polarity
        return Depth(torch.ones(height, width), source, polarity, 0.0, (*notes, note))
    if not same_shape(values.shape, (height, width)):
        notes.append(
            f"The depth picture of {size_text(values.shape)} has another shape than the picture "
            f"of {size_text((height, width))} and was stretched. If it shows more or less than the "
            "picture, cut or fill it to the picture's shape first."
        )
    is_endless = np.isposinf(values)
    values = values.clip(low, high)
    confidence = 1.0
    if polarity == "auto":
        expected = NEAR_IS_BLACK if kind == "metric" else NEAR_IS_WHITE
        stretched = _resized(values, (height, width))
        polarity, confidence = vote_polarity(stretched, instances, expected)
        if confidence < UNSURE:
            notes.append(
                f"It is not clear which end of the depth picture is near; {polarity} was taken "
                f"(confidence {confidence:.2f}). Set the polarity if it looks inside out."
            )
    disparity = _disparity(values, (low, high), polarity, kind, near, far, notes)
    if kind == "metric":
        disparity[is_endless] = 0
    enlarged = max(height / values.shape[0], width / values.shape[1], 1.0)
    disparity = _resized(disparity, (height, width))
    if instances is not None and len(instances):
        disparity = snap_to_masks(disparity, instances, enlarged)
    for note in notes:
        log.warning(note)
    return Depth(torch.from_numpy(disparity.clip(0, 1)), source, polarity, confidence, notes)


def _check_words(polarity: str, kind: str, near: float | None, far: float | None) -> None:
    if polarity not in POLARITIES:
        raise ValueError(f"Polarity {polarity!r} is not known; use one of {', '.join(POLARITIES)}.")
    if kind not in KINDS:
        raise ValueError(f"Kind of depth {kind!r} is not known; use one of {', '.join(KINDS)}.")
    if near is None and far is None:
        return
    if near is None or far is None or not 0 < near < far < math.inf:
        raise ValueError(
            f"Near and far are two distances above 0, near the smaller one, not {near} and {far}."
        )


def _grey(picture: Tensor | np.ndarray) -> np.ndarray:
    """The values as float32 ``[h, w]``."""
    if isinstance(picture, Tensor):
        picture = picture.detach().cpu()
        picture = (picture.float() if picture.is_floating_point() else picture).numpy()
    array = np.asarray(picture)
    if array.ndim in (3, 4) and array.shape[0] == 1 and (array.ndim == 4 or array.shape[2] > 4):
        array = array[0]
    has_channels = array.ndim == 3 and array.shape[2] in (1, 3, 4)
    if (array.ndim != 2 and not has_channels) or 0 in array.shape:
        raise ValueError(
            "A depth picture has the shape [H, W] or [H, W, 1|3|4] with at least one pixel, not "
            f"{list(array.shape)}."
        )
    array = array.astype(np.float32)
    if np.isnan(array).any():
        raise ValueError("The depth picture contains NaN; give every pixel a number.")
    if has_channels:
        if array.shape[2] >= 3:
            _refuse_colour(array[..., :3])
        array = array[..., 0]
    if np.isinf(array).all():
        raise ValueError("The depth picture is infinite everywhere.")
    return array


def _refuse_colour(colors: np.ndarray) -> None:
    finite = np.where(np.isfinite(colors), colors, 0)
    spread = finite.max(axis=2) - finite.min(axis=2)
    largest = max(float(np.abs(finite).max()), 1e-12)
    if float(np.percentile(spread, 99)) > _COLOURED * largest:
        raise ValueError(
            "The depth picture is coloured: its channels differ by up to "
            f"{float(spread.max()) / largest:.0%}. Depth is read from grey pictures; switch the "
            "estimator's colour map off (often called grey, gray or raw)."
        )


def _ends(values: np.ndarray) -> tuple[float, float]:
    """The values that count as the lowest and the highest: an infinite sky has none."""
    values = values[np.isfinite(values)]
    step = max(len(values) // _SAMPLES, 1)
    low, high = np.percentile(values[::step], [_CLIPPED, 100 - _CLIPPED])
    if high <= low:  # nearly all one value: what is left is not noise
        low, high = values.min(), values.max()
    return float(low), float(high)


def _resized(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    import cv2

    height, width = size
    shrinks = values.shape[0] >= height and values.shape[1] >= width
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(values, (width, height), interpolation=method)


def _disparity(
    values: np.ndarray,
    ends: tuple[float, float],
    polarity: str,
    kind: str,
    near: float | None,
    far: float | None,
    notes: list[str],
) -> np.ndarray:
    low, high = ends
    nearness = (values - low) / (high - low)  # 0 is the farthest, 1 the nearest
    if polarity == NEAR_IS_BLACK:
        nearness = 1 - nearness
    ratio = 0.0 if near is None or far is None else near / far
    if kind == "disparity":
        return ratio + (1 - ratio) * nearness
    if kind == "inverse depth":
        upright = polarity == NEAR_IS_WHITE and low >= 0
        # Upside down, or with numbers below 0, the far end is all that can be taken for 0.
        return np.maximum(values / high if upright else nearness, ratio)
    if near is None or far is None:
        if polarity == NEAR_IS_BLACK and low > 0.02 * high:
            return low / values
        ratio = 1 / _FAR_BY_NEAR
        notes.append(
            "The depth picture's distances do not say where the camera is; the farthest was taken "
            f"to be {_FAR_BY_NEAR:g} times as far as the nearest. Give near and far to change that."
        )
    return 1 / (1 + (1 - nearness) * (1 / ratio - 1))
