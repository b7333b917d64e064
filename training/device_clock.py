"""Time spent on part of a step, on the device where the work is done."""

from __future__ import annotations

import time

import torch


class DeviceClock:
    """Adds up the time of `with` blocks.

    A GPU works while Python goes on: there its own marks are read, and only when the time is asked
    for, so that nothing waits for it meanwhile.
    """

    def __init__(self, device: torch.device):
        self.device, self._seconds = device, 0.0
        self._marks: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []

    def __enter__(self) -> DeviceClock:
        if self.device.type == "cuda":
            self._start = torch.cuda.Event(enable_timing=True)
            self._start.record()
        else:
            self._start = time.monotonic()
        return self

    def __exit__(self, *_) -> None:
        if self.device.type == "cuda":
            end = torch.cuda.Event(enable_timing=True)
            end.record()
            self._marks.append((self._start, end))
        else:
            self._seconds += time.monotonic() - self._start

    def take(self) -> float:
        """Seconds since it was last asked; waits until the device has done that work."""
        for start, end in self._marks:
            end.synchronize()
            self._seconds += start.elapsed_time(end) / 1000
        seconds, self._seconds = self._seconds, 0.0
        self._marks.clear()
        return seconds
