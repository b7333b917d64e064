"""The benchmark runs, measures what it says, and its reference computes the published networks."""

import json

import pytest
import torch

from benchmarks import cases, instances, subjects
from benchmarks.cuda import cuda
from benchmarks.reference import ReferenceRTMDetIns, reference_decode, reference_refine
from benchmarks.timing import interleaved, peak_memory
from cartoon_models.instances import decode
from cartoon_models.published import load_published


def test_reference_detector_is_the_same_network_as_ours():
    """On made-up weights, whose names and aliases `load_published` checks."""
    reference = subjects.reference_detector(quick=True)
    generator = torch.Generator().manual_seed(1)
    for module in reference.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    ours = load_published("rtmdet_ins_l", reference.state_dict())
    x = torch.randn(1, 3, 64, 96, generator=generator)
    with torch.no_grad():
        for expected, got in zip(reference(x), ours(x), strict=True):
            for e, g in zip(expected, got, strict=True):
                torch.testing.assert_close(g, e, atol=1e-5, rtol=1e-4)


def test_the_reference_is_as_large_as_the_published_network():
    with torch.device("meta"):
        network = ReferenceRTMDetIns()
    assert len(network.state_dict()) == 942
    assert sum(p.numel() for p in network.parameters()) == 57_304_754


@pytest.mark.parametrize("everywhere", [False, True])
def test_reference_decode_agrees_with_ours(everywhere):
    """Square, so that the published swap of the scale factors plays no part."""
    size = (300, 300)
    if everywhere:
        outputs = subjects.outputs_everywhere(128, 128)
    else:
        outputs = subjects.outputs_of_characters(128, 128, size, 20)
    boxes, scores, masks = reference_decode(*outputs, (128, 128), size)
    ours = decode(*outputs, (128, 128), size)
    assert len(ours) == len(scores) > 0
    torch.testing.assert_close(ours.scores, scores)
    torch.testing.assert_close(ours.boxes, boxes, atol=1e-3, rtol=1e-5)
    got = ours.masks >= 0.5
    inside = (got & masks).sum((1, 2)) / (got | masks).sum((1, 2)).clamp(min=1)
    large = masks.sum((1, 2)) > 0.01 * masks[0].numel()
    assert large.any() and inside[large].min() > 0.95


def test_characters_are_as_many_as_asked_for_and_apart():
    found = decode(*subjects.outputs_of_characters(640, 640, (108, 192)), (640, 640), (108, 192))
    assert len(found) == 100
    covered = (found.masks >= 0.5).float().mean((1, 2))
    assert 0.0003 < covered.min() and covered.max() < 0.05


def test_reference_refine_gives_one_mask_per_instance():
    network = subjects.refiner(0.0625)
    masks = subjects.characters(6, 64, 64)
    picture = subjects.picture(64, 64).permute(2, 0, 1)[None].flip(1)
    with torch.no_grad():
        refined = reference_refine(network, picture, masks[:, None])
        alone = reference_refine(network, picture, masks[4:5, None])
    assert refined.shape == (6, 64, 64) and refined.dtype == torch.bool
    assert (refined[4] == alone[0]).float().mean() > 0.999


def test_interleaved_takes_turns():
    turns = []
    times = interleaved(
        {"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, rounds=3, warm_up=1
    )
    assert turns == ["a", "b"] * 4
    assert set(times) == {"a", "b"}
    assert all(0 <= t["least_s"] <= t["median_s"] for t in times.values())


def test_shuffled_turns_come_in_every_order_and_alike_each_time():
    def rounds():
        turns = []
        functions = {"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}
        interleaved(functions, rounds=15, warm_up=1, shuffled=True)
        return ["".join(turns[start : start + 2]) for start in range(0, len(turns), 2)]

    first = rounds()
    assert len(first) == 16 and set(first) == {"ab", "ba"}
    assert rounds() == first


def test_peak_memory_grows_with_what_is_held():
    before = peak_memory()
    if before is None:
        pytest.skip("this system does not tell")
    held = torch.ones(before // 4 + (64 << 20) // 4)
    assert peak_memory() >= before + (48 << 20)
    del held


def test_every_case_runs_with_toy_networks():
    detector = cases.detector(quick=True)
    assert detector["largest_relative_difference"] < 1e-4
    assert set(detector["times"]) >= {"reference", detector["shipped"]}
    for published in (True, False):
        assert cases.crop_and_frame(quick=True, published=published)["crop_over_frame"] > 0
    for everywhere in (True, False):
        for run in (cases.decode_ours, cases.decode_reference):
            assert run(quick=True, everywhere=everywhere)["instances"] > 5
    for run in (cases.refine_ours, cases.refine_reference):
        assert run(quick=True, count=2)["instances"] == 2


@pytest.mark.skipif(torch.cuda.is_available(), reason="says why it skips where there is no CUDA")
def test_cuda_part_says_why_it_is_skipped():
    assert cuda(quick=True, picture=None) == {"skipped": "no CUDA device"}


def test_command_prints_one_json_report(capsys, tmp_path):
    path = tmp_path / "report.json"
    options = ["--quick", "--parts", "detector", "--threads", "1", "--json", str(path)]
    assert instances.main(options) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads(path.read_text())
    assert report["failed"] == [] and report["quick"] is True
    assert "mmdet" in report["reference"] and report["machine"]["cores"] >= 1
    assert report["detector"]["ratio_to_reference"] > 0
    assert report["detector"]["threads"] == 1


def test_a_failing_measurement_is_reported_and_the_rest_runs(monkeypatch, capsys):
    monkeypatch.setattr(
        instances, "_run_apart", lambda name, *_: {"failed": [f"{name}: out of memory"]}
    )
    assert instances.main(["--quick", "--parts", "detector", "refine"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert "detector" in report["failed"]
    assert report["refine"]["ours_s_per_extra_instance"] is None
