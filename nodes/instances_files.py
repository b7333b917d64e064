"""Nodes that save Instances and load them another day."""

from __future__ import annotations

import os

import folder_paths
import torch
from comfy_api.latest import io, ui

from ..cartoon_models.instances import load_instances, save_instances
from . import convert, saved, shared


class CelKitSaveInstances(io.ComfyNode):
    """Instances -> a folder of plain files per picture."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSaveInstances",
            display_name="Save Instances",
            category=shared.CATEGORY,
            description=(
                "Saves the characters into a new folder in ComfyUI's output folder, one per "
                "picture: instances.json, and a PNG per mask that can be painted on. Nothing is "
                "ever overwritten."
            ),
            inputs=[
                shared.instances_input(),
                io.String.Input(
                    "filename_prefix",
                    default="celkit/instances",
                    tooltip="Name of the folder, counted up: celkit/instances_00001_. May contain "
                    "%year%, %month%, %day% and so on.",
                ),
                io.Image.Input(
                    "image", optional=True, tooltip="The pictures, if they are to be saved too."
                ),
            ],
            outputs=[
                io.String.Output(
                    display_name="paths",
                    tooltip="The folders, one per line: for Load Instances.",
                )
            ],
            is_output_node=True,
        )

    @classmethod
    def execute(
        cls, instances: list, filename_prefix: str, image: torch.Tensor | None = None
    ) -> io.NodeOutput:
        pairs = [(item, None) for item in instances]
        if image is not None:
            channels = 4 if image.shape[-1] == 4 else 3  # saved as it is, with its transparency
            pairs = convert.with_pictures(instances, image, channels)
        output = folder_paths.get_output_directory()
        folders = saved.new_folders(filename_prefix, output, instances[0].size, len(pairs))
        for folder, (item, picture) in zip(folders, pairs, strict=True):
            save_instances(os.path.join(output, folder), item, picture)
        paths = "\n".join(folders)
        return io.NodeOutput(paths, ui=ui.PreviewText(paths))


class CelKitLoadInstances(io.ComfyNode):
    """A folder of saved instances -> Instances."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitLoadInstances",
            display_name="Load Instances",
            category=shared.CATEGORY,
            description="Loads what Save Instances saved, with everything that was painted on the "
            "masks since.",
            inputs=[
                io.String.Input(
                    "paths",
                    default="celkit/instances_00001_",
                    multiline=True,
                    tooltip="A saved folder or its instances.json, inside ComfyUI's output or "
                    "input folder, or the full path; for a batch one per line.",
                ),
            ],
            outputs=[
                shared.instances_output(),
                io.Mask.Output(display_name="masks", tooltip="One mask per character."),
                shared.index_output(),
            ],
        )

    @classmethod
    def fingerprint_inputs(cls, paths: str | None = None) -> list[float]:
        return saved.times(paths or "")

    @classmethod
    def execute(cls, paths: str) -> io.NodeOutput:
        lines = saved.path_lines(paths)
        if not lines:
            raise ValueError("No path was given; write the folder that Save Instances made.")
        found = [convert.kept_on_wire(load_instances(saved.found_path(line))) for line in lines]
        return io.NodeOutput(found, convert.mask_batch(found), convert.picture_numbers(found))
