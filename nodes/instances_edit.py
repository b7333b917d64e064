"""Nodes that choose, order, join, repair and tag Instances."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from comfy_api.latest import io

from ..cartoon_models.instances import (
    MASK_MODES,
    ORDERS,
    Instances,
    chosen_indices,
    concatenate,
    edit_mask,
    merge_instances,
    remove_duplicates,
    remove_instances,
    resolve_overlaps,
    select_by_tag,
    select_instances,
    sort_instances,
)
from . import convert, shared

AS_IT_IS = "as it is"


class CelKitSelectInstances(io.ComfyNode):
    """Instances by number or by word."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSelectInstances",
            display_name="Select Instances",
            category=shared.CATEGORY,
            description="Keeps only the named characters, in the order they are named.",
            inputs=[
                shared.instances_input(),
                shared.which_input("largest", "Which to keep."),
                _skip_missing_input(),
            ],
            outputs=_outputs(),
        )

    @classmethod
    def execute(cls, instances: list, which: str, skip_missing: bool) -> io.NodeOutput:
        return _output(_where_named(select_instances, instances, which, skip_missing))


class CelKitSelectByTag(io.ComfyNode):
    """Instances by tag."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSelectByTag",
            display_name="Select Instances by Tag",
            category=shared.CATEGORY,
            description="Keeps only the characters that have the tags; see Tag Instances.",
            inputs=[
                shared.instances_input(),
                io.String.Input(
                    "tags",
                    default="",
                    placeholder="red_hair, hat",
                    tooltip="Tags with commas between them; case and spaces do not matter.",
                ),
                io.Combo.Input(
                    "match",
                    options=["any", "all"],
                    default="any",
                    tooltip="Whether one of the tags is enough, or all of them are needed.",
                ),
            ],
            outputs=_outputs(),
        )

    @classmethod
    def execute(cls, instances: list, tags: str, match: str) -> io.NodeOutput:
        return _output([select_by_tag(item, tags, match) for item in instances])


class CelKitRemoveInstances(io.ComfyNode):
    """All but the named instances."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitRemoveInstances",
            display_name="Remove Instances",
            category=shared.CATEGORY,
            description="Takes the named characters out and keeps the others.",
            inputs=[
                shared.instances_input(),
                shared.which_input("0", "Which to take out."),
                _skip_missing_input(),
            ],
            outputs=_outputs(),
        )

    @classmethod
    def execute(cls, instances: list, which: str, skip_missing: bool) -> io.NodeOutput:
        return _output(_where_named(remove_instances, instances, which, skip_missing))


class CelKitMergeInstances(io.ComfyNode):
    """Several instances as one."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitMergeInstances",
            display_name="Merge Instances",
            category=shared.CATEGORY,
            description=(
                "Makes one instance of the named ones, with all their tags: a rider and a horse, "
                "or a character that was found in two parts. It comes first, the others follow."
            ),
            inputs=[
                shared.instances_input(),
                shared.which_input("all", "Which to merge."),
                io.Boolean.Input(
                    "keep_others",
                    default=True,
                    tooltip="Keep the characters that were not merged, behind the merged one.",
                ),
                _skip_missing_input(),
            ],
            outputs=_outputs(),
        )

    @classmethod
    def execute(
        cls, instances: list, which: str, keep_others: bool, skip_missing: bool
    ) -> io.NodeOutput:
        merged = _where_named(merge_instances, instances, which, skip_missing)
        if keep_others:
            others = _where_named(remove_instances, instances, which, skip_missing)
            merged = [concatenate(one, rest) for one, rest in zip(merged, others, strict=True)]
        return _output(merged)


class CelKitJoinInstances(io.ComfyNode):
    """Instances of two sources together."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitJoinInstances",
            display_name="Join Instances",
            category=shared.CATEGORY,
            description=(
                "Puts the characters of two sources together: those that were found, and those "
                "from boxes or masks. Both are of the same pictures."
            ),
            inputs=[
                shared.instances_input("first", "These keep their numbers."),
                shared.instances_input("second", "These are numbered on."),
            ],
            outputs=_outputs(),
        )

    @classmethod
    def execute(cls, first: list, second: list) -> io.NodeOutput:
        return _output([concatenate(a, b) for a, b in convert.paired(first, second, "pictures")])


