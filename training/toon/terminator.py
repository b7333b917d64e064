"""Where form turns away from the light: the shadow and the rim of every part of a figure at once.

An animator's shadow is not the outline moved: its border is a smooth curve that follows the large
form and leaves the small one out, it runs along the side of a limb whatever the light's height,
and it ends at the outline. So each outline is taken at `POINTS` places, its low harmonics are the
form, and the border lies inside that form by a depth that grows with how far the surface turns
away. All parts together, because a figure has many small ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .brush import Lines

POINTS = 64  # places on each outline
FORM, DETAIL = 5.0, 9.0  # harmonics kept of an outline for its form, and of hair
LARGEST = 0.4  # share of a part that its shadow may take: flat is the largest area
NARROWEST = 2.5  # pixels: regions of which less would show are left out
ROUND = 0.48  # a ball's shadow to that of a long part, of the thickness
SIDEWAYS = 0.45  # light falls at least this much from the side on a long part


@dataclass(frozen=True, eq=False)
class Region:
    """A region along a part's outline.

    Attributes:
        outline: float32 [K,2], reaches past the part, which clips it; it runs clockwise, so that
            several regions may be filled together.
        edge: float32 [M,2], the line that only a douga has, about the stretch of the outline that
            lies inside the part; it reaches to both sides.
    """

    outline: np.ndarray
    edge: np.ndarray


TONE_LINE = 1.5  # pixels: width of that line on each side


class Forms:
    """The shapes of many parts, for finding what lies in shadow on them."""

    def __init__(
        self, outlines: Sequence[np.ndarray], detailed: Sequence[bool], covered: Sequence[float]
    ):
        """`outlines` in pixels; `detailed` ones keep more of their outline's shape; `covered`
        pixels inside them are hidden by the outline's ink."""
        self.covered = np.array(covered, float)
        self.places = resampled(outlines)
        ring = self.places[..., 0] + 1j * self.places[..., 1]
        harmonic = np.abs(np.fft.fftfreq(POINTS, 1 / POINTS))
        kept = np.where(detailed, DETAIL, FORM)[:, None]
        spectrum = np.fft.fft(ring, axis=1)
        form = np.fft.ifft(spectrum * np.exp(-((harmonic / kept) ** 2) / 2), axis=1)
        rounder = spectrum * np.exp(-((harmonic / (0.6 * kept)) ** 2) / 2)
        tangent = np.fft.ifft(rounder * 1j * np.fft.fftfreq(POINTS, 1 / POINTS), axis=1)
        after = np.roll(ring, -1, 1)
        signed = 0.5 * (ring.real * after.imag - after.real * ring.imag).sum(1)
        self.area = np.abs(signed)
        self.form = np.stack([form.real, form.imag], -1)
        normal = -1j * tangent * np.where(signed < 0, -1, 1)[:, None]
        normal /= np.maximum(np.abs(normal), 1e-9)
        self.normal = np.stack([normal.real, normal.imag], -1)  # to the outside
        self.step = np.abs(after - ring).mean(1)
        middle = self.places - self.places.mean(1, keepdims=True)
        spread = np.einsum("kpi,kpj->kij", middle, middle) / POINTS
        values, axes = np.linalg.eigh(spread)
        self.axis = axes[:, :, 1]
        across = np.einsum("kpi,ki->kp", middle, axes[:, :, 0])
        self.thickness = np.minimum(np.ptp(across, axis=1), 2 * np.sqrt(self.area))
        self.longish = 1 - np.sqrt(np.maximum(values[:, 0], 0) / np.maximum(values[:, 1], 1e-9))

    def lights(self, light: tuple[float, float]) -> np.ndarray:
        """The direction [K,2] to the light that each part is shaded by: long parts are shaded
        along their side, never across their end."""
        towards = np.array(light, float)
        side = np.stack([-self.axis[:, 1], self.axis[:, 0]], 1)
        fall = side @ towards
        side *= np.where(fall < 0, -1, 1)[:, None]
        fall = np.maximum(np.abs(fall), SIDEWAYS)[:, None]
        along = (self.axis @ towards)[:, None] * self.axis * (1 - self.longish[:, None])
        mixed = side * fall + along
        return mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)

    def shadows(
        self, light: tuple[float, float], reach: np.ndarray, waves: np.ndarray, second: bool = False
    ) -> list[list[Region]]:
        """What lies in shadow on each part.

        Args:
            reach: [K], share of a long part's thickness that its shadow takes at its deepest.
            waves: [K,2], how much its border swings, and the phase of that, 0..1.
            second: whether these lie in other shadows, and so must leave something of them.
        """
        towards = self.lights(light)
        turned = -np.einsum("kpi,ki->kp", self.normal, towards)
        depth = ((turned - 0.05) / 0.5).clip(0, 1)
        depth = depth * depth * (3 - 2 * depth)
        angle = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
        swing = np.sin(3 * angle + 2 * np.pi * waves[:, 1:]) + np.sin(7 * angle + 9 * waves[:, 1:])
        depth = depth * (1 + 0.5 * waves[:, :1] * swing)
        share = reach * (ROUND + (1 - ROUND) * self.longish)
        depth = depth * (share * self.thickness)[:, None]
        facing = np.abs(turned)
        taken = (depth * facing).sum(1) * self.step
        depth *= np.minimum(1, LARGEST * self.area / np.maximum(taken, 1e-6))[:, None]
        inner = self.form + towards[:, None] * depth[..., None]
        outer = self.places - towards[:, None] * (0.6 * self.step + 2)[:, None, None]
        least = self.covered + NARROWEST * (1.8 if second else 1)
        return regions_between(depth, inner, outer, least)

    def rims(self, light: tuple[float, float], width: np.ndarray) -> list[list[Region]]:
        """A light border of `width` [K] pixels (0 = none) on the side of the light."""
        facing = np.einsum("kpi,i->kp", self.normal, np.array(light, float))
        width = np.where(width > 0, width + self.covered, 0)
        depth = ((facing - 0.35) / 0.4).clip(0, 1) ** 0.5 * width[:, None]
        inner = self.places - self.normal * depth[..., None]
        outer = self.places + self.normal * (0.6 * self.step + 2)[:, None, None]
        return regions_between(depth, inner, outer, self.covered + NARROWEST)


