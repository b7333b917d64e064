"""What a recomposed picture shows, decided by numpy in a data process: layers, ground, handling.

A plan is a few kilobytes; `packing` joins the plans of a batch for the device.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..layouts import KINDS, Layout, draw_layout
from ..toon.scene_placing import CLOSER, ONE_FAMILY, View, cut_box
from .catalogue import Catalogue, Entry
from .grounds import GroundPlan, draw_ground
from .handling import draw_handling
from .looks import Look, draw_look
from .placing import Spot, shadow_under, spot

MOST_LAYERS = 24
UNCHANGED = Look()


@dataclass(frozen=True)
class Options:
    """How pictures are recomposed. Shares are probabilities 0..1; see `compose.Options`.

    Attributes:
        size: side of the picture, a multiple of 32 pixels.
        padded: share of pictures that end in padding, as those that are not square do when used.
        most_layers: figures and things in a picture; of more, things go first, then the farthest.
    """

    size: int = 384
    kinds: dict[str, float] = field(default_factory=lambda: dict(KINDS))
    empty: float = 0.03
    plain_background: float = 0.16
    props: float = 2.5
    front: float = 0.25
    shadows: float = 0.3
    nuisance: float = 1.0
    toons: float = 0.7
    padded: float = 0.3
    minimum_visible: float = 0.25
    most_layers: int = MOST_LAYERS

    def __post_init__(self) -> None:
        if self.size < 64 or self.size % 32:
            raise ValueError(f"A picture's side is a multiple of 32 from 64 up, not {self.size}.")


@dataclass(frozen=True, eq=False)
class Layer:
    """Something in a picture.

    Attributes:
        entry: its number in the catalogue.
        figure: whether it is a character, to be found.
        owner: the layer before it (its number) without which it is not there, -1: none.
        solid: whether it hides what is behind it; a shadow only darkens it.
        opacity: 0..1.
    """

    entry: int
    rung: int
    spot: Spot
    look: Look = UNCHANGED
    figure: bool = False
    owner: int = -1
    solid: bool = True
    opacity: float = 1.0


@dataclass(frozen=True, eq=False)
class Plan:
    """A picture to make.

    Attributes:
        layers: front to back.
        handling: by step, see `handling.draw_handling`.
        padding: x, y where padding begins; the size where there is none.
        seed: of noise that is drawn on the device.
    """

    size: int
    layers: tuple[Layer, ...]
    ground: GroundPlan
    handling: dict[str, tuple[float, ...]]
    padding: tuple[int, int]
    minimum_visible: float
    seed: int


def draw_plan(
    rng: np.random.Generator,
    catalogue: Catalogue,
    grounds: int,
    options: Options,
    layout: Layout | None = None,
) -> Plan:
    """A plan; everything follows from `rng`.

    Args:
        grounds: number of backgrounds in the bank.
        layout: drawn too when None.
    """
    size = options.size
    layout = layout if layout is not None else draw_layout(rng, 1.0, options.kinds)
    ground = draw_ground(rng, grounds, options.plain_background, options.nuisance)
    stack = []
    if rng.random() >= options.empty:
        stack = _figures(rng, catalogue, layout, options)
    stack = _with_things(rng, catalogue, stack, options)
    layers = _cut_to(stack[::-1], options.most_layers)
    if rng.random() < options.shadows:
        layers = _with_shadows(rng, catalogue, layers, size)
    padding = [size, size]
    if rng.random() < options.padded:
        padding[int(rng.random() < 0.6)] = int(size * rng.uniform(0.5, 0.95))
    return Plan(
        size,
        tuple(layers),
        ground,
        draw_handling(rng, options.nuisance),
        tuple(padding),
        options.minimum_visible,
        int(rng.integers(2**62)),
    )


def _figures(
    rng: np.random.Generator, catalogue: Catalogue, layout: Layout, options: Options
) -> list[Layer]:
    """The figures of a layout, back to front, without those outside the picture."""
    size = options.size
    boxes = layout.boxes * size
    entries = _cast(rng, catalogue, layout, boxes, options)
    looks = rng.integers(2**63, size=len(layout))
    same_look = rng.random() < 0.6
    view = View.of((size, size), (0.0, 0.0, 1.0, 1.0))
    layers, behind = [], []
    for i, number in enumerate(entries):
        entry, box, angle = catalogue.entries[number], boxes[i], float(layout.angles[i])
        flip = bool(rng.random() < 0.5)
        if any(entry.cut):
            box, angle = cut_box(rng, box, entry, flip, view), 0.0
        place = spot(entry, box, angle, flip, bool(layout.grounded[i]), size)
        if place is None:
            continue
        look = np.random.default_rng(int(looks[layout.drawings[i] if same_look else i]))
        made = draw_look(look, entry, options.nuisance)
        rung = catalogue.rung(number, place.drawn)
        layer = Layer(number, rung, place, made, figure=True)
        (behind if entry.surrounded else layers).append(layer)
    return behind + layers


def _cast(
    rng: np.random.Generator,
    catalogue: Catalogue,
    layout: Layout,
    boxes: np.ndarray,
    options: Options,
) -> list[int]:
    """The catalogue's number of the drawing in each place."""
    drawn_share = 0.0 if len(catalogue.clip_art) else 1.0
    if len(catalogue.drawn) and drawn_share == 0 and rng.random() < options.toons:
        drawn_share = float(rng.choice([1.0, rng.random()]))
    whole, alone, apart = catalogue.drawn, catalogue.close_ups, catalogue.apart
    if len(whole) and rng.random() < ONE_FAMILY:  # drawn by one hand
        whole, alone, apart = catalogue.families[
            catalogue.entries[whole[rng.integers(len(whole))]].family
        ]
    close = alone if len(layout) == 1 else apart
    numbers: list[int] = []
    for i in range(len(layout)):
        twin = int(layout.drawings[i])
        if twin < i:
            numbers.append(numbers[twin])
            continue
        chosen = catalogue.clip_art
        if rng.random() < drawn_share:
            large = (boxes[i, 3] - boxes[i, 1]) / options.size > CLOSER
            large = large or layout.kind == "close-up"
            chosen = close if large and len(close) and rng.random() < 0.85 else whole
        numbers.append(int(chosen[rng.integers(len(chosen))]))
    if layout.kind in ("people", "crowd", "huddle"):
        numbers = _tall_into_narrow(numbers, catalogue, layout, boxes)
    return numbers


