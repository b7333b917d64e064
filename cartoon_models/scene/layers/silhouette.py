"""A shape that an edge cuts off, continued beyond it in the direction of its silhouette."""

from __future__ import annotations

import numpy as np

_SOLID = 0.5
_LOOKED_AT = 0.15  # of the rows to come: so many before the edge say where a silhouette runs
_FEWEST = 3  # rows that say it
_JUMP = 4  # pixels that a silhouette moves from row to row at most
_FOLLOWED = 0.4  # of the rows to come: so far a direction lasts
_CAP = 0.5  # widths: a part of which less is missing, as it narrows, closes as a disc does


def rows_on(alpha: np.ndarray, count: int) -> np.ndarray:
    """A shape with rows below it, in which it goes on.

    Each end of each part of the last row moves in the direction that it had in the rows before, and
    less and less. A part that narrows quickly ends in a round cap, and none goes farther beyond the
    edge than the piece that it belongs to reaches from the edge in.

    Args:
        alpha: float32 ``[h, w]``.
        count: of rows that are added.

    Returns:
        float32 ``[h + count, w]``.
    """
    last = alpha[-1].astype(np.float32)
    starts, ends = _ends(last)
    if not len(starts) or count < 1:
        return np.concatenate([alpha, np.repeat(last[None], count, axis=0)])
    looked_at = alpha[::-1][1 : 1 + max(_FEWEST, round(_LOOKED_AT * count))]
    lefts = np.stack([_traced(looked_at, start, True) for start in starts])
    rights = np.stack([_traced(looked_at, end, False) for end in ends])
    slopes = np.stack([_slopes(lefts), _slopes(rights)], axis=1)
    tips = _tips(rights - lefts)
    width = alpha.shape[1]
    slopes[starts < 0, 0] = 0  # there it is the array that ends
    slopes[ends > width - 1, 1] = 0
    depths = _depths(alpha, starts, ends)
    made = []
    for step in range(1, count + 1):
        left, right, is_open = _moved(starts, ends, slopes, tips, step, _FOLLOWED * count)
        left, right, is_open = _rounded(left, right, is_open, depths - step)
        made.append(_row(last, starts, ends, left, right, is_open))
    return np.concatenate([alpha, np.stack(made).astype(np.float32)])


def _ends(row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the parts of a row begin and end, between pixels' middles; -0.5 at the array's end."""
    solid = np.pad(row >= _SOLID, 1)
    change = np.diff(solid.astype(np.int8))
    values = np.pad(row, 1, mode="edge")

    def exact(before: np.ndarray) -> np.ndarray:
        one, other = values[before], values[before + 1]
        away = np.where(one == other, 0.5, (_SOLID - one) / np.where(one == other, 1, other - one))
        return before - 1 + away

    return exact(np.flatnonzero(change > 0)), exact(np.flatnonzero(change < 0))


def _traced(rows: np.ndarray, at: float, is_start: bool) -> np.ndarray:
    """Where an end of a part was in the rows before, the nearest first, and itself before them.

    NaN from where it is lost.
    """
    places = np.full(len(rows) + 1, np.nan)
    places[0] = at
    for number, row in enumerate(rows, 1):
        found = _ends(row)[0 if is_start else 1]
        if not len(found):
            break
        near = float(found[np.abs(found - at).argmin()])
        if abs(near - at) > _JUMP:
            break
        places[number] = at = near
    return places


def _slopes(values: np.ndarray) -> np.ndarray:
    """How much each row of traced values grows with each step beyond the edge; 0: who knows."""
    steps = np.arange(values.shape[1])
    known = ~np.isnan(values)
    change = np.where(known, values[:, :1] - values, 0) @ steps
    return np.where(known.sum(1) > _FEWEST, change / np.maximum(known @ steps**2, 1), 0)


def _tips(widths: np.ndarray) -> np.ndarray:
    """In how many rows a part ends if it is a disc's cap, whose squared width falls evenly."""
    fall = np.maximum(-_slopes(widths**2), 1e-9)
    return np.where(fall > 1e-9, widths[:, 0] ** 2 / fall, np.inf)


def _depths(alpha: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """In how many rows from the last one up there is something of the piece of each part."""
    import cv2

    solid = (alpha >= _SOLID).astype(np.uint8)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    inside = np.ceil(np.maximum((starts + ends) / 2 - 0.5, 0)).astype(int)
    return len(alpha) - boxes[labels[-1, inside], cv2.CC_STAT_TOP]


def _rounded(
    left: np.ndarray, right: np.ndarray, is_open: np.ndarray, rest: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The parts with round ends; ``rest`` is how many rows of each are still to come."""
    radius = np.maximum((right - left) / 2, 1e-6)
    height = np.clip(1 - np.maximum(rest, 0) / radius, 0, 1)
    half, middle = radius * np.sqrt(1 - height**2), (left + right) / 2
    return middle - half, middle + half, is_open & (rest > 0)


def _moved(
    starts: np.ndarray,
    ends: np.ndarray,
    slopes: np.ndarray,
    tips: np.ndarray,
    step: int,
    lasting: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the parts begin and end so many rows on, and which are still there."""
    way = lasting * (1 - np.exp(-step / lasting))
    left, right = starts + way * slopes[:, 0], ends + way * slopes[:, 1]
    width, narrowing = ends - starts, slopes[:, 0] - slopes[:, 1]
    is_closing = (tips <= _CAP * width) & (narrowing > 0)
    share = 1 - np.sqrt(np.clip(1 - step / tips, 0, 1))
    meeting = np.clip(slopes[:, 0] / np.where(is_closing, narrowing, 1), 0, 1)
    left = np.where(is_closing, starts + share * width * meeting, left)
    right = np.where(is_closing, ends - share * width * (1 - meeting), right)
    is_open = np.where(is_closing, step < tips, right - left > 0.5)
    # Parts that run into each other stay together where they meet.
    for index in range(1, len(left)):
        if left[index] < right[index - 1]:
            left[index] = right[index - 1] = (left[index] + right[index - 1]) / 2
    return left, np.maximum(left, right), is_open


def _row(
    last: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    is_open: np.ndarray,
) -> np.ndarray:
    """The last row with its parts pulled to where they are now."""
    columns = np.arange(len(last), dtype=np.float64)
    row = last.copy()
    middles = (ends[:-1] + starts[1:]) / 2
    bounds = np.concatenate([[-1.0], middles, [float(len(last))]])
    for gone in np.flatnonzero(~is_open):
        row[(columns >= bounds[gone]) & (columns <= bounds[gone + 1])] = 0
    if not is_open.any():
        return row
    was = np.stack([starts[is_open], ends[is_open]], axis=1).ravel()
    now = np.stack([left[is_open], right[is_open]], axis=1).ravel()
    far = 2 * len(last)
    was = np.concatenate([[was[0] - far], was, [was[-1] + far]])
    now = np.concatenate([[now[0] - far], now, [now[-1] + far]])
    now = np.maximum.accumulate(now)
    now += 1e-6 * np.cumsum(np.diff(now, prepend=-np.inf) <= 0)  # always to the right
    return np.interp(np.interp(columns, now, was), columns, row)
