"""Passes over a finished drawing: paper, pigment, wax, noise. No edge moves and alpha stays.

Each pass is a small frozen object, so that a style can be sent to another process; it is called as
`style.Finish`. Between passes the colour is planar, float32 [3,H,W], 0..255, not premultiplied.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .labels import CATEGORIES, COLOR_FILL, VISIBLE_LINE, LabelTable

TILE = 256  # pixels: noise is made once and laid side by side
BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)


class Pass:
    """A pass over the picture."""

    def over(
        self,
        rng: np.random.Generator,
        color: np.ndarray,
        alpha: np.ndarray,
        ids: np.ndarray,
        table: LabelTable,
    ) -> np.ndarray:
        """The new colour [3,H,W] in place of `color` (which may be changed); alpha 0..255."""
        raise NotImplementedError

    def __call__(
        self, rng: np.random.Generator, rgba: np.ndarray, ids: np.ndarray, table: LabelTable
    ) -> np.ndarray:
        alpha = rgba[..., 3].astype(np.float32)
        color = straight(rgba, alpha)
        return painted(self.over(rng, color, alpha, ids, table), rgba, alpha)


@dataclass(frozen=True)
class Chain(Pass):
    """Passes one after the other."""

    passes: tuple[Pass, ...]

    def over(self, rng, color, alpha, ids, table):
        for one in self.passes:
            color = one.over(rng, color, alpha, ids, table)
        return color


@dataclass(frozen=True)
class Photo(Pass):
    """Noise of a camera: of brightness, `strength` of 255, and less of colour."""

    strength: float = 6.0

    def over(self, rng, color, alpha, ids, table):
        grain = noise(rng, ids.shape) * self.strength
        for plane in color:
            plane += grain + 0.4 * self.strength * noise(rng, ids.shape)
        return color


@dataclass(frozen=True)
class Paper(Pass):
    """Grain of paper that shows through paint: `strength` 0..1, `size` pixels of a grain."""

    strength: float = 0.15
    size: float = 2.0

    def over(self, rng, color, alpha, ids, table):
        grain = noise(rng, ids.shape, self.size / 2)
        color *= 1 + np.minimum(grain * self.strength, 0.4)
        return color


@dataclass(frozen=True)
class Watercolor(Pass):
    """Pigment that pools: uneven washes, darker rims where a wash dried, colours that bleed.

    Attributes:
        wash: how uneven a wash is, 0..1.
        rim: how much darker a wash dries at its edge, 0..1.
        bleed: how much of the neighbour's colour runs in, 0..1.
    """

    wash: float = 0.35
    rim: float = 0.4
    bleed: float = 0.3

    def over(self, rng, color, alpha, ids, table):
        pools = clouds(rng, ids.shape, 60)
        mix = self.bleed * (0.5 + 0.9 * clouds(rng, ids.shape, 30)).clip(0, 1)
        near = cv2.GaussianBlur(borders(ids, table).astype(np.float32), (0, 0), 2.2)
        dense = self.wash * (pools + 0.25 * clouds(rng, ids.shape, 6))
        dense += self.rim * (near * 3).clip(0, 1) * (0.6 + 0.4 * pools)
        thin = 1 + dense.clip(-0.6, 1.5)
        pale = 0.22 * (-pools).clip(0, 1)
        weight = np.maximum(cv2.GaussianBlur(alpha, (0, 0), 7), 1)
        for plane in color:
            around = cv2.GaussianBlur(plane * alpha, (0, 0), 7) / weight
            plane += (around - plane) * mix
            # more pigment: darker by the power of what it lets through
            wet = cv2.log((plane / 255).clip(1 / 255, 1))
            wet = cv2.exp(wet * thin)
            plane[:] = 255 * (wet + (1 - wet) * pale)
        return color


@dataclass(frozen=True)
class Strokes(Pass):
    """Brush strokes inside each part, along a direction of its own; fainter in eyes and mouths.

    Attributes:
        strength: how different the strokes' brightness is, 0..1.
        length, width: of a stroke in pixels.
        hue: how different their hue is, 0..1.
    """

    strength: float = 0.3
    length: float = 28.0
    width: float = 3.0
    hue: float = 0.35

    def over(self, rng, color, alpha, ids, table):
        light = _along(rng, ids, table, self.length, self.width)
        light *= (self.strength * np.where(_fine(table), 0.3, 1)).astype(np.float32)[ids]
        warm = np.roll(light, (37, 91), (0, 1)) * self.hue
        for plane, shift in zip(color, (light + warm, light, light - warm), strict=True):
            plane += shift * (20 + 0.3 * plane)
        return color


@dataclass(frozen=True)
class Wax(Pass):
    """Crayon or coloured pencil: paper shows where the stick passed over a hollow.

    Attributes:
        cover: share of the paper that is covered, 0..1.
        size: pixels of a hollow.
        grain: how much the stick's way shows, 0..1.
        hard: how sharply covered and bare paper part, 0.3 soft to 2 hard.
        paper: its colour, RGB 0..1.
        lines: whether ink is of the same stick.
    """

    cover: float = 0.75
    size: float = 1.2
    grain: float = 0.6
    hard: float = 1.0
    paper: tuple[float, float, float] = (0.98, 0.97, 0.94)
    lines: bool = True

    def over(self, rng, color, alpha, ids, table):
        height = noise(rng, ids.shape, self.size / 2)
        height += 1.2 * self.grain * _along(rng, ids, table, 16.0 * self.size, self.size)
        height += 0.5 * clouds(rng, ids.shape, 40)
        # the height below which about `cover` of the paper lies
        level = 1.6 * (2 * self.cover - 1) * np.sqrt(1 + self.grain**2)
        covered = ((float(level) - height) * self.hard + 0.5).clip(0, 1)
        least = np.where(table.douga == VISIBLE_LINE, 0.35 if self.lines else 1.0, 0.0)
        least = least.astype(np.float32)[ids]
        covered = least + (1 - least) * covered
        for plane, paper in zip(color, self.paper, strict=True):
            plane -= 255 * paper
            plane *= covered
            plane += 255 * paper
        return color


@dataclass(frozen=True)
class Posterize(Pass):
    """A limited palette.

    Attributes:
        levels: per channel.
        dither: 0..1, how much an ordered pattern mixes neighbouring levels.
    """

    levels: int = 5
    dither: float = 0.0

    def over(self, rng, color, alpha, ids, table):
        step = 255 / (self.levels - 1)
        if self.dither > 0:
            pattern = np.tile((BAYER + 0.5) / 16 - 0.5, [n // 4 + 1 for n in ids.shape])
            color += self.dither * step * pattern[: ids.shape[0], : ids.shape[1]]
        return np.rint(color / step) * step


@dataclass(frozen=True)
class Occlusion(Pass):
    """Darkness where one part meets another, `strength` 0..1, `size` pixels wide."""

    strength: float = 0.3
    size: float = 6.0

    def over(self, rng, color, alpha, ids, table):
        # eyes and prints lie in the surface, they do not stand on it
        part = np.where(_fine(table) | (table.douga == COLOR_FILL), -1, table.part)[ids]
        edge = np.zeros(ids.shape, np.float32)
        left, right = part[:, :-1], part[:, 1:]
        edge[:, 1:] += (left != right) & (left >= 0) & (right >= 0)
        above, below = part[:-1], part[1:]
        edge[1:] += (above != below) & (above >= 0) & (below >= 0)
        half = (ids.shape[1] // 2 + 1, ids.shape[0] // 2 + 1)  # soft: half the pixels will do
        small = cv2.resize(np.minimum(edge, 1), half, interpolation=cv2.INTER_AREA)
        small = (cv2.GaussianBlur(small, (0, 0), self.size / 2) * self.size * 2).clip(0, 1)
        color *= 1 - self.strength * cv2.resize(small, ids.shape[::-1])
        return color


def straight(rgba: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Colour as painted, float32 [3,H,W], 0..255, from premultiplied rgba."""
    color = np.empty((3, *alpha.shape), np.float32)
    gain = 255 / np.maximum(alpha, 1)
    for plane, channel in zip(color, np.moveaxis(rgba, -1, 0), strict=False):
        np.multiply(channel, gain, out=plane)
    return color


