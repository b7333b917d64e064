"""Bad input from end to end: a result or one clear sentence, nothing half-written or executed.

The networks are real and small, their weights random, and they come from files as a user's do.
"""

from __future__ import annotations

import errno
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from cartoon_models.atomic import atomic_path
from cartoon_models.errors import CelKitError
from cartoon_models.frames import write_frames
from cartoon_models.instances import (
    Instances,
    load_instances,
    load_segmenter,
    save_instances,
    select_instances,
)
from cartoon_models.instances.cutout import cut_out
from cartoon_models.instances.segmenter import Segmenter
from cartoon_models.instances.show import draw_overlay
from cartoon_models.networks import ISNet, RTMDetIns
from cartoon_models.networks.rtmdet_ins import RTMDetInsConfig
from cartoon_models.picture import write_picture

SMALL = RTMDetInsConfig(stem_channels=8, stage_blocks=(1, 1, 1, 1), neck_channels=8, neck_blocks=1)
DETECTOR = {"architecture": "rtmdet_ins", "input_size": "160"}
REFINER = {"architecture": "isnet", "input_size": "96"}


def is_a_sentence(error: BaseException) -> bool:
    """One line of words for a user, not a dump."""
    text = str(error)
    return "\n" not in text and 20 < len(text) < 500 and "Error(s)" not in text


def detector_weights() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    detector = RTMDetIns(SMALL)
    for prediction in detector.head.rtm_reg:
        nn.init.constant_(prediction.bias, 3.0)
    return detector.state_dict()


def refiner_weights() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return ISNet(4, 0.0625).state_dict()


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("weights")
    save_file(detector_weights(), folder / "detector.safetensors", DETECTOR)
    save_file(refiner_weights(), folder / "refiner.safetensors", REFINER)
    return folder / "detector.safetensors", folder / "refiner.safetensors"


@pytest.fixture(scope="module")
def segmenter(weights) -> Segmenter:
    return load_segmenter(*weights, device="cpu")


def find(segmenter: Segmenter, picture, **options) -> Instances:
    """The three likeliest characters: random weights are sure of none."""
    return segmenter.segment(picture, **{"score_threshold": 0.0, "max_instances": 3} | options)


# Pictures


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 1), (37, 53), (37, 53, 1), (37, 53, 4)])
@pytest.mark.parametrize("kind", [np.float32, np.uint8])
def test_pictures_of_any_size_and_kind(segmenter, shape, kind):
    picture = np.random.default_rng(0).random(shape, np.float32)
    if kind == np.uint8:
        picture = (picture * 255).astype(np.uint8)
    found = find(segmenter, picture)
    assert len(found) == 3 and found.size == shape[:2]
    assert found.masks.isfinite().all() and 0 <= found.masks.min() <= found.masks.max() <= 1


@pytest.mark.parametrize("shape", [(300, 8000, 3), (8000, 300, 3)])
def test_long_pictures(segmenter, shape):
    found = find(segmenter, torch.rand(shape), max_instances=1, refiner_size=320)
    assert len(found) == 1 and found.size == shape[:2]
    assert found.masks.isfinite().all() and 0 <= found.masks.min() <= found.masks.max() <= 1


def test_grey_is_the_same_as_three_equal_channels(segmenter):
    grey = torch.rand(60, 80)
    one, three = find(segmenter, grey), find(segmenter, grey[..., None].expand(-1, -1, 3))
    assert torch.equal(one.masks, three.masks)


