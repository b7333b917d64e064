"""A plate that something else paints: what it is given, and what becomes of what it gives back.

`prepare_plate` gives a picture to start from, a mask and a prompt; `finish_plate` takes what a
sampler, an editing model or a person made of them. In between anything can happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...instances.data import size_text
from ...picture import as_tensor
from ...progress import Progress
from .filling import Margin, Plate, as_mask, fill_background, margins, padded, revealed
from .fit import fitted

MULTIPLES = (8, 32, 64)
QUALITY = ("high quality", "masterpiece", "no humans")
# What is not to be painted into a background: the paper's list.
NEGATIVE = "human, single, person, girl, 1girl, boy, 1boy, creature, animal, alien, robot, body"

_CERTAIN = 0.9  # the confidence of what something else painted
_CONTEXT = 64  # pixels around the hole
_PEOPLE = ("girl", "boy", "person", "people", "human", "solo", "1other", "looking at viewer")


@dataclass(frozen=True, eq=False)
class PreparedPlate:
    """What a painter is given.

    Attributes:
        picture: float32 ``[h, w, 3]``: a part of the plate with the hole filled roughly; its sides
            are multiples of what was asked for.
        mask: float32 ``[h, w]``: 1 where it is to be painted.
        prompt: what the background shows.
        negative: what it is not to show.
        plate: the whole plate, filled roughly.
        wanted: bool ``[Hp, Wp]``: the plate's pixels that will be replaced.
        box: ``x1 y1 x2 y2``, end-exclusive: the plate's pixels that ``picture`` shows; where its
            sides are larger, its last rows and columns are mirrored.
    """

    picture: Tensor
    mask: Tensor
    prompt: str
    negative: str
    plate: Plate
    wanted: Tensor
    box: tuple[int, int, int, int]


def prepare_plate(
    picture: Tensor | np.ndarray,
    hole: Tensor | np.ndarray,
    *,
    tags: Sequence[str] | str = (),
    multiple: int = 8,
    context: int | None = _CONTEXT,
    margin: int | Margin = 0,
    reveal: Tensor | np.ndarray | None = None,
    sources_excluded: Tensor | np.ndarray | None = None,
    method: str = "auto",
    grow: int = 4,
    seed: int = 0,
    progress: Progress | None = None,
) -> PreparedPlate:
    """Make a plate ready to be painted by something else.

    As in "Instance-guided Cartoon Editing with a Large-scale Dataset" (section 6.1) the hole is
    filled with copies first, tags of the background become the prompt, and a fixed list of
    characters the negative one.

    Args:
        picture, hole, margin, reveal, sources_excluded, method, seed, progress: see
            `filling.fill_background`.
        tags: of the background, a list or one text with commas; such as a tagger's of the filled
            plate. Those about people are left out.
        multiple: of which the sides of the prepared picture are: 8 for most models, 32 or 64 for
            some.
        context: pixels around the hole that the painter sees; None for the whole plate.
        grow: pixels by which the mask is larger than the hole: what is painted there only helps
            the seam, the picture's own pixels come back.

    Raises:
        ValueError: as `filling.fill_background`; also a multiple, context or growth below what
            makes sense.
    """
    if multiple < 1 or grow < 0 or (context is not None and context < 0):
        raise ValueError(
            "A multiple is from 1 up, context and growth are from 0 up, not "
            f"{multiple}, {context} and {grow}."
        )
    plate = fill_background(
        picture,
        hole,
        method=method,
        margin=margin,
        reveal=reveal,
        sources_excluded=sources_excluded,
        seed=seed,
        progress=progress,
    )
    wanted = (plate.hole & plate.filled).cpu()
    box = _box_around(wanted.numpy(), context, multiple)
    x1, y1, x2, y2 = box
    part = plate.picture[y1:y2, x1:x2].cpu().numpy()
    mask = _grown(wanted.numpy()[y1:y2, x1:x2], grow)
    return PreparedPlate(
        torch.from_numpy(_filled_up(part, multiple)).to(plate.picture.device),
        torch.from_numpy(_filled_up(mask.astype(np.float32), multiple)).to(plate.picture.device),
        background_prompt(tags),
        NEGATIVE,
        plate,
        wanted.to(plate.picture.device),
        box,
    )


def finish_plate(
    prepared: PreparedPlate, painted: Tensor | np.ndarray, *, fit: bool = True
) -> Plate:
    """Put what was painted into the plate. Only pixels of the hole change, others bit for bit not.

    Args:
        prepared: what the painter was given.
        painted: ``[h, w, 3]``, what it gave back; another size of the same shape is resized.
        fit: undo the painter's drift and shift of colour first, measured outside the hole, and make
            its rim meet the picture's; see `fit.fitted`.

    Raises:
        ValueError: a painted picture of another shape, with both sizes.
    """
    import cv2

    colors = as_tensor(painted).cpu().numpy()
    height, width = prepared.picture.shape[:2]
    if colors.shape[:2] != (height, width):
        aspect = colors.shape[1] / colors.shape[0] * height / width
        if not 0.98 < aspect < 1.02:
            raise ValueError(
                f"The painted plate is {size_text(colors.shape)}, but the prepared one was "
                f"{size_text((height, width))}; give back the whole picture, in the same shape."
            )
        finer = colors.shape[0] > height
        way = cv2.INTER_AREA if finer else cv2.INTER_CUBIC
        colors = cv2.resize(colors, (width, height), interpolation=way).clip(0, 1)
    x1, y1, x2, y2 = prepared.box
    colors = colors[: y2 - y1, : x2 - x1]
    wanted = prepared.wanted.cpu().numpy()[y1:y2, x1:x2]
    part = prepared.plate.picture[y1:y2, x1:x2].cpu().numpy()
    if fit:
        colors = fitted(colors, part, wanted)
    result = prepared.plate.picture.clone()
    chosen = torch.from_numpy(wanted).to(result.device)
    result[y1:y2, x1:x2][chosen] = torch.from_numpy(np.ascontiguousarray(colors)).to(result)[chosen]
    confidence = torch.where(prepared.wanted, _CERTAIN, prepared.plate.confidence)
    return Plate(result, prepared.plate.offset, prepared.plate.hole, confidence.float(), "painted")


def external_plate(
    picture: Tensor | np.ndarray,
    hole: Tensor | np.ndarray,
    background: Tensor | np.ndarray,
    *,
    margin: int | Margin = 0,
    reveal: Tensor | np.ndarray | None = None,
    fit: bool = True,
) -> Plate:
    """The plate whose hole is filled from a picture of the background made elsewhere.

    Args:
        picture, hole, margin, reveal: see `filling.fill_background`.
        background: ``[h, w, 3|4]`` of the picture's size, which fills no margin, or of the plate's.
            Where it is transparent, nothing is filled.
        fit: see `finish_plate`.

    Raises:
        ValueError: a background of another size, with the sizes that fit.
    """
    colors = as_tensor(picture)
    device, size = colors.device, tuple(colors.shape[:2])
    sides = margins(margin)
    grown = padded(colors.cpu().numpy(), sides)
    unknown = padded(as_mask(hole, size, "The hole"), sides, True)
    made = as_tensor(background, channels=4).cpu().numpy()
    if made.shape[:2] == size and made.shape[:2] != grown.shape[:2]:
        made = padded(made, sides)
    if made.shape[:2] != grown.shape[:2]:
        raise ValueError(
            f"The background is {size_text(made.shape)}; it has to be {size_text(size)} like the "
            f"picture or {size_text(grown.shape)} with the margin."
        )
    there = made[..., 3] > 0.5
    wanted = unknown & revealed(reveal, size, sides) & there
    made = np.ascontiguousarray(made[..., :3])
    if fit:
        # What is not there is no more to go by than the hole itself.
        made = fitted(made, np.where(there[..., None], grown, made), unknown | ~there)
    result = np.where(wanted[..., None], made, grown)
    confidence = np.where(wanted, np.float32(_CERTAIN), ~unknown).astype(np.float32)
    return Plate(
        torch.from_numpy(result).to(device),
        (-sides[0], -sides[1]),
        torch.from_numpy(unknown).to(device),
        torch.from_numpy(confidence).to(device),
        "external",
    )


def background_prompt(tags: Sequence[str] | str = ()) -> str:
    """A prompt of tags, without those about people, and of words for quality."""
    parts = tags.split(",") if isinstance(tags, str) else tags
    parts = [tag.strip().replace("_", " ") for tag in parts]
    kept = [tag for tag in parts if tag and not any(word in tag for word in _PEOPLE)]
    return ", ".join(dict.fromkeys([*kept, *QUALITY]))


def _box_around(
    wanted: np.ndarray, context: int | None, multiple: int
) -> tuple[int, int, int, int]:
    """The hole's box with context, larger where the plate goes on, up to multiples."""
    height, width = wanted.shape
    rows, columns = np.flatnonzero(wanted.any(1)), np.flatnonzero(wanted.any(0))
    if context is None or not len(rows):
        return 0, 0, width, height
    spans = []
    for first, last, end in (
        (columns[0], columns[-1] + 1, width),
        (rows[0], rows[-1] + 1, height),
    ):
        first, last = max(0, first - context), min(end, last + context)
        missing = min(-(last - first) % multiple, end - (last - first))
        before = min(missing // 2, first)
        after = min(missing - before, end - last)
        spans.append((int(first - (missing - after)), int(last + after)))
    (x1, x2), (y1, y2) = spans
    return x1, y1, x2, y2


def _filled_up(values: np.ndarray, multiple: int) -> np.ndarray:
    """With mirrored rows and columns at the end, up to a multiple."""
    pad = [(0, -side % multiple) for side in values.shape[:2]]
    pad += [(0, 0)] * (values.ndim - 2)
    return np.pad(values, pad, mode="symmetric")


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    import cv2

    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1,) * 2)
    return cv2.dilate(mask.astype(np.uint8), disc) > 0
