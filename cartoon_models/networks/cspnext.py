"""CSPNeXt: the convolutional backbone of RTMDet (Lyu et al. 2022, arXiv 2212.07784, section 3.2).

Every convolution is followed by a batch norm with eps 1e-5 (the published instance-segmentation
configuration overrides CSPNeXt's own 1e-3) and SiLU. Parameter names are the published ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class ConvNorm(nn.Module):
    """Convolution without bias, batch norm, SiLU; "same" padding.

    Shapes: `[B, in, H, W]` to `[B, out, ceil(H / stride), ceil(W / stride)]`.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1
    ):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False
        )
        self.bn = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.silu(self.bn(self.conv(x)), inplace=True)


class DepthwiseSeparable(nn.Module):
    """5x5 depthwise then 1x1 pointwise, each with norm and activation."""

    def __init__(self, channels: int, kernel: int = 5):
        super().__init__()
        self.depthwise_conv = ConvNorm(channels, channels, kernel, groups=channels)
        self.pointwise_conv = ConvNorm(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.pointwise_conv(self.depthwise_conv(x))


class CSPNeXtBlock(nn.Module):
    """3x3 convolution and a large-kernel depthwise one, with an optional identity path."""

    def __init__(self, channels: int, identity: bool):
        super().__init__()
        self.conv1 = ConvNorm(channels, channels, 3)
        self.conv2 = DepthwiseSeparable(channels)
        self.identity = identity

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv2(self.conv1(x))
        return out + x if self.identity else out


class ChannelAttention(nn.Module):
    """Scale each channel by a hard sigmoid of its global mean."""

    def __init__(self, channels: int):
        super().__init__()
        self.fc = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * nn.functional.hardsigmoid(self.fc(x.mean((2, 3), keepdim=True)))


class CSPLayer(nn.Module):
    """Cross-stage partial layer: half of the channels go through the blocks, half go around."""

    def __init__(
        self, in_channels: int, out_channels: int, blocks: int, identity: bool, attention: bool
    ):
        super().__init__()
        middle = out_channels // 2
        self.main_conv = ConvNorm(in_channels, middle, 1)
        self.short_conv = ConvNorm(in_channels, middle, 1)
        self.final_conv = ConvNorm(2 * middle, out_channels, 1)
        self.blocks = nn.Sequential(*(CSPNeXtBlock(middle, identity) for _ in range(blocks)))
        self.attention = ChannelAttention(2 * middle) if attention else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        joined = torch.cat((self.blocks(self.main_conv(x)), self.short_conv(x)), 1)
        return self.final_conv(self.attention(joined))


class SpatialPyramidPooling(nn.Module):
    """Concatenate max-pools of 5, 9 and 13 pixels with their input, at half the channels.

    Two 5-pixel pools in a row cover 9 pixels and three cover 13, exactly, for less work.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = ConvNorm(channels, channels // 2, 1)
        self.conv2 = ConvNorm(channels // 2 * 4, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        levels = [self.conv1(x)]
        for _ in range(3):
            levels.append(nn.functional.max_pool2d(levels[-1], 5, 1, 2))
        return self.conv2(torch.cat(levels, 1))


class CSPNeXt(nn.Module):
    """Backbone with four stages; returns the features of the last three.

    Args:
        stem_channels: channels after the stem (64 in the large network); must be even. The
            stages have 2, 4, 8 and 16 times as many.
        blocks: how many `CSPNeXtBlock`s each of the four stages has.

    Shapes: `[B, 3, H, W]`, H and W multiples of 32, to features at strides 8, 16 and 32.
    """

    def __init__(self, stem_channels: int, blocks: Sequence[int]):
        super().__init__()
        half = stem_channels // 2
        self.stem = nn.Sequential(
            ConvNorm(3, half, 3, 2), ConvNorm(half, half, 3), ConvNorm(half, stem_channels, 3)
        )
        channels = stem_channels
        for number, count in enumerate(blocks, start=1):
            last = number == len(blocks)
            layers: list[nn.Module] = [ConvNorm(channels, 2 * channels, 3, 2)]
            channels *= 2
            if last:
                layers.append(SpatialPyramidPooling(channels))
            layers.append(CSPLayer(channels, channels, count, identity=not last, attention=True))
            self.add_module(f"stage{number}", nn.Sequential(*layers))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.stage1(self.stem(x))
        stride8 = self.stage2(x)
        stride16 = self.stage3(stride8)
        return stride8, stride16, self.stage4(stride16)
