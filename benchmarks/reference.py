"""What is measured against: the published way of doing the same, in plain PyTorch.

mmdet needs compiled parts and cannot be counted on to be there, so its RTMDet-Ins-L is written
down here once more as it computes: eager float32 in NCHW, a batch norm after every convolution,
separate towers for classes and boxes, and every kept candidate's mask enlarged to the picture
before anything is cut. The refiner is run as published, too: the picture copied for each instance,
all six sides computed. Sources: arXiv 2212.07784, section 3; arXiv 2312.01943, section 4. Parameter
names are the published ones, so `load_published` takes this network's state dict, and both networks
can be checked against each other.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STRIDES = (8, 16, 32)
MASK_LAYERS = ((10, 8), (8, 8), (8, 1))


class ConvModule(nn.Module):
    def __init__(self, inside: int, out: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inside, out, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(out)
        self.activate = nn.SiLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.activate(self.bn(self.conv(x)))


class Separable(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.depthwise_conv = ConvModule(channels, channels, 5, groups=channels)
        self.pointwise_conv = ConvModule(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.pointwise_conv(self.depthwise_conv(x))


class Block(nn.Module):
    def __init__(self, channels: int, identity: bool):
        super().__init__()
        self.conv1 = ConvModule(channels, channels, 3)
        self.conv2 = Separable(channels)
        self.identity = identity

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv2(self.conv1(x))
        return out + x if self.identity else out


class Attention(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.global_avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Conv2d(channels, channels, 1)
        self.act = nn.Hardsigmoid()

    def forward(self, x: Tensor) -> Tensor:
        return x * self.act(self.fc(self.global_avgpool(x)))


class Layer(nn.Module):
    def __init__(self, inside: int, out: int, blocks: int, identity: bool, attention: bool):
        super().__init__()
        self.main_conv = ConvModule(inside, out // 2, 1)
        self.short_conv = ConvModule(inside, out // 2, 1)
        self.final_conv = ConvModule(out, out, 1)
        self.blocks = nn.Sequential(*(Block(out // 2, identity) for _ in range(blocks)))
        self.attention = Attention(out) if attention else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat((self.blocks(self.main_conv(x)), self.short_conv(x)), 1)
        return self.final_conv(self.attention(x))


class Pooling(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = ConvModule(channels, channels // 2, 1)
        self.poolings = nn.ModuleList(nn.MaxPool2d(k, 1, k // 2) for k in (5, 9, 13))
        self.conv2 = ConvModule(channels * 2, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        return self.conv2(torch.cat([x, *(pool(x) for pool in self.poolings)], 1))


class Backbone(nn.Module):
    def __init__(self, base: int, blocks: tuple[int, ...]):
        super().__init__()
        half = base // 2
        self.stem = nn.Sequential(
            ConvModule(3, half, 3, 2), ConvModule(half, half, 3), ConvModule(half, base, 3)
        )
        for number, count in enumerate(blocks, start=1):
            inside, out, last = base * 2 ** (number - 1), base * 2**number, number == 4
            parts = [ConvModule(inside, out, 3, 2)] + [Pooling(out)] * last
            parts.append(Layer(out, out, count, identity=not last, attention=True))
            self.add_module(f"stage{number}", nn.Sequential(*parts))

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.stage1(self.stem(x))
        levels = [self.stage2(x)]
        levels.append(self.stage3(levels[-1]))
        return [*levels, self.stage4(levels[-1])]


class Neck(nn.Module):
    def __init__(self, base: int, out: int, blocks: int):
        super().__init__()
        low, middle, high = 4 * base, 8 * base, 16 * base

        def layer(inside: int, out: int) -> Layer:
            return Layer(inside, out, blocks, identity=False, attention=False)

        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")
        self.reduce_layers = nn.ModuleList(
            [ConvModule(high, middle, 1), ConvModule(middle, low, 1)]
        )
        self.top_down_blocks = nn.ModuleList([layer(2 * middle, middle), layer(2 * low, low)])
        self.downsamples = nn.ModuleList(
            [ConvModule(low, low, 3, 2), ConvModule(middle, middle, 3, 2)]
        )
        self.bottom_up_blocks = nn.ModuleList([layer(2 * low, middle), layer(2 * middle, high)])
        self.out_convs = nn.ModuleList([ConvModule(c, out, 3) for c in (low, middle, high)])

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        c3, c4, c5 = levels
        p5 = self.reduce_layers[0](c5)
        p4 = self.reduce_layers[1](self.top_down_blocks[0](torch.cat([self.upsample(p5), c4], 1)))
        n3 = self.top_down_blocks[1](torch.cat([self.upsample(p4), c3], 1))
        n4 = self.bottom_up_blocks[0](torch.cat([self.downsamples[0](n3), p4], 1))
        n5 = self.bottom_up_blocks[1](torch.cat([self.downsamples[1](n4), p5], 1))
        return [conv(x) for conv, x in zip(self.out_convs, (n3, n4, n5), strict=True)]


class MaskBranch(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.fusion_conv = nn.Conv2d(3 * channels, channels, 1)
        self.stacked_convs = nn.Sequential(*(ConvModule(channels, channels, 3) for _ in range(4)))
        self.projection = nn.Conv2d(channels, 8, 1)

    def forward(self, levels: list[Tensor]) -> Tensor:
        size = levels[0].shape[-2:]
        levels = levels[:1] + [F.interpolate(x, size=size, mode="bilinear") for x in levels[1:]]
        return self.projection(self.stacked_convs(self.fusion_conv(torch.cat(levels, 1))))


class SepBNHead(nn.Module):
    def __init__(self, channels: int):
        super().__init__()

        def tower() -> nn.ModuleList:
            return nn.ModuleList([ConvModule(channels, channels, 3) for _ in range(2)])

        self.cls_convs = nn.ModuleList(tower() for _ in STRIDES)
        self.reg_convs = self.cls_convs  # one set of modules under two names, run twice
        self.kernel_convs = nn.ModuleList(tower() for _ in STRIDES)
        for convs in self.cls_convs[1:]:
            for conv, first in zip(convs, self.cls_convs[0], strict=True):
                conv.conv = first.conv
        self.rtm_cls = nn.ModuleList(nn.Conv2d(channels, 1, 1) for _ in STRIDES)
        self.rtm_reg = nn.ModuleList(nn.Conv2d(channels, 4, 1) for _ in STRIDES)
        self.rtm_kernel = nn.ModuleList(nn.Conv2d(channels, 169, 1) for _ in STRIDES)
        self.mask_head = MaskBranch(channels)

    def forward(self, levels: list[Tensor]):
        mask_feat = self.mask_head(levels)
        scores, boxes, kernels = [], [], []
        for level, (x, stride) in enumerate(zip(levels, STRIDES, strict=True)):
            by_tower = []
            for convs in (self.cls_convs[level], self.kernel_convs[level], self.reg_convs[level]):
                feature = x
                for conv in convs:
                    feature = conv(feature)
                by_tower.append(feature)
            scores.append(self.rtm_cls[level](by_tower[0]))
            kernels.append(self.rtm_kernel[level](by_tower[1]))
            boxes.append(F.relu(self.rtm_reg[level](by_tower[2])) * stride)
        return tuple(scores), tuple(boxes), tuple(kernels), mask_feat


class ReferenceRTMDetIns(nn.Module):
    """RTMDet-Ins with one class; the default sizes are RTMDet-Ins-L's."""

    def __init__(self, base: int = 64, blocks=(3, 6, 6, 3), channels: int = 256):
        super().__init__()
        self.backbone = Backbone(base, blocks)
        self.neck = Neck(base, channels, blocks[0])
        self.bbox_head = SepBNHead(channels)

    def forward(self, x: Tensor):
        return self.bbox_head(self.neck(self.backbone(x)))


