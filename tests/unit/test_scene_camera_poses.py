"""Cameras from poses of other programs."""

import json
import math

import pytest
import torch

from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import homographies
from cartoon_models.scene.moves.keyframes import camera_keyframes
from cartoon_models.scene.moves.pose_list import camera_from_poses
from cartoon_models.scene.moves.poses import turned
from cartoon_models.scene.moves.presets import camera_preset

SIZE = (60, 80)


def layer(box, disparity, name, instance=None):
    x1, y1, x2, y2 = box
    return Layer(name, torch.ones(y2 - y1, x2 - x1, 4), (x1, y1), (disparity, 0, 0), None, instance)


@pytest.fixture(scope="module")
def scene():
    plate = layer((-8, -8, 88, 68), 0.2, "plate")
    return LayeredScene(plate, (layer((30, 20, 50, 56), 0.8, "character 0", 0),), SIZE)


def matrix(x=0.0, y=0.0, z=0.0, yaw=0.0):
    """From the world to a camera at a place, in distances of the nearest layer."""
    angles = torch.tensor([[yaw], [0.0], [0.0]], dtype=torch.float64)
    pose = torch.eye(4, dtype=torch.float64)
    pose[:3, :3] = turned(*angles)[0]
    pose[:3, 3] = -(pose[:3, :3] @ torch.tensor([x, y, z], dtype=torch.float64))
    return pose


def info(yaw=0.0, pitch=0.0, distance=4.0, target=(1.0, 2.0, 3.0), **more):
    """As ComfyUI's Create Camera Info has it in its mode orbit."""
    yaw, pitch = math.radians(yaw), math.radians(pitch)
    away = (math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch))
    place = [t + distance * a for t, a in zip(target, away, strict=True)]
    position, target = (dict(zip("xyz", each, strict=True)) for each in (place, target))
    return {"position": position, "target": target, "zoom": 1, "cameraType": "perspective"} | more


def seen(scene, camera, x, y, which=1):
    """Where a point of a layer lies in each frame: [F, 2]."""
    layer = scene.painted[which]
    point = homographies(scene, camera, [layer])[:, 0] @ torch.tensor([x, y, 1.0]).double()
    return point[:, :2] / point[:, 2:]


def test_as_many_poses_as_frames_are_taken_as_they_are(scene):
    poses = torch.stack([matrix(0.1 * n, -0.05 * n, 0.2 * n, 0.02 * n) for n in range(4)])
    camera = camera_from_poses(scene, poses, 4, 12.0, "ease in out")
    assert camera.fps == 12 and torch.allclose(camera.rotations, poses[:, :3, :3])
    # 1 is the distance of the nearest layer, whose disparity is 0.8.
    assert (camera.positions[3] * 0.8).tolist() == pytest.approx([0.3, -0.15, 0.6])
    assert seen(scene, camera, 12.0, 34.0)[0].tolist() == pytest.approx([12, 34])


@pytest.mark.parametrize("form", [list, torch.stack, json.dumps])
def test_two_poses_are_a_truck(scene, form):
    ends = [matrix(x=-0.05 / scene.focal), matrix(x=0.05 / scene.focal)]
    poses = form([pose.tolist() for pose in ends] if form is json.dumps else ends)
    make = camera_keyframes if form is json.dumps else camera_from_poses
    camera = make(scene, poses, 9, easing="soft")
    same = camera_preset("truck", scene, 9, amount=0.1, easing="soft")
    assert torch.allclose(camera.positions, same.positions)


def test_poses_between_turn_evenly_and_a_loop_closes(scene):
    poses = [matrix(yaw=0.0)[:3], matrix(yaw=0.3, x=0.2)[:3]]
    camera = camera_from_poses(scene, torch.stack(poses), 5, easing="linear")
    assert torch.allclose(camera.rotations[1], matrix(yaw=0.075)[:3, :3])
    smooth = camera_from_poses(scene, torch.stack([*poses, poses[0]]), 7, easing="spline")
    assert smooth.positions[:, 0].max() <= 0.2 / 0.8 + 1e-9
    loop = camera_from_poses(scene, torch.stack(poses), 8, loop=True)
    assert torch.allclose(loop.positions[1], loop.positions[-1])
    assert loop.positions[4, 0] == loop.positions[:, 0].max()


