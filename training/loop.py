"""One training loop for every network: accelerate, time-boxed schedule, checkpoints, resume, log.

The same script runs as one process on a CPU or a GPU (`python -m training.train_detector`) and on
many GPUs or machines (`accelerate launch -m training.train_detector`). A run is a folder:
`checkpoint.pt` (everything needed to go on), `log.jsonl` (one JSON object per line) and
`options.json`; several machines need it on a shared disk. Starting a run in a folder with a
checkpoint resumes it: weights, average, optimizer, random state, position in the data and the
schedule's clock. Options may differ from before: a larger size or harder data for the last part.
"""

import contextlib
import dataclasses
import json
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast, set_seed
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Sampler

from cartoon_models.atomic import atomic_path
from cartoon_models.weights import read_state_dict

from .depthwise import depthwise_in_float32
from .device_clock import DeviceClock
from .ema import MovingAverage
from .provenance import source_commit

logger = logging.getLogger("celkit.training")

CHECKPOINT = "checkpoint.pt"


@dataclasses.dataclass(frozen=True)
class LoopOptions:
    """How and how long to train: `minutes`, `steps` or what is reached first of both end it."""

    run: Path
    minutes: float | None = None  # wall clock of the whole run, resumed parts added up
    steps: int | None = None
    batch: int = 8  # per process
    workers: int = 1  # data loading processes per process
    learning_rate: float = 2e-3
    final_rate: float = 0.02  # of learning_rate, at the end of the cosine
    warmup_steps: int = 200
    weight_decay: float = 0.05
    clip: float = 35.0  # largest gradient norm
    ema_decay: float = 0.998
    precision: str = "no"  # or "bf16"
    compile: bool = False
    cpu: bool = False
    seed: int = 0
    checkpoint_minutes: float = 4.0
    log_steps: int = 20

    def __post_init__(self) -> None:
        if self.minutes is None and self.steps is None:
            raise ValueError("give minutes or steps (--minutes, --steps): else training never ends")
        for name in ("minutes", "steps"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} is {value}, it must be above 0")
        if self.batch < 1 or self.workers < 0:
            raise ValueError(f"batch {self.batch} and workers {self.workers} must be 1+ and 0+")


@dataclasses.dataclass
class Progress:
    """How far a run is: optimizer steps, pictures seen (= next data index), seconds trained."""

    steps: int = 0
    pictures: int = 0
    seconds: float = 0.0

    def share(self, options: LoopOptions) -> float:
        """0 at the start to 1 at the end of the schedule."""
        shares = []
        if options.minutes is not None:
            shares.append(self.seconds / 60 / options.minutes)
        if options.steps is not None:
            shares.append(self.steps / options.steps)
        return min(max(shares), 1.0)


def train(
    network: nn.Module,
    compute_loss: Callable[[nn.Module, Any, Accelerator], dict[str, Tensor]],
    dataset: Dataset,
    collate: Callable[[Sequence[Any]], Any],
    options: LoopOptions,
    extras: dict[str, nn.Module] | None = None,
    description: dict[str, Any] | None = None,
    recompose: Callable[[Any], Any] | None = None,
) -> nn.Module:
    """Train until the time or the steps are used up; returns the averaged network.

    compute_loss(network, batch, accelerator) gives named scalars with "loss" among them; the
    others are logged. dataset[i] must be the same sample for the same i in any process, for any
    i >= 0. A batch is anything with `.to(device)`. extras are frozen networks (a teacher) to be put
    on the device. description (any JSON) is kept in the checkpoint and the exported weights.
    recompose(batch) makes on the device what the data processes left to it; the log says which
    share of the time it takes, as it does of waiting for data.
    """
    accelerator = Accelerator(mixed_precision=options.precision, cpu=options.cpu)
    set_seed(options.seed + accelerator.process_index)
    if accelerator.device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
        if accelerator.num_processes > 1:
            network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
    if accelerator.device.type == "cpu" and options.precision == "bf16":
        depthwise_in_float32(network)
    network = network.to(accelerator.device, memory_format=torch.channels_last)
    for extra in (extras or {}).values():
        extra.to(accelerator.device, memory_format=torch.channels_last).eval()
    optimizer = make_optimizer(network, options)
    average = MovingAverage(network, options.ema_decay)
    progress = _resume(options, network, average, optimizer, accelerator)
    wrapped, optimizer = accelerator.prepare(network, optimizer)
    if options.compile:
        wrapped = torch.compile(wrapped)
    description = {"commit": source_commit(), **(description or {})}
    run = _Run(options, accelerator, network, average, optimizer, progress, description, recompose)

    wrapped.train()
    with run.recording():
        for batch in run.batches(dataset, collate):
            rate = learning_rate_at(run.share(), progress.steps, options)
            for group in optimizer.param_groups:
                group["lr"] = rate
            # The prepared network computes in `precision` and returns float32: losses are exact.
            losses = compute_loss(wrapped, batch, accelerator)
            accelerator.backward(losses["loss"])
            norm = accelerator.clip_grad_norm_(wrapped.parameters(), options.clip)
            # One broken batch (an overflow) must not poison the weights.
            if torch.isfinite(norm):
                optimizer.step()
                average.update(network)
            optimizer.zero_grad(set_to_none=True)
            run.advance(losses, rate, norm)
    return average.network


