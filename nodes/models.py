"""Model folders, segmenters whose memory ComfyUI manages, progress and cancel."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import comfy.model_patcher
import comfy.utils
import folder_paths
import torch
from comfy import model_management
from torch import Tensor, nn

from ..cartoon_models import weights
from ..cartoon_models.instances import (
    Instances,
    Segmenter,
    WDTagger,
    load_segmenter,
    load_tagger,
    tag_instances,
)
from ..cartoon_models.progress import Progress
from ..cartoon_models.scene import Depth, DepthModel, LayeredScene, load_depth_model
from ..cartoon_models.scene.plate.inpaint_model import fill_with_model
from .convert import check_choice, kept_on_wire

MODEL_FOLDER = "celkit"
EMBEDDED = "embedded"
NO_TAGGER = "none found"
NO_REFINER = "none"
PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}

# What a run needs beside the weights, estimated for four masks of 720 x 720 at once through the
# largest refiner in fp16. ComfyUI moves other models away until this much is free.
WORKING_MEMORY = 1536 * 1024**2


# What drawing frames needs beside the layers: some frames at once, and their copies on the way.
DRAWING_MEMORY = 1024 * 1024**2

_STEPS = 100  # of one picture on the progress bar
_WEIGHT_SUFFIXES = {".safetensors", ".ckpt", ".pth", ".pt"}


class ManagedNetworks:
    """Networks that ComfyUI loads, evicts and keeps between runs."""

    def __init__(self, *networks: nn.Module | None) -> None:
        # The patcher that core itself uses, which older ones have under its plain name only.
        patcher = getattr(comfy.model_patcher, "CoreModelPatcher", comfy.model_patcher.ModelPatcher)
        self._patcher = patcher(
            CelKitNetworks(network for network in networks if network is not None),
            load_device=model_management.get_torch_device(),
            offload_device=model_management.unet_offload_device(),
        )

    def load(self) -> torch.device:
        """Bring the networks to the device that they run on; returns it."""
        # Our layers do not stream their weights, so all of them have to be there: a full load.
        model_management.load_models_gpu(
            [self._patcher], memory_required=WORKING_MEMORY, force_full_load=True
        )
        device = self._patcher.load_device
        self._patcher.model.to(device)  # what --novram leaves behind even so; else nothing moves
        return device


class ManagedSegmenter:
    """A Segmenter whose networks ComfyUI manages."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self.networks = ManagedNetworks(segmenter.detector, segmenter.refiner)

    def segment(self, picture: Tensor, **options: object) -> Instances:
        """See Segmenter.segment; the result is where ComfyUI keeps results between nodes."""
        return kept_on_wire(self._segmenter.segment(self._on_device(picture), **options))

    def segment_boxes(self, picture: Tensor, boxes: Tensor, **options: object) -> Instances:
        """See Segmenter.segment_boxes."""
        picture = self._on_device(picture)
        return kept_on_wire(self._segmenter.segment_boxes(picture, boxes, **options))

    def segment_masks(self, picture: Tensor, masks: Tensor, **options: object) -> Instances:
        """See Segmenter.segment_masks."""
        picture = self._on_device(picture)
        return kept_on_wire(self._segmenter.segment_masks(picture, masks, **options))

    def _on_device(self, picture: Tensor) -> Tensor:
        """The picture where the networks are, after they were brought there."""
        return picture.to(self.networks.load())


class ManagedTagger:
    """A WDTagger whose network ComfyUI manages; onnxruntime manages its own."""

    def __init__(self, tagger: WDTagger) -> None:
        self._tagger = tagger
        self.networks = ManagedNetworks(tagger.module) if tagger.module is not None else None

    def tag(
        self, picture: Tensor, instances: Instances, *thresholds: float | None, progress: Progress
    ) -> Instances:
        """See tag_instances."""
        if self.networks is not None:
            self.networks.load()
        return tag_instances(picture, instances, self._tagger, *thresholds, progress=progress)


