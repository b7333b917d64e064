"""Writes shards: deterministic tar files that appear under their names only when they are whole."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import tarfile
import traceback
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cartoon_models.errors import Cancelled, CelKitError

from .makers import SampleMaker
from .plan import Shard

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be deleted anyway
    fcntl = None

_TEMPORARY = ".shard-*.tmp"


def write_shard(
    folder: Path,
    shard: Shard,
    maker: SampleMaker,
    digest: str,
    on_sample: Callable[[int], None] = lambda made: None,
) -> None:
    """Make the samples of a shard and write them; a shard of that name is replaced.

    The tar file comes first and the manifest last: a shard without a manifest is not finished.

    Args:
        digest: of the description of the folder's samples, kept in the manifest.
        on_sample: is told how many samples of the shard are made; what it raises ends the shard.

    Raises:
        CelKitError: a sample could not be made.
        OSError: the shard could not be written; nothing of it is left.
    """
    try:
        with _whole_file(folder / shard.tar_name) as file:
            out = _Measured(file)
            samples = _write_samples(out, shard, maker, on_sample)
        manifest = {
            "dataset": digest,
            "number": shard.number,
            "first": shard.first,
            "count": shard.count,
            "bytes": out.size,
            "sha256": out.sha256.hexdigest(),
            "samples": samples,  # offset, bytes and CRC-32 of each
        }
        with _whole_file(folder / shard.manifest_name) as file:
            file.write(json.dumps(manifest, separators=(",", ":")).encode() + b"\n")
    except OSError as error:
        what = os.strerror(error.errno) if error.errno else str(error)
        raise OSError(error.errno or errno.EIO, f"{folder / shard.tar_name}: {what}") from error


def remove_leftovers(folder: Path) -> int:
    """Delete the temporary files of runs that are dead; returns how many there were.

    A run that lives holds a lock on its file, on whatever machine it runs. Where the file system
    knows no locks, everything is left alone.
    """
    removed = 0
    for path in sorted(folder.glob(_TEMPORARY)):
        with contextlib.suppress(OSError):  # locked, or gone meanwhile
            if fcntl:
                with open(path, "rb+") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
            else:
                path.unlink()
            removed += 1
    return removed


def _write_samples(
    out: _Measured, shard: Shard, maker: SampleMaker, on_sample: Callable[[int], None]
) -> list[tuple[int, int, int]]:
    samples = []
    with tarfile.open(
        fileobj=out, mode="w", format=tarfile.USTAR_FORMAT, copybufsize=1 << 20
    ) as tar:
        for index in range(shard.first, shard.first + shard.count):
            members = _make(maker, index)
            start, out.crc = out.size, 0
            for suffix in sorted(members):
                # A fresh TarInfo has mode 644, time, user and group 0 and no names.
                info = tarfile.TarInfo(f"{index:09d}.{suffix}")
                info.size = len(members[suffix])
                tar.addfile(info, io.BytesIO(members[suffix]))
            samples.append((start, out.size - start, out.crc))
            on_sample(len(samples))
    return samples


def _make(maker: SampleMaker, index: int) -> dict[str, bytes]:
    try:
        members = maker.make(index)
        if not members or not all(isinstance(data, bytes) for data in members.values()):
            raise TypeError("a sample is a dict of member suffix to bytes")
        return members
    except Cancelled:
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise CelKitError(
            f"Sample {index} could not be made: {type(error).__name__} at "
            f"{Path(place.filename).name}:{place.lineno}: {error}"
        ) from error


class _Measured:
    """A file to write to that knows its SHA-256, its size and a running CRC-32."""

    def __init__(self, file: BinaryIO):
        self.file, self.sha256, self.size, self.crc = file, hashlib.sha256(), 0, 0

    def write(self, data: bytes) -> int:
        self.file.write(data)
        self.sha256.update(data)
        self.size += len(data)
        self.crc = zlib.crc32(data, self.crc)
        return len(data)

    def tell(self) -> int:
        return self.size


@contextmanager
def _whole_file(final: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when all of it is on the disk, and goes when the block raises.

    Unlike `atomic_path` it is synced and locked: it must survive a power cut, and others on other
    machines must be able to tell a dead run's file from one that is being written.
    """
    temporary, file = _create(final)
    try:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if not fcntl:
                file.close()  # Windows renames closed files only
            os.replace(temporary, final)
            _sync_folder(final.parent)
        finally:
            file.close()
    finally:
        temporary.unlink(missing_ok=True)


def _create(final: Path) -> tuple[Path, BinaryIO]:
    while True:
        temporary = final.with_name(f".{final.stem}.{uuid.uuid4().hex[:12]}.tmp")
        file = open(temporary, "xb")
        if fcntl:
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX)
            if not temporary.exists():  # taken for a leftover before it was locked
                file.close()
                continue
        return temporary, file


def _sync_folder(folder: Path) -> None:
    """Make a rename last; not every system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
