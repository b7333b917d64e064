"""`celkit kenburns`: a video of a camera that moves through a still picture."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .console import progress_bar, say
from .kenburns_options import CODECS, add_options, check

if TYPE_CHECKING:
    from torch import Tensor

    from ..instances import Instances
    from ..scene import Camera, LayeredScene


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "kenburns",
        help="move a camera through a still picture: a video",
        description="Take a cartoon picture apart into its characters and the background, fill in "
        "what they hide, and move a camera through it. INPUT is a picture, or a folder that "
        "--save-scene wrote. OUT is the video, and its name says which kind: .mp4 plays "
        "everywhere, .webm keeps transparency, .mov is ProRes for video editors, .mkv keeps every "
        "pixel; any other name is a folder that receives the frames as PNG.",
        epilog="examples: celkit kenburns picture.png -o video.mp4;  celkit kenburns picture.png "
        "-o loop.webm --camera orbit --amount 4 --loop --seconds 5",
    )
    parser.set_defaults(run=run)
    add_options(parser)


def run(options: argparse.Namespace) -> int:
    """Make the video that the options ask for; returns 0."""
    check(options)
    scene = _scene(options)
    camera, safe = _camera(options, scene)
    size = _frame_size(options, scene)
    camera = _framed(options, scene, camera, size)
    scene, coverage = _filled(options, scene, camera, size)
    if options.save_scene is not None:
        from ..scene import save_scene

        save_scene(options.save_scene, scene, overwrite=options.overwrite)
    _write(options, scene, camera, size)
    if not options.quiet:
        count = len(scene.layers)
        height, width = size
        say(
            f"{options.input}: {count} {'layer' if count == 1 else 'layers'}, "
            f"{camera.name or 'keyframes'}{safe}, {len(camera)} frames of {width} x {height}, "
            f"{100 * coverage:.1f} % of what is seen is there -> {options.output}"
        )
    return 0


def _scene(options: argparse.Namespace) -> LayeredScene:
    """The picture taken apart, its background not yet filled; or the scene that was saved."""
    if options.input.is_dir():
        from ..scene import load_scene

        return load_scene(options.input)
    from ..picture import as_tensor, read_picture
    from ..scene import build_scene

    pixels = read_picture(options.input)
    picture = as_tensor(pixels, channels=pixels.shape[2])
    found = _instances(options, picture)
    with progress_bar("layers", options.quiet) as progress:
        return build_scene(
            picture,
            found,
            _depth(options, picture, found),
            None if options.plate is None else read_picture(options.plate),
            mode=options.anchor,
            margin=options.margin / 100,
            occluders=not options.no_occluders,
            complete=not options.no_complete,
            fill="none",
            progress=progress,
        )


def _instances(options: argparse.Namespace, picture: Tensor) -> Instances:
    if options.instances is not None:
        from ..instances import load_instances

        return load_instances(options.instances)
    from .segment import _load

    segmenter = _load(options)
    with progress_bar("characters", options.quiet) as progress:
        return segmenter.segment(picture, progress=progress)


def _depth(options: argparse.Namespace, picture: Tensor, found: Instances) -> object:
    if options.depth is not None:
        from ..picture import read_picture
        from ..scene.depth.reading import read_depth

        return read_depth(
            read_picture(options.depth),
            found,
            tuple(picture.shape[:2]),
            polarity=options.depth_polarity,
            kind=options.depth_kind,
        )
    if options.depth_model is not None:
        from ..scene.depth.model import load_depth_model
        from .segment import _device

        model = load_depth_model(options.depth_model, _device(options.device) or "cpu")
        return model.depth(picture, found)
    return None


def _camera(options: argparse.Namespace, scene: LayeredScene) -> tuple[Camera, str]:
    """The camera, and how far it goes where it found that itself."""
    frames = max(1, round(options.seconds * options.fps))
    if options.keyframes is not None:
        from ..scene.moves.keyframes import camera_keyframes

        keys = _json(options.keyframes)
        options_of_keys = {"easing": options.easing, "loop": options.loop}
        return camera_keyframes(scene, keys, frames, options.fps, **options_of_keys), ""
    from ..scene import camera_preset
    from ..scene.moves.presets import safe_move

    move = {
        "frames": frames,
        "fps": options.fps,
        "easing": options.easing,
        "instance": options.instance,
        "seed": options.seed,
        "loop": options.loop,
        "reverse": options.reverse,
        "zoom": options.zoom,
    }
    said = ""
    if options.amount is not None:
        amount = options.amount / 100
    else:  # the largest move that shows nothing unfilled: so everything is filled first
        scene, _ = _filled(options, scene, None, None)
        found = safe_move(options.camera, scene, _seen_size(options, scene), **move)
        amount, said = found.amount, f" ({found})"
    camera = camera_preset(
        options.camera,
        scene,
        amount=amount,
        focus=options.focus,
        aperture=options.aperture / 100,
        **move,
    )
    return camera, said


def _filled(
    options: argparse.Namespace,
    scene: LayeredScene,
    camera: Camera | None,
    size: tuple[int, int] | None,
) -> tuple[LayeredScene, float]:
    """The scene with what the camera shows filled in, and the least share of a frame that is."""
    from ..scene.plate.refill import fill_scene

    with progress_bar("background", options.quiet) as progress:
        done = fill_scene(
            scene, camera, method=options.fill, seed=options.seed, size=size, progress=progress
        )
    return done.scene, 1.0 if done.coverage is None else float(done.coverage.min())


def _write(
    options: argparse.Namespace, scene: LayeredScene, camera: Camera, size: tuple[int, int]
) -> None:
    from ..video import write_frames, write_video

    options.output.parent.mkdir(parents=True, exist_ok=True)
    shown = {
        "ping_pong": options.ping_pong,
        "repeats": options.repeats,
        "overwrite": options.overwrite,
        "count": len(camera),
    }
    frames = _frames(options, scene, camera, size)
    with progress_bar(options.output.name, options.quiet, unit="frame") as progress:
        if options.output.suffix.lower() in CODECS:
            write_video(
                options.output,
                frames,
                options.fps,
                options.codec,
                alpha=options.alpha or None,
                crf=options.crf,
                progress=progress,
                **shown,
            )
        else:
            write_frames(options.output, frames, progress=progress, **shown)


def _frames(
    options: argparse.Namespace, scene: LayeredScene, camera: Camera, size: tuple[int, int]
) -> Iterator[Tensor]:
    from ..scene.render.frames import render_frames
    from ..scene.render.output import render_rgba
    from .segment import _device

    render = render_rgba if options.alpha else render_frames
    return render(
        scene,
        camera,
        size,
        interpolation=options.interpolation,
        motion_blur=options.motion_blur,
        device=_device(options.device),
    )


def _frame_size(options: argparse.Namespace, scene: LayeredScene) -> tuple[int, int]:
    return scene.size if options.size is None else (options.size[1], options.size[0])


def _framed(
    options: argparse.Namespace, scene: LayeredScene, camera: Camera, size: tuple[int, int]
) -> Camera:
    """The camera whose frames are filled by the picture, if they are to be."""
    from ..scene.moves.framing import fill_frame

    return camera if options.full_width else fill_frame(camera, scene, size)


def _seen_size(options: argparse.Namespace, scene: LayeredScene) -> tuple[int, int]:
    """``(H, W)`` of a frame that shows all of what frames show, before they are filled."""
    height, width = _frame_size(options, scene)
    taller = height * scene.size[1] > width * scene.size[0]
    return scene.size if taller and not options.full_width else (height, width)


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no file of keyframes at {path}.") from None
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
