"""What happens to a picture on its way to a user. It changes how things look, never where they are.

`harmonize.finish` is the shorter chain that the evaluation sets of compositions are made with; they
keep it, so that figures can be compared between runs. The list follows what helped others: noise,
JPEG, sketch, text, blocks and streaks (SkyTNT's anime-segmentation), brightness and contrast
(Kugler 2020, section 4.4), quantising (Liu et al. 2023). All functions take and return uint8
[H,W,3] RGB.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import cv2
import numpy as np

from . import harmonize
from .overlays import blocks, caption, streaks, subtitles

_BELL = np.array([NormalDist().inv_cdf((level + 0.5) / 256) for level in range(256)])
_HIGH = (np.arange(256) >> 4).astype(np.uint8)
_LEVELS = np.arange(8, 256, 16, dtype=np.float32)
_GRID = np.stack(np.meshgrid(*[_LEVELS] * 3, indexing="ij"), -1).reshape(-1, 3)
_FILTERS = (
    cv2.INTER_NEAREST,
    cv2.INTER_LINEAR,
    cv2.INTER_CUBIC,
    cv2.INTER_AREA,
    cv2.INTER_LANCZOS4,
)


def handle(rng: np.random.Generator, picture: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """The whole chain: painting, then what lies over it, then the lens, then the file; each step
    by chance times `strength`."""
    for share, steps in STAGES:
        if rng.random() >= share * strength:
            continue
        weights = np.array(list(steps.values()), float)
        count = 1 + int(rng.random() < 0.2)
        names = rng.choice(len(steps), count, replace=False, p=weights / weights.sum())
        for step in sorted(names.tolist()):
            picture = list(steps)[step](rng, picture)
    return np.ascontiguousarray(picture)


def grain(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Noise per pixel, grey or coloured, fine or as coarse as film grain, or in the dark alone."""
    height, width = picture.shape[:2]
    coarse, colored = rng.random() < 0.4, rng.random() < 0.4
    size = (height // 2 + 1, width // 2 + 1) if coarse else (height, width)
    channels = 3 if colored else 1
    raw = np.frombuffer(rng.bytes(size[0] * size[1] * channels), np.uint8)
    spread = rng.uniform(2, 9) if rng.random() < 0.7 else rng.uniform(9, 20)
    table = np.rint(_BELL * spread).clip(-127, 127).astype(np.int8)
    noise = table[raw].reshape(*size, channels)
    if coarse:
        noise = cv2.resize(noise.astype(np.int16), (width, height), interpolation=cv2.INTER_LINEAR)
        noise = noise.reshape(height, width, channels)
    if channels == 1:
        noise = cv2.merge([noise[..., 0]] * 3)
    return cv2.add(picture, noise, dtype=cv2.CV_8U)


def motion_blur(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Along a line of 3 to 9 pixels, the middle stays where it was."""
    length = int(rng.choice([3, 5, 7, 9]))
    kernel = np.zeros((length, length), np.float32)
    angle, half = rng.uniform(0, np.pi), length / 2 - 0.5
    reach = np.array([np.cos(angle), np.sin(angle)]) * half
    start, end = (half - reach) * 16, (half + reach) * 16
    points = [tuple(np.rint(p).astype(int).tolist()) for p in (start, end)]
    cv2.line(kernel, *points, 1.0, 1, cv2.LINE_8, 4)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def soft_focus(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A little out of focus."""
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.3))


def sharpened(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """With the bright and dark rims that sharpening leaves."""
    amount = rng.uniform(0.3, 1.2)
    soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 2.0))
    return cv2.addWeighted(picture, 1 + amount, soft, -amount, 0)


