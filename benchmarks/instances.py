"""`python -m benchmarks.instances`: speed and memory of finding characters, as JSON.

Every measurement runs in a process of its own; the parent loads nothing heavy. `--quick` runs
everything with toy networks, to see that it runs; its figures mean nothing.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("detector", "decode", "refine", "crop", "end_to_end", "cuda")
INSTANCES = (1, 4, 16)

REFERENCE = (
    "benchmarks/reference.py, run on this machine in this run: the published way of computing "
    "(mmdet 3.3.0 and the published refiner) in plain PyTorch, eager float32 NCHW, batch norms not "
    "folded, class and box towers computed separately, all of at most 100 masks enlarged to the "
    "picture before they are cut; the refiner with the picture copied per instance and six sides."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 1 if a measurement failed."""
    options = _parser().parse_args(arguments)
    if options.case:
        print(json.dumps(_run_here(options.case, json.loads(options.arguments), options.threads)))
        return 0
    report = measure(options)
    text = json.dumps(report, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 1 if report["failed"] else 0


def measure(options: argparse.Namespace) -> dict:
    """Run the parts that are asked for, one process after the other, and return the report."""
    failed: list[str] = []

    def case(name: str, **arguments) -> dict:
        print(f"{name} {arguments or ''}", file=sys.stderr, flush=True)
        result = _run_apart(name, {"quick": options.quick, **arguments}, options.threads)
        if "failed" in result:
            failed.append(name)
        return result

    report: dict = {"machine": machine(), "quick": options.quick, "reference": REFERENCE}
    if "detector" in options.parts:
        report["detector"] = case("detector")
    if "decode" in options.parts:
        report["decode"] = {}
        for what, everywhere in (("characters", False), ("masks_everywhere", True)):
            ours = case("decode_ours", everywhere=everywhere)
            reference = case("decode_reference", everywhere=everywhere)
            report["decode"][what] = {
                "ours": ours,
                "reference": reference,
                "times_faster": _ratio(reference, ours),
            }
    if "refine" in options.parts:
        ours = {str(n): case("refine_ours", count=n) for n in INSTANCES}
        reference = {str(n): case("refine_reference", count=n) for n in INSTANCES[:2]}
        report["refine"] = {
            "ours": ours,
            "reference": reference,
            "ours_s_per_extra_instance": _per_extra(ours),
            "reference_s_per_extra_instance": _per_extra(reference),
            "ratio_to_reference_one_instance": _ratio(ours["1"], reference["1"]),
        }
    if "crop" in options.parts:
        report["crop_and_frame"] = {
            "published": case("crop_and_frame", published=True),
            "small": case("crop_and_frame", published=False),
        }
    if "end_to_end" in options.parts:
        report["end_to_end"] = case("end_to_end", picture=options.picture)
    if "cuda" in options.parts:
        report["cuda"] = case("cuda", picture=options.picture)
    report["failed"] = failed
    return report


def machine() -> dict:
    """What the figures were measured on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_average_before": load,
        "python": platform.python_version(),
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }


def _run_apart(name: str, arguments: dict, threads: int | None) -> dict:
    command = [sys.executable, "-m", "benchmarks.instances", "--case", name]
    command += ["--arguments", json.dumps(arguments)]
    if threads:
        command += ["--threads", str(threads)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]}
    return json.loads(done.stdout.splitlines()[-1])


def _run_here(name: str, arguments: dict, threads: int | None) -> dict:
    import torch

    from . import cases
    from .cuda import cuda

    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(0)
    run = {
        "detector": cases.detector,
        "decode_ours": cases.decode_ours,
        "decode_reference": cases.decode_reference,
        "refine_ours": cases.refine_ours,
        "refine_reference": cases.refine_reference,
        "crop_and_frame": cases.crop_and_frame,
        "end_to_end": cases.end_to_end,
        "cuda": cuda,
    }[name]
    return {"torch": torch.__version__, "threads": torch.get_num_threads(), **run(**arguments)}


def _ratio(one: dict, other: dict) -> float | None:
    if "median_s" not in one or "median_s" not in other:
        return None
    return one["median_s"] / other["median_s"]


def _per_extra(by_count: dict[str, dict]) -> float | None:
    """Seconds that each instance after the first adds, from the least and the most instances."""
    counts = sorted(by_count, key=int)
    first, last = by_count[counts[0]], by_count[counts[-1]]
    if "median_s" not in first or "median_s" not in last:
        return None
    return (last["median_s"] - first["median_s"]) / (int(counts[-1]) - int(counts[0]))


def _example() -> str | None:
    path = ROOT / "pictures" / "characters.png"
    return str(path.relative_to(ROOT)) if path.exists() else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instances", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="toy networks: does everything run?")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="default: all of them"
    )
    parser.add_argument("--threads", type=int, help="threads of the processor; default: torch's")
    parser.add_argument(
        "--picture", default=_example(), help="for the embedded weights; default: the example"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report here too")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--arguments", default="{}", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
