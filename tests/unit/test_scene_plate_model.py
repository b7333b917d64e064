"""Holes filled by a network that another pack has loaded."""

import numpy as np
import pytest
import torch
from torch import nn

from cartoon_models.errors import CelKitError
from cartoon_models.scene.plate.inpaint_model import fill_with_model

SIZE = (80, 150)
Y, X = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
HOLE = np.zeros(SIZE, bool)
HOLE[20:60, 30:90] = True
PICTURE = np.stack([X / 300 + 0.2, Y / 200 + 0.2, np.full(SIZE, 0.5, np.float32)], axis=2)


class Filler(nn.Module):
    """Fills with the mean of what it sees, and remembers what it was given."""

    def __init__(self, dtype=torch.float32):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, dtype=dtype))
        self.given = []

    def forward(self, image, mask):
        assert image.dtype == mask.dtype == self.scale.dtype
        self.given.append((image, mask))
        known = 1 - mask
        mean = (image * known).sum((2, 3), keepdim=True) / known.sum((2, 3), keepdim=True)
        return image * known + mean * mask * self.scale


def test_the_network_fills_the_hole_and_nothing_else():
    model = Filler()
    found = fill_with_model(PICTURE, HOLE, model, window=64, fit=False).numpy()
    assert np.array_equal(found[~HOLE], PICTURE[~HOLE])
    assert np.abs(found - PICTURE)[HOLE].max() < 0.25
    for image, mask in model.given:
        assert image.shape[2] % 64 == 0 and image.shape[3] % 64 == 0
        assert mask.shape == (1, 1, *image.shape[2:]) and set(mask.unique().tolist()) <= {0, 1}
        assert not bool((image * mask).any())  # what is under the hole is not shown


def test_windows_show_the_picture_at_its_own_size_and_see_each_other():
    model = Filler()
    fill_with_model(PICTURE, HOLE, model, window=128)
    assert all(max(image.shape[2:]) <= 128 for image, _ in model.given)
    missing = [float(mask.sum()) for _, mask in model.given]
    assert len(missing) > 1 and missing[-1] < missing[0]


def test_a_network_is_called_in_its_own_precision_but_not_in_half():
    found = fill_with_model(PICTURE, HOLE, Filler(torch.bfloat16))
    assert found.dtype == torch.float32
    with pytest.raises(CelKitError, match="float16"):
        fill_with_model(PICTURE, HOLE, Filler(torch.float16))


def test_autocast_is_off_inside():
    seen = []

    def model(image, mask):
        seen.append(torch.is_autocast_enabled("cpu"))
        return image

    with torch.autocast("cpu"):
        fill_with_model(PICTURE, HOLE, model)
    assert seen and not any(seen)


def test_colours_that_shift_are_matched():
    def shifted(image, mask):
        truth = torch.from_numpy(PICTURE).permute(2, 0, 1)[None]
        full = torch.zeros_like(image)
        full[..., : SIZE[0], : SIZE[1]] = truth
        return full * 0.8 + 0.1

    found = fill_with_model(PICTURE, HOLE, shifted, window=256).numpy()
    assert np.abs(found - PICTURE).max() < 0.01


def test_a_descriptor_that_holds_a_network_is_taken():
    class Descriptor:
        def __init__(self):
            self.model = Filler(torch.bfloat16)

        def __call__(self, image, mask):
            return self.model(image, mask)

    fill_with_model(PICTURE, HOLE, Descriptor())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda image, mask: image[..., :-1], "same size"),
        (lambda image, mask: None, "NoneType"),
        (lambda image, mask: image * float("nan"), "NaN"),
    ],
)
def test_what_is_no_picture_is_refused(model, message):
    with pytest.raises(CelKitError, match=message):
        fill_with_model(PICTURE, HOLE, model)


def test_bad_input_gets_a_sentence():
    with pytest.raises(ValueError, match="whole picture"):
        fill_with_model(PICTURE, np.ones(SIZE), Filler())
    with pytest.raises(ValueError, match="64"):
        fill_with_model(PICTURE, HOLE, Filler(), window=8)


def test_without_a_hole_the_network_is_not_called():
    model = Filler()
    found = fill_with_model(PICTURE, np.zeros(SIZE, bool), model)
    assert np.array_equal(found.numpy(), PICTURE) and not model.given


def test_progress_is_told():
    told = []
    fill_with_model(PICTURE, HOLE, Filler(), window=64, progress=lambda *at: told.append(at))
    assert told[0][0] == 0 and told[-1][0] == told[-1][1] == len(told) - 1
