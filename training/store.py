"""Sprites in one memory-mapped file, which every worker shares, and an index beside it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Sprite:
    """One drawing of a store: where its pixels lie, and what is known about it.

    `kind` is "character", "prop" or "toon"; `name` the path below the art folder without suffix;
    `detail` the mean edge strength inside the drawing, 0..1.
    """

    name: str
    kind: str
    held_out: bool
    height: int
    width: int
    offset: int
    detail: float


class SpriteStore:
    """The sprites of a folder written by `write_store`."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        index = json.loads((self.folder / "index.json").read_text())
        self.counts: dict[str, int] = index["counts"]
        self.sprites = [Sprite(**row) for row in index["sprites"]]
        self._pixels: np.ndarray | None = None

    def rgba(self, sprite: Sprite) -> np.ndarray:
        """Pixels of a sprite: uint8 [H,W,4], premultiplied, a read-only view of the mapped file."""
        if self._pixels is None:
            self._pixels = np.load(self.folder / "pixels.npy", mmap_mode="r")
        end = sprite.offset + sprite.height * sprite.width * 4
        return self._pixels[sprite.offset : end].reshape(sprite.height, sprite.width, 4)

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_pixels": None}


def cache_folder(cache: Path | str | None = None) -> Path:
    """Where rendered pixels are kept: the argument, `CELKIT_CACHE`, or ~/.cache/celkit."""
    return Path(cache or os.environ.get("CELKIT_CACHE") or "~/.cache/celkit").expanduser()


def write_store(
    folder: Path,
    drawings: Iterable[tuple[str, str, bool, np.ndarray, float]],
    counts: dict[str, int],
) -> None:
    """Writes (name, kind, held_out, rgba, detail) drawings; `counts` may fill up meanwhile.

    The folder appears only when it is complete.
    """
    with whole_folder(folder) as temporary:
        sprites, chunks, offset = [], [], 0
        for name, kind, held_out, rgba, detail in drawings:
            sprites.append(Sprite(name, kind, held_out, *rgba.shape[:2], offset, detail))
            chunks.append(rgba.reshape(-1))
            offset += rgba.size
        if not sprites:
            raise ValueError("there is no usable drawing to store")
        pixels = np.lib.format.open_memmap(
            temporary / "pixels.npy", mode="w+", dtype=np.uint8, shape=(offset,)
        )
        np.concatenate(chunks, out=pixels)
        pixels.flush()
        del pixels
        index = {"counts": dict(counts), "sprites": [asdict(s) for s in sprites]}
        (temporary / "index.json").write_text(json.dumps(index))


@contextmanager
def whole_folder(folder: Path):
    """Gives a temporary folder that takes the final name when all went well, and goes when not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=folder.name + ".", dir=folder.parent))
    try:
        yield temporary
        try:
            temporary.rename(folder)
        except OSError:  # another process was quicker; its result is the same
            if not (folder / "index.json").exists():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
