"""Samples for the two trainings and the compositions for evaluation, each made from (seed, index).

Datasets are map-style: sample `i` is the same whichever worker makes it, so a run resumes by
setting `start` to the number of samples already seen, with an unshuffled loader.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from .art import ArtLibrary, load_art
from .backgrounds import BackgroundPool, load_backgrounds
from .coarse import corrupt
from .compose import Composition, Options, compose
from .detected import DetectedMasks
from .layouts import draw_layout
from .toon.samples import Scenes

LENGTH = 100_000_000


class DetectorSamples(Dataset):
    """Compositions for the detector.

    A sample is a dict: `picture` uint8 [S,S,3] RGB, `masks` uint8 [N,S,S] 0..255, `boxes`
    float32 [N,4] xyxy pixels, end-exclusive, of mask >= 128. N may be 0.

    Args:
        seed: of the whole stream.
        size: S.
        start: index of the first sample, to resume.
        length: number of samples from there on.
        art, backgrounds: shared libraries; loaded (train split) when None.
        scenes: a share of samples are scenes of these; None: all are compositions.
    """

    def __init__(
        self,
        seed: int = 0,
        size: int = 384,
        *,
        start: int = 0,
        length: int = LENGTH,
        options: Options | None = None,
        art: ArtLibrary | None = None,
        backgrounds: BackgroundPool | None = None,
        scenes: Scenes | None = None,
    ):
        self.seed, self.size, self.start, self.length = seed, size, start, length
        self.options = replace(options or Options(), size=(size, size))
        self.art = art or load_art()
        self.backgrounds = backgrounds or load_backgrounds(held_out=bool(self.art.held_out))
        self.scenes = scenes

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        if not 0 <= index < self.length:
            raise IndexError(f"sample {index} of {self.length}")
        cv2.setNumThreads(0)
        rng = np.random.default_rng([self.seed, 1, self.start + index])
        if self.scenes is not None and rng.random() < self.scenes.share:
            scene, places = self.scenes.compose(rng, self.options.size)
            made = Composition(scene.picture, scene.masks, places)
        else:
            made = compose(rng, self.art, self.options, backgrounds=self.backgrounds)
        boxes = made.boxes()
        good = (boxes[:, 2] - boxes[:, 0] >= 3) & (boxes[:, 3] - boxes[:, 1] >= 3)
        return {
            "picture": torch.from_numpy(made.picture),
            "masks": torch.from_numpy(made.masks[good]),
            "boxes": torch.from_numpy(boxes[good]),
        }


class RefinerSamples(Dataset):
    """Crops around one figure for the refiner.

    A sample is a dict: `picture` uint8 [S,S,3] RGB, `coarse` float32 [S,S] 0..1 (the mask as a
    detector might give it), `alpha` float32 [S,S] 0..1 (what to answer), `inside` float32 [S,S]
    (0 on padding). The crop keeps its proportions; its long side is S and padding lies right or
    below.

    Args:
        whole_frame: share of samples that show a whole composition instead of a crop.
        Others as for `DetectorSamples`.

    Attributes:
        detected: where coarse masks come from before they are made up; None: nowhere else.
    """

    detected: DetectedMasks | None = None

    def __init__(
        self,
        seed: int = 0,
        size: int = 320,
        *,
        start: int = 0,
        length: int = LENGTH,
        whole_frame: float = 0.15,
        options: Options | None = None,
        art: ArtLibrary | None = None,
        backgrounds: BackgroundPool | None = None,
        scenes: Scenes | None = None,
    ):
        self.seed, self.size, self.start, self.length = seed, size, start, length
        self.whole_frame = whole_frame
        self.options = replace(options or Options(), empty=0.0)
        self.art = art or load_art()
        self.backgrounds = backgrounds or load_backgrounds(held_out=bool(self.art.held_out))
        self.scenes = scenes

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        if not 0 <= index < self.length:
            raise IndexError(f"sample {index} of {self.length}")
        cv2.setNumThreads(0)
        rng = np.random.default_rng([self.seed, 2, self.start + index])
        while True:
            made, target = self._crop(rng)
            if target is not None:
                break
        alpha, others = made.masks[target], np.delete(made.masks, target, 0)
        coarse = self.detected(rng, made.picture, alpha) if self.detected else None
        if coarse is None:
            coarse = corrupt(rng, alpha, others)
        size, (height, width) = self.size, alpha.shape
        picture = np.full((size, size, 3), rng.choice([0, 114, 128, 255]), np.uint8)
        picture[:height, :width] = made.picture
        inside = np.zeros((size, size), np.float32)
        inside[:height, :width] = 1
        pad = ((0, size - height), (0, size - width))
        return {
            "picture": torch.from_numpy(picture),
            "coarse": torch.from_numpy(np.pad(coarse, pad)),
            "alpha": torch.from_numpy(np.pad(alpha.astype(np.float32) / 255, pad)),
            "inside": torch.from_numpy(inside),
        }

    def _crop(self, rng: np.random.Generator) -> tuple[Composition, int | None]:
        """A composition of a window around one figure, and which mask is that figure's."""
        drawn = self.scenes is not None and rng.random() < self.scenes.share
        layout = draw_layout(rng, kinds=(self.scenes if drawn else self).options.kinds)
        chosen = int(rng.integers(len(layout)))
        window, (height, width) = (0.0, 0.0, 1.0, 1.0), (self.size, self.size)
        if rng.random() >= self.whole_frame:
            window = window_around(rng, layout.boxes[chosen])
            w, h = window[2] - window[0], window[3] - window[1]
            width, height = (
                max(32, round(self.size * w / max(w, h))),
                max(32, round(self.size * h / max(w, h))),
            )
        if drawn:
            scene, places = self.scenes.compose(rng, (height, width), layout, window, empty=0.0)
            made = Composition(scene.picture, scene.masks, places)
        else:
            options = replace(self.options, size=(height, width))
            made = compose(
                rng, self.art, options, backgrounds=self.backgrounds, layout=layout, window=window
            )
        target = made.places.index(chosen) if chosen in made.places else None
        if target is not None and (made.masks[target] >= 128).mean() < 0.01:
            target = None
        return made, target


