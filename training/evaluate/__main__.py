"""`python -m training.evaluate`: AP of a detector and a refiner, as a table and as JSON."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from cartoon_models.atomic import atomic_path
from cartoon_models.errors import CelKitError
from cartoon_models.instances import REFINE_MODES, load_segmenter

from .coco_folder import CocoFolder
from .composed import SETS, composed
from .measure import Sample, measure
from .report import table


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
    """Measure what the options ask for, print the table, and return the report."""
    for path in (options.json, options.sheet):
        if path and path.exists():
            raise FileExistsError(f"{path} is there already; name another file or remove it.")
    if options.detector == "none":
        raise ValueError('AP needs a detector; "none" is for the refiner only.')
    samples = _samples(options)
    segmenter = load_segmenter(
        detector=options.detector, refiner=options.refiner, device=options.device
    )
    report: dict = {
        "pictures": len(samples),
        "source": str(options.coco) if options.coco else f"{options.set} compositions",
        "size": None if options.coco else options.size,
        "detector": options.detector or "embedded",
        "refiner": options.refiner or "embedded",
        "refine_mode": options.refine_mode,
        "score_threshold": options.score_threshold,
        "max_instances": options.max_instances,
        "device": str(next(segmenter.detector.parameters()).device),
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
    print(table(report))
    if options.json:
        with atomic_path(options.json) as temporary:
            temporary.write_text(json.dumps(report, indent=2) + "\n")
    if options.sheet:
        from .sheet import make_sheet

        make_sheet(options.sheet, segmenter, samples, qualities, refine="refined" in ways)
    return report


def _samples(options: argparse.Namespace) -> Sequence[Sample]:
    if options.coco:
        return CocoFolder(options.coco, options.count)
    return composed(options.set, options.count or 100, options.size)


def _progress(way: str):
    from tqdm import tqdm

    bar = tqdm(desc=way, unit="picture", file=sys.stderr)

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
        choices=SETS,
        default="held-out",
        help="compositions: held-out, for the last measurement, or validation, to decide by",
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
    parser.add_argument("--coco", type=Path, metavar="FOLDER", help="pictures with annotations")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report here too")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE.png", help="worst, median and best pictures"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
