"""Screens of print: tones of grey by dots, lines and sand, hatching, and dots of colour.

A screen is a height [H,W], 0..1, even in area: what lies below the darkness wanted is inked. It
fills regions and leaves their edges as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .labels import SHADOW, VISIBLE_LINE
from .textures import clouds, grid, noise, painted, straight

KINDS = ("dots", "lines", "grid", "sand", "hatch")
# Lines per inch count on paper: a figure of this many pixels is a print as high as this.
PIXELS_PER_INCH = 150.0
BLACK, WHITE = 0.12, 0.93  # beyond these greys there is no screen


def screen(rng, shape, kind: str, pitch: float, angle: float) -> np.ndarray:
    """A screen float32 [H,W], 0..1: `pitch` pixels from one dot to the next, `angle` radians."""
    if kind == "sand":
        fine = noise(rng, shape)
        return (0.5 + 0.5 * np.tanh(0.85 * fine)).astype(np.float32)
    y, x = grid(shape)
    u = (x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / pitch)
    v = (y * np.cos(angle) - x * np.sin(angle)) * (2 * np.pi / pitch)
    if kind == "hatch":  # by hand: lines that tremble
        u = u + 0.9 * clouds(rng, shape, 24)
    if kind in ("lines", "hatch"):
        return np.abs(((u / (2 * np.pi)) % 1) * 2 - 1)
    if kind == "grid":
        a, b = np.abs(((u / np.pi / 2) % 1) * 2 - 1), np.abs(((v / np.pi / 2) % 1) * 2 - 1)
        return 1 - (1 - np.minimum(a, b)) ** 2  # even in area: both must be above a level
    height = 0.5 - 0.25 * (np.cos(u) + np.cos(v))
    # the share of a cell below a height of this shape, nearly
    return np.clip(0.5 + 0.5 * np.sin((height - 0.5) * 2.6) / np.sin(1.3), 0, 1)


def lines_per_inch(lpi: float) -> float:
    """The pitch in pixels of a screen of `lpi` lines per inch."""
    return PIXELS_PER_INCH / lpi


@dataclass(frozen=True)
class Manga:
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

    def __call__(self, rng, rgba, ids, table):
        shape = ids.shape
        pitch = max(lines_per_inch(self.lpi), 2.0)
        wanted = table.color.astype(np.float32).mean(1) / 255
        ground = table.entry.astype(np.int64) % len(self.kinds)
        number = np.where(table.tone == SHADOW, len(self.kinds), ground)
        heights = np.ones((len(self.kinds) + 1, *shape), np.float32)
        for index, kind in enumerate((*self.kinds, self.shadow)):
            turn = self.angle + (0.5 * index if kind in ("lines", "hatch") else 0.0)
            wide = 1.7 if kind == "hatch" else 1.0
            heights[index] = screen(rng, shape, kind, pitch * wide, turn)
        which = number[ids]
        y, _ = grid(shape)
        height = np.take_along_axis(heights, which[None], 0)[0]
        grey = np.where((wanted < BLACK) | (wanted > WHITE), np.round(wanted), wanted)
        dark = (1 - grey)[ids]
        if self.fade > 0:
            faded = dark * (1 - self.fade * (y / shape[0]))
            dark = np.where(dark < 1, faded, dark)
        sharp = 0.5 * pitch if self.smooth else 1e6
        inked = ((dark - height) * sharp + 0.5).clip(0, 1)
        inked = np.where(dark <= 0, 0, np.where(dark >= 1, 1, inked))
        inked = np.minimum(inked, 0.95)
        tone = 1 - inked
        tone = tone + self.keep * ((1 - dark) - tone)
        # what is darker than its region's paint is ink: lines and the smooth rims of lines
        paint = straight(rgba).mean(-1) / 255
        line = (paint / np.maximum(wanted[ids], 0.02)).clip(0, 1)
        line = np.where(table.douga[ids] == VISIBLE_LINE, 0, line)
        out = np.where((table.douga[ids] == VISIBLE_LINE) | (ids == 0), paint, tone * line)
        return painted(rgba, np.repeat(255 * out[..., None], 3, -1))


@dataclass(frozen=True)
class Hatching:
    """Strokes of the pen in shadows: the region's paint stays its own, the strokes are `ink`.

    Attributes:
        pitch: pixels from one stroke to the next.
        crossed: whether a second layer crosses the first.
        ink: RGB 0..1.
    """

    pitch: float = 5.0
    crossed: bool = False
    ink: tuple[float, float, float] = (0.1, 0.08, 0.1)

    def __call__(self, rng, rgba, ids, table):
        turn = float(rng.uniform(0, np.pi))
        height = screen(rng, ids.shape, "hatch", self.pitch, turn)
        if self.crossed:
            height = np.minimum(height, screen(rng, ids.shape, "hatch", self.pitch, turn + 1.1))
        inside = (table.tone == SHADOW)[ids] & (table.douga[ids] != VISIBLE_LINE)
        inked = ((0.32 - height) * self.pitch * 0.5 + 0.5).clip(0, 1) * inside
        ink = 255 * np.array(self.ink, np.float32)
        color = straight(rgba)
        return painted(rgba, color + (ink - color) * inked[..., None])


@dataclass(frozen=True)
class Halftone:
    """Colour print: cyan, magenta, yellow and black dots at the angles printers use.

    Attributes:
        lpi: lines per inch, 20..85.
        share: how much of the picture is dots, 0..1; the rest is flat colour.
        smooth: whether dots are anti-aliased.
    """

    lpi: float = 40.0
    share: float = 0.8
    smooth: bool = True

    def __call__(self, rng, rgba, ids, table):
        color = straight(rgba).clip(0, 255) / 255
        ink = 1 - color
        black = ink.min(-1) ** 2
        plates = [
            *np.moveaxis((ink - black[..., None]) / np.maximum(1 - black, 0.02)[..., None], -1, 0)
        ]
        pitch = max(lines_per_inch(self.lpi), 2.5)
        sharp = 0.5 * pitch if self.smooth else 1e6
        out = np.ones_like(color)
        inks = ((0.0, 0.66, 0.88), (0.88, 0.07, 0.5), (1.0, 0.9, 0.05), (0.1, 0.09, 0.1))
        for plate, degrees, paint in zip([*plates, black], (15, 75, 0, 45), inks, strict=True):
            height = screen(rng, ids.shape, "dots", pitch, np.radians(degrees))
            inked = ((plate - height) * sharp + 0.5).clip(0, 1)
            inked = np.where(plate < 0.03, 0, np.where(plate > 0.97, 1, inked))[..., None]
            out *= 1 - inked * (1 - np.array(paint, np.float32))
        line = (table.douga[ids] == VISIBLE_LINE)[..., None]
        out = np.where(line, color, color + (out - color) * self.share)
        return painted(rgba, 255 * out)
