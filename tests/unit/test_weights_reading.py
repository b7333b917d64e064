"""Weights files are read without running what is in them."""

import argparse
import collections
import os
import pathlib
import pickle
import struct
import sys
import types
import zipfile

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from cartoon_models.errors import WeightsError
from cartoon_models.weights import read_metadata, read_state_dict
from cartoon_models.weights.reading import StandIn

FORMATS = pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])


@pytest.fixture
def state():
    generator = torch.Generator().manual_seed(0)
    return {"a.weight": torch.randn(3, 4, generator=generator), "a.steps": torch.tensor(7)}


def save(content, path, zipped=True):
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    return path


def same(found, expected):
    return list(found) == list(expected) and all(
        torch.equal(found[name], expected[name]) for name in expected
    )


@FORMATS
def test_a_torch_file_is_read_as_it_was_stored(tmp_path, state, zipped):
    path = save({"epoch": 3, "state_dict": state}, tmp_path / "a.ckpt", zipped)
    content = read_state_dict(path)
    assert content["epoch"] == 3
    assert same(content["state_dict"], state)
    assert read_metadata(path) == {}


def test_safetensors_and_its_metadata_are_read(tmp_path, state):
    path = tmp_path / "a.safetensors"
    save_file(state, path, metadata={"architecture": "isnet"})
    assert same(read_state_dict(str(path)), dict(sorted(state.items())))
    assert read_metadata(path) == {"architecture": "isnet"}


def test_safetensors_under_another_name_is_recognised(tmp_path, state):
    save_file(state, tmp_path / "a.safetensors")
    os.rename(tmp_path / "a.safetensors", tmp_path / "a.ckpt")
    assert same(read_state_dict(tmp_path / "a.ckpt"), dict(sorted(state.items())))


@pytest.fixture
def framework():
    """A training framework whose classes leave a mark when any of their code runs."""
    ran = []

    class HistoryBuffer:
        def __init__(self):
            self.values = np.arange(3.0)
            self.methods = {"minimum": self.minimum}  # as mmengine's: pickled as a getattr

        def minimum(self):
            ran.append("minimum")

        def __setstate__(self, values):
            ran.append("HistoryBuffer")

        def __getstate__(self):
            return self.__dict__

    class ConfigDict(dict):
        def __setitem__(self, key, value):
            ran.append("ConfigDict")
            dict.__setitem__(self, key, value)

    module = types.ModuleType("mmengine.logging")
    for kind in (HistoryBuffer, ConfigDict):
        kind.__module__, kind.__qualname__ = module.__name__, kind.__name__
        setattr(module, kind.__name__, kind)
    sys.modules["mmengine"] = types.ModuleType("mmengine")
    sys.modules["mmengine.logging"] = module
    yield module, ran
    del sys.modules["mmengine"], sys.modules["mmengine.logging"]


@FORMATS
def test_a_frameworks_objects_become_stand_ins_and_nothing_of_theirs_runs(
    tmp_path, state, framework, zipped
):
    module, ran = framework
    content = {
        "meta": {"cfg": "model = dict()", "config": module.ConfigDict(size=640)},
        "message_hub": {"loss": module.HistoryBuffer(), "step": np.float64(3)},
        "state_dict": collections.OrderedDict(state),
        "hyper_parameters": argparse.Namespace(rate=0.1),
        "lists": collections.defaultdict(list, {1: [2]}),
        "recent": collections.deque([1, 2], 3),
        "path": pathlib.PurePosixPath("/a"),
        "names": frozenset({"x"}),
        "numbers": np.arange(4),
    }
    path = save(content, tmp_path / "a.ckpt", zipped)
    ran.clear()
    found = read_state_dict(path)
    assert not ran
    assert same(found["state_dict"], state)
    assert found["meta"] == {"cfg": "model = dict()", "config": {"size": 640}}
    assert found["lists"] == {1: [2]}
    assert found["recent"] == [1, 2]
    assert isinstance(found["message_hub"]["loss"], StandIn)
    assert isinstance(found["numbers"], StandIn)
    assert "mmengine.logging.HistoryBuffer" in repr(found["message_hub"]["loss"])


def test_a_stand_in_cannot_be_made_to_run_anything(tmp_path, state):
    """getattr(posix, "system")("...") in a pickle: the name is refused, and no getattr happens."""
    mark = tmp_path / "it ran"
    for module, refused in (("posix", True), ("numpy", False)):
        call = b"\x80\x02c__builtin__\ngetattr\nc%s\nsystem\nX\x06\x00\x00\x00system\x86R"
        text = f"echo > '{mark}'".encode()
        call = call % module.encode() + b"X" + struct.pack("<I", len(text)) + text + b"\x85R."
        path = tmp_path / f"{module}.pt"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("archive/data.pkl", call)
            archive.writestr("archive/version", b"3\n")
            archive.writestr("archive/byteorder", b"little")
        with pytest.raises(WeightsError, match="posix.system" if refused else "not stored as"):
            read_state_dict(path)
        assert not mark.exists()


