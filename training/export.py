"""Weights of a run for users: `python -m training.export --run runs/detector --output FILE`.

Writes the averaged weights as float16 safetensors. The metadata says how they came to be:
architecture, input_size, licence, training (JSON), commit, seed and metrics (JSON).
"""

import argparse
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from cartoon_models.atomic import atomic_path
from cartoon_models.networks.isnet import ISNet
from cartoon_models.networks.rtmdet_ins import RTMDetIns

from .loop import read_checkpoint
from .provenance import source_commit

logger = logging.getLogger("celkit.training")

LARGEST = 16_000_000  # bytes of a file that travels in the repository
NETWORKS: dict[str, type[nn.Module]] = {"rtmdet_ins": RTMDetIns, "isnet": ISNet}
LICENCE = "Apache-2.0"


def export(
    run: Path, output: Path, metrics: Mapping[str, Any] | None = None, largest: int = LARGEST
) -> Path:
    """Write the averaged weights of a run to `output`, replacing it in one step.

    Raises FileNotFoundError without a checkpoint, and ValueError when the weights do not fit
    float16, the architecture or `largest` bytes.
    """
    checkpoint = read_checkpoint(run)
    description = checkpoint["description"]
    architecture = description["architecture"]
    if architecture not in NETWORKS:
        raise ValueError(f"{run} trained a {architecture}, which is not exported")
    part = description.get("part", "")  # the rest only helped in training
    weights = {
        name.removeprefix(part): _half(name, value)
        for name, value in checkpoint["average"]["weights"].items()
        if name.startswith(part)
    }
    # What is written must be what a user's machine can read.
    NETWORKS[architecture].from_state_dict(
        {
            name: value.float() if value.is_floating_point() else value
            for name, value in weights.items()
        }
    )
    size = sum(value.numel() * value.element_size() for value in weights.values())
    if size > largest:
        raise ValueError(f"the weights are {size / 1e6:.1f} MB, {largest / 1e6:.0f} MB are allowed")
    with atomic_path(output, overwrite=True) as path:
        save_file(weights, path, metadata=_metadata(checkpoint, metrics or {}))
        path.chmod(0o644)  # safetensors lets only the writer read
    logger.info("%s: %.1f MB", output, output.stat().st_size / 1e6)
    return output


def _half(name: str, value: Tensor) -> Tensor:
    if not value.is_floating_point():
        return value.contiguous()
    half = value.half()
    if not torch.isfinite(half).all():
        raise ValueError(f"{name} does not fit float16: largest value {value.abs().max():.3g}")
    return half.contiguous()


def _metadata(checkpoint: Mapping[str, Any], metrics: Mapping[str, Any]) -> dict[str, str]:
    description = dict(checkpoint["description"])
    options = {k: v for k, v in checkpoint["options"].items() if k != "run"}
    training = {**options, **checkpoint["progress"], **description}
    training["start"] = Path(description.get("start", "")).name  # no folders of this machine
    return {
        "format": "pt",
        "architecture": description["architecture"],
        "input_size": str(description["input_size"]),
        "licence": LICENCE,
        "training": json.dumps(training, sort_keys=True),
        "commit": str(description.get("commit") or source_commit()),
        "seed": str(options["seed"]),
        "metrics": json.dumps(_without_pictures(metrics), sort_keys=True),
    }


def _without_pictures(metrics: Any) -> Any:
    """Figures of a report of `training.evaluate` without its lists by picture."""
    if not isinstance(metrics, Mapping):
        return metrics
    return {k: _without_pictures(v) for k, v in metrics.items() if k != "by_picture"}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="training.export", description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--output", type=Path, required=True, help="safetensors file to write")
    parser.add_argument("--metrics", type=Path, help="JSON of training.evaluate to put inside")
    parser.add_argument(
        "--largest",
        type=float,
        default=LARGEST / 1e6,
        metavar="MB",
        help=f"refuse larger files (default: {LARGEST / 1e6:.0f}, what may be embedded)",
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    metrics = json.loads(options.metrics.read_text()) if options.metrics else None
    export(options.run, options.output, metrics, int(options.largest * 1e6))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
