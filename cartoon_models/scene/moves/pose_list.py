"""A camera from poses of other programs: 4 x 4 matrices, or ComfyUI's own camera infos."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..camera import Camera
from ..data import LayeredScene
from .easing import SPLINE, ease
from .paths import check_frames
from .subject import near_disparity

_EXACT = 1e-3  # how far a rotation that was rounded may be off
_FAR_ROUND = 20.0  # degrees; beyond them flat layers look like the cardboard that they are
_AXES = np.diag([1.0, -1.0, -1.0])  # from y up, z to the viewer, to y down, z forward

_log = logging.getLogger("celkit")


def camera_from_poses(
    scene: LayeredScene,
    poses: Tensor | Sequence[Any] | Mapping[str, Any],
    frames: int = 75,
    fps: float = 25.0,
    easing: str = "ease in out",
    *,
    loop: bool = False,
) -> Camera:
    """A camera along a list of poses.

    As many poses as frames are taken frame by frame. Otherwise they are spread evenly over the clip
    and the camera moves between them, its turns along the shortest way.

    Args:
        poses: one of

            - matrices ``[N, 4, 4]`` or ``[N, 3, 4]`` from the world to the camera, x to the right,
              y down, z forward, as trackers have them. The unit matrix is the camera that took the
              picture, and 1 is the distance of the nearest layer.
            - ComfyUI's camera infos (LOAD3D_CAMERA; y is up): ``position``, ``target``, ``zoom``
              and perhaps ``quaternion``. The first one's target stands in the middle of the
              picture, at the distance of the nearest layer, and its distance is that of the camera
              that took the picture, from the front (from z). A single one is where the camera goes.
        frames: how many frames, 1 or more.
        fps: frames per second.
        easing: how the whole path starts and stops, one of `easing.EASINGS`; or ``"spline"``, one
            smooth curve. Not for poses that are taken frame by frame.
        loop: after the last pose the camera goes on to the first.

    Raises:
        ValueError: no poses, matrices that are no rotations and shifts, infos without numbers.
    """
    check_frames(frames, fps)
    poses = [poses] if isinstance(poses, Mapping) else poses
    infos = not isinstance(poses, Tensor) and any(isinstance(pose, Mapping) for pose in poses)
    rotations, places, zooms = (_of_infos if infos else _of_matrices)(poses)
    near = near_disparity(scene)
    if near <= 0 and np.abs(places).max() > 0:
        raise ValueError(
            "Everything in this scene is infinitely far away, where no change of place shows; give "
            "the scene a depth."
        )
    turns = np.degrees(np.arccos(np.clip((np.trace(rotations, axis1=1, axis2=2) - 1) / 2, -1, 1)))
    if turns.max() > _FAR_ROUND:
        _log.warning(
            "The camera turns by up to %.0f degrees. Flat layers look flat from there; up to %.0f "
            "look right.",
            turns.max(),
            _FAR_ROUND,
        )
    if len(rotations) != frames:
        along = _along(len(rotations), frames, easing, loop)
        rotations, places, zooms = _between(rotations, places, zooms, along, easing, loop)
    return Camera(
        torch.from_numpy(places / max(near, 1e-12)),
        torch.from_numpy(rotations),
        scene.focal * torch.from_numpy(zooms),
        torch.zeros(frames, 2),
        fps,
        name="poses",
    )


def is_pose_list(value: object) -> bool:
    """Whether something read from JSON is a list of matrices, and not of keys."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


