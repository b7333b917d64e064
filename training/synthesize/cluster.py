"""Makes shards on a Ray cluster: the same shards as `local`, byte for byte.

The output folder has to be one that all machines of the cluster share, and they need the same
checkout (at the same path) and the same libraries; a machine that would make other samples says so.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from cartoon_models.errors import CelKitError

from .local import ATTEMPTS, Progress, Work, make_shard
from .plan import Shard

if TYPE_CHECKING:
    import psutil

logger = logging.getLogger("celkit.training")

_ROOT = Path(__file__).resolve().parents[2]

STARTS = 8  # of a cluster on this machine, before any shard is given out


def make_shards(
    work: Work,
    shards: Sequence[Shard],
    workers: int,
    progress: Progress,
    address: str | None = None,
) -> None:
    """Make shards as Ray tasks of one CPU each; a shard whose worker dies is made again.

    Args:
        workers: of a cluster that is started on this machine for the run; not used with `address`.
        address: of a cluster that runs ("auto" or host:port); `RAY_ADDRESS` when None.

    Raises:
        CelKitError: Ray is not installed or not to be reached, a sample cannot be made, or workers
            die again and again.
        OSError: a shard cannot be written.
    """
    # Ray reports its use to its makers unless it is told not to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        from ray.exceptions import RayError, RayTaskError
    except ImportError as error:
        raise CelKitError(
            "--engine ray needs Ray, which is not installed: pip install ray, or leave it out."
        ) from error
    address = address or os.environ.get("RAY_ADDRESS")
    _reach(address)
    own = {"num_cpus": max(workers, 1), "include_dashboard": False} if not address else {}
    paths = [str(_ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    variables = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "OMP_NUM_THREADS": "1"}
    told_to_stop = signal.getsignal(signal.SIGTERM)
    options = {"address": address or "local", "runtime_env": {"env_vars": variables}, **own}
    _start(ray, options, 1 if address else STARTS)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, told_to_stop)  # Ray takes it and ends with a stack trace
    try:
        task = ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1)(make_shard)
        jobs = {task.remote(work, shard): shard for shard in shards}
        waiting, made = list(jobs), 0
        while waiting:
            done, waiting = ray.wait(waiting, timeout=0.5)
            for job in done:
                ray.get(job)
                made += jobs[job].count
                progress(made)
    except RayTaskError as error:
        raise error.cause from None
    except RayError as error:
        reason = str(error).splitlines()[0]
        raise CelKitError(
            f"A Ray worker died {ATTEMPTS} times over one shard ({reason}); look at the memory of "
            "the machines."
        ) from error
    finally:
        ray.shutdown()


def _start(ray: ModuleType, options: dict[str, Any], tries: int) -> None:
    """Start or join a cluster.

    Ray ends its own start where a helper process of it takes more than 15 seconds to come up, which
    happens on a machine that is busy, and nothing sets that limit; the next start finds those
    programs in memory. What the failed one has left is ended first.

    Raises:
        CelKitError: the cluster cannot be used, or does not start in so many tries.
    """
    import psutil

    there = options["address"] if tries == 1 else ""
    for left in reversed(range(tries)):
        before = set(psutil.Process().children())
        try:
            ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
            return
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise CelKitError(f"The Ray cluster {there} cannot be used: {error}") from error
        except Exception as error:  # of no narrower class: a start that took too long
            if tries > 1:
                _end(set(psutil.Process().children()) - before)
            if not left:
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                raise CelKitError(
                    f"The Ray cluster {there} did not start in {tries} tries ({reason}); is the "
                    "machine too busy?"
                ) from error
            logger.warning("the Ray cluster took too long to start; it is started again")


def _end(processes: Collection[psutil.Process]) -> None:
    """End processes and their children."""
    import psutil

    family = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            family += [process, *process.children(recursive=True)]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=10)


def _reach(address: str | None) -> None:
    """Ray itself tries for several minutes to reach a cluster that is not there.

    Raises:
        CelKitError: nobody answers at host:port.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return  # "auto", "local" or none
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, OverflowError) as error:
        raise CelKitError(f"There is no Ray cluster at {address}: {error}.") from error
