"""How fast frames are drawn on a GPU, and what that asks of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import LayeredScene
from cartoon_models.scene.render.frames import INTERPOLATIONS, render_details, render_frames
from cartoon_models.scene.render.on_torch import TorchRenderer

from .scene_cases import HD, flat, full, least_bytes, player, psnr, slanted, wavy
from .scene_traffic import Traffic, drawn_without_memory
from .scene_worlds import move, street

_H200 = 4.0e12  # bytes per second
_CHUNK = 8


def measured(quick: bool, rounds: int = 3) -> dict:
    """Frames per second on a GPU, and that they are the same picture as on the CPU."""
    if not torch.cuda.is_available():
        return {"skipped": "no CUDA device"}
    size, frames = ((90, 160), 16) if quick else (HD, 64)
    scenes, camera = _scenes(size), _camera(frames)
    source = torch.ones(*size, 3, 16, device="cuda")
    bandwidth = 2 * source.nbytes / _seconds(source.clone, rounds)
    report: dict = {
        "device": torch.cuda.get_device_name(),
        "size": list(size),
        "copied_bytes_per_s": bandwidth,
    }
    del source
    for name in ("figures", "full_layers"):
        for interpolation in INTERPOLATIONS:
            measure = _compared(scenes[name], camera, interpolation, bandwidth, rounds)
            report[f"{name}_{interpolation}"] = measure
    report["relief"] = _compared(scenes["relief"], camera, "bicubic", bandwidth, rounds)
    report["lens"] = _compared(scenes["relief"], _focused(camera), "bicubic", bandwidth, rounds)
    there = scenes["figures"].to("cuda")
    report["identity_psnr"] = psnr(
        next(render_frames(there, Camera.still(there.focal))).cpu().numpy(), flat(scenes["figures"])
    )
    for name, function in _others(there, camera).items():
        report[name] = {"frames_per_s": frames / _seconds(function, rounds)}
    return report


def counted(quick: bool) -> dict:
    """Kernels and bytes per frame, of frames that are drawn without memory."""
    scenes, camera = _scenes((90, 160) if quick else HD), _camera(_CHUNK)
    report: dict = {}
    for name, scene in scenes.items():
        for interpolation in INTERPOLATIONS:
            report[f"{name}_{interpolation}"] = _traffic(scene, camera, interpolation)
    report["lens"] = _traffic(scenes["relief"], _focused(camera), "bicubic")
    return report


def _scenes(size: tuple[int, int]) -> dict[str, LayeredScene]:
    figures = street(size, samples=1).scene()
    return {"figures": figures, "full_layers": full(figures), "relief": wavy(figures)}


def _camera(frames: int) -> Camera:
    return replace(move("truck", frames), positions=slanted(frames))


def _focused(camera: Camera) -> Camera:
    frames = len(camera)
    return replace(camera, focus=torch.full((frames,), 0.9), aperture=torch.full((frames,), 0.015))


def _compared(
    scene: LayeredScene, camera: Camera, interpolation: str, bandwidth: float, rounds: int
) -> dict:
    there = scene.to("cuda")
    torch.cuda.reset_peak_memory_stats()
    best = len(camera) / _seconds(player(there, camera, interpolation), rounds)
    peak = torch.cuda.max_memory_allocated()
    last = camera.frames([-1])
    ours = next(render_frames(there, last, interpolation=interpolation)).cpu().numpy()
    theirs = next(render_frames(scene, last, interpolation=interpolation)).numpy()
    renderer = _in_single_precision(there, interpolation)
    single = next(renderer.frames(last, False)).picture.cpu().numpy()
    return {
        "frames_per_s": best,
        "frames_per_s_single": len(camera) / _seconds(_drawing(renderer, camera), rounds),
        "share_of_copy_bandwidth": best * least_bytes(scene) / bandwidth,
        "peak_vram_bytes": peak,
        "psnr_against_cpu": psnr(ours, theirs),
        "psnr_of_half_against_single": psnr(ours, single),
    }


def _in_single_precision(scene: LayeredScene, interpolation: str) -> TorchRenderer:
    renderer = TorchRenderer(scene, scene.size, interpolation, True)
    for pyramid, layer in zip(renderer.pyramids, scene.painted, strict=True):
        pyramid.level(0).rgba = layer.rgba.permute(2, 0, 1)[None].contiguous()
    return renderer


def _drawing(renderer: TorchRenderer, camera: Camera) -> Callable[[], None]:
    def draw() -> None:
        for start in range(0, len(camera), _CHUNK):
            for _ in renderer.frames(camera.frames(slice(start, start + _CHUNK)), False):
                pass

    return draw


def _others(scene: LayeredScene, camera: Camera) -> dict[str, Callable[[], None]]:
    def play(frames) -> None:
        for frame in frames:
            if isinstance(frame, torch.Tensor):
                np.asarray(frame.cpu())

    def details() -> None:
        for _ in render_details(scene, camera):
            pass

    def blurred() -> None:
        for _ in render_frames(scene, camera, motion_blur=4):
            pass

    return {
        "details": details,
        "motion_blur": blurred,
        "to_host": lambda: play(render_frames(scene, camera)),
    }


def _traffic(scene: LayeredScene, camera: Camera, interpolation: str) -> dict:
    traffic = Traffic()
    drawn_without_memory(scene, camera, interpolation, traffic=traffic)
    total = (traffic.read + traffic.written) / len(camera)
    return {
        "kernels_per_frame": traffic.calls / len(camera),
        "bytes_per_frame": total,
        "least_bytes_per_frame": least_bytes(scene),
        "copies_from_host_per_frame": traffic.from_host / len(camera),
        "copies_to_host_per_frame": traffic.to_host / len(camera),
        "frames_per_s_at_h200_bandwidth": _H200 / total,
    }


def _seconds(function: Callable[[], object], rounds: int) -> float:
    seconds = []
    for turn in range(rounds + 1):
        torch.cuda.synchronize()
        start = time.perf_counter()
        function()
        torch.cuda.synchronize()
        if turn:
            seconds.append(time.perf_counter() - start)
    return sorted(seconds)[len(seconds) // 2]
