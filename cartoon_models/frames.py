"""Frames one after the other: as integers, forwards and backwards, and as PNG files.

Nothing here holds more than one frame of a stream, unless a stream is played backwards or again: a
stream runs once only, so that its frames are kept then, as integers and beyond 256 MB in a file.
"""

from __future__ import annotations

import errno
import json
import math
import os
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .atomic import is_refused
from .picture import as_tensor
from .progress import Progress

Frames = Iterable[Any]
"""Pictures of one size, each `[H, W, 3]` or `[H, W, 4]` (straight alpha) as picture.as_tensor takes
them: float 0 to 1 or uint8. A generator is read once, as its frames are needed."""

FRAME_NAME = "frame_{:05d}.png"

_KEPT_IN_MEMORY = 256 * 2**20
_FRAME_FILE = re.compile(r"frame_\d{5,}\.png")


def write_frames(
    folder: str | os.PathLike,
    frames: Frames,
    *,
    ping_pong: bool = False,
    repeats: int = 1,
    metadata: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    count: int | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write frames as `frame_00000.png`, `frame_00001.png`... into a new folder; with their alpha.

    The folder has another name until all frames are there. See `video.write_video` for the
    arguments.

    Raises:
        ValueError: no frame, frames of different sizes, NaN.
        FileExistsError: the folder is there, and `overwrite` is false or it holds other files.
        FileNotFoundError: the folder above it is not there.
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    folder = Path(folder)
    require_repeats(repeats)
    _require_replaceable(folder, overwrite)
    texts = PngInfo()
    for key, text in metadata_texts(metadata).items():
        texts.add_text(key, text)
    own = f".{folder.name[:80]}.{uuid.uuid4().hex[:8]}"
    staging = folder.with_name(own)
    try:
        staging.mkdir()
        stream = integer_frames(frames)
        total = played_count(count_of(frames, count), ping_pong, repeats)
        done = 0
        for array in played(stream, ping_pong, repeats, staging.parent):
            file = staging / FRAME_NAME.format(done)
            Image.fromarray(array).save(file, compress_level=3, pnginfo=texts)
            done += 1
            if progress is not None:
                progress(done, max(total or 0, done))
        _publish(staging, folder, overwrite)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OSError(
                errno.ENOSPC,
                f"No space left on device for frames in {folder.parent}; nothing was kept.",
            ) from error
        if is_refused(error, staging):
            raise OSError(
                error.errno,
                f"{os.strerror(error.errno)}: no folder can be made in {folder.parent}.",
            ) from error
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return folder


def integer_frames(frames: Frames, channels: int | None = None, bits: int = 8) -> Iterator:
    """The frames as uint8 or uint16 arrays `[H, W, channels]`, one at a time, all alike.

    Args:
        channels: 3 (over white where there is alpha) or 4 (alpha 1 where there is none); None: as
            the first frame has it.
        bits: 8 or 16.

    Raises:
        ValueError: no frame, a frame of another size than the first, NaN, no picture.
    """
    size = None
    for number, frame in enumerate(frames):
        array = integers(frame, channels, bits)
        if size is None:
            size, channels = array.shape[:2], array.shape[2]
        if array.shape[:2] != size:
            (height, width), (wanted_height, wanted_width) = array.shape[:2], size
            raise ValueError(
                f"All frames have one size, but frame {number} is {width} x {height} and the "
                f"first {wanted_width} x {wanted_height}."
            )
        yield array
    if size is None:
        raise ValueError("There is no frame to write; give at least one.")


def integers(frame: Any, channels: int | None = None, bits: int = 8) -> np.ndarray:
    """One picture as uint8 or uint16 `[H, W, channels]`, rounded; see integer_frames."""
    import cv2

    if isinstance(frame, Tensor):
        frame = frame.detach().cpu()
        frame = frame.float() if frame.is_floating_point() else frame
    shape = tuple(getattr(frame, "shape", ()))
    wanted = channels or (4 if len(shape) == 3 and shape[2] == 4 else 3)
    plain = isinstance(frame, (np.ndarray, Tensor)) and len(shape) == 3 and shape[2] == wanted
    array = frame.numpy() if isinstance(frame, Tensor) else frame
    if plain and array.dtype == np.uint8 and bits == 8 and array.size:
        return np.ascontiguousarray(array)
    if not (plain and array.dtype == np.float32 and array.size):
        array = as_tensor(frame, wanted).numpy()
    # A sum is NaN or infinite where one of its values is: one quick look at all pixels.
    if not math.isfinite(float(torch.from_numpy(np.ascontiguousarray(array)).sum())):
        raise ValueError("A frame contains NaN or infinite values; check the step that made it.")
    top, kind = (255.0, cv2.CV_8U) if bits == 8 else (65535.0, cv2.CV_16U)
    return cv2.multiply(array, (top,) * 4, dtype=kind)


def played(
    arrays: Iterable[np.ndarray],
    ping_pong: bool,
    repeats: int,
    folder: str | os.PathLike | None = None,
) -> Iterator[np.ndarray]:
    """Frames in the order in which they are shown.

    Args:
        arrays: frames of one shape; read once, and kept only if they are shown more than once.
        ping_pong: go back after the last frame, to the second: shown again and again, that is
            smooth, and no frame is shown twice in a row.
        repeats: how many times all of it is shown.
        folder: where the file lies that frames are kept in; the system's own place by default.
    """
    if not ping_pong and repeats == 1:
        yield from arrays
        return
    with SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY, dir=folder) as kept:
        first, count = None, 0
        for array in arrays:
            first = array if first is None else first
            kept.seek(0, os.SEEK_END)
            kept.write(np.ascontiguousarray(array).data)
            count += 1
            yield array
        if first is None:
            return

        def again(number: int) -> np.ndarray:
            kept.seek(number * first.nbytes)
            return np.frombuffer(kept.read(first.nbytes), first.dtype).reshape(first.shape)

        back = range(count - 2, 0, -1) if ping_pong else range(0)
        yield from map(again, back)
        for _ in range(repeats - 1):
            yield from map(again, range(count))
            yield from map(again, back)


