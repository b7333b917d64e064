"""Finding, verifying, reading and downloading weights."""

from .locate import add_search_folder, locate, search_folders
from .manifest import Entry, load_manifest
from .reading import read_metadata, read_state_dict

__all__ = [
    "Entry",
    "add_search_folder",
    "load_manifest",
    "locate",
    "read_metadata",
    "read_state_dict",
    "search_folders",
]
