"""Weights file -> a network that is ready to run, recognised by its parameters."""

from __future__ import annotations

from os import PathLike
from textwrap import shorten
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .. import weights
from ..networks import ISNet, RTMDetIns, fuse_norms
from ..progress import Progress
from ..published import load_published, recognise

EMBEDDED_DETECTOR = "celkit-detector"
EMBEDDED_REFINER = "celkit-refiner"
# What the published networks saw in training.
PUBLISHED_SIZES = {"rtmdet_ins_l": 640, "isnet_refine": 720, "isnet_anime_seg": 1024}


class Loaded(NamedTuple):
    """A network, the picture size it works at, whether it is a published one, and the scales of
    that size at which a detector looks."""

    network: nn.Module | None
    size: int
    published: bool
    scales: tuple[float, ...] = (1.0,)


def load_detector(
    name: str | PathLike[str] | None = None,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    download: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Load a detector, as `load_segmenter` says."""
    return _load(name, EMBEDDED_DETECTOR, "detector", device, dtype, download, progress)


def load_refiner(
    name: str | PathLike[str] | None = None,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    download: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Load a refiner, as `load_segmenter` says."""
    return _load(name, EMBEDDED_REFINER, "refiner", device, dtype, download, progress)


def _load(
    name: str | PathLike[str] | None,
    embedded: str,
    role: str,
    device: torch.device | str,
    dtype: torch.dtype,
    download: bool,
    progress: Progress | None,
) -> Loaded:
    if name == "none":
        return Loaded(None, 640 if role == "detector" else 720, False)
    path = weights.locate(embedded if name is None else name, download=download, progress=progress)
    state = weights.read_state_dict(path)
    metadata = weights.read_metadata(path)
    published = recognise(state)
    is_detector = "head.rtm_kernel.0.weight" in state or published == "rtmdet_ins_l"
    if not is_detector and published is None:
        raise ValueError(
            f"{path} holds neither an RTMDet-Ins detector nor an IS-Net refiner; "
            "CelKit has no network for these weights."
        )
    if is_detector != (role == "detector"):
        raise ValueError(
            f"{path} holds a {'detector' if is_detector else 'refiner'}, and a "
            f"{role} is wanted here."
        )
    for key, value in state.items():
        if isinstance(value, Tensor) and value.is_floating_point() and not value.isfinite().all():
            raise ValueError(f"{path} is damaged: its parameter {key!r} contains NaN or infinity.")
    ours = published is None or metadata.get("architecture") in ("rtmdet_ins", "isnet")
    try:
        if ours:
            network = _our_own(RTMDetIns if is_detector else ISNet, state)
            size, scales = _input_size(metadata), _scales(metadata)
        else:
            network = load_published(published, state)
            size, scales = PUBLISHED_SIZES[published], (1.0,)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    network = fuse_norms(network).requires_grad_(False)
    network = network.to(device, dtype, memory_format=torch.channels_last)
    return Loaded(network, size, not ours, scales)


def _our_own(kind: type[RTMDetIns] | type[ISNet], state: dict[str, Tensor]) -> nn.Module:
    state = {k: v.float() if v.is_floating_point() else v for k, v in state.items()}
    try:
        return kind.from_state_dict(state)
    except RuntimeError as error:
        # PyTorch gives a line to every kind of misfit; the first one says enough.
        misfit = shorten(str(error).partition("\n")[2].strip().partition("\n")[0], 200)
        raise ValueError(
            f"These are not all the weights of one {kind.__name__}: {misfit}"
        ) from error


def _input_size(metadata: dict[str, str]) -> int:
    size = metadata.get("input_size", "")
    if not size.isdecimal() or int(size) < 32:
        raise ValueError(
            "The file's metadata should give the network's input_size in pixels, 32 or more, "
            f"but it gives {size or 'nothing'!r}; export the weights again."
        )
    return int(size)


def _scales(metadata: dict[str, str]) -> tuple[float, ...]:
    """The numbers of the metadata's `scales`, parted by blanks; (1,) where there are none."""
    text = metadata.get("scales", "1")
    try:
        scales = tuple(float(number) for number in text.split())
    except ValueError:
        scales = ()
    if not scales or not all(0 < scale <= 8 for scale in scales):
        raise ValueError(
            f"The file's metadata gives scales {text!r}, which should be numbers above 0 and up to "
            "8; export the weights again."
        )
    return scales
