"""Collects the parts of a figure with their depth, and puts them in order."""

from __future__ import annotations

import numpy as np

from ..model import Part, Stroke, Tone


class Sketch:
    """Parts by depth: `layer` says who is before whom, parts of one layer stay in their order."""

    def __init__(self) -> None:
        self._parts: list[tuple[float, int, Part]] = []

    def add(
        self,
        layer: float,
        name: str,
        outline: np.ndarray,
        category: str,
        color: str,
        bone: str,
        *,
        strokes: list[Stroke] | tuple[Stroke, ...] = (),
        tones: list[Tone] | tuple[Tone, ...] = (),
        **options,
    ) -> str:
        """Adds a part and gives its name; `options` are those of `Part`."""
        outline = np.ascontiguousarray(outline, np.float32)
        part = Part(
            name,
            outline,
            category,
            color,
            bone,
            strokes=tuple(strokes),
            tones=tuple(tones),
            **options,
        )
        self._parts.append((layer, len(self._parts), part))
        return name

    def parts(self) -> tuple[Part, ...]:
        """Back to front. What a part casts on falls away where that is not behind it."""
        out: list[Part] = []
        seen: set[str] = set()
        for _, _, part in sorted(self._parts, key=lambda entry: entry[:2]):
            if part.within is not None and part.within not in seen:
                raise ValueError(
                    f'"{part.name}" shows within "{part.within}", which is not behind it'
                )
            if part.casts and not seen.issuperset(part.casts):
                kept = tuple(name for name in part.casts if name in seen)
                part = Part(**{**part.__dict__, "casts": kept})
            seen.add(part.name)
            out.append(part)
        return tuple(out)


def stroke(points, width: float = 0.6, color: str | None = None, taper=(0.8, 0.8)) -> Stroke:
    """A line inside a part, through points [N,2]."""
    return Stroke(np.asarray(points, np.float32), width, color, taper)
