"""Which pixels go with an instance: its line, its shadow, specks between."""

import numpy as np
import pytest
import torch

from cartoon_models.instances import Instances
from cartoon_models.scene.plate.hole import background_hole

SIZE = (120, 160)
Y, X = np.mgrid[: SIZE[0], : SIZE[1]]


def disc(x, y, radius, flat=1.0):
    return (X - x) ** 2 + ((Y - y) / flat) ** 2 <= radius**2


def drawn(line=0, shadow=False):
    """A red ball on a green ground, with an ink line outside its mask and a shadow under it."""
    picture = np.empty((*SIZE, 3), np.float32)
    picture[:] = [0.5, 0.8, 0.4]
    picture[..., 1] += (Y / 2000).astype(np.float32)
    if shadow:
        picture[disc(84, 84, 26, 0.22)] *= 0.55
    ball = disc(80, 60, 25)
    picture[disc(80, 60, 25 + line)] = 0.0
    picture[ball] = [0.9, 0.2, 0.1]
    return picture, torch.from_numpy(ball.astype(np.float32))[None]


def grown(hole, mask):
    """By how many pixels a hole is wider than the mask, to the right of its middle."""
    return int(hole[60].sum() - (mask[0] > 0)[60].sum()) // 2


def test_the_ink_line_around_a_mask_goes_with_it():
    picture, mask = drawn(line=2)
    hole = background_hole(picture, mask, shadows=False)
    assert not bool(hole[~torch.from_numpy(disc(80, 60, 29))].any())
    assert bool(hole[torch.from_numpy(disc(80, 60, 27))].all())


def test_a_mask_without_a_line_grows_by_a_pixel():
    picture, mask = drawn()
    assert grown(background_hole(picture, mask, shadows=False), mask) == 1


def test_growth_can_be_set():
    picture, mask = drawn(line=2)
    assert grown(background_hole(picture, mask, grow=6, shadows=False), mask) == 6
    assert grown(background_hole(picture, mask, grow=0, shadows=False), mask) == 0
    with pytest.raises(ValueError, match="-1"):
        background_hole(picture, mask, grow=-1)


def test_the_shadow_at_the_feet_goes_too():
    picture, mask = drawn(shadow=True)
    with_shadow = background_hole(picture, mask).numpy()
    without = background_hole(picture, mask, shadows=False).numpy()
    shadow = disc(84, 84, 26, 0.22)
    assert with_shadow[shadow].all()
    assert not without[shadow & (Y > 88)].any()
    assert not with_shadow[:30].any() and not with_shadow[100:].any()


def test_a_dark_wall_beside_a_character_is_no_shadow():
    picture, mask = drawn()
    picture[:, 108:] *= 0.5
    assert not bool(background_hole(picture, mask)[:, 112:].any())


def test_specks_between_masks_go():
    picture, _ = drawn()
    ring = torch.from_numpy(disc(80, 60, 20) & ~disc(80, 60, 2))[None].float()
    assert bool(background_hole(picture, ring, shadows=False)[60, 80])


def test_instances_and_their_masks_are_the_same():
    picture, mask = drawn(line=1)
    box = torch.tensor([[55.0, 35.0, 106.0, 86.0]])
    found = Instances(mask, box, torch.ones(1), ("character",), ((),), ((),), SIZE)
    assert torch.equal(background_hole(picture, found), background_hole(picture, mask))


def test_no_instance_leaves_no_hole():
    picture, _ = drawn()
    assert not bool(background_hole(picture, torch.zeros(0, *SIZE)).any())
    assert not bool(background_hole(picture, torch.zeros(2, *SIZE)).any())


def test_an_instance_that_covers_the_picture_is_all_hole():
    picture, _ = drawn()
    assert bool(background_hole(picture, torch.ones(1, *SIZE)).all())


def test_an_instance_cut_by_the_edge_is_taken():
    picture, _ = drawn()
    mask = torch.from_numpy(disc(0, 119, 30).astype(np.float32))[None]
    hole = background_hole(picture, mask)
    assert bool(hole[mask[0] > 0].all()) and hole.shape == SIZE


def test_masks_of_another_size_are_refused():
    picture, _ = drawn()
    with pytest.raises(ValueError, match="160"):
        background_hole(picture, torch.zeros(1, 10, 10))
