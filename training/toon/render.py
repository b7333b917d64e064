"""A figure and a style make a drawing: the picture, and one raster of labels under it."""

from __future__ import annotations

import numpy as np

from . import raster
from .color_sheet import ColorSheet
from .fills import Fill
from .inking import Ink, back_fills, line_fills
from .labels import CATEGORIES, COLOR_FILL, FLAT, Drawing
from .model import Figure
from .shading import Shades, surface_fills, tone_fills
from .shapes import Placement, bounds
from .style import Style


def draw(
    figure: Figure,
    style: Style,
    rng: np.random.Generator,
    side: int = 640,
    *,
    frame: tuple[float, float, float, float] | None = None,
    backend: str | None = None,
) -> Drawing:
    """Draws a figure so that it is about `side` pixels long.

    Args:
        figure: its parts.
        style: how it is drawn.
        rng: for the style's finish; gaps and wobble follow from `Style.seed` and the parts' names,
            so that the frames of an animation agree.
        side: the longer side of the figure in pixels.
        frame: x0, y0, x1, y1 in figure units to draw instead of what the figure fills; `side` is
            then its longer side. Several frames of an animation share one.
        backend: see `raster.paint`.
    """
    x0, y0, x1, y1 = frame or _surroundings(figure, style)
    scale = side / max(x1 - x0, y1 - y0)
    size = max(1, round((y1 - y0) * scale)), max(1, round((x1 - x0) * scale))
    place = Placement(scale, np.array([x0, y0], np.float32))
    sheet = ColorSheet(figure, style)
    fills = figure_fills(figure, style, place, sheet)
    rgba = raster.paint(fills, size, backend)
    ids = raster.label(fills, size, backend)
    table = sheet.labels.table().as_instance(1)
    if style.finish is not None:
        rgba = style.finish(rng, rgba, ids, table)
    joints = {name: tuple(place(np.array(joint)).tolist()) for name, joint in figure.joints.items()}
    return Drawing(rgba, ids, table, joints, sheet.entries(), style.family)


def figure_fills(
    figure: Figure,
    style: Style,
    place: Placement,
    sheet: ColorSheet,
) -> list[Fill]:
    """All steps of a drawing in pixels, back to front."""
    for part in figure.parts:
        if part.category not in CATEGORIES[1:]:
            raise ValueError(f'part "{part.name}" has no category of a sheet: "{part.category}"')
    placed = {part.name: place(part.outline) for part in figure.parts}
    ink, shades = Ink(figure, style, place), Shades(sheet, place)
    drawn = back_fills(ink, sheet)
    for part in figure.parts:
        outlines = (placed[part.name],)
        clip = (placed[part.within],) if part.within else None
        kind = COLOR_FILL if part.marking else FLAT
        drawn += surface_fills(part, outlines, clip, sheet, sheet.row(part, kind))
        casts = [
            placed[other.name]
            for other in figure.parts
            if part.name in other.casts and other.name in placed
        ]
        drawn += tone_fills(part, outlines, clip, casts, shades, sheet, place)
        drawn += line_fills(part, outlines, clip, ink, sheet)
    return drawn


def _surroundings(figure: Figure, style: Style) -> tuple[float, float, float, float]:
    boxes = np.array([bounds(part.outline) for part in figure.parts])
    room = style.line * (1.5 + style.silhouette + style.wobble)
    low, high = boxes[:, :2].min(0) - room, boxes[:, 2:].max(0) + room
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