Poses = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Rotations float64 ``[N, 3, 3]`` from the world to the camera, places ``[N, 3]`` in distances of
the nearest layer, zooms ``[N]``."""


def _of_matrices(poses: Tensor | Sequence[Any]) -> Poses:
    if not isinstance(poses, Tensor):
        poses = [pose.tolist() if isinstance(pose, Tensor) else pose for pose in poses]
    try:
        matrices = torch.as_tensor(poses, dtype=torch.float64).cpu().numpy()
    except (TypeError, ValueError):
        matrices = np.zeros(0)
    if matrices.ndim == 2:
        matrices = matrices[None]
    if matrices.ndim != 3 or not len(matrices) or matrices.shape[1:] not in ((4, 4), (3, 4)):
        raise ValueError(
            f"Poses are a list of 4 x 4 matrices of numbers, not of the shape "
            f"{list(matrices.shape)}."
        )
    last_rows = matrices[:, 3:]
    if not np.isfinite(matrices).all() or (np.abs(last_rows - [0, 0, 0, 1]) > _EXACT).any():
        raise ValueError(
            "The last row of a pose is 0, 0, 0, 1, and its numbers are finite. A pose whose last "
            "column is that is transposed."
        )
    given = matrices[:, :3, :3]
    left, _, right = np.linalg.svd(given)
    rotations = left @ right  # the nearest ones, without what rounding did
    if (np.abs(rotations - given) > _EXACT).any() or (np.linalg.det(rotations) < 0).any():
        raise ValueError("The first three columns of a pose are a rotation, without any scale.")
    places = -(rotations.transpose(0, 2, 1) @ matrices[:, :3, 3:])[..., 0]
    return rotations, places, np.ones(len(matrices))


def _of_infos(infos: Sequence[Any]) -> Poses:
    read = [_of_info(info) for info in infos]
    target, distance = read[0][1], float(np.linalg.norm(read[0][0] - read[0][1]))
    front = target + np.array([0.0, 0.0, distance])
    rotations = [np.stack([right, -up, ahead]) @ _AXES for *_, (right, up, ahead) in read]
    places = [_AXES @ (position - front) / distance for position, *_ in read]
    zooms = [zoom for _, _, zoom, _ in read]
    if len(read) == 1:
        rotations, places = [np.eye(3), *rotations], [np.zeros(3), *places]
        zooms = [1.0, *zooms]
    return np.stack(rotations), np.stack(places), np.array(zooms)


def _of_info(info: object) -> tuple[np.ndarray, np.ndarray, float, tuple[np.ndarray, ...]]:
    """Position, target, zoom, and the directions right, up and ahead of a camera info."""
    if not isinstance(info, Mapping):
        raise ValueError(f"A camera info has a position and a target, not {info!r}.")
    try:
        position, target = (
            np.array([float(info[name][axis]) for axis in "xyz"]) for name in ("position", "target")
        )
        zoom = float(info.get("zoom") or 1.0)
        turn = info.get("quaternion")
        turn = None if turn is None else [float(turn[axis]) for axis in "xyzw"]
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"A camera info has a position and a target, each with the numbers x, y and z, not "
            f"{info!r}."
        ) from None
    distance = float(np.linalg.norm(target - position))
    numbers = [*position, *target, zoom, *(turn or ())]
    if not all(map(math.isfinite, numbers)) or distance <= 0 or zoom <= 0:
        raise ValueError(
            f"The position and the target of a camera info are two places, and its zoom is above "
            f"0: {info!r}."
        )
    if turn is not None and any(turn):
        from scipy.spatial.transform import Rotation

        right, up, back = Rotation.from_quat(turn).as_matrix().T
        return position, target, zoom, (right, up, -back)
    ahead = (target - position) / distance
    right = np.cross(ahead, [0.0, 1.0, 0.0])
    length = np.linalg.norm(right)
    right = right / length if length > 1e-9 else np.array([1.0, 0.0, 0.0])  # straight down, or up
    return position, target, zoom, (right, np.cross(right, ahead), ahead)


def _along(count: int, frames: int, easing: str, loop: bool) -> np.ndarray:
    """Where in the list each frame is, 0 to count - 1, in a loop up to count: ``[F]``."""
    time = torch.arange(frames, dtype=torch.float64) / (frames if loop else max(frames - 1, 1))
    if easing != SPLINE and not loop:
        time = ease(easing, time)
    return (time * (count if loop else count - 1)).numpy()


def _between(
    rotations: np.ndarray,
    places: np.ndarray,
    zooms: np.ndarray,
    along: np.ndarray,
    easing: str,
    loop: bool,
) -> Poses:
    """The poses at places of the list between them."""
    if len(rotations) == 1:
        return tuple(np.repeat(each, len(along), axis=0) for each in (rotations, places, zooms))
    from scipy.interpolate import PchipInterpolator, make_interp_spline
    from scipy.spatial.transform import Rotation, Slerp

    if loop:
        rotations, places, zooms = (
            np.concatenate([each, each[:1]]) for each in (rotations, places, zooms)
        )
    at = np.arange(len(rotations), dtype=np.float64)
    turned = Slerp(at, Rotation.from_matrix(rotations))(along).as_matrix()
    if easing == SPLINE:
        return turned, PchipInterpolator(at, places)(along), PchipInterpolator(at, zooms)(along)
    straight = (make_interp_spline(at, each, k=1)(along) for each in (places, zooms))
    return turned, *straight
