"""Douga pairs: a finished frame, and the line art with fills that it was painted from.

- `frame/`: the finished frame, RGB.
- `class/`: 8-bit grey, the values of `toon.labels.DOUGA_CLASSES` as they are.
- `palette/`: the same in the colours of a douga, RGB. Classes have several tints, which tell
  neighbouring regions apart; each pixel's class is that of the nearest colour of `PALETTE`.
- `cel/`: 8-bit grey, 255 on the figures (the layer that moves), 0 on background and books.

Classes and their colours: Kugler 2020, Reconstructing Production Data from Drawn Limited
Animation, section 5.1. The thesis names colours; the values are ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..toon.labels import CATEGORIES, DOUGA_CLASSES, VISIBLE_LINE, LabelledPicture
from .about import About
from .files import new_folder, picture_name, write_json, write_png

# Tints by class, RGB. Colours of two classes are at least 60 apart.
PALETTE: tuple[tuple[tuple[int, int, int], ...], ...] = (
    ((255, 255, 255),),  # flat area
    ((0, 0, 0), (110, 60, 20)),  # visible line: black and brown
    ((75, 0, 110),),  # shading line: dark purple
    ((0, 200, 0), (0, 190, 200)),  # color edge: green and cyan
    ((255, 0, 0),),  # highlight line: red
    ((110, 110, 110),),  # book line: grey
    ((190, 150, 255), (160, 120, 230), (215, 140, 235)),  # shading fill: purples
    ((170, 255, 170), (160, 240, 240), (130, 225, 190)),  # color fill: light green and cyan
    ((255, 250, 150), (255, 235, 110)),  # highlight fill: light yellow
    ((200, 200, 200), (175, 175, 175)),  # book fill: light greys
)
FOLDERS = ("frame", "class", "palette", "cel")


def write_douga(folder: str | Path, pictures: Iterable[LabelledPicture], about: About) -> int:
    """Writes a new folder; gives the number of pictures.

    Raises:
        FileExistsError: there is something at `folder`.
    """
    count = 0
    with new_folder(folder) as temporary:
        for name in FOLDERS:
            (temporary / name).mkdir()
        for number, made in enumerate(pictures, 1):
            classes = made.table.douga[made.ids]
            cel = np.where(made.table.instance[made.ids] > 0, np.uint8(255), np.uint8(0))
            for kind, pixels in zip(
                FOLDERS, (made.picture, classes, palette_picture(made), cel), strict=True
            ):
                write_png(temporary / kind / f"{picture_name(number)}.png", pixels)
            count = number
        record = {
            "info": about.info(),
            "classes": [
                {"value": value, "name": name, "colors": [list(color) for color in PALETTE[value]]}
                for value, name in enumerate(DOUGA_CLASSES)
            ],
        }
        write_json(temporary / "classes.json", record, indent=1)
    return count


def palette_picture(made: LabelledPicture) -> np.ndarray:
    """The douga as an artist would hand it in, uint8 [H,W,3]."""
    table = made.table
    colors = np.zeros((len(table), 3), np.uint8)
    for row, (value, segment) in enumerate(zip(table.douga, table.segment, strict=True)):
        tints = PALETTE[value]
        tint = segment % len(tints)
        if value == VISIBLE_LINE:  # brown around skin, so that lines of one part are of one colour
            tint = int(table.category[row] == CATEGORIES.index("skin"))
        colors[row] = tints[tint]
    return colors[made.ids]


def read_palette(picture: np.ndarray) -> np.ndarray:
    """The classes of a douga in these colours, or near them: uint8 [H,W] of RGB [H,W,3]."""
    colors = np.array([color for tints in PALETTE for color in tints], np.int32)
    classes = np.repeat(np.arange(len(PALETTE), dtype=np.uint8), [len(t) for t in PALETTE])
    found, back = np.unique(picture.reshape(-1, 3), axis=0, return_inverse=True)
    distance = ((found[:, None].astype(np.int32) - colors) ** 2).sum(-1)
    return classes[distance.argmin(1)][back.reshape(-1)].reshape(picture.shape[:2])
