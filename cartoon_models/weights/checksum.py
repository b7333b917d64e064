"""The SHA-256 of weights files."""

import hashlib
from pathlib import Path

from ..errors import WeightsError

_verified: dict[tuple[str, int, int], str] = {}  # (path, size, modification time) -> SHA-256


def check_hash(path: Path, sha256: str) -> None:
    """Raise WeightsError unless the file has this SHA-256. A file that did not change is read once
    only."""
    status = path.stat()
    key = (str(path), status.st_size, status.st_mtime_ns)
    if key not in _verified:
        _verified[key] = hash_file(path)
    if _verified[key] != sha256.lower():
        raise WeightsError(
            f"{path} is not the file that CelKit knows under this name: its SHA-256 is "
            f"{_verified[key]}, not {sha256.lower()}. Delete it and get it again; your own file "
            "needs another name and is given by its path."
        )


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
