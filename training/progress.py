"""How far a command is, on stderr: a bar on a terminal, now and then a line in a log file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tqdm import tqdm

# Seconds from one drawing to the next.
ON_A_TERMINAL = 0.1
IN_A_FILE = 30.0


def progress_bar(total: int | None = None, *, unit: str, title: str = "", done: int = 0) -> tqdm:
    """A bar of which `done` of `total` are there already; a context manager, or call `close()`."""
    from tqdm import tqdm

    seldom = ON_A_TERMINAL if sys.stderr.isatty() else IN_A_FILE
    return tqdm(
        desc=title or None,
        total=total,
        initial=done,
        unit=unit,
        file=sys.stderr,
        mininterval=seldom,
        maxinterval=seldom + 10,
    )
