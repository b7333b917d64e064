"""Where pixels of layers lie in the frames of a camera."""

from dataclasses import replace

import pytest
import torch

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import disparity_at, homographies, views


def layer(height, width, plane=(0.5, 0.0, 0.0), offset=(0, 0), **more):
    return Layer("layer", torch.ones(height, width, 4), offset, plane, **more)


def scene(*layers, size=(60, 80), focal=1.0):
    return LayeredScene(layer(*size, (0.1, 0.0, 0.0)), layers, size, focal)


def seen(homography, x, y):
    point = homography @ torch.tensor([x, y, 1.0], dtype=torch.float64)
    return (point[:2] / point[2]).tolist()


def test_the_still_camera_sees_the_picture():
    made = scene(layer(20, 30, (0.7, 0.2, -0.4), (5, 7)), focal=1.3)
    found = homographies(made, Camera.still(1.3, 3))
    assert found.shape == (3, 2, 3, 3)
    torch.testing.assert_close(found / found[..., 2:, 2:], torch.eye(3).double().expand(3, 2, 3, 3))


def test_a_camera_that_moves_aside_shifts_layers_by_their_disparity():
    made = scene(layer(20, 30, (0.5, 0.0, 0.0)), focal=1.25)
    camera = replace(Camera.still(1.25), positions=torch.tensor([[0.02, -0.04, 0.0]]))
    plate, near = homographies(made, camera)[0]
    for found, disparity in ((plate, 0.1), (near, 0.5)):
        step = 1.25 * 80 * disparity
        assert seen(found, 10, 20) == pytest.approx([10 - 0.02 * step, 20 + 0.04 * step])


def test_a_camera_that_moves_forward_enlarges_about_the_middle():
    made = scene(layer(20, 30, (0.5, 0.0, 0.0)))
    camera = replace(Camera.still(1.0), positions=torch.tensor([[0.0, 0.0, 0.2]]))
    near = homographies(made, camera)[0, 1]
    zoom = 1 / (1 - 0.2 * 0.5)
    assert seen(near, 10, 20) == pytest.approx([40 + zoom * (10 - 40), 30 + zoom * (20 - 30)])


def test_a_slanted_plane_is_seen_as_its_points_are():
    plane = (0.5, 0.3, -0.2)
    made = scene(layer(60, 80, plane), focal=0.9)
    turn = torch.linalg.matrix_exp(
        torch.tensor([[0.0, -0.03, 0.1], [0.03, 0, -0.05], [-0.1, 0.05, 0]], dtype=torch.float64)
    )
    camera = Camera(
        torch.tensor([[0.05, 0.02, 0.1]]),
        turn[None],
        torch.tensor([1.1]),
        torch.tensor([[0.02, -0.01]]),
    )
    found = homographies(made, camera)[0, 1]
    across, along = views(made, camera)
    for x, y in ((0.5, 0.5), (70.0, 12.0), (33.0, 59.0)):
        pixel = torch.tensor([x, y], dtype=torch.float64)
        disparity = disparity_at(plane, made.size, pixel)
        assert disparity == pytest.approx(0.5 + 0.3 * (x - 40) / 80 - 0.2 * (y - 30) / 80)
        ray = torch.tensor([(x - 40) / 72, (y - 30) / 72, 1], dtype=torch.float64)
        there = camera.rotations[0] @ (ray / disparity - camera.positions[0])
        expected = (88 * there[:2] / there[2] + torch.tensor([41.6, 29.2])).tolist()
        assert seen(found, x, y) == pytest.approx(expected, abs=1e-4)
        direct = across[0] @ torch.cat([pixel, torch.ones(1)]) + along[0] * disparity
        assert (direct[:2] / direct[2]).tolist() == pytest.approx(expected, abs=1e-4)


def test_frames_of_another_size_show_the_same_width():
    made = scene(layer(60, 80))
    found = homographies(made, Camera.still(1.0), size=(160, 160))[0, 0]
    assert seen(found, 0, 30) == pytest.approx([0, 80])
    assert seen(found, 80, 0) == pytest.approx([160, 20])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"focals": torch.zeros(2)}, "above 0"),
        ({"positions": torch.zeros(0, 3)}, "at least one frame"),
        ({"shifts": torch.zeros(3, 2)}, r"\[2, 2\], not \[3, 2\]"),
        ({"positions": torch.full((2, 3), torch.nan)}, "finite"),
        ({"fps": 0}, "frame rate"),
        ({"focus": torch.zeros(2)}, "focus and an aperture"),
    ],
)
def test_cameras_that_are_none_are_one_sentence(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Camera.still(1.0, 2), **change)


def test_scenes_that_are_none_are_one_sentence():
    with pytest.raises(ValueError, match="not all of the picture"):
        LayeredScene(layer(60, 79), (), (60, 80))
    with pytest.raises(ValueError, match=r"float32 \[h, w, 4\]"):
        Layer("flat", torch.ones(3, 4), (0, 0), (0.5, 0.0, 0.0))
    with pytest.raises(ValueError, match="three finite numbers"):
        layer(3, 4, (0.5, 0.0, float("nan")))
    with pytest.raises(ValueError, match="relief"):
        layer(3, 4, relief=torch.zeros(4, 3))
    with pytest.raises(IndexError, match="there are none"):
        scene().layer_of(0)


def test_layers_are_found_by_their_instance_and_the_margin_is_told():
    plate = layer(70, 100, offset=(-12, -4))
    made = LayeredScene(plate, (layer(5, 5), layer(5, 5, instance=1)), (60, 80))
    assert made.layer_of(1) is made.layers[1] and made.margin == (12, 4, 8, 6)
    assert made.painted == (plate, *made.layers)
