"""Scenes to measure on: style families, figures and backgrounds that training never sees."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..backgrounds import load_scene_backgrounds
from .labels import LabelledPicture
from .pool import load_toons
from .samples import make_scene
from .scene import SceneOptions

SEED = 20261122


class HeldOutScenes(Sequence[LabelledPicture]):
    """Scenes of the held-out families, each made when it is asked for."""

    def __init__(self, count: int, size: int, pool, backgrounds):
        self._count, self._size = count, size
        self._pool, self._backgrounds = pool, backgrounds

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> LabelledPicture:
        if not 0 <= index < self._count:
            raise IndexError(f"scene {index} of {self._count}")
        # Half of them have calm handling, as the compositions for evaluation.
        options = SceneOptions(nuisance=0.25 if index % 2 == 0 else 1.0, empty=0.02)
        return make_scene(
            SEED,
            index,
            self._size,
            pool=self._pool,
            backgrounds=self._backgrounds,
            options=options,
        )


def held_out_scenes(
    count: int = 100,
    size: int = 640,
    *,
    cache: Path | str | None = None,
    workers: int | None = None,
) -> HeldOutScenes:
    """`count` scenes of `size` x `size` pixels, the same ones every time; `families` of each tells
    the style family of each figure. The pool is drawn on first use.

    Raises:
        ValueError: no style family is held out.
    """
    pool = load_toons(cache, split="held-out", workers=workers)
    workers = workers or os.cpu_count() or 1
    backgrounds = load_scene_backgrounds(cache, held_out=True, workers=workers)
    return HeldOutScenes(count, size, pool, backgrounds)
