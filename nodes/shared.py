"""Inputs and outputs that several nodes of the family have, so that they look alike."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from comfy_api.latest import io
from torch import Tensor

from ..cartoon_models.instances import OVERLAP_RULES, REFINE_MODES, Instances, draw_overlay
from . import convert, wire

CATEGORY = "CelKit/instances"
REFINE_OFF = "off"
KEEP_OVERLAPS = "keep"

log = logging.getLogger("celkit")


def segmenter_input(**options: object) -> io.Input:
    """The networks."""
    tooltip = options.pop("tooltip", "From Load Character Segmenter.")
    return wire.CelKitSegmenter.Input("segmenter", tooltip=tooltip, **options)


def instances_input(name: str = "instances", tooltip: str = "The characters.") -> io.Input:
    """Instances of one picture or of a batch."""
    return wire.CelKitInstances.Input(name, tooltip=tooltip)


def instances_output() -> io.Output:
    """Instances, one entry per picture."""
    return wire.CelKitInstances.Output(
        display_name="instances", tooltip="The characters, picture by picture."
    )


def index_output() -> io.Output:
    """Which picture each item of a batch over all pictures came from."""
    return io.String.Output(
        display_name="index",
        tooltip="For each item of the batch the number of its picture, counted from 0: [0, 0, 1].",
    )


def which_input(default: str, tooltip: str) -> io.Input:
    """A choice of instances by number or by word."""
    return io.String.Input(
        "which",
        default=default,
        tooltip=tooltip + " Numbers from 0 as in the preview (0,2-4), all, largest, smallest, "
        "leftmost, rightmost, topmost, bottommost or best score; largest 3 names three of them.",
    )


def picture_input() -> io.Input:
    """Which picture of a batch is meant where only one can be."""
    return io.Int.Input(
        "picture",
        default=0,
        min=-4096,
        max=4096,
        tooltip="Which picture of a batch, counted from 0; -1 is the last.",
    )


def refine_input(can_be_off: bool = True) -> io.Input:
    """How masks are refined."""
    modes = [*REFINE_MODES, REFINE_OFF] if can_be_off else list(REFINE_MODES)
    return io.Combo.Input(
        "refine",
        options=modes,
        default=REFINE_MODES[0],
        tooltip="frame: the refiner sees the whole picture. crop: it sees each character on its "
        "own, so that small ones keep their detail. detail: as crop, and large ones are looked at "
        "again along the edge, at full resolution. auto: frame for a picture that the refiner can "
        "see whole, detail for a larger one." + (" off: coarse masks." if can_be_off else ""),
    )


def refiner_size_input() -> io.Input:
    """The size that the refiner works at."""
    return io.Int.Input(
        "refiner_size",
        default=0,
        min=0,
        max=4096,
        step=32,
        optional=True,
        tooltip="Long side of what the refiner sees. 0: the size it was trained at.",
    )


def duplicates_input() -> io.Input:
    """Whether characters inside others are left out."""
    return io.Float.Input(
        "duplicate_threshold",
        default=1.0,
        min=0.0,
        max=1.0,
        step=0.05,
        tooltip="A character of which more than this share lies inside larger ones is left out. "
        "1 keeps all of them.",
    )


def overlaps_input() -> io.Input:
    """What happens where masks overlap."""
    return io.Combo.Input(
        "overlaps",
        options=[KEEP_OVERLAPS, *OVERLAP_RULES],
        default=KEEP_OVERLAPS,
        tooltip="Who has a pixel that several characters claim. keep: all of them. front: the one "
        "with the lower number. score: the one with the better score. area: the smaller one. "
        "soft: all of them in proportion.",
    )


def segment_options(refine: str, **sizes: int) -> dict[str, object]:
    """What the widgets of refine_input and of the sizes say, as Segmenter takes it."""
    options: dict[str, object] = {name: size or None for name, size in sizes.items()}
    if refine == REFINE_OFF:
        return options | {"refine": False}
    return options | {"refine_mode": refine}


def found_outputs() -> list[io.Output]:
    """What the nodes that find characters give."""
    return [
        instances_output(),
        io.Mask.Output(
            display_name="masks",
            tooltip="One mask per character, picture by picture; one of zeros if there is none.",
        ),
        io.Mask.Output(
            display_name="background", tooltip="One mask per picture: what is no character."
        ),
        io.Image.Output(
            display_name="preview", tooltip="The pictures with the characters in colour."
        ),
        index_output(),
    ]


def found_output(found: Sequence[Instances], pictures: Sequence[Tensor]) -> io.NodeOutput:
    """The values of found_outputs, and a line in the log for a picture without a character."""
    for number, instances in enumerate(found):
        if len(instances) == 0:
            log.info("No character was found in picture %d of %d.", number, len(found))
    overlays = [draw_overlay(p, item) for p, item in zip(pictures, found, strict=True)]
    return io.NodeOutput(
        list(found),
        convert.mask_batch(found),
        convert.background_batch(found),
        convert.image_of(overlays),
        convert.picture_numbers(found),
    )
