"""Scenes: drawn figures in a place, and everything that is known about the picture.

What a picture shows is a stack of layers over a background: figures, things among them, books
before them. The same stack gives the picture, the soft masks and the one raster of numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from ..backgrounds import BackgroundPool
from ..handling import handle
from ..layouts import KINDS, Layout, draw_layout
from ..painters.textures import palette
from ..sprites import Placed, alter, paint, place
from .books import draw_book
from .distractors import add_distractors
from .labels import LabelledPicture, LabelTable, join_tables
from .pool import ToonPool
from .scene_colors import changed_sheet, changed_table, draw_mood, grey
from .scene_pages import SMALLEST, balloon, compose_page
from .scene_placing import Layer, View, draw_family, place_drawing, place_figures

# Close-ups weigh more than in compositions of clip art: they are where segmenters fail.
SCENE_KINDS = {**KINDS, "people": 0.3, "regular": 0.16, "close-up": 0.26, "huddle": 0.12}


_ALL = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class SceneOptions:
    """How scenes are made. Shares are probabilities 0..1.

    Attributes:
        size: (H, W) of the picture.
        kinds: weights of layout kinds, see `layouts`.
        empty: share of pictures without any figure.
        plain_background: share of flat colours and gradients.
        distractors: share of pictures with figures that are no characters.
        props: mean number of things behind and among the figures.
        books: share of pictures with scenery before the figures.
        balloons: share of pictures with a speech balloon; of those, the share with another one.
        pages: share of pictures that are pages of panels, each with a scene.
        mood: share of pictures in one light.
        nuisance: strength of recolouring and handling, 1 as meant, 0 none.
        minimum_visible: a figure of which less is visible is left out.
    """

    size: tuple[int, int] = (768, 768)
    kinds: dict[str, float] = field(default_factory=lambda: dict(SCENE_KINDS))
    empty: float = 0.04
    plain_background: float = 0.1
    distractors: float = 0.3
    props: float = 2.0
    books: float = 0.25
    balloons: float = 0.07
    pages: float = 0.07
    mood: float = 0.25
    nuisance: float = 1.0
    minimum_visible: float = 0.25


def compose_scene(
    rng: np.random.Generator,
    pool: ToonPool,
    backgrounds: BackgroundPool,
    options: SceneOptions = SceneOptions(),
    *,
    art=None,
    layout: Layout | None = None,
    window: tuple[float, float, float, float] = _ALL,
) -> tuple[LabelledPicture, tuple[int, ...]]:
    """Draws one scene; everything follows from `rng`.

    Args:
        art: an `ArtLibrary` of which to take things (`props`), or None.
        window: as for `compose.compose`.

    Returns:
        The picture, and for each of its figures the place in the layout.
    """
    if layout is None and rng.random() < options.pages and min(options.size) >= 3 * SMALLEST:
        family = draw_family(rng, pool)
        panel = replace(options, books=options.books / 2, balloons=0.5, empty=0.15)

        def scene(size: tuple[int, int]):
            own = replace(panel, size=size)
            return _draw_scene(rng, pool, backgrounds, own, art, None, _ALL, family)

        made = compose_page(rng, options.size, scene)
        places = tuple(range(len(made.masks)))
    else:
        made, places = _draw_scene(rng, pool, backgrounds, options, art, layout, window)
    return _finished(rng, made, options), places


def _draw_scene(
    rng: np.random.Generator,
    pool: ToonPool,
    backgrounds: BackgroundPool,
    options: SceneOptions,
    art,
    layout: Layout | None,
    window: tuple[float, float, float, float],
    family: str | None = None,
) -> tuple[LabelledPicture, tuple[int, ...]]:
    """A scene as it was painted, without mood and handling."""
    view = View.of(options.size, window)
    if layout is None:
        layout = draw_layout(rng, view.canvas[1] / view.canvas[0], options.kinds)
    zoom = 1 / max(window[2] - window[0], window[3] - window[1])
    picture = backgrounds.draw(rng, options.size, options.plain_background, zoom)
    picture = np.ascontiguousarray(picture)
    figures = []
    if rng.random() >= options.empty:
        figures = place_figures(rng, pool, layout, view, options.nuisance, family)
    if _colorless(figures) and rng.random() < 0.7:  # a comic's page has no colour at all
        picture = grey(picture)
    if rng.random() < options.distractors and pool.sprites:
        add_distractors(rng, picture, pool)
    stack = _things(rng, picture, figures, pool, art, options)
    if rng.random() < options.books:
        for _ in range(1 + int(rng.random() < 0.2)):
            stack.append(_book(rng, options.size))
    while rng.random() < options.balloons and len(stack) < 20:
        stack.append(Layer(balloon(rng, options.size)))
    if rng.random() < 0.03 * options.nuisance:
        stack.append(_erasure(rng, options.size))
    stack, masks = visible(stack, options)
    shadows = rng.random() < 0.4
    for layer in stack:
        if shadows and layer.place >= 0 and layer.grounded:
            _ground_shadow(picture, layer.placed)
        paint(picture, layer.placed)
    ids, table = _labels(stack, options.size)
    kept = [layer for layer in stack if layer.place >= 0]
    made = LabelledPicture(
        picture=picture,
        clean=picture,
        masks=masks,
        ids=ids,
        table=table,
        order=np.arange(len(kept)),
        joints=tuple(layer.joints for layer in kept),
        sheets=tuple(layer.sheet for layer in kept),
        families=tuple(layer.family for layer in kept),
    )
    return made, tuple(layer.place for layer in kept)


def _finished(
    rng: np.random.Generator, made: LabelledPicture, options: SceneOptions
) -> LabelledPicture:
    """The picture in its light and as a user would have it."""
    picture, table, sheets = made.picture, made.table, made.sheets
    if rng.random() < options.mood * options.nuisance:
        mood = draw_mood(rng)
        picture, table = mood(picture), changed_table(table, mood)
        sheets = tuple(changed_sheet(sheet, mood) for sheet in sheets)
    handled = handle(rng, picture, options.nuisance) if options.nuisance else picture.copy()
    return replace(made, picture=handled, clean=picture, table=table, sheets=sheets)


def _colorless(figures: list[Layer]) -> bool:
    colors = [layer.table.color[1:].astype(int) for layer in figures]
    return bool(colors) and all(np.mean(np.ptp(color, axis=1)) < 12 for color in colors)


def visible(stack: list[Layer], options: SceneOptions) -> tuple[list[Layer], np.ndarray]:
    """Leaves out figures that hardly show; gives the layers and the masks of their figures.

    The rule is that of `compose.compose`.
    """
    height, width = options.size
    smallest = 255 * max(60.0, 0.0008 * height * width)
    while True:  # a figure that goes uncovers others, so this ends
        shown: list[np.ndarray] = []
        before = [layer for layer in stack if layer.place >= 0]
        for i, layer in enumerate(stack):
            if layer.place < 0:
                continue
            mask = layer.placed.alpha.copy()
            for other in stack[i + 1 :]:
                _hide(mask, layer.placed, other.placed)
            shown.append(mask)
        hidden = set()
        for layer, mask in zip(before, shown, strict=True):
            whole = int(layer.placed.alpha.sum(dtype=np.int64))
            seen = int(mask.sum(dtype=np.int64))
            off_frame = layer.placed.inside < 0.12 and seen < 255 * 0.2 * height * width
            if seen < options.minimum_visible * whole or seen < smallest or off_frame:
                hidden.add(layer.place)
        if not hidden:
            break
        stack = [layer for layer in stack if layer.place not in hidden]
    masks = np.zeros((len(shown), height, width), np.uint8)
    for mask, part, layer in zip(masks, shown, before, strict=True):
        _view(mask, layer.placed)[:] = part
    return stack, masks


def _hide(mask: np.ndarray, own: Placed, other: Placed) -> None:
    """Takes away from a figure's mask what another layer covers."""
    (h, w), (oh, ow) = mask.shape, other.alpha.shape
    x0, y0 = max(own.x, other.x), max(own.y, other.y)
    x1, y1 = min(own.x + w, other.x + ow), min(own.y + h, other.y + oh)
    if x1 <= x0 or y1 <= y0:
        return
    view = mask[y0 - own.y : y1 - own.y, x0 - own.x : x1 - own.x]
    cover = other.alpha[y0 - other.y : y1 - other.y, x0 - other.x : x1 - other.x]
    view[:] = cv2.multiply(view, cv2.bitwise_not(cover), scale=1 / 255)


