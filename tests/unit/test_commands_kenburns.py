"""`celkit kenburns`: the video that it writes, what it refuses and when."""

import json
import os
import re

import av
import numpy as np
import pytest
import torch
from PIL import Image

import cartoon_models.instances as instances_package
from cartoon_models.commands import kenburns_options, main
from cartoon_models.instances import Instances, save_instances


@pytest.fixture
def picture(tmp_path):
    """48 x 32: a red block, which is the only character, on a green slope."""
    array = np.zeros((32, 48, 3), np.uint8)
    array[..., 1] = np.linspace(80, 200, 48)
    array[10:28, 18:28] = (200, 40, 40)
    Image.fromarray(array).save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


@pytest.fixture
def found(tmp_path):
    """The folder of that character."""
    masks = torch.zeros(1, 32, 48)
    masks[0, 10:28, 18:28] = 1
    save_instances(tmp_path / "found", Instances.from_masks(masks))
    return tmp_path / "found"


@pytest.fixture
def no_segmenter(monkeypatch):
    def load(*_, **__):
        raise AssertionError("the networks were loaded")

    monkeypatch.setattr(instances_package, "load_segmenter", load)


def run(*arguments):
    return main(["kenburns", *(str(argument) for argument in arguments)])


def frames_of(path, layout="rgb24"):
    with av.open(str(path)) as container:
        return np.stack([f.to_ndarray(format=layout) for f in container.decode(video=0)])


def test_a_video_is_written(picture, found, tmp_path, capsys, no_segmenter):
    out = tmp_path / "deep" / "video.mp4"
    assert run(picture, "-o", out, "--instances", found, "--seconds", "0.4", "--amount", "20") == 0
    frames = frames_of(out)
    assert frames.shape == (10, 32, 48, 3) and os.listdir(out.parent) == ["video.mp4"]
    red = [((f[..., 0] > 150) & (f[..., 1] < 90)).sum() for f in frames]
    assert red[-1] > red[0]  # the camera came nearer
    said = capsys.readouterr().out
    assert "1 layer, push-in, 10 frames of 48 x 32, 100.0 %" in said and str(out) in said


def test_the_characters_are_searched_for_where_nobody_says(picture, tmp_path, monkeypatch):
    class Nobody:
        def segment(self, picture, *, progress=None):
            progress(1, 1)
            return Instances.empty(tuple(picture.shape[:2]))

    monkeypatch.setattr(instances_package, "load_segmenter", lambda *_, **__: Nobody())
    assert run(picture, "-o", tmp_path / "a.mp4", "--seconds", "0.1", "-q") == 0
    assert frames_of(tmp_path / "a.mp4").shape == (2, 32, 48, 3)


def test_frames_as_png(picture, found, tmp_path, no_segmenter):
    options = ["--instances", found, "--seconds", "0.12", "--ping-pong", "--size", "24x20", "-q"]
    assert run(picture, "-o", tmp_path / "frames", *options) == 0
    assert sorted(os.listdir(tmp_path / "frames")) == [f"frame_0000{n}.png" for n in range(4)]
    with Image.open(tmp_path / "frames" / "frame_00000.png") as image:
        assert image.size == (24, 20)


@pytest.mark.parametrize("amount", ["3", "safe"])
def test_tall_frames_show_the_middle_of_the_picture(
    picture, found, tmp_path, capsys, no_segmenter, amount
):
    options = ["--instances", found, "--seconds", "0.12", "--size", "24x64", "--amount", amount]
    options += ["--camera", "truck", "--alpha"]
    assert run(picture, "-o", tmp_path / "a.mkv", *options) == 0
    assert "100.0 % of what is seen" in capsys.readouterr().out
    assert frames_of(tmp_path / "a.mkv", "rgba")[..., 3].min() == 255
    assert run(picture, "-o", tmp_path / "b.mkv", *options[:-3], "--full-width", "--alpha") == 0
    assert frames_of(tmp_path / "b.mkv", "rgba")[:, 0, :, 3].max() == 0  # far above the picture


def test_a_scene_is_saved_and_used_again(picture, found, tmp_path, no_segmenter):
    saved = tmp_path / "scene"
    options = ["--seconds", "0.12", "-q"]
    first = ["--instances", found, "--save-scene", saved]
    assert run(picture, "-o", tmp_path / "a.mkv", *first, *options) == 0
    assert (saved / "scene.json").is_file()
    assert run(saved, "-o", tmp_path / "b.mkv", *options) == 0
    one, other = (frames_of(tmp_path / name).astype(int) for name in ("a.mkv", "b.mkv"))
    assert np.abs(one - other).max() <= 2
    assert run(saved, "-o", tmp_path / "c.mkv", "--camera", "orbit", "--loop", *options) == 0


def test_options_of_the_scene_and_the_camera(picture, found, tmp_path, no_segmenter):
    depth = tmp_path / "depth.png"
    Image.fromarray(np.tile(np.arange(32, dtype=np.uint8)[:, None] * 8, (1, 48))).save(depth)
    Image.new("RGB", (48, 32), (0, 0, 250)).save(tmp_path / "plate.png")
    options = f"--depth {depth} --depth-polarity auto --anchor plane --no-occluders --margin 5"
    options += f" --plate {tmp_path / 'plate.png'} --fill diffuse --seconds 0.12 --camera truck"
    options += " --amount 20 --easing linear --focus 0,plate --aperture 2 --zoom 1.1 --reverse"
    options += " --interpolation bilinear --motion-blur 2 --crf 10 --repeats 2"
    out = tmp_path / "a.mp4"
    assert run(picture, "-o", out, "--instances", found, *options.split()) == 0
    assert len(frames_of(out)) == 6


