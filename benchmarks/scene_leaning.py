"""How much what stands in a place leans when the camera moves, and whether feet slide.

A truck moves every point sideways by its disparity, so that an upright whose disparity changes over
its height leans, and a figure whose layer is not as near as the ground at its feet slides on it.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from cartoon_models.scene.depth.anchor import anchor, background_plane
from cartoon_models.scene.depth.guess import guess_depth

from .scene_places import KINDS, Place

TRUCK = 0.08  # of the frame's width, at the nearest layer


def measure(places: Sequence[Place], looks: bool = True) -> dict:
    """How the guessed depth of places moves in a truck of `TRUCK`.

    Per kind of place the degrees by which uprights lean; the pixels by which feet slide; the share
    by which the plate is stretched sideways (of 99.5 % of its pixels at most); and by how many
    pixels figures move away from what is seen around their upper halves.

    Args:
        looks: whether the guess sees the picture.
    """
    report: dict = {}
    for kind in KINDS:
        lean, slides, stretch, apart = [], [], [], []
        for place in (place for place in places if place.kind == kind):
            drift, own = drifts(place, looks)
            lean += leaning(drift, place)
            slides += sliding(drift, own, place)
            seen = place.instances.masks.amax(0).numpy() < 0.5
            change = np.abs(np.diff(drift, axis=1))[seen[:, 1:] & seen[:, :-1]]
            stretch.append(float(np.percentile(change, 99.5)))
            apart += depths_between(drift, own, place)
        if lean:
            report[kind] = {
                "uprights": len(lean),
                "lean_mean": _rounded(np.mean(lean)),
                "lean_p95": _rounded(np.percentile(lean, 95)),
                "feet": len(slides),
                "slide_mean": _rounded(np.mean(slides)) if slides else None,
                "slide_p95": _rounded(np.percentile(slides, 95)) if slides else None,
                "stretch": _rounded(max(stretch)),
                "apart_mean": _rounded(np.mean(apart)),
                "apart_p10": _rounded(np.percentile(apart, 10)),
            }
    return report


def drifts(place: Place, looks: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """By how many pixels a truck of `TRUCK` moves each pixel of the plate, float ``[H, W]``, and
    each figure, float ``[N]``; as `build_scene` has them, for a guessed depth and flat figures."""
    picture = place.picture if looks else None
    disparity = guess_depth(place.instances.size, place.instances, picture).disparity
    masks = place.instances.masks
    near = np.array([anchor(disparity, mask, "foot")[0][0] for mask in masks])
    plane, relief = background_plane(disparity, masks.amax(0))
    height, width = disparity.shape
    ys, xs = np.mgrid[:height, :width] + 0.5
    plate = plane[0] + plane[1] * (xs - width / 2) / width + plane[2] * (ys - height / 2) / width
    scale = TRUCK * width / near.max()
    return (plate + relief.numpy()) * scale, near * scale


def leaning(drift: np.ndarray, place: Place) -> list[float]:
    """Degrees, of each upright: how far its top drifts away from its foot, by its height."""
    hidden = place.instances.ids().numpy() > 0
    found = []
    for column, top, foot in place.uprights.tolist():
        rows = np.arange(top, foot)[~hidden[top:foot, column]]
        if len(rows) < 12:
            continue
        away = abs(float(drift[rows[0], column] - drift[rows[-1], column]))
        found.append(float(np.degrees(np.arctan2(away, rows[-1] - rows[0]))))
    return found


def sliding(drift: np.ndarray, own: np.ndarray, place: Place) -> list[float]:
    """Pixels, of each figure that stands: its own drift less that of the ground at its feet."""
    found = []
    for mask, by in zip(place.instances.masks.numpy()[place.feet], own[place.feet], strict=True):
        rows, columns = np.nonzero(mask >= 0.5)
        below = min(int(rows.max()) + 1, drift.shape[0] - 1)
        at_foot = columns[rows >= rows.max() - 2]
        found.append(abs(float(by) - float(drift[below, at_foot].mean())))
    return found


def depths_between(drift: np.ndarray, own: np.ndarray, place: Place) -> list[float]:
    """Pixels, of each figure: its own drift less that of what is seen around its upper half."""
    inside = place.instances.masks.numpy() >= 0.5
    around = np.ones((21, 21), np.uint8)
    found = []
    for mask, by in zip(inside, own, strict=True):
        rows = np.flatnonzero(mask.any(axis=1))
        ring = (cv2.dilate(mask.astype(np.uint8), around) > 0) & ~inside.any(axis=0)
        ring[(rows[0] + rows[-1]) // 2 :] = False
        if ring.any():
            found.append(float(by - drift[ring].mean()))
    return found


def _rounded(value: float) -> float:
    return round(float(value), 3)
