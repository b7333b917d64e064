"""The validation set: what to look at when a setting has to be chosen.

A figure of merit that settings were chosen by flatters, so the held-out compositions are for the
last measurement only. This set is small and apart from both: drawings from folders that the
library leaves alone (`art_list.VALIDATION_CHARACTERS`, `VALIDATION_PROPS`), background families of
its own (`painters.validation`) and layouts of its own seeds.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from .art import ArtLibrary, find_art, render_drawings, svg_names
from .art_list import VALIDATION_CHARACTERS, VALIDATION_PROPS
from .backgrounds import load_validation_backgrounds
from .compose import Composition
from .dataset import evaluation_compositions
from .store import SpriteStore, cache_folder

SEED = 20261121
_VERSION = 1


def validation(
    n: int = 100, size: int = 640, *, art: Path | str | None = None, first: int = 0
) -> list[Composition]:
    """Compositions `first` to `first + n` of `size` x `size` pixels; the same ones every time."""
    return evaluation_compositions(
        SEED, n, size, load_validation_art(art), load_validation_backgrounds(), first
    )


def load_validation_art(
    art: Path | str | None = None, cache: Path | str | None = None, *, workers: int = 2
) -> ArtLibrary:
    """The drawings of this set, rendered on first use; arguments and errors of `art.load_art`."""
    art = find_art(art)
    names = [
        name
        for name in svg_names(art)
        if name in VALIDATION_CHARACTERS or name.startswith(VALIDATION_PROPS)
    ]
    fingerprint = hashlib.sha256("\n".join([str(_VERSION), *names]).encode()).hexdigest()[:12]
    folder = cache_folder(cache) / f"art-validation-{fingerprint}"
    if not (folder / "index.json").exists():
        counts = render_drawings(art, names, folder, _kind, workers)
        if not counts["character"]:
            raise FileNotFoundError(f"None of the validation set's characters is in {art}.")
    return ArtLibrary(SpriteStore(folder), held_out=None)


def _kind(name: str, verdict: str) -> str:
    if verdict != "good":
        return verdict
    return "character" if name in VALIDATION_CHARACTERS else "prop"