def painted(color: np.ndarray, rgba: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Premultiplied uint8 [H,W,4] of a colour [3,H,W], 0..255, under the alpha of `rgba`."""
    out = rgba.copy()
    share = alpha / 255
    for channel, plane in enumerate(color):
        out[..., channel] = np.minimum(plane.clip(0, 255) * share + 0.5, alpha)
    return out


def clouds(rng: np.random.Generator, shape: tuple[int, int], size: float) -> np.ndarray:
    """Smooth noise float32 [H,W], about -1..1, with swells of `size` pixels and smaller ones."""
    out = np.zeros(shape, np.float32)
    for octave, weight in enumerate((0.6, 0.3, 0.15)):
        cells = [max(2, int(n * 2**octave / size) + 3) for n in shape]
        coarse = rng.uniform(-weight, weight, cells).astype(np.float32)
        out += cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return out


def noise(rng: np.random.Generator, shape: tuple[int, int], blur: float = 0.0) -> np.ndarray:
    """Gaussian noise float32 [H,W] of mean 0 and deviation 1, a tile laid at a random place."""
    tile = rng.standard_normal((TILE, TILE), np.float32)
    if blur > 0:
        tile = cv2.GaussianBlur(tile, (0, 0), blur)
        tile /= max(float(tile.std()), 1e-6)
    tile = np.roll(tile, rng.integers(0, TILE, 2), (0, 1))
    copies = [-(-n // TILE) for n in shape]
    return np.ascontiguousarray(np.tile(tile, copies)[: shape[0], : shape[1]])


def borders(ids: np.ndarray, table: LabelTable) -> np.ndarray:
    """Pixels at which a flat region ends, bool [H,W]."""
    segment = table.segment[ids]
    out = np.zeros(ids.shape, bool)
    out[:, 1:] |= segment[:, 1:] != segment[:, :-1]
    out[1:] |= segment[1:] != segment[:-1]
    return out


def _fine(table: LabelTable) -> np.ndarray:
    """Rows of small things that a coarse texture would spoil."""
    return np.isin(table.category, [CATEGORIES.index(name) for name in ("eye", "mouth")])


def _along(rng, ids: np.ndarray, table: LabelTable, length: float, width: float) -> np.ndarray:
    """Streaks float32 [H,W], about -1..1, in each part along one of a few directions."""
    turns = 4
    which = rng.integers(0, turns, len(table.parts) + 1)[table.part]
    layers = np.stack([_streaks(rng, np.pi * k / turns, length, width) for k in range(turns)])
    y = np.arange(ids.shape[0])[:, None] % TILE
    x = np.arange(ids.shape[1])[None] % TILE
    return np.take(layers, (which * TILE * TILE)[ids] + (y * TILE + x))


def _streaks(rng, angle: float, length: float, width: float) -> np.ndarray:
    """A tile [TILE,TILE] of streaks in one direction that joins with itself."""
    size = min(int(length) * 2 + 1, TILE)
    kernel = np.zeros((TILE, TILE), np.float32)
    middle = size // 2
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    ends = [tuple(np.rint(middle + s * reach).astype(int).tolist()) for s in (-1, 1)]
    cv2.line(kernel, *ends, 1.0, max(round(width), 1), cv2.LINE_AA)
    grain = rng.standard_normal((TILE, TILE), np.float32)
    layer = np.fft.irfft2(np.fft.rfft2(grain) * np.fft.rfft2(kernel), (TILE, TILE))
    return np.tanh(1.2 * layer / max(float(layer.std()), 1e-6)).astype(np.float32)
