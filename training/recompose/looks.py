"""How a drawing of the bank is made to look this time: numbers for `recolor`, drawn by chance.

What happens is what `sprites.alter` and `toon.scene_colors.draw_change` do to drawings; instead of
turning all hues alike, a drawn figure mostly gets a palette of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .catalogue import SLOTS, Entry

GREY = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, eq=False)
class Look:
    """Changes of a drawing's colours; None: no such change.

    Attributes:
        old, change: float32 [SLOTS,3], flat colours 0..1 and what is to be added to them.
        matrix, offset, curve: [3,3], [3], [3]: color -> matrix @ color + offset, then
            color + curve * color * (1 - color) per channel.
        light: direction x, y, depth 0..1 and hard border (0..1, below 0: soft).
    """

    palette: tuple[np.ndarray, np.ndarray] | None = None
    tone: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    light: tuple[float, float, float, float] | None = None


def draw_look(rng: np.random.Generator, entry: Entry, strength: float = 1.0) -> Look:
    """A look for a drawing; each change happens by chance times `strength`."""
    chance = rng.random(4)
    drawn = len(entry.palette) > 0
    palette = tone = light = None
    # A figure without colour is of a comic that has none.
    colored = drawn and np.ptp(entry.palette.astype(int), axis=1).mean() >= 12
    if colored and chance[0] < 0.5 * strength:
        old, change = np.zeros((2, SLOTS, 3), np.float32)
        slots = slice(1, len(entry.palette) + 1)
        old[slots] = entry.palette / 255
        change[slots] = new_palette(rng, entry.palette, entry.skin) / 255 - old[slots]
        palette = old, change
    turning = (0.12 if drawn else 0.4) * strength
    if chance[1] < turning:
        tone = turned_hue(rng)
    elif chance[1] < turning + 0.16 * strength:  # plain: everything fades into one colour
        keep = rng.uniform(0.06, 0.55)
        tone = np.eye(3) * keep, rng.uniform(0.1, 1, 3) * (1 - keep), np.zeros(3)
    elif chance[1] < turning + 0.2 * strength:
        tone = np.tile(GREY, (3, 1)), np.zeros(3), np.zeros(3)
    if chance[2] < (0.12 if drawn else 0.25) * strength:
        angle = rng.uniform(0, 2 * np.pi)
        border = rng.uniform(0.3, 0.7) if rng.random() < 0.3 else -1.0
        light = float(np.cos(angle)), float(np.sin(angle)), float(rng.uniform(0.15, 0.55)), border
    return Look(palette, tone, light)


def new_palette(rng: np.random.Generator, palette: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Other colours 0..255 for a palette uint8 [K,3]: float32 [K,3].

    Greys stay nearly grey and, most often, skin stays skin (`skin` bool [K]): whites of eyes and
    ink belong to what makes a character one.
    """
    count = len(palette)
    colors = (palette.astype(np.float32) / 255)[None]
    hue, saturation, value = cv2.cvtColor(colors, cv2.COLOR_RGB2HSV)[0].T
    new_hue = hue + rng.uniform(0, 360) + rng.normal(0, 12, count)
    if rng.random() < 0.4:  # few hues, given to the parts anew
        scheme = rng.uniform(0, 360) + rng.choice([0, 30, 120, 180, 210], 3)
        new_hue = scheme[rng.integers(3, size=count)] + rng.normal(0, 8, count)
    saturation = saturation * rng.uniform(0.6, 1.4, count)
    value = value * rng.uniform(0.75, 1.25, count)
    kept = skin & (rng.random() < 0.7)
    new_hue = np.where(kept, hue + rng.normal(0, 4), new_hue) % 360
    new = np.stack([new_hue, saturation.clip(0, 1), value.clip(0.02, 1)], -1)
    return cv2.cvtColor(new[None].astype(np.float32), cv2.COLOR_HSV2RGB)[0] * 255


def turned_hue(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Another hue, saturation, brightness and tone curve: the numbers of `Look.tone`."""
    angle = rng.uniform(0, 2 * np.pi) if rng.random() < 0.5 else rng.normal(0, 0.3)
    axis = np.full(3, 3**-0.5)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) * 3**-0.5
    around = np.outer(axis, axis) * (1 - np.cos(angle))
    turn = np.eye(3) * np.cos(angle) + around + cross * np.sin(angle)
    strong = rng.uniform(0.5, 1.5)
    mixed = strong * np.eye(3) + (1 - strong) * np.tile(GREY, (3, 1))
    curve = rng.uniform(-0.6, 0.6, 3) if rng.random() < 0.5 else np.zeros(3)
    return mixed @ turn * rng.uniform(0.7, 1.25), np.zeros(3), curve
