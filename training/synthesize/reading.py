"""Reads folders of shards: sample i is the same whoever asks."""

from __future__ import annotations

import io
import os
import tarfile
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from .plan import digest_of, is_finished, read_description, read_manifest, shards_of

_AGAIN = "make it again with the command that made the folder, and --check"
_OPEN_FILES = 8


class ShardFolder:
    """The finished shards of a folder; `folder[i]` is the files of a sample by suffix, as bytes.

    Samples count from 0 in the order of the shards; `numbers[i]` is the number that a sample has in
    the whole data set, where shards are missing (another machine's part, or not made yet). An index
    of 20 bytes a sample is held, and a few open files.

    Attributes:
        description: what decides the bytes, see `dataset.json`.
        digest: a short name for it.
        shards: how many shards are there.
        wanted: how many the whole data set has.
        numbers: int64 [samples].
        ends: int64 [shards], the number of samples up to the end of each shard.

    Raises:
        FileNotFoundError: the folder has no shards.
        ValueError: a shard was cut off or changed since it was written.
    """

    def __init__(self, folder: str | os.PathLike):
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise FileNotFoundError(f"There is no folder {self.folder}.")
        self.description = read_description(self.folder)
        self.digest = digest_of(self.description)
        shards = shards_of(self.description["count"], self.description["per_shard"])
        self._paths: list[Path] = []
        places, numbers = [], []
        for shard in shards:
            path = self.folder / shard.tar_name
            manifest = read_manifest(self.folder / shard.manifest_name)
            if manifest is None:
                continue
            if not is_finished(self.folder, shard, self.description):
                raise ValueError(f"{path} is missing or was cut off; {_AGAIN}.")
            self._paths.append(path)
            places.append(np.array(manifest["samples"], np.int64))
            numbers.append(np.arange(shard.first, shard.first + shard.count))
        if not self._paths:
            raise FileNotFoundError(f"{self.folder} has no finished shard yet.")
        self.shards, self.wanted = len(self._paths), len(shards)
        self.ends = np.cumsum([len(place) for place in places])
        self.numbers = np.concatenate(numbers)
        every = np.concatenate(places)
        self._offsets, self._sizes = every[:, 0], every[:, 1].astype(np.int32)
        self._crcs = every[:, 2].astype(np.uint32)
        self._files: OrderedDict[int, BinaryIO] = OrderedDict()
        self._process = os.getpid()

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> dict[str, bytes]:
        if not 0 <= index < len(self):
            raise IndexError(f"sample {index} of {len(self)}")
        shard = int(np.searchsorted(self.ends, index, side="right"))
        path = self._paths[shard]
        try:
            file = self._open(shard)
            file.seek(int(self._offsets[index]))
            data = file.read(int(self._sizes[index]))
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error}.") from error
        if zlib.crc32(data) != self._crcs[index]:
            raise ValueError(
                f"{path} is damaged or was changed: sample {self.numbers[index]} does not match "
                f"its checksum; {_AGAIN}."
            )
        members = {}
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar:
                members[member.name.split(".", 1)[1]] = tar.extractfile(member).read()
        return members

    def summary(self) -> dict[str, Any]:
        """What a training's record says of its samples."""
        return {
            "dataset": self.digest,
            "kind": self.description["kind"],
            "seed": self.description["seed"],
            "samples": len(self),
        }

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_files": OrderedDict()}

    def _open(self, shard: int) -> BinaryIO:
        """The open file of a shard, this process's own: a forked one shares its position."""
        if self._process != os.getpid():
            self._files, self._process = OrderedDict(), os.getpid()
        file = self._files.pop(shard, None) or open(self._paths[shard], "rb")
        self._files[shard] = file
        if len(self._files) > _OPEN_FILES:
            self._files.popitem(last=False)[1].close()
        return file
