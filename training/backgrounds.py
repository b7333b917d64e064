"""Backgrounds: a pool of procedural paintings, and how a picture takes one from it.

A figure must not be the only detailed thing in a picture, nor the only plain one: a detector that
sees figures only on calm grounds marks blossoms, clouds and paving as figures. What `painters`
paint is kept in one memory-mapped file, and cropped, mirrored, recoloured and mixed for each
picture. Generated scenes add larger paintings with drawn lines.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from .painters import held_out as evaluation
from .painters import machines, manga, nature, places, rooms, streets, textures, validation
from .store import cache_folder, whole_folder

logger = logging.getLogger("celkit")

PAINTERS = {**textures.PAINTERS, **places.PAINTERS}
VALIDATION_PAINTERS = validation.PAINTERS
SCENE_PAINTERS = {
    **nature.PAINTERS,
    **streets.PAINTERS,
    **rooms.PAINTERS,
    **machines.PAINTERS,
    **manga.PAINTERS,
    **evaluation.PAINTERS,
}
HELD_OUT_FAMILIES = ("bricks", "plaid", "hills", "bokeh", "strokes")
SCENE_HELD_OUT_FAMILIES = tuple(evaluation.PAINTERS)
SIDE = 512
SCENE_SIDE = 1024
_VERSION = 1
_SCENE_VERSION = 2
# What the held-out scenes show stays as it was in version 1, where 16 families took turns: which
# turn each of those held out had.
_HELD_OUT_TURNS = {3: "seaside", 6: "shops", 15: "magic"}


# A painting to make: its family, seed and side in pixels.
Job = tuple[str, tuple[int, ...], int]


class BackgroundPool:
    """Painted backgrounds of one split, `families` maps a family to its row numbers.

    Args:
        recolored: share of backgrounds that get other colours.
    """

    def __init__(self, folder: Path, held_out: bool = False, recolored: float = 0.6):
        self.folder, self.recolored = Path(folder), recolored
        rows: list[str] = json.loads((self.folder / "index.json").read_text())["families"]
        self.blurred = 0.12
        self.families: dict[str, list[int]] = {}
        for i, family in enumerate(rows):
            if (family in HELD_OUT_FAMILIES + SCENE_HELD_OUT_FAMILIES) == held_out:
                self.families.setdefault(family, []).append(i)
        self._pixels: np.ndarray | None = None
        self._detail: dict[int, float] = {}

    def draw(
        self, rng: np.random.Generator, size: tuple[int, int], plain: float = 0.2, zoom: float = 1.0
    ) -> np.ndarray:
        """One background: uint8 [H,W,3] of `size` = (H, W).

        Args:
            plain: share of flat colours and gradients.
            zoom: how much closer than usual (crops of a picture see a background enlarged).
        """
        style = rng.random()
        if style < plain:
            return flat(rng, size)
        picture = self._crop(rng, size, zoom)
        if style > 0.82:
            other = self._crop(rng, size, zoom) if rng.random() < 0.7 else flat(rng, size)
            picture = _join(rng, picture, other)
        if rng.random() < self.blurred:
            picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(1, 5))
        return picture

    def _crop(self, rng: np.random.Generator, size: tuple[int, int], zoom: float) -> np.ndarray:
        family = list(self.families)[rng.integers(len(self.families))]
        return self.crop(rng, rng.choice(self.families[family]), size, zoom)

    def painting(self, row: int) -> np.ndarray:
        """A painting as it is stored: uint8 [side,side,3], read-only."""
        if self._pixels is None:
            self._pixels = np.load(self.folder / "pixels.npy", mmap_mode="r")
        return self._pixels[row]

    def crop(
        self, rng: np.random.Generator, row: int, size: tuple[int, int], zoom: float
    ) -> np.ndarray:
        """Part of painting `row`, stretched to `size`."""
        painting = self.painting(row)
        height, width = size
        share = rng.uniform(0.45, 1.0) / zoom
        side = painting.shape[0]
        longest = side * min(max(share, 0.12), 1.0)
        crop_h, crop_w = (max(8, int(longest * s / max(size))) for s in size)
        y, x = rng.integers(0, side - crop_h + 1), rng.integers(0, side - crop_w + 1)
        crop = painting[y : y + crop_h, x : x + crop_w]
        if rng.random() < 0.5:
            crop = crop[:, ::-1]
        enlarging = crop_h < height
        crop = cv2.resize(
            np.ascontiguousarray(crop),
            (width, height),
            interpolation=cv2.INTER_LINEAR if enlarging else cv2.INTER_AREA,
        )
        return recolor(rng, crop) if rng.random() < self.recolored else crop

    def mirrored(self, rng: np.random.Generator, row: int, size: tuple[int, int]) -> np.ndarray:
        """The whole painting smaller than `size`, and its mirror images around it."""
        height, width = size
        side = max(8, int(max(size) * rng.uniform(0.6, 0.95)))
        whole = np.ascontiguousarray(self.painting(row))
        tile = cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA)
        if rng.random() < self.recolored:
            tile = recolor(rng, tile)
        up, left = (int(rng.integers(0, max(s - side, 0) + 1)) for s in size)
        down, right = max(height - side - up, 0), max(width - side - left, 0)
        out = cv2.copyMakeBorder(tile, up, down, left, right, cv2.BORDER_REFLECT)
        return np.ascontiguousarray(out[:height, :width])

    def detail(self, row: int) -> float:
        """Mean strength of a painting's edges, from a quarter of its rows."""
        if row not in self._detail:
            part = np.ascontiguousarray(self.painting(row)[::4])
            grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
            self._detail[row] = float(cv2.absdiff(grey[:, 1:], grey[:, :-1]).mean())
        return self._detail[row]

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_pixels": None}


