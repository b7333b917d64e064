"""Draws that several families make."""

from __future__ import annotations

import numpy as np

from ..model import Color


def light(rng: np.random.Generator) -> tuple[float, float]:
    """A direction to the light: from above, from either side."""
    angle = rng.uniform(-0.92 * np.pi, -0.08 * np.pi)
    return float(np.cos(angle)), float(np.sin(angle))


def seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def number(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def dark(rng: np.random.Generator, most: float = 0.2) -> Color:
    """A dark colour for ink: black, or brown, blue, violet."""
    grey = rng.uniform(0, most)
    return tuple(np.clip(grey + rng.uniform(-0.5, 0.7, 3) * grey, 0, 1).tolist())


def tint(rng: np.random.Generator) -> Color:
    """A colour that shadows tend to: mostly blue and violet, now and then warm."""
    options = ((0.3, 0.3, 0.8), (0.5, 0.25, 0.7), (0.25, 0.4, 0.6), (0.7, 0.35, 0.4))
    return options[rng.integers(len(options))]


def rarely(rng: np.random.Generator, chance: float, low: float, high: float) -> float:
    """A number from low to high, or 0 in most cases."""
    value = float(rng.uniform(low, high))
    return value if rng.random() < chance else 0.0
