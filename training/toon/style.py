"""What a style family decides: lines, shading, colours. A family draws one `Style` from chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .labels import LabelTable
from .model import Color

# Takes rng, rgba uint8 [H,W,4] premultiplied, ids uint16 [H,W] and the table; gives rgba. It may
# change how things look, never where they are.
Finish = Callable[[np.random.Generator, np.ndarray, np.ndarray, LabelTable], np.ndarray]


@dataclass(frozen=True, eq=False)
class Style:
    """How a figure is drawn. Lengths are in figure units (head height 1).

    Attributes:
        family: name of the family; whole families are held out of training.
        line: width of an outline, 0 = lineless.
        ink: colour of lines, None = a darker shade of each part's own ("colour-traced").
        silhouette: how much wider the outermost outline is, 0 = not at all, 1 = twice as wide.
        taper: how much inner lines thin out at their ends, 0..1.
        wobble: how far an outline strays from its part, in units of `line`.
        gaps: share of outlines that are left open somewhere.
        shading: "none", "cel" (one hard shadow), "two" (two of them) or "gradient".
        light: direction towards the light, unit vector, y down.
        shadow, highlight: how much darker and lighter these tones are, 0..1.
        shadow_tint: colour that shadows tend to.
        rim: share of parts with a light border on the side of the light.
        recolor: takes a colour and gives the one used instead: night, sepia, monochrome.
        finish: a last pass over the pixels, None = none.
    """

    family: str
    line: float = 0.03
    ink: Color | None = (0.08, 0.06, 0.08)
    silhouette: float = 0.3
    taper: float = 0.8
    wobble: float = 0.0
    gaps: float = 0.0
    shading: str = "cel"
    light: tuple[float, float] = (-0.6, -0.8)
    shadow: float = 0.3
    highlight: float = 0.3
    shadow_tint: Color = (0.25, 0.2, 0.4)
    rim: float = 0.0
    recolor: Callable[[Color], Color] | None = None
    finish: Finish | None = None

    def color(self, color: Color) -> Color:
        """A palette's colour as this style uses it."""
        return tuple(self.recolor(color) if self.recolor else color)

    def shade(self, color: Color) -> Color:
        """The shadow tone of a (recoloured) colour."""
        tint = np.array(self.shadow_tint)
        dark = np.array(color) * (1 - self.shadow)
        return tuple((dark * (1 - 0.25 * self.shadow) + tint * dark * 0.5 * self.shadow).tolist())

    def light_up(self, color: Color) -> Color:
        """The highlight tone of a (recoloured) colour."""
        return tuple((np.array(color) + (1 - np.array(color)) * self.highlight).tolist())

    def ink_for(self, color: Color) -> Color:
        """The colour of a line around something of a (recoloured) colour."""
        return self.ink if self.ink is not None else tuple((np.array(color) * 0.42).tolist())
