"""Depth Anything V2, for those who have put its files into a folder; nothing is ever fetched."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...errors import CelKitError, WeightsError
from ...instances.data import Instances
from ...picture import as_tensor
from .polarity import NEAR_IS_BLACK, NEAR_IS_WHITE
from .reading import Depth, read_depth

SOURCE = "https://huggingface.co/depth-anything/Depth-Anything-V2-Small-hf"
LICENCE = "Apache-2.0"
CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
PREPROCESSOR_FILE = "preprocessor_config.json"

_SMALL = 384  # width of the Small model's transformer; the larger ones may not be used commercially
_LONGEST = 3  # longer sides than this many times the usual one are shortened

# What the models were trained with, where the folder has no preprocessor_config.json.
_SIDE, _MULTIPLE = 518, 14
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True, eq=False)
class DepthModel:
    """A network that estimates depth. Made by :func:`load_depth_model`.

    Attributes:
        network: from float32 ``[1, 3, h, w]`` to an output with ``predicted_depth [1, h, w]``. It
            may be moved between devices; pictures follow it.
        side: the length that a picture's side is brought to before it is read.
        multiple: sides are made whole multiples of this.
        mean, deviation: per channel, taken off and divided by.
        is_metric: whether it gives distances instead of disparities.
        name: the folder's name.
        notes: sentences for the user.
    """

    network: nn.Module
    side: int = _SIDE
    multiple: int = _MULTIPLE
    mean: tuple[float, ...] = _MEAN
    deviation: tuple[float, ...] = _DEVIATION
    is_metric: bool = False
    name: str = "Depth Anything V2"
    notes: tuple[str, ...] = ()

    def depth(self, picture: Tensor | np.ndarray, instances: Instances | None = None) -> Depth:
        """The depth of a picture, with its edges at those of the instances' masks.

        Args:
            picture: ``[H, W, 3|4]``, 0 to 1, sRGB.
            instances: its characters, or None.
        """
        values = self.estimate(picture)
        size = values.shape[0], values.shape[1]
        found = read_depth(
            values,
            instances,
            size,
            polarity=NEAR_IS_BLACK if self.is_metric else NEAR_IS_WHITE,
            kind="metric" if self.is_metric else "disparity",
            source=self.name,
        )
        return Depth(
            found.disparity,
            found.source,
            found.polarity,
            found.confidence,
            (*self.notes, *found.notes),
        )

    @torch.inference_mode()
    def estimate(self, picture: Tensor | np.ndarray) -> Tensor:
        """What the network says, enlarged to the picture: float32 ``[H, W]`` on the CPU.

        Disparity up to scale and offset, or distance if `is_metric`.
        """
        parameter = next(self.network.parameters())
        colors = as_tensor(picture, channels=3).to(parameter.device).permute(2, 0, 1)[None]
        size = tuple(colors.shape[2:])
        colors = nn.functional.interpolate(
            colors, self.reading_size(size), mode="bicubic", antialias=True, align_corners=False
        )
        mean, deviation = (
            torch.tensor(values, device=colors.device)[:, None, None]
            for values in (self.mean, self.deviation)
        )
        colors = ((colors - mean) / deviation).to(parameter.dtype)
        found = self.network(pixel_values=colors).predicted_depth.float()
        return nn.functional.interpolate(found[:, None], size, mode="bicubic", align_corners=False)[
            0, 0
        ].cpu()

    def reading_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """``(H, W)`` at which a picture of ``size`` is read.

        One side becomes `side`, that which is changed less, as the models were trained.
        """
        scale = min((self.side / length for length in size), key=lambda value: abs(1 - value))
        scale = min(scale, _LONGEST * self.side / max(size))
        height, width = (
            max(round(scale * length / self.multiple), 1) * self.multiple for length in size
        )
        return height, width


def load_depth_model(folder: str | os.PathLike, device: torch.device | str = "cpu") -> DepthModel:
    """A Depth Anything model (V1 or V2, relative or metric) from a folder on this machine.

    The folder has ``config.json`` and ``model.safetensors`` as transformers writes them; Depth
    Anything V2 Small (Yang et al., "Depth Anything V2", 2024) is under Apache-2.0.

    Raises:
        FileNotFoundError: the folder or one of its files is not there; the message says where to
            get it and under which licence.
        WeightsError: they are of another network or damaged.
        CelKitError: transformers cannot be loaded.
    """
    folder = Path(folder).expanduser()
    for path in (folder, folder / CONFIG_FILE, folder / WEIGHTS_FILE):
        if not path.exists():
            raise FileNotFoundError(
                f"There is no {path}. Put {CONFIG_FILE} and {WEIGHTS_FILE} of {SOURCE} ({LICENCE}) "
                f"into the folder {folder}, or wire in a depth picture instead."
            )
    config = _json(folder / CONFIG_FILE)
    kind = config.get("model_type")
    if kind != "depth_anything":
        raise WeightsError(
            f"{folder} holds a model of the type {kind!r}, not 'depth_anything'. Wire in the depth "
            f"picture that it makes, or use {SOURCE} ({LICENCE})."
        )
    network = _network(folder).to(device)
    path = folder / PREPROCESSOR_FILE
    reading = _json(path) if path.exists() else {}
    side = reading.get("size", {})
    side = side.get("height", _SIDE) if isinstance(side, dict) else int(side)
    width = int(getattr(network.config.backbone_config, "hidden_size", _SMALL))
    notes = ()
    if width > _SMALL:
        notes = (
            f"{folder.name} is larger than Depth Anything V2 Small; V2's Base and Large models are "
            "under CC BY-NC 4.0: not for commercial use.",
        )
    return DepthModel(
        network,
        int(side),
        int(reading.get("ensure_multiple_of", _MULTIPLE)),
        tuple(reading.get("image_mean", _MEAN)),
        tuple(reading.get("image_std", _DEVIATION)),
        getattr(network.config, "depth_estimation_type", "relative") == "metric",
        folder.name,
        notes,
    )


def _json(path: Path) -> dict:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise WeightsError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(content, dict):
        raise WeightsError(f"{path} is not the configuration of a model.")
    return content


def _network(folder: Path) -> nn.Module:
    damaged = f"{folder / WEIGHTS_FILE} does not fit its {CONFIG_FILE} or is damaged; get both from"
    try:
        from transformers import DepthAnythingForDepthEstimation

        network, found = DepthAnythingForDepthEstimation.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True
        )
    except ImportError as error:
        raise CelKitError(
            f"transformers cannot load its depth networks: {_innermost(error)} Update it and torch "
            "with what belongs to torch (torchvision, torchaudio)."
        ) from error
    # transformers and safetensors raise whatever they meet, also kinds of their own.
    except Exception as error:
        raise WeightsError(f"{damaged} {SOURCE} ({LICENCE}): {error}") from error
    missing = sorted(found["missing_keys"])
    if missing:
        raise WeightsError(
            f"{damaged} {SOURCE} ({LICENCE}): {len(missing)} tensors are missing, such as "
            f"{missing[0]}."
        )
    return network.eval().requires_grad_(False)


def _innermost(error: BaseException) -> BaseException:
    """The error that the others were raised from."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__
    return error
