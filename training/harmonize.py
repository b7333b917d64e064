"""Makes pasted figures and backgrounds belong together, and pictures look handled.

All functions take and return uint8 [H,W,3] RGB and leave masks alone: they never move a pixel.
"""

from __future__ import annotations

import cv2
import numpy as np


def match_histogram(
    picture: np.ndarray,
    reference: np.ndarray,
    inside: np.ndarray | None = None,
    strength: float = 1.0,
) -> np.ndarray:
    """Maps each channel so that its cumulative histogram follows `reference`'s.

    Args:
        picture: uint8 [H,W,3].
        reference: uint8 [h,w,3].
        inside: bool [H,W], pixels of `picture` that count, all when None.
        strength: 0 keeps the picture, 1 is the full mapping.
    """
    pixels = picture[inside] if inside is not None else picture.reshape(-1, 3)
    if len(pixels) == 0:
        return picture
    levels = np.arange(256)
    table = np.empty((256, 1, 3), np.uint8)
    for c in range(3):
        own = np.cumsum(np.bincount(pixels[:, c], minlength=256) + 1e-3)
        other = np.cumsum(np.bincount(reference[..., c].reshape(-1), minlength=256) + 1e-3)
        mapped = np.interp(own / own[-1], other / other[-1], levels)
        table[:, 0, c] = np.rint(levels + strength * (mapped - levels)).clip(0, 255)
    return cv2.LUT(picture, table)


def quantize(rng: np.random.Generator, picture: np.ndarray, colors: int) -> np.ndarray:
    """Leaves `colors` colours: k-means on 2,048 of the pixels, then the nearest centre for each."""
    pixels = picture.reshape(-1, 3)
    sample = pixels[rng.integers(0, len(pixels), 2048)].astype(np.float32)
    cv2.setRNGSeed(int(rng.integers(2**31 - 1)))
    _, _, centres = cv2.kmeans(sample, colors, None, (3, 8, 1.0), 1, cv2.KMEANS_RANDOM_CENTERS)
    grid = np.stack(np.meshgrid(*[np.arange(4, 256, 8)] * 3, indexing="ij"), -1).reshape(-1, 3)
    nearest = (-2 * grid @ centres.T + (centres**2).sum(1)).argmin(1)
    table = np.rint(centres).clip(0, 255).astype(np.uint8)[nearest]
    high = (picture >> 3).astype(np.uint16)
    return table[(high[..., 0] << 10) | (high[..., 1] << 5) | high[..., 2]]


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """Through JPEG and back, at `quality` 1..100."""
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def grade(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Brightness, contrast, gamma, saturation and a tint, as one table per channel."""
    levels = np.arange(256) / 255
    gain, lift, gamma = rng.uniform(0.7, 1.25), rng.uniform(-0.1, 0.1), np.exp(rng.normal(0, 0.25))
    tint = (
        rng.normal(1, 0.07, 3)
        if rng.random() < 0.8
        else np.array([0.6, 0.75, 1.0]) * rng.uniform(0.7, 1.1)
    )
    curve = ((levels**gamma - 0.5) * gain + 0.5 + lift).clip(0, 1)[:, None] * tint
    picture = cv2.LUT(picture, np.rint(curve * 255).clip(0, 255).astype(np.uint8)[:, None])
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    share = rng.uniform(0.65, 1.35)
    return cv2.addWeighted(picture, share, grey, 1 - share, 0)


def greyscale(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def sketch(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Ink lines by an adaptive threshold, alone, on grey, or on three flat levels."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    block = int(rng.choice([5, 7, 9, 13]))
    lines = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, block, rng.uniform(3, 8)
    )
    style = rng.integers(3)
    if style == 1:
        lines = cv2.min(lines, cv2.addWeighted(grey, 0.6, grey, 0, 100))
    elif style == 2:
        lines = cv2.min(lines, ((grey // 86) * 80 + 95).astype(np.uint8))
    return cv2.cvtColor(lines, cv2.COLOR_GRAY2RGB)


def halftone(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Screentone: grey levels become dots on a turned grid; the darkest and lightest stay."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    height, width = grey.shape
    pitch, angle = rng.uniform(3, 8), rng.uniform(0, np.pi / 2)
    y, x = np.mgrid[:height, :width].astype(np.float32) * np.float32(2 * np.pi / pitch)
    u, v = np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y
    tone = 0.5 + 0.25 * (np.cos(u) + np.cos(v))
    dots = np.clip((grey - 0.15 - 0.75 * tone) * 6 + 0.5, 0, 1)
    out = np.where(grey < 0.25, grey * 0.4, np.where(grey > 0.9, 1, dots))
    return cv2.cvtColor((out * 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)


def degrade(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """At most two of: blur, a pass through a smaller size, noise, bloom."""
    height, width = picture.shape[:2]
    for kind in rng.choice(5, size=rng.integers(1, 3), replace=False):
        if kind == 0:
            picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.4))
        elif kind == 1:
            scale = rng.uniform(0.45, 0.9)
            small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        elif kind == 2:
            noise = rng.normal(
                0, rng.uniform(2, 14), (height, width, 1 if rng.random() < 0.5 else 3)
            )
            picture = np.rint(picture + noise).clip(0, 255).astype(np.uint8)
        elif kind == 3:
            glow = cv2.GaussianBlur(picture, (0, 0), max(height, width) * rng.uniform(0.01, 0.04))
            mixed = (
                255
                - (255 - picture.astype(np.uint16)) * (255 - (glow * 0.6).astype(np.uint16)) // 255
            )
            picture = mixed.astype(np.uint8)
        else:
            amount = rng.uniform(0.3, 1.2)
            picture = cv2.addWeighted(
                picture, 1 + amount, cv2.GaussianBlur(picture, (0, 0), 1.2), -amount, 0
            )
    return picture


def finish(rng: np.random.Generator, picture: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """The whole chain of handling, each step by chance times `strength`."""

    def happens(p: float) -> bool:
        return rng.random() < p * strength

    if happens(0.22):
        picture = quantize(rng, picture, int(rng.choice([8, 12, 16, 32])))
    if happens(0.35):
        picture = grade(rng, picture)
    style = rng.random()
    if style < 0.03 * strength:
        picture = sketch(rng, picture)
    elif style < 0.06 * strength:
        picture = halftone(rng, picture)
    elif style < 0.12 * strength:
        picture = greyscale(picture)
    if happens(0.25):
        picture = degrade(rng, picture)
    if happens(0.4):
        picture = jpeg(picture, int(rng.choice([40, 60, 75, 85, 95])))
    return picture
