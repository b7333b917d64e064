"""What datasets are made of: pictures and characters by number, from a seed.

Sources load what they need when the first one is asked for: clip art and drawn figures, which are
rendered once into the cache folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..synthesize.makers import Compositions, source_version
from ..toon import shapes
from ..toon.acting import Performance, perform
from ..toon.clips import make_clip, surroundings
from ..toon.labels import Drawing, LabelledPicture
from ..toon.model import Figure
from ..toon.style import Style
from ..toon.styles import HELD_OUT, sample_style
from .about import About
from .paint_bucket import PaintCharacter
from .pictures import Pictured

# A character of a paint-bucket dataset: acts of so many frames, one after the other.
ACTS, FRAMES = 2, 10
# How much of a figure a clip shows, by chance; the published ones are in equal parts.
SHOTS = ("long", "bust", "face")


def about(source: str, seed: int, size: int, held_out: bool = False) -> About:
    """What is to be said of a dataset made now."""
    return About(
        source, seed, size, held_out, source_version((*Compositions.SOURCES, "exports/*.py"))
    )


def compositions(seed: int, size: int, held_out: bool = False) -> Iterator[Pictured]:
    """Clip art and drawn figures on backgrounds, see `compose`, without end."""
    from ..art import load_art
    from ..backgrounds import load_backgrounds
    from ..compose import Options, compose

    art, backgrounds = load_art(held_out=held_out), load_backgrounds(held_out=held_out)
    options = Options(size=(size, size))
    return _stream(
        lambda index: compose(
            np.random.default_rng([seed, 7, int(held_out), index]),
            art,
            options,
            backgrounds=backgrounds,
        )
    )


def scenes(seed: int, size: int, held_out: bool = False) -> Iterator[LabelledPicture]:
    """Drawn figures with all labels, see `toon.scene`, without end."""
    from ..backgrounds import load_scene_backgrounds
    from ..toon.pool import load_toons
    from ..toon.samples import make_scene

    _check_held_out(held_out)
    pool = load_toons(split="held-out" if held_out else "training")
    backgrounds = load_scene_backgrounds(held_out=held_out)
    return _stream(lambda index: make_scene(seed, index, size, pool=pool, backgrounds=backgrounds))


def characters(seed: int, size: int, held_out: bool = False) -> Iterator[PaintCharacter]:
    """Animated characters on square frames, without end."""
    _check_held_out(held_out)
    return _stream(lambda index: _character(seed, index, size, held_out))


def _character(seed: int, index: int, size: int, held_out: bool) -> PaintCharacter:
    rng = np.random.default_rng([seed, 8, int(held_out), index])
    performance = perform(rng, ACTS, FRAMES)
    # The published loader finds files by replacing "line", "seg", "gt"... in whole paths.
    return draw_character(f"character-{index + 1:05d}", performance, rng, size, held_out)


def draw_character(
    name: str, performance: Performance, rng: np.random.Generator, size: int, held_out: bool = False
) -> PaintCharacter:
    """A character's acts, each on a square frame of `size` pixels, and its design sheet: whole in
    four poses, then close to the head in two."""
    style = sample_style(rng, held_out)
    chance = int(rng.integers(2**63))

    def clip(figures: tuple[Figure, ...], shot: str) -> tuple[Drawing, ...]:
        frame = shot_frame(figures, style, size, shot)
        return make_clip(figures, style, chance, size, frame=frame).drawings

    shots = [str(rng.choice(SHOTS)) for _ in performance.acts]
    frames = [
        drawing
        for figures, shot in zip(performance.acts, shots, strict=True)
        for drawing in clip(figures, shot)
    ]
    sheet = [*clip(performance.sheet, "long")]
    for figure in performance.sheet[:2]:
        sheet += clip((figure,), "face")
    return PaintCharacter(name, tuple(frames), tuple(sheet))


def shot_frame(
    figures: tuple[Figure, ...], style: Style, size: int, shot: str
) -> tuple[float, float, float, float]:
    """A square in figure units that shows all poses of an act: whole ("long"), or their heads
    ("face"), or head and chest ("bust")."""
    if shot == "long":
        x0, y0, x1, y1 = surroundings(figures, style, size)
        half, x, y = max(x1 - x0, y1 - y0) / 2, (x0 + x1) / 2, (y0 + y1) / 2
    else:
        boxes = np.array([head_box(figure) for figure in figures])
        (x0, y0), (x1, y1) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
        half, x, y = 0.85 * max(x1 - x0, y1 - y0), (x0 + x1) / 2, (y0 + y1) / 2
        if shot == "bust":
            half, y = 1.8 * half, y + 0.9 * half
    return float(x - half), float(y - half), float(x + half), float(y + half)


def head_box(figure: Figure) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 of the head, or of a figure's upper third where no part is one."""
    for part in figure.parts:
        if part.name in ("head", "head.face"):
            return shapes.bounds(part.outline)
    boxes = np.array([shapes.bounds(part.outline) for part in figure.parts])
    (x0, y0), (x1, y1) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    return float(x0), float(y0), float(x1), float(y0 + (y1 - y0) / 3)


def _check_held_out(held_out: bool) -> None:
    if held_out and not HELD_OUT:
        raise ValueError("No style family is held out; leave --held-out away.")


def _stream(make: Callable[[int], Pictured | Drawing | PaintCharacter]) -> Iterator:
    index = 0
    while True:
        yield make(index)
        index += 1
