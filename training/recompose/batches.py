"""Recomposed pictures in a training: plans from the data processes, batches on the device."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from ..detection_batch import PAD, DetectionBatch, collate
from ..losses.detection import DetectionTargets
from .bank import SpriteBank
from .catalogue import Catalogue
from .composite import composited
from .grounds import GroundBank
from .handling import handle
from .packing import PlanBatch, pack
from .planning import Options, Plan, draw_plan

logger = logging.getLogger("celkit.training")

DEVICE_PICTURES = 32  # that are put together at once; it bounds memory


class Recomposed(Dataset):
    """A stream of samples of which a share are plans for the device instead.

    Which ones are plans, and what they show, follows from the seed and the index alone, so that a
    run resumes exactly; the other samples are those of the stream without plans.

    Args:
        samples: samples[i] is a sample for `detection_batch.collate`; None where all are plans.
        grounds: number of backgrounds in the bank.
        share: of plans, 0..1.
    """

    def __init__(
        self,
        samples: Dataset | None,
        catalogue: Catalogue,
        grounds: int,
        options: Options,
        seed: int,
        share: float = 1.0,
    ):
        if not 0 <= share <= 1:
            raise ValueError(f"The share of recomposed pictures is between 0 and 1, not {share}.")
        self.samples, self.catalogue, self.grounds = samples, catalogue, grounds
        self.options, self.seed, self.share = options, seed, share

    def __getitem__(self, index: int) -> Plan | dict[str, Tensor]:
        rng = np.random.default_rng([self.seed, 8, index])
        if rng.random() >= self.share:
            return self.samples[index]
        return draw_plan(rng, self.catalogue, self.grounds, self.options)


@dataclass(frozen=True, eq=False)
class MixedBatch:
    """A batch of which part is still to be made: `plans`, in parts of at most `DEVICE_PICTURES`,
    and `ready`, None where all are plans."""

    plans: tuple[PlanBatch, ...]
    ready: DetectionBatch | None

    def to(self, device: torch.device | str) -> MixedBatch:
        ready = self.ready and self.ready.to(device)
        return replace(self, plans=tuple(part.to(device) for part in self.plans), ready=ready)

    def pin_memory(self) -> MixedBatch:
        ready = self.ready and self.ready.pin_memory()
        return replace(self, plans=tuple(part.pin_memory() for part in self.plans), ready=ready)


def collate_mixed(samples: Sequence[Plan | dict[str, Tensor]]) -> MixedBatch:
    """Packs the plans among samples, and joins the others as `detection_batch.collate` does."""
    plans = [sample for sample in samples if isinstance(sample, Plan)]
    others = [sample for sample in samples if not isinstance(sample, Plan)]
    parts = [plans[i : i + DEVICE_PICTURES] for i in range(0, len(plans), DEVICE_PICTURES)]
    return MixedBatch(tuple(map(pack, parts)), collate(others) if others else None)


class Recomposer:
    """Makes the planned pictures of batches on the device where they are.

    Args:
        banks: banks(device) gives the drawings and the backgrounds on a device. It is asked once,
            with the first batch: the data processes have started by then, and share none of it.
    """

    def __init__(self, banks: Callable[[torch.device], tuple[SpriteBank, GroundBank]]):
        self._make, self._banks = banks, None

    @torch.no_grad()
    def __call__(self, batch: MixedBatch) -> DetectionBatch:
        """A batch with all pictures made; those that were ready come last."""
        made = [self.recompose(plans) for plans in batch.plans]
        return joined([*made, batch.ready] if batch.ready else made)

    @torch.no_grad()
    def recompose(self, plans: PlanBatch) -> DetectionBatch:
        """The pictures of plans that are on a device."""
        sprites, grounds = self.banks(plans.matrices.device)
        behind = grounds.paint([plan.ground for plan in plans.plans])
        pictures, figures = composited(plans, sprites, behind)
        steps = [plan.handling for plan in plans.plans]
        pictures = handle(pictures, steps, [plan.seed for plan in plans.plans])
        pictures = (pictures * 255).round().clamp(0, 255).to(torch.uint8)
        for picture, plan in zip(pictures, plans.plans, strict=True):
            x, y = plan.padding
            picture[:, y:] = PAD
            picture[:, :, x:] = PAD
        targets = DetectionTargets(figures.boxes, figures.masks, figures.valid)
        return DetectionBatch(pictures.permute(0, 2, 3, 1).contiguous(), targets)

    def banks(self, device: torch.device) -> tuple[SpriteBank, GroundBank]:
        """The banks on a device, made when first asked for."""
        if self._banks is None:
            started = time.monotonic()
            self._banks = self._make(device)
            sprites, grounds = self._banks
            logger.info(
                "%d drawings (%.2f GB) and %d backgrounds (%.2f GB) lie on %s after %.0f s",
                len(sprites.catalogue), sprites.bytes / 1e9, len(grounds), grounds.bytes / 1e9,
                device, time.monotonic() - started,
            )  # fmt: skip
        return self._banks


def joined(batches: Sequence[DetectionBatch]) -> DetectionBatch:
    """One batch of several, their places for instances filled up to the most."""
    if len(batches) == 1:
        return batches[0]
    most = max(batch.targets.valid.shape[1] for batch in batches)

    def wider(values: Tensor) -> Tensor:
        missing = values.new_zeros(len(values), most - values.shape[1], *values.shape[2:])
        return torch.cat([values, missing], 1)

    columns = [[wider(value) for value in vars(batch.targets).values()] for batch in batches]
    targets = DetectionTargets(*(torch.cat(column) for column in zip(*columns, strict=True)))
    return DetectionBatch(torch.cat([batch.pictures for batch in batches]), targets)
