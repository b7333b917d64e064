"""Depthwise convolutions on a CPU in bf16: their weights' gradient is the slow part."""

import torch
from torch import Tensor, nn


class Float32Depthwise(nn.Conv2d):
    """A depthwise convolution that computes in float32 under autocast and returns its input's type.

    With channels last, PyTorch 2.15's gradient of a 5 x 5 kernel takes four to seven times as long
    in bfloat16 as in float32 on a CPU with amx (8 x 48 x 64 x 64: 61 and 11 ms).
    """

    def _conv_forward(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return super()._conv_forward(x.float(), weight.float(), bias).to(x.dtype)


def depthwise_in_float32(network: nn.Module) -> nn.Module:
    """Make every depthwise convolution of a network a `Float32Depthwise`, in place.

    Parameters, their names and hooks stay; what the network computes changes by rounding only.
    """
    for module in network.modules():
        if type(module) is nn.Conv2d and 1 < module.groups == module.in_channels:
            module.__class__ = Float32Depthwise
    return network
