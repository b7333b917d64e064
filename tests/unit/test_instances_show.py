"""The overlay: sizes, colours, where lines and numbers go, and what bad input gets."""

import numpy as np
import pytest
import torch

from cartoon_models.instances import Instances, draw_overlay, instance_colors


def two_squares(size=(200, 300)):
    masks = torch.zeros(2, *size)
    height, width = size
    masks[0, height // 5 : -height // 5, width // 10 : width // 2 - width // 10] = 1
    masks[1, height // 5 : -height // 5, width // 2 + width // 10 : -width // 10] = 1
    return Instances.from_masks(masks)


def test_the_picture_stays_where_there_is_nothing():
    picture = torch.rand(200, 300, 3)
    drawn = draw_overlay(picture, two_squares(), boxes=True)
    assert drawn.shape == (200, 300, 3) and drawn.dtype == torch.float32
    assert torch.equal(drawn[:30], picture[:30])
    assert torch.equal(draw_overlay(picture, Instances.empty((200, 300))), picture)
    assert drawn.min() >= 0 and drawn.max() <= 1


def test_the_picture_that_came_in_is_not_drawn_on():
    picture = torch.zeros(200, 300, 3)
    array = np.zeros((200, 300, 3), np.float32)
    for source in (picture, array):
        draw_overlay(source, two_squares())
        assert source.max() == 0


def test_fill_has_the_instances_colour_and_opacity():
    picture = torch.full((200, 300, 3), 0.5)
    for opacity in (0.0, 0.3, 1.0):
        drawn = draw_overlay(picture, two_squares(), numbers=False, opacity=opacity)
        for place, color in zip([(60, 60), (60, 220)], instance_colors(2), strict=True):
            want = 0.5 + opacity * (color - 0.5)
            np.testing.assert_allclose(drawn[place].numpy(), want, atol=1e-6)


def test_a_number_stands_in_the_middle_of_each():
    picture = torch.full((200, 300, 3), 0.5)
    found = two_squares()
    changed = (draw_overlay(picture, found) != draw_overlay(picture, found, numbers=False)).any(2)
    columns = torch.nonzero(changed.any(0)).flatten()
    rows = torch.nonzero(changed.any(1)).flatten()
    assert abs(rows.float().mean() - 100) < 2
    left = columns[columns < 150].float()
    right = columns[columns >= 150].float()
    assert abs(left.mean() - 75) < 2 and abs(right.mean() - 225) < 2
    assert 12 <= len(rows) <= 20  # legible, and small against the figure


@pytest.mark.parametrize("side", [200, 1600])
def test_lines_and_numbers_grow_with_the_picture(side):
    picture = torch.full((side, side, 3), 0.5)
    found = two_squares((side, side))
    plain = draw_overlay(picture, found, numbers=False, opacity=0.0)
    row = (plain[side // 2] != 0.5).any(1)
    line = row[: side // 4].sum().item()
    assert 0.008 * side <= line + 3 <= 0.03 * side + 3
    numbered = draw_overlay(picture, found, opacity=0.0)
    rows = ((numbered != plain).any(2)).any(1).sum().item()
    assert 0.03 * side <= rows <= 0.09 * side


def test_numbers_of_instances_on_one_spot_do_not_hide_each_other():
    masks = torch.zeros(3, 300, 300)
    masks[:, 50:250, 50:250] = 1
    found = Instances.from_masks(masks)
    picture = torch.full((300, 300, 3), 0.5)
    plain = draw_overlay(picture, found, numbers=False)
    one = (draw_overlay(picture, found[0]) != draw_overlay(picture, found[0], numbers=False)).any(2)
    all_three = (draw_overlay(picture, found) != plain).any(2)
    assert all_three.sum() > 2.8 * one.sum()


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (3, 2), (8000, 30)])
def test_strange_sizes(size):
    whole = Instances.from_masks(torch.ones(2, *size))
    assert draw_overlay(np.zeros(size, np.uint8), whole, boxes=True).shape == (*size, 3)


def test_empty_and_faint_masks():
    found = Instances.from_masks(torch.tensor([0.0, 0.3])[:, None, None].expand(2, 60, 60))
    drawn = draw_overlay(np.zeros((60, 60, 4)), found, boxes=True)
    assert drawn.shape == (60, 60, 3)


def test_colours_differ():
    colors = instance_colors(30)
    assert colors.shape == (30, 3) and colors.min() >= 0 and colors.max() <= 1
    apart = np.linalg.norm(colors[:, None] - colors[None], axis=2)
    assert apart[np.triu_indices(12, 1)].min() > 0.15
    assert min(np.diag(apart, 1)) > 0.4
    assert instance_colors(0).shape == (0, 3)


@pytest.mark.parametrize(
    ("picture", "opacity", "message"),
    [
        (np.zeros((200, 301, 3)), 0.5, "is 301 x 200, but the instances are of a picture of 300 x"),
        (np.zeros((200, 300, 3)), 50, "from 0 to 1, not 50"),
        (np.full((200, 300, 3), np.nan), 0.5, "NaN"),
        (np.zeros((3, 200, 300)), 0.5, "channels-first"),
    ],
)
def test_what_is_wrong_is_named(picture, opacity, message):
    with pytest.raises(ValueError, match=message):
        draw_overlay(picture, two_squares(), opacity=opacity)
