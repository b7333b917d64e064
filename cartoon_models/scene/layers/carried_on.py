"""A layer that the picture's edge cuts off, continued into the margin: its shape, then its colours.

The shape goes on in the direction that the silhouette has at the edge and turns away from the
picture soon; what is about to close there closes. The colours are pieces of the layer itself, found
by PatchMatch where the silhouette lies alike.
"""

from __future__ import annotations

import numpy as np

from ..plate.blend import blend_copies
from ..plate.patchmatch import patchmatch
from .pixels import Box, continued
from .silhouette import rows_on

# No pattern shows in a margin as narrow as one patch of PatchMatch: there the edge is repeated.
_NARROW = 7
_SOLID = 0.5  # alpha from which a pixel has a colour of its own
_DEEP = 1.5  # margins of the layer, from the edge in, that may be copied


def carried_on(
    rgba: np.ndarray, box: Box, limit: Box, size: tuple[int, int], seed: int = 0
) -> tuple[np.ndarray, tuple[int, int]]:
    """Continue a layer, where the picture's edge cuts it off, as far as the plate goes.

    Args:
        rgba: float32 ``[h, w, 4]``, premultiplied: the layer.
        box: ``x1 y1 x2 y2`` of its pixels in the picture, end-exclusive.
        limit: of the plate's, in pixels of the picture, too.
        size: ``(H, W)`` of the picture.
        seed: for the random search.

    Returns:
        The layer, float32 ``[h', w', 4]``, its own pixels as they were, and ``(x, y)`` of its top
        left corner.
    """
    left, top, right, bottom = sides = _cut_sides(rgba[..., 3], box, limit, size)
    corner = (box[0] - left, box[1] - top)
    repeated = np.pad(rgba, ((top, bottom), (left, right), (0, 0)), mode="edge")
    if max(sides) <= _NARROW:
        return np.ascontiguousarray(repeated), corner
    # What grows wider beyond one edge needs room beside the layer, as far as there is any.
    most = max(sides)
    spare = (
        0 if left else min(most, box[0] - limit[0]),
        0 if top else min(most, box[1] - limit[1]),
        0 if right else min(most, limit[2] - box[2]),
        0 if bottom else min(most, limit[3] - box[3]),
    )
    rgba = np.pad(rgba, ((spare[1], spare[3]), (spare[0], spare[2]), (0, 0)))
    corner = (corner[0] - spare[0], corner[1] - spare[1])
    alpha = _shape_on(rgba[..., 3], sides)
    rgba = np.pad(rgba, ((top, bottom), (left, right), (0, 0)))
    own = np.zeros(alpha.shape, bool)
    own[top : alpha.shape[0] - bottom, left : alpha.shape[1] - right] = True
    grown = np.where(own[..., None], rgba, _colored(rgba, alpha, own, sides, seed))
    return _without_empty(grown, own, spare, corner)


