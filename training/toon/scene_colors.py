"""Other colours for a drawing that is there already, in its picture, labels and sheet alike.

A change is a function of the colour alone: what it does to the pixels it does to the table and the
colour design sheet, so that flat colours stay what is seen. Light that varies over a figure is left
out of them, as shading is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from ..backgrounds import recolor
from .labels import LabelTable, SheetEntry

# Takes and gives colours uint8 [h,w,3]; what comes out depends on each colour alone.
ColorChange = Callable[[np.ndarray], np.ndarray]


def draw_change(rng: np.random.Generator, strength: float = 1.0) -> ColorChange | None:
    """A change of one figure's colours, most often none."""
    chance, seed = rng.random(), int(rng.integers(2**63))
    amount = rng.random()
    if chance < 0.18 * strength:
        return lambda colors: recolor(np.random.default_rng(seed), colors)
    if chance < 0.34 * strength:  # plain: everything fades into one colour
        plain = np.random.default_rng(seed).integers(30, 250, 3)
        keep = 0.1 + 0.5 * amount
        return _table(np.arange(256)[:, None] * keep + plain * (1 - keep))
    if chance < 0.38 * strength:
        levels = 2 + int(4 * amount)
        steps = np.floor(np.arange(256) / 256 * levels) / max(levels - 1, 1) * 255
        return _table(np.repeat(steps[:, None], 3, 1))
    if chance < 0.4 * strength:
        return grey
    return None


def draw_mood(rng: np.random.Generator) -> ColorChange:
    """The light of a whole scene: night, sunset, sepia, haze, or a mild tint."""
    kind = rng.random()
    levels = np.arange(256)[:, None] / 255
    if kind < 0.22:  # night
        tint = np.array([0.5, 0.6, 1.0]) * rng.uniform(0.65, 1.05)
        return _table(255 * (0.03 + levels**1.1 * tint))
    if kind < 0.44:  # low sun
        tint = np.array([1.1, rng.uniform(0.7, 0.9), rng.uniform(0.45, 0.75)])
        return _table(255 * levels * tint)
    if kind < 0.54:
        sepia = _table(255 * (levels * 0.9 * np.array([1.0, 0.86, 0.66]) + 0.06))
        return lambda colors: sepia(grey(colors))
    if kind < 0.68:  # haze
        haze, share = rng.uniform(120, 245, 3), rng.uniform(0.15, 0.45)
        return _table(255 * levels * (1 - share) + haze * share)
    tint = rng.normal(1, 0.09, 3)
    gain, gamma = rng.uniform(0.75, 1.1), np.exp(rng.normal(0, 0.2))
    return _table(255 * levels**gamma * gain * tint)


def grey(colors: np.ndarray) -> np.ndarray:
    """Brightness alone."""
    return cv2.cvtColor(cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def changed_table(table: LabelTable, change: ColorChange) -> LabelTable:
    """The same labels with changed flat colours; row 0 stays as it is."""
    color = _each(change, table.color)
    color[0] = table.color[0]
    return replace(table, color=color)


def changed_sheet(sheet: tuple[SheetEntry, ...], change: ColorChange) -> tuple[SheetEntry, ...]:
    """The same colour design sheet with changed colours."""
    if not sheet:
        return sheet
    colors = np.array([[entry.normal, entry.highlight, entry.shadow] for entry in sheet], np.uint8)
    rows = _each(change, colors.reshape(-1, 3)).reshape(-1, 3, 3).tolist()
    return tuple(
        SheetEntry(entry.name, entry.category, *(tuple(color) for color in row))
        for entry, row in zip(sheet, rows, strict=True)
    )


def _each(change: ColorChange, colors: np.ndarray) -> np.ndarray:
    """Changed colours [R,3]. Each fills a row of its own: OpenCV rounds the last pixels of a row
    otherwise than the rest, by up to one level."""
    return change(np.repeat(colors[:, None], 64, axis=1))[:, 0].copy()


def _table(values: np.ndarray) -> ColorChange:
    table = np.rint(values).clip(0, 255).astype(np.uint8)[:, None]
    return lambda colors: cv2.LUT(colors, table)
