"""`python -m training.synthesize`: makes samples in bulk, as shards."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cartoon_models.errors import CelKitError

from ..progress import progress_bar
from .local import Work, make_shards
from .makers import KINDS, Recipe, build_maker, maker_class
from .plan import FORMAT, claim, is_finished, parse_part, shards_of
from .writing import remove_leftovers

logger = logging.getLogger("celkit.training")

MOST_SAMPLES = 10**9  # samples are numbered with nine digits


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code: 2 for bad input or a full disk, with one sentence that
    says what, 130 when it was stopped."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        with _stopped_by_signals():
            run(_options(arguments))
    except (CelKitError, ValueError, OSError) as error:
        print(f"training.synthesize: {_sentence(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "training.synthesize: stopped; the same command goes on where this one ended.",
            file=sys.stderr,
        )
        return 130
    return 0


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Make the shards that are missing, print how fast, and return these figures."""
    _check(options)
    part = parse_part(options.shard)
    own_options = getattr(maker_class(options.kind), "options_of", lambda _: {})(options)
    recipe = Recipe(options.kind, options.seed, options.size, own_options)
    description = {
        "format": FORMAT,
        "kind": recipe.kind,
        "seed": recipe.seed,
        "size": recipe.size,
        "count": options.count,
        "per_shard": options.per_shard,
        # Built here once: bad options and missing art show before any worker starts.
        "maker": build_maker(recipe).identity(),
    }
    folder = options.output
    claim(folder, description)
    remove_leftovers(folder)
    shards = shards_of(options.count, options.per_shard, part)
    missing = [s for s in shards if not is_finished(folder, s, description, options.check)]
    total, wanted = (sum(shard.count for shard in some) for some in (shards, missing))
    if len(missing) < options.workers and wanted > options.workers:
        logger.info(
            "%d shards keep %d of %d workers busy; a smaller --per-shard would keep more",
            len(missing),
            len(missing),
            options.workers,
        )
    work = Work.of(folder, recipe, description)
    begun = time.monotonic()
    try:
        with _progress_bar(total, total - wanted) as progress:
            if options.engine == "ray":
                from . import cluster

                # Also without anything to do: that Ray is missing is said at once.
                cluster.make_shards(work, missing, options.workers, progress, options.ray_address)
            else:
                make_shards(work, missing, options.workers, progress)
    finally:
        remove_leftovers(folder)  # of workers that were killed
    seconds = time.monotonic() - begun
    figures = {
        "pictures": wanted,
        "seconds": round(seconds, 2),
        "pictures_per_second": round(wanted / seconds, 2) if wanted else 0.0,
    }
    part_of = f" of part {options.shard}" if part[1] > 1 else ""
    print(
        f"made {wanted} pictures in {seconds:.1f} s, {figures['pictures_per_second']} pictures per "
        f"second; all {total} pictures{part_of} are in {folder}, shards: {len(shards)}."
    )
    return figures


def _check(options: argparse.Namespace) -> None:
    for name, lowest, highest in (
        ("count", 1, MOST_SAMPLES),
        ("per_shard", 1, MOST_SAMPLES),
        ("workers", 0, 4096),
        ("seed", 0, 2**63 - 1),
        ("size", 64, 8192),
    ):
        value = getattr(options, name)
        if not lowest <= value <= highest:
            flag = "--" + name.replace("_", "-")
            raise ValueError(f"{flag} {value} must be from {lowest} to {highest}.")
    if options.output.exists() and not options.output.is_dir():
        raise ValueError(f"--output {options.output} is a file; name a folder.")


@contextlib.contextmanager
def _progress_bar(total: int, finished: int) -> Iterator[Any]:
    with progress_bar(total, unit="picture", done=finished) as bar:
        yield lambda made: bar.update(finished + made - bar.n)


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """A polite kill does what Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno and error.strerror:
        name = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{name}; what is whole is kept, and the same command goes on."
    return str(error)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parsed options; each kind has its own besides the common ones."""
    kind = argparse.ArgumentParser(add_help=False)
    kind.add_argument("--kind", default="compositions")
    chosen = maker_class(kind.parse_known_args(arguments)[0].kind)
    parser = argparse.ArgumentParser(
        prog="python -m training.synthesize",
        description="Makes samples for training in bulk: tar files in WebDataset layout. A run "
        "that was stopped or killed is gone on with by the same command.",
    )
    parser.add_argument(
        "--kind",
        default="compositions",
        help=f"{', '.join(KINDS)}, or module:Class of your own (default: compositions)",
    )
    parser.add_argument("--count", type=int, required=True, help="samples, all shards together")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=768, help="side of the pictures in pixels")
    parser.add_argument("--per-shard", type=int, default=500, help="samples (default: 500)")
    parser.add_argument(
        "--shard",
        default="0/1",
        metavar="i/N",
        help="make the shards whose number mod N is i: the part of one of N machines",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="processes, each with a shard at a time (default: one per CPU; 0: this process)",
    )
    parser.add_argument("--engine", choices=("local", "ray"), default="local")
    parser.add_argument(
        "--ray-address",
        help="of a Ray cluster that runs; default: RAY_ADDRESS, or one started for --workers here",
    )
    parser.add_argument(
        "--check", action="store_true", help="read every byte of the shards that are there"
    )
    if hasattr(chosen, "add_options"):
        chosen.add_options(parser)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
