"""Nodes that make Instances: from a picture, from boxes, from masks."""

from __future__ import annotations

import torch
from comfy_api.latest import io

from ..cartoon_models.instances import ORDERS, PROMPTS, Instances, sort_instances
from ..cartoon_models.instances.parts import connected_parts
from . import convert, models, shared, wire

AS_GIVEN = "as given"
MASK_LAYOUTS = ("characters of one picture", "one mask per picture")


class CelKitLoadCharacterSegmenter(io.ComfyNode):
    """Loads the networks that find characters."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitLoadCharacterSegmenter",
            display_name="Load Character Segmenter",
            category=shared.CATEGORY,
            description=(
                "Loads the networks that find characters in cartoon and anime pictures. The small "
                "ones that come with CelKit work at once; published ones go into models/celkit."
            ),
            inputs=[
                io.Combo.Input(
                    "detector",
                    options=models.detector_choices(),
                    default=models.EMBEDDED,
                    tooltip="Finds the characters. embedded comes with CelKit; the others are "
                    "files in models/celkit.",
                ),
                io.Combo.Input(
                    "refiner",
                    options=models.refiner_choices(),
                    default=models.EMBEDDED,
                    tooltip="Sharpens the mask of each character. none keeps the detector's coarse "
                    "masks and is faster.",
                ),
                io.Combo.Input(
                    "precision",
                    options=["auto", *models.PRECISIONS],
                    default="auto",
                    tooltip="Number format of the refiner. auto: fp16 where the graphics card is "
                    "good at it, else fp32. bf16 is less exact. The detector always "
                    "computes in fp32.",
                ),
                io.Boolean.Input(
                    "download",
                    default=False,
                    tooltip="Fetch a published file that is not there yet. Off: nothing is ever "
                    "downloaded, and the error says where to get the file.",
                ),
            ],
            outputs=[
                wire.CelKitSegmenter.Output(
                    display_name="segmenter", tooltip="For the nodes that segment."
                )
            ],
        )

    @classmethod
    def fingerprint_inputs(
        cls, detector: str | None = None, refiner: str | None = None, **_: object
    ) -> list[tuple]:
        choices = [choice for choice in (detector, refiner) if choice]
        return models.versions(file for choice in choices for file in models.weights_files(choice))

    @classmethod
    def execute(cls, detector: str, refiner: str, precision: str, download: bool) -> io.NodeOutput:
        return io.NodeOutput(models.load_managed_segmenter(detector, refiner, precision, download))


class CelKitSegmentCharacters(io.ComfyNode):
    """IMAGE -> Instances."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSegmentCharacters",
            display_name="Segment Characters",
            category=shared.CATEGORY,
            description="Finds every character in each picture and gives each one a soft mask.",
            inputs=[
                shared.segmenter_input(),
                io.Image.Input("image", tooltip="One picture or a batch, of any size."),
                io.Float.Input(
                    "score_threshold",
                    default=0.3,
                    min=0.0,
                    max=1.0,
                    step=0.01,
                    tooltip="How sure the detector has to be. Lower finds more characters and "
                    "makes more mistakes.",
                ),
                io.Int.Input(
                    "max_instances",
                    default=100,
                    min=1,
                    max=1000,
                    tooltip="At most this many characters per picture; the best ones are kept.",
                ),
                shared.refine_input(),
                io.Combo.Input(
                    "order",
                    options=list(ORDERS),
                    default=ORDERS[0],
                    tooltip="How the characters are numbered: from the left, from the largest, "
                    "or from the best score.",
                ),
                shared.overlaps_input(),
                shared.duplicates_input(),
                io.Int.Input(
                    "detector_size",
                    default=0,
                    min=0,
                    max=4096,
                    step=32,
                    optional=True,
                    tooltip="Long side of what the detector sees. 0: the size it was trained at. "
                    "Larger finds smaller characters and takes longer.",
                ),
                shared.refiner_size_input(),
            ],
            outputs=shared.found_outputs(),
        )

    @classmethod
    def execute(
        cls,
        segmenter: models.ManagedSegmenter,
        image: torch.Tensor,
        refine: str,
        duplicate_threshold: float,
        detector_size: int = 0,
        refiner_size: int = 0,
        **options: object,
    ) -> io.NodeOutput:
        pictures = convert.pictures_of(image)
        options |= shared.segment_options(
            refine, detector_size=detector_size, refiner_size=refiner_size
        )
        options["duplicate_threshold"] = duplicate_threshold if duplicate_threshold < 1 else None
        work = zip(pictures, models.progress_per_picture(len(pictures)), strict=True)
        found = [segmenter.segment(picture, progress=step, **options) for picture, step in work]
        return shared.found_output(found, pictures)


