"""`python -m benchmarks.scene_depth`: how right depth is, as JSON.

Figures of the project's own generator stand on level ground before a camera, so that the disparity
of each is known. Measured are the guess without a depth picture, against plainer ones (the row of
the feet, the figure's height, its area); whether the polarity of a depth picture is found, either
way up and under a smooth error of the estimator; and the error near the masks' edges before and
after they are moved there. The figures are drawn on first use. In places drawn for it, the guess
with the picture and without it is measured by how what stands in the background leans
(scene_leaning.py).
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from cartoon_models.instances import Instances
from cartoon_models.scene.depth.guess import guess_depth
from cartoon_models.scene.depth.polarity import NEAR_IS_BLACK, NEAR_IS_WHITE, vote_polarity
from cartoon_models.scene.depth.reading import read_depth
from training.layouts import Layout

from . import scene_leaning, scene_places

SIZES = ((216, 384), (288, 384), (320, 320), (384, 272))
ERRORS = (0.0, 0.5, 1.0)  # of an estimator, smooth: three standard deviations, in ranges of depth
APART = 1.1  # disparities of a lower ratio are no order to get right

Figures = Callable[[np.random.Generator, Layout, tuple[int, int]], tuple[np.ndarray, list[int]]]


@dataclass(frozen=True, eq=False)
class World:
    """A picture's masks with what is true of them: per figure its disparity, and per pixel."""

    instances: Instances
    nearness: np.ndarray
    disparity: np.ndarray


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scene_depth", description=__doc__)
    parser.add_argument("--scenes", type=int, default=500, help="scenes to measure on")
    parser.add_argument("--drawings", type=int, default=500, help="figures that they show")
    parser.add_argument("--places", type=int, default=16, help="places of each kind")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="few scenes of plain ellipses")
    options = parser.parse_args(arguments)
    if options.quick:
        made = worlds(12, options.seed, ellipses)
    else:
        made = worlds(options.scenes, options.seed, drawings(options.drawings))
    report = measure(list(made), options.seed)
    drawn = list(scene_places.places(1 if options.quick else options.places, options.seed))
    report["places"] = {
        "truck": scene_leaning.TRUCK,
        "without_picture": scene_leaning.measure(drawn, looks=False),
        "with_picture": scene_leaning.measure(drawn),
    }
    print(json.dumps(report, indent=2))
    return 0


def measure(made: Sequence[World], seed: int = 0) -> dict:
    """All figures of some worlds, as a dict that can be printed as JSON."""
    rng = np.random.default_rng(seed)
    return {
        "scenes": len(made),
        "figures": sum(len(world.nearness) for world in made),
        "guess": guesses(made),
        "polarity": {f"error {error:g}": polarities(made, error, rng) for error in ERRORS},
        "edges": edges(made),
    }


def guesses(made: Sequence[World]) -> dict:
    """Per way of guessing, over pairs of figures in one picture: the share in the right order, of
    those that are apart, and the root mean square error of the ratio's logarithm."""
    ways = {"ours": _guessed, "feet": _feet, "height": _heights, "area": _areas}
    report = {}
    for name, way in ways.items():
        true, found = [], []
        for world in made:
            one, other = np.triu_indices(len(world.nearness), 1)
            for values, logs in ((world.nearness, true), (way(world.instances), found)):
                log = np.log(np.maximum(values, 1e-3))
                logs.append(log[one] - log[other])
        true_logs, found_logs = np.concatenate(true), np.concatenate(found)
        apart = np.abs(true_logs) > np.log(APART)
        right = true_logs[apart] * found_logs[apart] > 0
        report[name] = {
            "pairs": len(true_logs),
            "right_order": _rounded(right.mean()),
            "log_ratio_rms": _rounded(np.sqrt(np.mean(np.square(true_logs - found_logs)))),
        }
    return report


def polarities(made: Sequence[World], error: float, rng: np.random.Generator) -> dict:
    """How often the vote finds which end is near, and how sure it is."""
    right, confidence = [], []
    for number, world in enumerate(made):
        height, width = world.disparity.shape
        noise = rng.normal(size=(5, 7)).astype(np.float32)
        noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
        given = world.disparity + noise * (error / 3 * float(np.ptp(world.disparity)))
        found, sure = vote_polarity(-given if number % 2 else given, world.instances)
        right.append(found == (NEAR_IS_BLACK if number % 2 else NEAR_IS_WHITE))
        confidence.append(sure)
    return {"right": _rounded(np.mean(right)), "mean_confidence": _rounded(np.mean(confidence))}


