"""A still picture taken apart: a background plate and the layers before it, as a value.

Pixels are counted as in the picture that a scene was made of, also outside it: x to the right, y
down, the top left corner of the picture at (0, 0), the middle of its first pixel at (0.5, 0.5).
Space has the same axes and z away from the camera, which stood at the origin when the picture was
taken. Disparity is 1 / z; 1 is the nearest thing that was seen, 0 is infinitely far away. So one
unit of length is the distance of that nearest thing.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import torch
from torch import Tensor

Plane = tuple[float, float, float]
"""``(at_center, slope_x, slope_y)``: at pixel (x, y) of a picture of width W and height H it is
``at_center + slope_x * (x - W / 2) / W + slope_y * (y - H / 2) / W``. In space that is a plane."""

FOCAL = 1.0  # picture widths: 53 degrees from the left to the right edge


@dataclass(frozen=True, eq=False)
class Layer:
    """A part of the picture that moves as one piece.

    Attributes:
        name: what a user calls it: ``"plate"``, ``"character 0"``, ``"occluder 1"``.
        rgba: float32 ``[h, w, 4]``, 0 to 1, sRGB, premultiplied by its alpha.
        offset: ``(x, y)`` in pixels of the picture: where the top left corner of ``rgba`` lies;
            negative where the layer reaches out of the picture.
        plane: its disparity; see `Plane`.
        relief: float32 ``[h, w]``, disparity that is added to the plane's, or None for a flat
            layer.
        instance: which of the `Instances` the scene was made of it shows, counted from 0; None for
            the plate and for an occluder.

    Raises:
        ValueError: another shape, dtype or number of values; the message has what it was.
    """

    name: str
    rgba: Tensor
    offset: tuple[int, int]
    plane: Plane
    relief: Tensor | None = None
    instance: int | None = None

    def __post_init__(self) -> None:
        shape = list(self.rgba.shape)
        if self.rgba.dtype != torch.float32 or len(shape) != 3 or shape[2] != 4 or 0 in shape:
            raise ValueError(f"A layer is float32 [h, w, 4], not {self.rgba.dtype} {shape}.")
        if self.relief is not None and (
            self.relief.dtype != torch.float32 or list(self.relief.shape) != shape[:2]
        ):
            raise ValueError(
                f"The relief of a layer of {shape[:2]} pixels is float32 of that shape, not "
                f"{self.relief.dtype} {list(self.relief.shape)}."
            )
        x, y = self.offset
        object.__setattr__(self, "offset", (int(x), int(y)))
        plane = tuple(float(value) for value in self.plane)
        if len(plane) != 3 or not all(map(math.isfinite, plane)):
            raise ValueError(f"The plane of a layer is three finite numbers, not {self.plane}.")
        object.__setattr__(self, "plane", plane)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """``x1 y1 x2 y2`` of its pixels in the picture, end-exclusive."""
        height, width = self.rgba.shape[:2]
        x, y = self.offset
        return x, y, x + width, y + height

    def to(self, device: torch.device | str) -> Layer:
        """The same on a device."""
        relief = None if self.relief is None else self.relief.to(device)
        return dataclasses.replace(self, rgba=self.rgba.to(device), relief=relief)


@dataclass(frozen=True, eq=False)
class LayeredScene:
    """The layers of one picture, from the farthest to the nearest. An operation returns a new one.

    Attributes:
        plate: the background behind everything. It is at least as large as the picture; alpha is 0
            where nothing is known and nothing was filled in.
        layers: what stands before it, in the order in which it is painted: the first lies at the
            back.
        size: ``(H, W)`` of the picture.
        focal: focal length of the camera that took the picture, in widths of the picture.
    """

    plate: Layer
    layers: tuple[Layer, ...]
    size: tuple[int, int]
    focal: float = FOCAL

    def __post_init__(self) -> None:
        height, width = (int(side) for side in self.size)
        if height < 1 or width < 1:
            raise ValueError(f"A picture has at least 1 x 1 pixels, not {width} x {height}.")
        object.__setattr__(self, "size", (height, width))
        object.__setattr__(self, "layers", tuple(self.layers))
        if not (math.isfinite(self.focal) and self.focal > 0):
            raise ValueError(f"The focal length is above 0 picture widths, not {self.focal}.")
        left, top, right, bottom = self.plate.box
        if left > 0 or top > 0 or right < width or bottom < height:
            raise ValueError(
                f"The plate covers the pixels {self.plate.box}, which is not all of the picture of "
                f"{width} x {height}."
            )

    @property
    def painted(self) -> tuple[Layer, ...]:
        """The plate and all layers, in the order in which they are painted."""
        return (self.plate, *self.layers)

    @property
    def margin(self) -> tuple[int, int, int, int]:
        """How far the plate reaches out of the picture: left, top, right, bottom, in pixels."""
        left, top, right, bottom = self.plate.box
        return -left, -top, right - self.size[1], bottom - self.size[0]

    def layer_of(self, instance: int) -> Layer:
        """The layer of one of the instances, counted from 0.

        Raises:
            IndexError: none shows it; the message names those that there are.
        """
        for layer in self.layers:
            if layer.instance == instance:
                return layer
        there = sorted(layer.instance for layer in self.layers if layer.instance is not None)
        raise IndexError(f"No layer shows instance {instance}; there are {there or 'none'}.")

    def to(self, device: torch.device | str) -> LayeredScene:
        """The same on a device."""
        return dataclasses.replace(
            self,
            plate=self.plate.to(device),
            layers=tuple(layer.to(device) for layer in self.layers),
        )
