"""What `benchmarks.scene` measures, each case in a process of its own."""

from __future__ import annotations

import math
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from cartoon_models.scene.build import build_scene
from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import LayeredScene
from cartoon_models.scene.depth.reading import Depth
from cartoon_models.scene.geometry import views
from cartoon_models.scene.moves.presets import AUTO_SAFE, camera_preset
from cartoon_models.scene.plate.filling import fill_background
from cartoon_models.scene.render.frames import render_details, render_frames

from .scene_baselines import backward_warp, splat, widened
from .scene_worlds import MOVES, Truth, World, move, street
from .timing import interleaved, peak_memory

_NEAR = 8  # pixels from a silhouette
_STRETCHED = 0.5  # of the way between two neighbours' places in the picture
HD = (1080, 1920)


def quality(quick: bool) -> dict:
    """PSNR in dB against exact frames, and the share of pixels that are stretched."""
    world = street((90, 160), samples=2) if quick else street()
    (still,) = world.see(Camera.still(1.0))
    known = world.scene()
    guessed = _built(world, still)
    report = {"size": list(world.size), "moves": {}}
    for name in MOVES:
        camera = move(name, 2)
        frames = [
            _compared(world, camera.frames([frame]), truth, still, known, guessed)
            for frame, truth in enumerate(world.see(camera))
        ]
        report["moves"][name] = {"halfway": frames[0], "end": frames[1], "clip": _clip(frames)}
    clips = [each["clip"] for each in report["moves"].values()]
    for other in ("single_sheet", "splat", "single_sheet_widened", "splat_widened"):
        report[f"least_gain_over_{other}"] = min(clip["layers"] - clip[other] for clip in clips)
    return report


def _clip(frames: list[dict]) -> dict[str, float]:
    """PSNR of frames taken together: of their mean square error."""
    together = {}
    for name in frames[0]:
        errors = [10 ** (-frame[name]["psnr"] / 10) for frame in frames]
        together[name] = -10 * math.log10(sum(errors) / len(errors))
    return together


def _built(world: World, still: Truth) -> LayeredScene:
    """The scene as it is found from the picture, with the true masks and disparity."""
    depth = Depth(torch.from_numpy(still.disparity))
    return build_scene(still.picture, world.instances(), depth, occluders=False)


def _compared(
    world: World,
    camera: Camera,
    truth: Truth,
    still: Truth,
    known: LayeredScene,
    guessed: LayeredScene,
) -> dict:
    across, along = (part[0].numpy() for part in views(known, camera))
    wide = widened(still.disparity, 1)
    results = {
        "layers": (_picture(known, camera), _places(world, known, camera)),
        "layers_from_picture": (_picture(guessed, camera), _places(world, guessed, camera)),
        "single_sheet": backward_warp(still.picture, still.disparity, across, along),
        "single_sheet_widened": backward_warp(still.picture, wide, across, along),
        "splat": splat(still.picture, still.disparity, across, along),
        "splat_widened": splat(still.picture, wide, across, along),
    }
    edges = _silhouettes(truth.layer)
    return {
        name: {
            "psnr": psnr(picture[truth.known], truth.picture[truth.known]),
            "psnr_near_silhouettes": psnr(
                picture[truth.known & edges], truth.picture[truth.known & edges]
            ),
            "stretched_share": _stretched(places, truth),
        }
        for name, (picture, places) in results.items()
    }


def _picture(scene: LayeredScene, camera: Camera) -> np.ndarray:
    return next(render_frames(scene, camera)).numpy()


def _places(world: World, scene: LayeredScene, camera: Camera) -> np.ndarray:
    """Which place in the picture each pixel of a rendered frame shows, read from rendered colours
    that say so."""
    seen = next(render_details(scene, camera)).instances.numpy()
    places = np.zeros((*seen.shape, 2))
    height, width = world.size
    for number, layer in enumerate((scene.plate, *scene.layers)):
        told = world.coordinates(0)
        told = replace(told, plate=replace(told.plate, plane=layer.plane))
        frame = next(render_frames(told, camera, interpolation="bilinear")).numpy()
        here = seen == (-1 if number == 0 else layer.instance)
        places[here] = ((frame[..., :2] * 2 - 0.5) * (width, height))[here]
    return places


def _stretched(places: np.ndarray, truth: Truth) -> float:
    """The share of pixels that, with a neighbour on the same layer, show places far closer to each
    other than they should."""
    stretched = np.zeros(truth.layer.shape, bool)
    for axis in (0, 1):
        wanted = np.linalg.norm(np.diff(truth.source, axis=axis), axis=-1)
        found = np.linalg.norm(np.diff(places, axis=axis), axis=-1)
        near = np.diff(truth.layer, axis=axis) == 0
        first = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
        stretched[first] |= near & (found < _STRETCHED * wanted)
    return float(stretched[truth.known].mean())