def test_an_info_from_the_front_is_the_camera_that_took_the_picture(scene):
    camera = camera_from_poses(scene, info(), 3)
    assert camera.positions.abs().max() < 1e-12
    assert torch.allclose(camera.rotations, torch.eye(3).double().expand(3, 3, 3))


@pytest.mark.parametrize(("yaw", "pitch", "x", "y"), [(10, 0, 1, 0), (0, 10, 0, -1)])
def test_an_info_goes_round_the_middle_to_the_right_and_up(scene, yaw, pitch, x, y):
    camera = camera_from_poses(scene, info(yaw, pitch), 5, easing="linear")
    middle = torch.tensor([40.0, 30.0]).double()
    # Between poses the camera goes straight, which is 0.01 pixels off the circle here.
    assert torch.allclose(seen(scene, camera, 40.0, 30.0), middle, atol=0.01)
    assert torch.allclose(seen(scene, camera, 40.0, 30.0)[[0, -1]], middle)
    place = camera.positions[-1]
    assert (place[:2].sign() * (place[:2].abs() > 1e-9)).tolist() == [x, y]
    assert place.norm() == pytest.approx(2 * math.sin(math.radians(5)) / 0.8)
    # What lies behind moves the way of the camera.
    moved = seen(scene, camera, 40.0, 30.0, which=0)[-1] - middle
    assert (moved.sign() * (moved.abs() > 1e-6)).tolist() == [x, y]


def test_a_quaternion_says_how_an_info_is_turned(scene):
    half = math.radians(10) / 2
    turn = {"x": 0.0, "y": math.sin(half), "z": 0.0, "w": math.cos(half)}
    camera = camera_from_poses(scene, [info(10), info(10, quaternion=turn)], 2)
    assert torch.allclose(camera.rotations[0], camera.rotations[1])


def test_a_list_of_infos_starts_where_its_first_is_and_zooms(scene, caplog):
    camera = camera_from_poses(scene, [info(5), info(-5, zoom=1.5), info(60, distance=2)], 3)
    assert camera.positions[0, 0] > 0 > camera.positions[1, 0]
    assert (camera.focals / scene.focal).tolist() == [1, 1.5, 1]
    (record,) = caplog.records
    assert "turns by up to 60 degrees" in record.getMessage()


SCALED, TURNED_OVER = matrix(), matrix()
SCALED[0, 0] = 2
TURNED_OVER[3, 0] = 1


@pytest.mark.parametrize(
    ("poses", "message"),
    [
        ([], "list of 4 x 4 matrices"),
        ([[1, 2], [3, 4]], "list of 4 x 4 matrices"),
        ([["a"]], "list of 4 x 4 matrices"),
        ([[[1, 2, 3, 4]], [[1]]], "list of 4 x 4 matrices"),
        ([matrix() * math.nan], "numbers are finite"),
        ([TURNED_OVER], "transposed"),
        ([SCALED], "without any scale"),
        ([{"position": 3}], "a position and a target"),
        ([info(), matrix()], "a position and a target"),
        (info(distance=0), "two places"),
        (info(zoom=-1), "above 0"),
    ],
)
def test_what_is_no_pose_is_one_sentence(scene, poses, message):
    with pytest.raises(ValueError, match=message):
        camera_from_poses(scene, poses, 3)


def test_a_scene_without_depth_and_no_frame_are_one_sentence(scene):
    sky = LayeredScene(layer((0, 0, 80, 60), 0.0, "plate"), (), SIZE)
    with pytest.raises(ValueError, match="infinitely far"):
        camera_from_poses(sky, [matrix(x=0.1)], 3)
    assert len(camera_from_poses(sky, [matrix(yaw=0.1)], 3)) == 3
    with pytest.raises(ValueError, match="1 frame or more"):
        camera_from_poses(scene, [matrix()], 0)
