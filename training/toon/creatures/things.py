"""Food and objects that mascots are."""

from __future__ import annotations

from . import food, objects
from .anatomy import round_
from .assembly import Assembly

# Colours of the body by thing.
THINGS: dict[str, tuple[str, ...]] = {
    "apple": ("red", "green", "yellow"),
    "lemon": ("yellow", "orange"),
    "strawberry": ("red", "pink"),
    "pumpkin": ("orange",),
    "carrot": ("orange",),
    "mushroom": ("cream", "sand"),
    "cactus": ("green", "teal"),
    "rice ball": ("white",),
    "bread": ("sand", "tan"),
    "cupcake": ("tan", "pink"),
    "ice cream": ("pink", "lilac", "cream"),
    "egg": ("white", "cream", "sky"),
    "mug": ("white", "sky", "red", "green"),
    "star": ("yellow", "orange", "sky"),
    "moon": ("yellow", "cream"),
    "sun": ("yellow", "orange"),
    "drop": ("sky", "blue"),
    "leaf": ("green", "olive"),
    "book": ("red", "blue", "green", "purple"),
    "gift": ("red", "sky", "pink", "green"),
    "bulb": ("yellow", "white"),
    "ball": ("white", "orange", "red"),
    "clock": ("red", "sky", "yellow"),
}


def add_thing(art: Assembly, looks) -> food.Places:
    """Adds it, standing on (0, 0). Gives the height of its eyes, half its width there, and where
    its shoulders are: x, y, and the top."""
    w, h = 0.85 * looks.width / 0.5, 1.5 * looks.height / 0.95
    gleam = round_(-0.45 * w, -0.75 * h, 0.13 * w, 0.07 * h, -0.7, 14)
    return {**food.ADD, **objects.ADD}[looks.thing](art, looks.thing, w, h, gleam)
