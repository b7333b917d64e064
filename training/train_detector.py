"""Train the detector: `python -m training.train_detector --run runs/detector --minutes 30`.

RTMDet-Ins on compositions (arXiv 2312.01943, section 4.1). On one GPU add `--precision bf16
--batch 64 --workers 14 --size 640`, and `--recomposed 0.75` where the log says that it waits for
data; on several, start it with `accelerate launch -m`.
"""

import argparse
import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from cartoon_models.networks.rtmdet_ins import RTMDetIns, RTMDetInsConfig, rtmdet_ins_config

from .detection_batch import PAD, DetectionBatch, boxes_of, collate
from .losses.detection import detection_loss, semantic_loss
from .options import (
    add_data_options,
    add_loop_options,
    add_material_options,
    add_recomposed_options,
    add_scenes_option,
    add_shards_option,
    loop_options,
    recomposed_or_exit,
    samples_or_exit,
    shards_or_exit,
)

MEAN = (103.53, 116.28, 123.675)  # of BGR, 0..255, as in the published checkpoint
STD = (57.375, 57.12, 58.395)


class Letterboxed(Dataset):
    """Samples of which a share ends in padding, as pictures that are not square do when used.

    samples[i] is a dict of picture uint8 [S, S, 3] RGB, masks uint8 [N, S, S] and boxes float32
    [N, 4]. What is cut off to under a quarter of its area is no longer an instance.
    """

    def __init__(self, samples: Dataset, seed: int, share: float = 0.3):
        self.samples, self.seed, self.share = samples, seed, share

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        sample = self.samples[index]
        rng = np.random.default_rng([self.seed, 4, index])
        if rng.random() >= self.share:
            return sample
        picture, masks = sample["picture"].clone(), sample["masks"].clone()
        before = masks.sum((1, 2), dtype=torch.int64)
        start = int(picture.shape[0] * rng.uniform(0.5, 0.95))
        below = (slice(start, None),) if rng.random() < 0.6 else (slice(None), slice(start, None))
        picture[below] = PAD
        masks[(slice(None), *below)] = 0
        boxes, present = boxes_of(masks)
        kept = present & (masks.sum((1, 2), dtype=torch.int64) * 4 >= before)
        return {"picture": picture, "masks": masks[kept], "boxes": boxes[kept]}


def normalize(pictures: Tensor) -> Tensor:
    """uint8 [B, H, W, 3] RGB -> float32 [B, 3, H, W] BGR, normalised, channels last in memory."""
    mean = torch.tensor(MEAN, device=pictures.device)
    std = torch.tensor(STD, device=pictures.device)
    return ((pictures.flip(-1).float() - mean) / std).permute(0, 3, 1, 2)


class WithSemantics(nn.Module):
    """The detector and, for training only, a map per level of where any character is."""

    def __init__(self, detector: RTMDetIns):
        super().__init__()
        self.detector = detector
        channels = detector.config.neck_channels
        self.semantic = nn.ModuleList(nn.Conv2d(channels, 1, 1) for _ in range(3))

    def forward(self, x: Tensor):
        levels = self.detector.neck(self.detector.backbone(x))
        maps = [head(level) for head, level in zip(self.semantic, levels, strict=True)]
        return self.detector.head(levels), maps


def compute_loss(network: nn.Module, batch: DetectionBatch, accelerator: Any) -> dict[str, Tensor]:
    """Loss of `WithSemantics` on a batch."""
    outputs, maps = network(normalize(batch.pictures))
    parts = detection_loss(
        outputs,
        batch.targets,
        mean_over_processes=lambda value: accelerator.reduce(value, "mean"),
    )
    semantic = semantic_loss(maps, batch.targets)
    return parts | {"loss": parts["loss"] + semantic, "semantic": semantic}


def initialize(network: RTMDetIns) -> RTMDetIns:
    """Start values of the head: rare positives (focal loss, 1 %), boxes 6 strides wide, and mask
    kernels that begin as one ordinary small network for all instances."""
    head = network.head
    for convolution in (*head.rtm_cls, *head.rtm_reg, *head.rtm_kernel):
        nn.init.normal_(convolution.weight, std=0.01)
    for cls, reg in zip(head.rtm_cls, head.rtm_reg, strict=True):
        nn.init.constant_(cls.bias, -4.6)
        nn.init.constant_(reg.bias, 3.0)
    nn.init.normal_(head.rtm_kernel[0].bias, std=0.4)
    for other in head.rtm_kernel[1:]:
        other.bias.data.copy_(head.rtm_kernel[0].bias.data)
    return network


def network_config(name: str) -> RTMDetInsConfig:
    """A published size (tiny, s, m, l), or "cpu": tiny with two more blocks in its middle stages,
    which costs 3 % of the time on a CPU."""
    if name == "cpu":
        return RTMDetInsConfig(24, (1, 2, 2, 1), 96, 1)
    return rtmdet_ins_config(name)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.train_detector",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_loop_options(parser)
    parser.add_argument("--network", default="cpu", help="cpu, tiny, s, m or l (default: cpu)")
    parser.add_argument("--size", type=int, default=320, help="side of the input, n * 32")
    parser.add_argument("--start", type=Path, help="run, checkpoint or exported file to begin with")
    add_data_options(parser)
    add_material_options(parser)
    add_scenes_option(parser)
    add_shards_option(parser)
    add_recomposed_options(parser)
    options = parser.parse_args(arguments)
    if options.size < 64 or options.size % 32:
        parser.error(f"--size {options.size} must be a multiple of 32 from 64 up")
    loop = loop_options(parser, options)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    from .dataset import DetectorSamples
    from .loop import train, weights_of

    config = network_config(options.network)
    torch.manual_seed(loop.seed)
    network = WithSemantics(initialize(RTMDetIns(config)))
    if options.start:
        network.load_state_dict(weights_of(options.start, "detector."), strict=False)
    if options.shards:
        from .shards import Endless

        finished = shards_or_exit(parser, options, size=options.size)
        samples, data = Endless(finished, loop.seed), {"shards": finished.summary()}
    else:
        samples, data = samples_or_exit(parser, options, DetectorSamples)
    samples, join, recomposer = Letterboxed(samples, loop.seed), collate, None
    if options.recomposed:
        from .recompose.batches import collate_mixed as join

        samples, recomposer, about = recomposed_or_exit(parser, options, samples)
        data |= about
    train(
        network,
        compute_loss,
        samples,
        join,
        loop,
        description={
            "architecture": "rtmdet_ins",
            "input_size": options.size,
            "network": asdict(config),
            "part": "detector.",
            "data": data,
            "start": options.start.name if options.start else "",
        },
        recompose=recomposer,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
