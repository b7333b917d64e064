"""Labelled pictures (`toon.labels.LabelledPicture`) as files, and back.

Beside `png`, `masks.png` and `json` of a composition (see `encoding`; in place of `places`):

- `clean.png`: the picture before handling, 8-bit RGB; it takes half of the space, and can be left
  out.
- `ids.png`: the label raster, 16-bit grey: each value is a row of the table.
- `table.npy`: the table, a structured array with the fields of `COLUMNS`; numpy reads it, and
  `table["douga"][ids]` is the map of line and fill classes.
- in `json`: `parts` (names), and a list with an entry per instance in each of `order`, `families`,
  `joints` (name -> [x, y], pixels) and `sheets` (lists of name, category, normal, highlight and
  shadow).
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..toon.labels import LabelledPicture, LabelTable, SheetEntry
from .encoding import decode_masks, decode_png, encode_json, encode_masks, encode_png

# Little-endian and packed, 16 bytes a row, on every machine.
COLUMNS = np.dtype(
    [
        ("instance", "<i2"),
        ("part", "<i2"),
        ("category", "u1"),
        ("douga", "u1"),
        ("tone", "u1"),
        ("segment", "<i4"),
        ("color", "u1", 3),
        ("entry", "<i2"),
    ]
)

_TONES = ("normal", "highlight", "shadow")


def encode_labelled(
    made: LabelledPicture, about: Mapping[str, Any], clean: bool = True
) -> dict[str, bytes]:
    """The files of a labelled picture; `about` joins the json."""
    masks, where = encode_masks(made.masks)
    height, width = made.picture.shape[:2]
    entry = {
        **about,
        **where,
        "width": width,
        "height": height,
        "parts": list(made.table.parts),
        "order": [int(rank) for rank in made.order],
        "families": list(made.families),
        "joints": [
            {name: [round(float(x), 3), round(float(y), 3)] for name, (x, y) in joints.items()}
            for joints in made.joints
        ],
        "sheets": [[_sheet_entry(line) for line in sheet] for sheet in made.sheets],
    }
    cleaned = {"clean.png": encode_png(made.clean)} if clean else {}
    return {
        **cleaned,
        "png": encode_png(made.picture),
        "masks.png": masks,
        "ids.png": encode_png(made.ids),
        "table.npy": _encode_table(made.table),
        "json": encode_json(entry),
    }


def decode_labelled(members: Mapping[str, bytes]) -> LabelledPicture:
    """The labelled picture of a sample's files; where `clean` was left out it is the picture."""
    entry, picture = json.loads(members["json"]), decode_png(members["png"])
    rows = np.load(io.BytesIO(members["table.npy"]), allow_pickle=False)
    columns = {name: np.ascontiguousarray(rows[name]) for name in COLUMNS.names}
    return LabelledPicture(
        picture=picture,
        clean=decode_png(members["clean.png"]) if "clean.png" in members else picture,
        masks=decode_masks(members["masks.png"], entry["crops"], entry["height"], entry["width"]),
        ids=decode_png(members["ids.png"]),
        table=LabelTable(parts=tuple(entry["parts"]), **columns),
        order=np.array(entry["order"], np.int64),
        joints=tuple(
            {name: (x, y) for name, (x, y) in joints.items()} for joints in entry["joints"]
        ),
        sheets=tuple(tuple(_sheet_line(line) for line in sheet) for sheet in entry["sheets"]),
        families=tuple(entry["families"]),
    )


def _encode_table(table: LabelTable) -> bytes:
    rows = np.empty(len(table.instance), COLUMNS)
    for name in COLUMNS.names:
        rows[name] = getattr(table, name)
    out = io.BytesIO()
    np.save(out, rows, allow_pickle=False)
    return out.getvalue()


def _sheet_entry(line: SheetEntry) -> dict[str, Any]:
    tones = {tone: [int(value) for value in getattr(line, tone)] for tone in _TONES}
    return {"name": line.name, "category": line.category, **tones}


def _sheet_line(values: Mapping[str, Any]) -> SheetEntry:
    tones = {tone: tuple(values[tone]) for tone in _TONES}
    return SheetEntry(**{**values, **tones})