def reference_decode(
    cls, box, kernel, mask_feat: Tensor, input_size, original_size
) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes `[n, 4]`, scores `[n]` and masks bool `[n, H, W]`, as published.

    Thresholds 0.05, 1000 a level, IoU 0.6, 100 instances. All masks are enlarged together: 8 times,
    then to the picture, then cut at 0.5.
    """
    import torchvision  # here, so that it weighs on no other measurement's memory

    scale = min(input_size[0] / original_size[0], input_size[1] / original_size[1])
    scores, distances, kernels, points = [], [], [], []
    for c, b, k, stride in zip(cls, box, kernel, STRIDES, strict=True):
        height, width = c.shape[-2:]
        probability = c[0, 0].sigmoid().flatten()
        kept = (probability > 0.05).nonzero().squeeze(1)
        kept = kept[probability[kept].sort(descending=True).indices[:1000]]
        y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        grid = torch.stack([x.flatten(), y.flatten()], 1).float() * stride
        scores.append(probability[kept])
        distances.append(b[0].permute(1, 2, 0).reshape(-1, 4)[kept])
        kernels.append(k[0].permute(1, 2, 0).reshape(-1, 169)[kept])
        points.append(F.pad(grid[kept], (0, 1), value=stride))
    score, distance, weights, point = map(torch.cat, (scores, distances, kernels, points))
    boxes = torch.cat([point[:, :2] - distance[:, :2], point[:, :2] + distance[:, 2:]], 1)
    boxes[:, 0::2] = boxes[:, 0::2].clamp(0, input_size[1])
    boxes[:, 1::2] = boxes[:, 1::2].clamp(0, input_size[0])
    boxes = boxes / scale
    keep = torchvision.ops.batched_nms(boxes, score, torch.zeros_like(score), 0.6)[:100]
    logits = _mask_logits(mask_feat, weights[keep], point[keep])
    logits = F.interpolate(logits[None], scale_factor=8, mode="bilinear")
    full = [math.ceil(side / scale) for side in logits.shape[-2:]]
    logits = F.interpolate(logits, size=full, mode="bilinear", align_corners=False)
    masks = logits[0, :, : original_size[0], : original_size[1]].sigmoid() > 0.5
    return boxes[keep], score[keep], masks


def reference_refine(network: nn.Module, picture: Tensor, masks: Tensor) -> Tensor:
    """Refine `masks [N, 1, S, S]` of `picture [1, 3, S, S]` as published; bool `[N, S, S]`.

    Four at a time, the picture copied for each, six sides computed and the first one used.
    """
    refined = []
    for chunk in masks.split(4):
        batch = torch.cat([picture.repeat(len(chunk), 1, 1, 1), chunk], 1)
        refined.append(network(batch)[0][:, 0].sigmoid() > 0.3)
    return torch.cat(refined)


def _mask_logits(mask_feat: Tensor, kernels: Tensor, points: Tensor) -> Tensor:
    count, (height, width) = len(kernels), mask_feat.shape[-2:]
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    grid = torch.stack([x.flatten(), y.flatten()], 1).float() * STRIDES[0]
    relative = (points[:, None, :2] - grid[None]) / (points[:, None, 2:] * 8)
    relative = relative.permute(0, 2, 1).reshape(count, 2, height, width)
    x = torch.cat([relative, mask_feat.expand(count, -1, -1, -1)], 1)
    x = x.reshape(1, -1, height, width)
    sizes = [inside * out for inside, out in MASK_LAYERS] + [out for _, out in MASK_LAYERS]
    parts = kernels.split(sizes, 1)
    for number, (inside, out) in enumerate(MASK_LAYERS):
        weight = parts[number].reshape(count * out, inside, 1, 1)
        x = F.conv2d(x, weight, parts[3 + number].reshape(-1), groups=count)
        x = F.relu(x) if number < 2 else x
    return x.reshape(count, height, width)
