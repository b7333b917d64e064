"""A folder of pictures with COCO annotations, as samples."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from cartoon_models.picture import as_tensor, read_picture

from .coco_file import find_picture, outline_mask, read_coco
from .measure import Sample


class CocoFolder:
    """The samples of a COCO folder, read one at a time; all its categories count as characters.

    The folder holds one annotation file (`*.json`, there or in `annotations/`) and the pictures it
    names (there or in `images/`). Polygons and RLE are read; annotations without an outline, only
    a box, are refused because no mask can be judged by them. A picture without annotations is one
    without characters. An annotation that belongs to no picture is left out and counted in
    `orphans`. Where there are several categories, they are the samples' families.

    Args:
        count: only the first so many pictures.
        annotations: the annotation file, where the folder holds several or none.
        categories: names or ids of categories that count as characters; None for all.
        skip_missing: leave out pictures that are not there (their names are in `missing`).

    Raises:
        FileNotFoundError: pictures are missing.
        ValueError: the annotations cannot be used; the sentence says why.
    """

    def __init__(
        self,
        folder: str | Path,
        count: int | None = None,
        *,
        annotations: str | Path | None = None,
        categories: Iterable[str] | None = None,
        skip_missing: bool = False,
    ):
        if count is not None and count < 1:
            raise ValueError(f"At least one picture is measured, not {count}.")
        self.folder = Path(folder)
        file = read_coco(annotations or _annotation_file(self.folder), categories)
        self.orphans = file.orphans
        self.missing: list[str] = []
        self._has_families = len(file.categories) > 1
        self._pictures = []
        for picture in file.pictures:
            path = find_picture(picture.name, (self.folder / "images", self.folder))
            if path is None:
                self.missing.append(picture.name)
            else:
                self._pictures.append((path, picture))
        if self.missing and not skip_missing:
            raise FileNotFoundError(
                f"{self.missing[0]} is neither in {self.folder / 'images'} nor in {self.folder} "
                f"({len(self.missing)} of the {len(file.pictures)} pictures of {file.path.name} "
                "are missing)."
            )
        self._pictures = self._pictures[:count]
        if not self._pictures:
            raise ValueError(f"The annotations in {self.folder} name no picture that is there.")

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: int) -> Sample:
        return self.sample(index, self.picture(index))

    def path(self, index: int) -> Path:
        """The file of a picture."""
        return self._pictures[index][0]

    def picture(self, index: int) -> np.ndarray:
        """float32 [H, W, 3]; ValueError for a file that is no readable picture."""
        return as_tensor(read_picture(self.path(index))).numpy()

    def sample(self, index: int, picture: np.ndarray) -> Sample:
        """The sample of a picture that was read already. Outlines without a pixel are left out."""
        path, entry = self._pictures[index]
        size = picture.shape[:2]
        if entry.size is not None and entry.size != size:
            raise ValueError(
                f"{path.name} is {size[1]} x {size[0]} and its annotations are "
                f"for {entry.size[1]} x {entry.size[0]}."
            )
        masks, outlines = [], []
        for outline in entry.outlines:
            mask = outline_mask(outline, size, path.name)
            if mask.any():
                masks.append(mask)
                outlines.append(outline)
        families = tuple(outline.category for outline in outlines)
        return Sample(
            picture,
            np.array(masks, bool).reshape(-1, *size),
            np.array([outline.crowd for outline in outlines], bool),
            path.name,
            families if self._has_families else None,
        )


def _annotation_file(folder: Path) -> Path:
    found = sorted(folder.glob("*.json")) or sorted((folder / "annotations").glob("*.json"))
    if len(found) != 1:
        what = f"has {len(found)} annotation files" if found else "has no annotation file"
        raise ValueError(
            f"{folder} {what}; exactly one .json is wanted there or in its folder annotations/, "
            "or the name of one (--annotations)."
        )
    return found[0]
