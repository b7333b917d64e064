"""Made pictures to mix into fine-tuning, so that the detector keeps what it knew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from .detection_batch import boxes_of
from .toon.samples import Scenes, load_scenes

# Fewer than the trainings draw: they are learned beside a user's pictures for minutes, and drawing
# them takes a third of the time.
FIGURES = 800
_ONCE = "drawn once, which takes minutes"


class SceneSamples(Dataset):
    """Scenes of the generator alone, as the detector's training takes them.

    Sample i is the same in any process: a dict of picture uint8 [S, S, 3] RGB, masks uint8
    [N, S, S] and boxes float32 [N, 4].
    """

    def __init__(self, scenes: Scenes, size: int, seed: int = 0):
        self.scenes, self.size, self.seed = scenes, size, seed

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        cv2.setNumThreads(0)
        rng = np.random.default_rng([self.seed, 1, index])
        made, _ = self.scenes.compose(rng, (self.size, self.size))
        masks = torch.from_numpy(made.masks)
        boxes, present = boxes_of(masks)
        return {
            "picture": torch.from_numpy(made.picture),
            "masks": masks[present],
            "boxes": boxes[present],
        }


def made_pictures(
    art: Path | None, scenes: float, size: int, seed: int, say: Callable[[str], None]
) -> Dataset | None:
    """Compositions of public-domain art, generated scenes, or both; None where neither can be.

    They are drawn on first use, which takes minutes.

    Args:
        art: folder of drawings; None for Debian's. Where that is not installed there are scenes
            alone, if any are asked for.
        scenes: share of scenes, 0 to 1.
        size: side of the pictures.
        say: is told in a sentence what they are.

    Raises:
        FileNotFoundError: there is no folder `art`.
    """
    try:
        from .art import find_art, load_art
        from .compose import Options
        from .dataset import DetectorSamples

        library = None
        if scenes < 1:
            find_art(art)
            say(f"Compositions of public-domain art are mixed in ({_ONCE}).")
            library = load_art(art)
    except (FileNotFoundError, ImportError) as error:
        if art:
            raise
        if not scenes:
            say(
                "Training goes on without compositions of public-domain art, so the detector may "
                f"forget other styles; --scenes 1 mixes in generated scenes instead. {error}"
            )
            return None
    if not scenes:
        return DetectorSamples(seed, size, art=library)
    say(f"Generated scenes are mixed in ({_ONCE}).")
    if library is None:
        return SceneSamples(load_scenes(1.0, count=FIGURES), size, seed)
    drawn = load_scenes(scenes, art=library)
    return DetectorSamples(
        seed,
        size,
        options=Options(long_handling=True),  # scenes have it too
        art=library,
        backgrounds=drawn.backgrounds,
        scenes=drawn,
    )