class CelKitArrangeInstances(io.ComfyNode):
    """Duplicates, order and overlaps of instances from anywhere."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitArrangeInstances",
            display_name="Arrange Instances",
            category=shared.CATEGORY,
            description=(
                "Leaves out duplicates, numbers the characters anew and shares out pixels that "
                "several of them claim, in this order."
            ),
            inputs=[
                shared.instances_input(),
                shared.duplicates_input(),
                io.Combo.Input(
                    "order",
                    options=[AS_IT_IS, *ORDERS],
                    default=AS_IT_IS,
                    tooltip="How the characters are numbered: from the left, from the largest, "
                    "or from the best score.",
                ),
                shared.overlaps_input(),
            ],
            outputs=_outputs(),
        )

    @classmethod
    def execute(
        cls, instances: list, duplicate_threshold: float, order: str, overlaps: str
    ) -> io.NodeOutput:
        if duplicate_threshold < 1:
            instances = [remove_duplicates(item, duplicate_threshold) for item in instances]
        if order != AS_IT_IS:
            instances = [sort_instances(item, order) for item in instances]
        if overlaps != shared.KEEP_OVERLAPS:
            instances = [resolve_overlaps(item, overlaps) for item in instances]
        return _output(instances)


class CelKitEditInstance(io.ComfyNode):
    """A mask added to an instance, or taken away from it."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitEditInstance",
            display_name="Edit Instance",
            category=shared.CATEGORY,
            description="Repairs the mask of one character with a mask: add what was missed, take "
            "away what does not belong to it.",
            inputs=[
                shared.instances_input(),
                io.Mask.Input("mask", tooltip="One mask of the picture's size, 1 = this part."),
                io.Int.Input(
                    "number",
                    default=0,
                    min=-1000,
                    max=1000,
                    tooltip="Which character: its number in the preview; -1 is the last.",
                ),
                io.Combo.Input(
                    "mode",
                    options=list(MASK_MODES),
                    default=MASK_MODES[0],
                    tooltip="add the mask, subtract it, replace the old mask by it, or keep what "
                    "is in both (intersect).",
                ),
                shared.picture_input(),
            ],
            outputs=_outputs(),
        )

    @classmethod
    def execute(
        cls, instances: list, mask: torch.Tensor, number: int, mode: str, picture: int
    ) -> io.NodeOutput:
        old = convert.of_picture(instances, picture)
        edited = list(instances)
        edited[picture] = edit_mask(old, number, convert.masks_of(mask), mode)
        return _output(edited)


def _skip_missing_input() -> io.Input:
    return io.Boolean.Input(
        "skip_missing",
        default=False,
        tooltip="Pass over numbers that a picture does not have, instead of stopping: for batches "
        "of pictures with different numbers of characters.",
    )


def _outputs() -> list[io.Output]:
    return [
        shared.instances_output(),
        io.Mask.Output(display_name="masks", tooltip="One mask per character."),
        shared.index_output(),
    ]


def _output(found: Sequence[Instances]) -> io.NodeOutput:
    return io.NodeOutput(list(found), convert.mask_batch(found), convert.picture_numbers(found))


def _where_named(
    change: Callable[[Instances, list[int]], Instances],
    found: Sequence[Instances],
    which: str,
    skip_missing: bool,
) -> list[Instances]:
    changed = []
    for number, item in enumerate(found):
        try:
            named = chosen_indices(item, which, skip_missing)
        except IndexError as error:
            if len(found) == 1:
                raise
            raise IndexError(
                f"In picture {number} of the batch: {error} Turn on skip_missing to pass over it."
            ) from None
        changed.append(change(item, named))
    return changed
