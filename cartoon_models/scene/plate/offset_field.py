"""Where each pixel of a hole is copied from, at one scale: painted, searched, handed on."""

from __future__ import annotations

import numpy as np

from .exemplar import TOLERATED, exemplar_guess
from .patches import PAD, Scale, descriptors, repadded
from .refined import SEAM, are_sources, doubled, lay_coarse

_EXACT_PAIRS = 3e8  # all patches are compared with all sources up to so many pairs
_CHUNK = 2**22  # pairs at a time
_FREQUENCIES = (5, 2)  # of lightness and of chroma, by which patches are compared
_TELLING = (0, 1, 5, 15, 18)  # of these: means, and where lightness falls
_JUMPS = (1, 4)  # how far offsets spread at once, in pixels; at most PAD
# In squared colour: what a source pays for lying one longer side of the picture away. Backgrounds
# are more alike along a row than along a column: sky, hills, ground.
_FAR_ACROSS, _FAR_ALONG = 2e-2, 1e-1
# What a source pays, in squared colour, for each by which what is around it is not as expected.
_UNEXPECTED = 0.3
_GUESSED = 4  # times that, while little of a patch is known

_Described = tuple[np.ndarray, np.ndarray]


class OffsetField:
    """Offsets of all pixels whose patch touches the hole, as a list.

    An offset is a difference of positions in the flattened image. It is the same number for the
    same step wherever the source is one, because the padding keeps rows apart.
    """

    def __init__(self, scale: Scale, reach: int | None) -> None:
        """Args:
        reach: pixels of the hole around its wanted part that are worked on, too; None: all.
        """
        import cv2

        self.scale = scale
        part = scale.unknown.astype(np.uint8)
        if reach is not None:
            near = np.ones((2 * reach + 1,) * 2, np.uint8)
            part &= cv2.dilate(scale.wanted.astype(np.uint8), near)
        touched = cv2.dilate(part, np.ones((2 * scale.radius + 1,) * 2, np.uint8)) > 0
        inside = np.zeros_like(touched)
        inside[PAD:-PAD, PAD:-PAD] = True
        self.places = np.flatnonzero(touched & inside)
        self.index = np.full(touched.size, -1, np.int64)
        self.index[self.places] = np.arange(len(self.places))
        self.in_hole = scale.unknown.ravel()[self.places]
        self.is_source = scale.sources.ravel()
        self.source_places = np.flatnonzero(self.is_source)
        away = cv2.distanceTransform(scale.unknown.astype(np.uint8), cv2.DIST_L2, 3)
        self.trust = 1.3 ** -np.minimum(away.ravel()[self.places], 40)
        steps = (-1, 1, -scale.width, scale.width)
        self.next_to = np.stack([self.index[self.places + step] for step in steps])
        self.beside = np.maximum(1, (self.next_to >= 0).sum(0)).astype(np.float32)
        self.expected = self.counting = None
        if scale.expected is not None:
            self.expected = scale.expected.reshape(-1, 4)[self.places]
            self.counting = np.float32(_UNEXPECTED) * self.expected[:, 3]
        self.image = scale.image.copy()
        price = np.float32([_FAR_ALONG, _FAR_ACROSS]) ** 0.5 / scale.side
        rows, columns = np.divmod(np.arange(touched.size), scale.width)
        self.where = np.stack([rows * price[0], columns * price[1]], axis=1).astype(np.float32)
        self.known = self._described(scale.image, slice(None))
        self.offsets = np.zeros(len(self.places), np.int64)
        self.costs = np.zeros(len(self.places), np.float32)

    def start(self, rng: np.random.Generator) -> None:
        """From nothing: patches copied from the rim in, one by one."""
        far = _GUESSED * _FAR_ALONG, _GUESSED * _FAR_ACROSS
        image, origin = exemplar_guess(self.scale, far, _GUESSED * _UNEXPECTED)
        self.image = repadded(image)
        found = origin.ravel()[self.places]
        lost = ~(self.in_hole & self.is_source[found])
        found[lost] = self._nearest(self._described(self.image, self.places[lost]))
        self.offsets = found - self.places

    def start_from(self, coarse: OffsetField, rng: np.random.Generator) -> None:
        """From twice the offsets of the next coarser scale."""
        self.offsets, self.costs = doubled(self.scale, self.places, coarse, rng)
        lay_coarse(self.image, self.scale.unknown, coarse.image)
        self.paint(vote=True)

    def paint(self, vote: bool) -> None:
        """Paint the hole: each pixel as its own offset says, or as all patches over it vote."""
        hole = self.places[self.in_hole]
        colors = self.scale.image.reshape(-1, 3)
        flat = self.image.reshape(-1, 3)
        if not vote:
            flat[hole] = colors[(self.places + self.offsets)[self.in_hole]]
        else:
            spread = max(float(np.quantile(self.costs, 0.75)), 1e-5)
            weights = (self.trust * np.exp(-self.costs / spread)).astype(np.float32)
            sums = np.zeros((len(hole), 4), np.float32)
            # A voter's patch holds sources only, so its offset is good for pixels of it, too.
            reach = range(-min(2, self.scale.radius), min(2, self.scale.radius) + 1)
            for down in reach:
                for right in reach:
                    voter = self.index[hole + down * self.scale.width + right]
                    weight = np.where(voter < 0, 0, weights[voter])[:, None]
                    sums[:, :3] += weight * colors.take(
                        hole + self.offsets[voter], axis=0, mode="clip"
                    )
                    sums[:, 3:] += weight
            flat[hole] = sums[:, :3] / np.maximum(sums[:, 3:], 1e-12)
        self.image = repadded(self.image)

    def search(self, rng: np.random.Generator, sweeps: int) -> None:
        """Better offsets for the patches as they are painted now."""
        wanted = self._described(self.image, self.places)
        self.costs = self._differences(wanted, self.places + self.offsets)
        width = self.scale.width
        spans = _spans(self.scale.side)
        for _ in range(sweeps):
            for jump in _JUMPS:
                for step in (-jump, jump, -jump * width, jump * width):
                    neighbour = self.index[self.places + step]
                    offsets = np.where(neighbour < 0, self.offsets, self.offsets[neighbour])
                    self._try(wanted, offsets)
            for span in spans:
                down, right = rng.integers(-span, span + 1, (2, len(self.places)))
                self._try(wanted, self.offsets + down * width + right)

    def _try(self, wanted: _Described, offsets: np.ndarray) -> None:
        found = self.places + offsets
        maybe = np.flatnonzero((offsets != self.offsets) & are_sources(self.is_source, found))
        offsets, found = offsets[maybe], found[maybe]
        beside = self.next_to[:, maybe]
        theirs = self.offsets[beside]
        change = (theirs != offsets).astype(np.int8) - (theirs != self.offsets[maybe])
        change[beside < 0] = 0
        bound = self.costs[maybe] - SEAM * change.sum(0, dtype=np.int8) / self.beside[maybe]
        # Of most the first numbers say enough.
        costs = self._apart(wanted, found, maybe, first=True)
        left = np.flatnonzero(costs < bound)
        maybe, offsets, bound = maybe[left], offsets[left], bound[left]
        costs = costs[left] + self._apart(wanted, found[left], maybe, first=False)
        better = costs < bound
        self.offsets[maybe[better]] = offsets[better]
        self.costs[maybe[better]] = costs[better]

    def _differences(self, wanted: _Described, found: np.ndarray) -> np.ndarray:
        """Of each patch and a source: mean squared colour, and the prices of distance and of
        surroundings that are not as expected."""
        parts = (self._apart(wanted, found, slice(None), first) for first in (True, False))
        return sum(parts).astype(np.float32)

    def _apart(
        self, wanted: _Described, found: np.ndarray, which: np.ndarray | slice, first: bool
    ) -> np.ndarray:
        """The one half of that sum or the other."""
        away = wanted[not first][which] - self.known[not first][found]
        differences = np.einsum("nd,nd->n", away, away)
        if not first and self.expected is not None:
            away = self.expected[which][:, :3] - self.scale.around.reshape(-1, 3)[found]
            away = np.einsum("nd,nd->n", away, away) / 3 - TOLERATED
            differences += self.counting[which] * np.maximum(away, 0)
        return differences

    def _nearest(self, wanted: _Described) -> np.ndarray:
        """The best source of each patch, all compared with all."""
        known = np.concatenate([part[self.source_places] for part in self.known], axis=1)
        wanted = np.concatenate(wanted, axis=1)
        lengths = (known * known).sum(1) / 2
        best = np.empty(len(wanted), np.int64)
        step = max(1, int(_CHUNK / len(known)))
        for first in range(0, len(wanted), step):
            likeness = wanted[first : first + step] @ known.T - lengths
            best[first : first + step] = likeness.argmax(1)
        return self.source_places[best]

    def _described(self, image: np.ndarray, places: np.ndarray | slice) -> _Described:
        """Patches of an image, the two halves of their numbers; the first has the place, too."""
        planes = descriptors(image, self.scale.radius, *_FREQUENCIES)
        planes = [plane.ravel()[places] for plane in planes]
        first = [plane for number, plane in enumerate(planes) if number in _TELLING]
        rest = [plane for number, plane in enumerate(planes) if number not in _TELLING]
        first += list(self.where[places].T)
        return np.stack(first, axis=1), np.stack(rest, axis=1)


def _spans(side: int) -> list[int]:
    """How far the random search looks, from everywhere to next door."""
    spans = [max(1, side // 2)]
    while spans[-1] > 1:
        spans.append(max(1, spans[-1] // 4))
    return spans
