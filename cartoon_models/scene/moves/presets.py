"""Cameras by the names that film has for their moves."""

from __future__ import annotations

import logging

from ..camera import Camera
from ..data import LayeredScene
from ..geometry import Size
from .focus import APERTURE, Focus, pull_focus
from .paths import Path, preset_path, pull
from .safe import SafeMove, largest_safe

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
    "loop": "once round a lying ellipse without turning; always closes",
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

    "pan" and "tilt" slide the frame, as a camera over drawings does that cannot turn: no line of
    the picture bends. `camera_keyframes` turns the camera.

    Args:
        name: which; a blank or a low line may stand for the hyphen.
        frames: how many frames, 1 or more.
        fps: frames per second.
        amount: by what share of the frame's width the nearest layer moves from end to end, 0 to 1
            (see `subject.near_disparity`).
            For "push-in", "pull-out", "dolly-zoom" and "auto-zoom" it is how far the forward move
            takes points of it at the frame's left and right edge, so it grows by 1 + 2 amount;
            0.125 gives the published auto-zoom of 1.25. "arc" and "orbit" go as far as "truck" and
            turn. ``"auto safe"`` is the largest that reveals nothing unfilled and no cut edge, at
            most `safe.LARGEST`; see `safe.safe_amount`.
        easing: how the move starts and stops; see `easing.EASINGS`. "handheld" and "loop" have
            none, and "orbit" has none in a loop.
        instance: what "arc", "orbit" and "dolly-zoom" keep in its place and "push-in" and
            "pull-out" head for. By default the nearest layer, for the latter two the middle of the
            picture. Other moves do not look at it.
        seed: of "handheld".
        loop: the frame after the last is the first again: moves that do not go round by themselves
            go there and back.
        reverse: backwards in time; a focus pull still goes the way it says.
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
        amount = _safe(name, path, scene, size).amount
    camera = path(_checked(amount))
    if focus is not None:
        camera = pull_focus(camera, scene, focus, pull(frames, easing, loop), aperture)
    return camera


def safe_move(name: str, scene: LayeredScene, size: Size | None = None, **options) -> SafeMove:
    """The largest safe amount of a preset and what is in the way of more, for people.

    Args:
        size: ``(H, W)`` of the frames; the picture's by default.
        options: those of `camera_preset` that `preset_path` takes.
    """
    return _safe(name, preset_path(name, scene, **options), scene, size)


def _safe(name: str, path: Path, scene: LayeredScene, size: Size | None) -> SafeMove:
    found = largest_safe(path, scene, size)
    _log.log(logging.INFO if found.amount > 0 else logging.WARNING, "%s: %s.", name, found)
    return found


def _checked(amount: float | str) -> float:
    try:
        number = float(amount)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError(
            f"The amount of a move is 0 to 1 widths of the frame or {AUTO_SAFE!r}, not {amount!r}."
        )
    return number
