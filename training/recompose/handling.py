"""What happens to recomposed pictures on their way to a user, on the device.

The steps are those of `training.handling` that a GPU does well: many pictures at once, and only
those that chance chose. They never move a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .jpeg import through_jpeg
from .looks import GREY
from .sending import sent

SCALES = (0.4, 0.5, 0.625, 0.75, 0.875)
_TAPS = 4  # on either side of the middle of a blur


def draw_handling(rng: np.random.Generator, strength: float = 1.0) -> dict[str, tuple[float, ...]]:
    """Which steps happen to a picture, and their settings; each by chance times `strength`."""
    steps: dict[str, tuple[float, ...]] = {}
    chance = rng.random(7)

    def happens(number: int, share: float) -> bool:
        return bool(chance[number] < share * strength)

    if happens(0, 0.3):
        gain, lift, gamma = rng.uniform(0.7, 1.25), rng.uniform(-0.1, 0.1), rng.normal(0, 0.25)
        if rng.random() < 0.2:  # much darker, paler or harsher
            extremes = [(0.6, -0.2), (0.4, 0.15), (1.9, 0.0)]
            gain, lift = extremes[rng.integers(3)]
        tint = rng.normal(1, 0.07, 3)
        steps["grade"] = (gain, lift, float(np.exp(gamma)), rng.uniform(0.65, 1.35), *tint)
    if happens(1, 0.08):
        steps["posterise"] = (float(rng.choice([4, 6, 8, 16])),)
    if happens(2, 0.05):
        steps["grey"] = ()
    lens = chance[3]
    if lens < 0.1 * strength:
        steps["blur"] = (rng.uniform(0.4, 1.4),)
    elif lens < 0.16 * strength:
        steps["sharpen"] = rng.uniform(0.8, 1.6), rng.uniform(0.3, 1.2)
    elif lens < 0.2 * strength:
        steps["vignette"] = (rng.uniform(0.15, 0.45),)
    if happens(4, 0.13):
        spread = rng.uniform(2, 9) if rng.random() < 0.7 else rng.uniform(9, 20)
        steps["grain"] = spread / 255, float(rng.random() < 0.4), float(rng.random() < 0.4)
    if happens(5, 0.17):
        steps["rescale"] = float(rng.choice(SCALES)), float(rng.integers(3))
    if happens(6, 0.45):
        steps["jpeg"] = float(rng.integers(25, 96)), float(rng.random() < 0.6)
    return {name: tuple(float(v) for v in values) for name, values in steps.items()}


def handle(
    pictures: Tensor, plans: Sequence[dict[str, tuple[float, ...]]], seeds: Sequence[int]
) -> Tensor:
    """Pictures after their steps: float32 [n,3,S,S], 0..1, in place.

    Args:
        plans: of `draw_handling`, one a picture.
        seeds: of each picture's noise.
    """
    for name, step in STEPS.items():
        chosen = [i for i, plan in enumerate(plans) if name in plan]
        if chosen:
            numbers = sent(chosen, pictures.device)
            settings = np.array([plans[i][name] for i in chosen], np.float32)
            own_seeds = [seeds[i] for i in chosen]
            pictures[numbers] = step(pictures[numbers], settings, own_seeds).clamp(0, 1)
    return pictures


def grade(pictures: Tensor, settings: np.ndarray, _: Sequence[int]) -> Tensor:
    """Gain, lift, gamma, saturation and a tint per channel."""
    values = sent(settings, pictures.device)[..., None, None, None]
    gain, lift, gamma, saturation = values[:, :4].unbind(1)
    tint = values[:, 4:, 0]
    out = ((pictures.clamp(min=1e-4) ** gamma - 0.5) * gain + 0.5 + lift).clamp(0, 1) * tint
    return saturation * out + (1 - saturation) * _brightness(out)


def posterise(pictures: Tensor, settings: np.ndarray, _: Sequence[int]) -> Tensor:
    """A few levels per channel."""
    levels = sent(settings, pictures.device)[..., None, None]
    return torch.minimum((pictures * levels).floor(), levels - 1) / (levels - 1)


def grey(pictures: Tensor, settings: np.ndarray, _: Sequence[int]) -> Tensor:
    """Without colour."""
    return _brightness(pictures).expand_as(pictures)


def blur(pictures: Tensor, settings: np.ndarray, _: Sequence[int]) -> Tensor:
    """Out of focus by a standard deviation in pixels."""
    return _blurred(pictures, settings[:, 0])


def sharpen(pictures: Tensor, settings: np.ndarray, _: Sequence[int]) -> Tensor:
    """With the rims that sharpening leaves: standard deviation and amount."""
    amount = sent(settings[:, 1], pictures.device)[:, None, None, None]
    return pictures + amount * (pictures - _blurred(pictures, settings[:, 0]))


def vignette(pictures: Tensor, settings: np.ndarray, _: Sequence[int]) -> Tensor:
    """Darker corners."""
    height, width = pictures.shape[-2:]
    x, y = (torch.linspace(-1, 1, side, device=pictures.device) ** 2 for side in (width, height))
    depth = sent(settings[:, 0], pictures.device)[:, None, None, None]
    return pictures * (1 - depth * (x + y[:, None]).clamp(max=1.5))


def grain(pictures: Tensor, settings: np.ndarray, seeds: Sequence[int]) -> Tensor:
    """Noise of a standard deviation, as coarse as film's, and coloured, where asked for."""
    side = pictures.shape[-1]
    out = pictures.clone()
    for picture, (spread, coarse, colored), seed in zip(out, settings, seeds, strict=True):
        generator = torch.Generator(pictures.device).manual_seed(seed)
        shape = (1, 3 if colored else 1, side // (2 if coarse else 1), side // (2 if coarse else 1))
        noise = torch.randn(shape, generator=generator, device=pictures.device)
        if coarse:
            noise = F.interpolate(noise, size=(side, side), mode="bilinear", align_corners=False)
        picture.add_(noise[0] * float(spread))
    return out


def rescale(pictures: Tensor, settings: np.ndarray, _: Sequence[int]) -> Tensor:
    """Through a smaller size and back; the way back is nearest, linear or cubic."""
    side = pictures.shape[-1]
    out = torch.empty_like(pictures)
    for scale, way in sorted(set(map(tuple, settings.tolist()))):
        chosen = np.flatnonzero((settings == (scale, way)).all(1))
        numbers = sent(chosen, pictures.device)
        small = round(side * scale)
        shrunk = F.interpolate(
            pictures[numbers], size=(small, small), mode="bilinear", antialias=True
        )
        mode = ("nearest-exact", "bilinear", "bicubic")[int(way)]
        out[numbers] = F.interpolate(shrunk, size=(side, side), mode=mode)
    return out


def jpeg(pictures: Tensor, settings: np.ndarray, _: Sequence[int]) -> Tensor:
    """Through JPEG's quantisation at a quality, with half the colour resolution where asked for."""
    out = torch.empty_like(pictures)
    for halved in (False, True):
        chosen = np.flatnonzero(settings[:, 1] == halved)
        if len(chosen):
            numbers = sent(chosen, pictures.device)
            quality = sent(settings[chosen, 0], pictures.device)
            out[numbers] = through_jpeg(pictures[numbers], quality, halved)
    return out


def _brightness(pictures: Tensor) -> Tensor:
    red, green, blue = pictures.unbind(1)
    return (GREY[0] * red + GREY[1] * green + GREY[2] * blue)[:, None]


def _blurred(pictures: Tensor, sigma: np.ndarray) -> Tensor:
    """Each picture by its own standard deviation. Sums of shifted pictures: a convolution would be
    computed in other ways from run to run on a GPU."""
    at = np.arange(-_TAPS, _TAPS + 1)
    weights = np.exp(-(at**2) / (2 * np.maximum(sigma[:, None], 0.05) ** 2))
    weights = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    weights = sent(weights, pictures.device)[..., None, None, None]
    for axis in (2, 3):
        side = pictures.shape[axis]
        room = (0, 0, _TAPS, _TAPS) if axis == 2 else (_TAPS, _TAPS, 0, 0)
        wide = F.pad(pictures, room, mode="replicate")
        pictures = torch.zeros_like(pictures)
        for k in range(2 * _TAPS + 1):
            pictures.addcmul_(weights[:, k], wide.narrow(axis, k, side))
    return pictures


Step = Callable[[Tensor, np.ndarray, Sequence[int]], Tensor]
STEPS: dict[str, Step] = {
    "grade": grade,
    "posterise": posterise,
    "grey": grey,
    "blur": blur,
    "sharpen": sharpen,
    "vignette": vignette,
    "grain": grain,
    "rescale": rescale,
    "jpeg": jpeg,
}
