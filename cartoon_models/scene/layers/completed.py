"""Masks with the pieces that a network left out: a crown, a hand, a strip of a sleeve.

A piece that stays on the plate stands still while the character moves. Drawn pictures consist of
regions of even colour between edges and ink lines, so what is missing is a whole region or what a
mask left of one. Which of them belong to a mask is decided by colour and contact, in the manner of
Rother, Kolmogorov and Blake, "GrabCut", SIGGRAPH 2004, section 3 (colours of the inside against
colours of the outside, again and again), on regions instead of pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ...instances.data import MASK_THRESHOLD
from .pixels import grown

_LONGEST = 1280  # pixels of the side at which regions are looked for
_FLAT = 16  # levels of 256 by which colours change within a region from pixel to pixel
_LEAST_REGION = 6  # pixels without an edge that make a region
_THICK = 4.0  # pixels to the next region from which on ink and texture are regions themselves
_LINE = 1  # pixels of a thin outline that the outside may have got
_SLIVER = 2  # pixels from a mask's edge to which it is not certain
_ROUNDS = 4  # what was added shows the way to what lies behind it
# Of a histogram of colours: bins for L, a and b, and what its blur counts as alike, in bins.
_BINS = (32, 48, 48)
_ALIKE = 1.25
# Weights of the evidence, by logistic regression on the regions beside found masks in 75 pictures:
# scenes of training/toon and compositions of clip art.
_CONTACT, _SEEN, _SHARE, _AREA, _BIAS = 1.35, 0.3, 0.36, -0.21, -2.78
_SURE = 0.8  # log-odds; at more, less is stolen from the background and more left behind
_LARGEST = 0.5  # share of a mask's pixels


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Regions of a picture, cut where masks end.

    Attributes:
        labels: int32 ``[h, w]``, 0 to n - 1.
        bins: int64 ``[n]``, the bin of the mean colour.
        area: float64 ``[n]``, pixels.
        owner: int64 ``[n]``, the index of the mask that has it; -1: none.
        odd: bool ``[h, w]``, pixels that have not the colour of their piece.
        edge: float64 ``[n]``, pixels at the picture's edge.
        first, second: int64 ``[m]``, pieces that touch, both ways round.
        length: float64 ``[m]``, pixels of the border that they share.
    """

    labels: np.ndarray
    bins: np.ndarray
    area: np.ndarray
    owner: np.ndarray
    odd: np.ndarray
    edge: np.ndarray
    first: np.ndarray
    second: np.ndarray
    length: np.ndarray


