"""IS-Net: nested U-shaped blocks with intermediate supervision.

Qin et al. 2022, "Highly Accurate Dichotomous Image Segmentation" (arXiv 2203.03041), built of the
RSU blocks of U2-Net (arXiv 2005.09007, section 3.1); the high-resolution stage of
"Instance-guided Cartoon Editing" (arXiv 2312.01943, section 4.2), where the coarse mask is a
fourth input channel. Parameter names are the published ones.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# (levels, dilated, in, middle, out) of the full-size network, whose stem has 64 channels.
ENCODER = (
    (7, False, 64, 32, 64),
    (6, False, 64, 32, 128),
    (5, False, 128, 64, 256),
    (4, False, 256, 128, 512),
    (4, True, 512, 256, 512),
    (4, True, 512, 256, 512),
)
DECODER = (
    (7, False, 128, 16, 64),
    (6, False, 256, 32, 64),
    (5, False, 512, 64, 128),
    (4, False, 1024, 128, 256),
    (4, True, 1024, 256, 512),
)
MASK_ENCODER = (
    (7, False, 16, 16, 64),
    (6, False, 64, 16, 64),
    (5, False, 64, 32, 128),
    (4, False, 128, 32, 256),
    (4, True, 256, 64, 512),
    (4, True, 512, 64, 512),
)
SIDES = (64, 64, 128, 256, 512, 512)
FULL_STEM = 64


class ConvBlock(nn.Module):
    """3x3 convolution (with bias), batch norm, ReLU; the size stays."""

    def __init__(self, in_channels: int, out_channels: int, dilation: int = 1):
        super().__init__()
        self.conv_s1 = nn.Conv2d(in_channels, out_channels, 3, padding=dilation, dilation=dilation)
        self.bn_s1 = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn_s1(self.conv_s1(x)), inplace=True)


class RSU(nn.Module):
    """Residual U-block of `levels` encoder convolutions (U2-Net, figure 4).

    With `dilated`, dilations 1, 2, 4, 8 take the place of pooling (the paper's RSU-4F).
    Shapes: `[B, in, H, W]` to `[B, out, H, W]`, any H and W.
    """

    def __init__(
        self, levels: int, dilated: bool, in_channels: int, middle: int, out_channels: int
    ):
        super().__init__()
        self.levels = levels
        self.dilated = dilated
        self.rebnconvin = ConvBlock(in_channels, out_channels)
        for level in range(1, levels + 1):
            dilation = 2 ** (level - 1) if dilated else (2 if level == levels else 1)
            self.add_module(
                f"rebnconv{level}",
                ConvBlock(out_channels if level == 1 else middle, middle, dilation),
            )
        for level in range(levels - 1, 0, -1):
            dilation = 2 ** (level - 1) if dilated else 1
            self.add_module(
                f"rebnconv{level}d",
                ConvBlock(2 * middle, out_channels if level == 1 else middle, dilation),
            )

    def forward(self, x: Tensor) -> Tensor:
        entry = self.rebnconvin(x)
        skips = [self.rebnconv1(entry)]
        for level in range(2, self.levels + 1):
            # The deepest convolution is dilated instead of pooled.
            pooled = skips[-1] if self.dilated or level == self.levels else _pool(skips[-1])
            skips.append(self.get_submodule(f"rebnconv{level}")(pooled))
        x = skips.pop()
        for level in range(self.levels - 1, 0, -1):
            skip = skips.pop()
            x = self.get_submodule(f"rebnconv{level}d")(torch.cat((_resize_as(x, skip), skip), 1))
        return x + entry


class ISNet(nn.Module):
    """The refiner (4 input channels) or foreground segmenter (3 input channels).

    Args:
        in_channels: 4 for picture and coarse mask, 3 for a picture alone.
        width: every channel count times this; 64 * width must be a multiple of 4.

    `forward(x)` takes float `[B, in_channels, H, W]` in 0..1 (BGR, then the coarse mask), any size
    from 1 x 1, and returns six side logits `[B, 1, H, W]`, finest first.

    Raises:
        ValueError: the width gives no whole number of channels.
    """

    def __init__(self, in_channels: int = 4, width: float = 1.0):
        super().__init__()
        stem = _stem_channels(width)
        self.in_channels = in_channels
        self.width = stem / FULL_STEM
        self.conv_in = nn.Conv2d(in_channels, stem, 3, 2, 1)
        for number, sizes in enumerate(ENCODER, start=1):
            self.add_module(f"stage{number}", _scaled_rsu(sizes, stem))
        for number, sizes in enumerate(DECODER, start=1):
            self.add_module(f"stage{number}d", _scaled_rsu(sizes, stem))
        for number, channels in enumerate(SIDES, start=1):
            self.add_module(
                f"side{number}", nn.Conv2d(channels * stem // FULL_STEM, 1, 3, padding=1)
            )

    def forward(self, x: Tensor, return_features: bool = False):
        """Return the six side logits; with `return_features`, also the six feature maps that
        intermediate supervision reads (strides 2 to 64), as `(sides, features)`."""
        features = self._features(self.conv_in(x))
        sides = [
            F.interpolate(
                self.get_submodule(f"side{number}")(feature), x.shape[-2:], mode="bilinear"
            )
            for number, feature in enumerate(features, start=1)
        ]
        return (sides, features) if return_features else sides

    def finest(self, x: Tensor) -> Tensor:
        """`forward(x)[0]` without the work for the five coarser sides: logits `[B, 1, H, W]`."""
        return self._finest(self.conv_in(x), x.shape[-2:])

    def picture_share(self, picture: Tensor) -> Tensor:
        """The first convolution of `[1, 3, H, W]`, bias included, for `refine_from`.

        That convolution is linear, so the picture's share of it is computed once for several masks
        of one picture, and each mask adds its own.
        """
        return F.conv2d(picture, self.conv_in.weight[:, :3], self.conv_in.bias, 2, 1)

    def refine_from(self, share: Tensor, masks: Tensor) -> Tensor:
        """As `finest`, of `picture_share(picture)` and masks `[N, 1, H, W]`."""
        stem = F.conv2d(masks, self.conv_in.weight[:, 3:], None, 2, 1).add_(share)
        return self._finest(stem, masks.shape[-2:])

    def _finest(self, stem: Tensor, size: torch.Size) -> Tensor:
        return F.interpolate(self.side1(self._features(stem)[0]), size, mode="bilinear")

    def _features(self, x: Tensor) -> list[Tensor]:
        skips = _encode(self, x)
        features = [skips.pop()]
        for number in range(5, 0, -1):
            skip = skips.pop()
            stage = self.get_submodule(f"stage{number}d")
            features.append(stage(torch.cat((_resize_as(features[-1], skip), skip), 1)))
        return features[::-1]

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> ISNet:
        """Build the network that fits `state` and load it (strictly), in eval mode.

        Raises:
            ValueError: the state dict is not an `ISNet`'s.
            RuntimeError: a parameter is missing, unexpected or misshapen.
        """
        stem = state.get("conv_in.weight")
        if stem is None or stem.ndim != 4:
            raise ValueError(
                "These weights are not an IS-Net's: there is no parameter "
                "'conv_in.weight' of four dimensions."
            )
        network = cls(stem.shape[1], stem.shape[0] / FULL_STEM)
        network.load_state_dict(state)
        return network.eval()


class GroundTruthEncoder(nn.Module):
    """Encodes a true mask into the features that supervise `ISNet`'s (DIS, section 4.1).

    Used in training only: it is first trained to reproduce the mask from its own features.

    `forward(mask)` takes float `[B, 1, H, W]` in 0..1 and returns `(sides, features)`: six side
    logits `[B, 1, H, W]` and six feature maps of the same shapes as `ISNet`'s of equal width.
    """

    def __init__(self, width: float = 1.0):
        super().__init__()
        stem = _stem_channels(width)
        self.conv_in = MaskStem(MASK_ENCODER[0][2] * stem // FULL_STEM)
        for number, sizes in enumerate(MASK_ENCODER, start=1):
            self.add_module(f"stage{number}", _scaled_rsu(sizes, stem))
        for number, channels in enumerate(SIDES, start=1):
            self.add_module(
                f"side{number}", nn.Conv2d(channels * stem // FULL_STEM, 1, 3, padding=1)
            )

    def forward(self, mask: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        features = _encode(self, self.conv_in(mask))
        sides = [
            F.interpolate(
                self.get_submodule(f"side{number}")(feature), mask.shape[-2:], mode="bilinear"
            )
            for number, feature in enumerate(features, start=1)
        ]
        return sides, features


class MaskStem(nn.Module):
    """3x3 convolution of stride 2 on a mask, batch norm, ReLU."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, 3, 2, 1)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)), inplace=True)


def _stem_channels(width: float) -> int:
    stem = round(FULL_STEM * width)
    if stem < 4 or stem % 4:
        raise ValueError(f"64 * width must be a multiple of 4, and width {width} gives {stem}.")
    return stem


def _scaled_rsu(sizes: tuple[int, bool, int, int, int], stem: int) -> RSU:
    levels, dilated, *channels = sizes
    return RSU(levels, dilated, *(c * stem // FULL_STEM for c in channels))


def _encode(network: nn.Module, x: Tensor) -> list[Tensor]:
    """Run stage1 to stage6 with a pool before each but the first; return all six outputs."""
    outputs = [network.get_submodule("stage1")(x)]
    for number in range(2, 7):
        outputs.append(network.get_submodule(f"stage{number}")(_pool(outputs[-1])))
    return outputs


def _pool(x: Tensor) -> Tensor:
    return F.max_pool2d(x, 2, 2, ceil_mode=True)


def _resize_as(x: Tensor, like: Tensor) -> Tensor:
    if x.shape[-2:] == like.shape[-2:]:
        return x
    return F.interpolate(x, like.shape[-2:], mode="bilinear")
