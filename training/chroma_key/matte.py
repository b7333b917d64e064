"""From a picture before a screen to what stands before it: soft alpha, and colours without spill.

The screen's colour B is known everywhere (`screen.fit_screen`), so a pixel C = a F + (1 - a) B
leaves only the figure's own colour F to be found. Each pixel near the screen tries several: what
surely belongs to the figure nearby, at some depths behind its edge; what nearby holds least of
the key; nearby ink; and the neutral colour that the colour difference alone asks for. Those that
explain the pixel best decide its alpha.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy import ndimage

from .color import blur, keyness, largest, luma, to_ycc
from .screen import Screen
from .subsampling import halved_colors, sharpened_colors

ENCLOSED = ("auto", "keep", "hole")
_DEPTHS = (0.0, 1.5, 3.0, 6.0)  # behind the edge, pixels, where the figure's colours are looked for
_MOST = 0.5  # share of the key from which on a pixel can carry softness further
_MISFIT = 0.03  # of a pixel that a guess explains badly
_NEUTRAL, _NEUTRAL_HALVED = 1.0, 0.3  # weight of the colour difference, against 1 for a perfect fit
_CHROMA_HALVED = 0.6  # weight of colour against luma when colour is less sharp
_INK = 9  # side of the square in which ink is looked for
_ENDS = 0.03  # of alpha at either end are taken for 0 and 1


@dataclass(frozen=True)
class MatteOptions:
    """How a matte is made.

    Attributes:
        enclosed: what becomes of the key colour where the figure encloses it: "hole" makes it
            transparent, "keep" keeps it, "auto" makes transparent what looks exactly like the
            screen there would, and keeps what differs: eyes, gems and clothes of a like colour.
        reach: how far from the screen a pixel can be part transparent, in pixels; None: 0.5 % of
            the longer side, at least 3.
    """

    enclosed: str = "auto"
    reach: int | None = None

    def __post_init__(self):
        if self.enclosed not in ENCLOSED:
            raise ValueError(
                f"What is enclosed is one of {', '.join(ENCLOSED)}, not {self.enclosed}."
            )
        if self.reach is not None and not 1 <= self.reach <= 200:
            raise ValueError(f"The reach is 1 to 200 pixels, not {self.reach}.")


def matte(picture: np.ndarray, screen: Screen, options: MatteOptions | None = None) -> np.ndarray:
    """What stands before the screen: float32 [H,W,4], premultiplied, 0..1.

    Args:
        picture: float32 [H,W,3] RGB 0..1.
        screen: its screen, see `fit_screen`.
    """
    options = options or MatteOptions()
    picture, colors = halved_colors(picture)
    if colors is not None:
        picture = sharpened_colors(picture, colors)
    height, width = picture.shape[:2]
    reach = options.reach or max(3, round(0.005 * max(height, width)))
    held = keyness(screen.color, screen.hue)
    share = keyness(picture, screen.hue) / np.maximum(held, 1e-3)
    bare = bare_screen(picture, screen, share, options.enclosed)
    shadow = _cast_shadow(picture, screen, bare, reach)
    if shadow.any():
        bare |= shadow
        screen = _darkened(screen, picture, shadow, reach)
        share = keyness(picture, screen.hue) / np.maximum(keyness(screen.color, screen.hue), 1e-3)
    unknown = _unknown(share, bare, reach)
    alpha = np.where(bare, 0, 1).astype(np.float32)
    color = picture.copy()
    if unknown.any():
        halved = colors is not None
        alpha[unknown], color[unknown] = _mixed(
            picture, screen, share, bare, unknown, reach, halved
        )
    alpha = _clean(alpha, screen)
    color = _without_spill(color, bare, screen, reach)
    return np.dstack([color * alpha[..., None], alpha])


def bare_screen(
    picture: np.ndarray, screen: Screen, share: np.ndarray, enclosed: str = "auto"
) -> np.ndarray:
    """Where nothing stands before the screen, bool [H,W].

    `share` is the key's share of each pixel, float32 [H,W].
    """
    held = float(np.median(keyness(screen.color, screen.hue)))
    apart = to_ycc(picture - screen.color)
    loose = max(0.08, 5 * screen.noise / max(held, 0.1))
    near = (share > 1 - loose) & (np.abs(apart[..., 0]) < max(0.04, 5 * screen.noise))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8), connectivity=4)
    height, width = near.shape
    left, top, w, h, area = stats.T
    outer = (left == 0) | (top == 0) | (left + w == width) | (top + h == height)
    # bars above and below, or a figure from side to side, part the screen from the border
    outer |= area == area[1:].max(initial=0) if enclosed == "keep" else area > 0.04 * near.size
    outer[0] = False
    bare = outer[labels]
    if enclosed == "keep":
        return bare
    within = near & ~bare
    if enclosed == "auto" and within.any():
        within &= _exactly_screen(apart, share, near, within, screen)
    return bare | within


def _exactly_screen(apart, share, near, enclosed, screen: Screen) -> np.ndarray:
    """Which enclosed regions look as the screen would there, bool [H,W].

    The innermost pixels speak for a region: its rim is mixed with what encloses it. And it ends
    abruptly: where a gradient of the figure's own passes through the key, it goes on around it.
    """
    # fragments that touch but for a pixel are one region
    joined = cv2.dilate(enclosed.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    inside = cv2.distanceTransform(enclosed.astype(np.uint8), cv2.DIST_L2, 3)
    own, depths = labels[enclosed], inside[enclosed]
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, own, depths)
    core = depths >= 0.6 * deepest[own]
    regions = np.unique(own)
    distance = largest(np.abs(apart[enclosed]))
    middle = ndimage.median(distance[core], own[core], regions)
    away, row, column = nearest(enclosed)
    rim = (away > 1) & (away <= 3) & ~near
    whose = labels[row[rim], column[rim]]
    goes_on = np.bincount(whose, share[rim] > 0.6, count) > 0.5 * np.bincount(whose, None, count)
    # a narrow gap has no pixel that compression left clean
    allowed = np.where(deepest[regions] > 3, 0.03, 0.05) + 3 * screen.noise
    found = np.zeros(count, bool)
    found[regions] = (middle < allowed) & ~goes_on[regions]
    return found[labels]


def _cast_shadow(picture, screen: Screen, bare: np.ndarray, reach: int) -> np.ndarray:
    """Where the screen is only darker, bool [H,W]: wide areas of its very hue beside it.

    A dark line's soft edge looks the same but is thin.
    """
    color = screen.color
    light = (picture * color).sum(-1) / np.maximum((color * color).sum(-1), 1e-4)
    apart = largest(np.abs(picture - light[..., None] * color))
    darker = ~bare & (light > 0.4) & (light < 0.98) & (apart < 0.03 + 3 * screen.noise)
    kernel = np.ones((2 * reach + 3, 2 * reach + 3), np.uint8)
    wide = cv2.morphologyEx(darker.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    if not wide.any():
        return wide > 0
    # its soft rim is thin again
    grown = (cv2.dilate(wide, kernel) > 0) & darker
    count, labels = cv2.connectedComponents(grown.astype(np.uint8), connectivity=4)
    beside = np.zeros(count, bool)
    beside[labels[cv2.dilate(bare.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0]] = True
    beside[0] = False
    return beside[labels]


def _darkened(screen: Screen, picture, shadow: np.ndarray, reach: int) -> Screen:
    """The screen as it is in a shadow, and under what stands in it."""
    share = blur(shadow.astype(np.float32), reach)
    rest = blur((picture - screen.color) * shadow[..., None], reach) / (share + 0.02)[..., None]
    return replace(screen, color=(screen.color + rest).clip(0, 1).astype(np.float32))


def _unknown(share: np.ndarray, bare: np.ndarray, reach: int) -> np.ndarray:
    """Where pixels can be part screen: near it or what holds most of it, as glow and blur do, and
    in thin gaps and strands that begin there."""
    most = bare | (share > _MOST)
    count, labels = cv2.connectedComponents(most.astype(np.uint8))
    begins = np.zeros(count, bool)
    begins[labels[bare]] = True
    begins[0] = False
    most = begins[labels]
    far = cv2.distanceTransform((~most).astype(np.uint8), cv2.DIST_L2, 5)
    band = ~bare & (far <= reach)
    level = share.clip(0, 1)
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    thin = ~bare & (level - cv2.morphologyEx(level, cv2.MORPH_OPEN, kernel) > 0.15)
    count, labels = cv2.connectedComponents((band | thin).astype(np.uint8))
    begins = np.zeros(count, bool)
    begins[labels[band]] = True
    begins[0] = False
    return begins[labels]


def _mixed(picture, screen: Screen, share, bare, unknown, reach: int, halved: bool):
    """Alpha [N] and own colour [N,3] of the unknown pixels."""
    height, width = bare.shape
    rows, columns = np.nonzero(unknown)
    pixel, behind = picture[unknown], screen.color[unknown]
    from_bare, bare_row, bare_column = nearest(bare)
    known = ~bare & (~unknown | ((share < 0.06) & (from_bare >= 2)))
    guesses = []
    if known.any():
        solid = _mean_of(picture, known)
        away = np.stack([rows - bare_row[unknown], columns - bare_column[unknown]], -1)
        inward = away / np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), 1e-6)
        distance, row, column = nearest(known)
        start = np.stack([row[unknown], column[unknown]], -1)
        close = distance[unknown] <= 2 * reach
        for depth in _DEPTHS:
            place = np.rint(start + depth * inward).astype(int)
            place = place.clip(0, [height - 1, width - 1])
            usable = known[place[:, 0], place[:, 1]]
            place = np.where(usable[:, None], place, start)
            guesses.append((solid[place[:, 0], place[:, 1]], np.where(close, 1.0, 0.0)))
    if halved:
        ink = cv2.erode(np.where(bare, 1, luma(picture)).astype(np.float32), np.ones((_INK, _INK)))
        ink = np.repeat(ink[unknown][:, None], 3, 1)
        guesses.append((ink, np.where(ink[:, 0] < luma(behind) - 0.08, 1.0, 0.0)))
    weights, alphas = [], []
    for color, prior in guesses:
        alpha, misfit = _explain(pixel, color, behind, _CHROMA_HALVED if halved else 1.0)
        alphas.append(alpha)
        weights.append(prior * np.exp(-0.5 * (misfit / _MISFIT) ** 2))
    colors = [c for c, _ in guesses]
    neutral = 1 - share[unknown].clip(0, 1)
    alphas.append(neutral)
    weights.append(np.full(len(neutral), _NEUTRAL_HALVED if halved else _NEUTRAL, np.float32))
    colors.append(
        ((pixel - (1 - neutral[:, None]) * behind) / np.maximum(neutral, 0.05)[:, None]).clip(0, 1)
    )
    weight, alpha = np.stack(weights), np.stack(alphas)
    weight /= weight.sum(0)
    alpha = (weight * alpha).sum(0)
    guess = (weight[..., None] * np.stack(colors)).sum(0)
    # what is left of a faint pixel is mostly noise: there the guess counts, else the remainder
    own = (pixel - (1 - alpha)[:, None] * behind) / np.maximum(alpha, 0.1)[:, None]
    trust = ((alpha - 0.15) / 0.6).clip(0, 1)[:, None]
    return alpha, (trust * own + (1 - trust) * guess).clip(0, 1)


def _explain(pixel, color, behind, chroma: float):
    """The alpha [N] with which `color` over `behind` comes closest to `pixel`, and how close."""
    scale = np.array([1, chroma, chroma], np.float32)
    axis, apart = to_ycc(color - behind) * scale, to_ycc(pixel - behind) * scale
    alpha = ((axis * apart).sum(-1) / np.maximum((axis * axis).sum(-1), 1e-4)).clip(0, 1)
    return alpha, np.linalg.norm(apart - alpha[:, None] * axis, axis=-1)


def nearest(mask: np.ndarray):
    """Distance [H,W] to the nearest pixel of a mask, and its row and column."""
    distance, labels = cv2.distanceTransformWithLabels(
        (~mask).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(mask)
    row, column = np.zeros(labels.max() + 1, int), np.zeros(labels.max() + 1, int)
    row[labels[mask]], column[labels[mask]] = rows, columns
    return distance, row[labels], column[labels]


def _mean_of(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The picture, averaged a little over those neighbours that belong to the mask."""
    share = mask.astype(np.float32)
    return blur(picture * share[..., None], 0.7) / np.maximum(blur(share, 0.7), 1e-3)[..., None]


