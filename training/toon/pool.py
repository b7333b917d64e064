"""A pool of drawings, made once and kept in memory-mapped files that every worker shares.

A pool is a row of pieces, folders of `PIECE` drawings each, which several processes draw; a piece
appears only when it is whole, so that a killed run goes on where it was. Who is in the pool and
how it is drawn is `scene_cast`'s.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from ..store import Sprite, cache_folder, whole_folder
from . import styles
from .labels import Drawing, LabelTable, SheetEntry
from .scene_cast import SPLITS, VERSION, Member, draw_member

logger = logging.getLogger("celkit")

PIECE = 50
COUNTS = {"training": 2400, "held-out": 300}
_COLUMNS = tuple(f.name for f in fields(LabelTable) if f.name != "parts")


class ToonPool:
    """The drawings of a split: `sprites` are the whole figures among them, as `ArtLibrary` takes
    them, `rows[i]` tells what drawing i is, `families` the numbers of the figures of a style family
    and `items` those of things."""

    def __init__(self, pieces: Iterable[Path], split: str = "training"):
        self.split = split
        self._pieces = [_Piece(folder) for folder in pieces]
        self._where = [(p, i) for p, piece in enumerate(self._pieces) for i in range(len(piece))]
        self.rows = [self._pieces[p].rows[i] for p, i in self._where]
        self.sprites = [
            Sprite(f"toon/{n:05d}", "toon", split == "held-out", row.height, row.width, n, 0.0)
            for n, row in enumerate(self.rows)
            if row.shot == "whole" and row.kind != "item"
        ]
        self.families: dict[str, list[int]] = {}
        for n, row in enumerate(self.rows):
            if row.kind != "item":
                self.families.setdefault(row.family, []).append(n)
        self.items = [n for n, row in enumerate(self.rows) if row.kind == "item"]

    def __len__(self) -> int:
        return len(self._where)

    def part(self, share: float) -> ToonPool:
        """The first `share` (0..1) of the drawings as a pool: whole pieces, at least one."""
        if share >= 1:
            return self
        count = max(1, round(share * len(self._pieces)))
        return ToonPool((piece.folder for piece in self._pieces[:count]), self.split)

    def rgba(self, sprite: Sprite) -> np.ndarray:
        """Pixels of a sprite: uint8 [H,W,4], premultiplied, a read-only view of the mapped file."""
        piece, place = self._where[sprite.offset]
        return self._pieces[piece].pixels(place)[0]

    def member(self, index: int) -> Member:
        """Drawing `index`; its rasters are read-only views of the mapped files."""
        piece, place = self._where[index]
        return self._pieces[piece].member(place)


def load_toons(
    cache: Path | str | None = None,
    *,
    count: int | None = None,
    workers: int | None = None,
    split: str = "training",
) -> ToonPool:
    """The first `count` drawings of a split, in the cache folder, drawn on first use.

    Args:
        count: as many as `COUNTS` says when None (some 1.4 MB and 60 ms each).
        workers: drawing processes on first use, one per core when None; 0 draws in this one.
        split: "training", or "held-out": figures of their own in the style families that training
            never sees (`styles.HELD_OUT`).
    """
    if split == "held-out" and not styles.HELD_OUT:
        raise ValueError(
            "No style family is held out (toon.styles.HELD_OUT), so none can be drawn."
        )
    folder = cache_folder(cache) / f"toons-{VERSION}" / split
    workers = (os.cpu_count() or 1) if workers is None else workers
    return build_pool(folder, count or COUNTS[split], draw_member, workers, split)


def build_pool(
    folder: Path,
    count: int,
    draw: Callable[[str, int], Member],
    workers: int = 2,
    split: str = "training",
) -> ToonPool:
    """Draws what is missing of drawings 0 to `count` = draw(split, index) below `folder`."""
    if split not in SPLITS:
        raise ValueError(f'There is no split "{split}" of drawings, only {" and ".join(SPLITS)}.')
    if count < 1:
        raise ValueError(f"A pool has at least one drawing, not {count}.")
    pieces = []
    for first in range(0, count, PIECE):
        size = min(PIECE, count - first)
        pieces.append((folder / f"{first:06d}-{size:03d}", split, first, size, draw))
    missing = [job for job in pieces if not (job[0] / "index.json").exists()]
    if missing:
        logger.info("drawing %d figures, once", sum(job[3] for job in missing))
        if workers:
            context = multiprocessing.get_context("spawn")
            with context.Pool(min(workers, len(missing)), initializer=_nice) as pool:
                for done, _ in enumerate(pool.imap_unordered(_draw_piece, missing), 1):
                    logger.info("%d of %d pieces", done, len(missing))
        else:
            for job in missing:
                _draw_piece(job)
    return ToonPool((job[0] for job in pieces), split)


@dataclass(frozen=True)
class Row:
    """What is known of a drawing without its rasters: `offset` in pixels, `label` of its table."""

    height: int
    width: int
    offset: int
    label: int
    labels: int
    kind: str
    shot: str
    cut: tuple[bool, bool, bool, bool]
    family: str
    parts: tuple[str, ...]
    joints: dict[str, tuple[float, float]]
    sheet: tuple[SheetEntry, ...]


class _Piece:
    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.rows = [
            Row(
                **{
                    **row,
                    "cut": tuple(row["cut"]),
                    "parts": tuple(row["parts"]),
                    "joints": {name: tuple(xy) for name, xy in row["joints"].items()},
                    "sheet": tuple(_entry(values) for values in row["sheet"]),
                }
            )
            for row in json.loads((self.folder / "index.json").read_text())
        ]
        self._maps: tuple[np.ndarray, np.ndarray] | None = None
        self._columns: dict[str, np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def pixels(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        """The RGBA [H,W,4] and the numbers [H,W] of a drawing."""
        if self._maps is None:
            self._maps = (
                np.memmap(self.folder / "pixels.bin", np.uint8, "r").reshape(-1, 4),
                np.memmap(self.folder / "ids.bin", np.uint16, "r"),
            )
        row = self.rows[place]
        part = slice(row.offset, row.offset + row.height * row.width)
        rgba, ids = (values[part] for values in self._maps)
        return rgba.reshape(row.height, row.width, 4), ids.reshape(row.height, row.width)

    def member(self, place: int) -> Member:
        if self._columns is None:
            with np.load(self.folder / "tables.npz") as stored:
                self._columns = {name: stored[name] for name in _COLUMNS}
        row = self.rows[place]
        part = slice(row.label, row.label + row.labels)
        columns = {name: column[part] for name, column in self._columns.items()}
        table = LabelTable(parts=row.parts, **columns)
        drawing = Drawing(*self.pixels(place), table, row.joints, row.sheet, row.family)
        return Member(drawing, row.kind, row.shot, row.cut)

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_maps": None, "_columns": None}


def _draw_piece(job: tuple[Path, str, int, int, Callable[[str, int], Member]]) -> None:
    folder, split, first, size, draw = job
    rows, columns = [], {name: [] for name in _COLUMNS}
    offset = label = 0
    with whole_folder(folder) as temporary:
        with (
            open(temporary / "pixels.bin", "wb") as pixels,
            open(temporary / "ids.bin", "wb") as ids,
        ):
            for index in range(first, first + size):
                member = draw(split, index)
                drawing, table = member.drawing, member.drawing.table
                pixels.write(np.ascontiguousarray(drawing.rgba).data)
                ids.write(np.ascontiguousarray(drawing.ids).data)
                for name, column in columns.items():
                    column.append(getattr(table, name))
                row = Row(
                    *drawing.ids.shape,
                    offset,
                    label,
                    len(table),
                    member.kind,
                    member.shot,
                    member.cut,
                    drawing.family,
                    table.parts,
                    drawing.joints,
                    drawing.sheet,
                )
                rows.append(asdict(row))
                offset, label = offset + drawing.ids.size, label + len(table)
        joined = {name: np.concatenate(column) for name, column in columns.items()}
        np.savez(temporary / "tables.npz", **joined)
        (temporary / "index.json").write_text(json.dumps(rows))


def _entry(values: dict) -> SheetEntry:
    tones = {name: tuple(values[name]) for name in ("normal", "highlight", "shadow")}
    return SheetEntry(values["name"], values["category"], **tones)


def _nice() -> None:
    import cv2

    os.nice(5)
    cv2.setNumThreads(1)
