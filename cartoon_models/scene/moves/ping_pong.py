"""There and back."""

from __future__ import annotations

from ..camera import Camera


def ping_pong(camera: Camera) -> Camera:
    """There and back, without the first and last frame twice: it closes when played in a loop."""
    count = len(camera)
    return camera.frames([*range(count), *range(count - 2, 0, -1)])
