"""Makes shards on a Ray cluster: the same shards as `local`, byte for byte.

The output folder has to be one that all machines of the cluster share, and they need the same
checkout (at the same path) and the same libraries; a machine that would make other samples says so.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

from cartoon_models.errors import CelKitError

from .local import ATTEMPTS, Progress, Work, make_shard
from .plan import Shard

_ROOT = Path(__file__).resolve().parents[2]


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
    try:
        ray.init(
            address=address or "local",
            runtime_env={"env_vars": variables},
            log_to_driver=False,
            logging_level=logging.ERROR,
            **own,
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise CelKitError(f"The Ray cluster {address or ''} cannot be used: {error}") from error
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
