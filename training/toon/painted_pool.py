"""A store of drawn figures, made once."""

from __future__ import annotations

import logging
import multiprocessing
import os
from pathlib import Path

import numpy as np

from ..store import SpriteStore, cache_folder, write_store

logger = logging.getLogger("celkit")

SIDE = 576
_VERSION = 2


def load_toons(
    cache: Path | str | None = None, *, count: int = 2000, workers: int = 2
) -> SpriteStore:
    """The store of `count` figures in the cache folder, drawn on first use (half a minute)."""
    folder = cache_folder(cache) / f"toons-{_VERSION}-{count}"
    if not (folder / "index.json").exists():
        logger.info("drawing %d figures, once", count)
        with multiprocessing.get_context("spawn").Pool(workers, initializer=_nice) as pool:
            drawings = (
                (f"toon/{i:05d}", "toon", False, rgba, 0.0)
                for i, rgba in enumerate(pool.imap(_draw_job, range(count), chunksize=8))
            )
            write_store(folder, drawings, {"toon": count})
    return SpriteStore(folder)


def _draw_job(index: int) -> np.ndarray:
    from .figure import draw_figure

    return draw_figure(np.random.default_rng([_VERSION, 77, index]), SIDE)


def _nice() -> None:
    os.nice(5)
