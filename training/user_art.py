"""A user's own pictures as training material: illustrations of one figure each, and backgrounds.

Folders are read once into the cache, as sprites of a bounded size, and judged on the way: what
cannot be used is left out and named with its reason. Nothing is written into the user's folders.
`user_material` gives them to the trainings, alone or joined with the public-domain art.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from cartoon_models.picture import PICTURE_SUFFIXES, read_picture

from .art import CHARACTER_SIDE, HELD_OUT_SHARE
from .store import Sprite, SpriteStore, cache_folder, whole_folder, write_store

logger = logging.getLogger("celkit")
# Folders, as they are now, of which this process has said what it cannot use.
_told: set[Path] = set()

BACKGROUND_SIDE = 768
MOST_PIXELS = 70_000_000  # a gigabyte as floats
LEAST_FIGURE_SIDE = 32
LEAST_BACKGROUND_SIDE = 64
_PER_STORE = 128
_VERSION = 1
# what `chroma_key` adds to a video's name, and pages of one work: they stay on one side of the
# split, because they show one figure
_ONE_OF_SEVERAL = re.compile(r"(_f\d+(_\d+)?|_p\d+)$")


@dataclass(frozen=True)
class OwnSprite(Sprite):
    """A sprite of a user's folder; `part` is the number of its store."""

    part: int = 0


class PictureFolder:
    """What could be used of a folder of pictures.

    Attributes:
        sprites: of all, one `OwnSprite` a picture.
        skipped: (file name, reason) of what could not be used.
    """

    def __init__(self, cached: Path, folder: Path):
        index = json.loads((cached / "index.json").read_text())
        self.folder = Path(folder)
        self.skipped: list[tuple[str, str]] = [tuple(row) for row in index["skipped"]]
        self._stores = [SpriteStore(cached / f"part-{i:03}") for i in range(index["parts"])]
        self.sprites = [
            OwnSprite(**vars(sprite), part=i)
            for i, store in enumerate(self._stores)
            for sprite in store.sprites
        ]

    def rgba(self, sprite: OwnSprite) -> np.ndarray:
        """Pixels: uint8 [H,W,4], premultiplied, read-only."""
        return self._stores[sprite.part].rgba(sprite)

    def split(self, held_out: bool | None) -> list[OwnSprite]:
        """The sprites of one split; all for None.

        When file names leave nothing to train on, as can be with one or two pictures, all are
        trained on and none is held out.
        """
        if held_out is None:
            return list(self.sprites)
        if all(sprite.held_out for sprite in self.sprites):
            return [] if held_out else list(self.sprites)
        return [sprite for sprite in self.sprites if sprite.held_out == held_out]

    def summary(self) -> str:
        """What was used and what was not, a line for each file left out."""
        lines = [f"{self.folder}: {len(self.sprites)} used, {len(self.skipped)} skipped"]
        return "\n".join(lines + [f"  {name}: {reason}" for name, reason in self.skipped])


def read_characters(
    folder: Path | str, cache: Path | str | None = None, *, workers: int = 2
) -> PictureFolder:
    """A folder of illustrations with one figure each on a transparent ground, at any depth.

    16-bit, palette and grey pictures are converted; what has no transparency, nothing visible, or
    cannot be read is left out.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: none of its pictures can be used; the message says why for the first ones.
    """
    return _read_folder(Path(folder), cache, "characters", figure_of, workers)


def read_backgrounds(
    folder: Path | str, cache: Path | str | None = None, *, workers: int = 2
) -> PictureFolder:
    """A folder of pictures without figures, opaque, at any depth. As `read_characters`."""
    return _read_folder(Path(folder), cache, "backgrounds", background_of, workers)


def is_held_out(name: str) -> bool:
    """Whether a picture is kept for evaluation: a hash of its file name decides, for 15 %.

    It stays so when others come. Frames of one video and pages of one work fall on one side.
    """
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    group = _ONE_OF_SEVERAL.sub("", stem) or stem
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) / 2**32 < HELD_OUT_SHARE


def figure_of(path: Path) -> np.ndarray:
    """The figure of an illustration: uint8 [H,W,4], premultiplied, trimmed, side at most 512.

    Raises:
        ValueError: it cannot be used; the message says why.
    """
    picture = _read(path)
    if picture.shape[2] == 3:
        raise ValueError("it has no transparency; save the figure on a transparent ground")
    alpha = picture[..., 3]
    inside = alpha > 0.5
    if not inside.any():
        raise ValueError("nothing in it is opaque")
    if inside.mean() > 0.995:
        raise ValueError("it is opaque everywhere; save the figure on a transparent ground")
    rows, columns = np.flatnonzero((alpha > 0.03).any(1)), np.flatnonzero((alpha > 0.03).any(0))
    picture = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = picture.shape[:2]
    if max(height, width) < LEAST_FIGURE_SIDE:
        raise ValueError(
            f"its figure has only {width} x {height} pixels; {LEAST_FIGURE_SIDE} are needed"
        )
    if inside.sum() < 0.02 * height * width:
        raise ValueError("hardly anything in it is opaque")
    picture = np.dstack([picture[..., :3] * picture[..., 3:], picture[..., 3]])
    scale = min(1.0, CHARACTER_SIDE / max(height, width))
    return _bytes(_scaled(picture, scale))


