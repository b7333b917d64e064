"""Measures whether backgrounds are as busy as the figures before them.

    python -m training.busyness --scenes 200 -o busyness.json

A network that always saw busy figures over calm grounds takes every busy region for a figure, so
this is a property of the training data to watch. How it is measured: a scene as training gets it
(handled, 512 pixels) is made grey, 0..255; the edge strength of a pixel is the length of its Sobel
gradient (3 x 3, unscaled: an ideal step by one grey level gives 4); a picture's two figures are the
means over the pixels inside its characters and over those of no character. Pixels nearer than
`BORDER` to a silhouette count as neither. Books, things, balloons and figures that are no
characters count as background, as they do for the network.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .backgrounds import BackgroundPool, MixedBackgrounds

BORDER = 4  # pixels on either side of a silhouette that are left out
LEAST = 0.01  # of a picture: a side that covers less is not measured
CALM = 0.5  # a background with less than this share of the usual figure's edges is calm


@dataclass(frozen=True)
class Busyness:
    """Mean edge strength of one picture, see the module; None where there is too little of it.

    `family` is that of the background: "flat", or "several" where families meet or on a page.
    """

    background: float | None
    figures: float | None
    family: str = ""


def edge_strength(picture: np.ndarray) -> np.ndarray:
    """Length of the Sobel gradient of grey levels 0..255: float32 [H,W] of uint8 [H,W,3]."""
    level = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.magnitude(cv2.Sobel(level, cv2.CV_32F, 1, 0), cv2.Sobel(level, cv2.CV_32F, 0, 1))


def busyness(picture: np.ndarray, masks: np.ndarray, family: str = "") -> Busyness:
    """Measures one picture: uint8 [H,W,3] and the masks of its characters, uint8 [N,H,W]."""
    edges = edge_strength(picture)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * BORDER + 1,) * 2)
    inside, near = (np.zeros(edges.shape, np.uint8) for _ in range(2))
    for mask in masks:
        inside |= cv2.erode((mask > 127).astype(np.uint8), disc)
        near |= cv2.dilate((mask > 0).astype(np.uint8), disc)
    return Busyness(_mean(edges, near == 0), _mean(edges, inside > 0), family)


def summary(measured: Sequence[Busyness]) -> dict:
    """Medians, quartiles and shares of many pictures, and of each background family."""
    both = [b for b in measured if b.background is not None and b.figures is not None]
    if not both:
        raise ValueError("No picture shows both a figure and a background, so none can be compared")
    usual = float(np.median([b.figures for b in both]))
    families: dict[str, list[Busyness]] = {}
    for b in both:
        families.setdefault(b.family, []).append(b)
    return {
        "pictures": len(measured),
        "compared": len(both),
        "background": _quartiles([b.background for b in both]),
        "figures": _quartiles([b.figures for b in both]),
        "background_at_least_as_busy": _share(b.background >= b.figures for b in both),
        "calm_backgrounds": _share(b.background < CALM * usual for b in both),
        "calm_figures": _share(b.figures < CALM * usual for b in both),
        "families": {
            family: {
                "pictures": len(own),
                "background": round(float(np.median([b.background for b in own])), 1),
                "at_least_as_busy": _share(b.background >= b.figures for b in own),
            }
            for family, own in sorted(families.items())
        },
    }


class Watched(MixedBackgrounds):
    """The backgrounds of scenes; `taken` lists the families since it was emptied."""

    def __init__(self, usual: MixedBackgrounds):
        self.__dict__.update(usual.__dict__)
        self.taken: list[str] = []
        self._names = {
            id(pool): {row: family for family, rows in pool.families.items() for row in rows}
            for pool in self.pools
        }

    def choose(self, rng: np.random.Generator) -> tuple[BackgroundPool, int]:
        """See `MixedBackgrounds.choose`."""
        pool, row = super().choose(rng)
        self.taken.append(self._names[id(pool)][int(row)])
        return pool, row

    def family(self) -> str:
        """What to call the background of the picture since `taken` was emptied."""
        names = set(self.taken)
        return "several" if len(names) > 1 else names.pop() if names else "flat"


def measure_scenes(scenes, seed: int, indices: Iterable[int], size: int) -> list[Busyness]:
    """Measures scenes `indices` of a stream; `scenes` as of `toon.samples.load_scenes`."""
    from .toon.samples import make_scene

    watched, measured = Watched(scenes.backgrounds), []
    material = {"pool": scenes.pool, "backgrounds": watched, "art": scenes.art}
    for index in indices:
        watched.taken.clear()
        made = make_scene(seed, index, size, options=scenes.options, **material)
        measured.append(busyness(made.picture, made.masks, watched.family()))
    return measured


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.busyness",
        description="Edge strength of backgrounds and of figures in generated scenes, as JSON.",
    )
    parser.add_argument("--scenes", type=int, default=200, help="how many to measure")
    parser.add_argument("--size", type=int, default=512, help="side of the scenes, pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--drawings", type=int, help="figures of the pool (default: as training)")
    parser.add_argument("--no-clip-art", action="store_true", help="things of the generator only")
    parser.add_argument("-o", "--output", type=Path, help="write the JSON to this file as well")
    args = parser.parse_args(arguments)
    if args.scenes < 1 or args.size < 64:
        parser.error("at least one scene of at least 64 pixels is needed")
    from .toon.samples import load_scenes

    art = None
    if not args.no_clip_art:
        from .art import load_art

        art = load_art()
    scenes = load_scenes(art=art, count=args.drawings)
    found = summary(measure_scenes(scenes, args.seed, range(args.scenes), args.size))
    text = json.dumps({"seed": args.seed, "size": args.size, **found}, indent=1)
    if args.output:
        args.output.write_text(text + "\n")
    print(text)
    return 0


def _mean(edges: np.ndarray, where: np.ndarray) -> float | None:
    return float(edges[where].mean()) if where.mean() >= LEAST else None


def _quartiles(values: Sequence[float]) -> dict[str, float]:
    low, middle, high = np.percentile(values, [25, 50, 75])
    return {"quartile_1": round(low, 1), "median": round(middle, 1), "quartile_3": round(high, 1)}


def _share(flags: Iterable[bool]) -> float:
    return round(float(np.mean(list(flags))), 3)


if __name__ == "__main__":
    raise SystemExit(main())
