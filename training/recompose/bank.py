"""A bank of finished drawings on the training's device, in the sizes that pictures need."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import torch
from torch import Tensor

from ..toon.pool import ToonPool
from .catalogue import PLANES, Catalogue, Entry, palette_slots
from .sending import sent


class SpriteBank:
    """The drawings of a catalogue as uint8 tensors on one device.

    Args:
        catalogue: which drawings.
        art, pool: what the catalogue was made of.
        device: where they are kept.
        threads: that fill it; one per core when None.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        art,
        pool: ToonPool | None,
        device: torch.device | str = "cpu",
        threads: int | None = None,
    ):
        self.catalogue = catalogue
        rungs, count = len(catalogue.sides), len(catalogue)
        self._rows = np.full((rungs, count), -1)
        for rung in range(rungs):
            kept = np.flatnonzero(catalogue.tops <= rung)
            self._rows[rung, kept] = np.arange(len(kept))
        self._squares = [
            np.zeros(((rows >= 0).sum(), PLANES, side, side), np.uint8)
            for rows, side in zip(self._rows, catalogue.sides, strict=True)
        ]

        def fill(number: int) -> None:
            entry = catalogue.entries[number]
            rgba, slots = _square(*_pixels(entry, art, pool))
            made: list[np.ndarray] = []
            for rung in range(catalogue.tops[number], rungs):
                # The last size but one is twice as large: quicker, and the same average.
                larger = made[-2] if len(made) > 1 else rgba
                made.append(resized(larger, catalogue.sides[rung]))
                square = with_slots(made[-1], slots)
                self._squares[rung][self._rows[rung, number]] = square

        with ThreadPoolExecutor(threads or os.cpu_count()) as executor:
            list(executor.map(fill, range(count)))
        self._squares = [torch.from_numpy(squares).to(device) for squares in self._squares]

    @property
    def bytes(self) -> int:
        """Memory that the drawings take on the device."""
        return sum(squares.numel() for squares in self._squares)

    @property
    def device(self) -> torch.device:
        return self._squares[0].device

    def textures(self, rung: int, entries: np.ndarray) -> tuple[Tensor, Tensor]:
        """Drawings in the size `rung`: float32 [n,4,s,s], premultiplied RGBA 0..1, and their slots
        uint8 [n,s,s]."""
        rows = self._rows[rung, entries]
        if (rows < 0).any():
            raise ValueError(f"Some of the drawings {entries} are not kept in size {rung}.")
        squares = self._squares[rung].index_select(0, sent(rows, self.device))
        return squares[:, :4].float() / 255, squares[:, 4]


def resized(rgba: np.ndarray, side: int) -> np.ndarray:
    """A square drawing uint8 [L,L,4] with sides of `side` pixels. Colours are averaged over areas,
    as premultiplied ones may be."""
    if side == len(rgba):
        return rgba
    how = cv2.INTER_AREA if side < len(rgba) else cv2.INTER_LINEAR
    return cv2.resize(rgba, (side, side), interpolation=how)


def with_slots(rgba: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """A square drawing uint8 [s,s,4] with the slots uint8 [L,L] of the nearest pixels of another
    size: uint8 [PLANES,s,s].

    Slots go on into the soft edge around them, or the edge would keep its old colour as a halo.
    """
    side = len(rgba)
    if slots.any():
        slots = cv2.resize(slots, (side, side), interpolation=cv2.INTER_NEAREST_EXACT)
        for _ in range(2):
            around = cv2.dilate(slots, np.ones((3, 3), np.uint8))
            slots = np.where((slots == 0) & (rgba[..., 3] > 0), around, slots)
    else:
        slots = np.zeros((side, side), np.uint8)
    return np.concatenate([rgba.transpose(2, 0, 1), slots[None]])


def _pixels(entry: Entry, art, pool: ToonPool | None) -> tuple[np.ndarray, np.ndarray]:
    """A drawing as it is kept, and the slot of each of its pixels."""
    if entry.source is None:
        return _shadow(entry.side), np.zeros((entry.side, entry.side), np.uint8)
    if not isinstance(entry.source, int):
        rgba = art.rgba(entry.source)
        return rgba, np.zeros(rgba.shape[:2], np.uint8)
    drawing = pool.member(entry.source).drawing
    numbers = palette_slots(pool.rows[entry.source])
    lines = np.array([numbers.get(line.normal, 0) for line in drawing.sheet] + [0], np.uint8)
    return drawing.rgba, lines[drawing.table.entry][drawing.ids]


def _square(rgba: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The drawing in the middle of a square of its longer side."""
    height, width = slots.shape
    side = max(height, width)
    y, x = (side - height) // 2, (side - width) // 2
    out, numbers = np.zeros((side, side, 4), np.uint8), np.zeros((side, side), np.uint8)
    out[y : y + height, x : x + width] = rgba
    numbers[y : y + height, x : x + width] = slots
    return out, numbers


def _shadow(side: int) -> np.ndarray:
    """Black, dense in the middle, and nothing at the rim."""
    at = (np.arange(side) + 0.5) / side * 2 - 1
    reach = np.hypot(at, at[:, None]).clip(0, 1)
    out = np.zeros((side, side, 4), np.uint8)
    out[..., 3] = np.rint(255 * (1 - reach**2) ** 1.5)
    return out