def learning_rate_at(share: float, steps: int, options: LoopOptions) -> float:
    """Linear warm-up over the first steps, then a cosine over the share of the schedule."""
    cosine = 0.5 * (1 + math.cos(math.pi * share))
    rate = options.learning_rate * (options.final_rate + (1 - options.final_rate) * cosine)
    return rate * min(1.0, (steps + 1) / max(options.warmup_steps, 1))


def make_optimizer(network: nn.Module, options: LoopOptions) -> torch.optim.Optimizer:
    """AdamW that decays matrices and kernels only: norms and biases are left alone."""
    decayed, free = [], []
    for parameter in network.parameters():
        if parameter.requires_grad:
            (decayed if parameter.ndim > 1 else free).append(parameter)
    groups = [
        {"params": decayed, "weight_decay": options.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=options.learning_rate)


def read_checkpoint(run: Path) -> dict[str, Any]:
    """The checkpoint in a run's folder (or the file itself), on the CPU; no code in it is run."""
    path = run if run.is_file() else run / CHECKPOINT
    if not path.exists():
        raise FileNotFoundError(f"there is no checkpoint at {path}: train into that folder first")
    return torch.load(path, map_location="cpu", weights_only=True)


def weights_of(run: Path, part: str = "") -> dict[str, Tensor]:
    """The averaged weights of a run, or those of a file of `training.export`, to begin another run
    with. `part` is what the trained network puts before the names of an exported one."""
    if run.suffix == ".safetensors":
        state = read_state_dict(run)
        return {part + k: v.float() if v.is_floating_point() else v for k, v in state.items()}
    return read_checkpoint(run)["average"]["weights"]


class EndlessSampler(Sampler[int]):
    """Data indices from `start` on, each process taking every n-th: resuming is exact."""

    def __init__(self, start: int, process: int = 0, processes: int = 1):
        self.start, self.process, self.processes = start, process, processes

    def __iter__(self) -> Iterator[int]:
        index = self.start + self.process
        while True:
            yield index
            index += self.processes


class _Run:
    """The bookkeeping of one run: clock, checkpoints and log."""

    def __init__(
        self, options, accelerator, network, average, optimizer, progress, description, recompose
    ):
        self.options = options
        self.accelerator = accelerator
        self.network = network
        self.average = average
        self.optimizer = optimizer
        self.progress = progress
        self.description = description
        self.stop_asked = threading.Event()
        self.recompose = recompose
        self._waited = 0.0
        self._recomposing = DeviceClock(accelerator.device)
        self._pending: list[dict[str, Tensor]] = []

    @contextlib.contextmanager
    def recording(self):
        """Clock and log while training; a checkpoint at the end, also after Ctrl-C or a kill."""
        self._last_checkpoint = self._last_log = time.monotonic()
        self._started = self._last_log - self.progress.seconds
        self.options.run.mkdir(parents=True, exist_ok=True)
        if self.accelerator.is_main_process:
            record = dataclasses.asdict(self.options) | self.description
            text = json.dumps(record, indent=1, default=str)
            (self.options.run / "options.json").write_text(text)
        previous = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                previous[number] = signal.signal(number, lambda *_: self.stop_asked.set())
        try:
            yield
            self._write_log()
            self.save()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def batches(self, dataset: Dataset, collate: Callable) -> Iterator[Any]:
        accelerator, options = self.accelerator, self.options
        loader = DataLoader(
            dataset,
            batch_size=options.batch,
            sampler=EndlessSampler(
                self.progress.pictures, accelerator.process_index, accelerator.num_processes
            ),
            num_workers=options.workers,
            collate_fn=collate,
            pin_memory=accelerator.device.type == "cuda",
            worker_init_fn=_start_worker,
            prefetch_factor=4 if options.workers else None,
            # Its own, or starting to load would change what chance gives the network.
            generator=torch.Generator().manual_seed(options.seed),
        )
        source = None
        while not self.finished():
            if source is None:
                source = iter(loader)
            asked = time.monotonic()
            batch = next(source)
            self._waited += time.monotonic() - asked
            batch = batch.to(accelerator.device)
            if self.recompose is not None:
                with self._recomposing:
                    batch = self.recompose(batch)
            yield batch

    def share(self) -> float:
        """Progress of the schedule, the main process's clock for all: rates must not differ."""
        share = self.progress.share(self.options)
        if self.accelerator.num_processes > 1:
            # float64 would not travel on every backend.
            value = torch.tensor([share], dtype=torch.float32, device=self.accelerator.device)
            share = broadcast(value, from_process=0).item()
        return share

    def advance(self, losses: dict[str, Tensor], rate: float, norm: Tensor) -> None:
        self.progress.steps += 1
        self.progress.pictures += self.options.batch * self.accelerator.num_processes
        self.progress.seconds = time.monotonic() - self._started
        parts = {name: value.detach() for name, value in losses.items()}
        self._pending.append(parts | {"gradient_norm": norm.detach()})
        self._rate = rate
        if self.progress.steps % self.options.log_steps == 0:
            self._write_log()
        if time.monotonic() - self._last_checkpoint > self.options.checkpoint_minutes * 60:
            self.save()

    def finished(self) -> bool:
        """True on all processes at once, when the schedule ends or any of them was told to stop."""
        done = self.stop_asked.is_set() or self.progress.share(self.options) >= 1
        if self.accelerator.num_processes > 1:
            flag = torch.tensor([float(done)], device=self.accelerator.device)
            done = self.accelerator.reduce(flag, "sum").item() > 0
        return done

    def save(self) -> None:
        self._last_checkpoint = time.monotonic()
        if not self.accelerator.is_main_process:
            return
        state = {
            "progress": dataclasses.asdict(self.progress),
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "options": json.loads(json.dumps(dataclasses.asdict(self.options), default=str)),
            "description": self.description,
        }
        with atomic_path(self.options.run / CHECKPOINT, overwrite=True) as path:
            torch.save(state, path)

    def _write_log(self) -> None:
        if not self._pending or not self.accelerator.is_main_process:
            self._pending.clear()
            self._recomposing.take()
            return
        now = time.monotonic()
        elapsed = max(now - self._last_log, 1e-6)
        count = len(self._pending)
        names = self._pending[0]
        means = {n: float(torch.stack([p[n].float() for p in self._pending]).mean()) for n in names}
        pictures = count * self.options.batch * self.accelerator.num_processes
        row = {
            "step": self.progress.steps,
            "pictures": self.progress.pictures,
            "minutes": round(self.progress.seconds / 60, 3),
            "learning_rate": self._rate,
            "pictures_per_second": round(pictures / elapsed, 2),
            "waiting_for_data": round(self._waited / elapsed, 3),
        }
        if self.recompose is not None:
            row["recomposing"] = round(self._recomposing.take() / elapsed, 3)
        row |= {name: float(f"{value:.5g}") for name, value in means.items()}
        with open(self.options.run / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        logger.info("%s", row)
        self._pending, self._waited, self._last_log = [], 0.0, now


def _resume(options, network, average, optimizer, accelerator) -> Progress:
    if not (options.run / CHECKPOINT).exists():
        return Progress()
    state = read_checkpoint(options.run)
    network.load_state_dict(state["network"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    if accelerator.is_main_process:
        torch.set_rng_state(state["random"])
    progress = Progress(**state["progress"])
    logger.info("resuming %s at step %d", options.run, progress.steps)
    return progress


def _start_worker(_: int) -> None:
    """A data worker uses one core: many of them run side by side."""
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    with contextlib.suppress(ImportError):
        import cv2

        cv2.setNumThreads(0)
