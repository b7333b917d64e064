"""Decoding: suppression, the part of the masks that is computed, and what it does without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torchvision.ops import batched_nms

from cartoon_models.instances import decode
from cartoon_models.instances.decode import Candidates, _distinct_boxes
from cartoon_models.instances.letterbox import Letterbox, _aligned

ROOT = Path(__file__).resolve().parents[2]


def candidates(count: int, classes: int, seed: int) -> Candidates:
    """Boxes that overlap much, scores of which several are equal."""
    generator = torch.Generator().manual_seed(seed)
    corners = torch.rand(count, 2, generator=generator) * 300
    sizes = torch.rand(count, 2, generator=generator) * 200 + 1
    scores = torch.rand(count, generator=generator).mul(40).round().div(40).clamp(min=0.06)
    return Candidates(
        torch.cat((corners, corners + sizes), 1),
        scores,
        torch.randint(0, classes, (count,), generator=generator),
        torch.zeros(count, 169),
        torch.zeros(count, 4),
    )


def raw_outputs(side: int = 160):
    """Outputs of a detector that finds something in every fourth cell, as `decode` takes them."""
    generator = torch.Generator().manual_seed(0)
    cls, box, kernel = [], [], []
    for stride in (8, 16, 32):
        shape = side // stride, side // stride
        cls.append(torch.randn(1, 1, *shape, generator=generator) * 2 - 4)
        box.append(torch.rand(1, 4, *shape, generator=generator) * 4 * stride)
        kernel.append(torch.randn(1, 169, *shape, generator=generator) * 0.4)
    return cls, box, kernel, torch.randn(1, 8, side // 8, side // 8, generator=generator)


@pytest.mark.parametrize("opencv", [True, False])
@pytest.mark.parametrize("threshold", [0.3, 0.6])
@pytest.mark.parametrize("classes", [1, 3])
def test_suppression_is_torchvisions(monkeypatch, opencv, threshold, classes):
    if not opencv:
        monkeypatch.setattr(sys.modules[decode.__module__], "NMSBoxesBatched", None)
    for seed in range(10):
        found = candidates(400, classes, seed)
        expected = batched_nms(found.boxes, found.scores, found.classes, threshold)
        everything = _distinct_boxes(found, threshold, len(found))
        assert torch.equal(everything, expected)
        for enough in (1, 20):  # found among the best few, or only after looking further
            kept = _distinct_boxes(found, threshold, enough)
            assert len(kept) >= enough and torch.equal(kept, expected[: len(kept)])


def test_suppression_looks_further_when_the_best_are_one():
    found = candidates(100, 1, 0)
    found.boxes[:60] = torch.tensor([0.0, 0.0, 50.0, 50.0])
    found.scores[:60] = 0.99
    kept = _distinct_boxes(found, 0.6, 10)
    expected = batched_nms(found.boxes, found.scores, found.classes, 0.6)
    assert len(kept) >= 10 and torch.equal(kept, expected[: len(kept)])
    nothing = found[:0]
    assert _distinct_boxes(nothing, 0.6, 10).tolist() == []


@pytest.mark.parametrize("original", [(90, 160), (301, 173), (707, 1000), (40, 33)])
def test_decoding_without_opencv_is_the_same(monkeypatch, original):
    raw = raw_outputs()
    found = decode(*raw, (160, 160), original)
    monkeypatch.setattr(sys.modules[decode.__module__], "NMSBoxesBatched", None)
    monkeypatch.setattr(sys.modules[Letterbox.__module__], "cv2", None)
    same = decode(*raw, (160, 160), original)
    assert len(found) > 20
    assert torch.equal(found.boxes, same.boxes) and torch.equal(found.scores, same.scores)
    assert torch.allclose(found.masks, same.masks, atol=5e-4)


@pytest.mark.parametrize("original", [(90, 160), (301, 173), (1000, 707), (3, 500), (640, 640)])
def test_masks_depend_on_no_cell_beyond_the_picture(original):
    frame = Letterbox.fit(original, (160, 160))
    cells = torch.randn(3, 20, 20) * 5
    rows, columns = frame.covered(8)
    part = cells[:, :rows, :columns]
    assert torch.allclose(frame.paint(part, 8), frame.paint(cells, 8), atol=1e-6)


@pytest.mark.parametrize(
    ("original", "content"), [(8 * 1920, 640), (8 * 1000, 640), (8 * 707, 452), (8, 160)]
)
def test_enlarging_begins_where_a_cell_and_a_pixel_do(original, content):
    for cell in range(80):
        begin, pixel = _aligned(cell, original, content)
        assert 0 <= begin <= cell and begin * original == pixel * content
        if original % content == 0:
            assert begin == cell


def test_finding_characters_needs_no_torchvision():
    """Importing it takes 160 MB and a second, most of it for torch's compiler."""
    program = (
        "import sys, torch\n"
        "from cartoon_models.instances import decode, load_segmenter\n"
        "maps = [torch.ones(1, n, s, s) for n in (1, 4, 169) for s in (8, 4, 2)]\n"
        "raw = maps[:3], maps[3:6], maps[6:], torch.ones(1, 8, 8, 8)\n"
        "found = decode(*raw, (64, 64), (48, 64))\n"
        "assert len(found) and 'torchvision' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
