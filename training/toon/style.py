"""What a style family decides: lines, shading, colours. A family draws one `Style` from chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .labels import LabelTable
from .model import Color

# Takes rng, rgba uint8 [H,W,4] premultiplied, ids uint16 [H,W] and the table; gives rgba. It may
# change how things look, never where they are: alpha stays as it is.
Finish = Callable[[np.random.Generator, np.ndarray, np.ndarray, LabelTable], np.ndarray]

SHADINGS = ("none", "flat", "cel", "two", "gradient", "painterly")


@dataclass(frozen=True, eq=False)
class Style:
    """How a figure is drawn. Lengths are in figure units (head height 1).

    Attributes:
        family: name of the family; whole families are held out of training.
        line: width of an outline, 0 = lineless.
        ink: colour of lines, None = a darker shade of each part's own ("colour-traced").
        silhouette: how much wider the outermost outline is, 0 = not at all, 1 = twice as wide.
        halo: colour of the outermost band that `silhouette` adds, None = ink. A white halo is that
            of a sticker; it belongs to the figure, but to none of its parts.
        weight: how much thicker lines are on the side away from the light (and thinner towards
            it), 0..1.
        pressure: how much a line swells and thins along its way, 0..1.
        taper: how much inner lines thin out at their ends, 0..1.
        wobble: how far an outline strays from its part, in units of `line`.
        sketch: share of outlines that are drawn over a second time, loosely.
        gaps: share of outlines that are left open somewhere.
        shading: one of `SHADINGS`: "none"; "flat" (cast shadows alone); "cel" (one hard shadow);
            "two" (a darker one inside it); "gradient" and "painterly" (soft, labelled as "cel").
        reach: how deep a shadow lies in its part, of the part's thickness, 0..0.45.
        soft: standard deviation of a soft shadow's border.
        light: direction towards the light, unit vector, y down.
        shadow, highlight: how much darker and lighter these tones are, 0..1.
        shadow_tint: colour that shadows tend to.
        rim: share of parts with a light border on the side of the light.
        recolor: takes a colour and gives the one used instead: night, sepia, monochrome.
        finish: a last pass over the pixels, None = none.
        treatment: name of what was done to the palette, "" = nothing.
        seed: decides, with a part's name, what is left to chance: gaps, wobble, pressure. So the
            frames of an animation agree whatever parts they have.
    """

    family: str
    line: float = 0.03
    ink: Color | None = (0.08, 0.06, 0.08)
    silhouette: float = 0.3
    halo: Color | None = None
    weight: float = 0.0
    pressure: float = 0.0
    taper: float = 0.8
    wobble: float = 0.0
    sketch: float = 0.0
    gaps: float = 0.0
    shading: str = "cel"
    reach: float = 0.3
    soft: float = 0.04
    light: tuple[float, float] = (-0.6, -0.8)
    shadow: float = 0.3
    highlight: float = 0.3
    shadow_tint: Color = (0.25, 0.2, 0.4)
    rim: float = 0.0
    recolor: Callable[[Color], Color] | None = None
    finish: Finish | None = None
    treatment: str = ""
    seed: int = 0

    # Colours come by the hundred for each figure: plain arithmetic is quicker than arrays.
    def color(self, color: Color) -> Color:
        """A palette's colour as this style uses it."""
        return _recolored(self.recolor, tuple(color)) if self.recolor else tuple(color)

    def shade(self, color: Color) -> Color:
        """The shadow tone of a (recoloured) colour."""
        return _shaded(color, self.shadow, self.shadow_tint)

    def light_up(self, color: Color) -> Color:
        """The highlight tone of a (recoloured) colour."""
        return tuple(c + (1 - c) * self.highlight for c in color)

    def ink_for(self, color: Color) -> Color:
        """The colour of an outline around something of a (recoloured) colour."""
        return self.ink if self.ink is not None else _shaded(color, 0.6, (1.0, 1.0, 1.0))

    def stroke_ink(self, color: Color) -> Color:
        """The colour of a line inside something of a (recoloured) colour.

        Black ink on black paint would not show: there the line is lighter than the paint, as
        drawn on black hair and suits.
        """
        ink = self.ink_for(color)
        if luma(color) - luma(ink) > 0.06:
            return ink
        return tuple(c + (1 - c) * 0.3 for c in color)


@lru_cache(4096)
def _recolored(recolor: Callable[[Color], Color], color: Color) -> Color:
    return tuple(recolor(color))


@lru_cache(4096)
def _shaded(color: Color, share: float, shadow_tint: Color) -> Color:
    strongest, tint = max(max(color), 1e-6), max(max(shadow_tint), 1e-6)
    # darker paint is mixed with more of its own hue: grey shadows look dirty
    return tuple(
        (1 - share) * c * (c / strongest) ** (1.1 * share) * (1 - 0.25 * share * (1 - t / tint))
        for c, t in zip(color, shadow_tint, strict=True)
    )


def luma(color: Color) -> float:
    """Brightness of RGB 0..1 as the eye weighs it."""
    return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
