"""Depth Anything from a folder: tiny networks with random weights, as transformers saves them."""

import json
import sys

import numpy as np
import pytest
import torch

from cartoon_models.errors import CelKitError, WeightsError
from cartoon_models.instances import Instances
from cartoon_models.scene.depth.model import load_depth_model
from tests.unit.audio import importable_torchaudio

PREPROCESSOR = {
    "size": {"height": 56, "width": 56},
    "ensure_multiple_of": 14,
    "keep_aspect_ratio": True,
    "image_mean": [0.4, 0.5, 0.6],
    "image_std": [0.2, 0.3, 0.4],
    "resample": 3,
}


def saved(folder, **changes):
    try:
        from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config
        from transformers.models.dinov2 import modeling_dinov2  # noqa: F401
    except Exception as error:  # such as a torchaudio that was built for another torch
        pytest.skip(f"transformers cannot be loaded here: {error}")
    torch.manual_seed(5)
    backbone = Dinov2Config(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=56,
        patch_size=14,
        out_features=["stage1", "stage2"],
        reshape_hidden_states=False,
    )
    config = DepthAnythingConfig(
        backbone_config=backbone,
        reassemble_hidden_size=16,
        reassemble_factors=[2, 1],
        neck_hidden_sizes=[8, 12],
        fusion_hidden_size=8,
        head_hidden_size=8,
        head_in_index=-1,
        initializer_range=0.5,
        **changes,
    )
    DepthAnythingForDepthEstimation(config).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR))
    return folder


@pytest.fixture(scope="module", autouse=True)
def torchaudio():
    with importable_torchaudio():
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("models") / "tiny")


def picture(height=45, width=83):
    return torch.from_numpy(np.random.default_rng(6).random((height, width, 3), np.float32))


def test_it_estimates_what_transformers_own_steps_give(folder):
    from transformers import DepthAnythingForDepthEstimation, DPTImageProcessor

    model = load_depth_model(folder)
    assert model.name == "tiny" and not model.is_metric and model.notes == ()
    colors = picture()
    processor = DPTImageProcessor(**PREPROCESSOR, do_rescale=False)
    inputs = processor(
        colors.permute(2, 0, 1), return_tensors="pt", input_data_format="channels_first"
    )
    assert tuple(inputs["pixel_values"].shape[2:]) == model.reading_size((45, 83))
    network = DepthAnythingForDepthEstimation.from_pretrained(folder)
    with torch.no_grad():
        expected = network(**inputs).predicted_depth
    expected = torch.nn.functional.interpolate(
        expected[:, None], (45, 83), mode="bicubic", align_corners=False
    )[0, 0]
    found = model.estimate(colors)
    assert found.shape == (45, 83) and found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=2e-3)


def test_its_depth_has_its_name_and_edges_at_the_masks(folder):
    masks = torch.zeros(1, 45, 83)
    masks[0, 10:40, 20:50] = 1
    depth = load_depth_model(folder).depth(picture(), Instances.from_masks(masks))
    assert depth.source == "tiny" and depth.size == (45, 83) and depth.confidence == 1
    assert depth.polarity == "near is white"


def test_metric_models_give_distances(tmp_path):
    model = load_depth_model(
        saved(tmp_path / "metric", depth_estimation_type="metric", max_depth=20)
    )
    assert model.is_metric
    depth = model.depth(picture())
    assert depth.polarity == "near is black"
    distance = model.estimate(picture())
    assert bool(depth.disparity.flatten()[distance.argmin()] == 1)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((56, 56), (56, 56)), ((1080, 1920), (56, 98)), ((10, 40), (14, 56)), ((50, 600), (14, 168))],
)
def test_sizes_for_reading(folder, size, expected):
    assert load_depth_model(folder).reading_size(size) == expected


def test_what_is_missing_is_named_with_where_to_get_it(folder, tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(FileNotFoundError, match=r"Depth-Anything-V2-Small-hf \(Apache-2\.0\)"):
            load_depth_model(path)
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    with pytest.raises(FileNotFoundError, match=r"There is no .*model\.safetensors"):
        load_depth_model(tmp_path)


def test_other_and_damaged_files_are_refused(folder, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not a tensor in sight")
    (tmp_path / "config.json").write_text('{"model_type": "glpn"}')
    with pytest.raises(WeightsError, match="'glpn', not 'depth_anything'"):
        load_depth_model(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(WeightsError, match="cannot be read as JSON"):
        load_depth_model(tmp_path)
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    with pytest.raises(WeightsError, match="damaged"):
        load_depth_model(tmp_path)


def test_transformers_that_do_not_load_are_said(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(CelKitError, match="transformers cannot load its depth networks"):
        load_depth_model(folder)


def test_weights_that_lack_tensors_are_refused(folder, tmp_path):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    name = sorted(tensors)[-1]
    del tensors[name]
    save_file(tensors, tmp_path / "model.safetensors", {"format": "pt"})
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    with pytest.raises(WeightsError, match="1 tensors are missing"):
        load_depth_model(tmp_path)
