"""Nodes that show scenes: as frames, as a video on disk, and taken apart to look at."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence

import folder_paths
import torch
from comfy.cli_args import args
from comfy_api.latest import InputImpl, io, ui

from ..cartoon_models.scene import Camera, LayeredScene, render_frames
from ..cartoon_models.scene.moves.stereo import stereo as stereo_cameras
from ..cartoon_models.scene.render.frames import render_details
from ..cartoon_models.scene.render.output import STEREO_LAYOUTS, render_rgba, render_stereo
from ..cartoon_models.scene.reveal import reveal_mask
from ..cartoon_models.scene.show import draw_depth, draw_layers, draw_reveal
from ..cartoon_models.video import CODECS, write_video
from . import convert, models, saved, scene_shared

STEREO_OFF = "off"
USUAL_QUALITY = -1
IN_BROWSERS = (".mp4", ".webm")
_MANY_BYTES = 2 * 2**30

log = logging.getLogger("celkit")


class CelKitRenderScene(io.ComfyNode):
    """LayeredScene and Camera -> IMAGE frames."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitRenderScene",
            display_name="Render Scene",
            category=scene_shared.CATEGORY,
            description="Draws what the camera sees, frame by frame, as a batch of images. All "
            "frames are in memory at once: for long clips use Render Scene to Video.",
            inputs=[
                scene_shared.scene_input(),
                scene_shared.camera_input(),
                *scene_shared.render_inputs(),
                *stereo_inputs(),
                scene_shared.framing_input(),
            ],
            outputs=[
                io.Image.Output(
                    display_name="frames", tooltip="The frames; of a batch, scene after scene."
                ),
                io.Float.Output(display_name="fps", tooltip="Frames per second, for Create Video."),
            ],
        )

    @classmethod
    def execute(
        cls, scene: list, camera: list, width: int, height: int, **options: object
    ) -> io.NodeOutput:
        pairs = scene_shared.paired(scene, camera)
        work = zip(pairs, models.progress_per_picture(len(pairs)), strict=True)
        batches = [
            _batch(
                drawn(item, path, width, height, progress=step, **options),
                len(path),
            )
            for (item, path), step in work
        ]
        return io.NodeOutput(convert.joined_batches(batches), pairs[0][1].fps)


