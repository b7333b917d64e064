"""Where each pixel of a hole is copied from, at a scale at which nothing new is looked for.

Offsets are those of the next coarser scale, twice as large. Only where pieces of different offsets
meet is there anything to choose, so all else is left out.
"""

from __future__ import annotations

import cv2
import numpy as np

from .patches import PAD, Scale, descriptors, repadded

SEAM = 5e-4  # in squared colour: what a pixel pays when all its neighbours have other offsets
_FREQUENCIES = (3, 1)  # of lightness and of chroma, by which patches are compared here
_NEAR = 2  # pixels from a seam: one sweep moves it no farther


class RefinedField:
    """Offsets of all wanted pixels of a hole and of those around it, as a list.

    Attributes:
        scale: the picture.
        places: int ``[N]``: positions in the flattened image.
        index: int ``[pixels]``: their numbers, -1 elsewhere.
        offsets: int ``[N]``: from a place to the one it is copied from.
        costs: float32 ``[N]``: squared difference of the patches around the two; away from seams
            as it was at the coarser scale.
        image: float32 ``[h, w, 3]``, painted so.
    """

    def __init__(self, scale: Scale, coarse, rng: np.random.Generator) -> None:
        """Args:
        coarse: the field of the next coarser scale, an `OffsetField` or another of these.
        rng: chooses where the coarser scale says nothing.
        """
        self.scale = scale
        wanted = (scale.unknown & scale.wanted).astype(np.uint8)
        touched = cv2.dilate(wanted, np.ones((3, 3), np.uint8)) > 0
        touched[:PAD] = touched[-PAD:] = touched[:, :PAD] = touched[:, -PAD:] = False
        self.places = np.flatnonzero(touched)
        self.index = np.full(touched.size, -1, np.int64)
        self.index[self.places] = np.arange(len(self.places))
        self.is_source = scale.sources.ravel()
        self.offsets, self.costs = doubled(scale, self.places, coarse, rng)
        self.image = scale.image.copy()
        if (scale.unknown & ~scale.wanted).any():  # patches reach there
            lay_coarse(self.image, scale.unknown, coarse.image)
        self._paint(np.flatnonzero(scale.unknown.ravel()[self.places]))
        self.image = repadded(self.image)
        near = self._near_seams()
        if len(near):
            self._choose(near)
            self._paint(near[scale.unknown.ravel()[self.places[near]]])

    def _paint(self, which: np.ndarray) -> None:
        places = self.places[which]
        self.image.reshape(-1, 3)[places] = self.scale.image.reshape(-1, 3)[
            places + self.offsets[which]
        ]

    def _near_seams(self) -> np.ndarray:
        """The numbers of places close to where offsets differ."""
        shape = self.scale.unknown.shape
        field = np.full(self.index.size, np.iinfo(np.int64).min)
        field[self.places] = self.offsets
        field, there = field.reshape(shape), (self.index >= 0).reshape(shape)
        seam = np.zeros(shape, np.uint8)
        for first, second in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
            differs = (field[first] != field[second]) & there[first] & there[second]
            seam[first] |= differs
            seam[second] |= differs
        seam = cv2.dilate(seam, np.ones((2 * _NEAR - 1,) * 2, np.uint8))
        return np.flatnonzero(seam.ravel()[self.places])

    def _choose(self, near: np.ndarray) -> None:
        """Whether a neighbour's offset is better there than its own."""
        places, index = self.places[near], self.index
        painted = list(descriptors(self.image, self.scale.radius, *_FREQUENCIES))
        known = list(descriptors(self.scale.image, self.scale.radius, *_FREQUENCIES))
        wanted = [plane.ravel()[places] for plane in painted]
        known = [plane.ravel() for plane in known]

        def differences(found: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
            pairs = zip(wanted, known, strict=True)
            return sum((one[which] - other[found]) ** 2 for one, other in pairs)

        costs = differences(places + self.offsets[near], slice(None))
        steps = (-1, 1, -self.scale.width, self.scale.width)
        next_to = np.stack([index[places + step] for step in steps])
        beside = np.maximum(1, (next_to >= 0).sum(0)).astype(np.float32)
        for neighbour in next_to:
            own = self.offsets[near]
            theirs = np.where(neighbour < 0, own, self.offsets[neighbour])
            maybe = np.flatnonzero(theirs != own)
            found = places[maybe] + theirs[maybe]
            maybe = maybe[are_sources(self.is_source, found)]
            theirs, around = theirs[maybe], self.offsets[next_to[:, maybe]]
            change = (around != theirs).astype(np.int8) - (around != own[maybe])
            change[next_to[:, maybe] < 0] = 0
            better = differences(places[maybe] + theirs, maybe)
            seam = SEAM * change.sum(0, dtype=np.int8) / beside[maybe]
            chosen = better + seam < costs[maybe]
            self.offsets[near[maybe[chosen]]] = theirs[chosen]
            costs[maybe[chosen]] = better[chosen]
        self.costs[near] = costs


def are_sources(is_source: np.ndarray, found: np.ndarray) -> np.ndarray:
    """bool ``[n]``: whether positions are in the image, and sources."""
    return is_source.take(found, mode="clip") & (found >= 0) & (found < is_source.size)


def doubled(
    scale: Scale, places: np.ndarray, coarse, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Twice the offsets of the next coarser scale, as those of these places, and their costs."""
    width, coarse_width = scale.width, coarse.scale.width
    rows, columns = np.divmod(places, width)
    parents = ((rows - PAD) // 2 + PAD) * coarse_width + (columns - PAD) // 2 + PAD
    chosen = coarse.index[parents]
    # Of each coarser place, not of each of the four that it becomes.
    sources = coarse.places + coarse.offsets
    down = sources // coarse_width - coarse.places // coarse_width
    right = sources % coarse_width - coarse.places % coarse_width
    offsets = (2 * (down * width + right))[chosen]
    is_source = scale.sources.ravel()
    lost = (chosen < 0) | ~are_sources(is_source, places + offsets)
    if lost.any():
        offsets[lost] = rng.choice(np.flatnonzero(is_source), int(lost.sum())) - places[lost]
    return offsets, coarse.costs[chosen]


def lay_coarse(image: np.ndarray, unknown: np.ndarray, coarse: np.ndarray) -> None:
    """What is unknown of an image, in place, as a coarser one has it."""
    inner = image[PAD:-PAD, PAD:-PAD]
    large = cv2.resize(
        coarse[PAD:-PAD, PAD:-PAD], None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR
    )[: inner.shape[0], : inner.shape[1]]
    np.copyto(inner, large, where=unknown[PAD:-PAD, PAD:-PAD, None])
