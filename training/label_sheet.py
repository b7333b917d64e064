"""Every label of one generated picture side by side, to look at: `label_sheet(made)`."""

from __future__ import annotations

import cv2
import numpy as np

from .toon.labels import (
    BOOK_LINE,
    CATEGORIES,
    FLAT,
    LINES,
    LabelledPicture,
)

# Colours of line and fill classes: those of a douga as far as it has any.
DOUGA_COLORS = np.array(
    [
        (255, 255, 255),
        (0, 0, 0),
        (70, 0, 140),
        (0, 160, 90),
        (230, 0, 0),
        (120, 120, 120),
        (190, 160, 240),
        (150, 235, 200),
        (255, 240, 140),
        (210, 210, 210),
    ],
    np.uint8,
)


def label_sheet(made: LabelledPicture, columns: int = 4, zoom: int = 6) -> np.ndarray:
    """All maps of a picture with their names, uint8 [H,W,3]; the last ones show a detail enlarged
    `zoom` times, with the outline of its labels over the picture."""
    table, ids = made.table, made.ids
    douga = table.douga[ids]
    lines = np.where(np.isin(douga, LINES), douga, FLAT)
    fills = np.where(np.isin(douga, LINES), FLAT, douga)
    depth = np.zeros(ids.shape, np.uint8)
    for mask, rank in zip(made.masks, made.order, strict=True):
        depth[mask > 127] = 80 + 175 * (rank + 1) // max(len(made.order), 1)
    alpha = np.zeros((*ids.shape, 3), np.float32)
    for number, mask in enumerate(made.masks):
        alpha += mask[..., None] / 255.0 * _hues(len(made.masks))[number]
    cells = {
        "picture": made.picture,
        "clean": made.clean,
        "alpha": alpha.clip(0, 255).astype(np.uint8),
        "instance": _mixed(table.instance)[ids],
        "part": _mixed(table.part + 1)[ids],
        "segment": _mixed(table.segment)[ids],
        "category": _hues(len(CATEGORIES), True)[table.category][ids],
        "line class": DOUGA_COLORS[lines],
        "fill class": DOUGA_COLORS[fills],
        "tone": np.array([(235, 235, 235), (255, 225, 90), (90, 90, 160)], np.uint8)[
            table.tone[ids]
        ],
        "flat colours": np.where((ids > 0)[..., None], table.color[ids], 255).astype(np.uint8),
        "depth order": np.repeat(depth[..., None], 3, 2),
        "joints": _joints(made),
        "colour design sheets": _sheets(made),
    }
    y, x = _busiest(douga, zoom)
    side = ids.shape[0] // zoom
    part = np.s_[y : y + side, x : x + side]
    near = cv2.resize(made.clean[part], None, fx=zoom, fy=zoom, interpolation=cv2.INTER_NEAREST)
    cells[f"clean, {zoom} times"] = near
    border = _borders(ids[part], zoom)
    marked = near.copy()
    marked[border] = (255, 0, 255)
    cells[f"borders of labels, {zoom} times"] = marked
    return _grid(cells, columns)


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """A colour per number that differs from its neighbours', 0 is white."""
    mixed = (numbers.astype(np.uint64) * 2654435761) & 0xFFFFFF
    colors = np.stack([(mixed >> shift) & 255 for shift in (0, 8, 16)], -1) // 5 * 4 + 20
    return np.where((numbers == 0)[:, None], 255, colors).astype(np.uint8)


def _hues(count: int, ground: bool = False) -> np.ndarray:
    hsv = np.zeros((1, max(count, 1), 3), np.uint8)
    hsv[..., 0] = np.arange(max(count, 1)) * 180 // max(count, 1)
    hsv[..., 1:] = 200, 240
    colors = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0]
    if ground:
        colors[0] = 255
    return colors


def _joints(made: LabelledPicture) -> np.ndarray:
    out = (made.clean // 2 + 127).astype(np.uint8)
    size = max(2, out.shape[0] // 160)
    for joints, hue in zip(made.joints, _hues(len(made.joints)), strict=False):
        for x, y in joints.values():
            if 0 <= x < out.shape[1] and 0 <= y < out.shape[0]:
                cv2.circle(out, (int(x), int(y)), size, hue.tolist(), -1, cv2.LINE_AA)
                cv2.circle(out, (int(x), int(y)), size, (0, 0, 0), 1, cv2.LINE_AA)
    return out


def _sheets(made: LabelledPicture) -> np.ndarray:
    """A column of swatches per figure; each row is normal, highlight, shadow."""
    out = np.full((*made.ids.shape, 3), 255, np.uint8)
    wide = out.shape[1] // max(4, len(made.sheets))
    high = out.shape[0] // 26
    for number, sheet in enumerate(made.sheets):
        for row, entry in enumerate(sheet[:26]):
            for tone, color in enumerate((entry.normal, entry.highlight, entry.shadow)):
                x, y = number * wide + tone * (wide // 3 - 2), row * high
                out[y : y + high - 2, x : x + wide // 3 - 2] = color
    return out


def _busiest(douga: np.ndarray, zoom: int) -> tuple[int, int]:
    """The corner of the detail with the most lines of figures in it."""
    side = douga.shape[0] // zoom
    lines = (np.isin(douga, LINES) & (douga != BOOK_LINE)).astype(np.float32)
    sums = cv2.boxFilter(lines, -1, (side, side), normalize=False, anchor=(0, 0))
    inside = sums[: douga.shape[0] - side + 1, : douga.shape[1] - side + 1]
    y, x = np.unravel_index(int(inside.argmax()), inside.shape)
    return int(y), int(x)


def _borders(ids: np.ndarray, zoom: int) -> np.ndarray:
    large = cv2.resize(ids, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_NEAREST)
    border = np.zeros(large.shape, bool)
    border[1:] |= large[1:] != large[:-1]
    border[:, 1:] |= large[:, 1:] != large[:, :-1]
    return border


def _grid(cells: dict[str, np.ndarray], columns: int) -> np.ndarray:
    height, width = next(iter(cells.values())).shape[:2]
    head = max(24, height // 22)
    rows = -(-len(cells) // columns)
    sheet = np.full((rows * (height + head), columns * (width + 8), 3), 245, np.uint8)
    for number, (name, cell) in enumerate(cells.items()):
        y, x = number // columns * (height + head), number % columns * (width + 8)
        part = cell[:height, :width]
        sheet[y + head : y + head + part.shape[0], x : x + part.shape[1]] = part
        place = (x + 4, y + head - head // 4)
        cv2.putText(
            sheet, name, place, cv2.FONT_HERSHEY_SIMPLEX, head / 34, (0, 0, 0), 1, cv2.LINE_AA
        )
    return sheet
