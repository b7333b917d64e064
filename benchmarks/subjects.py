"""What is measured: networks with made-up weights, made-up outputs, pictures and masks."""

import math

import numpy as np
import torch
from torch import Tensor, nn

from cartoon_models.networks import ISNet

from .reference import STRIDES, ReferenceRTMDetIns


def reference_detector(quick: bool) -> ReferenceRTMDetIns:
    """RTMDet-Ins-L with made-up weights, or a toy of the same build."""
    sizes = {"base": 8, "blocks": (1, 1, 1, 1), "channels": 16} if quick else {}
    return _filled(ReferenceRTMDetIns(**sizes))


def refiner(width: float = 1.0) -> ISNet:
    """IS-Net with made-up weights; width 1 is the published size."""
    return _filled(ISNet(4, width))


def outputs_of_characters(height: int, width: int, original: tuple[int, int], count: int = 100):
    """Detector outputs `(cls, box, kernel, mask_feat)` for `count` characters of different sizes.

    They stand in a grid on the part of the input that the picture covers. The mask heads know
    nothing but the distance to their own point, so each mask is a soft diamond around it.
    """
    scale = min(height / original[0], width / original[1])
    rng = np.random.default_rng(0)
    cls, box, kernel, mask_feat = (
        [torch.full((1, 1, height // s, width // s), -9.0) for s in STRIDES],
        [torch.zeros(1, 4, height // s, width // s) for s in STRIDES],
        [torch.zeros(1, 169, height // s, width // s) for s in STRIDES],
        torch.zeros(1, 8, height // STRIDES[0], width // STRIDES[0]),
    )
    rows = max(1, round(math.sqrt(count * original[0] / original[1])))
    columns = -(-count // rows)
    stride = STRIDES[0]
    for index in range(count):
        y = int(original[0] * scale * (index // columns + 0.5) / rows) // stride
        x = int(original[1] * scale * (index % columns + 0.5) / columns) // stride
        reach = rng.uniform(0.02, 0.09) * max(height, width)  # pixels of the input
        cls[0][0, 0, y, x] = rng.uniform(0, 4)
        box[0][0, :, y, x] = reach
        kernel[0][0, :, y, x] = _diamond(reach / (8 * stride))
    return tuple(cls), tuple(box), tuple(kernel), mask_feat


def outputs_everywhere(height: int, width: int, seed: int = 0):
    """Detector outputs with far more than 100 good candidates, whose masks cover the whole picture
    with values of every kind: the worst that decoding can meet."""
    rng = np.random.default_rng(seed)
    levels = [], [], []
    for stride in STRIDES:
        shape = height // stride, width // stride
        levels[0].append(rng.normal(-2.5, 1.5, (1, 1, *shape)))
        levels[1].append(rng.uniform(stride, stride * 5.0, (1, 4, *shape)))
        levels[2].append(rng.normal(0, 0.35, (1, 169, *shape)))
    y, x = np.mgrid[0 : height // 8, 0 : width // 8]
    waves = [
        np.sin(rng.uniform(0.1, 0.5) * x + rng.uniform(0.1, 0.5) * y + rng.uniform(0, 6))
        for _ in range(8)
    ]
    cls, box, kernel = (tuple(map(_tensor, level)) for level in levels)
    return cls, box, kernel, _tensor(np.stack(waves)[None])


def picture(height: int, width: int, seed: int = 0) -> Tensor:
    """A picture of flat patches, float32 `[H, W, 3]`."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 1, (24, 2)) * (height, width)
    colours = rng.uniform(0, 1, (24, 3)).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    nearest = np.zeros((height, width), np.int64)
    least = np.full((height, width), np.inf, np.float32)
    for index, (cy, cx) in enumerate(points):
        distance = (y - cy) ** 2 + (x - cx) ** 2
        nearest[distance < least] = index
        np.minimum(least, distance, out=least)
    return torch.from_numpy(colours[nearest])


def characters(count: int, height: int, width: int) -> Tensor:
    """`count` upright ellipses side by side, float32 `[count, H, W]` of 0 and 1."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    masks = torch.empty(count, height, width)
    for index in range(count):
        cx = width * (index + 0.5) / count
        rx = max(2.0, min(width / count * 0.55, height * 0.2))
        ry = height * (0.25 + 0.15 * (index % 3))
        masks[index] = ((x - cx) / rx) ** 2 + ((y - height * 0.55) / ry) ** 2 < 1
    return masks


def _diamond(radius: float) -> Tensor:
    """A mask head, `[169]`, whose logit falls from 24 at its point to 0 at `radius` (in its own
    units) along both axes: 24 - 24 / radius * (|x| + |y|). Trained ones are as sure of a mask's
    inside and its outside."""
    first, second, third = torch.zeros(8, 10), torch.zeros(8, 8), torch.zeros(1, 8)
    for row, (axis, sign) in enumerate(((0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0))):
        first[row, axis] = sign
        second[row, row] = 1.0
        third[0, row] = -24.0 / radius
    biases = torch.zeros(17)
    biases[16] = 24.0
    return torch.cat((first.flatten(), second.flatten(), third.flatten(), biases))


def _filled(network: nn.Module) -> nn.Module:
    """Weights that keep the signal's size from layer to layer, as trained ones do: numbers so small
    that the processor stumbles over them would spoil every time."""
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            fan_in = module.weight[0].numel()
            with torch.no_grad():
                module.weight.normal_(0, math.sqrt(2 / fan_in), generator=generator)
    return network.eval().requires_grad_(False)


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, np.float32))
