"""What frames of another shape than the picture show of it."""

from __future__ import annotations

import dataclasses

from ..camera import Camera
from ..data import LayeredScene
from ..geometry import Size


def fill_frame(camera: Camera, scene: LayeredScene, size: Size) -> Camera:
    """The camera with its lens zoomed in until a taller frame is filled by the picture.

    Without it a frame shows the whole width of the picture, and above and below what the plate has
    there, or nothing. With it the picture is cut at the left and at the right, as a wide film is
    for a tall screen. Frames that are not taller than the picture are filled anyway: for them the
    camera stays as it is.

    Args:
        size: ``(H, W)`` of the frames.
    """
    zoom = size[0] * scene.size[1] / (size[1] * scene.size[0])
    if zoom <= 1:
        return camera
    return dataclasses.replace(
        camera,
        focals=camera.focals * zoom,
        shifts=camera.shifts * zoom,
        aperture=None if camera.aperture is None else camera.aperture * zoom,
    )
