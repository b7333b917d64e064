"""Who is in the pool: which figure, in which style, and how much of it the frame shows.

What drawing `index` is follows from (`VERSION`, split, index) alone; `pool` keeps the drawings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import creatures, human, items, shapes
from .labels import Drawing
from .model import Figure
from .render import draw
from .style import Style
from .styles import sample_style

VERSION = 5  # one more whenever a drawing comes out differently
SPLITS = ("training", "held-out")
# Close-ups are drawn, not enlarged: their lines are as sharp as those of a whole figure.
SHOTS = {"whole": 0.62, "bust": 0.16, "face": 0.14, "detail": 0.08}
CREATURES = 0.2
ITEMS = 0.05
HOLDING = 0.15  # share of figures with a thing in a hand
WHOLE_SIDE = (420, 720)
CLOSE_SIDE = 800
ITEM_SIDE = (160, 400)


@dataclass(frozen=True, eq=False)
class Member:
    """A drawing of a pool and what a layout needs to know of it.

    Attributes:
        kind: "human", "animal", "robot", "mascot", "blob", or "item": a thing, no character.
        shot: "whole", "bust", "face" or "detail".
        cut: whether its frame cuts the figure at the left, upper, right and lower side.
    """

    drawing: Drawing
    kind: str = "human"
    shot: str = "whole"
    cut: tuple[bool, bool, bool, bool] = (False, False, False, False)


def draw_member(split: str, index: int) -> Member:
    """Drawing `index` of a split of the pool."""
    rng = np.random.default_rng([VERSION, 77, SPLITS.index(split), index])
    shots = list(SHOTS)
    shot = shots[rng.choice(len(shots), p=list(SHOTS.values()))]
    figure = draw_figure(rng, shot)
    style = sample_style(rng, held_out=split == "held-out")
    if figure.kind == "item":
        shot = "whole"
    return frame_figure(figure, style, rng, shot)


def draw_figure(rng: np.random.Generator, shot: str = "whole") -> Figure:
    """A human, a creature or a thing by chance. Humans of which not all is shown do not lie, and
    most of those in close-ups look at us: the back of a head says little."""
    chance = rng.random()
    if chance < ITEMS:
        return items.prop(items.sample_item(rng), float(rng.normal(0, 0.5)))
    if chance < ITEMS + (1 - ITEMS) * CREATURES:
        return _holding(rng, creatures.sample_figure(rng))
    looks = human.sample_looks(rng)
    pose = human.sample_pose(rng, looks.body.heads, human.LYING if shot == "whole" else 0.0)
    if shot != "whole":
        pose = replace(pose, roll=float(rng.normal(0, 10)))
        if shot != "bust" and rng.random() < 0.85:
            pose = replace(pose, yaw=float(rng.normal(0, 35)))
    return _holding(rng, human.build(looks, pose))


def _holding(rng: np.random.Generator, figure: Figure) -> Figure:
    """The figure, at times with a thing in a hand or a wing."""
    hands = [name for name in figure.joints if "hand" in name]
    if not hands or rng.random() >= HOLDING:
        return figure
    hand = hands[rng.integers(len(hands))]
    arm = f"arm.{hand.split('_')[0]}"  # of a human: the fingers lie over what they hold
    behind = arm if any(part.name == arm for part in figure.parts) else None
    item = items.sample_item(rng)
    return items.hold(figure, item, hand, angle=float(rng.normal(0, 0.7)), behind=behind)


def frame_figure(
    figure: Figure, style: Style, rng: np.random.Generator, shot: str, side: int | None = None
) -> Member:
    """Draws a figure as a shot shows it."""
    frame = None if shot == "whole" else _frame(figure, rng, shot)
    if side is None and figure.kind == "item":
        side = int(rng.integers(*ITEM_SIDE))
    if side is None:
        side = int(rng.integers(*WHOLE_SIDE)) if frame is None else CLOSE_SIDE
    drawing = _trimmed(draw(figure, style, rng, side, frame=frame))
    return Member(drawing, figure.kind, shot, _cut(drawing.rgba) if frame else (False,) * 4)


def _frame(figure: Figure, rng: np.random.Generator, shot: str):
    """x0, y0, x1, y1 in figure units."""
    hx0, hy0, hx1, hy1 = _head(figure)
    height = hy1 - hy0
    points = np.concatenate([part.outline for part in figure.parts])
    if shot == "bust":
        lower = hy1 + height * rng.uniform(0.4, 2.2)
        above = points[points[:, 1] < lower]
        (x0, y0), x1 = above.min(0), above[:, 0].max()
        room = 0.03 * height
        return float(x0 - room), float(y0 - room), float(x1 + room), float(lower)
    x, y = (hx0 + hx1) / 2, (hy0 + hy1) / 2
    share = rng.uniform(1.1, 1.9) if shot == "face" else rng.uniform(0.45, 0.95)
    if shot == "detail":
        x, y = x + rng.normal(0, 0.15) * height, y + rng.normal(0, 0.12) * height
    wide, high = share * height * np.array([rng.uniform(0.9, 1.5), 1.0]) / 2
    return float(x - wide), float(y - high), float(x + wide), float(y + high)


def _head(figure: Figure) -> tuple[float, float, float, float]:
    """Where the head is: the part or the joint of this name, or the upper unit of the figure."""
    for part in figure.parts:
        if part.name in ("head.face", "head"):
            return shapes.bounds(part.outline)
    if "head" in figure.joints:
        x, y = figure.joints["head"]
        return x - 0.5, y - 0.5, x + 0.5, y + 0.5
    boxes = np.array([shapes.bounds(part.outline) for part in figure.parts])
    (x0, y0), (x1, y1) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    middle, high = (x0 + x1) / 2, min(1.0, y1 - y0)
    return float(middle - high / 2), float(y0), float(middle + high / 2), float(y0 + high)


def _trimmed(drawing: Drawing) -> Drawing:
    inside = drawing.rgba[..., 3] > 8
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    if not len(rows):
        raise ValueError("a figure's drawing is empty")
    y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    joints = {name: (x - float(x0), y - float(y0)) for name, (x, y) in drawing.joints.items()}
    rgba, ids = drawing.rgba[y0:y1, x0:x1], drawing.ids[y0:y1, x0:x1]
    return replace(drawing, rgba=rgba, ids=ids, joints=joints)


def _cut(rgba: np.ndarray) -> tuple[bool, bool, bool, bool]:
    alpha = rgba[..., 3] > 127
    sides = (alpha[:, 0], alpha[0], alpha[:, -1], alpha[-1])
    return tuple(bool(side.sum() > max(3, 0.01 * len(side))) for side in sides)
