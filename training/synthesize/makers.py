"""What a sample is: makers turn a sample's index into its files.

To add a kind, write a class with `SampleMaker`'s methods and name it in `KINDS`. Its options come
from two static methods, `add_options(parser)` and `options_of(namespace)`, if it has them. A maker
outside this repository is named by `--kind module:Class`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.metadata
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

# A maker is imported when it is asked for: workers load what they use, and nothing else.
KINDS = {
    "compositions": "training.synthesize.makers:Compositions",
    "toons": "training.synthesize.toons:Toons",
}

_TRAINING = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Recipe:
    """What a maker is built from; it travels to workers and to other machines.

    Attributes:
        kind: a key of `KINDS` or "module:Class".
        seed: of all samples.
        size: side of the pictures in pixels.
        options: the maker's own, as its `options_of` gave them.
    """

    kind: str
    seed: int = 0
    size: int = 768
    options: dict[str, Any] = field(default_factory=dict)


class SampleMaker(Protocol):
    """Makes samples. Built from a `Recipe`, in each worker."""

    def identity(self) -> dict[str, Any]:
        """JSON of all that decides the bytes besides kind, seed and size: options and versions.

        No paths: two machines that make the same samples give the same identity.
        """

    def make(self, index: int) -> dict[str, bytes]:
        """The files of a sample by suffix ("png", "json"); the same for the same index."""


def maker_class(kind: str) -> type:
    """The class of a kind.

    Raises:
        ValueError: there is no such kind.
    """
    module, _, name = KINDS.get(kind, kind).partition(":")
    if not name:
        raise ValueError(f"--kind {kind} is none of {', '.join(KINDS)}, and not module:Class.")
    try:
        return getattr(importlib.import_module(module), name)
    except (ModuleNotFoundError, AttributeError) as error:
        raise ValueError(f"--kind {kind} cannot be imported: {error}.") from error


def build_maker(recipe: Recipe) -> SampleMaker:
    """The maker of a recipe."""
    return maker_class(recipe.kind)(recipe)


def source_version(patterns: Iterable[str]) -> str:
    """A hash of source files below `training/`: any change to them is another version."""
    sha = hashlib.sha256()
    for pattern in sorted(patterns):
        for path in sorted(_TRAINING.glob(pattern)):
            sha.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return sha.hexdigest()[:12]


def library_versions() -> dict[str, str]:
    """Versions of the libraries that draw: another one may round another way."""
    import cv2
    import numpy as np

    try:
        skia = importlib.metadata.version("skia-python")
    except importlib.metadata.PackageNotFoundError:
        skia = "none"
    return {"numpy": np.__version__, "opencv": cv2.__version__, "skia": skia}


class Compositions:
    """Public-domain art, drawn figures and a user's own on backgrounds, see `compose`, `encoding`.

    Sample i shows what `dataset.DetectorSamples(seed, size)[i]` does. `art` and `backgrounds` take
    the place of the libraries that are loaded otherwise.
    """

    SOURCES = (
        "art*.py",
        "backgrounds.py",
        "compose.py",
        "harmonize.py",
        "layouts.py",
        "painters/*.py",
        "sprites.py",
        "store.py",
        "synthesize/encoding.py",
        "toon/**/*.py",
        "user_*.py",
    )

    def __init__(self, recipe: Recipe, art=None, backgrounds=None):
        import cv2

        from ..compose import Options

        cv2.setNumThreads(0)
        values = dict(recipe.options)
        material = {name: values.pop(name, None) for name in ("art", "characters", "backgrounds")}
        share = values.pop("own_share", 0.5)
        self.recipe = recipe
        self.options = Options(size=(recipe.size, recipe.size), **values)
        self.art, self.backgrounds = art, backgrounds
        self.own: dict[str, Any] = {}
        if art is None:
            self._load(material, share)
        self.about = {
            "kind": recipe.kind,
            "seed": recipe.seed,
            "version": source_version(self.SOURCES),
            "options": asdict(self.options),
        }

    @staticmethod
    def add_options(parser: argparse.ArgumentParser) -> None:
        from ..options import add_data_options, add_material_options

        add_data_options(parser)
        add_material_options(parser)

    @staticmethod
    def options_of(options: argparse.Namespace) -> dict[str, Any]:
        from ..options import data_options

        names = ("art", "characters", "backgrounds")
        paths = {name: getattr(options, name) for name in names if getattr(options, name)}
        # Workers on other machines stand in other folders.
        paths = {name: str(path.absolute()) for name, path in paths.items()}
        return {**data_options(options), **paths, "own_share": options.own_share}

    def identity(self) -> dict[str, Any]:
        sprites = dict.fromkeys([*self.art.characters, *self.art.props, *self.art.toons])
        return {
            "version": self.about["version"],
            "options": self.about["options"],
            "art": listing_hash(sprites),
            "libraries": library_versions(),
            **self.own,
        }

    def make(self, index: int) -> dict[str, bytes]:
        import numpy as np

        from ..compose import compose
        from .encoding import encode_composition

        # The stream of `DetectorSamples`, which a test holds this to.
        rng = np.random.default_rng([self.recipe.seed, 1, index])
        made = compose(rng, self.art, self.options, backgrounds=self.backgrounds)
        return encode_composition(made, {**self.about, "index": index})

    def _load(self, material: dict[str, str | None], share: float) -> None:
        from ..user_art import read_backgrounds, read_characters
        from ..user_material import load_material

        self.art, self.backgrounds = load_material(
            *material.values(), share, workers=os.cpu_count() or 1
        )
        for name, read in (("characters", read_characters), ("backgrounds", read_backgrounds)):
            if material[name]:
                own = read(material[name])
                self.own[f"own_{name}"] = f"{share} {listing_hash(own.sprites, own.rgba)}"


def listing_hash(sprites: Iterable[Any], pixels: Any = None) -> str:
    """A hash of sprites by name, size and place, and of a few of the `pixels(sprite)` of each."""
    sha = hashlib.sha256()
    for sprite in sprites:
        sha.update(f"{sprite.name} {sprite.height} {sprite.width} {sprite.offset}\n".encode())
        if pixels is not None:
            sha.update(pixels(sprite)[::16, ::16].tobytes())
    return sha.hexdigest()[:12]
