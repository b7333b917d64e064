"""Cameras by the names of their moves."""

import dataclasses

import pytest
import torch

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import homographies
from cartoon_models.scene.moves.auto_zoom import heading
from cartoon_models.scene.moves.easing import EASINGS, ease
from cartoon_models.scene.moves.keyframes import camera_keyframes
from cartoon_models.scene.moves.ping_pong import ping_pong
from cartoon_models.scene.moves.poses import AUTO_ZOOM, MOVES
from cartoon_models.scene.moves.presets import PRESETS, camera_preset
from cartoon_models.scene.moves.stereo import stereo
from cartoon_models.scene.reveal import newly_shown

SIZE = (60, 80)
MOVING = [name for name in PRESETS if name != "still"]


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


def corners_seen(scene, camera):
    """Where the corners of all layers lie in each frame: [F, N, 2]."""
    found = [
        seen(scene, camera, each, float(x), float(y))
        for each in scene.painted
        for x in each.box[::2]
        for y in each.box[1::2]
    ]
    return torch.stack(found, dim=1)


@pytest.mark.parametrize("axis", [0, 1])
def test_trucks_move_layers_by_their_disparity(scene, axis):
    camera = camera_preset(("truck", "pedestal")[axis], scene, frames=5, amount=0.1)
    for each, share in ((scene.layers[1], 1.0), (scene.layers[0], 0.5), (scene.plate, 0.25)):
        path = seen(scene, camera, each, 30.0, 20.0)
        step = path[-1] - path[0]
        assert step[axis].item() == pytest.approx((-1, 1)[axis] * 0.1 * share * 80)
        assert step[1 - axis].item() == pytest.approx(0, abs=1e-9)
        assert path[2].tolist() == pytest.approx([30, 20])


@pytest.mark.parametrize("keyframes", [False, True])
def test_ground_before_all_layers_moves_not_much_farther_than_the_move_says(scene, keyframes):
    ramp = torch.linspace(0, 1, 76)[:, None].expand(76, 96).contiguous()
    ground = dataclasses.replace(scene.plate, plane=(0.0, 0.0, 0.0), relief=ramp)
    small = LayeredScene(ground, (layer((40, 20, 44, 30), 0.2, "character 0", 0),), SIZE)
    if keyframes:
        keys = [{"time": 0, "x": -0.05}, {"time": 0.04, "x": 0.05}]
        camera = camera_keyframes(small, keys, 2)
    else:
        camera = camera_preset("truck", small, 2, amount=0.1)
    moved = small.focal * float(camera.positions[1, 0] - camera.positions[0, 0])
    # A twentieth of the picture is nearer than 0.85: row 57 of 60, row 65 of the plate's 76.
    assert moved * 0.85 == pytest.approx(0.15, rel=0.02)
    large = LayeredScene(ground, (layer((10, 5, 70, 55), 0.7, "character 0", 0),), SIZE)
    camera = camera_preset("truck", large, 2, amount=0.1)
    moved = large.focal * float(camera.positions[1, 0] - camera.positions[0, 0])
    assert moved * 0.7 == pytest.approx(0.1)  # as the nearest layer does, which is near enough


@pytest.mark.parametrize("axis", [0, 1])
def test_pans_move_all_layers_alike(scene, axis):
    camera = camera_preset(("pan", "tilt")[axis], scene, frames=3, amount=0.05)
    for each in scene.painted:
        path = seen(scene, camera, each, 30.0, 20.0)
        assert (path[-1] - path[0])[axis].item() == pytest.approx((-1, 1)[axis] * 0.05 * 80)


def test_a_push_in_moves_the_edge_of_the_nearest_layer_by_the_amount(scene):
    camera = camera_preset("push-in", scene, frames=4, amount=0.06)
    path = seen(scene, camera, scene.layers[1], 80.0, 30.0)
    assert path[0].tolist() == [80, 30]
    assert path[-1].tolist() == pytest.approx([80 + 0.06 * 80, 30])
    back = camera_preset("pull-out", scene, frames=4, amount=0.06)
    torch.testing.assert_close(back.positions, camera.positions.flip(0))


