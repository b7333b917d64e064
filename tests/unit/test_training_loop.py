"""The training loop on tiny networks: schedule, resume, averages, batches, export."""

import json
import signal
from dataclasses import dataclass, replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from cartoon_models.networks.isnet import GroundTruthEncoder, ISNet
from cartoon_models.networks.rtmdet_ins import RTMDetIns, RTMDetInsConfig
from training import train_detector, train_refiner
from training.ema import MovingAverage
from training.export import export
from training.loop import (
    EndlessSampler,
    LoopOptions,
    Progress,
    learning_rate_at,
    make_optimizer,
    read_checkpoint,
    train,
    weights_of,
)

SMALL = RTMDetInsConfig(8, (1, 1, 1, 1), 16, 1)


class Numbers(torch.utils.data.Dataset):
    def __getitem__(self, index):
        return torch.tensor([float(index % 7)])


@dataclass
class Batch:
    values: torch.Tensor

    def to(self, device):
        return Batch(self.values.to(device))


def stack(samples):
    return Batch(torch.stack(samples))


def noisy_loss(network, batch, accelerator):
    error = network(batch.values) - 3 * batch.values - 1
    return {"loss": (error + torch.randn_like(error) * 0.01).square().mean()}


def options(folder, **changes):
    base = LoopOptions(folder, steps=10, batch=4, workers=0, cpu=True, log_steps=2, warmup_steps=2)
    return replace(base, **changes)


def line():
    torch.manual_seed(0)
    return nn.Linear(1, 1)


def weights(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def test_a_run_leaves_a_checkpoint_a_log_and_its_options(tmp_path):
    average = train(line(), noisy_loss, Numbers(), stack, options(tmp_path), description={"a": 1})
    state = read_checkpoint(tmp_path)
    assert state["progress"]["steps"] == 10 and state["progress"]["pictures"] == 40
    assert state["description"]["a"] == 1
    for name, value in average.state_dict().items():
        assert torch.equal(value, state["average"]["weights"][name])
    rows = [json.loads(text) for text in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [2, 4, 6, 8, 10]
    assert {"loss", "learning_rate", "pictures_per_second", "gradient_norm"} <= set(rows[0])
    assert json.loads((tmp_path / "options.json").read_text())["batch"] == 4
    assert not list(tmp_path.glob(".*"))


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(line(), noisy_loss, Numbers(), stack, options(whole))

    calls = []

    def stopped(*arguments):
        calls.append(1)
        if len(calls) == 6:
            signal.raise_signal(signal.SIGTERM)
        return noisy_loss(*arguments)

    before = signal.getsignal(signal.SIGTERM)
    train(line(), stopped, Numbers(), stack, options(parts))
    assert signal.getsignal(signal.SIGTERM) is before
    assert read_checkpoint(parts)["progress"]["steps"] == 6
    train(line(), noisy_loss, Numbers(), stack, options(parts))

    expected, got = read_checkpoint(whole), read_checkpoint(parts)
    for part in ("network", "average"):
        torch.testing.assert_close(got[part], expected[part], rtol=0, atol=0)
    assert got["progress"]["pictures"] == expected["progress"]["pictures"]


def test_a_finished_run_is_not_trained_further(tmp_path):
    train(line(), noisy_loss, Numbers(), stack, options(tmp_path))
    before = read_checkpoint(tmp_path)["network"]

    def never(*_):
        raise AssertionError("trained after the end")

    average = train(line(), never, Numbers(), stack, options(tmp_path))
    state = read_checkpoint(tmp_path)
    torch.testing.assert_close(state["network"], before, rtol=0, atol=0)
    torch.testing.assert_close(
        average.state_dict()["weight"], state["average"]["weights"]["weight"]
    )


def test_minutes_end_a_run_and_its_clock_goes_on(tmp_path):
    timed = options(tmp_path, steps=None, minutes=0.002)
    train(line(), noisy_loss, Numbers(), stack, timed)
    first = read_checkpoint(tmp_path)["progress"]
    assert first["seconds"] >= 0.12
    train(line(), noisy_loss, Numbers(), stack, replace(timed, minutes=0.004))
    second = read_checkpoint(tmp_path)["progress"]
    assert second["seconds"] >= 0.24 and second["steps"] > first["steps"]


def test_a_broken_batch_changes_nothing(tmp_path):
    network = line()
    before = weights(network)

    def broken(network, batch, accelerator):
        return {"loss": network(batch.values).sum() * float("nan")}

    train(network, broken, Numbers(), stack, options(tmp_path, steps=2))
    torch.testing.assert_close(weights(network), before, rtol=0, atol=0)


def test_learning_rate_warms_up_and_falls_to_the_final_share(tmp_path):
    of = options(tmp_path, learning_rate=1.0, final_rate=0.1, warmup_steps=10)
    assert learning_rate_at(0.0, 0, of) == pytest.approx(0.1)
    assert learning_rate_at(0.0, 9, of) == pytest.approx(1.0)
    assert learning_rate_at(0.5, 99, of) == pytest.approx(0.55)
    assert learning_rate_at(1.0, 99, of) == pytest.approx(0.1)


def test_progress_is_what_is_used_up_first(tmp_path):
    both = options(tmp_path, steps=100, minutes=10)
    assert Progress(steps=50, seconds=60).share(both) == 0.5
    assert Progress(steps=10, seconds=480).share(both) == 0.8
    assert Progress(steps=500).share(both) == 1.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"steps": None}, "give minutes or steps"),
        ({"steps": 0}, "steps is 0"),
        ({"minutes": -1.0}, "minutes is -1"),
        ({"batch": 0}, "batch 0"),
    ],
)
def test_options_that_cannot_work_are_refused(tmp_path, changes, words):
    with pytest.raises(ValueError, match=words):
        options(tmp_path, **changes)


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="train into that folder first"):
        read_checkpoint(tmp_path)


