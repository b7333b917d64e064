"""A camera from what it should be at some times."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..camera import Camera
from ..data import LayeredScene
from .easing import EASINGS, SPLINE, ease
from .focus import APERTURE, seen_disparity
from .paths import check_frames
from .pose_list import camera_from_poses, is_pose_list
from .poses import Stage, turned
from .subject import find_layer, near_disparity, subject_of

NUMBERS = {
    "x": 0.0,
    "y": 0.0,
    "z": 0.0,
    "pan": 0.0,
    "tilt": 0.0,
    "yaw": 0.0,
    "pitch": 0.0,
    "roll": 0.0,
    "zoom": 1.0,
    "aperture": APERTURE,
}
"""What a key may set, and what holds where no key sets it."""

_OTHERS = ("time", "easing", "focus")


def camera_keyframes(
    scene: LayeredScene,
    keys: str | Sequence[dict[str, Any]],
    frames: int = 75,
    fps: float = 25.0,
    easing: str = "ease in out",
    *,
    loop: bool = False,
) -> Camera:
    """A camera that is as its keys say at their times and moves between them.

    A key is a dictionary with a ``"time"`` in seconds and any of these; what it does not set goes
    on between the keys that do, and holds before the first and after the last of them:

    - ``x``, ``y``: where the camera is, to the right and down, by what share of the frame's width
      the nearest layer moves for it.
    - ``z``: how far it is forward: the nearest layer is seen 1 + 2 z times as large; above -0.5.
    - ``pan``, ``tilt``: how far the frame has slid over the picture, to the right and down, in
      widths of the frame.
    - ``yaw``, ``pitch``, ``roll``: how far the camera is turned, in degrees: to the right, down,
      and clockwise about its own axis.
    - ``zoom``: of the lens, above 0; 2 shows half as much.
    - ``focus``: an instance by its number or a layer by its name; ``aperture``: see `Camera`. With
      no focus in any key everything is sharp.
    - ``easing``: how it goes from this key to the next, in place of `easing`.

    Args:
        keys: the keys in any order, or a JSON list of them; or a list of matrices, see
            `pose_list.camera_from_poses`.
        frames: how many frames, 1 or more.
        fps: frames per second.
        easing: one of `easing.EASINGS`, or ``"spline"``.
        loop: after the last frame everything is as at time 0 again.

    Raises:
        ValueError: JSON that is none, keys without a time or with something unknown, two keys for
            one time, numbers out of their range; the message has the key.
        IndexError: no layer shows that instance.
    """
    check_frames(frames, fps)
    keys = _parsed(keys)
    if is_pose_list(keys):
        return camera_from_poses(scene, keys, frames, fps, easing, loop=loop)
    keys = _read(keys)
    _check_easings(keys, easing)
    time = torch.arange(frames, dtype=torch.float64) / fps
    period = frames / fps if loop else None
    set_numbers = {
        name: _track(keys, name, time, easing, period, rest) for name, rest in NUMBERS.items()
    }
    camera = _posed(scene, set_numbers, fps)
    focused = [key for key in keys if "focus" in key]
    if not focused:
        return camera
    if not bool((set_numbers["aperture"] >= 0).all()):
        raise ValueError("The aperture of a key is 0 or more picture widths.")
    return dataclasses.replace(
        camera,
        focus=_focus(scene, camera, focused, time, easing, period),
        aperture=set_numbers["aperture"],
    )


def _parsed(keys: object) -> object:
    """What a text of JSON says; what is no text as it is."""
    if not isinstance(keys, str):
        return keys
    if not keys.strip():
        raise ValueError('There are no keyframes; write a list like [{"time": 0, "x": 0.1}].')
    try:
        return json.loads(keys)
    except json.JSONDecodeError as error:
        hint = ' JSON has its names in "double quotes".' if "'" in keys else ""
        raise ValueError(f"The keyframes are not JSON: {error}.{hint}") from error


def _read(keys: object) -> list[dict[str, Any]]:
    """The keys in the order of their times, checked."""
    if not isinstance(keys, (list, tuple)) or not keys:
        raise ValueError('Keyframes are a list with one key or more, like [{"time": 0, "x": 0.1}].')
    for key in keys:
        if not isinstance(key, dict) or "time" not in key:
            raise ValueError(f'A key is a dictionary with a "time" in seconds, not {key!r}.')
        unknown = set(key) - set(NUMBERS) - set(_OTHERS)
        if unknown:
            raise ValueError(
                f"A key has no {', '.join(map(repr, sorted(map(str, unknown))))}; it may have "
                f"{', '.join((*_OTHERS, *NUMBERS))}."
            )
        for name in ("time", *NUMBERS):
            if name in key and not _is_number(key[name]):
                raise ValueError(f"{name!r} of a key is a finite number, not {key[name]!r}: {key}.")
        for name in ("x", "y"):
            if not abs(key.get(name, 0)) <= 1:
                raise ValueError(
                    f"{name!r} of a key is a share of the frame's width, -1 to 1; 0.03 is 3 %, and "
                    f"{key[name]} is too much: {key}."
                )
        if key.get("zoom", 1) <= 0:
            raise ValueError(f"The zoom of a key is above 0: {key}.")
        if key.get("z", 0) <= -0.5:
            raise ValueError(f"z of a key is above -0.5, where the nearest layer vanishes: {key}.")
    keys = sorted(keys, key=lambda key: key["time"])
    times = [key["time"] for key in keys]
    if len(set(times)) < len(times):
        raise ValueError(f"Two keys have the same time; the times are {times}.")
    return keys


def _check_easings(keys: list[dict[str, Any]], easing: str) -> None:
    own = [key["easing"] for key in keys if "easing" in key]
    if easing == SPLINE and own:
        raise ValueError(f"A spline goes through all keys, so that none has an easing: {own}.")
    for name in (*own, *(() if easing == SPLINE else (easing,))):
        if name not in EASINGS:
            raise ValueError(
                f"Easing {name!r} is not known; use one of {', '.join(EASINGS)} or, for all keys, "
                f"{SPLINE!r}."
            )


def _track(
    keys: list[dict[str, Any]],
    name: str,
    time: Tensor,
    easing: str,
    period: float | None,
    rest: float,
) -> Tensor:
    """A number at all times: float64 ``[F]``."""
    having = [key for key in keys if name in key]
    if not having:
        return torch.full_like(time, rest)
    stops = _stops(having, easing, period)
    values = torch.tensor([float(key[name]) for _, key, _ in stops], dtype=torch.float64)
    if len(stops) > 1 and easing == SPLINE:
        from scipy.interpolate import PchipInterpolator

        at = np.array([moment for moment, _, _ in stops])
        curve = PchipInterpolator(at, values.numpy())
        return torch.from_numpy(curve(np.clip(time.numpy(), at[0], at[-1])))
    return _weights(stops, time) @ values


def _stops(
    keys: list[dict[str, Any]], easing: str, period: float | None
) -> list[tuple[float, dict[str, Any], str]]:
    """Times, keys and the curve that leads on; in a loop the neighbours of the clip's ends too."""
    stops = [(float(key["time"]), key, key.get("easing", easing)) for key in keys]
    if period is None:
        return stops
    stops = [stop for stop in stops if 0 <= stop[0] < period] or stops[:1]
    shifted = [
        [(moment + turns * period, key, curve) for moment, key, curve in stops]
        for turns in (-1, 0, 1)
    ]
    return [*shifted[0], *shifted[1], *shifted[2]]