def played_count(count: int | None, ping_pong: bool, repeats: int) -> int | None:
    """How many frames `played` gives for so many; None for None."""
    if count is None:
        return None
    return (count + (max(count - 2, 0) if ping_pong else 0)) * repeats


def count_of(frames: Frames, count: int | None) -> int | None:
    """How many frames there are, if somebody says so."""
    return len(frames) if count is None and hasattr(frames, "__len__") else count


def require_repeats(repeats: int) -> None:
    """Raise ValueError unless a clip can be shown so many times."""
    if not 1 <= repeats <= 10_000:
        raise ValueError(f"A clip is shown 1 to 10000 times, not {repeats}.")


def metadata_texts(metadata: Mapping[str, Any] | None) -> dict[str, str]:
    """Texts as they are, anything else as JSON, as ComfyUI's files have their workflow."""
    return {
        str(key): value if isinstance(value, str) else json.dumps(value)
        for key, value in (metadata or {}).items()
    }


def _require_replaceable(folder: Path, overwrite: bool) -> None:
    if not folder.parent.is_dir():
        raise FileNotFoundError(f"The folder {folder.parent} does not exist; make it first.")
    if not os.path.lexists(folder):
        return
    if not overwrite:
        raise FileExistsError(
            f"{folder} is there already and is not overwritten; choose another name."
        )
    if not folder.is_dir() or not _only_frames(list(folder.iterdir())):
        raise FileExistsError(
            f"{folder} is no folder of frames only and is not overwritten; choose another name."
        )


def _only_frames(files: Sequence[Path]) -> bool:
    return all(_FRAME_FILE.fullmatch(file.name) for file in files)


def _publish(staging: Path, folder: Path, overwrite: bool) -> None:
    _require_replaceable(folder, overwrite)  # somebody may have made it meanwhile
    if not folder.exists():
        os.rename(staging, folder)
        return
    old = staging.with_name(staging.name + ".old")
    os.rename(folder, old)
    os.rename(staging, folder)
    shutil.rmtree(old, ignore_errors=True)
