"""Makes the demo's picture: `python -m training.example_picture`.

Public-domain drawings and drawn figures that no training has seen, in a park. The three drawn
figures of pictures/characters.png are of an earlier generator: that picture stays as it is, so that
weights can be compared on it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from .art import ArtLibrary, load_art
from .painters.places import leaf_shape, stamp
from .painters.textures import colored, noise
from .sprites import paint, place
from .toon.human import draw_human
from .toon.styles import cel

SIZE = (800, 1280)
# Back to front: a drawing of the held-out split or the seed of a drawn figure, then the middle of
# the feet and the height in pixels, degrees, mirrored.
CAST = (
    ("unsorted/spaventapasseri", 1010, 560, 300, 0, False),
    ("animals/mammals/elefante01_architetto_fr_01", 190, 560, 290, 0, False),
    (900026, 440, 640, 390, 0, False),
    ("people/roller_blader_ganson", 860, 660, 380, 0, True),
    (900024, 615, 705, 450, 0, False),
    ("people/yoga_architetto_francesc_01", 1090, 735, 240, 0, False),
    ("animals/fantasy/troll_daniel_steele_r", 300, 745, 300, 0, True),
    (900040, 740, 775, 340, 0, False),
    ("animals/mammals/housecats/kitten_gerald_g._01", 520, 785, 180, 0, False),
    ("animals/turtle_jurgen_gaeremyn_01", 925, 790, 110, 0, True),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the demo's picture.")
    parser.add_argument("-o", "--output", type=Path, default=Path("pictures/characters.png"))
    output = parser.parse_args().output
    picture = draw_example(load_art(held_out=True))
    output.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(output), picture[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])


def draw_example(art: ArtLibrary) -> np.ndarray:
    """The picture: uint8 [800,1280,3] RGB."""
    picture = _park(np.random.default_rng(8))
    by_name = {sprite.name: sprite for sprite in art.characters}
    for who, x, feet, height, degrees, mirrored in CAST:
        if isinstance(who, int):
            style = cel.sample(np.random.default_rng([who, 1]))
            rgba = draw_human(np.random.default_rng(who), style, 576).rgba
        else:
            rgba = art.rgba(by_name[who])
        cv2.ellipse(
            picture,
            (x, feet - 4),
            (int(height * 0.28), int(height * 0.04)),
            0,
            0,
            360,
            (70, 110, 60),
            -1,
            cv2.LINE_AA,
        )
        half = 1.2 * height
        box = np.array([x - half, feet - height, x + half, feet])
        placed = place(rgba, box, np.deg2rad(degrees), mirrored, True, SIZE)
        paint(picture, placed)
    return picture


def _park(rng: np.random.Generator) -> np.ndarray:
    """Sky with clouds, trees with leaves, a lawn with flowers, a path."""
    height, width = SIZE
    sky = colored(
        np.linspace(0, 1, height, dtype=np.float32),
        np.array([[120, 185, 235], [200, 230, 245], [250, 240, 225]]),
    )
    picture = np.ascontiguousarray(np.broadcast_to(sky[:, None], (height, width, 3)))
    for x, y, size in ((160, 120, 60), (520, 80, 45), (900, 140, 70), (1180, 70, 50)):
        for tint, lower in ((225, 10), (252, 0)):
            for dx, dy, r in (
                (-1.3, 0.2, 0.7),
                (-0.5, -0.2, 1.0),
                (0.4, -0.3, 1.1),
                (1.3, 0.15, 0.75),
                (0, 0.3, 1.0),
            ):
                cv2.circle(
                    picture,
                    (int(x + dx * size), int(y + dy * size + lower)),
                    int(r * size),
                    (tint, tint, min(255, tint + 4)),
                    -1,
                    cv2.LINE_AA,
                )
    x = np.arange(width)
    for base, swing, color in ((400, 34, (150, 190, 165)), (450, 26, (125, 175, 130))):
        y = base + swing * np.sin(x / rng.uniform(90, 220) + rng.uniform(0, 6))
        cv2.fillPoly(
            picture,
            [np.stack([np.r_[0, x, width], np.r_[height, y, height]], 1).astype(np.int32)],
            color,
            cv2.LINE_AA,
        )
    lawn = colored(
        noise(rng, width, 6, 5)[:height],
        np.array([[105, 170, 85], [125, 190, 95], [150, 205, 110]]),
        6,
    )
    picture[500:] = lawn[500:]
    cv2.fillPoly(
        picture,
        [np.array([[560, 500], [640, 500], [980, 800], [330, 800]])],
        (225, 205, 165),
        cv2.LINE_AA,
    )
    cv2.polylines(
        picture,
        [np.array([[330, 800], [560, 500]]), np.array([[640, 500], [980, 800]])],
        False,
        (170, 150, 110),
        3,
        cv2.LINE_AA,
    )
    leaf = leaf_shape(rng)
    for tx, ty, size in ((60, 520, 150), (760, 505, 100), (1215, 530, 165)):
        cv2.rectangle(
            picture, (tx - size // 10, ty - size), (tx + size // 10, ty), (115, 80, 55), -1
        )
        for k in range(420):
            angle, r = rng.uniform(0, 2 * np.pi), size * np.sqrt(rng.random())
            tone = 0.6 + 0.45 * k / 420 + rng.normal(0, 0.05)
            at = (tx + r * np.cos(angle), ty - size * 1.6 + 0.8 * r * np.sin(angle))
            stamp(
                picture,
                leaf,
                at,
                size * 0.2,
                rng.uniform(0, 7),
                [80 * tone, 165 * tone, 85 * tone],
                [40, 100, 55],
            )
    for _ in range(90):
        at, size = np.array([rng.uniform(0, width), rng.uniform(530, height)]), rng.uniform(4, 9)
        if abs(at[0] - 620) < 60 + (at[1] - 500) * 1.0:
            continue
        color = [(245, 120, 140), (250, 250, 250), (250, 215, 90), (180, 130, 220)][rng.integers(4)]
        for k in range(5):
            stamp(picture, leaf, at, size, k * 2 * np.pi / 5, color)
        cv2.circle(
            picture,
            tuple(at.astype(int).tolist()),
            max(1, int(size / 4)),
            (240, 190, 60),
            -1,
            cv2.LINE_AA,
        )
    return picture


if __name__ == "__main__":
    main()
