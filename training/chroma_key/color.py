"""Colour as a keyer sees it: hue, and how much of the key's hue a colour holds.

All arrays are float32 RGB [..., 3], 0..1.
"""

from __future__ import annotations

from functools import reduce

import cv2
import numpy as np

# ITU-R BT.601, as JPEG and most small videos use it: rows are Y, Cb, Cr.
_TO_YCC = np.array(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32
)


def hue_chroma(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hue in degrees 0..360 and chroma (largest less smallest channel) 0..1, each [...]."""
    high, low = largest(rgb), smallest(rgb)
    chroma = high - low
    safe = np.maximum(chroma, 1e-6)
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    sextant = np.where(
        high == r, (g - b) / safe, np.where(high == g, 2 + (b - r) / safe, 4 + (r - g) / safe)
    )
    return (sextant * 60) % 360, chroma


def keyness(rgb: np.ndarray, hue: float) -> np.ndarray:
    """How much of the hue (degrees) a colour holds, [...]: its chroma for a colour of that hue,
    0 for grey and for hues 60 degrees away, negative beyond, -chroma from 120 degrees on.

    For green this is G - max(R, B), the colour difference of Vlahos's keyers; for other hues the
    same turned around the grey axis. It is linear along a mix with black, grey or white, so that
    the share of the screen in such a mix is read off directly.
    """
    own, chroma = hue_chroma(rgb)
    away = np.abs((own - hue + 180) % 360 - 180)
    return chroma * (1 - np.minimum(away, 120) / 60)


def largest(channels: np.ndarray) -> np.ndarray:
    """The largest of few channels, [..., C] to [...]; many times quicker than max(-1)."""
    return reduce(np.maximum, np.moveaxis(channels, -1, 0))


def smallest(channels: np.ndarray) -> np.ndarray:
    """The smallest of few channels, [..., C] to [...]."""
    return reduce(np.minimum, np.moveaxis(channels, -1, 0))


def to_ycc(rgb: np.ndarray) -> np.ndarray:
    """Luma 0..1 and two colour differences -0.5..0.5, [..., 3]."""
    return rgb @ _TO_YCC.T


def luma(rgb: np.ndarray) -> np.ndarray:
    return rgb @ _TO_YCC[0]


def blur(array: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(array, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


def from_ycc(ycc: np.ndarray) -> np.ndarray:
    """The inverse of `to_ycc`."""
    return ycc @ np.linalg.inv(_TO_YCC).T.astype(np.float32)
