"""What a bank of drawings holds, without a pixel of it: data processes plan pictures with this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..store import Sprite
from ..toon.pool import Row, ToonPool

SLOTS = 32  # colours of a drawing that can be changed one by one; 0 stands for none
PLANES = 5  # red, green, blue, alpha, slot
SMALLEST_SIDE = 32
# Long sides of kinds as shares of the bank's: few figures fill a picture, close-ups do.
SHARES = {"close-up": 1.0, "figure": 0.71, "prop": 0.36, "shadow": 0.26}


COUNTED = {"figures": "figure", "close_ups": "close-up", "props": "prop"}


@dataclass(frozen=True, eq=False)
class Entry:
    """A drawing of the bank.

    Attributes:
        kind: "figure", "close-up" (cut by its frame), "prop", or "shadow": a soft dark disk.
        source: a sprite of the art, the number of a drawing in the pool, or None for the shadow.
        height, width: pixels as it was drawn.
        cut: whether its frame cuts it at the left, upper, right and lower side.
        family: the style family that drew it, "" for clip art.
        palette: uint8 [K,3], the flat colours of slots 1 to K.
        skin: bool [K], which of them are skin.
    """

    kind: str
    source: Sprite | int | None
    height: int
    width: int
    cut: tuple[bool, bool, bool, bool] = (False,) * 4
    family: str = ""
    palette: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.uint8))
    skin: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    @property
    def side(self) -> int:
        """Of the square that holds it, pixels as it was drawn."""
        return max(self.height, self.width)

    @property
    def surrounded(self) -> bool:
        """Whether its frame cuts it on both sides: it fills the picture's width."""
        return self.cut[0] and self.cut[2]


class Catalogue:
    """Which drawings a bank holds and in which sizes.

    Every drawing is kept as squares of several sides, each 0.71 times the one before, so that one
    of them is at most 1.42 times as large as is needed: smaller ones would blur, larger ones would
    show moire and broken lines.

    Args:
        art: an `ArtLibrary` of the training split, or what has its attributes; None: no clip art.
        pool: the drawn figures of the training split; None for none.
        side: of the largest squares, pixels; as much as the pictures'.
        figures, close_ups, props: how many of each to take at most; of more, chance chooses.
        seed: of that chance.

    Attributes:
        entries: all drawings; entry 0 is the shadow.
        sides: of squares, falling.
        tops: int [N], the largest square that is kept of an entry: none larger than it was drawn.
        clip_art, drawn, props: int, entries to draw from; one may be there several times, when it
            is wanted more often.
        close_ups, apart: int, entries that their frame cuts, and those that leave room for others.
        families: drawn, close_ups and apart by style family.

    Raises:
        ValueError: the drawings are kept for evaluation, or there is no figure.
    """

    def __init__(
        self,
        art,
        pool: ToonPool | None,
        side: int = 512,
        *,
        figures: int = 4000,
        close_ups: int = 4000,
        props: int = 4000,
        seed: int = 0,
    ):
        _check_split(art, pool)
        if side < SMALLEST_SIDE:
            raise ValueError(f"The bank's side is at least {SMALLEST_SIDE} pixels, not {side}.")
        self.sides = _sides(side)
        self.entries: list[Entry] = [Entry("shadow", None, side, side)]
        rng = np.random.default_rng([seed, 77])
        clip_art = list(art.characters) if art is not None else []
        drawn = list(art.toons) if art is not None else list(pool.sprites if pool else ())
        chosen = self._add(rng, [*clip_art, *drawn], figures, "figure", pool)
        self.clip_art = _those(clip_art, chosen)
        self.drawn = _those(drawn, chosen)
        if not len(self.clip_art) and not len(self.drawn):
            raise ValueError("There is no figure to put into pictures.")
        close, items = [], []
        if pool is not None and any(sprite.kind == "toon" for sprite in drawn):
            for number, row in enumerate(pool.rows):
                if row.kind == "item":
                    items.append(number)
                elif row.shot != "whole":
                    close.append(number)
        chosen = self._add(rng, close, close_ups, "close-up", pool)
        self.close_ups = _those(close, chosen)
        things = [*(art.props if art is not None else ()), *items]
        self.props = _those(things, self._add(rng, things, props, "prop", pool))
        self.apart = np.array([i for i in self.close_ups if not self.entries[i].surrounded], int)
        self.families = {
            name: tuple(
                self._of_family(among, name) for among in (self.drawn, self.close_ups, self.apart)
            )
            for name in sorted({self.entries[i].family for i in self.drawn})
        }
        self.tops = np.array([self._top(entry) for entry in self.entries])

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def bytes(self) -> int:
        """Of all squares together."""
        return int(sum(_bytes(self.sides[top:]) for top in self.tops))

    def rung(self, entry: int, drawn: float) -> int:
        """Which square to take for a drawing that is to be `drawn` pixels long."""
        fitting = sum(side >= drawn for side in self.sides) - 1
        return max(int(self.tops[entry]), fitting)

    def _top(self, entry: Entry) -> int:
        limit = max(min(entry.side, SHARES[entry.kind] * self.sides[0]), SMALLEST_SIDE)
        return next(i for i, side in enumerate(self.sides) if side <= limit)

    def _add(self, rng, sources: Sequence, most: int, kind: str, pool) -> dict:
        """Adds at most so many of the sources, each once; gives the entries by source."""
        unique = list(dict.fromkeys(sources))
        taken = rng.permutation(len(unique))[:most] if len(unique) > most else range(len(unique))
        chosen = {}
        for i in sorted(taken):
            chosen[unique[i]] = len(self.entries)
            self.entries.append(_entry(kind, unique[i], pool))
        return chosen

    def _of_family(self, entries: np.ndarray, family: str) -> np.ndarray:
        return np.array([i for i in entries if self.entries[i].family == family], int)


