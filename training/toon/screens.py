"""Screens of print: tones of grey by dots, lines and sand, hatching, and dots of colour.

A screen is a height [H,W], 0..1, even in area: what lies below the darkness wanted is inked. It
fills regions and leaves their edges as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .labels import SHADOW, VISIBLE_LINE
from .textures import Pass, clouds, noise

KINDS = ("dots", "lines", "grid", "sand", "hatch")
# Lines per inch count on paper: a figure of this many pixels is a print as high as this.
PIXELS_PER_INCH = 150.0
BLACK, WHITE = 0.12, 0.93  # beyond these greys there is no screen
INKS = ((0.0, 0.66, 0.88), (0.88, 0.07, 0.5), (1.0, 0.9, 0.05), (0.1, 0.09, 0.1))  # C, M, Y, K
TURNS = (15, 75, 0, 45)  # degrees, of their screens


def screen(
    rng: np.random.Generator, shape: tuple[int, int], kind: str, pitch: float, angle: float
) -> np.ndarray:
    """A screen float32 [H,W], 0..1: `pitch` pixels from one dot to the next, `angle` radians."""
    if kind == "sand":
        return 0.5 + 0.5 * np.tanh(0.85 * noise(rng, shape))
    c, s = np.cos(angle) / pitch, np.sin(angle) / pitch
    y, x = (np.arange(n, dtype=np.float32) for n in shape)
    if kind == "dots":
        # cosines of sums by cosines and sines of their terms: a row and a column each
        a, b = _wave(y * s), _wave(x * c)
        d, e = _wave(y * c), _wave(-x * s)
        t = a.real[:, None] * b.real + d.real[:, None] * e.real
        t -= a.imag[:, None] * b.imag
        t -= d.imag[:, None] * e.imag
        t *= -0.25
        # the share of a cell below a height of this shape is nearly a sine of it
        square = t * t
        t *= 1.349 + square * (0.514 * square - 1.52)
        t += 0.5
        return t.clip(0, 1)
    u = y[:, None] * s + x * c
    if kind == "hatch":  # by hand: lines that tremble
        u += 0.14 * clouds(rng, shape, 24)
    first = _teeth(u)
    if kind in ("lines", "hatch"):
        return first
    second = _teeth(y[:, None] * c - x * s)
    return 1 - (1 - np.minimum(first, second)) ** 2  # even in area: both must be above a level


def lines_per_inch(lpi: float) -> float:
    """The pitch in pixels of a screen of `lpi` lines per inch."""
    return PIXELS_PER_INCH / lpi


@dataclass(frozen=True)
class Manga(Pass):
    """Black ink and screentone on white: greys become screens, black stays black.

    Attributes:
        kinds: screens of grounds, one for each colour of the drawing, in turn.
        shadow: the screen of shadows.
        lpi: lines per inch, 20..85.
        angle: radians.
        smooth: whether dots are anti-aliased.
        fade: how much tones thin out from top to bottom of the figure, 0..1.
        keep: share of grey paint left under the screens: 0 = pure black and white, 1 = grey.
    """

    kinds: tuple[str, ...] = ("dots",)
    shadow: str = "dots"
    lpi: float = 45.0
    angle: float = 0.785
    smooth: bool = True
    fade: float = 0.0
    keep: float = 0.0

    def over(self, rng, color, alpha, ids, table):
        pitch = max(lines_per_inch(self.lpi), 2.0)
        wanted = table.color[:, 0].astype(np.float32) / 255  # the palette is grey
        grey = np.where((wanted < BLACK) | (wanted > WHITE), np.round(wanted), wanted)
        dark = (1 - grey)[ids]
        ground = table.entry.astype(np.int64) % len(self.kinds)
        number = np.where(table.tone == SHADOW, len(self.kinds), ground)
        number[(grey <= 0) | (grey >= 1) | (table.douga == VISIBLE_LINE)] = -1
        which = number.astype(np.int8)[ids]
        height = np.full(ids.shape, 0.5, np.float32)
        for index, kind in enumerate((*self.kinds, self.shadow)):
            here = which == index
            if here.any():
                turn = self.angle + (0.5 * index if kind in ("lines", "hatch") else 0.0)
                wide = 1.7 if kind == "hatch" else 1.0
                np.copyto(height, screen(rng, ids.shape, kind, pitch * wide, turn), where=here)
        if self.fade > 0:
            down = 1 - self.fade * np.linspace(0, 1, len(ids), dtype=np.float32)[:, None]
            np.copyto(dark, dark * down, where=which >= 0)
        sharp = 0.5 * pitch if self.smooth else 1e6
        inked = ((dark - height) * sharp + 0.5).clip(0, 0.95)
        np.copyto(inked, np.minimum(dark, 0.95), where=which < 0)
        tone = (1 - inked) * (1 - self.keep) + self.keep * (1 - dark)
        # what is darker than its region's paint is ink: lines and the smooth rims of lines
        paint = color[0]
        tone *= (paint / (255 * np.maximum(wanted, 0.02))[ids]).clip(0, 1) * 255
        np.copyto(tone, paint, where=(table.douga == VISIBLE_LINE)[ids] | (ids == 0))
        return np.broadcast_to(tone, color.shape).copy()  # the next pass may change it


@dataclass(frozen=True)
class Hatching(Pass):
    """Strokes of the pen in shadows: the region's paint stays its own, the strokes are `ink`.

    Attributes:
        pitch: pixels from one stroke to the next.
        crossed: whether a second layer crosses the first.
        ink: RGB 0..1.
    """

    pitch: float = 5.0
    crossed: bool = False
    ink: tuple[float, float, float] = (0.1, 0.08, 0.1)

    def over(self, rng, color, alpha, ids, table):
        turn = float(rng.uniform(0, np.pi))
        height = screen(rng, ids.shape, "hatch", self.pitch, turn)
        if self.crossed:
            height = np.minimum(height, screen(rng, ids.shape, "hatch", self.pitch, turn + 1.1))
        inside = (table.tone == SHADOW) & (table.douga != VISIBLE_LINE)
        bare = 1 - ((0.32 - height) * self.pitch * 0.5 + 0.5).clip(0, 1) * inside[ids]
        return np.stack(
            [
                ink * 255 + (plane - ink * 255) * bare
                for plane, ink in zip(color, self.ink, strict=True)
            ]
        )


@dataclass(frozen=True)
class Halftone(Pass):
    """Colour print: cyan, magenta, yellow and black dots at the angles printers use.

    Attributes:
        lpi: lines per inch, 20..85.
        share: how much of the picture is dots, 0..1; the rest is flat colour.
        smooth: whether dots are anti-aliased.
    """

    lpi: float = 40.0
    share: float = 0.8
    smooth: bool = True

    def over(self, rng, color, alpha, ids, table):
        plates = 1 - color / 255
        black = np.minimum(np.minimum(plates[0], plates[1]), plates[2]).clip(0, 1) ** 2
        plates -= black
        plates *= 1 / np.maximum(1 - black, 0.02)
        pitch = max(lines_per_inch(self.lpi), 2.5)
        sharp = 0.5 * pitch if self.smooth else 1e6
        out = np.full_like(color, 255)
        for plate, degrees, ink in zip([*plates, black], TURNS, INKS, strict=True):
            if plate.max() < 0.03:
                continue
            height = screen(rng, ids.shape, "dots", pitch, np.radians(degrees))
            # nothing below 3 % and no paper left above 97 %
            inked = ((plate * 1.06 - 0.03 - height) * sharp + 0.5).clip(0, 1)
            inked *= plate > 0.03
            for plane, value in zip(out, ink, strict=True):
                plane *= 1 - inked * (1 - value)
        dots = np.where(table.douga == VISIBLE_LINE, 0, self.share).astype(np.float32)[ids]
        out -= color
        out *= dots
        out += color
        return out


def _wave(turns: np.ndarray) -> np.ndarray:
    return np.exp(2j * np.pi * turns).astype(np.complex64)


def _teeth(turns: np.ndarray) -> np.ndarray:
    """0 at the middle of a turn, 1 at its ends."""
    return np.abs((turns - np.floor(turns)) * 2 - 1)
