"""Holes filled with pieces of the picture, found by PatchMatch from coarse to fine.

At each scale every pixel of the hole holds an offset to where in the background it is copied from.
Offsets spread to neighbours and are varied at random (Barnes et al., "PatchMatch", 2009, section
3), the hole is painted anew as a vote of the patches that overlap it (Wexler et al., "Space-time
completion of video", 2007, section 3), and so on. The next scale starts from twice the offsets.
What is returned are pixels of the full picture, copied by the last offsets, so lines stay sharp.

Two things differ from the papers. Patches are compared by their lowest cosine frequencies rather
than pixel by pixel, a seventh of the numbers. And a pixel whose neighbours have other offsets pays
for the seam, so that pieces are large.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...progress import Progress
from .offset_field import OffsetField
from .patches import PAD, SEARCHED_SIDE, scales
from .refined import RefinedField

_CONTEXT = 12  # pixels around what is wanted that are searched with it
_COARSEST, _SEARCHED, _REFINED = 8, 3, 1  # rounds of painting and searching, or choosing


@dataclass(frozen=True, eq=False)
class Copied:
    """Attributes:
    picture: float32 ``[H, W, 3]``, wanted pixels filled in.
    offsets: int64 ``[H, W, 2]``, (down, right), from a pixel to the one it is a copy of; of
        pixels near what was wanted, too; 0 elsewhere.
    costs: float32 ``[H, W]``: mean squared difference of colour between the patch around a
        pixel and the one around its source.
    """

    picture: np.ndarray
    offsets: np.ndarray
    costs: np.ndarray


def patchmatch(
    picture: np.ndarray,
    unknown: np.ndarray,
    wanted: np.ndarray,
    sources: np.ndarray,
    *,
    copies: np.ndarray | None = None,
    expected: np.ndarray | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Copied | None:
    """Fill a hole with what the sources show.

    Args:
        picture: float32 ``[H, W, 3]``; what is unknown in it is not read.
        unknown: bool ``[H, W]``, the hole.
        wanted: bool ``[H, W]``, the part of it that will be seen.
        sources: bool ``[H, W]``: where patches may be; none of the hole.
        copies: bool ``[H, W]``: the pixels that may be copied; None: of all patches.
        expected: float32 ``[H, W, 4]``: colours that the surroundings of each unknown pixel are to
            have, and how much that counts, 0 to 1; None: not at all.
        seed: for the random search.
        progress: called with (done, total).

    Returns:
        None where no whole patch is left to copy.
    """
    steps = progress or (lambda done, total: None)
    pyramid = scales(picture, unknown, wanted, sources, copies, expected)
    if not pyramid:
        return None
    rng = np.random.default_rng(seed)
    searched = [scale.side <= SEARCHED_SIDE or scale is pyramid[-1] for scale in pyramid]
    rounds = [_SEARCHED if is_searched else _REFINED for is_searched in searched]
    rounds[-1] = _COARSEST
    done, total = 0, sum(rounds)
    field = None
    for scale, is_searched, count in zip(
        reversed(pyramid), reversed(searched), reversed(rounds), strict=True
    ):
        steps(done, total)
        if not is_searched:
            field = RefinedField(scale, field, rng)
            done += count
            continue
        coarse, field = field, OffsetField(scale, None if field is None else _CONTEXT)
        if coarse is None:
            field.start(rng)
        else:
            field.start_from(coarse, rng)
        for number in range(count):
            steps(done, total)
            if number:
                field.paint(vote=True)
            field.search(rng, sweeps=2)
            done += 1
    if isinstance(field, OffsetField):
        field.paint(vote=False)
    steps(total, total)
    return _cropped(field, picture.shape[:2])


def _cropped(field: OffsetField | RefinedField, size: tuple[int, int]) -> Copied:
    width = field.scale.width
    offsets = np.zeros((field.index.size, 2), np.int64)
    found = field.places + field.offsets
    offsets[field.places, 0] = found // width - field.places // width
    offsets[field.places, 1] = found % width - field.places % width
    costs = np.zeros(field.index.size, np.float32)
    costs[field.places] = field.costs
    inner = (slice(PAD, PAD + size[0]), slice(PAD, PAD + size[1]))
    shape = field.scale.image.shape[:2]
    return Copied(
        field.image[inner], offsets.reshape(*shape, 2)[inner], costs.reshape(shape)[inner]
    )
