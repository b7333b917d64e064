"""A sheet of the worst, median and best pictures: the picture, the truth, coarse and refined."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cartoon_models.instances import Instances
from cartoon_models.instances.show import draw_overlay
from cartoon_models.picture import write_picture

from .measure import SHOWN_SCORE, Sample, Segments

CELL = 320  # pixels, the longer side of a picture on the sheet
CAPTION = 22
GAP = 6
INK, PAPER = (32, 32, 32), (255, 255, 255)


def make_sheet(
    path: str | Path,
    segmenter: Segments,
    samples: Sequence[Sample],
    qualities: Sequence[float],
    *,
    rows_each: int = 2,
    refine: bool = True,
) -> Path:
    """Write the sheet as a PNG, overwriting nothing; `qualities` chooses the pictures.

    Each row is one picture, segmented again as a user sees it (scores of 0.3 and more).
    """
    rows = []
    for group, index in choose_rows(qualities, rows_each):
        sample = samples[index]
        title = f"{group}: {sample.name or index}, panoptic quality {qualities[index]:.2f}"
        rows.append(_row(title, segmenter, sample, refine))
    sheet = Image.new(
        "RGB",
        (max(row.width for row in rows), sum(row.height + GAP for row in rows)),
        PAPER,
    )
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height + GAP
    return write_picture(path, np.asarray(sheet))


def choose_rows(qualities: Sequence[float], rows_each: int) -> list[tuple[str, int]]:
    """Return (group, picture index) of the worst, the median and the best, none of them twice."""
    order = np.argsort(qualities, kind="stable").tolist()
    if len(order) <= 3 * rows_each:
        return [("worst to best", index) for index in order]
    middle = (len(order) - rows_each) // 2
    return [
        *(("worst", index) for index in order[:rows_each]),
        *(("median", index) for index in order[middle : middle + rows_each]),
        *(("best", index) for index in order[-rows_each:]),
    ]


def _row(title: str, segmenter: Segments, sample: Sample, refine: bool) -> Image.Image:
    truth = Instances.from_masks(sample.masks.astype(np.float32))
    cells = [("picture", sample.picture), (f"truth, {len(truth)}", _overlay(sample, truth))]
    for name, refined in (("coarse", False), ("refined", True)):
        if refined and not refine:
            continue
        found = segmenter.segment(
            sample.picture, score_threshold=SHOWN_SCORE, refine=refined, order="left to right"
        )
        cells.append((f"{name}, {len(found)}", _overlay(sample, found)))
    images = [_cell(picture) for _, picture in cells]
    width, height = images[0].size
    row = Image.new("RGB", (len(cells) * (width + GAP), height + 2 * CAPTION), PAPER)
    draw = ImageDraw.Draw(row)
    font = ImageFont.load_default(size=CAPTION * 0.65)
    draw.text((2, 2), title, INK, font)
    for column, ((name, _), image) in enumerate(zip(cells, images, strict=True)):
        left = column * (width + GAP)
        draw.text((left + 2, CAPTION + 2), name, INK, font)
        row.paste(image, (left, 2 * CAPTION))
    return row


def _overlay(sample: Sample, instances: Instances) -> np.ndarray:
    return np.asarray(draw_overlay(sample.picture, instances))


def _cell(picture: np.ndarray) -> Image.Image:
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    factor = CELL / max(image.size)
    size = tuple(max(1, round(side * factor)) for side in image.size)
    return image.resize(size, Image.Resampling.LANCZOS)
