"""The plate of a scene, filled for a camera or altogether."""

import pytest
import torch

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.moves.presets import camera_preset
from cartoon_models.scene.plate.refill import apart, fill_scene, smaller, to_fill, with_filled
from cartoon_models.scene.reveal import reveal_mask


def scene(height=60, width=80, margin=6, relief=None):
    """A plate with a slope of colours and a hole behind a block, and nothing in its margin."""
    full = (height + 2 * margin, width + 2 * margin)
    plate = torch.ones(*full, 4)
    plate[..., 0] = torch.linspace(0.1, 0.9, full[1])
    plate[..., 1] = torch.linspace(0.2, 0.7, full[0])[:, None]
    known = torch.zeros(full, dtype=torch.bool)
    known[margin:-margin, margin:-margin] = True
    y, x = height // 3, width // 3
    known[margin + y : margin + 2 * y, margin + x : margin + 2 * x] = False
    plate[~known] = 0
    block = torch.ones(y, x, 4)
    layer = Layer("block", block, (x, y), (1.0, 0.0, 0.0), instance=0)
    if relief is not None:
        relief = torch.linspace(-relief, relief, full[1]).expand(full).contiguous()
    made = Layer("plate", plate, (-margin, -margin), (0.2, 0.0, 0.0), relief)
    return LayeredScene(made, (layer,), (height, width))


@pytest.mark.parametrize("method", ["auto", "diffuse", "cv2"])
def test_everything_unknown_is_filled_and_nothing_else_changed(method):
    before = scene()
    known = before.plate.rgba[..., 3] > 0
    done = fill_scene(before, method=method)
    after = done.scene.plate.rgba
    assert torch.equal(done.hole, ~known) and done.coverage is None
    assert after[..., 3].min() == 1 and torch.equal(after[known], before.plate.rgba[known])
    middle = after[36, 46, :3]
    assert (middle - torch.tensor([0.5, 0.45, 1.0])).abs().max() < 0.15
    assert before.plate.rgba[36, 46, 3] == 0  # a new value was made


@pytest.mark.parametrize("size", [(60, 80), (300, 401)])
@pytest.mark.parametrize("relief", [None, 0.01])
def test_only_what_a_camera_shows_is_filled(size, relief):
    before = scene(*size, relief=relief)
    camera = camera_preset("truck", before, frames=9, amount=0.05)
    missing = to_fill(before, None)
    wanted = to_fill(before, camera)
    exact = missing & (reveal_mask(before, camera).mask > 0)
    assert not (exact & ~wanted).any()  # never less than what is seen
    assert wanted.sum() < 0.6 * missing.sum()
    done = fill_scene(before, camera, method="diffuse")
    assert torch.equal(done.hole, wanted) and float(done.coverage.min()) == 1
    assert torch.equal(done.scene.plate.rgba[..., 3] > 0, ~missing | wanted)


def test_a_camera_that_stands_still_needs_no_more_than_what_lies_beside_the_frame():
    before = scene(300, 401)
    done = fill_scene(before, Camera.still(1.0, 3), method="diffuse")
    block = done.hole[6:-6, 6:-6]
    assert block[110:190, 140:260].sum() == 0


def test_something_else_may_fill():
    def paint(colors, hole):
        assert colors.shape == (72, 92, 3) and hole.shape == (72, 92)
        return torch.full_like(colors, 0.25)

    before = scene()
    done = fill_scene(before, fill=paint)
    assert bool((done.scene.plate.rgba[done.hole][:, :3] == 0.25).all())
    with pytest.raises(ValueError, match="4 x 3, but the scene's is 92 x 72"):
        with_filled(before, torch.zeros(3, 4, 3), done.hole)


def test_nothing_to_fill_and_nothing_to_fill_from(caplog):
    before = scene()
    full = fill_scene(before).scene
    again = fill_scene(full)
    assert again.scene is full and not again.hole.any()
    empty = LayeredScene(
        Layer("plate", torch.zeros(20, 30, 4), (0, 0), (0.2, 0.0, 0.0)),
        (Layer("all", torch.ones(20, 30, 4), (0, 0), (1.0, 0.0, 0.0)),),
        (20, 30),
    )
    done = fill_scene(empty)
    assert done.scene.plate.rgba.max() == 0 and "cover the whole picture" in caplog.text


def test_progress_may_stop_it():
    class Stop(Exception):
        pass

    def progress(done, total):
        raise Stop

    with pytest.raises(Stop):
        fill_scene(scene(), method="patchmatch", progress=progress)


def test_a_smaller_copy_hides_no_more_than_the_scene():
    full = scene(61, 83, margin=7)
    small = smaller(full, 4)
    assert small.size == (16, 21) and small.plate.offset == (-2, -2)
    assert smaller(full, 1) is full
    block, shrunk = full.layers[0], small.layers[0]
    assert shrunk.rgba[..., 3].sum() * 16 <= block.rgba[..., 3].sum()
    assert small.plate.rgba[..., 3].min() == 0


def test_frames_far_enough_apart():
    made = scene()
    camera = camera_preset("truck", made, frames=101, amount=0.1, easing="linear")
    few = apart(made, camera, 1.0)
    assert 8 <= len(few) <= 12
    assert torch.equal(few.positions[[0, -1]], camera.positions[[0, -1]])
    assert len(apart(made, Camera.still(1.0, 9), 1.0)) == 2
    assert len(apart(made, Camera.still(1.0, 1), 1.0)) == 1
