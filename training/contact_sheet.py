"""Shows what the trainings see: `python -m training.contact_sheet -o runs/sheets`.

Writes PNG sheets of generated scenes, plain and with the outlines of their masks, every label of
one of them, drawn figures and things; and, where the public-domain drawings are installed, of
compositions, refiner samples (picture, coarse mask, answer), held-out and validation compositions,
drawings and backgrounds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from .art import load_art
from .backgrounds import PAINTERS, SCENE_PAINTERS, load_backgrounds, paint
from .dataset import DetectorSamples, RefinerSamples, held_out
from .label_sheet import label_sheet
from .toon.pool import ToonPool
from .toon.samples import load_scenes, make_scene
from .validation import validation

COLORS = ((255, 40, 40), (40, 220, 40), (60, 60, 255), (255, 0, 255), (0, 220, 220), (255, 220, 0))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.contact_sheet", description="Writes contact sheets of the training data."
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/sheets"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=384, help="side of compositions, pixels")
    parser.add_argument("--scene-size", type=int, default=768, help="side of scenes, pixels")
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument(
        "--drawings", type=int, help="drawn figures of the pool (default: as in training)"
    )
    parser.add_argument("--workers", type=int, default=2, help="drawing processes on first use")
    args = parser.parse_args(arguments)
    if args.count < 2:
        parser.error(f"--count {args.count} is less than two pictures")
    if min(args.size, args.scene_size) < 64:
        parser.error(f"{min(args.size, args.scene_size)} pixels are less than 64")
    if args.drawings is not None and args.drawings < 20:
        parser.error(f"--drawings {args.drawings} is less than 20: scenes would repeat themselves")
    args.output.mkdir(parents=True, exist_ok=True)
    write_scenes(args)
    try:
        art = load_art(workers=args.workers)
    except FileNotFoundError as error:
        print(f"No sheets of compositions: {error}")
        return 0
    write_compositions(args, art)
    return 0


def write_scenes(args: argparse.Namespace) -> None:
    """Sheets of the generator: scenes, their outlines, labels, drawings, backgrounds."""
    scenes = load_scenes(count=args.drawings, workers=args.workers)
    material = {"pool": scenes.pool, "backgrounds": scenes.backgrounds}
    made = (make_scene(args.seed, i, args.scene_size, **material) for i in range(args.count))
    pictures, outlines, labelled = [], [], None
    for scene in made:
        pictures.append(shrunk(scene.picture, 360))
        outlines.append(shrunk(outlined(scene.picture, scene.masks), 360))
        if labelled is None or len(labelled.masks) < 3 <= len(scene.masks):
            labelled = scene
    write_sheet(args.output / "scenes.png", pictures, 8, 360)
    write_sheet(args.output / "scene_masks.png", outlines, 8, 360)
    cv2.imwrite(str(args.output / "labels.png"), label_sheet(labelled)[..., ::-1])
    write_sheet(args.output / "toons.png", _members(scenes.pool, 96), 12, 200)
    write_sheet(args.output / "scene_backgrounds.png", _paintings(SCENE_PAINTERS, args), 12, 200)


def write_compositions(args: argparse.Namespace, art) -> None:
    """Sheets of compositions of clip art, and of what they are made from."""
    backgrounds = load_backgrounds()
    samples = DetectorSamples(args.seed, args.size, art=art, backgrounds=backgrounds)
    cells = [
        outlined(s["picture"].numpy(), s["masks"].numpy())
        for s in map(samples.__getitem__, range(args.count))
    ]
    write_sheet(args.output / "compositions.png", cells, 8, 240)
    refiner = RefinerSamples(args.seed, 320, art=art, backgrounds=backgrounds)
    cells = []
    for sample in map(refiner.__getitem__, range(args.count // 2)):
        masks = [
            np.repeat((sample[k].numpy() * 255).astype(np.uint8)[..., None], 3, 2)
            for k in ("coarse", "alpha")
        ]
        cells.append(np.hstack([sample["picture"].numpy(), *masks]))
    write_sheet(args.output / "refiner.png", cells, 4, 160)
    for name, compositions in (("held_out", held_out), ("validation", validation)):
        made = compositions(min(args.count, 24))
        cells = [outlined(c.picture, c.masks) for c in made]
        write_sheet(args.output / f"{name}.png", cells, 6, 320)
    everything = load_art(held_out=None, workers=args.workers)
    for kind, sprites in (("characters", everything.characters), ("props", everything.props)):
        cells = [_on_green(everything.rgba(s)) for s in sprites]
        write_sheet(args.output / f"{kind}.png", cells, 24, 80)
    write_sheet(args.output / "backgrounds.png", _paintings(PAINTERS, args), 12, 160)


def _paintings(families, args: argparse.Namespace) -> list[np.ndarray]:
    return [
        paint(np.random.default_rng([args.seed, i]), family, 256)
        for family in families
        for i in range(6)
    ]


def _members(pool: ToonPool, count: int) -> list[np.ndarray]:
    indices = range(0, len(pool), max(1, len(pool) // count))
    return [_on_green(pool.member(i).drawing.rgba) for i in indices]


def shrunk(picture: np.ndarray, height: int) -> np.ndarray:
    """A picture of `height`, so that a sheet of many stays in memory."""
    width = round(picture.shape[1] * height / picture.shape[0])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def outlined(picture: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """A picture with the outline of each mask, uint8 [H,W,3]."""
    out = picture.copy()
    for i, mask in enumerate(masks):
        contours, _ = cv2.findContours(
            (mask >= 128).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        cv2.drawContours(
            out, contours, -1, COLORS[i % len(COLORS)], max(1, picture.shape[0] // 200)
        )
    return out


def write_sheet(path: Path, cells: list[np.ndarray], columns: int, height: int) -> None:
    """Writes pictures in rows; each is scaled to `height`, and to the first one's width."""
    width = round(cells[0].shape[1] * height / cells[0].shape[0])
    rows = -(-len(cells) // columns)
    sheet = np.full((rows * height, columns * width, 3), 255, np.uint8)
    for i, cell in enumerate(cells):
        scale = min(height / cell.shape[0], width / cell.shape[1])
        size = max(1, round(cell.shape[1] * scale)), max(1, round(cell.shape[0] * scale))
        y, x = i // columns * height, i % columns * width
        sheet[y : y + size[1], x : x + size[0]] = cv2.resize(
            cell, size, interpolation=cv2.INTER_AREA
        )
    cv2.imwrite(str(path), sheet[..., ::-1])


def _on_green(rgba: np.ndarray) -> np.ndarray:
    """A premultiplied drawing on light green, in the middle of a square."""
    side = max(rgba.shape[:2])
    out = np.full((side, side, 3), (200, 225, 200), np.uint8)
    y, x = (side - rgba.shape[0]) // 2, (side - rgba.shape[1]) // 2
    view = out[y : y + rgba.shape[0], x : x + rgba.shape[1]]
    view[:] = np.minimum(rgba[..., :3] + view * (1 - rgba[..., 3:] / 255.0), 255).astype(np.uint8)
    return out


if __name__ == "__main__":
    raise SystemExit(main())
