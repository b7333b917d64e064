"""Nodes that make cameras: by the names of film moves, and by keyframes."""

from __future__ import annotations

from comfy_api.latest import io

from ..cartoon_models.scene import camera_preset
from ..cartoon_models.scene.moves.easing import EASINGS, SPLINE
from ..cartoon_models.scene.moves.keyframes import NUMBERS, camera_keyframes
from ..cartoon_models.scene.moves.pose_list import camera_from_poses
from ..cartoon_models.scene.moves.presets import PRESETS, safe_move
from . import convert, scene_shared, wire

STILL = "still"  # the one preset that has no amount
KEYFRAMES = """[
  {"time": 0, "x": -0.02, "z": 0},
  {"time": 3, "x": 0.02, "z": 0.05}
]"""


class CelKitCameraPreset(io.ComfyNode):
    """A camera that makes one of the moves that film has names for."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitCameraPreset",
            display_name="Camera Preset",
            category=scene_shared.CATEGORY,
            description="Flies a camera through a scene by the names of film: push-in, pan, truck, "
            "orbit, dolly-zoom and others.",
            inputs=[
                scene_shared.scene_input(),
                io.Combo.Input(
                    "preset",
                    options=list(PRESETS),
                    default="push-in",
                    tooltip="; ".join(f"{name}: {text}" for name, text in PRESETS.items()) + ".",
                ),
                io.Float.Input(
                    "amount",
                    default=3.0,
                    min=0.0,
                    max=100.0,
                    step=0.1,
                    tooltip="How far the nearest layer moves, in percent of the frame's width: 1 "
                    "is subtle, 3 is clear, 10 is a lot.",
                ),
                io.Boolean.Input(
                    "auto_safe",
                    default=False,
                    tooltip="Take the largest amount that shows nothing that is not filled, "
                    "instead of the number. The scene has to be filled before.",
                ),
                *scene_shared.length_inputs(),
                io.Int.Input(
                    "instance",
                    default=-1,
                    min=-1,
                    max=10000,
                    tooltip="The character that the move is about, by its number in the preview: "
                    "what push-in heads for, what arc, orbit and dolly-zoom keep in its place. -1: "
                    "the middle of the picture, or the nearest layer.",
                ),
                io.Boolean.Input(
                    "loop",
                    default=False,
                    tooltip="Go there and back, so that the first frame follows on the last.",
                ),
                io.Boolean.Input("reverse", default=False, tooltip="Backwards in time."),
                io.Float.Input(
                    "zoom",
                    default=1.0,
                    min=0.1,
                    max=10.0,
                    step=0.01,
                    tooltip="Of the lens, for the whole move. 1.05 leaves out a border, which "
                    "gives the camera room where a character is cut by the frame.",
                ),
                io.String.Input(
                    "focus",
                    default="",
                    tooltip="What is sharp: a character's number or a layer's name; with a comma "
                    "between two the focus is pulled from one to the other: 0, 2. Empty: "
                    "everything is.",
                ),
                io.Float.Input(
                    "aperture",
                    default=1.0,
                    min=0.0,
                    max=20.0,
                    step=0.1,
                    tooltip="How blurred the rest is, with a focus: the blur in percent of the "
                    "frame's width.",
                ),
                io.Int.Input(
                    "seed",
                    default=0,
                    min=0,
                    max=2**32 - 1,
                    control_after_generate=False,
                    tooltip="Of the preset handheld: another seed, another hand.",
                ),
            ],
            outputs=[
                scene_shared.camera_output(),
                io.String.Output(display_name="text", tooltip="What the camera does, in words."),
            ],
        )

    @classmethod
    def execute(
        cls,
        scene: list,
        preset: str,
        amount: float,
        auto_safe: bool,
        instance: int,
        focus: str,
        aperture: float,
        **options: object,
    ) -> io.NodeOutput:
        convert.check_choice("preset", preset, PRESETS)
        options["instance"] = None if instance < 0 else instance
        cameras, texts = [], []
        for item in scene:
            far, how_far = amount / scene_shared.PERCENT, f"{amount:g} % of the frame's width"
            if auto_safe and preset != STILL:
                found = safe_move(preset, item, **options)
                far, how_far = found.amount, str(found)
            camera = camera_preset(
                preset,
                item,
                amount=far,
                focus=focus_of(focus),
                aperture=aperture / scene_shared.PERCENT,
                **options,
            )
            cameras.append(camera)
            said = f"{camera.name}, {len(camera)} frames"
            texts.append(said if preset == STILL else f"{said}, {how_far}")
        return io.NodeOutput(cameras, "\n".join(texts))


class CelKitCameraKeyframes(io.ComfyNode):
    """A camera from what it should be at some times."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitCameraKeyframes",
            display_name="Camera Keyframes",
            category=scene_shared.CATEGORY,
            description="Flies a camera along a path of your own: a list of moments, and where the "
            "camera is then. Between them it moves smoothly.",
            inputs=[
                scene_shared.scene_input(),
                io.String.Input(
                    "keyframes",
                    default=KEYFRAMES,
                    multiline=True,
                    tooltip='JSON: a list of keys, each with a "time" in seconds and any of '
                    f"{', '.join(NUMBERS)}, focus, easing. The help page says what they are. Or a "
                    "list of 4x4 matrices.",
                ),
                *scene_shared.length_inputs(SPLINE),
                io.Boolean.Input(
                    "loop",
                    default=False,
                    tooltip="After the last frame everything is as in the first again.",
                ),
                io.MultiType.Input(
                    "poses",
                    [wire.CameraInfo, wire.PlainTensor],
                    optional=True,
                    tooltip="A camera of other nodes, in place of the keyframes: ComfyUI's camera "
                    "info, where the camera then goes, or a trajectory of 4x4 matrices.",
                ),
            ],
            outputs=[scene_shared.camera_output()],
        )

    @classmethod
    def execute(
        cls,
        scene: list,
        keyframes: str,
        frames: int,
        fps: float,
        easing: str,
        loop: bool,
        poses: object = None,
    ) -> io.NodeOutput:
        convert.check_choice("easing", easing, (*EASINGS, SPLINE))
        make, path = camera_keyframes, keyframes
        if poses is not None:
            make, path = camera_from_poses, poses
        return io.NodeOutput([make(item, path, frames, fps, easing, loop=loop) for item in scene])


def focus_of(text: str) -> int | str | tuple | None:
    """What the widget says as camera_preset takes it: a number, a name, or two with a comma."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [int(part) if part.isdigit() else part for part in parts]
    if len(found) > 2:
        raise ValueError(f"A focus is one layer, or two with a comma between them, not {text!r}.")
    return None if not found else found[0] if len(found) == 1 else tuple(found)
