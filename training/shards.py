"""Samples of the trainings from folders that `training.synthesize` wrote.

`ShardSamples` gives the samples of folders in order; `Endless` makes of it a stream without end
for the training loop, in which sample i is the same in any process; `ShardCrops` is such a stream
for the refiner.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from .compose import Composition
from .dataset import LENGTH, RefinerSamples, window_around
from .synthesize.encoding import bounds, decode_masks, decode_png
from .synthesize.reading import ShardFolder

logger = logging.getLogger("celkit.training")

SMALLEST = 3  # pixels; what is narrower is no instance


class ShardSamples(Dataset):
    """The samples of folders of shards, as `dataset.DetectorSamples` gives them.

    A sample is a dict: `picture` uint8 [S,S,3] RGB, `masks` uint8 [N,S,S] 0..255, `boxes` float32
    [N,4] xyxy pixels, end-exclusive, of mask >= 128.

    Args:
        folders: of `training.synthesize`; any kind with `png`, `masks.png` and `json`. One, or
            several, whose samples follow each other.
        size: S; samples of another size are resized. None: as they are.

    Attributes:
        ends: int64 [shards], the number of samples up to the end of each shard.

    Raises:
        FileNotFoundError: a folder has no shards.
        ValueError: a shard was cut off or changed.
    """

    def __init__(self, folders: str | Path | Sequence[str | Path], size: int | None = None):
        folders = [folders] if isinstance(folders, (str, Path)) else folders
        self.folders = [ShardFolder(folder) for folder in folders]
        self.size = size
        for files in self.folders:
            if files.shards < files.wanted:
                logger.warning(
                    "%s holds %d of %d shards; only these are used",
                    files.folder,
                    files.shards,
                    files.wanted,
                )
        self._starts = np.cumsum([0] + [len(files) for files in self.folders])
        pairs = zip(self.folders, self._starts[:-1], strict=True)
        self.ends = np.concatenate([files.ends + start for files, start in pairs])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def summary(self) -> list[dict[str, Any]]:
        """What a training's record says of its samples."""
        return [files.summary() for files in self.folders]

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        cv2.setNumThreads(0)
        picture, masks, boxes = self.arrays(index)
        if self.size and picture.shape[:2] != (self.size, self.size):
            shape = self.size, self.size
            picture, masks = _resized(picture, shape), _resized_masks(masks, shape)
            boxes = _boxes(masks)
        good = (boxes[:, 2:] - boxes[:, :2] >= SMALLEST).all(1)
        return {
            "picture": torch.from_numpy(picture),
            "masks": torch.from_numpy(masks[good]),
            "boxes": torch.from_numpy(boxes[good]),
        }

    def arrays(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Picture uint8 [H,W,3], masks uint8 [N,H,W] and boxes float32 [N,4] as they were made."""
        if not 0 <= index < len(self):
            raise IndexError(f"sample {index} of {len(self)}")
        folder = int(np.searchsorted(self._starts, index, side="right")) - 1
        members = self.folders[folder][index - int(self._starts[folder])]
        entry = json.loads(members["json"])
        masks = decode_masks(members["masks.png"], entry["crops"], entry["height"], entry["width"])
        boxes = np.array(entry["boxes"], np.float32).reshape(-1, 4)
        return decode_png(members["png"]), masks, boxes


class Endless(Dataset):
    """Samples over and over, for `loop.train`: sample i of any i >= 0.

    Each pass has an order of its own: the shards shuffled, and the samples within each, so that
    files are read one after the other.
    """

    def __init__(self, samples: ShardSamples, seed: int):
        self.samples, self.seed = samples, seed
        self._order: tuple[int, np.ndarray, np.ndarray] | None = None

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        return self.samples[self.place(index)]

    def place(self, index: int) -> int:
        """Which of the samples is the stream's i-th."""
        turn, at = divmod(index, len(self.samples))
        ends = self.samples.ends
        counts = np.diff(ends, prepend=0)
        if self._order is None or self._order[0] != turn:
            order = np.random.default_rng([self.seed, 5, turn]).permutation(len(counts))
            self._order = turn, order, np.cumsum(counts[order])
        _, order, passed = self._order
        nth = int(np.searchsorted(passed, at, side="right"))
        shard = int(order[nth])
        within = np.random.default_rng([self.seed, 6, turn, shard]).permutation(counts[shard])
        return int(ends[shard] - counts[shard] + within[at - (passed[nth] - counts[shard])])


class ShardCrops(RefinerSamples):
    """Crops around one figure for the refiner, as `dataset.RefinerSamples` gives them.

    They are cut out of finished pictures: what is small there is shown enlarged at most
    `MAGNIFIED` times, with more of its surroundings instead.
    """

    MAGNIFIED = 2.0

    def __init__(self, samples: ShardSamples, seed: int, size: int, whole_frame: float = 0.15):
        self.samples, self.seed, self.size = samples, seed, size
        self.start, self.length, self.whole_frame = 0, LENGTH, whole_frame

    def _crop(self, rng: np.random.Generator) -> tuple[Composition, int | None]:
        picture, masks, boxes = self.samples.arrays(int(rng.integers(len(self.samples))))
        if not len(masks):
            return Composition(picture, masks), None
        target = int(rng.integers(len(masks)))
        height, width = picture.shape[:2]
        window = np.array([0, 0, width, height])
        if rng.random() >= self.whole_frame:
            scale = np.array([width, height] * 2)
            around = window_around(rng, boxes[target] / scale)
            window = np.rint(np.array(around) * scale).astype(int)
            window = _at_least(window, self.size / self.MAGNIFIED, width, height)
        x0, y0, x1, y1 = (int(v) for v in window)
        picture, masks = picture[y0:y1, x0:x1], masks[:, y0:y1, x0:x1]
        scale = self.size / max(x1 - x0, y1 - y0)
        shape = max(32, round((y1 - y0) * scale)), max(32, round((x1 - x0) * scale))
        made = Composition(_resized(picture, shape), _resized_masks(masks, shape))
        small = (made.masks[target] >= 128).mean() < 0.01
        return made, None if small else target


def _at_least(window: np.ndarray, side: float, width: int, height: int) -> np.ndarray:
    """The window within the frame, its long side made `side` long or as long as the frame lets."""
    x0, y0, x1, y1 = window.clip(0, [width, height] * 2)
    room = max(0, round((side - max(x1 - x0, y1 - y0)) / 2))
    return np.array([x0 - room, y0 - room, x1 + room, y1 + room]).clip(0, [width, height] * 2)


def _resized(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A picture or a mask of height and width `shape`."""
    smaller = shape[0] < picture.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(picture, shape[::-1], interpolation=how)


def _resized_masks(masks: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    out = np.zeros((len(masks), *shape), np.uint8)
    for row, mask in zip(out, masks, strict=True):
        row[:] = _resized(mask, shape)
    return out


def _boxes(masks: np.ndarray) -> np.ndarray:
    return np.array([bounds(mask, 128) for mask in masks], np.float32).reshape(-1, 4)
