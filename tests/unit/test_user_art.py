"""A user's folders of figures and backgrounds: what is used, what is named, how it is mixed in."""

import os
import pickle
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from training import train_detector, user_material
from training.backgrounds import PAINTERS, BackgroundPool, build_pool
from training.compose import Options, compose
from training.dataset import DetectorSamples, RefinerSamples
from training.store import SpriteStore, write_store
from training.user_art import is_held_out, read_backgrounds, read_characters
from training.user_material import OwnArt, OwnBackgrounds, joined, load_material


def figure(color=(200, 60, 90), size=(160, 100)):
    """uint8 [H,W,4], straight: an ellipse with a soft edge and a face."""
    big = np.zeros((size[0] * 2, size[1] * 2, 4), np.uint8)
    centre, axes = (size[1], size[0]), (size[1] - 30, size[0] - 30)
    cv2.ellipse(big, centre, axes, 0, 0, 360, (*color, 255), -1)
    cv2.circle(big, (size[1], size[0] // 2 + 30), 14, (20, 20, 30, 255), -1)
    out = cv2.resize(big, size[::-1], interpolation=cv2.INTER_AREA)
    out[..., :3][out[..., 3] > 0] = np.where(out[..., :3].any(-1, keepdims=True), out[..., :3], 0)[
        out[..., 3] > 0
    ]
    return out


def scenery(seed, size=(150, 260)):
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (5, 8, 3), dtype=np.uint8)
    return cv2.resize(small, size[::-1], interpolation=cv2.INTER_CUBIC)


def huge_png(path, side=9000):
    """A PNG that claims side x side pixels, in a few bytes."""
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def save_wrong_files(folder):
    """Files of every kind that cannot be used, and a part of the reason that each gets."""
    (folder / "broken.png").write_bytes(b"\x89PNG not really")
    (folder / "empty.webp").write_bytes(b"")
    whole = folder / "whole.png"
    Image.fromarray(figure(size=(400, 300))).save(whole)
    (folder / "cut off.png").write_bytes(whole.read_bytes()[:900])
    whole.unlink()
    huge_png(folder / "huge.png")
    huge_png(folder / "bomb.png", 60000)
    frames = [Image.fromarray(figure((c, 0, 0))) for c in (50, 120, 200)]
    frames[0].save(folder / "dance.webp", save_all=True, append_images=frames[1:], lossless=True)
    (folder / "notes.txt").write_text("mine")
    (folder / ".hidden.png").write_bytes(b"of the system")
    return {
        "broken.png": "not a picture",
        "empty.webp": "the file is empty",
        "cut off.png": "damaged",
        "huge.png": "9000 x 9000 pixels are more than",
        "bomb.png": "larger than can be read safely",
        "dance.webp": "an animation of 3 frames",
        "notes.txt": "not a picture file",
    }


@pytest.fixture(scope="module")
def characters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("my art")
    Image.fromarray(figure()).save(folder / "plain.png")
    (folder / "more").mkdir()
    Image.fromarray(figure((60, 120, 220), (900, 700))).save(folder / "more" / "large.webp")
    Image.fromarray(figure()).quantize(32).save(folder / "palette.png")
    deep = figure((90, 200, 120)).astype(np.uint16) * 257
    cv2.imwrite(str(folder / "deep.png"), deep[..., [2, 1, 0, 3]])
    grey = figure((120, 120, 120))[..., 2:]
    Image.fromarray(grey, "LA").save(folder / "grey.png")
    reasons = save_wrong_files(folder)
    Image.fromarray(scenery(0)).save(folder / "opaque.jpg")
    Image.fromarray(scenery(0)).convert("CMYK").save(folder / "print.jpg")
    Image.fromarray(np.dstack([scenery(0), np.full((150, 260), 255, np.uint8)])).save(
        folder / "full.png"
    )
    Image.fromarray(np.zeros((90, 90, 4), np.uint8)).save(folder / "nothing.png")
    Image.fromarray(figure(size=(34, 34))).save(folder / "tiny.png")
    reasons |= {
        "opaque.jpg": "no transparency",
        "print.jpg": "no transparency",
        "full.png": "opaque everywhere",
        "nothing.png": "nothing in it is opaque",
        "tiny.png": "are needed",
    }
    return folder, reasons


@pytest.fixture(scope="module")
def backgrounds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("my backgrounds")
    for i in range(3):
        Image.fromarray(scenery(i)).save(folder / f"hill {i}.png")
    Image.fromarray(scenery(4, (1000, 1600))).save(folder / "large.jpg")
    Image.fromarray(scenery(5)).convert("CMYK").save(folder / "print.jpg")
    cv2.imwrite(str(folder / "deep.png"), scenery(6).astype(np.uint16) * 257)
    Image.fromarray(scenery(7)).quantize(64).save(folder / "palette.png")
    reasons = save_wrong_files(folder)
    Image.fromarray(figure()).save(folder / "figure.png")
    Image.fromarray(scenery(0, (30, 300))).save(folder / "strip.png")
    Image.fromarray(scenery(0, (70, 700))).save(folder / "banner.png")
    reasons |= {
        "figure.png": "much of it is transparent",
        "strip.png": "are needed",
        "banner.png": "10 times",
    }
    return folder, reasons


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def tree(folder):
    return {p: p.stat().st_mtime_ns for p in folder.rglob("*")}


def test_a_folder_of_figures_with_every_kind_of_file(characters, cache):
    folder, reasons = characters
    before = tree(folder)
    found = read_characters(folder, cache)
    assert tree(folder) == before
    used = {"plain.png", "more/large.webp", "palette.png", "deep.png", "grey.png"}
    assert {s.name for s in found.sprites} == used
    skipped = dict(found.skipped)
    assert set(skipped) == set(reasons)
    for name, reason in reasons.items():
        assert reason in skipped[name], (name, skipped[name])
        assert str(folder) not in skipped[name]
        assert f"{name}: {skipped[name]}" in found.summary()
    assert f"5 used, {len(reasons)} skipped" in found.summary()
    by_name = {s.name: s for s in found.sprites}
    pixels = found.rgba(by_name["plain.png"])
    assert pixels.dtype == np.uint8
    assert (pixels[..., :3] <= pixels[..., 3:]).all()  # premultiplied
    assert pixels[pixels.shape[0] // 2 + 20, pixels.shape[1] // 2].tolist() == [200, 60, 90, 255]
    assert max(found.rgba(by_name["more/large.webp"]).shape) == 512
    deep = found.rgba(by_name["deep.png"])
    assert deep[deep.shape[0] // 2 + 20, deep.shape[1] // 2].tolist() == [90, 200, 120, 255]
    assert all(s.kind == "character" for s in found.sprites)


def test_a_folder_of_backgrounds_with_every_kind_of_file(backgrounds, cache):
    folder, reasons = backgrounds
    found = read_backgrounds(folder, cache)
    assert len(found.sprites) == 7
    skipped = dict(found.skipped)
    assert set(skipped) == set(reasons)
    for name, reason in reasons.items():
        assert reason in skipped[name], (name, skipped[name])
    sizes = {s.name: (s.height, s.width) for s in found.sprites}
    assert sizes["large.jpg"] == (768, 1229)
    assert sizes["hill 0.png"] == (150, 260)
    for sprite in found.sprites:
        assert (found.rgba(sprite)[..., 3] == 255).all()


def test_the_cache_is_used_until_a_file_changes(tmp_path, monkeypatch):
    folder, cache = tmp_path / "art", tmp_path / "cache"
    folder.mkdir()
    for name in ("one", "two"):
        Image.fromarray(figure()).save(folder / f"{name}.png")
    first = read_characters(folder, cache)
    made = sorted(cache.iterdir())
    again = read_characters(folder, cache)
    assert sorted(cache.iterdir()) == made
    assert again.sprites == first.sprites
    os.utime(folder / "one.png", (1, 1))
    read_characters(folder, cache)
    assert len(list(cache.iterdir())) == 2
    other = read_characters(folder, tmp_path / "other")
    assert [other.rgba(s).tobytes() for s in other.sprites] == [
        first.rgba(s).tobytes() for s in first.sprites
    ]


def test_what_is_skipped_is_said_once_until_a_file_changes(tmp_path, caplog):
    folder, cache = tmp_path / "art", tmp_path / "cache"
    folder.mkdir()
    Image.fromarray(figure()).save(folder / "one.png")
    (folder / "notes.txt").write_text("mine")
    with caplog.at_level("INFO", "celkit"):
        for _ in range(3):
            read_characters(folder, cache)
        assert caplog.text.count("1 used, 1 skipped") == 1
        (folder / "more.txt").write_text("mine")
        read_characters(folder, cache)
    assert caplog.text.count("1 used, 2 skipped") == 1


def test_large_folders_are_kept_in_several_stores(tmp_path, monkeypatch):
    monkeypatch.setattr("training.user_art._PER_STORE", 2)
    folder = tmp_path / "art"
    folder.mkdir()
    colors = [(40 * i, 250 - 40 * i, 100) for i in range(5)]
    for i, color in enumerate(colors):
        Image.fromarray(figure(color)).save(folder / f"{i}.png")
    found = read_characters(folder, tmp_path / "cache")
    assert [s.part for s in found.sprites] == [0, 0, 1, 1, 2]
    for sprite, color in zip(found.sprites, colors, strict=True):
        pixels = found.rgba(sprite)
        middle = pixels[pixels.shape[0] // 2 + 20, pixels.shape[1] // 2]
        assert middle.tolist() == [*color, 255]


def test_the_split_is_by_name_and_stays_when_files_come():
    names = [f"picture of somebody {i}.png" for i in range(4000)]
    share = np.mean([is_held_out(name) for name in names])
    assert 0.13 < share < 0.17
    assert is_held_out("a/b/clip_f000010_1.png") == is_held_out("clip_f002300_2.png")
    assert is_held_out("777_p0.png") == is_held_out("777_p1.png")
    assert is_held_out("deeper/name.webp") == is_held_out("name.png")


def test_folders_with_nothing_to_use_say_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder of characters at"):
        read_characters(tmp_path / "none", tmp_path)
    folder = tmp_path / "art"
    folder.mkdir()
    with pytest.raises(ValueError, match="There are no pictures in"):
        read_characters(folder, tmp_path / "cache")
    Image.fromarray(scenery(0)).save(folder / "opaque.png")
    with pytest.raises(ValueError, match=r"None of the 1 files .*opaque\.png: it has no transp"):
        read_characters(folder, tmp_path / "cache")
    assert not (tmp_path / "cache").exists() or not list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_figures_are_enough_to_train_with(tmp_path, count):
    folder = tmp_path / "art"
    folder.mkdir()
    names = [n for n in (f"n{i}.png" for i in range(60)) if is_held_out(n)][:count]
    for name in names:  # all of them names that would be held out
        Image.fromarray(figure()).save(folder / name)
    own = read_characters(folder, tmp_path / "cache")
    assert len(OwnArt(own).characters) == count
    with pytest.raises(ValueError, match="kept for evaluation"):
        OwnArt(own, held_out=True)


class Library:
    """Stands in for an ArtLibrary."""

    held_out = False

    def __init__(self, store):
        self.store = store
        self.characters, self.props, self.toons = (
            [s for s in store.sprites if s.kind == kind] for kind in ("character", "prop", "toon")
        )

    def rgba(self, sprite):
        return self.store.rgba(sprite)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library") / "store"
    kinds = ["character"] * 7 + ["prop"] * 2 + ["toon"] * 3
    write_store(folder, [(f"{k}{i}", k, False, figure(), 0.1) for i, k in enumerate(kinds)], {})
    return Library(SpriteStore(folder))


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pool") / "pool"
    build_pool(folder, len(PAINTERS), workers=1)
    return BackgroundPool(folder)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_joined_figures_have_the_share_asked_for(characters, cache, library, share):
    own = read_characters(characters[0], cache)
    art = OwnArt(own, library, share)
    for among in (art.characters, art.toons):
        if among:
            assert np.mean([s in own.sprites for s in among]) == pytest.approx(share, abs=0.01)
    assert bool(art.toons) == (share < 1)
    assert art.props == library.props
    counts = [list(art.characters).count(s) for s in own.split(False)]
    assert max(counts) <= 1.3 * max(min(counts), 1)
    for sprite in {*art.characters, *art.props, *art.toons}:
        assert art.rgba(sprite).shape == (sprite.height, sprite.width, 4)


def test_a_list_that_is_empty_leaves_the_other(library):
    assert joined([], library.characters, 0.5) == library.characters
    assert joined(library.characters, [], 0.5) == library.characters


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_share_is_from_0_to_1(characters, cache, share):
    own = read_characters(characters[0], cache)
    with pytest.raises(ValueError, match="0 to 1"):
        OwnArt(own, None, share)


@pytest.mark.parametrize("size", [(64, 64), (97, 161), (300, 120)])
def test_own_backgrounds_fill_every_size(backgrounds, cache, pool, size):
    own = read_backgrounds(backgrounds[0], cache)
    for other, share in ((None, 1.0), (pool, 0.5)):
        grounds = OwnBackgrounds(own, other, share)
        pictures = [
            grounds.draw(np.random.default_rng(i), size, zoom=zoom)
            for i, zoom in enumerate((1, 1, 1, 2.5, 6))
        ]
        assert all(p.shape == (*size, 3) and p.dtype == np.uint8 for p in pictures)
        again = grounds.draw(np.random.default_rng(0), size, zoom=1)
        assert again.tobytes() == pictures[0].tobytes()


def test_backgrounds_alone_never_show_painted_ones(backgrounds, cache):
    own = read_backgrounds(backgrounds[0], cache)
    grounds = OwnBackgrounds(own, None)
    seen = {grounds.draw(np.random.default_rng(i), (32, 32), plain=0.0).tobytes() for i in range(8)}
    assert len(seen) == 8


def test_compositions_and_samples_of_own_pictures_repeat(characters, backgrounds, cache):
    art = OwnArt(read_characters(characters[0], cache))
    grounds = OwnBackgrounds(read_backgrounds(backgrounds[0], cache))
    art, grounds = pickle.loads(pickle.dumps((art, grounds)))  # as a worker of a loader gets them
    options = Options(size=(96, 96), empty=0.0)
    made = [compose(np.random.default_rng(3), art, options, backgrounds=grounds) for _ in range(2)]
    assert made[0].picture.tobytes() == made[1].picture.tobytes()
    assert made[0].masks.tobytes() == made[1].masks.tobytes()
    total = 0
    for samples in (
        DetectorSamples(0, 96, art=art, backgrounds=grounds),
        RefinerSamples(0, 96, art=art, backgrounds=grounds),
    ):
        for i in range(3):
            sample = samples[i]
            assert sample["picture"].shape == (96, 96, 3)
            total += len(sample.get("boxes", ())) if "boxes" in sample else 1
    assert total >= 5


def test_load_material_alone_needs_no_public_domain_art(
    characters, backgrounds, cache, monkeypatch
):
    def no_art(*_, **__):
        raise FileNotFoundError("There is no folder of drawings.")

    def no_pool(*_, **__):
        raise AssertionError("nothing is painted")

    monkeypatch.setattr(user_material, "load_art", no_art)
    monkeypatch.setattr(user_material, "load_backgrounds", no_pool)
    art, grounds = load_material(None, characters[0], backgrounds[0], 1.0, cache)
    assert art.props == [] and art.toons == []
    assert len(grounds) == 4 and len(art.characters) >= 3
    with pytest.raises(FileNotFoundError, match="no folder of drawings"):
        load_material(None, characters[0], backgrounds[0], 0.5, cache)


def test_the_trainer_says_what_is_wrong_with_a_folder(tmp_path, capsys):
    (tmp_path / "art").mkdir()
    arguments = ["--run", str(tmp_path / "run"), "--steps", "2", "--size", "64", "--cpu"]
    for folder, said in (("none", "There is no folder of characters"), ("art", "no pictures in")):
        with pytest.raises(SystemExit) as stopped:
            train_detector.main([*arguments, "--characters", str(tmp_path / folder)])
        assert stopped.value.code == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