def test_pictures_do_not_influence_each_other(segmenter):
    """Frames of all looks, one after the other, and each alone."""
    frames = [torch.zeros(64, 64, 3), torch.ones(64, 64, 3), torch.rand(64, 64, 3)]
    together = [find(segmenter, frame) for frame in frames]
    for frame, found in zip(reversed(frames), reversed(together), strict=True):
        assert torch.equal(find(segmenter, frame).masks, found.masks)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda p: p.index_put_((torch.tensor(3),) * 2, torch.tensor(float("nan"))), "NaN"),
        (lambda p: p.index_put_((torch.tensor(3),) * 2, torch.tensor(float("inf"))), "inf"),
        (lambda p: p * 255, "0..255|255"),
        (lambda p: p[:0], "empty"),
        (lambda p: p[None], r"\[1, 20, 30, 3\]"),
        (lambda p: p.permute(2, 0, 1), "channels"),
        (lambda p: p[..., :2], r"\[20, 30, 2\]"),
    ],
)
def test_a_picture_that_is_none(segmenter, spoil, words):
    picture = spoil(torch.rand(20, 30, 3))
    for call in (
        lambda: segmenter.segment(picture),
        lambda: segmenter.segment_boxes(picture, [[0, 0, 9, 9]]),
        lambda: segmenter.segment_masks(picture, torch.ones(1, 20, 30)),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            call()
        assert is_a_sentence(caught.value)


def test_a_picture_that_gradients_flow_through_and_inference_mode(segmenter):
    """ComfyUI runs its nodes in inference mode; results must be of use outside it."""
    picture = torch.rand(40, 50, 3, requires_grad=True)
    with torch.inference_mode():
        inside = find(segmenter, picture)
    outside = find(segmenter, picture)
    assert not outside.masks.requires_grad and torch.equal(inside.masks, outside.masks)
    assert (inside.masks + 1).min() >= 1


def test_no_character_goes_all_the_way(segmenter, tmp_path):
    picture = torch.rand(40, 50, 3)
    found = segmenter.segment(picture, score_threshold=1.0, overlaps="front", order="area")
    assert len(found) == 0 and found.masks.shape == (0, 40, 50)
    assert found.background().min() == 1 and not found.ids().any()
    assert torch.allclose(torch.as_tensor(draw_overlay(picture, found)), picture)
    assert len(cut_out(picture, found)) == 0
    assert len(load_instances(save_instances(tmp_path / "none", found))) == 0
    assert len(segmenter.segment_boxes(picture, [])) == 0
    assert len(segmenter.segment_boxes(picture, torch.zeros(0, 4), prompt="match")) == 0
    assert len(segmenter.segment_masks(picture, torch.zeros(0, 40, 50))) == 0


# Prompts and options


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ([[200, 0, 300, 20]], r"Box 0.*outside the 30 x 20 picture"),
        ([[0, 0, 9, 9], [-50, -50, -2, -2]], r"Box 1.*outside the 30 x 20 picture"),
        ([[float("nan"), 0, 9, 9]], "Box 0.*nan"),
        ([[0, 0, float("inf"), 9]], "Box 0.*inf"),
        ([[9, 9, 2, 2]], "Box 0.*x1 < x2"),
        ([[5, 5, 5, 9]], "Box 0.*x1 < x2"),
        ([[0, 0, 9]], r"not \[1, 3\]"),
        ([0, 0, 9, 9], r"not \[4\]"),
        ([[0, 0, 9, 9], [1, 2, 3]], "Boxes are"),
        ([["left", 0, 9, 9]], "Boxes are"),
        (np.zeros((2, 5)), r"not \[2, 5\]"),
    ],
)
def test_boxes_that_cannot_be(segmenter, boxes, words):
    for prompt in ("box", "match"):
        with pytest.raises(ValueError, match=words) as caught:
            segmenter.segment_boxes(torch.rand(20, 30, 3), boxes, prompt=prompt)
        assert is_a_sentence(caught.value)


@pytest.mark.parametrize("prompt", ["box", "match"])
def test_a_box_that_sticks_out_or_holds_no_pixel(segmenter, prompt):
    boxes = [[-1e6, -40, 12, 15], [10.6, 3.6, 10.9, 3.9], [29.5, 19.5, 400, 1e9]]
    found = segmenter.segment_boxes(torch.rand(20, 30, 3), boxes, prompt=prompt)
    assert len(found) == 3
    assert (found.boxes >= 0).all() and found.boxes[:, 2].max() <= 30 >= found.boxes[:, 3].max()


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        (torch.ones(2, 20, 31), "31 x 20.*30 x 20"),
        (torch.ones(40, 30), "30 x 40.*30 x 20"),
        (torch.full((1, 20, 30), float("nan")), "NaN"),
        (torch.full((1, 20, 30), 7.0), "from 7 to 7"),
        (torch.ones(1, 1, 20, 30), r"\[1, 1, 20, 30\]"),
    ],
)
def test_masks_that_cannot_be(segmenter, masks, words):
    with pytest.raises(ValueError, match=words) as caught:
        segmenter.segment_masks(torch.rand(20, 30, 3), masks)
    assert is_a_sentence(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"score_threshold": 1.5}, "score_threshold.*1.5"),
        ({"score_threshold": float("nan")}, "score_threshold.*nan"),
        ({"nms_threshold": -1}, "nms_threshold.*-1"),
        ({"max_instances": 0}, "max_instances.*0"),
        ({"order": "by name"}, "left to right.*by name"),
        ({"overlaps": "mine"}, "front.*mine"),
        ({"refine_mode": "twice"}, "twice|frame"),
        ({"duplicate_threshold": 2.0}, "2"),
        ({"detector_size": 100}, "multiple of 32.*100"),
        ({"detector_size": -64}, "multiple of 32.*-64"),
        ({"refiner_size": -3}, "refiner.*-3"),
        ({"refiner_size": 1}, "refiner.*1"),
    ],
)
def test_options_that_cannot_be(segmenter, options, words):
    with pytest.raises(ValueError, match=words) as caught:
        find(segmenter, torch.rand(20, 30, 3), **options)
    assert is_a_sentence(caught.value)


