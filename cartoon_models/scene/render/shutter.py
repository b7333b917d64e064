"""Motion blur: the moments at which a camera's shutter is open."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..camera import Camera


def open_shutter(camera: Camera, moments: int, shutter: float) -> Camera:
    """The camera at several moments of each frame, evenly spread over the time it is exposed.

    A frame is exposed around its own time. Before the first frame and after the last one the camera
    stands still.

    Args:
        moments: how many per frame.
        shutter: share of the time from a frame to the next that it is exposed; 0.5 is film's
            shutter of 180 degrees.

    Returns:
        ``len(camera) * moments`` frames, those of one frame after each other.
    """
    within = (torch.arange(moments, dtype=torch.float64) + 0.5) / moments - 0.5
    times = torch.arange(len(camera), dtype=torch.float64)[:, None] + shutter * within
    times = times.flatten().clamp(0, len(camera) - 1)
    low = times.floor().long().clamp(max=max(len(camera) - 2, 0))
    high, share = (low + 1).clamp(max=len(camera) - 1), times - low

    def between(values: Tensor | None) -> Tensor | None:
        if values is None:
            return None
        weight = share.reshape(-1, *[1] * (values.ndim - 1))
        return values[low] * (1 - weight) + values[high] * weight

    return Camera(
        between(camera.positions),
        _turned(camera.rotations, low, high, share),
        between(camera.focals.log()).exp(),
        between(camera.shifts),
        camera.fps * moments,
        between(camera.focus),
        between(camera.aperture),
        camera.name,
    )


def _turned(rotations: Tensor, low: Tensor, high: Tensor, share: Tensor) -> Tensor:
    """Rotations between two frames, about one axis at one speed."""
    if torch.equal(rotations, rotations[:1].expand_as(rotations)):
        return rotations[low]
    from scipy.spatial.transform import Rotation

    first = Rotation.from_matrix(rotations[low].numpy())
    step = (Rotation.from_matrix(rotations[high].numpy()) * first.inv()).as_rotvec()
    turned = Rotation.from_rotvec(step * np.asarray(share)[:, None]) * first
    return torch.from_numpy(turned.as_matrix())
