"""Motion of a figure: bends and swings that make frames of one pose, and how parts move between
two frames, vertex by vertex."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .model import Figure
from .shapes import Placement, bounds

# Points along an outline are at most this far apart in pixels when motion is read off them.
SPACING = 4.0

# Takes points [N,2] in figure units and gives them moved.
Warp = Callable[[np.ndarray], np.ndarray]


def warped(figure: Figure, warp: Warp) -> Figure:
    """The same figure with every point moved; parts keep their names and numbers of points."""

    def moved(points) -> np.ndarray:
        return np.asarray(warp(np.asarray(points, float)), np.float32)

    parts = tuple(
        replace(
            part,
            outline=moved(part.outline),
            strokes=tuple(replace(stroke, points=moved(stroke.points)) for stroke in part.strokes),
            tones=tuple(replace(tone, outline=moved(tone.outline)) for tone in part.tones),
        )
        for part in figure.parts
    )
    joints = {name: tuple(moved(np.array([at]))[0].tolist()) for name, at in figure.joints.items()}
    return replace(figure, parts=parts, joints=joints)


def swaying(figure: Figure, rng: np.random.Generator, count: int) -> list[Figure]:
    """Frames of a figure of any kind that leans, bends, breathes and wanders.

    It knows nothing of limbs: the whole figure moves as if painted on rubber, so that parts stay
    joined. For figures that have a way to walk of their own, use that.

    Args:
        figure: the pose it moves about.
        rng: decides how; frames are the same for the same state.
        count: how many frames, 1 or more.
    """
    if count < 1:
        raise ValueError(f"An animation has at least one frame, not {count}.")
    boxes = np.array([bounds(part.outline) for part in figure.parts])
    x0, y0 = boxes[:, :2].min(0)
    x1, y1 = boxes[:, 2:].max(0)
    foot, size = np.array([(x0 + x1) / 2, y1]), max(x1 - x0, y1 - y0, 1e-6)
    reach = {
        "lean": rng.normal(0, 0.18),
        "bend": rng.normal(0, 0.12),
        "wave": rng.normal(0, 0.03),
        "breath": rng.normal(0, 0.05),
        "wander": rng.normal(0, 0.12),
        "hop": abs(rng.normal(0, 0.08)),
    }
    speed = rng.uniform(0.25, 0.9, len(reach))  # radians a frame
    phase = rng.uniform(0, 2 * np.pi, len(reach))
    waves = rng.uniform(2, 5)

    def at(frame: int) -> Warp:
        swing = np.sin(phase + speed * frame)
        now = {name: far * s for (name, far), s in zip(reach.items(), swing, strict=True)}

        def warp(points: np.ndarray) -> np.ndarray:
            x, up = ((points - foot) / size * [1, -1]).T
            angle = now["lean"] + now["bend"] * up
            stretch = 1 + now["breath"]
            x = x / np.sqrt(stretch) + now["wave"] * up * np.sin(waves * up + phase[2])
            up = up * stretch
            c, s = np.cos(angle), np.sin(angle)
            along, high = c * x + s * up + now["wander"], c * up - s * x + abs(now["hop"])
            return foot + size * np.stack([along, -high], 1)

        return warp

    return [warped(figure, at(frame)) for frame in range(count)]


@dataclass(frozen=True, eq=False)
class PartMotion:
    """Where points of a part go from one frame to another; pixels, float64.

    Attributes:
        outline: [K,2], the part's outline in the first frame, as the figure has it.
        first, last: [N,2], the same points of it in both frames: the outline with points between,
            then its strokes.
        ring: how many of them, from the first on, run around the outline.
    """

    outline: np.ndarray
    first: np.ndarray
    last: np.ndarray
    ring: int


def part_motions(first: Figure, last: Figure, place: Placement) -> dict[str, PartMotion]:
    """The motion of each part that both frames have, by name.

    A part that has another number of points in the other frame is drawn in another way there, such
    as an eye that is closed: how it got there is not known, and it is left out.
    """
    others = {part.name: part for part in last.parts}
    motions = {}
    for part in first.parts:
        other = others.get(part.name)
        if other is None or len(part.outline) != len(other.outline):
            continue
        a, b = _between(place(part.outline), place(other.outline), closed=True)
        starts, ends, ring = [a], [b], len(a)
        if [len(s.points) for s in part.strokes] == [len(s.points) for s in other.strokes]:
            for one, two in zip(part.strokes, other.strokes, strict=True):
                a, b = _between(place(one.points), place(two.points), closed=False)
                starts.append(a)
                ends.append(b)
        outline = place(part.outline).astype(float)
        motions[part.name] = PartMotion(outline, np.concatenate(starts), np.concatenate(ends), ring)
    return motions


def one_figure(figures: Sequence[Figure]) -> None:
    """Raises ValueError unless each pose shares a part with the first one."""
    first = {(part.name, len(part.outline)) for part in figures[0].parts}
    for number, figure in enumerate(figures):
        if not first & {(part.name, len(part.outline)) for part in figure.parts}:
            raise ValueError(
                f"frame {number} is of another figure: it has no part of frame 0, that is of the "
                "same name and with as many points"
            )


def _between(first: np.ndarray, last: np.ndarray, closed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Both lines with as many points set between their own, at the same shares of each edge."""
    a, b = first.astype(float), last.astype(float)
    if closed:
        ends = np.roll(a, -1, 0), np.roll(b, -1, 0)
    else:
        ends = a[1:], b[1:]
    edges = len(ends[0])
    length = np.linalg.norm(ends[0] - a[:edges], axis=1)
    pieces = np.ceil(length / SPACING).clip(1, 1000).astype(int)
    edge = np.repeat(np.arange(edges), pieces)
    share = (np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[edge]
    out = []
    for points, end in zip((a, b), ends, strict=True):
        line = points[edge] + share[:, None] * (end[edge] - points[edge])
        out.append(line if closed else np.concatenate([line, points[-1:]]))
    return out[0], out[1]
