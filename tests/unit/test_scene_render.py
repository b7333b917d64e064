"""Frames of layered scenes: what must come out of them exactly."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from cartoon_models.errors import Cancelled
from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import disparity_at, views
from cartoon_models.scene.render.frames import render_details, render_frames
from cartoon_models.scene.render.pyramid import mip_levels
from tests.unit.small_scenes import SIZE, flat, layer, moved, psnr, scene, turned


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize("margin", [0, 8])
def test_the_still_camera_gives_the_picture_back(interpolation, margin):
    made = scene(margin, focal=1.3)
    frames = list(render_frames(made, Camera.still(1.3, 2), interpolation=interpolation))
    assert len(frames) == 2
    for frame in frames:
        assert frame.shape == (*SIZE, 3) and frame.dtype == torch.float32
        assert psnr(frame, flat(made)) >= 90


def test_every_layer_of_a_pan_moves_by_its_disparity():
    made = scene(8)
    # 10 pixels at disparity 1, which is 2, 5 and 9 pixels for these layers.
    frame = next(render_frames(made, moved(x=10 / 64)))
    pixels = torch.zeros(*SIZE, 4)
    for part, by in zip(made.painted, (2, 5, 9), strict=True):
        whole = torch.zeros(SIZE[0] + 32, SIZE[1] + 32, 4)
        x1, y1, x2, y2 = (side + 16 for side in part.box)
        whole[y1:y2, x1 - by : x2 - by] = part.rgba
        here = whole[16:-16, 16:-16]
        pixels = here + (1 - here[..., 3:]) * pixels
    assert psnr(frame, pixels[..., :3]) >= 90


def waves(height, width, offset, slope=0.0):
    """A plate whose red and green are sine waves over the picture's pixels."""
    x, y = np.meshgrid(np.arange(width) + 0.5 + offset[0], np.arange(height) + 0.5 + offset[1])
    rgba = np.dstack([0.5 + 0.4 * np.sin(x / 3), 0.5 + 0.4 * np.sin(y / 3), x * 0 + 0.5, x * 0 + 1])
    return Layer("plate", torch.from_numpy(rgba.astype(np.float32)), offset, (0.5, slope, 0.0))


@pytest.mark.parametrize(("interpolation", "bound"), [("bicubic", 0.012), ("bilinear", 0.02)])
def test_a_move_of_parts_of_pixels_is_the_pictures_own_function_moved(interpolation, bound):
    made = LayeredScene(waves(64, 80, (-8, -8)), (), SIZE)
    # At disparity 0.5: 2.3 pixels, and everything 1 / (1 - 0.1) times as large.
    camera = moved(x=4.6 / 64, z=0.2)
    frame = next(render_frames(made, camera, interpolation=interpolation))
    x = (torch.arange(SIZE[1]) + 0.5 - 32) * 0.9 + 32 + 2.3
    y = (torch.arange(SIZE[0]) + 0.5 - 24) * 0.9 + 24
    assert (frame[..., 0] - (0.5 + 0.4 * torch.sin(x / 3))).abs().max() < bound
    assert (frame[..., 1] - (0.5 + 0.4 * torch.sin(y / 3))[:, None]).abs().max() < bound


def test_past_the_plate_there_is_nothing_up_to_the_pixel():
    made = LayeredScene(layer(*SIZE, disparity=0.5), (), SIZE)
    (frame,) = render_details(made, moved(x=-10 / 64, y=6 / 64))
    expected = torch.ones(SIZE)
    expected[:, :5] = 0
    expected[-3:] = 0
    assert torch.equal(frame.alpha, expected)
    assert (frame.picture[expected == 0] == 0).all()
    assert psnr(frame.picture[:-3, 5:], made.plate.rgba[3:, :-5, :3]) >= 90


def test_enlarged_frames_have_no_dark_rim():
    made = LayeredScene(layer(*SIZE), (), SIZE)
    for size in ((96, 128), (31, 50), (200, 64)):
        (frame,) = render_details(made, Camera.still(1.0), size)
        assert frame.picture.shape == (*size, 3)
        inside = frame.alpha[76:-76] if size[0] == 200 else frame.alpha
        assert inside.min() > 0.999


