"""Frames of a scene as a camera sees them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ..progress import Progress
from .camera import Camera
from .data import LayeredScene
from .geometry import Size

INTERPOLATIONS = ("bicubic", "bilinear")

_CHUNK = 8


@dataclass(frozen=True, eq=False)
class Frame:
    """What a camera sees at one moment.

    Attributes:
        picture: float32 ``[H, W, 3]``, 0 to 1, sRGB; black where there is nothing.
        alpha: float32 ``[H, W]``, 0 where the camera looks past the plate or into what nothing was
            filled into. `picture` is premultiplied by it.
        depth: float32 ``[H, W]``, the disparity along this frame's camera of the nearest layer that
            covers at least half of the pixel; 0 where none does.
        instances: int16 ``[H, W]``, the instance which that layer shows, counted from 0; -1 for the
            plate, an occluder or nothing.
    """

    picture: Tensor
    alpha: Tensor
    depth: Tensor
    instances: Tensor


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
        chunk: how many frames are prepared at once; memory grows with it. 8 by default.
        interpolation: ``"bicubic"`` or the faster and softer ``"bilinear"``. Layers that are shown
            smaller than they are come from halved copies of themselves as well (mip mapping).
        depth_of_field: whether layers off the camera's focus are blurred, if it has one.
        motion_blur: how many moments within the time that the shutter is open make up a frame; 0 or
            1 for none.
        shutter: share of a frame's time that it is open.
        device: where to draw; where the scene lies by default. On CUDA with torch, on the CPU with
            OpenCV, the same picture but for rounding.
        progress: called with (done, total) after each frame; what it raises stops the work.

    Yields:
        float32 ``[H, W, 3]``, 0 to 1, on the device that draws; black where the camera looks past
        the plate. Each is the caller's own; drawing goes on when the next one is asked for.

    Raises:
        ValueError: an unknown interpolation, a size, chunk, number of moments or shutter that is
            none.
    """
    for picture in _pictures(
        scene,
        camera,
        size,
        chunk,
        interpolation,
        depth_of_field,
        motion_blur,
        shutter,
        device,
        progress,
        details=False,
    ):
        yield picture.rgb


def _pictures(
    scene,
    camera,
    size,
    chunk,
    interpolation,
    depth_of_field,
    motion_blur,
    shutter,
    device,
    progress,
    details,
):
    from .render_cpu import CpuRenderer

    size = scene.size if size is None else (int(size[0]), int(size[1]))
    if interpolation not in INTERPOLATIONS:
        raise ValueError(
            f"Interpolation is one of {', '.join(INTERPOLATIONS)}, not {interpolation!r}."
        )
    if size[0] < 1 or size[1] < 1:
        raise ValueError(f"A frame has at least 1 x 1 pixels, not {size[1]} x {size[0]}.")
    chunk = _CHUNK if chunk is None else int(chunk)
    if chunk < 1:
        raise ValueError(f"At least 1 frame is drawn at a time, not {chunk}.")
    renderer = CpuRenderer(scene, size, interpolation)
    total = len(camera)
    for start in range(0, total, chunk):
        part = camera.frames(slice(start, min(start + chunk, total)))
        for number, picture in enumerate(renderer.pictures(part, details)):
            picture.rgb = torch.from_numpy(picture.rgb)
            if progress is not None:
                progress(start + number + 1, total)
            yield picture
