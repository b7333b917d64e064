"""Mask IoU and boundary IoU of every detected mask with every true one.

Boundary IoU: Cheng et al., "Boundary IoU: Improving Object-Centric Image Segmentation Evaluation",
CVPR 2021, sections 4 and 5.
"""

import math

import cv2
import numpy as np

# How many pixels of all masks are turned to floats at a time.
_PIXELS_AT_ONCE = 1 << 25


def mask_iou(
    detected: np.ndarray, truth: np.ndarray, crowd: np.ndarray | None = None
) -> np.ndarray:
    """Return the IoU of each pair of masks, float64 `[D, G]`.

    `detected [D, H, W]` and `truth [G, H, W]` are bool. Where `crowd [G]` is true the truth is a
    group of characters, and, as COCO has it, a detection counts as far as it lies inside:
    intersection over the detection's own area. A pair without a common pixel has 0.
    """
    inside = _intersections(detected, truth)
    area_detected = _areas(detected)[:, None]
    whole = area_detected + _areas(truth)[None] - inside
    if crowd is not None:
        whole = np.where(np.asarray(crowd, bool)[None], area_detected, whole)
    return np.divide(inside, whole, out=np.zeros_like(inside), where=inside > 0)


def boundary_iou(
    detected: np.ndarray,
    truth: np.ndarray,
    crowd: np.ndarray | None = None,
    ratio: float = 0.02,
) -> np.ndarray:
    """Return the IoU of the boundaries of each pair of masks, float64 `[D, G]`; see `boundaries`.

    Boundary AP matches by the smaller of this and the mask IoU, so that a mask cannot win by its
    outline alone (section 5 of the paper).
    """
    return mask_iou(boundaries(detected, ratio), boundaries(truth, ratio), crowd)


def boundaries(masks: np.ndarray, ratio: float = 0.02) -> np.ndarray:
    """Return the pixels of each mask that lie within `boundary_width` pixels of its outline.

    `masks` is bool `[N, H, W]`, and so is the result. The picture's edge is an outline too. The
    distance is the chessboard one, as in the paper's implementation.
    """
    count, height, width = masks.shape
    reach = boundary_width(height, width, ratio)
    result = np.empty_like(masks, dtype=bool)
    step = max(1, _PIXELS_AT_ONCE // ((height + reach) * (width + 2 * reach)))
    for start in range(0, count, step):
        chunk = masks[start : start + step]
        result[start : start + step] = chunk & ~_eroded(chunk, reach)
    return result


def boundary_width(height: int, width: int, ratio: float = 0.02) -> int:
    """Return how many pixels wide a boundary is: `ratio` of the diagonal, at least 1."""
    return max(1, round(ratio * math.hypot(height, width)))


def _eroded(masks: np.ndarray, reach: int) -> np.ndarray:
    # All masks one below the other, with empty rows between them, so that OpenCV erodes them in
    # one call and none of them sees its neighbour.
    count, height, width = masks.shape
    tall = np.zeros((count, height + reach, width + 2 * reach), np.uint8)
    tall[:, reach:, reach : reach + width] = masks
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    flat = tall.reshape(count * (height + reach), width + 2 * reach)
    eroded = cv2.erode(flat, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return eroded.reshape(tall.shape)[:, reach:, reach : reach + width].astype(bool)


def _areas(masks: np.ndarray) -> np.ndarray:
    return np.count_nonzero(masks, axis=(1, 2)).astype(np.float64)


def _intersections(detected: np.ndarray, truth: np.ndarray) -> np.ndarray:
    if detected.shape[1:] != truth.shape[1:]:
        raise ValueError(
            f"Detected masks are {detected.shape[1:]} pixels and true ones {truth.shape[1:]}."
        )
    pixels = detected.shape[1] * detected.shape[2]
    rows, columns = (masks.reshape(len(masks), pixels) for masks in (detected, truth))
    total = np.zeros((len(rows), len(columns)))
    # A product of float32 matrices counts exactly up to 2^24, so no strip is longer than that.
    step = min(1 << 24, max(1, _PIXELS_AT_ONCE // max(1, len(rows) + len(columns))))
    for start in range(0, pixels, step):
        strip = slice(start, start + step)
        total += rows[:, strip].astype(np.float32) @ columns[:, strip].astype(np.float32).T
    return total
