"""Nodes that turn Instances into pictures and masks: cut-outs, previews, MASKs."""

from __future__ import annotations

import torch
from comfy_api.latest import io, ui

from ..cartoon_models.instances import cut_out, cut_out_boxes, draw_overlay
from . import convert, shared, wire

CUT_MODES = {"crops": "crop", "full frame": "frame"}


class CelKitCutOutInstances(io.ComfyNode):
    """Characters with transparency."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitCutOutInstances",
            display_name="Cut Out Instances",
            category=shared.CATEGORY,
            description=(
                "Cuts each character out of its picture, with transparency (RGBA): as crops, or "
                "where it stands in the full frame."
            ),
            inputs=[
                shared.instances_input(),
                io.Image.Input("image", tooltip="The pictures that the characters are in."),
                io.Combo.Input(
                    "mode",
                    options=list(CUT_MODES),
                    default="crops",
                    tooltip="crops: cut to each character's box. full frame: everything keeps the "
                    "picture's size and its place.",
                ),
                io.Int.Input(
                    "margin",
                    default=0,
                    min=0,
                    max=4096,
                    tooltip="Pixels left around each box, for crops.",
                ),
                io.Boolean.Input(
                    "decontaminate",
                    default=True,
                    tooltip="Take the background's colour out of soft edges, so that no fringe "
                    "shows on another background.",
                ),
            ],
            outputs=[
                io.Image.Output(
                    display_name="cut-outs",
                    tooltip="One RGBA batch; smaller crops lie top left in the largest one's size.",
                ),
                io.Image.Output(
                    display_name="one by one",
                    is_output_list=True,
                    tooltip="The same as a list of single RGBA images, each in its own size.",
                ),
                wire.BoundingBox.Output(
                    display_name="boxes",
                    tooltip="Where each crop was in its picture.",
                ),
                shared.index_output(),
            ],
        )

    @classmethod
    def execute(
        cls, instances: list, image: torch.Tensor, mode: str, margin: int, decontaminate: bool
    ) -> io.NodeOutput:
        convert.check_choice("mode", mode, CUT_MODES)
        pairs = convert.with_pictures(instances, image, channels=4)
        found = [item for item, _ in pairs]
        cuts = [cut_out(p, item, CUT_MODES[mode], margin, decontaminate) for item, p in pairs]
        pieces = [piece for cut in cuts for piece in cut] or [torch.zeros(*found[0].size, 4)]
        boxes = [cut_out_boxes(item, margin) for item in found] if mode == "crops" else None
        return io.NodeOutput(
            convert.image_of(convert.padded(pieces)),
            [convert.image_of([piece]) for piece in pieces],
            convert.bounding_boxes(found, boxes),
            convert.picture_numbers(found),
        )


class CelKitPreviewInstances(io.ComfyNode):
    """The characters in colour with their numbers."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitPreviewInstances",
            display_name="Preview Instances",
            category=shared.CATEGORY,
            description="Shows the characters in colour, with the numbers that Select, Merge, "
            "Remove and Edit use.",
            inputs=[
                shared.instances_input(),
                io.Image.Input("image", tooltip="The pictures that the characters are in."),
                io.Boolean.Input("numbers", default=True, tooltip="Write the numbers."),
                io.Boolean.Input("boxes", default=False, tooltip="Draw the boxes."),
                io.Float.Input(
                    "opacity",
                    default=0.5,
                    min=0.0,
                    max=1.0,
                    step=0.05,
                    tooltip="How much of the picture the colours cover.",
                ),
            ],
            outputs=[
                io.Image.Output(display_name="preview", tooltip="One picture for each picture.")
            ],
            is_output_node=True,
        )

    @classmethod
    def execute(
        cls, instances: list, image: torch.Tensor, numbers: bool, boxes: bool, opacity: float
    ) -> io.NodeOutput:
        pairs = convert.with_pictures(instances, image)
        drawn = [draw_overlay(p, item, numbers, boxes, opacity) for item, p in pairs]
        preview = convert.image_of(drawn)
        return io.NodeOutput(preview, ui=ui.PreviewImage(preview, cls=cls))


class CelKitInstancesToMasks(io.ComfyNode):
    """Instances -> MASKs."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitInstancesToMasks",
            display_name="Instances to Masks",
            category=shared.CATEGORY,
            description="Gives the masks of the characters for any node that takes a MASK.",
            inputs=[
                shared.instances_input(),
                io.Float.Input(
                    "threshold",
                    default=0.0,
                    min=0.0,
                    max=1.0,
                    step=0.05,
                    tooltip="Above 0 the masks are hard: 1 where the soft mask reaches this. At 0 "
                    "they stay soft.",
                ),
            ],
            outputs=[
                io.Mask.Output(
                    display_name="masks",
                    tooltip="One mask per character, picture by picture; one of zeros if there is "
                    "none.",
                ),
                io.Mask.Output(
                    display_name="together", tooltip="One mask per picture: all its characters."
                ),
                io.Mask.Output(
                    display_name="background", tooltip="One mask per picture: what is no character."
                ),
                shared.index_output(),
                io.Int.Output(display_name="count", tooltip="How many characters in all pictures."),
            ],
        )

    @classmethod
    def execute(cls, instances: list, threshold: float) -> io.NodeOutput:
        if threshold > 0:
            instances = [i.replace(masks=(i.masks >= threshold).float()) for i in instances]
        return io.NodeOutput(
            convert.mask_batch(instances),
            convert.union_batch(instances),
            convert.background_batch(instances),
            convert.picture_numbers(instances),
            sum(len(item) for item in instances),
        )
