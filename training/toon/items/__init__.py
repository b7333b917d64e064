"""Things that figures hold or wear, and that stand alone as props.

An item is parts about its grip at (0, 0), pointing upwards; sizes in head heights. `hold` puts one
into a figure's hand or onto its shoulder; `prop` makes a figure of kind "item", which is no
character. Bags are of the category "bag", everything else is "clothes".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..creatures.assembly import Assembly
from ..creatures.palettes import any_color, darker, lighter, near
from ..model import Color, Figure, Part
from . import bags, everyday, instruments, toys, weapons

BAGS = tuple(bags.ITEMS)
ITEMS: dict[str, Callable[[Assembly, np.ndarray], None]] = {
    **weapons.ITEMS,
    **instruments.ITEMS,
    **bags.ITEMS,
    **everyday.ITEMS,
    **toys.ITEMS,
}


@dataclass(frozen=True)
class Item:
    """A thing.

    Attributes:
        name: one of `ITEMS`.
        palette: its colours by name.
        sizes: four factors about 1: length, width, and two of details.
        scale: of the whole.
    """

    name: str
    palette: dict[str, Color]
    sizes: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    scale: float = 1.0


def sample_item(rng: np.random.Generator, name: str | None = None) -> Item:
    """A thing of a name, or of any."""
    name = name or str(rng.choice(list(ITEMS)))
    if name not in ITEMS:
        raise ValueError(f'there is no item "{name}", only {", ".join(ITEMS)}')
    main = any_color(rng, (0.2, 0.9), (0.35, 1.0))
    metal = near("steel", rng) if rng.random() < 0.8 else near("sand", rng)
    wood = near(str(rng.choice(["brown", "tan", "dark brown"])), rng)
    palette = {
        "main": main,
        "second": any_color(rng, (0.2, 0.9), (0.35, 1.0)),
        "dark": darker(main, 0.4),
        "light": lighter(main, 0.6),
        "metal": metal,
        "metal.dark": darker(metal, 0.45),
        "wood": wood,
        "wood.dark": darker(wood, 0.4),
        "gold": near("yellow", rng),
        "paper": near("white", rng),
        "leather": near(str(rng.choice(["brown", "ginger", "dark brown", "black"])), rng),
        "glow": any_color(rng, (0.3, 0.8), (0.9, 1.0)),
        "green": near("green", rng),
        "ink": (0.12, 0.1, 0.13),
        "flame": near("orange", rng),
    }
    sizes = tuple(np.clip(rng.normal(1, 0.12, 4), 0.75, 1.3).tolist())
    return Item(name, palette, sizes)


def item_parts(
    item: Item, angle: float = 0.0, scale: float = 1.0, prefix: str = "item"
) -> tuple[Part, ...]:
    """The parts of an item, its grip at (0, 0), turned clockwise by `angle` radians.

    Names of parts and of colours begin with `prefix` and a dot; see `item_palette`.
    """
    art = Assembly()
    with art.frame(0.0, 0.0, angle, scale * item.scale):
        ITEMS[item.name](art, np.array(item.sizes))
    category = "bag" if item.name in BAGS else "clothes"

    def named(name: str | None) -> str | None:
        return None if name is None else f"{prefix}.{name}"

    return tuple(
        replace(
            part,
            name=named(part.name),
            category=category,
            color=named(part.color),
            within=named(part.within),
            casts=tuple(named(other) for other in part.casts),
            strokes=tuple(replace(line, color=named(line.color)) for line in part.strokes),
        )
        for part in art.figure("item", item.palette).parts
    )


def item_palette(item: Item, prefix: str = "item") -> dict[str, Color]:
    """Colours of `item_parts` by name."""
    return {f"{prefix}.{name}": color for name, color in item.palette.items()}


def prop(item: Item, angle: float = 0.0) -> Figure:
    """The item alone; its kind is "item"."""
    parts = item_parts(item, angle)
    return Figure(parts, item_palette(item), {"grip": (0.0, 0.0), "root": (0.0, 0.0)}, "item")


def hold(
    figure: Figure,
    item: Item,
    joint: str,
    *,
    angle: float = 0.0,
    scale: float = 1.0,
    behind: str | None = None,
) -> Figure:
    """The figure with an item whose grip is at a joint.

    Args:
        figure: any figure that has the joint.
        item: what it holds or carries.
        joint: name of a joint, such as "hand.left".
        angle: radians, clockwise from pointing upwards.
        scale: size of the item.
        behind: name of the part right behind which it lies; None = behind the first part of which
            the name is the joint's or begins with it (the fingers close over the grip), else in
            front of everything.

    Raises:
        ValueError: the figure has no such joint or part.
    """
    if joint not in figure.joints:
        known = ", ".join(sorted(figure.joints)) or "none"
        raise ValueError(f'the figure has no joint "{joint}" to hold an item, only {known}')
    names = [part.name for part in figure.parts]
    if behind is not None and behind not in names:
        raise ValueError(f'the figure has no part "{behind}" behind which an item could lie')
    number = 1
    while any(name.startswith(f"item{number}.") for name in names):
        number += 1
    prefix = f"item{number}"
    shift = np.array(figure.joints[joint], np.float32)
    parts = [_moved(part, shift, joint) for part in item_parts(item, angle, scale, prefix)]
    place = len(names)
    if behind is not None:
        place = names.index(behind)
    else:
        own = [k for k, name in enumerate(names) if name == joint or name.startswith(f"{joint}.")]
        place = own[0] if own else place
    palette = {**figure.palette, **item_palette(item, prefix)}
    together = (*figure.parts[:place], *parts, *figure.parts[place:])
    return replace(figure, parts=together, palette=palette)


def _moved(part: Part, shift: np.ndarray, bone: str) -> Part:
    return replace(
        part,
        bone=bone,
        outline=part.outline + shift,
        tones=tuple(replace(tone, outline=tone.outline + shift) for tone in part.tones),
        strokes=tuple(replace(line, points=line.points + shift) for line in part.strokes),
    )
