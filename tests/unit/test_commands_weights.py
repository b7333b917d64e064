"""The command `weights`: what it lists, fetches, converts and refuses."""

import os

import pytest
import torch

from cartoon_models import weights
from cartoon_models.commands import main


def run(*arguments):
    return main([str(argument) for argument in arguments])


def test_weights_list_names_all_with_licence_and_place(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("CELKIT_MODELS", str(tmp_path))
    (tmp_path / "refine_last.ckpt").touch()
    assert run("weights", "list") == 0
    said = capsys.readouterr().out
    for entry in weights.load_manifest().values():
        assert entry.name in said
        assert entry.page in said
    assert str(tmp_path / "refine_last.ckpt") in said
    assert "not here: basicpbc.pth" in said


def test_weights_fetch_refuses_what_it_cannot_check(capsys, tmp_path):
    assert run("weights", "fetch", "nothing") == 2
    assert "known are celkit-detector" in capsys.readouterr().err
    assert run("weights", "fetch", "basicpbc", "--folder", tmp_path) == 2
    assert "--accept-unverified" in capsys.readouterr().err
    assert run("weights", "fetch", "basicpbc_ref", "--folder", tmp_path, "--accept-unverified") == 2
    assert "get basicpbc_ref.pth from" in capsys.readouterr().err
    assert not os.listdir(tmp_path)


def test_weights_fetch_downloads_and_prints_the_path(capsys, tmp_path, monkeypatch):
    from cartoon_models.weights import download

    def fetch(entry, folder, *, progress, sha256, accept_unverified):
        assert (sha256, accept_unverified) == ("0" * 64, False)
        progress(1, 2)
        (folder / entry.file).touch()
        return folder / entry.file

    monkeypatch.setattr(download, "fetch", fetch)
    arguments = ["rtmdetl_e60", "--folder", tmp_path, "--sha256", "0" * 64]
    assert run("weights", "fetch", *arguments) == 0
    said = capsys.readouterr().out
    assert "licence: MIT" in said
    assert said.strip().endswith(str(tmp_path / "rtmdetl_e60.ckpt"))


@pytest.fixture
def checkpoint(tmp_path):
    """A small anime-seg checkpoint, wrapped as Lightning wraps it."""
    from cartoon_models.networks import ISNet

    network = ISNet(3, 0.25)
    state = {f"net.{name}": value for name, value in network.state_dict().items()}
    state["gt_encoder.unused"] = torch.zeros(3)
    torch.save({"epoch": 1, "state_dict": state}, tmp_path / "small.ckpt")
    return tmp_path / "small.ckpt", network.state_dict()


@pytest.mark.parametrize("half", [False, True])
def test_weights_convert_gives_the_same_network(checkpoint, tmp_path, capsys, half):
    from cartoon_models.published import load_published

    source, state = checkpoint
    assert run("weights", "convert", source, *(["--half"] if half else [])) == 0
    result = tmp_path / "small.safetensors"
    assert capsys.readouterr().out.strip() == str(result)
    found = load_published("isnet_anime_seg", result).state_dict()
    for name, value in state.items():
        expected = value.half().to(value.dtype) if half and value.is_floating_point() else value
        assert torch.equal(found[name], expected), name
    metadata = weights.read_metadata(result)
    assert metadata["network"] == "isnet_anime_seg"
    assert metadata["source"] == "small.ckpt"
    if half:
        assert result.stat().st_size < source.stat().st_size * 0.6


def test_weights_convert_refuses_and_overwrites_nothing(checkpoint, tmp_path, capsys):
    source, _ = checkpoint
    (tmp_path / "small.safetensors").write_text("mine")
    assert run("weights", "convert", source) == 2
    assert (tmp_path / "small.safetensors").read_text() == "mine"
    assert run("weights", "convert", source, "-o", tmp_path / "a.pth") == 2
    assert "end in .safetensors" in capsys.readouterr().err
    torch.save({"a": torch.ones(2)}, tmp_path / "other.ckpt")
    assert run("weights", "convert", tmp_path / "other.ckpt") == 2
    assert "not a checkpoint of a network" in capsys.readouterr().err
    content = torch.load(source, weights_only=True)
    del content["state_dict"]["net.side1.bias"]
    torch.save(content, tmp_path / "broken.ckpt")
    assert run("weights", "convert", tmp_path / "broken.ckpt") == 2
    assert "side1.bias" in capsys.readouterr().err
    assert not (tmp_path / "broken.safetensors").exists()