def background_of(path: Path) -> np.ndarray:
    """A background: uint8 [H,W,4], opaque, shorter side at most 768.

    Raises:
        ValueError: it cannot be used; the message says why.
    """
    picture = _read(path)
    if min(picture.shape[:2]) < LEAST_BACKGROUND_SIDE:
        raise ValueError(
            f"it has only {picture.shape[1]} x {picture.shape[0]} pixels; "
            f"{LEAST_BACKGROUND_SIDE} are needed"
        )
    if picture.shape[2] == 4:
        if picture[..., 3].mean() < 0.9:
            raise ValueError("much of it is transparent; a background is opaque")
        picture = picture[..., :3] * picture[..., 3:] + (1 - picture[..., 3:])
    longest = max(picture.shape[:2]) / min(picture.shape[:2])
    if longest > 8:
        raise ValueError(f"one side is {longest:.0f} times the other")
    picture = _scaled(picture, min(1.0, BACKGROUND_SIDE / min(picture.shape[:2])))
    return np.dstack([_bytes(picture), np.full(picture.shape[:2], 255, np.uint8)])


def _read_folder(
    folder: Path,
    cache: Path | str | None,
    kind: str,
    read: Callable[[Path], np.ndarray],
    workers: int,
) -> PictureFolder:
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder of {kind} at {folder}.")
    files = _files(folder)
    cached = cache_folder(cache) / f"own-{kind}-{_fingerprint(folder, files)}"
    if not (cached / "index.json").exists():
        logger.info("reading %d files from %s, once", len(files), folder)
        _build(folder, files, cached, kind, read, workers)
    found = PictureFolder(cached, folder)
    if cached not in _told:
        _told.add(cached)
        logger.info("%s", found.summary())
    return found


def _build(folder: Path, files: list[str], cached: Path, kind: str, read, workers: int) -> None:
    """Writes stores of a bounded size each, so that a large folder needs no large memory."""
    skipped: list[tuple[str, str]] = []
    parts = 0

    def attempt(name: str) -> np.ndarray | str:
        if not name.lower().endswith(PICTURE_SUFFIXES):
            return "it is not a picture file"
        try:
            return read(folder / name)
        except (ValueError, OSError, MemoryError) as error:
            return str(error) or "it needs more memory than there is"

    with whole_folder(cached) as temporary, ThreadPoolExecutor(workers) as pool:
        for first in range(0, len(files), _PER_STORE):
            names = files[first : first + _PER_STORE]
            drawings = []
            for name, rgba in zip(names, pool.map(attempt, names), strict=True):
                if isinstance(rgba, str):
                    skipped.append((name, rgba))
                else:
                    drawings.append((name, kind.rstrip("s"), is_held_out(name), rgba, 0.0))
            if drawings:
                write_store(temporary / f"part-{parts:03}", drawings, {})
                parts += 1
        if not parts:
            raise ValueError(_nothing(folder, kind, skipped))
        index = {"parts": parts, "skipped": skipped}
        (temporary / "index.json").write_text(json.dumps(index))


def _nothing(folder: Path, kind: str, skipped: list[tuple[str, str]]) -> str:
    if not skipped:
        return f"There are no pictures in {folder}, which is to hold {kind}."
    reasons = "; ".join(f"{name}: {reason}" for name, reason in skipped[:3])
    more = f"; and {len(skipped) - 3} more" if len(skipped) > 3 else ""
    return f"None of the {len(skipped)} files in {folder} can be used as {kind} ({reasons}{more})."


def _files(folder: Path) -> list[str]:
    """Every file below a folder that is not hidden, by its path there."""
    names = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(n.as_posix() for n in names if not any(part[0] == "." for part in n.parts))


def _fingerprint(folder: Path, files: Sequence[str]) -> str:
    """Changes when a file comes, goes or is saved again, or when the rules here change."""
    rows = [f"{_VERSION} {CHARACTER_SIDE} {BACKGROUND_SIDE}"]
    for name in files:
        state = (folder / name).stat()
        rows.append(f"{name} {state.st_size} {state.st_mtime_ns}")
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def _read(path: Path) -> np.ndarray:
    """float32 [H,W,3 or 4], after a look at the header, which costs nothing."""
    if path.stat().st_size == 0:
        raise ValueError("the file is empty")
    try:
        with Image.open(path) as image:
            width, height = image.size
            frames = getattr(image, "n_frames", 1)
    except Image.DecompressionBombError:
        raise ValueError("it is larger than can be read safely") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError("it is not a picture that can be read") from error
    if width * height > MOST_PIXELS:
        raise ValueError(
            f"its {width} x {height} pixels are more than {MOST_PIXELS // 1_000_000} million"
        )
    if frames > 1:
        raise ValueError(f"it is an animation of {frames} frames; save the one that is meant")
    try:
        return read_picture(path)
    except ValueError as error:  # names the whole path, which the summary does already
        raise ValueError(str(error).replace(f"{path} is", "it is").rstrip(".")) from error


def _scaled(picture: np.ndarray, scale: float) -> np.ndarray:
    if scale >= 1:
        return picture
    size = [max(2, round(side * scale)) for side in picture.shape[1::-1]]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _bytes(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.rint(picture * 255).clip(0, 255).astype(np.uint8))