def _tall_into_narrow(
    numbers: list[int], catalogue: Catalogue, layout: Layout, boxes: np.ndarray
) -> list[int]:
    """The same drawings, the taller the narrower their boxes; twins stay twins."""

    def narrow(i: int) -> float:
        return (boxes[i, 2] - boxes[i, 0]) / max(boxes[i, 3] - boxes[i, 1], 1)

    def slim(number: int) -> float:
        return catalogue.entries[number].width / catalogue.entries[number].height

    own = [i for i in range(len(numbers)) if layout.drawings[i] == i]
    own = [i for i in own if not any(catalogue.entries[numbers[i]].cut)]
    out = list(numbers)
    paired = zip(sorted(own, key=narrow), sorted((numbers[i] for i in own), key=slim), strict=True)
    for i, number in paired:
        out[i] = number
    for i, twin in enumerate(layout.drawings):
        if twin < i:
            out[i] = out[int(twin)]
    return out


def _with_things(
    rng: np.random.Generator, catalogue: Catalogue, figures: list[Layer], options: Options
) -> list[Layer]:
    """The figures with things behind, among and in front of them, back to front."""
    size, front = options.size, []
    stack = list(figures)
    behind = 0
    count = int(rng.poisson(options.props)) + (2 if options.props and not figures else 0)
    for _ in range(min(count, options.most_layers) if len(catalogue.props) else 0):
        number = int(catalogue.props[rng.integers(len(catalogue.props))])
        side = min(rng.lognormal(-1.5, 0.6), 0.9) * size
        x, y = rng.uniform(0, size), rng.uniform(0.05, 1.05) * size
        where, before = rng.random(), rng.random() < 4 * options.front
        if where > 0.9 and before:
            y = size * rng.uniform(0.75, 1.1)
        angle = float(rng.normal(0, 0.3)) if rng.random() < 0.3 else 0.0
        box = np.array([x - side / 2, y - side / 2, x + side / 2, y + side / 2])
        flip = bool(rng.random() < 0.5)
        layer = _layer(rng, catalogue, number, box, angle, flip, options)
        if layer is None:
            continue
        if where < 0.65:
            stack.insert(behind, layer)
            behind += 1
        elif where > 0.9 and before:
            front.append(layer)
        else:
            stack.insert(int(rng.integers(behind, len(stack) + 1)), layer)
    return stack + front


def _layer(rng, catalogue, number: int, box, angle: float, flip: bool, options) -> Layer | None:
    entry: Entry = catalogue.entries[number]
    place = spot(entry, box, angle, flip, False, options.size)
    if place is None:
        return None
    look = draw_look(rng, entry, options.nuisance)
    return Layer(number, catalogue.rung(number, place.drawn), place, look)


def _cut_to(layers: list[Layer], most: int) -> list[Layer]:
    """The first `most` of layers front to back: figures before things, near before far."""
    order = sorted(range(len(layers)), key=lambda i: (not layers[i].figure, i))[:most]
    return [layers[i] for i in sorted(order)]


def _with_shadows(
    rng: np.random.Generator, catalogue: Catalogue, layers: list[Layer], size: int
) -> list[Layer]:
    """Layers front to back, with a shadow behind each whole figure that shows its feet."""
    out: list[Layer] = []
    depth = rng.uniform(0.3, 0.8)
    for layer in layers:
        out.append(layer)
        entry = catalogue.entries[layer.entry]
        if not layer.figure or any(entry.cut) or layer.spot.bounds[3] > size:
            continue
        under = shadow_under(layer.spot, entry, size)
        if under is not None:
            rung = catalogue.rung(0, under.drawn)
            owner = len(out) - 1
            out.append(Layer(0, rung, under, opacity=depth, owner=owner, solid=False))
    return out
