"""`python -m training.evaluate`: AP of a detector and a refiner, as a table and as JSON."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from cartoon_models.atomic import atomic_path
from cartoon_models.errors import CelKitError
from cartoon_models.instances import REFINE_MODES, Segmenter, load_segmenter

from ..progress import progress_bar
from .coco_folder import CocoFolder
from .composed import SETS, composed
from .measure import Sample, measure
from .report import markdown, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code: 2 for bad input, with one sentence that says what."""
    options = _parser().parse_args(arguments)
    try:
        run(options)
    except (CelKitError, ValueError, OSError) as error:
        print(f"training.evaluate: {error}", file=sys.stderr)
        return 2
    return 0


def run(options: argparse.Namespace) -> dict:
    """Measure what the options ask for, print the table, and return the report.

    Of one set that is its report; of several it is {"sets": [a report of each]}.
    """
    to_file = options.markdown not in (None, "-")
    files = [options.json, options.sheet, Path(options.markdown) if to_file else None]
    for path in files:
        if path and path.exists():
            raise FileExistsError(f"{path} is there already; name another file or remove it.")
    if options.detector == "none":
        raise ValueError('AP needs a detector; "none" is for the refiner only.')
    sources = _sources(options)
    if options.sheet and len(sources) > 1:
        raise ValueError("A sheet is made of one set; name one, or leave --sheet out.")
    segmenter = load_segmenter(
        detector=options.detector, refiner=options.refiner, device=options.device
    )
    reports = []
    for source, samples in sources:
        reports.append(_measured(options, segmenter, source, samples))
        if options.markdown != "-":
            print(table(reports[-1]), flush=True)
    report = reports[0] if len(reports) == 1 else {"sets": reports}
    if options.json:
        with atomic_path(options.json) as temporary:
            temporary.write_text(json.dumps(report, indent=2) + "\n")
    if options.markdown == "-":
        print(markdown(reports))
    elif options.markdown:
        with atomic_path(options.markdown) as temporary:
            temporary.write_text(markdown(reports) + "\n")
    return report


def _measured(
    options: argparse.Namespace, segmenter: Segmenter, source: str, samples: Sequence[Sample]
) -> dict:
    """The report of one set; its sheet is written too if one is asked for."""
    folder = isinstance(samples, CocoFolder)
    report: dict = {
        "pictures": len(samples),
        "source": source,
        "size": None if folder else options.size,
        "detector": options.detector or "embedded",
        "refiner": options.refiner or "embedded",
        "refine_mode": options.refine_mode,
        "score_threshold": options.score_threshold,
        "max_instances": options.max_instances,
        "device": str(next(segmenter.detector.parameters()).device),
        "notes": _notes(samples) if folder else [],
    }
    qualities: list[float] = []
    ways = {"coarse": False, "refined": True}
    if segmenter.refiner is None or options.coarse_only:
        del ways["refined"]
    for way, refine in ways.items():
        measurement = measure(
            segmenter,
            samples,
            refine=refine,
            refine_mode=options.refine_mode,
            score_threshold=options.score_threshold,
            max_instances=options.max_instances,
            progress=_progress(way),
        )
        report[way] = measurement.figures()
        qualities = measurement.qualities
    if options.sheet:
        from .sheet import make_sheet

        make_sheet(options.sheet, segmenter, samples, qualities, refine="refined" in ways)
    return report


def _sources(options: argparse.Namespace) -> list[tuple[str, Sequence[Sample]]]:
    """What to measure on, with a name each: the sets first, then the folders."""
    folders = options.coco or []
    if options.annotations and len(folders) != 1:
        raise ValueError("--annotations goes with exactly one folder (--coco).")
    sets = options.set or ([] if folders else ["held-out"])
    sources: list[tuple[str, Sequence[Sample]]] = [
        (
            "toons" if name == "toons" else f"{name} compositions",
            composed(name, 100 if options.count is None else options.count, options.size),
        )
        for name in sets
    ]
    for folder in folders:
        samples = CocoFolder(
            folder,
            options.count,
            annotations=options.annotations,
            categories=options.categories,
            skip_missing=options.skip_missing,
        )
        sources.append((str(folder), samples))
    return sources


def _notes(samples: CocoFolder) -> list[str]:
    notes = []
    if samples.missing:
        notes.append(f"{len(samples.missing)} pictures were missing, first {samples.missing[0]}")
    if samples.orphans:
        notes.append(f"{samples.orphans} annotations of no picture were left out")
    return notes


def _progress(way: str):
    bar = progress_bar(title=way, unit="picture")

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return show


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate",
        description="Box, mask and boundary AP of a detector's own (coarse) masks and of the "
        "refined ones, on held-out compositions (art and layouts never trained on) or on a "
        "folder with COCO annotations.",
    )
    parser.add_argument("--detector", help="file or manifest name; default: the embedded one")
    parser.add_argument(
        "--refiner", help='file or manifest name, or "none"; default: the embedded one'
    )
    parser.add_argument("--count", type=int, help="pictures; default: 100, or the whole folder")
    parser.add_argument(
        "--set",
        nargs="+",
        choices=SETS,
        help="one or several: held-out (the default), for the last measurement; validation, to "
        "decide by; toons: style families of the generator that are held out",
    )
    parser.add_argument("--size", type=int, default=640, help="side of a composition in pixels")
    parser.add_argument(
        "--score-threshold", type=float, default=0.05, help="lowest score that counts for AP"
    )
    parser.add_argument("--max-instances", type=int, default=100, help="per picture")
    parser.add_argument(
        "--refine-mode",
        choices=REFINE_MODES,
        default="auto",
        help="auto: as a user gets it, slowest; frame and crop are several times quicker",
    )
    parser.add_argument("--coarse-only", action="store_true", help="leave the refiner out")
    parser.add_argument("--device", help="cpu, cuda...; default: the best there is")
    parser.add_argument(
        "--coco", type=Path, nargs="+", metavar="FOLDER", help="pictures with annotations"
    )
    parser.add_argument(
        "--annotations", type=Path, metavar="FILE", help="where the folder holds several or none"
    )
    parser.add_argument(
        "--categories", nargs="+", metavar="NAME", help="of --coco; only these are characters"
    )
    parser.add_argument(
        "--skip-missing", action="store_true", help="leave out pictures of --coco that are missing"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report here too")
    parser.add_argument(
        "--markdown",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write the tables as Markdown; without a file, print them so",
    )
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="FILE.png",
        help="worst, median and best pictures, and what went wrong in them",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
