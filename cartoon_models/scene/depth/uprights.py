"""What in a background stands up and would be seen to lean, and what of it is bare ground.

A camera that moves sideways shears a background whose disparity changes from row to row: ground
does that in truth, but trunks, posts and walls drawn before it would lean. Long upright edges tell
where they are, and fine drawing tells where a shear shows at all; a plain sky shows none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_LONG = 0.1  # of the picture's height: edges that are straight for so long are upright
_CONTRAST = 0.1  # of an upright edge that counts fully
_STEP = 0.06  # of colours beside each other: something is drawn
_DRAWN = 0.2  # of a row: so much drawing counts fully
_LOWEST = 25  # parts of the picture's height: the last of them is its lower edge
_HIGHEST_END, _LOWEST_END = 0.2, 0.9  # picture heights, of ground whose end is seen
_WIDEST = 0.3  # of the picture: what crosses over from the ground and is wider is no one thing
_APART = 0.012  # of the longer side: characters' outlines are not the background's


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is drawn in a background.

    Attributes:
        seen: bool ``[h, w]``: background, not hidden by a character nor beside one.
        upright: float32 ``[h, w]``, 0 to 1: long upright edges.
        edges: bool ``[h, w]``: edges of any kind.
    """

    seen: np.ndarray
    upright: np.ndarray
    edges: np.ndarray


def drawing_of(picture: np.ndarray, hidden: np.ndarray) -> Drawing:
    """The upright edges, and the others, of a small picture.

    Args:
        picture: float32 ``[h, w, 3]``, 0 to 1.
        hidden: bool ``[h, w]``: the characters.
    """
    import cv2

    height, width = hidden.shape
    beside = 2 * max(round(_APART * max(height, width)), 1) + 1
    seen = cv2.dilate(hidden.astype(np.uint8), np.ones((beside, beside), np.uint8)) == 0
    weight = seen.astype(np.float32)
    across = cv2.Sobel(picture, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 4)
    down = cv2.Sobel(picture, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 4)
    # Along an upright edge the change has one sign; among leaves it cancels out.
    window = (1, 2 * max(round(_LONG * height / 2), 1) + 1)
    share = np.maximum(cv2.blur(weight, window), 0.25)
    along = np.abs(cv2.blur(across * weight[..., None], window)).max(axis=2) / share
    upright = np.clip(2 * along / _CONTRAST - 1, 0, 1) * weight
    edges = (np.maximum(np.abs(across), np.abs(down)).max(axis=2) > _STEP) & seen
    return Drawing(seen, upright, edges)


def standing_rows(drawing: Drawing) -> np.ndarray:
    """How much in each row would be seen to lean: float64 ``[h]``, 0 to 1."""
    import cv2

    height, width = drawing.seen.shape
    drawn = drawing.edges.sum(axis=1) / np.maximum(drawing.seen.sum(axis=1), 0.1 * width)
    strength = np.maximum(drawing.upright.max(axis=1), np.clip(drawn / _DRAWN, 0, 1))
    # What stands in a row stands in those around it.
    reach = 2 * max(round(_LONG * height / 4), 1) + 1
    strength = cv2.dilate(strength.astype(np.float32)[:, None], np.ones((reach, 1), np.uint8))
    return cv2.blur(strength, (1, reach))[:, 0].astype(np.float64)


def bare_ground(drawing: Drawing, top: int, feet: np.ndarray | None = None) -> np.ndarray:
    """bool ``[h, w]``: what is reached from the lower edge, and from under feet (bool ``[h, w]``),
    without crossing an edge or the row ``top``."""
    import cv2

    free = drawing.seen & ~drawing.edges
    free[:top] = False
    seeds = np.zeros_like(free) if feet is None else feet.copy()
    seeds[-max(len(seeds) // _LOWEST, 1) :] = True
    _, labels = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    reached = np.unique(labels[seeds & free])
    return np.isin(labels, reached[reached > 0])


def end_of_ground(drawing: Drawing) -> float | None:
    """The row, in picture heights, down from which most is bare ground; None where no end of it is
    seen: a wall that goes up to the picture's edge is as bare."""
    ground = bare_ground(drawing, 0)
    seen = drawing.seen.sum(axis=1)
    is_bare = ground.sum(axis=1) > seen / 2
    other = np.flatnonzero(~is_bare & (seen > 0))
    if not len(other):
        return None
    top = (int(other[-1]) + 1) / len(ground)
    return top if _HIGHEST_END <= top <= _LOWEST_END else None


def crossing(drawing: Drawing, top: int, ground: np.ndarray) -> np.ndarray:
    """bool ``[h, w]``: pieces below the row ``top`` that go on above it and have upright edges."""
    import cv2

    rest = drawing.seen & ~ground
    rest[:top] = False
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        rest.astype(np.uint8), connectivity=4
    )
    result = np.zeros_like(rest)
    for label in range(1, count):
        left, upper, width, height, _ = stats[label]
        piece = labels[upper : upper + height, left : left + width] == label
        straight = drawing.upright[upper : upper + height, left : left + width] * piece
        if width > _WIDEST * rest.shape[1]:
            continue
        if upper <= top and (straight.max(axis=1) > 0.5).sum() > height / 2:
            result[upper : upper + height, left : left + width] |= piece
    return result