def test_the_processes_of_a_run_share_the_data():
    samplers = [iter(EndlessSampler(10, process, 3)) for process in range(3)]
    seen = sorted(next(sampler) for sampler in samplers for _ in range(4))
    assert seen == list(range(10, 22))


def test_only_kernels_decay(tmp_path):
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    decayed, free = make_optimizer(network, options(tmp_path, weight_decay=0.3)).param_groups
    assert [tuple(p.shape) for p in decayed["params"]] == [(4, 3, 3, 3)]
    assert decayed["weight_decay"] == 0.3 and free["weight_decay"] == 0
    assert len(free["params"]) == 3


def test_moving_average_forgets_its_start():
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    average = MovingAverage(network, decay=0.99)
    start = network[0].weight.detach().clone()
    with torch.no_grad():
        network[0].weight.fill_(5)
        network[1].num_batches_tracked.fill_(9)
    average.update(network)
    torch.testing.assert_close(average.network[0].weight, start + (5 - start) * (1 - 2 / 11))
    assert average.network[1].num_batches_tracked == 9
    for _ in range(600):
        average.update(network)
    assert (average.network[0].weight - 5).abs().max() < 0.05
    assert not average.network.training
    again = MovingAverage(network)
    again.load_state_dict(average.state_dict())
    assert again.updates == 601


class Squares(torch.utils.data.Dataset):
    """A bright square per picture, in the shape of the detector's samples."""

    def __getitem__(self, index):
        picture = torch.zeros(64, 64, 3, dtype=torch.uint8)
        masks = torch.zeros(index % 3, 64, 64, dtype=torch.uint8)
        for number in range(len(masks)):
            masks[number, 8 : 40 + index % 8, 30 * number : 30 * number + 25] = 255
            picture[masks[number] > 0] = 200
        boxes, _ = train_detector.boxes_of(masks)
        return {"picture": picture, "masks": masks, "boxes": boxes}


