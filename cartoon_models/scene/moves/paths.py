"""The path of a preset: its camera as a function of its amount."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor

from ..camera import Camera
from ..data import LayeredScene
from .auto_zoom import heading
from .easing import ease
from .poses import MOVES, Stage
from .subject import find_layer, near_disparity, nearest, subject_of

Path = Callable[[float], Camera]

_WITHOUT_DEPTH = ("still", "pan", "tilt")
_ROUND = ("orbit", "loop")
_TO_THE_MIDDLE = ("push-in", "pull-out")


def preset_path(
    name: str,
    scene: LayeredScene,
    frames: int = 75,
    fps: float = 25.0,
    *,
    easing: str = "ease in out",
    instance: int | None = None,
    seed: int = 0,
    loop: bool = False,
    reverse: bool = False,
    zoom: float = 1.0,
) -> Path:
    """What takes an amount and gives the camera; arguments and errors as of `camera_preset`."""
    name = preset_name(name)
    check_frames(frames, fps)
    if not 0.1 <= zoom <= 10:
        raise ValueError(f"The zoom of the lens is 0.1 to 10, not {zoom}.")
    along = progress_along(name, frames, easing, loop, reverse)
    stage = _stage(name, scene, fps, instance, seed, loop, zoom)

    def path(amount: float) -> Camera:
        camera = dataclasses.replace(MOVES[name](stage, along, amount), name=name)
        if name == "handheld" and reverse:  # which goes by the time, not by `along`
            camera = camera.frames(list(range(frames - 1, -1, -1)))
        return camera

    return path


def preset_name(name: str) -> str:
    """The name as `MOVES` has it; a blank or a low line may stand for the hyphen."""
    found = str(name).strip().lower().replace(" ", "-").replace("_", "-")
    if found not in MOVES:
        raise ValueError(f"Camera {name!r} is not known; use one of {', '.join(MOVES)}.")
    return found


def check_frames(frames: int, fps: float) -> None:
    """Refuses a clip of no frame or at no rate."""
    if isinstance(frames, bool) or int(frames) != frames or frames < 1:
        raise ValueError(f"A camera has 1 frame or more, not {frames}.")
    if not fps > 0:
        raise ValueError(f"The frame rate is above 0 frames per second, not {fps}.")


def progress_along(name: str, frames: int, easing: str, loop: bool, reverse: bool) -> Tensor:
    """How far a move has come in each frame, 0 to 1: float64 ``[F]``."""
    along = _round(frames, easing, loop, name) if name in _ROUND else pull(frames, easing, loop)
    return 1 - along if reverse != (name == "pull-out") else along


def pull(frames: int, easing: str, loop: bool) -> Tensor:
    """How far something has come that goes from 0 to 1, in a loop and back: float64 ``[F]``."""
    time = torch.arange(frames, dtype=torch.float64)
    return ease(easing, 1 - (2 * time / frames - 1).abs() if loop else time / max(frames - 1, 1))


def _round(frames: int, easing: str, loop: bool, name: str) -> Tensor:
    """The same once round: at one speed if the frame after the last is the first."""
    eased = ease(easing, torch.arange(frames, dtype=torch.float64) / max(frames - 1, 1))
    steady = torch.arange(frames, dtype=torch.float64) / frames
    return steady if loop or name == "loop" else eased


def _stage(
    name: str,
    scene: LayeredScene,
    fps: float,
    instance: int | None,
    seed: int,
    loop: bool,
    zoom: float,
) -> Stage:
    near = near_disparity(scene)
    if near <= 0 and name not in _WITHOUT_DEPTH:
        raise ValueError(
            f"Everything in this scene is infinitely far away, where {name!r} shows no movement; "
            'use "pan" or "tilt", or give the scene a depth.'
        )
    subject = nearest(scene) if instance is None else subject_of(find_layer(scene, instance), scene)
    ray = subject.ray(scene)
    if instance is None and name in _TO_THE_MIDDLE:
        ray = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    direction = heading(scene, near) if name == "auto-zoom" else (0.0, 0.0)
    return Stage(scene.focal * zoom, near, ray, subject.disparity, fps, seed, loop, direction)
