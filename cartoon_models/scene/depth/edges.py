"""Edges of depth moved to those of the masks: no character wears a rim of its background's depth.

An estimator's edges are soft and a few pixels off, more so after enlarging. Near the edge of a
mask a value is taken from the nearest pixel on the same side of it that is far enough inside.
"""

from __future__ import annotations

import numpy as np

from ...instances.data import Instances

_REACH = 0.004  # of the picture's longer side: how far off an estimator's edges are
_BLUR = 1.5  # pixels of the depth picture that its edges are soft


def snap_to_masks(disparity: np.ndarray, instances: Instances, enlarged: float = 1.0) -> np.ndarray:
    """The disparity with its edges at the masks' edges: float32 ``[H, W]``.

    Args:
        disparity: float32 ``[H, W]``.
        instances: of a picture of that size; a pixel belongs to the highest mask of 0.5 or more.
        enlarged: pixels of the picture per pixel of the depth picture.
    """
    from scipy.ndimage import find_objects

    ids = instances.ids().cpu().numpy()
    height, width = ids.shape
    reach = _REACH * max(height, width) + _BLUR * enlarged
    result = disparity.astype(np.float32, copy=True)
    grown = int(np.ceil(reach)) + 1
    _refill(result, disparity, ids == 0, reach)
    for number, place in enumerate(find_objects(ids), start=1):
        if place is None:
            continue
        window = tuple(slice(max(part.start - grown, 0), part.stop + grown) for part in place)
        _refill(result[window], disparity[window], ids[window] == number, reach)
    return result


def _refill(result: np.ndarray, values: np.ndarray, inside: np.ndarray, reach: float) -> None:
    """Write into the pixels ``inside`` that lie within ``reach`` of its edge."""
    import cv2

    if inside.all() or not inside.any():
        return
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3)
    # What is thin has no pixel that far inside; its innermost ones are the best there are.
    certain = depth > min(reach, 0.7 * float(depth.max()))
    near_edge = inside & ~certain
    _, nearest = cv2.distanceTransformWithLabels(
        (~certain).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    value_of = np.zeros(int(nearest.max()) + 1, np.float32)
    value_of[nearest[certain]] = values[certain]
    result[near_edge] = value_of[nearest[near_edge]]
