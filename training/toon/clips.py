"""A clip: frames of one figure, drawn by one style on one piece of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .flow import Flow, optical_flow
from .labels import Drawing, SheetEntry
from .model import Figure
from .motion import one_figure
from .render import draw
from .shapes import Placement, bounds
from .style import Style


@dataclass(frozen=True, eq=False)
class Clip:
    """An animated figure.

    Attributes:
        figures: its poses.
        drawings: the same, drawn; all of one size. `labels.LabelTable.segment` is the same number
            for the same region in all of them.
        place: figure units to pixels.
        sheet: the colour design sheet of all frames.
    """

    figures: tuple[Figure, ...]
    drawings: tuple[Drawing, ...]
    place: Placement
    sheet: tuple[SheetEntry, ...]

    def __len__(self) -> int:
        return len(self.drawings)

    def flow(self, first: int, last: int) -> Flow:
        """The optical flow from one frame to another, in either direction."""
        figures = self.figures[first], self.figures[last]
        return optical_flow(figures, (self.drawings[first], self.drawings[last]), self.place)


def make_clip(
    figures: Sequence[Figure],
    style: Style,
    seed: int | Sequence[int],
    side: int = 640,
    *,
    frame: tuple[float, float, float, float] | None = None,
    backend: str | None = None,
) -> Clip:
    """Draws poses of one figure as a clip.

    Args:
        figures: at least one; a part has flow between frames in which it has as many points.
        style: how they are drawn.
        seed: of what the style leaves to chance, which is the same in every frame.
        side: the longer side of a frame in pixels.
        frame: x0, y0, x1, y1 in figure units; what all poses fill and a little more when None.
        backend: see `raster.paint`.

    Raises:
        ValueError: there is no figure, or the poses are not of one figure.
    """
    if not figures:
        raise ValueError("a clip has at least one frame, these are none")
    one_figure(figures)
    frame = frame or surroundings(figures, style, side)
    drawings = tuple(
        draw(figure, style, np.random.default_rng(seed), side, frame=frame, backend=backend)
        for figure in figures
    )
    scale = side / max(frame[2] - frame[0], frame[3] - frame[1])
    place = Placement(scale, np.array(frame[:2], np.float32))
    return Clip(tuple(figures), drawings, place, join_sheets(drawings))


def surroundings(
    figures: Sequence[Figure], style: Style, side: int
) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 in figure units around all poses, with room for lines and a few pixels."""
    boxes = np.array([bounds(part.outline) for figure in figures for part in figure.parts])
    low, high = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    room = style.line * (1.5 + style.silhouette + style.wobble) + 4 / side * (high - low).max()
    low, high = low - room, high + room
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def join_sheets(drawings: Sequence[Drawing]) -> tuple[SheetEntry, ...]:
    """One colour design sheet of several drawings of a figure; the first of a name counts."""
    entries: dict[str, SheetEntry] = {}
    for drawing in drawings:
        for entry in drawing.sheet:
            entries.setdefault(entry.name, entry)
    return tuple(entries.values())
