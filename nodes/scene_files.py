"""Nodes that save scenes and load them another day."""

from __future__ import annotations

import os

import folder_paths
from comfy_api.latest import io, ui

from ..cartoon_models.scene import load_scene, save_scene
from . import saved, scene_shared
from .scene_build import scenes_text


class CelKitSaveScene(io.ComfyNode):
    """LayeredScene -> a folder of plain files."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitSaveScene",
            display_name="Save Scene",
            category=scene_shared.CATEGORY,
            description="Saves a scene into a new folder in ComfyUI's output folder, one per "
            "picture: scene.json, and a PNG per layer that can be painted on. Nothing is ever "
            "overwritten.",
            inputs=[
                scene_shared.scene_input(),
                io.String.Input(
                    "filename_prefix",
                    default="celkit/scene",
                    tooltip="Name of the folder, counted up: celkit/scene_00001_. May contain "
                    "%year%, %month%, %day% and so on.",
                ),
            ],
            outputs=[
                io.String.Output(
                    display_name="paths", tooltip="The folders, one per line: for Load Scene."
                )
            ],
            is_output_node=True,
        )

    @classmethod
    def execute(cls, scene: list, filename_prefix: str) -> io.NodeOutput:
        output = folder_paths.get_output_directory()
        folders = saved.new_folders(filename_prefix, output, scene[0].size, len(scene))
        for folder, item in zip(folders, scene, strict=True):
            save_scene(os.path.join(output, folder), item)
        paths = "\n".join(folders)
        return io.NodeOutput(paths, ui=ui.PreviewText(paths))


class CelKitLoadScene(io.ComfyNode):
    """A folder of a saved scene -> LayeredScene."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="CelKitLoadScene",
            display_name="Load Scene",
            category=scene_shared.CATEGORY,
            description="Loads what Save Scene saved, with everything that was painted on the "
            "layers since.",
            inputs=[
                io.String.Input(
                    "paths",
                    default="celkit/scene_00001_",
                    multiline=True,
                    tooltip="A saved folder or its scene.json, inside ComfyUI's output or input "
                    "folder, or the full path; for a batch one per line.",
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
    def fingerprint_inputs(cls, paths: str | None = None) -> list[float]:
        return saved.times(paths or "")

    @classmethod
    def execute(cls, paths: str) -> io.NodeOutput:
        listed = saved.path_lines(paths)
        if not listed:
            raise ValueError("No path was given; write the folder that Save Scene made.")
        scenes = [load_scene(saved.found_path(line)) for line in listed]
        return io.NodeOutput(scenes, scenes_text(scenes))
