"""Made-up cartoons in layers, of which every picture that a camera takes is known exactly.

A layer's colours are a function of the place in the picture, so a frame needs no pixels to be
sampled: each of its pixels is the mean of many points, at each of which the nearest layer that has
something there is asked for its colour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from cartoon_models.instances import Instances
from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene, Plane
from cartoon_models.scene.geometry import homographies, plane_row, views

_LINE = 0.0035  # of the picture's width
_INK = (0.09, 0.07, 0.12)
_ROWS = 64  # of a frame that are made at once

Paint = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Cel:
    """A layer of a world.

    Attributes:
        name: as in `Layer`.
        plane: its disparity.
        box: ``x1 y1 x2 y2`` in widths of the picture; nothing of it lies beyond.
        paint: from x and y in widths of the picture to premultiplied float32 ``[..., 4]``; alpha is
            0 or 1.
    """

    name: str
    plane: Plane
    box: tuple[float, float, float, float]
    paint: Paint


@dataclass(frozen=True)
class Truth:
    """What a camera sees, exactly, in one frame.

    Attributes:
        picture: float32 ``[H, W, 3]``.
        disparity: float32 ``[H, W]``, at each pixel's middle, as it was when the picture was taken.
        layer: int ``[H, W]``, which layer is seen at each pixel's middle; 0 is the plate.
        known: bool ``[H, W]``, where nothing is seen that lay outside the picture.
        source: float64 ``[H, W, 2]``, the place in the picture that is seen at each pixel's middle.
    """

    picture: np.ndarray
    disparity: np.ndarray
    layer: np.ndarray
    known: np.ndarray
    source: np.ndarray


@dataclass(frozen=True)
class World:
    """A cartoon of four layers: a street and three figures.

    Attributes:
        size: ``(H, W)`` of its picture.
        cels: from the farthest to the nearest; the first is the background.
        samples: points per pixel and direction that its pictures are the mean of.
    """

    size: tuple[int, int]
    cels: tuple[Cel, ...]
    samples: int = 4

    def scene(self, margin: float = 0.1) -> LayeredScene:
        """Its layers with nothing left out, as if everything hidden had been found out."""
        height, width = self.size
        side = round(margin * width)
        layers = [self._layer(self.cels[0], (-side, -side, width + side, height + side), None)]
        for number, cel in enumerate(self.cels[1:]):
            x1, y1, x2, y2 = (edge * width for edge in cel.box)
            box = (int(x1) - 2, int(y1) - 2, int(x2) + 3, int(y2) + 3)
            layers.append(self._layer(cel, box, number))
        return LayeredScene(layers[0], tuple(layers[1:]), self.size)

    def see(self, camera: Camera) -> list[Truth]:
        """Each of the camera's frames, of the picture's size."""
        scene = self._bare()
        maps = torch.linalg.inv(homographies(scene, camera)).numpy()
        return [self._see(frame) for frame in maps]

    def instances(self) -> Instances:
        """The figures as they are seen in the picture."""
        (seen,) = self.see(Camera.still(1.0))
        masks = np.stack([seen.layer == number for number in range(1, len(self.cels))])
        return Instances.from_masks(torch.from_numpy(masks.astype(np.float32)))

    def coordinates(self, number: int) -> LayeredScene:
        """One layer alone, as far as the picture and a margin go, whose red and green say where in
        the picture they are: x / width and y / height, from -0.5 to 1.5 as 0 to 1."""
        height, width = self.size
        x = np.arange(-width // 2, width * 3 // 2) + 0.5
        y = np.arange(-height // 2, height * 3 // 2) + 0.5
        x, y = np.meshgrid((x / width + 0.5) / 2, (y / height + 0.5) / 2)
        rgba = torch.from_numpy(np.dstack([x, y, x * 0, x * 0 + 1]).astype(np.float32))
        corner = (-width // 2, -height // 2)
        return LayeredScene(Layer("plate", rgba, corner, self.cels[number].plane), (), self.size)

    def _layer(self, cel: Cel, box: tuple[int, int, int, int], instance: int | None) -> Layer:
        x1, y1, x2, y2 = box
        x, y = self._points(np.arange(x1, x2), np.arange(y1, y2))
        rgba = _mean(cel.paint(x / self.size[1], y / self.size[1]), self.samples)
        return Layer(cel.name, torch.from_numpy(rgba), (x1, y1), cel.plane, instance=instance)

    def _bare(self) -> LayeredScene:
        height, width = self.size
        layers = [
            Layer(cel.name, torch.zeros(height, width, 4), (0, 0), cel.plane) for cel in self.cels
        ]
        return LayeredScene(layers[0], tuple(layers[1:]), self.size)

    def _points(self, columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places of the points within pixels: ``[rows * samples, columns * samples]``."""
        within = (np.arange(self.samples) + 0.5) / self.samples
        x = (columns[:, None] + within).ravel()
        y = (rows[:, None] + within).ravel()
        return np.broadcast_arrays(x[None, :], y[:, None])

    def _see(self, inverse: np.ndarray) -> Truth:
        height, width = self.size
        parts = [
            self._band(inverse, np.arange(start, min(start + _ROWS, height)))
            for start in range(0, height, _ROWS)
        ]
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        layer, source = self._hit(inverse, x, y)
        rows = np.stack([plane_row(cel.plane, self.size).numpy() for cel in self.cels])[layer]
        disparity = rows[..., 0] * source[..., 0] + rows[..., 1] * source[..., 1] + rows[..., 2]
        picture, known = (np.concatenate(each) for each in zip(*parts, strict=True))
        return Truth(picture, disparity.astype(np.float32), layer, known, source)

    def _band(self, inverse: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Picture and what is known of it, of some rows of a frame."""
        height, width = self.size
        x, y = self._points(np.arange(width), rows)
        color = np.zeros((*x.shape, 4), np.float32)
        known = np.ones(x.shape, bool)
        for cel, places in zip(self.cels, self._places(inverse, x, y), strict=True):
            rgba = cel.paint(places[0] / width, places[1] / width)
            there = rgba[..., 3] > 0
            color[there] = rgba[there]
            inside = (places[0] > 0) & (places[0] < width) & (places[1] > 0) & (places[1] < height)
            known[there] = inside[there]
        whole = _mean(known[..., None].astype(np.float32), self.samples)[..., 0] == 1
        return _mean(color, self.samples)[..., :3], whole

    def _hit(self, inverse: np.ndarray, x: np.ndarray, y: np.ndarray):
        """Which layer is seen at points of a frame, and which place in the picture."""
        layer = np.zeros(x.shape, int)
        source = np.zeros((*x.shape, 2))
        for number, (cel, places) in enumerate(
            zip(self.cels, self._places(inverse, x, y), strict=True)
        ):
            there = cel.paint(places[0] / self.size[1], places[1] / self.size[1])[..., 3] > 0
            layer[there] = number
            source[there] = np.stack(places[:2], axis=-1)[there]
        return layer, source

    def _places(self, inverse: np.ndarray, x: np.ndarray, y: np.ndarray):
        for matrix in inverse:
            u = [row[0] * x + row[1] * y + row[2] for row in matrix]
            yield u[0] / u[2], u[1] / u[2]


def street(size: tuple[int, int] = (360, 640), seed: int = 0, samples: int = 4) -> World:
    """Three figures on a street, one behind the other."""
    chance = np.random.default_rng(seed)
    ratio = size[0] / size[1]
    cels = [Cel("plate", (0.16, 0.0, 0.1), (-9, -9, 9, 9), _backdrop(ratio, chance))]
    for number, (x, disparity, tall) in enumerate(
        [(0.27, 0.4, 0.62), (0.72, 0.62, 0.72), (0.48, 0.9, 0.8)]
    ):
        middle = (x + chance.uniform(-0.02, 0.02), ratio * (1 - tall / 2) - 0.015)
        paint, box = _figure(middle, ratio * tall, chance)
        cels.append(Cel(f"figure {number}", (disparity, 0.0, 0.0), box, paint))
    return World(size, tuple(cels), samples)


MOVES = ("truck", "push-in", "arc")


def move(name: str, frames: int = 1, amount: float = 0.04) -> Camera:
    """A straight way that takes the nearest figure so many widths of the picture; the last frame is
    the farthest."""
    share = torch.linspace(0, 1, frames + 1, dtype=torch.float64)[1:]
    none = torch.zeros_like(share)
    way = {
        "truck": (share * amount, none, none),
        "push-in": (none, none, share * 3 * amount),
        "arc": (-share * amount, share * amount / 3, none),
    }[name]
    angles = share * amount * 0.62 if name == "arc" else none  # the figure at 0.62 stays
    turned = torch.eye(3, dtype=torch.float64).repeat(frames, 1, 1)
    turned[:, 0, 0] = turned[:, 2, 2] = angles.cos()
    turned[:, 0, 2], turned[:, 2, 0] = -angles.sin(), angles.sin()
    ones = torch.ones_like(share)
    return Camera(torch.stack(way, dim=1), turned, ones, torch.zeros(frames, 2), name=name)


def lookup(world: World, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """A and b of `geometry.views` for each frame, as numpy arrays."""
    across, along = views(world._bare(), camera)
    return across.numpy(), along.numpy()


def _mean(points: np.ndarray, samples: int) -> np.ndarray:
    rows, columns, channels = points.shape
    shape = (rows // samples, samples, columns // samples, samples, channels)
    return points.reshape(shape).mean(axis=(1, 3), dtype=np.float32)


def _backdrop(ratio: float, chance: np.random.Generator) -> Paint:
    """Sky, hills, houses with windows and a paved street; endless in all directions."""
    horizon = 0.55 * ratio
    hues = chance.uniform(0.35, 0.85, (7, 3)).astype(np.float32)
    heights = chance.uniform(0.12, 0.3, 7) * ratio

    def paint(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        x, y = x.astype(np.float32), y.astype(np.float32)
        rgba = np.ones((*x.shape, 4), np.float32)
        fade = np.clip(y / horizon, -0.5, 1)
        rgba[..., 0], rgba[..., 1], rgba[..., 2] = 0.45 + 0.3 * fade, 0.65 + 0.2 * fade, 0.95
        hill = horizon - ratio * (0.2 + 0.05 * np.sin(9 * x) + 0.03 * np.sin(23 * x + 1))
        _fill(rgba, y > hill, (0.45, 0.62, 0.42))
        _fill(rgba, abs(y - hill) < _LINE / 2, _INK)
        house = np.floor(x / 0.11).astype(int) % 7
        top = horizon - heights[house]
        wall = (y > top) & (y < horizon)
        rgba[wall, :3] = hues[house[wall]]
        across, down = (x / 0.11) % 1 * 5 % 1, (y - top) / (0.05 * ratio) % 1
        _fill(rgba, wall & (abs(across - 0.5) < 0.24) & (abs(down - 0.5) < 0.28), (0.25, 0.3, 0.42))
        edge = abs((x / 0.11 + 0.5) % 1 - 0.5) * 0.11 < _LINE / 2
        _fill(rgba, wall & (edge | (y - top < _LINE)), _INK)
        ground = y >= horizon
        depth = 0.06 / np.maximum(y - horizon + 0.02, 1e-3)
        tile = (np.floor((x - 0.5) * depth * 30) + np.floor(depth * 14)) % 2
        light = (0.62 + 0.12 * tile)[..., None] * np.array([1, 0.95, 0.85], np.float32)
        rgba[ground, :3] = light[ground]
        _fill(rgba, abs(y - horizon) < _LINE / 2, _INK)
        return rgba

    return paint


def _figure(middle: tuple[float, float], tall: float, chance: np.random.Generator):
    """A figure of ellipses with drawn outlines, and the box that it fills."""
    skin, hair, coat, legs = chance.uniform(0.35, 0.95, (4, 3)).astype(np.float32)
    skin = 0.6 + 0.4 * skin
    unit = tall / 2
    parts = [  # x, y, width and height in halves of the figure, colour
        (-0.13, 0.72, 0.1, 0.27, legs),
        (0.13, 0.72, 0.1, 0.27, legs),
        (-0.33, 0.12, 0.1, 0.34, coat),
        (0.33, 0.12, 0.1, 0.34, coat),
        (0.0, 0.18, 0.28, 0.42, coat),
        (0.0, -0.55, 0.36, 0.42, hair),
        (0.0, -0.5, 0.27, 0.31, skin),
        (-0.11, -0.5, 0.045, 0.075, np.array([0.95, 0.97, 1.0], np.float32)),
        (0.11, -0.5, 0.045, 0.075, np.array([0.95, 0.97, 1.0], np.float32)),
        (0.0, -0.36, 0.07, 0.02, np.array([0.75, 0.3, 0.3], np.float32)),
    ]
    box = (middle[0] - 0.5 * unit, middle[1] - unit, middle[0] + 0.5 * unit, middle[1] + unit)

    def paint(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        rgba = np.zeros((*x.shape, 4), np.float32)
        near = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
        across = ((x[near] - middle[0]) / unit).astype(np.float32)
        down = ((y[near] - middle[1]) / unit).astype(np.float32)
        here = np.zeros((len(across), 4), np.float32)
        for px, py, rx, ry, color in parts:
            radius = np.hypot((across - px) / rx, (down - py) / ry)
            distance = (radius - 1) * min(rx, ry) * unit
            _fill(here, distance < 0, color)
            _fill(here, (distance < 0) & (distance > -_LINE), _INK)
        folds = (here[:, 3] > 0) & (abs(down * 9 % 1 - 0.5) < 0.06) & (abs(down - 0.2) < 0.3)
        _fill(here, folds & (abs(across) < 0.24), 0.6 * coat)
        rgba[near] = here
        return rgba

    return paint, box


def _fill(rgba: np.ndarray, where: np.ndarray, color) -> None:
    rgba[where] = (*color, 1)
