"""Scenes by number: `make_scene(seed, index, ...)` gives the same bytes whoever makes it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ..backgrounds import BackgroundPool
from .labels import LabelledPicture
from .pool import ToonPool
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