class MixedBackgrounds(BackgroundPool):
    """Backgrounds of two pools for scenes.

    A drawn figure has more edges per area than most painted places (`busyness` measures both), so
    the busiest of three paintings is taken often, and many are seen from farther away than they
    were painted.

    Args:
        second: share of backgrounds that come from the second pool, 0..1.
        busiest: share of which the busiest of three paintings is taken, 0..1.
    """

    FARTHER = 0.2  # share of backgrounds that are repeated in mirrors to look smaller
    SCATTERED = 0.3  # share with leaves, petals, sparks or snow in the air

    def __init__(
        self,
        first: BackgroundPool,
        other: BackgroundPool,
        second: float = 0.65,
        busiest: float = 0.8,
    ):
        self.pools, self.second, self.busiest = (first, other), second, busiest
        self.families = {**first.families, **other.families}
        self.blurred = 0.06

    def draw(
        self, rng: np.random.Generator, size: tuple[int, int], plain: float = 0.2, zoom: float = 1.0
    ) -> np.ndarray:
        """See `BackgroundPool.draw`."""
        picture = super().draw(rng, size, plain, zoom)
        return scatter(rng, picture) if rng.random() < self.SCATTERED else picture

    def choose(self, rng: np.random.Generator) -> tuple[BackgroundPool, int]:
        """A painting to take: its pool and its row there."""
        pool = self.pools[int(rng.random() < self.second)]
        families = list(pool.families)
        rows = [rng.choice(pool.families[families[rng.integers(len(families))]]) for _ in range(3)]
        return pool, max(rows, key=pool.detail) if rng.random() < self.busiest else rows[0]

    def _crop(self, rng: np.random.Generator, size: tuple[int, int], zoom: float) -> np.ndarray:
        pool, busier = self.choose(rng)
        if zoom < 1.5 and rng.random() < self.FARTHER:
            return pool.mirrored(rng, busier, size)
        return pool.crop(rng, busier, size, zoom)

    def __getstate__(self) -> dict:
        return self.__dict__


def load_backgrounds(
    cache: Path | str | None = None, *, held_out: bool = False, count: int = 1200, workers: int = 2
) -> BackgroundPool:
    """The pool of one split, painted on first use (about a minute) into the cache folder."""
    folder = cache_folder(cache) / f"backgrounds-{_VERSION}-{count}"
    if not (folder / "index.json").exists():
        build_pool(folder, count, workers)
    return BackgroundPool(folder, held_out)


