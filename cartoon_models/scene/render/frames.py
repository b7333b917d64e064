"""Frames of a scene as a camera sees them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from ...progress import Progress
from ..camera import Camera
from ..data import LayeredScene
from ..geometry import Size
from .frame import Frame
from .shutter import open_shutter

INTERPOLATIONS = ("bicubic", "bilinear")

_MOST_FRAMES = 8  # prepared at once
_PIXELS_TOGETHER = 2**24


def render_frames(
    scene: LayeredScene,
    camera: Camera,
    size: Size | None = None,
    *,
    chunk: int | None = None,
    interpolation: str = "bicubic",
    depth_of_field: bool = True,
    motion_blur: int = 0,
    shutter: float = 0.5,
    device: torch.device | str | None = None,
    progress: Progress | None = None,
) -> Iterator[Tensor]:
    """What the camera sees of the scene, frame by frame.

    Every layer is sampled backwards, once, from its own pixels: nothing is torn, and nothing is
    stretched beyond what its distance asks for. Layers are put over each other premultiplied, from
    the plate to the nearest, in sRGB values as they are.

    Args:
        size: ``(H, W)`` of the frames; the picture's by default. The width shows what the
            picture's width would.
        chunk: how many frames are prepared at once; memory grows with it. By default 8 of
            1920 x 1080, fewer of larger ones.
        interpolation: ``"bicubic"`` or the faster and softer ``"bilinear"``. Layers that are shown
            smaller than they are come from halved copies of themselves as well (mip mapping).
        depth_of_field: whether layers off the camera's focus are blurred, if it has one.
        motion_blur: how many moments within the time that the shutter is open make up a frame; 0 or
            1 for none.
        shutter: share of a frame's time that it is open.
        device: where to draw; where the scene lies by default. On CUDA with torch, anywhere else on
            the CPU with OpenCV, the same picture but for rounding.
        progress: called with (done, total) after each frame; what it raises stops the work.

    Returns:
        An iterator of float32 ``[H, W, 3]``, 0 to 1, on the device that draws; black where
        the camera looks past the plate. Each is the caller's own; the next one is drawn when it is
        asked for.

    Raises:
        ValueError: an unknown interpolation, a size, chunk, number of moments or shutter that is
            none.
    """
    options = _Options(size, chunk, interpolation, depth_of_field, motion_blur, shutter, device)
    frames = _frames(scene, camera, options, progress, details=False)
    return (frame.picture for frame in frames)


def render_details(
    scene: LayeredScene,
    camera: Camera,
    size: Size | None = None,
    *,
    chunk: int | None = None,
    interpolation: str = "bicubic",
    depth_of_field: bool = True,
    motion_blur: int = 0,
    shutter: float = 0.5,
    device: torch.device | str | None = None,
    progress: Progress | None = None,
) -> Iterator[Frame]:
    """The same frames, each with its alpha, its depth and its instances.

    Arguments and errors: see `render_frames`. With motion blur depth and instances are those of the
    moment in the middle.
    """
    options = _Options(size, chunk, interpolation, depth_of_field, motion_blur, shutter, device)
    return _frames(scene, camera, options, progress, details=True)


class Renderer(Protocol):
    """What draws a scene on one kind of device."""

    def frames(self, camera: Camera, details: bool) -> Iterator[Frame]:
        """Those of a few frames of a camera; only their pictures unless details are wanted."""


@dataclass(frozen=True)
class _Options:
    size: Size | None
    chunk: int | None
    interpolation: str
    depth_of_field: bool
    motion_blur: int
    shutter: float
    device: torch.device | str | None

    def __post_init__(self) -> None:
        if self.interpolation not in INTERPOLATIONS:
            raise ValueError(
                f"Interpolation is one of {', '.join(INTERPOLATIONS)}, not {self.interpolation!r}."
            )
        if self.size is not None and not (self.size[0] >= 1 and self.size[1] >= 1):
            height, width = self.size
            raise ValueError(f"A frame has at least 1 x 1 pixels, not {width} x {height}.")
        if self.chunk is not None and self.chunk < 1:
            raise ValueError(f"At least 1 frame is prepared at once, not {self.chunk}.")
        if self.motion_blur < 0:
            raise ValueError(
                f"Motion blur takes 0 or more moments per frame, not {self.motion_blur}."
            )
        if not 0 <= self.shutter <= 1:
            raise ValueError(
                f"The shutter is open for 0 to 1 of a frame's time, not for {self.shutter}."
            )


def _frames(
    scene: LayeredScene,
    camera: Camera,
    options: _Options,
    progress: Progress | None,
    details: bool,
) -> Iterator[Frame]:
    device = scene.plate.rgba.device if options.device is None else torch.device(options.device)
    size = scene.size if options.size is None else tuple(int(side) for side in options.size)
    chunk = options.chunk or max(min(_MOST_FRAMES, _PIXELS_TOGETHER // (size[0] * size[1])), 1)
    renderer = _renderer(scene, device, size, options)
    moments = max(int(options.motion_blur), 1) if options.shutter > 0 else 1
    exposed = camera if moments == 1 else open_shutter(camera, moments, options.shutter)
    drawn = _chunks(renderer, exposed, chunk, details)
    for done in range(len(camera)):
        frame = _exposed(drawn, moments, details)
        if progress is not None:
            progress(done + 1, len(camera))
        yield frame


def _renderer(scene: LayeredScene, device: torch.device, size: Size, options: _Options) -> Renderer:
    if device.type == "cuda":
        from .on_torch import TorchRenderer as Renderer
    else:  # torch samples bicubically on few other devices
        from .on_cpu import CpuRenderer as Renderer

        device = torch.device("cpu")
    return Renderer(scene.to(device), size, options.interpolation, options.depth_of_field)


def _chunks(renderer: Renderer, camera: Camera, chunk: int, details: bool) -> Iterator[Frame]:
    for start in range(0, len(camera), chunk):
        yield from renderer.frames(camera.frames(slice(start, start + chunk)), details)


def _exposed(drawn: Iterator[Frame], moments: int, details: bool) -> Frame:
    """The next frame, made of what is seen in as many moments."""
    frame = next(drawn)
    if moments == 1:
        return frame
    picture, alpha = frame.picture.clone(), frame.alpha.clone() if details else None
    middle = frame
    for moment in range(1, moments):
        frame = next(drawn)
        picture += frame.picture
        if details:
            alpha += frame.alpha
        if moment == moments // 2:
            middle = frame
    picture /= moments
    return replace(middle, picture=picture, alpha=alpha / moments if details else None)
