"""Lines of a figure: outlines, the strokes inside parts, and the band around it all.

The ink of a figure is planned at once (`Ink`). What shows of an outline decides its label: where a
style leaves it open there is neither ink nor label.
"""

from __future__ import annotations

import numpy as np

from .brush import Lines, chances, runs
from .color_sheet import ColorSheet
from .fills import Fill, Outlines
from .labels import COLOR_EDGE, COLOR_FILL, FLAT, VISIBLE_LINE
from .model import Figure, Part
from .shapes import Placement
from .style import Style

EDGE = 1.5  # pixels: width of a line that only a douga has
LEAST = 1.0  # pixels: ink is never thinner; a thinner line is lighter instead
FAINTEST = 0.6  # of that
GAP = 0.35  # figure units, the longest stretch that a gap leaves out
SWELL = 0.9  # figure units from one swell of the brush's pressure to the next
STRAY = 0.5  # figure units from one swing of a wobbling line to the next


class Ink:
    """All lines of a figure in pixels.

    Attributes:
        band: per inked part, what reaches around it on the outside for the figure's silhouette.
        outline: per part, the ink of its outline, or its edge where no ink is.
        strokes: per part, the ink of each of its strokes.
        alpha: how much of the ink covers, for lines under a pixel.
    """

    def __init__(self, figure: Figure, style: Style, place: Placement):
        self.style, self.scale = style, place.scale
        self.band: dict[str, Outlines] = {}
        self.outline: dict[str, Outlines] = {}
        self.strokes: dict[str, list[Outlines]] = {part.name: [] for part in figure.parts}
        self.alpha = 1.0
        if 0 < style.line * place.scale < LEAST:
            self.alpha = max(style.line * place.scale / LEAST, FAINTEST)
        bare = [part for part in figure.parts if not inked(part, style)]
        bare = [part for part in bare if part.marking or part.outlined > 0]
        drawn = [part for part in figure.parts if inked(part, style)]
        if bare:
            self._edges(bare, place)
        if drawn:
            self._outlines(drawn, place)
        owners = [(part, stroke) for part in figure.parts for stroke in part.strokes]
        owners = [(part, stroke) for part, stroke in owners if len(stroke.points) > 1]
        if owners:
            self._strokes(owners, place)

    def _edges(self, parts: list[Part], place: Placement) -> None:
        """Edges lie inside their part: without ink nothing reaches past it."""
        lines = Lines([place(p.outline) for p in parts], [True] * len(parts), seams(parts), 1e9)
        left, right = lines.sides(0.0, EDGE)
        for number, part in enumerate(parts):
            self.outline[part.name] = _pieces(lines, number, left, right, lines.inked)

    def _outlines(self, parts: list[Part], place: Placement) -> None:
        style = self.style
        chance = chances([part.name for part in parts], style.seed, 16)
        width = style.line * self.scale * np.array([part.outlined for part in parts])
        lines = Lines([place(part.outline) for part in parts], [True] * len(parts), seams(parts))
        half = np.maximum(width, LEAST)[lines.line] / 2
        swing = lines
        if style.wobble > 0:
            stray = lines.waves(chance[:, :3], STRAY * self.scale) * 2 * style.wobble
            swing = lines.strayed(stray * half)
        inked = lines.inked & ~self._gaps(lines, chance)
        broken = np.bincount(lines.line, ~inked, len(parts)) > 0
        press = self._press(lines, chance[:, 3:6]) * _ends(lines, inked, broken, half)
        press = np.maximum(half * press, LEAST / 2)
        left, right = swing.sides(press, press)
        for number, part in enumerate(parts):
            self.outline[part.name] = _pieces(lines, number, left, right, inked)
        if style.sketch > 0:
            self._second(lines, chance, half, parts)
        if style.silhouette > 0:
            outer = press + width[lines.line] * style.silhouette
            shown = np.ones_like(inked) if style.halo else inked
            left, right = swing.sides(outer, 0.0 * outer, 1.25)
            for number, part in enumerate(parts):
                if part.within is None:
                    self.band[part.name] = _pieces(lines, number, left, right, shown)

    def _gaps(self, lines: Lines, chance: np.ndarray) -> np.ndarray:
        """Where outlines are left open, bool [T]: one or two stretches of some of them."""
        open_here = np.zeros(len(lines.line), bool)
        if self.style.gaps <= 0:
            return open_here
        for column in (6, 9):
            some = chance[:, column] < self.style.gaps * (1.0 if column == 6 else 0.4)
            size = np.minimum(lines.length * 0.18, GAP * self.scale)
            size = np.maximum(size * (0.3 + 0.7 * chance[:, column + 1]), 4.0)
            some &= size < lines.length * 0.4
            start = chance[:, column + 2] * lines.length
            ahead = (lines.along - start[lines.line]) % lines.length[lines.line]
            open_here |= some[lines.line] & (ahead < size[lines.line])
        return open_here

    def _press(self, lines: Lines, phases: np.ndarray) -> np.ndarray:
        """The width of each point, 1 = as wide as the style says."""
        style = self.style
        press = 1 + style.weight * -(lines.normal @ np.array(style.light))
        if style.pressure > 0:
            press = press * (1 + style.pressure * lines.waves(phases, SWELL * self.scale))
        return press.clip(0.15)

    def _second(self, lines: Lines, chance: np.ndarray, half: np.ndarray, parts) -> None:
        """A looser line over most of some outlines, as in a sketch."""
        style = self.style
        twice = chance[:, 12] < style.sketch
        stray = lines.waves(chance[:, 13:16], 1.4 * STRAY * self.scale) * (1.2 + style.wobble) * 2
        other = lines.strayed(stray * half)
        share = lines.along / lines.length[lines.line]
        ahead = (share - chance[lines.line, 14]) % 1
        shown = lines.inked & (ahead < (0.35 + 0.5 * chance[:, 15])[lines.line])
        thin = half * 0.7 * np.sin(np.pi * (ahead / 0.85).clip(0, 1)) ** 0.4
        thin = np.maximum(thin, LEAST / 2)
        left, right = other.sides(thin, thin)
        for number in np.flatnonzero(twice):
            more = _pieces(lines, number, left, right, shown)
            self.outline[parts[number].name] += more

    def _strokes(self, owners, place: Placement) -> None:
        style = self.style
        lines = Lines([place(stroke.points) for _, stroke in owners], [False] * len(owners))
        line = style.line if style.line > 0 else 0.025
        width = np.array([line * stroke.width for _, stroke in owners]) * self.scale
        half = width[lines.line] / 2
        share = lines.along / lines.length[lines.line]
        start, end = (style.taper * np.array([s.taper for _, s in owners])).T
        press = np.minimum(
            1 - start[lines.line] * (1 - share * 3).clip(0, 1),
            1 - end[lines.line] * (1 - (1 - share) * 3).clip(0, 1),
        )
        if style.pressure > 0 or style.wobble > 0:
            names = [f"{part.name}/{number}" for number, (part, _) in enumerate(owners)]
            chance = chances(names, style.seed, 6)
            press = press * (1 + 0.6 * style.pressure * lines.waves(chance, SWELL * self.scale))
            stray = lines.waves(chance[:, 3:], STRAY * self.scale) * 2 * style.wobble
            lines = lines.strayed(stray * half)
        press = np.maximum(half * press, LEAST / 2)
        left, right = lines.sides(press, press)
        everywhere = np.ones(len(lines.line), bool)
        for number, (part, _) in enumerate(owners):
            self.strokes[part.name].append(_pieces(lines, number, left, right, everywhere))


