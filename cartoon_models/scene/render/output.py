"""Frames as files and players take them: with straight alpha, or for two eyes."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ..camera import Camera
from ..data import LayeredScene
from ..geometry import Size
from .frames import render_details, render_frames

STEREO_LAYOUTS = ("side by side", "top and bottom")


def render_rgba(
    scene: LayeredScene, camera: Camera, size: Size | None = None, **options: object
) -> Iterator[Tensor]:
    """Frames with transparency where the camera sees nothing: float32 ``[H, W, 4]``, straight.

    Args:
        options: see `frames.render_details`.
    """
    for frame in render_details(scene, camera, size, **options):
        alpha = frame.alpha[..., None]
        yield torch.cat([(frame.picture / alpha.clamp(min=1e-6)).clamp(0, 1), alpha], dim=2)


def render_stereo(
    scene: LayeredScene,
    cameras: tuple[Camera, Camera],
    size: Size | None = None,
    *,
    layout: str = STEREO_LAYOUTS[0],
    **options: object,
) -> Iterator[Tensor]:
    """What the left and the right eye see, in one frame, the left one left or above.

    Args:
        cameras: of the left and of the right eye; see `stereo.stereo`.
        size: ``(H, W)`` of each eye's half.
        layout: one of `STEREO_LAYOUTS`.
        options: see `frames.render_frames`.

    Raises:
        ValueError: another layout.
    """
    if layout not in STEREO_LAYOUTS:
        raise ValueError(f"Stereo is laid out {' or '.join(STEREO_LAYOUTS)}, not {layout!r}.")
    progress = options.pop("progress", None)
    left, right = (render_frames(scene, camera, size, **options) for camera in cameras)
    for done, pair in enumerate(zip(left, right, strict=True), 1):
        yield torch.cat(pair, dim=1 if layout == STEREO_LAYOUTS[0] else 0)
        if progress is not None:
            progress(done, len(cameras[0]))
