"""The drawn regions of a picture: what lies between edges and ink lines, cut where masks end."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

BINS = (32, 48, 48)  # of a histogram of colours: for L, a and b
_FLAT = 16  # levels of 256 by which colours change within a region from pixel to pixel
_LEAST_REGION = 6  # pixels without an edge that make a region
_THICK = 4.0  # pixels to the next region from which on ink and texture are regions themselves


@dataclass(frozen=True, eq=False)
class Pieces:
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


def cut_regions(picture: np.ndarray, owners: np.ndarray) -> Pieces:
    """The regions of a picture, each cut into what each mask has of it and what none has.

    What no mask has of a region that masks cut falls into the parts that hang together.

    Args:
        picture: uint8 ``[h, w, 3]``, sRGB.
        owners: int64 ``[h, w]``, the index of the mask that has a pixel; -1: none.
    """
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
    for channel, bins in enumerate(BINS):
        mean = np.bincount(flat, weight * lab[..., channel].ravel(), count) / weights
        odd |= np.abs(lab[..., channel] - mean[labels]) > _FLAT
        place = place * bins + np.minimum(mean * bins / 256, bins - 1).astype(np.int64)
    sides = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    one, two = _neighbours(labels)
    pair, length = np.unique(
        np.concatenate([one * count + two, two * count + one]), return_counts=True
    )
    return Pieces(
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