@pytest.mark.parametrize("name", ["push-in", "pull-out", "arc", "orbit", "dolly-zoom"])
@pytest.mark.parametrize("instance", [0, 1])
def test_moves_about_an_instance_leave_its_middle_in_its_place(scene, name, instance):
    camera = camera_preset(name, scene, frames=7, amount=0.2, instance=instance)
    middle = ((16.0, 30.0), (57.0, 38.0))[instance]
    path = seen(scene, camera, scene.layers[instance], *middle)
    torch.testing.assert_close(path, torch.tensor(middle).double().expand(7, 2))
    moved = seen(scene, camera, scene.plate, *middle)
    assert (moved.amax(0) - moved.amin(0)).max() > 0.5 or name in ("push-in", "pull-out")


def test_a_dolly_zoom_keeps_the_size_of_its_instance_while_the_background_grows(scene):
    camera = camera_preset("dolly-zoom", scene, frames=6, amount=0.1, instance=0)
    for x, y in ((6.0, 10.0), (26.0, 50.0), (6.0, 50.0)):
        path = seen(scene, camera, scene.layers[0], x, y)
        torch.testing.assert_close(path, path[:1].expand(6, 2))
    ends = [seen(scene, camera, scene.plate, x, 30.0)[:, 0] for x in (10.0, 70.0)]
    widths = ends[1] - ends[0]
    assert (widths.diff() > 0).all() and widths[0].item() == pytest.approx(60)


def test_an_arc_goes_as_far_as_a_truck_and_looks_back(scene):
    arc = camera_preset("arc", scene, frames=5, amount=0.1, easing="linear")
    truck = camera_preset("truck", scene, frames=5, amount=0.1, easing="linear")
    travel = (arc.positions[-1] - arc.positions[0])[0].item()
    assert travel == pytest.approx((truck.positions[-1] - truck.positions[0])[0].item(), rel=1e-3)
    assert arc.rotations[0, 0, 2] < 0 < arc.rotations[-1, 0, 2].abs()
    turns = arc.rotations @ arc.rotations.transpose(1, 2)
    torch.testing.assert_close(turns, torch.eye(3).double().expand(5, 3, 3))


def test_an_orbit_round_something_infinitely_far_is_a_move_without_turning(scene):
    layers = (layer((30, 20, 50, 40), 0.0, "moon", 2), *scene.layers)
    sky = LayeredScene(scene.plate, layers, SIZE)
    camera = camera_preset("orbit", sky, frames=5, amount=0.1, instance=2)
    torch.testing.assert_close(camera.rotations, torch.eye(3).double().expand(5, 3, 3))
    assert camera.positions[:, 2].abs().max() < 1e-12 and camera.positions[:, 0].max() > 0.01


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("easing", ["linear", "soft"])
def test_loops_close(scene, name, easing):
    camera = camera_preset(name, scene, 40, 10.0, 0.1, easing=easing, loop=True)
    path = corners_seen(scene, camera)
    steps = (path.roll(-1, 0) - path).norm(dim=-1)
    assert steps[-1].max() <= steps[:-1].max() * 1.01
    assert steps[:-1].max() > 0.05


@pytest.mark.parametrize("name", ["orbit", "loop"])
def test_what_goes_round_is_back_at_its_first_frame_after_the_last(scene, name):
    once = camera_preset(name, scene, 12, amount=0.1, loop=True)
    twice = camera_preset(name, scene, 24, amount=0.1, loop=True)
    torch.testing.assert_close(once.positions, twice.positions[::2])
    if name == "orbit":  # not in a loop it ends where it started
        ends = camera_preset(name, scene, 12, amount=0.1)
        torch.testing.assert_close(ends.positions[0], ends.positions[-1])


def test_a_hand_sways_within_the_amount_and_as_its_seed_says(scene):
    made = [camera_preset("handheld", scene, 200, amount=0.1, seed=seed) for seed in (3, 3, 4)]
    assert torch.equal(made[0].positions, made[1].positions)
    assert torch.equal(made[0].rotations, made[1].rotations)
    assert not torch.allclose(made[0].positions, made[2].positions)
    path = seen(scene, made[0], scene.layers[1], 57.0, 38.0)
    assert 0.01 * 80 < (path[:, 0].max() - path[:, 0].min()) < 0.1 * 80 * 1.1


