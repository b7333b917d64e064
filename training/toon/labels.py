"""What is known about every pixel of a drawing: a raster of numbers and a table behind it.

Every hard label is a look-up of the same raster, so that labels can never disagree by a pixel:
`table.douga[ids]` is the line and fill class, `table.category[ids]` the part's category, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

# The categories of a colour design sheet, in the order of their one-hot index
# (Dai et al. 2024, Paint Bucket Colorization Using Anime Character Color Design Sheets).
CATEGORIES = (
    "background",
    "bag",
    "belt",
    "glasses",
    "hair",
    "socks",
    "hat",
    "mouth",
    "clothes",
    "eye",
    "shoes",
    "skin",
)
# Lines and fills of a douga (Kugler 2020, Reconstructing Production Data, section 5.1).
DOUGA_CLASSES = (
    "flat area",
    "visible line",
    "shading line",
    "color edge",
    "highlight line",
    "book line",
    "shading fill",
    "color fill",
    "highlight fill",
    "book fill",
)
FLAT, VISIBLE_LINE, SHADING_LINE, COLOR_EDGE, HIGHLIGHT_LINE, BOOK_LINE = range(6)
SHADING_FILL, COLOR_FILL, HIGHLIGHT_FILL, BOOK_FILL = range(6, 10)
LINES = (VISIBLE_LINE, SHADING_LINE, COLOR_EDGE, HIGHLIGHT_LINE, BOOK_LINE)

TONES = ("normal", "highlight", "shadow")
NORMAL, HIGHLIGHT, SHADOW = range(3)


@dataclass(frozen=True)
class SheetEntry:
    """A line of a colour design sheet: a name, its category, and RGB 0..255 of its three tones."""

    name: str
    category: str
    normal: tuple[int, int, int]
    highlight: tuple[int, int, int]
    shadow: tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class LabelTable:
    """What each number of a raster stands for; all arrays have a value per number, 0 = nothing.

    Attributes:
        parts: names of parts; two figures' parts of one name share it.
        instance: int16 [R], 0 = none, else 1..N.
        part: int16 [R], index into `parts`, -1 = none.
        category: uint8 [R], index into `CATEGORIES`.
        douga: uint8 [R], index into `DOUGA_CLASSES`.
        tone: uint8 [R], index into `TONES`.
        segment: int32 [R], the flat region: the same in every frame of a character, 0 = none. A
            line has that of the part it belongs to.
        color: uint8 [R,3] RGB, the flat colour as painted, before shading by gradient or texture.
        entry: int16 [R], line of the instance's colour design sheet, -1 = none.
    """

    parts: tuple[str, ...]
    instance: np.ndarray
    part: np.ndarray
    category: np.ndarray
    douga: np.ndarray
    tone: np.ndarray
    segment: np.ndarray
    color: np.ndarray
    entry: np.ndarray

    def __len__(self) -> int:
        return len(self.instance)

    def as_instance(self, number: int) -> LabelTable:
        """The same rows, belonging to instance `number` (0: to none)."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        instance = np.full_like(self.instance, number)
        instance[0] = 0
        return LabelTable(**{**values, "instance": instance})


class TableBuilder:
    """Collects rows; equal rows get one number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple, int] = {}
        self._parts: dict[str, int] = {}
        self.row("", "background", FLAT, color=(0, 0, 0))

    def row(
        self,
        part: str,
        category: str,
        douga: int,
        *,
        color: tuple[int, int, int],
        tone: int = NORMAL,
        segment: int = 0,
        entry: int = -1,
        instance: int = 0,
    ) -> int:
        """The number of a row with these values."""
        index = self._parts.setdefault(part, len(self._parts)) if part else -1
        key = (instance, index, CATEGORIES.index(category), douga, tone, segment, color, entry)
        number = self._numbers.setdefault(key, len(self._numbers))
        if number > np.iinfo(np.uint16).max:
            raise ValueError("a drawing has at most 65535 different labels")
        return number

    def table(self) -> LabelTable:
        columns = list(zip(*self._numbers, strict=True))
        kinds = (np.int16, np.int16, np.uint8, np.uint8, np.uint8, np.int32, np.uint8, np.int16)
        arrays = [np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
        names = ("instance", "part", "category", "douga", "tone", "segment", "color", "entry")
        return LabelTable(parts=tuple(self._parts), **dict(zip(names, arrays, strict=True)))


def join_tables(tables: Sequence[LabelTable]) -> tuple[LabelTable, list[int]]:
    """One table of several, and what to add to the numbers (except 0) of each one's raster."""
    parts = tuple(dict.fromkeys(name for table in tables for name in table.parts))
    place = {name: index for index, name in enumerate(parts)}
    offsets, columns = [], {f.name: [] for f in fields(LabelTable) if f.name != "parts"}
    total = 1
    for number, table in enumerate(tables):
        own = np.array([place[name] for name in table.parts] + [-1], np.int16)
        start = 0 if number == 0 else 1  # row 0 stands for nothing in all of them
        for name, column in columns.items():
            value = own[table.part] if name == "part" else getattr(table, name)
            column.append(value[start:])
        offsets.append(total - 1)
        total += len(table) - 1
    if total > np.iinfo(np.uint16).max:
        raise ValueError(f"a picture has at most 65535 different labels, these are {total}")
    joined = {name: np.concatenate(column) for name, column in columns.items()}
    return LabelTable(parts=parts, **joined), offsets


@dataclass(frozen=True, eq=False)
class Drawing:
    """One figure, drawn alone.

    Attributes:
        rgba: uint8 [H,W,4], premultiplied, anti-aliased.
        ids: uint16 [H,W], numbers of `table`, not anti-aliased; 0 outside the figure.
        table: see `LabelTable`; instance is 1 everywhere but in row 0.
        joints: pixels (x, y) by name.
        sheet: its colour design sheet.
        family: the style family that drew it.
    """

    rgba: np.ndarray
    ids: np.ndarray
    table: LabelTable
    joints: dict[str, tuple[float, float]]
    sheet: tuple[SheetEntry, ...]
    family: str


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """A picture of characters with everything that is known about it.

    Attributes:
        picture: uint8 [H,W,3] RGB, as a user would have it.
        clean: uint8 [H,W,3], the same before handling (JPEG, noise, resizing).
        masks: uint8 [N,H,W], 0..255, the visible share of each character, anti-aliased.
        ids: uint16 [H,W], numbers of `table`.
        table: see `LabelTable`; instances 1..N as in `masks`.
        order: int [N], depth rank, 0 = farthest.
        joints: per instance, pixels (x, y) by name; may lie outside the picture.
        sheets: per instance, its colour design sheet.
        families: per instance, the style family that drew it.
    """

    picture: np.ndarray
    clean: np.ndarray
    masks: np.ndarray
    ids: np.ndarray
    table: LabelTable
    order: np.ndarray
    joints: tuple[dict[str, tuple[float, float]], ...]
    sheets: tuple[tuple[SheetEntry, ...], ...]
    families: tuple[str, ...]