@pytest.mark.parametrize("options", [{"order": "by name"}, {"overlaps": "mine"}])
def test_a_wrong_option_is_said_before_the_work(segmenter, options):
    def work(done, total):
        raise AssertionError("work was done")

    with pytest.raises(ValueError):
        find(segmenter, torch.rand(20, 30, 3), progress=work, **options)


@pytest.mark.parametrize("which", ["7", "0,3", "1-9", "-4"])
def test_an_index_that_is_not_there(which):
    found = Instances.from_masks(torch.ones(3, 8, 9))
    with pytest.raises(IndexError, match="0 to 2") as caught:
        select_instances(found, which)
    assert is_a_sentence(caught.value)
    with pytest.raises(IndexError, match="none at all"):
        select_instances(Instances.empty((8, 9)), which)


# Weights files


def other_network() -> dict[str, torch.Tensor]:
    return {"layer1.0.conv1.weight": torch.zeros(8, 8, 3, 3), "fc.bias": torch.zeros(10)}


def without(state, key):
    return {name: value for name, value in state.items() if name != key}


def misshapen(state, key):
    return {name: value[..., :1].clone() if name == key else value for name, value in state.items()}


KEY = "neck.out_convs.1.conv.weight"


@pytest.mark.parametrize(
    ("state", "metadata", "words"),
    [
        (other_network, {}, "neither"),
        (other_network, DETECTOR, "neither"),
        (refiner_weights, REFINER, "holds a refiner.*detector is wanted"),
        (refiner_weights, DETECTOR, "holds a refiner.*detector is wanted"),
        (lambda: without(detector_weights(), KEY), DETECTOR, KEY),
        (lambda: without(detector_weights(), "head.rtm_cls.0.weight"), DETECTOR, "head.rtm_cls.0"),
        (lambda: misshapen(detector_weights(), KEY), DETECTOR, KEY),
        (lambda: detector_weights() | other_network(), DETECTOR, "fc.bias|layer1"),
        (detector_weights, {}, "input_size"),
        (detector_weights, {"architecture": "rtmdet_ins"}, "input_size"),
        (detector_weights, DETECTOR | {"input_size": "large"}, "input_size.*large"),
        (detector_weights, DETECTOR | {"input_size": "-1"}, "input_size.*-1"),
    ],
)
def test_a_checkpoint_of_another_network(tmp_path, weights, state, metadata, words):
    path = tmp_path / "other.safetensors"
    save_file({key: value.contiguous() for key, value in state().items()}, path, metadata)
    with pytest.raises((CelKitError, ValueError), match=words) as caught:
        load_segmenter(path, weights[1], device="cpu")
    assert is_a_sentence(caught.value) and "other.safetensors" in str(caught.value)


def test_a_detector_is_no_refiner(weights):
    with pytest.raises(ValueError, match=r"holds a detector.*refiner is wanted") as caught:
        load_segmenter(weights[0], weights[0], device="cpu")
    assert is_a_sentence(caught.value)


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.01, 0.5, 0.999])
def test_a_truncated_file(tmp_path, weights, share):
    whole = weights[0].read_bytes()
    path = tmp_path / "cut.safetensors"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(CelKitError, match=r"cut\.safetensors") as caught:
        load_segmenter(path, weights[1], device="cpu")
    assert is_a_sentence(caught.value)


@pytest.mark.parametrize("place", [0, 8, 20, 200])
def test_a_tampered_header(tmp_path, weights, place):
    content = bytearray(weights[0].read_bytes())
    content[place] ^= 0x5A
    path = tmp_path / "tampered.safetensors"
    path.write_bytes(content)
    with pytest.raises((CelKitError, ValueError), match=r"tampered\.safetensors") as caught:
        load_segmenter(path, weights[1], device="cpu")
    assert is_a_sentence(caught.value)


def test_weights_that_are_not_numbers(tmp_path, weights):
    """A NaN among the weights makes every mask NaN; it is said where it can be helped."""
    state = refiner_weights()
    state["stage1.rebnconvin.conv_s1.weight"][0] = float("nan")
    path = tmp_path / "nan.safetensors"
    save_file(state, path, REFINER)
    with pytest.raises((CelKitError, ValueError), match=r"nan\.safetensors.*NaN") as caught:
        load_segmenter(weights[0], path, device="cpu")
    assert is_a_sentence(caught.value)


class RunsCode:
    def __init__(self, proof: Path):
        self.proof = proof

    def __reduce__(self):
        return Path.write_text, (self.proof, "executed")


