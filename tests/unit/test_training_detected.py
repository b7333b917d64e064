"""Coarse masks from a detector: the right figure's, for the share asked for, and repeatable."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from cartoon_models.picture import read_picture
from training.detected import SIDES, STEP, DetectedMasks

EXAMPLE = Path(__file__).parents[2] / "pictures" / "characters.png"


def figure(columns):
    mask = np.zeros((40, 60), np.uint8)
    mask[5:35, columns] = 255
    return mask


@pytest.fixture
def finds_two(monkeypatch):
    """Finds the figure at the left a little too wide, and another one."""
    sides = []

    def detect(self, picture, side):
        sides.append(side)
        found = np.zeros((2, 40, 60), np.float32)
        found[0, 5:35, 40:55] = 0.9
        found[1, 5:35, 4:24] = 0.8
        return found

    monkeypatch.setattr(DetectedMasks, "_detect", detect)
    return sides


def test_the_mask_is_that_of_the_figure_asked_for(finds_two):
    rng = np.random.default_rng(0)
    picture = np.zeros((40, 60, 3), np.uint8)
    made = [DetectedMasks(share=1)(rng, picture, figure(slice(5, 20))) for _ in range(60)]
    assert all(mask.dtype == np.float32 and mask.shape == (40, 60) for mask in made)
    assert all(mask[20, 22] == np.float32(0.8) and mask[20, 45] == 0 for mask in made)
    assert min(finds_two) == SIDES[0] and max(finds_two) == SIDES[1]
    assert all(side % STEP == 0 for side in finds_two)


def test_a_figure_that_is_not_found_has_no_mask(finds_two):
    mask = DetectedMasks(share=1)(
        np.random.default_rng(0), np.zeros((40, 60, 3), np.uint8), figure(slice(28, 36))
    )
    assert mask is None


def test_only_a_share_of_the_crops_asks_the_detector(finds_two):
    rng, picture = np.random.default_rng(1), np.zeros((40, 60, 3), np.uint8)
    masks = DetectedMasks(share=0.25)
    there = [masks(rng, picture, figure(slice(5, 20))) is not None for _ in range(400)]
    assert 70 <= sum(there) <= 130 and len(finds_two) == sum(there)
    assert DetectedMasks(share=0)(rng, picture, figure(slice(5, 20))) is None
    with pytest.raises(ValueError, match="between 0 and 1"):
        DetectedMasks(share=1.5)


def test_the_embedded_detector_gives_the_same_mask_in_any_process():
    """A part of the example picture, with its own first find as the figure."""
    picture = np.ascontiguousarray(read_picture(EXAMPLE)[..., :3])[200:520, 400:800]
    if picture.dtype != np.uint8:
        picture = (picture * 255).round().astype(np.uint8)
    masks = DetectedMasks(share=1)
    found = masks._detect(picture, 320)
    assert len(found) and found.shape[1:] == picture.shape[:2]
    exact = ((found[0] >= 0.5) * 255).astype(np.uint8)
    first = masks(np.random.default_rng(4), picture, exact)
    copied = pickle.loads(pickle.dumps(masks))
    assert first is not None
    assert np.array_equal(first, copied(np.random.default_rng(4), picture, exact))
