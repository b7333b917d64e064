"""Videos: what comes back out of them, and what is left of those that fail: nothing."""

import errno
import json
import os
from fractions import Fraction

import av
import numpy as np
import pytest
import torch
from PIL import Image

from cartoon_models import atomic, frames
from cartoon_models.errors import Cancelled
from cartoon_models.video import CODECS, codec_of, write_frames, write_video

NAMES = {"h264": "clip.mp4", "vp9": "clip.webm", "prores": "clip.mov", "ffv1": "clip.mkv"}


def clip(count=5, height=32, width=48, channels=3):
    """Smooth frames that differ: each has its own grey, red rises to the right."""
    made = torch.zeros(count, height, width, channels)
    made[..., 0] = torch.linspace(0.2, 0.8, width)
    made[..., 1] = torch.linspace(0.1, 0.9, max(count, 1))[:, None, None]
    made[..., 2] = 0.4
    if channels == 4:
        made[..., 3] = torch.linspace(0, 1, height)[:, None]
    return made


def decoded(path, alpha=False):
    """uint8 [F, H, W, 3|4] with the colours that a player shows."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = stream.codec_context
        if stream.codec.name == "vp9":  # FFmpeg's own decoder does not know about alpha
            decoder = av.CodecContext.create("libvpx-vp9", "r")
        found = [f for packet in container.demux(stream) for f in decoder.decode(packet)]
        return np.stack([shown_colors(frame)[..., : 4 if alpha else 3] for frame in found])


def shown_colors(frame):
    """uint8 [H, W, 4] by the equations of ITU-R BT.709-6, items 3.2 to 3.5, from the values in the
    file: PyAV before 17 does not let FFmpeg's converter know which matrix it is to read with."""
    size = frame.height, frame.width
    if frame.format.name in ("bgr0", "bgra"):
        pixels = plane_values(frame.planes[0], np.uint8, 4)[..., [2, 1, 0, 3]]
        return pixels if frame.format.name == "bgra" else opaque(pixels[..., :3])
    bits = frame.format.components[0].bits
    kind = np.uint8 if bits == 8 else np.dtype("<u2")
    y, cb, cr, *rest = (enlarged(plane_values(plane, kind), size) for plane in frame.planes)
    y = (y / 2 ** (bits - 8) - 16) / 219
    cb, cr = ((part / 2 ** (bits - 8) - 128) / 224 for part in (cb, cr))
    red, blue = y + 1.5748 * cr, y + 1.8556 * cb
    colors = np.stack([red, (y - 0.2126 * red - 0.0722 * blue) / 0.7152, blue], axis=2)
    colors = np.rint(colors.clip(0, 1) * 255).astype(np.uint8)
    if not rest:
        return opaque(colors)
    return np.dstack([colors, np.rint(rest[0] / (2**bits - 1) * 255).astype(np.uint8)])


def plane_values(plane, kind, channels=None):
    """[h, w] or [h, w, channels]: the rows of a plane without what pads them."""
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height]
    length = plane.width * (channels or 1) * np.dtype(kind).itemsize
    values = np.ascontiguousarray(rows[:, :length]).view(kind)
    return values.reshape(plane.height, plane.width, channels) if channels else values


