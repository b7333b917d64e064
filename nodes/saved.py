"""Where nodes that save folders put them, and where those that load them look."""

from __future__ import annotations

import os

import folder_paths


def new_folders(prefix: str, output: str, size: tuple[int, int], count: int) -> list[str]:
    """Names, inside the output folder, of folders that are not there yet, one per picture."""
    _, name, first, subfolder, _ = folder_paths.get_save_image_path(
        prefix, output, image_width=size[1], image_height=size[0]
    )
    return [os.path.join(subfolder, f"{name}_{first + number:05}_") for number in range(count)]


def path_lines(paths: str) -> list[str]:
    """The paths; file managers copy one in quotes."""
    lines = (line.strip().strip('"') for line in paths.splitlines())
    return [line for line in lines if line]


def found_path(path: str) -> str:
    """The path itself, or in the output or the input folder, whichever is there first."""
    places = [
        os.path.join(folder_paths.get_output_directory(), path),
        os.path.join(folder_paths.get_input_directory(), path),
    ]
    return next((place for place in places if os.path.exists(place)), places[0])


def times(paths: str) -> list[float]:
    """What changes when a file in one of the folders does."""
    return [
        os.path.getmtime(os.path.join(folder, name))
        for folder in map(_folder_of, path_lines(paths))
        if os.path.isdir(folder)
        for name in sorted(os.listdir(folder))
    ]


def _folder_of(path: str) -> str:
    path = found_path(path)
    return os.path.dirname(path) if path.lower().endswith(".json") else path