def completed_masks(colors: np.ndarray, masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Masks with the drawn regions beside them that have their colours and not the background's.

    A region is added to the mask that it touches most if much of its border touches masks and its
    colour is one of that mask's and not one of what lies outside all masks elsewhere: sky between
    two legs, grass and leaves stay. Nothing is taken away from a mask.

    Args:
        colors: float32 ``[H, W, 3]``, 0 to 1, sRGB.
        masks: float32 ``[H, W]`` each, 0 to 1; a pixel is inside from `MASK_THRESHOLD` on.

    Returns:
        One per mask, the same array where nothing was added.
    """
    masks = list(masks)
    height, width = colors.shape[:2]
    if min(height, width) < 8 or not any((mask >= MASK_THRESHOLD).any() for mask in masks):
        return masks
    scale = min(1.0, _LONGEST / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    picture = (np.clip(_resized(colors, size), 0, 1) * 255 + 0.5).astype(np.uint8)
    pieces = _pieces(picture, _owners([_resized(mask, size) for mask in masks]))
    owner = pieces.owner.copy()
    for _ in range(_ROUNDS):
        wins, to = _evidence(pieces, owner, len(masks))
        added = (owner < 0) & (wins > _SURE)
        if not added.any():
            break
        owner[added] = to[added]
    for index, mask in enumerate(masks):
        added = (owner == index) & (pieces.owner != index)
        if added.any():
            whole = _reaching_out(_outlined(pieces, added, owner < 0), pieces)
            share = _resized(whole.astype(np.float32), (width, height))
            masks[index] = np.maximum(mask, share)
    return masks


def _resized(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    smaller = size[0] * size[1] < width * height
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)


def _owners(masks: Sequence[np.ndarray]) -> np.ndarray:
    """int64 ``[h, w]``: the index of the mask that is strongest there; -1 outside of all."""
    best = np.full(masks[0].shape, MASK_THRESHOLD, np.float32)
    owners = np.full(masks[0].shape, -1, np.int64)
    for index, mask in enumerate(masks):
        inside = (mask > best) | ((mask >= MASK_THRESHOLD) & (owners < 0))
        owners[inside] = index
        best[inside] = mask[inside]
    return owners


def _evidence(pieces: _Pieces, owner: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds ``[n]`` that a piece belongs to the mask that it touches most, and which that is."""
    number = len(owner)
    beside = owner[pieces.second]
    touching = beside >= 0
    reach = np.bincount(
        pieces.first[touching] * count + beside[touching],
        pieces.length[touching],
        number * count,
    ).reshape(number, count)
    to = reach.argmax(axis=1)
    around = np.bincount(pieces.first, pieces.length, number) + pieces.edge
    contact = reach.sum(axis=1) / np.maximum(around, 1)
    free = owner < 0
    outside = _alike(pieces, free) - np.where(free, pieces.area, 0)
    inside = np.zeros(number)
    own_area = np.bincount(owner[~free], pieces.area[~free], count)
    for index in np.unique(to[free & (contact > 0)]):
        chosen = free & (to == index)
        inside[chosen] = _alike(pieces, owner == index)[chosen]
    area = pieces.area
    seen = np.log((inside + 0.05 * area) / (outside + 0.05 * area))
    share_inside = inside / np.maximum(own_area[to], 1)
    share_outside = outside / max(area[free].sum(), 1)
    share = np.log((share_inside + 1e-3) / (share_outside + 1e-3))
    small = np.clip(np.log2(area / max(own_area.sum(), 1)), -14, 4)
    odds = _CONTACT * contact + _SEEN * seen + _SHARE * share + _AREA * small + _BIAS
    fits = (contact > 0) & (area <= _LARGEST * own_area[to])
    return np.where(fits, odds, -np.inf), to


def _outlined(pieces: _Pieces, added: np.ndarray, free: np.ndarray) -> np.ndarray:
    """bool ``[h, w]``: the pieces that were added, and what of their outlines went to the outside.

    That is what is nearby and has not the colour of the piece that it was shared out to.
    """
    whole = added[pieces.labels]
    return whole | (grown(whole, _LINE) & free[pieces.labels] & pieces.odd)


def _reaching_out(added: np.ndarray, pieces: _Pieces) -> np.ndarray:
    """What was added without slivers along a mask: how its edge runs is for the matte to say."""
    masked = (pieces.owner >= 0)[pieces.labels]
    away = cv2.distanceTransform((~masked).astype(np.uint8), cv2.DIST_L2, 3)
    count, parts = cv2.connectedComponents(added.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    kept[parts[away > _SLIVER]] = True
    return added & kept[parts]


def _alike(pieces: _Pieces, chosen: np.ndarray) -> np.ndarray:
    """float64 ``[n]``: pixels of the chosen pieces that have the colour of each piece."""
    from scipy.ndimage import gaussian_filter1d

    amount = np.bincount(pieces.bins[chosen], pieces.area[chosen], np.prod(_BINS))
    amount = amount.reshape(_BINS).astype(np.float32)
    for axis in range(3):
        amount = gaussian_filter1d(amount, _ALIKE, axis=axis, mode="constant", truncate=3)
    peak = gaussian_filter1d(np.eye(1, 9, 4)[0], _ALIKE, mode="constant", truncate=3)[4] ** 3
    return amount.ravel()[pieces.bins].astype(np.float64) / peak


def _pieces(picture: np.ndarray, owners: np.ndarray) -> _Pieces:
    """The regions of a uint8 picture, those that a mask cuts in parts that hang together."""
    regions, lab, change = _regions(picture)
    labels, first = _cut(regions, owners)
    count = len(first)
    flat = labels.ravel()
    area = np.bincount(flat, minlength=count).astype(np.float64)
    # At its border a piece has the colours of what is beside it too.
    weight = np.exp(change.ravel() / -_FLAT) + 1e-3
    weights = np.bincount(flat, weight, count)
    place = np.zeros(count, np.int64)
    odd = np.zeros(labels.shape, bool)
    for channel, bins in enumerate(_BINS):
        mean = np.bincount(flat, weight * lab[..., channel].ravel(), count) / weights
        odd |= np.abs(lab[..., channel] - mean[labels]) > _FLAT
        place = place * bins + np.minimum(mean * bins / 256, bins - 1).astype(np.int64)
    sides = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    one, two = _neighbours(labels)
    pair, length = np.unique(
        np.concatenate([one * count + two, two * count + one]), return_counts=True
    )
    return _Pieces(
        labels,
        place,
        area,
        owners.ravel()[first],
        odd,
        np.bincount(sides, minlength=count).astype(np.float64),
        pair // count,
        pair % count,
        length.astype(np.float64),
    )


def _regions(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of regions of even colour, the picture in 8-bit L, a, b, and how much that changes.

    They are int64 ``[h, w]``, uint8 ``[h, w, 3]`` and uint8 ``[h, w]``, from pixel to pixel.

    What changes little from pixel to pixel is flooded outwards until floods meet (Meyer, "Color
    image segmentation", 1992): a thin ink line is shared out to both sides.
    """
    picture = cv2.medianBlur(np.ascontiguousarray(picture), 3)
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    around = np.ones((3, 3), np.uint8)
    change = (cv2.dilate(lab, around) - cv2.erode(lab, around)).max(axis=2)
    even = (change < _FLAT).astype(np.uint8)
    count, seeds, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    kept = stats[:, cv2.CC_STAT_AREA] >= _LEAST_REGION
    kept[0] = False
    number = np.zeros(count, np.int32)
    number[kept] = np.arange(1, kept.sum() + 1)
    seeds = number[seeds]
    away = cv2.distanceTransform((seeds == 0).astype(np.uint8), cv2.DIST_L2, 3)
    _, thick = cv2.connectedComponents((away > _THICK).astype(np.uint8), connectivity=8)
    seeds = np.where(thick > 0, thick + int(kept.sum()), seeds).astype(np.int32)
    if not seeds.any():
        return np.zeros(seeds.shape, np.int64), lab, change
    cv2.watershed(picture, seeds)
    open_ = seeds <= 0
    _, nearest = cv2.distanceTransformWithLabels(
        open_.astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    value = np.zeros(nearest.max() + 1, np.int64)
    value[nearest[~open_]] = seeds[~open_]
    return value[nearest], lab, change


def _cut(regions: np.ndarray, owners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Regions cut by masks, as numbers from 0, and where in the picture each one's first pixel is.

    Outside the masks, what is left of a region falls into the parts that hang together.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    top = owners.max() + 2
    cut = regions * top + owners + 1
    owned = np.zeros(regions.max() + 1, bool)
    owned[regions[owners >= 0]] = True
    loose = owned[regions] & (owners < 0)
    places = np.flatnonzero(loose)
    if len(places):
        index = np.full(loose.shape, -1, np.int64)
        index.ravel()[places] = np.arange(len(places))
        pairs = []
        for one, two in (
            (np.s_[:, :-1], np.s_[:, 1:]),
            (np.s_[:-1], np.s_[1:]),
        ):
            joined = (index[one] >= 0) & (index[two] >= 0) & (regions[one] == regions[two])
            pairs.append((index[one][joined], index[two][joined]))
        one, two = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
        links = coo_matrix((np.ones(len(one), np.int8), (one, two)), shape=(len(places),) * 2)
        cut.ravel()[places] = cut.max() + 1 + connected_components(links, directed=False)[1]
    _, first, labels = np.unique(cut, return_index=True, return_inverse=True)
    return labels.reshape(cut.shape).astype(np.int32), first


def _neighbours(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of numbers that lie side by side, one for each two pixels."""
    pairs = []
    for one, two in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        differ = one != two
        pairs.append((one[differ].astype(np.int64), two[differ].astype(np.int64)))
    return tuple(np.concatenate(parts) for parts in zip(*pairs, strict=True))
