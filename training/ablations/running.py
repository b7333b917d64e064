"""One variant from random weights to figures, each stage a command of its own.

A stage that is done is not done again: trainings go on from their checkpoint, and the file with a
variant's figures appears when everything before it is finished.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cartoon_models.atomic import atomic_path

from .variants import COMMON, DETECTOR, Variant

SETS = ("validation", "toons")
# Refining costs most of a picture's time; the embedded pair is measured with as many.
MOST_REFINED = 15
LARGEST = 1000  # MB of an exported file: these are not for the repository

# call(module, arguments, log) runs `python -m module arguments`
Call = Callable[[str, Sequence[str], Path], None]


@dataclass(frozen=True)
class Settings:
    """What all variants share. Figures of other settings cannot be compared.

    Attributes:
        steps, batch, size, precision, cpu, seed: of every training.
        pictures: of each set that is measured.
        detector: file or name whose masks refiners are given; None: the embedded one.
        extra: further options of every training.
    """

    steps: int
    batch: int = 64
    size: int = 512
    precision: str = "bf16"
    cpu: bool = False
    seed: int = 0
    pictures: int = 100
    detector: str | None = None
    extra: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """As JSON gives it back."""
        return json.loads(json.dumps(asdict(self)))


class StageFailed(Exception):
    """A stage ended with an error; the text says which and what its last line was."""


def run_variant(
    variant: Variant, settings: Settings, folder: Path, workers: int = 1, *, call: Call
) -> dict[str, Any]:
    """Train, export and measure a variant in `folder`/NAME, or read the figures it has already.

    Raises:
        StageFailed: a stage did.
        KeyboardInterrupt: this program was told to stop.
    """
    figures = folder / f"{variant.name}.json"
    if figures.exists():
        return json.loads(figures.read_text())
    run = folder / variant.name
    run.mkdir(parents=True, exist_ok=True)
    log = run / "output.log"
    training = training_options(variant, settings)
    if progress_of(run).get("steps", 0) < settings.steps:
        where = ("--run", str(run), "--workers", str(workers))
        call(f"training.train_{variant.network}", (*where, *training), log)
        steps = progress_of(run).get("steps", 0)
        if steps < settings.steps:  # it was stopped, and saved what it had
            raise StageFailed(f"the training ended at step {steps} of {settings.steps}")
    weights = run / f"{variant.network}.safetensors"
    exporting = ("--run", str(run), "--output", str(weights), "--largest", str(LARGEST))
    call("training.export", exporting, log)
    report = run / "report.json"
    if not report.exists():
        measuring = measuring_options(variant, settings, weights, report)
        call("training.evaluate", measuring, log)
    result = {
        **{name: getattr(variant, name) for name in ("name", "asks", "network", "changes")},
        "training": training,
        "settings": settings.record(),
        "parameters": parameters_of(weights),
        "behind": "" if variant.network == DETECTOR else detector_hash(settings.detector),
        **course_of(run),
        "sets": without_pictures(json.loads(report.read_text()))["sets"],
    }
    with atomic_path(figures) as path:
        path.write_text(json.dumps(result, indent=1) + "\n")
    return json.loads(figures.read_text())


def training_options(variant: Variant, settings: Settings) -> tuple[str, ...]:
    """Options of the variant's training command, without where and with how many processes."""
    common = {
        "steps": settings.steps,
        "batch": settings.batch,
        "size": settings.size,
        "precision": settings.precision,
        "seed": settings.seed,
    }
    options = [text for name, value in common.items() for text in (f"--{name}", str(value))]
    if settings.cpu:
        options.append("--cpu")
    if variant.network != DETECTOR:  # a clock would make every run another one
        options += ["--encoder-steps", str(max(1, settings.steps // 4))]
    return (*options, *COMMON, *settings.extra, *variant.changes)


def measuring_options(
    variant: Variant, settings: Settings, weights: Path, report: Path
) -> tuple[str, ...]:
    """Options of `training.evaluate`: coarse masks of detectors; refined ones, and the coarse masks
    that they were made from, of refiners."""
    options = ["--set", *SETS, "--count", str(settings.pictures), "--json", str(report)]
    if settings.cpu:
        options += ["--device", "cpu"]
    if variant.network == DETECTOR:
        return (*options, "--detector", str(weights), "--refiner", "none")
    if settings.detector:
        options += ["--detector", settings.detector]
    return (*options, "--refiner", str(weights), "--max-instances", str(MOST_REFINED))


def progress_of(run: Path) -> dict[str, Any]:
    """How far a run's checkpoint is (see `loop.Progress`), {} without one."""
    from ..loop import CHECKPOINT, read_checkpoint

    return read_checkpoint(run)["progress"] if (run / CHECKPOINT).exists() else {}


def parameters_of(weights: Path) -> int:
    """How many numbers an exported network has, statistics of norms included."""
    from cartoon_models.weights import read_state_dict

    return sum(value.numel() for value in read_state_dict(weights).values())


def detector_hash(name: str | None) -> str:
    """The SHA-256 of the detector that refiners are measured behind."""
    from cartoon_models.instances.loading import EMBEDDED_DETECTOR
    from cartoon_models.weights import locate
    from cartoon_models.weights.checksum import hash_file

    return hash_file(locate(name or EMBEDDED_DETECTOR))


def course_of(run: Path) -> dict[str, Any]:
    """What a run's log tells: pictures, minutes, commit and the losses of its last tenth."""
    rows = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    progress = progress_of(run)
    last = rows[-max(1, len(rows) // 10) :]
    losses = {}
    for name in ("loss", "mask", "finest"):
        values = [row[name] for row in last if name in row]
        if values:
            losses[name] = sum(values) / len(values)
    return {
        "commit": json.loads((run / "options.json").read_text()).get("commit", ""),
        "pictures": progress["pictures"],
        "minutes": round(progress["seconds"] / 60, 2),
        "losses": losses,
    }


def without_pictures(report: Any) -> Any:
    """A report of `training.evaluate` without its lists of single pictures."""
    if isinstance(report, dict):
        return {k: without_pictures(v) for k, v in report.items() if k != "by_picture"}
    return [without_pictures(value) for value in report] if isinstance(report, list) else report


def call_module(module: str, arguments: Sequence[str], log: Path) -> None:
    """Run `python -m module arguments` to its end; what it prints is added to the file `log`.

    A signal to stop is passed on, so that a training saves its checkpoint.

    Raises:
        StageFailed: it ended with an error.
        KeyboardInterrupt: it was told to stop.
    """
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        with _passing_signals_to(process) as stopped:
            code = process.wait()
    if stopped.is_set():
        raise KeyboardInterrupt
    if code:
        lines = log.read_text(errors="replace").strip().splitlines()
        raise StageFailed(f"{module} ended with {code}: {lines[-1] if lines else 'no output'}")


@contextlib.contextmanager
def _passing_signals_to(process: subprocess.Popen) -> Iterator[threading.Event]:
    """SIGINT and SIGTERM end the process instead of this one; the event tells that one came."""
    stopped = threading.Event()
    previous = {}

    def stop(*_: Any) -> None:
        stopped.set()
        process.terminate()

    if threading.current_thread() is threading.main_thread():
        previous = {n: signal.signal(n, stop) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
