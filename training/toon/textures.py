"""Passes over a finished drawing: paper, pigment, print. No edge moves and alpha stays.

Each pass is a small frozen object, so that a style can be sent to another process; it is called as
`style.Finish`: rng, rgba, ids, table.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .labels import CATEGORIES, COLOR_FILL, VISIBLE_LINE, LabelTable
from .style import Finish

TILE = 256  # pixels: noise is made once and laid side by side


@dataclass(frozen=True)
class Chain:
    """Passes one after the other."""

    passes: tuple[Finish, ...]

    def __call__(self, rng, rgba, ids, table):
        for one in self.passes:
            rgba = one(rng, rgba, ids, table)
        return rgba


@dataclass(frozen=True)
class Photo:
    """Noise of a camera: of brightness, `strength` of 255, and less of colour."""

    strength: float = 6.0

    def __call__(self, rng, rgba, ids, table):
        grain = noise(rng, ids.shape)[..., None] * self.strength
        tint = np.stack([noise(rng, ids.shape) for _ in range(3)], -1)
        return painted(rgba, straight(rgba) + grain + 0.4 * self.strength * tint)


@dataclass(frozen=True)
class Paper:
    """Grain of paper that shows through paint: `strength` 0..1, `size` pixels of a grain."""

    strength: float = 0.15
    size: float = 2.0

    def __call__(self, rng, rgba, ids, table):
        grain = cv2.GaussianBlur(noise(rng, ids.shape), (0, 0), self.size / 2)
        grain *= self.strength * self.size * 0.9
        return painted(rgba, straight(rgba) * (1 + np.minimum(grain, 0.4))[..., None])


@dataclass(frozen=True)
class Watercolor:
    """Pigment that pools: uneven washes, darker rims where a wash dried, colours that bleed.

    Attributes:
        wash: how uneven a wash is, 0..1.
        rim: how much darker a wash dries at its edge, 0..1.
        bleed: how much of the neighbour's colour runs in, 0..1.
    """

    wash: float = 0.35
    rim: float = 0.4
    bleed: float = 0.3

    def __call__(self, rng, rgba, ids, table):
        color = straight(rgba)
        cover = rgba[..., 3].astype(np.float32)
        around = cv2.GaussianBlur(rgba.astype(np.float32), (0, 0), 7)
        around = around[..., :3] / np.maximum(around[..., 3:], 1) * 255
        pools = clouds(rng, ids.shape, 60)
        mix = (self.bleed * (0.5 + 0.9 * clouds(rng, ids.shape, 30)).clip(0, 1))[..., None]
        color = color + (around - color) * mix * (cover > 0)[..., None]
        near = cv2.GaussianBlur(borders(ids, table).astype(np.float32), (0, 0), 2.2)
        dense = self.wash * pools + 0.25 * self.wash * clouds(rng, ids.shape, 6)
        dense += self.rim * (near * 3).clip(0, 1) * (0.6 + 0.4 * pools)
        # more pigment: darker by the power of what it lets through
        wet = 255 * (color.clip(1, 255) / 255) ** (1 + dense.clip(-0.6, 1.5))[..., None]
        return painted(rgba, wet + (255 - wet) * (0.22 * (-pools).clip(0, 1))[..., None])


@dataclass(frozen=True)
class Strokes:
    """Brush strokes inside each part, along a direction of its own; finer ones on small parts.

    Attributes:
        strength: how different the strokes' brightness is, 0..1.
        length, width: of a stroke in pixels.
        hue: how different their hue is, 0..1.
    """

    strength: float = 0.3
    length: float = 28.0
    width: float = 3.0
    hue: float = 0.35

    def __call__(self, rng, rgba, ids, table):
        light = _along(rng, ids, table, self.length, self.width)
        warm = np.roll(light, (37, 91), (0, 1)) * self.hue
        fine = np.isin(table.category, [CATEGORIES.index(name) for name in ("eye", "mouth")])
        gain = self.strength * np.where(fine, 0.3, 1).astype(np.float32)[ids]
        color = straight(rgba)
        shift = np.stack([light + warm, light, light - warm], -1)
        return painted(rgba, color + shift * gain[..., None] * (20 + 0.3 * color))


@dataclass(frozen=True)
class Wax:
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

    def __call__(self, rng, rgba, ids, table):
        hollow = cv2.GaussianBlur(noise(rng, ids.shape), (0, 0), self.size / 2)
        hollow /= max(float(hollow.std()), 1e-6)
        way = _along(rng, ids, table, 16.0 * self.size, self.size)
        height = hollow + 1.2 * self.grain * way + 0.5 * clouds(rng, ids.shape, 40)
        # the height below which about `cover` of the paper lies
        level = 1.6 * (2 * self.cover - 1) * np.sqrt(1 + self.grain**2)
        covered = ((level - height) * self.hard + 0.5).clip(0, 1)
        ink = 0.35 + 0.65 * covered if self.lines else 1.0
        covered = np.where((table.douga == VISIBLE_LINE)[ids], ink, covered)
        paper = 255 * np.array(self.paper, np.float32)
        color = straight(rgba)
        return painted(rgba, paper + (color - paper) * covered[..., None])


@dataclass(frozen=True)
class Posterize:
    """A limited palette: the drawing's own colours, or `levels` per channel, and dithering.

    Attributes:
        levels: per channel.
        dither: 0..1, how much an ordered pattern mixes neighbouring levels.
    """

    levels: int = 5
    dither: float = 0.0

    def __call__(self, rng, rgba, ids, table):
        step = 255 / (self.levels - 1)
        color = straight(rgba)
        if self.dither > 0:
            bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])
            pattern = np.tile((bayer + 0.5) / 16 - 0.5, [n // 4 + 1 for n in ids.shape])
            pattern = pattern[: ids.shape[0], : ids.shape[1]].astype(np.float32)
            color = color + (self.dither * step) * pattern[..., None]
        return painted(rgba, np.rint(color / step) * step)


@dataclass(frozen=True)
class Occlusion:
    """Darkness where one part meets another, `strength` 0..1, `size` pixels wide."""

    strength: float = 0.3
    size: float = 6.0

    def __call__(self, rng, rgba, ids, table):
        # eyes and prints lie in the surface, they do not stand on it
        flat = np.isin(table.category, [CATEGORIES.index(name) for name in ("eye", "mouth")])
        flat |= table.douga == COLOR_FILL
        part = np.where(flat, -1, table.part)[ids]
        edge = np.zeros(ids.shape, np.float32)
        meets = (part[:, 1:] != part[:, :-1]) & (part[:, 1:] >= 0) & (part[:, :-1] >= 0)
        edge[:, 1:][meets] = 1
        meets = (part[1:] != part[:-1]) & (part[1:] >= 0) & (part[:-1] >= 0)
        edge[1:][meets] = 1
        dark = (cv2.GaussianBlur(edge, (0, 0), self.size) * self.size * 2).clip(0, 1)
        return painted(rgba, straight(rgba) * (1 - self.strength * dark)[..., None])


def straight(rgba: np.ndarray) -> np.ndarray:
    """Colour as painted, float32 [H,W,3], 0..255, from premultiplied rgba."""
    alpha = rgba[..., 3:].astype(np.float32)
    return rgba[..., :3] * (255 / np.maximum(alpha, 1))


def painted(rgba: np.ndarray, color: np.ndarray) -> np.ndarray:
    """Premultiplied uint8 [H,W,4] of a colour [H,W,3], 0..255, under the alpha of `rgba`."""
    alpha = rgba[..., 3:]
    out = np.empty_like(rgba)
    out[..., :3] = np.minimum(color.clip(0, 255) * (alpha / np.float32(255)) + 0.5, alpha)
    out[..., 3:] = alpha
    return out


def clouds(rng: np.random.Generator, shape: tuple[int, int], size: float) -> np.ndarray:
    """Smooth noise float32 [H,W], about -1..1, with swells of `size` pixels and smaller ones."""
    out = np.zeros(shape, np.float32)
    for octave, weight in enumerate((0.6, 0.3, 0.15)):
        cells = [max(2, int(n * 2**octave / size) + 3) for n in shape]
        coarse = rng.uniform(-1, 1, cells).astype(np.float32)
        out += weight * cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return out


def noise(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Gaussian noise float32 [H,W] of a tile laid at a random place."""
    tile = rng.standard_normal((TILE, TILE), np.float32)
    tile = np.roll(tile, rng.integers(0, TILE, 2), (0, 1))
    copies = [-(-n // TILE) for n in shape]
    return np.ascontiguousarray(np.tile(tile, copies)[: shape[0], : shape[1]])


def grid(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.arange(shape[0], dtype=np.float32)[:, None],
        np.arange(shape[1], dtype=np.float32)[None],
    )


def borders(ids: np.ndarray, table: LabelTable) -> np.ndarray:
    """Pixels at which a flat region ends, bool [H,W]."""
    segment = table.segment[ids]
    out = np.zeros(ids.shape, bool)
    out[:, 1:] |= segment[:, 1:] != segment[:, :-1]
    out[1:] |= segment[1:] != segment[:-1]
    return out


def _along(rng, ids: np.ndarray, table: LabelTable, length: float, width: float) -> np.ndarray:
    """Streaks float32 [H,W], about -1..1, in each part along one of a few directions."""
    turns = 4
    which = rng.integers(0, turns, len(table.parts) + 1)[table.part]
    layers = np.stack([_streaks(rng, np.pi * k / turns, length, width) for k in range(turns)])
    y = np.arange(ids.shape[0])[:, None] % TILE
    x = np.arange(ids.shape[1])[None] % TILE
    return layers[which[ids], y, x]


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