def bloom(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Bright areas glow."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 4 + 1, height // 4 + 1), interpolation=cv2.INTER_AREA)
    level = int(rng.integers(90, 190))
    bright = cv2.LUT(small, (np.arange(256) - level).clip(0, 255).astype(np.uint8))
    glow = cv2.GaussianBlur(bright, (0, 0), max(height, width) / 4 * rng.uniform(0.01, 0.05))
    glow = cv2.convertScaleAbs(glow, alpha=rng.uniform(0.5, 1.5))
    return cv2.add(picture, cv2.resize(glow, (width, height), interpolation=cv2.INTER_LINEAR))


def fringes(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Chromatic aberration: red and blue move by up to 1.5 pixels, green stays."""
    height, width = picture.shape[:2]
    shift = rng.uniform(-1.5, 1.5, 2) if rng.random() < 0.5 else np.zeros(2)
    scale = rng.uniform(-1.5, 1.5) * 2 / max(height, width)
    planes = list(cv2.split(picture))
    for channel, sign in ((0, 1), (2, -1)):
        k = 1 + sign * scale
        move = sign * shift + (1 - k) * np.array([width, height]) / 2
        matrix = np.array([[k, 0, move[0]], [0, k, move[1]]])
        planes[channel] = cv2.warpAffine(
            planes[channel], matrix, (width, height), borderMode=cv2.BORDER_REPLICATE
        )
    return cv2.merge(planes)


def vignette(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Darker corners."""
    height, width = picture.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32) ** 2
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    light = 1 - np.float32(rng.uniform(0.15, 0.45)) * (x + y).clip(0, 1.5)
    shade = (light * 255).astype(np.uint8)
    return cv2.multiply(picture, cv2.merge([shade] * 3), scale=1 / 255)


def rescaled(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Through a smaller size and back, each way by any filter."""
    height, width = picture.shape[:2]
    scale = rng.uniform(0.35, 0.95)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    down, up = rng.choice(_FILTERS[1:]), rng.choice(_FILTERS)
    small = cv2.resize(picture, size, interpolation=int(down))
    return cv2.resize(small, (width, height), interpolation=int(up))


def bled(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Colour that runs sideways, as on tape, and at times every other row darker."""
    values = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
    wide = 2 * int(rng.integers(1, 6)) + 1
    values[..., 1:] = cv2.blur(values, (wide, 1))[..., 1:]
    picture = cv2.cvtColor(values, cv2.COLOR_YCrCb2RGB)
    if rng.random() < 0.3:
        picture[::2] = cv2.convertScaleAbs(picture[::2], alpha=rng.uniform(0.75, 0.95))
    return picture


def jpeg(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """JPEG of quality 20 to 97 with colour at full, half or quarter resolution, once or twice."""
    for _ in range(1 + int(rng.random() < 0.15)):
        sampling = rng.choice(
            [
                cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
                cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
                cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
                cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
            ]
        )
        settings = [cv2.IMWRITE_JPEG_QUALITY, int(rng.choice([20, 35, 50, 65, 75, 85, 92, 97]))]
        settings += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, int(sampling)]
        picture = _through(picture, ".jpg", settings)
    return picture


def webp(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """WebP of quality 20 to 90; its colour has half the resolution."""
    return _through(picture, ".webp", [cv2.IMWRITE_WEBP_QUALITY, int(rng.integers(20, 91))])


def posterised(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A few levels per channel."""
    levels = int(rng.choice([4, 6, 8, 16]))
    steps = np.floor(np.arange(256) * levels / 256) * 255 / (levels - 1)
    return cv2.LUT(picture, np.rint(steps).astype(np.uint8))


def quantised(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """8 to 32 colours: k-means on 1,024 of the pixels, then the nearest for each of 16 levels per
    channel."""
    sample = picture.reshape(-1, 3)[rng.integers(0, picture.size // 3, 1024)].astype(np.float32)
    cv2.setRNGSeed(int(rng.integers(2**31 - 1)))
    count = int(rng.choice([8, 12, 16, 32]))
    _, _, centres = cv2.kmeans(sample, count, None, (3, 6, 1.0), 1, cv2.KMEANS_RANDOM_CENTERS)
    nearest = ((centres**2).sum(1) - 2 * _GRID @ centres.T).argmin(1)
    table = np.rint(centres).clip(0, 255).astype(np.uint8)[nearest]
    red, green, blue = (plane.astype(np.uint16) for plane in cv2.split(cv2.LUT(picture, _HIGH)))
    return table[(red << 8) | (green << 4) | blue]


def screened(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Screentone: grey levels become dots on a turned grid; the darkest and lightest stay."""
    grey_levels = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    height, width = grey_levels.shape
    pitch, angle = rng.uniform(3, 8), rng.uniform(0, np.pi / 2)
    dots = np.zeros((height, width), np.float32)
    for a, b in ((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))):
        x = np.arange(width, dtype=np.float32) * np.float32(2 * np.pi * a / pitch)
        y = np.arange(height, dtype=np.float32)[:, None] * np.float32(2 * np.pi * b / pitch)
        dots += np.cos(y) * np.cos(x) - np.sin(y) * np.sin(x)  # cos(x + y)
    shift = 255 * (0.5 - 6 * (0.15 + 0.75 * (0.5 + 0.25 * dots)))
    tone = (6.0 * grey_levels + shift).clip(0, 255).astype(np.uint8)
    tone[grey_levels > 229] = 255
    dark = grey_levels < 64
    tone[dark] = grey_levels[dark] * 0.4
    return cv2.cvtColor(tone, cv2.COLOR_GRAY2RGB)


def smoothed(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Flat areas flatter and edges kept, as after noise removal or tracing."""
    if rng.random() < 0.6:
        return cv2.medianBlur(picture, int(rng.choice([3, 5])))
    return cv2.bilateralFilter(picture, 5, rng.uniform(20, 80), 3)


def filtered(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A random small filter and mixture of channels about what changes nothing."""
    kernel = rng.normal(0, 0.06, (3, 3)).astype(np.float32)
    kernel[1, 1] += 1
    mixture = np.eye(3) + rng.normal(0, 0.08, (3, 3))
    mixture /= mixture.sum(1, keepdims=True)
    return cv2.transform(cv2.filter2D(picture, -1, kernel / kernel.sum()), mixture)


def grey(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Without colour."""
    return harmonize.greyscale(picture)


def contrast(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Much darker, paler or harsher than it was."""
    levels = np.arange(256) / 255
    kind = rng.integers(3)
    if kind == 0:
        curve = levels * rng.uniform(0.4, 0.75)
    elif kind == 1:
        curve = levels * rng.uniform(0.2, 0.6) + rng.uniform(0.2, 0.5)
    else:
        curve = (levels - 0.5) * rng.uniform(1.4, 2.5) + 0.5
    return cv2.LUT(picture, np.rint(curve.clip(0, 1) * 255).astype(np.uint8))


def _through(picture: np.ndarray, kind: str, settings: list[int]) -> np.ndarray:
    _, data = cv2.imencode(kind, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), settings)
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


Step = Callable[[np.random.Generator, np.ndarray], np.ndarray]
# How often each stage happens, and how its steps weigh against each other.
STAGES: tuple[tuple[float, dict[Step, float]], ...] = (
    (0.3, {harmonize.grade: 5, contrast: 1.5, quantised: 2, posterised: 1, filtered: 1}),
    (0.09, {harmonize.sketch: 3, screened: 3, grey: 5}),
    (0.16, {subtitles: 4, caption: 3, blocks: 2, streaks: 2}),
    (
        0.3,
        {
            soft_focus: 3,
            sharpened: 2,
            bloom: 2,
            fringes: 2,
            vignette: 1.5,
            motion_blur: 1.5,
            grain: 4,
            smoothed: 1,
        },
    ),
    (0.18, {rescaled: 5, bled: 1}),
    (0.45, {jpeg: 9, webp: 1}),
)
