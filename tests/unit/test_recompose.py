"""Pictures recomposed on the device: layers, masks, colours, handling, and a training with them."""

import json
import logging
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from cartoon_models.networks.rtmdet_ins import RTMDetIns, RTMDetInsConfig
from training import loop, sprites, train_detector
from training.layouts import Layout
from training.loop import LoopOptions, read_checkpoint, train
from training.recompose import handling, recolor
from training.recompose.__main__ import main as measure_main
from training.recompose.bank import SpriteBank, with_slots
from training.recompose.batches import Recomposed, Recomposer, collate_mixed, joined
from training.recompose.catalogue import Catalogue, catalogue_within
from training.recompose.composite import composited
from training.recompose.grounds import Ground, GroundBank, GroundPlan, draw_ground
from training.recompose.jpeg import through_jpeg
from training.recompose.looks import Look, draw_look
from training.recompose.material import art_or_drawn_alone, load_recomposer
from training.recompose.packing import pack
from training.recompose.placing import spot
from training.recompose.planning import Layer, Options, Plan, draw_plan
from training.store import Sprite
from training.toon import pool as toons
from training.toon import scene_cast
from training.toon.labels import LINES
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


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return toons.build_pool(tmp_path_factory.mktemp("toons"), 9, draw_small, workers=0)


@pytest.fixture(scope="module")
def stream(pool):
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


# Layers and masks


class Noise(Art):
    """Drawings of 32 x 32 pixels of any colour and alpha, at least a third of it."""

    def __init__(self):
        super().__init__(4, 0, 32)
        self.characters = [replace(s, width=32) for s in self.characters]

    def rgba(self, sprite):
        rng = np.random.default_rng(sprite.offset)
        alpha = rng.integers(80, 256, (32, 32, 1))
        color = (rng.random((32, 32, 3)) * alpha).astype(np.uint8)
        return np.dstack([color, alpha]).astype(np.uint8)


