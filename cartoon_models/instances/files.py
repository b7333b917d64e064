"""Instances as plain files: ``instances.json`` and one PNG per mask."""

from __future__ import annotations

import json
import logging
import math
import os
import re
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..atomic import atomic_path
from ..picture import write_picture
from .data import MASK_THRESHOLD, Instances, require_size, size_text
from .rle import decode_rle, encode_rle

FILE_NAME = "instances.json"
FORMAT = "celkit.instances"
VERSION = 1

logger = logging.getLogger("celkit")


def save_instances(
    path: str | os.PathLike,
    instances: Instances,
    picture: Tensor | np.ndarray | None = None,
    overwrite: bool = False,
) -> Path:
    """Write instances so that :func:`load_instances` gets them back another day.

    ``instances.json`` holds the format's version, the picture's size ``[H, W]`` and per instance
    its box, score, label, tags, characters, the mask at 0.5 as COCO run-length encoding, and the
    name of a PNG beside it with the soft mask: grey, 16 bits (8 where the mask is only 0 and 1).
    Nothing is left behind when something fails.

    Args:
        path: a folder, which is made if it is not there, or the name of the ``.json`` file.
        picture: written beside it as PNG if it is given: ``[H, W]`` or ``[H, W, 1|3|4]``.
        overwrite: replace files of an earlier save. Masks that its ``.json`` names and that have
            no successor are removed, once everything new is there; other files stay.

    Returns:
        The path of the ``.json`` file.

    Raises:
        FileExistsError: a file is there already and ``overwrite`` is false.
        ValueError: the picture is of another size.
    """
    target = _json_path(Path(path))
    height, width = instances.size
    if picture is not None:
        require_size("The picture", picture.shape[:2], instances.size)
    prefix = "" if target.name == FILE_NAME else f"{target.stem}_"
    mask_names = [f"{prefix}mask_{index:02d}.png" for index in range(len(instances))]
    picture_name = None if picture is None else f"{prefix}picture.png"
    outdated = _saved_masks(target, prefix) - set(mask_names) if overwrite else set()
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        # Every file has a temporary name until all are written; the .json is renamed last.
        json_file = files.enter_context(atomic_path(target, overwrite))
        mask_files = [
            files.enter_context(atomic_path(target.with_name(name), overwrite))
            for name in mask_names
        ]
        if picture_name is not None:
            picture_file = target.with_name(picture_name)
            write_picture(files.enter_context(atomic_path(picture_file, overwrite)), picture)
        entries = []
        for index, (mask, file) in enumerate(zip(instances.masks, mask_files, strict=True)):
            mask = mask.cpu()
            is_binary = all(bool(((part == 0) | (part == 1)).all()) for part in mask.split(64))
            write_picture(file, mask, bits=8 if is_binary else 16)
            entries.append(
                {
                    "box": instances.boxes[index].tolist(),
                    "score": instances.scores[index].item(),
                    "label": instances.labels[index],
                    "tags": list(instances.tags[index]),
                    "characters": list(instances.characters[index]),
                    "mask": mask_names[index],
                    "segmentation": encode_rle(mask >= MASK_THRESHOLD),
                }
            )
        record = {
            "format": FORMAT,
            "version": VERSION,
            "size": [height, width],
            "picture": picture_name,
            "instances": entries,
        }
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        json_file.write_text(text + "\n", encoding="utf-8")
    for name in outdated:
        with suppress(OSError):  # the save is complete without it
            target.with_name(name).unlink()
    return target


