"""Nodes that fill the background of a scene: on their own, or with other nodes between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from comfy_api.latest import io

from ..cartoon_models.scene import METHODS, Camera, LayeredScene
from ..cartoon_models.scene.plate.refill import (
    fill_scene,
    holes,
    plate_colors,
    to_fill,
    with_filled,
)
from ..cartoon_models.scene.plate.steps import (
    MULTIPLES,
    PreparedPlate,
    finish_plate,
    prepare_plate,
)
from ..cartoon_models.scene.reveal import missing_pixels
from . import convert, models, scene_shared, wire


class CelKitBackgroundPlate(io.ComfyNode):
    """LayeredScene -> LayeredScene with its background filled."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitBackgroundPlate",
            display_name="Background Plate",
            category=scene_shared.CATEGORY,
            description="Fills in what the characters hide, and what lies past the picture's "
            "edges. With a camera only what it shows is filled. Pixels that the picture shows "
            "stay as they are.",
            inputs=[
                scene_shared.scene_input(),
                io.Combo.Input(
                    "method",
                    options=list(METHODS),
                    default=METHODS[0],
                    tooltip="auto: whichever suits each hole. diffuse: smooth colours from the "
                    "rim. patchmatch: pieces of the background elsewhere. cv2: OpenCV's, for "
                    "comparison. Not used with a model.",
                ),
                io.Int.Input(
                    "seed",
                    default=0,
                    min=0,
                    max=2**32 - 1,
                    control_after_generate=False,
                    tooltip="Of patchmatch's search: another seed, other pieces.",
                ),
                scene_shared.camera_input(
                    optional=True, tooltip="Fill only what this camera shows."
                ),
                wire.InpaintModel.Input(
                    "inpaint_model",
                    optional=True,
                    tooltip="A LaMa-type model that fills instead: from a Load Inpaint Model node "
                    "of another pack.",
                ),
                io.Image.Input(
                    "plate",
                    optional=True,
                    tooltip="The background from another program, of the picture's size or of the "
                    "plate's: what is to be filled is taken from it.",
                ),
            ],
            outputs=[
                scene_shared.scene_output(),
                io.Image.Output(display_name="plate", tooltip="The background alone."),
                io.Mask.Output(display_name="hole", tooltip="1 where it was filled."),
                io.String.Output(
                    display_name="text", tooltip="How much of what the camera shows is there."
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        scene: list,
        method: str,
        seed: int,
        camera: list | None = None,
        inpaint_model: object = None,
        plate: torch.Tensor | None = None,
    ) -> io.NodeOutput:
        convert.check_choice("method", method, METHODS)
        pairs = with_cameras(scene, camera)
        given = None if plate is None else convert.pictures_of(plate)
        given = scene_shared.one_for_each(given, len(pairs), "plates")
        work = zip(pairs, given, models.progress_per_picture(len(pairs)), strict=True)
        scenes, holes, texts = [], [], []
        for (item, path), own, step in work:
            before = item
            if own is not None:
                item = with_filled(item, *_placed(item, own, to_fill(item, path)))
            fill = None if inpaint_model is None else models.inpainter(inpaint_model, step)
            done = fill_scene(item, path, method=method, fill=fill, seed=seed, progress=step)
            scenes.append(done.scene)
            changed = (done.scene.plate.rgba != before.plate.rgba).any(dim=2)
            holes.append(changed.float())
            texts.append(coverage_text(done.coverage, bool(missing_pixels(done.scene).any())))
        plates = [plate_colors(item) for item in scenes]
        return io.NodeOutput(
            scenes,
            convert.image_of(convert.padded(plates)),
            convert.image_of(holes),
            "\n".join(texts),
        )


class CelKitPreparePlate(io.ComfyNode):
    """LayeredScene -> what a sampler needs to paint its background."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitPreparePlate",
            display_name="Prepare Plate",
            category=scene_shared.CATEGORY,
            description="Makes the background ready for a sampler of your own: its holes filled "
            "roughly to start from, a mask of what to paint, and a prompt. Finish Plate puts the "
            "result back.",
            inputs=[
                scene_shared.scene_input(),
                io.String.Input(
                    "tags",
                    default="",
                    multiline=True,
                    placeholder="park, trees, path",
                    tooltip="What the background shows, with commas between; those about people "
                    "are left out of the prompt.",
                ),
                io.Combo.Input(
                    "multiple",
                    options=[str(number) for number in MULTIPLES],
                    default=str(MULTIPLES[0]),
                    tooltip="Of what the sides of the image are multiples: 8 for most models, 32 "
                    "or 64 for some.",
                ),
                io.Int.Input(
                    "context",
                    default=64,
                    min=-1,
                    max=16384,
                    tooltip="Pixels around the holes that the sampler sees. -1: the whole plate.",
                ),
                io.Combo.Input(
                    "method",
                    options=list(METHODS),
                    default=METHODS[0],
                    tooltip="How the holes are filled to start from; see Background Plate.",
                ),
                io.Int.Input(
                    "seed",
                    default=0,
                    min=0,
                    max=2**32 - 1,
                    control_after_generate=False,
                    tooltip="Of that filling; the sampler has its own.",
                ),
                scene_shared.camera_input(
                    optional=True, tooltip="Prepare only what this camera shows."
                ),
            ],
            outputs=[
                io.Image.Output(
                    display_name="image", is_output_list=True, tooltip="For VAE Encode."
                ),
                io.Mask.Output(
                    display_name="mask",
                    is_output_list=True,
                    tooltip="1 where to paint: for Set Latent Noise Mask.",
                ),
                wire.CelKitPlateWork.Output(
                    display_name="work", is_output_list=True, tooltip="For Finish Plate."
                ),
                io.String.Output(
                    display_name="prompt",
                    is_output_list=True,
                    tooltip="The tags of the background and words for quality.",
                ),
                io.String.Output(
                    display_name="negative",
                    is_output_list=True,
                    tooltip="What is not to be painted: characters.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        scene: list,
        tags: str,
        multiple: str,
        context: int,
        method: str,
        seed: int,
        camera: list | None = None,
    ) -> io.NodeOutput:
        convert.check_choice("multiple", multiple, map(str, MULTIPLES))
        convert.check_choice("method", method, METHODS)
        pairs = with_cameras(scene, camera)
        works = []
        for (item, path), step in zip(pairs, models.progress_per_picture(len(pairs)), strict=True):
            hole = to_fill(item, path)
            gone, wanted = holes(item, hole)
            prepared = prepare_plate(
                plate_colors(item),
                gone,
                reveal=wanted,
                tags=tags,
                multiple=int(multiple),
                context=None if context < 0 else context,
                method=method,
                seed=seed,
                progress=step,
            )
            works.append(PlateWork(item, hole, prepared))
        return io.NodeOutput(
            [convert.image_of([work.prepared.picture]) for work in works],
            [convert.image_of([work.prepared.mask]) for work in works],
            works,
            [work.prepared.prompt for work in works],
            [work.prepared.negative for work in works],
        )


class CelKitFinishPlate(io.ComfyNode):
    """What a sampler painted -> LayeredScene."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitFinishPlate",
            display_name="Finish Plate",
            category=scene_shared.CATEGORY,
            description="Puts what a sampler painted into the holes of the background: shifts and "
            "tints are undone, the seam is blended, and no other pixel changes.",
            is_input_list=True,
            inputs=[
                wire.CelKitPlateWork.Input("work", tooltip="From Prepare Plate."),
                io.Image.Input("image", tooltip="What the sampler painted, from VAE Decode."),
                io.Boolean.Input(
                    "fit",
                    default=True,
                    tooltip="Undo the sampler's shift and tint, measured around the holes, and "
                    "blend the seam.",
                ),
            ],
            outputs=[
                scene_shared.scene_output(),
                io.Image.Output(display_name="plate", tooltip="The background alone."),
            ],
        )

    @classmethod
    def execute(cls, work: list, image: list, fit: list) -> io.NodeOutput:
        # As lists, because the scenes of a batch have to come back as one batch: node by node they
        # would each meet the cameras of all the others.
        works, images, fits = _listed(work), _listed(image), _listed(fit)
        painted = [picture for each in images for picture in convert.pictures_of(each)]
        if len(painted) != len(works):
            wanted = "One painted plate is" if len(works) == 1 else f"{len(works)} plates are"
            raise ValueError(
                f"{wanted} wanted, but {len(painted)} came; give as many as Prepare Plate gave, in "
                f"their order."
            )
        scenes = []
        for item, picture in zip(works, painted, strict=True):
            plate = finish_plate(item.prepared, picture, fit=fits[0])
            scenes.append(with_filled(item.scene, plate.picture, item.hole))
        plates = [plate_colors(scene) for scene in scenes]
        return io.NodeOutput(scenes, convert.image_of(convert.padded(plates)))


