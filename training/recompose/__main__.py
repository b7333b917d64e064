"""Measures how fast pictures are recomposed, and shows them: `python -m training.recompose`.

Prints JSON: pictures per second, with the time for plans (in this process; trainings plan in data
processes) apart from the device's. `-o` writes a sheet of the pictures with their masks' outlines.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import torch

from ..backgrounds import load_scene_backgrounds
from ..contact_sheet import outlined, write_sheet
from .batches import MixedBatch, Recomposer, collate_mixed
from .material import art_or_drawn_alone, load_recomposer
from .planning import Options


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.recompose",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--size", type=int, default=320, help="side of the pictures, n * 32 (default: 320)")
    add("--batch", type=int, default=32, help="pictures per batch (default: 32)")
    add("--batches", type=int, default=4, help="batches to measure, after one more (default: 4)")
    add("--gigabytes", type=float, default=2.0, help="memory for the bank (default: 2)")
    add("--art", type=Path, help="folder of drawings (default: Debian's)")
    add("--seed", type=int, default=0)
    add("--device", help="cpu or cuda (default: cuda where there is one)")
    add("--threads", type=int, help="of the CPU, for PyTorch (default: all cores)")
    add("-o", "--output", type=Path, help="PNG file for a sheet of the pictures")
    options = parser.parse_args(arguments)
    if options.batch < 1 or options.batches < 1:
        parser.error(f"--batch {options.batch} and --batches {options.batches} are at least 1")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if options.threads:
        torch.set_num_threads(options.threads)
    device = torch.device(options.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    try:
        samples, recomposer = load_recomposer(
            None,
            art_or_drawn_alone(options.art),
            load_scene_backgrounds(),
            Options(size=options.size),
            options.seed,
            gigabytes=options.gigabytes,
        )
    except ValueError as error:
        parser.error(str(error))
    figures, made = measure(samples, recomposer, device, options.batch, options.batches)
    print(json.dumps({"size": options.size, "batch": options.batch, **figures}, indent=1))
    if options.output:
        write_pictures(options.output, made)
    return 0


def measure(samples, recomposer: Recomposer, device: torch.device, batch: int, batches: int):
    """Pictures per second of planning and of recomposing, and the last batch."""
    sprites, grounds = recomposer.banks(device)
    planning = recomposing = 0.0
    for number in range(batches + 1):
        started = time.perf_counter()
        plans: MixedBatch = collate_mixed([samples[number * batch + i] for i in range(batch)])
        planned = time.perf_counter()
        made = recomposer(plans.to(device))
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        if number:  # the first one warms up
            planning += planned - started
            recomposing += time.perf_counter() - planned
    count = batch * batches
    figures = {
        "device": str(device),
        "threads": torch.get_num_threads(),
        "pictures": count,
        "planned_per_second": round(count / planning, 1),
        "recomposed_per_second": round(count / recomposing, 1),
        "drawings": len(sprites.catalogue),
        "backgrounds": len(grounds),
        "bank_bytes": sprites.bytes + grounds.bytes,
    }
    return figures, made


def write_pictures(path: Path, batch) -> None:
    """A sheet of a batch's pictures, with the outlines of their masks."""
    cells = []
    targets = batch.targets
    for picture, masks, valid in zip(batch.pictures, targets.masks, targets.valid, strict=True):
        side = picture.shape[0]
        shown = (masks[valid] * 255).byte().cpu().numpy()
        whole = [cv2.resize(mask, (side, side), interpolation=cv2.INTER_LINEAR) for mask in shown]
        cells.append(outlined(picture.cpu().numpy(), whole))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_sheet(path, cells, 8, 320)


if __name__ == "__main__":
    raise SystemExit(main())
