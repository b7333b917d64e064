"""Cameras from what they should be at some times."""

import json
import math

import pytest
import torch

from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import homographies
from cartoon_models.scene.moves.keyframes import SPLINE, camera_keyframes
from cartoon_models.scene.moves.presets import camera_preset

SIZE = (60, 80)


def layer(box, disparity, name, instance=None):
    x1, y1, x2, y2 = box
    rgba = torch.ones(y2 - y1, x2 - x1, 4)
    return Layer(name, rgba, (x1, y1), (disparity, 0.0, 0.0), None, instance)


@pytest.fixture(scope="module")
def scene():
    plate = layer((-8, -8, 88, 68), 0.2, "plate")
    near = layer((30, 20, 50, 40), 0.8, "character 0", 0)
    return LayeredScene(plate, (near,), SIZE, 1.25)


def seen(scene, camera, layer, x, y):
    point = homographies(scene, camera, [layer])[:, 0] @ torch.tensor([x, y, 1.0]).double()
    return point[:, :2] / point[:, 2:]


@pytest.mark.parametrize(
    ("key", "point", "there"),
    [
        ({"x": 0.1}, (40, 30), (32, 30)),
        ({"y": 0.1}, (40, 30), (40, 22)),
        ({"z": 0.05}, (60, 10), (62, 8)),
        ({"z": -0.05}, (60, 10), (58, 12)),
        ({"pan": 0.1, "tilt": -0.05}, (60, 10), (52, 14)),
        ({"zoom": 2}, (50, 20), (60, 10)),
        ({"yaw": 45}, (140, 30), (40, 30)),
        ({"pitch": 45}, (40, 130), (40, 30)),
        ({"roll": 90}, (60, 30), (40, 10)),
    ],
)
def test_a_key_sets_what_its_words_say(scene, key, point, there):
    camera = camera_keyframes(scene, [{"time": 0, **key}], 2)
    path = seen(scene, camera, scene.layers[0], *map(float, point))
    assert path[1].tolist() == pytest.approx(there, abs=1e-9)


def test_a_push_and_a_truck_are_the_presets(scene):
    keys = [{"time": 0, "x": -0.05, "z": 0}, {"time": 1, "x": 0.05, "z": 0.1}]
    camera = camera_keyframes(scene, keys, 11, 10.0)
    truck = camera_preset("truck", scene, 11, 10.0, 0.1)
    torch.testing.assert_close(camera.positions[:, 0], truck.positions[:, 0])
    push = camera_preset("push-in", scene, 11, 10.0, 0.1)
    torch.testing.assert_close(camera.positions[-1, 2], push.positions[-1, 2])


def test_a_track_goes_on_between_the_keys_that_have_it_and_holds_outside(scene):
    keys = [
        {"time": 2.0, "pan": 1.0},
        {"time": 1.0, "tilt": 0.5},
        {"time": 1.0 / 3, "pan": 0.0},
    ]
    camera = camera_keyframes(scene, json.dumps(keys), 31, 10.0, "linear")
    pans = -camera.shifts[:, 0]
    assert pans[:4].abs().max() == 0 and pans[20:].tolist() == [1] * 11
    assert pans[10].item() == pytest.approx((1 - 1 / 3) / (2 - 1 / 3))
    assert (-camera.shifts[:, 1]).tolist() == [0.5] * 31
    assert camera.focus is None and camera.name == "keyframes"


def test_a_key_has_an_easing_of_its_own(scene):
    keys = [{"time": 0, "pan": 0.0, "easing": "ease in"}, {"time": 1, "pan": 1.0}]
    keys.append({"time": 2, "pan": 3.0})
    pans = -camera_keyframes(scene, keys, 21, 10.0, "linear").shifts[:, 0]
    assert pans[5].item() == pytest.approx(0.25) and pans[15].item() == pytest.approx(2)