def _view(raster: np.ndarray, placed: Placed) -> np.ndarray:
    h, w = placed.alpha.shape
    return raster[placed.y : placed.y + h, placed.x : placed.x + w]


def _labels(stack: list[Layer], size: tuple[int, int]) -> tuple[np.ndarray, LabelTable]:
    """The numbers of all layers in one raster, and their table, figures numbered from 1."""
    tables, instance = [], 0
    for layer in stack:
        if layer.table is None:
            continue
        instance += layer.place >= 0
        tables.append(layer.table.as_instance(instance if layer.place >= 0 else 0))
    ids = np.zeros(size, np.uint16)
    if not tables:
        return ids, _NOTHING
    table, offsets = join_tables(tables)
    number = 0
    for layer in stack:
        view = _view(ids, layer.placed)
        if layer.table is None:
            view[layer.placed.alpha > 127] = 0
            continue
        own = layer.placed.ids
        np.copyto(view, own + np.uint16(offsets[number]), where=own > 0)
        number += 1
    return ids, table


def _nothing() -> LabelTable:
    from .labels import TableBuilder

    return TableBuilder().table()


_NOTHING = _nothing()


def _things(rng, picture, figures, pool: ToonPool, art, options: SceneOptions):
    """Things painted behind the figures, and the stack with those among and before them."""
    height, width = options.size
    stack = list(figures)
    props = getattr(art, "props", None) or []
    count = int(rng.poisson(options.props)) + (2 if not figures else 0)
    if rng.random() < 0.05 and options.props > 0:
        count += 10  # a shelf full
    for _ in range(min(count, 16)):
        side = min(rng.lognormal(-1.65, 0.55), 0.7) * height
        x, y = rng.uniform(0, width), rng.uniform(0.05, 1.05) * height
        box = np.array([x - side / 2, y - side / 2, x + side / 2, y + side / 2])
        angle = float(rng.normal(0, 0.3)) if rng.random() < 0.3 else 0.0
        flip, where, clip_art = bool(rng.random() < 0.5), rng.random(), rng.random() < 0.7
        if props and (clip_art or not pool.items):
            sprite = props[rng.integers(len(props))]
            thing = place(art.rgba(sprite), box, angle, flip, False, options.size)
        elif pool.items:
            index = pool.items[rng.integers(len(pool.items))]
            near = View(options.size, options.size, (0.0, 0.0))
            layer = place_drawing(pool, index, box, angle, flip, False, near)
            thing = layer and layer.placed
        else:
            continue
        if thing is None:
            continue
        thing = alter(rng, thing, options.nuisance)
        if where < 0.7:
            paint(picture, thing)
        else:
            stack.insert(int(rng.integers(len(stack) + 1)), Layer(thing))
    return stack


