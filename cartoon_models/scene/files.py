"""Scenes as plain files: ``scene.json`` and PNGs that a paint program can change."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..atomic import atomic_path
from ..instances.data import size_text
from ..picture import read_picture, write_picture
from .data import Layer, LayeredScene

FILE_NAME = "scene.json"
FORMAT = "celkit.scene"
VERSION = 1


def save_scene(path: str | os.PathLike, scene: LayeredScene, overwrite: bool = False) -> Path:
    """Write a scene so that :func:`load_scene` gets it back another day.

    ``scene.json`` holds the format's version, the picture's size ``[H, W]``, the focal length and
    per layer, the plate first, its name, offset, plane, instance and the names of its PNGs: the
    colours with straight alpha, 16 bits a channel, and the relief in grey, 16 bits, with the
    disparities that black and white stand for. Nothing is left behind when something fails.

    Args:
        path: a folder, which is made if it is not there, or the name of the ``.json`` file.
        overwrite: replace files of an earlier save. PNGs that its ``.json`` names and that have no
            successor are removed, once everything new is there; other files stay.

    Returns:
        The path of the ``.json`` file.

    Raises:
        FileExistsError: a file is there already and ``overwrite`` is false.
    """
    target = _json_path(Path(path))
    prefix = "" if target.name == FILE_NAME else f"{target.stem}_"
    entries = []
    for index, layer in enumerate(scene.painted):
        stem = f"{prefix}plate" if index == 0 else f"{prefix}layer_{index - 1:02d}"
        entries.append(_entry(layer, stem))
    names = [entry[key] for entry in entries for key in ("picture", "relief") if entry[key]]
    outdated = _saved_pictures(target, prefix) - set(names) if overwrite else set()
    with _folder(target.parent), ExitStack() as files:
        # Every file has a temporary name until all are written; the .json is renamed last.
        json_file = files.enter_context(atomic_path(target, overwrite))
        places = {
            name: files.enter_context(atomic_path(target.with_name(name), overwrite))
            for name in names
        }
        for entry, layer in zip(entries, scene.painted, strict=True):
            write_picture(places[entry["picture"]], _straight(layer.rgba), bits=16)
            if layer.relief is not None:
                low, high = entry["relief range"]
                grey = (layer.relief.cpu().double() - low) / max(high - low, 1e-12)
                write_picture(places[entry["relief"]], grey, bits=16)
        record = {
            "format": FORMAT,
            "version": VERSION,
            "size": list(scene.size),
            "focal": scene.focal,
            "layers": entries,
        }
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        json_file.write_text(text + "\n", encoding="utf-8")
    for name in outdated:
        with suppress(OSError):  # the save is complete without it
            target.with_name(name).unlink()
    return target


def load_scene(path: str | os.PathLike) -> LayeredScene:
    """Read what :func:`save_scene` wrote, on the CPU; PNGs may have been painted on since.

    Args:
        path: the folder or the ``.json`` file.

    Raises:
        FileNotFoundError: no such file, or a PNG that it names is gone.
        ValueError: a file that is damaged, of a newer version, or a relief of another size than its
            layer.
    """
    source = _json_path(Path(path))
    record = _record(source)
    try:
        size = tuple(int(side) for side in record["size"])
        entries = [_checked(entry, index) for index, entry in enumerate(record["layers"])]
        focal = float(record["focal"])
        if not entries:
            raise ValueError("it has no layer, not even the plate")
    except KeyError as error:
        raise ValueError(f"{source} is damaged: {error} is missing.") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{source} is damaged: {error}.") from None
    layers = [_read_layer(source, entry) for entry in entries]
    try:
        return LayeredScene(layers[0], tuple(layers[1:]), size, focal)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{source} is damaged: {error}") from None


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """A folder to write into, made if it is not there; one that was made goes when that fails."""
    made = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # somebody else has put something into it
            for each in made:
                each.rmdir()
        raise


def _json_path(path: Path) -> Path:
    return path if path.suffix.lower() == ".json" and not path.is_dir() else path / FILE_NAME


def _entry(layer: Layer, stem: str) -> dict:
    bounds = None
    if layer.relief is not None:
        bounds = [float(value) for value in layer.relief.aminmax()]
    return {
        "name": layer.name,
        "offset": list(layer.offset),
        "plane": list(layer.plane),
        "instance": layer.instance,
        "picture": f"{stem}.png",
        "relief": f"{stem}_relief.png" if bounds else None,
        "relief range": bounds,
    }


def _straight(rgba: Tensor) -> np.ndarray:
    """float64 ``[h, w, 4]`` that is not premultiplied; black under alpha 0."""
    rgba = rgba.cpu().numpy().astype(np.float64)
    alpha = rgba[..., 3:]
    # By the alpha that the file will have, so that reading gives the same product again.
    kept = np.rint(np.clip(alpha, 0, 1) * 65535) / 65535
    colors = np.divide(rgba[..., :3], kept, out=np.zeros_like(rgba[..., :3]), where=kept > 0)
    return np.concatenate([np.clip(colors, 0, 1), alpha], axis=2)


def _saved_pictures(target: Path, prefix: str) -> set[str]:
    """The PNGs that an earlier save to ``target`` made, by what its ``.json`` says."""
    try:
        record = json.loads(target.read_text(encoding="utf-8"))
        entries = record["layers"] if record["format"] == FORMAT else []
        names = [str(entry[key]) for entry in entries for key in ("picture", "relief")]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    made = re.compile(re.escape(prefix) + r"(plate|layer_\d{2,})(_relief)?\.png")
    return {name for name in names if made.fullmatch(name)}


def _record(source: Path) -> dict:
    try:
        record = json.loads(source.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            f"There is no saved scene at {source}; the node Save Scene, kenburns --save-scene and "
            "save_scene make that file."
        ) from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{source} is damaged or cut short and cannot be read: {error}.") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise ValueError(f"{source} does not hold a saved scene; save_scene makes such files.")
    if record.get("version") != VERSION:
        raise ValueError(
            f"{source} has version {record.get('version')!r} of the format, and this is CelKit "
            f"for version {VERSION}; update CelKit."
        )
    return record


def _checked(entry: dict, index: int) -> dict:
    """The entry of one layer if every field is of its kind; TypeError or KeyError otherwise."""
    if not isinstance(entry, dict):
        raise TypeError(f"layer {index} is {entry!r}")
    bounds = entry.get("relief range") if entry.get("relief") else None
    numbers = [*entry["offset"], *entry["plane"], *(bounds or ())]
    if len(numbers) != (7 if bounds else 5) or not all(
        isinstance(number, (int, float)) and math.isfinite(number) for number in numbers
    ):
        raise TypeError(
            f"offset, plane and relief range of layer {index} are no numbers: {numbers}"
        )
    if not isinstance(entry["name"], str) or not isinstance(entry["instance"], (int, type(None))):
        raise TypeError(f"name or instance of layer {index} is of another kind")
    for name in (entry["picture"], entry.get("relief")):
        is_beside = isinstance(name, str) and os.path.basename(name) == name and name
        if not is_beside and (name is not None or name is entry["picture"]):
            raise TypeError(
                f"a picture of layer {index} is not the name of a file beside it: {name}"
            )
    return entry


def _read_layer(source: Path, entry: dict) -> Layer:
    colors = torch.from_numpy(read_picture(source.with_name(entry["picture"])))
    alpha = colors[..., 3:] if colors.shape[2] == 4 else torch.ones_like(colors[..., :1])
    rgba = torch.cat([colors[..., :3] * alpha, alpha], dim=2)
    relief = None
    if entry.get("relief"):
        low, high = entry["relief range"]
        grey = _read_grey(source.with_name(entry["relief"]))
        if grey.shape != rgba.shape[:2]:
            raise ValueError(
                f"{source.with_name(entry['relief'])} is {size_text(grey.shape)}, but its layer is "
                f"{size_text(rgba.shape)}."
            )
        relief = torch.from_numpy((low + grey * (high - low)).astype(np.float32))
    return Layer(
        entry["name"],
        rgba,
        tuple(entry["offset"]),
        tuple(entry["plane"]),
        relief,
        entry["instance"],
    )


def _read_grey(file: Path) -> np.ndarray:
    """float64 ``[h, w]``, 0 to 1, of a grey PNG of 8 or 16 bits; of colour its first channel."""
    try:
        with Image.open(file, formats=["PNG"]) as image:
            if image.mode.startswith("I"):
                return np.asarray(image).astype(np.float64) / 65535
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no picture at {file}.") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        pass  # the general reader says what is wrong with it
    return read_picture(file)[..., 0].astype(np.float64)
