"""A training that recomposes a share of its pictures, and the command that measures it."""

import json

import cv2
import numpy as np
import pytest
import torch

from cartoon_models.networks.rtmdet_ins import RTMDetIns
from tests.unit.recomposing import (
    NETWORK,
    SIZE,
    Plain,
    drawn_art,
    equal,
    small_pool,
    small_stream,
)
from training import loop, train_detector
from training.loop import LoopOptions, read_checkpoint, train
from training.recompose.__main__ import main as measure_main
from training.recompose.batches import Recomposed, collate_mixed, joined


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return small_pool(tmp_path_factory.mktemp("toons"))


@pytest.fixture(scope="module")
def stream(pool):
    return small_stream(pool)


class Squares(torch.utils.data.Dataset):
    """What data processes would make: a black square on white."""

    def __getitem__(self, index):
        mask = torch.zeros(1, SIZE, SIZE, dtype=torch.uint8)
        start = index % 20
        mask[0, start : start + 30, 10:40] = 255
        picture = 255 - mask[0, :, :, None].expand(-1, -1, 3)
        box = torch.tensor([[10.0, start, 40, start + 30]])
        return {"picture": picture, "masks": mask, "boxes": box}


def detector():
    torch.manual_seed(0)
    return train_detector.WithSemantics(train_detector.initialize(RTMDetIns(NETWORK)))


def trained(folder, stream, steps, share=0.5, batch=4):
    plans, recomposer = stream
    mixed = Recomposed(Squares(), plans.catalogue, plans.grounds, plans.options, 0, share)
    options = LoopOptions(
        folder, steps=steps, batch=batch, workers=0, cpu=True, log_steps=2, warmup_steps=2
    )
    train(
        detector(), train_detector.compute_loss, mixed, collate_mixed, options, recompose=recomposer
    )
    return read_checkpoint(folder)


def test_a_training_mixes_recomposed_pictures_in_and_resumes_exactly(stream, tmp_path):
    whole = trained(tmp_path / "whole", stream, 4)
    rows = [
        json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text().split("\n")[:-1]
    ]
    assert all(0 < row["recomposing"] < 1 and np.isfinite(row["loss"]) for row in rows)
    # The rate follows from how far a schedule is, so the first part must have the same one.
    stopping = stream[0], StopsAfter(stream[1], 2)
    trained(tmp_path / "parts", stopping, 4)
    assert read_checkpoint(tmp_path / "parts")["progress"]["steps"] == 2
    parts = trained(tmp_path / "parts", stream, 4)
    assert parts["progress"]["pictures"] == whole["progress"]["pictures"] == 16
    for name, value in whole["network"].items():
        assert torch.equal(parts["network"][name], value), name


class StopsAfter:
    """Asks the run to stop after a number of batches, as Ctrl-C does."""

    def __init__(self, recomposer, batches):
        self.recomposer, self.left = recomposer, batches

    def __call__(self, batch):
        import signal

        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)
        return self.recomposer(batch)


def test_batches_of_both_kinds_are_joined(stream):
    samples, recomposer = stream
    squares = Squares()
    batch = recomposer(collate_mixed([squares[0], samples[0], squares[3], samples[1], samples[2]]))
    assert batch.pictures.shape[0] == 5 and batch.targets.valid[3:, 0].all()
    made_here = train_detector.collate([squares[0], squares[3]])
    assert torch.equal(batch.pictures[3:], made_here.pictures)
    assert torch.equal(batch.targets.boxes[3:, :1], made_here.targets.boxes)
    only = recomposer(collate_mixed([squares[0], squares[3]]))
    assert equal(only, made_here) and joined([made_here]) is made_here


def test_without_recomposed_pictures_the_detector_trains_as_before(monkeypatch, tmp_path):
    calls = []
    squares = Squares()
    monkeypatch.setattr(train_detector, "samples_or_exit", lambda *_: (squares, {"props": 1.0}))
    monkeypatch.setattr(loop, "train", lambda *values, **named: calls.append((values, named)))
    common = ["--run", str(tmp_path), "--steps", "1", "--size", "64", "--network", "tiny"]
    assert train_detector.main(common) == 0
    (_, _, samples, collate, _), named = calls[0]
    assert isinstance(samples, train_detector.Letterboxed) and samples.samples is squares
    assert collate is train_detector.collate and named["recompose"] is None
    assert named["description"]["data"] == {"props": 1.0}
    with pytest.raises(SystemExit):
        train_detector.main([*common, "--recomposed", "1.5"])


def test_the_detector_asks_for_recomposed_pictures(monkeypatch, tmp_path, stream, pool):
    calls = []
    squares = Squares()
    art = drawn_art(pool)
    monkeypatch.setattr(train_detector, "samples_or_exit", lambda *_: (squares, {"props": 1.0}))
    monkeypatch.setattr("training.options.material_or_exit", lambda *_: (art, Plain(), {}))
    monkeypatch.setattr("training.recompose.material.load_toons", lambda: pool)
    monkeypatch.setattr(loop, "train", lambda *values, **named: calls.append((values, named)))
    common = ["--run", str(tmp_path), "--steps", "1", "--size", "64", "--network", "tiny"]
    more = ["--recomposed", "0.5", "--bank-gigabytes", "0.01"]
    assert train_detector.main([*common, *more]) == 0
    (_, _, samples, collate, _), named = calls[0]
    assert samples.share == 0.5 and samples.samples.samples is squares
    assert named["description"]["data"]["recomposed"] == 0.5
    batch = named["recompose"](collate([samples[i] for i in range(4)]))
    assert batch.pictures.shape == (4, 64, 64, 3)


def test_the_command_measures_and_shows(monkeypatch, pool, tmp_path, capsys):
    material = "training.recompose.material."
    monkeypatch.setattr(material + "load_toons", lambda: pool)
    monkeypatch.setattr("training.recompose.__main__.load_scene_backgrounds", Plain)
    monkeypatch.setattr(material + "load_art", lambda *_: drawn_art(pool))
    sheet = tmp_path / "sheet.png"
    words = ["--size", "64", "--batch", "3", "--batches", "1", "--gigabytes", "0.01"]
    assert measure_main([*words, "--device", "cpu", "-o", str(sheet)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["pictures"] == 3 and figures["recomposed_per_second"] > 0
    assert cv2.imread(str(sheet)).shape[0] == 320
