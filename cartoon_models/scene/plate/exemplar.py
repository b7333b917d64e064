"""A first guess at a hole, for a small picture: whole patches copied one by one from the rim in."""

from __future__ import annotations

import numpy as np

from .patches import PAD, Scale

TOLERATED = 0.015  # squared colour by which surroundings may differ from the expected: leaves do
_TOGETHER = 12  # patches that are looked for at a time


def exemplar_guess(
    scale: Scale, far: tuple[float, float], unexpected: float = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Fill the hole greedily, where lines run into it first.

    After Criminisi, Perez and Toyama, "Region filling and object removal by exemplar-based image
    inpainting", 2004, section III: the next patch is the one on the rim of which most is known,
    with the strongest line running into the hole; it gets what the most alike source shows. Here
    some are filled at a time, where they lie apart.

    Args:
        scale: a small one; the time grows with the pixels of the hole times those of the picture.
        far: what a source costs that lies one longer side away, down and across, in squared colour.
        unexpected: what it costs if its surroundings are not as expected, for each squared colour.

    Returns:
        The image filled, float32 ``[h, w, 3]``, and where each of its pixels was copied from, as
        a position in the flattened image, int64 ``[h, w]``.
    """
    image = np.where(scale.unknown[..., None], 0, scale.image).astype(np.float32)
    radius = scale.radius
    height, width = image.shape[:2]
    is_inside = np.zeros((height, width), bool)
    is_inside[PAD:-PAD, PAD:-PAD] = True
    unknown = scale.unknown.copy()
    confidence = (is_inside & ~unknown).astype(np.float32)
    origin = np.arange(height * width).reshape(height, width)
    sources = _Sources(scale, far, unexpected)
    while unknown.any():
        known = is_inside & ~unknown
        chosen = _next(image, known, unknown, confidence, radius)
        patches = [_around(row, column, radius) for row, column in chosen]
        masks = np.stack([is_inside[patch] & ~unknown[patch] for patch in patches])
        found = sources.best(chosen, np.stack([image[patch] for patch in patches]), masks)
        for patch, mask, place in zip(patches, masks, found, strict=True):
            source, missing = _around(*place, radius), unknown[patch]
            image[patch][missing] = image[source][missing]
            origin[patch][missing] = origin[source][missing]
            confidence[patch][missing] = (confidence[patch] * mask).sum() / (2 * radius + 1) ** 2
            unknown[patch] = False
    return image, origin


class _Sources:
    """All that may be copied, to be compared with some patches at a time."""

    def __init__(self, scale: Scale, far: tuple[float, float], unexpected: float) -> None:
        self.scale, self.far, self.unexpected = scale, far, unexpected
        self.rows, self.columns = np.nonzero(scale.sources)
        if not len(self.rows):
            raise ValueError("There is no source to copy from.")
        steps = np.arange(-scale.radius, scale.radius + 1)
        patches = scale.image[self.rows + steps[:, None, None], self.columns + steps[:, None]]
        self.colors = np.moveaxis(patches, 2, 3).reshape(-1, len(self.rows))  # [values, sources]
        self.squares = (patches**2).sum(3).reshape(-1, len(self.rows))
        if scale.around is not None:
            self.around = scale.around[self.rows, self.columns]

    def best(
        self, places: list[tuple[int, int]], patches: np.ndarray, masks: np.ndarray
    ) -> list[tuple[int, int]]:
        """The middles of the sources that are most like what is known of each patch, nearby if
        there are any.

        Args:
            places: middles of the patches, which do not touch.
            patches: float32 ``[n, side, side, 3]``.
            masks: bool ``[n, side, side]``: what is known of them.
        """
        weights = masks.astype(np.float32)
        known = (patches * weights[..., None]).reshape(len(places), -1)
        prices = weights.reshape(len(places), -1) @ self.squares - 2 * (known @ self.colors)
        near, found = self.scale.side // 4, []
        for price, (row, column), share in zip(prices, places, weights, strict=True):
            down, across = (self.rows - row).astype(np.float32), (self.columns - column)
            across = across.astype(np.float32)
            beyond = self.far[0] * down**2 + self.far[1] * across**2
            if self.scale.expected is not None:
                *color, counts = self.scale.expected[row, column]
                away = self.around - np.float32(color)
                away = np.einsum("nc,nc->n", away, away) / 3 - TOLERATED
                beyond += np.float32(self.unexpected * counts) * np.maximum(away, 0)
            price = price + np.float32(3 * share.sum() / self.scale.side**2) * beyond
            is_near = np.maximum(np.abs(down), np.abs(across)) <= near
            if is_near.any():
                price[~is_near] = np.inf
            at = int(price.argmin())
            found.append((int(self.rows[at]), int(self.columns[at])))
        return found


def _next(
    image: np.ndarray,
    known: np.ndarray,
    unknown: np.ndarray,
    confidence: np.ndarray,
    radius: int,
) -> list[tuple[int, int]]:
    """The pixels of the rim whose patches are filled next, far enough apart not to touch."""
    import cv2

    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    seen = known.astype(np.uint8)
    front = unknown & (cv2.dilate(seen, cross) > 0)
    rows, columns = np.nonzero(front)
    shown = cv2.boxFilter(np.where(known, confidence, 0), -1, (2 * radius + 1,) * 2)[rows, columns]
    grey = image.mean(axis=2)
    whole = cv2.erode(seen, np.ones((3, 3), np.uint8))
    right = cv2.Sobel(grey, -1, 1, 0, scale=1 / 8) * whole
    down = cv2.Sobel(grey, -1, 0, 1, scale=1 / 8) * whole
    steps = np.arange(-radius, radius + 1)
    near_rows = (rows[:, None, None] + steps[:, None]).clip(0, known.shape[0] - 1)
    near_columns = (columns[:, None, None] + steps).clip(0, known.shape[1] - 1)
    rights, downs = (side[near_rows, near_columns].reshape(len(rows), -1) for side in (right, down))
    best = (rights**2 + downs**2).argmax(1)[:, None]
    right, down = (np.take_along_axis(side, best, 1)[:, 0] for side in (rights, downs))
    level = cv2.blur(known.astype(np.float32), (3, 3))
    normal_right = cv2.Sobel(level, -1, 1, 0)[rows, columns]
    normal_down = cv2.Sobel(level, -1, 0, 1)[rows, columns]
    length = np.hypot(normal_right, normal_down) + 1e-6
    line = np.abs(right * normal_down - down * normal_right) / length  # along it, not across
    urgency = shown * (line + 1e-2)
    chosen: list[tuple[int, int]] = []
    for at in np.argsort(-urgency, kind="stable")[: _TOGETHER * (2 * radius + 1)]:
        if len(chosen) == _TOGETHER or urgency[at] < urgency.max() / 2:
            break
        row, column = int(rows[at]), int(columns[at])
        if all(max(abs(row - y), abs(column - x)) > 4 * radius for y, x in chosen):
            chosen.append((row, column))
    return chosen


def _around(row: int, column: int, radius: int) -> tuple[slice, slice]:
    return (
        slice(row - radius, row + radius + 1),
        slice(column - radius, column + radius + 1),
    )
