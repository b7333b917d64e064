"""Puts figures into pictures: one composition is a picture and a soft mask per visible figure."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from . import harmonize
from .art import ArtLibrary
from .backgrounds import BackgroundPool, load_backgrounds
from .handling import handle
from .layouts import KINDS, Layout, draw_layout
from .sprites import Placed, alter, paint, place


@dataclass(frozen=True, eq=False)
class Composition:
    """A picture with its figures.

    Attributes:
        picture: uint8 [H,W,3] RGB.
        masks: uint8 [N,H,W], 0..255: the visible share of each figure, front occluding back.
        places: for each mask, its place in the layout.
    """

    picture: np.ndarray
    masks: np.ndarray
    places: tuple[int, ...] = ()

    def boxes(self, threshold: int = 128) -> np.ndarray:
        """float32 [N,4] xyxy pixels, end-exclusive, of mask >= threshold."""
        out = np.zeros((len(self.masks), 4), np.float32)
        for i, mask in enumerate(self.masks):
            inside = mask >= threshold
            rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
            if len(rows):
                out[i] = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
        return out


@dataclass(frozen=True)
class Options:
    """How compositions are made. Shares are probabilities 0..1.

    Attributes:
        size: (H, W) of the picture.
        kinds: weights of layout kinds, see `layouts.KINDS`.
        empty: share of pictures without any figure.
        plain_background: share of flat colours and gradients.
        props: mean number of things behind and among the figures.
        front: share of pictures with things in front of the figures.
        nuisance: strength of recolouring, shading and handling, 1 as meant, 0 none.
        toons: share of pictures that show drawn figures (`toon`) beside or instead of clip art.
        minimum_visible: a figure of which less is visible is left out.
        long_handling: `handling.handle` in place of `harmonize.finish`; for training alone, the
            evaluation sets keep theirs.
    """

    size: tuple[int, int] = (384, 384)
    kinds: dict[str, float] = field(default_factory=lambda: dict(KINDS))
    empty: float = 0.03
    plain_background: float = 0.22
    props: float = 3.0
    front: float = 0.25
    nuisance: float = 1.0
    toons: float = 0.7
    minimum_visible: float = 0.25
    long_handling: bool = False


def compose(
    rng: np.random.Generator,
    art: ArtLibrary,
    options: Options = Options(),
    *,
    backgrounds: BackgroundPool | None = None,
    layout: Layout | None = None,
    window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0),
) -> Composition:
    """Draws one composition; everything follows from `rng`.

    Figures that would show less than `minimum_visible` of what lies within the frame are left out
    (Liu et al. 2023, section 3.2, erase them). `window` (x0, y0, x1, y1 in units of the layout)
    renders that part of the layout at full size: close-ups are drawn, not enlarged.
    """
    if backgrounds is None:
        backgrounds = load_backgrounds(held_out=bool(art.held_out))
    height, width = options.size
    window_w, window_h = window[2] - window[0], window[3] - window[1]
    if layout is None:
        layout = draw_layout(rng, width * window_h / (height * max(window_w, 1e-6)), options.kinds)
    zoom = 1 / max(window_w, window_h)
    picture = backgrounds.draw(rng, options.size, options.plain_background, zoom)
    figures = _figures(rng, art, layout, options, window) if rng.random() >= options.empty else []
    ground = picture
    behind, among, front = _props(rng, art, options, len(figures))
    for prop in behind:
        paint(picture, prop)
    stack: list[tuple[int, Placed]] = [(i, f) for i, f in figures]
    for prop in among:
        stack.insert(int(rng.integers(len(stack) + 1)), (-1, prop))
    stack += [(-1, prop) for prop in front]
    stack, masks = _visible(stack, options)
    if options.nuisance and rng.random() < 0.25 * options.nuisance:
        strength = rng.uniform(0.4, 1.0)
        ground = ground.copy()
        for i, f in stack:
            if i >= 0:
                f.color[:] = harmonize.match_histogram(f.color, ground, f.alpha > 127, strength)
    if rng.random() < 0.2:
        for _, f in stack:
            _shadow(rng, picture, f)
    for _, placed in stack:
        paint(picture, placed)
    if options.nuisance:
        handle_or_finish = handle if options.long_handling else harmonize.finish
        picture = handle_or_finish(rng, picture, options.nuisance)
    places = tuple(i for i, _ in stack if i >= 0)
    return Composition(np.ascontiguousarray(picture), masks, places)


def _figures(
    rng, art: ArtLibrary, layout: Layout, options: Options, window
) -> list[tuple[int, Placed]]:
    """Figures of a layout, back to front, in canvas pixels, without those outside the canvas."""
    height, width = options.size
    scale = np.array([width / (window[2] - window[0]), height / (window[3] - window[1])] * 2)
    boxes = (layout.boxes - np.array([window[0], window[1]] * 2)) * scale
    toon_share = (
        float(rng.choice([1.0, rng.random()]))
        if art.toons and rng.random() < options.toons
        else 0.0
    )
    drawings = []
    for chance in rng.random(len(layout)):
        sprites = art.toons if chance < toon_share else art.characters
        drawings.append(sprites[rng.integers(len(sprites))])
    if layout.kind == "people":  # tall drawings into narrow boxes
        shape = np.argsort([d.width / d.height for d in drawings])
        slot = np.argsort((boxes[:, 2] - boxes[:, 0]) / (boxes[:, 3] - boxes[:, 1]).clip(1))
        paired = list(drawings)
        for s, d in zip(slot, shape, strict=True):
            paired[s] = drawings[d]
        drawings = paired
    looks = rng.integers(2**63, size=len(layout))
    same_look = rng.random() < 0.6
    out = []
    for i in range(len(layout)):
        twin = int(layout.drawings[i])
        look = np.random.default_rng(int(looks[twin if same_look else i]))
        flip = bool(rng.random() < 0.5)
        placed = place(
            art.rgba(drawings[twin]),
            boxes[i],
            float(layout.angles[i]),
            flip,
            bool(layout.grounded[i]),
            options.size,
        )
        if placed is not None:
            out.append((i, alter(look, placed, options.nuisance)))
    return out


def _props(rng, art: ArtLibrary, options: Options, figures: int):
    """Things behind, among and in front of the figures."""
    height, width = options.size
    count = int(rng.poisson(options.props)) + (2 if figures == 0 else 0)
    if rng.random() < 0.06 and options.props > 0:
        count += 12  # a shelf full
    behind, among, front = [], [], []
    for _ in range(min(count, 20) if art.props else 0):
        sprite = art.props[rng.integers(len(art.props))]
        side = min(rng.lognormal(-1.5, 0.6), 0.9) * height
        x, y = rng.uniform(0, width), rng.uniform(0.05, 1.05) * height
        where = rng.random()
        kind = behind if where < 0.65 else among
        if where > 0.9 and rng.random() < 4 * options.front:
            kind, y = front, height * rng.uniform(0.75, 1.1)
        angle = float(rng.normal(0, 0.3)) if rng.random() < 0.3 else 0.0
        placed = place(
            art.rgba(sprite),
            np.array([x - side / 2, y - side / 2, x + side / 2, y + side / 2]),
            angle,
            bool(rng.random() < 0.5),
            False,
            options.size,
        )
        if placed is not None:
            kind.append(alter(rng, placed, options.nuisance))
    return behind, among, front


def _visible(
    stack: list[tuple[int, Placed]], options: Options
) -> tuple[list[tuple[int, Placed]], np.ndarray]:
    """Drops figures that hardly show and gives the masks of the rest, in stack order."""
    height, width = options.size
    for _ in range(3):
        masks: list[np.ndarray] = []
        for i, placed in stack:
            y, x = placed.y, placed.x
            h, w = placed.alpha.shape
            rest = 255 - placed.alpha.astype(np.uint16)
            for mask in masks:
                view = mask[y : y + h, x : x + w]
                if view.any():
                    view[:] = (view * rest + 127) // 255
            if i >= 0:
                mask = np.zeros((height, width), np.uint8)
                mask[y : y + h, x : x + w] = placed.alpha
                masks.append(mask)
        hidden = set()
        for (i, placed), mask in zip([s for s in stack if s[0] >= 0], masks, strict=True):
            whole, shown = int(placed.alpha.sum(dtype=np.int64)), int(mask.sum(dtype=np.int64))
            too_small = shown < 255 * max(60.0, 0.0008 * height * width)
            off_frame = placed.inside < 0.12 and shown < 255 * 0.2 * height * width
            if shown < options.minimum_visible * whole or too_small or off_frame:
                hidden.add(i)
        if not hidden:
            break
        stack = [s for s in stack if s[0] not in hidden]
    kept = np.stack(masks) if masks else np.zeros((0, height, width), np.uint8)
    return stack, kept


def _shadow(rng, picture: np.ndarray, placed: Placed) -> None:
    """A soft cast shadow, up to a tenth of the figure away; belongs to nobody."""
    h, w = placed.alpha.shape
    height, width = picture.shape[:2]
    dy, dx = (rng.uniform(-0.06, 0.1, 2) * max(h, w)).astype(int)
    y0, x0 = max(0, placed.y + dy), max(0, placed.x + dx)
    y1, x1 = min(height, placed.y + dy + h), min(width, placed.x + dx + w)
    if y1 - y0 < 4 or x1 - x0 < 4:
        return
    part = placed.alpha[
        y0 - placed.y - dy : y1 - placed.y - dy, x0 - placed.x - dx : x1 - placed.x - dx
    ]
    soft = cv2.GaussianBlur(part, (0, 0), max(1.0, 0.02 * max(h, w)))[..., None].astype(np.float32)
    view = picture[y0:y1, x0:x1]
    view[:] = (view * (1 - soft * (rng.uniform(0.2, 0.6) / 255))).astype(np.uint8)