class CelKitRenderSceneMaps(io.ComfyNode):
    """LayeredScene and Camera -> alpha, depth and instances of each frame."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitRenderSceneMaps",
            display_name="Render Scene Maps",
            category=scene_shared.CATEGORY,
            description="Draws what the camera sees together with its transparency, its depth and "
            "which character each pixel shows: for compositing, and for models that take depth.",
            inputs=[
                scene_shared.scene_input(),
                scene_shared.camera_input(),
                *scene_shared.render_inputs(),
                scene_shared.framing_input(),
            ],
            outputs=[
                io.Image.Output(display_name="frames", tooltip="The frames, over black."),
                io.Mask.Output(
                    display_name="alpha",
                    tooltip="1 where the camera sees something, frame by frame.",
                ),
                io.Image.Output(
                    display_name="depth", tooltip="How near everything is; white is near."
                ),
                io.Mask.Output(
                    display_name="instances",
                    tooltip="Which character each pixel shows: its number plus 1, divided by 255; "
                    "0 for the background.",
                ),
                io.Float.Output(display_name="fps", tooltip="Frames per second."),
            ],
        )

    @classmethod
    def execute(
        cls,
        scene: list,
        camera: list,
        width: int,
        height: int,
        framing: str = scene_shared.FRAMINGS[0],
        **options: object,
    ) -> io.NodeOutput:
        pairs = scene_shared.paired(scene, camera)
        work = zip(pairs, models.progress_per_picture(len(pairs)), strict=True)
        columns: list[list[torch.Tensor]] = [[], [], [], []]
        for (item, path), step in work:
            size = scene_shared.frame_size(item, width, height)
            path = scene_shared.framed(path, item, size, framing)
            device = models.drawing_device(item)
            for frame in render_details(item, path, size, progress=step, device=device, **options):
                depth = frame.depth[..., None].expand(-1, -1, 3)
                numbers = (frame.instances.float() + 1) / 255
                for column, value in zip(
                    columns, (frame.picture, frame.alpha, depth, numbers), strict=True
                ):
                    column.append(value.cpu())
        frames, alpha, depth, numbers = (convert.image_of(column) for column in columns)
        return io.NodeOutput(frames, alpha, depth, numbers, pairs[0][1].fps)


class CelKitRenderSceneToVideo(io.ComfyNode):
    """LayeredScene and Camera -> a video file."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitRenderSceneToVideo",
            display_name="Render Scene to Video",
            category=scene_shared.CATEGORY,
            description="Draws what the camera sees straight into a video in ComfyUI's output "
            "folder and shows it here. Frames are encoded as they are drawn, so that long clips "
            "need no more memory than short ones. The file holds the workflow.",
            inputs=[
                scene_shared.scene_input(),
                scene_shared.camera_input(),
                io.String.Input(
                    "filename_prefix",
                    default="celkit/ken_burns",
                    tooltip="Name of the file, counted up: celkit/ken_burns_00001_.mp4. May "
                    "contain %year%, %month%, %day% and so on.",
                ),
                io.Combo.Input(
                    "codec",
                    options=list(CODECS),
                    default="h264",
                    tooltip="h264: .mp4, plays everywhere. vp9: .webm, with transparency. prores: "
                    ".mov for video editors, with transparency. ffv1: .mkv, every pixel as it is.",
                ),
                io.Int.Input(
                    "crf",
                    default=USUAL_QUALITY,
                    min=USUAL_QUALITY,
                    max=63,
                    tooltip="Quality of h264 (0 best to 51) and vp9 (0 to 63): lower is better and "
                    "larger. -1: 16 and 20, which look like the frames.",
                ),
                io.Boolean.Input(
                    "ping_pong",
                    default=False,
                    tooltip="There and back again, so that the clip has no jump when it repeats.",
                ),
                io.Int.Input(
                    "repeats", default=1, min=1, max=1000, tooltip="How many times it is shown."
                ),
                io.Boolean.Input(
                    "transparency",
                    default=False,
                    tooltip="Keep what is see-through, for all codecs but h264. Not for stereo.",
                ),
                *scene_shared.render_inputs(),
                *stereo_inputs(),
                scene_shared.framing_input(),
            ],
            outputs=[
                io.Video.Output(
                    display_name="video",
                    is_output_list=True,
                    tooltip="The video, for ComfyUI's own video nodes; of a batch, one per scene.",
                ),
                io.String.Output(display_name="paths", tooltip="The files, one per line."),
            ],
            is_output_node=True,
        )

    @classmethod
    def execute(
        cls,
        scene: list,
        camera: list,
        filename_prefix: str,
        codec: str,
        crf: int,
        ping_pong: bool,
        repeats: int,
        transparency: bool,
        width: int,
        height: int,
        **options: object,
    ) -> io.NodeOutput:
        convert.check_choice("codec", codec, CODECS)
        pairs = scene_shared.paired(scene, camera)
        output = folder_paths.get_output_directory()
        size = scene_shared.frame_size(pairs[0][0], width, height)
        names = saved.new_folders(filename_prefix, output, size, len(pairs))
        files = [name + CODECS[codec].suffixes[0] for name in names]
        work = zip(files, pairs, models.progress_per_picture(len(pairs)), strict=True)
        for file, (item, path), step in work:
            write_video(
                os.path.join(output, file),
                drawn(item, path, width, height, transparency=transparency, **options),
                path.fps,
                codec,
                alpha=transparency or None,
                crf=None if crf == USUAL_QUALITY else crf,
                ping_pong=ping_pong,
                repeats=repeats,
                metadata=None if args.disable_metadata else _workflow(cls.hidden),
                count=len(path),
                progress=step,
            )
        videos = [InputImpl.VideoFromFile(os.path.join(output, file)) for file in files]
        return io.NodeOutput(videos, "\n".join(files), ui=_shown(files))