def _book(rng, size: tuple[int, int]) -> Layer:
    rgba, ids, table = draw_book(rng, size)
    height, width = size
    if rng.random() < 0.3:  # out of focus, where it is thick enough to stay where it was
        soft = cv2.GaussianBlur(rgba, (0, 0), height * rng.uniform(0.002, 0.008))
        if np.mean((soft[..., 3] > 127) == (ids > 0)) > 0.99:
            rgba = soft
    box = np.array([0.0, 0.0, width, height])
    placed = place(rgba, box, 0.0, False, False, size)
    if placed is None:  # nothing of it lies in the picture
        empty = np.zeros(size, np.uint8)
        placed = Placed(np.zeros((*size, 3), np.uint8), empty, 0, 0, 1.0)
    placed = replace(placed, ids=ids)
    return Layer(placed, table=table)


def _erasure(rng, size: tuple[int, int]) -> Layer:
    """A rectangle of one colour over everything, figures too."""
    h, w = (max(4, int(side * rng.uniform(0.05, 0.5))) for side in size)
    y, x = (int(rng.integers(0, side - part + 1)) for side, part in zip(size, (h, w), strict=True))
    color = palette(rng, 1)[0] if rng.random() < 0.5 else np.full(3, rng.choice([0, 127, 255]))
    pixels = np.broadcast_to(color.astype(np.uint8), (h, w, 3))
    return Layer(Placed(np.ascontiguousarray(pixels), np.full((h, w), 255, np.uint8), x, y, 1.0))


def _ground_shadow(picture: np.ndarray, placed: Placed) -> None:
    """A soft ellipse under a figure's feet; belongs to nobody."""
    h, w = placed.alpha.shape
    height, width = picture.shape[:2]
    rx, ry = max(3, int(w * 0.42)), max(2, int(w * 0.09))
    x, y = placed.x + w // 2, placed.y + h - ry // 2
    room = 2 * ry
    x0, x1 = max(0, x - rx - room), min(width, x + rx + room)
    y0, y1 = max(0, y - ry - room), min(height, y + ry + room)
    if x1 - x0 < 3 or y1 - y0 < 3:
        return
    shade = np.full((y1 - y0, x1 - x0), 255, np.uint8)
    cv2.ellipse(shade, (x - x0, y - y0), (rx, ry), 0, 0, 360, 150, -1)
    shade = cv2.blur(shade, (2 * ry + 1, ry + 1))
    view = picture[y0:y1, x0:x1]
    view[:] = cv2.multiply(view, cv2.merge([shade] * 3), scale=1 / 255)
