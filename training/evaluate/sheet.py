"""A sheet of the worst, median and best pictures: the picture, the truth, and what went wrong."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cartoon_models.instances import Instances
from cartoon_models.instances.show import draw_overlay
from cartoon_models.picture import write_picture

from . import outcomes as what
from .measure import MASK_THRESHOLD, SHOWN_SCORE, Sample, Segments, compare

CELL = 320  # pixels, the longer side of a picture on the sheet
CAPTION = 22
GAP = 6
INK, PAPER = (32, 32, 32), (255, 255, 255)

# Outlines of true characters by what became of them, and of finds.
CHARACTER_COLORS = {
    what.FOUND: (40, 190, 70),
    what.WRONG_BOUNDARY: (255, 140, 0),
    what.JOINED: (40, 110, 255),
    what.SPLIT: (190, 60, 230),
    what.MISSED: (235, 25, 35),
}
FIND_COLORS = {
    what.MATCHED: (50, 50, 60),
    what.JOINS: (120, 225, 255),
    what.PIECE: (255, 130, 215),
    what.FALSE: (255, 225, 0),
}


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

    Each row is one picture, segmented again as a user sees it (scores of 0.3 and more). The last
    cells show what became of every character, in the colours of the legend; see `outcomes`.
    """
    rows = [_legend()]
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


def draw_outcomes(sample: Sample, found: Instances) -> tuple[np.ndarray, what.Outcomes]:
    """The paler picture with the outlines of what became of it, uint8 [h, w, 3], and the outcomes.

    Outlines of finds are thin and lie over those of characters, which are thick. The picture is
    drawn at the size of a cell, so that lines are as thick on all.
    """
    result = what.outcomes(compare(found, sample)["mask"], SHOWN_SCORE)
    image = np.array(_cell(0.4 + 0.6 * sample.picture))
    size = image.shape[1::-1]
    masks = (found.masks >= MASK_THRESHOLD).cpu().numpy()
    for shapes, names, colors, thickness in (
        (sample.masks, result.characters, CHARACTER_COLORS, 3),
        (masks, result.finds, FIND_COLORS, 1),
    ):
        # The best first, so that what is wrong lies on top.
        for name in colors:
            for mask, its_name in zip(shapes, names, strict=True):
                if its_name == name:
                    small = cv2.resize(
                        mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA
                    )
                    lines, _ = cv2.findContours(
                        (small >= 128).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE
                    )
                    cv2.drawContours(image, lines, -1, colors[name], thickness)
    return image, result


def _legend() -> Image.Image:
    font = ImageFont.load_default(size=CAPTION * 0.65)
    entries = [(f"character {name}", color) for name, color in CHARACTER_COLORS.items()]
    entries += [
        (f"find {'on background' if name == what.FALSE else name}", color)
        for name, color in FIND_COLORS.items()
    ]
    legend = Image.new("RGB", (4 * (CELL + GAP), 2 * CAPTION + GAP), PAPER)
    draw = ImageDraw.Draw(legend)
    for number, (name, color) in enumerate(entries):
        left, top = (number % 5) * 250 + 4, (number // 5) * CAPTION + 4
        draw.rectangle((left, top + 2, left + 22, top + 14), color)
        draw.text((left + 28, top), name, INK, font)
    return legend


def _row(title: str, segmenter: Segments, sample: Sample, refine: bool) -> Image.Image:
    truth = Instances.from_masks(sample.masks.astype(np.float32))
    cells = [
        ("picture", _cell(sample.picture)),
        (f"truth, {len(truth)}", _cell(np.asarray(draw_overlay(sample.picture, truth)))),
    ]
    for name, refined in (("coarse", False), ("refined", True)):
        if refined and not refine:
            continue
        found = segmenter.segment(
            sample.picture, score_threshold=SHOWN_SCORE, refine=refined, order="left to right"
        )
        image, result = draw_outcomes(sample, found)
        overlay = np.asarray(draw_overlay(sample.picture, found))
        cells.append((f"{name}, {len(found)}", _cell(overlay)))
        cells.append((_summary(result), Image.fromarray(image)))
    width, height = cells[0][1].size
    row = Image.new("RGB", (len(cells) * (width + GAP), height + 2 * CAPTION), PAPER)
    draw = ImageDraw.Draw(row)
    font = ImageFont.load_default(size=CAPTION * 0.65)
    draw.text((2, 2), title, INK, font)
    for column, (name, image) in enumerate(cells):
        left = column * (width + GAP)
        draw.text((left + 2, CAPTION + 2), name, INK, _fitting(name, width))
        row.paste(image, (left, 2 * CAPTION))
    return row


def _fitting(text: str, width: int) -> ImageFont.FreeTypeFont:
    """A font in which the text is not wider than its cell, if it can still be read."""
    font = ImageFont.load_default(size=CAPTION * 0.65)
    length = font.getlength(text)
    if length <= width:
        return font
    return font.font_variant(size=max(8, 0.95 * font.size * width / length))


def _summary(result: what.Outcomes) -> str:
    """What became of it in a few words: only what is there."""
    counts = result.counts()
    said = {**counts["characters"], **{n: counts["finds"][n] for n in (what.PIECE, what.FALSE)}}
    return ", ".join(f"{count} {name}" for name, count in said.items() if count) or "nobody there"


def _cell(picture: np.ndarray) -> Image.Image:
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    factor = CELL / max(image.size)
    size = tuple(max(1, round(side * factor)) for side in image.size)
    return image.resize(size, Image.Resampling.LANCZOS)
