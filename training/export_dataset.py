"""`python -m training.export_dataset`: a dataset of made pictures, for other programs to read.

The weights are exported by `training.export`; this writes data.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from cartoon_models.errors import CelKitError

from .progress import progress_bar

FORMATS = ("coco", "yolo", "refine", "douga", "paint-bucket")
SOURCES = ("compositions", "scenes")
# The largest numbers that names in a dataset and the drawings' labels have room for.
_RANGES = {"count": (1, 999_999), "size": (64, 4096), "seed": (0, 2**63 - 1)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code: 2 for bad input, with one sentence that says what."""
    options = _parser().parse_args(arguments)
    try:
        run(options)
    except (CelKitError, ValueError, OSError) as error:
        print(f"training.export_dataset: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("training.export_dataset: stopped; nothing was kept.", file=sys.stderr)
        return 130
    return 0


def run(options: argparse.Namespace) -> int:
    """Write what the options ask for; give the number of pictures, crops or characters."""
    _check(options)
    from .exports import sources
    from .exports.files import check_new

    check_new(options.output)
    source = options.source or ("scenes" if options.format == "douga" else "compositions")
    if options.format == "paint-bucket":
        source = "clips"
    about = sources.about(source, options.seed, options.size, options.held_out)
    make = getattr(sources, "characters" if source == "clips" else source)
    pictures = make(options.seed, options.size, options.held_out)
    done = _write(options, pictures, about)
    what = {"refine": "crops", "paint-bucket": "characters"}.get(options.format, "pictures")
    print(f"wrote {done} {what} to {options.output}.")
    return done


def _write(options: argparse.Namespace, pictures: Iterator, about) -> int:
    from .exports import coco, douga, paint_bucket, refine, yolo

    if options.format == "refine":  # some pictures hold several crops, some none
        shown = islice(pictures, 100 * options.count + 100)
        made = refine.write_refine(
            options.output, shown, about, options.count, progress=_Progress(options.count)
        )
        return made
    wanted = _counted(islice(pictures, options.count), options.count)
    if options.format == "paint-bucket":
        split = "test" if options.held_out else "train"
        return paint_bucket.write_paint_bucket(options.output, wanted, about, split)
    writers = {"coco": coco.write_coco, "yolo": yolo.write_yolo, "douga": douga.write_douga}
    return writers[options.format](options.output, wanted, about)


def _counted(items: Iterable, total: int) -> Iterator:
    progress = _Progress(total)
    for number, item in enumerate(items, 1):
        yield item
        progress(number)


class _Progress:
    """A bar on the terminal: called with how many are done."""

    def __init__(self, total: int):
        self._bar = progress_bar(total, unit="made")

    def __call__(self, done: int) -> None:
        self._bar.update(done - self._bar.n)
        if done >= self._bar.total:
            self._bar.close()


def _check(options: argparse.Namespace) -> None:
    for name, (low, high) in _RANGES.items():
        value = getattr(options, name)
        if not low <= value <= high:
            raise ValueError(f"--{name} is a whole number from {low} to {high}, not {value}.")
    if options.format == "douga" and options.source == "compositions":
        raise ValueError("Compositions have no line and fill classes; use --source scenes.")
    if options.format == "paint-bucket" and options.source:
        raise ValueError("Paint-bucket clips have a source of their own; leave --source away.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.export_dataset",
        description="Writes made pictures as a dataset in a published layout, into a new folder. "
        "The same seed and version give the same bytes.",
    )
    parser.add_argument(
        "--format",
        required=True,
        choices=FORMATS,
        help="coco: instances as run lengths; yolo: polygons; refine: crops with coarse mask and "
        "alpha; douga: frames with line and fill classes; paint-bucket: animated characters as "
        "PaintBucket-Character v2",
    )
    parser.add_argument(
        "--count",
        type=int,
        required=True,
        help="pictures; for refine crops, for paint-bucket characters of 20 frames",
    )
    parser.add_argument("--size", type=int, default=640, help="side of a picture in pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument(
        "--source",
        choices=SOURCES,
        help="compositions: clip art and drawn figures; scenes: drawn figures with all labels; "
        "default: compositions, for douga scenes",
    )
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="only art and styles that training never sees; paint-bucket: the layout of test/",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