class ManagedDepthModel:
    """A DepthModel whose network ComfyUI manages."""

    def __init__(self, model: DepthModel) -> None:
        self._model = model
        self.networks = ManagedNetworks(model.network)

    def depth(self, picture: Tensor, instances: Instances) -> Depth:
        """See DepthModel.depth."""
        self.networks.load()
        return self._model.depth(picture, instances)


class CelKitNetworks(nn.ModuleList):
    """What is loaded together; ComfyUI's log shows the name of this class."""


def load_managed_segmenter(
    detector: str, refiner: str, precision: str, download: bool
) -> ManagedSegmenter:
    """Load what the combos of the loader node name. Weights stay on the offload device until used.

    Args:
        precision: ``"auto"`` (what ComfyUI would take for a model on this device), or a key of
            PRECISIONS.
        download: fetch a published file that is not there.
    """
    check_choice("precision", precision, ["auto", *PRECISIONS])
    device = model_management.get_torch_device()
    segmenter = load_segmenter(
        detector=weights_named(detector),
        refiner=weights_named(refiner),
        device=model_management.unet_offload_device(),
        dtype=automatic_precision(device) if precision == "auto" else PRECISIONS[precision],
        download=download,
        progress=progress_per_picture(1)[0],
    )
    return ManagedSegmenter(segmenter)


def load_managed_tagger(name: str) -> ManagedTagger:
    """Load the tagger in a folder that tagger_choices names.

    timm's network starts on the CPU and ComfyUI moves it; onnxruntime finds its own device.
    """
    folder = _model_folder(name)
    if folder is None:
        missing = "" if name == NO_TAGGER else f"/{name}"
        raise FileNotFoundError(
            f"There is no tagger in models/{MODEL_FOLDER}{missing}; put the folder of a WD tagger "
            f"(model.safetensors, config.json and selected_tags.csv) into models/{MODEL_FOLDER}."
        )
    return ManagedTagger(load_tagger(folder))


def load_managed_depth_model(name: str) -> ManagedDepthModel:
    """Load the network in a folder that depth_model_choices names, to the offload device."""
    folder = _model_folder(name)
    if folder is None:
        raise FileNotFoundError(
            f"There is no folder models/{MODEL_FOLDER}/{name}; put config.json and "
            f"model.safetensors of Depth Anything V2 Small into a folder in models/{MODEL_FOLDER}."
        )
    return ManagedDepthModel(load_depth_model(folder, model_management.unet_offload_device()))


def inpainter(model: object, progress: Progress) -> Callable[[Tensor, Tensor], Tensor]:
    """What fill_scene takes to fill holes with an INPAINT_MODEL; it is here for that time only."""

    def fill(colors: Tensor, hole: Tensor) -> Tensor:
        device = model_management.get_torch_device()
        if hasattr(model, "to"):
            model_management.free_memory(WORKING_MEMORY, device)
            model.to(device)
        try:
            return fill_with_model(colors, hole, model, progress=progress)
        finally:
            if hasattr(model, "to"):
                model.to(model_management.unet_offload_device())

    return fill


def drawing_device(scene: LayeredScene) -> torch.device:
    """Where frames of a scene are drawn: on CUDA, if that is what ComfyUI uses, else the CPU.

    Models make room there if they have to.
    """
    device = model_management.get_torch_device()
    if device.type != "cuda":
        return torch.device("cpu")
    layers = sum(layer.rgba.numel() * layer.rgba.element_size() for layer in scene.painted)
    model_management.free_memory(2 * layers + DRAWING_MEMORY, device)
    return device


def automatic_precision(device: torch.device) -> torch.dtype:
    """The refiner's: fp16 where the device is good at it, else fp32.

    Never bf16: of 148 masks, computed on the CPU, all agreed with fp32's to an IoU of 0.998 in
    fp16, in bf16 three were under 0.995.
    """
    if model_management.should_use_fp16(device, prioritize_performance=False):
        return torch.float16
    return torch.float32


def register_model_folder() -> None:
    """Make ``models/celkit``, and what extra_model_paths.yaml adds, known to both sides."""
    default = os.path.join(folder_paths.models_dir, MODEL_FOLDER)
    folder_paths.add_model_folder_path(MODEL_FOLDER, default)
    paths, suffixes = folder_paths.folder_names_and_paths[MODEL_FOLDER]
    folder_paths.folder_names_and_paths[MODEL_FOLDER] = (paths, set(suffixes) | _WEIGHT_SUFFIXES)
    for path in paths:
        weights.add_search_folder(path)


