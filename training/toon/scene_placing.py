"""Which drawings stand where: a layout's places filled from a pool."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..layouts import Layout
from ..sprites import Placed, blotched, lit, place
from .labels import LabelTable, SheetEntry
from .pool import Row, ToonPool
from .scene_colors import ColorChange, changed_sheet, changed_table, draw_change

ONE_FAMILY = 0.75  # share of scenes that are drawn by one hand
CLOSER = 1.1  # a figure this many pictures high is shown by a close-up
LARGEST = 2.0  # drawings are not enlarged more than this


@dataclass(frozen=True, eq=False)
class Layer:
    """Something placed in a scene: a figure (`place` is its number in the layout), or a thing or a
    book (`place` -1); `table` is None where it has no labels."""

    placed: Placed
    place: int = -1
    table: LabelTable | None = None
    joints: dict[str, tuple[float, float]] | None = None
    sheet: tuple[SheetEntry, ...] = ()
    family: str = ""
    grounded: bool = False

    def colored(self, change: ColorChange | None) -> Layer:
        """In other colours, labels and sheet too."""
        if change is None:
            return self
        return replace(
            self,
            placed=replace(self.placed, color=change(self.placed.color)),
            table=changed_table(self.table, change) if self.table is not None else None,
            sheet=changed_sheet(self.sheet, change),
        )


@dataclass(frozen=True)
class View:
    """The part of a layout's canvas that the picture shows, in pixels of the picture.

    Attributes:
        size: (H, W) of the picture.
        canvas: (H, W) of the whole canvas.
        origin: (x, y) of the picture on it.
    """

    size: tuple[int, int]
    canvas: tuple[float, float]
    origin: tuple[float, float]

    @classmethod
    def of(cls, size: tuple[int, int], window: tuple[float, float, float, float]) -> View:
        x0, y0, x1, y1 = window
        canvas = size[0] / (y1 - y0), size[1] / (x1 - x0)
        return cls(size, canvas, (x0 * canvas[1], y0 * canvas[0]))

    @property
    def whole(self) -> bool:
        """Whether nothing beyond the canvas shows."""
        (height, width), (x, y) = self.canvas, self.origin
        room = 0.5
        inside = x + self.size[1] <= width + room and y + self.size[0] <= height + room
        return x > -room and y > -room and inside


def place_figures(
    rng: np.random.Generator,
    pool: ToonPool,
    layout: Layout,
    view: View,
    strength: float = 1.0,
    family: str | None = None,
) -> list[Layer]:
    """The figures of a layout, back to front, without those outside the picture.

    All are of one style `family`; None: of one by chance, or of any.
    """
    if family is None and rng.random() < ONE_FAMILY:
        family = draw_family(rng, pool)
    height, width = view.canvas
    boxes = layout.boxes * np.array([width, height, width, height])
    rows = _cast(rng, pool, layout, boxes, view, family)
    seeds = rng.integers(2**63, size=len(layout))
    same_look = rng.random() < 0.7
    layers, behind = [], []
    for i in range(len(layout)):
        index = rows[i]
        row = pool.rows[index]
        flip = bool(rng.random() < 0.5)
        box, angle = boxes[i], float(layout.angles[i])
        if any(row.cut):
            box, angle = cut_box(rng, box, row, flip, view), 0.0
        look = np.random.default_rng(int(seeds[layout.drawings[i] if same_look else i]))
        grounded = bool(layout.grounded[i])
        layer = place_drawing(pool, index, box, angle, flip, grounded, view)
        if layer is not None:
            layer = altered(look, replace(layer, place=i), strength)
            surrounded = row.cut[0] and row.cut[2]
            (behind if surrounded else layers).append(layer)
    return behind + layers


def place_drawing(
    pool: ToonPool,
    index: int,
    box: np.ndarray,
    angle: float,
    flip: bool,
    grounded: bool,
    view: View,
) -> Layer | None:
    """Drawing `index` in a box of the canvas (pixels), see `sprites.place`."""
    member = pool.member(index)
    drawing = member.drawing
    shifted = np.asarray(box) - np.array(view.origin * 2)
    placed = place(drawing.rgba, shifted, angle, flip, grounded, view.size, drawing.ids)
    if placed is None:
        return None
    joints = {}
    for name, (x, y) in drawing.joints.items():
        moved = placed.matrix @ np.array([x, y, 1.0])
        joints[name] = (float(moved[0]), float(moved[1]))
    return Layer(placed, -1, drawing.table, joints, drawing.sheet, drawing.family, grounded)


def altered(rng: np.random.Generator, layer: Layer, strength: float = 1.0) -> Layer:
    """Another palette at times, and light or blotches of paint over it."""
    change, chance = draw_change(rng, strength), rng.random(2)
    layer = layer.colored(change)
    color = layer.placed.color
    if chance[0] < 0.12 * strength:
        color = lit(rng, color)
    if chance[1] < 0.08 * strength:
        color = blotched(rng, color)
    return replace(layer, placed=replace(layer.placed, color=np.ascontiguousarray(color)))


def draw_family(rng: np.random.Generator, pool: ToonPool) -> str:
    """A style family, as often as it is in the pool."""
    families = list(pool.families)
    weights = np.array([len(pool.families[name]) for name in families], float)
    return families[rng.choice(len(families), p=weights / weights.sum())]


def _cast(
    rng, pool: ToonPool, layout: Layout, boxes: np.ndarray, view: View, family: str | None
) -> list[int]:
    """The number of a drawing for each place."""
    members = range(len(pool)) if family is None else pool.families[family]
    members = [i for i in members if pool.rows[i].kind != "item"]
    shots = {
        "whole": [i for i in members if pool.rows[i].shot == "whole"],
        "close": [i for i in members if pool.rows[i].shot != "whole"],
    }
    whole = shots["whole"] or [s.offset for s in pool.sprites]
    rows: list[int] = []
    for i in range(len(layout)):
        twin = int(layout.drawings[i])
        if twin < i:
            rows.append(rows[twin])
            continue
        height = (boxes[i, 3] - boxes[i, 1]) / view.canvas[0]
        close = layout.kind == "close-up" or height > CLOSER
        chosen = shots["close"] if close and rng.random() < 0.85 and view.whole else []
        if len(layout) > 1:  # a figure cut on both sides would fill the picture
            chosen = [k for k in chosen if not (pool.rows[k].cut[0] and pool.rows[k].cut[2])]
        rows.append(int(rng.choice(chosen or whole)))
    if layout.kind in ("people", "crowd", "huddle"):  # tall drawings into narrow boxes
        own = [
            i
            for i in range(len(layout))
            if layout.drawings[i] == i and not any(_cut(pool, rows[i]))
        ]
        slot = sorted(
            own, key=lambda i: (boxes[i, 2] - boxes[i, 0]) / max(boxes[i, 3] - boxes[i, 1], 1)
        )
        shape = sorted(
            (rows[i] for i in own), key=lambda k: pool.rows[k].width / pool.rows[k].height
        )
        for place_, index in zip(slot, shape, strict=True):
            rows[place_] = index
        rows = [
            rows[int(layout.drawings[i])] if layout.drawings[i] < i else rows[i]
            for i in range(len(rows))
        ]
    return rows


def _cut(pool: ToonPool, index: int) -> tuple[bool, ...]:
    return pool.rows[index].cut


def cut_box(rng, box: np.ndarray, row: Row, flip: bool, view: View) -> np.ndarray:
    """A box for a drawing that its frame cuts: the cut sides lie outside the canvas."""
    canvas_h, canvas_w = view.canvas
    left, upper, right, lower = row.cut
    if flip:
        left, right = right, left
    aspect = row.width / row.height
    high = canvas_h * rng.uniform(0.72, 1.15)
    if left and right:
        high = max(high, canvas_w / aspect * rng.uniform(1.0, 1.15))
    if upper and lower:
        high = max(high, canvas_h * rng.uniform(1.0, 1.15))
    wide = high * aspect
    spare = rng.uniform(0.0, 0.05, 4) * high
    x0 = (box[0] + box[2]) / 2 - wide / 2
    y0 = canvas_h * rng.uniform(0.02, 0.2)
    if left and right:
        x0 = rng.uniform(min(canvas_w - wide, 0), 0)
    elif left:
        x0 = -spare[0]
    elif right:
        x0 = canvas_w - wide + spare[1]
    if upper and lower:
        y0 = rng.uniform(min(canvas_h - high, 0), 0)
    elif upper:
        y0 = -spare[2]
    elif lower:
        y0 = canvas_h - high + spare[3]
    return np.array([x0, y0, x0 + wide, y0 + high])
