"""Paint-bucket clips: line art, index labels and flat colours of animated characters.

The layout is that of PaintBucket-Character v2 (Dai et al. 2024, section 4):

    train/<character>/  gt line label seg json_color json_index line_anno shadow ref/ colorbook.yml
    test/<character>/   gt line seg line_anno ref/ colorbook.yml

with `NNNN.png` in each folder, the frames of a character's clips one after the other.

- `line`: RGBA, nothing is [255,255,255,0]; black lines, red around highlights, blue around
  shadows, green around other colours that have no ink. No pixel is half covered.
- `gt`: RGBA, the flat colours of the colour book; lines [0,0,0,255], coloured lines in the colour
  they enclose, nothing [255,255,255,0].
- `label`: index PNG of regions, a part in one tone, the same number in all frames and references;
  0 = black line, -1 = nothing.
- `seg`: index PNG of what lines enclose, numbered in each frame; 0 = black line, 1 = background.
- `json_color` {"seg": [r,g,b,a]}, background [0,0,0,0]; `json_index` {"seg": [pixels, label]},
  background -1. In `test`, `seg` has the colours beside the PNG and there is no label.
- `line_anno`: line art with highlights and shadows filled in the colours of `ANNOTATIONS`, without
  the lines around them.
- `shadow`: RGBA, grey 250 highlight, 200 normal, 100 shadow.
- `ref`: design-sheet pictures of the character, in the same folders, without line_anno and shadow.
- `colorbook.yml`: see `colorbook`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..toon.labels import CATEGORIES, HIGHLIGHT, NORMAL, SHADOW, Drawing
from .about import About
from .colorbook import BookMaker
from .files import new_folder, write_json, write_png
from .index_png import NOTHING, index_pixels
from .line_regions import BLACK, BLUE, GREEN, RED, LineRegions, line_regions

SPLITS = ("train", "test")
LINE_COLORS = {BLACK: (0, 0, 0), RED: (255, 0, 0), BLUE: (0, 0, 255), GREEN: (0, 255, 0)}
# RGB by tone and kind of part.
ANNOTATIONS = {
    HIGHLIGHT: {"hair": (239, 238, 52), "skin": (255, 227, 185), "other": (255, 245, 139)},
    SHADOW: {"hair": (185, 137, 253), "skin": (255, 179, 196), "other": (188, 201, 251)},
}
GREYS = {HIGHLIGHT: 250, NORMAL: 200, SHADOW: 100}
_CLEAR = (255, 255, 255, 0)


@dataclass(frozen=True, eq=False)
class PaintCharacter:
    """A character to write.

    Attributes:
        name: of its folder.
        frames: its clips, one after the other; one style and palette, all of one size.
        references: pictures of its design sheet, whole and close, of any size.
    """

    name: str
    frames: tuple[Drawing, ...]
    references: tuple[Drawing, ...]


@dataclass(frozen=True, eq=False)
class PaintFrame:
    """One frame's files: arrays as they are written, and colours and labels by segment."""

    line: np.ndarray
    gt: np.ndarray
    label: np.ndarray
    seg: np.ndarray
    line_anno: np.ndarray
    shadow: np.ndarray
    json_color: dict[str, list[int]]
    json_index: dict[str, list[int]]


def write_paint_bucket(
    folder: str | Path,
    characters: Iterable[PaintCharacter],
    about: About,
    split: str = "train",
) -> int:
    """Writes a new folder; gives the number of characters.

    Raises:
        FileExistsError: there is something at `folder`.
        ValueError: there is no such split, or a character has no frame or no reference.
    """
    if split not in SPLITS:
        raise ValueError(f'There is no split "{split}" of clips, only {" and ".join(SPLITS)}.')
    written: dict[str, dict] = {}
    with new_folder(folder) as temporary:
        for character in characters:
            if not character.frames or not character.references:
                raise ValueError(f"{character.name} has no frames or no references to write.")
            written[character.name] = {
                "family": character.frames[0].family,
                "frames": len(character.frames),
            }
            _write_character(temporary / split / character.name, character, split)
        record = {"info": about.info(), "split": split, "characters": written}
        write_json(temporary / "about.json", record, indent=1)
    return len(written)


def paint_frames(
    frames: Sequence[Drawing], references: Sequence[Drawing]
) -> tuple[list[PaintFrame], list[PaintFrame], str]:
    """The files of a character's frames and references, and the text of its colour book."""
    drawings = [*frames, *references]
    maker = BookMaker(drawings)
    regions: dict[tuple, int] = {}
    for key in sorted({key for drawing in drawings for key in _keys(drawing, maker)}):
        regions[key] = len(regions) + 1
    done = [_paint_frame(drawing, maker, regions) for drawing in drawings]
    return done[: len(frames)], done[len(frames) :], maker.book.yaml()


