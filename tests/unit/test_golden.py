"""The three published networks and the decoder against the authors' own outputs.

The reference arrays were computed once by the published implementations with weights made from
parameter names (`tests/golden/seeded_weights.py`). They are read from `../shared/golden` where that
exists and from the repository's own copy otherwise.
"""

from __future__ import annotations

import importlib.util
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from cartoon_models.instances import decode
from cartoon_models.networks import dynamic_masks, mask_priors
from cartoon_models.published import load_published

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "golden"
SHARED = ROOT.parent / "shared" / "golden"
FOLDERS = [folder for folder in (SHARED, OWN) if (folder / "rtmdet_ins_l.npz").exists()]


def seeded(folder: Path):
    spec = importlib.util.spec_from_file_location("seeded_weights", folder / "seeded_weights.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seeded_state(folder: Path, name: str) -> dict[str, torch.Tensor]:
    shapes = json.loads((folder / f"{name}.shapes.json").read_text())
    return {
        key: torch.from_numpy(np.asarray(value))
        for key, value in seeded(folder).seeded_state_dict(shapes).items()
    }


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.parent.name)
def folder(request) -> Path:
    return request.param


@pytest.fixture(scope="module")
def detector(folder):
    state = seeded_state(folder, "rtmdet_ins_l")
    return load_published("rtmdet_ins_l", state, strict_aliases=False)


@torch.no_grad()
def test_rtmdet_ins_l(folder, detector):
    golden = np.load(folder / "rtmdet_ins_l.npz")
    height, width = golden["image_hw"]
    picture = seeded(folder).seeded_image(str(golden["image_name"]), height, width)
    bgr = torch.from_numpy(picture).float().permute(2, 0, 1)[None]
    mean = torch.tensor((103.53, 116.28, 123.675))[:, None, None]
    std = torch.tensor((57.375, 57.12, 58.395))[:, None, None]
    cls, box, kernel, mask_feat = detector((bgr - mean) / std)
    for level in range(3):
        for name, ours in (("cls", cls), ("box", box), ("kernel", kernel)):
            assert np.abs(ours[level].numpy() - golden[f"{name}{level}"]).max() < 1e-4, name
    assert np.abs(mask_feat.numpy() - golden["mask_feat"]).max() < 1e-4

    chosen = torch.from_numpy(golden["prior_index"])
    kernels = torch.cat([k[0].flatten(1).T for k in kernel])[chosen]
    priors = mask_priors([c.shape[-2:] for c in cls])[chosen]
    assert np.array_equal(priors.numpy(), golden["priors"])
    logits = dynamic_masks(mask_feat[0], kernels, priors)
    assert np.abs(logits.numpy() - golden["mask_logits"]).max() < 1e-4

    found = decode(cls, box, kernel, mask_feat, (height, width), (height, width))
    count = len(golden["pred_scores"])
    assert np.abs(found.scores[:count].numpy() - golden["pred_scores"]).max() < 1e-5
    assert np.abs(found.boxes[:count].numpy() - golden["pred_boxes"]).max() < 1e-2
    masks = unpack(golden["pred_masks"], golden["pred_masks_shape"])
    ours = (found.masks[:count] > 0.5).numpy()
    assert np.abs(ours.mean((1, 2)) - masks.mean((1, 2))).max() < 1e-3
    assert all(iou(ours, masks)[masks.mean((1, 2)) > 0.01] >= 0.97)


def test_decode(folder):
    golden = np.load(folder / "rtmdet_postprocess.npz")
    height, width = (int(side) for side in golden["hw"])
    original = tuple(int(side) for side in golden["original_hw"])
    found = decode(
        *raw_outputs(str(golden["name"]), height, width),
        input_size=(height, width),
        original_size=original,
        score_threshold=0.05,
        nms_threshold=0.6,
        max_instances=100,
    )
    count = len(golden["scores"])
    assert np.abs(found.scores[:count].numpy() - golden["scores"]).max() < 1e-5
    assert np.abs(found.boxes[:count].numpy() - golden["boxes"]).max() < 1e-2
    assert found.masks.shape[1:] == original
    masks = unpack(golden["masks"], golden["masks_shape"])
    ours = (found.masks[:count] > 0.5).numpy()
    large = golden["mask_area"] > 0.01  # a share of the picture
    assert large.any()
    assert iou(ours[large], masks[large]).min() >= 0.97


@torch.no_grad()
def test_isnet_refine(folder):
    golden = np.load(folder / "isnet_refine.npz")
    name, (height, width) = str(golden["name"]), golden["hw"]
    tools = seeded(folder)
    picture = tools.seeded_image(name, height, width) / 255.0
    coarse = tools.seeded_segments(name, height, width, 9) % 2 == 1
    x = torch.from_numpy(np.concatenate((picture, coarse[..., None]), 2)).float()
    network = load_published("isnet_refine", seeded_state(folder, "isnet_refine"))
    sides = network(x.permute(2, 0, 1)[None])
    for number, side in enumerate(sides, start=1):
        assert np.abs(side.numpy() - golden[f"side{number}"]).max() < 1e-4, number


def test_own_copy_is_the_reference():
    if SHARED not in FOLDERS:
        pytest.skip("there is no ../shared/golden to compare with")
    for file in OWN.iterdir():
        if file.suffix in (".npz", ".json"):
            assert file.read_bytes() == (SHARED / file.name).read_bytes(), file.name


def raw_outputs(name: str, height: int, width: int):
    """The made-up detector outputs that the reference decoder was given."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    cls, box, kernel = [], [], []
    for stride in (8, 16, 32):
        h, w = height // stride, width // stride
        cls.append(rng.normal(-2.5, 1.5, (1, 1, h, w)))
        box.append(rng.uniform(stride * 1.0, stride * 5.0, (1, 4, h, w)))
        kernel.append(rng.normal(0, 0.35, (1, 169, h, w)))
    y, x = np.mgrid[0 : height // 8, 0 : width // 8]
    waves = [
        np.sin(rng.uniform(0.1, 0.5) * x + rng.uniform(0.1, 0.5) * y + rng.uniform(0, 6))
        for _ in range(8)
    ]
    levels = [
        tuple(torch.from_numpy(a.astype(np.float32)) for a in part) for part in (cls, box, kernel)
    ]
    return *levels, torch.from_numpy(np.stack(waves)[None].astype(np.float32))


def unpack(bits: np.ndarray, shape: np.ndarray) -> np.ndarray:
    return np.unpackbits(bits)[: np.prod(shape)].reshape(shape).astype(bool)


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a & b).sum((1, 2)) / np.maximum((a | b).sum((1, 2)), 1)
