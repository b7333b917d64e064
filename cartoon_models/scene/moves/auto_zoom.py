"""Where the published auto-zoom heads.

The published code of "Instance-guided Cartoon Editing" (Lin et al., section 6.1), after "3D Ken
Burns Effect from a Single Image" (Niklaus et al. 2019), renders the end of the zoom for 16 x 16
shifts and takes the one with the fewest holes. Here no picture is rendered: holes are pixels of the
plate that a layer hides in the picture and no layer hides in the last frame.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch

from ..camera import Camera
from ..data import Layer, LayeredScene
from ..reveal import newly_shown
from .poses import AUTO_ZOOM, Stage, auto_zoom

_TRIALS = 16
_SIDE = 160  # pixels of the longer side of the scene that holes are counted in


def heading(scene: LayeredScene, near: float) -> tuple[float, float]:
    """The shift, ``(x, y)`` from -1 to 1, whose last frame shows the least of the plate that layers
    hide in the picture; of equal ones the one nearest to the middle.

    Args:
        near: disparity of the nearest layer.
    """
    sides = torch.linspace(-1, 1, _TRIALS, dtype=torch.float64).tolist()
    tried = sorted(
        ((x, y) for y in sides for x in sides), key=lambda at: (at[0] ** 2 + at[1] ** 2, at)
    )
    ray = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    end = torch.ones(1, dtype=torch.float64)
    ends = [
        auto_zoom(Stage(scene.focal, near, ray, near, direction=at), end, AUTO_ZOOM) for at in tried
    ]
    camera = Camera(
        torch.cat([each.positions for each in ends]),
        torch.cat([each.rotations for each in ends]),
        torch.cat([each.focals for each in ends]),
        torch.cat([each.shifts for each in ends]),
    )
    return tried[int(newly_shown(_small(scene), camera).argmin())]


def _small(scene: LayeredScene) -> LayeredScene:
    """The outlines of a scene in few pixels, without relief."""
    scale = min(1.0, _SIDE / max(scene.size))
    size = tuple(max(1, round(side * scale)) for side in scene.size)
    box = np.array(scene.plate.box, dtype=np.float64).reshape(2, 2) * scale
    low = np.minimum(np.floor(box[0]), 0).astype(int)
    high = np.maximum(np.ceil(box[1]), size[::-1]).astype(int)

    def shrunk(layer: Layer) -> Layer:
        alpha = layer.rgba[..., 3].cpu().numpy()
        offset = (np.array(layer.offset) + 0.5) * scale - 0.5 - low
        place = np.array([[scale, 0, offset[0]], [0, scale, offset[1]]])
        alpha = cv2.warpAffine(alpha, place, tuple(int(side) for side in high - low))
        rgba = torch.from_numpy(alpha)[..., None].expand(-1, -1, 4)
        return Layer(layer.name, rgba, tuple(low), _flat(layer))

    layers = tuple(shrunk(layer) for layer in scene.layers)
    return LayeredScene(shrunk(scene.plate), layers, size, scene.focal)


def _flat(layer: Layer) -> tuple[float, float, float]:
    at_center, *slopes = layer.plane
    if layer.relief is not None:
        at_center += float(layer.relief.mean())
    return (at_center, *slopes)
