"""The figures of variants side by side, as Markdown for RUNS.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .running import SETS
from .variants import BASELINES, REFINER

OFF = "refiner off"
_KINDS = (("mask", "AP"), ("mask", "AP50"), ("boundary", "AP"))
_TITLES = {"validation": "validation", "toons": "held-out families"}


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """Return one Markdown table, a row per variant and one for the refiner switched off.

    Each set has mask AP, mask AP50 and boundary AP in per cent, and what they differ from those of
    the baseline: for refiners that is the refiner with nothing changed.
    """
    by_name = {result["name"]: result for result in results}
    header = ["variant", "options", "million parameters", "minutes"]
    for name in SETS:
        header += [f"{_TITLES[name]}: mask AP / AP50 / boundary AP", "difference"]
    rows = [header, ["---"] * len(header)]
    for result in results:
        baseline = by_name.get(BASELINES[result["network"]])
        if result["network"] == REFINER and not result["changes"]:
            rows.append([OFF, "coarse masks of the detector", "", "", *_cells(result, baseline, 1)])
        rows.append(
            [
                result["name"],
                f"`{' '.join(result['changes'])}`" if result["changes"] else "",
                f"{result['parameters'] / 1e6:.1f}",
                f"{result['minutes']:.0f}",
                *_cells(result, baseline),
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def notes(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what a reader of the table has to know, a sentence each."""
    if not results:
        return []
    settings = results[0]["settings"]
    found = [
        f"Each training: {settings['steps']} steps of {settings['batch']} pictures of "
        f"{settings['size']} pixels a side from random weights, seed {settings['seed']}, precision "
        f"{settings['precision']}; {settings['pictures']} pictures a set. One seed: differences as "
        "small as between two seeds say nothing."
    ]
    commits = sorted({result["commit"] for result in results if result["commit"]})
    if commits:
        found.append("Code: " + ", ".join(commit[:7] + commit[40:] for commit in commits) + ".")
    if len(commits) > 1:
        found.append("The code changed between variants: they compare only if the data did not.")
    if len({result.get("behind", "") for result in results} - {""}) > 1:
        found.append("Refiners were measured behind several detectors: they do not compare.")
    return found


def _cells(result: Mapping, baseline: Mapping | None, coarse: bool = False) -> list[str]:
    cells = []
    for index in range(len(SETS)):
        own = _figures(result, index, coarse)
        cells.append(" / ".join(_per_cent(value) for value in own))
        if baseline is None or (baseline is result and not coarse):
            cells.append("")
            continue
        usual = _figures(baseline, index)
        cells.append(" / ".join(_difference(a, b) for a, b in zip(own, usual, strict=True)))
    return cells


def _figures(result: Mapping, index: int, coarse: bool = False) -> list[float | None]:
    way = "coarse" if coarse or "refined" not in result["sets"][index] else "refined"
    of_way = result["sets"][index][way]
    return [of_way[kind][name] for kind, name in _KINDS]


def _per_cent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _difference(value: float | None, usual: float | None) -> str:
    return "-" if value is None or usual is None else f"{100 * (value - usual):+.1f}"