def regions_between(
    depth: np.ndarray, inner: np.ndarray, outer: np.ndarray, least: np.ndarray
) -> list[list[Region]]:
    """The regions of each part between two curves [K,POINTS,2], where `depth` [K,POINTS] pixels
    says that there are any, if they reach `least` [K] pixels somewhere."""
    on = np.roll(inner, -1, 1) - np.roll(inner, 1, 1)
    across = np.stack([-on[..., 1], on[..., 0]], -1)
    across *= TONE_LINE / np.maximum(np.linalg.norm(on, axis=-1, keepdims=True), 1e-9)
    left, right = (inner + across).astype(np.float32), (inner - across).astype(np.float32)
    inner, outer = inner.astype(np.float32), outer.astype(np.float32)
    inside = depth > 0.35
    out: list[list[Region]] = [[] for _ in depth]
    for number in np.flatnonzero(depth.max(1) >= least):
        for run in _arcs(inside[number]):
            if len(run) >= 6 and depth[number][run].max() >= least[number]:
                back = run[::-1]
                ring = np.concatenate([outer[number][run], inner[number][back]])
                edge = np.concatenate([left[number][run], right[number][back]])
                out[number].append(Region(clockwise(ring), edge))
    return out


def regions_of(outlines: Sequence[np.ndarray]) -> list[Region]:
    """Regions [K,2] with a line about all of their outline."""
    if not outlines:
        return []
    lines = Lines(outlines, [True] * len(outlines), spacing=1e9)
    left, right = lines.sides(TONE_LINE, TONE_LINE)
    out = []
    for number, outline in enumerate(outlines):
        span = lines.span(number)
        ring = [left[span], left[span][:1], right[span][:1], right[span][::-1]]
        out.append(Region(clockwise(outline), np.concatenate(ring)))
    return out


def clockwise(outline: np.ndarray) -> np.ndarray:
    """The outline, run through clockwise on the screen."""
    x, y = outline.T
    area = float(x @ np.roll(y, -1) - np.roll(x, -1) @ y)
    return outline if area >= 0 else outline[::-1]


def resampled(outlines: Sequence[np.ndarray]) -> np.ndarray:
    """`POINTS` places on each closed outline, evenly along it: float64 [K,POINTS,2]."""
    rings = [np.concatenate([outline, outline[:1]]) for outline in outlines]
    points = np.concatenate(rings).astype(np.float64)
    count = np.array([len(ring) for ring in rings])
    first = np.cumsum(count) - count
    step = np.zeros(len(points))
    step[1:] = np.hypot(*(points[1:] - points[:-1]).T)
    step[first] = 1.0  # from one outline to the next: no place lies there
    along = np.cumsum(np.maximum(step, 1e-9))
    begin, end = along[first], along[first + count - 1]
    wanted = begin[:, None] + (end - begin)[:, None] * np.arange(POINTS) / POINTS
    return np.stack([np.interp(wanted, along, points[:, k]) for k in range(2)], -1)


def _arcs(mask: np.ndarray) -> list[np.ndarray]:
    """Stretches of a ring where the mask is True, as indices in order."""
    if mask.all():
        return [np.arange(len(mask))]
    start = int(np.argmin(mask))
    order = (np.arange(len(mask)) + start) % len(mask)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask[order], [False]]).astype(int)))
    return [order[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
