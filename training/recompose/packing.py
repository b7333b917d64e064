"""The plans of a batch, sorted so that a device does what is alike in one go.

Layers are sorted by the size in which their drawings are kept, then by their place front to back:
drawings of one size are recoloured together, and those of one place, of one size are drawn
together, as a slice of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from torch import Tensor

from .planning import Layer, Plan

_ALIGNED = 4  # corners of windows lie where pixels of masks begin


@dataclass(frozen=True, eq=False)
class Changes:
    """Which drawings of a size get which change; `numbers` int64 [k], their places among those of
    that size, and the values of `looks.Look`, float32 [k,...]."""

    numbers: Tensor
    values: tuple[Tensor, ...]


@dataclass(frozen=True, eq=False)
class Block:
    """The drawings of a batch that are kept in one size.

    Attributes:
        entries: int [n], numbers in the catalogue.
        palette, tone, light: changes of some of them, None for none.
    """

    entries: np.ndarray
    palette: Changes | None
    tone: Changes | None
    light: Changes | None


@dataclass(frozen=True, eq=False)
class Group:
    """Layers of one size and one place front to back, one a picture: `start` to `end` of all
    layers, from `offset` on of their block; drawn in windows of `height` x `width` pixels."""

    rung: int
    start: int
    end: int
    offset: int
    height: int
    width: int


@dataclass(frozen=True, eq=False)
class PlanBatch:
    """The plans of B pictures with M layers.

    Attributes:
        plans: of the pictures, without their layers.
        blocks: by size.
        places: the groups of each place, front to back.
        where: for each layer its picture, its number among the picture's figures (`most`: it is
            none) and the corner x, y of its window, pixels.
        most: figures in the fullest picture.
        pictures, instances, origins: int64 [M], int64 [M] and float32 [M,2], the same on the
            device.
        matrices: float32 [M,2,3], see `placing.Spot`.
        figure, solid, opacity, inside: float32 [M], see `planning.Layer` and `placing.Spot`.
        owners: int64 [M], place among all layers of the one on which it depends; M: none.
    """

    plans: tuple[Plan, ...]
    blocks: dict[int, Block]
    places: tuple[tuple[Group, ...], ...]
    where: tuple[tuple[int, int, int, int], ...]
    most: int
    pictures: Tensor
    instances: Tensor
    origins: Tensor
    matrices: Tensor
    figure: Tensor
    solid: Tensor
    opacity: Tensor
    inside: Tensor
    owners: Tensor

    def to(self, device: torch.device | str) -> PlanBatch:
        return _each(self, lambda value: value.to(device, non_blocking=True))

    def pin_memory(self) -> PlanBatch:
        return _each(self, Tensor.pin_memory)


def pack(plans: Sequence[Plan]) -> PlanBatch:
    """Sorts the layers of pictures of one size for the device."""
    rows = [
        (layer.rung, place, picture, layer)
        for picture, plan in enumerate(plans)
        for place, layer in enumerate(plan.layers)
    ]
    rows.sort(key=lambda row: row[:3])
    layers = [layer for *_, layer in rows]
    number = {(picture, place): m for m, (_, place, picture, _) in enumerate(rows)}
    size = plans[0].size
    counts = [sum(layer.figure for layer in plan.layers) for plan in plans]
    most = max(counts, default=0)
    instances = np.full(len(rows), most)
    for picture, plan in enumerate(plans):
        figures = [place for place, layer in enumerate(plan.layers) if layer.figure]
        for instance, place in enumerate(figures):
            instances[number[picture, place]] = instance
    owners = [number.get((p, layer.owner), len(rows)) for _, _, p, layer in rows]
    corners = np.zeros((len(rows), 2), int)
    places: list[list[Group]] = [[] for _ in range(max((r[1] for r in rows), default=-1) + 1)]
    blocks = {}
    for rung in sorted({row[0] for row in rows}):
        own = [m for m, row in enumerate(rows) if row[0] == rung]
        blocks[rung] = _block([layers[m] for m in own])
        for place in sorted({rows[m][1] for m in own}):
            those = [m for m in own if rows[m][1] == place]
            bounds = np.array([layers[m].spot.bounds for m in those])
            corners[those], height, width = _windows(bounds, size)
            start, end = those[0], those[-1] + 1
            places[place].append(Group(rung, start, end, start - own[0], height, width))

    def column(name: str) -> Tensor:
        return torch.tensor([float(getattr(layer, name)) for layer in layers])

    pictures = np.array([picture for _, _, picture, _ in rows], int)
    matrices = [layer.spot.matrix for layer in layers]
    return PlanBatch(
        plans=tuple(replace(plan, layers=()) for plan in plans),
        blocks=blocks,
        places=tuple(map(tuple, places)),
        where=tuple(map(tuple, np.column_stack([pictures, instances, corners]).tolist())),
        most=most,
        pictures=torch.from_numpy(pictures),
        instances=torch.from_numpy(instances),
        origins=torch.from_numpy(corners.astype(np.float32)),
        matrices=torch.from_numpy(np.array(matrices, np.float32).reshape(-1, 2, 3)),
        figure=column("figure"),
        solid=column("solid"),
        opacity=column("opacity"),
        inside=torch.tensor([layer.spot.inside for layer in layers], dtype=torch.float32),
        owners=torch.tensor(owners, dtype=torch.int64),
    )


def _windows(bounds: np.ndarray, size: int) -> tuple[np.ndarray, int, int]:
    """Corners (x, y) of windows of one height and width that hold the bounds as far as they lie in
    the picture."""
    low = np.floor((bounds[:, :2] - 1).clip(0, size - 1) / _ALIGNED).astype(int) * _ALIGNED
    high = np.ceil((bounds[:, 2:] + 1).clip(1, size)).astype(int)
    extent = (high - low).max(0)
    width, height = (np.ceil(extent / (2 * _ALIGNED)).astype(int) * 2 * _ALIGNED).clip(8, size)
    return np.minimum(low, np.array([size - width, size - height])), int(height), int(width)


def _block(layers: list[Layer]) -> Block:
    return Block(
        np.array([layer.entry for layer in layers]),
        _changes([layer.look.palette for layer in layers]),
        _changes([layer.look.tone for layer in layers]),
        _changes([layer.look.light and (np.array(layer.look.light),) for layer in layers]),
    )


def _changes(values: list[tuple | None]) -> Changes | None:
    numbers = [i for i, value in enumerate(values) if value is not None]
    if not numbers:
        return None
    columns = zip(*(values[i] for i in numbers), strict=True)
    stacked = tuple(torch.from_numpy(np.stack(c).astype(np.float32)) for c in columns)
    return Changes(torch.tensor(numbers), stacked)


def _each(value, change):
    """A value with all tensors in it changed."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    if isinstance(value, Changes):
        return Changes(change(value.numbers), tuple(change(item) for item in value.values))
    if isinstance(value, (Block, PlanBatch)):
        changed = {f.name: _each(getattr(value, f.name), change) for f in fields(value)}
        return replace(value, **changed)
    return value