def test_layers_lie_over_each_other_as_blending_back_to_front_has_them():
    art = Noise()
    catalogue = Catalogue(art, None, SIZE)
    corners = [(4, 8), (20, 3), (12, 30), (32, 32)]  # front to back; unscaled, on whole pixels
    numbers = catalogue.clip_art[[2, 0, 3, 1]]
    layers = [
        layer_at(catalogue, number, (x, y, x + 32, y + 32), figure=i != 1)
        for i, (number, (x, y)) in enumerate(zip(numbers, corners, strict=True))
    ]
    behind = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    expected = behind[0].numpy().astype(float)
    masks = np.zeros((4, SIZE, SIZE))
    for i in range(3, -1, -1):
        x, y = corners[i]
        rgba = art.rgba(catalogue.entries[numbers[i]].source).transpose(2, 0, 1) / 255
        window = ..., slice(y, y + 32), slice(x, x + 32)
        expected[window] = rgba[:3] + expected[window] * (1 - rgba[3])
        masks[window] *= 1 - rgba[3]
        masks[i][window] = rgba[3]
    bank = SpriteBank(catalogue, art, None, threads=1)
    got, figures = composited(pack([plan_of(layers, minimum_visible=0.0)]), bank, behind.clone())
    np.testing.assert_allclose(got[0], expected, atol=1e-5)
    kept = masks[[0, 2, 3]]
    averaged = kept.reshape(3, SIZE // 4, 4, SIZE // 4, 4).mean((2, 4))
    np.testing.assert_allclose(figures.masks[0], averaged, atol=1e-5)
    assert figures.valid.all()
    for box, mask in zip(figures.boxes[0], kept, strict=True):
        rows, columns = (
            np.flatnonzero((mask * 255 >= 127.5).any(1)),
            np.flatnonzero((mask * 255 >= 127.5).any(0)),
        )
        assert box.tolist() == [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


@pytest.mark.parametrize(
    "box, angle, flip",
    [((10, 6, 54, 60), 0.0, False), ((3, 5, 40, 44), 0.5, True), ((30, 20, 90, 80), -0.3, False)],
)
def test_a_drawing_lies_where_data_processes_would_place_it(pool, box, angle, flip):
    art = drawn_art(pool)
    catalogue = Catalogue(art, pool, SIZE)
    number = int(catalogue.drawn[0])
    batch = made([plan_of([layer_at(catalogue, number, box, angle, flip)])], catalogue, art, pool)
    rgba = pool.member(catalogue.entries[number].source).drawing.rgba
    placed = sprites.place(rgba, np.array(box, float), angle, flip, False, (SIZE, SIZE))
    expected, picture = np.zeros((SIZE, SIZE), np.uint8), np.full((SIZE, SIZE, 3), 255, np.uint8)
    h, w = placed.alpha.shape
    expected[placed.y : placed.y + h, placed.x : placed.x + w] = placed.alpha
    sprites.paint(picture, placed)
    averaged = expected.reshape(SIZE // 4, 4, SIZE // 4, 4).mean((1, 3)) / 255
    mask = batch.targets.masks[0, 0].numpy()
    assert np.abs(mask - averaged).mean() < 0.01 and np.abs(mask - averaged).max() < 0.2
    assert np.abs(batch.pictures[0].numpy().astype(int) - picture).mean() < 2.5
    boxes, _ = train_detector.boxes_of(torch.from_numpy(expected)[None])
    assert (batch.targets.boxes[0, 0] - boxes[0]).abs().max() <= 1


def test_drawings_are_taken_in_a_size_that_neither_blurs_nor_breaks_lines(pool):
    catalogue = Catalogue(drawn_art(pool), pool, 256)
    for number in range(len(catalogue)):
        for drawn in (6, 20, 33, 60, 90, 300):
            rung = catalogue.rung(number, drawn)
            side = catalogue.sides[rung]
            if rung == catalogue.tops[number]:
                continue  # the largest there is
            assert drawn <= side and (side < 1.5 * drawn or side == catalogue.sides[-1])


def test_hidden_figures_are_left_out_and_uncover_what_they_hid():
    art = Noise()
    catalogue = Catalogue(Art(side=32), None, SIZE)
    number = int(catalogue.clip_art[0])
    front = layer_at(catalogue, number, (10, 10, 42, 42))
    hidden = layer_at(catalogue, number, (12, 12, 40, 40))
    behind = layer_at(catalogue, number, (24, 24, 56, 56))
    batch = made([plan_of([front, hidden, behind])], catalogue, Art(side=32))
    assert batch.targets.valid.tolist() == [[True, False, True]]
    assert not batch.targets.masks[0, 1].any() and not batch.targets.boxes[0, 1].any()
    without = made([plan_of([front, behind])], catalogue, Art(side=32))
    assert torch.equal(batch.pictures, without.pictures)
    assert torch.equal(batch.targets.masks[0, [0, 2]], without.targets.masks[0])
    del art


def test_shadows_darken_and_go_with_their_figure_but_hide_nothing():
    art = Art(side=32)
    catalogue = Catalogue(art, None, SIZE)
    number = int(catalogue.clip_art[0])
    figure = layer_at(catalogue, number, (4, 4, 36, 36))
    other = layer_at(catalogue, number, (20, 20, 60, 60))
    shade = {"figure": False, "solid": False}
    shadow = layer_at(catalogue, 0, (20, 26, 60, 44), owner=0, **shade)
    with_it = made([plan_of([figure, shadow, other])], catalogue, art)
    plain = made([plan_of([figure, other])], catalogue, art)
    assert torch.equal(with_it.targets.masks, plain.targets.masks)
    assert with_it.pictures.sum() < plain.pictures.sum()
    tiny = layer_at(catalogue, number, (4, 4, 12, 12))  # too small to be kept
    assert made([plan_of([tiny, shadow])], catalogue, art).pictures.min() == 255


def test_padding_covers_figures_and_stays_grey():
    art = Art(side=32)
    catalogue = Catalogue(art, None, SIZE)
    number = int(catalogue.clip_art[0])
    layers = [layer_at(catalogue, number, (0, y, 32, y + 32)) for y in (8, 30)]
    plan = plan_of(layers, padding=(SIZE, 34), handling={"grade": (0.5, 0.2, 1, 1, 1, 1, 1)})
    batch = made([plan], catalogue, art)
    assert (batch.pictures[0, 34:] == train_detector.PAD).all()
    assert batch.targets.valid.tolist() == [[True, False]]
    assert batch.targets.boxes[0, 0, 3] == 34 and not batch.targets.masks[0, :, 9:].any()


# Plans and batches


def test_batches_are_those_of_the_detector_and_repeat_themselves(stream):
    samples, recomposer = stream
    batch = recomposer(collate_mixed([samples[i] for i in range(12)]))
    assert isinstance(batch, train_detector.DetectionBatch)
    assert batch.pictures.dtype == torch.uint8 and batch.pictures.shape == (12, SIZE, SIZE, 3)
    count = batch.targets.valid.shape[1]
    assert batch.targets.masks.shape == (12, count, SIZE // 4, SIZE // 4)
    assert batch.targets.boxes.shape == (12, count, 4) and batch.targets.valid.any()
    assert equal(batch, recomposer(collate_mixed([samples[i] for i in range(12)])))
    boxes, masks = batch.targets.boxes, batch.targets.masks
    for picture, instance in batch.targets.valid.nonzero().tolist():
        x0, y0, x1, y1 = boxes[picture, instance].tolist()
        assert 0 <= x0 < x1 <= SIZE and 0 <= y0 < y1 <= SIZE
        y, x = (masks[picture, instance] > 0.6).nonzero(as_tuple=True)
        if len(y):
            assert x0 < 4 * x.min() + 4 and 4 * x.max() < x1
            assert y0 < 4 * y.min() + 4 and 4 * y.max() < y1
    assert not masks[~batch.targets.valid].any()


def test_a_picture_does_not_depend_on_its_batch(stream):
    samples, recomposer = stream
    together = recomposer(collate_mixed([samples[i] for i in range(8)]))
    alone = recomposer(collate_mixed([samples[5]]))
    assert (together.pictures[5].int() - alone.pictures[0].int()).abs().max() <= 1
    found = together.targets.valid[5]
    assert torch.equal(
        together.targets.boxes[5][found], alone.targets.boxes[0][alone.targets.valid[0]]
    )


def test_a_share_of_the_stream_are_plans_and_the_rest_is_as_without(stream):
    plans, _ = stream
    letters = [f"sample {i}" for i in range(400)]
    mixed = Recomposed(letters, plans.catalogue, plans.grounds, plans.options, 1, 0.75)
    kinds = [isinstance(mixed[i], Plan) for i in range(400)]
    assert 0.68 < np.mean(kinds) < 0.82
    assert all(kinds[i] or mixed[i] == letters[i] for i in range(400))
    assert kinds == [isinstance(mixed[i], Plan) for i in range(400)]
    none = Recomposed(letters, plans.catalogue, plans.grounds, plans.options, 1, 0.0)
    assert [none[i] for i in range(400)] == letters
    with pytest.raises(ValueError, match="between 0 and 1, not 1"):
        Recomposed(letters, plans.catalogue, plans.grounds, plans.options, 1, 1.5)


def test_empty_pictures_one_figure_and_more_than_there_is_room_for(pool):
    art = drawn_art(pool)
    catalogue = Catalogue(art, pool, SIZE)
    bare = {"size": SIZE, "props": 0, "shadows": 0, "padded": 0, "nuisance": 0}
    count = 7
    x = np.linspace(0, 0.9, count)
    boxes = np.stack([x, np.full(count, 0.1), x + 0.25, np.full(count, 0.9)], 1)
    crowd = Layout("regular", boxes, np.zeros(count), np.arange(count), np.zeros(count, bool))
    one = Layout("regular", boxes[3:4], np.zeros(1), np.zeros(1, int), np.zeros(1, bool))
    rng = np.random.default_rng(0)
    plans = [
        draw_plan(rng, catalogue, 1, Options(**bare, empty=1.0)),
        draw_plan(rng, catalogue, 1, Options(**bare, empty=0.0), one),
        draw_plan(rng, catalogue, 1, Options(**bare, empty=0.0, most_layers=3), crowd),
        draw_plan(rng, catalogue, 1, Options(**(bare | {"props": 9}), empty=1.0, most_layers=4)),
    ]
    assert [len(plan.layers) for plan in plans[:3]] == [0, 1, 3] and len(plans[3].layers) <= 4
    assert all(layer.figure for layer in plans[2].layers)
    # the nearest are kept, and they are first
    middles = [np.mean([layer.spot.bounds[0], layer.spot.bounds[2]]) for layer in plans[2].layers]
    assert middles == sorted(middles, reverse=True) and middles[-1] > SIZE / 2
    batch = made(plans, catalogue, art, pool)
    valid = batch.targets.valid
    assert valid.shape == (4, 3) and not valid[0].any() and valid[1].sum() == 1
    assert not valid[3].any() and batch.pictures[3].float().std() > 0
    empty = made([plans[0]], catalogue, art, pool)
    assert empty.targets.masks.shape == (1, 0, SIZE // 4, SIZE // 4)


# Banks


def test_a_bank_holds_what_was_asked_for_as_far_as_it_is_there(pool):
    art = drawn_art(pool)
    everything = Catalogue(art, pool, SIZE)
    figures = len(art.characters) + len(pool.sprites)
    kinds = [entry.kind for entry in everything.entries]
    assert kinds.count("figure") == figures and kinds.count("shadow") == 1
    assert kinds.count("close-up") == sum(
        row.shot != "whole" and row.kind != "item" for row in pool.rows
    )
    assert len(Catalogue(art, pool, SIZE, figures=500)) == len(everything)
    fewer = Catalogue(art, pool, SIZE, figures=3, close_ups=0, props=1)
    assert [entry.kind for entry in fewer.entries].count("figure") == 3
    assert len(fewer.props) == 1 and not len(fewer.close_ups)
    assert set(fewer.clip_art) | set(fewer.drawn) == {1, 2, 3}
    again = Catalogue(art, pool, SIZE, figures=3, close_ups=0, props=1)
    assert [e.source for e in again.entries] == [e.source for e in fewer.entries]
    bank = SpriteBank(everything, art, pool, threads=2)
    assert bank.bytes == everything.bytes
    half = catalogue_within(everything.bytes / 2, art, pool, SIZE)
    assert 1 < len(half) < len(everything) and half.bytes < 0.7 * everything.bytes
    with pytest.raises(ValueError, match="more memory than 1e-05 GB"):
        load_recomposer(None, art, Plain(), Options(size=SIZE), 0, pool=pool, gigabytes=1e-5)


def test_nothing_that_is_held_out_gets_into_a_bank(pool, tmp_path):
    art = Art()
    art.held_out = True
    with pytest.raises(ValueError, match="kept for evaluation"):
        Catalogue(art, None, SIZE)
    art.held_out = None  # both splits
    with pytest.raises(ValueError, match="kept for evaluation"):
        Catalogue(art, None, SIZE)
    kept = toons.build_pool(tmp_path, 1, draw_small, workers=0, split="held-out")
    with pytest.raises(ValueError, match="held-out split"):
        Catalogue(None, kept, SIZE)
    with pytest.raises(ValueError, match=r"'bricks'.*kept for evaluation"):
        GroundBank(Plain("clouds", "bricks"), 1, SIZE)
    with pytest.raises(ValueError, match="no figure"):
        Catalogue(None, None, SIZE)


def test_without_clip_art_drawn_figures_are_recomposed(pool, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "celkit"):
        art = art_or_drawn_alone(tmp_path / "nowhere")
    assert art is None and len(caplog.records) == 1
    assert "Only drawn figures" in caplog.text and "apt-get install" in caplog.text
    samples, recomposer = load_recomposer(
        None, None, Plain(), Options(size=SIZE), 0, pool=pool, gigabytes=0.01
    )
    assert not len(samples.catalogue.clip_art) and len(samples.catalogue.drawn)
    assert recomposer(collate_mixed([samples[i] for i in range(6)])).targets.valid.any()


def test_gradients_and_joined_grounds_are_what_their_numbers_say():
    bank = GroundBank(Plain(), 2, SIZE, threads=1)
    ends = np.array([[0, 0, 0], [1.0, 0.5, 0]])
    ramp = Ground(colors=ends, ramp=(0.0, 1.0, 0.0, 0.0))
    horizon = ((0.0, 1.0, -0.5), *GroundPlan(ramp).border[1:])
    first, second = bank.paint([GroundPlan(ramp), GroundPlan(ramp, WHITE.first, horizon)])
    at = (torch.arange(SIZE) + 0.5) / SIZE
    torch.testing.assert_close(first[:, :, 7], torch.stack([at, at / 2, 0 * at]))
    assert torch.equal(second[:, :32], first[:, :32]) and (second[:, 32:] == 1).all()
    rng = np.random.default_rng(0)
    pictures = bank.paint([draw_ground(rng, 2, 0.5) for _ in range(40)])
    assert pictures.min() >= 0 and pictures.max() <= 1 and pictures.isfinite().all()


# Colours


def test_a_new_palette_keeps_ink_alpha_and_slots(pool):
    catalogue = Catalogue(None, pool, 128)
    rng = np.random.default_rng(2)
    changed = 0
    for number in catalogue.drawn:
        entry = catalogue.entries[number]
        drawing = pool.member(entry.source).drawing
        look = next(filter(None, (draw_look(rng, entry).palette for _ in range(30))), None)
        if look is None:
            continue  # a drawing without colour keeps having none
        bank = SpriteBank(catalogue, None, pool, threads=1)
        textures, slots = bank.textures(int(catalogue.tops[number]), np.array([number]))
        old, new = (torch.from_numpy(values)[None] for values in look)
        before = textures.clone()
        painted = recolor.repaint(textures, slots, old, new)
        assert torch.equal(textures, before) and torch.equal(painted[:, 3], before[:, 3])
        assert (painted[:, :3] <= painted[:, 3:] + 1e-6).all() and painted.min() >= 0
        ink = (before[:, :3].amax(1) < 0.02) & (before[:, 3] == 1)
        assert (painted[:, :3].amax(1)[ink] < 0.05).all()
        flat = old[0][slots[0].long()].permute(2, 0, 1)
        exactly = ((before[0, :3] - flat).abs().amax(0) < 1e-3) & (flat.amax(0) > 0.1)
        wanted = (old + new)[0][slots[0].long()].permute(2, 0, 1)
        difference = (painted[0, :3] - wanted).abs().amax(0)[exactly]
        assert difference.numel() == 0 or difference.max() < 0.02
        changed += int(difference.numel() > 0)
        assert set(drawing.table.douga[drawing.ids[drawing.ids > 0]]) & set(LINES) or changed
    assert changed >= 2


def test_slots_reach_into_soft_edges_and_shades_stay_shades():
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[4:12, 4:12] = (200, 100, 0, 255)
    rgba[3, 4:12] = (100, 50, 0, 128)  # a soft edge that the raster of numbers leaves out
    slots = np.zeros((16, 16), np.uint8)
    slots[4:12, 4:12] = 1
    square = with_slots(rgba, slots)
    assert (square[4, 3, 4:12] == 1).all() and not square[4, 0].any()
    textures = torch.from_numpy(square[None, :4]).float() / 255
    textures[0, :3, 8:10] *= 0.5  # in shadow
    old = torch.zeros(1, 2, 3)
    old[0, 1] = torch.tensor([200, 100, 0]) / 255
    change = torch.tensor([0.0, 0.2, 0.8])[None, None] * torch.tensor([0.0, 1.0])[None, :, None]
    painted = recolor.repaint(textures, torch.from_numpy(square[None, 4]), old, change)
    new = old[0, 1] + change[0, 1]
    torch.testing.assert_close(painted[0, :3, 6, 6], new, atol=1e-5, rtol=0)
    torch.testing.assert_close(painted[0, :3, 9, 6], new / 2, atol=1e-5, rtol=0)
    torch.testing.assert_close(painted[0, :3, 3, 6], new * 128 / 255, atol=5e-3, rtol=0)
    assert not painted[0, :, 0].any()


def test_tones_and_light_keep_alpha_and_what_is_not_there():
    textures = torch.rand(3, 4, 24, 24, generator=torch.Generator().manual_seed(1))
    textures[:, :3] *= textures[:, 3:]
    textures[:, :, :4] = 0
    same = torch.eye(3).expand(3, 3, 3), torch.zeros(3, 3), torch.zeros(3, 3)
    torch.testing.assert_close(recolor.retone(textures.clone(), *same), textures)
    faded = torch.eye(3).expand(3, 3, 3) * 0, torch.full((3, 3), 0.5), torch.zeros(3, 3)
    grey = recolor.retone(textures.clone(), *faded)
    torch.testing.assert_close(grey[:, :3], 0.5 * textures[:, 3:].expand(-1, 3, -1, -1))
    lit = recolor.light(textures.clone(), torch.tensor([[1.0, 0.0, 0.5, -1.0]] * 3))
    for got in (grey, lit):
        assert torch.equal(got[:, 3], textures[:, 3]) and not got[:, :, :4].any()
    inside = textures[:, 3, 4:] > 0.2
    ratio = (lit[:, 0, 4:] / textures[:, 0, 4:].clamp(min=1e-3))[..., -1][inside[..., -1]]
    assert (ratio < 0.75).float().mean() > 0.8  # dark on the side that is turned away


# Handling


def test_pictures_are_handled_or_not_and_stay_pictures():
    rng = np.random.default_rng(0)
    assert handling.draw_handling(rng, 0.0) == {}
    plans = [handling.draw_handling(rng) for _ in range(400)]
    happened = {name for plan in plans for name in plan}
    assert happened == set(handling.STEPS)
    pictures = torch.rand(400, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    seeds = list(range(400))
    got = handling.handle(pictures.clone(), plans, seeds)
    assert got.isfinite().all() and got.min() >= 0 and got.max() <= 1
    untouched = [i for i, plan in enumerate(plans) if not plan]
    assert untouched and torch.equal(got[untouched], pictures[untouched])
    assert torch.equal(got, handling.handle(pictures.clone(), plans, seeds))


@pytest.mark.parametrize("quality", [30, 75, 95])
def test_jpeg_changes_pictures_as_its_files_do(quality):
    rng = np.random.default_rng(4)
    picture = cv2.GaussianBlur(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8), (0, 0), 2.5)
    cv2.circle(picture, (30, 30), 15, (250, 40, 90), -1)
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    expected = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].astype(float)
    values = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    got = through_jpeg(values, torch.tensor([float(quality)]), halved=True)
    got = got[0].permute(1, 2, 0).numpy() * 255
    lost = np.abs(expected - picture).mean()
    assert np.abs(got - expected).mean() < 0.35 * lost + 0.7
    finer = through_jpeg(values, torch.tensor([100.0]))
    assert (finer - values).abs().max() < 4 / 255


def test_blur_grain_and_sizes_do_what_they_are_for():
    picture = torch.zeros(1, 3, 32, 32)
    picture[..., 16:] = 1
    soft = handling.blur(picture, np.array([[1.0]], np.float32), [0])
    expected = cv2.GaussianBlur(picture[0, 0].numpy(), (9, 9), 1.0, borderType=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(soft[0, 0], expected, atol=1e-5)
    grainy = handling.grain(picture, np.array([[0.1, 0, 1]], np.float32), [5])
    assert 0.08 < (grainy - picture).std() < 0.12
    assert torch.equal(grainy, handling.grain(picture, np.array([[0.1, 0, 1]], np.float32), [5]))
    for way in range(3):
        settings = np.array([[0.5, way]], np.float32)
        through = handling.rescale(picture, settings, [0])
        assert through.shape == picture.shape and (through - picture).abs().mean() < 0.05


# Training


class Squares(torch.utils.data.Dataset):
    """What data processes would make: a black square on white."""

    def __getitem__(self, index):
        mask = torch.zeros(1, SIZE, SIZE, dtype=torch.uint8)
        start = index % 20
        mask[0, start : start + 30, 10:40] = 255
        picture = 255 - mask[0, :, :, None].expand(-1, -1, 3)
        box = torch.tensor([[10.0, start, 40, start + 30]])
        return {"picture": picture, "masks": mask, "boxes": box}


def detector():
    torch.manual_seed(0)
    return train_detector.WithSemantics(train_detector.initialize(RTMDetIns(NETWORK)))


def trained(folder, stream, steps, share=0.5, batch=4):
    plans, recomposer = stream
    mixed = Recomposed(Squares(), plans.catalogue, plans.grounds, plans.options, 0, share)
    options = LoopOptions(
        folder, steps=steps, batch=batch, workers=0, cpu=True, log_steps=2, warmup_steps=2
    )
    train(
        detector(), train_detector.compute_loss, mixed, collate_mixed, options, recompose=recomposer
    )
    return read_checkpoint(folder)


def test_a_training_mixes_recomposed_pictures_in_and_resumes_exactly(stream, tmp_path):
    whole = trained(tmp_path / "whole", stream, 4)
    rows = [
        json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text().split("\n")[:-1]
    ]
    assert all(0 < row["recomposing"] < 1 and np.isfinite(row["loss"]) for row in rows)
    # The rate follows from how far a schedule is, so the first part must have the same one.
    stopping = stream[0], StopsAfter(stream[1], 2)
    trained(tmp_path / "parts", stopping, 4)
    assert read_checkpoint(tmp_path / "parts")["progress"]["steps"] == 2
    parts = trained(tmp_path / "parts", stream, 4)
    assert parts["progress"]["pictures"] == whole["progress"]["pictures"] == 16
    for name, value in whole["network"].items():
        assert torch.equal(parts["network"][name], value), name


class StopsAfter:
    """Asks the run to stop after a number of batches, as Ctrl-C does."""

    def __init__(self, recomposer, batches):
        self.recomposer, self.left = recomposer, batches

    def __call__(self, batch):
        import signal

        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)
        return self.recomposer(batch)


def test_batches_of_both_kinds_are_joined(stream):
    samples, recomposer = stream
    squares = Squares()
    batch = recomposer(collate_mixed([squares[0], samples[0], squares[3], samples[1], samples[2]]))
    assert batch.pictures.shape[0] == 5 and batch.targets.valid[3:, 0].all()
    made_here = train_detector.collate([squares[0], squares[3]])
    assert torch.equal(batch.pictures[3:], made_here.pictures)
    assert torch.equal(batch.targets.boxes[3:, :1], made_here.targets.boxes)
    only = recomposer(collate_mixed([squares[0], squares[3]]))
    assert equal(only, made_here) and joined([made_here]) is made_here


def test_without_recomposed_pictures_the_detector_trains_as_before(monkeypatch, tmp_path):
    calls = []
    squares = Squares()
    monkeypatch.setattr(train_detector, "samples_or_exit", lambda *_: (squares, {"props": 1.0}))
    monkeypatch.setattr(loop, "train", lambda *values, **named: calls.append((values, named)))
    common = ["--run", str(tmp_path), "--steps", "1", "--size", "64", "--network", "tiny"]
    assert train_detector.main(common) == 0
    (_, _, samples, collate, _), named = calls[0]
    assert isinstance(samples, train_detector.Letterboxed) and samples.samples is squares
    assert collate is train_detector.collate and named["recompose"] is None
    assert named["description"]["data"] == {"props": 1.0}
    with pytest.raises(SystemExit):
        train_detector.main([*common, "--recomposed", "1.5"])


def test_the_detector_asks_for_recomposed_pictures(monkeypatch, tmp_path, stream, pool):
    calls = []
    squares = Squares()
    art = drawn_art(pool)
    monkeypatch.setattr(train_detector, "samples_or_exit", lambda *_: (squares, {"props": 1.0}))
    monkeypatch.setattr("training.options.material_or_exit", lambda *_: (art, Plain(), {}))
    monkeypatch.setattr("training.recompose.material.load_toons", lambda: pool)
    monkeypatch.setattr(loop, "train", lambda *values, **named: calls.append((values, named)))
    common = ["--run", str(tmp_path), "--steps", "1", "--size", "64", "--network", "tiny"]
    more = ["--recomposed", "0.5", "--bank-gigabytes", "0.01"]
    assert train_detector.main([*common, *more]) == 0
    (_, _, samples, collate, _), named = calls[0]
    assert samples.share == 0.5 and samples.samples.samples is squares
    assert named["description"]["data"]["recomposed"] == 0.5
    batch = named["recompose"](collate([samples[i] for i in range(4)]))
    assert batch.pictures.shape == (4, 64, 64, 3)


def test_looks_without_strength_change_nothing(stream):
    rng = np.random.default_rng(0)
    looks = [vars(draw_look(rng, entry, 0.0)) for entry in stream[0].catalogue.entries]
    assert all(look == vars(Look()) for look in looks)


def test_the_command_measures_and_shows(monkeypatch, pool, tmp_path, capsys):
    material = "training.recompose.material."
    monkeypatch.setattr(material + "load_toons", lambda: pool)
    monkeypatch.setattr("training.recompose.__main__.load_scene_backgrounds", Plain)
    monkeypatch.setattr(material + "load_art", lambda *_: drawn_art(pool))
    sheet = tmp_path / "sheet.png"
    words = ["--size", "64", "--batch", "3", "--batches", "1", "--gigabytes", "0.01"]
    assert measure_main([*words, "--device", "cpu", "-o", str(sheet)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["pictures"] == 3 and figures["recomposed_per_second"] > 0
    assert cv2.imread(str(sheet)).shape[0] == 320
