"""The measurements on an NVIDIA GPU."""

import statistics
import time

import torch

from cartoon_models.instances import Segmenter, decode, load_segmenter
from cartoon_models.networks import fuse_norms
from cartoon_models.published import load_published

from . import subjects

PRECISIONS = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def cuda(quick: bool, picture: str | None) -> dict:
    """Speed, peak VRAM and agreement with float32 of each precision; or why it was skipped."""
    if not torch.cuda.is_available():
        return {"skipped": "no CUDA device"}
    result: dict = {"device": torch.cuda.get_device_name()}
    result["detector"] = {name: _detector(quick, dtype) for name, dtype in PRECISIONS.items()}
    result["refiner"] = {name: _refiner(quick, dtype) for name, dtype in PRECISIONS.items()}
    result["embedded"] = _embedded(picture)
    return result


def _detector(quick: bool, dtype: torch.dtype) -> dict:
    """RTMDet-Ins-L, forward and decode of one picture at a time to 1920 x 1080 masks."""
    side = 64 if quick else 640
    network = load_published("rtmdet_ins_l", subjects.reference_detector(quick).state_dict())
    network = _on_gpu(network, dtype)
    x = torch.randn(1, 3, side, side, device="cuda", dtype=dtype)
    x = x.contiguous(memory_format=torch.channels_last)
    raw = [
        [t.cuda() for t in part] if isinstance(part, tuple) else part.cuda()
        for part in subjects.outputs_of_characters(side, side, (1080, 1920))
    ]

    def forward():
        with torch.no_grad():
            return network(x)

    def decoding():
        return decode(*raw, (side, side), (1080, 1920))

    return {
        "forward": _timed(forward),
        "decode_100_to_1920x1080": _timed(decoding),
        "instances": len(decoding()),
    }


def _refiner(quick: bool, dtype: torch.dtype) -> dict:
    """IS-Net as published at 720 x 720."""
    from cartoon_models.instances.refiner import refine

    side = 64 if quick else 720
    network = _on_gpu(subjects.refiner(0.0625 if quick else 1.0), dtype)
    picture = subjects.picture(side, side).cuda()
    result = {}
    for count in (1, 4, 16):
        masks = subjects.characters(count, side, side).cuda()
        result[f"{count}"] = _timed(
            lambda masks=masks: refine(network, picture, masks, size=side, mode="frame")
        )
    return result


def _embedded(picture: str | None) -> dict:
    """The embedded weights end to end: the same masks in every precision?"""
    from cartoon_models.errors import CelKitError
    from cartoon_models.picture import as_tensor, read_picture

    image = as_tensor(read_picture(picture)) if picture else subjects.picture(1080, 1920)
    image = image.cuda()
    result: dict = {"picture": [image.shape[1], image.shape[0]]}
    expected = None
    for name, dtype in PRECISIONS.items():
        try:
            segmenter = load_segmenter(device="cuda", dtype=dtype)
        except (CelKitError, FileNotFoundError) as error:
            return {"skipped": f"no embedded weights: {error}"}
        result[name] = _timed(lambda s=segmenter: s.segment(image))
        masks = _masks(segmenter, image)
        expected = masks if expected is None else expected
        result[name] |= {"instances": len(masks)} | _agreement(masks, expected)
    return result


def _masks(segmenter: Segmenter, image: torch.Tensor) -> torch.Tensor:
    return segmenter.segment(image, order="score").masks >= 0.5


def _agreement(masks: torch.Tensor, expected: torch.Tensor) -> dict:
    """IoU of each expected mask with the one most like it."""
    if not len(expected) or not len(masks):
        return {"least_iou": 1.0 if len(expected) == len(masks) else 0.0}
    rows, columns = expected.flatten(1).float(), masks.flatten(1).float()
    inside = rows @ columns.T
    iou = inside / (rows.sum(1)[:, None] + columns.sum(1)[None] - inside).clamp(min=1)
    best = iou.amax(1)
    return {"least_iou": best.min().item(), "mean_iou": best.mean().item()}


def _on_gpu(network: torch.nn.Module, dtype: torch.dtype) -> torch.nn.Module:
    network = fuse_norms(network).requires_grad_(False)
    return network.to("cuda", dtype, memory_format=torch.channels_last)


def _timed(function, rounds: int = 10) -> dict:
    """Median seconds, runs a second, and the most GPU memory that torch held."""
    for _ in range(3):
        function()
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    return {
        "median_s": median,
        "per_second": 1 / median,
        "peak_vram_bytes": torch.cuda.max_memory_allocated(),
    }
