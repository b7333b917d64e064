"""Light and shade of a part: its ground, and the regions of another tone on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .color_sheet import ColorSheet
from .labels import (
    HIGHLIGHT,
    HIGHLIGHT_FILL,
    HIGHLIGHT_LINE,
    SHADING_FILL,
    SHADING_LINE,
    SHADOW,
)
from .model import Part
from .raster import Fill, Gradient, Outlines
from .shapes import Placement, bounds, ribbon
from .style import Style

# A line that only a douga has, between two tones, is this wide in pixels.
TONE_LINE = 1.5
# How far a shadow's border lies inside its part, of the part's smaller side.
SHADOW_REACH = 0.24
CAST_REACH = 0.14  # figure units


def surface_fills(
    part: Part,
    outlines: Outlines,
    clip: Outlines | None,
    style: Style,
    sheet: ColorSheet,
    label: int,
) -> list[Fill]:
    """The part's own colour, as a gradient where the style paints softly."""
    normal, light, dark = sheet.colors(part)
    color = normal
    if style.shading == "gradient" and part.shaded:
        x0, y0, x1, y1 = bounds(outlines[0])
        middle, reach = np.array([x0 + x1, y0 + y1]) / 2, max(x1 - x0, y1 - y0, 1e-3) / 2
        towards = np.array(style.light) * reach
        color = Gradient(
            tuple((middle + towards).tolist()), tuple((middle - towards).tolist()), light, dark
        )
    return [Fill(outlines, color, label, clip=clip)]


def tone_fills(
    part: Part,
    outlines: Outlines,
    clip: Outlines | None,
    casts: Sequence[np.ndarray],
    style: Style,
    sheet: ColorSheet,
    place: Placement,
) -> list[Fill]:
    """Shadows by the light, shadows cast by parts before it, and tones the drawing has itself.

    A region's label is a fill of its tone, and its border a line that only a douga shows.
    """
    if not part.shaded or part.marking:
        return _own_tones(part, outlines, style, sheet, place)
    out: list[Fill] = []
    light = np.array(style.light, np.float32)
    if style.shading in ("cel", "two"):
        x0, y0, x1, y1 = bounds(outlines[0])
        reach = SHADOW_REACH * min(x1 - x0, y1 - y0)
        shadow = outlines[0]
        lit = outlines[0] + light * reach
        # the ground in shadow, then what the light reaches in the normal tone again
        ring = (shadow, lit[::-1])
        out += _region(part, SHADOW, ring, outlines, style, sheet)
    if style.shading != "none":
        for caster in casts:
            shadow = caster - light * CAST_REACH * place.scale
            out += _region(part, SHADOW, (shadow,), outlines, style, sheet)
    return out + _own_tones(part, outlines, style, sheet, place)


def _own_tones(
    part: Part, outlines: Outlines, style: Style, sheet: ColorSheet, place: Placement
) -> list[Fill]:
    out: list[Fill] = []
    for tone in part.tones:
        if style.shading != "none" or tone.tone == HIGHLIGHT:
            out += _region(part, tone.tone, (place(tone.outline),), outlines, style, sheet)
    return out


def _region(
    part: Part, tone: int, region: Outlines, outlines: Outlines, style: Style, sheet: ColorSheet
) -> list[Fill]:
    fill, line = (
        (SHADING_FILL, SHADING_LINE) if tone == SHADOW else (HIGHLIGHT_FILL, HIGHLIGHT_LINE)
    )
    color = sheet.colors(part)[2 if tone == SHADOW else 1]
    border = region[-1]
    edge = ribbon(np.concatenate([border, border[:1]]), TONE_LINE / 2)
    return [
        Fill(region, color, sheet.row(part, fill, tone), clip=outlines),
        Fill((edge,), None, sheet.row(part, line, tone), clip=outlines),
    ]
