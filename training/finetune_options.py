"""Options of `training.finetune_detector`, and the training that they ask for."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch

from .loop import LoopOptions

# Each picture is seen at most this often: a quick GPU would learn few pictures by heart.
MOST_ROUNDS = 400


def parser(description: str) -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog="python -m training.finetune_detector",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--images", type=Path, required=True, metavar="FOLDER", help="pictures of your own")
    add(
        "--annotations",
        type=Path,
        metavar="FILE.json",
        help="COCO file (polygons or run lengths), or a folder of saved instances; default: the "
        "instances saved beside the pictures",
    )
    add("--categories", nargs="+", metavar="NAME", help="only these of a COCO file (default: all)")
    add("--output", type=Path, default=Path("my_detector.safetensors"), help="file to write")
    add("--run", type=Path, help="folder to work in (default: named like the output, .run)")
    add("--minutes", type=float, default=10.0, help="of training (default: 10)")
    add("--steps", type=int, help="of the optimizer, if they come before the minutes")
    add("--batch", type=int, help="pictures per step (default: 16 on a GPU, 8 on a CPU)")
    add("--workers", type=int, help="data loading processes (default: by the CPU's cores)")
    add("--learning-rate", type=float, default=3e-4, help="highest rate (default: 3e-4)")
    add("--size", type=int, help="side of the detector's input, n * 32 (default: as it was)")
    add("--start", help="detector to begin with (default: the embedded one)")
    add(
        "--synthetic-share",
        type=float,
        default=1 / 3,
        help="of made pictures, mixed in so that less is forgotten (default: a third)",
    )
    add("--art", type=Path, help="folder of drawings for them (default: Debian's)")
    add(
        "--scenes",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="of the made pictures, generated scenes in place of compositions; 1 needs no drawings "
        "(default: 0)",
    )
    add(
        "--share",
        type=float,
        help="how far to go from the old weights to the new ones, 1: all the way (default: what is "
        "about as good on the held-out pictures as any, and nearest to the old ones)",
    )
    add("--keep-anyway", action="store_true", help="write the weights even if they are not better")
    add(
        "--precision",
        choices=("no", "bf16"),
        help="of training (default: bf16 on a GPU that has it; a CPU with avx512_bf16 or amx "
        "learns twice as fast with it)",
    )
    add("--cpu", action="store_true", help="use the CPU even where there is a GPU")
    add("--seed", type=int, default=0, help="of the views and their order")
    return parser


def loop_options(options: argparse.Namespace, run: Path, on_gpu: bool) -> LoopOptions:
    """How parsed options want the run in a folder to be trained; ValueError where they cannot."""
    cores = os.cpu_count() or 1
    if not 0 <= options.synthetic_share < 1:
        raise ValueError(f"--synthetic-share {options.synthetic_share} must be from 0 to under 1.")
    if not 0 < options.learning_rate < 1:
        raise ValueError(f"--learning-rate {options.learning_rate} must lie between 0 and 1.")
    if options.share is not None and not 0 < options.share <= 1:
        raise ValueError(f"--share {options.share} must be above 0 and at most 1.")
    if not 0 <= options.scenes <= 1:
        raise ValueError(f"--scenes {options.scenes} must be from 0 to 1.")
    return LoopOptions(
        run,
        minutes=options.minutes,
        steps=options.steps,
        batch=options.batch or (16 if on_gpu else 8),
        workers=min(8, cores - 1) if options.workers is None else options.workers,
        learning_rate=options.learning_rate,
        warmup_steps=20,
        weight_decay=0.01,
        precision=options.precision
        or ("bf16" if on_gpu and torch.cuda.is_bf16_supported() else "no"),
        cpu=not on_gpu,
        seed=options.seed,
        checkpoint_minutes=1.0,
    )


def bounded(loop: LoopOptions, pictures: int, others: float) -> LoopOptions:
    """Loop options with an end after `MOST_ROUNDS` through the pictures, if it comes first."""
    most = max(1, round(MOST_ROUNDS * pictures / (1 - others) / loop.batch))
    steps = most if loop.steps is None else min(loop.steps, most)
    return LoopOptions(**{**vars(loop), "steps": steps})
