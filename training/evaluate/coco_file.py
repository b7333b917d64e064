"""Reading a COCO annotation file that any tool may have written, and saying what is wrong with it.

Outlines may be polygons, or run lengths in either form. Everything is checked when the file is
read or the outline is drawn, so that no damaged number reaches pycocotools' C code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from cartoon_models.instances.rle import decode_rle

# A corner this many picture sides away is a mistake, and would cost pycocotools much memory.
_FARTHEST = 10.0


@dataclass(frozen=True, eq=False)
class Outline:
    """One annotation of one picture."""

    number: Any  # the annotation's id, for messages
    category: str
    segmentation: Any  # polygons or run lengths, as in the file
    crowd: bool  # a group that is not told apart


@dataclass(frozen=True, eq=False)
class CocoPicture:
    """A picture that the file names, with its annotations."""

    number: Any  # the picture's id
    name: str  # as in the file; may have folders in it
    size: tuple[int, int] | None  # (H, W) where the file gives it
    outlines: tuple[Outline, ...]


@dataclass(frozen=True, eq=False)
class CocoFile:
    """What an annotation file holds, pictures in the order of their ids."""

    path: Path
    pictures: tuple[CocoPicture, ...]
    categories: tuple[str, ...]  # names of those that are used by an annotation here
    orphans: int  # annotations whose picture the file does not name; they are left out


def read_coco(path: str | Path, categories: Iterable[str] | None = None) -> CocoFile:
    """Read an annotation file of instances.

    Args:
        categories: names or ids; annotations of all others are left out. None takes all.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: not a COCO file of instances (captions, keypoints alone, panoptic), a field is
            missing or of the wrong kind, two pictures have one id, or there is no such category.
    """
    path = Path(path)
    record = _record(path)
    try:
        pictures = {}
        for entry in record["images"]:
            if entry["id"] in pictures:
                raise ValueError(f"{path}: two pictures have the id {entry['id']}; mend the file.")
            pictures[entry["id"]] = entry
        names = {entry["id"]: str(entry["name"]) for entry in record.get("categories") or []}
        wanted = _wanted(path, names, categories)
        outlines: dict[Any, list[Outline]] = {number: [] for number in pictures}
        orphans = 0
        used = set()
        for entry in record["annotations"]:
            kind = entry.get("category_id")
            if wanted is not None and kind not in wanted:
                continue
            if entry["image_id"] not in outlines:
                orphans += 1
                continue
            _check_kind(path, entry)
            _check_box(path, entry)
            name = names.get(kind, "" if kind is None else f"category {kind}")
            used.add(name)
            outlines[entry["image_id"]].append(
                Outline(
                    entry.get("id", "without an id"),
                    name,
                    entry.get("segmentation"),
                    bool(entry.get("iscrowd", 0)),
                )
            )
        made = [
            CocoPicture(number, _name(entry), _size(entry), tuple(outlines[number]))
            for number, entry in pictures.items()
        ]
    except KeyError as error:
        raise ValueError(f"{path} is not a COCO annotation file: {error} is missing.") from None
    except (TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a COCO annotation file: {error}.") from None
    # Ids of one file are of one kind; where they are not, their text decides.
    numeric = all(isinstance(picture.number, (int, float)) for picture in made)
    made.sort(key=lambda picture: picture.number if numeric else str(picture.number))
    return CocoFile(path, tuple(made), tuple(sorted(used)), orphans)


def outline_mask(outline: Outline, size: tuple[int, int], name: str) -> np.ndarray:
    """Draw one annotation, bool [H, W], as pycocotools does; `name` is its picture's.

    Raises:
        ValueError: there is no outline, its numbers are damaged, it lies outside the picture, or
            is for one of another size.
    """
    said = f"Annotation {outline.number} of {name}"
    shape = outline.segmentation
    if not shape:
        raise ValueError(f"{said} has no segmentation; an outline is needed for every character.")
    height, width = size
    if isinstance(shape, dict):
        try:
            mask = decode_rle(shape).astype(bool)
        except ValueError as error:
            raise ValueError(f"{said} is damaged: {error}") from None
        if mask.shape != (height, width):
            raise ValueError(
                f"{said} is for a picture of {mask.shape[1]} x {mask.shape[0]}, "
                f"but the picture is {width} x {height}."
            )
        return mask
    polygons = _polygons(said, shape, max(size))
    if not polygons:
        return np.zeros(size, bool)
    corners = np.concatenate([np.reshape(part, (-1, 2)) for part in polygons])
    if (corners.max(0) <= 0).any() or (corners.min(0) >= (width, height)).any():
        raise ValueError(f"{said} lies outside the picture, which is {width} x {height}.")
    encoded = coco_mask.merge(coco_mask.frPyObjects(polygons, height, width))
    return coco_mask.decode([encoded])[..., 0] > 0


def find_picture(name: str, folders: Sequence[Path]) -> Path | None:
    """The file for a name of an annotation file, in the first of `folders` that has it.

    Tools write names with folders of the machine where the labelling was done, with either slash.
    The name as it is wins; otherwise its last part. Nothing outside the folders is looked at.
    """
    plain = PureWindowsPath(name)  # splits at both slashes
    inside = not plain.is_absolute() and not plain.anchor and ".." not in plain.parts
    tries = [Path(*plain.parts)] if inside and plain.parts else []
    for part in [*tries, Path(plain.name)]:
        for folder in folders:
            if plain.name and (folder / part).is_file():
                return folder / part
    return None


def _record(path: Path) -> dict:
    try:
        record = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no annotation file at {path}.") from None
    except IsADirectoryError:
        raise ValueError(f"{path} is a folder; name the annotation file in it.") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not a COCO annotation file: {error}.") from None
    if not isinstance(record, dict) or not all(
        isinstance(record.get(key), list) for key in ("images", "annotations")
    ):
        raise ValueError(
            f"{path} is not a COCO annotation file: the lists images and annotations are missing."
        )
    return record


def _wanted(path: Path, names: dict, categories: Iterable[str] | None) -> set | None:
    if categories is None:
        return None
    wanted = set()
    for category in categories:
        found = {n for n, name in names.items() if category in (name, str(n))}
        if not found:
            have = ", ".join(sorted(names.values())) or "none at all"
            raise ValueError(f"{path} has no category {category!r}; it has {have}.")
        wanted |= found
    return wanted


def _check_kind(path: Path, entry: dict) -> None:
    """Say what a file of another task is."""
    if "segments_info" in entry:
        raise ValueError(f"{path} holds panoptic annotations; a file of instances is needed.")
    if "segmentation" in entry or "bbox" in entry:
        return
    kind = "captions" if "caption" in entry else "annotations without outlines"
    raise ValueError(
        f"{path} holds {kind}; a file of instances, with a segmentation each, is needed."
    )


def _check_box(path: Path, entry: dict) -> None:
    box = entry.get("bbox")
    if box and not all(isinstance(value, (int, float)) and math.isfinite(value) for value in box):
        raise ValueError(
            f"{path}: the box of annotation {entry.get('id')} is {box}, which are not all numbers; "
            "mend the file or remove the annotation."
        )


def _polygons(said: str, shape: Any, side: int) -> list[list[float]]:
    """The polygons of at least three corners; fewer, which some tools write, have no area."""
    if not isinstance(shape, list):
        raise ValueError(f"{said} has a segmentation of kind {type(shape).__name__}.")
    polygons = []
    for part in shape:
        try:
            corners = np.asarray(part, np.float64)
        except (TypeError, ValueError):
            corners = np.zeros((0, 0))
        if corners.ndim != 1 or len(corners) % 2:
            raise ValueError(f"{said} has a polygon that is not a list of x, y, x, y...")
        if not np.isfinite(corners).all():
            raise ValueError(f"{said} has NaN or infinity among its corners.")
        if len(corners) and np.abs(corners).max() > _FARTHEST * side:
            raise ValueError(
                f"{said} has a corner at {np.abs(corners).max():.6g}, far outside the picture."
            )
        if len(corners) >= 6:
            polygons.append(corners.tolist())
    return polygons


def _name(entry: dict) -> str:
    name = entry["file_name"]
    if not isinstance(name, str):
        raise TypeError(f"the file_name of picture {entry['id']} is {name!r}")
    return name


def _size(entry: dict) -> tuple[int, int] | None:
    if not entry.get("height") or not entry.get("width"):
        return None
    return int(entry["height"]), int(entry["width"])
