"""Lines of a part: its outline and the strokes inside it."""

from __future__ import annotations

import numpy as np

from .color_sheet import ColorSheet
from .labels import COLOR_EDGE, VISIBLE_LINE
from .model import Part, Stroke
from .raster import Fill, Outlines
from .shapes import Placement, ribbon
from .style import Style

# A line that only a douga has is this wide in pixels.
EDGE = 1.5


def line_fills(
    part: Part,
    outlines: Outlines,
    clip: Outlines | None,
    style: Style,
    sheet: ColorSheet,
    place: Placement,
    rng: np.random.Generator,
) -> list[Fill]:
    """The outline, then the strokes. Without ink, or around a marking, the outline is a colour
    edge: a douga has it, the picture does not."""
    color = sheet.colors(part)[0]
    out: list[Fill] = []
    closed = np.concatenate([outlines[0], outlines[0][:2]])
    if part.marking or style.line <= 0 or part.outlined <= 0:
        if part.marking or part.outlined > 0:
            edge = (ribbon(closed, EDGE / 2),)
            out.append(Fill(edge, None, sheet.row(part, COLOR_EDGE), clip=clip))
    else:
        width = max(style.line * part.outlined * place.scale, 1.0)
        edge = (ribbon(closed, width / 2),)
        row = sheet.row(part, VISIBLE_LINE)
        out.append(Fill(edge, style.ink_for(color), row, clip=clip))
    for stroke in part.strokes:
        out += _stroke(part, stroke, outlines, style, sheet, place)
    return out


def _stroke(
    part: Part,
    stroke: Stroke,
    outlines: Outlines,
    style: Style,
    sheet: ColorSheet,
    place: Placement,
) -> list[Fill]:
    points = place(stroke.points)
    line = style.line if style.line > 0 else 0.025
    width = max(line * stroke.width * place.scale, 0.8)
    along = np.linspace(0, 1, len(points))
    start, end = (style.taper * share for share in stroke.taper)
    thin = np.minimum(
        1 - start * (1 - along * 3).clip(0, 1), 1 - end * (1 - (1 - along) * 3).clip(0, 1)
    )
    if stroke.color is not None:
        color = style.color(sheet.figure.palette[stroke.color])
    else:
        color = style.ink_for(sheet.colors(part)[0])
    brush = (ribbon(points, width / 2 * thin),)
    return [Fill(brush, color, sheet.row(part, VISIBLE_LINE), clip=outlines)]