def load_instances(path: str | os.PathLike) -> Instances:
    """Read what :func:`save_instances` wrote, on the CPU.

    A mask comes from its PNG, which may have been painted on since; where that is missing or
    damaged, from the run-length encoding, with a line in the log. Boxes are measured on the masks.

    Args:
        path: the folder or the ``.json`` file.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a file that is damaged, of a newer version, or with masks of another size.
    """
    source = _json_path(Path(path))
    try:
        record = json.loads(source.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            f"There are no saved instances at {source}; the node Save Instances or "
            f"save_instances makes that file."
        ) from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{source} is damaged or cut short and cannot be read: {error}.") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise ValueError(
            f"{source} does not hold saved instances; save_instances makes such files."
        )
    if record.get("version") != VERSION:
        raise ValueError(
            f"{source} has version {record.get('version')!r} of the format, and this is CelKit "
            f"for version {VERSION}; update CelKit."
        )
    try:
        height, width = (int(side) for side in record["size"])
        if height < 1 or width < 1:
            raise ValueError(f"its size is {width} x {height}")
        entries = [_checked(entry, index) for index, entry in enumerate(record["instances"])]
    except KeyError as error:
        raise ValueError(f"{source} is damaged: {error} is missing.") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{source} is damaged: {error}.") from None
    if not entries:
        return Instances.empty((height, width))
    # A first mask of that size has to be there before memory is taken for all of them.
    first = torch.from_numpy(_read_mask(source, entries[0], (height, width)))
    masks = torch.empty(len(entries), height, width)
    masks[0] = first
    for index, entry in enumerate(entries[1:], start=1):
        masks[index] = torch.from_numpy(_read_mask(source, entry, (height, width)))
    try:
        return Instances.from_masks(
            masks,
            scores=[entry["score"] for entry in entries],
            labels=[entry["label"] for entry in entries],
            tags=[entry["tags"] for entry in entries],
            characters=[entry["characters"] for entry in entries],
            boxes=[entry["box"] for entry in entries],
        )
    except ValueError as error:
        raise ValueError(f"{source} is damaged: {error}") from None


def _json_path(path: Path) -> Path:
    return path if path.suffix.lower() == ".json" and not path.is_dir() else path / FILE_NAME


def _saved_masks(target: Path, prefix: str) -> set[str]:
    """The mask files that an earlier save to ``target`` made, by what its ``.json`` says."""
    try:
        record = json.loads(target.read_text(encoding="utf-8"))
        is_ours = record["format"] == FORMAT
        names = [str(entry["mask"]) for entry in record["instances"]] if is_ours else []
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    made = re.compile(re.escape(prefix) + r"mask_\d{2,}\.png")
    return {name for name in names if made.fullmatch(name)}


def _checked(entry: dict, index: int) -> dict:
    """The entry of one instance if every field is of its kind; TypeError or KeyError otherwise."""
    box, score = entry["box"], entry["score"]
    numbers = [*box, score]
    if len(box) != 4 or not all(
        isinstance(number, (int, float)) and math.isfinite(number) for number in numbers
    ):
        raise TypeError(f"box and score of instance {index} are not five numbers: {numbers}")
    texts = [entry["label"], *entry["tags"], *entry["characters"]]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(f"label and tags of instance {index} are not texts: {texts}")
    name = entry.get("mask")
    if name is not None and (not isinstance(name, str) or os.path.basename(name) != name):
        raise TypeError(f"the mask of instance {index} is not the name of a file beside it: {name}")
    return entry


def _read_mask(source: Path, entry: dict, size: tuple[int, int]) -> np.ndarray:
    """float32 or uint8 ``[H, W]``, 0 to 1: the PNG if it can be read, or the encoded mask."""
    name = entry.get("mask")
    file = source.with_name(name) if name else None
    trouble = "has no soft mask"
    if file is not None:
        try:
            mask = _read_grey(file)
        except FileNotFoundError:
            trouble = f"misses {name}"
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            trouble = f"has a damaged {name} ({error})"
        else:
            _check_size(file, mask.shape, size)
            return mask
    if "segmentation" not in entry:
        raise ValueError(f"{source} {trouble} and has no run-length encoding of that mask either.")
    try:
        mask = decode_rle(entry["segmentation"])
    except ValueError as error:
        raise ValueError(f"{source} {trouble}, and there is no other: {error}") from None
    _check_size(source, mask.shape, size)
    logger.warning("%s %s; its mask with hard edges is used.", source, trouble)
    return mask


def _check_size(file: Path, shape: tuple[int, ...], size: tuple[int, int]) -> None:
    if tuple(shape) != size:
        raise ValueError(
            f"A mask of {file} is {size_text(shape)}, but the picture is {size_text(size)}."
        )


def _read_grey(file: Path) -> np.ndarray:
    """float32 ``[H, W]``, 0 to 1, of a grey PNG of 8 or 16 bits; colour becomes grey."""
    with Image.open(file, formats=["PNG"]) as image:  # of others, PostScript would be run
        if image.mode.startswith("I"):
            return np.asarray(image).astype(np.float32) / 65535
        return np.asarray(image.convert("L")).astype(np.float32) / 255
