"""The manifest, and where weights are looked for."""

import dataclasses
import hashlib
import importlib
import re

import huggingface_hub.constants
import pytest

from cartoon_models import published, weights
from cartoon_models.errors import WeightsError
from cartoon_models.weights.checksum import hash_file
from cartoon_models.weights.manifest import EMBEDDED_FOLDER

# `weights.locate` is the function; this is the file that it comes from.
module = importlib.import_module("cartoon_models.weights.locate")


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Empty places to look in: a model folder, CelKit's own folder, the Hugging Face cache."""
    own, models, cache = (tmp_path / name for name in ("own", "models", "cache"))
    for folder in (own, models, cache):
        folder.mkdir()
    monkeypatch.setattr(module, "_search_folders", [])
    monkeypatch.setenv("CELKIT_MODELS", str(own))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    weights.add_search_folder(models)
    return models, own, cache


def in_cache(cache, revision, file="rtmdetl_e60.ckpt", text="cached"):
    folder = cache / "models--dreMaz--AnimeInstanceSegmentation" / "snapshots" / revision
    folder.mkdir(parents=True)
    (folder / file).write_text(text)
    return folder / file


def test_the_manifest_names_the_published_checkpoints_and_ours():
    manifest = weights.load_manifest()
    assert {"celkit-detector", "celkit-refiner", "rtmdetl_e60", "refine_last", "isnetis"} <= set(
        manifest
    )
    assert {"basicpbc", "basicpbc_light", "basicpbc_ref"} <= set(manifest)
    assert manifest["rtmdetl_e60"].licence == "MIT"
    assert "non-commercial" in manifest["basicpbc"].licence


def test_every_entry_is_complete_and_makes_nothing_up():
    for entry in weights.load_manifest().values():
        assert entry.title and entry.file and entry.licence
        assert entry.page.startswith("https://")
        assert entry.sha256 == "" or re.fullmatch("[0-9a-f]{64}", entry.sha256)
        if "huggingface.co" in entry.url:
            assert re.fullmatch("[0-9a-f]{40}", entry.revision), "a branch is not a pinned revision"
        assert "{revision}" in entry.url or not entry.url
        if entry.embedded:
            assert entry.file.endswith(".safetensors")
            assert not entry.url


def test_networks_named_are_networks_we_have():
    entries = [e for e in weights.load_manifest().values() if not e.embedded]
    ours = [e.network for e in entries if not e.network.startswith("inclusion_")]
    assert set(ours) == set(published.NAMES)


def test_embedded_weights_are_what_the_manifest_says():
    for entry in weights.load_manifest().values():
        path = EMBEDDED_FOLDER / entry.file
        if entry.embedded and path.exists():
            found = hash_file(path)
            assert entry.sha256 == found, f"manifest.toml needs sha256 = {found!r} for {entry.file}"
            assert weights.locate(entry.name) == path
            assert path.stat().st_size <= 16e6


def test_a_path_comes_before_everything(folders, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_text("mine")
    assert weights.locate(path) == path
    assert weights.locate(str(path)) == path


def test_the_order_of_the_search(folders):
    models, own, cache = folders
    cached = in_cache(cache, "0" * 40)
    assert weights.locate("rtmdetl_e60") == cached
    pinned = in_cache(cache, weights.load_manifest()["rtmdetl_e60"].revision)
    assert weights.locate("rtmdetl_e60") == pinned
    for place in (
        own / "rtmdetl_e60.ckpt",
        own / "rtmdetl_e60.safetensors",
        models / "rtmdetl_e60.ckpt",
    ):
        place.write_text("here")
        assert weights.locate("rtmdetl_e60") == place


def test_a_folder_is_searched_once_and_in_order(folders, tmp_path):
    models, own, _ = folders
    weights.add_search_folder(str(tmp_path / "more"))
    weights.add_search_folder(models)
    assert weights.search_folders() == [models, tmp_path / "more", own]


def test_own_folder_follows_the_system(monkeypatch, tmp_path):
    monkeypatch.delenv("CELKIT_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    for system, folder in (("linux", tmp_path / "xdg"), ("win32", tmp_path / "local")):
        monkeypatch.setattr(module.sys, "platform", system)
        assert module.models_folder() == folder / "celkit" / "weights"
    monkeypatch.setattr(module.sys, "platform", "darwin")
    assert module.models_folder().parts[-3:] == ("Caches", "celkit", "weights")


def test_a_missing_file_is_named_with_folder_page_and_licence(folders):
    models, _, _ = folders
    with pytest.raises(WeightsError) as caught:
        weights.locate("rtmdetl_e60")
    for words in (
        "rtmdetl_e60.ckpt",
        str(models),
        "https://huggingface.co/dreMaz/AnimeInstanceSegmentation",
        "MIT",
        "weights fetch rtmdetl_e60",
        "switch download on",
    ):
        assert words in str(caught.value)
    with pytest.raises(WeightsError) as caught:
        weights.locate("basicpbc_ref")
    assert "weights fetch" not in str(caught.value)


def test_missing_embedded_weights_are_a_broken_installation(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "EMBEDDED_FOLDER", tmp_path)
    with pytest.raises(WeightsError, match="install CelKit again"):
        weights.locate("celkit-detector")


def test_an_unknown_name_lists_the_known_ones(folders, tmp_path):
    with pytest.raises(WeightsError, match=r"no weights file at nothing.*celkit-detector"):
        weights.locate("nothing")
    with pytest.raises(WeightsError, match="is a folder"):
        weights.locate(tmp_path)


def test_a_file_with_the_wrong_hash_is_refused(folders, monkeypatch):
    models, _, _ = folders
    file = models / "rtmdetl_e60.ckpt"
    file.write_text("right")
    known = hashlib.sha256(b"right").hexdigest()
    entry = dataclasses.replace(weights.load_manifest()["rtmdetl_e60"], sha256=known)
    monkeypatch.setattr(module, "load_manifest", lambda: {"rtmdetl_e60": entry})
    assert weights.locate("rtmdetl_e60") == file
    file.write_text("wrong!")
    with pytest.raises(WeightsError, match="SHA-256") as caught:
        weights.locate("rtmdetl_e60")
    assert known in str(caught.value)
    assert str(file) in str(caught.value)


def test_nothing_is_downloaded_unasked(folders, monkeypatch):
    from cartoon_models.weights import download

    def fetch(*_, **__):
        raise AssertionError("a download was started")

    monkeypatch.setattr(download, "fetch", fetch)
    with pytest.raises(WeightsError):
        weights.locate("rtmdetl_e60")
    with pytest.raises(AssertionError, match="a download was started"):
        weights.locate("rtmdetl_e60", download=True)
