"""Light and shade of a part: its ground, and the regions of another tone on it.

The base tone is the part's largest area: a shadow by form takes at most `terminator.LARGEST` of
it, a cast shadow moves closer until both together leave half of what is to be seen, and is left
out where that does not help. So "flat" in the labels is always the ground of a part.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .brush import chances
from .color_sheet import ColorSheet, segment_number
from .fills import Fill, Gradient, Outlines
from .labels import (
    HIGHLIGHT,
    HIGHLIGHT_FILL,
    HIGHLIGHT_LINE,
    SHADING_FILL,
    SHADING_LINE,
    SHADOW,
    TONES,
)
from .model import Color, Part
from .shapes import Placement, bounds
from .style import Style
from .terminator import NARROWEST, Forms, Region, regions_of

SECOND = len(TONES)  # numbers the segment of a second, darker shadow after those of the tones
CAST_REACH = 0.14  # figure units from a part to the shadow that it casts
RIM = 0.04  # figure units
GRID = 40  # pixels of the raster on which the size of a cast shadow is estimated
SOFT = ("gradient", "painterly")


class Shades:
    """The shadows and rims of all parts of a figure, by the part's name."""

    def __init__(self, sheet: ColorSheet, place: Placement):
        style = sheet.style
        self.shadows: dict[str, list[Region]] = {}
        self.deeper: dict[str, list[Region]] = {}
        self.rims: dict[str, list[Region]] = {}
        self.soft: dict[str, float] = {}
        parts = [part for part in sheet.figure.parts if part.shaded and not part.marking]
        if (style.shading in ("none", "flat") and style.rim <= 0) or not parts:
            return
        names = [part.name for part in parts]
        chance = chances(names, style.seed + 1, 4)
        forms = Forms(
            [place(part.outline) for part in parts],
            [part.category == "hair" for part in parts],
            [0.5 * style.line * place.scale * part.outlined for part in parts],
        )
        self.soft = dict(zip(names, 0.12 * forms.thickness, strict=True))
        if style.shading not in ("none", "flat"):
            reach = style.reach * (0.85 + 0.3 * chance[:, 0])
            lively = [part.category in ("hair", "clothes") for part in parts]
            waves = np.stack([0.35 * np.array(lively) * chance[:, 1], chance[:, 2]], 1)
            shadows = forms.shadows(style.light, reach, waves)
            self.shadows = dict(zip(names, shadows, strict=True))
            if style.shading in ("two", "painterly"):
                deeper = forms.shadows(style.light, 0.42 * reach, waves, second=True)
                self.deeper = dict(zip(names, deeper, strict=True))
        if style.rim > 0:
            width = np.minimum(RIM * place.scale, 0.16 * forms.thickness)
            width = np.where(chance[:, 3] < style.rim, width, 0)
            self.rims = dict(zip(names, forms.rims(style.light, width), strict=True))


def surface_fills(
    part: Part,
    outlines: Outlines,
    clip: Outlines | None,
    sheet: ColorSheet,
    label: int,
) -> list[Fill]:
    """The part's own colour, as a gradient where the style paints softly."""
    style = sheet.style
    normal, light, dark = sheet.colors(part)
    color = normal
    if style.shading in SOFT and part.shaded and not part.marking:
        x0, y0, x1, y1 = bounds(outlines[0])
        middle, reach = np.array([x0 + x1, y0 + y1]) / 2, max(x1 - x0, y1 - y0, 1e-3) / 2
        towards = np.array(style.light) * reach
        color = Gradient(
            tuple((middle + towards).tolist()),
            tuple((middle - towards).tolist()),
            _between(normal, light, 0.35),
            _between(normal, dark, 0.25),
        )
    return [Fill(outlines, color, label, clip=clip)]