def test_keyframes_and_transparency(picture, found, tmp_path, no_segmenter):
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps([{"time": 0, "pan": 0}, {"time": 0.08, "pan": 0.9}]))
    out = tmp_path / "a.mkv"
    options = ["--keyframes", keys, "--seconds", "0.12", "--alpha", "--instances", found]
    assert run(picture, "-o", out, *options) == 0
    frames = frames_of(out, "rgba")
    assert frames[0, ..., 3].min() == 255 and frames[-1, ..., 3].min() == 0  # it left the plate


def test_the_safe_amount(picture, found, tmp_path, capsys, no_segmenter):
    options = ["--amount", "safe", "--seconds", "0.12", "--instances", found, "--camera", "truck"]
    assert run(picture, "-o", tmp_path / "a.mp4", *options) == 0
    said = capsys.readouterr().out
    assert "100.0 %" in said
    assert re.search(r"truck \(\d+\.\d % of the frame's width; in the way: .+\), 3 frames", said)


def test_earlier_videos_are_kept_unless_asked(picture, found, tmp_path, capsys, no_segmenter):
    out = tmp_path / "a.mp4"
    out.write_text("mine")
    options = ["--instances", found, "--seconds", "0.1", "-q"]
    assert run(picture, "-o", out, *options) == 2
    assert "--overwrite" in capsys.readouterr().err and out.read_text() == "mine"
    assert run(picture, "-o", out, *options, "--overwrite") == 0
    assert len(frames_of(out)) == 2


def test_ctrl_c_leaves_no_video(picture, found, tmp_path, monkeypatch, capsys, no_segmenter):
    import cartoon_models.scene.render.frames as render

    def frames(*_, **__):
        yield torch.zeros(32, 48, 3)
        raise KeyboardInterrupt

    monkeypatch.setattr(render, "render_frames", frames)
    out = tmp_path / "out" / "a.mp4"
    assert run(picture, "-o", out, "--instances", found) == 130
    assert os.listdir(out.parent) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.png", "-o", "{tmp}/a.mp4"], "There is no picture at none.png"),
        (["{picture}", "-o", "{tmp}/a.avi"], "ends in .mp4, .webm, .mov, .mkv"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--alpha"], "h264 has no transparency"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--crf", "60"], "--crf of h264 is 0 to 51, not 60"),
        (["{picture}", "-o", "{tmp}/a.mov", "--crf", "6"], "--crf of prores is for h264 and vp9"),
        (["{picture}", "-o", "{tmp}/frames", "--crf", "6"], "folder of frames"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--seconds", "0"], "--seconds is above 0"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--fps", "nan"], "--fps is above 0"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--margin", "101"], "--margin is 0 to 100"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--motion-blur", "99"], "--motion-blur is 0 to 64"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--repeats", "0"], "--repeats is 1 to 10000"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--depth", "no.png"], "--depth: there is nothing at"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--plate", "no.png"], "--plate: there is nothing at"),
        (["{picture}", "-o", "{tmp}/a.mp4", "--keyframes", "no.json"], "--keyframes: there is"),
        (
            ["{picture}", "-o", "{tmp}/a.mp4", "--keyframes", "{picture}", "--camera", "pan"],
            "--camera is for a move that has a name",
        ),
        (
            ["{picture}", "-o", "{tmp}/a.mp4", "--keyframes", "{picture}", "--focus", "0"],
            "--focus is for a move that has a name",
        ),
        (["{tmp}", "-o", "{tmp}/a.mp4"], "scene.json"),
        (["{tmp}", "-o", "{tmp}/a.mp4", "--depth", "{picture}"], "INPUT is a saved scene"),
    ],
)
def test_bad_input_is_code_2_and_one_sentence_before_the_work(
    picture, tmp_path, capsys, no_segmenter, arguments, words
):
    arguments = [part.format(picture=picture, tmp=tmp_path) for part in arguments]
    before = set(os.listdir(tmp_path))
    assert run(*arguments) == 2
    said = capsys.readouterr().err.strip()
    assert words in said and len(said.splitlines()) == 1 and said.startswith("celkit: ")
    assert set(os.listdir(tmp_path)) == before


@pytest.mark.parametrize(
    "option",
    [
        ["--amount", "-3"],
        ["--amount", "lots"],
        ["--size", "1920"],
        ["--size", "0x10"],
        ["--focus", "1,2,3"],
        ["--camera", "spin"],
    ],
)
def test_a_wrong_option_is_code_2(option, capsys):
    with pytest.raises(SystemExit) as caught:
        run("a.png", "-o", "b.mp4", *option)
    assert caught.value.code == 2
    assert option[0] in capsys.readouterr().err


def test_the_options_are_those_of_the_modules():
    from cartoon_models import video
    from cartoon_models.scene import (
        EASINGS,
        INTERPOLATIONS,
        KINDS,
        METHODS,
        MODES,
        POLARITIES,
        PRESETS,
    )

    assert kenburns_options.CAMERAS == tuple(PRESETS)
    assert kenburns_options.EASINGS == tuple(EASINGS)
    assert set(kenburns_options.ANCHORS) == set(MODES)
    assert kenburns_options.FILLS == tuple(METHODS)
    assert kenburns_options.POLARITIES == tuple(POLARITIES)
    assert kenburns_options.KINDS == tuple(KINDS)
    assert set(INTERPOLATIONS) == {"bicubic", "bilinear"}
    assert {s: video.codec_of(f"a{s}") for s in video.VIDEO_SUFFIXES} == kenburns_options.CODECS


def test_help_is_there(capsys):
    with pytest.raises(SystemExit) as caught:
        run("--help")
    assert caught.value.code == 0 and "usage: celkit kenburns" in capsys.readouterr().out
