"""Coarse masks from a detector itself: the very mistakes that the refiner has to mend.

`coarse.corrupt` makes mistakes up, from the exact mask alone. A detector's come from the picture:
it leaves out a hand that is as dark as the ground, or takes a neighbour of the same colour along.
"""

from __future__ import annotations

from os import PathLike

import numpy as np

# What the detector sees of a crop, at most and at least: characters of a tenth of a picture and
# such as fill it.
SIDES = (96, 320)
STEP = 32
SCORE = 0.1
# Below this IoU with the exact mask it found something else.
SAME = 0.3


class DetectedMasks:
    """The coarse mask of a figure as a detector gives it, for a share of the training crops.

    The network is loaded when first asked for, in each data process by itself, and runs on the CPU.

    Args:
        detector: file or name in the manifest; None: the embedded one.
        share: of the crops, 0 to 1.
    """

    def __init__(self, detector: str | PathLike[str] | None = None, share: float = 0.5):
        if not 0 <= share <= 1:
            raise ValueError(f"The share of detected masks is between 0 and 1, not {share}.")
        self.detector, self.share = detector, share
        self._network = None

    def __call__(
        self, rng: np.random.Generator, picture: np.ndarray, mask: np.ndarray
    ) -> np.ndarray | None:
        """float32 `[H, W]`, 0 to 1, what the detector takes the figure for; None if it is not this
        crop's turn, or the figure is not found.

        Args:
            picture: uint8 `[H, W, 3]` RGB.
            mask: uint8 `[H, W]`, the figure's exact mask.
        """
        if rng.random() >= self.share:
            return None
        side = int(rng.integers(SIDES[0] // STEP, SIDES[1] // STEP + 1)) * STEP
        found = self._detect(picture, side)
        exact = mask >= 128
        inside = found >= 0.5
        both = (inside & exact).sum((1, 2))
        overlap = both / np.maximum((inside | exact).sum((1, 2)), 1)
        if not len(overlap) or overlap.max() < SAME:
            return None
        return found[overlap.argmax()]

    def _detect(self, picture: np.ndarray, side: int) -> np.ndarray:
        """Soft masks float32 `[N, H, W]`."""
        import torch

        from cartoon_models.instances.detector import detect
        from cartoon_models.instances.loading import load_detector

        if self._network is None:
            self._network = load_detector(self.detector).network
        pixels = torch.from_numpy(picture.astype(np.float32) / 255)
        with torch.no_grad():
            found = detect(
                self._network, pixels, size=side, antialias=True, score_threshold=SCORE,
                max_instances=20, mask_nms_threshold=0.6,
            )  # fmt: skip
        return found.masks.numpy()

    def __getstate__(self) -> dict:
        """Without the network: a data process that is spawned loads its own."""
        return self.__dict__ | {"_network": None}