def test_silhouettes_get_no_halo():
    """Cubic sampling overshoots; between a light layer and a dark plate nothing may be seen of it,
    neither darker than the plate nor lighter than the layer."""
    white = torch.zeros(20, 24, 4)
    white[4:16, 5:19] = torch.tensor([0.8, 0.8, 0.8, 1.0])
    plate = layer(*SIZE, disparity=0.0)
    plate = replace(plate, rgba=torch.tensor([0.2, 0.2, 0.2, 1.0]).expand(*SIZE, 4).contiguous())
    made = LayeredScene(plate, (Layer("white", white, (20, 14), (1.0, 0.0, 0.0)),), SIZE)
    for x in (0.3, 0.5, 0.77):
        frame = next(render_frames(made, moved(x=x / 64, y=0.4 / 64)))
        assert 0.2 - 1e-5 <= frame.min() and frame.max() <= 0.8 + 1e-5


def test_details_name_what_is_seen_and_how_far_it_is():
    made = scene()
    (frame,) = render_details(made, moved(z=0.2))
    assert frame.instances.dtype == torch.int16 and frame.alpha.min() > 0.99999
    # Disparity d seen from z nearer is 1 / (1 / d - z).
    for name, disparity in ((-1, 0.2), (0, 0.5), (1, 0.9)):
        here = frame.depth[frame.instances == name]
        assert len(here) > 100
        assert here.sub(1 / (1 / disparity - 0.2)).abs().max() < 1e-5
    pictures = render_frames(made, moved(z=0.2))
    assert torch.equal(next(pictures), frame.picture)


