"""The report as text."""

_COLUMNS = ("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR100")
_WAYS = ("coarse", "refined")


def table(report: dict) -> str:
    """Return the figures of a report as lines to read, AP in per cent."""
    source = f"{report['pictures']} pictures, {report['source']}"
    if report.get("size"):
        source += f" of {report['size']} x {report['size']}"
    lines = [
        f"{source}; {report['device']}",
        f"detector {report['detector']}, refiner {report['refiner']} "
        f"(mode {report.get('refine_mode', 'auto')}), scores of {report.get('score_threshold', 0)} "
        f"and more, at most {report.get('max_instances', 100)} a picture",
        "",
        f"{'':18}" + "".join(f"{name.removeprefix('AP_'):>8}" for name in _COLUMNS),
    ]
    for way in _WAYS:
        if way not in report:
            continue
        for kind in ("box", "mask", "boundary"):
            figures = report[way][kind]
            lines.append(
                f"{way + ' ' + kind:18}" + "".join(_per_cent(figures[name]) for name in _COLUMNS)
            )
    for way in _WAYS:
        if way in report:
            lines.append(
                f"{way}: {report[way]['seconds_per_picture']:.3f} s a picture "
                f"(median {report[way]['seconds_per_picture_median']:.3f}), "
                f"{report[way]['detections_per_picture']:.1f} detections a picture, "
                f"panoptic quality {100 * report[way]['panoptic_quality']:.1f}"
            )
    return "\n".join(lines)


def _per_cent(value: float | None) -> str:
    return f"{'-':>8}" if value is None else f"{100 * value:8.1f}"