def enlarged(values, size):
    """Chroma that is there once per two pixels, or as it is: float [H, W]."""
    for axis, length in enumerate(size):
        values = values.repeat(-(-length // values.shape[axis]), axis=axis)
    return values[: size[0], : size[1]].astype(float)


def opaque(colors):
    return np.dstack([colors, np.full(colors.shape[:2], 255, np.uint8)])


def order(path):
    """Which of five frames is shown when, by its green."""
    return [round(float(g - 25.5) / 51) for g in decoded(path)[:, :, :, 1].mean(axis=(1, 2))]


@pytest.mark.parametrize("codec", CODECS)
def test_frames_come_back_with_their_colours(tmp_path, codec):
    path = write_video(tmp_path / NAMES[codec], clip(), 25, codec)
    shown = decoded(path)
    assert shown.shape == (5, 32, 48, 3)
    assert np.abs(shown / 255 - clip().numpy()).max() < (0.004 if codec == "ffv1" else 0.03)
    assert os.listdir(tmp_path) == [NAMES[codec]]


@pytest.mark.parametrize("codec", ["vp9", "prores", "ffv1"])
def test_transparency_comes_back(tmp_path, codec):
    path = write_video(tmp_path / NAMES[codec], clip(channels=4), 25, codec)
    shown = decoded(path, alpha=True)
    assert shown.shape == (5, 32, 48, 4)
    assert np.abs(shown[..., 3] / 255 - clip(channels=4)[..., 3].numpy()).max() < 0.03


def test_without_transparency_frames_are_seen_over_white(tmp_path):
    for options in ({}, {"alpha": False}):
        path = write_video(tmp_path / "a.mp4", clip(channels=4), overwrite=True, **options)
        assert decoded(path)[:, 0].min() > 240
    path = write_video(tmp_path / "b.mkv", clip(), alpha=True)
    assert decoded(path, alpha=True)[..., 3].min() == 255
    with pytest.raises(ValueError, match=r"h264 has no transparency; vp9, prores, ffv1 have"):
        write_video(tmp_path / "c.mp4", clip(), alpha=True)


def test_uint8_and_arrays_are_frames_too(tmp_path):
    pixels = (clip() * 255).byte()
    write_video(tmp_path / "a.mkv", [frame.numpy() for frame in pixels])
    write_video(tmp_path / "b.mkv", list(pixels.double() / 255))
    assert np.array_equal(decoded(tmp_path / "a.mkv"), pixels.numpy())
    assert np.array_equal(decoded(tmp_path / "b.mkv"), pixels.numpy())


@pytest.mark.parametrize("codec", CODECS)
def test_threads_do_not_write_over_each_other(tmp_path, codec):
    made = [
        write_video(tmp_path / f"{n}{NAMES[codec]}", clip(2, 70, 130), 25, codec) for n in range(8)
    ]
    assert len({path.read_bytes() for path in made}) == 1


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("size", [(33, 47), (1, 1)])
def test_odd_sizes(tmp_path, codec, size, caplog):
    caplog.set_level("INFO", "celkit")
    path = write_video(tmp_path / NAMES[codec], clip(2, *size), 25, codec)
    shown = decoded(path)
    even = codec == "h264"
    width = max(size[1] + even, 2 if codec == "prores" else 1)
    assert shown.shape == (2, size[0] + even, width, 3)
    assert np.abs(shown[:, : size[0], : size[1]] / 255 - clip(2, *size).numpy()).max() < 0.05
    assert ("are there twice" in caplog.text) == (shown.shape[1:3] != size)
    if even:
        assert np.abs(shown[:, :, -1].astype(int) - shown[:, :, -2]).max() < 9


@pytest.mark.parametrize("size", [(2, 2), (2, 1), (1, 2), (3, 5), (4, 3), (1, 9), (9, 1)])
def test_tiny_frames_come_back_exactly(tmp_path, size):
    pixels = torch.randint(256, (2, *size, 4), generator=torch.Generator().manual_seed(1)).byte()
    write_video(tmp_path / "a.mkv", pixels)
    assert np.array_equal(decoded(tmp_path / "a.mkv", alpha=True), pixels.numpy())


@pytest.mark.parametrize("codec", CODECS)
def test_one_frame_is_a_video(tmp_path, codec):
    assert len(decoded(write_video(tmp_path / NAMES[codec], clip(1), 25, codec))) == 1


def test_no_frame_is_one_sentence_and_no_file(tmp_path):
    for none in ([], iter(()), torch.zeros(0, 4, 4, 3)):
        with pytest.raises(ValueError, match="no frame to write"):
            write_video(tmp_path / "a.mp4", none)
        with pytest.raises(ValueError, match="no frame to write"):
            write_frames(tmp_path / "a", none)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("fps", [1, 12.5, 24000 / 1001, 60])
@pytest.mark.parametrize("codec", ["h264", "vp9"])
def test_the_frame_rate_is_kept(tmp_path, fps, codec):
    path = write_video(tmp_path / NAMES[codec], clip(), fps, codec)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert float(stream.average_rate) == pytest.approx(fps, rel=2e-3)
        assert container.duration / av.time_base == pytest.approx(5 / fps, abs=0.02)
        if codec == "h264":
            assert stream.average_rate == Fraction(fps).limit_denominator(1001)


def test_frames_are_asked_for_one_at_a_time(tmp_path):
    """At no time more frames are out than an encoder looks ahead: none of ours are kept."""
    asked, reported = [], []

    def source():
        for number in range(30):
            asked.append(number)
            assert len(asked) <= len(reported) + 1
            yield clip(1, 8, 8)[0]

    write_video(tmp_path / "a.mp4", source(), progress=lambda *p: reported.append(p), count=30)
    assert reported == [(number + 1, 30) for number in range(30)]


@pytest.mark.parametrize("source", [list, iter])
def test_there_and_back_and_again(tmp_path, source):
    """Shown again and again, no frame comes twice in a row."""
    given, said = list(clip()), []
    write_video(
        tmp_path / "a.mkv", source(given), ping_pong=True, progress=lambda *p: said.append(p)
    )
    assert order(tmp_path / "a.mkv") == [0, 1, 2, 3, 4, 3, 2, 1]
    assert said[-1] == (8, 8) and (source is iter or said[0] == (1, 8))
    write_video(tmp_path / "b.mkv", source(given), repeats=2)
    assert order(tmp_path / "b.mkv") == [0, 1, 2, 3, 4] * 2
    write_video(tmp_path / "c.mkv", source(given), repeats=2, ping_pong=True)
    assert order(tmp_path / "c.mkv") == [0, 1, 2, 3, 4, 3, 2, 1] * 2
    for count in (1, 2):
        write_video(tmp_path / f"{count}.mkv", source(given[:count]), ping_pong=True)
        assert order(tmp_path / f"{count}.mkv") == list(range(count))


def test_what_is_kept_to_be_shown_again_goes_to_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "_KEPT_IN_MEMORY", 5000)  # one frame
    write_video(tmp_path / "a.mkv", iter(clip()), ping_pong=True)
    assert order(tmp_path / "a.mkv") == [0, 1, 2, 3, 4, 3, 2, 1]
    assert os.listdir(tmp_path) == ["a.mkv"]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.webm", "clip.mkv"])
def test_the_workflow_is_in_the_file(tmp_path, name):
    workflow = {"nodes": [{"id": 1, "title": "Größe"}]}
    path = write_video(tmp_path / name, clip(), metadata={"workflow": workflow, "note": "a b"})
    with av.open(str(path)) as container:
        found = {key.lower(): value for key, value in container.metadata.items()}
    assert json.loads(found["workflow"]) == workflow and found["note"] == "a b"


def test_players_need_not_read_to_the_end_first(tmp_path):
    content = write_video(tmp_path / "a.mp4", clip(), metadata={"prompt": {}}).read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_colours_are_named_in_the_file(tmp_path):
    with av.open(str(write_video(tmp_path / "a.mp4", clip()))) as container:
        context = container.streams.video[0].codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)
        assert context.color_range == 1 and context.pix_fmt == "yuv420p"


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_frames_give_the_same_bytes(tmp_path, codec):
    channels = 3 if codec == "h264" else 4
    written = [
        write_video(tmp_path / f"{n}{NAMES[codec]}", clip(channels=channels), 25, codec)
        for n in "ab"
    ]
    assert written[0].read_bytes() == written[1].read_bytes()


