"""The WD taggers of SmilingWolf (v3, and the ONNX files of v2), from a local folder."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import CelKitError, WeightsError
from .tags import TagResult

TAGS_FILE = "selected_tags.csv"
ONNX_FILE = "model.onnx"
TIMM_FILES = ("model.safetensors", "config.json")
SOURCE = "https://huggingface.co/SmilingWolf"

# Where precision equals recall on the validation pictures, as each model's page states it; by the
# architecture in config.json, which starts with these names.
GENERAL_THRESHOLDS = {
    "eva02_large": 0.5296,
    "vit_large": 0.2606,
    "vit_base": 0.2614,
    "swinv2_base": 0.2653,
    "convnext_base": 0.2682,
}
GENERAL_THRESHOLD = 0.35  # of a model that is not in the table
CHARACTER_THRESHOLD = 0.75

_GENERAL, _CHARACTER, _RATING = 0, 4, 9  # the categories of selected_tags.csv

# float32 [B, S, S, 3], blue first, 0 to 255 -> probabilities, float32 [B, tags]
Network = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class WDTagger:
    """A tagger with its list of tags. Made by :func:`load_tagger`.

    Attributes:
        network: from float32 ``[B, S, S, 3]`` (BGR, 0 to 255) to probabilities ``[B, T]``.
        size: S, the side of the squares that the network reads.
        names: the T tags.
        categories: their categories: 0 general, 4 name of a character, 9 rating.
        general_threshold: probability from which a general tag counts.
        character_threshold: the same for name tags.
    """

    network: Network
    size: int
    names: tuple[str, ...]
    categories: tuple[int, ...]
    general_threshold: float = GENERAL_THRESHOLD
    character_threshold: float = CHARACTER_THRESHOLD

    @property
    def module(self) -> nn.Module | None:
        """The torch module behind it, for whoever manages memory; None with onnxruntime."""
        return getattr(self.network, "module", None)

    def tag(
        self,
        pictures: Sequence[Tensor],
        general_threshold: float | None = None,
        character_threshold: float | None = None,
    ) -> list[TagResult]:
        """Tag pictures ``[h, w, 3]``, float 0 to 1, of any sizes, all in one batch.

        A threshold that is None is the model's own.
        """
        if not pictures:
            return []
        squares = np.stack([_white_square(picture, self.size) for picture in pictures])
        probabilities = self.network(squares)
        if probabilities.shape != (len(pictures), len(self.names)):
            raise WeightsError(
                f"The tagger answers with {probabilities.shape[-1]} numbers, but its {TAGS_FILE} "
                f"lists {len(self.names)} tags; both files have to come from the same model."
            )
        general = self.general_threshold if general_threshold is None else general_threshold
        names = self.character_threshold if character_threshold is None else character_threshold
        thresholds = {_GENERAL: general, _CHARACTER: names, _RATING: 0.0}
        categories = np.array(self.categories)
        return [
            TagResult(
                *(
                    self._above(row, categories == category, thresholds[category])
                    for category in (_GENERAL, _CHARACTER, _RATING)
                )
            )
            for row in probabilities
        ]

    def _above(self, row: np.ndarray, of_category: np.ndarray, threshold: float) -> dict:
        chosen = np.flatnonzero(of_category & (row >= threshold))
        chosen = chosen[np.argsort(-row[chosen], kind="stable")]
        return {self.names[index]: float(row[index]) for index in chosen}


def load_tagger(folder: str | os.PathLike, device: torch.device | str | None = None) -> WDTagger:
    """A WD tagger from a folder as its model page has it.

    The folder holds ``selected_tags.csv`` and either ``model.safetensors`` with ``config.json``
    (run by timm) or ``model.onnx`` (run by onnxruntime); timm comes first where both can be used.

    Args:
        device: for timm: where to run, by default the CPU. onnxruntime runs on CUDA if ``device``
            is a CUDA device or None and its build can.

    Raises:
        FileNotFoundError: the folder or a file is missing; the message says where to get it.
        CelKitError: neither library is installed.
        WeightsError: files that are damaged or do not belong together.
    """
    folder = Path(folder)
    if not (folder / TAGS_FILE).is_file():
        raise FileNotFoundError(
            f"There is no {TAGS_FILE} in {folder}; get a tagger's folder, such as "
            f"wd-swinv2-tagger-v3, from {SOURCE} (Apache-2.0)."
        )
    names, categories = _read_tags(folder / TAGS_FILE)
    has_timm = all((folder / name).is_file() for name in TIMM_FILES)
    has_onnx = (folder / ONNX_FILE).is_file()
    if not has_timm and not has_onnx:
        raise FileNotFoundError(
            f"There is no model in {folder}: it needs {' and '.join(TIMM_FILES)}, or {ONNX_FILE}, "
            f"from the same page as its {TAGS_FILE} at {SOURCE} (Apache-2.0)."
        )
    if has_timm and _can_import("timm"):
        network, size, architecture = _timm_network(folder, len(names), device or "cpu")
    elif has_onnx and _can_import("onnxruntime"):
        network, size = _onnx_network(folder / ONNX_FILE, device)
        architecture = _read_config(folder).get("architecture", "")
    else:
        library = "timm" if has_timm else "onnxruntime"
        raise CelKitError(
            f"Tagging with {folder} needs the package {library}; install it with "
            f"`pip install {library}`, or type the tags in."
        )
    threshold = next(
        (value for name, value in GENERAL_THRESHOLDS.items() if architecture.startswith(name)),
        GENERAL_THRESHOLD,
    )
    return WDTagger(network, size, names, categories, general_threshold=threshold)


def _white_square(picture: Tensor, size: int) -> np.ndarray:
    """float32 ``[size, size, 3]``, BGR, 0 to 255: the picture centred on a white square."""
    import cv2

    array = picture.detach().cpu().numpy().astype(np.float32, copy=False)
    height, width = array.shape[:2]
    side = max(height, width)
    square = np.ones((side, side, 3), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = array[..., ::-1]
    method = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return np.clip(cv2.resize(square, (size, size), interpolation=method), 0, 1) * 255


def _read_tags(file: Path) -> tuple[tuple[str, ...], tuple[int, ...]]:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = [(row["name"], int(row["category"])) for row in csv.DictReader(lines)]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise WeightsError(
            f"{file} is not a list of tags with the columns name and category ({error})."
        ) from None
    if not rows:
        raise WeightsError(f"{file} lists no tags; get it again from {SOURCE}.")
    names, categories = zip(*rows, strict=True)
    return names, categories


def _read_config(folder: Path) -> dict:
    file = folder / "config.json"
    if not file.is_file():
        return {}
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise WeightsError(f"{file} is damaged: {error}.") from None
    if not isinstance(config, dict) or not isinstance(config.get("architecture", ""), str):
        raise WeightsError(f"{file} is not the configuration of a timm model.")
    return config


def _timm_network(folder: Path, count: int, device: torch.device | str) -> tuple[Network, int, str]:
    """The network of ``model.safetensors``: BGR, mean and deviation of config.json, sigmoid."""
    import timm
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    config = _read_config(folder)
    settings = config.get("pretrained_cfg", {})
    try:
        model = timm.create_model(
            config["architecture"], num_classes=count, **config.get("model_args", {})
        )
        model.load_state_dict(load_file(folder / TIMM_FILES[0]))
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().splitlines()[0]
        raise WeightsError(
            f"{folder / TIMM_FILES[0]} cannot be loaded with its config.json and {TAGS_FILE}: "
            f"{reason} Get the three files again from {SOURCE}."
        ) from None
    size = int(settings.get("input_size", (3, 448, 448))[-1])
    statistics = [settings.get(name, [0.5] * 3) for name in ("mean", "std")]
    return _TimmNetwork(model.eval().to(device), *statistics), size, config["architecture"]


class _TimmNetwork:
    """A timm model as a Network, on whichever device the model is at the moment."""

    def __init__(self, module: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
        self.module = module
        # config.json lists them for red first; the picture is blue first.
        self.mean = torch.tensor(mean[::-1]).view(3, 1, 1)
        self.std = torch.tensor(std[::-1]).view(3, 1, 1)

    @torch.inference_mode()
    def __call__(self, squares: np.ndarray) -> np.ndarray:
        weight = next(self.module.parameters())
        batch = torch.from_numpy(squares).permute(0, 3, 1, 2) / 255
        batch = ((batch - self.mean) / self.std).to(weight.device, weight.dtype)
        return self.module(batch).float().sigmoid().cpu().numpy()


def _onnx_network(file: Path, device: torch.device | str | None) -> tuple[Network, int]:
    """The network of ``model.onnx``: BGR, 0 to 255, channels last; it ends in a sigmoid itself."""
    import onnxruntime

    wanted = ["CPUExecutionProvider"]
    if device is None or torch.device(device).type == "cuda":
        wanted.insert(0, "CUDAExecutionProvider")
    there = onnxruntime.get_available_providers()
    try:
        session = onnxruntime.InferenceSession(
            str(file), providers=[name for name in wanted if name in there]
        )
    except Exception as error:  # onnxruntime's own errors share no other base
        reason = str(error).strip().splitlines()[0]
        raise WeightsError(f"{file} cannot be loaded: {reason}") from None
    first = session.get_inputs()[0]
    batch, height, width, channels = first.shape if len(first.shape) == 4 else (None,) * 4
    if channels != 3 or not isinstance(height, int) or height != width:
        raise WeightsError(
            f"{file} reads {first.shape}, but a WD tagger reads squares [batch, size, size, 3]."
        )

    def network(squares: np.ndarray) -> np.ndarray:
        # Files of v2 may be made for one picture at a time.
        parts = np.split(squares, len(squares)) if batch == 1 else [squares]
        return np.concatenate([session.run(None, {first.name: part})[0] for part in parts])

    return network, height


def _can_import(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        return False
    return True