def tone_fills(
    part: Part,
    outlines: Outlines,
    clip: Outlines | None,
    casts: Sequence[np.ndarray],
    shades: Shades,
    sheet: ColorSheet,
    place: Placement,
) -> list[Fill]:
    """Shadows by the light, shadows cast by parts before it, and tones the drawing has itself.

    A region's label is a fill of its tone, and its border a line that only a douga shows: on the
    lighter side, and only where it runs inside the part.
    """
    style = sheet.style
    # a fill has one clip: what shows only within another part gets no shadows but its own tones
    lit = part.shaded and not part.marking and clip is None
    regions = shades.shadows.get(part.name, []) if lit else []
    deeper = shades.deeper.get(part.name, []) if regions else []
    rims = shades.rims.get(part.name, []) if lit else []
    cast = []
    if lit and style.shading != "none":
        cast = _casts(outlines[0], regions, casts, style, place)
    own: dict[int, list[np.ndarray]] = {SHADOW: cast, HIGHLIGHT: []}
    for tone in part.tones:
        if style.shading != "none" or tone.tone == HIGHLIGHT:
            own[tone.tone].append(place(tone.outline))
    blur = 0.0
    if style.shading in SOFT and lit:
        blur = min(style.soft * place.scale, shades.soft.get(part.name, 0.0))
    _, bright, shadow = sheet.colors(part)
    dark = [*regions, *regions_of(own[SHADOW])]
    out = _regions(part, SHADOW, dark, outlines, shadow, sheet, blur)
    if deeper:
        darker = style.shade(shadow)
        if style.shading != "two":
            darker = _between(shadow, darker, 0.5)
        out += _regions(part, SHADOW, deeper, outlines, darker, sheet, blur, second=True)
    light = [*rims, *regions_of(own[HIGHLIGHT])]
    return out + _regions(part, HIGHLIGHT, light, outlines, bright, sheet, 0.6 * blur)


def _regions(
    part: Part,
    tone: int,
    regions: Sequence[Region],
    outlines: Outlines,
    color: Color,
    sheet: ColorSheet,
    blur: float,
    second: bool = False,
) -> list[Fill]:
    """Regions of one tone. Their borders come first and reach to both sides, so that a border
    does not show where another region of the tone goes on."""
    if not regions:
        return []
    fill, line = (
        (SHADING_FILL, SHADING_LINE) if tone == SHADOW else (HIGHLIGHT_FILL, HIGHLIGHT_LINE)
    )
    if second:
        fill_row = _second_row(part, fill, color, sheet)
        line_row = _second_row(part, line, color, sheet)
    else:
        fill_row, line_row = sheet.row(part, fill, tone), sheet.row(part, line, tone)
    edges = tuple(region.edge for region in regions)
    inside = tuple(region.outline for region in regions)
    return [
        Fill(edges, None, line_row, clip=outlines),
        Fill(inside, color, fill_row, clip=outlines, blur=blur),
    ]


def _second_row(part: Part, douga: int, color: Color, sheet: ColorSheet) -> int:
    """The label of a second shadow: a segment and a colour of its own in the tone of shadows."""
    name = f"{part.color} on {part.category}"
    entry = next(n for n, entry in enumerate(sheet.entries()) if entry.name == name)
    return sheet.labels.row(
        part.name,
        part.category,
        douga,
        color=tuple(round(255 * min(max(value, 0.0), 1.0)) for value in color),
        tone=SHADOW,
        segment=segment_number(part.name, SECOND),
        entry=entry,
    )


def _casts(
    outline: np.ndarray,
    shadows: Sequence[Region],
    casters: Sequence[np.ndarray],
    style: Style,
    place: Placement,
) -> list[np.ndarray]:
    """The shadows that parts before this one throw on it, as far from them as leaves the base
    tone the larger share of what is seen of it."""
    if not casters:
        return []
    x0, y0, x1, y1 = bounds(outline)
    scale = GRID / max(x1 - x0, y1 - y0, 1e-3)
    corner = np.array([x0, y0], np.float32)

    def mask(outlines) -> np.ndarray:
        grid = np.zeros((GRID + 1, GRID + 1), np.uint8)
        for one in outlines:
            cv2.fillPoly(grid, [np.rint((one - corner) * scale).astype(np.int32)], 1)
        return grid > 0

    seen = mask([outline]) & ~mask(casters)
    dark = mask([region.outline for region in shadows])
    for nearer in (1.0, 0.6, 0.3):
        shift = np.array(style.light, np.float32) * CAST_REACH * place.scale * nearer
        if np.abs(shift).max() < NARROWEST:
            return []
        thrown = [caster - shift for caster in casters]
        covered = seen & (dark | mask(thrown))
        if covered.sum() <= 0.48 * seen.sum():
            return thrown
    return []


def _between(first: Color, last: Color, share: float) -> Color:
    return tuple(a + (b - a) * share for a, b in zip(first, last, strict=True))