def _clean(alpha: np.ndarray, screen: Screen) -> np.ndarray:
    """Alpha whose ends are sure, without faint specks that hang on nothing solid."""
    low = min(_ENDS + 4 * screen.noise, 0.12)
    alpha = ((alpha - low) / (1 - low - _ENDS)).clip(0, 1)
    count, labels = cv2.connectedComponents((alpha > 0).astype(np.uint8), connectivity=8)
    solid = np.zeros(count, bool)
    solid[labels[alpha > 0.5]] = True
    return np.where(solid[labels], alpha, 0).astype(np.float32)


def _without_spill(color: np.ndarray, bare: np.ndarray, screen: Screen, reach: int) -> np.ndarray:
    """Takes the key out of colours near the screen, as far as the figure further in has none.

    Luma stays: what was tinted becomes grey, not darker.
    """
    from_bare, _, _ = nearest(bare)
    near = ~bare & (from_bare <= 2 * reach)
    inner = ~bare & ~near
    held = keyness(color, screen.hue).clip(0, None)
    allowed = np.zeros_like(held)
    if inner.any():
        distance, row, column = nearest(inner)
        allowed = blur(np.where(inner, held, 0), 1.5) / np.maximum(
            blur(inner.astype(np.float32), 1.5), 0.05
        )
        allowed = np.where(distance < 3 * reach, allowed[row, column], 0)
    tint = screen.key - screen.key.min()
    tint = tint / max(float(keyness(tint, screen.hue)), 1e-3)
    tint = tint - luma(tint)
    excess = np.where(near, held - allowed, 0).clip(0, None)
    return (color - excess[..., None] * tint).clip(0, 1)
