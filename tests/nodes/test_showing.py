"""Cut-outs, previews, masks; saving and loading."""

import json

import numpy as np
import pytest
import torch
from PIL import Image


def test_crops_and_their_places(call, found, picture):
    batch, one_by_one, boxes, index = call("CelKitCutOutInstances", instances=found, image=picture)
    assert tuple(batch.shape) == (3, 20, 10, 4)
    assert [tuple(piece.shape) for piece in one_by_one] == [
        (1, 10, 6, 4),
        (1, 20, 10, 4),
        (1, 12, 8, 4),
    ]
    assert [box["x"] for box in boxes] == [3, 20, 50] and index == "[0, 0, 0]"
    for piece, box in zip(one_by_one, boxes, strict=True):
        x, y = box["x"], box["y"]
        seen = picture[0, y : y + box["height"], x : x + box["width"]]
        assert (box["height"], box["width"]) == tuple(piece.shape[1:3])
        assert torch.allclose(piece[0, ..., :3], seen, atol=1e-3)
        assert piece[0, ..., 3].min() == 1
    assert torch.equal(batch[0, :10, :6], one_by_one[0][0]) and batch[0, 10:].sum() == 0


def test_a_margin_moves_the_boxes_too(call, found, picture):
    _, one_by_one, boxes, _ = call(
        "CelKitCutOutInstances", instances=found, image=picture, margin=4
    )
    first, box = one_by_one[0], boxes[0]
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 1, 13, 18)
    assert tuple(first.shape) == (1, 18, 13, 4)
    assert first[..., 3].sum() == 60


def test_full_frames(call, found_batch, batch):
    frames, one_by_one, boxes, index = call(
        "CelKitCutOutInstances", instances=found_batch, image=batch, mode="full frame"
    )
    assert tuple(frames.shape) == (4, 41, 63, 4) and len(one_by_one) == 4
    assert torch.equal(frames[..., 3], torch.cat([item.masks for item in found_batch]))
    assert [len(frame) for frame in boxes] == [3, 0, 1]
    assert json.loads(index) == [0, 0, 0, 2]


def test_nothing_to_cut_out(call, part, picture):
    nothing = [part("cartoon_models.instances").Instances.empty((41, 63))]
    batch, one_by_one, boxes, index = call(
        "CelKitCutOutInstances", instances=nothing, image=picture
    )
    assert tuple(batch.shape) == (1, 41, 63, 4) and batch.sum() == 0
    assert len(one_by_one) == 1 and boxes == [] and index == "[]"


def test_a_picture_of_another_size_is_refused_with_both(call, found):
    with pytest.raises(ValueError, match=r"30 x 20.*63 x 41"):
        call("CelKitCutOutInstances", instances=found, image=torch.ones(1, 20, 30, 3))


def test_the_preview_is_shown_on_the_node(nodes, found_batch, batch, comfyui):
    cls = nodes["CelKitPreviewInstances"].PREPARE_CLASS_CLONE({})
    output = cls.EXECUTE_NORMALIZED(
        instances=found_batch, image=batch, numbers=True, boxes=True, opacity=0.5
    )
    assert output.args[0].shape == batch.shape
    shown = output.ui.as_dict()["images"]
    assert len(shown) == 3
    with Image.open(comfyui / "temp" / shown[0]["filename"]) as image:
        assert image.size == (63, 41)


def test_masks_soft_and_hard(call, part):
    Instances = part("cartoon_models.instances").Instances
    soft = torch.zeros(2, 5, 6)
    soft[0, :, :3], soft[1, :, 2:] = 0.4, 0.7
    found = [Instances.from_masks(soft), Instances.empty((5, 6))]
    masks, together, background, index, count = call("CelKitInstancesToMasks", instances=found)
    assert torch.equal(masks, soft) and tuple(together.shape) == (2, 5, 6)
    assert torch.allclose(together + background, torch.ones(2, 5, 6))
    assert index == "[0, 0]" and count == 2
    hard, _, _, _, _ = call("CelKitInstancesToMasks", instances=found, threshold=0.5)
    assert hard.sum(dim=(1, 2)).tolist() == [0, 20]


def test_saved_instances_come_back(call, found_batch, batch, comfyui):
    (paths,) = call("CelKitSaveInstances", instances=found_batch, image=batch)
    folders = [comfyui / "output" / line for line in paths.splitlines()]
    assert len(folders) == 3 and (folders[0] / "instances.json").is_file()
    _, masks, index = call("CelKitLoadInstances", paths=paths)
    assert torch.equal(masks, torch.cat([item.masks for item in found_batch]))
    assert json.loads(index) == [0, 0, 0, 2]
    (again,) = call("CelKitSaveInstances", instances=found_batch)
    assert not set(again.splitlines()) & set(paths.splitlines())  # nothing is overwritten


def test_a_mask_that_was_painted_on_is_loaded_anew(call, nodes, found, comfyui):
    (path,) = call("CelKitSaveInstances", instances=found, filename_prefix="painted/one")
    fingerprint = nodes["CelKitLoadInstances"].fingerprint_inputs
    before = fingerprint(paths=path)
    mask = next((comfyui / "output" / path).glob("mask_*00*.png"))
    Image.fromarray(np.full((41, 63), 255, np.uint8)).save(mask)
    assert fingerprint(paths=path) != before
    loaded, _, _ = call("CelKitLoadInstances", paths=f"{path}/instances.json")
    assert loaded[0].masks[0].min() == 1


@pytest.mark.parametrize("channels", [3, 4])
def test_the_picture_is_saved_with_its_transparency(call, found, comfyui, picture, channels):
    image = torch.cat([picture, torch.rand(1, 41, 63, 1)], dim=3)[..., :channels]
    (path,) = call("CelKitSaveInstances", instances=found, image=image)
    with Image.open(comfyui / "output" / path / "picture.png") as saved:
        pixels = np.asarray(saved)
    assert np.abs(pixels / 255 - image[0].numpy()).max() < 0.003


def test_a_path_may_be_in_quotes(call, found, comfyui):
    (path,) = call("CelKitSaveInstances", instances=found, filename_prefix="with space/ü")
    loaded, _, _ = call("CelKitLoadInstances", paths=f'"{comfyui / "output" / path}"\n')
    assert len(loaded) == 1 and len(loaded[0]) == 3


def test_nothing_saved_there_is_one_sentence(call):
    with pytest.raises(FileNotFoundError, match="no saved instances"):
        call("CelKitLoadInstances", paths="nowhere")
    with pytest.raises(ValueError, match="No path"):
        call("CelKitLoadInstances", paths=" \n")
