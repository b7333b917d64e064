"""Where a drawing of the bank comes to lie: the way from the picture's pixels into its square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .catalogue import Entry

SMALLEST = 6  # pixels; what is smaller cannot be seen


@dataclass(frozen=True, eq=False)
class Spot:
    """A drawing's place in a picture.

    Attributes:
        matrix: float [2,3], from pixels (x, y) of the picture to the drawing's square, whose sides
            lie at -1 and 1.
        bounds: x0, y0, x1, y1 of what it covers, pixels; may leave the picture.
        drawn: side of the drawing's square in the picture, pixels.
        inside: share of its bounds that lies in the picture, 0..1.
    """

    matrix: np.ndarray
    bounds: tuple[float, float, float, float]
    drawn: float
    inside: float


def spot(
    entry: Entry, box: np.ndarray, angle: float, flip: bool, grounded: bool, size: int
) -> Spot | None:
    """Fits a drawing into a box as `sprites.place` does; None if it lies outside the picture.

    Args:
        box: x0, y0, x1, y1 in pixels of the picture.
        angle: radians, about the middle.
        grounded: it stands on the lower side of its box.
        size: side of the picture, pixels.
    """
    box_w, box_h = box[2] - box[0], box[3] - box[1]
    scale = min(box_h / entry.height, max(box_w, 0.6 * box_h) / entry.width)
    if scale * entry.side < SMALLEST:
        return None
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    if grounded:
        middle[1] = box[3] - entry.height * scale / 2
    extent = np.array([entry.width, entry.height]) * scale
    return _at(middle, extent, np.full(2, scale * entry.side), angle, flip, size)


def shadow_under(figure: Spot, entry: Entry, size: int) -> Spot | None:
    """A soft ellipse at the feet of a figure that stands upright."""
    scale = figure.drawn / entry.side
    width, height = entry.width * scale, entry.height * scale
    x, y = (figure.bounds[0] + figure.bounds[2]) / 2, (figure.bounds[1] + figure.bounds[3]) / 2
    extent = np.array([width * 1.25, max(width * 0.3, 4.0)])
    middle = np.array([x, y + height / 2 - extent[1] * 0.15])
    return _at(middle, extent, extent, 0.0, False, size)


def _at(
    middle: np.ndarray, extent: np.ndarray, sides: np.ndarray, angle: float, flip: bool, size: int
) -> Spot | None:
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, s], [-s, c]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * extent / 2 @ turn.T + middle
    (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
    wide, high = min(x1, size) - max(x0, 0), min(y1, size) - max(y0, 0)
    if wide < 3 or high < 3:
        return None
    back = np.diag(2 / sides * np.array([-1 if flip else 1, 1])) @ turn.T
    matrix = np.column_stack([back, -back @ middle])
    inside = min(1.0, wide * high / max((x1 - x0) * (y1 - y0), 1e-6))
    return Spot(matrix, (x0, y0, x1, y1), float(sides.max()), float(inside))
