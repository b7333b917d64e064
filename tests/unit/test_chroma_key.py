"""Keying against a known truth: alpha, spill, holes, single figures, files of every kind."""

import io

import cv2
import numpy as np
import pytest

from cartoon_models.picture import read_picture, write_picture
from training.chroma_key import (
    MatteOptions,
    NoKey,
    find_key,
    fit_screen,
    key_out,
    split_figures,
)
from training.chroma_key.__main__ import main
from training.chroma_key.color import hue_chroma, keyness
from training.chroma_key.sources import Changes, frames_of
from training.chroma_key.subsampling import halved_colors, sharpened_colors
from training.user_art import is_held_out

GREEN, BLUE, LIME = (0, 177, 64), (0, 71, 187), (0, 255, 0)
EYE = (40, 215, 120)  # a green of the figure's own


def drawn(height=300, width=220, eye=EYE, skirt=None, seed=0, patch=None):
    """A figure with ink lines, thin hair, an arm that encloses some screen, and eyes.

    Drawn four times larger and averaged: float32 [H,W,4], premultiplied, 0..1.
    """
    scale = 4
    rgba = np.zeros((height * scale, width * scale, 4), np.float32)

    def put(draw, color):
        mask = np.zeros(rgba.shape[:2], np.uint8)
        draw(mask)
        rgba[mask > 0] = (*(c / 255 for c in color), 1)

    def at(x, y):
        return int(x * width * scale), int(y * height * scale)

    def inked(draw, color, ink=(25, 18, 20), line=1.5):
        put(lambda m: draw(m, int(2 * line * scale)), ink)
        put(lambda m: draw(m, 0), color)

    def ellipse(center, axes):
        return lambda m, grow: cv2.ellipse(
            m, at(*center), tuple(v + grow for v in at(*axes)), 0, 0, 360, 255, -1
        )

    rng = np.random.default_rng(seed)
    for _ in range(14):  # strands of half a pixel to two
        points = [at(0.5 + rng.uniform(-0.15, 0.15), 0.2)]
        angle = rng.uniform(-np.pi, 0)
        for _ in range(8):
            angle += rng.normal(0, 0.15)
            x, y = points[-1]
            points.append(
                (
                    int(x + 0.035 * height * scale * np.cos(angle)),
                    int(y + 0.03 * height * scale * np.sin(angle)),
                )
            )
        thickness = int(rng.integers(2, 9))
        put(
            lambda m, p=points, t=thickness: cv2.polylines(m, [np.array(p)], False, 255, t),
            (60, 30, 24),
        )
    arm = at(0.76, 0.55), tuple(v // 2 for v in at(0.34, 0.3))
    put(lambda m: cv2.ellipse(m, *arm, 0, 0, 360, 255, 14 * scale), (25, 18, 20))
    put(lambda m: cv2.ellipse(m, *arm, 0, 0, 360, 255, 11 * scale), (250, 220, 200))
    inked(ellipse((0.5, 0.65), (0.2, 0.3)), (210, 60, 70))
    if skirt is not None:  # no ink between it and the screen
        put(lambda m: ellipse((0.5, 0.8), (0.3, 0.14))(m, 0), skirt)
    inked(ellipse((0.5, 0.28), (0.2, 0.16)), (250, 224, 205))
    for x in (0.42, 0.58):
        inked(ellipse((x, 0.28), (0.045, 0.04)), eye)
    if patch is not None:
        put(lambda m: ellipse((0.5, 0.62), (0.08, 0.05))(m, 0), patch)
    return cv2.resize(rgba, (width, height), interpolation=cv2.INTER_AREA)


def before_screen(figure, key=GREEN, uneven=0.35, noise=1.5, seed=1):
    """uint8 [H,W,3] of a figure before a screen with a vignette and light from one side."""
    height, width = figure.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = 1 - uneven * (((x - 0.3) ** 2 + (y + 0.2) ** 2) / 2.4 + 0.15 * x)
    screen = np.array(key) * light[..., None] + 12 * uneven
    picture = screen * (1 - figure[..., 3:]) + 255 * figure[..., :3]
    rng = np.random.default_rng(seed)
    return np.rint(picture + rng.normal(0, noise, picture.shape)).clip(0, 255).astype(np.uint8)


def jpeg(picture, quality=85):
    data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def write_video(target, frames, codec="libx264", quality="20"):
    import av

    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream(codec, rate=24)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": quality} if codec == "libx264" else {"qscale": "3"}
        for frame in frames:
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def video(picture):
    import av

    buffer = io.BytesIO()
    write_video(buffer, [picture])
    buffer.seek(0)
    with av.open(buffer) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def edges(figure):
    alpha = figure[..., 3]
    return cv2.dilate(((alpha > 0.02) & (alpha < 0.98)).astype(np.uint8), np.ones((5, 5))) > 0


def tint(rgba, truth, hue):
    """Key that the result holds over grey and the truth does not, mean of the edges, 0..1."""
    held, own = (
        np.maximum(keyness(p[..., :3] + 0.5 * (1 - p[..., 3:]), hue), 0) for p in (rgba, truth)
    )
    return float(np.maximum(held - own, 0)[edges(truth)].mean())


# mean absolute error of alpha: in all, and along the edges alone, hair included
@pytest.mark.parametrize(
    ("way", "most", "most_at_edges"),
    [(lambda p: p, 0.006, 0.03), (jpeg, 0.012, 0.06), (video, 0.012, 0.07)],
    ids=["as it is", "JPEG 85", "h264"],
)
@pytest.mark.parametrize("key", [GREEN, BLUE, LIME], ids=["green", "blue", "lime"])
def test_alpha_and_colors_are_close_to_the_truth(key, way, most, most_at_edges):
    truth = drawn()
    picture = way(before_screen(truth, key))
    rgba = key_out(picture)
    error = np.abs(rgba[..., 3] - truth[..., 3])
    assert error.mean() < most
    assert error[edges(truth)].mean() < most_at_edges
    assert tint(rgba, truth, float(hue_chroma(np.array(key) / 255)[0])) < 0.008
    off = np.abs(rgba[..., :3] - truth[..., :3])[edges(truth)].mean()
    assert off < 0.5 * most_at_edges


def test_a_thin_strand_keeps_its_soft_alpha():
    truth = np.zeros((80, 120, 4), np.float32)
    truth[30:71, 41:80] = (0.8, 0.3, 0.3, 1)
    for x, share in ((45, 0.25), (55, 0.5), (65, 0.75), (75, 1.0)):
        truth[5:30, x, 3] = share
    rgba = key_out(before_screen(truth, noise=0))
    for x, share in ((45, 0.25), (55, 0.5), (65, 0.75), (75, 1.0)):
        assert rgba[8:26, x, 3] == pytest.approx(share, abs=0.06)


def test_every_pixel_is_premultiplied_and_in_range():
    rgba = key_out(video(before_screen(drawn())))
    assert rgba.dtype == np.float32
    assert rgba.min() >= 0
    assert rgba.max() <= 1
    assert (rgba[..., :3] <= rgba[..., 3:] + 1e-6).all()


@pytest.mark.parametrize("way", [lambda p: p, jpeg], ids=["as it is", "JPEG 85"])
def test_the_screen_between_arm_and_body_is_a_hole_and_a_green_eye_is_not(way):
    truth = drawn()
    rgba = key_out(way(before_screen(truth)))
    hole = (truth[..., 3] < 0.01) & (np.indices(truth.shape[:2])[0] > 120)
    count, labels = cv2.connectedComponents(hole.astype(np.uint8), connectivity=4)
    assert count == 3  # background, around the figure, within its arm
    enclosed = cv2.erode((labels == 2).astype(np.uint8), np.ones((3, 3))) > 0
    assert rgba[enclosed, 3].max() < 0.1
    eye = np.all(np.abs(truth[..., :3] * 255 - EYE) < 2, -1)
    assert eye.sum() > 100
    assert rgba[eye, 3].min() > 0.99
    assert np.abs(rgba[eye, :3] * 255 - EYE).mean() < 8


@pytest.mark.parametrize(("enclosed", "alpha"), [("keep", 1), ("hole", 0), ("auto", 0)])
def test_what_becomes_of_the_exact_key_color_within_a_figure_is_an_option(enclosed, alpha):
    truth = drawn(patch=GREEN)
    picture = before_screen(truth, uneven=0, noise=1)
    patch = np.all(np.abs(truth[..., :3] * 255 - GREEN) < 2, -1)
    rgba = key_out(picture, options=MatteOptions(enclosed=enclosed))
    assert rgba[cv2.erode(patch.astype(np.uint8), np.ones((5, 5))) > 0, 3] == pytest.approx(
        alpha, abs=0.02
    )


def test_a_gradient_of_the_figures_own_that_passes_through_the_key_has_no_hole():
    truth = drawn(eye=(250, 224, 205))
    y, x = np.mgrid[:300, :220]
    for middle in (92, 128):
        iris = (x - middle) ** 2 + (y - 84) ** 2 < 64
        shade = ((y - 76) / 16)[iris, None]
        truth[iris, :3] = (
            np.array((0, 120, 44)) * (1 - shade) + np.array((10, 240, 90)) * shade
        ) / 255
    for way in (lambda p: p, jpeg):
        rgba = key_out(way(before_screen(truth, uneven=0)))
        assert rgba[78:90, 86:98, 3].min() > 0.95


@pytest.mark.parametrize("way", [lambda p: p, video], ids=["as it is", "h264"])
def test_a_shadow_on_the_screen_is_screen(way):
    truth = drawn()
    clean = before_screen(truth, uneven=0.1, noise=0).astype(np.float32)
    shade = np.zeros(truth.shape[:2], np.float32)
    cv2.ellipse(shade, (60, 270), (55, 22), 0, 0, 360, 0.35, -1)
    shade = cv2.GaussianBlur(shade, (0, 0), 3)[..., None]
    screen = before_screen(np.zeros_like(truth), uneven=0.1, noise=0)
    picture = clean - shade * screen * (1 - truth[..., 3:])
    rng = np.random.default_rng(0)
    picture = way(
        np.rint(picture + rng.normal(0, 1.5, picture.shape)).clip(0, 255).astype(np.uint8)
    )
    error = np.abs(key_out(picture)[..., 3] - truth[..., 3])
    assert error.mean() < 0.012
    assert error[shade[..., 0] > 0.05].mean() < 0.03


def test_a_blurred_edge_stays_soft():
    truth = cv2.GaussianBlur(drawn(), (0, 0), 2)
    picture = cv2.GaussianBlur(before_screen(drawn(), noise=0), (0, 0), 2)
    rgba = key_out(jpeg(picture))
    assert np.abs(rgba[..., 3] - truth[..., 3]).mean() < 0.016
    soft = ((rgba[..., 3] > 0.1) & (rgba[..., 3] < 0.9)).sum()
    assert soft == pytest.approx(((truth[..., 3] > 0.1) & (truth[..., 3] < 0.9)).sum(), rel=0.4)


def test_a_green_garment_that_touches_the_screen_stays_and_stays_green():
    truth = drawn(skirt=(40, 110, 80))
    rgba = key_out(before_screen(truth, uneven=0.2))
    skirt = np.all(np.abs(truth[..., :3] * 255 - (40, 110, 80)) < 2, -1)
    assert skirt.sum() > 1000
    assert rgba[skirt, 3].mean() > 0.99
    assert np.abs(rgba[skirt, :3] * 255 - (40, 110, 80)).mean() < 6


@pytest.mark.parametrize("size", [(181, 233), (97, 64), (640, 301)])
def test_odd_sizes(size):
    truth = drawn(*size)
    for picture in (before_screen(truth), jpeg(before_screen(truth))):
        rgba = key_out(picture)
        assert rgba.shape == (*size, 4)
        assert np.abs(rgba[..., 3] - truth[..., 3]).mean() < 0.03


def test_the_same_picture_gives_the_same_bytes():
    picture = jpeg(before_screen(drawn()))
    assert key_out(picture).tobytes() == key_out(picture.copy()).tobytes()


def test_the_key_is_found_with_a_figure_over_most_of_the_border():
    picture = before_screen(drawn())
    picture[:, :20] = picture[-20:] = (130, 110, 100)
    picture[:, -20:] = (90, 60, 40)
    hue, _ = hue_chroma(find_key(picture.astype(np.float32) / 255))
    assert hue == pytest.approx(142, abs=4)


def test_the_screen_is_known_behind_the_figure():
    truth = drawn()
    picture = before_screen(truth, noise=0).astype(np.float32) / 255
    bare = before_screen(np.zeros_like(truth), noise=0).astype(np.float32) / 255
    screen = fit_screen(picture, find_key(picture))
    assert np.abs(screen.color - bare).mean() < 0.01
    assert np.abs(screen.color - bare).max() < 0.06
    assert screen.noise < 0.004


def test_pictures_without_a_screen_are_refused_in_one_sentence():
    rng = np.random.default_rng(0)
    grey = np.full((60, 80, 3), 120, np.uint8)
    paper = np.full((60, 80, 3), (240, 232, 210), np.uint8)
    confetti = rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)
    for picture in (grey, paper, confetti):
        with pytest.raises(NoKey, match="no key colour"):
            key_out(picture)
    with pytest.raises(NoKey, match="nothing stands before"):
        key_out(np.full((60, 80, 3), GREEN, np.uint8))
    with pytest.raises(NoKey, match="key colour covers only"):
        key_out(grey, key=(0, 1, 0))
    with pytest.raises(ValueError, match=r"\[H, W, 3\]"):
        key_out(grey[..., 0])
    with pytest.raises(ValueError, match="reach"):
        MatteOptions(reach=0)
    with pytest.raises(ValueError, match="auto, keep, hole"):
        MatteOptions(enclosed="maybe")