def _weights(stops: list[tuple[float, dict[str, Any], str]], time: Tensor) -> Tensor:
    """What each stop has in each frame: float64 ``[F, stops]``, rows of sum 1."""
    at = torch.tensor([moment for moment, _, _ in stops], dtype=torch.float64)
    weights = torch.zeros(len(time), len(stops), dtype=torch.float64)
    last = torch.searchsorted(at, time, right=True) - 1
    weights[last < 0, 0] = 1
    weights[last == len(stops) - 1, -1] = 1
    for index, (start, _, curve) in enumerate(stops[:-1]):
        here = last == index
        share = ease(
            "ease in out" if curve == SPLINE else curve,
            (time[here] - start) / (stops[index + 1][0] - start),
        )
        weights[here, index], weights[here, index + 1] = 1 - share, share
    return weights


def _posed(scene: LayeredScene, numbers: dict[str, Tensor], fps: float) -> Camera:
    near = near_disparity(scene)
    moved = any(bool((numbers[axis] != 0).any()) for axis in "xyz")
    if near <= 0 and moved:
        raise ValueError(
            "Everything in this scene is infinitely far away, where x, y and z show no movement; "
            "set pan, tilt, yaw, pitch, roll or zoom, or give the scene a depth."
        )
    stage = Stage(scene.focal, near if near > 0 else 1.0, torch.zeros(3).double(), near)
    forward = (1 - 1 / (1 + 2 * numbers["z"])) / stage.near
    x, y = stage.aside(numbers["x"]), stage.aside(numbers["y"])
    yaw, pitch, roll = (numbers[name] * math.pi / 180 for name in ("yaw", "pitch", "roll"))
    return Camera(
        torch.stack([x, y, forward], dim=-1),
        turned(yaw, pitch, roll),
        scene.focal * numbers["zoom"],
        -torch.stack([numbers["pan"], numbers["tilt"]], dim=-1),
        fps,
        name="keyframes",
    )


def _focus(
    scene: LayeredScene,
    camera: Camera,
    keys: list[dict[str, Any]],
    time: Tensor,
    easing: str,
    period: float | None,
) -> Tensor:
    """The disparity that is sharp in each frame: between what the keys name, as they then lie."""
    stops = _stops(keys, easing, period)
    lie = [
        seen_disparity(scene, camera, subject_of(find_layer(scene, key["focus"]), scene))
        for _, key, _ in stops
    ]
    return (_weights(stops, time) * torch.stack(lie, dim=-1)).sum(dim=-1)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
