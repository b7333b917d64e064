"""Curves of a run's log: `python -m training.plot_log runs/detector -o curves.png`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SKIPPED = {"step", "pictures", "minutes"}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="training.plot_log", description=__doc__)
    parser.add_argument("run", type=Path, help="folder of the run, or its log.jsonl")
    parser.add_argument("-o", "--output", type=Path, required=True, help="PNG to write")
    parser.add_argument("--over", default="pictures", choices=sorted(SKIPPED), help="x axis")
    options = parser.parse_args(arguments)
    path = options.run / "log.jsonl" if options.run.is_dir() else options.run
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    if not rows:
        parser.error(f"{path} is empty")

    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = [name for name in rows[-1] if name not in SKIPPED]
    figure, axes = pyplot.subplots(-(-len(names) // 3), 3, figsize=(13, 2.6 * -(-len(names) // 3)))
    for axis, name in zip(np.ravel(axes), names, strict=False):
        known = [row for row in rows if name in row]
        axis.plot([row[options.over] for row in known], [row[name] for row in known], linewidth=0.8)
        axis.set_title(name, fontsize=9)
        axis.grid(alpha=0.3)
    for axis in np.ravel(axes)[len(names) :]:
        axis.remove()
    figure.tight_layout()
    figure.savefig(options.output, dpi=80)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