class CelKitPreviewScene(io.ComfyNode):
    """LayeredScene -> pictures of its layers, its depth and what a camera reveals."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitPreviewScene",
            display_name="Preview Scene",
            category=scene_shared.CATEGORY,
            description="Shows the layers of a scene fanned out with their names, its depth, and "
            "with a camera what that uncovers of the background: red is not filled.",
            inputs=[
                scene_shared.scene_input(),
                io.Boolean.Input("names", default=True, tooltip="Write the names of the layers."),
                scene_shared.camera_input(
                    optional=True, tooltip="Show what this camera uncovers of the background."
                ),
            ],
            outputs=[
                io.Image.Output(
                    display_name="layers", tooltip="The layers fanned out, one image per scene."
                ),
                io.Image.Output(display_name="depth", tooltip="White is near."),
                io.Image.Output(
                    display_name="reveal",
                    tooltip="The plate; bright is what the camera shows of it. Without a camera "
                    "all of it.",
                ),
                io.String.Output(
                    display_name="text", tooltip="How much of what is seen is there, in words."
                ),
            ],
            is_output_node=True,
        )

    @classmethod
    def execute(cls, scene: list, names: bool, camera: list | None = None) -> io.NodeOutput:
        layers = [draw_layers(item, names) for item in scene]
        depths = [draw_depth(item) for item in scene]
        reveals, texts = [], []
        for number, item in enumerate(scene):
            mask, text = torch.ones(item.plate.rgba.shape[:2]), "no camera"
            if camera is not None:
                _, path = scene_shared.paired(scene, camera)[number]
                found = reveal_mask(item, path)
                mask, least = found.mask, 100 * float(found.coverage.min())
                text = f"at least {least:.2f} % of every frame is there"
            reveals.append(draw_reveal(item, mask))
            texts.append(text)
        batches = [convert.image_of(convert.padded(column)) for column in (layers, depths, reveals)]
        shown = [entry for batch in batches for entry in ui.PreviewImage(batch, cls=cls).values]
        return io.NodeOutput(*batches, "\n".join(texts), ui={"images": shown})


def stereo_inputs() -> list[io.Input]:
    """Whether frames are drawn for two eyes."""
    return [
        io.Combo.Input(
            "stereo",
            options=[STEREO_OFF, *STEREO_LAYOUTS],
            default=STEREO_OFF,
            tooltip="Draw each frame for two eyes, side by side (the left one left) or top and "
            "bottom (the left one above).",
        ),
        io.Float.Input(
            "eye_distance",
            default=3.0,
            min=0.0,
            max=100.0,
            step=0.1,
            tooltip="For stereo: between the eyes, in percent of the distance of the nearest "
            "layer.",
        ),
    ]


def drawn(
    scene: LayeredScene,
    camera: Camera,
    width: int,
    height: int,
    stereo: str,
    eye_distance: float,
    transparency: bool = False,
    framing: str = scene_shared.FRAMINGS[0],
    **options: object,
) -> Iterator[torch.Tensor]:
    """The frames that the widgets ask for, one at a time: ``[H, W, 3]``, or 4 with transparency."""
    convert.check_choice("stereo", stereo, (STEREO_OFF, *STEREO_LAYOUTS))
    size = scene_shared.frame_size(scene, width, height)
    camera = scene_shared.framed(camera, scene, size, framing)
    options["device"] = models.drawing_device(scene)
    if stereo != STEREO_OFF:
        if transparency:
            raise ValueError("Stereo has no transparency; turn one of the two off.")
        eyes = stereo_cameras(camera, eye_distance / scene_shared.PERCENT)
        return render_stereo(scene, eyes, size, layout=stereo, **options)
    return (render_rgba if transparency else render_frames)(scene, camera, size, **options)


def _batch(frames: Iterator[torch.Tensor], count: int) -> torch.Tensor:
    """The frames ``[count, H, W, C]``, each put in its place as it comes."""
    batch = None
    for number, frame in enumerate(frames):
        if batch is None:
            wanted = count * frame.numel() * 4
            if wanted > _MANY_BYTES:
                log.warning(
                    "%d frames need %.1f GB of memory; Render Scene to Video needs hardly any.",
                    count,
                    wanted / 2**30,
                )
            batch = torch.empty(count, *frame.shape)
        batch[number] = frame
    return batch


def _workflow(hidden: object) -> dict[str, object]:
    """What ComfyUI's own nodes write into files, so that the page can load the graph from them."""
    metadata = dict(hidden.extra_pnginfo or {})
    if hidden.prompt is not None:
        metadata["prompt"] = hidden.prompt
    return metadata


def _shown(files: Sequence[str]) -> object:
    """The videos on the node, or their names where browsers cannot play them."""
    if not all(file.endswith(IN_BROWSERS) for file in files):
        return ui.PreviewText("\n".join(files))
    places = [os.path.split(file) for file in files]
    return ui.PreviewVideo(
        [ui.SavedResult(name, folder, io.FolderType.output) for folder, name in places]
    )
