"""One drawing on its way into a picture: scaled, turned, mirrored, then recoloured and shaded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from . import harmonize
from .backgrounds import recolor
from .painters.textures import noise, palette


@dataclass(frozen=True, eq=False)
class Placed:
    """A drawing cut to the canvas: `color` uint8 [h,w,3] straight, `alpha` uint8 [h,w], upper left
    corner `x`, `y` in canvas pixels, the share of the drawing `inside` the canvas, its numbers
    `ids` uint16 [h,w] if it has any, and `matrix` float [2,3] from its pixels to the canvas'."""

    color: np.ndarray
    alpha: np.ndarray
    x: int
    y: int
    inside: float
    ids: np.ndarray | None = None
    matrix: np.ndarray | None = None


def place(
    rgba: np.ndarray,
    box: np.ndarray,
    angle: float,
    flip: bool,
    grounded: bool,
    size: tuple[int, int],
    ids: np.ndarray | None = None,
) -> Placed | None:
    """Fits a drawing into a box of the canvas, keeping its proportions; None if it lies outside.

    Numbers are taken from the nearest pixel, so that they stay numbers; they lie under the picture
    within half a pixel of the drawing or of the canvas, whichever is larger.

    Args:
        rgba: uint8 [H,W,4], premultiplied.
        box: x0, y0, x1, y1 in canvas pixels; the drawing is as high as fits, standing on the lower
            side if `grounded`, else in the middle.
        angle: radians, about the middle.
        size: (H, W) of the canvas.
        ids: uint16 [H,W], numbers of the drawing's pixels.
    """
    height, width = rgba.shape[:2]
    box_w, box_h = box[2] - box[0], box[3] - box[1]
    scale = min(box_h / height, max(box_w, 0.6 * box_h) / width)
    if scale * max(height, width) < 6:
        return None
    pixels = rgba
    if scale < 0.7:  # area averaging, then at most a small further step in the warp
        pixels = cv2.resize(
            rgba,
            (max(2, round(width * scale)), max(2, round(height * scale))),
            interpolation=cv2.INTER_AREA,
        )
    small_h, small_w = pixels.shape[:2]
    step = np.array([width * scale / small_w, height * scale / small_h])
    centre_x = (box[0] + box[2]) / 2
    centre_y = box[3] - height * scale / 2 if grounded else (box[1] + box[3]) / 2
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.array([[c, s], [-s, c]]) @ np.diag([-step[0] if flip else step[0], step[1]])
    half = np.array([small_w, small_h]) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ matrix.T + [
        centre_x,
        centre_y,
    ]
    x0, y0 = np.floor(corners.min(0)).astype(int)
    x1, y1 = np.ceil(corners.max(0)).astype(int)
    full = (x1 - x0) * (y1 - y0)
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, size[1]), min(y1, size[0])
    if x1 - x0 < 3 or y1 - y0 < 3:
        return None
    shift = np.array([centre_x - x0, centre_y - y0]) - matrix @ half
    # pixel centres: output index + 0.5 is the canvas coordinate
    offset = shift + matrix @ np.array([0.5, 0.5]) - 0.5
    out = cv2.warpAffine(
        pixels,
        np.column_stack([matrix, offset]),
        (int(x1 - x0), int(y1 - y0)),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    alpha = np.ascontiguousarray(out[..., 3])
    if not alpha.any():
        return None
    color = out[..., :3].copy()
    soft = (alpha < 255) & (out.view(np.uint32)[..., 0] != 0)
    safe = np.maximum(alpha[soft], 1).astype(np.uint16)[:, None]
    color[soft] = np.minimum((color[soft].astype(np.uint16) * 255 + safe // 2) // safe, 255)
    inside = min(1.0, (x1 - x0) * (y1 - y0) / max(full, 1))
    # from the drawing's own pixels, without the step in between
    own = matrix @ np.diag([small_w / width, small_h / height])
    corner = shift - 0.5 + own @ np.array([0.5, 0.5])
    if ids is not None:
        ids = cv2.warpAffine(
            ids,
            np.column_stack([own, corner]),
            (int(x1 - x0), int(y1 - y0)),
            flags=cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
    to_canvas = np.column_stack([own, shift + np.array([x0, y0])])
    return Placed(color, alpha, int(x0), int(y0), float(inside), ids, to_canvas)


def alter(rng: np.random.Generator, placed: Placed, strength: float = 1.0) -> Placed:
    """Changes how a drawing looks, never where it is: hue, plainness, light, paint, ink."""
    color, alpha = placed.color, placed.alpha
    chance = rng.random(8)
    inside = alpha > 127
    if strength == 0 or not inside.any():
        return placed
    if chance[0] < 0.3 * strength:
        color = recolor(rng, color)
    if chance[1] < 0.2 * strength:  # plain: its own detail fades into one colour
        mean = cv2.mean(color, inside.astype(np.uint8))[:3]
        keep = rng.uniform(0.04, 0.5)
        color = np.rint(np.array(mean) * (1 - keep) + color * keep).astype(np.uint8)
    elif chance[1] < 0.27 * strength:
        color = harmonize.quantize(rng, color, int(rng.integers(2, 6)))
    elif chance[1] < 0.31 * strength:
        color = cv2.medianBlur(color, int(rng.choice([3, 5, 7])))
    elif chance[1] < 0.36 * strength:
        color = harmonize.greyscale(color)
    if chance[2] < 0.25 * strength:  # light from one side
        color = lit(rng, color)
    if chance[3] < 0.2 * strength:  # blotches, as paint has them
        color = blotched(rng, color)
    if chance[4] < 0.12 * strength and min(color.shape[:2]) > 24:  # an ink line around it
        thickness = max(1, round(max(color.shape[:2]) * rng.uniform(0.006, 0.02)))
        core = (
            cv2.erode(alpha, np.ones((2 * thickness + 1,) * 2, np.uint8), borderValue=255)[
                ..., None
            ]
            / 255.0
        )
        line = np.full(3, rng.uniform(0, 60)) if rng.random() < 0.8 else palette(rng, 1)[0]
        color = np.rint(color * core + line * (1 - core)).astype(np.uint8)
    return replace(placed, color=np.ascontiguousarray(color))


def paint(picture: np.ndarray, placed: Placed) -> None:
    """Blends a placed drawing over a picture, uint8 [H,W,3], in place."""
    h, w = placed.alpha.shape
    view = picture[placed.y : placed.y + h, placed.x : placed.x + w]
    alpha = placed.alpha[..., None].astype(np.uint16)
    view[:] = (placed.color * alpha + view * (255 - alpha) + 127) // 255


def blotched(rng: np.random.Generator, color: np.ndarray) -> np.ndarray:
    """Uneven light and dark, as paint has it: uint8 [h,w,3]."""
    side = max(color.shape[:2])
    shade = cv2.resize(noise(rng, 64, 4, 3), (side, side))[: color.shape[0], : color.shape[1], None]
    tone = palette(rng, 1)[0].astype(np.float32) / 255 + 0.4
    shaded = color * (1 + rng.uniform(0.15, 0.6) * (shade - 0.5) * tone)
    return np.clip(shaded, 0, 255).astype(np.uint8)


def lit(rng: np.random.Generator, color: np.ndarray) -> np.ndarray:
    """Light from one side, soft or with a hard border: uint8 [h,w,3]."""
    height, width = color.shape[:2]
    angle, depth = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.55)
    y, x = (
        np.linspace(-1, 1, height, dtype=np.float32)[:, None],
        np.linspace(-1, 1, width, dtype=np.float32),
    )
    ramp = np.clip(0.5 + 0.5 * (np.cos(angle) * x + np.sin(angle) * y), 0, 1)
    if rng.random() < 0.3:
        ramp = (ramp > rng.uniform(0.3, 0.7)).astype(np.float32)
    return np.clip(color * (1.15 - depth * ramp)[..., None], 0, 255).astype(np.uint8)
