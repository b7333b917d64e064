"""Cut-outs: sizes, places, transparency, and no halo of the old background on a new one."""

import cv2
import numpy as np
import pytest
import torch

from cartoon_models.instances import Instances, cut_out, cut_out_boxes
from cartoon_models.instances import cutout as module


def disc(size, center, radius, line=6, seed=0):
    """A drawn disc with a dark outline: the picture, its own colours, and its exact alpha."""
    height, width = size
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    distance = np.hypot(x - center[0], y - center[1])
    alpha = np.clip(radius - distance + 0.5, 0, 1)
    inner = np.clip(radius - line - distance + 0.5, 0, 1)[..., None]
    own = inner * np.float32([1.0, 0.8, 0.7]) + (1 - inner) * np.float32([0.1, 0.05, 0.1])
    rng = np.random.default_rng(seed)
    noise = cv2.resize(rng.random((8, 8, 3), np.float32), (width, height))
    background = np.clip(np.float32([0.1, 0.9, 0.2]) + 0.2 * noise, 0, 1)
    picture = alpha[..., None] * own + (1 - alpha[..., None]) * background
    return picture.astype(np.float32), own.astype(np.float32), alpha


def halo(cut, own, true_alpha):
    """Mean colour error in 1/255 of the soft pixels, as they weigh in a composite."""
    alpha = cut[..., 3]
    soft = (alpha > 0.02) & (alpha < 0.99) & (true_alpha > 0.02)
    return 255 * np.abs((cut[..., :3] - own) * alpha[..., None])[soft].mean()


@pytest.mark.parametrize(
    ("blurred", "shift", "share"), [(0, 0, 0.1), (1.0, 0, 0.25), (0.7, 1, 0.35)]
)
def test_no_halo(blurred, shift, share):
    picture, own, alpha = disc((160, 200), (100.3, 80.6), 55.2)
    mask = np.roll(alpha, shift, axis=1)  # a mask that is a pixel off takes background along
    if blurred:
        mask = cv2.GaussianBlur(mask, (0, 0), blurred)
    found = Instances.from_masks(mask.clip(0, 1))
    raw = cut_out(picture, found, "frame", decontaminate=False)[0].numpy()
    clean = cut_out(picture, found, "frame")[0].numpy()
    assert np.array_equal(raw[..., 3], clean[..., 3])
    assert halo(raw, own, alpha) > 5
    assert halo(clean, own, alpha) < share * halo(raw, own, alpha)


def test_pure_pixels_keep_their_colour_to_the_bit_or_nearly():
    picture, _, alpha = disc((160, 200), (100, 80), 55)
    clean = cut_out(picture, Instances.from_masks(alpha), "frame")[0].numpy()
    pure = cv2.erode(alpha, np.ones((3, 3))) == 1
    assert np.abs(clean[..., :3] - picture)[pure].max() < 1e-6
    assert clean.min() >= 0 and clean.max() <= 1


def test_crop_and_frame_are_the_same_pixels():
    picture, _, alpha = disc((300, 700), (350, 150), 120)
    masks = np.stack([alpha, np.roll(alpha, 100, axis=1)])
    found = Instances.from_masks(masks)
    for margin in (0, 7):
        boxes = cut_out_boxes(found, margin).tolist()
        frames = cut_out(picture, found, "frame")
        for crop, frame, (x1, y1, x2, y2) in zip(
            cut_out(picture, found, margin=margin), frames, boxes, strict=True
        ):
            assert torch.equal(crop[..., 3], frame[y1:y2, x1:x2, 3])
            shown = crop[..., 3] > 0
            torch.testing.assert_close(crop[shown], frame[y1:y2, x1:x2][shown])


def test_tiles_leave_no_seams(monkeypatch):
    picture, _, alpha = disc((180, 240), (120, 90), 70)
    found = Instances.from_masks(cv2.GaussianBlur(alpha, (0, 0), 2))
    whole = cut_out(picture, found, "frame")
    monkeypatch.setattr(module, "_TILE", 37)
    torch.testing.assert_close(cut_out(picture, found, "frame"), whole, rtol=0, atol=1e-3)


def test_colour_under_transparency_continues_the_edge_and_ends_in_black():
    picture, own, alpha = disc((160, 200), (100, 80), 55)
    clean = cut_out(picture, Instances.from_masks(alpha), "frame")[0].numpy()
    just_outside = (alpha == 0) & (cv2.dilate(alpha, np.ones((5, 5))) > 0)
    assert np.abs(clean[just_outside][:, :3] - own[just_outside]).mean() < 0.05
    far = cv2.dilate(alpha, np.ones((21, 21))) == 0
    assert clean[far].max() == 0


def test_crops_hold_the_soft_edge_and_stay_in_the_picture():
    mask = np.zeros((20, 30), np.float32)
    mask[5:10, 6:12] = 1
    mask[5:10, 12] = 0.3
    found = Instances.from_masks(mask)
    assert found.boxes.tolist() == [[6, 5, 12, 10]]
    assert cut_out_boxes(found).tolist() == [[6, 5, 13, 10]]
    assert cut_out_boxes(found, margin=7).tolist() == [[0, 0, 20, 17]]
    assert cut_out_boxes(found, margin=99).tolist() == [[0, 0, 30, 20]]
    (crop,) = cut_out(np.zeros((20, 30, 3)), found, margin=2)
    assert crop.shape == (9, 11, 4)


def test_nothing_found_one_pixel_and_empty_masks():
    nothing = Instances.empty((5, 6))
    picture = np.full((5, 6), 128, np.uint8)
    assert cut_out(picture, nothing) == []
    assert cut_out(picture, nothing, "frame").shape == (0, 5, 6, 4)
    one = Instances.from_masks(torch.ones(1, 1, 1))
    (crop,) = cut_out(np.full((1, 1, 3), 0.25), one)
    assert crop.tolist() == [[[0.25, 0.25, 0.25, 1.0]]]
    empty = Instances.from_masks(torch.zeros(2, 5, 6), boxes=[[0, 0, 0, 0], [2, 1, 5, 3]])
    crops = cut_out(picture, empty)
    assert [tuple(crop.shape) for crop in crops] == [(1, 1, 4), (2, 3, 4)]
    assert all(crop.abs().max() == 0 for crop in crops)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1), (4, 4, 3), (4, 4, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float64])
def test_pictures_of_any_kind(shape, dtype):
    picture = np.ones(shape) if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    (crop,) = cut_out(np.full(shape, picture, dtype), Instances.from_masks(torch.ones(4, 4)))
    assert crop.dtype == torch.float32 and crop.shape == (4, 4, 4) and crop.min() == 1


def test_the_pictures_own_transparency_stays():
    picture = np.ones((4, 4, 4), np.float32)
    picture[:2, :, 3] = 0.5
    (crop,) = cut_out(picture, Instances.from_masks(torch.ones(4, 4)))
    assert crop[..., 3].tolist() == [[0.5] * 4] * 2 + [[1.0] * 4] * 2


@pytest.mark.parametrize(
    ("picture", "options", "message"),
    [
        (np.zeros((4, 5, 3)), {}, "is 5 x 4, but the instances are of a picture of 4 x 4"),
        (np.full((4, 4, 3), np.nan), {}, "NaN"),
        (np.zeros((4, 4, 3)), {"mode": "box"}, "use one of crop, frame"),
        (np.zeros((4, 4, 3)), {"margin": -1}, "from 0 up, not -1"),
    ],
)
def test_what_is_wrong_is_named(picture, options, message):
    with pytest.raises(ValueError, match=message):
        cut_out(picture, Instances.from_masks(torch.ones(4, 4)), **options)
