"""Nodes that take pictures apart into layered scenes, and what gives them depth."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import torch
from comfy_api.latest import io

from ..cartoon_models.scene import LayeredScene, build_scene, scene_from_layers
from ..cartoon_models.scene.depth.anchor import MODES
from ..cartoon_models.scene.depth.guess import guess_depth
from ..cartoon_models.scene.depth.reading import KINDS, POLARITIES, Depth, read_depth
from ..cartoon_models.scene.show import disparity_text
from . import convert, models, scene_shared, shared, wire

FILLS = {"later, by Background Plate": "none", "now": "auto"}
NO_MODEL = "none"

log = logging.getLogger("celkit")


class CelKitBuildLayeredScene(io.ComfyNode):
    """IMAGE and Instances -> LayeredScene."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitBuildLayeredScene",
            display_name="Build Layered Scene",
            category=scene_shared.CATEGORY,
            description="Takes a picture apart: each character becomes a layer of its own before "
            "the background, with clean edges, in the order in which they hide each other, each "
            "at its depth.",
            inputs=[
                io.Image.Input("image", tooltip="One picture or a batch."),
                shared.instances_input(),
                io.Combo.Input(
                    "anchor",
                    options=list(MODES),
                    default=MODES[0],
                    tooltip="Where a character stands. foot: where it touches the ground. mean, "
                    "median: of its depth. plane: slanted. relief: with a shape of its own.",
                ),
                io.Float.Input(
                    "margin",
                    default=10.0,
                    min=0.0,
                    max=100.0,
                    step=1.0,
                    tooltip="Background that goes on past each side of the picture, in percent of "
                    "its width: room for the camera.",
                ),
                io.Combo.Input(
                    "fill",
                    options=list(FILLS),
                    default="now",
                    tooltip="When what the characters hide is filled in. now: all of it. later: "
                    "Background Plate fills only what the camera shows, which is quicker.",
                ),
                io.Boolean.Input(
                    "occluders",
                    default=True,
                    tooltip="Make layers of background that stands before a character, such as a "
                    "desk or a railing. Needs a depth picture.",
                ),
                io.MultiType.Input(
                    "depth",
                    [wire.CelKitDepth, io.Image, io.Mask],
                    optional=True,
                    tooltip="From Scene Depth, or any depth picture. Without it depth is guessed "
                    "from where the characters stand.",
                ),
                io.Image.Input(
                    "plate",
                    optional=True,
                    tooltip="The background without the characters, from another program: of the "
                    "picture's size, or with the margin around it.",
                ),
                io.Boolean.Input(
                    "complete",
                    default=True,
                    optional=True,
                    tooltip="Add to each mask the drawn pieces beside it that it misses, such as a "
                    "hand or an ear. Off: the masks as they are, which is better for exact ones.",
                ),
            ],
            outputs=[
                scene_shared.scene_output(),
                io.String.Output(
                    display_name="text", tooltip="The layers, from the farthest to the nearest."
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        image: torch.Tensor,
        instances: list,
        anchor: str,
        margin: float,
        fill: str,
        occluders: bool,
        depth: object = None,
        plate: torch.Tensor | None = None,
        complete: bool = True,
    ) -> io.NodeOutput:
        convert.check_choice("anchor", anchor, MODES)
        convert.check_choice("fill", fill, FILLS)
        pairs = convert.with_pictures(instances, image, 4 if image.shape[-1] == 4 else 3)
        depths = scene_shared.one_for_each(_depths(depth), len(pairs), "depths")
        plates = None if plate is None else convert.pictures_of(plate, 4)
        plates = scene_shared.one_for_each(plates, len(pairs), "plates")
        work = zip(pairs, depths, plates, models.progress_per_picture(len(pairs)), strict=True)
        scenes = [
            build_scene(
                picture,
                found,
                own_depth,
                own_plate,
                mode=anchor,
                margin=margin / scene_shared.PERCENT,
                occluders=occluders,
                complete=complete,
                fill=FILLS[fill],
                progress=step,
            )
            for (found, picture), own_depth, own_plate, step in work
        ]
        return io.NodeOutput(scenes, scenes_text(scenes))


class CelKitSceneDepth(io.ComfyNode):
    """A depth picture, a network or a guess -> Depth."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSceneDepth",
            display_name="Scene Depth",
            category=scene_shared.CATEGORY,
            description="Reads the depth picture of any estimator: which end is near is found by "
            "asking the characters, and its edges are moved to theirs. Without a depth picture and "
            "without a model the depth is guessed from where the characters stand.",
            inputs=[
                shared.instances_input(tooltip="The characters of the picture."),
                io.Combo.Input(
                    "polarity",
                    options=list(POLARITIES),
                    default=POLARITIES[0],
                    tooltip="Which end of the depth picture is near; auto lets the characters "
                    "vote.",
                ),
                io.Combo.Input(
                    "kind",
                    options=list(KINDS),
                    default=KINDS[0],
                    tooltip="What the values are. disparity: nearly all estimators. inverse depth: "
                    "1 / distance, 0 is infinitely far. metric: the distance itself.",
                ),
                io.Float.Input(
                    "near",
                    default=0.0,
                    min=0.0,
                    max=1e6,
                    step=0.1,
                    tooltip="Distance of the nearest value, in any unit; 0: not known.",
                ),
                io.Float.Input(
                    "far",
                    default=0.0,
                    min=0.0,
                    max=1e6,
                    step=0.1,
                    tooltip="Distance of the farthest value, in the same unit; 0: not known.",
                ),
                io.Combo.Input(
                    "model",
                    options=[NO_MODEL, *models.depth_model_choices()],
                    default=NO_MODEL,
                    tooltip="A folder in models/celkit with Depth Anything V2 Small (config.json "
                    "and model.safetensors): estimates the depth of image. Nothing is ever "
                    "downloaded.",
                ),
                io.MultiType.Input(
                    "depth_picture",
                    [io.Image, io.Mask],
                    optional=True,
                    tooltip="A grey depth picture of any size, one or one for each picture.",
                ),
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="The pictures: for the model, and for a guess that does not make what "
                    "stands in them lean.",
                ),
            ],
            outputs=[
                wire.CelKitDepth.Output(
                    display_name="depth", tooltip="For Build Layered Scene, picture by picture."
                ),
                io.Image.Output(
                    display_name="preview", tooltip="How near everything is; white is near."
                ),
                io.String.Output(
                    display_name="text", tooltip="Where the depth is from, and what was noticed."
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        instances: list,
        polarity: str,
        kind: str,
        near: float,
        far: float,
        model: str,
        depth_picture: torch.Tensor | None = None,
        image: torch.Tensor | None = None,
    ) -> io.NodeOutput:
        if depth_picture is not None:
            pairs = convert.paired(instances, _single(depth_picture), "depth pictures")
            ends = {"near": near or None, "far": far or None}
            found = [
                read_depth(picture, item, item.size, polarity=polarity, kind=kind, **ends)
                for item, picture in pairs
            ]
        elif model != NO_MODEL:
            if image is None:
                raise ValueError("Estimating depth needs the picture too: connect image.")
            network = models.load_managed_depth_model(model)
            pairs = convert.with_pictures(instances, image)
            found = [network.depth(picture, item) for item, picture in pairs]
        else:
            pairs = [(item, None) for item in instances]
            if image is not None:
                pairs = convert.with_pictures(instances, image)
            found = [guess_depth(item.size, item, picture) for item, picture in pairs]
        shown = [item.disparity[..., None].expand(-1, -1, 3) for item in found]
        text = "\n".join(
            " ".join([f"{item.source}, {item.polarity}.", *item.notes]) for item in found
        )
        return io.NodeOutput(found, convert.image_of(shown), text)


class CelKitSceneFromLayers(io.ComfyNode):
    """Layers of other packs -> LayeredScene."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSceneFromLayers",
            display_name="Scene from Layers",
            category=scene_shared.CATEGORY,
            description="Makes a scene of layers that other nodes or programs made: an RGBA batch "
            "from the farthest to the nearest, or LAYERS.",
            inputs=[
                io.MultiType.Input(
                    "layers",
                    [wire.Layers, io.Image],
                    tooltip="LAYERS, or a batch of RGBA pictures of one size; the first is the "
                    "background.",
                ),
                io.String.Input(
                    "disparities",
                    default="",
                    placeholder="0.1, 0.4, 0.9",
                    tooltip="How near each layer is, from the farthest: 1 is nearest, 0 infinitely "
                    "far, with commas between them. Empty: evenly spaced.",
                ),
                io.String.Input(
                    "names",
                    default="",
                    placeholder="sky, hill, hero",
                    tooltip="What the layers are called, with commas between them.",
                ),
            ],
            outputs=[
                scene_shared.scene_output(),
                io.String.Output(
                    display_name="text", tooltip="The layers, from the farthest to the nearest."
                ),
            ],
        )

    @classmethod
    def execute(cls, layers: object, disparities: str, names: str) -> io.NodeOutput:
        pictures, own_names, corners, size = convert.layer_pictures(layers)
        called = [name.strip() for name in names.split(",") if name.strip()] or own_names
        scene = scene_from_layers(pictures, _numbers(disparities), called, size, offsets=corners)
        return io.NodeOutput([scene], scenes_text([scene]))


def scenes_text(scenes: Sequence[LayeredScene]) -> str:
    """The layers of scenes with their disparity, one per line; a blank line between scenes."""
    return "\n\n".join(
        "\n".join(f"{layer.name}: {disparity_text(scene, layer)}" for layer in scene.painted)
        for scene in scenes
    )


def _depths(depth: object) -> list[Depth | torch.Tensor] | None:
    """What the socket has, as build_scene takes it, one per picture."""
    return _single(depth) if isinstance(depth, torch.Tensor) else depth


def _single(pictures: torch.Tensor) -> list[torch.Tensor]:
    """The pictures of an IMAGE or a MASK ``[B, H, W(, C)]``."""
    return list(pictures if pictures.ndim > 2 else pictures[None])


def _numbers(text: str) -> list[float] | None:
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    try:
        return [float(part) for part in parts] or None
    except ValueError:
        raise ValueError(
            f"Disparities are numbers with commas between them, like 0.1, 0.4, 0.9, not {text!r}."
        ) from None
