"""Published checkpoints -> our networks.

A checkpoint is recognised by the names and shapes of its parameters, never by its file's name.
Only the names are translated here; how a file is read safely is `weights`' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

import torch
from torch import Tensor, nn

from .networks import ISNet, RTMDetIns
from .weights import read_state_dict

NAMES = ("rtmdet_ins_l", "isnet_refine", "isnet_anime_seg")

# Wrappers and prefixes that published files come in.
_STATE_KEYS = ("state_dict", "params_ema", "params")
_PREFIXES = ("module.", "net.")


def load_published(
    name: str, state_dict: Mapping[str, Any] | str | PathLike[str], strict_aliases: bool = True
) -> nn.Module:
    """Return the network of a published checkpoint, filled, in eval mode.

    Args:
        name: "rtmdet_ins_l" (the character detector; other sizes of RTMDet-Ins load too),
            "isnet_refine" (picture and coarse mask in) or "isnet_anime_seg" (picture in).
        state_dict: published parameter names to tensors, bare or wrapped as published
            (`{"state_dict": ...}`, `{"params": ..., "params_ema": ...}`, a `module.` or `net.`
            prefix); or the path of a `.safetensors`, `.ckpt` or `.pth` file.
        strict_aliases: the detector's file holds some parameters under several names. They must
            be equal, or loading fails; with False the name that the published code uses wins.

    Raises:
        ValueError: an unknown name; a parameter is missing, unexpected or misshapen; aliases
            differ. The sentence names the parameter.
        WeightsError: the file cannot be read as a checkpoint.
    """
    if name not in _LOADERS:
        raise ValueError(f"There is no published network {name!r}; known are {', '.join(NAMES)}.")
    if isinstance(state_dict, (str, PathLike)):
        state_dict = read_state_dict(state_dict)
    return _LOADERS[name](name, unwrap(state_dict), strict_aliases)


def recognise(state_dict: Mapping[str, Any]) -> str | None:
    """Return the `load_published` name that a checkpoint's parameters belong to, or None."""
    state = unwrap(state_dict)
    if "bbox_head.rtm_kernel.0.weight" in state:
        return "rtmdet_ins_l"
    stem = state.get("conv_in.weight")
    if stem is None or stem.ndim != 4:
        return None
    return {4: "isnet_refine", 3: "isnet_anime_seg"}.get(stem.shape[1])


def unwrap(state_dict: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the bare parameters: wrappers opened, prefixes taken off.

    In a Lightning file the network stands under `net.` beside a training-only `gt_encoder.`,
    which is left out.
    """
    state: Mapping[str, Any] = state_dict
    while key := next((k for k in _STATE_KEYS if isinstance(state.get(k), Mapping)), None):
        state = state[key]
    tensors = {k: v for k, v in state.items() if isinstance(v, Tensor)}
    for prefix in _PREFIXES:
        if any(k.startswith(prefix) for k in tensors):
            tensors = {
                k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)
            }
    return tensors


def _load_rtmdet_ins(name: str, state: dict[str, Tensor], strict_aliases: bool) -> nn.Module:
    # A training framework leaves its pre-processor's buffers beside the network.
    state = {k: v for k, v in state.items() if not k.startswith("data_preprocessor.")}
    try:
        config = RTMDetIns.config_of({_our_name(key): value for key, value in state.items()})
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    network = RTMDetIns(config)
    wanted = {
        published: ours for ours in network.state_dict() for published in _published_names(ours)
    }
    shapes = network.state_dict()
    _compare(name, state, {published: shapes[ours] for published, ours in wanted.items()})
    if strict_aliases:
        _check_aliases(state)
    # The last of a parameter's names is the one that the published code computes with.
    network.load_state_dict({ours: state[_published_names(ours)[-1]] for ours in shapes})
    return network.eval()


def _load_isnet(in_channels: int) -> Callable[[str, dict[str, Tensor], bool], nn.Module]:
    def load(name: str, state: dict[str, Tensor], strict_aliases: bool) -> nn.Module:
        stem = state.get("conv_in.weight")
        if stem is None or stem.ndim != 4 or stem.shape[0] % 4:
            raise ValueError(
                f"{name}: these weights are not an IS-Net's: there is no parameter "
                "'conv_in.weight' of the right shape."
            )
        if stem.shape[1] != in_channels:
            raise ValueError(
                f"{name}: parameter 'conv_in.weight' has {stem.shape[1]} input "
                f"channels and this network reads {in_channels}."
            )
        network = ISNet(in_channels, stem.shape[0] / 64)
        _compare(name, state, network.state_dict())
        network.load_state_dict(state)
        return network.eval()

    return load


_LOADERS: dict[str, Callable[[str, dict[str, Tensor], bool], nn.Module]] = {
    "rtmdet_ins_l": _load_rtmdet_ins,
    "isnet_refine": _load_isnet(4),
    "isnet_anime_seg": _load_isnet(3),
}


def _our_name(published: str) -> str:
    """Our name for a published detector parameter."""
    published = re.sub(
        r"^bbox_head\.(cls|reg)_convs\.\d\.(\d)\.conv\.", r"head.tower.convs.\2.", published
    )
    published = re.sub(
        r"^bbox_head\.(cls|reg)_convs\.(\d)\.(\d)\.bn\.", r"head.tower.norms.\2.\3.", published
    )
    return re.sub(r"^bbox_head\.", "head.", published)


def _published_names(ours: str) -> list[str]:
    """The published names of one of our detector's parameters; the one in force comes last.

    Classes and boxes share one tower (two names), whose convolutions all levels share (times
    three); among them the box tower's and the last level's were assigned last.
    """
    if match := re.fullmatch(r"head\.tower\.convs\.(\d)\.(.+)", ours):
        return [
            f"bbox_head.{branch}_convs.{level}.{match[1]}.conv.{match[2]}"
            for level in range(3)
            for branch in ("cls", "reg")
        ]
    if match := re.fullmatch(r"head\.tower\.norms\.(\d)\.(\d)\.(.+)", ours):
        return [
            f"bbox_head.{branch}_convs.{match[1]}.{match[2]}.bn.{match[3]}"
            for branch in ("cls", "reg")
        ]
    return [re.sub(r"^head\.", "bbox_head.", ours)]


def _check_aliases(state: Mapping[str, Tensor]) -> None:
    first: dict[str, str] = {}
    for key, value in state.items():
        other = first.setdefault(_our_name(key), key)
        if not torch.equal(state[other], value):
            raise ValueError(
                f"Parameters {other!r} and {key!r} are two names of one parameter, "
                "and their values differ. If that is meant, pass "
                "strict_aliases=False."
            )


def _compare(name: str, state: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    """Raise unless `state` has the wanted names and shapes and no others."""
    for key, value in wanted.items():
        if key not in state:
            raise ValueError(f"{name}: the weights lack the parameter {key!r}.")
        if state[key].shape != value.shape:
            raise ValueError(
                f"{name}: parameter {key!r} has shape {tuple(state[key].shape)} "
                f"and should have {tuple(value.shape)}."
            )
    for key in state:
        if key not in wanted:
            raise ValueError(f"{name}: the weights have an unexpected parameter {key!r}.")
