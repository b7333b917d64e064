"""The trainings that are compared: each changes one thing of its network's baseline."""

from __future__ import annotations

from dataclasses import dataclass

DETECTOR, REFINER = "detector", "refiner"
# What every training is given, before what a variant changes.
COMMON = ("--scenes", "0.5")


@dataclass(frozen=True)
class Variant:
    """One training.

    Attributes:
        name: of its folder and its file of figures.
        asks: the question it answers, one sentence.
        network: "detector" or "refiner", and so the command that trains it.
        changes: options of that command, after those of the baseline, which they replace.
    """

    name: str
    asks: str
    network: str = DETECTOR
    changes: tuple[str, ...] = ()


VARIANTS = (
    Variant("baseline", "What are the other detectors compared with?"),
    Variant("tiny", "Is a smaller backbone enough?", changes=("--network", "tiny")),
    Variant("s", "Is a larger backbone better after as many steps?", changes=("--network", "s")),
    Variant(
        "scenes",
        "Do generated scenes do without compositions, that is, without public-domain figures?",
        changes=("--scenes", "1"),
    ),
    Variant(
        "compositions",
        "Do compositions of clip art and drawn figures do without generated scenes?",
        changes=("--scenes", "0", "--scene-look"),
    ),
    Variant(
        "public-domain",
        "Does public-domain art do without any figure of the generator?",
        changes=("--scenes", "0", "--scene-look", "--toons", "0"),
    ),
    Variant(
        "no-distractors",
        "Do figures that are no characters, in scenes, prevent false finds?",
        changes=("--distractors", "0"),
    ),
    Variant(
        "no-close-ups",
        "Does training need layouts that are close-ups?",
        changes=("--close-ups", "0"),
    ),
    Variant(
        "eighth",
        "What does an eighth of the drawings do, seen as often in all?",
        changes=("--art-share", "0.125"),
    ),
    Variant("refiner", "What does the refiner gain over the coarse masks?", REFINER),
    Variant(
        "refiner-plain",
        "What is the position-aware loss (L_ppa) worth?",
        REFINER,
        ("--side-loss", "plain"),
    ),
)
BASELINES = {DETECTOR: "baseline", REFINER: "refiner"}
