"""Cameras by the names that film has for their moves."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable

import torch
from torch import Tensor

from .auto_zoom import heading
from .camera import Camera
from .data import LayeredScene
from .easing import ease
from .focus import APERTURE, Focus, pull_focus
from .geometry import Size
from .moves import MOVES, Stage
from .subject import find_layer, nearest, subject_of

AUTO_SAFE = "auto safe"

PRESETS = {
    "still": "the camera that took the picture, and does not move",
    "push-in": "forward, to the instance or to the middle",
    "pull-out": "back; ends where the picture was taken",
    "pan": "the frame slides to the right over the picture, all layers alike",
    "tilt": "the frame slides up over the picture, all layers alike",
    "truck": "the camera moves to the right: near layers pass by far ones",
    "pedestal": "the camera moves up: near layers pass by far ones",
    "arc": "to the right on an arc round the instance, which stays in its place",
    "orbit": "once round a small circle, looking at the instance, which stays in its place",
    "dolly-zoom": "back while the lens zooms in: the instance keeps its size, what is behind grows",
    "handheld": "the small sways of a hand, another for each seed",
    "loop": "once round a lying ellipse without turning; closes, whatever loop says",
    "auto-zoom": "forward to the crop that shows the least of what was hidden (the published one)",
}
"""The moves and what they are, for people. Played backwards they go the other way."""

_log = logging.getLogger("celkit")


def camera_preset(
    name: str,
    scene: LayeredScene,
    frames: int = 75,
    fps: float = 25.0,
    amount: float | str = 0.03,
    *,
    easing: str = "ease in out",
    instance: int | None = None,
    seed: int = 0,
    loop: bool = False,
    reverse: bool = False,
    zoom: float = 1.0,
    focus: Focus | None = None,
    aperture: float = APERTURE,
    size: Size | None = None,
) -> Camera:
    """A camera that makes one of the `PRESETS`.

    Moves to the side run from half the amount left of where the picture was taken to half right of
    it, or up; "push-in", "dolly-zoom" and "auto-zoom" start at the picture, "pull-out" ends there.

    Args:
        name: which; a blank or a low line may stand for the hyphen.
        frames: how many frames, 1 or more.
        fps: frames per second.
        amount: by what share of the frame's width the nearest layer moves from end to end. For
            "push-in", "pull-out", "dolly-zoom" and "auto-zoom" it is how far the forward move takes
            points of it at the frame's left and right edge, so it grows by 1 + 2 amount; 0.125
            gives the published auto-zoom of 1.25. "arc" and "orbit" go as far as "truck" and turn.
            ``"auto safe"`` is the largest that reveals nothing unfilled; see `safe.safe_amount`.
        easing: how the move starts and stops; see `easing.EASINGS`. "handheld" has none, and
            moves that go round have none in a loop.
        instance: what "arc", "orbit" and "dolly-zoom" keep in its place and "push-in" and
            "pull-out" head for. By default the nearest layer, for the latter two the middle of the
            picture. Other moves do not look at it.
        seed: of "handheld".
        loop: the frame after the last is the first again: moves that do not go round by themselves
            go there and back.
        reverse: backwards in time.
        zoom: of the lens, for the whole move: 1.05 leaves out a border, which gives the camera room
            to move where the plate has no margin or a character is cut by the frame.
        focus: an instance by its number, a layer by its name, or a pair, from which to which the
            focus is pulled; by default everything is sharp.
        aperture: with a focus; see `Camera.aperture`.
        size: ``(H, W)`` of the frames, for ``"auto safe"``; the picture's by default.

    Raises:
        ValueError: no such preset, easing or layer; numbers out of their range; a scene without
            depth, where only "pan", "tilt" and "still" are to be seen.
        IndexError: no layer shows that instance.
    """
    path = preset_path(
        name,
        scene,
        frames,
        fps,
        easing=easing,
        instance=instance,
        seed=seed,
        loop=loop,
        reverse=reverse,
        zoom=zoom,
    )
    if amount == AUTO_SAFE:
        from .safe import largest_safe  # which needs this module

        found = largest_safe(path, scene, size)
        _log.info("%s: the safe amount is %.4f; %s.", name, found.amount, found.reason)
        if found.amount == 0:
            _log.warning(
                "%s: the camera does not move, as no move is safe: %s. A zoom of 1.05 gives room.",
                name,
                found.reason,
            )
        amount = found.amount
    camera = path(checked_amount(amount))
    if focus is not None:
        along = progress_along(preset_name(name), frames, easing, loop, reverse, pull=True)
        camera = pull_focus(camera, scene, focus, along, aperture)
    return camera


def preset_path(
    name: str,
    scene: LayeredScene,
    frames: int,
    fps: float,
    *,
    easing: str,
    instance: int | None,
    seed: int,
    loop: bool,
    reverse: bool,
    zoom: float,
) -> Callable[[float], Camera]:
    """The camera of a preset as a function of its amount; see `camera_preset`."""
    name = preset_name(name)
    if isinstance(frames, bool) or int(frames) != frames or frames < 1:
        raise ValueError(f"A camera has 1 frame or more, not {frames}.")
    if not fps > 0:
        raise ValueError(f"The frame rate is above 0 frames per second, not {fps}.")
    if not 0.1 <= zoom <= 10:
        raise ValueError(f"The zoom of the lens is 0.1 to 10, not {zoom}.")
    stage = _stage(name, scene, fps, instance, seed, loop or name == "loop", zoom)
    along = progress_along(name, frames, easing, loop, reverse)

    def path(amount: float) -> Camera:
        return dataclasses.replace(MOVES[name](stage, along, amount), name=name)

    return path


def preset_name(name: str) -> str:
    """The name as it stands in `PRESETS`."""
    found = str(name).strip().lower().replace(" ", "-").replace("_", "-")
    if found not in PRESETS:
        raise ValueError(f"Camera {name!r} is not known; use one of {', '.join(PRESETS)}.")
    return found


def checked_amount(amount: float | str) -> float:
    """The amount as a number in its range."""
    try:
        number = float(amount)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError(
            f"The amount of a move is 0 to 1 widths of the frame or {AUTO_SAFE!r}, not {amount!r}."
        )
    return number


def progress_along(
    name: str, frames: int, easing: str, loop: bool, reverse: bool, pull: bool = False
) -> Tensor:
    """How far a move has come in each frame, 0 to 1: float64 ``[F]``.

    Args:
        pull: of a focus pull on the move, which goes there and back where the move goes round.
    """
    round_trip = name in ("orbit", "loop") and not pull
    time = torch.arange(frames, dtype=torch.float64)
    if loop or name == "loop":
        time = time / frames
        along = time if round_trip else ease(easing, 1 - (2 * time - 1).abs())
        ease(easing, time[:1])  # an unknown one is told in any case
    else:
        along = ease(easing, time / max(frames - 1, 1))
    if reverse != (name == "pull-out" and not pull):
        along = 1 - along
    return along


def _stage(
    name: str,
    scene: LayeredScene,
    fps: float,
    instance: int | None,
    seed: int,
    loop: bool,
    zoom: float,
) -> Stage:
    near = nearest(scene)
    if near.disparity <= 0 and name not in ("still", "pan", "tilt"):
        raise ValueError(
            f"Everything in this scene is infinitely far away, where {name!r} shows no movement; "
            'use "pan" or "tilt", or give the scene a depth.'
        )
    subject = near if instance is None else subject_of(find_layer(scene, instance), scene)
    ray = subject.ray(scene)
    if instance is None and name in ("push-in", "pull-out"):
        ray = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    direction = heading(scene, near.disparity) if name == "auto-zoom" else (0.0, 0.0)
    return Stage(
        scene.focal * zoom, near.disparity, ray, subject.disparity, fps, seed, loop, direction
    )