@pytest.mark.parametrize("suffix", [".ckpt", ".pth", ".safetensors"])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_runs_code(tmp_path, weights, suffix, zipped):
    proof, path = tmp_path / "proof", tmp_path / f"evil{suffix}"
    content = {"state_dict": detector_weights(), "meta": RunsCode(proof)}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(CelKitError, match="evil") as caught:
        load_segmenter(path, weights[1], device="cpu")
    assert is_a_sentence(caught.value) and not proof.exists()


def test_a_bare_pickle_that_runs_code(tmp_path, weights):
    proof, path = tmp_path / "proof", tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps(RunsCode(proof)))
    with pytest.raises(CelKitError, match="evil") as caught:
        load_segmenter(weights[0], path, device="cpu")
    assert is_a_sentence(caught.value) and not proof.exists()


@pytest.mark.parametrize("name", ["nowhere.safetensors", "rtmdetl_e61", ""])
def test_weights_that_are_not_there(weights, name):
    with pytest.raises((CelKitError, FileNotFoundError)) as caught:
        load_segmenter(name, weights[1], device="cpu")
    assert is_a_sentence(caught.value)


@pytest.mark.parametrize(
    ("device", "words"), [("cuda:99", "cuda:99 is not there"), ("gpu", "'gpu' is no device")]
)
def test_a_device_that_is_not_there(weights, device, words):
    with pytest.raises(ValueError, match=words) as caught:
        load_segmenter(*weights, device=device)
    assert is_a_sentence(caught.value)


# Writing


def full_disk(*_args, **_options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("after", [0, 2])
def test_a_disk_that_is_full_keeps_nothing_half_written(tmp_path, monkeypatch, after):
    """The first mask, or the last one, has no room."""
    found = Instances.from_masks(torch.rand(3, 20, 30))
    written = []

    def write(path, *arguments, **options):
        if len(written) == after:
            full_disk()
        written.append(path)
        return write_picture(path, *arguments, **options)

    monkeypatch.setattr("cartoon_models.instances.files.write_picture", write)
    with pytest.raises(OSError, match="No space left on device for files in") as caught:
        save_instances(tmp_path, found)
    assert is_a_sentence(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_for_weights(tmp_path):
    """safetensors has an error of its own for it."""
    from safetensors import SafetensorError

    words = "Error while serializing: I/O error: No space left on device (os error 28)"
    with pytest.raises(OSError, match="No space left on device for files in") as caught:
        with atomic_path(tmp_path / "a.safetensors") as temporary:
            temporary.write_bytes(b"half")
            raise SafetensorError(words)
    assert is_a_sentence(caught.value) and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("named", [True, False])  # encoders do not say which file it was
def test_a_folder_that_cannot_be_written_to_is_named(tmp_path, monkeypatch, number, named):
    def refuse(path, missing_ok=False):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(OSError) as caught:
        with atomic_path(tmp_path / "a.mp4") as temporary:
            raise OSError(number, os.strerror(number), *([str(temporary)] * named))
    assert is_a_sentence(caught.value) and caught.value.errno == number
    assert f"no file can be made in {tmp_path}." in str(caught.value)


def test_frames_in_a_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    def refuse(path, *_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OSError, match="no folder can be made in") as caught:
        write_frames(tmp_path / "frames", [torch.zeros(8, 8, 3)])
    assert is_a_sentence(caught.value) and str(caught.value).endswith(f"in {tmp_path}.")
    assert list(tmp_path.iterdir()) == []


def test_another_file_that_is_refused_is_told_as_it_is(tmp_path):
    refused = OSError(errno.EACCES, "Permission denied", "b.png")
    with pytest.raises(PermissionError) as caught, atomic_path(tmp_path / "a.mp4"):
        raise refused
    assert caught.value is refused


def test_an_earlier_save_survives_a_full_disk(tmp_path, monkeypatch):
    first = Instances.from_masks(torch.rand(2, 20, 30))
    save_instances(tmp_path, first)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr("cartoon_models.instances.files.write_picture", full_disk)
    with pytest.raises(OSError):
        save_instances(tmp_path, Instances.from_masks(torch.rand(2, 20, 30)), overwrite=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_saved_instances_cannot_name_files_elsewhere(tmp_path):
    """A file from a stranger may not have the loader read what lies outside its folder."""
    found = Instances.from_masks(torch.ones(1, 20, 30))
    path = save_instances(tmp_path / "saved", found)
    write_picture(tmp_path / "secret.png", torch.zeros(20, 30))
    for name in ("../secret.png", str(tmp_path / "secret.png")):
        changed = path.read_text().replace('"mask_00.png"', f'"{name}"')
        assert changed != path.read_text()
        path.write_text(changed)
        try:
            loaded = load_instances(path)
        except ValueError as error:
            assert is_a_sentence(error)
        else:
            assert loaded.masks.min() == 1  # from the run-length encoding, not from the secret
        path.write_text(changed.replace(f'"{name}"', '"mask_00.png"'))