def _silhouettes(layer: np.ndarray) -> np.ndarray:
    edges = np.zeros(layer.shape, np.uint8)
    edges[:, 1:] |= layer[:, 1:] != layer[:, :-1]
    edges[1:] |= layer[1:] != layer[:-1]
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _NEAR + 1,) * 2)
    return cv2.dilate(edges, around) > 0


def exact(quick: bool) -> dict:
    """What has to come out as it is known: the picture itself, a pan, a loop, a safe move."""
    world = street((90, 160) if quick else (270, 480), samples=2)
    scene = world.scene()
    (still,) = render_frames(scene, Camera.still(scene.focal))
    shifted = replace(Camera.still(1.0), shifts=[[-10 / world.size[1], 0]])
    (panned,) = render_frames(scene, shifted)
    moved = replace(
        scene,
        plate=_shifted(scene.plate, -10),
        layers=tuple(_shifted(layer, -10) for layer in scene.layers),
    )
    loop = camera_preset("loop", scene, frames=24)
    steps = (loop.positions.roll(-1, 0) - loop.positions).norm(dim=1)
    return {
        "identity_psnr": psnr(still.numpy(), flat(scene)),
        "identity_psnr_built": _built_identity(world),
        "pan_psnr": psnr(panned.numpy(), flat(moved)),
        "loop_last_step_over_largest": float(steps[-1] / steps.max()),
        "safe": {name: _safe(scene, name) for name in ("truck", "push-in", "arc", "handheld")},
    }


def flat(scene: LayeredScene) -> np.ndarray:
    """The layers put over each other where they lie: the picture, ``[H, W, 3]``."""
    height, width = scene.size
    pixels = np.zeros((height, width, 4))
    for layer in scene.painted:
        x1, y1, x2, y2 = layer.box
        rows = slice(max(-y1, 0), height - y1), slice(max(-x1, 0), width - x1)
        here = layer.rgba.numpy()[rows].astype(np.float64)
        there = pixels[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)]
        there[:] = here + (1 - here[..., 3:]) * there
    return pixels[..., :3]


def _shifted(layer, pixels: int):
    x, y = layer.offset
    return replace(layer, offset=(x + pixels, y))


def _built_identity(world: World) -> float:
    (truth,) = world.see(Camera.still(1.0))
    depth = Depth(torch.from_numpy(truth.disparity))
    scene = build_scene(truth.picture, world.instances(), depth, fill="diffuse")
    return psnr(_picture(scene, Camera.still(scene.focal)), truth.picture)


def _safe(scene: LayeredScene, name: str) -> dict:
    camera = camera_preset(name, scene, frames=9, amount=AUTO_SAFE, zoom=1.02)
    covered = [
        float((frame.alpha > 0.999).float().mean()) for frame in render_details(scene, camera)
    ]
    way = camera.positions.amax(dim=0) - camera.positions.amin(dim=0)
    return {"least_coverage": min(covered), "way": way.tolist()}


def speed(quick: bool, rounds: int = 5) -> dict:
    """Frames per second, beside copying as much memory as a frame needs at the least."""
    size = (90, 160) if quick else HD
    scenes = {"figures": street(size, samples=1).scene()}
    scenes["full_layers"] = full(scenes["figures"])
    scenes["relief"] = wavy(scenes["figures"])
    frames = 2 if quick else 8
    functions = {}
    for name, scene in scenes.items():
        camera = replace(move("truck", frames), positions=slanted(frames))
        for interpolation in ("bicubic", "bilinear"):
            functions[f"{name}_{interpolation}"] = player(scene, camera, interpolation)
    source = np.ones((*size, 3), np.float32)
    target = np.empty_like(source)
    functions["copy_of_a_frame"] = lambda: np.copyto(target, source)
    taken = interleaved(functions, rounds)
    copy = taken.pop("copy_of_a_frame")
    bandwidth = 2 * source.nbytes / copy["least_s"]
    report = {
        "size": list(size),
        "threads": cv2.getNumThreads(),
        "copied_bytes_per_s": bandwidth,
        "copy_of_a_frame": copy,
    }
    for name, times in taken.items():
        least = least_bytes(scenes[name.rsplit("_", 1)[0]])
        best = frames / times["least_s"]
        report[name] = {
            "frames_per_s": frames / times["median_s"],
            "frames_per_s_best": best,
            "processor_s_per_frame": times["processor_s"] / frames,
            "processor_s_in_copies_of_a_frame": times["processor_s"] / frames / copy["processor_s"],
            "share_of_copy_bandwidth": best * least / bandwidth,
        }
    return report


