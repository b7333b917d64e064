"""Copies of the background in a hole: patterns go on, nothing excluded is copied, seams vanish."""

import numpy as np
import pytest
import torch

from cartoon_models.scene.plate.blend import blend_copies, solve_poisson
from cartoon_models.scene.plate.exemplar import exemplar_guess
from cartoon_models.scene.plate.expected import expected_beyond
from cartoon_models.scene.plate.filling import fill_background, smooth_holes
from cartoon_models.scene.plate.patches import PAD, scales
from cartoon_models.scene.plate.patchmatch import patchmatch

SIZE = (72, 96)
Y, X = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
HOLE = np.zeros(SIZE, bool)
HOLE[26:46, 40:58] = True


def flat(*color):
    return np.broadcast_to(np.float32(color), (*SIZE, 3)).copy()


def stripes():
    return np.where(((X + Y) // 6 % 2 > 0)[..., None], flat(0.9, 0.6, 0.3), flat(0.2, 0.4, 0.7))


def bricks():
    picture, row = flat(0.7, 0.35, 0.25), Y // 8
    picture[(Y % 8 < 2) | ((X + 8 * (row % 2)) % 16 < 2)] = [0.9, 0.88, 0.8]
    return picture


def horizon():
    picture = flat(0.4, 0.6, 0.9)
    picture[Y > 36] = [0.3, 0.6, 0.2]
    return picture


@pytest.mark.parametrize("draw", [stripes, bricks, horizon])
def test_patterns_go_on_through_the_hole(draw):
    picture = draw()
    gone = np.where(HOLE[..., None], np.float32([1, 0, 1]), picture)
    found = fill_background(gone, HOLE, method="patchmatch").picture.numpy()
    smooth = fill_background(gone, HOLE, method="diffuse").picture.numpy()
    error, worse = (np.abs(way - picture)[HOLE].mean() for way in (found, smooth))
    assert error < 0.03 and error < worse / 3


def test_every_pixel_is_a_copy_of_a_source():
    picture = np.random.default_rng(0).random((*SIZE, 3), np.float32)
    sources = ~HOLE
    sources[:, :20] = False
    found = patchmatch(picture, HOLE, HOLE, sources)
    rows, columns = np.nonzero(HOLE)
    rows_from = rows + found.offsets[HOLE, 0]
    columns_from = columns + found.offsets[HOLE, 1]
    assert sources[rows_from, columns_from].all()
    assert np.array_equal(found.picture[HOLE], picture[rows_from, columns_from])
    assert np.array_equal(found.picture[~HOLE], picture[~HOLE])
    assert (found.costs >= 0).all()


def test_what_is_excluded_is_not_copied():
    picture = stripes()
    excluded = np.zeros(SIZE, bool)
    excluded[:, 70:] = True
    picture[excluded] = [1, 0, 0]
    plate = fill_background(
        picture, HOLE, method="patchmatch", sources_excluded=excluded, margin=(4, 4, 0, 4)
    )
    red = (plate.picture.numpy() - [1, 0, 0]).__abs__().max(axis=2) < 0.1
    assert not red[plate.hole.numpy()].any()


def test_the_margin_continues_what_the_picture_shows():
    plate = fill_background(stripes(), np.zeros(SIZE, bool), method="patchmatch", margin=8)
    y, x = np.mgrid[-8 : SIZE[0] + 8, -8 : SIZE[1] + 8]
    wanted = np.where(
        ((x + y) // 6 % 2 > 0)[..., None], np.float32([0.9, 0.6, 0.3]), np.float32([0.2, 0.4, 0.7])
    )
    assert np.abs(plate.picture.numpy() - wanted).mean() < 0.03


def test_the_same_seed_gives_the_same_bytes():
    picture = np.random.default_rng(1).random((*SIZE, 3), np.float32)
    one, two, other = (
        fill_background(picture, HOLE, method="patchmatch", seed=seed) for seed in (3, 3, 4)
    )
    assert torch.equal(one.picture, two.picture) and torch.equal(one.confidence, two.confidence)
    assert not torch.equal(one.picture, other.picture)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 5), (9, 200), (33, 31)])