def edges(made: Sequence[World]) -> dict:
    """Mean error of disparity within 3 pixels of the masks' edges, of a depth picture of half the
    size with soft edges: enlarged as it is, and read with the masks."""
    before, after = [], []
    for world in made:
        ids = world.instances.ids().numpy().astype(np.float32)
        band = cv2.morphologyEx(ids, cv2.MORPH_GRADIENT, np.ones((7, 7))) > 0
        if not band.any():  # a figure in front of everything
            continue
        height, width = size = world.disparity.shape
        small = cv2.resize(world.disparity, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), 1.2)
        low, high = np.percentile(small, [0.5, 99.5])
        true = np.clip((world.disparity - low) / (high - low), 0, 1)
        enlarged = np.clip((cv2.resize(small, (width, height)) - low) / (high - low), 0, 1)
        read = read_depth(small, world.instances, size, polarity=NEAR_IS_WHITE)
        before.append(np.abs(enlarged - true)[band].mean())
        after.append(np.abs(read.disparity.numpy() - true)[band].mean())
    return {"enlarged": _rounded(np.mean(before)), "read": _rounded(np.mean(after))}


def worlds(count: int, seed: int, figures: Figures) -> Iterator[World]:
    """Pictures of figures on level ground, as `training.layouts` has them, with their depth."""
    number = 0
    while count:
        rng = np.random.default_rng((seed, number))
        number += 1
        size = SIZES[rng.integers(len(SIZES))]
        height, width = size
        layout, nearness, (horizon, eye) = _people(rng, width / height)
        masks, places = figures(rng, layout, size)
        if not places:
            continue
        count -= 1
        instances = Instances.from_masks(torch.from_numpy(masks))
        rows = (np.arange(height) + 0.5) / height
        ground = np.clip((rows - horizon) / eye, 0.03, None)
        disparity = np.repeat(ground[:, None], width, axis=1)
        values = np.concatenate([[0], nearness[places]])
        ids = instances.ids().numpy()
        disparity = np.where(ids > 0, values[ids], disparity).astype(np.float32)
        yield World(instances, nearness[places], disparity)


def drawings(count: int) -> Figures:
    """Figures of the generator, what is hidden or hardly seen left out."""
    from training.toon.pool import load_toons
    from training.toon.scene import SceneOptions, visible
    from training.toon.scene_placing import View, place_figures

    pool = load_toons(count=count)

    def place(rng, layout, size):
        stack = place_figures(rng, pool, layout, View(size, size, (0, 0)), 0.0)
        if not stack:
            return np.zeros((0, *size), np.uint8), []
        stack, masks = visible(stack, SceneOptions(size=size))
        return masks, [layer.place for layer in stack]

    return place


def ellipses(rng, layout, size):
    """Ellipses in the place of figures: quick to draw."""
    height, width = size
    masks, places = [], []
    covered = np.zeros(size, np.uint8)
    for place in reversed(range(len(layout))):  # the nearest first: it covers the others
        x1, y1, x2, y2 = layout.boxes[place] * (width, height, width, height)
        mask = np.zeros(size, np.uint8)
        middle, axes = ((x1 + x2) / 2, (y1 + y2) / 2), ((x2 - x1) / 2, y2 - y1)
        cv2.ellipse(mask, (middle, axes, 0), 1, -1)
        mask &= ~covered & 1
        if mask.sum() > 60:
            masks.append(mask)
            places.append(place)
        covered |= mask
    return np.stack(masks) if masks else np.zeros((0, *size), np.uint8), places


def _people(rng: np.random.Generator, aspect: float):
    """A layout of figures back to front, their disparities, and the ground's horizon and rows per
    disparity, after `training.layouts`, kind "people"."""
    count = int(np.clip(rng.poisson(2.8), 1, 8))
    horizon, eye, nearest = rng.uniform(0.1, 0.6), rng.uniform(0.35, 1.1), rng.uniform(0.3, 1.3)
    depth = np.sort(1 + rng.gamma(1.2, 0.5, count) * rng.choice([0.25, 1.0, 2.0]))[::-1]
    height = nearest / depth * rng.normal(1, 0.1, count).clip(0.7, 1.3)
    feet = horizon + eye * nearest / depth
    moved = min(0.0, 1.25 - float(feet.min()))
    width = height / max(aspect, 0.3)
    if rng.random() < 0.5 and count > 1:
        x = rng.uniform(0.2, 0.8) + np.cumsum(
            rng.choice([-1, 1], count) * width * rng.uniform(0.15, 0.5, count)
        )
    else:
        x = (rng.permutation(count) + rng.uniform(0.2, 0.8, count)) / count
    feet += moved
    boxes = np.stack([x - width / 2, feet - height, x + width / 2, feet], axis=1)
    layout = Layout("people", boxes, np.zeros(count), np.arange(count), np.full(count, True))
    return layout, 1 / depth, (horizon + moved, eye * nearest)


def _guessed(instances: Instances) -> np.ndarray:
    disparity = guess_depth(instances.size, instances).disparity
    return np.array([float(disparity[mask >= 0.5].median()) for mask in instances.masks])


def _feet(instances: Instances) -> np.ndarray:
    return instances.boxes[:, 3].numpy()


def _heights(instances: Instances) -> np.ndarray:
    return (instances.boxes[:, 3] - instances.boxes[:, 1]).numpy()


def _areas(instances: Instances) -> np.ndarray:
    return instances.masks.sum(dim=(1, 2)).sqrt().numpy()


def _rounded(value: float) -> float:
    return round(float(value), 4)


if __name__ == "__main__":
    raise SystemExit(main())
