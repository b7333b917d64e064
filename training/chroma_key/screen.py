"""The screen behind a figure: its key colour, and how that varies over a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .color import blur, hue_chroma, largest, to_ycc

LEAST_CHROMA = 0.22  # of a key colour; sky, skin and paper have less
LEAST_SATURATION = 0.4
_BORDER = 0.04
_WORKING_SIDE = 256


class NoKey(ValueError):
    """A picture has no screen, too little of it, or nothing but it. The message says which."""


@dataclass(frozen=True, eq=False)
class Screen:
    """A screen without what stands before it.

    Attributes:
        color: float32 [H,W,3] RGB 0..1, also behind the figures.
        key: its middle, float32 [3].
        hue: of the key, degrees.
        noise: robust standard deviation of the screen's pixels about `color`, 0..1, of luma.
    """

    color: np.ndarray
    key: np.ndarray
    hue: float
    noise: float


def find_key(picture: np.ndarray) -> np.ndarray:
    """The key colour of a picture, RGB float32 [3], 0..1.

    It is the peak of the hue histogram, weighted by saturation, of the border's pixels, and of the
    whole picture's when no hue has a third of the border.

    Args:
        picture: float32 [H,W,3] RGB 0..1.

    Raises:
        NoKey: no hue prevails.
    """
    small = _working_copy(picture)
    height, width = small.shape[:2]
    border = max(2, round(_BORDER * max(height, width)))
    frame = np.ones((height, width), bool)
    frame[border:-border, border:-border] = False
    for pixels, share in ((small[frame], 0.33), (small.reshape(-1, 3), 0.2)):
        key = _peak(pixels, share)
        if key is not None:
            return key
    raise NoKey("no key colour: no strong colour fills a third of the border or a fifth of it all")


def fit_screen(picture: np.ndarray, key: np.ndarray) -> Screen:
    """The screen's colour at every pixel, from the pixels that are surely screen.

    A surface of second order is fitted robustly to those (light from one side, a vignette), then
    what it leaves is smoothed and added where there are screen pixels near.

    Args:
        picture: float32 [H,W,3] RGB 0..1.
        key: its key colour, float32 [3].

    Raises:
        NoKey: too few pixels have the key colour.
    """
    small = _working_copy(picture)
    height, width = small.shape[:2]
    hue, chroma = hue_chroma(small)
    key_hue, key_chroma = (float(v) for v in hue_chroma(key))
    away = np.abs((hue - key_hue + 180) % 360 - 180)
    value, saturation = small.max(-1), chroma / np.maximum(small.max(-1), 1e-6)
    key_saturation = key_chroma / max(float(key.max()), 1e-6)
    ratio = value / max(float(key.max()), 1e-6)
    sure = (away < 15) & (saturation > 0.65 * key_saturation) & (ratio > 0.3) & (ratio < 1.6)
    core = cv2.erode(sure.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    if core.mean() < 0.02:
        raise NoKey(f"the key colour covers only {100 * sure.mean():.1f} % of the picture")
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)
    weight = core.astype(np.float32)
    scale = 1.0
    for _ in range(8):
        b, t = basis[core] * weight[core][:, None], small[core] * weight[core][:, None]
        # a little ridge keeps the surface flat where no screen pixel holds it
        ridge = np.diag([0, 1, 1, 3, 3, 3]).astype(np.float32) * (0.01 * len(b))
        surface = basis @ np.linalg.solve(b.T @ b + ridge, b.T @ t)
        distance = np.linalg.norm(small - surface, axis=-1)
        scale = max(1.4826 * float(np.median(distance[core])), 0.004)
        weight = np.where(core, 1 / (1 + (distance / (2 * scale)) ** 2), 0).astype(np.float32)
    inlier = (core & (distance < max(6 * scale, 0.04))).astype(np.float32)
    low, high = (np.percentile(small[inlier > 0], q, axis=0) for q in (0.5, 99.5))
    surface = surface.clip(low - 0.02, high + 0.02).astype(np.float32)
    sigma = 0.03 * max(height, width)
    share = blur(inlier, sigma)
    rest = blur((small - surface) * inlier[..., None], sigma) / (share + 0.02)[..., None]
    color = (surface + rest).clip(0, 1)
    full = cv2.resize(color, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    apart = to_ycc(picture - full)
    on_screen = largest(np.abs(apart)) < 0.08
    noise = 1.4826 * float(np.median(np.abs(apart[..., 0][on_screen]))) if on_screen.any() else 0.0
    middle = np.median(color[inlier > 0], axis=0).astype(np.float32)
    return Screen(full, middle, float(hue_chroma(middle)[0]), noise)


def _working_copy(picture: np.ndarray) -> np.ndarray:
    scale = min(1.0, _WORKING_SIDE / max(picture.shape[:2]))
    size = [max(8, round(side * scale)) for side in picture.shape[1::-1]]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _peak(pixels: np.ndarray, share: float) -> np.ndarray | None:
    """The colour of the hue that has at least `share` of the pixels, None when there is none."""
    hue, chroma = hue_chroma(pixels)
    saturation = chroma / np.maximum(pixels.max(-1), 1e-6)
    strong = (chroma > LEAST_CHROMA) & (saturation > LEAST_SATURATION)
    if not strong.any():
        return None
    bins = np.bincount((hue[strong] / 3).astype(int) % 120, saturation[strong], 120)
    smooth = sum(np.roll(bins, step) * w for step, w in ((-2, 1), (-1, 2), (0, 3), (1, 2), (2, 1)))
    centre = 3 * int(np.argmax(smooth)) + 1.5
    near = strong & (np.abs((hue - centre + 180) % 360 - 180) < 12)
    if near.mean() < share:
        return None
    # a screen has one colour, a meadow many: the middle one, among those as strong as most
    return np.median(pixels[near], axis=0).astype(np.float32)