def catalogue_within(limit: float, art, pool: ToonPool | None, side: int) -> Catalogue:
    """All drawings, or as large a share of each kind as fits into `limit` bytes."""
    everything = Catalogue(art, pool, side)
    if everything.bytes <= limit:
        return everything
    share = limit / everything.bytes
    kinds = Counter(entry.kind for entry in everything.entries)
    counts = {name: max(1, int(kinds[kind] * share)) for name, kind in COUNTED.items()}
    return Catalogue(art, pool, side, **counts)


def _sides(top: int) -> tuple[int, ...]:
    sides = [top]
    while (side := round(top * 0.5 ** (len(sides) / 2))) > SMALLEST_SIDE:
        sides.append(side)
    return (*sides, SMALLEST_SIDE) if top > SMALLEST_SIDE else (top,)


def _bytes(sides: Sequence[int]) -> int:
    return PLANES * sum(side * side for side in sides)


def _those(sources: Sequence, chosen: dict) -> np.ndarray:
    return np.array([chosen[s] for s in sources if s in chosen], int)


def _entry(kind: str, source: Sprite | int, pool: ToonPool | None) -> Entry:
    number = source
    if not isinstance(source, int):
        if source.kind != "toon":
            return Entry(kind, source, source.height, source.width)
        number = source.offset
    row = pool.rows[number]
    slots = palette_slots(row)
    skin = np.zeros(len(slots), bool)
    for line in row.sheet:
        if line.category == "skin" and line.normal in slots:
            skin[slots[line.normal] - 1] = True
    palette = np.array(list(slots), np.uint8).reshape(-1, 3)
    return Entry(kind, number, row.height, row.width, row.cut, row.family, palette, skin)


def palette_slots(row: Row) -> dict[tuple[int, int, int], int]:
    """Slots 1.. of the different flat colours on a drawing's colour design sheet, in its order;
    colours beyond the last slot have none and stay."""
    slots: dict[tuple[int, int, int], int] = {}
    for line in row.sheet:
        if line.normal not in slots and len(slots) < SLOTS - 1:
            slots[line.normal] = len(slots) + 1
    return slots


def _check_split(art, pool: ToonPool | None) -> None:
    """Figures that are kept for evaluation must not get into training."""
    if art is not None and art.held_out is not False:
        raise ValueError("These drawings are kept for evaluation; recompose those of training.")
    if pool is not None and pool.split != "training":
        raise ValueError(f"Drawn figures of the {pool.split} split are not for training.")
