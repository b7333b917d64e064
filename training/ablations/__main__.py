"""`python -m training.ablations`: train variants alike, measure them, print one table."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cartoon_models.atomic import atomic_path

from .running import Call, Settings, StageFailed, call_module, run_variant
from .table import notes, table
from .variants import VARIANTS, Variant

SETTINGS = "settings.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code: 1 when a variant failed, 2 for bad input, 130 when it
    was stopped."""
    try:
        return run(_options(arguments))
    except (ValueError, OSError) as error:
        print(f"training.ablations: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("training.ablations: stopped; the same command goes on here.", file=sys.stderr)
        return 130


def run(options: argparse.Namespace, call: Call = call_module) -> int:
    """Run the variants that are missing, print the table of all that are finished."""
    chosen = [v for v in VARIANTS if not options.only or v.name in options.only]
    settings = Settings(
        steps=options.steps,
        batch=options.batch,
        size=options.size,
        precision=options.precision,
        cpu=options.cpu,
        seed=options.seed,
        pictures=options.pictures,
        detector=options.detector,
        extra=tuple(options.extra),
    )
    _hold_to(settings, options.folder)
    failed = []
    for variant in chosen:
        started = time.monotonic()
        print(f"{variant.name}: {variant.asks}", flush=True)
        try:
            run_variant(variant, settings, options.folder, options.workers, call=call)
        except StageFailed as error:
            print(f"  {error} ({options.folder / variant.name / 'output.log'})", file=sys.stderr)
            failed.append(variant.name)
            continue
        print(f"  finished, {(time.monotonic() - started) / 60:.1f} minutes", flush=True)
    results = finished(options.folder, VARIANTS)
    print("\n" + table(results) + "\n\n" + "\n".join(notes(results)), flush=True)
    if failed:
        print(f"training.ablations: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def finished(folder: Path, variants: Sequence[Variant]) -> list[dict]:
    """The figures of the variants that have any in `folder`, in order."""
    files = [folder / f"{variant.name}.json" for variant in variants]
    return [json.loads(file.read_text()) for file in files if file.exists()]


def _hold_to(settings: Settings, folder: Path) -> None:
    """Refuse a folder that was begun with other settings; write those of a new one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SETTINGS
    if not path.exists():
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(settings.record(), indent=1) + "\n")
    before, now = json.loads(path.read_text()), settings.record()
    other = [f"{name} {before.get(name)}" for name in now if before.get(name) != now[name]]
    if other:
        raise ValueError(
            f"{folder} was begun with {', '.join(other)}; give the same or name another folder."
        )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.ablations",
        description="Train variants of the networks from random weights, each for the same steps "
        "on the same seed, measure them on the validation set and on held-out style families, and "
        "print how they differ from the baseline. The same command goes on where it was stopped, "
        "and finished variants are not run again. What follows -- is given to every training, for "
        "example: -- --nuisance 0.8",
        epilog="variants: " + "; ".join(f"{v.name}: {v.asks}" for v in VARIANTS),
    )
    add = parser.add_argument
    names = [variant.name for variant in VARIANTS]
    usual = {name: field.default for name, field in Settings.__dataclass_fields__.items()}
    add("--folder", type=Path, required=True, help="where runs and figures are kept")
    add("--steps", type=int, default=6000, help="optimizer steps of each (default: 6000)")
    add("--only", nargs="+", choices=names, metavar="NAME", help="run these variants only")
    for name, text in (
        ("batch", "pictures per step"),
        ("size", "side of the detectors' pictures and of the refiners' crops, n * 32"),
        ("seed", "of the data and of the start values"),
        ("pictures", "of each set that is measured"),
    ):
        add(f"--{name}", type=int, default=usual[name], help=f"{text} (default: {usual[name]})")
    add("--precision", default=usual["precision"], choices=("no", "bf16"), help="default: bf16")
    add("--cpu", action="store_true", help="train and measure on the CPU")
    add("--detector", help="file or name of the detector that refiners work behind; default: the "
        "embedded one")  # fmt: skip
    workers = max(1, min(14, (os.cpu_count() or 1) - 2))
    add("--workers", type=int, default=workers, help="data loading processes")
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    here = arguments.index("--") if "--" in arguments else len(arguments)
    options = parser.parse_args(arguments[:here])
    options.extra = arguments[here + 1 :]
    for name in ("steps", "batch", "pictures"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} {getattr(options, name)} must be 1 or more")
    return options


if __name__ == "__main__":
    sys.exit(main())
