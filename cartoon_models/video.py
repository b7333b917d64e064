"""Videos: frames into a file, one at a time, through FFmpeg's libraries (PyAV).

Colours are converted with the matrix of ITU-R BT.709 in limited range and the file says so; left to
itself, FFmpeg takes that of standard definition, and players that expect the other one show colours
that are off.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .atomic import atomic_path
from .errors import CelKitError
from .frames import (
    Frames,
    count_of,
    integer_frames,
    metadata_texts,
    played,
    played_count,
    require_repeats,
    write_frames,
)
from .progress import Progress

if TYPE_CHECKING:
    import av

__all__ = ["CODECS", "VIDEO_SUFFIXES", "Codec", "codec_of", "write_frames", "write_video"]

logger = logging.getLogger("celkit")

_BT709 = 1  # the number of primaries, transfer and matrix in ITU-T H.273
_LIMITED = 1
_TINY = 4  # pixels


@dataclass(frozen=True)
class Codec:
    """How frames are encoded.

    Attributes:
        encoder: FFmpeg's name of it.
        suffixes: of files that may hold it; the first is the usual one.
        pixels: FFmpeg's pixel format without alpha.
        alpha_pixels: with alpha; None where the codec has none.
        bits: per channel of what the encoder is given, 8 or 16.
        crf: constant rate factor, lower is better and larger; None where the codec has none.
        worst_crf: the highest there is.
        even: sides have to be even numbers of pixels.
        narrowest: the least width in pixels.
        options, alpha_options: of the encoder; the latter are added for frames with alpha.
        tiny_options: instead of options, for frames with a side of less than 4 pixels.
    """

    encoder: str
    suffixes: tuple[str, ...]
    pixels: str
    alpha_pixels: str | None = None
    bits: int = 8
    crf: int | None = None
    worst_crf: int = 0
    even: bool = False
    narrowest: int = 1
    options: tuple[tuple[str, str], ...] = ()
    alpha_options: tuple[tuple[str, str], ...] = ()
    tiny_options: tuple[tuple[str, str], ...] = ()


CODECS: dict[str, Codec] = {
    # Plays everywhere.
    "h264": Codec("libx264", (".mp4", ".mov", ".mkv"), "yuv420p", crf=16, worst_crf=51, even=True),
    # Plays in browsers, with transparency. Hidden frames cannot be made of alpha.
    "vp9": Codec(
        "libvpx-vp9",
        (".webm", ".mkv"),
        "yuv420p",
        "yuva420p",
        crf=20,
        worst_crf=63,
        options=(("deadline", "good"), ("cpu-used", "4"), ("row-mt", "1"), ("b", "0")),
        alpha_options=(("auto-alt-ref", "0"),),
    ),
    # For video editors: 422 HQ, or 4444 with transparency.
    "prores": Codec(
        "prores_ks",
        (".mov", ".mkv"),
        "yuv422p10le",
        "yuva444p10le",
        bits=16,
        narrowest=2,  # a single column has no colour of its own in 4:2:2
        options=(("profile", "3"), ("vendor", "apl0")),  # 422 HQ; older FFmpeg knows no names
        alpha_options=(("profile", "4"),),
    ),
    # Every pixel as it was. FFmpeg 7 makes slices of a pixel too, which come out black.
    "ffv1": Codec(
        "ffv1",
        (".mkv",),
        "bgr0",
        "bgra",
        options=(("level", "3"), ("slicecrc", "1")),
        tiny_options=(("level", "1"),),  # has no slices
    ),
}

VIDEO_SUFFIXES = (".mp4", ".webm", ".mov", ".mkv")
"""What names of videos end in; `codec_of` has the codec that is usual for each."""

_USUAL = {".mp4": "h264", ".webm": "vp9", ".mov": "prores", ".mkv": "ffv1"}


def write_video(
    path: str | os.PathLike,
    frames: Frames,
    fps: float = 25.0,
    codec: str | None = None,
    *,
    alpha: bool | None = None,
    crf: int | None = None,
    ping_pong: bool = False,
    repeats: int = 1,
    metadata: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    count: int | None = None,
    progress: Progress | None = None,
) -> Path:
    """Encode frames into a video as they come; the file has its name only when it is complete.

    Args:
        path: ends in .mp4, .webm, .mov or .mkv.
        frames: pictures of one size, `[H, W, 3]` or `[H, W, 4]` with straight alpha, float 0 to 1
            or uint8; a generator is read one frame at a time.
        fps: frames per second, above 0, at most 1000.
        codec: a key of CODECS; None: what is usual for the name, see codec_of.
        alpha: keep the transparency; None: where the first frame and the codec have it. Without,
            frames with alpha are seen over white.
        crf: constant rate factor of h264 (0 to 51) and vp9 (0 to 63): lower is better and larger.
        ping_pong: after the last frame go back to the second, so that the clip has no jump when a
            player repeats it.
        repeats: how many times the clip is in the file.
        metadata: names and texts, or values that are written as JSON; ComfyUI's page finds a
            graph under "workflow" and "prompt".
        overwrite: replace a file that is there.
        count: how many frames a generator has, for progress.
        progress: called with (frames written, frames in all) after each; what it raises stops the
            work and nothing is left.

    A codec that needs even sides gets the last column or row twice, and the log says so.

    Raises:
        ValueError: no frame, frames of different sizes, NaN, a codec, rate or quality that cannot
            be, transparency that the codec does not have.
        FileExistsError: the file is there and `overwrite` is false.
        FileNotFoundError: its folder is not there.
        OSError: the disk is full; nothing is left.
        CelKitError: the encoder refuses the frames.
    """
    path = Path(path)
    name = codec_of(path, codec)
    kind = CODECS[name]
    rate = _rate(fps)
    options = dict(kind.options) | _quality(name, crf)
    require_repeats(repeats)
    if alpha and kind.alpha_pixels is None:
        able = ", ".join(key for key, value in CODECS.items() if value.alpha_pixels)
        raise ValueError(f"{name} has no transparency; {able} have, and so have PNG frames.")
    total = played_count(count_of(frames, count), ping_pong, repeats)
    with atomic_path(path, overwrite) as temporary:
        if alpha is None and kind.alpha_pixels is not None:
            channels = None  # as the first frame has it
        else:
            channels = 4 if alpha else 3
        arrays = integer_frames(frames, channels, kind.bits)
        shown = played(arrays, ping_pong, repeats, path.parent)
        encoded = _reported(shown, total, progress)
        _encode(temporary, encoded, kind, rate, options, metadata_texts(metadata), path.name)
    return path


def codec_of(path: str | os.PathLike, codec: str | None = None) -> str:
    """The codec for a file: the one that is named if such a file may hold it, else the usual one.

    Raises:
        ValueError: no such codec, a name that does not end as a video's, or one that does not fit.
    """
    suffix = Path(path).suffix.lower()
    if codec is None:
        if suffix not in _USUAL:
            raise ValueError(
                f"The name of a video ends in {', '.join(VIDEO_SUFFIXES)}, not {str(path)!r}."
            )
        return _USUAL[suffix]
    if codec not in CODECS:
        raise ValueError(f"A codec is one of {', '.join(CODECS)}, not {codec!r}.")
    if suffix not in CODECS[codec].suffixes:
        fitting = " or ".join(CODECS[codec].suffixes)
        raise ValueError(f"The name of a {codec} video ends in {fitting}, not {str(path)!r}.")
    return codec


def _encode(
    file: Path,
    arrays: Iterator[np.ndarray],
    codec: Codec,
    rate: Fraction,
    options: dict[str, str],
    texts: dict[str, str],
    name: str,
) -> None:
    import av

    first = next(arrays)
    # The index comes first, so that players start at once and the page finds the workflow in the
    # first megabytes; bitexact leaves out random numbers and dates.
    flags = {"movflags": "use_metadata_tags+faststart", "fflags": "+bitexact"}
    container = av.open(str(file), "w", container_options=flags)
    try:
        container.metadata.update(texts)
        stream = _add_stream(container, codec, rate, options, first)
        for number, array in enumerate(_chained(first, arrays)):
            frame = _video_frame(array, codec, stream)
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        container.close()
    except BaseException as error:
        with suppress(Exception):  # what is half-written goes; the first error is the one to tell
            container.close()
        if isinstance(error, av.error.FFmpegError):
            raise _readable(error, first, codec, name) from error
        raise


def _add_stream(
    container: av.container.OutputContainer,
    codec: Codec,
    rate: Fraction,
    options: dict[str, str],
    first: np.ndarray,
) -> av.VideoStream:
    height, width, channels = first.shape
    below, right = (height % 2, width % 2) if codec.even else (0, 0)
    right = max(right, codec.narrowest - width)
    if below or right:
        logger.info(
            "The video is %d x %d: %s needs even sides, so the last pixels of the %d x %d frames "
            "are there twice.",
            *(width + right, height + below, codec.encoder, width, height),
        )
    if min(height, width) < _TINY and codec.tiny_options:
        options = dict(codec.tiny_options)
    if channels == 4:
        options = options | dict(codec.alpha_options)
    stream = container.add_stream(codec.encoder, rate=rate, options=options)
    stream.width, stream.height = width + right, height + below
    stream.pix_fmt = codec.alpha_pixels if channels == 4 else codec.pixels
    if not codec.pixels.startswith("bgr"):
        context = stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _LIMITED
    return stream


def _video_frame(array: np.ndarray, codec: Codec, stream: av.VideoStream) -> av.VideoFrame:
    import av

    below, right = stream.height - array.shape[0], stream.width - array.shape[1]
    if below or right:
        array = np.pad(array, ((0, below), (0, right), (0, 0)), mode="edge")
    layout = {(3, 8): "rgb24", (4, 8): "rgba", (3, 16): "rgb48le", (4, 16): "rgba64le"}
    layout = layout[array.shape[2], codec.bits]
    wanted = {"format": stream.pix_fmt}
    if not codec.pixels.startswith("bgr"):
        wanted |= {"dst_colorspace": _BT709, "dst_color_range": _LIMITED}
        tags = {"dst_color_trc": _BT709, "dst_color_primaries": _BT709}
    else:
        tags = {}
    try:
        # In several threads FFmpeg 8 writes over the first pixels of other threads' rows.
        frame = av.VideoFrame.from_ndarray(array, format=layout)
        return frame.reformat(**wanted, **tags, threads=1)
    except TypeError:  # PyAV before 17 has one thread, and the tags from the stream alone
        return _evenly_reformatted(array, layout, wanted)


def _evenly_reformatted(array: np.ndarray, layout: str, wanted: dict[str, Any]) -> av.VideoFrame:
    """A frame reformatted with even sides, then cut: FFmpeg 7 converts an odd last column without
    its own chroma, and single rows and columns not at all."""
    import av

    height, width = array.shape[:2]
    array = np.pad(array, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    even = av.VideoFrame.from_ndarray(array, format=layout).reformat(**wanted)
    if even.height == height and even.width == width:
        return even
    frame = av.VideoFrame(width, height, even.format.name)
    frame.colorspace, frame.color_range = even.colorspace, even.color_range
    for source, target in zip(even.planes, frame.planes, strict=True):
        rows = np.frombuffer(source, np.uint8).reshape(-1, source.line_size)
        cut = np.zeros((target.buffer_size // target.line_size, target.line_size), np.uint8)
        length = min(source.line_size, target.line_size)
        cut[: target.height, :length] = rows[: target.height, :length]
        target.update(cut)
    return frame


def _readable(error: av.error.FFmpegError, first: np.ndarray, codec: Codec, name: str) -> Exception:
    """FFmpeg's error as the system's own, or as a sentence."""
    if isinstance(error, OSError):
        return OSError(error.errno, os.strerror(error.errno))
    height, width = first.shape[:2]
    return CelKitError(
        f"{name} could not be encoded: {codec.encoder} refused frames of {width} x {height} pixels "
        f"({error.strerror}); try another codec or a smaller size."
    )


def _chained(first: np.ndarray, rest: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    yield first
    yield from rest


def _reported(
    arrays: Iterable[np.ndarray], total: int | None, progress: Progress | None
) -> Iterator[np.ndarray]:
    """The arrays; each is reported when the next one is asked for, which is when it is done."""
    done = 0
    for array in arrays:
        yield array
        done += 1
        if progress is not None:
            progress(done, max(total or 0, done))


def _rate(fps: float) -> Fraction:
    if not (math.isfinite(fps) and 0 < fps <= 1000):
        raise ValueError(f"A frame rate is above 0 and at most 1000 frames per second, not {fps}.")
    rate = Fraction(fps).limit_denominator(1001)  # 24000/1001 and its kind, exactly
    return rate or Fraction(1, 1001)


def _quality(name: str, crf: int | None) -> dict[str, str]:
    codec = CODECS[name]
    if codec.crf is None:
        if crf is not None:
            raise ValueError(f"{name} has no constant rate factor; leave crf out.")
        return {}
    crf = codec.crf if crf is None else crf
    if not 0 <= crf <= codec.worst_crf:
        raise ValueError(f"The crf of {name} is 0 (best) to {codec.worst_crf}, not {crf}.")
    return {"crf": str(crf)}
