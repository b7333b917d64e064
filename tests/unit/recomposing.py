"""What tests of recomposing share: made-up art, a small pool of drawn figures, and plans of it."""

from dataclasses import replace

import cv2
import numpy as np
import torch

from cartoon_models.networks.rtmdet_ins import RTMDetInsConfig
from training.recompose.bank import SpriteBank
from training.recompose.batches import Recomposer, collate_mixed
from training.recompose.grounds import Ground, GroundBank, GroundPlan
from training.recompose.material import load_recomposer
from training.recompose.placing import spot
from training.recompose.planning import Layer, Options, Plan
from training.store import Sprite
from training.toon import pool as toons
from training.toon import scene_cast
from training.toon.styles import sample_style

SIZE = 64
NETWORK = RTMDetInsConfig(8, (1, 1, 1, 1), 16, 1)
CPU = torch.device("cpu")
WHITE = GroundPlan(Ground(colors=np.ones((2, 3))))


class Art:
    """Clip art made up: each drawing a disk or a block of one colour with a soft edge."""

    held_out, toons = False, ()

    def __init__(self, characters=6, props=3, side=48):
        self.characters = self._sprites("character", characters, side)
        self.props = self._sprites("prop", props, side // 2)

    def _sprites(self, kind, count, side):
        return [
            Sprite(f"{kind}{i}", kind, False, side, side - 8 * (i % 3), i, 0.1)
            for i in range(count)
        ]

    def rgba(self, sprite):
        rng = np.random.default_rng([sprite.offset, sprite.kind == "prop"])
        alpha = np.zeros((sprite.height, sprite.width), np.uint8)
        middle = sprite.width // 2, sprite.height // 2
        cv2.ellipse(alpha, middle, middle, 0, 0, 360, 255, -1, cv2.LINE_AA)
        color = rng.integers(0, 256, (1, 1, 3)) * alpha[..., None].astype(float) / 255
        return np.dstack([np.rint(color), alpha]).astype(np.uint8)


class Plain:
    """Backgrounds of one colour each."""

    def __init__(self, *families):
        self.families = {name: [0] for name in families}

    def draw(self, rng, size, plain=0.2, zoom=1.0):
        return np.broadcast_to(rng.integers(0, 256, 3, dtype=np.uint8), (*size, 3)).copy()


def draw_small(split, index):
    rng = np.random.default_rng([index, len(split)])
    shot = ("whole", "face")[index % 3 == 2]
    figure = scene_cast.draw_figure(rng, shot)
    style = sample_style(rng, held_out=split == "held-out")
    return scene_cast.frame_figure(figure, style, rng, shot, side=120)


def small_pool(folder):
    """Nine figures of the generator."""
    return toons.build_pool(folder, 9, draw_small, workers=0)


def small_stream(pool):
    """Plans alone, and what makes pictures of them."""
    options = Options(size=SIZE)
    return load_recomposer(None, Art(), Plain(), options, 3, pool=pool, gigabytes=0.01)


def drawn_art(pool):
    """Made-up clip art with the pool's figures beside it."""
    art = Art()
    art.toons = pool.sprites
    return art


def plan_of(layers, **changes):
    plan = Plan(SIZE, tuple(layers), WHITE, {}, (SIZE, SIZE), 0.25, 0)
    return replace(plan, **changes)


def layer_at(catalogue, number, box, angle=0.0, flip=False, **changes):
    place = spot(catalogue.entries[number], np.array(box, float), angle, flip, False, SIZE)
    rung = catalogue.rung(number, place.drawn)
    return Layer(number, rung, place, **{"figure": True, **changes})


def made(plans, catalogue, art, pool=None):
    banks = SpriteBank(catalogue, art, pool, threads=1), GroundBank(Plain(), 1, SIZE, threads=1)
    return Recomposer(lambda _: banks)(collate_mixed(plans))


def equal(first, second):
    columns = [(first.pictures, second.pictures)]
    columns += zip(vars(first.targets).values(), vars(second.targets).values(), strict=True)
    return all(torch.equal(a, b) for a, b in columns)