def test_boxes_of_masks():
    masks = torch.zeros(3, 20, 30, dtype=torch.uint8)
    masks[0, 4:9, 10:25] = 128
    masks[1, 2, 3] = 255
    boxes, present = train_detector.boxes_of(masks)
    assert boxes[0].tolist() == [10, 4, 25, 9]
    assert present.tolist() == [True, False, False]
    assert train_detector.boxes_of(masks[:0])[0].shape == (0, 4)


def test_detection_batches_are_padded_and_normalised():
    batch = train_detector.collate([Squares()[0], Squares()[2]])
    assert batch.targets.valid.tolist() == [[False, False], [True, True]]
    assert batch.targets.masks.shape == (2, 2, 16, 16)
    assert batch.targets.boxes[1, 1].tolist() == [30, 8, 55, 42]
    torch.testing.assert_close(
        batch.targets.masks[1, 0].sum() * 16, (Squares()[2]["masks"][0] > 0).sum().float()
    )
    picture = torch.tensor([10, 20, 30], dtype=torch.uint8).expand(1, 2, 2, 3)
    expected = [(30 - 103.53) / 57.375, (20 - 116.28) / 57.12, (10 - 123.675) / 58.395]
    got = train_detector.normalize(picture)
    assert got.shape == (1, 3, 2, 2)
    torch.testing.assert_close(got[0, :, 1, 1], torch.tensor(expected))


def test_letterboxed_samples_end_in_padding_and_keep_their_boxes():
    padded = train_detector.Letterboxed(Squares(), seed=1, share=1.0)
    for index in range(12):
        sample = padded[index]
        assert (sample["picture"][-1, -1] == train_detector.PAD).all()
        assert torch.equal(sample["picture"], padded[index]["picture"])
        assert len(sample["boxes"]) == len(sample["masks"])
        boxes, present = train_detector.boxes_of(sample["masks"])
        assert present.all() and torch.equal(boxes, sample["boxes"])
        covered = (sample["picture"] == train_detector.PAD).all(-1)
        assert (sample["masks"][:, covered] == 0).all()
    assert torch.equal(
        train_detector.Letterboxed(Squares(), 1, 0.0)[2]["masks"], Squares()[2]["masks"]
    )


def test_the_detector_trains_and_is_exported(tmp_path):
    run, output = tmp_path / "run", tmp_path / "detector.safetensors"
    network = train_detector.WithSemantics(train_detector.initialize(RTMDetIns(SMALL)))
    description = {"architecture": "rtmdet_ins", "input_size": 64, "part": "detector."}
    train(
        network,
        train_detector.compute_loss,
        Squares(),
        train_detector.collate,
        options(run, steps=2),
        description=description,
    )
    output.write_bytes(b"older weights")
    export(run, output, {"mask_ap50": 0.5})
    loaded = RTMDetIns.from_state_dict({k: v.float() for k, v in load_file(output).items()})
    assert loaded.config == SMALL
    averaged = weights_of(run)["detector.head.rtm_reg.0.weight"]
    torch.testing.assert_close(loaded.head.rtm_reg[0].weight, averaged.half().float())
    with safe_open(output, "pt") as file:
        metadata = file.metadata()
    keys = {"architecture", "input_size", "licence", "training", "commit", "seed", "metrics"}
    assert keys <= set(metadata)
    assert metadata["architecture"] == "rtmdet_ins" and metadata["input_size"] == "64"
    assert json.loads(metadata["training"])["pictures"] == 8
    assert json.loads(metadata["metrics"]) == {"mask_ap50": 0.5}
    assert str(tmp_path) not in json.dumps(metadata)


def test_an_untrained_detector_sees_little_and_boxes_are_six_strides_wide():
    torch.manual_seed(0)
    network = train_detector.initialize(RTMDetIns(SMALL)).eval()
    with torch.no_grad():
        scores, boxes, kernels, _ = network(torch.randn(1, 3, 64, 64))
    for level, stride in enumerate((8, 16, 32)):
        assert scores[level].sigmoid().mean() == pytest.approx(0.01, abs=0.005)
        assert boxes[level].mean() == pytest.approx(3 * stride, rel=0.2)
    # All levels begin with the same mask network.
    torch.testing.assert_close(kernels[0].mean((2, 3)), kernels[2].mean((2, 3)), atol=0.2, rtol=0)


