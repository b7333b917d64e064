"""Scenes drawn to look at."""

import pytest
import torch

from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.show import (
    disparity_ends,
    disparity_text,
    draw_depth,
    draw_layers,
    draw_reveal,
)


def sheet(height, width, color, alpha=1.0):
    rgba = torch.empty(height, width, 4)
    rgba[..., :3], rgba[..., 3] = torch.tensor(color) * alpha, alpha
    return rgba


@pytest.fixture
def scene():
    """A blue plate of 50 x 40 around a picture of 40 x 30, with two blocks before it."""
    plate = Layer("plate", sheet(40, 50, (0.1, 0.2, 0.9)), (-5, -5), (0.2, 0.0, 0.4))
    far = Layer("far", sheet(10, 12, (0.9, 0.1, 0.1)), (4, 6), (0.5, 0.0, 0.0), instance=0)
    relief = torch.linspace(-0.1, 0.1, 10)[:, None].expand(10, 12).contiguous()
    near = Layer("near", sheet(10, 12, (0.1, 0.8, 0.1), 0.5), (34, 10), (0.9, 0.0, 0.0), relief)
    return LayeredScene(plate, (far, near), (30, 40))


def colored(drawn, color):
    """Where a drawing has nearly this colour."""
    return (drawn - torch.tensor(color)).abs().amax(dim=2) < 0.1


def test_layers_lie_beside_each_other_from_back_to_front(scene):
    drawn = draw_layers(scene)
    assert drawn.dtype == torch.float32 and drawn.min() >= 0 and drawn.max() <= 1
    columns = []
    for color in ((0.1, 0.2, 0.9), (0.9, 0.1, 0.1)):
        spots = colored(drawn, color).nonzero()
        assert len(spots) > 20
        columns.append(spots[:, 1].float().mean())
    assert columns[0] < columns[1]
    assert torch.equal(drawn, draw_layers(scene))


def test_names_are_written_where_there_is_room(scene):
    plate = Layer("plate", sheet(300, 500, (0.1, 0.2, 0.9)), (0, 0), (0.2, 0.0, 0.4))
    large = LayeredScene(plate, (), (300, 500))
    assert not torch.equal(draw_layers(large), draw_layers(large, names=False))
    assert torch.equal(draw_layers(scene), draw_layers(scene, names=False))


def test_huge_scenes_are_drawn_small():
    plate = Layer("plate", torch.ones(900, 3000, 4), (0, 0), (0.2, 0.0, 0.0))
    many = tuple(Layer(str(n), torch.ones(2, 2, 4), (n, n), (0.5, 0.0, 0.0)) for n in range(30))
    drawn = draw_layers(LayeredScene(plate, many, (900, 3000)))
    assert max(drawn.shape) <= 1604


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1)])
def test_the_smallest_scenes_can_be_drawn(size):
    scene = LayeredScene(Layer("plate", torch.ones(*size, 4), (0, 0), (1.0, 0.0, 0.0)), (), size)
    assert draw_layers(scene).ndim == 3
    assert draw_depth(scene).shape == (*size, 3)
    assert draw_reveal(scene, torch.ones(size)).shape == (*size, 3)


def test_depth_is_what_the_picture_shows(scene):
    drawn = draw_depth(scene)
    assert drawn.shape == (30, 40, 3) and torch.equal(drawn[..., 0], drawn[..., 2])
    assert drawn[8, 8, 0] == pytest.approx(0.5)
    # The plate's plane: 0.2 in the middle, more below, 0.4 in a width.
    assert drawn[29, 0, 0] == pytest.approx(0.2 + 0.4 * 14.5 / 40, abs=1e-5)
    # Half of the near block's 0.9 and its relief, half of what is behind; cut off by the frame.
    behind = 0.2 + 0.4 * (10.5 - 15) / 40
    assert drawn[10, 39, 0] == pytest.approx(0.5 * (0.9 - 0.1) + 0.5 * behind, abs=1e-5)


def test_a_disparity_is_told_of_where_the_layer_is(scene):
    slanted = Layer("desk", torch.ones(4, 10, 4), (30, 26), (0.2, 0.0, 1.0))
    row = 0.2 + 1.0 * (28 - 15) / 40  # in its middle; 0.2 is that of the picture's
    far, near = disparity_ends(scene, slanted)
    assert far < row < near and near - far == pytest.approx(0.9 * 3 / 40, abs=0.01)
    assert disparity_text(scene, slanted, 2) == f"{far:.2f} to {near:.2f}"
    flat = Layer("far", torch.ones(4, 4, 4), (2, 2), (0.4, 0.0, 0.0))
    assert disparity_text(scene, flat) == "0.400"
    level = Layer("level", flat.rgba, (2, 2), (0.4, 0.0, 0.0), torch.full((4, 4), 0.1))
    assert disparity_text(scene, level) == "0.500"
    for away in ((90, 2), (2, 2)):  # outside, and transparent
        none = Layer("none", torch.zeros(4, 4, 4), away, (0.3, 0.5, 0.0))
        assert disparity_text(scene, none) == "0.300"


def test_layers_out_of_the_picture_are_no_trouble(scene):
    away = Layer("away", torch.ones(4, 4, 4), (200, -90), (0.5, 0.0, 0.0))
    moved = LayeredScene(scene.plate, (*scene.layers, away), scene.size)
    assert torch.equal(draw_depth(moved), draw_depth(scene))
    assert draw_layers(moved).shape[2] == 3


def test_what_is_revealed_is_bright_and_what_is_missing_red(scene):
    plate = sheet(40, 50, (0.1, 0.2, 0.9))
    plate[:, 30:] = 0
    scene = LayeredScene(Layer("plate", plate, (-5, -5), (0.2, 0.0, 0.0)), (), scene.size)
    reveal = torch.zeros(40, 50)
    reveal[10:20, 10:40] = 1
    drawn = draw_reveal(scene, reveal)
    assert torch.allclose(drawn[15, 15], torch.tensor([0.1, 0.2, 0.9]))
    assert not colored(drawn, (0.1, 0.2, 0.9))[25:].any()
    assert drawn[15, 35, 0] > 0.8 and drawn[15, 35, 1] < 0.4
    assert torch.equal(drawn, draw_reveal(scene, reveal.bool()))
    with pytest.raises(ValueError, match=r"\[40, 50\] like the plate, not \[30, 40\]"):
        draw_reveal(scene, torch.zeros(30, 40))
