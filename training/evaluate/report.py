"""The report as text: a table to read, or Markdown to quote."""

from collections.abc import Sequence

_COLUMNS = ("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR100")
_WAYS = ("coarse", "refined")
_KINDS = ("box", "mask", "boundary")
_WIDTH = 18  # of the first column


def table(report: dict) -> str:
    """Return the figures of a report as lines to read, AP in per cent."""
    lines = [
        f"{_source(report)}; {report['device']}",
        *_settings(report),
        "",
        f"{'':{_WIDTH}}" + "".join(f"{name.removeprefix('AP_'):>8}" for name in _COLUMNS),
    ]
    ways = [way for way in _WAYS if way in report]
    for way in ways:
        for kind in _KINDS:
            figures = report[way][kind]
            lines.append(
                f"{way + ' ' + kind:{_WIDTH}}"
                + "".join(f"{_per_cent(figures[name]):>8}" for name in _COLUMNS)
            )
    lines += [_timing(way, report[way]) for way in ways]
    for way in ways:
        if "outcomes" in report[way]:
            lines += ["", *_outcome_lines(way, report[way]["outcomes"])]
    for way in ways:
        families = report[way].get("families", {})
        if families:
            width = max(_WIDTH, 2 + max(map(len, families)))
            lines += [
                "",
                f"{way + ' mask of':{width}}{'figures':>8}"
                + "".join(f"{name.removeprefix('AP_'):>8}" for name in _COLUMNS)
                + "  boundary AP",
            ]
        for family, figures in families.items():
            lines.append(
                f"{family:{width}}{figures['characters']:8}"
                + "".join(f"{_per_cent(figures['mask'][name]):>8}" for name in _COLUMNS)
                + f"{_per_cent(figures['boundary']['AP']):>13}"
            )
    return "\n".join(lines)


def markdown(reports: Sequence[dict]) -> str:
    """Return the figures of reports as Markdown: of each set AP, outcomes, and its families."""
    parts = []
    for report in reports:
        ways = [way for way in _WAYS if way in report]
        parts.append(f"**{_source(report)}** ({'; '.join(_settings(report))}; {report['device']})")
        parts.append(
            _markdown_table(
                ("per cent", *(name.replace("_", " ") for name in _COLUMNS)),
                [
                    (f"{way} {kind}", *(_per_cent(report[way][kind][name]) for name in _COLUMNS))
                    for way in ways
                    for kind in _KINDS
                ],
            )
        )
        parts.append("\n".join(f"- {_timing(way, report[way])}" for way in ways))
        counts = {way: report[way]["outcomes"] for way in ways if "outcomes" in report[way]}
        if counts:
            first = next(iter(counts.values()))
            names = [(part, name) for part in ("characters", "finds") for name in first[part]]
            rows = [
                (way, *(str(of_way[part][name]) for part, name in names))
                for way, of_way in counts.items()
            ]
            header = ("characters", *first["characters"], *(f"finds: {n}" for n in first["finds"]))
            parts.append(_markdown_table(header, rows))
        rows = [
            (
                f"{way}, {family}",
                str(figures["characters"]),
                *(_per_cent(figures["mask"][name]) for name in _COLUMNS),
                _per_cent(figures["boundary"]["AP"]),
            )
            for way in ways
            for family, figures in report[way].get("families", {}).items()
        ]
        if rows:
            columns = (f"mask {name.replace('_', ' ')}" for name in _COLUMNS)
            parts.append(_markdown_table(("family", "figures", *columns, "boundary AP"), rows))
    return "\n\n".join(parts)


def _source(report: dict) -> str:
    source = f"{report['pictures']} pictures, {report['source']}"
    if report.get("size"):
        source += f" of {report['size']} x {report['size']}"
    return source


def _settings(report: dict) -> list[str]:
    return [
        f"detector {report['detector']}, refiner {report['refiner']} "
        f"(mode {report.get('refine_mode', 'auto')}), scores of {report.get('score_threshold', 0)} "
        f"and more, at most {report.get('max_instances', 100)} a picture",
        *report.get("notes", ()),
    ]


def _timing(way: str, figures: dict) -> str:
    return (
        f"{way}: {figures['seconds_per_picture']:.3f} s a picture "
        f"(median {figures['seconds_per_picture_median']:.3f}), "
        f"{figures['detections_per_picture']:.1f} detections a picture, "
        f"panoptic quality {100 * figures['panoptic_quality']:.1f}"
    )


def _outcome_lines(way: str, counts: dict) -> list[str]:
    lines = []
    for part, of_part in counts.items():
        whole = sum(of_part.values())
        said = ", ".join(f"{count} {name}" for name, count in of_part.items())
        lines.append(f"{way}: {whole} {'shown finds' if part == 'finds' else part}: {said}")
    return lines


def _markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _per_cent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"