def test_every_preset_has_a_move_and_every_move_a_preset():
    assert set(PRESETS) == set(MOVES)


@pytest.mark.parametrize("name", list(PRESETS))
def test_one_frame_and_any_rate_will_do(scene, name):
    camera = camera_preset(name.replace("-", "_").upper(), scene, 1, 23.976)
    assert len(camera) == 1 and camera.fps == 23.976 and camera.name == name


@pytest.mark.parametrize("name", MOVING)
def test_no_amount_is_no_move(scene, name):
    camera = camera_preset(name, scene, 5, amount=0.0)
    still = Camera.still(scene.focal, 5)
    for part in ("positions", "rotations", "focals", "shifts"):
        torch.testing.assert_close(getattr(camera, part), getattr(still, part))


@pytest.mark.parametrize("name", MOVING)
def test_reverse_is_backwards_in_time(scene, name):
    there = camera_preset(name, scene, 6, amount=0.1)
    back = camera_preset(name, scene, 6, amount=0.1, reverse=True)
    if name in ("orbit", "loop"):
        assert (there.positions[1] - back.positions[1]).norm() > 1e-3
    else:
        torch.testing.assert_close(back.positions, there.positions.flip(0))
        torch.testing.assert_close(back.shifts, there.shifts.flip(0))


def test_the_lens_shows_less_and_the_amount_stays_one_of_the_frame(scene):
    camera = camera_preset("truck", scene, 3, amount=0.1, zoom=1.25)
    path = seen(scene, camera, scene.layers[1], 30.0, 20.0)
    assert (path[0] - path[-1])[0].item() == pytest.approx(0.1 * 80)
    assert path[1].tolist() == pytest.approx([40 - 12.5, 30 - 12.5])


def test_the_auto_zoom_is_the_published_one(scene):
    camera = camera_preset("auto-zoom", scene, 2, amount=AUTO_ZOOM)
    left, right = (seen(scene, camera, scene.layers[1], x, 30.0)[-1, 0].item() for x in (0.0, 80.0))
    assert right - left == pytest.approx(1.25 * 80)
    assert left <= 1e-9 and right >= 80 - 1e-9
    x, y = heading(scene, 0.8)
    assert camera.positions[-1, 0].item() == pytest.approx(x * 100 / 1024 / 0.8)
    assert camera.positions[-1, 1].item() == pytest.approx(y * 100 / 1024 / 0.8)


def test_the_auto_zoom_heads_where_the_least_was_hidden(scene):
    chosen = camera_preset("auto-zoom", scene, 2, amount=AUTO_ZOOM)
    least = int(newly_shown(scene, chosen)[-1])
    reach = 100 / 1024 / 0.8
    for x in (-reach, 0.0, reach):
        for y in (-reach, 0.0, reach):
            positions = chosen.positions.clone()
            positions[-1, :2] = torch.tensor([x, y]).double()
            other = Camera(positions, chosen.rotations, chosen.focals, chosen.shifts)
            assert least <= int(newly_shown(scene, other)[-1])
    assert int(newly_shown(scene, chosen)[0]) == 0


def test_easings_rise_from_0_to_1():
    time = torch.linspace(0, 1, 101, dtype=torch.float64)
    for name in EASINGS:
        curve = ease(name, time)
        assert curve[0] == 0 and curve[-1] == 1 and (curve.diff() >= 0).all()
    slow = {name: ease(name, time)[1].item() < 0.005 for name in EASINGS}
    assert slow == {
        "linear": False,
        "ease in": True,
        "ease out": False,
        "ease in out": True,
        "soft": True,
    }