def test_what_others_allowed_is_neither_used_nor_lost(tmp_path, state, framework):
    module, ran = framework
    path = save({"state_dict": state, "loss": module.HistoryBuffer()}, tmp_path / "a.ckpt")
    before = torch.serialization.get_safe_globals()
    torch.serialization.add_safe_globals([module.HistoryBuffer])
    try:
        assert isinstance(read_state_dict(path)["loss"], StandIn)
        assert not ran
        assert module.HistoryBuffer in torch.serialization.get_safe_globals()
    finally:
        torch.serialization.clear_safe_globals()
        torch.serialization.add_safe_globals(before)


class Runs:
    """Unpickling it calls `function(*arguments)`."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@FORMATS
@pytest.mark.parametrize("function", [os.system, eval], ids=["system", "eval"])
def test_a_pickle_that_runs_code_is_refused_by_name(tmp_path, state, zipped, function):
    mark = tmp_path / "it ran"
    arguments = {os.system: f"echo > '{mark}'", eval: f"open({str(mark)!r}, 'w')"}
    culprit = Runs(function, arguments[function])
    path = save({"state_dict": state, "x": culprit}, tmp_path / "a.ckpt", zipped)
    with pytest.raises(WeightsError, match=function.__name__) as caught:
        read_state_dict(path)
    assert str(path) in str(caught.value)
    assert not mark.exists()


@pytest.mark.parametrize("protocol", [0, 1, 2, 4, 5])
def test_a_plain_pickle_is_refused(tmp_path, protocol):
    mark = tmp_path / "it ran"
    path = tmp_path / "a.pth"
    path.write_bytes(pickle.dumps(Runs(os.system, f"echo > '{mark}'"), protocol))
    with pytest.raises(WeightsError):
        read_state_dict(path)
    assert not mark.exists()


def test_a_pickle_hidden_from_the_scan_is_refused_by_torch(tmp_path, state, monkeypatch):
    from cartoon_models.weights import reading

    mark = tmp_path / "it ran"
    path = save({"x": Runs(os.system, f"echo > '{mark}'")}, tmp_path / "a.ckpt")
    monkeypatch.setattr(reading, "_globals_of", lambda stream: iter(()))
    with pytest.raises(WeightsError, match="not stored as PyTorch stores"):
        read_state_dict(path)
    assert not mark.exists()


@FORMATS
@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_refused(tmp_path, zipped, share):
    path = save({"a": torch.arange(20000.0)}, tmp_path / "a.ckpt", zipped)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(WeightsError, match=r"damaged or cut short|not a weights file"):
        read_state_dict(path)


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999])
def test_safetensors_cut_short_is_refused(tmp_path, share):
    path = tmp_path / "a.safetensors"
    save_file({"a": torch.arange(20000.0)}, path)
    content = path.read_bytes()
    path.write_bytes(content[: max(1, int(len(content) * share))])
    for read in (read_state_dict, read_metadata):
        with pytest.raises(WeightsError, match="damaged or cut short"):
            read(path)


def test_a_tampered_zip_is_refused(tmp_path):
    path = save({"a": torch.arange(20000.0)}, tmp_path / "a.ckpt")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="checksum"):
        read_state_dict(path)


def test_a_tampered_safetensors_header_is_refused(tmp_path, state):
    path = tmp_path / "a.safetensors"
    save_file(state, path)
    content = path.read_bytes()
    for header in (
        b'{"a": 1}',
        b"[]",
        b'{"a": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}',
    ):
        path.write_bytes(struct.pack("<Q", len(header)) + header + content[-100:])
        with pytest.raises(WeightsError, match="damaged"):
            read_state_dict(path)
    path.write_bytes(struct.pack("<Q", 1 << 62) + content[8:])
    with pytest.raises(WeightsError, match="damaged"):
        read_state_dict(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "Git LFS pointer"),
        (b"hello", "does not start like one"),
        (b"\x80\x02garbage" * 100, "damaged"),
    ],
)
def test_what_is_no_checkpoint_is_named(tmp_path, content, words):
    path = tmp_path / "a.pth"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=words):
        read_state_dict(path)


def test_other_files_and_folders_are_refused(tmp_path):
    with pytest.raises(WeightsError, match="no weights file at"):
        read_state_dict(tmp_path / "none.pth")
    with pytest.raises(WeightsError, match="folder"):
        read_state_dict(tmp_path)
    np.savez(tmp_path / "a.npz", a=np.ones(3))
    with pytest.raises(WeightsError, match="something else"):
        read_state_dict(tmp_path / "a.npz")
    with zipfile.ZipFile(tmp_path / "script.pt", "w") as archive:
        archive.writestr("script/data.pkl", b"")
        archive.writestr("script/constants.pkl", b"")
    with pytest.raises(WeightsError, match="TorchScript"):
        read_state_dict(tmp_path / "script.pt")
    with pytest.raises(WeightsError, match="holds a list"):
        read_state_dict(save([torch.ones(2)], tmp_path / "list.pt"))
