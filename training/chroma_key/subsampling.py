"""Pictures whose colour has half the resolution of their brightness: JPEG, and nearly all video.

At an edge such a picture's colour is smeared over three pixels or so while its luma is sharp. A
keyer has to know, or a dark outline before a green screen turns dark green and half transparent.
"""

from __future__ import annotations

import cv2
import numpy as np

from .color import blur, from_ycc, largest, smallest, to_ycc

_EDGES = 0.03  # colour steps per pixel that count
_BEYOND = 0.15  # a colour may lie outside of those stored around it
_ROUNDS = 4
_LIKE = 0.2  # of those steps may remain unexplained, on average


def halved_colors(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """The picture and, if its colours were stored at half size, those: Cb, Cr [H/2,W/2,2], or None.

    Half size is known by this: the picture's colours follow from their half-size means, enlarged
    smoothly, as JPEG decoders do, or to blocks, as many video players do. Blocks become smooth.

    Takes and gives float32 [H,W,3] RGB 0..1.
    """
    ycc = to_ycc(picture)
    colors = np.ascontiguousarray(ycc[..., 1:])
    step = largest(np.abs(np.diff(colors, axis=1, append=colors[:, -1:])))
    step = np.maximum(step, largest(np.abs(np.diff(colors, axis=0, append=colors[-1:]))))
    edge = step > _EDGES
    # channels at their limits were cut off, which no halving explains
    edge &= (largest(picture) < 0.995) & (smallest(picture) > 0.005)
    edge = cv2.dilate(edge.astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    if edge.sum() < 50:
        return picture, None
    small = halve(colors)
    strength = _LIKE * float(step[edge].mean())
    blocks = cv2.resize(
        small, (2 * small.shape[1], 2 * small.shape[0]), interpolation=cv2.INTER_NEAREST
    )
    if _apart(colors, blocks, edge) < strength:
        ycc[..., 1:] = doubled(small, colors.shape[:2])
        return from_ycc(ycc).clip(0, 1), small
    small = _sharpened(small)
    if _apart(colors, doubled(small, colors.shape[:2]), edge) < strength:
        return picture, small
    return picture, None


def _apart(colors: np.ndarray, others: np.ndarray, where: np.ndarray) -> float:
    height, width = colors.shape[:2]
    return float(largest(np.abs(colors - others[:height, :width]))[where].mean())


def doubled(small: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Half-size values enlarged to [H,W] as decoders do it."""
    size = 2 * small.shape[1], 2 * small.shape[0]
    return cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)[: shape[0], : shape[1]]


def halve(values: np.ndarray) -> np.ndarray:
    """Means of 2 x 2 values, [H/2,W/2] or [H/2,W/2,C], sizes rounded up."""
    height, width = values.shape[:2]
    even = cv2.copyMakeBorder(values, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return cv2.resize(even, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)


def _sharpened(small: np.ndarray) -> np.ndarray:
    """Undoes what halving a smoothly enlarged array does to it: a kernel of 1/8, 3/4, 1/8."""
    kernel, out = np.array([0.125, 0.75, 0.125], np.float32), small
    for _ in range(3):
        again = cv2.sepFilter2D(out, -1, kernel, kernel, borderType=cv2.BORDER_REPLICATE)
        out = out + (small - again)
    return out


def sharpened_colors(picture: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Colours at full size from those stored at half size, guided by luma.

    Within a few pixels a mix of two colours lies on a line, so that luma tells the colour; what
    then does not average to the stored colours is given back to them, several times.

    Args:
        picture: float32 [H,W,3] RGB 0..1, whose luma is right.
        small: Cb, Cr at half size, as `halved_colors` gives them.
    """
    ycc = to_ycc(picture)
    y = np.ascontiguousarray(ycc[..., 0])
    shape, kernel = y.shape, np.ones((3, 3), np.uint8)
    low, high = doubled(cv2.erode(small, kernel), shape), doubled(cv2.dilate(small, kernel), shape)
    y_small = halve(y)[..., None]
    y_mean, mean = blur(y_small[..., 0], 1)[..., None], blur(small, 1)
    variance = blur((y_small * y_small)[..., 0], 1)[..., None] - y_mean * y_mean
    slope = (blur(y_small * small, 1) - y_mean * mean) / (variance + 1e-4)
    start = mean - slope * y_mean
    colors = doubled(blur(slope, 1), shape) * y[..., None] + doubled(blur(start, 1), shape)
    colors = colors.clip(low - _BEYOND, high + _BEYOND)
    for _ in range(_ROUNDS):
        colors = colors + doubled(small - halve(colors), shape)
    ycc[..., 1:] = colors
    return from_ycc(ycc).clip(0, 1)
