"""A colour design sheet as `colorbook.yml`: the colours of a character by name.

A line per name, `name on category: [[highlight],[normal],[shadow],[second shadow or null]]`, each
colour "r g b" in one string, as PaintBucket-Character (Dai et al. 2024) has it. Readers find a
region's name by its colour, so that no colour may be there twice, and black and white, which
stand for lines and nothing, not at all: colours are changed by the least step that does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..toon.labels import HIGHLIGHT, NORMAL, SHADOW, Drawing, LabelTable

Color = tuple[int, int, int]

SLOTS = ("highlight", "normal", "shadow", "second shadow")
_SLOT = {NORMAL: 1, HIGHLIGHT: 0, SHADOW: 2}
_FARTHEST = 24  # how far a colour may be moved, per channel
_RESERVED = ((0, 0, 0), (255, 255, 255))


@dataclass(frozen=True)
class ColorBook:
    """Names, each with its category as last word, and their colours in the four `SLOTS`."""

    names: tuple[str, ...]
    colors: tuple[tuple[Color | None, ...], ...]

    def yaml(self) -> str:
        """The text of `colorbook.yml`."""
        lines = []
        for name, row in zip(self.names, self.colors, strict=True):
            cells = ("null" if c is None else f"[{c[0]} {c[1]} {c[2]}]" for c in row)
            lines.append(f"{name}: [{','.join(cells)}]\n")
        return "".join(lines)


class BookMaker:
    """Makes the book of a character's drawings, and tells what is in it.

    Args:
        drawings: all of one character and one style.
    """

    def __init__(self, drawings: Sequence[Drawing]):
        given: dict[str, list[Color | None]] = {}
        self._places: dict[str, int] = {}
        for drawing in drawings:
            for entry in drawing.sheet:
                row = [entry.highlight, entry.normal, entry.shadow, None]
                given.setdefault(entry.name, [tuple(map(int, c)) if c else None for c in row])
        for drawing in drawings:
            for name, dark in _second_shadows(drawing):
                row = given[name]
                if row[3] is None or sum(dark) < sum(row[3]):
                    row[3] = dark
        for name in given:
            self._places[name] = len(self._places)
        self._given = list(given.values())
        self.book = ColorBook(_clean_names(list(given)), _unique(self._given))

    def rows(self, drawing: Drawing) -> np.ndarray:
        """Line and slot in the book for each row of the drawing's table, int [R,2], -1 = none."""
        table = drawing.table
        out = np.full((len(table), 2), -1)
        for row in np.flatnonzero(table.entry >= 0):
            place = self._places[drawing.sheet[table.entry[row]].name]
            slot = _SLOT[int(table.tone[row])]
            if slot == 2:
                slot = self._shadow_slot(self._given[place], table, row)
            out[row] = place, slot
        return out

    def _shadow_slot(self, given: list[Color | None], table: LabelTable, row: int) -> int:
        if given[3] is None:
            return 2
        far = [np.abs(table.color[row].astype(int) - color).sum() for color in given[2:]]
        return 2 + int(far[1] < far[0])


def _second_shadows(drawing: Drawing):
    """Names and colours of shadows that are not the sheet's own shadow."""
    table = drawing.table
    for row in np.flatnonzero((table.tone == SHADOW) & (table.entry >= 0)):
        entry = drawing.sheet[table.entry[row]]
        color = tuple(table.color[row].tolist())
        if color != tuple(entry.shadow):
            yield entry.name, color


def _clean_names(names: list[str]) -> tuple[str, ...]:
    """Names that are plain in YAML, without the "_" that readers split at, each once."""
    out: list[str] = []
    for name in names:
        text, _, category = name.rpartition(" on ")
        text = re.sub(r"[^A-Za-z0-9.]+", " ", text).strip(" .") or "color"
        clean, number = f"{text} on {category}", 2
        while clean in out:
            clean, number = f"{text} {number} on {category}", number + 1
        out.append(clean)
    return tuple(out)


def _unique(given: list[list[Color | None]]) -> tuple[tuple[Color | None, ...], ...]:
    """The same colours, each once; normal tones keep theirs before others do."""
    side = np.arange(-_FARTHEST, _FARTHEST + 1)
    steps = np.stack(np.meshgrid(side, side, side, indexing="ij"), -1).reshape(-1, 3)
    steps = steps[np.argsort((steps**2).sum(1), kind="stable")]
    used = set(_RESERVED)
    out = [[None] * len(SLOTS) for _ in given]
    for slot in (1, 0, 2, 3):
        for row, colors in enumerate(given):
            if colors[slot] is not None:
                out[row][slot] = _free(colors[slot], used, steps)
                used.add(out[row][slot])
    return tuple(tuple(row) for row in out)


def _free(color: Color, used: set[Color], steps: np.ndarray) -> Color:
    if color not in used:
        return color
    near = steps + color
    for candidate in near[((near >= 0) & (near <= 255)).all(1)]:
        if tuple(candidate.tolist()) not in used:
            return tuple(candidate.tolist())
    raise ValueError(f"no colour near {color} is free; a sheet this large has no unique colours")
