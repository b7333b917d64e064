"""What may be done to any palette: night, sunset, sepia, monochrome, high key, low contrast, neon.

Each is a small frozen object that takes a colour RGB 0..1 and gives one; `treated` applies one to
everything in a style that has a colour.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .model import Color
from .style import Style, luma

Recolor = Callable[[Color], Color]


@dataclass(frozen=True)
class Graded:
    """Colour through a lens: multiplied, drawn towards grey or away from it, lifted.

    Attributes:
        light: RGB that everything is multiplied with.
        saturation: 0 = grey, 1 = as it is, above = more.
        low, high: what black and white become.
    """

    light: Color = (1.0, 1.0, 1.0)
    saturation: float = 1.0
    low: Color = (0.0, 0.0, 0.0)
    high: Color = (1.0, 1.0, 1.0)

    def __call__(self, color: Color) -> Color:
        grey = luma(color)
        out = []
        for value, light, low, high in zip(color, self.light, self.low, self.high, strict=True):
            value = min(max(grey + (value - grey) * self.saturation, 0.0), 1.0) * light
            out.append(low + (high - low) * value)
        return tuple(out)


@dataclass(frozen=True)
class Toned:
    """One ink on one paper: brightness alone counts. Grey inks give a monochrome palette."""

    dark: Color = (0.0, 0.0, 0.0)
    bright: Color = (1.0, 1.0, 1.0)

    def __call__(self, color: Color) -> Color:
        grey = luma(color)
        return tuple(d + (b - d) * grey for d, b in zip(self.dark, self.bright, strict=True))


@dataclass(frozen=True)
class Neon:
    """Hues as bright as they go; what is dark, ink above all, stays so."""

    turn: float = 0.0

    def __call__(self, color: Color) -> Color:
        hue, saturation, value = colorsys.rgb_to_hsv(*color)
        bright = min(max((value - 0.2) / 0.3, 0.0), 1.0)
        saturation += bright * (min(1.0, 0.55 + saturation) - saturation)
        value += bright * (min(1.0, 0.25 + value**0.7) - value)
        return colorsys.hsv_to_rgb((hue + self.turn * bright) % 1, saturation, value)


@dataclass(frozen=True)
class Limited:
    """The nearest of a few colours: a palette of old machines and cheap prints."""

    colors: tuple[Color, ...]

    def __call__(self, color: Color) -> Color:
        return min(
            self.colors,
            key=lambda one: (
                sum((a - b) ** 2 for a, b in zip(one, color, strict=True))
                + 1.5 * (luma(one) - luma(color)) ** 2
            ),
        )


@dataclass(frozen=True)
class Levels:
    """Greys of a manga: bright colours are paper, dark ones solid black, others a few tones.

    Attributes:
        black, white: brightness below and above which there is no tone.
        tones: greys in between, bright to dark.
        mixed: moves each hue's brightness, so that equal greys differ; 0..1.
    """

    black: float = 0.2
    white: float = 0.62
    tones: tuple[float, ...] = (0.75, 0.55)
    mixed: float = 0.15

    def __call__(self, color: Color) -> Color:
        hue, saturation, _ = colorsys.rgb_to_hsv(*color)
        grey = luma(color) + self.mixed * saturation * float(np.sin(11 * hue))
        if grey < self.black:
            return (0.05, 0.05, 0.05)
        if grey > self.white or not self.tones:
            return (1.0, 1.0, 1.0)
        place = (self.white - grey) / max(self.white - self.black, 1e-6)
        tone = self.tones[min(int(place * len(self.tones)), len(self.tones) - 1)]
        return (tone, tone, tone)


@dataclass(frozen=True)
class After:
    """One change of colour after another."""

    first: Recolor
    second: Recolor

    def __call__(self, color: Color) -> Color:
        return self.second(self.first(color))


def night(rng: np.random.Generator) -> Recolor:
    dim = rng.uniform(0.35, 0.65)
    return Graded(
        (0.55 * dim, 0.7 * dim, min(1.25 * dim, 1.0)), rng.uniform(0.4, 0.8), (0, 0, 0.04)
    )


def sunset(rng: np.random.Generator) -> Recolor:
    glow = rng.uniform(0, 0.12)
    return Graded(
        (1.0, rng.uniform(0.65, 0.8), rng.uniform(0.4, 0.6)), 1.1, (glow, 0.3 * glow, 0.0)
    )


def sepia(rng: np.random.Generator) -> Recolor:
    dark = (0.2 + rng.uniform(0, 0.1), 0.12, 0.06)
    return Toned(dark, (1.0, rng.uniform(0.9, 0.95), rng.uniform(0.74, 0.84)))


def monochrome(rng: np.random.Generator) -> Recolor:
    return Toned((rng.uniform(0, 0.1),) * 3, (rng.uniform(0.85, 1.0),) * 3)


def high_key(rng: np.random.Generator) -> Recolor:
    low = rng.uniform(0.35, 0.55)
    return Graded(saturation=rng.uniform(0.6, 0.9), low=(low, low, low))


def low_contrast(rng: np.random.Generator) -> Recolor:
    low, high = rng.uniform(0.25, 0.4), rng.uniform(0.6, 0.75)
    tint = rng.uniform(-0.04, 0.04, 3)
    return Graded(
        saturation=rng.uniform(0.4, 0.8),
        low=tuple((low + tint).tolist()),
        high=tuple((high + tint).tolist()),
    )


def neon(rng: np.random.Generator) -> Recolor:
    return Neon(float(rng.uniform(-0.15, 0.15)))


TREATMENTS: dict[str, Callable[[np.random.Generator], Recolor]] = {
    "night": night,
    "sunset": sunset,
    "sepia": sepia,
    "monochrome": monochrome,
    "high key": high_key,
    "low contrast": low_contrast,
    "neon": neon,
}


def treated(style: Style, name: str, rng: np.random.Generator) -> Style:
    """The style with its whole palette changed, ink, halo and the tint of shadows too.

    Raises:
        KeyError: there is no treatment of this name.
    """
    recolor = TREATMENTS[name](rng)
    tint = style.shadow_tint
    return replace(
        style,
        recolor=After(style.recolor, recolor) if style.recolor else recolor,
        ink=recolor(style.ink) if style.ink is not None else None,
        halo=recolor(style.halo) if style.halo is not None else None,
        shadow_tint=tuple(recolor(tint)) if name != "monochrome" else (1.0, 1.0, 1.0),
        treatment=name,
    )
