"""Layouts, compositions, coarse masks and datasets: shapes, honesty of the masks, repeatability."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from training import harmonize
from training.backgrounds import HELD_OUT_FAMILIES, PAINTERS, BackgroundPool, build_pool, flat
from training.coarse import corrupt
from training.compose import Options, compose
from training.dataset import DetectorSamples, RefinerSamples, collate_detector, held_out
from training.layouts import KINDS, Layout, draw_layout
from training.sprites import alter, paint, place
from training.store import SpriteStore, write_store


class Art:
    """Stands in for an ArtLibrary: blobs of plain colour with a face."""

    held_out = False

    def __init__(self, store):
        self.store = store
        self.characters = [s for s in store.sprites if s.kind == "character"]
        self.props = [s for s in store.sprites if s.kind == "prop"]
        self.toons = []

    def rgba(self, sprite):
        return self.store.rgba(sprite)


def blob(rng, side):
    y, x = np.mgrid[: side * 1.5, :side]
    inside = ((x - side / 2) / (side / 2)) ** 2 + ((y - side * 0.75) / (side * 0.75)) ** 2 < 1
    rgba = np.zeros((*inside.shape, 4), np.uint8)
    rgba[inside] = (*rng.integers(40, 256, 3), 255)
    rgba[side // 2 : side // 2 + 8, side // 3 : side // 3 + 8, :3] = 0
    return rgba


@pytest.fixture(scope="module")
def art(tmp_path_factory):
    rng = np.random.default_rng(0)
    kinds = ["character"] * 5 + ["prop"] * 3
    drawings = [(f"{k}{i}", k, False, blob(rng, 90), 0.1) for i, k in enumerate(kinds)]
    folder = tmp_path_factory.mktemp("art") / "store"
    write_store(folder, iter(drawings), {})
    return Art(SpriteStore(folder))


@pytest.fixture(scope="module")
def pool_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backgrounds") / "pool"
    build_pool(folder, len(PAINTERS), workers=1)
    return folder


@pytest.fixture(scope="module")
def backgrounds(pool_folder):
    return BackgroundPool(pool_folder)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("kind", KINDS)
def test_layouts_are_finite_and_reach_the_canvas(kind):
    counts = set()
    for seed in range(60):
        layout = draw_layout(rng(seed), 1.5, {kind: 1.0})
        assert layout.kind == kind
        assert np.isfinite(layout.boxes).all() and np.isfinite(layout.angles).all()
        assert (layout.boxes[:, 2:] > layout.boxes[:, :2]).all()
        touches = (layout.boxes[:, :2] < 1).all(1) & (layout.boxes[:, 2:] > 0).all(1)
        assert touches.any()
        assert (layout.drawings <= np.arange(len(layout))).all()
        counts.add(len(layout))
    assert 1 <= min(counts) and max(counts) <= 10 and len(counts) > 1


def test_backgrounds_split_by_family(pool_folder, backgrounds):
    other = BackgroundPool(pool_folder, held_out=True)
    assert set(other.families) == set(HELD_OUT_FAMILIES)
    assert set(other.families).isdisjoint(backgrounds.families)
    assert set(other.families) | set(backgrounds.families) == set(PAINTERS)


@pytest.mark.parametrize("size", [(96, 96), (61, 203), (300, 32)])
def test_backgrounds_have_the_size_asked_for(backgrounds, size):
    for seed in range(12):
        for picture in (backgrounds.draw(rng(seed), size), flat(rng(seed), size)):
            assert picture.shape == (*size, 3) and picture.dtype == np.uint8


def test_place_keeps_proportions_and_stands_on_the_ground():
    rgba = np.full((100, 50, 4), 255, np.uint8)
    placed = place(rgba, np.array([20.0, 10.0, 120.0, 90.0]), 0.0, False, True, (120, 160))
    rows, columns = (
        np.flatnonzero(placed.alpha.max(1) > 127),
        np.flatnonzero(placed.alpha.max(0) > 127),
    )
    assert placed.y + rows[-1] + 1 == pytest.approx(90, abs=1)
    assert len(rows) == pytest.approx(80, abs=1) and len(columns) == pytest.approx(40, abs=1)
    assert placed.x + columns.mean() + 0.5 == pytest.approx(70, abs=1)
    assert placed.inside == pytest.approx(1, abs=0.05)


def test_place_mirrors_turns_and_gives_none_outside():
    rgba = np.zeros((60, 60, 4), np.uint8)
    rgba[:, :30] = (255, 0, 0, 255)
    box = np.array([0.0, 0.0, 60.0, 60.0])
    left = place(rgba, box, 0.0, False, False, (60, 60))
    right = place(rgba, box, 0.0, True, False, (60, 60))
    up = place(rgba, box, -np.pi / 2, False, False, (60, 60))
    assert left.x < 2 and left.alpha[:, :25].min() == 255
    assert right.alpha[30, 40 - right.x] == 255 and right.alpha[30, 10 - right.x] == 0
    assert {bool(up.alpha[10, 30]), bool(up.alpha[50, 30])} == {True, False}
    assert place(rgba, box + 500, 0.0, False, False, (60, 60)) is None


def test_alter_never_moves_the_shape(art):
    placed = place(
        art.rgba(art.characters[0]), np.array([0.0, 0, 90, 90]), 0.3, True, False, (90, 90)
    )
    for seed in range(30):
        changed = alter(rng(seed), placed)
        np.testing.assert_array_equal(changed.alpha, placed.alpha)
        assert changed.color.shape == placed.color.shape and changed.color.dtype == np.uint8
    assert alter(rng(0), placed, 0.0) is placed


def test_paint_blends_straight_colour():
    rgba = np.full((10, 10, 4), 255, np.uint8)
    placed = place(rgba, np.array([0.0, 0, 10, 10]), 0.0, False, False, (10, 10))
    placed.alpha[:] = 128
    placed.color[:] = 200
    picture = np.full((10, 10, 3), 100, np.uint8)
    paint(picture, placed)
    assert picture[5, 5].tolist() == [150, 150, 150]


def two_places(first, second):
    return Layout(
        "regular", np.array([first, second], float), np.zeros(2), np.arange(2), np.zeros(2, bool)
    )


CALM = Options(size=(200, 200), props=0.0, front=0.0, nuisance=0.0, empty=0.0)


def test_front_occludes_back_and_masks_never_sum_above_one(art, backgrounds):
    layout = two_places((0.1, 0.1, 0.7, 0.9), (0.4, 0.1, 1.0, 0.9))
    made = compose(rng(3), art, CALM, backgrounds=backgrounds, layout=layout)
    assert made.places == (0, 1)
    assert made.masks.astype(int).sum(0).max() <= 256
    alone = compose(
        rng(3),
        art,
        CALM,
        backgrounds=backgrounds,
        layout=two_places((0.1, 0.1, 0.7, 0.9), (5, 5, 6, 6)),
    )
    assert made.masks[0].sum() < alone.masks[0].sum()
    np.testing.assert_array_equal(
        made.picture[made.masks[1] == 255][0], made.picture[made.masks[1] == 255][-1]
    )


def test_a_hidden_figure_is_left_out_and_the_picture_shows_nothing_of_it(art, backgrounds):
    layout = two_places((0.35, 0.35, 0.6, 0.6), (0.1, 0.1, 0.9, 0.9))
    made = compose(rng(5), art, CALM, backgrounds=backgrounds, layout=layout)
    assert made.places == (1,)


def test_boxes_enclose_masks(art, backgrounds):
    made = compose(
        rng(8),
        art,
        Options(size=(120, 180)),
        backgrounds=backgrounds,
        layout=two_places((0, 0, 0.4, 0.9), (0.5, 0, 1, 1)),
    )
    for mask, (x0, y0, x1, y1) in zip(made.masks, made.boxes().astype(int), strict=True):
        inside = mask >= 128
        assert inside[y0:y1, x0:x1].sum() == inside.sum() > 0
        assert (
            inside[y0].any()
            and inside[y1 - 1].any()
            and inside[:, x0].any()
            and inside[:, x1 - 1].any()
        )


@pytest.mark.parametrize("size", [(64, 64), (75, 161), (210, 90)])
def test_compositions_of_any_size_repeat_exactly(art, backgrounds, size):
    options = Options(size=size)
    for seed in range(6):
        first = compose(rng(seed), art, options, backgrounds=backgrounds)
        again = compose(rng(seed), art, options, backgrounds=backgrounds)
        assert first.picture.shape == (*size, 3) and first.picture.dtype == np.uint8
        assert first.masks.shape[1:] == size and first.masks.dtype == np.uint8
        assert len(first.places) == len(first.masks)
        np.testing.assert_array_equal(first.picture, again.picture)
        np.testing.assert_array_equal(first.masks, again.masks)


def test_a_window_shows_the_same_figure_larger(art, backgrounds):
    layout = two_places((0.25, 0.25, 0.75, 0.75), (5, 5, 6, 6))
    whole = compose(rng(2), art, CALM, backgrounds=backgrounds, layout=layout)
    close = compose(
        rng(2), art, CALM, backgrounds=backgrounds, layout=layout, window=(0.25, 0.25, 0.75, 0.75)
    )
    ratio = (close.masks[0] > 127).sum() / (whole.masks[0] > 127).sum()
    assert ratio == pytest.approx(4, rel=0.05)


def test_empty_pictures_have_no_masks(art, backgrounds):
    made = compose(rng(1), art, replace(CALM, empty=1.0), backgrounds=backgrounds)
    assert made.masks.shape == (0, 200, 200) and made.boxes().shape == (0, 4)


def test_coarse_masks_stay_in_range_and_near_the_figure():
    mask = np.zeros((160, 120), np.uint8)
    mask[40:120, 30:80] = 255
    other = np.zeros((1, 160, 120), np.uint8)
    other[0, 40:120, 80:110] = 255
    differs = 0
    for seed in range(80):
        coarse = corrupt(rng(seed), mask, other)
        assert coarse.shape == mask.shape and coarse.dtype == np.float32
        assert 0 <= coarse.min() and coarse.max() <= 1
        assert (coarse * (mask > 0)).sum() > 0.2 * (mask > 0).sum()
        differs += bool(np.abs(coarse - mask / 255).mean() > 0.005)
    assert differs > 60
    box = corrupt(rng(0), mask, other[:0], box_share=1.0)
    assert set(np.unique(box)) <= {0.0, 1.0} and box.sum() == pytest.approx(4000, rel=0.3)


def test_detector_samples_resume_and_do_not_depend_on_workers(art, backgrounds):
    samples = DetectorSamples(7, 96, length=8, art=art, backgrounds=backgrounds)
    later = DetectorSamples(7, 96, start=5, art=art, backgrounds=backgrounds)
    for key, value in samples[5].items():
        assert torch.equal(value, later[0][key])
    loader = DataLoader(samples, batch_size=4, num_workers=2, collate_fn=collate_detector)
    batch = next(iter(loader))
    assert batch["picture"].shape == (4, 96, 96, 3) and batch["picture"].dtype == torch.uint8
    for i in range(4):
        expected = samples[i]
        assert torch.equal(batch["picture"][i], expected["picture"])
        assert torch.equal(batch["masks"][i], expected["masks"])
        assert expected["boxes"].dtype == torch.float32 and len(expected["boxes"]) == len(
            expected["masks"]
        )
    with pytest.raises(IndexError):
        samples[8]


def test_refiner_samples(art, backgrounds):
    samples = RefinerSamples(3, 80, length=12, art=art, backgrounds=backgrounds)
    for i in range(12):
        sample = samples[i]
        assert sample["picture"].shape == (80, 80, 3) and sample["picture"].dtype == torch.uint8
        for key in ("coarse", "alpha", "inside"):
            assert sample[key].shape == (80, 80) and sample[key].dtype == torch.float32
            assert 0 <= sample[key].min() and sample[key].max() <= 1
        assert sample["alpha"].max() > 0.9
        assert (sample["alpha"][sample["inside"] == 0] == 0).all()
        assert sample["inside"].any(0).all() or sample["inside"].any(1).all()
    assert all(torch.equal(samples[3][k], samples[3][k]) for k in samples[3])


def test_held_out_repeats(art, pool_folder):
    calm = BackgroundPool(pool_folder, held_out=True)
    first, again = (held_out(3, 128, art=art, backgrounds=calm) for _ in range(2))
    assert len(first) == 3
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a.picture, b.picture)
        np.testing.assert_array_equal(a.masks, b.masks)


def test_histogram_matching_takes_the_reference_levels():
    picture = rng(0).integers(0, 128, (64, 64, 3), dtype=np.uint8)
    reference = rng(1).integers(100, 256, (64, 64, 3), dtype=np.uint8)
    out = harmonize.match_histogram(picture, reference)
    assert abs(out.mean() - reference.mean()) < 3 and abs(out.std() - reference.std()) < 3
    np.testing.assert_array_equal(
        harmonize.match_histogram(picture, reference, strength=0), picture
    )


def test_quantize_leaves_the_number_of_colours():
    picture = rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    out = harmonize.quantize(rng(2), picture, 6)
    assert out.shape == picture.shape and len(np.unique(out.reshape(-1, 3), axis=0)) <= 6


@pytest.mark.parametrize(
    "style",
    [harmonize.grade, harmonize.sketch, harmonize.halftone, harmonize.degrade, harmonize.finish],
)
def test_handling_keeps_the_shape(style):
    picture = rng(0).integers(0, 256, (47, 61, 3), dtype=np.uint8)
    for seed in range(8):
        out = style(rng(seed), picture)
        assert out.shape == picture.shape and out.dtype == np.uint8
