"""`python -m benchmarks.scene`: how true, how fast and how large moving through a picture is, as
JSON.

Every part runs in a process of its own. `--quick` runs everything on tiny pictures, to see that it
runs; its figures mean nothing.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .instances import machine

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("quality", "exact", "speed", "memory", "plate", "cuda", "traffic")

NOTES = {
    "quality": (
        "Made-up pictures of four layers (scene_worlds.py); PSNR in dB over what the picture had "
        "seen. layers: the true layers; layers_from_picture: build_scene on the picture, the true "
        "masks and the true disparity, what was hidden filled in without weights. The others have "
        "the picture and its true disparity (scene_baselines.py); widened: near things made a "
        "pixel wider first, which is done by hand elsewhere. clip: the mean square error of both "
        "frames; least_gain is of clips."
    ),
    "exact": "PSNR in dB (150: the same bits), coverage as a share of the frame.",
    "speed": (
        "figures: a plate and three figures; full_layers: four layers as large as the frame, none "
        "of which hides another; relief: the figures before a plate with relief. "
        "share_of_copy_bandwidth: each layer read and the frame written "
        "once at the speed of copying, over the time taken. Other programs slow the frames per "
        "second; processor_s_per_frame (of all threads) hardly changes."
    ),
    "memory": "A video of 300 frames, rendered and encoded.",
    "plate": "The 60 pixels along the figures' rims; no weights.",
    "cuda": (
        "On a GPU, encoding left out. figures, full_layers: as in speed. relief: figures before a "
        "plate with relief; lens: these with the focus on the nearest figure; motion_blur: four "
        "moments per frame; details: with alpha, depth and instances; to_host: figures, each frame "
        "copied to memory. single: layers in float32, which a GPU keeps in float16. Counted bytes: "
        "see traffic."
    ),
    "traffic": (
        "Counted, not measured: what torch would start, read and write on a GPU per frame, each "
        "operation's tensors once, and how many frames per second that allows at given bytes per "
        "second (h200: 4.0e12, 83 % of what its memory is said to do)."
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 1 if a part failed."""
    options = _parser().parse_args(arguments)
    if options.case:
        print(json.dumps(_run_here(options.case, options.quick, options.threads)))
        return 0
    report: dict = {"machine": machine(), "quick": options.quick, "notes": NOTES}
    failed = []
    for part in options.parts:
        print(part, file=sys.stderr, flush=True)
        report[part] = _run_apart(part, options)
        if "failed" in report[part]:
            failed.append(part)
    report["failed"] = failed
    text = json.dumps(report, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


def _run_apart(part: str, options: argparse.Namespace) -> dict:
    command = [sys.executable, "-m", "benchmarks.scene", "--case", part]
    command += ["--quick"] if options.quick else []
    command += ["--threads", str(options.threads)] if options.threads else []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]}
    return json.loads(done.stdout.splitlines()[-1])


def _run_here(part: str, quick: bool, threads: int | None) -> dict:
    import cv2
    import torch

    from . import scene_cases

    if threads:
        torch.set_num_threads(threads)
        cv2.setNumThreads(threads)
    return getattr(scene_cases, part)(quick)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scene", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny pictures: does everything run?")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="default: all of them"
    )
    parser.add_argument("--threads", type=int, help="threads of the processor; default: all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report here too")
    parser.add_argument("--case", choices=PARTS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