def load_scene_backgrounds(
    cache: Path | str | None = None, *, held_out: bool = False, count: int = 480, workers: int = 2
) -> MixedBackgrounds:
    """Those of `load_backgrounds` and larger ones of `SCENE_PAINTERS`, of one split; `count` to
    train with, 3 in 16 of that are held out. Painted on first use (about a minute)."""
    if held_out:
        folder = cache_folder(cache) / f"backgrounds-scene-held-out-1-{count}"
        jobs = [
            (_HELD_OUT_TURNS[i % 16], (1, i), SCENE_SIDE)
            for i in range(count)
            if i % 16 in _HELD_OUT_TURNS
        ]
    else:
        folder = cache_folder(cache) / f"backgrounds-scene-{_SCENE_VERSION}-{count}"
        families = [name for name in SCENE_PAINTERS if name not in SCENE_HELD_OUT_FAMILIES]
        jobs = [
            (families[i % len(families)], (_SCENE_VERSION, 4, i), SCENE_SIDE) for i in range(count)
        ]
    if not (folder / "index.json").exists():
        _build(folder, jobs, workers)
    scenes = BackgroundPool(folder, held_out, recolored=0.25)
    first = load_backgrounds(cache, held_out=held_out, workers=workers)
    if held_out:
        return MixedBackgrounds(first, scenes)
    return MixedBackgrounds(first, scenes, second=0.8, busiest=0.4)


def load_validation_backgrounds(
    cache: Path | str | None = None, *, count: int = 160, workers: int = 2
) -> BackgroundPool:
    """The pool of `painters.validation`, see `validation.py`; painted on first use."""
    folder = cache_folder(cache) / f"backgrounds-validation-{_VERSION}-{count}"
    if not (folder / "index.json").exists():
        build_pool(folder, count, workers, tuple(VALIDATION_PAINTERS))
    return BackgroundPool(folder)


def build_pool(
    folder: Path,
    count: int,
    workers: int = 2,
    among: Sequence[str] = tuple(PAINTERS),
    side: int = SIDE,
) -> None:
    """Paints `count` backgrounds of `side` pixels into `folder`, which appears only when it is
    complete.

    The families `among` which to paint take turns.
    """
    families = [among[i % len(among)] for i in range(count)]
    jobs = [(family, (_VERSION, i), side) for i, family in enumerate(families)]
    _build(folder, jobs, workers)


def _build(folder: Path, jobs: Sequence[Job], workers: int) -> None:
    logger.info("painting %d backgrounds, once", len(jobs))
    side = jobs[0][2]
    with whole_folder(folder) as temporary:
        pixels = np.lib.format.open_memmap(
            temporary / "pixels.npy", mode="w+", dtype=np.uint8, shape=(len(jobs), side, side, 3)
        )
        with multiprocessing.get_context("spawn").Pool(workers, initializer=_nice) as pool:
            for i, painting in enumerate(pool.imap(_paint_job, jobs, chunksize=4)):
                pixels[i] = painting
        pixels.flush()
        del pixels
        index = {"families": [family for family, *_ in jobs]}
        (temporary / "index.json").write_text(json.dumps(index))


def paint(rng: np.random.Generator, family: str, side: int = SIDE) -> np.ndarray:
    """One painting of any family: uint8 [side,side,3]."""
    if family in SCENE_PAINTERS:
        return SCENE_PAINTERS[family](rng, side)
    picture = (PAINTERS | VALIDATION_PAINTERS)[family](rng, side)
    if rng.random() < 0.25:
        picture = textures.painterly(rng, picture)
    if rng.random() < 0.15:
        picture = textures.inked(rng, picture)
    return picture


def flat(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """White, black, one colour, or a linear or radial gradient."""
    height, width = size
    style = rng.random()
    colors = textures.palette(rng, 2).astype(np.float32)
    if style < 0.2:
        return np.full((height, width, 3), 255 if rng.random() < 0.8 else 0, np.uint8)
    if style < 0.45:
        return np.broadcast_to(colors[0].astype(np.uint8), (height, width, 3)).copy()
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    if style < 0.8:
        angle = rng.uniform(0, 2 * np.pi)
        t = np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) + 0.5
    else:
        t = np.hypot(x - rng.uniform(0.2, 0.8), y - rng.uniform(0.2, 0.8)) * 1.3
    t = t.clip(0, 1)[..., None]
    return (colors[0] * (1 - t) + colors[1] * t).astype(np.uint8)