def _keys(drawing: Drawing, maker: BookMaker) -> list[tuple]:
    """What tells regions apart, for each row of the table that has one: part, segment and slot."""
    table = drawing.table
    rows = maker.rows(drawing)
    return [
        (table.parts[table.part[i]], int(table.segment[i]), int(rows[i, 1]))
        for i in range(len(table))
        if rows[i, 0] >= 0
    ]


def _paint_frame(drawing: Drawing, maker: BookMaker, regions: dict[tuple, int]) -> PaintFrame:
    table = drawing.table
    rows = maker.rows(drawing)
    has = rows[:, 0] >= 0
    row_region = np.zeros(len(table), np.int64)
    row_region[has] = [regions[key] for key in _keys(drawing, maker)]
    row_paint = np.where(has, rows[:, 0] * 4 + rows[:, 1] + 1, 0)
    found = line_regions(drawing.ids, table, row_region, row_paint)
    # Colour, tone and kind of each region; rows of one region agree in them.
    paint = np.zeros((len(regions) + 1, 4), np.uint8)
    annotation = np.zeros((len(regions) + 1, 4), np.uint8)
    grey = np.zeros(len(regions) + 1, np.uint8)
    paint[0] = _CLEAR
    for i in np.flatnonzero(has):
        region, tone = row_region[i], int(table.tone[i])
        paint[region] = (*maker.book.colors[rows[i, 0]][rows[i, 1]], 255)
        grey[region] = GREYS[tone]
        if tone in ANNOTATIONS:
            kind = CATEGORIES[table.category[i]]
            annotation[region] = (*ANNOTATIONS[tone][kind if kind in _KINDS else "other"], 255)
    return _files(found, paint, annotation, grey)


_KINDS = ("hair", "skin")


def _files(found: LineRegions, paint, annotation, grey) -> PaintFrame:
    black = found.kind == BLACK
    # A segment has one colour, that of most of it; lines have that of the segment they belong to.
    owner = found.owner[found.segment]
    gt = paint[owner]
    gt[black] = (0, 0, 0, 255)
    line = _painted_lines(found.kind, (BLACK, RED, BLUE, GREEN))
    anno = _painted_lines(found.kind, (BLACK, GREEN))
    toned = (annotation[owner, 3] > 0) & ~black
    anno[toned] = annotation[owner[toned]]
    shadow = np.repeat(grey[found.region][..., None], 4, -1)
    shadow[..., 3] = 255
    shadow[found.region == 0] = _CLEAR
    label = np.where(found.region == 0, NOTHING, found.region)
    label[black] = 0
    colors, index = {}, {}
    for number in range(1, len(found.owner)):
        if found.size[number]:
            outside = found.owner[number] == 0
            colors[str(number)] = [0] * 4 if outside else paint[found.owner[number]].tolist()
            own = NOTHING if outside else int(found.owner[number])
            index[str(number)] = [int(found.size[number]), own]
    return PaintFrame(line, gt, label, found.segment, anno, shadow, colors, index)


def _painted_lines(kind: np.ndarray, shown: Sequence[int]) -> np.ndarray:
    colors = np.zeros((max(LINE_COLORS) + 1, 4), np.uint8)
    colors[:] = _CLEAR
    for number in shown:
        colors[number] = (*LINE_COLORS[number], 255)
    return colors[kind]


def _write_character(folder: Path, character: PaintCharacter, split: str) -> None:
    frames, references, book = paint_frames(character.frames, character.references)
    folder.mkdir(parents=True)
    (folder / "colorbook.yml").write_text(book, encoding="ascii")
    for number, frame in enumerate(frames):
        _write_frame(folder, number, frame, split, whole=True)
    for number, frame in enumerate(references):
        _write_frame(folder / "ref", number, frame, split, whole=False)


def _write_frame(folder: Path, number: int, frame: PaintFrame, split: str, whole: bool) -> None:
    pictures = {"gt": frame.gt, "line": frame.line, "seg": index_pixels(frame.seg)}
    if split == "train":
        tables = {"json_color": frame.json_color, "json_index": frame.json_index}
        pictures["label"] = index_pixels(frame.label)
    else:
        tables = {"seg": frame.json_color}
    if whole:
        pictures["line_anno"] = frame.line_anno
        if split == "train":
            pictures["shadow"] = frame.shadow
    for kind, pixels in pictures.items():
        (folder / kind).mkdir(parents=True, exist_ok=True)
        write_png(folder / kind / f"{number:04d}.png", pixels)
    for kind, values in tables.items():
        (folder / kind).mkdir(parents=True, exist_ok=True)
        write_json(folder / kind / f"{number:04d}.json", values)