def slanted(frames: int) -> torch.Tensor:
    along = torch.linspace(0.1, 1, frames, dtype=torch.float64)[:, None]
    return along * torch.tensor([0.03, -0.01, 0.06], dtype=torch.float64)


def player(scene: LayeredScene, camera: Camera, interpolation: str, device: str | None = None):
    def play() -> None:
        for _ in render_frames(scene, camera, interpolation=interpolation, device=device):
            pass

    return play


def full(scene: LayeredScene) -> LayeredScene:
    """As hard as it gets: every layer fills the frame and none hides what is behind."""
    veil = replace(scene.plate, rgba=scene.plate.rgba * 0.5)
    planes = ((0.4, 0.0, 0.0), (0.6, 0.0, 0.0), (0.9, 0.0, 0.0))
    return replace(scene, layers=tuple(replace(veil, plane=plane) for plane in planes))


def wavy(scene: LayeredScene) -> LayeredScene:
    """The same before a plate that has relief."""
    height, width = scene.plate.rgba.shape[:2]
    x, y = torch.linspace(0, 9, width), torch.linspace(0, 7, height)[:, None]
    relief = (0.04 * x.sin() * y.cos()).contiguous()
    return replace(scene, plate=replace(scene.plate, relief=relief))


def least_bytes(scene: LayeredScene) -> int:
    """Bytes that a frame cannot do without: each layer's pixels once, as far as they lie in the
    frame, and the frame's own."""
    height, width = scene.size
    total = height * width * 3 * 4
    for layer in scene.painted:
        x1, y1, x2, y2 = layer.box
        total += max(min(x2, width) - max(x1, 0), 0) * max(min(y2, height) - max(y1, 0), 0) * 16
    return total


def memory(quick: bool, frames: int = 300) -> dict:
    """Bytes that rendering to a video takes above the scene."""
    from cartoon_models.video import write_video

    size, frames = ((90, 160), 10) if quick else (HD, frames)
    scene = street(size, samples=1).scene()
    camera = camera_preset("truck", scene, frames=frames, amount=0.02)
    with tempfile.TemporaryDirectory() as folder:
        write_video(Path(folder) / "first.mp4", [torch.zeros(16, 16, 3)])  # loads the encoder
        reset = _forget_peak()
        before = _resident()
        start, start_processor = time.perf_counter(), time.process_time()
        write_video(Path(folder) / "video.mp4", render_frames(scene, camera), camera.fps)
        seconds, processor = time.perf_counter() - start, time.process_time() - start_processor
        written = (Path(folder) / "video.mp4").stat().st_size
    peak = peak_memory()
    return {
        "frames": frames,
        "size": list(size),
        "above_the_scene_bytes": peak - before if peak and before and reset else None,
        "seconds": seconds,
        "processor_s": processor,
        "video_bytes": written,
    }


def _forget_peak() -> bool:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


def _resident() -> int | None:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def plate(quick: bool, rounds: int = 3) -> dict:
    """Seconds to fill what a move reveals: a band of 60 pixels along the figures' rims."""
    world = street((90, 160) if quick else HD, samples=1)
    picture = flat(world.scene(0.0)).astype(np.float32)
    hole = world.instances().masks.amax(dim=0).numpy() > 0
    hole = cv2.dilate(hole.astype(np.uint8), np.ones((9, 9), np.uint8))
    band = (hole > 0) & (cv2.distanceTransform(hole, cv2.DIST_L2, 5) <= 60)
    functions = {
        method: lambda method=method: fill_background(picture, hole, method=method, reveal=band)
        for method in ("auto", "diffuse", "cv2")
    }
    return {"filled_pixels": int(band.sum()), **interleaved(functions, rounds)}


def cuda(quick: bool) -> dict:
    """Frames per second on a GPU, and that they are the same picture."""
    from . import scene_cuda

    return scene_cuda.measured(quick)


def traffic(quick: bool) -> dict:
    """What drawing with torch asks of a GPU, counted without one."""
    from . import scene_cuda

    return scene_cuda.counted(quick)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of values from 0 to 1; 150 where they are the same."""
    error = float(np.square(np.asarray(one, np.float64) - other).mean())
    return -10 * float(np.log10(max(error, 1e-15)))
