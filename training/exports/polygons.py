"""A mask as one closed polygon, also where it has holes or several pieces.

Corners lie on the middles of the mask's border pixels, and readers draw the polygon with its
border, by the even-odd rule, as OpenCV's `fillPoly` does. Then a polygon of all border pixels
gives the mask back exactly. Holes and further pieces are joined to it by bridges: two edges that
run there and back. A bridge to a hole lies inside the mask and changes nothing; one to another
piece is a line of pixels that the mask does not have, so that specks which are smaller than
their bridge are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError

LARGEST = 1000  # corners; programs that resample polygons keep at least so many
SMALLEST_HOLE = 4  # pixels

# How far, in pixels, corners may lie off the mask's border, tried until there are few enough.
_TOLERANCES = (0.0, 0.5, 0.75, 1.0, 1.5, 2.0)


def mask_polygon(inside: np.ndarray, largest: int = LARGEST) -> np.ndarray:
    """The polygon of a mask.

    Args:
        inside: bool [H,W].
        largest: number of corners to keep to, if that can be done within 2 pixels.

    Returns:
        int32 [K,2], corners (x, y) in whole pixels, K >= 3; [0,2] for an empty mask.
    """
    rings = _rings(inside)
    if not rings:
        return np.zeros((0, 2), np.int32)
    _join(rings, inside)
    for tolerance in _TOLERANCES:
        polygon = _walk(rings, tolerance)
        if len(polygon) <= largest:
            break
    return np.concatenate([polygon, np.repeat(polygon[-1:], max(0, 3 - len(polygon)), 0)])


@dataclass(eq=False)
class _Ring:
    """A closed border: pixels int32 [N,2], how many pixels of the mask it stands for, and the
    rings that bridges lead to: from which of its pixels, which ring, to which pixel of that."""

    pixels: np.ndarray
    worth: float
    bridges: list[tuple[int, int, int]] = field(default_factory=list)


def _rings(inside: np.ndarray) -> list[_Ring]:
    """Borders of pieces and holes, the one that stands for most first."""
    chains, hierarchy = cv2.findContours(
        inside.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    rings = []
    for number, chain in enumerate(chains):
        hole = hierarchy[0, number, 3] >= 0
        # Pick's theorem: the area is that between the middles of border pixels.
        pixels = cv2.contourArea(chain) + (1 - len(chain) / 2 if hole else 1 + len(chain) / 2)
        if not hole or pixels >= SMALLEST_HOLE:
            rings.append((_Ring(chain[:, 0], pixels), hole))
    rings.sort(key=lambda item: (item[1], -item[0].worth))  # a piece first: holes are inside one
    return [ring for ring, _ in rings]


def _join(rings: list[_Ring], inside: np.ndarray) -> None:
    """Sets bridges from the first ring on, the shortest that reach all rings worth one."""
    if len(rings) == 1:
        return
    pixels = np.concatenate([ring.pixels for ring in rings])
    start = np.cumsum([0, *(len(ring.pixels) for ring in rings)])
    owner = np.repeat(np.arange(len(rings)), np.diff(start))
    edges = _neighbours(pixels)
    edges = edges[owner[edges[:, 0]] != owner[edges[:, 1]]]
    length = np.linalg.norm(pixels[edges[:, 0]] - pixels[edges[:, 1]], axis=1)
    # The shortest edge between each two rings; a tree of them is the shortest way to join all.
    ends = np.sort(owner[edges], 1)
    order = np.lexsort((length, ends[:, 1], ends[:, 0]))
    first = np.ones(len(order), bool)
    first[1:] = (ends[order][1:] != ends[order][:-1]).any(1)
    edges, ends, length = (values[order[first]] for values in (edges, ends, length))
    # Rings may share a pixel; a sparse graph takes an edge of length 0 for none.
    graph = coo_array((length + 1e-3, (ends[:, 0], ends[:, 1])), shape=(len(rings),) * 2)
    tree = minimum_spanning_tree(graph.tocsr())
    visited, before = breadth_first_order(tree, 0, directed=False)
    number = {tuple(pair): i for i, pair in enumerate(ends.tolist())}
    net = [ring.worth for ring in rings]
    for ring in visited[:0:-1].tolist():  # children before the rings they hang on
        parent = int(before[ring])
        at = number[min(parent, ring), max(parent, ring)]
        one, two = edges[at]
        if owner[one] != parent:
            one, two = two, one
        x, y = (pixels[one] + pixels[two]) // 2
        cost = 0.0 if inside[y, x] else length[at] - 1
        if net[ring] > cost:
            net[parent] += net[ring] - cost
            here, there = int(one - start[parent]), int(two - start[ring])
            rings[parent].bridges.append((here, ring, there))


def _neighbours(points: np.ndarray) -> np.ndarray:
    """Pairs of points, int [E,2], among which are the nearest ones of any two groups of them."""
    places, point = np.unique(points, axis=0, return_index=True)
    shared = np.unique(points, axis=0, return_inverse=True)[1].reshape(-1)
    edges = [np.stack([np.arange(len(points)), point[shared]], 1)]
    try:
        corners = Delaunay(places).simplices
        edges += [point[corners[:, pair]] for pair in ([0, 1], [1, 2], [2, 0])]
    except QhullError:  # all on a line
        line = point[np.lexsort(places.T)]
        edges.append(np.stack([line[:-1], line[1:]], 1))
    return np.concatenate(edges)


def _walk(rings: list[_Ring], tolerance: float) -> np.ndarray:
    """The polygon around all rings that bridges lead to, from the first pixel of the first."""
    out: list[np.ndarray] = []
    # Each step is a stretch of a ring to put out, or a ring to go around from a pixel on.
    steps: list[tuple[int, int, int | None]] = [(0, 0, None)]
    while steps:
        number, begin, end = steps.pop()
        ring = rings[number]
        count = len(ring.pixels)
        if end is not None:
            stretch = np.take(ring.pixels, np.arange(begin, end + 1), axis=0, mode="wrap")
            # Two halves, so that each has two ends: OpenCV loses one of a loop's.
            middle = int(np.abs(stretch - stretch[0]).sum(1).argmax())
            for half in (stretch[: middle + 1], stretch[middle:]):
                out.append(cv2.approxPolyDP(half, tolerance, False)[:, 0])
            continue
        bridges = sorted(((at - begin) % count, ring, to) for at, ring, to in ring.bridges)
        way: list[tuple[int, int, int | None]] = []
        here = 0
        for at, other, to in bridges:
            way.append((number, begin + here, begin + at))
            way.append((other, to, None))
            here = at
        way.append((number, begin + here, begin + count))
        steps += way[::-1]
    polygon = np.concatenate(out)
    same = (polygon == np.roll(polygon, 1, 0)).all(1)
    same[0] &= len(polygon) > 1
    kept = polygon[~same]
    return kept if len(kept) else polygon[:1]
