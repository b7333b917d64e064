"""YOLO segmentation labels: `images/`, `labels/` and `data.yaml`.

A label file has a row per figure: class 0 and the corners of one polygon, as shares of the
picture's width and height. The format has neither holes nor several pieces; both are joined into
one polygon, see `polygons`. Corners are the middles of pixels, so that x times width, cut to a
whole number, is the pixel. Format: https://docs.ultralytics.com/datasets/segment/.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .about import About
from .files import new_folder, picture_name, write_json, write_png
from .pictures import INSIDE, Pictured, instances
from .polygons import mask_polygon

EVERY = 10  # each tenth picture is for validation


def write_yolo(folder: str | Path, pictures: Iterable[Pictured], about: About) -> int:
    """Writes a new folder; gives the number of pictures.

    Each tenth picture goes to `val`. With fewer than ten, `val` names the training pictures.

    Raises:
        FileExistsError: there is something at `folder`.
    """
    count = 0
    with new_folder(folder) as temporary:
        for number, made in enumerate(pictures, 1):
            split = "val" if number % EVERY == 0 else "train"
            for kind in ("images", "labels"):
                (temporary / kind / split).mkdir(parents=True, exist_ok=True)
            name = picture_name(number)
            write_png(temporary / "images" / split / f"{name}.png", made.picture)
            rows = [label_row(made.masks[i] >= INSIDE) for i in instances(made)]
            text = "".join(row + "\n" for row in rows)
            (temporary / "labels" / split / f"{name}.txt").write_text(text, encoding="ascii")
            count = number
        validation = "val" if count >= EVERY else "train"
        # Without `path` the folders are those beside this file.
        (temporary / "data.yaml").write_text(
            f"train: images/train\nval: images/{validation}\nnames:\n  0: character\n",
            encoding="ascii",
        )
        write_json(temporary / "about.json", about.info(), indent=2)
    return count


def label_row(inside: np.ndarray) -> str:
    """The row of a mask bool [H,W] that is not empty."""
    corners = (mask_polygon(inside) + 0.5) / (inside.shape[1], inside.shape[0])
    return "0 " + " ".join(f"{v:.6f}" for v in corners.reshape(-1).tolist())
