"""An open book in both hands."""

from __future__ import annotations

import numpy as np

from .skeleton import Rig
from .sketch import Sketch, stroke


def add_book(sketch: Sketch, rig: Rig, layer: float, before: float) -> None:
    """Two covers with their pages, turned to the eyes; `before` is the layer of a book that is
    nearer to us than the head."""
    hands = rig.joints["left_hand"], rig.joints["right_hand"]
    gap = hands[0] - hands[1]
    size = 0.34 + 0.05 * rig.looks.body.heads
    along = gap / (np.linalg.norm(gap) + 1e-6) if np.linalg.norm(gap) > 0.1 else rig.chest[:, 0]
    eyes = rig.joints["head"] - (hands[0] + hands[1]) / 2
    eyes = eyes - along * float(eyes @ along)
    eyes = eyes / (np.linalg.norm(eyes) + 1e-6)
    high = np.cross(eyes, along)  # the height of a page
    if high @ rig.head[:, 1] > 0:
        high = -high
    middle = (hands[0] + hands[1]) / 2 + high * size * 0.25
    tall, wide = high * size * 0.5, along * size * 0.72
    opened = eyes * size * 0.22
    layer = before if middle[2] > rig.joints["head"][2] + 0.1 else layer

    def panel(sign: float, share: float, depth: float) -> np.ndarray:
        outer = middle + sign * wide * share + opened * share + eyes * depth
        inner = middle + eyes * depth
        corners = (inner - tall * share, inner + tall * share)
        return np.array([*corners, outer + tall * share, outer - tall * share])[:, :2]

    for side, sign in (("left", 1.0), ("right", -1.0)):
        cover, pages = panel(sign, 1.0, 0.0), panel(sign, 0.93, 0.03)
        parts = [("book.cover", cover, "bag", ()), ("book.pages", pages, "under", _lines(pages))]
        if _towards(rig, eyes, sign * wide + opened, tall) < 0:
            parts = parts[::-1]  # the outside of the cover hides them
        for k, (name, outline, color, strokes) in enumerate(parts):
            sketch.add(
                layer + 0.02 * k,
                f"{name}.{side}",
                outline,
                "clothes",
                color,
                "spine",
                strokes=strokes,
                outlined=0.8,
            )


def _towards(rig: Rig, eyes: np.ndarray, across: np.ndarray, tall: np.ndarray) -> float:
    """How much the pages of a panel look at us."""
    normal = np.cross(across, tall)
    return float(normal[2] if normal @ eyes > 0 else -normal[2])


def _lines(pages: np.ndarray) -> list:
    """Lines of writing."""
    a, b, c, d = pages
    out = []
    for t in (0.25, 0.45, 0.65, 0.82):
        left, right = a + (b - a) * t, d + (c - d) * t
        out.append(stroke([left + (right - left) * 0.15, left + (right - left) * 0.85], 0.35))
    return out