def test_pictures_of_any_size_are_filled(size):
    picture = np.random.default_rng(2).random((*size, 3), np.float32)
    hole = np.zeros(size, bool)
    hole[:, size[1] // 2 :] = size[1] > 1
    plate = fill_background(picture, hole, margin=3)
    assert plate.coverage == 1.0 and bool(plate.picture.isfinite().all())


def test_where_no_patch_is_left_colours_flow_in():
    picture = flat(0.2, 0.5, 0.8)
    hole = np.ones(SIZE, bool)
    hole[:, ::7] = False  # lines of one pixel: nothing to copy whole
    plate = fill_background(picture, hole, method="patchmatch")
    assert np.abs(plate.picture.numpy() - picture).max() < 1e-3


def test_smooth_surroundings_are_told_from_drawn_ones():
    picture = flat(0.4, 0.6, 0.9)
    picture[..., 0] += X / 400
    picture[:, 60:] = stripes()[:, 60:]
    holes = np.zeros(SIZE, bool)
    holes[10:20, 10:20] = holes[40:50, 75:85] = True
    assert np.array_equal(smooth_holes(picture, holes), holes & (X < 50))
    plate = fill_background(picture, holes, method="auto")
    assert plate.coverage == 1.0


def test_a_difference_of_shade_is_blended_away():
    ramp = flat(0.3, 0.3, 0.3) + (X / 300)[..., None]
    offsets = np.zeros((*SIZE, 2), np.int64)
    offsets[HOLE] = (0, 18)  # copies from the right, where it is lighter
    filled = ramp.copy()
    filled[HOLE] = ramp[np.nonzero(HOLE)[0], np.nonzero(HOLE)[1] + 18]
    assert np.abs(filled - ramp).max() > 0.05
    blended = blend_copies(filled, ~HOLE, HOLE, offsets)
    assert np.abs(blended - ramp).max() < 0.01
    assert np.array_equal(blended[~HOLE], filled[~HOLE])


def test_a_line_that_ends_does_not_bleed():
    picture = flat(0.9, 0.9, 0.9)
    picture[30:33, :40] = 0  # ink that runs into the hole
    filled, offsets = picture.copy(), np.zeros((*SIZE, 2), np.int64)
    offsets[HOLE] = (24, 24)
    assert np.array_equal(blend_copies(filled, ~HOLE, HOLE, offsets), filled)


def test_the_poisson_equation_is_solved():
    import cv2

    inside = np.zeros(SIZE, bool)
    inside[5:60, 8:90] = True
    inside[20:25, 30:40] = False
    bumps = cv2.GaussianBlur(np.random.default_rng(0).normal(size=SIZE).astype("f4"), (0, 0), 5)
    away = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    wanted = (bumps * np.minimum(away, 8) ** 2)[..., None]
    kernel = np.float32([[0, 1, 0], [1, -4 - 1 / 20**2, 1], [0, 1, 0]])
    steps = cv2.filter2D(wanted, -1, kernel, borderType=cv2.BORDER_REPLICATE)[..., None]
    found = solve_poisson(steps, inside, 20.0)
    assert np.abs(found - wanted).max() < 0.1 * np.abs(wanted).max()
    assert not found[~inside].any()


def test_the_first_guess_carries_lines_on():
    picture = horizon()
    picture[:, 30:34] = [0.2, 0.1, 0.1]  # a pole in front of it
    hole = np.zeros(SIZE, bool)
    hole[24:48, 20:44] = True
    (scale,) = scales(picture, hole, hole, ~hole)
    image, origin = exemplar_guess(scale, (0.1, 0.02))
    inner = (slice(PAD, -PAD), slice(PAD, -PAD))
    assert np.array_equal(image[inner][~hole], picture[~hole])
    off = np.abs(image[inner] - picture).max(axis=2) > 0
    # Where the two cross there is nothing to copy from.
    assert not (off & ((np.abs(X - 31.5) > 8) | (np.abs(Y - 37) > 8))).any()
    copied = image.reshape(-1, 3)[origin[inner][hole]]
    assert np.array_equal(image[inner][hole], copied)


@pytest.mark.parametrize(("known", "radius"), [(1.0, 3), (0.5, 2)])
def test_patches_are_smaller_where_the_background_is_cut_up(known, radius):
    hole = HOLE.copy()
    hole[:, ::12] |= known < 1
    found = scales(stripes(), hole, hole, ~hole)
    assert [scale.radius for scale in found] == [radius]


def test_scales_halve_until_the_picture_is_small():
    picture = np.full((420, 500, 3), 0.5, np.float32)
    hole = np.zeros((420, 500), bool)
    hole[101:160, 201:260] = True
    found = scales(picture, hole, hole, ~hole)
    assert [scale.side for scale in found] == [500, 250, 125]
    for scale in found:
        assert not (scale.sources & scale.unknown).any()
        known = scale.image[PAD:-PAD, PAD:-PAD][~scale.unknown[PAD:-PAD, PAD:-PAD]]
        np.testing.assert_allclose(known, 0.5, atol=1e-6)


def test_a_hard_edge_where_pieces_meet_is_softened_by_a_pixel():
    picture = flat(0.1, 0.1, 0.1)
    picture[:, 70:] = 0.9
    filled, offsets = picture.copy(), np.zeros((*SIZE, 2), np.int64)
    offsets[HOLE] = (0, -30)
    offsets[HOLE & (X > 48)] = (0, 30)
    filled[HOLE & (X > 48)] = 0.9
    blended = blend_copies(filled, ~HOLE, HOLE, offsets)[35, 41:57, 0]
    assert (np.diff(blended) >= -1e-6).all()
    assert blended[6] < 0.11 and 0.3 < blended[7] < 0.4 < 0.6 < blended[8] < 0.7
    assert blended[9] > 0.89


def test_large_pictures_are_looked_at_in_half():
    picture = np.full((40, 1301, 3), 0.5, np.float32)
    picture[:, 1000:1006] = 0  # a drawn line
    holes = np.zeros((40, 1301), bool)
    holes[11:30, 301:320] = holes[11:30, 1003:1020] = True
    expected = holes.copy()
    expected[:, 900:] = False
    assert np.array_equal(smooth_holes(picture, holes), expected)


def test_what_ends_before_the_edge_is_not_repeated_beyond_it():
    y, x = np.mgrid[:240, :400].astype(np.float32)
    ground = np.where(((x + 2 * y) // 9 % 2 > 0)[..., None], [0.35, 0.6, 0.3], [0.3, 0.55, 0.25])
    picture = np.where((y < 120)[..., None], [0.6, 0.8, 1.0], ground).astype(np.float32)
    stone = ((x - 200) / 60) ** 2 + ((y - 214) / 20) ** 2 < 1
    picture[stone] = [0.5, 0.1, 0.1]
    hole = np.ones((240, 400), bool)
    hole[3:-3, 3:-3] = False
    plate = fill_background(picture, hole, margin=40)
    beyond = plate.picture.numpy()[277:]
    assert not (beyond[..., 0] > beyond[..., 1] + 0.1).any()


def test_beyond_the_edge_the_colours_beside_it_are_expected():
    picture, known = np.zeros((40, 60, 3), np.float32), np.zeros((40, 60), bool)
    known[8:32, 10:50] = True
    assert expected_beyond(picture, np.ones_like(known)) is None
    assert expected_beyond(picture, np.zeros_like(known)) is None
    picture[:, 30:] = 1
    known[14:20, 10:16] = False
    expected = expected_beyond(picture, known)
    counts = np.ones_like(known)
    counts[8:32, 10:50] = False
    assert np.array_equal(expected[..., 3], counts)
    assert expected[20, 2, 0] < 0.02 and expected[20, 57, 0] > 0.98
    assert 0.3 < expected[2, 30, 0] < 0.7


def test_in_large_pictures_pieces_found_in_small_ones_are_copied_as_sharp():
    y, x = np.mgrid[:96, :1300].astype(np.float32)
    picture = np.where(
        ((x + y) // 12 % 2 > 0)[..., None], np.float32([0.9, 0.6, 0.3]), np.float32([0.2, 0.4, 0.7])
    )
    hole = np.zeros((96, 1300), bool)
    hole[30:70, 600:660] = True
    wanted = hole.copy()
    wanted[:, 650:] = False
    found = patchmatch(picture, hole, wanted, ~hole)
    rows, columns = np.nonzero(wanted)
    rows_from = rows + found.offsets[wanted, 0]
    columns_from = columns + found.offsets[wanted, 1]
    assert not hole[rows_from, columns_from].any()
    assert np.array_equal(found.picture[wanted], picture[rows_from, columns_from])
    assert np.array_equal(found.picture[~hole], picture[~hole])
    assert np.abs(found.picture - picture)[wanted].mean() < 0.02
    assert (found.costs[wanted] >= 0).all()
    again = patchmatch(picture, hole, wanted, ~hole)
    assert np.array_equal(again.picture, found.picture)
