"""Inputs and outputs that several nodes of scenes have, so that they look alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from comfy_api.latest import io

from ..cartoon_models.scene import Camera, LayeredScene
from ..cartoon_models.scene.moves.easing import EASINGS
from ..cartoon_models.scene.moves.framing import fill_frame
from ..cartoon_models.scene.render.frames import INTERPOLATIONS
from . import wire
from .convert import check_choice

CATEGORY = "CelKit/scene"

PERCENT = 100.0
FRAMINGS = ("fill the frame", "full width")

T = TypeVar("T")


def scene_input(tooltip: str = "The layers.") -> io.Input:
    """Scenes of one picture or of a batch."""
    return wire.CelKitScene.Input("scene", tooltip=tooltip)


def scene_output() -> io.Output:
    """Scenes, one entry per picture."""
    return wire.CelKitScene.Output(display_name="scene", tooltip="The layers, picture by picture.")


def camera_input(
    optional: bool = False, tooltip: str = "What flies through the scene."
) -> io.Input:
    """Cameras, one per scene or one for all."""
    return wire.CelKitCamera.Input("camera", optional=optional, tooltip=tooltip)


def camera_output() -> io.Output:
    """Cameras, one per scene."""
    return wire.CelKitCamera.Output(
        display_name="camera", tooltip="One path per scene: for the nodes that render."
    )


def length_inputs(*more_easings: str) -> list[io.Input]:
    """How long a move takes and how it starts and stops."""
    smooth = "; spline: one curve through all keys" if more_easings else ""
    return [
        io.Int.Input("frames", default=75, min=1, max=100000, tooltip="How many frames."),
        io.Float.Input(
            "fps", default=25.0, min=0.1, max=1000.0, step=0.001, tooltip="Frames per second."
        ),
        io.Combo.Input(
            "easing",
            options=[*EASINGS, *more_easings],
            default="ease in out",
            tooltip="How the move starts and stops: linear at once, the others gently; soft most "
            f"gently{smooth}.",
        ),
    ]


def render_inputs() -> list[io.Input]:
    """How frames are drawn."""
    return [
        io.Int.Input(
            "width",
            default=0,
            min=0,
            max=16384,
            tooltip="Width of the frames in pixels; 0: the picture's.",
        ),
        io.Int.Input(
            "height",
            default=0,
            min=0,
            max=16384,
            tooltip="Height of the frames in pixels; 0: as the picture's shape asks for. Of "
            "another shape the frames show a part of the picture, see framing.",
        ),
        io.Combo.Input(
            "interpolation",
            options=list(INTERPOLATIONS),
            default=INTERPOLATIONS[0],
            tooltip="bicubic is sharp; bilinear is faster and softer.",
        ),
        io.Boolean.Input(
            "depth_of_field",
            default=True,
            tooltip="Blur what is out of the camera's focus, if it has one.",
        ),
        io.Int.Input(
            "motion_blur",
            default=0,
            min=0,
            max=64,
            tooltip="How many moments make up a frame; 0 for none, 8 is smooth and takes 8 times "
            "as long.",
        ),
        io.Float.Input(
            "shutter",
            default=0.5,
            min=0.0,
            max=1.0,
            step=0.05,
            tooltip="Share of a frame's time that the shutter is open, for motion_blur.",
        ),
    ]


def framing_input() -> io.Input:
    """What frames show that are taller than the picture; the last input, for it is a later one."""
    return io.Combo.Input(
        "framing",
        options=list(FRAMINGS),
        default=FRAMINGS[0],
        optional=True,
        tooltip="What frames show that are taller than the picture. fill the frame: its middle, "
        "cut at the left and right. full width: all of its width, and above and below as much "
        "background as was made up.",
    )


def framed(camera: Camera, scene: LayeredScene, size: tuple[int, int], framing: str) -> Camera:
    """The camera whose frames of this size show what the widget says."""
    check_choice("framing", framing, FRAMINGS)
    return fill_frame(camera, scene, size) if framing == FRAMINGS[0] else camera


def frame_size(scene: LayeredScene, width: int, height: int) -> tuple[int, int]:
    """``(H, W)`` of the frames that the widgets ask for; 0 for either follows from the other."""
    full_height, full_width = scene.size
    if width and height:
        return height, width
    if width:
        return max(1, round(width * full_height / full_width)), width
    if height:
        return height, max(1, round(height * full_width / full_height))
    return scene.size


def one_for_each(items: Sequence[T] | None, count: int, what: str) -> list[T | None]:
    """The items, one for each of ``count`` pictures; a single one is for all, None is for none.

    Raises:
        ValueError: another number of items.
    """
    if items is None:
        return [None] * count
    if len(items) not in (1, count):
        raise ValueError(
            f"There are {count} pictures, but {len(items)} {what}; give as many, or one for all."
        )
    return [items[i % len(items)] for i in range(count)]


def paired(
    scenes: Sequence[LayeredScene], cameras: Sequence[Camera]
) -> list[tuple[LayeredScene, Camera]]:
    """Each scene with its camera; one of either goes with all of the other.

    Raises:
        ValueError: two different counts, neither of them 1.
    """
    if len(scenes) != len(cameras) and 1 not in (len(scenes), len(cameras)):
        raise ValueError(
            f"There are {len(scenes)} scenes, but {len(cameras)} cameras; give as many, or one for "
            f"all."
        )
    count = max(len(scenes), len(cameras))
    return [(scenes[i % len(scenes)], cameras[i % len(cameras)]) for i in range(count)]
