"""Nodes that give Instances tags: typed ones, or those that a tagger finds."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from comfy_api.latest import io

from ..cartoon_models.instances import Instances, set_tags
from . import convert, models, shared, wire


class CelKitLoadTagger(io.ComfyNode):
    """A folder with a WD tagger -> a tagger."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitLoadTagger",
            display_name="Load Tagger",
            category=shared.CATEGORY,
            description="Loads a WD tagger from a folder of its own in models/celkit.",
            inputs=[
                io.Combo.Input(
                    "folder",
                    options=models.tagger_choices() or [models.NO_TAGGER],
                    tooltip="A folder in models/celkit with selected_tags.csv and the network.",
                )
            ],
            outputs=[wire.CelKitTagger.Output(display_name="tagger", tooltip="For Tag Instances.")],
        )

    @classmethod
    def fingerprint_inputs(cls, folder: str | None = None) -> list[tuple]:
        return models.versions(models.tagger_files(folder) if folder else [])

    @classmethod
    def execute(cls, folder: str) -> io.NodeOutput:
        return io.NodeOutput(models.load_managed_tagger(folder))


class CelKitTagInstances(io.ComfyNode):
    """Tags for each instance."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitTagInstances",
            display_name="Tag Instances",
            category=shared.CATEGORY,
            description="Gives each character tags: typed ones, those that a tagger finds, or "
            "both.",
            inputs=[
                shared.instances_input(),
                io.String.Input(
                    "typed",
                    default="",
                    multiline=True,
                    placeholder="red hair, hat\nblue hair",
                    tooltip="Tags with commas between them, one line per character in the order "
                    "of their numbers; an empty line for one without. A single line is for all.",
                ),
                io.Boolean.Input(
                    "replace",
                    default=False,
                    tooltip="A typed line takes the place of the character's other tags, instead "
                    "of going before them.",
                ),
                _threshold_input("general_threshold", "a tag"),
                _threshold_input("character_threshold", "the name of a character"),
                wire.CelKitTagger.Input(
                    "tagger", optional=True, tooltip="From Load Tagger; needs the picture too."
                ),
                io.Image.Input(
                    "image", optional=True, tooltip="The pictures that the characters are in."
                ),
            ],
            outputs=[
                shared.instances_output(),
                io.String.Output(
                    display_name="text",
                    tooltip="A line per character: its names, then its tags, with commas.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        instances: list,
        typed: str,
        replace: bool,
        general_threshold: float,
        character_threshold: float,
        tagger: models.ManagedTagger | None = None,
        image: torch.Tensor | None = None,
    ) -> io.NodeOutput:
        if tagger is not None:
            thresholds = (general_threshold or None, character_threshold or None)
            instances = _tagged(instances, image, tagger, thresholds)
        instances = _with_typed(instances, typed, replace)
        lines = [line for item in instances for line in _lines(item)]
        return io.NodeOutput(instances, "\n".join(lines))


def _threshold_input(name: str, what: str) -> io.Input:
    return io.Float.Input(
        name,
        default=0.0,
        min=0.0,
        max=1.0,
        step=0.01,
        tooltip=f"How sure the tagger has to be of {what}. 0: the tagger's own threshold.",
    )


def _tagged(
    found: Sequence[Instances],
    image: torch.Tensor | None,
    tagger: models.ManagedTagger,
    thresholds: tuple[float | None, float | None],
) -> list[Instances]:
    if image is None:
        raise ValueError("The tagger needs the picture too: connect image.")
    pairs = convert.with_pictures(found, image)
    work = zip(pairs, models.progress_per_picture(len(pairs)), strict=True)
    return [tagger.tag(picture, item, *thresholds, progress=step) for (item, picture), step in work]


def _with_typed(found: Sequence[Instances], text: str, replace: bool) -> list[Instances]:
    lines, count = text.split("\n"), sum(len(item) for item in found)
    if not text.strip() or count == 0:
        return list(found)
    while len(lines) > count and not lines[-1].strip():  # nobody sees them in the text box
        lines.pop()
    if len(lines) == 1:
        lines = lines * count
    if len(lines) > count:
        raise ValueError(
            f"{len(lines)} lines of tags were typed for {count} characters; give one line for "
            f"each, or a single one for all."
        )
    rest = iter(lines + [""] * (count - len(lines)))
    return [_with_lines(item, [next(rest) for _ in range(len(item))], replace) for item in found]


def _with_lines(instances: Instances, lines: list[str], replace: bool) -> Instances:
    typed = set_tags(instances, lines).tags
    pairs = zip(typed, instances.tags, strict=True)
    tags = [new if replace and new else dict.fromkeys((*new, *old)) for new, old in pairs]
    return instances.replace(tags=tuple(tuple(entry) for entry in tags))


def _lines(instances: Instances) -> list[str]:
    pairs = zip(instances.characters, instances.tags, strict=True)
    return [", ".join((*names, *tags)) for names, tags in pairs]
