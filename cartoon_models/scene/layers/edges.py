"""Where exactly the edge of something drawn runs, and how soft it is.

A segmenter's mask is a pixel or two off and hazy; moved before another background, that shows as a
rim. Drawings have opaque things with crisp edges, so a mask is trusted only away from its edge. In
a band around it each pixel is compared with the background just outside: what the background does
not explain (the ink of an outline first of all) belongs to the character, in the share in which
it differs. Where the background has no clear colour of its own the mask decides.
"""

from __future__ import annotations

import cv2
import numpy as np

from .pixels import as_bytes, extremes, grown, is_ink, shrunk, spread

_DIRECTIONS = [(dx, dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy]
# Difference in RGB (largest channel) that encoders and scaling leave in an even colour.
_NOISE = 0.02
# So many times more than noise has to differ before colours say where an edge is.
_CLEAR = (2.0, 4.0)
# And a colour is no mix of two others from so far off the line between them (largest channel).
_OFF_LINE = (0.16, 0.06)
# A colour this far (largest channel) from all that is found within so many times the reach of an
# edge is foreign there.
_FOREIGN, _AROUND = (0.06, 0.14), 6
_RIM = 1  # pixels beside ink that are its rim
_KIN = 0.04  # colours of a thing are no farther from those that it has inside
# A mask that changes by this much from pixel to pixel knows its edge.
_CRISP = (0.3, 0.6)


def refined_edge(
    colors: np.ndarray,
    mask: np.ndarray,
    inside: np.ndarray,
    hidden: np.ndarray,
    unseen: np.ndarray,
    reach: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The share of a thing in each pixel.

    Args:
        colors: float32 ``[H, W, 3]``, 0 to 1.
        mask: float32 ``[H, W]``, 0 to 1, of which the edge is not quite right.
        inside: bool ``[H, W]``: the mask without what is hidden.
        hidden: bool ``[H, W]``: what things before it cover.
        unseen: bool ``[H, W]``: pixels whose colours mean nothing.
        reach: pixels to either side that the edge may be off.

    Returns:
        float32 ``[H, W]``, the share, which means nothing where it is hidden; and float32
        ``[H, W]``, 0 where the thing looks like what is around it, so that no mix can be seen.
    """
    outside = ~grown(inside, reach) & ~hidden
    band = ~outside & ~shrunk(inside | hidden, reach) & ~hidden
    looked_at = grown(inside, reach + 3) & ~shrunk(inside | hidden, reach + 3) & ~hidden
    difference, behind, known = _difference(colors, outside & ~unseen, looked_at, reach)
    # Where the background just outside is not like itself, being unlike it is no evidence.
    ring = outside & looked_at & known
    around = np.ones((2 * reach + 3,) * 2, np.uint8)
    noise = _NOISE + cv2.blur(cv2.dilate(np.where(ring, difference, 0), around), (5, 5))
    unlike = np.where(outside, 0, difference)
    contrast = cv2.dilate(unlike, np.ones((2 * reach + 1,) * 2, np.uint8))
    highest, pure = _highest(colors, unlike, looked_at)
    share = np.clip(difference / np.maximum(highest, 1e-6), 0, 1)
    share *= _step(difference / noise, 0.5, 1.5)
    # Nor is a colour that is no mix of the two sides, unless it is one of them.
    off_line = _largest(colors - behind - share[..., None] * (pure - behind))
    trust = _step(contrast / noise, *_CLEAR) * known
    trust = cv2.blur(cv2.erode(trust, np.ones((3, 3), np.uint8)), (3, 3))
    trust *= _step(off_line, *_OFF_LINE)
    # The mask itself where it is crisp, and a crisp edge at its 0.5 where it is a haze.
    local = cv2.dilate(mask, np.ones((3, 3), np.uint8)) - cv2.erode(mask, np.ones((3, 3), np.uint8))
    crisp = _step(local, *_CRISP)
    hard = cv2.blur((inside | hidden).astype(np.float32), (3, 3))
    prior = crisp * mask + (1 - crisp) * hard
    # But a colour that the background has nowhere around is the thing's, mask or no mask.
    prior = np.maximum(prior, _foreign_share(colors, outside & ~unseen, inside, reach))
    share = trust * share + (1 - trust) * prior
    # What the background cannot be followed into lies within the outline, whatever its colour.
    reached = spread(outside, band & (share < 0.5), 2 * reach + 2)
    share[band & ~grown(reached, 1)] = 1
    # And what hangs together with nothing of the inside is a detail of the background.
    core = spread(shrunk(inside | hidden, reach) | (inside & (share > 0.5)), share > 0.1, reach)
    share[~grown(core, 1)] = 0
    alpha = np.where(band, share, inside & ~outside).astype(np.float32)
    return alpha, np.where(known, _step(contrast / _NOISE, *_CLEAR), 1)


def with_foreign(
    colors: np.ndarray, inside: np.ndarray, hidden: np.ndarray, unseen: np.ndarray, reach: int
) -> np.ndarray:
    """A mask with what clings to its edge in colours that the background around does not have.

    An outline that a mask misses by more than an edge can be off is found so, whatever the
    background looks like; see `refined_edge` for the arguments. Returns bool ``[H, W]``.
    """
    outside = ~grown(inside, 2 * reach) & ~hidden & ~unseen
    foreign = (_foreign_share(colors, outside, inside, reach) > 0.5) & ~hidden & ~unseen
    # Where a mask ends in ink it has its outline.
    begun = inside & ~grown(inside & is_ink(colors), _RIM)
    return inside | spread(begun, foreign & ~outside & ~inside, 2 * reach)


def _difference(
    colors: np.ndarray, outside: np.ndarray, wanted: np.ndarray, reach: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How far the colours of wanted pixels are from similar ones just outside, and from which.

    Returns:
        float32 ``[H, W]``, the largest difference of a channel; float32 ``[H, W, 3]``, the colour
        just outside; bool ``[H, W]``, where there are any.
    """
    height, width = wanted.shape
    rows, columns = np.nonzero(wanted)
    flat = colors.reshape(-1, 3)
    own = flat.take(rows * width + columns, axis=0)
    # The third best of those outside: an outline that the mask missed is thin and met by few.
    least = np.full((3, len(rows)), np.inf, np.float32)
    where = np.zeros((3, len(rows)), np.intp)
    for step in (reach + 1, 2 * reach + 1, 3 * reach + 2):
        for dx, dy in _DIRECTIONS:
            there = rows + dy * step, columns + dx * step
            valid = (there[0] >= 0) & (there[0] < height) & (there[1] >= 0) & (there[1] < width)
            there = there[0].clip(0, height - 1), there[1].clip(0, width - 1)
            valid &= outside[there]
            index = there[0] * width + there[1]
            far = np.where(valid, _largest(own - flat.take(index, axis=0)), np.inf)
            for best, at in zip(least, where, strict=True):
                is_better = far < best
                best[:], far = np.where(is_better, far, best), np.where(is_better, best, far)
                at[:], index = np.where(is_better, index, at), np.where(is_better, at, index)
    is_known = np.isfinite(least[2])
    difference = np.zeros(wanted.shape, np.float32)
    difference[rows, columns] = np.where(is_known, least[2], 0)
    behind = colors.copy()
    behind[rows, columns] = flat[where[2]]
    known = np.zeros(wanted.shape, bool)
    known[rows, columns] = is_known
    return difference, behind, known


def _highest(
    colors: np.ndarray, difference: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The largest difference within two pixels of wanted ones, and the colour that has it."""
    rows, columns = np.nonzero(wanted)
    padded = cv2.copyMakeBorder(difference, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=-1)
    best = difference[rows, columns]
    at = rows * difference.shape[1] + columns
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            there = padded[rows + 2 + dy, columns + 2 + dx]
            is_better = there > best
            best = np.where(is_better, there, best)
            at = np.where(is_better, (rows + dy) * difference.shape[1] + columns + dx, at)
    highest, pure = difference.copy(), colors.copy()
    highest[rows, columns] = best
    pure[rows, columns] = colors.reshape(-1, 3)[at]
    return highest, pure


def _foreign_share(
    colors: np.ndarray, outside: np.ndarray, inside: np.ndarray, reach: int
) -> np.ndarray:
    """Which share of a pixel at least is the thing's because the background has no such colours.

    It has what lies between the least and the most of the colours outside in the window around the
    pixel, channel by channel and in what the channels differ by. The thing's are what lies so
    between those inside, and ink. Float32 ``[H, W]``.
    """
    red, green, blue = (colors[..., channel] for channel in range(3))
    both = (np.dstack([red, blue]) - green[..., None] + 1) / 2
    values = as_bytes(np.dstack([colors, both]))
    far = _beyond(values, extremes(values, outside, _AROUND * reach))
    is_own = _beyond(values, extremes(values, inside, _AROUND * reach)) < 255 * _KIN
    far[~is_own & ~is_ink(colors)] = 0
    highest = cv2.dilate(far, np.ones((5, 5), np.uint8))
    share = far / np.maximum(highest, 1).astype(np.float32)
    return share * _step(highest / np.float32(255), *_FOREIGN)


def _beyond(values: np.ndarray, limits: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """How far the largest of five values is out of its limits, uint8 ``[H, W]``, 0 within."""
    far = cv2.max(cv2.subtract(limits[0], values), cv2.subtract(values, limits[1]))
    one, two, three, four, five = (far[..., number] for number in range(5))
    differences = cv2.max(four, five)  # of -1 to 1, so that they count twice
    return cv2.max(cv2.max(cv2.max(one, two), three), cv2.add(differences, differences))


def _largest(difference: np.ndarray) -> np.ndarray:
    """The largest of the three channels' differences, either way."""
    red, green, blue = (np.abs(difference[..., channel]) for channel in range(3))
    return np.maximum(np.maximum(red, green), blue)


def _step(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.clip((values - low) / (high - low), 0, 1)
