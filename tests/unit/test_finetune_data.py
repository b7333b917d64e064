"""What fine-tuning learns from: labelled pictures as they are read, held out, kept and viewed."""

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("pycocotools", reason="pycocotools is in the extras dev and train")
pytest.importorskip("accelerate", reason="accelerate is in the extra train")


from cartoon_models.instances import Instances, save_instances
from tests.unit.labelled import SIZES, figure, labelled
from training.evaluate.measure import Sample
from training.finetune_data import Prepared, SavedInstances, prepare, read_labelled, split
from training.finetune_views import Views, cutout, view


def test_saved_instances_are_read_like_coco_files(tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(4):
        picture, mask = figure(*SIZES[number], number)
        found = Instances.from_masks(mask[None].astype(np.float32))
        if number < 2:  # as the node saves them, and as `celkit segment` does
            save_instances(tmp_path / "saved" / str(number), found, picture)
        else:
            save_instances(tmp_path / "saved" / str(number), found)
            Image.fromarray(picture).save(pictures / f"{number}.png")
    source, notes = read_labelled(pictures, tmp_path / "saved")
    assert isinstance(source, SavedInstances) and len(source) == 4 and not notes
    for number in range(4):
        sample = source.sample(number, source.picture(number))
        picture, mask = figure(*SIZES[number], number)
        np.testing.assert_array_equal(sample.masks, mask[None])
        np.testing.assert_allclose(sample.picture, picture / 255, atol=1e-6)
    parts = split(source, 64)
    assert len(parts.learned) == 2 and len(parts.held_out) == 2
    assert len({made.name for made in parts.learned}) == 2


def test_names_decide_which_pictures_are_held_out(tmp_path):
    held_out = []
    for count in (20, 40):
        folder = labelled(tmp_path / str(count), count)
        source, _ = read_labelled(folder / "pictures", folder / "labels.json")
        parts = split(source, 64)
        held_out.append({source.path(index).name for index in parts.held_out})
    assert [len(names) for names in held_out] == [2, 4]
    assert held_out[0] <= held_out[1]


def test_pictures_are_shrunk_and_crowds_painted_over():
    picture, mask = figure(60, 80, 0)
    crowd = np.zeros_like(mask)
    crowd[:10] = True
    sample = Sample(picture.astype(np.float32) / 255, np.stack([mask, crowd]), np.array([0, 1]) > 0)
    made = prepare(sample, 40)
    assert made.picture.shape == (30, 40, 3) and len(made.crops) == 1
    assert (made.picture[:4] == 114).all() and not (made.picture[6:] == 114).all(-1).any()
    assert abs((made.masks()[0] >= 128).sum() * 4 - mask.sum()) < 0.1 * mask.sum()


@pytest.fixture(scope="module")
def prepared():
    made = []
    for number, size in enumerate(SIZES):
        picture, mask = figure(*size, number)
        picture[~mask] = 0
        picture[mask] = 255
        made.append(prepare(Sample(picture.astype(np.float32) / 255, mask[None], name="x"), 96))
    return made


def test_masks_of_a_view_lie_on_their_figures(prepared):
    """Figures are white on black: wherever a view has white there is a mask, and the reverse."""
    for seed in range(30):
        picture, masks = view(np.random.default_rng(seed), prepared[seed % 4], 64)
        assert picture.shape[:2] == masks.shape[1:] and max(picture.shape[:2]) <= 64
        if len(masks):
            white = picture[..., 0] > 127
            assert (white != (masks[0] >= 128)).mean() < 0.02


def test_views_are_the_same_whoever_makes_them_and_fit_the_training(prepared):
    views, again = Views(prepared, 64, seed=3), Views(prepared, 64, seed=3)
    counts = []
    for index in range(24):
        sample, other = views[index], again[index]
        assert all(torch.equal(sample[key], other[key]) for key in sample)
        assert sample["picture"].shape == (64, 64, 3)
        assert sample["masks"].shape[1:] == (64, 64) and len(sample["masks"]) == len(
            sample["boxes"]
        )
        assert (sample["boxes"][:, 2:] > sample["boxes"][:, :2]).all()
        # Cut-outs hide what is behind them.
        assert (sample["masks"].sum(0, dtype=torch.int64) <= 260).all()
        counts.append(len(sample["boxes"]))
    assert max(counts) > 1  # one figure a picture: the others were added


def test_a_share_of_views_are_compositions(prepared):
    others = [{"picture": torch.full((1,), index)} for index in range(200)]
    views = Views(prepared, 64, others=others, share=0.3)
    share = np.mean([len(views[index]["picture"]) == 1 for index in range(200)])
    assert 0.2 < share < 0.4


def test_figures_cut_off_by_the_picture_are_not_cut_out():
    picture = np.zeros((40, 40, 3), np.uint8)
    crop = np.full((10, 10), 255, np.uint8)
    made = Prepared("x", picture, (crop,) * 4, np.array([[0, 9], [9, 0], [30, 9], [9, 30]]))
    assert Views([made], 64)._cutouts == [(0, 3)]  # standing on the lower edge is all right
    alpha = cutout(made, 3)[..., 3]
    assert alpha[5, 5] == 255 and alpha[0, 5] < 255
