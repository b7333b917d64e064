"""Ink as geometry: what a brush covers that follows many lines at once.

All lines of a figure are handled together, as one long array of points; a figure has hundreds of
short ones, and a call of numpy costs more than their arithmetic.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

MITER = 2.0  # how far a corner's outer side may stand off, in half-widths


def chances(names: Sequence[str], seed: int, count: int) -> np.ndarray:
    """Numbers float64 [len(names), count], 0..1, that follow from each name and the seed alone."""
    state = np.array([zlib.crc32(name.encode()) for name in names], np.uint64)[:, None]
    state = state + (np.uint64(seed & 0xFFFFFFFF) << np.uint64(32))
    state = state + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    return ((state ^ (state >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2.0**53


class Lines:
    """Lines to be inked together.

    Attributes:
        points: float64 [T,2], of all lines one after the other.
        line: int [T], the number of the line a point belongs to.
        first, count: int [K], where each line begins and how many points it has.
        closed: bool [K].
        inked: bool [T], False on seams.
        normal: float64 [T,2], unit, to the outside of closed lines.
        along: float64 [T], pixels from the line's beginning.
        length: float64 [K], pixels.
    """

    def __init__(
        self,
        lines: Sequence[np.ndarray],
        closed: Sequence[bool],
        seams: Sequence[tuple[tuple[int, int], ...]] = (),
        spacing: float = 6.0,
    ):
        """`lines` in pixels; `spacing` is about how far apart points are on straight stretches."""
        self.closed = np.array(closed, bool)
        points = np.concatenate(lines).astype(np.float64)
        count = np.array([len(line) for line in lines])
        inked = np.ones(len(points), bool)
        for number, stretches in enumerate(seams):
            start = int(count[:number].sum()) if stretches else 0
            for first, last in stretches:
                span = np.arange(first, last if last > first else last + count[number])
                inked[start + span % count[number]] = False
        points, count, inked = self._thinned(points, count, inked)
        self.points, self.count, self.inked = self._filled(points, count, inked, spacing)
        self._measure()

    def _neighbours(self, count: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The line of each point, and the points before and after it (itself at open ends)."""
        line = np.repeat(np.arange(len(count)), count)
        first = np.cumsum(count) - count
        index = np.arange(len(line))
        ring = self.closed[line]
        at_start, at_end = index == first[line], index == (first + count - 1)[line]
        before = np.where(at_start, np.where(ring, index + count[line] - 1, index), index - 1)
        after = np.where(at_end, np.where(ring, first[line], index), index + 1)
        return line, before, after

    def _thinned(self, points, count, inked, least: float = 0.8):
        """Without points closer than about a pixel."""
        line, before, _ = self._neighbours(count)
        step = np.hypot(*(points - points[before]).T)
        first = np.cumsum(count) - count
        step[first] = 0
        bucket = np.floor(np.cumsum(step) / least)
        keep = np.ones(len(points), bool)
        keep[1:] = bucket[1:] > bucket[:-1]
        keep[first] = True
        keep[first + count - 1] |= ~self.closed
        keep |= inked != inked[before]
        few = np.bincount(line, keep, len(count)) < 3  # specks stay as they are
        keep |= few[line]
        return points[keep], np.bincount(line[keep], minlength=len(count)), inked[keep]

    def _filled(self, points, count, inked, spacing: float):
        """With points on long straight stretches, where a brush may press or stray too."""
        line, _, after = self._neighbours(count)
        way = points[after] - points
        number = np.ceil(np.hypot(*way.T) / spacing).clip(1, 256).astype(int)
        origin = np.repeat(np.arange(len(points)), number)
        inner = np.arange(len(origin)) - np.repeat(np.cumsum(number) - number, number)
        share = inner / number[origin]
        dense = points[origin] + way[origin] * share[:, None]
        return dense, np.bincount(line[origin], minlength=len(count)), inked[origin]

    def _measure(self) -> None:
        self.first = np.cumsum(self.count) - self.count
        self.line, self._before, self._after = self._neighbours(self.count)
        to, on = self.points - self.points[self._before], self.points[self._after] - self.points
        self._to, self._on = np.hypot(*to.T), np.hypot(*on.T)
        to = np.where(self._to[:, None] > 1e-9, to, on)
        on = np.where(self._on[:, None] > 1e-9, on, to)
        to = to / np.maximum(np.hypot(*to.T), 1e-9)[:, None]
        on = on / np.maximum(np.hypot(*on.T), 1e-9)[:, None]
        step = np.where(np.arange(len(self.line)) == self.first[self.line], 0, self._to)
        along = np.cumsum(step)
        self.along = along - along[self.first][self.line]
        end = self.first + self.count - 1
        self.length = np.maximum(self.along[end] + np.where(self.closed, self._on[end], 0), 1e-6)
        x, y = self.points.T
        area = np.bincount(self.line, x * y[self._after] - x[self._after] * y, len(self.count))
        # y points down: a positive sum runs clockwise on the screen, its outside is on the left
        sign = np.where(self.closed & (area < 0), -1.0, 1.0)[self.line]
        first_normal = np.stack([to[:, 1], -to[:, 0]], 1)
        second_normal = np.stack([on[:, 1], -on[:, 0]], 1)
        middle = first_normal + second_normal
        size = np.hypot(*middle.T)[:, None]
        middle = np.where(size > 1e-3, middle / np.maximum(size, 1e-9), to)  # a full turn: ahead
        cosine = np.einsum("td,td->t", to, on).clip(-1, 1)
        turn = to[:, 0] * on[:, 1] - to[:, 1] * on[:, 0]
        self.normal = middle * sign[:, None]
        self._miter = np.sqrt(2 / np.maximum(1 + cosine, 1e-6))
        # the inner side of a turn must not run backwards: that leaves holes
        half_tan = np.sqrt((1 - cosine) / np.maximum(1 + cosine, 1e-6))
        room = np.minimum(self._to, self._on) / np.maximum(2 * half_tan, 1e-6)
        room = room * np.minimum(self._miter, MITER)
        inner_is_out = turn * sign < 0
        self._room_out = np.where(inner_is_out, room, np.inf)
        self._room_in = np.where(inner_is_out, np.inf, room)

    def waves(self, phases: np.ndarray, period: float, strength: float = 0.5) -> np.ndarray:
        """Slow changes along each line: float64 [T], about -1..1; closed lines close.

        Args:
            phases: [K,3], 0..1.
            period: pixels from one swell to the next.
            strength: of the shorter waves to the longer ones.
        """
        base = np.maximum(np.round(self.length / period), 1)
        out = np.zeros(len(self.line))
        weight, total = 1.0, 0.0
        for column, factor in enumerate((1, 2, 3)):
            turns = (base * factor / self.length)[self.line] * self.along
            out += weight * np.sin(2 * np.pi * (turns + phases[self.line, column]))
            total += weight
            weight *= strength
        return out / total

    def strayed(self, distance: np.ndarray) -> Lines:
        """The same lines with every point moved along its normal by `distance` [T] pixels."""
        other = object.__new__(Lines)
        other.__dict__.update(self.__dict__)
        other.points = self.points + self.normal * distance[:, None]
        other._measure()
        return other

    def sides(self, outer, inner, corner: float = MITER) -> tuple[np.ndarray, np.ndarray]:
        """Both borders of the ink, float32 [T,2] each, that reaches `outer` and `inner` pixels
        ([T] or one for all) to the two sides, and at corners up to `corner` times as far."""
        miter = np.minimum(self._miter, corner)
        out = np.minimum(outer * miter, self._room_out)[:, None]
        into = np.minimum(inner * miter, self._room_in)[:, None]
        left = self.points + self.normal * out
        right = self.points - self.normal * into
        return left.astype(np.float32), right.astype(np.float32)

    def span(self, number: int) -> slice:
        """The points of a line."""
        return slice(int(self.first[number]), int(self.first[number] + self.count[number]))


def runs(mask: np.ndarray, closed: bool) -> list[np.ndarray]:
    """Stretches of points that are True, each the numbers of its points in order."""
    if mask.all():
        return [np.arange(len(mask))]
    if not mask.any():
        return []
    start = int(np.flatnonzero(~mask)[0]) if closed else 0
    order = (np.arange(len(mask)) + start) % len(mask)
    ring = mask[order]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ring, [False]]).astype(np.int8)))
    return [order[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
