"""The measurements on the CPU. Each runs in a process of its own, so that its peak memory is its
own, and returns a dict that can be printed as JSON."""

import time

import torch

from cartoon_models.instances import Instances, decode
from cartoon_models.instances.refiner import refine
from cartoon_models.networks import fuse_norms
from cartoon_models.published import load_published

from . import subjects
from .reference import reference_decode, reference_refine
from .timing import interleaved, peak_memory

FULL_HD = (1080, 1920)
ULTRA_HD = (2160, 3840)


def detector(quick: bool) -> dict:
    """One forward pass, reference and variants of ours taking turns on the same tensor."""
    side = 64 if quick else 640
    reference = subjects.reference_detector(quick)
    plain = load_published("rtmdet_ins_l", reference.state_dict()).requires_grad_(False)
    fused = fuse_norms(plain)
    shipped = fuse_norms(plain).to(memory_format=torch.channels_last)
    x = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    x_last = x.contiguous(memory_format=torch.channels_last)
    variants = {
        "reference": lambda: reference(x),
        "ours_as_trained": lambda: plain(x),
        "ours_fused": lambda: fused(x),
        "ours_fused_channels_last": lambda: shipped(x_last),
    }
    with torch.no_grad():
        difference = _difference(reference(x), shipped(x_last))
        times = interleaved(variants, rounds=1 if quick else 7)
    ours = times["ours_fused_channels_last"]["median_s"]
    return {
        "input": [side, side],
        "parameters": sum(p.numel() for p in reference.parameters()),
        "times": times,
        "shipped": "ours_fused_channels_last",
        "ratio_to_reference": ours / times["reference"]["median_s"],
        "largest_relative_difference": difference,
        "peak_bytes": peak_memory(),
    }


def decode_ours(quick: bool, everywhere: bool) -> dict:
    """Raw outputs of a 640 x 640 input to 100 soft masks of 1920 x 1080."""
    return _decode(quick, everywhere, lambda *raw: decode(*raw).masks)


def decode_reference(quick: bool, everywhere: bool) -> dict:
    """The same as published: bool masks, cut at 0.5."""
    return _decode(quick, everywhere, lambda *raw: reference_decode(*raw)[2])


def refine_ours(quick: bool, count: int) -> dict:
    """Refine `count` instances of one 720 x 720 picture with the published network, full frame."""
    network = fuse_norms(subjects.refiner(0.0625 if quick else 1.0)).requires_grad_(False)
    network = network.to(memory_format=torch.channels_last)

    def run(picture, masks):
        side = picture.shape[0]
        return refine(network, picture, masks, size=side, mode="frame", published=True)

    return _refine(quick, count, run)


def refine_reference(quick: bool, count: int) -> dict:
    """The same as published."""
    network = subjects.refiner(0.0625 if quick else 1.0)

    def run(picture, masks):
        bgr = picture.permute(2, 0, 1)[None].flip(1)
        with torch.no_grad():
            return reference_refine(network, bgr, masks[:, None])

    return _refine(quick, count, run)


def crop_and_frame(quick: bool, published: bool) -> dict:
    """Refine four characters of a 3840 x 2160 picture in each mode, taking turns.

    As the segmenter runs them: the published network at 720 pixels, padded to a square, or one of
    the embedded refiner's size at 320. "detail", what "auto" stands for here, looks at the edges
    a second time; the published network takes minutes for that on the CPU and is spared it.
    """
    height, width = (96, 170) if quick else ULTRA_HD
    size = 64 if quick else 720 if published else 320
    network = subjects.refiner(0.0625 if quick else 1.0 if published else 0.25)
    network = fuse_norms(network).requires_grad_(False).to(memory_format=torch.channels_last)
    picture = subjects.picture(height, width)
    masks = subjects.characters(4, height, width)

    def by(mode):
        return lambda: refine(network, picture, masks, size=size, mode=mode, published=published)

    modes = ("frame", "crop") if published else ("frame", "crop", "detail")
    times = interleaved({mode: by(mode) for mode in modes}, rounds=1 if quick else 5, shuffled=True)
    return {
        "picture": [width, height],
        "network": f"IS-Net of width {network.width:g} at {size}",
        "instances": 4,
        "times": times,
        "crop_over_frame": _crop_over_frame(times),
        "peak_bytes": peak_memory(),
    }


def end_to_end(quick: bool, picture: str | None) -> dict:
    """The embedded weights on a picture: load, then segment as a user does."""
    from cartoon_models.errors import CelKitError
    from cartoon_models.instances import load_segmenter
    from cartoon_models.picture import as_tensor, read_picture

    start = time.perf_counter()
    try:
        segmenter = load_segmenter(device="cpu")
    except (CelKitError, FileNotFoundError) as error:
        return {"skipped": f"no embedded weights: {error}"}
    loading = time.perf_counter() - start
    side = (96, 128) if quick else FULL_HD
    image = as_tensor(read_picture(picture)) if picture else subjects.picture(*side)
    found: list[Instances] = []

    def segment(**options):
        found[:] = [segmenter.segment(image, **options)]

    times = interleaved(
        {
            "coarse": lambda: segment(refine=False),
            "frame": lambda: segment(refine_mode="frame"),
            "crop": lambda: segment(refine_mode="crop"),
            "auto": lambda: segment(refine_mode="auto"),
        },
        rounds=1 if quick else 9,
        warm_up=0 if quick else 1,
        shuffled=True,
    )
    return {
        "picture": [image.shape[1], image.shape[0]],
        "file": picture,
        "load_s": loading,
        "instances": len(found[0]),
        "times": times,
        "crop_over_frame": _crop_over_frame(times),
        "peak_bytes": peak_memory(),
    }


def _decode(quick: bool, everywhere: bool, run) -> dict:
    size = (96, 170) if quick else FULL_HD
    side = 64 if quick else 640
    if everywhere:
        outputs = subjects.outputs_everywhere(side, side)
    else:
        outputs = subjects.outputs_of_characters(side, side, size, 8 if quick else 100)
    raw = (*outputs, (side, side), size)
    before = peak_memory()
    with torch.no_grad():
        count = len(run(*raw))
        times = interleaved({"decode": lambda: run(*raw)}, rounds=1 if quick else 3, warm_up=0)
    return {
        "instances": count,
        "picture": [size[1], size[0]],
        "masks_bytes_as_float32": count * size[0] * size[1] * 4,
        **times["decode"],
        "peak_bytes": peak_memory(),
        "peak_bytes_before": before,
    }


def _refine(quick: bool, count: int, run) -> dict:
    side = 64 if quick else 720
    picture = subjects.picture(side, side)
    masks = subjects.characters(count, side, side)
    before = peak_memory()
    rounds = 1 if quick else 5 if count == 1 else 3
    times = interleaved({"refine": lambda: run(picture, masks)}, rounds, 0 if quick else 1)
    return {
        "instances": count,
        "picture": [side, side],
        **times["refine"],
        "peak_bytes": peak_memory(),
        "peak_bytes_before": before,
    }


def _crop_over_frame(times: dict[str, dict[str, float]]) -> float:
    return times["crop"]["median_s"] / times["frame"]["median_s"]


def _difference(expected, got) -> float:
    """The largest difference of two networks' outputs, over the largest expected value."""
    pairs = [
        (e, g)
        for one, other in zip(expected, got, strict=True)
        for e, g in zip(one, other, strict=True)
    ]
    worst = max(((e - g).abs().max() / e.abs().max().clamp(min=1e-9)).item() for e, g in pairs)
    return float(worst)