def scatter(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Many small things in the air: leaves, petals, shards, sparks or snow."""
    height, width = picture.shape[:2]
    out, count = picture.copy(), int(rng.integers(25, 160))
    colors = textures.palette(rng, 3).astype(float)
    if rng.random() < 0.4:
        colors = colors * 0.3 + 175
    corners = int(rng.choice([3, 4, 6, 9]))
    t = np.arange(2 * corners) * np.pi / corners
    reach = np.where(np.arange(2 * corners) % 2, rng.uniform(0.4, 1.0), 1.0)
    shape = np.stack([reach * np.cos(t), reach * np.sin(t) * rng.uniform(0.3, 1)], 1)
    line = None if rng.random() < 0.5 else (colors.min(0) * 0.3).tolist()
    scale, turn = height * rng.uniform(0.004, 0.02), rng.uniform(0, 2 * np.pi)
    places = rng.uniform(0, 1, (count, 2)) * (width, height)
    sizes, turns = np.exp(rng.normal(0, 0.4, count)), turn + rng.normal(0, 0.8, count)
    for place, size, angle, color in zip(
        places, sizes, turns, colors[rng.integers(3, size=count)], strict=True
    ):
        c, s = np.cos(angle) * size * scale, np.sin(angle) * size * scale
        points = np.rint((shape @ np.array([[c, s], [-s, c]]) + place) * 16).astype(np.int32)
        cv2.fillPoly(out, [points], color.tolist(), cv2.LINE_AA, 4)
        if line is not None:
            cv2.polylines(out, [points], True, line, 1, cv2.LINE_AA, 4)
    return out


def recolor(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Turns the hue and scales saturation and value."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    levels = np.arange(256)
    table = np.stack(
        [
            (levels + (rng.integers(180) if rng.random() < 0.5 else rng.integers(-15, 16))) % 180,
            (levels * rng.uniform(0.5, 1.5)).clip(0, 255),
            (levels * rng.uniform(0.7, 1.3)).clip(0, 255),
        ],
        -1,
    ).astype(np.uint8)[:, None]
    return cv2.cvtColor(cv2.LUT(hsv, table), cv2.COLOR_HSV2RGB)


def _join(rng: np.random.Generator, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """A horizon, a window, or a slanted panel border between two backgrounds."""
    height, width = first.shape[:2]
    style = rng.random()
    out = first.copy()
    if style < 0.45:
        y = int(height * rng.uniform(0.35, 0.85))
        out[y:] = second[y:]
        if rng.random() < 0.5:
            cv2.line(
                out,
                (0, y),
                (width, y),
                textures.palette(rng, 1)[0].tolist(),
                int(rng.integers(1, 6)),
            )
        return out
    if style < 0.75:
        x0, x1 = np.sort(rng.uniform(0.0, 1.0, 2)) * width
        y0, y1 = np.sort(rng.uniform(0.0, 1.0, 2)) * height
        x0, x1, y0, y1 = int(x0), int(x1), int(y0), int(y1)
        out[y0:y1, x0:x1] = second[y0:y1, x0:x1]
        cv2.rectangle(
            out, (x0, y0), (x1, y1), textures.palette(rng, 1)[0].tolist(), int(rng.integers(1, 10))
        )
        return out
    corners = np.array(
        [
            [0, 0],
            [width * rng.uniform(0.2, 0.8), 0],
            [width * rng.uniform(0.2, 0.8), height],
            [0, height],
        ]
    )
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [corners.astype(np.int32)], 1)
    out[mask > 0] = second[mask > 0]
    cv2.line(
        out,
        tuple(corners[1].astype(int)),
        tuple(corners[2].astype(int)),
        (255, 255, 255),
        int(rng.integers(2, 9)),
    )
    return out


def _paint_job(job: Job) -> np.ndarray:
    family, seed, side = job
    return paint(np.random.default_rng(seed), family, side)


def _nice() -> None:
    os.nice(5)
    cv2.setNumThreads(1)