def collate_detector(samples: list[dict[str, torch.Tensor]]) -> dict:
    """Pictures stacked to uint8 [B,S,S,3]; `masks` and `boxes` stay lists."""
    return {
        "picture": torch.stack([s["picture"] for s in samples]),
        "masks": [s["masks"] for s in samples],
        "boxes": [s["boxes"] for s in samples],
    }


def held_out(
    n: int = 100,
    size: int = 640,
    *,
    art: ArtLibrary | None = None,
    backgrounds: BackgroundPool | None = None,
) -> list[Composition]:
    """The evaluation set: drawings, background families and layouts that training never sees."""
    art = art or load_art(held_out=True)
    backgrounds = backgrounds or load_backgrounds(held_out=True)
    return evaluation_compositions(20231203, n, size, art, backgrounds)


def evaluation_compositions(
    seed: int, n: int, size: int, art: ArtLibrary, backgrounds: BackgroundPool, first: int = 0
) -> list[Composition]:
    """Compositions `first` to `first + n` of a stream, `size` x `size` pixels.

    Half of them have calm handling (no quantising, sketching or heavy grading), half that of
    training.
    """
    cv2.setNumThreads(0)
    out = []
    for i in range(first, first + n):
        rng = np.random.default_rng([seed, 3, i])
        options = Options(size=(size, size), empty=0.02, nuisance=0.25 if i % 2 == 0 else 1.0)
        out.append(compose(rng, art, options, backgrounds=backgrounds))
    return out


def window_around(rng: np.random.Generator, box: np.ndarray) -> tuple[float, float, float, float]:
    """A box with 5 to 40 % of room on each side, cut at the frame most of the time."""
    w, h = box[2] - box[0], box[3] - box[1]
    room = rng.uniform(0.05, 0.4, 4) if rng.random() < 0.8 else rng.uniform(-0.15, 0.1, 4)
    window = box + room * np.array([-w, -h, w, h]) * 0.8
    cut = np.concatenate([window[:2].clip(0, 0.9), window[2:].clip(0.1, 1)])
    if (cut[2:] - cut[:2] > 0.05).all() and rng.random() < 0.9:
        window = cut
    return tuple(float(v) for v in window)
