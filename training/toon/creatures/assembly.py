"""Parts of a creature as they come along, back to front, in frames that carry them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from ..model import Color, Figure, Part, Stroke, Tone
from .anatomy import inside


class Assembly:
    """Collects parts, strokes and joints; `figure` gives what came together."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self.joints: dict[str, tuple[float, float]] = {}
        self._strokes: dict[str, list[Stroke]] = {}
        self._matrix, self._shift = np.eye(2), np.zeros(2)

    @contextmanager
    def frame(self, x: float, y: float, angle: float = 0.0, scale=1.0) -> Iterator[None]:
        """What is added within lies about (x, y), scaled (one number, or one per axis) and then
        turned by `angle` radians, clockwise on the screen."""
        before = self._matrix, self._shift
        c, s = np.cos(angle), np.sin(angle)
        matrix = np.array([[c, -s], [s, c]]) * np.broadcast_to(np.asarray(scale, float), 2)
        self._shift = self.place((x, y))
        self._matrix = self._matrix @ matrix
        try:
            yield
        finally:
            self._matrix, self._shift = before

    def place(self, points) -> np.ndarray:
        """Points [..., 2] of the current frame in figure units."""
        return np.asarray(points, float) @ self._matrix.T + self._shift

    def add(
        self,
        name: str,
        outline,
        color: str = "main",
        category: str = "skin",
        *,
        into: Sequence[str] = (),
        keep: np.ndarray | None = None,
        light: np.ndarray | None = None,
        **values,
    ) -> str:
        """A part in front of those so far; gives its name.

        Args:
            name, outline, color, category, values: as in `Part`.
            into: names of parts into which it runs: no line where it lies on them.
            keep: bool [K], points that have a line all the same.
            light: outline of a highlight on it.
        """
        within = values.get("within")
        if within is not None:  # far out it shows nothing, but would widen the drawing's frame
            (a, b), (c, d) = self._matrix.tolist()
            back = np.array([[d, -c], [-b, a]]) / (a * d - b * c)
            around = (self.parts[within].outline - self._shift) @ back
            outline = np.clip(outline, around.min(0) - 0.05, around.max(0) + 0.05)
        placed = self.place(outline)
        if into:
            hidden = np.zeros(len(placed), bool)
            for other in into:
                hidden |= inside(placed, self.parts[other].outline)
            if keep is not None:
                hidden &= ~keep
            values["seams"] = stretches(hidden)
        if light is not None:
            values["tones"] = (Tone(1, self.place(light).astype(np.float32)),)
        self.parts[name] = Part(name, placed.astype(np.float32), category, color, **values)
        return name

    def mark(self, name: str, outline, color: str, on: str, **values) -> str:
        """A pattern on a part: clipped to it, of its category, without ink."""
        category = self.parts[on].category
        return self.add(name, outline, color, category, within=on, marking=True, **values)

    def stroke(
        self, on: str, points, width: float = 0.7, color: str | None = None, taper=(0.8, 0.8)
    ) -> None:
        """A line inside a part."""
        line = Stroke(self.place(points).astype(np.float32), width, color, taper)
        self._strokes.setdefault(on, []).append(line)

    def casts(self, name: str, *on: str) -> None:
        """Lets a part cast its shadow on parts behind it."""
        part = self.parts[name]
        self.parts[name] = replace(part, casts=(*part.casts, *on))

    def joint(self, name: str, point) -> None:
        """Where a joint is, in the current frame."""
        self.joints[name] = tuple(self.place(point).tolist())

    def figure(self, kind: str, palette: dict[str, Color], mirrored: bool = False) -> Figure:
        """The figure; `mirrored` it looks the other way. A part's bone is the joint whose name
        its own name begins with, else "root"."""
        self.joints.setdefault("root", (0.0, 0.0))
        flip = np.array([-1, 1], np.float32) if mirrored else None
        parts = tuple(self._finished(part, flip) for part in self.parts.values())
        joints = self.joints
        if mirrored:
            joints = {name: (-x, y) for name, (x, y) in joints.items()}
        return Figure(parts, palette, joints, kind)

    def _finished(self, part: Part, flip: np.ndarray | None) -> Part:
        """The part with its strokes and its bone, and mirrored."""
        outline, tones, strokes = part.outline, part.tones, self._strokes.get(part.name, ())
        if flip is not None:
            outline = outline * flip
            tones = tuple(Tone(tone.tone, tone.outline * flip) for tone in tones)
            strokes = [Stroke(s.points * flip, s.width, s.color, s.taper) for s in strokes]
        bone = part.bone if part.bone != "root" else self._bone(part.name)
        return replace(part, outline=outline, tones=tones, strokes=tuple(strokes), bone=bone)

    def _bone(self, name: str) -> str:
        pieces = name.split(".")
        for length in range(len(pieces), 0, -1):
            if ".".join(pieces[:length]) in self.joints:
                return ".".join(pieces[:length])
        return "root"


def stretches(hidden: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Runs of a bool [K] around a closed outline: first and last point of each."""
    if hidden.all():
        return ((0, len(hidden) - 1),)
    starts = np.flatnonzero(hidden & ~np.roll(hidden, 1)).tolist()
    ends = np.flatnonzero(hidden & ~np.roll(hidden, -1)).tolist()
    if starts and ends[0] < starts[0]:
        ends = [*ends[1:], ends[0]]
    return tuple(zip(starts, ends, strict=True))
