"""Frames to key: of video files, and pictures in folders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from cartoon_models.picture import PICTURE_SUFFIXES, read_picture

from .color import largest

VIDEO_SUFFIXES = (
    ".mp4", ".mkv", ".webm", ".mov", ".avi", ".flv", ".wmv", ".m4v", ".mpg", ".mpeg", ".ts",
    ".ogv", ".3gp",
)  # fmt: skip
_CELL = 8  # pixels at the size at which frames are compared
_COMPARED = 256


def files_of(source: Path) -> list[Path]:
    """The file, or every file below the folder that is not hidden, sorted.

    Raises:
        FileNotFoundError: there is nothing at `source`, or the folder is empty.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise FileNotFoundError(f"There is no video, picture or folder at {source}.")
    inside = ((p, p.relative_to(source).parts) for p in source.rglob("*") if p.is_file())
    files = sorted(path for path, parts in inside if not any(part[0] == "." for part in parts))
    if not files:
        raise FileNotFoundError(f"The folder {source} is empty.")
    return files


def is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES


def frames_of(path: Path, every: int = 10) -> Iterator[tuple[str, np.ndarray]]:
    """The name that results get, and the pixels, float32 [H,W,3] RGB 0..1, frame after frame.

    The names are GROUP_fNUMBER: of a video its file name and the number of the frame, of a picture
    its file name without and with its last number. What shows one figure has one group; see
    `user_art.is_held_out`.

    Args:
        every: of a video, take one frame of so many.

    Raises:
        ValueError: the file cannot be read, or holds no frame; the message says which.
    """
    if is_picture(path):
        yield _picture_name(path), _picture(path)
        return
    for number, frame in _video_frames(path, every):
        yield f"{path.stem}_f{number:06}", frame


class Changes:
    """Tells frames that hardly differ from the last one that was kept.

    Args:
        least: share of the picture that has to differ, 0..1. Small cells are compared, so that
            the noise of compression does not count.
    """

    def __init__(self, least: float = 0.01):
        self.least = least
        self._last: np.ndarray | None = None

    def keep(self, frame: np.ndarray) -> bool:
        """Whether to keep a frame, float32 [H,W,3]; if so, the next is compared with it."""
        scale = _COMPARED / _CELL / max(frame.shape[:2])
        size = [max(1, round(side * scale)) for side in frame.shape[1::-1]]
        cells = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        if self._last is not None and self._last.shape == cells.shape:
            changed = np.abs(cells - self._last).max(-1) > 0.04
            if changed.mean() < self.least:
                return False
        self._last = cells
        return True


def _picture_name(path: Path) -> str:
    match = re.match(r"(.*?)[ ._-]*(\d*)$", path.stem)
    return f"{match[1] or path.parent.name or 'frame'}_f{match[2] or 0}"


def _picture(path: Path) -> np.ndarray:
    try:
        picture = read_picture(path)
    except ValueError as error:  # the same without the folders, for a summary of many files
        raise ValueError(str(error).replace(str(path), path.name).rstrip(".")) from error
    if picture.shape[2] == 4 and picture[..., 3].min() < 0.99:
        raise ValueError(f"{path.name} has transparency already and needs no keying")
    return np.ascontiguousarray(picture[..., :3])


def _video_frames(path: Path, every: int) -> Iterator[tuple[int, np.ndarray]]:
    import av

    number = -1
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise ValueError(f"{path.name} has no video stream")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for number, frame in enumerate(container.decode(stream)):
                if number % every == 0:
                    yield number, _without_bars(frame.to_ndarray(format="rgb24"))
    except av.FFmpegError as error:
        if number < 0:
            raise ValueError(f"{path.name} is not a video that can be read") from error
        raise ValueError(f"{path.name} is damaged after frame {number}") from error
    if number < 0:
        raise ValueError(f"{path.name} is a video without frames")


def _without_bars(frame: np.ndarray) -> np.ndarray:
    """float32 [h,w,3] of a frame uint8 [H,W,3] without black bars at its sides."""
    light = largest(frame) > 28
    rows, columns = np.flatnonzero(light.any(1)), np.flatnonzero(light.any(0))
    if len(rows) and rows[-1] - rows[0] > 16 and columns[-1] - columns[0] > 16:
        frame = frame[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return frame.astype(np.float32) / 255
