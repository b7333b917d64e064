"""Frames of another shape than the picture."""

import pytest
import torch

from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import homographies
from cartoon_models.scene.moves.framing import fill_frame
from cartoon_models.scene.moves.presets import PRESETS, camera_preset

SIZE = (60, 80)


@pytest.fixture(scope="module")
def scene():
    plate = Layer("plate", torch.ones(76, 96, 4), (-8, -8), (0.2, 0.0, 0.0))
    near = Layer("character 0", torch.ones(36, 26, 4), (44, 20), (0.8, 0.0, 0.0), None, 0)
    return LayeredScene(plate, (near,), SIZE)


@pytest.mark.parametrize("name", PRESETS)
def test_a_tall_frame_shows_the_middle_of_what_a_frame_of_the_pictures_shape_shows(scene, name):
    camera = camera_preset(name, scene, 4, amount=0.1, focus=0)
    tall = fill_frame(camera, scene, (120, 40))
    # As high as a frame twice as large as the picture, 160 wide, of which 40 are left.
    large = homographies(scene, camera, size=(120, 160)) @ torch.tensor([10.0, 20.0, 1.0]).double()
    small = homographies(scene, tall, size=(120, 40)) @ torch.tensor([10.0, 20.0, 1.0]).double()
    large, small = (point[..., :2] / point[..., 2:] for point in (large, small))
    assert torch.allclose(small, large - torch.tensor([60.0, 0.0]).double())
    assert torch.allclose(tall.aperture * 40, camera.aperture * 160)


def test_a_wide_frame_is_filled_anyway(scene):
    camera = camera_preset("truck", scene, 4)
    for size in ((30, 80), SIZE, (120, 160)):
        assert fill_frame(camera, scene, size) is camera