def inked(part: Part, style: Style) -> bool:
    """Whether the part's outline is drawn with ink."""
    return style.line > 0 and part.outlined > 0 and not part.marking


def seams(parts: list[Part]) -> list[tuple[tuple[int, int], ...]]:
    return [part.seams for part in parts]


def back_fills(ink: Ink, sheet: ColorSheet) -> list[Fill]:
    """What lies behind all parts: the wider silhouette, or the halo in its place."""
    style = sheet.style
    out = []
    for part in sheet.figure.parts:
        sheet.row(part, COLOR_FILL if part.marking else FLAT)  # keeps the sheet in parts' order
        outlines = ink.band.get(part.name)
        if not outlines:
            continue
        if style.halo:
            color = tuple(round(255 * value) for value in style.halo)
            label = sheet.labels.row("", "background", FLAT, color=color)
            out.append(Fill(outlines, style.halo, label))
        else:
            color = style.ink_for(sheet.colors(part)[0])
            row = sheet.row(part, VISIBLE_LINE)
            out.append(Fill(outlines, color, row, alpha=ink.alpha))
    return out


def line_fills(
    part: Part,
    outlines: Outlines,
    clip: Outlines | None,
    ink: Ink,
    sheet: ColorSheet,
) -> list[Fill]:
    """The outline, then the strokes. Without ink, or around a marking, the outline is a colour
    edge: a douga has it, the picture does not."""
    style = sheet.style
    color = sheet.colors(part)[0]
    out: list[Fill] = []
    edge = ink.outline.get(part.name)
    if edge and inked(part, style):
        row = sheet.row(part, VISIBLE_LINE)
        out.append(Fill(edge, style.ink_for(color), row, alpha=ink.alpha, clip=clip))
    elif edge:
        out.append(Fill(edge, None, sheet.row(part, COLOR_EDGE), clip=clip))
    for stroke, brush in zip(
        [stroke for stroke in part.strokes if len(stroke.points) > 1],
        ink.strokes[part.name],
        strict=True,
    ):
        if stroke.color is not None:
            paint = style.color(sheet.figure.palette[stroke.color])
        else:
            paint = style.stroke_ink(color)
        row = sheet.row(part, VISIBLE_LINE)
        out.append(Fill(brush, paint, row, alpha=ink.alpha, clip=outlines))
    return out


def _ends(lines: Lines, inked: np.ndarray, broken: np.ndarray, half: np.ndarray) -> np.ndarray:
    """How much lines thin out towards where they break off, [T], 1 = not at all."""
    out = np.ones(len(inked))
    for number in np.flatnonzero(broken):
        span = lines.span(number)
        along = lines.along[span]
        for run in runs(inked[span], True):
            if len(run) < 2:
                continue
            way = (along[run] - along[run[0]]) % lines.length[number]
            near = np.minimum(way, way[-1] - way) / (6 * half[span][run])
            out[span.start + run] = 0.25 + 0.75 * near.clip(0, 1) ** 0.7
    return out


def _pieces(
    lines: Lines, number: int, left: np.ndarray, right: np.ndarray, shown: np.ndarray
) -> Outlines:
    """What covers the shown stretches of a line between its two sides."""
    span = lines.span(number)
    left, right, shown = left[span], right[span], shown[span]
    closed = bool(lines.closed[number])
    if closed and shown.all():
        return left, right[::-1]
    out = []
    for run in runs(shown, closed):
        if len(run) > 1:
            out.append(np.concatenate([left[run], right[run[::-1]]]))
    return tuple(out)