class Disks(torch.utils.data.Dataset):
    def __getitem__(self, index):
        mask = torch.zeros(64, 64)
        mask[10 : 30 + index % 9, 12:40] = 1
        picture = torch.full((64, 64, 3), 255, dtype=torch.uint8)
        return {"picture": picture, "coarse": mask, "alpha": mask, "inside": torch.ones(64, 64)}


def test_the_refiner_trains_with_a_frozen_encoder_and_is_exported(tmp_path):
    loop = options(tmp_path / "run", steps=2, batch=2)
    encoder = train_refiner.train_encoder(loop, 0.0625, 0.001, Disks())
    assert not any(parameter.requires_grad for parameter in encoder.parameters())
    before = weights(encoder)
    train(
        ISNet(4, 0.0625),
        train_refiner.loss_with(encoder),
        Disks(),
        train_refiner.collate,
        loop,
        extras={"encoder": encoder},
        description={"architecture": "isnet", "input_size": 64},
    )
    torch.testing.assert_close(weights(encoder), before, rtol=0, atol=0)
    output = export(loop.run, tmp_path / "refiner.safetensors")
    assert isinstance(
        ISNet.from_state_dict({k: v.float() for k, v in load_file(output).items()}), ISNet
    )
    with pytest.raises(ValueError, match="ground_truth_encoder"):
        export(loop.run / "encoder", tmp_path / "encoder.safetensors")


def test_the_refiner_reads_bgr_and_the_coarse_mask():
    sample = Disks()[0] | {
        "picture": torch.tensor([255, 0, 51], dtype=torch.uint8).expand(64, 64, 3)
    }
    inputs = train_refiner.collate([sample]).inputs()
    assert inputs.shape == (1, 4, 64, 64)
    torch.testing.assert_close(inputs[0, :, 15, 15], torch.tensor([0.2, 0.0, 1.0, 1.0]))
    assert inputs[0, 3, 0, 0] == 0


def test_weights_that_overflow_float16_are_not_exported(tmp_path):
    state = {
        "average": {"weights": ISNet(4, 0.0625).state_dict()},
        "description": {"architecture": "isnet", "input_size": 64},
    }
    state["average"]["weights"]["conv_in.weight"].fill_(1e6)
    torch.save(state, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match=r"conv_in\.weight does not fit float16"):
        export(tmp_path, tmp_path / "refiner.safetensors")
    assert not (tmp_path / "refiner.safetensors").exists()


def test_encoder_and_refiner_features_have_the_same_shapes():
    inputs = train_refiner.collate([Disks()[0]]).inputs()
    _, features = ISNet(4, 0.0625).eval()(inputs, return_features=True)
    _, truth = GroundTruthEncoder(0.0625).eval()(inputs[:, 3:])
    assert [f.shape for f in features] == [t.shape for t in truth]


@pytest.mark.parametrize("trainer", [train_detector, train_refiner])
def test_a_trainer_without_an_end_says_so(trainer, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        trainer.main(["--run", str(tmp_path / "run")])
    assert stopped.value.code == 2
    assert "--minutes" in capsys.readouterr().err


def test_a_run_can_begin_with_exported_weights(tmp_path):
    torch.manual_seed(0)
    network = train_detector.WithSemantics(RTMDetIns(SMALL))
    name = "head.rtm_reg.0.weight"
    save_file({name: torch.full((4, 16, 1, 1), 0.5).half()}, tmp_path / "some.safetensors")
    begun = weights_of(tmp_path / "some.safetensors", "detector.")
    assert set(begun) == {f"detector.{name}"} and begun[f"detector.{name}"].dtype == torch.float32
    missing, unexpected = network.load_state_dict(begun, strict=False)
    assert not unexpected and f"detector.{name}" not in missing
