"""What of the plate a camera shows."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import disparity_at, views
from cartoon_models.scene.moves.keyframes import camera_keyframes
from cartoon_models.scene.moves.presets import PRESETS, camera_preset
from cartoon_models.scene.render.frames import render_frames
from cartoon_models.scene.reveal import frame_coverage, missing_pixels, reveal_mask
from cartoon_models.scene.trace import looks_at, relief_at

SIZE = (40, 56)


def layer(box, plane, name, relief=None, alpha=1.0):
    x1, y1, x2, y2 = box
    rgba = torch.full((y2 - y1, x2 - x1, 4), alpha)
    return Layer(name, rgba, (x1, y1), plane, relief)


def waves(height, width, strength):
    rows, columns = np.mgrid[:height, :width] / 6.0
    return torch.from_numpy((strength * np.sin(rows) * np.cos(columns)).astype(np.float32))


@pytest.fixture(scope="module")
def scene():
    plate = layer((-8, -8, 64, 48), (0.2, 0.02, 0.1), "plate")
    far = layer((8, 6, 20, 30), (0.5, 0.0, 0.0), "character 0")
    near = layer((26, 12, 44, 36), (0.9, 0.05, -0.1), "character 1")
    return LayeredScene(plate, (far, near), SIZE)


@pytest.fixture(scope="module")
def rolling(scene):
    rough = layer((8, 6, 20, 30), (0.5, 0.0, 0.0), "character 0", waves(24, 12, 0.04))
    ground = replace(scene.plate, relief=waves(56, 72, 0.02))
    return replace(scene, plate=ground, layers=(rough, scene.layers[1]))


def only(scene, mask):
    """The scene with a plate that is known where a mask is 1."""
    rgba = scene.plate.rgba * mask[..., None]
    return replace(scene, plate=replace(scene.plate, rgba=rgba))


def test_the_picture_shows_the_plate_beside_its_layers(scene):
    reveal = reveal_mask(scene, Camera.still(1.0))
    assert reveal.mask.shape == (56, 72) and reveal.mask.dtype == torch.float32
    expected = torch.zeros(56, 72)
    expected[8:48, 8:64] = 1
    expected[14:38, 16:28] = expected[20:44, 34:52] = 0
    grown = torch.nn.functional.max_pool2d(expected[None], 5, 1, 2)[0]
    # What lies less than a pixel off the frame counts as seen.
    assert (reveal.mask >= grown).all() and (reveal.mask - grown)[8:46, 8:62].max() == 0
    assert reveal.mask[16:36, 18:26].max() == 0 and reveal.mask[:4].max() == 0
    assert reveal.coverage.tolist() == [1]


def test_a_truck_uncovers_a_band_beside_a_layer(scene):
    flat = replace(
        scene,
        plate=replace(scene.plate, plane=(0.2, 0.0, 0.0)),
        layers=(replace(scene.layers[0], plane=(0.7, 0.0, 0.0)),),
    )
    # The layer goes 7 pixels to the left, the plate 2: 5 are uncovered at its right side.
    camera = replace(Camera.still(1.0), positions=torch.tensor([[10 / 56, 0.0, 0.0]]))
    shown = reveal_mask(flat, camera).mask[20]
    assert shown[8 + 15 + 2 : 8 + 64 - 8 + 2].min() == 1  # two more are read by bicubic samples
    assert shown[8 + 3 + 2 : 8 + 15 - 2].max() == 0


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "still"])
@pytest.mark.parametrize("kind", ["scene", "rolling"])
def test_what_the_mask_leaves_out_is_never_seen(request, name, kind):
    made = request.getfixturevalue(kind)
    camera = camera_preset(name, made, 5, amount=0.08, instance=None)
    reveal = reveal_mask(made, camera)
    hidden = 1 - reveal.mask
    assert hidden.sum() > 100
    filled = only(made, reveal.mask)
    assert torch.equal(frame_coverage(filled, camera), reveal.coverage)
    # and of what it has, something is: with the plate's known part eaten away it shows
    inner = 1 - torch.nn.functional.max_pool2d(hidden[None], 7, 1, 3)[0]
    assert frame_coverage(only(made, inner), camera).min() < 1


@pytest.mark.parametrize(("focus", "aperture"), [(1.0, 0.02), (1.0, 0.1), (0.2, 0.1)])
def test_what_lens_blur_reaches_is_not_left_out(focus, aperture):
    plate = layer((-60, -60, 220, 180), (0.2, 0.0, 0.0), "plate")
    scene = LayeredScene(
        plate, (layer((40, 20, 130, 100), (0.9, 0, 0), "character 0"),), (120, 160)
    )
    sharp = replace(Camera.still(1.0, 2), positions=torch.tensor([[0.0, 0, 0], [0.05, 0, 0]]))
    camera = replace(sharp, focus=torch.full((2,), focus), aperture=torch.full((2,), aperture))
    mask = reveal_mask(scene, camera).mask
    assert (mask >= reveal_mask(scene, sharp).mask).all() and 0.1 < (1 - mask).mean()
    ink = torch.rand(mask.shape, generator=torch.Generator().manual_seed(0))
    painted = plate.rgba.clone()
    painted[..., :3] *= torch.where(mask == 1, torch.ones(()), ink)[..., None]
    other = replace(scene, plate=replace(plate, rgba=painted))
    for one, two in zip(render_frames(scene, camera), render_frames(other, camera), strict=True):
        assert (one - two).abs().max() < 1 / 255


def test_coverage_counts_pixels_that_show_nothing(scene):
    bare = replace(scene, layers=())
    aside = Camera.still(1.0, 3)
    steps = torch.tensor([[0.0, 0.0], [12.5 / 56, 0.0], [-8 / 56, 10 / 56]])
    camera = replace(aside, shifts=steps.double())
    # 12.5 to the right with 8 at hand: 4 columns are empty and of one half is.
    found = frame_coverage(
        replace(bare, plate=layer((-8, -8, 64, 48), (0.2, 0, 0), "plate")), camera
    )
    assert found.tolist() == pytest.approx([1, 1 - 5 / 56, 1 - 2 / 40])
    behind = layer((-30, 0, 20, 40), (0.2, 0.0, 0.0), "wall")
    hidden = replace(bare, plate=layer((-8, -8, 64, 48), (0.2, 0, 0), "plate"), layers=(behind,))
    assert frame_coverage(hidden, camera).tolist()[:2] == [1, 1]


def test_a_picture_that_is_transparent_itself_is_covered_as_it_is(scene):
    rgba = scene.plate.rgba.clone()
    rgba[10:14, 10:60] = 0  # in the picture, in the open
    rgba[20:30, 40:46] = 0  # behind a character
    rgba[:, :3] = 0  # in the margin
    holed = replace(scene, plate=replace(scene.plate, rgba=rgba))
    missing = missing_pixels(holed) > 0
    assert not missing[10:14, 10:60].any()
    assert missing[20:30, 40:46].all() and missing[:, :3].all()
    assert missing.sum() == 10 * 6 + 56 * 3
    assert reveal_mask(holed, Camera.still(1.0)).coverage.tolist() == [1]
    soft = replace(scene, plate=layer((-8, -8, 64, 48), (0.2, 0, 0), "plate", alpha=0.3))
    assert reveal_mask(soft, Camera.still(1.0)).coverage.tolist() == [1]


def test_a_cut_out_is_transparent_behind_its_layers_and_past_its_edges_too(scene):
    rgba = torch.zeros_like(scene.plate.rgba)
    cut_out = replace(scene, plate=replace(scene.plate, rgba=rgba))
    assert not missing_pixels(cut_out).any()
    rgba = rgba.clone()
    rgba[8:-8, 8:20] = 1  # a wall at the left, that the margin goes on with
    walled = missing_pixels(replace(scene, plate=replace(scene.plate, rgba=rgba))) > 0
    assert walled[8:-8, :8].all() and not walled[:, 24:].any()


def test_layers_hide_together_what_none_of_them_hides_alone(scene):
    thin = [layer((10, 10, 30, 30), (0.5, 0.0, 0.0), name, alpha=0.95) for name in "ab"]
    rgba = scene.plate.rgba.clone()
    rgba[8 + 10 : 8 + 30, 8 + 10 : 8 + 30] = 0
    made = replace(scene, plate=replace(scene.plate, rgba=rgba), layers=tuple(thin))
    assert (missing_pixels(made) > 0).sum() == 400
    still = reveal_mask(made, Camera.still(1.0))
    assert still.coverage.tolist() == [1] and still.mask[22:32, 22:32].max() == 0
    alone = replace(made, layers=tuple(thin[:1]))
    assert not missing_pixels(alone).any()  # the picture was transparent there
    apart = replace(made, layers=(thin[0], replace(thin[1], plane=(0.9, 0.0, 0.0))))
    moved = camera_preset("truck", apart, 3, amount=0.1)
    assert frame_coverage(apart, moved).min() < 1


def test_relief_that_is_level_is_a_plane(scene):
    def raised(each):
        at, *slopes = each.plane
        lifted = torch.full(each.rgba.shape[:2], 0.1)
        return replace(each, plane=(at - 0.1, *slopes), relief=lifted)

    made = replace(scene, plate=raised(scene.plate), layers=tuple(map(raised, scene.layers)))
    for name, amount in (("arc", 0.1), ("push-in", 0.1), ("handheld", 0.3)):
        camera = camera_preset(name, scene, 4, amount=amount)
        flat, level = reveal_mask(scene, camera), reveal_mask(made, camera)
        assert (flat.mask != level.mask).float().mean() < 0.005
        torch.testing.assert_close(flat.coverage, level.coverage, atol=0.01, rtol=0)


def test_what_a_frame_shows_of_a_relief_is_what_goes_there(rolling):
    key = {"time": 0, "x": 0.1, "z": 0.05, "yaw": 2, "roll": 5, "zoom": 1.2}
    camera = camera_keyframes(rolling, [key], 1)
    across, along = (part[0].numpy() for part in views(rolling, camera))
    columns, rows = np.arange(SIZE[1]) + 0.5, np.arange(SIZE[0]) + 0.5
    expected = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    for each in rolling.painted:
        x, y = looks_at(rolling, each, across, along, columns, rows)
        found = np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float64)
        disparity = disparity_at(each.plane, SIZE, torch.from_numpy(found)).numpy()
        if each.relief is not None:
            disparity = disparity + relief_at(each, found)
        seen = np.c_[found, np.ones(len(found))] @ across.T + disparity[:, None] * along
        assert np.abs(seen[:, :2] / seen[:, 2:] - expected).max() < 0.02


def test_frames_of_another_size_show_more_of_the_plate(scene):
    tall = reveal_mask(scene, Camera.still(1.0), size=(50, 56))
    assert tall.coverage.tolist() == [1] and tall.mask[2:].amax(1).min() == 1
    taller = reveal_mask(scene, Camera.still(1.0), size=(2 * 64, 2 * 56))
    assert taller.coverage.tolist() == pytest.approx([56 / 64])


def test_progress_is_told_and_stops_the_work(scene):
    told = []
    reveal_mask(scene, Camera.still(1.0, 3), progress=lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reveal_mask(scene, Camera.still(1.0, 3), progress=stop)