def test_keyness_is_the_colour_difference_for_green_and_reads_mixes_with_neutrals_exactly():
    colors = np.random.default_rng(0).random((500, 3), np.float32)
    difference = colors[:, 1] - np.maximum(colors[:, 0], colors[:, 2])
    assert keyness(colors, 120) == pytest.approx(difference, abs=1e-5)
    for key in (GREEN, BLUE, (200, 30, 160)):
        screen = np.array(key, np.float32) / 255
        hue = float(hue_chroma(screen)[0])
        for grey in (0.0, 0.4, 1.0):
            mixed = 0.3 * screen + 0.7 * grey
            assert keyness(mixed, hue) == pytest.approx(0.3 * keyness(screen, hue), abs=1e-5)


def test_pictures_with_colors_at_half_size_are_known_and_sharpened():
    original = before_screen(drawn())
    for way, halved in ((lambda p: p, False), (jpeg, True), (video, True)):
        picture = way(original).astype(np.float32) / 255
        smooth, colors = halved_colors(picture)
        assert (colors is not None) == halved
        if halved:
            assert colors.shape == (150, 110, 2)
            sharp = sharpened_colors(smooth, colors)
            wrong = [np.abs(p - original / 255)[edges(drawn())].mean() for p in (picture, sharp)]
            assert wrong[1] < 0.8 * wrong[0]


