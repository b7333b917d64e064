"""Fine-tune the detector on 20 to 500 labelled pictures of your own.

`python -m training.finetune_detector --images FOLDER --annotations FILE.json`

All weights learn on at a low rate from zoomed, cropped, mirrored, recoloured and recombined views
of the pictures, mixed with compositions of public-domain art where that is installed. A tenth of
the pictures is held out. Of the way from the old weights to the new ones only as much is gone as
the held-out pictures need, because that keeps most of what was known of other styles. The new
weights are written only if they find the characters there better. Stopped with Ctrl-C, the same
command goes on.
"""

import argparse
import hashlib
import json
import logging
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.utils.data import Dataset

from cartoon_models import weights
from cartoon_models.atomic import atomic_path
from cartoon_models.errors import CelKitError
from cartoon_models.instances import Segmenter
from cartoon_models.instances.loading import EMBEDDED_DETECTOR, load_detector
from cartoon_models.networks import fuse_norms
from cartoon_models.networks.rtmdet_ins import RTMDetIns

from .average import mixed
from .calibrate import THRESHOLDS, best_threshold, shifted
from .detection_batch import collate
from .evaluate.measure import SHOWN_SCORE, Sample, measure
from .finetune_data import Chosen, Prepared, read_labelled, split
from .finetune_options import bounded, loop_options, parser
from .finetune_replay import made_pictures
from .finetune_share import SHARES, nearest_share
from .finetune_views import Views
from .loop import LoopOptions, Progress, read_checkpoint, train
from .losses.detection import detection_loss
from .provenance import source_commit
from .train_detector import normalize

logger = logging.getLogger("celkit.training")

NOTE = "finetune.json"  # in the run's folder: what it was made from
MOST_TO_CALIBRATE = 40  # learned pictures that scores are calibrated by, beside those held out
KEPT_LARGER = 1.6  # pictures are kept this much larger than the input, so that views can zoom in


class Learning(nn.Module):
    """The detector with its batch norms' statistics held: few pictures would spoil them."""

    def __init__(self, detector: RTMDetIns):
        super().__init__()
        self.detector = detector

    def forward(self, x: Tensor):
        return self.detector(x)

    def train(self, mode: bool = True) -> "Learning":
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        return self


