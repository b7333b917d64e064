"""The background plate: what it keeps, what it fills, what it refuses."""

import numpy as np
import pytest
import torch

from cartoon_models.scene.plate.filling import Plate, fill_background

METHODS = ("auto", "diffuse", "patchmatch", "cv2")


def gradient(height=40, width=48):
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return np.stack([x / width, y / height, 0.5 + 0 * x], axis=2).astype(np.float32)


def hole_in(height=40, width=48, box=(16, 12, 30, 26)):
    hole = np.zeros((height, width), bool)
    hole[box[1] : box[3], box[0] : box[2]] = True
    return hole


@pytest.mark.parametrize("method", METHODS)
def test_what_the_picture_showed_stays_bit_for_bit(method):
    picture, hole = gradient(), hole_in()
    plate = fill_background(picture, hole, method=method, margin=(3, 5, 7, 2))
    assert plate.picture.shape == (40 + 5 + 2, 48 + 3 + 7, 3)
    assert plate.offset == (-3, -5)
    inside = plate.picture[5:45, 3:51].numpy()
    assert np.array_equal(inside[~hole], picture[~hole])
    assert np.array_equal(plate.hole[5:45, 3:51].numpy(), hole)
    assert plate.hole[:5].all() and plate.hole[:, :3].all()
    assert plate.coverage == 1.0
    assert bool((plate.confidence[~plate.hole] == 1).all())


def test_diffusion_continues_a_gradient():
    picture, hole = gradient(), hole_in()
    plate = fill_background(picture, hole, method="diffuse")
    assert np.abs(plate.picture.numpy() - picture).max() < 0.02


def test_nothing_under_the_hole_is_looked_at():
    picture, hole = gradient(), hole_in()
    changed = picture.copy()
    changed[hole] = [1, 0, 1]
    for method in METHODS:
        first = fill_background(picture, hole, method=method, margin=2)
        second = fill_background(changed, hole, method=method, margin=2)
        assert torch.equal(first.picture, second.picture)


def test_only_what_will_be_seen_is_filled():
    picture, hole = gradient(), hole_in()
    reveal = np.zeros((44, 52), np.float32)
    reveal[:, 18:24] = 0.3
    plate = fill_background(picture, hole, margin=2, reveal=reveal)
    assert np.array_equal((plate.filled & plate.hole).numpy(), plate.hole.numpy() & (reveal > 0))
    assert plate.coverage == pytest.approx(
        float((plate.hole.numpy() & (reveal > 0)).sum()) / float(plate.hole.sum())
    )
    small = fill_background(picture, hole, margin=2, reveal=reveal[2:-2, 2:-2])
    assert not bool(small.filled[:2].any())


def test_rgba_is_clear_where_nothing_was_filled():
    plate = fill_background(gradient(), hole_in(), reveal=np.zeros((40, 48)))
    rgba = plate.rgba()
    assert rgba.shape == (40, 48, 4)
    assert torch.equal(rgba[..., 3] == 0, plate.hole)
    assert not bool(rgba[plate.hole].any())


def test_a_picture_without_a_hole_stays_as_it_is():
    picture = gradient()
    plate = fill_background(picture, np.zeros((40, 48), bool))
    assert np.array_equal(plate.picture.numpy(), picture)
    assert plate.coverage == 1.0


def test_a_soft_mask_goes_with_all_of_its_edge():
    hole = np.zeros((40, 48), np.float32)
    hole[10, 10] = 0.01
    assert int(fill_background(gradient(), hole).hole.sum()) == 1


def test_tensors_grey_and_transparent_pictures_are_taken():
    hole = torch.from_numpy(hole_in())
    for picture in (torch.rand(40, 48), torch.rand(40, 48, 1), torch.rand(40, 48, 4)):
        assert fill_background(picture, hole, method="diffuse").picture.shape == (40, 48, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hole": np.ones((40, 48))}, "covers the whole picture"),
        ({"hole": np.ones((40, 47))}, r"hole is \[40, 48\]"),
        ({"hole": np.full((40, 48), np.nan)}, "NaN"),
        ({"method": "magic"}, "magic"),
        ({"margin": -1}, "-1"),
        ({"margin": (1, 2)}, r"\(1, 2\)"),
        ({"reveal": np.ones((3, 3))}, r"\[3, 3\]"),
        ({"sources_excluded": np.ones((3, 3))}, r"\[3, 3\]"),
    ],
)
def test_bad_input_gets_a_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        fill_background(**({"picture": gradient(), "hole": hole_in()} | arguments))


def test_a_plates_parts_fit_together():
    picture, flat = torch.zeros(4, 5, 3), torch.zeros(4, 5)
    with pytest.raises(ValueError, match="hole"):
        Plate(picture, (0, 0), flat, flat)
    with pytest.raises(ValueError, match="confidence"):
        Plate(picture, (0, 0), flat.bool(), flat[:2])


def test_progress_is_told_and_can_stop_the_work():
    told = []
    fill_background(gradient(), hole_in(), progress=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0 and told[-1][0] == told[-1][1]

    def stop(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fill_background(gradient(), hole_in(), progress=stop)
