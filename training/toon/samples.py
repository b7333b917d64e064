"""Scenes by number: `make_scene(seed, index, ...)` gives the same bytes whoever makes it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from ..backgrounds import BackgroundPool, load_scene_backgrounds
from ..layouts import Layout
from .labels import LabelledPicture
from .pool import ToonPool, load_toons
from .scene import SceneOptions, compose_scene


def make_scene(
    seed: int,
    index: int,
    size: int | tuple[int, int] = 768,
    *,
    pool: ToonPool,
    backgrounds: BackgroundPool,
    art=None,
    options: SceneOptions | None = None,
) -> LabelledPicture:
    """Scene `index` of a stream.

    Args:
        seed: of the whole stream.
        size: side of the picture, or (H, W), pixels.
        pool: of `pool.load_toons`.
        backgrounds: of `backgrounds.load_scene_backgrounds`.
        art: an `ArtLibrary` for things that are no figures; without it fewer things are there.
    """
    size = (size, size) if isinstance(size, int) else tuple(size)
    if min(size) < 32:
        raise ValueError(f"A scene has at least 32 x 32 pixels, not {size[1]} x {size[0]}.")
    cv2.setNumThreads(0)
    rng = np.random.default_rng([seed, 5, index])
    options = replace(options or SceneOptions(), size=size)
    return compose_scene(rng, pool, backgrounds, options, art=art)[0]


@dataclass(frozen=True, eq=False)
class Scenes:
    """What scenes are made from, to be drawn beside compositions of clip art.

    Attributes:
        share: of samples that are scenes, 0..1.
        art: an `ArtLibrary` for things that are no figures, or None.
    """

    pool: ToonPool
    backgrounds: BackgroundPool
    share: float = 0.5
    options: SceneOptions = field(default_factory=SceneOptions)
    art: object | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"The share of scenes is between 0 and 1, not {self.share}.")

    def compose(
        self,
        rng: np.random.Generator,
        size: tuple[int, int],
        layout: Layout | None = None,
        window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0),
        **changes,
    ) -> tuple[LabelledPicture, tuple[int, ...]]:
        """See `scene.compose_scene`; `changes` are fields of `SceneOptions`."""
        options = replace(self.options, size=size, **changes)
        return compose_scene(
            rng, self.pool, self.backgrounds, options, art=self.art, layout=layout, window=window
        )


def load_scenes(
    share: float = 0.5,
    cache: Path | str | None = None,
    *,
    art=None,
    count: int | None = None,
    part: float = 1.0,
    workers: int | None = None,
    options: SceneOptions | None = None,
) -> Scenes:
    """The training split of backgrounds and of drawings (`count` of them, see `pool.load_toons`),
    made on first use (minutes) by `workers` processes, one per core when None. Of the drawings the
    first `part` (0..1) is used."""
    workers = workers or os.cpu_count() or 1
    return Scenes(
        load_toons(cache, count=count, workers=workers).part(part),
        load_scene_backgrounds(cache, workers=workers),
        share,
        options or SceneOptions(),
        art,
    )