def coordinates(height, width, offset, plane, relief):
    """A layer whose colour tells where in the picture it is."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rgba = np.dstack([x / width, y / height, x * 0, x * 0 + 1]).astype(np.float32)
    return Layer("plate", torch.from_numpy(rgba), offset, plane, torch.from_numpy(relief))


@pytest.mark.parametrize("where", [{"x": 0.2}, {"x": -0.1, "y": 0.1, "z": 0.3}, {"z": -0.4}])
def test_relief_is_seen_where_its_points_lie(where):
    x, y = np.meshgrid(np.arange(112) / 112, np.arange(96) / 96)
    relief = (0.06 * np.sin(9 * x) * np.cos(7 * y)).astype(np.float32)
    plate = coordinates(96, 112, (-24, -24), (0.4, 0.1, 0.2), relief)
    made, camera = LayeredScene(plate, (), SIZE), moved(**where)
    (frame,) = render_details(made, camera)
    sure = frame.alpha > 0.99
    found = frame.picture[sure].double() * torch.tensor([112, 96, 1]) - 24
    found = found[:, :2]
    height = torch.from_numpy(
        cv2.remap(
            relief,
            (found[:, 0] + 23.5).float().numpy(),
            (found[:, 1] + 23.5).float().numpy(),
            cv2.INTER_LINEAR,
        )
    ).reshape(-1)
    disparity = disparity_at(plate.plane, SIZE, found) + height
    across, along = views(made, camera)
    placed = torch.cat([found, torch.ones(len(found), 1)], dim=1).double() @ across[0].T
    placed = placed + disparity[:, None] * along[0]
    y, x = torch.nonzero(sure, as_tuple=True)
    pixels = torch.stack([x + 0.5, y + 0.5], dim=1)
    assert (placed[:, :2] / placed[:, 2:] - pixels).abs().max() < 0.08
    assert (frame.depth[sure] - disparity / placed[:, 2]).abs().max() < 1e-3


def test_layers_shown_small_do_not_alias():
    board = np.indices(SIZE).sum(axis=0) % 2
    rgba = np.dstack([board] * 3 + [np.ones(SIZE)]).astype(np.float32)
    made = LayeredScene(Layer("plate", torch.from_numpy(rgba), (0, 0), (0.5, 0, 0)), (), SIZE)
    frame = next(render_frames(made, Camera.still(1.0), (12, 16)))
    assert (frame - 0.5).abs().max() < 1e-4
    frame = next(render_frames(made, Camera.still(1.0), (31, 41)))
    assert (frame - 0.5).abs().max() < 0.25  # of a board of full contrast
    assert mip_levels(1.0) == (0, 0) and mip_levels(0.95) == (0, 0)
    assert mip_levels(0.25) == (2, 0) and 0.9 < mip_levels(0.51)[1] < 1
    assert mip_levels(0.0)[0] == 16


def test_what_lies_behind_the_camera_is_not_seen():
    made = scene(40)
    (frame,) = render_details(made, moved(z=1.3))  # past the one at disparity 0.9
    assert set(frame.instances.unique().tolist()) <= {-1, 0} and frame.picture.isfinite().all()
    ground = replace(made.plate, plane=(0.6, 0.0, 1.0))
    (frame,) = render_details(replace(made, plate=ground, layers=()), moved(z=1.2))
    # What has come past the camera leaves the frame below; nothing of it comes back above.
    assert frame.picture.isfinite().all() and (frame.depth.diff(dim=0) > 0).all()


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_tiles_and_threads_change_nothing(monkeypatch, interpolation):
    from cartoon_models.scene.render import on_cpu

    made = scene(0)
    x, y = np.meshgrid(np.arange(64) / 64, np.arange(48) / 48)
    relief = torch.from_numpy((0.1 * np.sin(8 * x) * np.cos(6 * y)).astype(np.float32))
    made = replace(made, plate=replace(made.plate, relief=relief))
    camera = replace(turned(moved(x=0.1, z=0.1), 0.05), focus=[0.5], aperture=[0.08])
    frames = []
    for tile in ((128, 256), (7, 5), (16, 16)):
        monkeypatch.setattr(on_cpu, "_TILE", tile)
        frames.append(next(render_details(made, camera, (50, 67), interpolation=interpolation)))
    for other in frames[1:]:
        assert (other.picture - frames[0].picture).abs().max() < 1e-4
        assert (other.depth - frames[0].depth).abs().max() < 1e-4
        assert (other.instances != frames[0].instances).sum() == 0
    again = next(render_details(made, camera, (50, 67), interpolation=interpolation))
    assert torch.equal(again.picture, frames[-1].picture)


def test_frames_are_drawn_when_they_are_asked_for():
    done = []
    frames = render_frames(scene(), moved(10_000, x=200.0), progress=lambda *at: done.append(at))
    first, second = next(frames), next(frames)
    assert done == [(1, 10_000), (2, 10_000)]
    assert not torch.equal(first, second) and first.data_ptr() != second.data_ptr()
    frames.close()


def test_what_progress_raises_stops_the_work():
    def stop(done, total):
        if done == 2:
            raise Cancelled("stopped")

    frames = render_frames(scene(), moved(5, x=0.1), progress=stop, chunk=1)
    next(frames)
    with pytest.raises(Cancelled):
        next(frames)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interpolation": "nearest"}, "bicubic, bilinear, not 'nearest'"),
        ({"size": (0, 10)}, "not 10 x 0"),
        ({"chunk": 0}, "not 0"),
        ({"motion_blur": -1}, "not -1"),
        ({"shutter": 1.5}, "not for 1.5"),
    ],
)
def test_options_that_are_none_are_one_sentence(options, message):
    with pytest.raises(ValueError, match=message):
        render_frames(scene(), moved(), **options)


def test_the_smallest_layers_and_frames_are_drawn():
    dot = Layer("dot", torch.ones(1, 1, 4), (32, 24), (1.0, 0.0, 0.0), instance=3)
    made = LayeredScene(layer(*SIZE), (dot,), SIZE)
    (frame,) = render_details(made, moved(x=0.01))
    assert (frame.instances == 3).sum() == 1
    assert next(render_frames(made, moved(), (1, 1))).shape == (1, 1, 3)
    empty = replace(dot, rgba=torch.zeros(1, 1, 4))
    without, without_any = replace(made, layers=(empty,)), replace(made, layers=())
    one, other = (next(render_frames(each, moved(x=0.01))) for each in (without, without_any))
    assert torch.equal(one, other)
