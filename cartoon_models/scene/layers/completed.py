"""Masks with the pieces that a network left out: a hand, an ear, a strip of a sleeve.

A piece that stays on the plate stands still while the character moves. Drawn pictures consist of
regions of even colour between edges and ink lines, so what is missing is a whole region or what a
mask left of one. Which of them belong to a mask is decided by colour and contact, in the manner of
Rother, Kolmogorov and Blake, "GrabCut", SIGGRAPH 2004, section 3 (colours of the inside against
colours of the outside, again and again), on regions instead of pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ...instances.data import MASK_THRESHOLD
from .pixels import box_of, grown
from .regions import BINS, Pieces, cut_regions

_LONGEST = 1280  # pixels of the side at which regions are looked for
_LINE = 1  # pixels of a thin outline that the outside may have got
_SLIVER = 2  # pixels from a mask's edge to which it is not certain
_ROUNDS = 4  # what was added shows the way to what lies behind it
_ALIKE = 1.25  # bins of a histogram of colours: what its blur counts as alike
# Weights of the evidence, by logistic regression on the regions beside found masks in 75 pictures:
# scenes of training/toon and compositions of clip art.
_CONTACT, _SEEN, _SHARE, _AREA, _BIAS = 1.35, 0.3, 0.36, -0.21, -2.78
_SURE = 0.8  # log-odds; at more, less is stolen from the background and more left behind
# Of a scrap, of less than this share of a mask's pixels, less is to be gained: it takes more to be
# added, so that masks that are exact get little that is not theirs.
_SCRAP, _DOUBTED = 0.01, 0.7
_ELSEWHERE = 0.05  # share of an island's pixels: as many that look like it are none
_LEAST_CONTACT = 0.15  # share of a piece's border
_LARGEST = 0.5  # share of a mask's pixels that one piece has at most


def completed_masks(colors: np.ndarray, masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Masks with the drawn regions beside them that have their colours and not the background's.

    A region is added to the mask that it touches most if much of its border touches masks and its
    colour is one of that mask's and not one of what lies outside all masks elsewhere: sky between
    two legs, grass and leaves stay. What masks enclose is added too if nothing outside looks like
    it. Nothing is taken away from a mask.

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
    pieces = cut_regions(picture, _owners([_resized(mask, size) for mask in masks]))
    owner = pieces.owner.copy()
    for _ in range(_ROUNDS):
        wins, to = _evidence(pieces, owner, len(masks))
        added = (owner < 0) & (wins > _SURE)
        if not added.any():
            break
        owner[added] = to[added]
    _add_islands(pieces, owner)
    free = (pieces.owner < 0)[pieces.labels].astype(np.uint8)
    away = cv2.distanceTransform(free, cv2.DIST_L2, 3)
    for index, mask in enumerate(masks):
        added = (owner == index) & (pieces.owner != index)
        if added.any():
            whole = _drawn(pieces, added, owner < 0, away)
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


def _evidence(pieces: Pieces, owner: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
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
    fits = (contact > _LEAST_CONTACT) & (area <= _LARGEST * own_area[to])
    odds = odds - _DOUBTED * (area < _SCRAP * own_area[to])
    return np.where(fits, odds, -np.inf), to


def _add_islands(pieces: Pieces, owner: np.ndarray) -> None:
    """Gives what masks enclose to that with the longest border, if nothing outside looks like it.

    Through a hole between an arm and a body the background is seen, which goes on elsewhere.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    count = len(owner)
    free = owner < 0
    one, two = pieces.first, pieces.second
    within = free[one] & free[two]
    links = coo_matrix((np.ones(within.sum(), np.int8), (one[within], two[within])), (count,) * 2)
    island = connected_components(links, directed=False)[1]
    area = np.bincount(island[free], pieces.area[free], count)
    edge = np.bincount(island[free], pieces.edge[free], count)
    alike = _alike(pieces, free)
    looks = np.bincount(island[free], (alike * pieces.area)[free], count)
    # Of all that looks like it no more can be its own than there is of it.
    likely = (area > 0) & (edge == 0) & (looks <= (1 + _ELSEWHERE) * area * area)
    for number in np.flatnonzero(likely):
        chosen = free & (island == number)
        outside = (alike - _alike(pieces, chosen))[chosen]
        border = chosen[one] & (owner[two] >= 0)
        sizes = np.bincount(owner[two[border]], pieces.length[border])
        to = int(sizes.argmax())
        largest = _LARGEST * pieces.area[owner == to].sum()
        if (
            outside @ pieces.area[chosen] <= _ELSEWHERE * area[number] ** 2
            and area[number] <= largest
        ):
            owner[chosen] = to


def _drawn(pieces: Pieces, added: np.ndarray, free: np.ndarray, away: np.ndarray) -> np.ndarray:
    """bool ``[h, w]``: pieces that were added, with what of their outlines went to the outside.

    That is what is nearby and has not the colour of the piece that it was shared out to. Slivers
    along a mask are left out: how its edge runs is for the matte to say.
    """
    whole = added[pieces.labels]
    x1, y1, x2, y2 = box_of(whole, _LINE)
    place = slice(y1, y2), slice(x1, x2)
    part = whole[place]
    part = part | (grown(part, _LINE) & free[pieces.labels[place]] & pieces.odd[place])
    count, parts = cv2.connectedComponents(part.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    kept[parts[away[place] > _SLIVER]] = True
    whole[place] = part & kept[parts]
    return whole


def _alike(pieces: Pieces, chosen: np.ndarray) -> np.ndarray:
    """float64 ``[n]``: pixels of the chosen pieces that have the colour of each piece."""
    from scipy.ndimage import gaussian_filter1d

    amount = np.bincount(pieces.bins[chosen], pieces.area[chosen], np.prod(BINS))
    amount = amount.reshape(BINS).astype(np.float32)
    for axis in range(3):
        amount = gaussian_filter1d(amount, _ALIKE, axis=axis, mode="constant", truncate=3)
    peak = gaussian_filter1d(np.eye(1, 9, 4)[0], _ALIKE, mode="constant", truncate=3)[4] ** 3
    return amount.ravel()[pieces.bins].astype(np.float64) / peak
