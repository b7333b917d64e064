"""training.finetune_detector: a tiny run from end to end, its views, and what bad input gets."""

import json
import signal
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("pycocotools", reason="pycocotools is in the extras dev and train")
pytest.importorskip("accelerate", reason="accelerate is in the extra train")

from safetensors import safe_open
from safetensors.torch import load_file, save_file

from cartoon_models.instances import load_segmenter
from cartoon_models.networks.rtmdet_ins import RTMDetIns, RTMDetInsConfig
from tests.unit.labelled import SIZES, figure, labelled
from training import finetune_detector, finetune_replay
from training.finetune_data import Chosen, read_labelled
from training.finetune_replay import SceneSamples
from training.finetune_share import SHARES, nearest_share
from training.loop import read_checkpoint
from training.train_detector import initialize


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A small detector that knows nothing, as a file."""
    torch.manual_seed(0)
    network = initialize(RTMDetIns(RTMDetInsConfig(8, (1, 1, 1, 1), 16, 1)))
    path = tmp_path_factory.mktemp("start") / "small.safetensors"
    metadata = {"architecture": "rtmdet_ins", "input_size": "64"}
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, path, metadata)
    return path


@pytest.fixture
def pictures(tmp_path):
    return labelled(tmp_path)


def run(folder, start, *more, steps=2):
    arguments = ["--images", folder / "pictures", "--annotations", folder / "labels.json"]
    arguments += ["--output", folder / "new.safetensors", "--start", start, "--steps", steps]
    arguments += ["--batch", 2, "--workers", 0, "--synthetic-share", 0, "--cpu"]
    return finetune_detector.main([str(argument) for argument in (*arguments, *more)])


def test_not_better_is_not_written_unless_it_is_kept_anyway(pictures, start, capsys):
    assert run(pictures, start) == 1
    said = capsys.readouterr().out
    assert "2 pictures to learn from, 2 held out" in said
    assert "before: mask AP 0.0" in said and "after:  mask AP 0.0" in said
    assert "nothing was written" in said
    assert not (pictures / "new.safetensors").exists()

    # The training is done: the same command only measures and writes.
    assert run(pictures, start, "--keep-anyway") == 0
    assert read_checkpoint(pictures / "new.run")["progress"]["steps"] == 2
    said = capsys.readouterr().out
    assert "Going on with the run" in said and "ComfyUI/models/celkit" in said
    path = pictures / "new.safetensors"
    old, new = load_file(start), load_file(path)
    assert old.keys() == new.keys() and not any(t.dtype == torch.float32 for t in new.values())
    name = "backbone.stem.0.conv.weight"
    assert not torch.equal(old[name], new[name].float())
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    assert metadata["architecture"] == "rtmdet_ins" and metadata["input_size"] == "64"
    assert json.loads(metadata["metrics"])["after"]["mask_AP"] == 0
    assert str(pictures) not in json.dumps(metadata)
    segmenter = load_segmenter(detector=path, refiner="none", device="cpu")
    segmenter.segment(figure(64, 80, 0)[0].astype(np.float32) / 255)

    path.write_bytes(b"kept")
    assert run(pictures, start) == 2
    assert "is not overwritten" in capsys.readouterr().err and path.read_bytes() == b"kept"


def test_better_is_written(pictures, start, monkeypatch):
    answers = iter((0.2, 0.3))
    monkeypatch.setattr(
        finetune_detector, "_figures", lambda *_: {"mask_AP": next(answers), "box_AP": 0.5}
    )
    assert run(pictures, start) == 0
    with safe_open(pictures / "new.safetensors", framework="pt") as file:
        assert json.loads(file.metadata()["metrics"])["before"]["mask_AP"] == 0.2


def test_scores_are_shifted_half_the_way(pictures, start, monkeypatch):
    """Half of the way between the logits of 0.3 and 0.7 is 0.5."""
    source, _ = read_labelled(pictures / "pictures", pictures / "labels.json")
    state = load_file(start)
    bias = "head.rtm_cls.1.bias"
    for answer, shift in (((0.7, 0.9), np.log(0.3 / 0.7)), ((0.08, 0.0), 0.0)):
        monkeypatch.setattr(finetune_detector, "best_threshold", lambda _, a=answer: a)
        made = finetune_detector.calibrated(state, 64, Chosen(source, [0]), torch.device("cpu"))
        assert (made[bias] - state[bias]).item() == pytest.approx(shift, abs=1e-5)
        assert torch.equal(made["head.rtm_reg.0.bias"], state["head.rtm_reg.0.bias"])


def test_a_stopped_run_goes_on_with_the_same_pictures_only(pictures, start, monkeypatch, capsys):
    whole, calls = finetune_detector.compute_loss, []

    def stopped(*arguments):
        calls.append(1)
        if len(calls) == 2:
            signal.raise_signal(signal.SIGINT)
        return whole(*arguments)

    monkeypatch.setattr(finetune_detector, "compute_loss", stopped)
    assert run(pictures, start, steps=4) == 1
    assert "Stopped. The same command goes on" in capsys.readouterr().out
    assert read_checkpoint(pictures / "new.run")["progress"]["steps"] == 2

    content = (pictures / "labels.json").read_text()
    (pictures / "labels.json").write_text(content.replace('"iscrowd": 0', '"iscrowd": 1', 1))
    Image.fromarray(figure(64, 80, 9)[0]).save(pictures / "pictures" / "0.png")
    code = run(pictures, start, steps=4)
    error = capsys.readouterr().err
    assert code == 2 and ("begun with other pictures" in error or "too few" in error)

    (pictures / "labels.json").write_text(content)
    Image.fromarray(figure(*SIZES[0], 0)[0]).save(pictures / "pictures" / "0.png")
    assert run(pictures, start, steps=4) == 1
    assert read_checkpoint(pictures / "new.run")["progress"]["steps"] == 4


def change(pictures, edit):
    path = pictures / "labels.json"
    record = json.loads(path.read_text())
    edit(record)
    path.write_text(json.dumps(record))


def set_of(key, value):
    def edit(record):
        record["annotations"][1][key] = value

    return edit


def keep_first(count):
    def edit(record):
        record["images"] = record["images"][:count]
        record["annotations"] = record["annotations"][:count]

    return edit


def renamed(record):
    for image in record["images"]:
        image["file_name"] = "other" + image["file_name"]


def as_captions(record):
    record["annotations"] = [{"id": 1, "image_id": 0, "caption": "a girl"}]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (renamed, "name no picture that is there"),
        (keep_first(1), "1 pictures with characters are too few"),
        (keep_first(3), "at least 4"),
        (set_of("segmentation", [[200, 200, 220, 200, 220, 220]]), "outside the picture"),
        (set_of("bbox", [float("nan"), 0, 1, 1]), "box of annotation 1 is [nan"),
        (set_of("segmentation", [[float("nan"), 1, 5, 5, 1, 9]]), "NaN or infinity"),
        (as_captions, "holds captions"),
    ],
)
def test_bad_annotations_are_one_sentence(pictures, start, edit, message, capsys):
    change(pictures, edit)
    assert run(pictures, start) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (pictures / "new.safetensors").exists() and not (pictures / "new.run").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--images", "nowhere"], "no folder of pictures at nowhere"),
        (["--annotations", "nowhere.json"], "no annotation file at nowhere.json"),
        (["--categories", "boy"], "no category 'boy'; it has girl"),
        (["--output", "new.pth"], "must end in .safetensors"),
        (["--output", "nowhere/new.safetensors"], "no folder nowhere"),
        (["--minutes", "0"], "minutes is 0"),
        (["--size", "100"], "multiple of 32"),
        (["--learning-rate", "-1"], "--learning-rate -1"),
        (["--synthetic-share", "1"], "--synthetic-share 1"),
        (["--start", "nothing.safetensors"], "nothing.safetensors"),
        (["--synthetic-share", "0.5", "--art", "nowhere"], "no folder of drawings at nowhere"),
    ],
)
def test_bad_options_are_one_sentence(pictures, start, more, message, monkeypatch, capsys):
    monkeypatch.chdir(pictures)
    assert run(pictures, start, *more) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_folder_without_pictures(pictures, start, capsys):
    (pictures / "empty").mkdir()
    assert run(pictures, start, "--images", pictures / "empty") == 2
    assert "There are no pictures in" in capsys.readouterr().err
    labels = ("--annotations", pictures / "empty")
    assert run(pictures, start, *labels) == 2
    assert "no saved instances with their picture" in capsys.readouterr().err


def test_a_folder_that_is_no_run_is_left_alone(pictures, start, capsys):
    (pictures / "new.run").mkdir()
    (pictures / "new.run" / "mine.txt").write_text("kept")
    assert run(pictures, start) == 2
    assert "is no run of this command" in capsys.readouterr().err
    assert [path.name for path in (pictures / "new.run").iterdir()] == ["mine.txt"]


def test_broken_pictures_are_named_and_the_rest_is_used(tmp_path, start, capsys):
    folder = labelled(tmp_path, 6)
    (folder / "pictures" / "3.png").write_bytes(b"no picture")
    (folder / "pictures" / "5.png").unlink()
    assert run(folder, start) == 1
    said = capsys.readouterr().out
    assert "no readable pictures, left out: 3.png" in said
    assert "without a picture, left out: 5.png" in said
    assert "2 pictures to learn from, 2 held out" in said


def test_without_public_domain_art_it_goes_on_and_says_so(pictures, start, monkeypatch, capsys):
    monkeypatch.setenv("CELKIT_ART", str(pictures / "nowhere"))
    assert run(pictures, start, "--synthetic-share", "0.3") == 1
    assert "without compositions of public-domain art" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "found", "share"),
    [
        (0.2, {1.0: 0.5, 0.75: 0.48, 0.5: 0.46, 0.25: 0.4}, 0.75),  # a tenth of 30 points
        (0.47, {1.0: 0.5, 0.75: 0.5, 0.5: 0.495, 0.25: 0.48}, 0.5),  # a point
        (0.497, {1.0: 0.5, 0.75: 0.499, 0.5: 0.498, 0.25: 0.495}, 0.5),  # not worse than before
        (0.6, {1.0: 0.3, 0.75: 0.4, 0.5: 0.5, 0.25: 0.495}, 0.25),
        (0.0, dict.fromkeys(SHARES, 0.0), 0.25),
    ],
)
def test_the_share_nearest_to_the_start_is_taken_of_those_about_as_good(before, found, share):
    assert nearest_share(found, before) == share


def test_weights_lie_as_far_from_the_start_as_asked_for(pictures, start):
    """--share 1 gives what was learned; another share of the same run needs no more training."""
    for share in ("1", "0.25"):
        output = ("--output", pictures / f"{share}.safetensors", "--run", pictures / "a.run")
        assert run(pictures, start, "--keep-anyway", "--share", share, *output) == 0
    learned = read_checkpoint(pictures / "a.run")["average"]["weights"]
    old = load_file(start)
    for share in ("1", "0.25"):
        path = pictures / f"{share}.safetensors"
        new = load_file(path)
        for name, value in new.items():
            end = learned[f"detector.{name}"]
            if name.startswith("head.rtm_cls.") or not value.is_floating_point():
                continue  # scores are shifted afterwards
            expected = torch.lerp(old[name], end, float(share))
            torch.testing.assert_close(value.float(), expected, rtol=1e-3, atol=1e-4, msg=name)
            if name.endswith(("running_mean", "running_var")):  # held
                torch.testing.assert_close(end, old[name], msg=name)
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
        averaged = json.loads(metadata["training"])["averaged"]
        assert averaged == {"share": float(share), "with": start.name}
        assert json.loads(metadata["metrics"])["share"] == float(share)


def test_the_choice_is_told_and_kept(pictures, start, monkeypatch, capsys):
    monkeypatch.setattr(finetune_detector, "nearest_share", lambda found, before: 0.5)
    assert run(pictures, start, "--keep-anyway") == 0
    said = capsys.readouterr().out
    assert all(f"{share}% of the way to the new weights: mask AP" in said for share in (100, 25))
    assert "50% of the way is about as good as any" in said
    with safe_open(pictures / "new.safetensors", framework="pt") as file:
        metrics = json.loads(file.metadata()["metrics"])
    assert metrics["share"] == 0.5
    assert metrics["mask_AP_of_shares"] == dict.fromkeys(("1", "0.75", "0.5", "0.25"), 0)


def test_pictures_are_looked_at_as_users_will(pictures, start, monkeypatch):
    """A detector that looks at two sizes is measured and calibrated at both of them."""
    whole, seen = finetune_detector.measure, []

    def recorded(segmenter, *arguments, **options):
        seen.append((segmenter.detector_size, segmenter.detector_scales))
        return whole(segmenter, *arguments, **options)

    monkeypatch.setattr(finetune_detector, "measure", recorded)
    two = pictures / "two.safetensors"
    save_file(
        load_file(start),
        two,
        {"architecture": "rtmdet_ins", "input_size": "64", "scales": "1 1.5"},
    )
    assert run(pictures, two, "--keep-anyway", steps=1) == 0
    assert set(seen) == {(64, (1.0, 1.5))} and len(seen) == len(SHARES) + 3
    with safe_open(pictures / "new.safetensors", framework="pt") as file:
        assert file.metadata()["scales"] == "1 1.5"


def test_stopped_while_measuring_is_one_sentence(pictures, start, monkeypatch, capsys):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(finetune_detector, "measure", stopped)
        assert run(pictures, start) == 1
    assert "Stopped" in capsys.readouterr().out and not (pictures / "new.safetensors").exists()
    assert run(pictures, start, "--keep-anyway") == 0


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--share", "0"], "--share 0.0"),
        (["--share", "1.5"], "--share 1.5"),
        (["--scenes", "2"], "--scenes 2.0"),
    ],
)
def test_shares_that_are_none_are_one_sentence(pictures, start, more, message, capsys):
    assert run(pictures, start, *more) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (pictures / "new.run").exists()


class Blocks:
    """In the place of `toon.samples.Scenes`: a block and a speck, where chance puts them."""

    def compose(self, rng, size):
        masks = np.zeros((2, *size), np.uint8)
        y, x = rng.integers(0, size[0] - 20, 2)
        masks[0, y : y + 20, x : x + 20] = 255
        masks[1, 0, 0] = 255
        picture = np.repeat(masks.max(0)[..., None], 3, 2)
        return SimpleNamespace(picture=picture, masks=masks), (0, 1)


def test_scenes_are_samples_without_what_is_too_small():
    scenes = SceneSamples(Blocks(), 64, seed=1)
    first, again = scenes[3], SceneSamples(Blocks(), 64, seed=1)[3]
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert first["picture"].shape == (64, 64, 3) and first["masks"].shape == (1, 64, 64)
    x1, y1, x2, y2 = first["boxes"][0].int().tolist()
    assert (x2 - x1, y2 - y1) == (20, 20) and (first["masks"][0, y1:y2, x1:x2] == 255).all()
    assert not torch.equal(first["masks"], scenes[4]["masks"])


@pytest.mark.parametrize("share", ["0.4", "1"])
def test_scenes_need_no_public_domain_art(pictures, start, share, monkeypatch, capsys):
    monkeypatch.setenv("CELKIT_ART", str(pictures / "nowhere"))
    monkeypatch.setattr(finetune_replay, "load_scenes", lambda *_, **__: Blocks())
    assert run(pictures, start, "--synthetic-share", "0.5", "--scenes", share) == 1
    said = capsys.readouterr().out
    assert "Generated scenes are mixed in" in said and "public-domain art" not in said
