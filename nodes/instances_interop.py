"""Nodes that hand Instances on to other packs and to core: SEGS, detectors, boxes, layers."""

from __future__ import annotations

import torch
from comfy_api.latest import io

from ..cartoon_models.instances import Instances
from . import convert, models, shared, wire


class CelKitInstancesToSEGS(io.ComfyNode):
    """Instances -> SEGS."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitInstancesToSEGS",
            display_name="Instances to SEGS",
            category=shared.CATEGORY,
            description="Gives the characters as SEGS, which detailer packs take.",
            inputs=[
                shared.instances_input(),
                io.Float.Input(
                    "crop_factor",
                    default=1.5,
                    min=1.0,
                    max=10.0,
                    step=0.1,
                    tooltip="The region that a detailer works on: the box, this many times as "
                    "large.",
                ),
                io.Int.Input(
                    "drop_size",
                    default=1,
                    min=1,
                    max=8192,
                    tooltip="Characters not wider and higher than this many pixels are left out.",
                ),
                shared.picture_input(),
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="The pictures, if the SEGS are to hold a crop of each character.",
                ),
            ],
            outputs=[wire.Segs.Output(display_name="segs", tooltip="Of one picture.")],
        )

    @classmethod
    def execute(
        cls,
        instances: list,
        crop_factor: float,
        drop_size: int,
        picture: int,
        image: torch.Tensor | None = None,
    ) -> io.NodeOutput:
        found, seen = convert.of_picture(instances, picture), None
        if image is not None:
            found, seen = convert.of_picture(convert.with_pictures(instances, image), picture)
        return io.NodeOutput(convert.segs_of(found, seen, crop_factor, drop_size))


class CelKitSegmDetector(io.ComfyNode):
    """Segmenter -> SEGM_DETECTOR."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSegmDetector",
            display_name="Segmenter to SEGM_DETECTOR",
            category=shared.CATEGORY,
            description="Makes a detector of the segmenter that detailer packs can use: it finds "
            "characters where theirs find people or faces.",
            inputs=[shared.segmenter_input(), shared.refine_input()],
            outputs=[
                wire.SegmDetector.Output(
                    display_name="segm_detector", tooltip="For the detector nodes of other packs."
                )
            ],
        )

    @classmethod
    def execute(cls, segmenter: models.ManagedSegmenter, refine: str) -> io.NodeOutput:
        return io.NodeOutput(CharacterDetector(segmenter, refine))


class CelKitInstancesToBoundingBox(io.ComfyNode):
    """Instances -> BOUNDING_BOX."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitInstancesToBoundingBox",
            display_name="Instances to Bounding Boxes",
            category=shared.CATEGORY,
            description="Gives the box of each character: as BOUNDING_BOX for ComfyUI's own box "
            "nodes, and as text.",
            inputs=[shared.instances_input()],
            outputs=[
                wire.BoundingBox.Output(
                    display_name="boxes",
                    tooltip="A list of boxes; of a batch, a list of such lists, one per picture.",
                ),
                io.String.Output(
                    display_name="text", tooltip="The same as JSON: [[x1, y1, x2, y2], ...]."
                ),
            ],
        )

    @classmethod
    def execute(cls, instances: list) -> io.NodeOutput:
        return io.NodeOutput(convert.bounding_boxes(instances), convert.boxes_text(instances))


class CelKitInstancesToLayers(io.ComfyNode):
    """Instances -> LAYERS; only where the core has them."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitInstancesToLayers",
            display_name="Instances to Layers",
            category=shared.CATEGORY,
            description="Makes a layer of each character for ComfyUI's layered image nodes; the "
            "first character lies on top.",
            inputs=[
                shared.instances_input(),
                io.Image.Input("image", tooltip="The pictures that the characters are in."),
                io.Combo.Input(
                    "bottom",
                    options=list(convert.BOTTOM_LAYERS),
                    default=convert.BOTTOM_LAYERS[0],
                    tooltip="The lowest layer: the picture with holes where the characters are, "
                    "the whole picture, or none.",
                ),
                shared.picture_input(),
            ],
            outputs=[wire.Layers.Output(display_name="layers", tooltip="Of one picture.")],
        )

    @classmethod
    def execute(
        cls, instances: list, image: torch.Tensor, bottom: str, picture: int
    ) -> io.NodeOutput:
        found, seen = convert.of_picture(convert.with_pictures(instances, image), picture)
        return io.NodeOutput(convert.layers_of(found, seen, bottom))


class CharacterDetector:
    """A segmenter as detailer packs expect a SEGM_DETECTOR: three methods, called by name."""

    def __init__(self, segmenter: models.ManagedSegmenter, refine: str) -> None:
        self._segmenter = segmenter
        self._options = shared.segment_options(refine)

    def detect(
        self,
        image: torch.Tensor,
        threshold: float,
        dilation: int,
        crop_factor: float,
        drop_size: int = 1,
        detailer_hook: object = None,
    ) -> tuple:
        """SEGS of the one picture in ``image`` ``[1, H, W, C]``."""
        picture, found = self._found(image, threshold, dilation)
        segs = convert.segs_of(found, picture, crop_factor, drop_size)
        if hasattr(detailer_hook, "post_detection"):
            segs = detailer_hook.post_detection(segs)
        return segs

    def detect_combined(
        self, image: torch.Tensor, threshold: float, dilation: int
    ) -> torch.Tensor | None:
        """All characters as one mask ``[H, W]``; None if there is none, as callers expect."""
        _, found = self._found(image, threshold, dilation)
        return found.union().cpu() if len(found) else None

    def setAux(self, _: object) -> None:
        """Other detectors take a list of class names here; ours knows one class."""

    def _found(
        self, image: torch.Tensor, threshold: float, dilation: int
    ) -> tuple[torch.Tensor, Instances]:
        pictures = convert.pictures_of(image)
        if len(pictures) > 1:
            raise ValueError(
                f"A detector takes one picture at a time, but {len(pictures)} came; "
                f"use Segment Characters for a batch."
            )
        (step,) = models.progress_per_picture(1)
        found = self._segmenter.segment(
            pictures[0], score_threshold=threshold, progress=step, **self._options
        )
        return pictures[0], found.replace(masks=convert.dilated(found.masks, dilation))
