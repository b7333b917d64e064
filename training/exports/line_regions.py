"""What lines enclose: hard line art of a drawing in which every region is closed, its segments,
and which region each segment is.

A region is what a painter fills with one colour: a part in one tone. Where a drawing has no line
between regions of different colours (a lineless style, a gap in the ink), a line of one pixel is
drawn. Regions of one colour without a line between them are one segment, as on paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..toon.labels import (
    BOOK_LINE,
    COLOR_EDGE,
    COLOR_FILL,
    HIGHLIGHT,
    HIGHLIGHT_LINE,
    NORMAL,
    SHADING_LINE,
    VISIBLE_LINE,
    LabelTable,
)

# Kinds of line: red encloses a highlight, blue a shadow, green another colour.
NO_LINE, BLACK, RED, BLUE, GREEN = range(5)
SMALLEST = 4  # pixels; what is smaller is line. Readers take segments of up to 3 for dirt.


@dataclass(frozen=True, eq=False)
class LineRegions:
    """Line art and what it encloses.

    Attributes:
        kind: uint8 [H,W], NO_LINE to GREEN.
        region: int32 [H,W], number of the region a pixel belongs to, as `row_region` numbers them;
            0 on the background. Lines have one, too.
        segment: int32 [H,W], 0 on black lines, 1 on the background, then 2 and on in the order in
            which rows meet them. Coloured lines belong to the region that they enclose. A piece of
            background that the figure encloses is a segment of its own.
        owner: int32 [S+1], the region that most pixels of a segment belong to.
        size: int64 [S+1], pixels of a segment.
    """

    kind: np.ndarray
    region: np.ndarray
    segment: np.ndarray
    owner: np.ndarray
    size: np.ndarray


def line_regions(
    ids: np.ndarray, table: LabelTable, row_region: np.ndarray, row_paint: np.ndarray
) -> LineRegions:
    """Reads line art and segments off a raster of labels.

    Args:
        ids: uint16 [H,W], numbers of `table`.
        table: what they stand for.
        row_region: int [R], region of each row, 0 = background.
        row_paint: int [R], colour of each row, 0 = background; regions of one have one colour.
    """
    marking = np.zeros(len(table.parts) + 1, bool)
    marking[table.part[table.douga == COLOR_FILL]] = True
    edge = np.where(marking[table.part], GREEN, BLACK)
    row_kind = np.zeros(len(table), np.uint8)
    for douga, line in (
        (VISIBLE_LINE, BLACK),
        (BOOK_LINE, BLACK),
        (COLOR_EDGE, edge),
        (HIGHLIGHT_LINE, RED),
        (SHADING_LINE, BLUE),
    ):
        row_kind = np.where(table.douga == douga, line, row_kind)
    # What a line would be that encloses this row's region.
    border = np.where(table.tone == NORMAL, edge, np.where(table.tone == HIGHLIGHT, RED, BLUE))
    border[row_region == 0] = NO_LINE
    rank = np.where(table.tone != NORMAL, 2, 0) + marking[table.part]
    rank[row_region == 0] = -1
    kind = _closed(row_kind[ids], row_paint[ids], table.part[ids], rank[ids], border[ids])
    kind = _without_specks(kind, border[ids])
    region = row_region[ids].astype(np.int32)
    kind, segment = _segments(kind, region)
    return _measured(kind, region, segment)


def _closed(kind, paint, part, rank, border) -> np.ndarray:
    """Lines added between colours that touch: on the side that a line would enclose."""
    out = kind.copy()
    for here, there in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1], np.s_[1:]),
    ):
        touching = (kind[here] == 0) & (kind[there] == 0) & (paint[here] != paint[there])
        same_part = part[here] == part[there]
        # between two parts the line is ink, unless one is a marking; nothing has no line
        first = np.where(
            rank[here] == rank[there], part[here] > part[there], rank[here] > rank[there]
        )
        for side, chosen in ((here, first), (there, ~first)):
            ink = np.where(same_part | (border[side] == GREEN), border[side], BLACK)
            view = out[side]
            view[...] = np.where(touching & chosen & (view == 0), ink, view)
    return out


def _without_specks(kind: np.ndarray, border: np.ndarray) -> np.ndarray:
    """Segments of a few pixels become line."""
    _, found, stats, _ = cv2.connectedComponentsWithStats(
        (kind == 0).astype(np.uint8), connectivity=4, ltype=cv2.CV_32S
    )
    small = (stats[:, cv2.CC_STAT_AREA] < SMALLEST)[found] & (kind == 0)
    return np.where(small, np.where(border == NO_LINE, BLACK, border), kind)


def _segments(kind: np.ndarray, region: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lines, and the segments 1, 2... that they enclose, those of coloured lines included."""
    segment = cv2.connectedComponents(
        (kind == 0).astype(np.uint8), connectivity=4, ltype=cv2.CV_32S
    )[1]
    colored = kind > BLACK
    count = int(segment.max())
    for _ in range(6):  # a coloured line is some pixels wide
        waiting = colored & (segment == 0)
        if not waiting.any():
            break
        grown = segment.copy()
        for here, there in (
            (np.s_[:, :-1], np.s_[:, 1:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:-1], np.s_[1:]),
            (np.s_[1:], np.s_[:-1]),
        ):
            take = waiting[here] & (segment[there] > 0) & (region[here] == region[there])
            view = grown[here]
            view[...] = np.where(take & (view == 0), segment[there], view)
        if np.array_equal(grown, segment):
            break
        segment = grown
    # Tones too thin to have an inside: their lines are all there is of them.
    waiting = (colored & (segment == 0)).astype(np.uint8)
    loose, pieces = cv2.connectedComponents(waiting, ltype=cv2.CV_32S)
    if loose > 1:
        here = pieces > 0
        key = pieces[here].astype(np.int64) * (int(region.max()) + 1) + region[here]
        _, number, size = np.unique(key, return_inverse=True, return_counts=True)
        number = number.reshape(-1)
        new = np.where(size[number] >= SMALLEST, count + 1 + number, 0)
        segment[here] = new
        kind = kind.copy()
        kind[here] = np.where(new > 0, kind[here], BLACK)
    return kind, segment


def _measured(kind: np.ndarray, region: np.ndarray, segment: np.ndarray) -> LineRegions:
    """Segments in the order in which rows meet them, the background's largest one first."""
    flat = segment.reshape(-1)
    count, regions = int(flat.max()) + 1, int(region.max()) + 1
    first = np.full(count, flat.size)
    first[flat[::-1]] = np.arange(flat.size)[::-1]
    shares = np.bincount(
        flat.astype(np.int64) * regions + region.reshape(-1), minlength=count * regions
    ).reshape(count, regions)
    owner, size = shares.argmax(1), shares.sum(1)
    owner[0] = 0
    outside = [i for i in range(1, count) if owner[i] == 0 and size[i]]
    ground = max(outside, key=lambda i: size[i], default=0)
    order = [i for i in np.argsort(first, kind="stable") if i not in (0, ground) and size[i]]
    place = np.zeros(count, np.int32)
    place[order] = np.arange(2, len(order) + 2)
    if ground:
        place[ground] = 1
    last = int(place.max(initial=0))
    owners, sizes = np.zeros(last + 1, np.int32), np.zeros(last + 1, np.int64)
    kept = size > 0
    owners[place[kept]], sizes[place[kept]] = owner[kept], size[kept]
    return LineRegions(kind.astype(np.uint8), region, place[segment], owners, sizes)
