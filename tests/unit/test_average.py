"""Averaging two exported networks."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from training.average import main, mixed


@pytest.fixture
def files(tmp_path):
    for name, value in (("a", 1.0), ("b", 3.0)):
        weights = {"w": torch.full((2,), value).half(), "n": torch.tensor(7)}
        metadata = {"training": json.dumps({"seed": name}), "commit": name, "input_size": "64"}
        save_file(weights, tmp_path / f"{name}.safetensors", metadata=metadata)
    save_file({"w": torch.zeros(3)}, tmp_path / "other.safetensors")
    return tmp_path


def run(folder, *names, share="0.25"):
    paths = [str(folder / f"{name}.safetensors") for name in names]
    return main([*paths[:2], "-o", paths[2], "--share", share])


def test_weights_are_mixed_and_the_file_says_of_what(files):
    assert run(files, "a", "b", "c") == 0
    mixed = load_file(files / "c.safetensors")
    assert mixed["w"].dtype == torch.float16 and mixed["w"].tolist() == [1.5, 1.5]
    assert mixed["n"] == 7
    with safe_open(files / "c.safetensors", "pt") as file:
        metadata = file.metadata()
    assert metadata["input_size"] == "64" and metadata["commit"] == "b"
    training = json.loads(metadata["training"])
    assert training["seed"] == "b"
    assert training["averaged"] == {"commit": "a", "share": 0.25, "with": {"seed": "a"}}


def test_size_and_scales_are_those_asked_for(files):
    paths = [str(files / f"{name}.safetensors") for name in "abc"]
    asked = ["--input-size", "96", "--scales", "1", "1.5"]
    assert main([*paths[:2], "-o", paths[2], *asked]) == 0
    with safe_open(files / "c.safetensors", "pt") as file:
        metadata = file.metadata()
    assert metadata["input_size"] == "96" and metadata["scales"] == "1 1.5"


@pytest.mark.parametrize(
    ("names", "share", "says"),
    [
        (("a", "other", "c"), "0.5", "other parameters"),
        (("a", "b", "b"), "0.5", "is there already"),
        (("a", "b", "c"), "2", "between 0 and 1"),
        (("a", "missing", "c"), "0.5", "missing"),
    ],
)
def test_what_cannot_be_mixed_is_one_sentence(files, capsys, names, share, says):
    before = (files / "b.safetensors").read_bytes()
    assert run(files, *names, share=share) == 2
    assert says in capsys.readouterr().err
    assert (files / "b.safetensors").read_bytes() == before
    assert not (files / "c.safetensors").exists()


def test_mixed_is_what_lies_between_the_ends():
    ends = [
        {"w": torch.tensor([value]).half(), "n": torch.tensor(n)} for value, n in ((1, 3), (2, 5))
    ]
    for share, value in ((0, 1.0), (0.25, 1.25), (1, 2.0)):
        made = mixed(*ends, share)
        assert made["w"].dtype == torch.float32 and made["w"].item() == value
        assert made["n"] == 5