def test_two_figures_are_separated_with_their_small_pieces_and_specks_are_dropped():
    one, two = drawn(200, 140), drawn(180, 120, seed=3)
    both = np.zeros((220, 420, 4), np.float32)
    both[10:210, 10:150], both[20:200, 260:380] = one, two
    both[30:38, 385:393] = (0.5, 0.5, 1, 1)  # a drop of sweat beside the second
    both[100:103, 215] = (1, 0, 0, 1)  # a speck between them
    both[190:200, 205:215] = (1, 0, 0, 1)  # a thing of its own, too small to be a figure
    figures = split_figures(both)
    assert [f.rgba.shape[2] for f in figures] == [4, 4]
    assert figures[0].box[2] <= 150 < 260 <= figures[1].box[0]
    assert figures[1].box[2] == 393
    kept = sum(f.rgba[..., 3].sum() for f in figures)
    assert kept == pytest.approx(one[..., 3].sum() + two[..., 3].sum() + 64, rel=0.005)
    x0, y0, x1, y1 = figures[0].box
    assert figures[0].rgba.shape[:2] == (y1 - y0, x1 - x0)
    assert split_figures(np.zeros((50, 50, 4), np.float32)) == []


def test_frames_that_hardly_differ_are_known_despite_noise():
    figure = np.pad(drawn(120, 90), ((0, 0), (20, 60), (0, 0)))
    first = before_screen(figure, seed=1).astype(np.float32) / 255
    again = before_screen(figure, seed=2).astype(np.float32) / 255
    moved = before_screen(np.roll(figure, 12, 1), seed=3).astype(np.float32) / 255
    changes = Changes()
    assert [changes.keep(f) for f in (first, again, moved, moved)] == [True, False, True, False]


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """A video of two figures, a frame, and files of every wrong kind."""
    folder = tmp_path_factory.mktemp("material")
    one, two = drawn(150, 110), drawn(150, 110, seed=3)

    def frame(step):
        both = np.zeros((192, 320, 4), np.float32)
        both[30:180, 10 + step : 120 + step], both[30:180, 180:290] = one, two
        return before_screen(both, uneven=0.2)

    frames = [frame(0)] * 4 + [frame(12)] * 4 + [np.full((192, 320, 3), 90, np.uint8)] * 2
    for name, codec in (("dance.mp4", "libx264"), ("old.mp4", "mpeg4")):
        write_video(str(folder / name), frames, codec)
    write_picture(folder / "pose 07.png", before_screen(one))
    (folder / "broken.mp4").write_bytes(b"no video" * 50)
    (folder / "broken.png").write_bytes(b"no picture" * 50)
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("about the video")
    write_picture(folder / "grey.png", np.full((90, 90, 3), 120, np.uint8))
    write_picture(folder / "cut out.png", drawn())
    return folder


