"""ComfyUI in this process, on the CPU, and the pack loaded into it the way ComfyUI does."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from tests.comfyui import MISSING, comfyui_path

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def comfyui(tmp_path_factory) -> Path:
    """ComfyUI importable, with a base folder of its own; returns that folder."""
    path = comfyui_path()
    if path is None:
        pytest.skip(MISSING)
    # At the end: ComfyUI has modules called nodes and tests, and so have we.
    sys.path.append(str(path))
    base = tmp_path_factory.mktemp("comfyui")
    try:
        from comfy.cli_args import args

        args.cpu, args.base_directory = True, str(base)
        importlib.import_module("comfy.model_management")
        importlib.import_module("folder_paths")
    except ImportError as error:
        pytest.skip(f"ComfyUI at {path} cannot be imported: {error}")
    for folder in ("models/celkit", "input", "output", "temp"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    return base


@pytest.fixture(scope="session")
def pack(comfyui) -> ModuleType:
    """The pack as ComfyUI loads it: from its __init__.py, under a name made of its path."""
    name = str(ROOT).replace(".", "_x_")
    spec = importlib.util.spec_from_file_location(name, ROOT / "__init__.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    module.extension = asyncio.run(module.comfy_entrypoint())
    return module


@pytest.fixture(scope="session")
def part(pack):
    """``part("nodes.convert")``: a module of the loaded pack."""
    return lambda name: importlib.import_module(f".{name}", pack.__name__)


@pytest.fixture(scope="session")
def nodes(pack, part) -> dict[str, type]:
    """The node classes by id, those that this ComfyUI is too old for included."""
    listed = asyncio.run(pack.extension.get_node_list())
    extra = part("nodes.instances_interop").CelKitInstancesToLayers
    return {cls.GET_SCHEMA().node_id: cls for cls in [*listed, extra]}


@pytest.fixture(scope="session")
def call(nodes):
    """``call("CelKitX", input=...)``: run a node as ComfyUI does; widgets have their defaults."""

    def run(node_id: str, **inputs: object) -> tuple:
        cls = nodes[node_id]
        missing = {
            item.id: _default(item)
            for item in cls.GET_SCHEMA().inputs
            if item.id not in inputs and not item.optional
        }
        clone = cls.PREPARE_CLASS_CLONE({})
        return clone.EXECUTE_NORMALIZED(**missing, **inputs).args

    return run


def _default(item):
    if item.default is not None or not getattr(item, "options", None):
        return item.default
    return item.options[0]


@pytest.fixture(scope="session")
def painter(part):
    """A segmenter that needs no weights: characters are what is not white, left to right."""
    instances = part("cartoon_models.instances")
    parts = part("cartoon_models.instances.parts")

    class Painter:
        def __init__(self) -> None:
            self.options: list[dict] = []

        def segment(self, picture, progress=None, **options):
            self.options.append(options)
            progress(1, 1)
            masks = parts.connected_parts((picture < 0.9).any(dim=2).float())
            found = instances.Instances.from_masks(masks)
            return instances.sort_instances(found, options.get("order", "left to right"))

        def segment_boxes(self, picture, boxes, progress=None, **options):
            self.options.append(options)
            masks = torch.zeros(len(boxes), *picture.shape[:2])
            for mask, (x1, y1, x2, y2) in zip(masks, boxes.int().tolist(), strict=True):
                mask[y1:y2, x1:x2] = 1
            return instances.Instances.from_masks(masks, boxes=boxes)

        def segment_masks(self, picture, masks, progress=None, **options):
            self.options.append(options)
            inside = (picture < 0.9).any(dim=2).float()
            return instances.Instances.from_masks(masks * inside)

    return Painter


@pytest.fixture
def picture() -> torch.Tensor:
    """IMAGE [1, 41, 63, 3]: three coloured blocks on white, of 60, 200 and 96 pixels."""
    image = torch.ones(1, 41, 63, 3)
    image[0, 5:15, 3:9] = torch.tensor((0.8, 0.1, 0.1))
    image[0, 10:30, 20:30] = torch.tensor((0.1, 0.6, 0.1))
    image[0, 20:32, 50:58] = torch.tensor((0.1, 0.2, 0.8))
    return image


@pytest.fixture
def batch(picture) -> torch.Tensor:
    """IMAGE [3, 41, 63, 3]: frames with three characters, with none, with one."""
    frames = torch.cat([picture, torch.ones_like(picture), picture])
    frames[2, :, 15:] = 1
    return frames


@pytest.fixture
def found(call, painter, picture) -> list:
    """The three characters of the picture as CELKIT_INSTANCES."""
    return call("CelKitSegmentCharacters", segmenter=painter(), image=picture)[0]


@pytest.fixture
def found_batch(call, painter, batch) -> list:
    """The characters of the batch as CELKIT_INSTANCES: 3, 0 and 1."""
    return call("CelKitSegmentCharacters", segmenter=painter(), image=batch)[0]
