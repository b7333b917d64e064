"""Spoils an exact mask into one that a detector might have given, or a user's box."""

from __future__ import annotations

import cv2
import numpy as np


def corrupt(
    rng: np.random.Generator, mask: np.ndarray, others: np.ndarray, box_share: float = 0.2
) -> np.ndarray:
    """A coarse mask for the refiner's input.

    Args:
        mask: uint8 [H,W], the exact mask.
        others: uint8 [M,H,W], the masks of neighbours.
        box_share: probability of the filled box (arXiv 2312.01943 starts the second
            stage from boxes, too).

    Returns:
        float32 [H,W], 0..1.
    """
    height, width = mask.shape
    exact = mask.astype(np.float32) / 255
    if rng.random() < box_share:
        return _box(rng, mask)
    if rng.random() < 0.05:
        return exact
    coarse, unit = exact, max(height, width) / 360
    if rng.random() < 0.3:
        coarse = _drop(rng, coarse)
    if rng.random() < 0.35 and len(others):
        coarse = _leak(rng, coarse, others)
    if rng.random() < 0.15:
        coarse = np.maximum(coarse, _blob(rng, coarse.shape, _point(rng, exact), 0.12))
    if rng.random() < 0.6:
        side = max(3, int(rng.choice([3, 7, 11, 15]) * unit) | 1)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        coarse = cv2.dilate(coarse, kernel) if rng.random() < 0.55 else cv2.erode(coarse, kernel)
    if rng.random() < 0.2:
        coarse = _polygons(rng, coarse)
    if rng.random() < 0.4:
        dx, dy = rng.normal(0, 0.012, 2) * max(height, width)
        coarse = cv2.warpAffine(coarse, np.float32([[1, 0, dx], [0, 1, dy]]), (width, height))
    if rng.random() < 0.75:  # a detector's masks have an eighth of its input's resolution
        factor = rng.uniform(3, 14)
        small = cv2.resize(
            coarse,
            (max(4, int(width / factor)), max(4, int(height / factor))),
            interpolation=cv2.INTER_AREA,
        )
        if rng.random() < 0.6:
            small = small + rng.normal(0, rng.uniform(0.02, 0.2), small.shape).astype(
                np.float32
            ) * (small > 0.02)
        coarse = cv2.resize(small.clip(0, 1), (width, height), interpolation=cv2.INTER_LINEAR)
        if rng.random() < 0.6:  # logits are steeper than area averages
            coarse = 1 / (1 + np.exp(-(coarse - rng.uniform(0.35, 0.65)) * rng.uniform(4, 16)))
            coarse[coarse < 0.03] = 0
    elif rng.random() < 0.5:
        coarse = cv2.GaussianBlur(coarse, (0, 0), rng.uniform(0.5, 4) * unit)
    if rng.random() < 0.3:
        coarse = (coarse > 0.5).astype(np.float32)
    coarse = coarse.astype(np.float32).clip(0, 1)
    if float((coarse * exact).sum()) < 0.3 * float(exact.sum()):  # nothing to refine is left
        return _box(rng, mask)
    return coarse


def _box(rng, mask) -> np.ndarray:
    out = np.zeros(mask.shape, np.float32)
    rows, columns = np.flatnonzero((mask >= 128).any(1)), np.flatnonzero((mask >= 128).any(0))
    if len(rows):
        h, w = rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]
        jitter = rng.normal(0, 0.03, 4) * [h, h, w, w]
        y0, y1 = max(0, int(rows[0] + jitter[0])), int(rows[-1] + 1 + jitter[1])
        x0, x1 = max(0, int(columns[0] + jitter[2])), int(columns[-1] + 1 + jitter[3])
        out[y0 : max(y1, y0 + 2), x0 : max(x1, x0 + 2)] = 1
    return out


def _point(rng, mask) -> tuple[int, int]:
    """(x, y) of a pixel inside the mask."""
    inside = np.flatnonzero(mask.reshape(-1) > 0.5)
    at = int(rng.choice(inside)) if len(inside) else 0
    return at % mask.shape[1], at // mask.shape[1]


def _blob(rng, shape, at: tuple[int, int], reach: float) -> np.ndarray:
    out = np.zeros(shape, np.float32)
    size = (rng.uniform(0.3, 1.0, 2) * reach * max(shape)).astype(int) + 1
    cv2.ellipse(out, at, tuple(size.tolist()), float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
    return out


def _drop(rng, mask) -> np.ndarray:
    """Takes away what lies beyond a line, or holes and bites."""
    height, width = mask.shape
    if rng.random() < 0.4:
        angle = rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[:height, :width]
        along = np.cos(angle) * x + np.sin(angle) * y
        values = along[mask > 0.5]
        if len(values):
            return mask * (along < np.quantile(values, rng.uniform(0.72, 0.97)))
        return mask
    out = mask.copy()
    for _ in range(int(rng.integers(1, 4))):
        out *= 1 - _blob(rng, mask.shape, _point(rng, mask), 0.14)
    return out


def _leak(rng, mask, others) -> np.ndarray:
    """Adds a part of a neighbour, or all of it (a merge)."""
    touching = [o for o in others if o.any()]
    if not touching:
        return mask
    other = touching[int(rng.integers(len(touching)))].astype(np.float32) / 255
    if rng.random() < 0.3:
        return np.maximum(mask, other)
    side = int(max(mask.shape) * rng.uniform(0.03, 0.2)) | 1
    near = cv2.dilate(mask, np.ones((side, side), np.uint8))
    return np.maximum(mask, other * near)


def _polygons(rng, mask) -> np.ndarray:
    contours, _ = cv2.findContours(
        (mask > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    out = np.zeros(mask.shape, np.float32)
    share = rng.uniform(0.004, 0.025)
    cv2.fillPoly(
        out, [cv2.approxPolyDP(c, share * cv2.arcLength(c, True), True) for c in contours], 1.0
    )
    return out
