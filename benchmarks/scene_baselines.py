"""How a camera is moved through one picture with one depth map, as others do it: what layers are
measured against.

Written from what published systems are known to do, not from their code.
"""

from __future__ import annotations

import cv2
import numpy as np

_STEPS = 96
_HALVINGS = 10
_SEEN = 0.05  # share of a point from which on its pixel is seen
_SAME_SURFACE = 0.03  # of disparity: points so close together are blended, not hidden


def backward_warp(
    picture: np.ndarray, disparity: np.ndarray, across: np.ndarray, along: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The picture as one sheet with a relief, looked at along each pixel's ray.

    The ray is followed from the near end to where it first goes below the sheet, and from there on
    by halving, as parallax shaders do (Policarpo, Oliveira and Comba, "Real-time relief mapping on
    arbitrary polygonal surfaces", 2005). At silhouettes the sheet is a steep wall, and what should
    be seen behind is drawn out along it.

    Args:
        picture: float32 ``[H, W, 3]``.
        disparity: float32 ``[H, W]``, 0 to 1.
        across, along: A and b of `geometry.views`, of one frame.

    Returns:
        The frame and the place in the picture that each of its pixels shows, ``[H, W, 2]``.
    """
    height, width = disparity.shape
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    inverse = np.linalg.inv(across)
    u = [row[0] * x + row[1] * y + row[2] for row in inverse]
    v = inverse @ along
    far = np.stack([u[0] / u[2], u[1] / u[2]])
    step = np.stack([v[2] * far[0] - v[0], v[2] * far[1] - v[1]])

    def below(depth: np.ndarray) -> np.ndarray:
        return _sampled(disparity, far + depth * step, cv2.INTER_LINEAR) >= depth

    before = np.full(disparity.shape, float(disparity.max()) * 1.02)
    hit = np.zeros(disparity.shape)
    open_rays = np.ones(disparity.shape, bool)
    for depth in np.linspace(before[0, 0], 0, _STEPS)[1:]:
        found = open_rays & below(np.full(disparity.shape, depth))
        hit[found] = depth
        open_rays &= ~found
        before[open_rays] = depth
    for _ in range(_HALVINGS):
        middle = (before + hit) / 2
        under = below(middle)
        hit = np.where(under, middle, hit)
        before = np.where(under, before, middle)
    places = far + hit * step
    frame = _sampled(picture, places, cv2.INTER_CUBIC)
    return np.clip(frame, 0, 1), np.moveaxis(places, 0, -1)


def splat(
    picture: np.ndarray, disparity: np.ndarray, across: np.ndarray, along: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The picture as points, each spread over the four pixels it falls between, the nearest ones
    kept, and the gaps filled from around them (Telea's inpainting).

    As the 3D Ken Burns effect renders (Niklaus et al., SIGGRAPH Asia 2019, section 3.3), but for
    its filling by a network. Pixels that a camera which goes forward leaves out between two points
    are taken from points twice as dense. Arguments and result: see `backward_warp`.
    """
    fine = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    dense = disparity.repeat(2, axis=0).repeat(2, axis=1)
    made, known = _blended(picture, disparity, 1, across, along)
    between, there = _blended(fine, dense, 2, across, along)
    made = np.where(known, made, between)
    hole = (~(known | there)).astype(np.uint8)
    made = [_filled(part, hole) for part in made]
    return np.clip(np.dstack(made[:3]), 0, 1), np.dstack(made[3:])


def _blended(
    picture: np.ndarray, disparity: np.ndarray, finer: int, across: np.ndarray, along: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Colour and place of the points that are seen, ``[5, H, W]``, and where there are any."""
    height, width = (side // finer for side in disparity.shape)
    index, share, nearness, values = _spread(picture, disparity, finer, across, along)
    nearest = np.zeros(height * width)
    np.maximum.at(nearest, index, nearness)
    front = nearness >= nearest[index] - _SAME_SURFACE
    index, share, values = index[front], share[front], values[front]
    total = np.bincount(index, share, height * width)
    sums = np.stack([np.bincount(index, share * part, height * width) for part in values.T])
    made = sums / np.maximum(total, 1e-9)
    return made.reshape(5, height, width), (total > _SEEN).reshape(height, width)


def _spread(
    picture: np.ndarray,
    disparity: np.ndarray,
    finer: int,
    across: np.ndarray,
    along: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Which pixels of the frame each point falls on: their numbers, the shares, how near the point
    is there, and its colour and place. There are `finer` points per pixel and direction."""
    rows, columns = disparity.shape
    height, width = rows // finer, columns // finer
    x, y = np.meshgrid((np.arange(columns) + 0.5) / finer, (np.arange(rows) + 0.5) / finer)
    values = np.column_stack([picture.reshape(-1, 3), x.ravel(), y.ravel()])
    depth = disparity.ravel().astype(np.float64)
    seen = across @ np.stack([x.ravel(), y.ravel(), np.ones(x.size)]) + along[:, None] * depth
    u, v = seen[0] / seen[2] - 0.5, seen[1] / seen[2] - 0.5
    found = []
    for row in (np.floor(v), np.floor(v) + 1):
        for column in (np.floor(u), np.floor(u) + 1):
            share = (1 - abs(u - column)) * (1 - abs(v - row))
            kept = (column >= 0) & (column < width) & (row >= 0) & (row < height) & (share > 1e-3)
            index = (row[kept] * width + column[kept]).astype(int)
            found.append((index, share[kept], (depth / seen[2])[kept], values[kept]))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def widened(disparity: np.ndarray, pixels: int) -> np.ndarray:
    """Near things wider by so many pixels, so that their soft edges go with them: what users of
    single-sheet warps do by hand."""
    around = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return cv2.dilate(disparity, around) if pixels else disparity


def _filled(values: np.ndarray, hole: np.ndarray) -> np.ndarray:
    # As 16 bits: OpenCV's inpainting rounds floats to whole numbers.
    low, high = float(values.min()), float(values.max())
    scale = 65535 / max(high - low, 1e-9)
    integers = np.rint((values - low) * scale).astype(np.uint16)
    return cv2.inpaint(integers, hole, 3, cv2.INPAINT_TELEA) / scale + low


def _sampled(values: np.ndarray, places: np.ndarray, method: int) -> np.ndarray:
    x, y = (place.astype(np.float32) - np.float32(0.5) for place in places)
    return cv2.remap(values, x, y, method, borderMode=cv2.BORDER_REPLICATE)