def test_less_quality_is_a_smaller_file(tmp_path):
    noise = torch.rand(4, 64, 64, 3, generator=torch.Generator().manual_seed(0))
    for name in ("a.mp4", "a.webm"):
        sizes = [
            os.path.getsize(write_video(tmp_path / name, noise, crf=crf, overwrite=True))
            for crf in (10, 45)
        ]
        assert sizes[1] < sizes[0] / 2


@pytest.mark.parametrize("write", [write_video, write_frames])
@pytest.mark.parametrize(
    "error", [Cancelled("stopped"), KeyboardInterrupt(), ValueError("renderer")]
)
def test_what_stops_in_the_middle_leaves_nothing(tmp_path, write, error):
    def progress(done, total):
        if done == 3:
            raise error

    def source():
        yield from clip(3)
        raise error

    target = tmp_path / "a.mp4"
    with pytest.raises(type(error)):
        write(target, clip(), progress=progress)
    with pytest.raises(type(error)):
        write(target, source())
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("codec", CODECS)
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, codec, monkeypatch):
    """The system itself says that there is no space: the file is a link to a device without any."""
    name = NAMES[codec]
    monkeypatch.setattr(atomic.uuid, "uuid4", lambda: type("Fixed", (), {"hex": "f" * 32}))
    (tmp_path / f".clip.ffffffff.{name.split('.')[1]}").symlink_to("/dev/full")
    noise = torch.rand(4, 64, 64, 3)
    with pytest.raises(OSError, match="No space left on device for files in") as caught:
        write_video(tmp_path / name, noise, 25, codec)
    assert caught.value.errno == errno.ENOSPC
    assert os.listdir(tmp_path) == []


