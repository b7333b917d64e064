"""Refine pairs: crops around one figure with a coarse mask, as a detector might give it, and the
true alpha.

`picture/`, `coarse/` and `alpha/` hold PNGs of the same names and sizes; masks are 8-bit grey.
`index.json` says for each name which picture and figure it is of, and its box in that picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from ..coarse import corrupt
from .about import About
from .files import new_folder, picture_name, write_json, write_png
from .pictures import INSIDE, Pictured, instances

SMALLEST = 32  # pixels; a figure less wide or high is too small to refine
FOLDERS = ("picture", "coarse", "alpha")


def write_refine(
    folder: str | Path,
    pictures: Iterable[Pictured],
    about: About,
    count: int,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Writes `count` crops of as many pictures as that takes to a new folder; gives their number,
    which is less when the pictures end.

    Raises:
        FileExistsError: there is something at `folder`.
    """
    index: list[dict] = []
    with new_folder(folder) as temporary:
        for name in FOLDERS:
            (temporary / name).mkdir()
        for number, made in enumerate(pictures, 1):
            for instance in instances(made):
                if len(index) == count:
                    break
                rng = np.random.default_rng([about.seed, 6, number, instance])
                found = refine_crop(rng, made, instance)
                if found is None:
                    continue
                box, files = found
                name = f"{picture_name(len(index) + 1)}.png"
                for kind, pixels in zip(FOLDERS, files, strict=True):
                    write_png(temporary / kind / name, pixels)
                index.append({"name": name, "picture": number, "instance": instance, "box": box})
                progress(len(index))
            if len(index) == count:
                break
        write_json(temporary / "index.json", {"info": about.info(), "crops": index}, indent=1)
    return len(index)


def refine_crop(
    rng: np.random.Generator, made: Pictured, instance: int
) -> tuple[list[int], tuple[np.ndarray, np.ndarray, np.ndarray]] | None:
    """A crop around one figure with 5 to 40 % of room on each side, within the picture.

    Returns:
        Its box [x0, y0, x1, y1], end-exclusive, and picture uint8 [h,w,3], coarse mask uint8 [h,w]
        and alpha uint8 [h,w]; None for a figure that is too small.
    """
    alpha = made.masks[instance]
    rows, columns = (np.flatnonzero((alpha >= INSIDE).any(axis)) for axis in (1, 0))
    if min(len(rows), len(columns)) < SMALLEST:
        return None
    low = np.array([columns[0], rows[0]])
    high = np.array([columns[-1], rows[-1]]) + 1
    room = rng.uniform(0.05, 0.4, (2, 2)) * (high - low)
    x0, y0 = np.maximum(low - room[0], 0).astype(int).tolist()
    height, width = alpha.shape
    x1, y1 = np.minimum(high + room[1], (width, height)).astype(int).tolist()
    view = np.s_[y0:y1, x0:x1]
    others = np.delete(made.masks, instance, 0)[(slice(None), *view)]
    coarse = corrupt(rng, np.ascontiguousarray(alpha[view]), others)
    coarse = np.rint(coarse * 255).astype(np.uint8)
    return [x0, y0, x1, y1], (made.picture[view], coarse, alpha[view])
