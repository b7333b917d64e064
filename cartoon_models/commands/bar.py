"""A progress bar for the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
