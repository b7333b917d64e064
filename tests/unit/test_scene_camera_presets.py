"""Cameras by the names of their moves."""

import pytest
import torch

from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import homographies
from cartoon_models.scene.presets import camera_preset

SIZE = (60, 80)


def layer(box, disparity, name, instance=None):
    x1, y1, x2, y2 = box
    rgba = torch.ones(y2 - y1, x2 - x1, 4)
    return Layer(name, rgba, (x1, y1), (disparity, 0.0, 0.0), None, instance)


@pytest.fixture(scope="module")
def scene():
    plate = layer((-8, -8, 88, 68), 0.2, "plate")
    far = layer((6, 10, 26, 50), 0.4, "character 0", 0)
    near = layer((44, 20, 70, 56), 0.8, "character 1", 1)
    return LayeredScene(plate, (far, near), SIZE)


def seen(scene, camera, layer, x, y):
    """Where a point of a layer lies in each frame: [F, 2]."""
    point = homographies(scene, camera, [layer])[:, 0] @ torch.tensor([x, y, 1.0]).double()
    return point[:, :2] / point[:, 2:]


@pytest.mark.parametrize("axis", [0, 1])
def test_trucks_move_layers_by_their_disparity(scene, axis):
    camera = camera_preset(("truck", "pedestal")[axis], scene, frames=5, amount=0.1)
    for layer, share in ((scene.layers[1], 1.0), (scene.layers[0], 0.5), (scene.plate, 0.25)):
        path = seen(scene, camera, layer, 30.0, 20.0)
        step = path[-1] - path[0]
        assert step[axis].item() == pytest.approx((-1, 1)[axis] * 0.1 * share * 80)
        assert step[1 - axis].item() == pytest.approx(0, abs=1e-9)
        assert path[2].tolist() == pytest.approx([30, 20])


@pytest.mark.parametrize("axis", [0, 1])
def test_pans_move_all_layers_alike(scene, axis):
    camera = camera_preset(("pan", "tilt")[axis], scene, frames=3, amount=0.05)
    for layer in scene.painted:
        path = seen(scene, camera, layer, 30.0, 20.0)
        assert (path[-1] - path[0])[axis].item() == pytest.approx((-1, 1)[axis] * 0.05 * 80)


def test_a_push_in_moves_the_edge_of_the_nearest_layer_by_the_amount(scene):
    camera = camera_preset("push-in", scene, frames=4, amount=0.06)
    path = seen(scene, camera, scene.layers[1], 80.0, 30.0)
    assert path[0].tolist() == [80, 30]
    assert path[-1].tolist() == pytest.approx([80 + 0.06 * 80, 30])
    back = camera_preset("pull-out", scene, frames=4, amount=0.06)
    torch.testing.assert_close(back.positions, camera.positions.flip(0))
