"""The scene benchmark's worlds are exact, its baselines do what they say, and it runs."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks import scene as command
from benchmarks import scene_cases
from benchmarks.scene_baselines import backward_warp, splat, widened
from benchmarks.scene_worlds import move, street
from cartoon_models.scene.camera import Camera
from cartoon_models.scene.geometry import views
from cartoon_models.scene.render.frames import render_frames


@pytest.fixture(scope="module")
def world():
    return street((90, 160), samples=3)


@pytest.fixture(scope="module")
def still(world):
    return world.see(Camera.still(1.0))[0]


def matrices(world, camera):
    return (part[0].numpy() for part in views(world.scene(0.0), camera))


def test_the_world_and_its_layers_are_the_same_picture(world, still):
    drawn = next(render_frames(world.scene(), Camera.still(1.0))).numpy()
    # Where two layers share a pixel, the true one knows which points of it are whose.
    assert scene_cases.psnr(drawn, still.picture) > 45
    assert scene_cases.psnr(drawn, scene_cases.flat(world.scene())) > 100
    assert set(np.unique(still.layer)) == {0, 1, 2, 3} and still.known.all()
    x, y = np.meshgrid(np.arange(160) + 0.5, np.arange(90) + 0.5)
    assert np.abs(still.source - np.stack([x, y], axis=-1)).max() < 1e-9
    found = world.instances()
    assert len(found) == 3 and 0.05 < float(found.masks.mean()) < 0.3


def test_what_moves_in_a_world_is_what_geometry_says(world):
    (truth,) = world.see(move("truck", amount=0.1))
    x = np.arange(160) + 0.5
    nearest = truth.layer == 3
    expected = np.broadcast_to(x + 160 * 0.1 * 0.9, truth.layer.shape)
    assert np.abs(truth.source[nearest][:, 0] - expected[nearest]).max() < 1e-9
    assert truth.disparity[nearest] == pytest.approx(0.9)
    assert not truth.known[:, -2:].any() and truth.known[:, :100].all()


@pytest.mark.parametrize("baseline", [backward_warp, splat])
def test_baselines_give_the_picture_back_and_follow_a_flat_one(world, still, baseline):
    across, along = matrices(world, Camera.still(1.0))
    frame, places = baseline(still.picture, still.disparity, across, along)
    assert scene_cases.psnr(frame, still.picture) > (60 if baseline is backward_warp else 35)
    assert np.abs(places - still.source).max() < 0.51
    across, along = matrices(world, move("truck", amount=10 / 160))
    flat = np.full_like(still.disparity, 0.5)
    _, places = baseline(still.picture, flat, across, along)
    assert np.abs(places - still.source - (5, 0))[:, :150].max() < 0.3


def test_layers_beat_single_sheets_and_are_not_stretched(world, still):
    scene = world.scene()
    for name in ("truck", "push-in"):
        camera = move(name, amount=0.08)
        (truth,) = world.see(camera)
        across, along = (part[0].numpy() for part in views(scene, camera))
        ours = next(render_frames(scene, camera)).numpy()
        places = scene_cases._places(world, scene, camera)
        assert scene_cases._stretched(places, truth) == 0
        mine = scene_cases.psnr(ours[truth.known], truth.picture[truth.known])
        for baseline in (backward_warp, splat):
            picture, places = baseline(still.picture, still.disparity, across, along)
            assert mine > scene_cases.psnr(picture[truth.known], truth.picture[truth.known])
            assert scene_cases._stretched(places, truth) > 0.01


def test_near_things_are_widened():
    disparity = np.zeros((5, 5), np.float32)
    disparity[2, 2] = 1
    assert widened(disparity, 1).sum() == 9 and widened(disparity, 0) is disparity


def test_what_a_frame_needs_at_the_least_is_counted():
    scene = replace(street((90, 160), samples=1).scene(), layers=())
    assert scene_cases.least_bytes(scene) == 90 * 160 * (16 + 12)


def test_a_part_that_fails_is_told(monkeypatch, capsys):
    def run(part, options):
        return {"failed": ["reason"]} if part == "plate" else {"figure": 1}

    monkeypatch.setattr(command, "_run_apart", run)
    assert command.main(["--quick"]) == 1
    assert '"failed": [\n    "plate"\n  ]' in capsys.readouterr().out
    assert command.main(["--quick", "--parts", "exact"]) == 0


def test_the_exact_part_measures(monkeypatch):
    report = scene_cases.exact(True)
    assert report["identity_psnr"] > 100 and report["pan_psnr"] > 100
    assert report["identity_psnr_built"] > 60
    assert all(each["least_coverage"] == 1 for each in report["safe"].values())
    if not torch.cuda.is_available():
        assert scene_cases.cuda(True) == {"skipped": "no CUDA device"}