class CelKitSegmentBoxes(io.ComfyNode):
    """IMAGE and boxes -> one instance per box."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSegmentBoxes",
            display_name="Segment Boxes",
            category=shared.CATEGORY,
            description=(
                "Gives the character in each box a soft mask: one instance per box, in the order "
                "of the boxes."
            ),
            inputs=[
                shared.segmenter_input(),
                io.Image.Input("image", tooltip="One picture or a batch, of any size."),
                io.Combo.Input(
                    "prompt",
                    options=list(PROMPTS),
                    default=PROMPTS[0],
                    tooltip="box: the refiner draws the mask from the filled box. match: the "
                    "detector's own candidate that fits the box best is taken.",
                ),
                shared.refine_input(can_be_off=False),
                shared.overlaps_input(),
                io.String.Input(
                    "boxes_text",
                    default="",
                    multiline=True,
                    placeholder="[[x1, y1, x2, y2], ...] in pixels",
                    tooltip="Boxes as JSON: [[x1, y1, x2, y2], ...] in pixels, or a list of such "
                    "lists, one per picture. They come after those of the boxes input.",
                ),
                io.MultiType.Input(
                    "boxes",
                    [wire.BoundingBox, wire.PlainBoxes],
                    optional=True,
                    tooltip="Boxes of other nodes: BOUNDING_BOX, or a list of [x1, y1, x2, y2].",
                ),
                shared.refiner_size_input(),
            ],
            outputs=shared.found_outputs(),
        )

    @classmethod
    def execute(
        cls,
        segmenter: models.ManagedSegmenter,
        image: torch.Tensor,
        refine: str,
        boxes_text: str,
        boxes: object = None,
        refiner_size: int = 0,
        **options: object,
    ) -> io.NodeOutput:
        pictures = convert.pictures_of(image)
        options |= shared.segment_options(refine, refiner_size=refiner_size)
        prompts = convert.boxes_per_picture(boxes, boxes_text, len(pictures))
        work = zip(pictures, prompts, models.progress_per_picture(len(pictures)), strict=True)
        found = [segmenter.segment_boxes(p, b, progress=step, **options) for p, b, step in work]
        return shared.found_output(found, pictures)


class CelKitInstancesFromMasks(io.ComfyNode):
    """MASK -> Instances."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitInstancesFromMasks",
            display_name="Instances from Masks",
            category=shared.CATEGORY,
            description=(
                "Makes instances of any masks: those of another segmenter, of a background "
                "remover, or drawn by hand. Empty masks are left out. With a picture and a "
                "segmenter the masks are refined."
            ),
            inputs=[
                io.Mask.Input("masks", tooltip="Masks that are 1 (white) inside the character."),
                io.Combo.Input(
                    "layout",
                    options=list(MASK_LAYOUTS),
                    default=MASK_LAYOUTS[0],
                    tooltip="What the batch of masks is: the characters of one picture, or one "
                    "mask for each picture of a batch.",
                ),
                io.Boolean.Input(
                    "invert",
                    default=False,
                    tooltip="Turn the masks round. The MASK of Load Image is 1 where the picture "
                    "is transparent, so it needs this; a mask drawn in the mask editor does not.",
                ),
                io.Boolean.Input(
                    "split",
                    default=False,
                    tooltip="Make an instance of each connected part of a mask.",
                ),
                io.Int.Input(
                    "min_area",
                    default=64,
                    min=1,
                    max=2**30,
                    tooltip="Parts smaller than this many pixels are left out, if split is on.",
                ),
                io.Combo.Input(
                    "order",
                    options=[AS_GIVEN, *ORDERS],
                    default=AS_GIVEN,
                    tooltip="How the instances are numbered.",
                ),
                shared.refine_input(),
                io.Image.Input(
                    "image", optional=True, tooltip="The picture, for refining; one, or one each."
                ),
                shared.segmenter_input(
                    optional=True,
                    tooltip="Refines the masks; needs the picture too. Without it they stay as "
                    "they are.",
                ),
            ],
            outputs=[
                shared.instances_output(),
                io.Mask.Output(display_name="masks", tooltip="One mask per instance."),
                shared.index_output(),
            ],
        )

    @classmethod
    def execute(
        cls,
        masks: torch.Tensor,
        layout: str,
        invert: bool,
        split: bool,
        min_area: int,
        order: str,
        refine: str,
        image: torch.Tensor | None = None,
        segmenter: models.ManagedSegmenter | None = None,
    ) -> io.NodeOutput:
        convert.check_choice("layout", layout, MASK_LAYOUTS)
        groups = convert.mask_groups(masks, layout == MASK_LAYOUTS[1], invert)
        if split:
            groups = [connected_parts(group, min_area) for group in groups]
        found = [Instances.from_masks(group) for group in groups]
        if segmenter is not None and refine != shared.REFINE_OFF:
            found = _refined(found, image, segmenter, refine)
        if order != AS_GIVEN:
            found = [sort_instances(instances, order) for instances in found]
        return io.NodeOutput(found, convert.mask_batch(found), convert.picture_numbers(found))


def _refined(
    found: list[Instances],
    image: torch.Tensor | None,
    segmenter: models.ManagedSegmenter,
    refine: str,
) -> list[Instances]:
    if image is None:
        raise ValueError(
            "Refining masks needs the picture too: connect image, or set refine to off."
        )
    pairs = convert.paired(found, convert.pictures_of(image), "pictures")
    for rough, picture in pairs:
        (height, width), size = rough.size, picture.shape[:2]
        if (height, width) != tuple(size):
            raise ValueError(
                f"The masks are {width} x {height}, but the picture is {size[1]} x {size[0]}; "
                f"both have to be of one size. (Load Image gives an empty mask of 64 x 64 for a "
                f"picture without transparency.)"
            )
    work = zip(pairs, models.progress_per_picture(len(pairs)), strict=True)
    return [
        segmenter.segment_masks(picture, rough.masks, refine_mode=refine, progress=step)
        for (rough, picture), step in work
    ]
