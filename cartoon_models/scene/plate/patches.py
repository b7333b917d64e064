"""A picture at one scale, and its patches as short vectors, for filling holes by copying."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

RADII = (3, 2, 1)  # patches of 7 x 7, or smaller ones where the background is cut up
PAD = 8  # pixels around the picture; what reaches over the edge lands there, and is no source
SEARCHED_SIDE = 640  # of a larger scale, the offsets found below are only refined
_GUESSED_SIDE = 192  # the longer one, at the coarsest scale
_SMALLEST_SIDE = 16
_FEWEST_SOURCES = 16
# Of four pixels that become one, so many have to be known. Were it all, the hole would be larger in
# small pictures, and what ends before its rim would seem to run into it.
_KNOWN = 2
_AROUND = (15, 15)  # pixels around one: about two patches
_USABLE = 0.7  # the share of the sources that are to be the middle of a whole patch
# Lightness and two chroma axes, orthonormal, so that distances stay those of RGB.
_OPPONENT = np.float32(
    [[3**-0.5, 3**-0.5, 3**-0.5], [2**-0.5, 0, -(2**-0.5)], [6**-0.5, -2 * 6**-0.5, 6**-0.5]]
)


@dataclass(frozen=True, eq=False)
class Scale:
    """A picture halved some times, with `PAD` mirrored pixels around it.

    Attributes:
        image: float32 ``[h, w, 3]``.
        unknown: bool ``[h, w]``: most of the full picture's pixels under it are in the hole.
        wanted: bool ``[h, w]``: any of them is to be filled.
        sources: bool ``[h, w]``: centres of patches that hold nothing but sources.
        radius: of the patches, which are ``2 * radius + 1`` pixels wide.
        expected: float32 ``[h, w, 4]``: colours that are expected around each pixel, and how much
            they count; None: none are, or nothing is searched for.
        around: float32 ``[h, w, 3]``: the colours around each pixel, to compare with those.
    """

    image: np.ndarray
    unknown: np.ndarray
    wanted: np.ndarray
    sources: np.ndarray
    radius: int
    expected: np.ndarray | None = None
    around: np.ndarray | None = None

    @property
    def width(self) -> int:
        return self.image.shape[1]

    @property
    def side(self) -> int:
        """The longer one of the picture itself."""
        return max(self.image.shape[:2]) - 2 * PAD


def scales(
    picture: np.ndarray,
    unknown: np.ndarray,
    wanted: np.ndarray,
    sources: np.ndarray,
    copies: np.ndarray | None = None,
    expected: np.ndarray | None = None,
) -> list[Scale]:
    """From full size down to a small picture; [] where there is no whole patch to copy at all.

    See `patchmatch.patchmatch` for the arguments.
    """
    copies = np.ones_like(sources) if copies is None else copies
    parts = [(picture, unknown, wanted, sources, copies)]
    while max(picture.shape[:2]) > _GUESSED_SIDE and min(picture.shape[:2]) >= 2 * _SMALLEST_SIDE:
        picture, unknown = halved(picture, unknown, _KNOWN)
        wanted = _halved(wanted.astype(np.float32)) > 0
        sources = _halved(sources.astype(np.float32)) == 4
        copies = _halved(copies.astype(np.float32)) == 4
        parts.append((picture, unknown, wanted, sources, copies))
    for *_, sources, copies in reversed(parts):
        usable = [int((_whole(sources, radius) & copies).sum()) for radius in RADII]
        if usable[-1] >= _FEWEST_SOURCES:
            break
        parts.pop()
    if not parts:
        return []
    # Large patches hold patterns together; small ones find more where the background is cut up.
    enough_of = _USABLE * (sources & copies).sum()
    wanted_count = (max(_FEWEST_SOURCES, enough_of), _FEWEST_SOURCES, 0)
    radius = next(
        radius
        for radius, count, enough in zip(RADII, usable, wanted_count, strict=True)
        if count >= enough
    )
    made = []
    for part in parts:
        is_searched = max(part[0].shape[:2]) <= SEARCHED_SIDE or part is parts[-1]
        made.append(_scale(*part, radius, expected if is_searched else None))
    return made


def halved(
    picture: np.ndarray, unknown: np.ndarray, enough: int = 4
) -> tuple[np.ndarray, np.ndarray]:
    """Means of what is known of 2 x 2 pixels, and of which of them less is known than enough."""
    known = _halved((~unknown).astype(np.float32))
    picture = _halved(np.where(unknown[..., None], 0, picture))
    picture /= np.maximum(known, 1)[..., None]
    return picture, known < np.minimum(enough, _halved(np.ones_like(unknown, np.float32)))


def descriptors(image: np.ndarray, radius: int, luma: int, chroma: int) -> Iterator[np.ndarray]:
    """One number per pixel at a time about the patch around it: its lowest cosine frequencies.

    The squared distance of two patches' numbers is close to the mean squared difference of their
    values, because the cosine transform is orthonormal and pictures have little energy above.

    Args:
        luma: frequencies (u, v) with u + v below this, of lightness.
        chroma: the same, of each of the two chroma axes.
    """
    import cv2

    side = 2 * radius + 1
    place = (2 * np.arange(side) + 1) * np.pi / (2 * side)
    waves = [np.cos(place * u) * ((1 if u == 0 else 2) / side) ** 0.5 for u in range(side)]
    waves = [np.float32(wave / (side * 3**0.5) ** 0.5) for wave in waves]
    planes = cv2.transform(image, _OPPONENT)
    for channel, count in enumerate((luma, chroma, chroma)):
        plane = np.ascontiguousarray(planes[..., channel])
        count = min(count, side)
        for u in range(count):
            for v in range(count - u):
                yield cv2.sepFilter2D(plane, -1, waves[u], waves[v], borderType=_REFLECTED)


def repadded(image: np.ndarray) -> np.ndarray:
    """The same with its padding mirrored anew from what it holds now."""
    import cv2

    inner = image[PAD:-PAD, PAD:-PAD]
    return cv2.copyMakeBorder(inner, PAD, PAD, PAD, PAD, _REFLECTED)


_SPATIAL = ((PAD, PAD), (PAD, PAD), (0, 0))
_REFLECTED = 4  # cv2.BORDER_REFLECT_101, without importing OpenCV


def _scale(
    picture: np.ndarray,
    unknown: np.ndarray,
    wanted: np.ndarray,
    sources: np.ndarray,
    copies: np.ndarray,
    radius: int,
    expected: np.ndarray | None,
) -> Scale:
    import cv2

    image = cv2.copyMakeBorder(np.ascontiguousarray(picture), *(PAD,) * 4, _REFLECTED)
    whole = np.pad(_whole(sources, radius) & copies, PAD)
    around = None
    if expected is not None:
        height, width = unknown.shape
        known = cv2.blur(1 - unknown.astype(np.float32), _AROUND)
        around = cv2.blur(np.where(unknown[..., None], 0, picture), _AROUND)
        around = np.pad(around / np.maximum(known, 1e-6)[..., None], _SPATIAL)
        expected = cv2.resize(expected, (width, height), interpolation=cv2.INTER_AREA)
        expected = np.pad(cv2.blur(expected, _AROUND), _SPATIAL)
    sizes = np.pad(unknown, PAD), np.pad(wanted, PAD)
    return Scale(image, *sizes, whole, radius, expected, around)


def _whole(sources: np.ndarray, radius: int) -> np.ndarray:
    """Where the patch around a pixel holds nothing but sources."""
    import cv2

    patch = np.ones((2 * radius + 1,) * 2, np.uint8)
    return cv2.erode(np.pad(sources, PAD).astype(np.uint8), patch)[PAD:-PAD, PAD:-PAD] > 0


def _halved(values: np.ndarray) -> np.ndarray:
    """Sums of 2 x 2 pixels; past the end of odd sides there is nothing."""
    if values.shape[0] % 2 or values.shape[1] % 2:
        pad = [(0, values.shape[0] % 2), (0, values.shape[1] % 2)] + [(0, 0)] * (values.ndim - 2)
        values = np.pad(values, pad)
    rows = values[0::2] + values[1::2]
    return rows[:, 0::2] + rows[:, 1::2]
