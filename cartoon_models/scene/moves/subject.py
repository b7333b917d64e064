"""What a camera move is about: where layers stand in the picture, and which is the nearest."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..data import Layer, LayeredScene
from ..geometry import disparity_at

_FAR_SHARE = 0.95  # of the picture's pixels: what is nearer than these may move farther
_FARTHER = 1.5  # times as far as the amount, at most
_POINTS = 500  # rows, and columns, of the picture that are looked at for that


@dataclass(frozen=True)
class Subject:
    """The middle of a layer, a point of space.

    Attributes:
        x, y: where it lies in the picture, in pixels.
        disparity: of the layer's visible pixels, on average.
        name: the layer's.
    """

    x: float
    y: float
    disparity: float
    name: str

    def ray(self, scene: LayeredScene) -> Tensor:
        """The direction to it from the camera that took the picture: float64 ``[3]``, z is 1."""
        height, width = scene.size
        scale = width * scene.focal
        x, y = (self.x - width / 2) / scale, (self.y - height / 2) / scale
        return torch.tensor([x, y, 1.0], dtype=torch.float64)


def subject_of(layer: Layer, scene: LayeredScene) -> Subject:
    """The middle of a layer. One that is wholly transparent counts by its box."""
    alpha = layer.rgba[..., 3].double().cpu()
    if not bool(alpha.sum() > 0):
        alpha = torch.ones_like(alpha)
    total = alpha.sum()
    columns = torch.arange(alpha.shape[1]).double() + 0.5
    rows = torch.arange(alpha.shape[0]).double() + 0.5
    x = float((alpha.sum(0) @ columns) / total) + layer.offset[0]
    y = float((alpha.sum(1) @ rows) / total) + layer.offset[1]
    point = torch.tensor([x, y], dtype=torch.float64)
    disparity = float(disparity_at(layer.plane, scene.size, point))
    if layer.relief is not None:
        disparity += float((layer.relief.double().cpu() * alpha).sum() / total)
    return Subject(x, y, disparity, layer.name)


def nearest(scene: LayeredScene) -> Subject:
    """The layer with the largest disparity; the plate where there is no other."""
    found = [subject_of(layer, scene) for layer in scene.layers or (scene.plate,)]
    return max(found, key=lambda subject: subject.disparity)


def near_disparity(scene: LayeredScene) -> float:
    """The disparity that the amount of a move is about: that of the nearest layer.

    Where much of the picture is nearer by far than any layer is on average, ground before small
    characters or the lower part of a layer with relief, it is such that no more than a twentieth of
    the picture moves more than half as far again as the move says.
    """
    seen = _sampled_disparity(scene)
    near = float(torch.quantile(seen, _FAR_SHARE)) if len(seen) else 0.0
    return max(nearest(scene).disparity, near / _FARTHER)


def find_layer(scene: LayeredScene, which: int | str) -> Layer:
    """The layer of an instance (a number, from 0) or the one with a name, ``"plate"`` too.

    Raises:
        IndexError: no layer shows that instance.
        ValueError: no layer has that name; the message names those that there are.
    """
    if not isinstance(which, str):
        return scene.layer_of(which)
    for layer in scene.painted:
        if layer.name == which:
            return layer
    there = ", ".join(layer.name for layer in scene.painted)
    raise ValueError(f"No layer is called {which!r}; there are {there}.")


def _sampled_disparity(scene: LayeredScene) -> Tensor:
    """The disparity of what the picture shows at points of a grid: float64 ``[n]``."""
    height, width = scene.size
    y, x = (torch.arange(0, side, max(1, side // _POINTS)) for side in (height, width))
    found = torch.full((len(y), len(x)), float("nan"), dtype=torch.float64)
    for layer in scene.painted:
        x1, y1, x2, y2 = layer.box
        rows, columns = (y >= y1) & (y < y2), (x >= x1) & (x < x2)
        pixels = (y[rows, None] - y1, x[None, columns] - x1)
        points = torch.stack(torch.broadcast_tensors(x[None, columns], y[rows, None]), dim=-1) + 0.5
        disparity = disparity_at(layer.plane, scene.size, points.double())
        if layer.relief is not None:
            disparity = disparity + layer.relief.cpu()[pixels].double()
        place = rows[:, None] & columns
        shown = layer.rgba[..., 3].cpu()[pixels] > 0.5
        found[place] = torch.where(shown, disparity, found[place].reshape(shown.shape)).flatten()
    return found[found.isfinite()]
