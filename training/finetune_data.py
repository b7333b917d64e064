"""A user's own labelled pictures: reading them, holding some out, and making much of the rest.

Two forms are read: a COCO annotation file with a folder of pictures, and the instances that the
node Save Instances, `save_instances` and `celkit segment` write (`instances.json` with its masks).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from cartoon_models.instances import load_instances
from cartoon_models.instances.files import FILE_NAME, FORMAT
from cartoon_models.picture import PICTURE_SUFFIXES, as_tensor, read_picture

from .evaluate.coco_folder import CocoFolder
from .evaluate.measure import Sample, mask_boxes

FEWEST = 4  # pictures with characters: two to learn from, two to measure by
PAD = 114  # grey of what is not picture, as around a letterboxed one


class Labelled(Protocol):
    """Pictures with known characters, read one at a time."""

    def __len__(self) -> int: ...
    def path(self, index: int) -> Path: ...
    def picture(self, index: int) -> np.ndarray: ...
    def sample(self, index: int, picture: np.ndarray) -> Sample: ...


class SavedInstances:
    """The saved instances below a folder, as samples; the form is that of `save_instances`.

    Their picture is the one saved beside them, or else that one in `images` which is called like
    their folder (as `celkit segment` names it) or like their .json file.
    """

    def __init__(self, folder: str | Path, images: str | Path | None = None):
        self.folder = Path(folder)
        by_stem = {path.stem: path for path in pictures_in(Path(images))} if images else {}
        self._files: list[tuple[Path, Path]] = []
        self.missing: list[str] = []
        for file in sorted(self.folder.rglob("*.json")):
            record = _saved_record(file)
            if record is None:
                continue
            beside = record.get("picture")
            stem = file.parent.name if file.name == FILE_NAME else file.stem
            if isinstance(beside, str) and file.with_name(Path(beside).name).is_file():
                self._files.append((file, file.with_name(Path(beside).name)))
            elif stem in by_stem:
                self._files.append((file, by_stem[stem]))
            else:
                self.missing.append(str(file.relative_to(self.folder)))
        if not self._files:
            raise ValueError(
                f"There are no saved instances with their picture in {self.folder}: name a COCO "
                "file with --annotations, or save instances together with the picture."
            )

    def __len__(self) -> int:
        return len(self._files)

    def path(self, index: int) -> Path:
        return self._files[index][1]

    def picture(self, index: int) -> np.ndarray:
        return as_tensor(read_picture(self.path(index))).numpy()

    def sample(self, index: int, picture: np.ndarray) -> Sample:
        file, path = self._files[index]
        found = load_instances(file)
        if tuple(found.size) != picture.shape[:2]:
            raise ValueError(
                f"{path} is {picture.shape[1]} x {picture.shape[0]} and the instances in {file} "
                f"are for {found.size[1]} x {found.size[0]}."
            )
        masks = (found.masks >= 0.5).numpy()
        name = f"{file.parent.name}/{path.name}"
        return Sample(picture, masks[masks.any(axis=(1, 2))], None, name)


def read_labelled(
    images: Path, annotations: Path | None, categories: Iterable[str] | None = None
) -> tuple[Labelled, list[str]]:
    """The pictures that the options name, and what is to be told about them.

    Raises:
        FileNotFoundError, ValueError: there is nothing to learn from; the sentence says why.
    """
    if not images.is_dir():
        raise FileNotFoundError(f"There is no folder of pictures at {images}.")
    is_coco = annotations is not None and not (annotations.is_dir() or _saved_record(annotations))
    notes = []
    if is_coco:
        if not pictures_in(images):
            raise ValueError(f"There are no pictures in {images}.")
        coco = CocoFolder(images, annotations=annotations, categories=categories, skip_missing=True)
        if coco.orphans:
            notes.append(f"{coco.orphans} annotations belong to no picture and are left out")
        source: CocoFolder | SavedInstances = coco
    else:
        folder = annotations or images
        source = SavedInstances(folder if folder.is_dir() else folder.parent, images)
    if source.missing:
        notes.append(f"without a picture, left out: {_listed(source.missing)}")
    return source, notes


def pictures_in(folder: Path) -> list[Path]:
    """Picture files in a folder and below, by name; what save_instances wrote is none."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES
        and not path.name.startswith((".", "mask_", "cutout_", "overlay"))
    )


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture as it is kept for training: not larger than needed, masks cut to their boxes.

    `corners` int [N, 2] are the (x, y) of the crops' upper left; a crop is uint8 [h, w], 0..255.
    """

    name: str
    picture: np.ndarray  # uint8 [H, W, 3]
    crops: tuple[np.ndarray, ...]
    corners: np.ndarray

    def masks(self) -> np.ndarray:
        """uint8 [N, H, W]."""
        full = np.zeros((len(self.crops), *self.picture.shape[:2]), np.uint8)
        for mask, crop, (x, y) in zip(full, self.crops, self.corners, strict=True):
            mask[y : y + crop.shape[0], x : x + crop.shape[1]] = crop
        return full


@dataclass(frozen=True, eq=False)
class Split:
    """What `split` made of a source; indices are places in it."""

    learned: list[Prepared]
    learned_indices: list[int]
    held_out: list[int]
    broken: list[str]  # names of files that are no readable pictures


def split(source: Labelled, longest: int) -> Split:
    """Read all pictures once and hold a tenth out, at least two, chosen by a hash of their names.

    Only pictures with characters are held out. Of those to learn from the longer side is at most
    `longest` pixels; groups that are not told apart (crowds) are painted over there.

    Raises:
        ValueError: fewer than `FEWEST` pictures have characters, or annotations are damaged.
    """
    prepared: dict[int, Prepared] = {}
    broken = []
    for index in range(len(source)):
        try:
            picture = source.picture(index)
        except ValueError:
            broken.append(source.path(index).name)
            continue
        prepared[index] = prepare(source.sample(index, picture), longest)
    populated = [index for index, made in prepared.items() if made.crops]
    if len(populated) < FEWEST:
        unread = f" ({_listed(broken)} cannot be read)" if broken else ""
        raise ValueError(
            f"{len(populated)} pictures with characters are too few{unread}: at least {FEWEST} "
            "are needed, two of them to measure by, and 20 or more to gain something."
        )
    populated.sort(key=lambda index: hashlib.sha256(prepared[index].name.encode()).digest())
    held_out = sorted(populated[: max(2, round(len(populated) / 10))])
    learned = [index for index in prepared if index not in held_out]
    return Split([prepared[index] for index in learned], learned, held_out, broken)


def prepare(sample: Sample, longest: int) -> Prepared:
    """A sample as it is kept for training; see `split`."""
    picture = np.rint(np.clip(sample.picture, 0, 1) * 255).astype(np.uint8)
    masks = sample.masks.astype(np.uint8) * 255
    if sample.crowd is not None and np.any(sample.crowd):
        others = masks[~sample.crowd].any(0)
        picture[masks[sample.crowd].any(0) & ~others] = PAD
        masks = masks[~sample.crowd]
    factor = longest / max(picture.shape[:2])
    if factor < 1:
        size = tuple(max(1, round(side * factor)) for side in picture.shape[1::-1])
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        masks = [cv2.resize(mask, size, interpolation=cv2.INTER_AREA) for mask in masks]
        masks = np.array(masks, np.uint8).reshape(-1, *picture.shape[:2])
    boxes = mask_boxes(masks >= 128).astype(int)
    kept = (boxes[:, 2:] - boxes[:, :2] >= 3).all(1)
    crops = tuple(
        mask[y1:y2, x1:x2].copy()
        for mask, (x1, y1, x2, y2) in zip(masks[kept], boxes[kept], strict=True)
    )
    return Prepared(sample.name, picture, crops, boxes[kept, :2])


class Chosen(Sequence[Sample]):
    """Some samples of a source, read when they are asked for."""

    def __init__(self, source: Labelled, indices: Sequence[int]):
        self.source, self.indices = source, list(indices)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int) -> Sample:
        place = self.indices[index]
        return self.source.sample(place, self.source.picture(place))


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _saved_record(path: Path) -> dict | None:
    """The record of a file of save_instances; None for any other file, also a damaged one."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and record.get("format") == FORMAT else None
