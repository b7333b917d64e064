"""Folding batch norms into the convolutions before them, for inference."""

from __future__ import annotations

import copy

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .cspnext import ConvNorm
from .isnet import ConvBlock, MaskStem
from .rtmdet_ins import SharedTower

_PAIRS = {ConvNorm: ("conv", "bn"), ConvBlock: ("conv_s1", "bn_s1"), MaskStem: ("conv", "bn")}


def fuse_norms(network: nn.Module) -> nn.Module:
    """Return a copy of `network`, in eval mode, whose norms are folded into its convolutions.

    The copy computes the same function in fewer passes over memory; it is for running only: it
    can be neither trained nor saved as a checkpoint.
    """
    network = copy.deepcopy(network).eval()
    for module in list(network.modules()):
        if type(module) in _PAIRS:
            conv, norm = _PAIRS[type(module)]
            setattr(module, conv, fuse_conv_bn_eval(getattr(module, conv), getattr(module, norm)))
            setattr(module, norm, nn.Identity())
    for name, module in list(network.named_modules()):
        if isinstance(module, SharedTower):
            parent, _, child = name.rpartition(".")
            setattr(network.get_submodule(parent), child, FusedTower(module))
    return network


class FusedTower(nn.Module):
    """A `SharedTower` with folded norms: each level has convolutions of its own."""

    def __init__(self, tower: SharedTower):
        super().__init__()
        self.levels = nn.ModuleList(
            nn.ModuleList(
                fuse_conv_bn_eval(conv, norm) for conv, norm in zip(tower.convs, norms, strict=True)
            )
            for norms in tower.norms
        )

    def forward(self, x, level: int):
        for conv in self.levels[level]:
            x = nn.functional.silu(conv(x), inplace=True)
        return x
