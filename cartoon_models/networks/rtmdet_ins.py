"""RTMDet-Ins: one-stage instance segmentation with dynamic mask kernels.

Lyu et al. 2022, arXiv 2212.07784, section 3.4; the low-resolution stage of "Instance-guided
Cartoon Editing", arXiv 2312.01943, section 4.1. Tiny, s, m and l differ in width and depth only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .cspnext import ConvNorm, CSPLayer, CSPNeXt

STRIDES = (8, 16, 32)
PROTOTYPES = 8
# The mask head is three 1x1 convolutions, 2 + PROTOTYPES -> 8 -> 8 -> 1; all weights come first.
MASK_HEAD_WEIGHTS = ((8, 2 + PROTOTYPES), (8, 8), (1, 8))
KERNEL_CHANNELS = sum(out * inside + out for out, inside in MASK_HEAD_WEIGHTS)  # 169


@dataclass(frozen=True)
class RTMDetInsConfig:
    """Sizes of an `RTMDetIns`: channels after the stem, blocks per stage, channels and blocks of
    the neck (the head has the neck's channels), number of classes."""

    stem_channels: int
    stage_blocks: tuple[int, int, int, int]
    neck_channels: int
    neck_blocks: int
    classes: int = 1


def rtmdet_ins_config(size: str, classes: int = 1) -> RTMDetInsConfig:
    """Return the published sizes: "tiny", "s", "m" or "l" (the paper's table 1).

    Raises:
        ValueError: the size has another name.
    """
    scales = {"tiny": (0.375, 1 / 6), "s": (0.5, 1 / 3), "m": (0.75, 2 / 3), "l": (1.0, 1.0)}
    if size not in scales:
        raise ValueError(f"RTMDet-Ins comes as {', '.join(scales)}; there is no size {size!r}.")
    width, depth = scales[size]
    blocks = tuple(max(round(count * depth), 1) for count in (3, 6, 6, 3))
    return RTMDetInsConfig(int(64 * width), blocks, int(256 * width), blocks[0], classes)


class FeaturePyramid(nn.Module):
    """CSPNeXtPAFPN: top-down then bottom-up fusion of three levels.

    Shapes: three levels of `channels * (1, 2, 4)` times the backbone's base to three levels of
    `out_channels`, same sizes.
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int, blocks: int):
        super().__init__()
        low, middle, high = in_channels

        def layer(inside: int, out: int) -> CSPLayer:
            return CSPLayer(inside, out, blocks, identity=False, attention=False)

        self.reduce_layers = nn.ModuleList((ConvNorm(high, middle, 1), ConvNorm(middle, low, 1)))
        self.top_down_blocks = nn.ModuleList((layer(2 * middle, middle), layer(2 * low, low)))
        self.downsamples = nn.ModuleList((ConvNorm(low, low, 3, 2), ConvNorm(middle, middle, 3, 2)))
        self.bottom_up_blocks = nn.ModuleList((layer(2 * low, middle), layer(2 * middle, high)))
        self.out_convs = nn.ModuleList(ConvNorm(c, out_channels, 3) for c in in_channels)

    def forward(self, features: Sequence[Tensor]) -> list[Tensor]:
        stride8, stride16, stride32 = features
        inner32 = self.reduce_layers[0](stride32)
        fused = torch.cat((F.interpolate(inner32, scale_factor=2.0), stride16), 1)
        inner16 = self.reduce_layers[1](self.top_down_blocks[0](fused))
        fused = torch.cat((F.interpolate(inner16, scale_factor=2.0), stride8), 1)
        out8 = self.top_down_blocks[1](fused)
        out16 = self.bottom_up_blocks[0](torch.cat((self.downsamples[0](out8), inner16), 1))
        out32 = self.bottom_up_blocks[1](torch.cat((self.downsamples[1](out16), inner32), 1))
        return [conv(x) for conv, x in zip(self.out_convs, (out8, out16, out32), strict=True)]


class SharedTower(nn.Module):
    """Two 3x3 convolutions whose weights all levels share, with a batch norm per level (SepBN).

    Classes and boxes read the same tower, as in the published checkpoint.
    """

    def __init__(self, channels: int, depth: int = 2, levels: int = 3):
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False) for _ in range(depth)
        )
        self.norms = nn.ModuleList(
            nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(depth)) for _ in range(levels)
        )

    def forward(self, x: Tensor, level: int) -> Tensor:
        for conv, norm in zip(self.convs, self.norms[level], strict=True):
            x = F.silu(norm(conv(x)), inplace=True)
        return x


class MaskFeatures(nn.Module):
    """Prototypes that the dynamic kernels filter: `[B, 8, H/8, W/8]`, strides 8 to 32 fused."""

    def __init__(self, channels: int, levels: int = 3, depth: int = 4):
        super().__init__()
        self.fusion_conv = nn.Conv2d(levels * channels, channels, 1)
        self.stacked_convs = nn.Sequential(*(ConvNorm(channels, channels, 3) for _ in range(depth)))
        self.projection = nn.Conv2d(channels, PROTOTYPES, 1)

    def forward(self, levels: Sequence[Tensor]) -> Tensor:
        size = levels[0].shape[-2:]
        upsampled = [F.interpolate(x, size, mode="bilinear") for x in levels[1:]]
        fused = self.fusion_conv(torch.cat((levels[0], *upsampled), 1))
        return self.projection(self.stacked_convs(fused))


class Head(nn.Module):
    """Scores, box distances and mask kernels for every cell of every level."""

    def __init__(self, channels: int, classes: int, levels: int = 3):
        super().__init__()

        def predictors(out: int) -> nn.ModuleList:
            return nn.ModuleList(nn.Conv2d(channels, out, 1) for _ in range(levels))

        self.tower = SharedTower(channels, levels=levels)
        self.kernel_convs = nn.ModuleList(
            nn.Sequential(ConvNorm(channels, channels, 3), ConvNorm(channels, channels, 3))
            for _ in range(levels)
        )
        self.rtm_cls = predictors(classes)
        self.rtm_reg = predictors(4)
        self.rtm_kernel = predictors(KERNEL_CHANNELS)
        self.mask_head = MaskFeatures(channels, levels)

    def forward(self, levels: Sequence[Tensor]):
        scores, boxes, kernels = [], [], []
        for level, (x, stride) in enumerate(zip(levels, STRIDES, strict=True)):
            shared = self.tower(x, level)
            scores.append(self.rtm_cls[level](shared))
            boxes.append(F.relu(self.rtm_reg[level](shared)) * stride)
            kernels.append(self.rtm_kernel[level](self.kernel_convs[level](x)))
        return tuple(scores), tuple(boxes), tuple(kernels), self.mask_head(levels)


class RTMDetIns(nn.Module):
    """The detector.

    `forward(x)` takes float `[B, 3, H, W]`, BGR minus mean (103.53, 116.28, 123.675) over std
    (57.375, 57.12, 58.395), H and W multiples of 32, and returns `(cls, box, kernel, mask_feat)`:
    three levels each (strides 8, 16, 32) of score logits `[B, classes, h, w]`, distances
    left/top/right/bottom from the cell's corner in pixels `[B, 4, h, w]`, mask kernels
    `[B, 169, h, w]`; and prototypes `[B, 8, H/8, W/8]`.
    """

    def __init__(self, config: RTMDetInsConfig):
        super().__init__()
        self.config = config
        base = config.stem_channels
        self.backbone = CSPNeXt(base, config.stage_blocks)
        self.neck = FeaturePyramid(
            (4 * base, 8 * base, 16 * base), config.neck_channels, config.neck_blocks
        )
        self.head = Head(config.neck_channels, config.classes)

    def forward(self, x: Tensor):
        return self.head(self.neck(self.backbone(x)))

    @classmethod
    def config_of(cls, state: Mapping[str, Tensor]) -> RTMDetInsConfig:
        """Read the sizes off a state dict's keys and shapes.

        Raises:
            ValueError: the state dict is not an `RTMDetIns`'s.
        """
        try:
            stage_blocks = tuple(
                _count(state, f"backbone.stage{number}.{2 if number == 4 else 1}.blocks.")
                for number in (1, 2, 3, 4)
            )
            return RTMDetInsConfig(
                stem_channels=state["backbone.stem.2.conv.weight"].shape[0],
                stage_blocks=stage_blocks,
                neck_channels=state["neck.out_convs.0.conv.weight"].shape[0],
                neck_blocks=_count(state, "neck.top_down_blocks.0.blocks."),
                classes=state["head.rtm_cls.0.weight"].shape[0],
            )
        except KeyError as error:
            raise ValueError(
                f"These weights are not an RTMDet-Ins detector's: there is no "
                f"parameter {error.args[0]!r}."
            ) from error

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> RTMDetIns:
        """Build the network that fits `state` and load it (strictly), in eval mode.

        Raises:
            ValueError: the state dict is not an `RTMDetIns`'s.
            RuntimeError: a parameter is missing, unexpected or misshapen.
        """
        network = cls(cls.config_of(state))
        network.load_state_dict(state)
        return network.eval()

    def extra_repr(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in asdict(self.config).items())


def mask_priors(
    sizes: Sequence[tuple[int, int]],
    strides: Sequence[int] = STRIDES,
    device: torch.device | str | None = None,
) -> Tensor:
    """Return the anchor point of every cell, float32 `[P, 4]`: x, y, stride, stride.

    Args:
        sizes: (height, width) of each level; levels are joined in order, cells row by row.
        strides: pixels per cell of each level. A point is its cell's top-left corner.
    """
    levels = []
    for (height, width), stride in zip(sizes, strides, strict=True):
        y, x = torch.meshgrid(
            torch.arange(height, dtype=torch.float32, device=device) * stride,
            torch.arange(width, dtype=torch.float32, device=device) * stride,
            indexing="ij",
        )
        levels.append(torch.stack((x, y, *(torch.full_like(x, stride),) * 2), -1).flatten(0, 1))
    return torch.cat(levels)


def dynamic_masks(mask_feat: Tensor, kernels: Tensor, priors: Tensor) -> Tensor:
    """Filter one picture's prototypes with each instance's own kernels (section 3.4).

    The mask head's input is each position's offset from the prior, (prior - position) /
    (8 prior strides), then the prototypes. The offset is linear in the position, so the first
    layer is one matrix product over shared inputs with a bias of its own per instance, and no
    per-instance coordinate maps are made. Computed in float32: kernels overflow half precision.

    Args:
        mask_feat: prototypes `[8, h, w]` at stride 8.
        kernels: `[N, 169]`, weights of the three layers then their biases.
        priors: `[N, 4]` x, y, stride, stride.

    Returns:
        logits float32 `[N, h, w]`.
    """
    count, (height, width) = len(kernels), mask_feat.shape[-2:]
    sizes = [out * inside for out, inside in MASK_HEAD_WEIGHTS]
    sizes += [out for out, _ in MASK_HEAD_WEIGHTS]
    parts = kernels.float().split(sizes, 1)
    weights = [
        part.reshape(count, *shape)
        for part, shape in zip(parts[:3], MASK_HEAD_WEIGHTS, strict=True)
    ]
    biases = [part.unsqueeze(-1) for part in parts[3:]]

    priors = priors.float()
    reach = 1.0 / (priors[:, 2:] * 8.0)
    by_position = weights[0][:, :, :2] * -reach[:, None]
    bias = biases[0] - (by_position @ priors[:, :2, None])
    grid = mask_priors([(height, width)], STRIDES[:1], mask_feat.device)[:, :2].T
    inputs = torch.cat((grid, mask_feat.float().flatten(1)))
    first = torch.cat((by_position, weights[0][:, :, 2:]), 2).flatten(0, 1)

    hidden = MASK_HEAD_WEIGHTS[0][0]  # not -1, which no instance leaves ambiguous
    x = (first @ inputs).view(count, hidden, height * width).add_(bias).relu_()
    x = torch.baddbmm(biases[1], weights[1], x).relu_()
    x = torch.baddbmm(biases[2], weights[2], x)
    return x.view(count, height, width)


def _count(state: Mapping[str, Tensor], prefix: str) -> int:
    """How many numbered children stand under `prefix`."""
    return len({key[len(prefix) :].split(".", 1)[0] for key in state if key.startswith(prefix)})
