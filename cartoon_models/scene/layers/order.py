"""Which of the things in a picture stands before which.

Where two of them touch, their outlines tell: the outline of the one in front goes on undisturbed
and bulges into the other, whose outline ends at it in a corner (a T-junction); and where two masks
overlap, the outline that was drawn is that of the one in front. How near they are decides what
outlines leave open. After the cues to occlusion in Hoiem, Efros and Hebert, "Recovering Occlusion
Boundaries from an Image", IJCV 2011, section 3, as votes instead of a trained classifier.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

import cv2
import numpy as np

from .pixels import Box, box_of, grown, shrunk

_REACH = 3  # pixels between two masks that still touch
_CONTACT = 8  # pixels of contact or overlap from which on outlines vote
# Weights of the votes, each of which is from -1 to 1.
_DRAWN, _SHAPE, _NEARNESS = 1.0, 1.0, 0.5
_NEAR = 0.05  # difference in disparity that is a clear one
# What is clearly nearer is in front whatever outlines say, which found masks often have wrong.
_CLEARLY = 8.0  # per disparity above a clear difference
_SURE = 10.0  # more than votes can say


def occlusion_order(
    picture: np.ndarray,
    masks: Sequence[np.ndarray],
    nearness: Sequence[float],
    before: Sequence[tuple[int, int]] = (),
) -> list[int]:
    """An order in which things can be painted over each other.

    Every pair that touches votes; where votes contradict each other in a circle the weakest gives
    way (ranked pairs). Things that nothing connects are ordered by nearness, then by their index.

    Args:
        picture: float32 ``[H, W, 3]``, 0 to 1.
        masks: bool ``[H, W]`` each.
        nearness: a disparity for each.
        before: pairs ``(front, back)`` of indices that are known.

    Returns:
        The indices of the masks, the farthest first.
    """
    boxes = [box_of(mask) for mask in masks]
    votes = [(_SURE, front, back) for front, back in before]
    known = {frozenset(pair) for pair in before}
    strength = None
    for first in range(len(masks)):
        for second in range(first + 1, len(masks)):
            if frozenset((first, second)) in known:
                continue
            place = _common(boxes[first], boxes[second], picture.shape)
            if place is None:
                continue
            if strength is None:
                strength = _edges(picture)
            vote = _vote(masks[first][place], masks[second][place], strength[place])
            if vote is None:
                continue
            vote += _nearer(nearness[first] - nearness[second])
            votes.append((vote, first, second) if vote >= 0 else (-vote, second, first))
    return _sorted(votes, nearness)


def touching(
    masks: Sequence[np.ndarray],
) -> Iterator[tuple[int, int, tuple[np.ndarray, np.ndarray]]]:
    """The pairs of masks that touch or overlap, and where: their indices, rows and columns.

    Args:
        masks: bool ``[H, W]`` each.
    """
    boxes = [box_of(mask) for mask in masks]
    for first in range(len(masks)):
        for second in range(first + 1, len(masks)):
            place = _common(boxes[first], boxes[second], masks[first].shape)
            if place is None:
                continue
            one, other = masks[first][place], masks[second][place]
            rows, columns = np.nonzero((one & grown(other, _REACH)) | (other & grown(one, _REACH)))
            if len(rows) >= _CONTACT:
                yield first, second, (rows + place[0].start, columns + place[1].start)


def _vote(first: np.ndarray, second: np.ndarray, strength: np.ndarray) -> float | None:
    """From -1 to 1, above 0 if the first is in front; None where they do not touch."""
    # Masks that are off by a pixel or two overlap in slivers, which say nothing.
    if shrunk(first & second, _REACH).sum() >= _CONTACT:
        return _DRAWN * _drawn(first, second, strength)
    contact = first & grown(second, _REACH)
    if contact.sum() < _CONTACT:
        return None
    return _SHAPE * _shape(first, second, contact)


def _nearer(difference: float) -> float:
    more = max(abs(difference) - _NEAR, 0.0)
    return float(_NEARNESS * np.tanh(difference / _NEAR) + np.copysign(_CLEARLY * more, difference))


def _drawn(first: np.ndarray, second: np.ndarray, strength: np.ndarray) -> float:
    """Whose outline is drawn where the masks overlap."""
    seen = []
    for mask, other in ((first, second), (second, first)):
        outline = (mask & ~shrunk(mask, 1)) & shrunk(other, 2)
        seen.append(float(strength[outline].mean()) if outline.sum() >= _CONTACT else None)
    if seen[0] is None and seen[1] is None:
        return 0.0
    if None in seen:  # one lies within the other: its outline is there, or it is not
        typical = float(strength[(first | second)].mean())
        there = seen[1] if seen[0] is None else seen[0]
        vote = (there - typical) / max(there + typical, 1e-6)
        return vote if seen[1] is None else -vote
    return (seen[0] - seen[1]) / max(seen[0] + seen[1], 1e-6)


def _shape(first: np.ndarray, second: np.ndarray, contact: np.ndarray) -> float:
    """Whose outline goes on at the ends of the contact, and bulges between them."""
    sigma = float(np.clip(np.sqrt(contact.sum()) / 2, 2, 12))
    # What lies in the gap between the two is of neither; it goes to both alike.
    shares = [
        cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        for mask in (first, second)
    ]
    border = contact | (second & grown(first, _REACH))
    one, two = shares[0][border], shares[1][border]
    total = one + two
    # Along a smooth outline a thing fills half of what is around; where it ends, a corner of it.
    ends = total < 0.85
    vote = 0.0
    if ends.sum() >= _CONTACT:
        vote += float(np.clip(6 * (one[ends] - two[ends]).mean(), -1, 1))
    between = total > 0.92
    if between.sum() >= _CONTACT:
        vote += float(np.clip(4 * (two[between] - one[between]).mean(), -1, 1))
    return float(np.clip(vote, -1, 1))


def _sorted(votes: list[tuple[float, int, int]], nearness: Sequence[float]) -> list[int]:
    """The farthest first; of contradicting votes the stronger count."""
    count = len(nearness)
    reached = np.eye(count, dtype=bool)  # [a, b]: b comes after a, or is a
    after: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for _, front, back in sorted(votes, key=lambda vote: (-vote[0], vote[1], vote[2])):
        if reached[front, back]:
            continue  # it would close a circle of stronger ones
        after[back].append(front)
        waiting[front] += 1
        reached |= np.outer(reached[:, back], reached[front])
    ready: list[tuple[float, int]] = []
    for index in range(count):
        if not waiting[index]:
            heappush(ready, (nearness[index], index))
    order = []
    while ready:
        _, index = heappop(ready)
        order.append(index)
        for front in after[index]:
            waiting[front] -= 1
            if not waiting[front]:
                heappush(ready, (nearness[front], front))
    return order


def _edges(picture: np.ndarray) -> np.ndarray:
    """float32 ``[H, W]``: how strongly colours change within a pixel or two."""
    around = np.ones((3, 3), np.uint8)
    change = (cv2.dilate(picture, around) - cv2.erode(picture, around)).max(axis=2)
    return cv2.dilate(change, around)


def _common(
    a: Box | None,
    b: Box | None,
    shape: tuple[int, ...],
) -> tuple[slice, slice] | None:
    """Rows and columns in which two boxes meet, with enough around to see the shapes."""
    if a is None or b is None:
        return None
    left, top = max(a[0], b[0]) - _REACH, max(a[1], b[1]) - _REACH
    right, bottom = min(a[2], b[2]) + _REACH, min(a[3], b[3]) + _REACH
    if left >= right or top >= bottom:
        return None
    around = 40
    return (
        slice(max(0, top - around), min(shape[0], bottom + around)),
        slice(max(0, left - around), min(shape[1], right + around)),
    )