@dataclass(frozen=True, eq=False)
class PlateWork:
    """What was handed out of a scene to be painted.

    Attributes:
        scene: the scene.
        hole: bool ``[Hp, Wp]``: the pixels of its plate that will be replaced.
        prepared: what the painter was given.
    """

    scene: LayeredScene
    hole: torch.Tensor
    prepared: PreparedPlate


def with_cameras(
    scenes: Sequence[LayeredScene], cameras: Sequence[Camera] | None
) -> list[tuple[LayeredScene, Camera | None]]:
    """Each scene with its camera, or with None where there is none."""
    if cameras is None:
        return [(scene, None) for scene in scenes]
    return scene_shared.paired(scenes, cameras)


def coverage_text(coverage: torch.Tensor | None, missing: bool = False) -> str:
    """A sentence about the least share of a frame that is there, or without a camera of whether
    something is missing still."""
    if coverage is not None:
        return f"At least {100 * float(coverage.min()):.1f} % of every frame is there."
    if missing:
        return (
            "There is no background to fill the rest from: the characters cover the picture. "
            "Connect a plate, or a model that fills."
        )
    return "Everything unknown was filled."


def _placed(
    scene: LayeredScene, picture: torch.Tensor, hole: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """A plate picture of either size on the plate's pixels, and the part of the hole it covers."""
    if picture.shape[:2] == hole.shape:
        return picture, hole
    convert.check_size(scene.size, tuple(picture.shape[:2]), "The plate")
    left, top = (-side for side in scene.plate.offset)
    place = (slice(top, top + scene.size[0]), slice(left, left + scene.size[1]))
    whole, covered = torch.zeros(*hole.shape, 3), torch.zeros_like(hole)
    whole[place], covered[place] = picture, hole[place]
    return whole, covered


def _listed(value: object) -> list:
    """What a node that takes lists is given; a caller that is not ComfyUI may give one thing."""
    return value if isinstance(value, list) else [value]
