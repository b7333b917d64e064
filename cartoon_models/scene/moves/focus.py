"""Focus pulls: what is sharp in each frame."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor

from ..camera import Camera
from ..data import LayeredScene
from .subject import Subject, find_layer, subject_of

APERTURE = 0.01

Focus = int | str | tuple[int | str, int | str]
"""An instance by its number, a layer by its name, or two: the focus is pulled from one to the
other."""


def pull_focus(
    camera: Camera,
    scene: LayeredScene,
    focus: Focus,
    along: Tensor,
    aperture: float = APERTURE,
) -> Camera:
    """The camera with its focus on a layer, or moving from one layer to another.

    Args:
        focus: which; see `Focus`. The focus follows the middle of the layer as the camera moves.
        along: ``[F]``, 0 to 1: how far the pull has come.
        aperture: diameter of the blur disc in widths of the picture, of what lies one unit of
            disparity off the focus; 0 or more.

    Raises:
        ValueError: no layer has that name, or an aperture below 0.
        IndexError: no layer shows that instance.
    """
    if not aperture >= 0:
        raise ValueError(f"The aperture is 0 or more picture widths, not {aperture}.")
    if isinstance(focus, (tuple, list)):
        if len(focus) != 2:
            raise ValueError(f"A focus pull goes from one layer to another, not over {focus}.")
        first, last = focus
    else:
        first = last = focus
    start, end = (seen_disparity(scene, camera, _subject(scene, part)) for part in (first, last))
    return dataclasses.replace(
        camera,
        focus=start + (end - start) * along.double(),
        aperture=torch.full((len(camera),), float(aperture), dtype=torch.float64),
    )


def seen_disparity(scene: LayeredScene, camera: Camera, subject: Subject) -> Tensor:
    """The disparity ``[F]`` of a point along the camera's own z: 1 / z, 0 if it is behind."""
    ray = subject.ray(scene)
    forward = camera.rotations[:, 2]
    depth = forward @ ray - (forward * camera.positions).sum(dim=-1) * subject.disparity
    return torch.where(depth > 0, subject.disparity / depth.clamp(min=1e-12), 0.0)


def _subject(scene: LayeredScene, which: int | str) -> Subject:
    return subject_of(find_layer(scene, which), scene)
