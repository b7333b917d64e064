"""A frame of a scene, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Frame:
    """What a camera sees at one moment.

    All on the device that drew it. `render_frames` draws no more than the picture.

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
    alpha: Tensor | None = None
    depth: Tensor | None = None
    instances: Tensor | None = None