def detector_choices() -> list[str]:
    """What the detector combo offers: embedded, the published ones, the files that are there."""
    return [EMBEDDED, *_published("rtmdet_ins_l"), *_files()]


def refiner_choices() -> list[str]:
    """What the refiner combo offers."""
    return [EMBEDDED, NO_REFINER, *_published("isnet_refine", "isnet_anime_seg"), *_files()]


def tagger_choices() -> list[str]:
    """The folders in ``models/celkit`` that hold a tagger: those with a selected_tags.csv."""
    found = set()
    for root in folder_paths.get_folder_paths(MODEL_FOLDER):
        for folder, _, files in os.walk(root, followlinks=True):
            if "selected_tags.csv" in files and folder != root:
                found.add(os.path.relpath(folder, root))
    return sorted(found)


def depth_model_choices() -> list[str]:
    """The folders in ``models/celkit`` that hold a network of the Depth Anything family."""
    found = set()
    for root in folder_paths.get_folder_paths(MODEL_FOLDER):
        for folder, _, files in os.walk(root, followlinks=True):
            if {"config.json", "model.safetensors"} <= set(files) and folder != root:
                with open(os.path.join(folder, "config.json"), errors="replace") as file:
                    if "depth_anything" in file.read(1_000_000):
                        found.add(os.path.relpath(folder, root))
    return sorted(found)


def weights_named(choice: str) -> str | None:
    """A combo's choice as load_segmenter takes it: None for embedded, a path for a file."""
    if choice == EMBEDDED:
        return None
    return folder_paths.get_full_path(MODEL_FOLDER, choice) or choice


def weights_files(choice: str) -> list[str]:
    """The files in the model folders that a combo's choice may be read from now."""
    entry = weights.load_manifest().get(choice)
    names = (choice,) if entry is None else (entry.converted_file, entry.file)
    paths = [folder_paths.get_full_path(MODEL_FOLDER, name) for name in names]
    return [path for path in paths if path]


def tagger_files(name: str) -> list[str]:
    """The files in a folder that tagger_choices names; none where it is not there."""
    folder = _model_folder(name)
    return sorted(entry.path for entry in os.scandir(folder) if entry.is_file()) if folder else []


def versions(files: Iterable[str]) -> list[tuple[str, int, int]]:
    """What changes when one of the files does: names, times and sizes."""
    stats = [(file, os.stat(file)) for file in files]
    return [(file, stat.st_mtime_ns, stat.st_size) for file, stat in stats]


def progress_per_picture(count: int) -> list[Progress]:
    """One ``progress(done, total)`` per picture; together they fill one bar.

    Each call also raises ComfyUI's InterruptProcessingException after a click on cancel.
    """
    bar = comfy.utils.ProgressBar(count * _STEPS)

    def reporter(number: int) -> Progress:
        def report(done: int, total: int) -> None:
            model_management.throw_exception_if_processing_interrupted()
            bar.update_absolute(number * _STEPS + _STEPS * done // max(total, 1))

        return report

    return [reporter(number) for number in range(count)]


def _model_folder(name: str) -> str | None:
    roots = folder_paths.get_folder_paths(MODEL_FOLDER)
    folders = [os.path.join(root, name) for root in roots]
    return next((folder for folder in folders if os.path.isdir(folder)), None)


def _published(*networks: str) -> list[str]:
    return [name for name, entry in weights.load_manifest().items() if entry.network in networks]


def _files() -> list[str]:
    """Weights files in the model folders, without those that have an entry by name."""
    entries = weights.load_manifest().values()
    named = {file for entry in entries for file in (entry.file, entry.converted_file)}
    folders = {*tagger_choices(), *depth_model_choices()}
    return [
        name
        for name in folder_paths.get_filename_list(MODEL_FOLDER)
        if name not in named and os.path.dirname(name) not in folders
    ]
