"""Weights file -> a network that is ready to run, recognised by its parameters."""

from __future__ import annotations

from os import PathLike
from typing import NamedTuple

import torch
from torch import nn

from .. import weights
from ..networks import ISNet, RTMDetIns, fuse_norms
from ..published import load_published, recognise

EMBEDDED_DETECTOR = "celkit-detector"
EMBEDDED_REFINER = "celkit-refiner"
# What the published networks saw in training.
PUBLISHED_SIZES = {"rtmdet_ins_l": 640, "isnet_refine": 720, "isnet_anime_seg": 1024}


class Loaded(NamedTuple):
    """A network, the picture size it works at, and whether it is a published one."""

    network: nn.Module | None
    size: int
    published: bool


def load_detector(
    name: str | PathLike[str] | None = None,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    download: bool = False,
) -> Loaded:
    """Load a detector, as `load_segmenter` says."""
    return _load(name, EMBEDDED_DETECTOR, "detector", device, dtype, download)


def load_refiner(
    name: str | PathLike[str] | None = None,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    download: bool = False,
) -> Loaded:
    """Load a refiner, as `load_segmenter` says."""
    return _load(name, EMBEDDED_REFINER, "refiner", device, dtype, download)


def _load(
    name: str | PathLike[str] | None,
    embedded: str,
    role: str,
    device: torch.device | str,
    dtype: torch.dtype,
    download: bool,
) -> Loaded:
    if name == "none":
        return Loaded(None, 640 if role == "detector" else 720, False)
    path = weights.locate(embedded if name is None else name, download=download)
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
    ours = metadata.get("architecture") in ("rtmdet_ins", "isnet")
    if ours:
        state = {
            key: value.float() if value.is_floating_point() else value
            for key, value in state.items()
        }
        network = (RTMDetIns if is_detector else ISNet).from_state_dict(state)
        size = int(metadata["input_size"])
    else:
        network, size = load_published(published, state), PUBLISHED_SIZES[published]
    network = fuse_norms(network).requires_grad_(False)
    return Loaded(network.to(device, dtype, memory_format=torch.channels_last), size, not ours)
