"""The colour design sheet of a figure, and the labels of its regions, as its parts come along."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from .labels import NORMAL, SheetEntry, TableBuilder
from .model import Color, Figure, Part
from .style import Style


class ColorSheet:
    """Colours and labels of a figure's parts, `labels` the table so far."""

    def __init__(self, figure: Figure, style: Style):
        self.figure, self.style = figure, style
        self.labels = TableBuilder()
        self._entries: dict[tuple[str, str], SheetEntry] = {}

    def colors(self, part: Part) -> tuple[Color, Color, Color]:
        """The part's colours in its three tones, RGB 0..1, as `labels.TONES`."""
        normal = self.style.color(self.figure.palette[part.color])
        return normal, self.style.light_up(normal), self.style.shade(normal)

    def row(self, part: Part, douga: int, tone: int = NORMAL) -> int:
        """The label of a region or line of a part."""
        colors = [_bytes(color) for color in self.colors(part)]
        key = (part.color, part.category)
        if key not in self._entries:
            name = f"{part.color} on {part.category}"
            self._entries[key] = SheetEntry(name, part.category, colors[0], colors[1], colors[2])
        return self.labels.row(
            part.name,
            part.category,
            douga,
            color=colors[tone],
            tone=tone,
            segment=segment_number(part.name, tone),
            entry=list(self._entries).index(key),
        )

    def entries(self) -> tuple[SheetEntry, ...]:
        return tuple(self._entries.values())


def segment_number(part: str, tone: int) -> int:
    """The number of a flat region: follows from names alone, so that every frame has the same."""
    return zlib.crc32(f"{part}/{tone}".encode()) & 0x7FFFFFFF or 1


def _bytes(color: Sequence[float]) -> tuple[int, int, int]:
    return tuple(round(255 * min(max(float(v), 0.0), 1.0)) for v in color)
