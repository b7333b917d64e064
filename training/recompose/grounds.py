"""Backgrounds on the device: a bank of them, and what stands behind a picture's figures."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..backgrounds import HELD_OUT_FAMILIES, SCENE_HELD_OUT_FAMILIES
from ..painters.textures import palette
from .looks import turned_hue
from .recolor import mixed
from .sending import sent

ROOM = 1.25  # side of a kept background as a multiple of the picture's
JOINED = 0.18
RECOLORED = 0.4
NOWHERE = (0.0, 0.0, 1.0)  # a half plane that holds the whole picture


@dataclass(frozen=True, eq=False)
class Ground:
    """A painting or a gradient.

    Attributes:
        painting: its number in the bank, -1: a gradient.
        corner: x, y of the part that is shown, 0..1 of the room there is.
        mirrored: left to right.
        tone: matrix [3,3], offset [3] and curve [3] as in `looks.Look`, None for none.
        colors: float [2,3], 0..1, of the gradient.
        ramp: x, y, start, circle: the gradient's place is x * X + y * Y + start; where circle is
            1, 1.3 times the distance from (x, y). X and Y are 0..1.
    """

    painting: int = -1
    corner: tuple[float, float] = (0.0, 0.0)
    mirrored: bool = False
    tone: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    colors: np.ndarray | None = None
    ramp: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class GroundPlan:
    """One ground, or a second one where all of four half planes x * X + y * Y + z > 0 meet."""

    first: Ground
    second: Ground | None = None
    border: tuple[tuple[float, float, float], ...] = (NOWHERE,) * 4


class GroundBank:
    """Backgrounds as they are drawn for pictures, a little larger: uint8 [N,3,s,s] on the device.

    Args:
        backgrounds: a `BackgroundPool` of the training split, or what has its `draw`.
        count: how many of them to keep.
        size: side of the pictures.

    Raises:
        ValueError: the backgrounds are kept for evaluation.
    """

    def __init__(
        self,
        backgrounds,
        count: int,
        size: int,
        device: torch.device | str = "cpu",
        seed: int = 0,
        threads: int | None = None,
    ):
        families = set(getattr(backgrounds, "families", ()))
        if kept := families & {*HELD_OUT_FAMILIES, *SCENE_HELD_OUT_FAMILIES}:
            raise ValueError(f"Backgrounds of {sorted(kept)} are kept for evaluation.")
        side = round(size * ROOM)
        pixels = np.empty((count, 3, side, side), np.uint8)

        def fill(number: int) -> None:
            rng = np.random.default_rng([seed, 78, number])
            drawn = backgrounds.draw(rng, (side, side), 0.0)
            pixels[number] = drawn.transpose(2, 0, 1)

        with ThreadPoolExecutor(threads or os.cpu_count()) as executor:
            list(executor.map(fill, range(count)))
        self.size, self._pixels = size, torch.from_numpy(pixels).to(device)

    def __len__(self) -> int:
        return len(self._pixels)

    @property
    def bytes(self) -> int:
        return self._pixels.numel()

    def paint(self, plans: list[GroundPlan]) -> Tensor:
        """What is behind everything: float32 [n,3,S,S], 0..1."""
        firsts = self._grounds([plan.first for plan in plans])
        joined = [i for i, plan in enumerate(plans) if plan.second is not None]
        if joined:
            seconds = self._grounds([plans[i].second for i in joined])
            inside = self._inside([plans[i].border for i in joined])
            for i, second, where in zip(joined, seconds, inside, strict=True):
                torch.where(where, second, firsts[i], out=firsts[i])
        return firsts

    def _grounds(self, grounds: list[Ground]) -> Tensor:
        device, size = self._pixels.device, self.size
        out = torch.empty(len(grounds), 3, size, size, device=device)
        room = self._pixels.shape[-1] - size
        plain = [i for i, ground in enumerate(grounds) if ground.painting < 0]
        for i, ground in enumerate(grounds):
            if ground.painting >= 0:
                x, y = (round(share * room) for share in ground.corner)
                part = self._pixels[ground.painting, :, y : y + size, x : x + size]
                out[i].copy_(part.flip(-1) if ground.mirrored else part)
        out /= 255
        if plain:
            out[sent(plain, device)] = self._gradients([grounds[i] for i in plain])
        toned = [i for i, ground in enumerate(grounds) if ground.tone is not None]
        if toned:
            numbers = sent(toned, device)
            matrix, offset, curve = (
                sent(np.stack(values).astype(np.float32), device)
                for values in zip(*(grounds[i].tone for i in toned), strict=True)
            )
            color = (mixed(out[numbers], matrix) + offset[..., None, None]).clamp(0, 1)
            out[numbers] = (color + curve[..., None, None] * color * (1 - color)).clamp(0, 1)
        return out

    def _gradients(self, grounds: list[Ground]) -> Tensor:
        device = self._pixels.device
        colors = np.stack([ground.colors for ground in grounds]).astype(np.float32)
        ramps = np.array([ground.ramp for ground in grounds], np.float32)
        first, second = sent(colors, device)[..., None, None].unbind(1)
        x, y, start, circle = sent(ramps, device)[..., None, None].unbind(1)
        at_x, at_y = self._axes()
        straight = x * at_x + y * at_y + start
        round_ = ((at_x - x).square() + (at_y - y).square()).sqrt() * 1.3
        place = torch.where(circle > 0, round_, straight).clamp(0, 1)[:, None]
        return first * (1 - place) + second * place

    def _inside(self, borders: list[tuple]) -> Tensor:
        """bool [n,S,S], where the half planes of each border meet."""
        values = sent(np.array(borders, np.float32), self._pixels.device)
        x, y, z = values[..., None, None].unbind(2)
        at_x, at_y = self._axes()
        return (x * at_x + y * at_y + z > 0).all(1)

    def _axes(self) -> tuple[Tensor, Tensor]:
        """X [1,S] and Y [S,1] of pixel centres, 0..1."""
        at = (torch.arange(self.size, device=self._pixels.device) + 0.5) / self.size
        return at[None], at[:, None]


def draw_ground(
    rng: np.random.Generator, count: int, plain: float, strength: float = 1.0
) -> GroundPlan:
    """What is behind a picture's figures, of `count` paintings; `plain` is the share of flat
    colours and gradients."""
    first = _flat(rng) if rng.random() < plain or not count else _painting(rng, count, strength)
    if rng.random() >= JOINED:
        return GroundPlan(first)
    second = _painting(rng, count, strength) if count and rng.random() < 0.7 else _flat(rng)
    return GroundPlan(first, second, _border(rng))


def _painting(rng: np.random.Generator, count: int, strength: float) -> Ground:
    corner = float(rng.random()), float(rng.random())
    tone = turned_hue(rng) if rng.random() < RECOLORED * strength else None
    return Ground(int(rng.integers(count)), corner, bool(rng.random() < 0.5), tone)


def _flat(rng: np.random.Generator) -> Ground:
    """White, black, one colour, or a linear or radial gradient, as `backgrounds.flat`."""
    style = rng.random()
    colors = palette(rng, 2).astype(np.float64) / 255
    ramp = (0.0, 0.0, 0.0, 0.0)
    if style < 0.2:
        colors[:] = 1.0 if rng.random() < 0.8 else 0.0
    elif style < 0.8:
        if style >= 0.45:
            angle = rng.uniform(0, 2 * np.pi)
            x, y = np.cos(angle), np.sin(angle)
            ramp = float(x), float(y), float(0.5 - (x + y) / 2), 0.0
    else:
        ramp = float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.2, 0.8)), 0.0, 1.0
    return Ground(colors=colors, ramp=ramp)


def _border(rng: np.random.Generator) -> tuple[tuple[float, float, float], ...]:
    """A horizon, a window or a slanted border."""
    style = rng.random()
    if style < 0.45:
        return ((0.0, 1.0, -float(rng.uniform(0.35, 0.85))), *(NOWHERE,) * 3)
    if style < 0.75:
        (x0, x1), (y0, y1) = np.sort(rng.random(2)).tolist(), np.sort(rng.random(2)).tolist()
        return (1.0, 0.0, -x0), (-1.0, 0.0, x1), (0.0, 1.0, -y0), (0.0, -1.0, y1)
    top, bottom = rng.uniform(0.2, 0.8, 2).tolist()
    return ((-1.0, bottom - top, top), *(NOWHERE,) * 3)