def test_nothing_is_overwritten_unasked(tmp_path):
    target = tmp_path / "a.mp4"
    target.write_text("mine")
    with pytest.raises(FileExistsError, match="not overwritten"):
        write_video(target, clip())
    assert target.read_text() == "mine"
    with pytest.raises(ValueError):
        write_video(target, [], overwrite=True)
    assert target.read_text() == "mine"
    write_video(target, clip(), overwrite=True)
    assert len(decoded(target)) == 5
    with pytest.raises(FileNotFoundError, match="does not exist"):
        write_video(tmp_path / "none" / "a.mp4", clip())


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("a.avi", {}, r"ends in \.mp4, \.webm, \.mov, \.mkv, not"),
        ("a", {}, "ends in"),
        ("a.mp4", {"codec": "theora"}, "one of h264, vp9, prores, ffv1, not 'theora'"),
        ("a.mp4", {"codec": "vp9"}, r"vp9 video ends in \.webm or \.mkv"),
        ("a.mp4", {"fps": 0}, "above 0 and at most 1000"),
        ("a.mp4", {"fps": float("nan")}, "above 0 and at most 1000"),
        ("a.mp4", {"crf": 52}, r"0 \(best\) to 51, not 52"),
        ("a.mov", {"crf": 20}, "prores has no constant rate factor"),
        ("a.mp4", {"repeats": 0}, "1 to 10000 times, not 0"),
    ],
)
def test_what_cannot_be_is_one_sentence_before_the_work(tmp_path, name, options, words):
    def source():
        raise AssertionError("noticed before the work")
        yield

    with pytest.raises(ValueError, match=words):
        write_video(tmp_path / name, source(), **options)
    assert os.listdir(tmp_path) == []


def test_frames_that_are_none_are_one_sentence(tmp_path):
    mixed = [torch.zeros(4, 6, 3), torch.zeros(4, 7, 3)]
    with pytest.raises(ValueError, match="frame 1 is 7 x 4 and the first 6 x 4"):
        write_video(tmp_path / "a.mp4", mixed)
    with pytest.raises(ValueError, match="NaN"):
        write_video(tmp_path / "a.mp4", [torch.full((4, 6, 3), torch.nan)])
    with pytest.raises(ValueError, match="shape"):
        write_video(tmp_path / "a.mp4", [torch.zeros(4, 6, 2)])
    assert os.listdir(tmp_path) == []


def test_more_than_a_codec_can_do_is_one_sentence(tmp_path):
    from cartoon_models.errors import CelKitError

    wide = np.zeros((2, 20000, 3), np.uint8)
    with pytest.raises(CelKitError, match="refused frames of 20000 x 2 pixels"):
        write_video(tmp_path / "a.mp4", [wide])
    assert os.listdir(tmp_path) == []


def test_the_usual_codec_of_a_name():
    usual = {"a.mp4": "h264", "B.MP4": "h264", "a.webm": "vp9", "a.mov": "prores", "a.mkv": "ffv1"}
    assert {name: codec_of(name) for name in usual} == usual
    assert codec_of("a.mov", "h264") == "h264"


def test_frames_as_files(tmp_path):
    said = []
    folder = write_frames(
        tmp_path / "clip",
        iter(clip(3, channels=4)),
        metadata={"workflow": {"a": 1}},
        count=3,
        progress=lambda *p: said.append(p),
    )
    assert sorted(os.listdir(folder)) == [f"frame_0000{n}.png" for n in range(3)]
    with Image.open(folder / "frame_00001.png") as image:
        assert image.mode == "RGBA" and json.loads(image.text["workflow"]) == {"a": 1}
        shown = np.asarray(image) / 255
    assert np.abs(shown - clip(3, channels=4)[1].numpy()).max() < 0.003
    assert said == [(1, 3), (2, 3), (3, 3)] and os.listdir(tmp_path) == ["clip"]
    with pytest.raises(FileExistsError, match="not overwritten"):
        write_frames(folder, clip(1))
    write_frames(folder, clip(2), ping_pong=True, repeats=2, overwrite=True)
    assert len(os.listdir(folder)) == 4 and os.listdir(tmp_path) == ["clip"]
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="no folder of frames only"):
        write_frames(folder, clip(1), overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine"
    with pytest.raises(FileNotFoundError, match="does not exist"):
        write_frames(tmp_path / "none" / "clip", clip(1))


def test_a_full_disk_leaves_no_frames(tmp_path, monkeypatch):
    def full(self, file, **_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="No space left on device for frames in") as caught:
        write_frames(tmp_path / "clip", clip(2))
    assert caught.value.errno == errno.ENOSPC and os.listdir(tmp_path) == []
