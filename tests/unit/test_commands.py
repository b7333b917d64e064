"""The command line: what it writes, what it refuses, what it says."""

import io
import json
import os
import shutil
import sys

import numpy as np
import pytest
import torch
from PIL import Image

import cartoon_models.instances as instances_package
from cartoon_models import commands
from cartoon_models.commands import main
from cartoon_models.errors import Cancelled
from cartoon_models.instances import Instances


class TwoCharacters:
    """A segmenter that always finds the left and the right quarter of a picture."""

    def __init__(self):
        self.calls = []
        self.error = None
        self.count = 2

    def segment(self, picture, *, progress=None, **options):
        self.calls.append(options)
        if self.error:
            raise self.error
        for done in range(3):
            progress(done + 1, 3)
        height, width = picture.shape[:2]
        masks = torch.zeros(2, height, width)
        masks[0, :, : width // 4] = 1
        masks[1, :, -(width // 4) :] = 0.9
        return Instances.from_masks(masks, scores=[0.9, 0.8])[list(range(self.count))]

    def segment_boxes(self, picture, boxes, *, progress=None, **options):
        self.calls.append({"boxes": boxes, **options})
        masks = torch.zeros(len(boxes), *picture.shape[:2])
        for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True):
            mask[int(y1) : int(y2), int(x1) : int(x2)] = 1
        return Instances.from_masks(masks)


@pytest.fixture
def segmenter(monkeypatch):
    fake = TwoCharacters()

    def load(detector=None, refiner=None, device=None):
        fake.loaded = (detector, refiner, device)
        return fake

    monkeypatch.setattr(instances_package, "load_segmenter", load)
    return fake


@pytest.fixture
def picture(tmp_path):
    array = np.random.default_rng(0).integers(0, 256, (24, 40, 3), dtype=np.uint8)
    Image.fromarray(array).save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def run(*arguments):
    return main([str(argument) for argument in arguments])


ALL = [
    "cutout_00.png",
    "cutout_01.png",
    "instances.json",
    "mask_00.png",
    "mask_01.png",
    "overlay.png",
]


def test_segment_writes_mask_cutout_overlay_and_json(segmenter, picture, tmp_path, capsys):
    out = tmp_path / "deep" / "out"
    assert run("segment", picture, "-o", out) == 0
    assert sorted(os.listdir(out)) == ALL
    record = json.loads((out / "instances.json").read_text())
    assert record["size"] == [24, 40]
    assert [entry["mask"] for entry in record["instances"]] == ["mask_00.png", "mask_01.png"]
    cutout = Image.open(out / "cutout_00.png")
    assert (cutout.mode, cutout.size) == ("RGBA", (10, 24))
    assert Image.open(out / "overlay.png").size == (40, 24)
    said = capsys.readouterr()
    assert "2 characters" in said.out
    assert str(out) in said.out


def test_options_reach_the_segmenter(segmenter, picture, tmp_path):
    options = "--score 0.5 --max-instances 7 --duplicates 0.8 --refine-mode crop --order area"
    options += " --overlaps front --detector-size 320 --refiner-size 512 --device cpu"
    options += " --detector d.pth --refiner none --cutout frame --quiet"
    assert run("segment", picture, "-o", tmp_path / "out", *options.split()) == 0
    assert segmenter.loaded == ("d.pth", "none", "cpu")
    assert segmenter.calls == [
        {
            "score_threshold": 0.5,
            "max_instances": 7,
            "duplicate_threshold": 0.8,
            "refine_mode": "crop",
            "order": "area",
            "overlaps": "front",
            "detector_size": 320,
            "refiner_size": 512,
        }
    ]
    assert Image.open(tmp_path / "out" / "cutout_00.png").size == (40, 24)


def test_the_options_are_ones_that_the_segmenter_has():
    import inspect

    from cartoon_models.instances import ORDERS, OVERLAP_RULES, PROMPTS, REFINE_MODES, Segmenter

    sent = {"score_threshold", "max_instances", "duplicate_threshold", "refine_mode", "order"}
    sent |= {"overlaps", "detector_size", "refiner_size", "progress"}
    assert sent <= set(inspect.signature(Segmenter.segment).parameters)
    boxes = set(inspect.signature(Segmenter.segment_boxes).parameters)
    assert (sent - {"score_threshold", "max_instances", "duplicate_threshold", "order"}) | {
        "prompt"
    } <= boxes
    parser = commands.make_parser()
    for option, values in (
        ("--order", ORDERS),
        ("--overlaps", ("keep", *OVERLAP_RULES)),
        ("--prompt", PROMPTS),
        ("--refine-mode", REFINE_MODES),
    ):
        for value in values:
            parser.parse_args(["segment", "a.png", "-o", "out", option, value])


def test_the_transparency_of_the_picture_stays_in_the_cutouts(segmenter, tmp_path):
    Image.new("RGBA", (40, 24), (200, 30, 30, 0)).save(tmp_path / "clear.png")
    assert run("segment", tmp_path / "clear.png", "-o", tmp_path / "out") == 0
    assert np.asarray(Image.open(tmp_path / "out" / "cutout_00.png"))[..., 3].max() == 0


def test_boxes_come_from_the_line_and_from_a_file(segmenter, picture, tmp_path):
    (tmp_path / "boxes.json").write_text("[[20, 0, 30, 24]]")
    arguments = [
        "--boxes",
        "0, 0, 10.0, 24",
        "--boxes",
        tmp_path / "boxes.json",
        "--prompt",
        "match",
    ]
    assert run("segment", picture, "-o", tmp_path / "out", *arguments) == 0
    assert segmenter.calls[0]["boxes"] == [[0, 0, 10, 24], [20, 0, 30, 24]]
    assert segmenter.calls[0]["prompt"] == "match"


def test_tags_come_from_the_taggers_folder(segmenter, picture, tmp_path, monkeypatch):
    from cartoon_models.instances import wd_tagger
    from cartoon_models.instances.tags import TagResult

    class Hats:
        def tag(self, pictures, general_threshold=None, character_threshold=None):
            assert (general_threshold, character_threshold) == (0.4, 0.9)
            return [TagResult({"hat": 0.9}, {"mascot": 0.95}) for _ in pictures]

    monkeypatch.setattr(wd_tagger, "load_tagger", lambda folder, device=None: Hats())
    options = ["--tagger", "folder", "--tag-threshold", "0.4", "--character-threshold", "0.9"]
    assert run("segment", picture, "-o", tmp_path / "out", *options) == 0
    record = json.loads((tmp_path / "out" / "instances.json").read_text())
    assert [entry["tags"] for entry in record["instances"]] == [["hat"], ["hat"]]
    assert [entry["characters"] for entry in record["instances"]] == [["mascot"], ["mascot"]]


def test_a_folder_gives_each_picture_its_folder(segmenter, picture, tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.png", "b.png", "b.jpg"):
        Image.open(picture).save(folder / name)
    (folder / "notes.txt").write_text("not a picture")
    assert run("segment", folder, "-o", tmp_path / "out") == 0
    assert sorted(os.listdir(tmp_path / "out")) == ["a", "b.jpg", "b.png"]
    assert sorted(os.listdir(tmp_path / "out" / "b.jpg")) == ALL


def test_one_bad_picture_of_a_folder_is_left_out_and_said(segmenter, picture, tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    Image.open(picture).save(folder / "a.png")
    (folder / "b.png").write_text("not a picture")
    assert run("segment", folder, "-o", tmp_path / "out") == 2
    assert os.listdir(tmp_path / "out") == ["a"]
    assert "b.png was left out" in capsys.readouterr().err


def test_a_picture_too_large_for_the_memory_does_not_stop_a_folder(
    segmenter, picture, tmp_path, capsys, monkeypatch
):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.png", "b.png", "c.png", "d.png"):
        Image.open(picture).save(folder / name)
    errors = [MemoryError(), torch.OutOfMemoryError("CUDA"), allocator_error()]
    segment = segmenter.segment

    def scarce(*arguments, **options):
        if errors:
            raise errors.pop()
        return segment(*arguments, **options)

    monkeypatch.setattr(segmenter, "segment", scarce)
    assert run("segment", folder, "-o", tmp_path / "out") == 2
    assert os.listdir(tmp_path / "out") == ["d"]
    said = capsys.readouterr().err
    assert said.count("left out: there is not enough memory") == 3


def allocator_error():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**55)
    return caught.value


def test_a_bug_stops_a_folder(segmenter, picture, tmp_path):
    Image.open(picture).save(tmp_path / "second.png")
    segmenter.error = RuntimeError("a bug")
    with pytest.raises(RuntimeError, match="a bug"):
        run("segment", tmp_path, "-o", tmp_path / "out")


def test_what_only_looks_like_a_picture_in_a_folder(segmenter, picture, tmp_path, capsys):
    (tmp_path / "folder.png").mkdir()
    assert run("segment", tmp_path, "-o", tmp_path / "out") == 0
    assert os.listdir(tmp_path / "out") == ["picture"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")  # to read it would be to wait for ever
        (tmp_path / "link.png").symlink_to("nowhere.png")
        assert run("segment", tmp_path, "-o", tmp_path / "out", "--overwrite") == 2
        assert "link.png was left out: There is no picture" in capsys.readouterr().err


def test_no_two_pictures_of_a_folder_share_their_results(segmenter, picture, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.png", "A.jpg", "b.png", "b.jpg", "b.png.png"):
        Image.open(picture).save(folder / name)
    assert run("segment", folder, "-o", tmp_path / "out") == 0
    names = sorted(os.listdir(tmp_path / "out"))
    assert names == ["A.jpg", "a.png", "b.jpg", "b.png", "b.png.png"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_names_that_the_console_cannot_show_stop_nothing(
    segmenter, picture, tmp_path, monkeypatch, encoding
):
    folder = tmp_path / "in"
    folder.mkdir()
    names = ["a", "漢字", "ü"] + (["z\udcff"] if sys.platform == "linux" else [])
    for name in names:
        shutil.copy(picture, folder / f"{name}.png")
    shown = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    monkeypatch.setattr("sys.stdout", shown)
    assert run("segment", folder, "-o", tmp_path / "out") == 0
    assert len(shown.buffer.getvalue().splitlines()) == len(names)
    assert sorted(os.listdir(tmp_path / "out")) == sorted(names)


def test_results_that_could_not_be_written_are_noticed_before_the_work(
    segmenter, picture, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path / "locked")
    (tmp_path / "locked").mkdir()
    assert run("segment", picture, "-o", tmp_path / "locked" / "new" / "out") == 2
    assert "locked: Results cannot be written" in capsys.readouterr().err
    assert not segmenter.calls


def test_no_character_is_no_error(segmenter, picture, tmp_path, capsys):
    segmenter.count = 0
    assert run("segment", picture, "-o", tmp_path / "out") == 0
    assert sorted(os.listdir(tmp_path / "out")) == ["instances.json", "overlay.png"]
    assert "no characters" in capsys.readouterr().out


def test_earlier_results_are_kept_unless_asked(segmenter, picture, tmp_path, capsys):
    out = tmp_path / "out"
    run("segment", picture, "-o", out)
    (out / "notes.txt").write_text("mine")
    (out / "cutout_09.png").write_text("mine")
    before = (out / "overlay.png").stat().st_mtime_ns
    segmenter.calls.clear()
    assert run("segment", picture, "-o", out) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert not segmenter.calls, "noticed before the work"
    assert (out / "overlay.png").stat().st_mtime_ns == before
    segmenter.count = 1
    assert run("segment", picture, "-o", out, "--overwrite") == 0
    assert sorted(os.listdir(out)) == sorted(
        [
            "cutout_00.png",
            "cutout_09.png",
            "instances.json",
            "mask_00.png",
            "notes.txt",
            "overlay.png",
        ]
    )


def test_a_folder_goes_on_where_an_earlier_run_stopped(segmenter, picture, tmp_path, capsys):
    out, second = tmp_path / "out", picture.with_name("second.png")
    run("segment", picture.parent, "-o", out)
    before = (out / "picture" / "instances.json").stat().st_mtime_ns
    shutil.copy(picture, second)
    segmenter.calls.clear()
    capsys.readouterr()
    assert run("segment", picture.parent, "-o", out, "--resume") == 0
    assert len(segmenter.calls) == 1
    assert sorted(os.listdir(out / "second")) == ALL
    assert (out / "picture" / "instances.json").stat().st_mtime_ns == before
    assert "1 picture has its results already" in capsys.readouterr().out
    (out / "second" / "instances.json").unlink()  # what is left may be anybody's
    assert run("segment", picture.parent, "-o", out, "--resume") == 2
    assert "second holds results already (cutout_00.png)" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run("segment", picture.parent, "-o", out, "--resume", "--overwrite")


@pytest.mark.parametrize(
    "error", [Cancelled("stopped by the user"), ValueError("NaN"), KeyboardInterrupt()]
)
def test_a_failure_leaves_no_results(segmenter, picture, tmp_path, error, capsys):
    segmenter.error = error
    code = run("segment", picture, "-o", tmp_path / "out")
    assert code == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert not (tmp_path / "out").exists() or not os.listdir(tmp_path / "out")
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith("celkit: ")


def test_a_failure_while_writing_leaves_no_results(segmenter, picture, tmp_path, monkeypatch):
    from cartoon_models.instances import show

    def draw(*_, **__):
        raise OSError(28, "No space left on device", "overlay.png")

    monkeypatch.setattr(show, "draw_overlay", draw)
    assert run("segment", picture, "-o", tmp_path / "out") == 2
    assert os.listdir(tmp_path / "out") == []


def test_a_bug_is_not_hidden_behind_a_sentence(segmenter, picture, tmp_path):
    segmenter.error = RuntimeError("a bug")
    with pytest.raises(RuntimeError, match="a bug"):
        run("segment", picture, "-o", tmp_path / "out")


def test_no_memory_is_one_sentence(segmenter, picture, tmp_path, capsys):
    segmenter.error = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate...")
    assert run("segment", picture, "-o", tmp_path / "out") == 2
    assert "not enough memory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.png"], "There is no picture at none.png"),
        (["{folder}"], "no picture in the folder"),
        (["{text}"], "not a picture"),
        (["{picture}", "--boxes", "1,2,3"], "four numbers"),
        (["{picture}", "--boxes", "a,b,c,d"], "four numbers"),
        (["{picture}", "--boxes", "none.json"], "no file of boxes"),
        (["{folder}", "--boxes", "1,2,3,4"], "belongs to one picture"),
        (["{picture}", "--tagger", "{folder}"], "no selected_tags.csv"),
        (["{picture}", "--margin", "-3"], "from 0 up, not -3"),
        (["{picture}", "--device", "toaster"], "'toaster' cannot be used"),
        (["{picture}", "--device", "meta"], "'meta' cannot be used"),
        (["{many}", "--score", "2"], "--score is a number from 0 to 1, not 2.0"),
        (["{many}", "--score", "nan"], "--score is a number from 0 to 1, not nan"),
        (["{many}", "--duplicates", "-1"], "--duplicates is a number from 0 to 1"),
        (["{many}", "--tag-threshold", "7"], "--tag-threshold is a number from 0 to 1"),
        (["{many}", "--max-instances", "0"], "--max-instances is 1 or more"),
        (["{many}", "--detector-size", "100"], "--detector-size is a multiple of 32"),
        (["{many}", "--detector-size", "0"], "--detector-size is a multiple of 32"),
        (["{many}", "--refiner-size", "5"], "--refiner-size is 32 or more"),
        (["{picture}", "-o", "{text}"], "is a file"),
    ],
)
def test_bad_input_is_code_2_and_one_sentence(
    segmenter, picture, tmp_path, capsys, arguments, words
):
    folder, text = tmp_path / "folder", tmp_path / "text.png"
    folder.mkdir()
    text.write_text("text")
    if "in the folder" not in words:
        Image.open(picture).save(folder / "a.png")
    many = picture.parent
    arguments = [a.format(folder=folder, text=text, picture=picture, many=many) for a in arguments]
    if "-o" not in arguments:
        arguments += ["-o", tmp_path / "out"]
    assert run("segment", *arguments) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said


def test_missing_weights_are_one_sentence(picture, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CELKIT_MODELS", str(tmp_path))
    assert run("segment", picture, "-o", tmp_path / "out", "--detector", "no/such.pth") == 2
    assert "no weights file at no/such.pth" in capsys.readouterr().err


def test_a_wrong_option_is_code_2(capsys):
    for arguments in (
        [],
        ["segment"],
        ["segment", "a.png"],
        ["segment", "a.png", "-o", "b", "--order", "x"],
    ):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
    capsys.readouterr()


@pytest.mark.parametrize("command", [[], ["segment"], ["weights"], ["weights", "fetch"]])
def test_help_is_there(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    assert "usage: celkit" in capsys.readouterr().out
