"""Style families. A family is a file here with `sample(rng) -> Style`; some are held out.

For training: `cel`, `anime_soft`, `western`, `flat_vector`, `sticker`, `manga`, `ink_wash`,
`painterly`, `pencil`, `limited`, `airbrush`.

`HELD_OUT` families are never drawn in training, so that figures there tell how well a network does
on a style it never saw. Each has a look that no other family has:

- `watercolor`: uneven washes with dark rims that bleed into each other, on grained paper; thin or
  no lines.
- `halftone`: a colour print of dots (cyan, magenta, yellow, black) under heavy ink.
- `crayon`: wax that leaves half of the paper bare, lines of the same stick.

The palette of any coloured family may be treated (`treatments`); that makes no other family.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..style import Style
from ..textures import Chain, Photo
from ..treatments import TREATMENTS, treated
from . import (
    airbrush,
    anime_soft,
    cel,
    crayon,
    flat_vector,
    halftone,
    ink_wash,
    limited,
    manga,
    painterly,
    pencil,
    sticker,
    watercolor,
    western,
)

FAMILIES: dict[str, Callable[[np.random.Generator], Style]] = {
    "cel": cel.sample,
    "anime soft": anime_soft.sample,
    "western": western.sample,
    "flat vector": flat_vector.sample,
    "sticker": sticker.sample,
    "manga": manga.sample,
    "ink wash": ink_wash.sample,
    "painterly": painterly.sample,
    "pencil": pencil.sample,
    "limited": limited.sample,
    "airbrush": airbrush.sample,
    "watercolor": watercolor.sample,
    "halftone": halftone.sample,
    "crayon": crayon.sample,
}
HELD_OUT: tuple[str, ...] = ("watercolor", "halftone", "crayon")
# How often a family is drawn, where not once: cel is most of what the pack will be given.
WEIGHTS: dict[str, float] = {"cel": 3.0, "anime soft": 2.0, "flat vector": 1.5, "manga": 1.5}
# These choose their few colours themselves.
OWN_PALETTE = ("manga", "ink wash", "limited")
TREATED = 0.25  # share of styles whose palette is treated
NOISY = 0.03  # share of styles with noise as of a camera


def sample_style(rng: np.random.Generator, held_out: bool | None = False) -> Style:
    """A style of the families for training (False), of those held out (True), or of all (None)."""
    names = [name for name in FAMILIES if held_out is None or (name in HELD_OUT) == held_out]
    weights = np.array([WEIGHTS.get(name, 1.0) for name in names])
    name = names[rng.choice(len(names), p=weights / weights.sum())]
    style = FAMILIES[name](rng)
    if rng.random() < TREATED and name not in OWN_PALETTE:
        style = treated(style, list(TREATMENTS)[rng.integers(len(TREATMENTS))], rng)
    if rng.random() < NOISY:
        noise = Photo(float(rng.uniform(3, 10)))
        style = replace(style, finish=Chain((style.finish, noise)) if style.finish else noise)
    return style