def test_a_focus_stays_on_a_layer_or_is_pulled_to_another(scene):
    held = camera_preset("push-in", scene, 5, amount=0.1, focus=0)
    assert held.focus[0].item() == pytest.approx(0.4)
    assert held.focus[-1].item() == pytest.approx(0.4 / (1 - held.positions[-1, 2].item() * 0.4))
    pulled = camera_preset("still", scene, 5, focus=(1, "plate"), aperture=0.02)
    assert pulled.focus.tolist() == pytest.approx([0.8, 0.8 - 0.6 * 0.15625, 0.5, 0.29375, 0.2])
    assert pulled.aperture.tolist() == [0.02] * 5
    there_and_back = camera_preset("loop", scene, 8, loop=True, focus=[0, 1])
    assert there_and_back.focus[0].item() == pytest.approx(0.4, abs=1e-3)
    assert there_and_back.focus[4].item() == pytest.approx(0.8, abs=1e-3)
    assert camera_preset("still", scene, 5).focus is None


def test_there_and_back_has_no_frame_twice_in_a_row(scene):
    camera = ping_pong(camera_preset("truck", scene, 4, amount=0.1, focus=0))
    places = camera.positions[:, 0].tolist()
    assert len(places) == 6 and places[1:3] == places[:3:-1] and len(set(places)) == 4
    assert len(ping_pong(Camera.still(1.0))) == 1 and len(ping_pong(Camera.still(1.0, 2))) == 2


def test_two_eyes_agree_on_the_screen_and_no_point_is_higher_in_one(scene):
    camera = camera_preset("handheld", scene, 4, amount=0.1)
    left, right = stereo(Camera.still(1.0), 0.05, converge=0.4)
    for each, disparity in ((scene.plate, 0.2), (scene.layers[0], 0.4), (scene.layers[1], 0.8)):
        apart = seen(scene, left, each, 30.0, 20.0) - seen(scene, right, each, 30.0, 20.0)
        assert apart[0].tolist() == pytest.approx([0.05 * (disparity - 0.4) * 80, 0], abs=1e-9)
    left, right = stereo(camera, 0.05)
    apart = corners_seen(scene, left) - corners_seen(scene, right)
    assert apart[..., 1].abs().max() < 1e-9 and apart[..., 0].abs().max() > 1
    focused = camera_preset("truck", scene, 3, focus=0)
    apart = [seen(scene, eye, scene.layers[0], 16.0, 30.0) for eye in stereo(focused)]
    torch.testing.assert_close(apart[0], apart[1])
    with pytest.raises(ValueError, match="0 or more"):
        stereo(camera, -0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "dive"}, "'dive' is not known; use one of still, push-in"),
        ({"frames": 0}, "1 frame or more, not 0"),
        ({"frames": 2.5}, "not 2.5"),
        ({"fps": 0}, "above 0 frames per second"),
        ({"amount": -0.1}, "0 to 1 widths"),
        ({"amount": "most"}, "not 'most'"),
        ({"amount": float("nan")}, "not nan"),
        ({"easing": "bounce"}, "'bounce' is not known; use one of linear"),
        ({"zoom": 0}, "0.1 to 10"),
        ({"focus": "moon"}, "No layer is called 'moon'; there are plate, character 0"),
        ({"focus": (0, 1, 1)}, "from one layer to another"),
        ({"focus": 0, "aperture": -1}, "aperture is 0 or more"),
    ],
)
def test_what_is_no_camera_is_one_sentence(scene, change, message):
    with pytest.raises(ValueError, match=message):
        camera_preset(**{"name": "truck", "scene": scene, "frames": 3, **change})


def test_an_instance_that_is_none_and_a_scene_without_depth_are_one_sentence(scene):
    with pytest.raises(IndexError, match="instance 7; there are"):
        camera_preset("arc", scene, instance=7)
    sky = LayeredScene(layer((0, 0, 80, 60), 0.0, "plate"), (), SIZE)
    with pytest.raises(ValueError, match="infinitely far"):
        camera_preset("truck", sky)
    assert len(camera_preset("pan", sky)) == 75
    with pytest.raises(ValueError, match="smaller amount"):
        near = LayeredScene(scene.plate, (layer((0, 0, 9, 9), 1.0, "fly"),), SIZE, 0.3)
        camera_preset("arc", near, amount=1.0)
