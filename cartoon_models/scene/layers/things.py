"""What of a picture becomes layers: its characters, and background that stands before them."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch

from ...instances.data import MASK_THRESHOLD, Instances, count_of
from ..data import Plane
from ..depth.anchor import anchor
from ..geometry import disparity_at
from .agreed import agreed_shifts
from .completed import completed_masks
from .occluders import Occluder, find_occluders
from .order import occlusion_order

log = logging.getLogger("celkit")

_SPECK = 0.001  # share of a mask's pixels


@dataclass(frozen=True, eq=False)
class Thing:
    """An instance or an occluder before it is a layer.

    Attributes:
        name: of the layer.
        mask: float32 ``[H, W]``, 0 to 1.
        plane: where it stands.
        instance: which of the instances it is, counted from 0; None for an occluder.
        shift: how much nearer the plane is than was found, to agree with the order of painting.
    """

    name: str
    mask: np.ndarray
    plane: Plane
    instance: int | None = None
    shift: float = 0.0


def things_of(
    colors: np.ndarray,
    found: Instances,
    disparity: np.ndarray,
    mode: str,
    occluders: bool,
    complete: bool,
) -> tuple[list[Thing], list[int]]:
    """What becomes layers, and the order of its indices, the farthest first.

    Args:
        colors: float32 ``[H, W, 3]``, the picture.
        found: its characters; those with an empty mask are left out, and the log says so.
        disparity: float32 ``[H, W]``, 0 to 1.
        mode: where a character stands; see `anchor`.
        occluders: whether background that stands before a character becomes something of its own.
        complete: whether masks get the drawn regions beside them that they miss; see
            `completed_masks`.
    """
    things = []
    flat = "plane" if mode == "relief" else mode  # the relief comes when the layer's box is known
    empty = 0
    masks = [_tidied(mask) for mask in found.masks.cpu().numpy()]
    if complete:
        masks = completed_masks(colors, masks)
    claims = sum((mask >= MASK_THRESHOLD).astype(np.uint16) for mask in masks)
    for index, mask in enumerate(masks):
        if float(mask.max()) < MASK_THRESHOLD:
            empty += 1
            continue
        plane, _ = anchor(disparity, _alone(mask, claims), flat)
        things.append(Thing(f"{found.labels[index]} {index}", mask, plane, index))
    if empty:
        log.warning("The masks of %s are empty; they are no layers.", count_of(empty))
    solid = [thing.mask >= MASK_THRESHOLD for thing in things]
    nearness = [
        _at(thing.plane, mask, disparity.shape) for thing, mask in zip(things, solid, strict=True)
    ]
    before: list[tuple[int, int]] = []
    if occluders and things:
        for number, piece in enumerate(find_occluders(disparity, solid)):
            place = len(things)
            things.append(_occluder(number, piece, disparity))
            solid.append(piece.mask)
            nearness.append(piece.nearness)
            before += [(place, index) for index in piece.behind]
    order = occlusion_order(colors, solid, nearness, before)
    return _agreed(things, solid, order), order


def _agreed(things: list[Thing], solid: list[np.ndarray], order: list[int]) -> list[Thing]:
    """The things, moved as little as it takes for none to move less than one that it covers."""
    shifts = agreed_shifts([thing.plane for thing in things], solid, order)
    if (shifts != 0).any():
        said = ", ".join(
            f"{thing.name} by {by:+.3f}" for thing, by in zip(things, shifts, strict=True) if by
        )
        log.info("Depth and outlines disagree on who stands in front; disparity changed: %s.", said)
    moved = []
    for thing, by in zip(things, shifts.tolist(), strict=True):
        at_center, *slopes = thing.plane
        moved.append(replace(thing, plane=(at_center + by, *slopes), shift=by))
    return moved


def _tidied(mask: np.ndarray) -> np.ndarray:
    """The mask without the specks and pinholes that networks leave."""
    for value, replacement in ((1, 0.0), (0, 1.0)):
        inside = mask >= MASK_THRESHOLD
        least = inside.sum() * _SPECK
        chosen = (inside == value).astype(np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(chosen, connectivity=8)
        areas = stats[:, cv2.CC_STAT_AREA]
        small = areas < least
        small[0] = False
        if small.any():
            mask = np.where(small[labels], np.float32(replacement), mask)
    return mask


def _alone(mask: np.ndarray, claims: np.ndarray) -> np.ndarray:
    """The mask where no other claims the pixels, if that is enough to say how near it is."""
    inside = mask >= MASK_THRESHOLD
    alone = inside & (claims == 1)
    return np.where(alone, mask, 0) if 4 * alone.sum() >= inside.sum() else mask


def _occluder(number: int, piece: Occluder, disparity: np.ndarray) -> Thing:
    mask = piece.mask.astype(np.float32)
    plane, _ = anchor(disparity, mask, "plane")
    return Thing(f"occluder {number}", mask, plane)


def _at(plane: Plane, mask: np.ndarray, size: tuple[int, int]) -> float:
    """The plane's disparity at the middle of a mask."""
    rows, columns = np.nonzero(mask)
    middle = torch.tensor([columns.mean() + 0.5, rows.mean() + 0.5], dtype=torch.float64)
    return float(disparity_at(plane, size, middle))
