"""The kind "toons": scenes of the generator with every label, see `toon.scene` and `labelled`."""

from __future__ import annotations

import argparse
import hashlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .makers import Recipe, library_versions, listing_hash, source_version


class Toons:
    """Scene i is `toon.samples.make_scene(seed, i, size)`, of the style families to train with.

    `pool`, `backgrounds` and `art` take the place of those that are loaded otherwise.
    """

    SOURCES = (
        "art*.py",
        "backgrounds.py",
        "handling.py",
        "harmonize.py",
        "layouts.py",
        "overlays.py",
        "painters/*.py",
        "sprites.py",
        "store.py",
        "synthesize/encoding.py",
        "synthesize/labelled.py",
        "toon/**/*.py",
    )

    def __init__(self, recipe: Recipe, pool=None, backgrounds=None, art=None):
        from ..toon.scene import SceneOptions

        values = dict(recipe.options)
        count, folder = values.pop("drawings", None), values.pop("art", None)
        clip_art, self.clean = values.pop("clip_art", True), values.pop("clean", True)
        self.recipe = recipe
        self.options = SceneOptions(size=(recipe.size, recipe.size), **values)
        self.pool, self.backgrounds, self.art = pool, backgrounds, art
        if pool is None:
            self._load(count, folder, clip_art)
        self.about = {
            "kind": recipe.kind,
            "seed": recipe.seed,
            "version": source_version(self.SOURCES),
            "options": asdict(self.options),
        }

    @staticmethod
    def add_options(parser: argparse.ArgumentParser) -> None:
        from ..toon.scene import SceneOptions

        add, usual = parser.add_argument, SceneOptions()
        add("--art", type=Path, help="folder of drawings for things (default: Debian's)")
        add("--no-clip-art", action="store_true", help="things of the generator only")
        add("--no-clean", action="store_true", help="leave out the pictures before handling")
        add("--drawings", type=int, help="how many figures to draw scenes from (default: all)")
        for name, text in (
            ("plain_background", "share of flat backgrounds"),
            ("props", "mean number of things that are no characters"),
            ("nuisance", "strength of recolouring and handling, 0 to 1"),
        ):
            value = getattr(usual, name)
            flag = "--" + name.replace("_", "-")
            add(flag, type=float, default=value, help=f"{text} (default: {value})")

    @staticmethod
    def options_of(options: argparse.Namespace) -> dict[str, Any]:
        names = ("drawings", "plain_background", "props", "nuisance")
        values = {name: getattr(options, name) for name in names}
        if options.drawings is not None and options.drawings < 1:
            raise ValueError(f"--drawings {options.drawings} must be 1 or more.")
        values["art"] = options.art and str(options.art.absolute())
        return {**values, "clip_art": not options.no_clip_art, "clean": not options.no_clean}

    def identity(self) -> dict[str, Any]:
        rows = "\n".join(map(str, self.pool.rows)).encode()
        props = self.art.props if self.art is not None else []
        return {
            "version": self.about["version"],
            "options": self.about["options"],
            "clean": self.clean,
            "drawings": f"{len(self.pool)} {hashlib.sha256(rows).hexdigest()[:12]}",
            "things": f"{len(props)} {listing_hash(props)}",
            "libraries": library_versions(),
        }

    def make(self, index: int) -> dict[str, bytes]:
        from ..toon.samples import make_scene
        from .labelled import encode_labelled

        made = make_scene(
            self.recipe.seed,
            index,
            self.recipe.size,
            pool=self.pool,
            backgrounds=self.backgrounds,
            art=self.art,
            options=self.options,
        )
        return encode_labelled(made, {**self.about, "index": index}, clean=self.clean)

    def _load(self, count: int | None, folder: str | None, clip_art: bool) -> None:
        from ..art import load_art
        from ..backgrounds import load_scene_backgrounds
        from ..toon.pool import load_toons

        workers = os.cpu_count() or 1  # drawn on first use
        self.pool = load_toons(count=count, workers=workers)
        self.backgrounds = load_scene_backgrounds(workers=workers)
        if clip_art:
            self.art = load_art(folder, workers=workers)
