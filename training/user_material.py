"""A user's pictures in the place of the public-domain art and the painted backgrounds.

`OwnArt` and `OwnBackgrounds` have the attributes of `art.ArtLibrary` and
`backgrounds.BackgroundPool` which compositions use; `load_material` makes them from folders.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from .art import ArtLibrary, load_art
from .backgrounds import BackgroundPool, flat, load_backgrounds
from .store import Sprite
from .user_art import OwnSprite, PictureFolder, read_backgrounds, read_characters

_SHORTER_SIDE = 1.2  # of the canvas's, Liu et al. 2023 (SmallestMaxSize, then RandomResizedCrop)
_WINDOW = (0.9, 1.5)


class OwnArt:
    """A user's figures, alone or joined with an `ArtLibrary`.

    Joined, every place of a composition gets one of the user's figures with the probability
    `share`, whether clip art or a drawn figure would have stood there. Props are the library's.

    Args:
        own: from `user_art.read_characters`.
        library: what to join with, None for nothing.
        share: of the user's figures, 0..1; 1 without a library.
        held_out: the split of the user's figures, see `PictureFolder.split`.

    Raises:
        ValueError: the split is empty, or the share is not one.
    """

    def __init__(
        self,
        own: PictureFolder,
        library: ArtLibrary | None = None,
        share: float = 1.0,
        held_out: bool | None = False,
    ):
        _check_share(share)
        figures = _split(own, held_out)
        self.held_out = held_out
        self.counts = {"character": len(figures), "skipped": len(own.skipped)}
        self._own, self._library = own, library
        self.characters: Sequence[Sprite] = figures
        self.props: Sequence[Sprite] = []
        self.toons: Sequence[Sprite] = []
        if library is not None:
            self.props = library.props
            self.characters = joined(figures, library.characters, share)
            if share < 1 and library.toons:
                self.toons = joined(figures, library.toons, share)

    def rgba(self, sprite: Sprite) -> np.ndarray:
        """Pixels of a sprite: uint8 [H,W,4], premultiplied, read-only."""
        if isinstance(sprite, OwnSprite):
            return self._own.rgba(sprite)
        return self._library.rgba(sprite)


class OwnBackgrounds:
    """A user's backgrounds, alone or joined with a `BackgroundPool`.

    A background is scaled so that its shorter side is 1.2 times the canvas's, and a window of 0.9
    to 1.5 times the canvas, as far as the picture reaches, is scaled to it; half are mirrored.
    Their colours stay: hues of real scenery mean something.

    Args: as for `OwnArt`.
    """

    def __init__(
        self,
        own: PictureFolder,
        pool: BackgroundPool | None = None,
        share: float = 1.0,
        held_out: bool | None = False,
    ):
        _check_share(share)
        self._own, self._pool = own, pool
        self._share = 1.0 if pool is None else share
        self._sprites = _split(own, held_out)

    def __len__(self) -> int:
        return len(self._sprites)

    def draw(
        self, rng: np.random.Generator, size: tuple[int, int], plain: float = 0.2, zoom: float = 1.0
    ) -> np.ndarray:
        """One background: uint8 [H,W,3] of `size` = (H, W); see `BackgroundPool.draw`."""
        if rng.random() >= self._share:
            return self._pool.draw(rng, size, plain, zoom)
        if rng.random() < plain:
            return flat(rng, size)
        picture = self._own.rgba(self._sprites[rng.integers(len(self._sprites))])
        height, width = size
        # the canvas in pixels of the stored picture
        unit = min(picture.shape[0] / height, picture.shape[1] / width) / _SHORTER_SIDE
        most = min(picture.shape[0] / height, picture.shape[1] / width)
        window = min(unit * rng.uniform(*_WINDOW) / zoom, most)
        h, w = (
            max(2, min(round(s * window), p)) for s, p in zip(size, picture.shape, strict=False)
        )
        y = int(rng.integers(picture.shape[0] - h + 1))
        x = int(rng.integers(picture.shape[1] - w + 1))
        crop = picture[y : y + h, x : x + w, :3]
        if rng.random() < 0.5:
            crop = crop[:, ::-1]
        enlarging = h < height
        return cv2.resize(
            np.ascontiguousarray(crop),
            (width, height),
            interpolation=cv2.INTER_CUBIC if enlarging else cv2.INTER_AREA,
        )


def joined(own: Sequence[Sprite], others: Sequence[Sprite], share: float) -> list[Sprite]:
    """A list in which `own` has the share asked for and each sprite its fair part of its side.

    Sprites stand in it several times: a uniform draw from it is the draw that is meant.
    """
    if share >= 1 or not others:
        return list(own)
    if share <= 0 or not own:
        return list(others)
    length = 8 * max(len(own) / share, len(others) / (1 - share))
    ours = max(1, round(length * share))
    theirs = max(1, round(length * (1 - share)))
    return [own[i % len(own)] for i in range(ours)] + [
        others[i % len(others)] for i in range(theirs)
    ]


def load_material(
    art: Path | str | None = None,
    characters: Path | str | None = None,
    backgrounds: Path | str | None = None,
    own_share: float = 0.5,
    cache: Path | str | None = None,
    *,
    held_out: bool = False,
    art_share: float = 1.0,
    workers: int = 2,
) -> tuple[ArtLibrary | OwnArt, BackgroundPool | OwnBackgrounds]:
    """The figures and backgrounds to train with.

    Args:
        art: folder of SVG drawings, see `art.load_art`.
        characters: a user's folder of figures, see `user_art.read_characters`; None for none.
        backgrounds: a user's folder of backgrounds; None for none.
        own_share: of the user's pictures among all, 0..1. At 1 the public-domain art gives only
            props, and is not needed at all; no painted background is used.
        cache: where pixels are kept.
        held_out: the evaluation's split instead of the training's.
        art_share: of the drawings, clip art and drawn figures, that is used, 0..1.
        workers: processes and threads on first use.

    Raises:
        FileNotFoundError: a folder is not there.
        ValueError: a folder holds nothing that can be used, or nothing of this split.
    """
    _check_share(own_share)
    figures = read_characters(characters, cache, workers=workers) if characters else None
    grounds = read_backgrounds(backgrounds, cache, workers=workers) if backgrounds else None
    alone = figures is not None and own_share == 1
    try:
        library = load_art(art, cache, held_out=held_out, workers=workers).part(art_share)
    except FileNotFoundError:
        if not alone or art is not None:
            raise
        library = None
    pool = None
    if grounds is None or own_share < 1:
        pool = load_backgrounds(cache, held_out=held_out, workers=workers)
    return (
        library if figures is None else OwnArt(figures, library, own_share, held_out),
        pool if grounds is None else OwnBackgrounds(grounds, pool, own_share, held_out),
    )


def _split(own: PictureFolder, held_out: bool | None) -> list[OwnSprite]:
    sprites = own.split(held_out)
    if not sprites:
        raise ValueError(
            f"None of the {len(own.sprites)} usable pictures in {own.folder} is kept for "
            "evaluation (about 15 % are, chosen by file name); add more."
        )
    return sprites


def _check_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"The share of own pictures is 0 to 1, not {share}.")
