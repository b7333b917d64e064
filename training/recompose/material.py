"""What a training recomposes from: a catalogue for its data processes, banks for its device."""

from __future__ import annotations

import logging
from pathlib import Path

import torch
from torch.utils.data import Dataset

from ..art import load_art
from ..toon.pool import ToonPool, load_toons
from .bank import SpriteBank
from .batches import Recomposed, Recomposer
from .catalogue import catalogue_within
from .grounds import ROOM, GroundBank
from .planning import Options

logger = logging.getLogger("celkit")

BACKGROUNDS = 600
GROUNDS_SHARE = 0.25  # of the memory, at most


def load_recomposer(
    samples: Dataset | None,
    art,
    backgrounds,
    options: Options,
    seed: int,
    share: float = 1.0,
    *,
    pool: ToonPool | None = None,
    art_share: float = 1.0,
    gigabytes: float = 4.0,
) -> tuple[Recomposed, Recomposer]:
    """Samples of which a share are plans, and what makes pictures of them.

    Args:
        samples: the others; None where all are plans.
        art: an `ArtLibrary` of the training split or what has its attributes; None: drawn figures
            alone.
        backgrounds: a `BackgroundPool` of the training split, or what has its `draw`.
        pool: the drawn figures, those of `load_toons` when None.
        art_share: of the pool that `art` has, 0..1.
        gigabytes: 10^9 bytes that drawings and backgrounds may take on the device.

    Raises:
        ValueError: the memory is too little, or something is kept for evaluation.
    """
    ground = 3 * round(options.size * ROOM) ** 2
    count = min(BACKGROUNDS, int(gigabytes * 1e9 * GROUNDS_SHARE / ground))
    catalogue = None
    if count:
        if pool is None and (art is None or any(s.kind == "toon" for s in art.toons)):
            pool = load_toons().part(art_share)
        limit = gigabytes * 1e9 - count * ground
        catalogue = catalogue_within(limit, art, pool, options.size)
    if catalogue is None or catalogue.bytes > limit:
        raise ValueError(f"A bank of drawings needs more memory than {gigabytes:g} GB.")

    def banks(device: torch.device) -> tuple[SpriteBank, GroundBank]:
        sprites = SpriteBank(catalogue, art, pool, device)
        return sprites, GroundBank(backgrounds, count, options.size, device, seed)

    return Recomposed(samples, catalogue, count, options, seed, share), Recomposer(banks)


def art_or_drawn_alone(art: Path | None = None):
    """The clip art of the training split, or None with a word about it where there is none."""
    try:
        return load_art(art)
    except FileNotFoundError as error:
        logger.warning("Only drawn figures are put into pictures. %s", error)
        return None