def _cut_sides(
    alpha: np.ndarray, box: Box, limit: Box, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """How far it goes on to the left, above, to the right and below, in pixels."""
    height, width = size
    left = box[0] - limit[0] if box[0] == 0 and alpha[:, 0].any() else 0
    top = box[1] - limit[1] if box[1] == 0 and alpha[0].any() else 0
    right = limit[2] - box[2] if box[2] == width and alpha[:, -1].any() else 0
    bottom = limit[3] - box[3] if box[3] == height and alpha[-1].any() else 0
    return left, top, right, bottom


def _shape_on(alpha: np.ndarray, sides: tuple[int, int, int, int]) -> np.ndarray:
    left, top, right, bottom = sides
    for count, turned in ((left, _from_left), (right, _from_right), (top, _from_top)):
        if count:
            alpha = turned(rows_on(turned(alpha), count))
    return rows_on(alpha, bottom) if bottom else alpha


# Each turns an array so that its side becomes the lower one, and back.
def _from_left(values: np.ndarray) -> np.ndarray:
    return values[::-1, ::-1].T


def _from_right(values: np.ndarray) -> np.ndarray:
    return values.T


def _from_top(values: np.ndarray) -> np.ndarray:
    return values[::-1]


def _colored(
    rgba: np.ndarray,
    alpha: np.ndarray,
    own: np.ndarray,
    sides: tuple[int, int, int, int],
    seed: int,
) -> np.ndarray:
    """The layer with that alpha, premultiplied; beyond its own pixels with colours copied."""
    import cv2

    there = rgba[..., 3] >= _SOLID
    straight = rgba[..., :3] / np.maximum(rgba[..., 3:], 1e-6)
    wanted = ~own & (alpha > 0)
    if there.any() and wanted.any():
        key = _unlike(straight[there])
        away = cv2.distanceTransform((~wanted).astype(np.uint8), cv2.DIST_L2, 3)
        near = (away <= _DEEP * max(sides)).astype(np.uint8)
        count, labels, boxes, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
        for label in range(1, count):  # above and below a figure, say
            left, top, width, height, _ = boxes[label]
            part = slice(top, top + height), slice(left, left + width)
            here = labels[part] == label
            masks = own[part] & here, there[part], wanted[part] & here
            if masks[2].any():
                colors = _copied(straight[part], rgba[part][..., 3], *masks, key, seed)
                straight[part][masks[2]] = colors[masks[2]]
    return np.dstack([straight * alpha[..., None], alpha])


def _copied(
    straight: np.ndarray,
    alpha: np.ndarray,
    own: np.ndarray,
    there: np.ndarray,
    wanted: np.ndarray,
    key: np.ndarray,
    seed: int,
) -> np.ndarray:
    """The colours where wanted, float32 ``[h, w, 3]``, copied from the layer's own pixels.

    PatchMatch sees the layer before a colour that it does not have, inside and beyond the edge, so
    that silhouettes are matched with silhouettes.
    """
    # Whatever is copied has a colour: that of the silhouette nearby, where the layer has none.
    colors = continued(straight, there, ~there) if there.any() else straight
    seen = np.where(own, alpha, 0)[..., None]
    picture = (colors * seen + key * (1 - seen)).astype(np.float32)
    copied = patchmatch(picture, wanted, wanted, own, copies=there, seed=seed)
    if copied is None:  # too thin to copy from: the edge goes on
        return colors
    rows, columns = np.nonzero(wanted)
    offsets = copied.offsets[wanted]
    filled = colors.copy()
    filled[wanted] = colors[rows + offsets[:, 0], columns + offsets[:, 1]]
    return blend_copies(filled, own & there, wanted, copied.offsets)


def _unlike(colors: np.ndarray) -> np.ndarray:
    """float32 ``[3]``: the corner of the colour cube that is farthest from the layer's colours."""
    corners = np.stack(np.meshgrid(*[(0.0, 1.0)] * 3), axis=-1).reshape(-1, 3).astype(np.float32)
    mean, square = colors.mean(0), (colors**2).mean()
    return corners[(square * 3 - 2 * corners @ mean + (corners**2).sum(1)).argmax()]


def _without_empty(
    rgba: np.ndarray, own: np.ndarray, spare: tuple[int, int, int, int], corner: tuple[int, int]
) -> tuple[np.ndarray, tuple[int, int]]:
    """Cut to what is there, but not into the layer's own pixels."""
    shown = rgba[..., 3] > 0
    rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    shown[rows[0] + spare[1] : rows[-1] + 1 - spare[3], columns[0] + spare[0]] = True
    shown[rows[0] + spare[1] : rows[-1] + 1 - spare[3], columns[-1] - spare[2]] = True
    rows, columns = np.flatnonzero(shown.any(1)), np.flatnonzero(shown.any(0))
    cut = rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.ascontiguousarray(cut), (corner[0] + int(columns[0]), corner[1] + int(rows[0]))
