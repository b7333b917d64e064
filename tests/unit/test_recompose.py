"""Pictures recomposed on the device: layers, masks, banks and backgrounds."""

import logging
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.unit.recomposing import (
    SIZE,
    WHITE,
    Art,
    Plain,
    draw_small,
    drawn_art,
    equal,
    layer_at,
    made,
    plan_of,
    small_pool,
    small_stream,
)
from training import sprites, train_detector
from training.layouts import Layout
from training.recompose.bank import SpriteBank
from training.recompose.batches import Recomposed, collate_mixed
from training.recompose.catalogue import Catalogue, catalogue_within
from training.recompose.composite import composited
from training.recompose.grounds import Ground, GroundBank, GroundPlan, draw_ground
from training.recompose.material import art_or_drawn_alone, load_recomposer
from training.recompose.packing import pack
from training.recompose.planning import Options, Plan, draw_plan
from training.toon import pool as toons


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return small_pool(tmp_path_factory.mktemp("toons"))


@pytest.fixture(scope="module")
def stream(pool):
    return small_stream(pool)


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