def compute_loss(network: nn.Module, batch: Any, accelerator: Any) -> dict[str, Tensor]:
    """Loss of `Learning` on a batch of `detection_batch.collate`."""
    return detection_loss(
        network(normalize(batch.pictures)),
        batch.targets,
        mean_over_processes=lambda value: accelerator.reduce(value, "mean"),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 for a file written, 1 for none, 2 for bad input."""
    options = parser(__doc__).parse_args(arguments)
    _report_progress()
    try:
        return 0 if finetune(options) else 1
    except (CelKitError, ValueError, OSError, ImportError) as error:
        print(f"training.finetune_detector: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # while pictures are read or measured
        _say("Stopped; nothing was written. The same command goes on.")
        return 1


def finetune(options: argparse.Namespace) -> Path | None:
    """Do what the options ask for; the file that was written, or None."""
    if os.path.lexists(options.output):
        raise FileExistsError(
            f"{options.output} is there already and is not overwritten; name another --output."
        )
    if options.output.suffix != ".safetensors":
        raise ValueError(f"--output {options.output} must end in .safetensors.")
    if not options.output.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {options.output.parent} for the new weights.")
    run = options.run or options.output.with_suffix(".run")
    on_gpu = torch.cuda.is_available() and not options.cpu
    loop = loop_options(options, run, on_gpu)
    start = Path(weights.locate(options.start or EMBEDDED_DETECTOR))
    before, size, scales = _start(start, options.size)

    source, notes = read_labelled(options.images, options.annotations, options.categories)
    parts = split(source, round(KEPT_LARGER * size))
    learned = parts.learned
    if parts.broken:
        notes.append(f"no readable pictures, left out: {', '.join(parts.broken)}")
    samples = Chosen(source, parts.held_out)
    _say(f"{len(learned)} pictures to learn from, {len(samples)} held out to measure by.", *notes)
    if len(learned) < 18:
        _say("That is few; from 20 pictures on the gain is dependable.")
    _check_same(run, _identity(learned, [s.name for s in samples], start, size))

    others = None
    if options.synthetic_share > 0:
        others = made_pictures(options.art, options.scenes, size, options.seed, _say)
    views = Views(learned, size, options.seed, others=others, share=options.synthetic_share)
    loop = bounded(loop, len(learned), 0.0 if others is None else options.synthetic_share)

    device = torch.device("cuda" if on_gpu else "cpu")
    metrics = {"before": _figures(before.to(device), size, scales, samples)}
    _say("before: " + _sentence(metrics["before"]))
    detector, finished = _learn(start, size, views, loop, device)
    if not finished:
        _say(f"Stopped. The same command goes on from {run}.")
        return None
    ends = (weights.read_state_dict(start), detector.state_dict())

    def mask_ap(share: float) -> float:
        network = _ready(mixed(*ends, share), device)
        return _measured(network, size, scales, samples)["mask"]["AP"]

    share, of_shares = options.share, {}
    if share is None:
        share, of_shares = _best_share(mask_ap, metrics["before"]["mask_AP"])
    metrics |= {"share": share, "mask_AP_of_shares": of_shares}
    some = parts.learned_indices[:: max(1, -(-len(learned) // MOST_TO_CALIBRATE))]
    shown = Chosen(source, [*parts.held_out, *some])
    state = mixed(*ends, share)
    state = half_precision(calibrated(state, size, shown, device, scales))
    metrics["after"] = _figures(_ready(state, device), size, scales, samples)
    _say("after:  " + _sentence(metrics["after"]))
    return _finish(options, state, metrics, run, start, size)


def _best_share(mask_ap: Callable[[float], float], before: float) -> tuple[float, dict[str, float]]:
    """The share of the new weights to take, and what was measured of each; see `nearest_share`."""
    _say("How much of what was learned is best? Less of it forgets less of other styles.")
    found = {}
    for share in SHARES:
        found[share] = mask_ap(share)
        _say(f"  {share:.0%} of the way to the new weights: mask AP {100 * found[share]:.1f}")
    share = nearest_share(found, before)
    _say(f"{share:.0%} of the way is about as good as any.")
    return share, {f"{tried:g}": value for tried, value in found.items()}


def _finish(
    options: argparse.Namespace,
    state: dict[str, Tensor],
    metrics: dict,
    run: Path,
    start: Path,
    size: int,
) -> Path | None:
    """Write the new weights if they are better, and tell the user what to do next."""
    better = metrics["after"]["mask_AP"] > metrics["before"]["mask_AP"]
    if not better and not options.keep_anyway:
        _say(
            "The held-out pictures are not found better than before, so nothing was written. "
            "More pictures, more minutes, or a lower --learning-rate with another --run can help; "
            "--keep-anyway writes the weights all the same."
        )
        return None
    metadata = _metadata(read_checkpoint(run), metrics, start, size) | _scales_of(start)
    with atomic_path(options.output) as temporary:
        save_file(state, temporary, metadata=metadata)
        temporary.chmod(0o644)  # safetensors lets only the writer read
    _say(
        f"{options.output} is written ({options.output.stat().st_size / 1e6:.1f} MB). For ComfyUI "
        "put it into ComfyUI/models/celkit and choose it in the node Load Character Segmenter; "
        f'in Python, load_segmenter(detector="{options.output}"). {run} is needed no longer, but '
        "to take another --share of it (with --run and another --output)."
    )
    return options.output


def _learn(
    start: Path, size: int, views: Dataset, loop: LoopOptions, device: torch.device
) -> tuple[RTMDetIns, bool]:
    """Train; the averaged detector on the CPU, and whether the schedule came to its end."""
    torch.manual_seed(loop.seed)
    network = _network(weights.read_state_dict(start))
    average = train(
        Learning(network),
        compute_loss,
        views,
        collate,
        loop,
        description={
            "architecture": "rtmdet_ins",
            "input_size": size,
            "network": asdict(network.config),
            "part": "detector.",
            "start": start.name,
        },
    )
    progress = Progress(**read_checkpoint(loop.run)["progress"])
    return average.detector.cpu(), progress.share(loop) >= 1


def calibrated(
    state: Mapping[str, Tensor],
    size: int,
    samples: Sequence[Sample],
    device: torch.device,
    scales: Sequence[float] = (1.0,),
) -> dict[str, Tensor]:
    """The weights with scores shifted towards users' threshold, 0.3, being the best on the samples.

    Views are fuller than pictures, so a fine-tuned detector is too sure of itself. But most of the
    samples were learned from and are found with too high scores, so half of the shift is made: on
    pictures never seen that was better than none and than all of it. The order of the finds, and
    so AP, stays. See `training.calibrate`.
    """
    segmenter = Segmenter(_ready(state, device), None, size, detector_scales=tuple(scales))
    # What no threshold shows takes most of the time.
    measured = measure(segmenter, samples, refine=False, score_threshold=float(THRESHOLDS[0]))
    threshold, quality = best_threshold(measured.overlaps["mask"])
    if quality <= 0:  # nothing is found that could say so
        return dict(state)
    odds = [value / (1 - value) for value in (threshold, SHOWN_SCORE)]
    middle = math.sqrt(odds[0] * odds[1])
    return shifted(dict(state), middle / (1 + middle), SHOWN_SCORE)


def half_precision(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights as they are written: float16; ValueError where one does not fit."""
    half = {}
    for name, value in state.items():
        half[name] = (value.half() if value.is_floating_point() else value).contiguous()
        if value.is_floating_point() and not torch.isfinite(half[name]).all():
            raise ValueError(
                f"The parameter {name} has grown to {value.abs().max():.3g}, which float16 cannot "
                "hold; use a lower --learning-rate with another --run."
            )
    return half


def _network(state: Mapping[str, Tensor]) -> RTMDetIns:
    return RTMDetIns.from_state_dict(
        {k: v.float() if v.is_floating_point() else v for k, v in state.items()}
    )


def _ready(state: Mapping[str, Tensor], device: torch.device) -> nn.Module:
    """The detector of these weights as it is run."""
    return fuse_norms(_network(state)).requires_grad_(False).to(device)


def _start(path: Path, size: int | None) -> tuple[nn.Module, int, tuple[float, ...]]:
    """The detector to begin with, ready to run, the side of its input and at which scales of it
    the detector looks."""
    loaded = load_detector(path)
    if loaded.published:
        raise ValueError(
            f"{path} is a published checkpoint; fine-tuning begins with the embedded detector or "
            "with weights that training.export or this command has written."
        )
    size = size or -(-loaded.size // 32) * 32
    if size < 64 or size % 32:
        raise ValueError(f"--size {size} must be a multiple of 32 from 64 up.")
    return loaded.network, size, loaded.scales


def _measured(
    network: nn.Module, size: int, scales: Sequence[float], samples: Sequence[Sample]
) -> dict:
    """What `Measurement.figures` says of the detector's own masks on the held-out pictures.

    It looks at all scales, as it will for the user: what is gained at one size may be lost where
    the finds of several are joined.
    """
    segmenter = Segmenter(network, None, size, detector_scales=tuple(scales))
    return measure(segmenter, samples, refine=False).figures()


def _figures(
    network: nn.Module, size: int, scales: Sequence[float], samples: Sequence[Sample]
) -> dict[str, float]:
    """Of `_measured` what is told and kept, 0 to 1."""
    made = _measured(network, size, scales, samples)
    return {
        "mask_AP": made["mask"]["AP"],
        "mask_AP50": made["mask"]["AP50"],
        "box_AP": made["box"]["AP"],
        "box_AP50": made["box"]["AP50"],
        "boundary_AP": made["boundary"]["AP"],
        "panoptic_quality": made["panoptic_quality"],
    }


def _sentence(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{n.replace('_', ' ')} {100 * v:.1f}" for n, v in figures.items())


def _identity(learned: list[Prepared], held_out: list[str], start: Path, size: int) -> dict:
    """What a run must not change between its parts."""
    content = hashlib.sha256(json.dumps(held_out).encode())
    for made in learned:
        content.update(made.name.encode())
        content.update(made.picture.tobytes())
        content.update(made.corners.tobytes())
        for crop in made.crops:
            content.update(crop.tobytes())
    start_hash = hashlib.sha256(start.read_bytes()).hexdigest()
    return {"data": content.hexdigest(), "start": start_hash, "size": size}


def _check_same(run: Path, identity: dict) -> None:
    """Note what a new run is made from; a run that goes on must be made from the same."""
    note = run / NOTE
    if note.exists():
        if json.loads(note.read_text()) != identity:
            raise ValueError(
                f"The run in {run} was begun with other pictures, annotations, weights or another "
                "size; remove that folder or name another with --run."
            )
        _say(f"Going on with the run in {run}.")
        return
    if run.exists() and any(run.iterdir()):
        raise ValueError(f"{run} is no run of this command; name another folder with --run.")
    run.mkdir(parents=True, exist_ok=True)
    with atomic_path(note) as temporary:
        temporary.write_text(json.dumps(identity) + "\n")


def _metadata(checkpoint: Mapping, metrics: Mapping, start: Path, size: int) -> dict[str, str]:
    kept = {k: v for k, v in checkpoint["options"].items() if k != "run"}
    training = {**kept, **checkpoint["progress"], **checkpoint["description"]}
    training["averaged"] = {"share": metrics["share"], "with": start.name}
    return {
        "format": "pt",
        "architecture": "rtmdet_ins",
        "input_size": str(size),
        "licence": f"yours to choose; begun with {start.name}, Apache-2.0",
        "training": json.dumps(training, sort_keys=True),
        "commit": source_commit(),
        "seed": str(checkpoint["options"]["seed"]),
        "metrics": json.dumps(metrics, sort_keys=True),
    }


def _scales_of(start: Path) -> dict[str, str]:
    """At which scales the detector that it began with looks, if its file says so."""
    return {name: text for name, text in weights.read_metadata(start).items() if name == "scales"}


class _Lines(logging.Formatter):
    """The training's log as lines to read."""

    def format(self, record: logging.LogRecord) -> str:
        row = record.args
        if not isinstance(row, dict) or "step" not in row:
            return super().format(record)
        return (
            f"step {row['step']}, {row['minutes']:.1f} minutes, "
            f"{row['pictures_per_second']} pictures a second, loss {row.get('loss')}"
        )


def _report_progress() -> None:
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_Lines())
        logger.addHandler(handler)
        logger.propagate = False
    logger.setLevel(logging.INFO)


def _say(*sentences: str) -> None:
    for sentence in sentences:
        print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
