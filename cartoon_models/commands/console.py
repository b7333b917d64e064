"""What a command shows: lines, complaints and a progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BAD_INPUT = 2  # the exit code, as argparse's


def say(text: str) -> None:
    """Write a line to stdout; what its encoding lacks is escaped, since file names have it all."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def complain(text: str) -> None:
    """Write a line to stderr, under the program's name."""
    sys.stderr.write(f"celkit: {text}\n")


def sentence(error: BaseException) -> str:
    """An error as one line for a reader."""
    if isinstance(error, MemoryError) or is_out_of_memory(error):
        return "there is not enough memory for this; try a smaller picture."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def is_out_of_memory(error: BaseException) -> bool:
    """Whether this is torch's error for a full device or memory, told without importing torch."""
    return type(error).__name__ == "OutOfMemoryError" or "DefaultCPUAllocator" in str(error)


@contextmanager
def progress_bar(
    title: str, quiet: bool = False, unit: str = "step"
) -> Iterator[Callable[[int, int], None]]:
    """Give a `progress(done, total)` callback that draws on stderr; `unit="B"` counts bytes."""
    from tqdm import tqdm

    with tqdm(
        desc=title, unit=unit, unit_scale=unit == "B", disable=quiet, leave=False, delay=0.3
    ) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
