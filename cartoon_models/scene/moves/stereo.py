"""A camera for each eye."""

from __future__ import annotations

import dataclasses

import torch

from ..camera import Camera


def stereo(
    camera: Camera, eye_distance: float = 0.03, converge: float | None = None
) -> tuple[Camera, Camera]:
    """The cameras of the left and the right eye, side by side and looking the same way.

    Both are shifted in their lens rather than turned in, so that no point is higher in one eye than
    in the other.

    Args:
        eye_distance: between the eyes, in distances of the nearest thing in the picture; 0 or more.
        converge: the disparity, along the camera's own z, that both eyes see at the same place of
            the frame, on the screen; what is nearer stands out of it. By default what the camera
            has in focus, and 1, the nearest thing, if everything is sharp.

    Raises:
        ValueError: a distance below 0 or numbers that are not finite.
    """
    if not 0 <= eye_distance < float("inf"):
        raise ValueError(f"The distance between the eyes is 0 or more, not {eye_distance}.")
    if converge is not None:
        at = torch.full((len(camera),), float(converge), dtype=torch.float64)
    else:
        at = torch.ones(len(camera)).double() if camera.focus is None else camera.focus
    eyes = []
    for side in (-1, 1):
        aside = side * eye_distance / 2
        # Its own x axis, in the scene, is the first row of a camera's rotation.
        positions = camera.positions + aside * camera.rotations[:, 0]
        shifts = camera.shifts.clone()
        shifts[:, 0] += camera.focals * aside * at
        eyes.append(dataclasses.replace(camera, positions=positions, shifts=shifts))
    return eyes[0], eyes[1]
