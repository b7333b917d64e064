"""Makes shards in the processes of one machine, and notices when one of them dies."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Any

from cartoon_models.errors import Cancelled, CelKitError

from .makers import Recipe, SampleMaker, build_maker
from .plan import Shard, digest_of
from .writing import write_shard

logger = logging.getLogger("celkit.training")

ATTEMPTS = 3  # deaths in a row, without a shard in between, that end the run


@dataclass(frozen=True)
class Work:
    """What workers need to know: where, from what, and what the folder's samples have to be.

    `identity` is the maker's where the work was given out: machines with other versions or other
    art would make other samples.
    """

    folder: str
    recipe: Recipe
    digest: str
    identity: str

    @classmethod
    def of(cls, folder: Path, recipe: Recipe, description: dict[str, Any]) -> Work:
        identity = digest_of(description["maker"])
        return cls(str(folder), recipe, digest_of(description), identity)


Progress = Callable[[int], None]
"""Is told how many samples are made so far, of the shards that were asked for."""


def make_shards(work: Work, shards: Sequence[Shard], workers: int, progress: Progress) -> None:
    """Make shards in `workers` processes; 0 makes them in this one.

    When a worker dies (killed, out of memory) the shards that were being made are made again.

    Raises:
        CelKitError: a sample cannot be made, or workers die again and again.
        OSError: a shard cannot be written.
    """
    if not workers:
        done = 0
        for shard in shards:
            make_shard(work, shard, lambda made, done=done: progress(done + made))
            done += shard.count
        return
    pending, deaths = list(shards), 0
    while pending:
        before = len(pending)
        try:
            _make_round(work, shards, pending, workers, progress)
        except BrokenProcessPool:
            deaths = 1 if len(pending) < before else deaths + 1
            if deaths >= ATTEMPTS:
                raise CelKitError(
                    f"A worker was killed {deaths} times without a shard coming of it (is there "
                    f"memory for {workers} workers?); try again with fewer --workers."
                ) from None
            logger.warning("a worker was killed; its shards are made again")


def make_shard(work: Work, shard: Shard, on_sample: Progress = lambda made: None) -> None:
    """Make one shard in this process.

    Raises:
        CelKitError: a sample cannot be made, or this machine would make another one.
    """
    write_shard(Path(work.folder), shard, _maker(work), work.digest, on_sample)


_makers: dict[str, SampleMaker] = {}


def _maker(work: Work) -> SampleMaker:
    """This process's maker, built for its first shard."""
    if work.digest not in _makers:
        maker = build_maker(work.recipe)
        if digest_of(maker.identity()) != work.identity:
            raise CelKitError(
                "This machine would make other samples: its code, art or libraries are not those "
                "of the machine that gives the work out; install the same versions."
            )
        _makers.clear()
        _makers[work.digest] = maker
    return _makers[work.digest]


def _make_round(
    work: Work, shards: Sequence[Shard], pending: list[Shard], workers: int, progress: Progress
) -> None:
    """Make the pending shards with one pool of processes, taking off what is done."""
    context = multiprocessing.get_context("spawn")
    # Plain memory and no lock: a killed worker could take a lock with it.
    counts = context.RawArray("q", len(pending))
    stop = context.RawValue("b", 0)
    whole = sum(shard.count for shard in shards)
    executor = ProcessPoolExecutor(
        min(workers, len(pending)), context, _start_worker, (counts, stop)
    )
    try:
        with _without_ctrl_c():
            jobs = {
                executor.submit(_make_in_worker, work, shard, slot): (shard, slot)
                for slot, shard in enumerate(pending)
            }
        waiting: set[Future] = set(jobs)
        while waiting:
            ended, waiting = wait(waiting, timeout=0.25, return_when=FIRST_COMPLETED)
            # In the order of the shards: of several failures the first one is told.
            done = sorted(ended, key=lambda future: jobs[future][1])
            failures = [future.exception() for future in done]
            for future, failure in zip(done, failures, strict=True):
                if failure is None:
                    pending.remove(jobs[future][0])
                    counts[jobs[future][1]] = 0
            left = sum(shard.count for shard in pending)
            progress(whole - left + sum(counts))
            failures = [failure for failure in failures if failure is not None]
            # What a worker said comes before that one is gone.
            for failure in sorted(failures, key=lambda e: isinstance(e, BrokenProcessPool)):
                raise failure
    finally:
        stop.value = 1
        executor.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Processes started in here never see Ctrl-C, not even while they start; this one sees it
    afterwards. They are told by `stop`."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


_shared: tuple[Any, Any] = (None, None)


def _start_worker(counts: Any, stop: Any) -> None:
    global _shared
    _shared = counts, stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """A pool's processes wait for work forever when the one that gives it was killed."""
    wait_for([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _make_in_worker(work: Work, shard: Shard, slot: int) -> None:
    counts, stop = _shared

    def on_sample(made: int) -> None:
        counts[slot] = made
        if stop.value:
            raise Cancelled("The work was stopped.")

    make_shard(work, shard, on_sample)
