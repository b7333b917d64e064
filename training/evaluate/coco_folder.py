"""A folder of pictures with COCO annotations, as samples."""

from pathlib import Path

import numpy as np

from cartoon_models.picture import as_tensor, read_picture

from .measure import Sample


class CocoFolder:
    """The samples of a COCO folder, read one at a time; all its categories count as characters.

    The folder holds one annotation file (`*.json`, there or in `annotations/`) and the pictures it
    names (there or in `images/`). Polygons and RLE are read; annotations without an outline, only
    a box, are refused because no mask can be judged by them.
    """

    def __init__(self, folder: str | Path, count: int | None = None):
        self.folder = Path(folder)
        self._coco = _read_annotations(_annotation_file(self.folder))
        self._ids = sorted(self._coco.getImgIds())[:count]
        if not self._ids:
            raise ValueError(f"The annotations in {self.folder} name no picture.")

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> Sample:
        entry = self._coco.imgs[self._ids[index]]
        path = self._picture_path(entry["file_name"])
        picture = as_tensor(read_picture(path)).numpy()
        annotations = self._coco.imgToAnns[entry["id"]]
        for annotation in annotations:
            if not annotation.get("segmentation"):
                raise ValueError(
                    f"Annotation {annotation['id']} of {path.name} has no segmentation; "
                    "mask AP needs an outline for every character."
                )
        masks = [self._coco.annToMask(annotation).astype(bool) for annotation in annotations]
        if any(mask.shape != picture.shape[:2] for mask in masks):
            raise ValueError(
                f"{path.name} is {picture.shape[1]} x {picture.shape[0]} and its annotations are "
                f"for {entry['width']} x {entry['height']}."
            )
        crowd = [bool(annotation.get("iscrowd", 0)) for annotation in annotations]
        return Sample(
            picture,
            np.array(masks, bool).reshape(-1, *picture.shape[:2]),
            np.array(crowd, bool),
            path.name,
        )

    def _picture_path(self, name: str) -> Path:
        for folder in (self.folder / "images", self.folder):
            if (folder / name).is_file():
                return folder / name
        raise FileNotFoundError(
            f"{name} is neither in {self.folder / 'images'} nor in {self.folder}."
        )


def _annotation_file(folder: Path) -> Path:
    found = sorted(folder.glob("*.json")) or sorted((folder / "annotations").glob("*.json"))
    if len(found) != 1:
        what = f"has {len(found)} annotation files" if found else "has no annotation file"
        raise ValueError(
            f"{folder} {what}; exactly one .json is wanted there or in its folder annotations/."
        )
    return found[0]


def _read_annotations(path: Path):
    import contextlib
    import io

    from pycocotools.coco import COCO

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return COCO(str(path))
    except (ValueError, AssertionError, KeyError) as error:
        raise ValueError(f"{path} is not a COCO annotation file: {error}") from error
