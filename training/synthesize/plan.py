"""Which shards a folder is to hold, which it holds already, and whether they belong together."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartoon_models.atomic import atomic_path

logger = logging.getLogger("celkit.training")

DATASET = "dataset.json"
FORMAT = 1


@dataclass(frozen=True)
class Shard:
    """Samples `first` to `first + count` of a data set, in one tar file."""

    number: int
    first: int
    count: int

    @property
    def tar_name(self) -> str:
        return f"shard-{self.number:06d}.tar"

    @property
    def manifest_name(self) -> str:
        return f"shard-{self.number:06d}.json"


def parse_part(text: str) -> tuple[int, int]:
    """ "1/4" -> (1, 4): the second of four machines.

    Raises:
        ValueError: it is not i/N with 0 <= i < N.
    """
    match = re.fullmatch(r"(\d+)/(\d+)", text.strip())
    if not match or int(match[1]) >= int(match[2]):
        raise ValueError(f"--shard {text} must be i/N with i from 0 to N - 1, such as 0/4.")
    return int(match[1]), int(match[2])


def shards_of(count: int, per_shard: int, part: tuple[int, int] = (0, 1)) -> list[Shard]:
    """The shards of `count` samples whose number mod N is i, for `part` = (i, N)."""
    numbers = range(part[0], -(-count // per_shard), part[1])
    return [Shard(n, n * per_shard, min(per_shard, count - n * per_shard)) for n in numbers]


def digest_of(description: Mapping[str, Any]) -> str:
    """A short name for a description, the same on every machine."""
    return hashlib.sha256(_text(description).encode()).hexdigest()[:16]


def read_description(folder: Path) -> dict[str, Any]:
    """The description of a folder's samples.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is not one.
    """
    path = folder / DATASET
    if not path.is_file():
        raise FileNotFoundError(
            f"{folder} has no {DATASET}: it is no folder that training.synthesize wrote."
        )
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}); choose another folder.") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise ValueError(f"{path} does not describe shards of format {FORMAT}.")
    return description


def claim(folder: Path, description: Mapping[str, Any]) -> None:
    """Make the folder one for samples of this description, or see that it is.

    Raises:
        ValueError: it holds shards of other samples; the message says what differs.
        OSError: it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / DATASET
    if not path.exists():
        if any(folder.glob("shard-*.tar")):
            raise ValueError(
                f"{folder} holds shards but no {DATASET} that says of what; choose another folder."
            )
        try:
            with atomic_path(path) as temporary:
                temporary.write_text(_text(description), encoding="utf-8")
            return
        except FileExistsError:
            pass  # another machine was quicker; it has to want the same
    there, here = read_description(folder), json.loads(_text(description))
    if there != here:
        raise ValueError(
            f"{folder} holds shards of other samples ({_differences(there, here)}); choose another "
            "folder or the same options."
        )


def is_finished(folder: Path, shard: Shard, description: Mapping[str, Any], check=False) -> bool:
    """Whether a shard is there and whole, by its manifest and size; `check` reads every byte.

    Raises:
        ValueError: there is a shard of other samples under its name.
    """
    tar, manifest = folder / shard.tar_name, read_manifest(folder / shard.manifest_name)
    if manifest is None:
        if tar.exists():
            logger.info("%s has no readable manifest: it is made again", tar.name)
        return False
    if manifest["dataset"] != digest_of(description) or manifest["count"] != shard.count:
        raise ValueError(
            f"{tar} holds other samples than {folder / DATASET} says; take it and "
            f"{shard.manifest_name} out of the folder."
        )
    if not tar.is_file():
        return False
    size = tar.stat().st_size
    if size != manifest["bytes"]:
        logger.warning("%s has %d of %d bytes: it is made again", tar.name, size, manifest["bytes"])
        return False
    if check and sha256_of(tar) != manifest["sha256"]:
        logger.warning("%s does not match its SHA-256: it is made again", tar.name)
        return False
    return True


def read_manifest(path: Path) -> dict[str, Any] | None:
    """The manifest of a shard; None where there is none or it is no such file."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        whole = len(manifest["samples"]) == manifest["count"]
        return manifest if whole and manifest.keys() >= {"dataset", "bytes", "sha256"} else None
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            sha.update(chunk)
    return sha.hexdigest()


def _text(description: Mapping[str, Any]) -> str:
    return json.dumps(description, indent=1, sort_keys=True) + "\n"


def _differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    there, here = _flat(there), _flat(here)
    different = sorted(n for n in there.keys() | here.keys() if there.get(n) != here.get(n))
    named = [f"{name} is {there.get(name)} there and {here.get(name)} here" for name in different]
    more = f", and {len(named) - 4} more" if len(named) > 4 else ""
    return ", ".join(named[:4]) + more


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{prefix}{name}.")
        else:
            out[prefix + name] = value
    return out
