"""Holes filled by diffusion: colours flow in from the rim, and nothing is copied.

Right for skies and other gradients; lines and textures that end at the rim are smeared.
"""

from __future__ import annotations

import numpy as np

_SWEEPS = 24  # at each scale; what is left of the error is smoother than the next scale sees
# The Laplace equation asks each pixel to be the mean of its neighbours. These weights, rather than
# those of the four nearest alone, leave no checkerboard when all pixels are set at once.
_NEIGHBOURS = np.float32([[1, 2, 1], [2, 0, 2], [1, 2, 1]]) / 12


def diffuse(picture: np.ndarray, known: np.ndarray, sweeps: int = _SWEEPS) -> np.ndarray:
    """Fill what is not known with the smoothest colours that fit the rim (a membrane).

    Solves the Laplace equation with the known pixels given and the picture's edge left free, from
    coarse to fine scales (cascadic multigrid: Bornemann and Deuflhard, "The cascadic multigrid
    method for elliptic problems", 1996).

    Args:
        picture: float32 ``[H, W, C]``; what is not known in it is not read.
        known: bool ``[H, W]``.
        sweeps: relaxations at each scale.

    Returns:
        float32 ``[H, W, C]``; known pixels as they were. Where nothing at all is known: zeros.
    """
    if known.all():
        return picture.copy()
    if not known.any():
        return np.zeros_like(picture)
    return _filled(np.where(known[..., None], picture, 0), known.astype(np.float32), sweeps)


def _filled(weighted: np.ndarray, weight: np.ndarray, sweeps: int) -> np.ndarray:
    """``weighted`` holds colours times their weight; a pixel is unknown where its weight is 0."""
    import cv2

    known = weight > 0
    colors = weighted / np.where(known, weight, 1)[..., None]
    if known.all():
        return colors
    height, width = weight.shape
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse = _filled(_halved(weighted), _halved(weight), sweeps)
    guess = _doubled(coarse.reshape(half[1], half[0], -1), (height, width))
    unknown = (~known).astype(np.uint8)
    result = cv2.copyTo(np.ascontiguousarray(guess), unknown, colors)
    for _ in range(sweeps):
        mean = cv2.filter2D(result, -1, _NEIGHBOURS, borderType=cv2.BORDER_REPLICATE)
        result = cv2.copyTo(mean, unknown, result)
    return result.reshape(colors.shape)  # OpenCV drops a single channel


def _halved(values: np.ndarray) -> np.ndarray:
    """Sums of 2 x 2 pixels, a half one repeated at the end of odd sides."""
    height, width = values.shape[:2]
    pad = [(0, height % 2), (0, width % 2)] + [(0, 0)] * (values.ndim - 2)
    values = np.pad(values, pad)
    rows = values[0::2] + values[1::2]
    return rows[:, 0::2] + rows[:, 1::2]


def _doubled(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    import cv2

    height, width = values.shape[:2]
    large = cv2.resize(values, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR)
    return large.reshape(2 * height, 2 * width, -1)[: size[0], : size[1]]
