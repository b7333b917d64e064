"""A background made elsewhere, brought back to its picture: moved, matched in colour, pasted."""

from __future__ import annotations

import numpy as np

from .diffuse import diffuse

_FARTHEST = 0.02  # of the longer side: what a sampler or an editing model moves a picture by
_GAIN = 0.9  # an error has to fall below this part of what it was, or nothing is moved
_FINEST = 512  # pixels of the longer side at which pictures are registered
_RING = 32  # pixels around the hole whose colours are matched
_FEWEST = 64
_CONTRAST = (0.5, 2.0)


def fitted(made: np.ndarray, picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """What was made for the hole, so that it meets the picture around it.

    Three things go wrong when a model paints a whole picture anew: it drifts by some pixels, its
    colours shift, and its rim does not meet the picture's. What lies outside the hole, in both,
    tells by how much: it is moved by the affine map that fits best (Evangelidis and Psarakis,
    "Parametric image alignment using enhanced correlation coefficient maximization", 2008), every
    channel gets the contrast and brightness that fit best on a ring around the hole, and what still
    differs at the rim is spread over the hole (a membrane: Farbman et al., "Coordinates for instant
    image cloning", 2009).

    Args:
        made: float32 ``[H, W, 3]``, 0 to 1.
        picture: float32 ``[H, W, 3]``; only what is outside the hole is read.
        hole: bool ``[H, W]``.

    Returns:
        float32 ``[H, W, 3]``: the picture, bit for bit, with the hole filled.
    """
    if not hole.any():
        return picture.copy()
    if not hole.all():
        made = registered(made, picture, hole)
        made = color_matched(made, picture, hole)
        made = _met_at_the_rim(made, picture, hole)
    return np.where(hole[..., None], made.clip(0, 1), picture).astype(np.float32)


def registered(made: np.ndarray, picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Moved to where the picture is outside the hole; as it was if that fits no better."""
    import cv2

    height, width = hole.shape
    scale = min(1.0, _FINEST / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = [
        cv2.resize(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        for one in (made, picture * ~hole[..., None])
    ]
    seen = cv2.resize((~hole).astype(np.float32), size, interpolation=cv2.INTER_AREA) == 1
    seen = cv2.erode(np.pad(seen, 1).astype(np.uint8), np.ones((5, 5), np.uint8))[1:-1, 1:-1]
    if seen.sum() < _FEWEST or small[1][seen > 0].std() < 0.01:
        return made
    warp = np.eye(2, 3, dtype=np.float32)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    try:
        for motion in (cv2.MOTION_TRANSLATION, cv2.MOTION_AFFINE):
            _, warp = cv2.findTransformECC(*small, warp, motion, until, seen, 5)
    except cv2.error:  # it did not converge: there is nothing to go by
        return made
    corners = np.float32([[0, 0, 1], [size[0], 0, 1], [0, size[1], 1], [*size, 1]])
    if np.abs(corners @ warp.T - corners[:, :2]).max() > max(2, _FARTHEST * max(size)):
        return made
    # From the middles of small pixels to those of large ones.
    middle = warp[:, :2].sum(1) / 2
    warp[:, 2] = (warp[:, 2] + 0.5 - middle) / scale - 0.5 + middle
    moved = cv2.warpAffine(
        made, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )
    before, after = (_difference(one, picture, ~hole) for one in (made, moved))
    return moved if after < _GAIN * before else made


def color_matched(made: np.ndarray, picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """With the contrast and brightness, channel by channel, that fit on a ring around the hole."""
    import cv2

    around = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    ring = ~hole & (around <= _RING)
    if ring.sum() < _FEWEST:
        return made
    wanted, found = picture[ring].astype(np.float64), made[ring].astype(np.float64)
    # Pixels that are something else altogether, such as a part of a character, do not count.
    off = np.abs(wanted - found).max(axis=1)
    alike = off <= np.quantile(off, 0.75) + 1e-6
    wanted, found = wanted[alike], found[alike]
    spread = found.std(0) + 1e-3
    # Spreads rather than a regression, which would flatten what differs in detail.
    contrast = np.clip((wanted.std(0) + 1e-3) / spread, *_CONTRAST)
    brightness = wanted.mean(0) - contrast * found.mean(0)
    return (made * contrast + brightness).astype(np.float32)


def _met_at_the_rim(made: np.ndarray, picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    import cv2

    rim = ~hole & (cv2.dilate(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    lacking = picture - made
    # A line that goes on elsewhere in what was made would bleed; a shade is spread.
    rim &= np.abs(lacking).max(axis=2) < 0.15
    return made + diffuse(lacking, rim, 8) if rim.any() else made


def _difference(made: np.ndarray, picture: np.ndarray, where: np.ndarray) -> float:
    return float(np.abs(made - picture).mean(axis=2)[where].mean())