def test_the_command_keys_a_folder_and_names_what_it_skipped(material, tmp_path, capsys):
    out = tmp_path / "out"
    assert main([str(material), "-o", str(out), "--every", "2"]) == 0
    text = capsys.readouterr().out
    expected = {f"{v}_f{n:06}_{k}.png" for v in ("dance", "old") for n in (0, 4) for k in (1, 2)}
    assert {p.name for p in out.iterdir()} == expected | {"pose_f07_1.png"}
    assert "9 figures from 5 frames" in text
    for name, reason in (
        ("broken.mp4", "not a video"),
        ("broken.png", "not a picture"),
        ("empty.jpg", "not a picture"),
        ("notes.txt", "neither"),
        ("grey.png", "no key colour"),
        ("cut out.png", "transparency already"),
    ):
        assert any(name in line and reason in line for line in text.splitlines()), name
    assert "4 frames left out: hardly different" in text
    picture = read_picture(out / "dance_f000000_1.png")
    assert picture.shape[2] == 4
    assert 0.2 < picture[..., 3].mean() < 0.9
    assert len({is_held_out(p.name) for p in out.glob("dance*")}) == 1


def test_the_command_never_overwrites(material, tmp_path, capsys):
    for _ in range(2):
        assert main([str(material / "pose 07.png"), "-o", str(tmp_path)]) == 0
    first, second = sorted(tmp_path.iterdir())
    assert (first.name, second.name) == ("pose_f07_1.png", "pose_f07_2.png")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["broken.mp4"], "not a video that can be read"),
        (["no such file.mp4"], "There is no video, picture or folder"),
        (["dance.mp4", "--key", "green"], "like #00ff00"),
        (["dance.mp4", "--key", "#808080"], "nearly grey"),
        (["dance.mp4", "--every", "0"], "--every is 1 or more"),
        (["dance.mp4", "--smallest", "7"], "share from 0 to 1"),
        (["grey.png"], "no key colour"),
        (["dance.mp4", "--key", "#ff00ff"], "key colour covers too little"),
    ],
)
def test_the_command_says_what_is_wrong_in_one_sentence(
    material, tmp_path, capsys, arguments, said
):
    assert main([str(material / arguments[0]), *arguments[1:], "-o", str(tmp_path / "o")]) == 2
    captured = capsys.readouterr()
    assert said in captured.out + captured.err
    assert "Traceback" not in captured.err


def test_black_bars_of_a_video_are_no_figures(tmp_path):
    picture = before_screen(drawn(160, 120))
    barred = np.pad(picture, ((20, 20), (0, 0), (0, 0)))
    write_video(str(tmp_path / "wide.mp4"), [barred])
    ((_, frame),) = frames_of(tmp_path / "wide.mp4")
    assert abs(frame.shape[0] - 160) <= 2
    (figure,) = split_figures(key_out(frame))
    assert figure.rgba[..., 3].sum() == pytest.approx(drawn(160, 120)[..., 3].sum(), rel=0.03)


def test_a_video_without_pictures_or_cut_off_is_named(material, tmp_path):
    import av

    sound = tmp_path / "sound.mp4"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 16000
        for packet in [*stream.encode(frame), *stream.encode()]:
            container.mux(packet)
    with pytest.raises(ValueError, match="has no video stream"):
        list(frames_of(sound))
    cut = tmp_path / "cut.mp4"
    cut.write_bytes((material / "old.mp4").read_bytes()[:3000])
    with pytest.raises(ValueError, match=r"cut\.mp4"):
        list(frames_of(cut))