def test_a_spline_is_smooth_and_does_not_swing_beyond_its_keys(scene):
    keys = [{"time": at, "pan": pan} for at, pan in ((0, 0.0), (1, 0.2), (2, 1.0), (3, 1.0))]
    pans = -camera_keyframes(scene, keys, 301, 100.0, SPLINE).shifts[:, 0]
    assert pans[::100].tolist() == pytest.approx([0, 0.2, 1, 1])
    assert pans.max() <= 1 and (pans.diff() >= 0).all()
    assert pans.diff(n=2).abs().max() < 5e-4  # no kink: linear pieces have 6e-3


@pytest.mark.parametrize("easing", ["linear", "ease in out", SPLINE])
def test_a_loop_of_keys_closes(scene, easing):
    keys = [{"time": 0.2, "x": 0.1, "roll": 5}, {"time": 1.0, "x": -0.1}, {"time": 1.5, "roll": 0}]
    once = camera_keyframes(scene, keys, 20, 10.0, easing, loop=True)
    step = (once.positions.roll(-1, 0) - once.positions).norm(dim=-1)
    assert step[-1] <= step.max() and step[-1] < 0.05
    again = [{**key, "time": key["time"] + 2.0} for key in keys]
    twice = camera_keyframes(scene, [*keys, *again], 40, 10.0, easing, loop=True)
    torch.testing.assert_close(twice.positions[:20], once.positions)
    torch.testing.assert_close(twice.positions[20:], once.positions)


def test_the_focus_is_pulled_from_key_to_key(scene):
    keys = [
        {"time": 0, "focus": 0, "aperture": 0.02},
        {"time": 1, "focus": "plate", "z": 0.1},
    ]
    camera = camera_keyframes(scene, keys, 11, 10.0, "linear")
    assert camera.focus[0].item() == pytest.approx(0.8 / (1 - camera.positions[0, 2].item() * 0.8))
    far = 0.2 / (1 - camera.positions[-1, 2].item() * 0.2)
    assert camera.focus[-1].item() == pytest.approx(far)
    assert (camera.focus.diff() < 0).all() and camera.aperture.tolist() == [0.02] * 11


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("[{", "not JSON"),
        (" ", "There are no keyframes; write a list"),
        ("[{'time': 0}]", 'names in "double quotes"'),
        ([{"time": 0, "x": 3}], "share of the frame's width, -1 to 1"),
        ("{}", "a list with one key or more"),
        ([], "a list with one key or more"),
        ([{"x": 1}], '"time" in seconds'),
        ([{"time": 0, "speed": 1}], "no 'speed'; it may have time, easing, focus, x, y"),
        ([{"time": "0:01"}], "'time' of a key is a finite number, not '0:01'"),
        ([{"time": 0, "x": math.inf}], "'x' of a key is a finite number"),
        ([{"time": 0, "x": True}], "'x' of a key is a finite number"),
        ([{"time": 0, "zoom": 0}], "above 0"),
        ([{"time": 0, "z": -0.5}], "above -0.5"),
        ([{"time": 1}, {"time": 1.0}], "same time"),
        ([{"time": 0, "easing": "bounce"}], "'bounce' is not known"),
        ([{"time": 0, "focus": "moon"}], "No layer is called 'moon'"),
        ([{"time": 0, "focus": 0, "aperture": -1}], "aperture of a key is 0 or more"),
    ],
)
def test_what_is_no_keyframe_is_one_sentence(scene, keys, message):
    with pytest.raises(ValueError, match=message):
        camera_keyframes(scene, keys, 3)


def test_more_that_is_one_sentence(scene):
    with pytest.raises(ValueError, match="none has an easing"):
        camera_keyframes(scene, [{"time": 0, "easing": "linear"}], 3, easing=SPLINE)
    with pytest.raises(ValueError, match="'hop' is not known"):
        camera_keyframes(scene, [{"time": 0}], 3, easing="hop")
    with pytest.raises(ValueError, match="1 frame or more"):
        camera_keyframes(scene, [{"time": 0}], 0)
    sky = LayeredScene(layer((0, 0, 80, 60), 0.0, "plate"), (), SIZE)
    with pytest.raises(ValueError, match="infinitely far"):
        camera_keyframes(sky, [{"time": 0, "x": 0.1}], 3)
    assert len(camera_keyframes(sky, [{"time": 0, "pan": 0.1}], 3)) == 3
