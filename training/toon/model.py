"""The scene graph of one figure: its parts from back to front, whatever style draws them later."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Color = tuple[float, float, float]  # RGB 0..1


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line inside a part: a fold, a lash, a finger.

    Attributes:
        points: float [N,2], its middle; figure units.
        width: of the figure's line, 1 = as wide as an outline.
        color: name of a colour, or None for the figure's ink.
        taper: how far the first and the last third thin out, 0 not at all, 1 to a point.
    """

    points: np.ndarray
    width: float = 0.7
    color: str | None = None
    taper: tuple[float, float] = (0.8, 0.8)


@dataclass(frozen=True, eq=False)
class Tone:
    """A lighter or darker region that belongs to the drawing itself: a hair ring, a cast shadow.

    Attributes:
        tone: `labels.HIGHLIGHT` or `labels.SHADOW`.
        outline: float [K,2]; what lies outside the part does not show.
    """

    tone: int
    outline: np.ndarray


@dataclass(frozen=True, eq=False)
class Part:
    """A closed region of one flat colour.

    Attributes:
        name: unique in the figure and the same in each of its frames, "hair.bangs.3".
        outline: float32 [K,2], figure units: head height 1, x right, y down, filled by the nonzero
            rule. Frames of one figure have the same number of points.
        category: one of `labels.CATEGORIES`, not "background".
        color: name of its colour in the figure's palette.
        bone: the joint that carries it.
        within: name of the part outside which it does not show, None = anywhere.
        outlined: width of its outline, 1 = as the style says, 0 = none.
        marking: a pattern, print or blush on another part: its border is a colour edge and no ink
            is drawn around it.
        shaded: the style may shade it.
        casts: names of parts behind it on which it casts a shadow.
        tones: regions the drawing itself makes lighter or darker.
        strokes: lines inside it.
        seams: stretches of the outline along which the part runs into another, such as an arm into
            a shoulder: first and last point of each. Nothing is inked there, between the first and
            the last (over the end of the outline where first > last).
    """

    name: str
    outline: np.ndarray
    category: str
    color: str
    bone: str = "root"
    within: str | None = None
    outlined: float = 1.0
    marking: bool = False
    shaded: bool = True
    casts: tuple[str, ...] = ()
    tones: tuple[Tone, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    seams: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure in one pose.

    Attributes:
        parts: back to front. A part's `within` and `casts` name parts before it.
        palette: colour by name; categories follow from the parts that use them.
        joints: positions (x, y) by name, figure units.
        kind: "human", "animal", "robot", "mascot" or "blob".
    """

    parts: tuple[Part, ...]
    palette: dict[str, Color]
    joints: dict[str, tuple[float, float]] = field(default_factory=dict)
    kind: str = "human"
