"""Train the refiner: `python -m training.train_refiner --run runs/refiner --minutes 30`.

IS-Net on crops around one figure and a spoiled mask of it (arXiv 2312.01943, section 4.2). First
the ground-truth encoder learns to reproduce masks (`--encoder-minutes`, in RUN/encoder), then it is
frozen and its features supervise the refiner's. On one GPU add `--precision bf16 --batch 32
--workers 14 --size 640 --width 0.375`; on several, start it with `accelerate launch -m`.
"""

import argparse
import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from cartoon_models.networks.isnet import GroundTruthEncoder, ISNet

from .detected import DetectedMasks
from .losses.refinement import refinement_loss
from .options import (
    add_data_options,
    add_loop_options,
    add_material_options,
    add_scenes_option,
    add_shards_option,
    loop_options,
    samples_or_exit,
    shards_or_exit,
)


@dataclass(frozen=True, eq=False)
class RefinementBatch:
    """pictures uint8 [B, H, W, 3] RGB; coarse, alpha and inside float32 [B, 1, H, W], 0..1.

    coarse is what the network is given, alpha what it has to answer; inside is 0 on padding.
    """

    pictures: Tensor
    coarse: Tensor
    alpha: Tensor
    inside: Tensor

    def to(self, device: torch.device | str) -> "RefinementBatch":
        moved = (value.to(device, non_blocking=True) for value in vars(self).values())
        return RefinementBatch(*moved)

    def pin_memory(self) -> "RefinementBatch":
        return RefinementBatch(*(value.pin_memory() for value in vars(self).values()))

    def inputs(self) -> Tensor:
        """float32 [B, 4, H, W]: BGR in 0..1 and the coarse mask, channels last in memory."""
        pictures = self.pictures.flip(-1).float() / 255
        stacked = torch.cat((pictures, self.coarse.permute(0, 2, 3, 1)), -1)
        return stacked.permute(0, 3, 1, 2)


def collate(samples: Sequence[dict[str, Tensor]]) -> RefinementBatch:
    """Stack samples with picture uint8 [S, S, 3] and coarse, alpha, inside float32 [S, S]."""
    masks = (
        torch.stack([sample[name] for sample in samples])[:, None]
        for name in ("coarse", "alpha", "inside")
    )
    return RefinementBatch(torch.stack([sample["picture"] for sample in samples]), *masks)


def encoder_loss(network: nn.Module, batch: RefinementBatch, _: Any) -> dict[str, Tensor]:
    """The encoder has to give the mask back from each of its six levels."""
    sides, _ = network(batch.alpha)
    return refinement_loss(sides, batch.alpha, finest_weight=1.0)


def loss_with(encoder: nn.Module, position_aware: bool = True) -> Callable[..., dict[str, Tensor]]:
    """The refiner's loss with a frozen ground-truth encoder as the teacher of its features; see
    `refinement_loss`."""

    def compute_loss(network: nn.Module, batch: RefinementBatch, accelerator: Any):
        sides, features = network(batch.inputs(), return_features=True)
        with torch.no_grad(), accelerator.autocast():
            _, truth = encoder(batch.alpha)
        return refinement_loss(
            sides,
            batch.alpha,
            features,
            truth,
            inside=batch.inside,
            position_aware=position_aware,
        )

    return compute_loss


def train_encoder(
    options, width: float, minutes: float | None, samples: Dataset, steps: int | None = None
) -> GroundTruthEncoder:
    """The trained encoder of the run, frozen; trained now unless RUN/encoder is complete.

    Ends the program when it was told to stop meanwhile: a refiner needs the whole encoder.
    """
    from accelerate import PartialState

    from .loop import Progress, read_checkpoint, train

    loop = dataclasses.replace(
        options, run=options.run / "encoder", minutes=minutes, steps=steps, learning_rate=2e-3
    )
    torch.manual_seed(options.seed)
    description = {"architecture": "ground_truth_encoder", "width": width}
    encoder = train(
        GroundTruthEncoder(width), encoder_loss, samples, collate, loop, description=description
    )
    PartialState().wait_for_everyone()  # only one process writes the checkpoint
    if Progress(**read_checkpoint(loop.run)["progress"]).share(loop) < 1:
        raise SystemExit("stopped while the encoder trained; the same command goes on")
    return encoder.eval().requires_grad_(False)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.train_refiner",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_loop_options(parser, learning_rate=1.5e-3, weight_decay=0.005)
    parser.add_argument("--width", type=float, default=0.25, help="channels, 1 = the paper's")
    parser.add_argument("--size", type=int, default=320, help="side of the crops")
    parser.add_argument(
        "--encoder-minutes", type=float, default=4.0, help="on top, for the encoder"
    )
    parser.add_argument(
        "--encoder-steps", type=int, help="optimizer steps of the encoder, in place of minutes"
    )
    parser.add_argument(
        "--side-loss",
        choices=("position-aware", "plain"),
        default="position-aware",
        help="of the masks: outlines and the finest mask weigh more (the paper's L_ppa), or every "
        "pixel alike by its cross entropy (default: position-aware)",
    )
    parser.add_argument(
        "--detected",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of crops with the coarse mask of a detector instead of a made-up one, where it "
        "finds the figure (default: 0; costs time: the detector runs on each of them)",
    )
    parser.add_argument("--detector", help="file of that detector (default: the embedded one)")
    parser.add_argument("--start", type=Path, help="run, checkpoint or exported file to begin with")
    add_data_options(parser)
    add_material_options(parser)
    add_scenes_option(parser)
    add_shards_option(parser)
    options = parser.parse_args(arguments)
    if options.size < 64:
        parser.error(f"--size {options.size} must be 64 or more")
    loop = loop_options(parser, options)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    from cartoon_models.errors import CelKitError
    from cartoon_models.instances.loading import EMBEDDED_DETECTOR, load_detector

    from .dataset import RefinerSamples
    from .loop import train, weights_of

    if options.shards:
        from .shards import ShardCrops

        finished = shards_or_exit(parser, options)
        samples = ShardCrops(finished, loop.seed, options.size)
        data = {"shards": finished.summary()}
    else:
        samples, data = samples_or_exit(parser, options, RefinerSamples)
    minutes = None if options.encoder_steps else options.encoder_minutes
    if options.detected:
        try:
            samples.detected = DetectedMasks(options.detector, options.detected)
            load_detector(options.detector)  # data processes would only say so later, and worse
        except (CelKitError, OSError, ValueError) as error:
            parser.error(str(error))
        detector = Path(options.detector).name if options.detector else EMBEDDED_DETECTOR
        data = data | {"detected": options.detected, "detector": detector}
    encoder = train_encoder(loop, options.width, minutes, samples, options.encoder_steps)
    torch.manual_seed(loop.seed)
    network = ISNet(4, options.width)
    if options.start:
        network.load_state_dict(weights_of(options.start))
    train(
        network,
        loss_with(encoder, options.side_loss == "position-aware"),
        samples,
        collate,
        loop,
        extras={"encoder": encoder},
        description={
            "architecture": "isnet",
            "input_size": options.size,
            "width": options.width,
            "data": data,
            "side_loss": options.side_loss,
            "start": options.start.name if options.start else "",
        },
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
