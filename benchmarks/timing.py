"""Seconds and bytes, measured so that they can be compared."""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping


def interleaved(
    functions: Mapping[str, Callable[[], object]],
    rounds: int,
    warm_up: int = 1,
    shuffled: bool = False,
) -> dict[str, dict[str, float]]:
    """Time each function `rounds` times, taking turns, so that a slow spell strikes all of them.

    With `shuffled` every round has an order of its own, the same in each run of the program: what
    one leaves behind (memory that goes back to the system, say) must not always fall to the same
    next one.

    Returns per name the median and the least seconds, and the median processor seconds (of all
    threads; other programs on the machine hardly change it). What a function returns is dropped
    before the next one runs.
    """
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    processor: dict[str, list[float]] = {name: [] for name in functions}
    order, chance = list(functions), random.Random(0)
    for turn in range(warm_up + rounds):
        if shuffled:
            chance.shuffle(order)
        for name in order:
            function = functions[name]
            gc.collect()
            start, start_processor = time.perf_counter(), time.process_time()
            function()
            if turn >= warm_up:
                seconds[name].append(time.perf_counter() - start)
                processor[name].append(time.process_time() - start_processor)
    return {
        name: {
            "median_s": statistics.median(taken),
            "least_s": min(taken),
            "processor_s": statistics.median(processor[name]),
        }
        for name, taken in seconds.items()
    }


def peak_memory() -> int | None:
    """Return the most bytes that this process has held so far, or None where it cannot be known.

    On Linux this is VmHWM. `ru_maxrss` would not do there: a process starts with its parent's.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
