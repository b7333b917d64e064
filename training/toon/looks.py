"""How the head of a cartoon figure looks. Head height is 1, its middle (0, 0), y down."""

from __future__ import annotations

from dataclasses import dataclass

from .pen import Color

HAIR = (
    "short",
    "bob",
    "long",
    "twin tails",
    "ponytail",
    "spiky",
    "curly",
    "braids",
    "buns",
    "bald",
)
EXTRAS = (
    "none",
    "none",
    "none",
    "ribbon",
    "cat ears",
    "hat",
    "cap",
    "horns",
    "glasses",
    "crown",
    "hood",
    "headband",
    "witch hat",
)


@dataclass
class Head:
    """The looks of a head; `yaw` and `pitch` move the face's features, -1..1."""

    skin: Color
    hair: Color
    eyes: Color
    accent: Color
    style: str
    yaw: float
    pitch: float
    width: float
    eye_size: float
    extra: str
