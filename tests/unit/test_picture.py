"""Pictures from files to arrays and tensors, and back."""

import os

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from cartoon_models.atomic import atomic_path
from cartoon_models.picture import as_tensor, read_picture, write_picture


@pytest.fixture
def colours():
    return np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def test_eight_bit_colour_survives_a_round_trip(tmp_path, colours):
    write_picture(tmp_path / "a.png", colours / np.float32(255))
    array = read_picture(tmp_path / "a.png")
    assert array.dtype == np.float32
    assert np.array_equal((array * 255).round().astype(np.uint8), colours)


@pytest.mark.parametrize("channels", [None, 1, 3, 4])
def test_sixteen_bits_survive_a_round_trip(tmp_path, channels):
    shape = (5, 7) if channels is None else (5, 7, channels)
    deep = np.random.default_rng(1).integers(0, 65536, shape, dtype=np.uint16)
    write_picture(tmp_path / "a.png", deep)
    array = read_picture(tmp_path / "a.png")
    expected = deep if deep.ndim == 3 else deep[..., None]
    expected = np.repeat(expected, 3, axis=2) if channels in (None, 1) else expected
    assert np.array_equal((array * 65535).round().astype(np.uint16), expected)


def test_floats_are_written_with_as_many_bits_as_asked_for(tmp_path):
    mask = torch.linspace(0, 1, 999).reshape(27, 37)
    write_picture(tmp_path / "8.png", mask)
    write_picture(tmp_path / "16.png", mask, bits=16)
    assert np.abs(read_picture(tmp_path / "8.png")[..., 0] - mask.numpy()).max() <= 0.5 / 255 + 1e-6
    assert np.abs(read_picture(tmp_path / "16.png")[..., 0] - mask.numpy()).max() < 1 / 65535


def test_grey_palette_cmyk_and_one_bit_become_rgb(tmp_path):
    grey = Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4) * 20)
    for mode, name in (("L", "l.png"), ("P", "p.png"), ("1", "1.png"), ("CMYK", "c.jpg")):
        source = grey.convert("RGB").convert(mode) if mode in ("P", "CMYK") else grey.convert(mode)
        source.save(tmp_path / name, quality=100)
        array = read_picture(tmp_path / name)
        assert array.shape == (3, 4, 3), mode
        assert 0 <= array.min() <= array.max() <= 1
    assert np.abs(read_picture(tmp_path / "c.jpg")[2, 3] - 220 / 255).max() < 0.05


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_the_fourth_channel(tmp_path, mode):
    Image.new("RGBA", (4, 3), (255, 0, 0, 51)).convert(mode).save(tmp_path / "a.png")
    array = read_picture(tmp_path / "a.png")
    assert array.shape == (3, 4, 4)
    assert np.allclose(array[..., 3], 0.2)


def test_a_transparent_palette_colour_is_the_fourth_channel(tmp_path):
    image = Image.new("P", (4, 3), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "a.png", transparency=0)
    array = read_picture(tmp_path / "a.png")
    assert array[0, 0, 3] == 0
    assert array[0, 1].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("deep", [False, True])
def test_exif_orientation_is_applied(tmp_path, orientation, deep):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    array = np.random.default_rng(2).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    plain = Image.fromarray(array)
    plain.save(tmp_path / "plain.png", exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / "plain.png")))
    if deep:  # the same picture in 16 bits, which takes another way through the reader
        import cv2

        written = cv2.imencode(".png", array[..., ::-1].astype(np.uint16) * 257)[1].tobytes()
        chunk = _exif_chunk(tmp_path / "plain.png")
        (tmp_path / "plain.png").write_bytes(written[:33] + chunk + written[33:])
    found = (read_picture(tmp_path / "plain.png") * 255).round().astype(np.uint8)
    assert np.array_equal(found, expected)


def _exif_chunk(png):
    content = png.read_bytes()
    at = content.index(b"eXIf") - 4
    return content[at : at + 12 + int.from_bytes(content[at : at + 4], "big")]


def test_a_colour_profile_is_converted_to_srgb(tmp_path, colours):
    image = Image.fromarray(colours)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.save(tmp_path / "srgb.png", icc_profile=srgb)
    assert np.array_equal((read_picture(tmp_path / "srgb.png") * 255).round(), colours)
    # The same profile under another name with its red and blue exchanged.
    for old, new in ((b"rXYZ", b"tmp "), (b"bXYZ", b"rXYZ"), (b"tmp ", b"bXYZ")):
        srgb = srgb.replace(old, new)
    other = srgb.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))
    image.save(tmp_path / "other.png", icc_profile=other)
    found = (read_picture(tmp_path / "other.png") * 255).round()
    assert np.abs(found - colours[..., ::-1]).max() <= 1
    image.save(tmp_path / "broken.png", icc_profile=b"not a profile")
    assert np.array_equal((read_picture(tmp_path / "broken.png") * 255).round(), colours)


def test_one_pixel_and_very_wide_pictures(tmp_path):
    for size in ((1, 1), (8000, 3)):
        Image.new("RGB", size, (10, 20, 30)).save(tmp_path / "a.png")
        assert read_picture(tmp_path / "a.png").shape == (size[1], size[0], 3)


def test_what_is_not_a_picture_is_said_in_a_sentence(tmp_path, colours):
    with pytest.raises(FileNotFoundError, match="no picture at"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(ValueError, match="is a folder"):
        read_picture(tmp_path)
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(ValueError, match="not a picture"):
        read_picture(tmp_path / "text.png")
    (tmp_path / "empty.png").touch()
    with pytest.raises(ValueError, match="not a picture"):
        read_picture(tmp_path / "empty.png")
    for name in ("a.png", "a.jpg", "a.webp", "a.tif", "a.gif", "a.bmp"):
        big = Image.fromarray(np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8))
        big.save(tmp_path / name)
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) // 2])
        with pytest.raises(ValueError, match=r"damaged|not a picture"):
            read_picture(tmp_path / name)


def test_postscript_is_not_run(tmp_path, colours, monkeypatch):
    def run(*_, **__):
        raise AssertionError("Ghostscript was called")

    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", run)
    Image.new("RGB", (9, 7)).save(tmp_path / "a.png", format="EPS")
    with pytest.raises(ValueError, match="PostScript"):
        read_picture(tmp_path / "a.png")


def test_nothing_is_overwritten_unless_asked(tmp_path, colours):
    path = tmp_path / "a.png"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="not overwritten"):
        write_picture(path, colours)
    assert path.read_text() == "mine"
    write_picture(path, colours, overwrite=True)
    assert read_picture(path).shape == (5, 7, 3)
    assert os.listdir(tmp_path) == ["a.png"]


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.full((2, 2, 3), np.nan, np.float32), "NaN"),
        (np.zeros((2, 2, 2), np.float32), r"\[2, 2, 2\]"),
        (np.zeros((0, 2, 3), np.float32), r"\[0, 2, 3\]"),
        (np.zeros((2, 2, 3), np.int64), "int64"),
    ],
)
def test_what_cannot_be_written_leaves_nothing(tmp_path, array, words):
    with pytest.raises(ValueError, match=words):
        write_picture(tmp_path / "a.png", array)
    assert not os.listdir(tmp_path)


def test_only_png_is_written(tmp_path, colours):
    with pytest.raises(ValueError, match=r"end in \.png"):
        write_picture(tmp_path / "a.jpg", colours)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        write_picture(tmp_path / "none" / "a.png", colours)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3), (5, 7, 4)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32, np.float64, bool])
def test_as_tensor_takes_every_usual_form(shape, kind):
    top = {np.uint8: 255, np.uint16: 65535}.get(kind, 1)
    array = (np.random.default_rng(4).random(shape) > 0.5).astype(kind) * np.asarray(top, kind)
    unit = (array / top).astype(np.float32)
    for picture in (array, torch.from_numpy(array)):
        tensor = as_tensor(picture)
        assert tensor.dtype == torch.float32
        assert tuple(tensor.shape) == (5, 7, 3)
        if shape[-1] == 4:
            expected = unit[..., :3] * unit[..., 3:] + (1 - unit[..., 3:])
        else:
            expected = np.broadcast_to(unit.reshape(5, 7, -1), (5, 7, 3))
        assert np.allclose(tensor.numpy(), expected)
        assert tuple(as_tensor(picture, channels=4).shape) == (5, 7, 4)


def test_as_tensor_composites_over_white_and_adds_alpha():
    assert as_tensor(np.zeros((1, 1, 4), np.float32)).tolist() == [[[1, 1, 1]]]
    assert as_tensor(np.zeros((1, 1, 3), np.float32), channels=4).tolist() == [[[0, 0, 0, 1]]]
    assert as_tensor(Image.new("RGBA", (1, 1), (0, 0, 0, 0))).tolist() == [[[1, 1, 1]]]


def test_as_tensor_clamps_what_is_a_little_outside():
    tensor = as_tensor(torch.tensor([[-0.01, 1.01]]))
    assert tensor[0, :, 0].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (torch.full((2, 2, 3), float("nan")), "NaN"),
        (torch.tensor([[0.0, float("inf")]]), "infinite"),
        (torch.tensor([[0.0, float("-inf")]]), "infinite"),
        (torch.zeros(0, 4, 3), "empty"),
        (torch.zeros(3, 4, 5), "channels-first"),
        (torch.zeros(1, 4, 5, 3), r"\[1, 4, 5, 3\]"),
        (torch.full((2, 2, 3), 255.0), "divide by 255"),
        (torch.zeros(2, 2, dtype=torch.int64), "int64"),
        (np.zeros((2, 2), np.complex64), "complex64"),
    ],
)
def test_as_tensor_refuses_with_a_sentence(picture, words):
    with pytest.raises(ValueError, match=words):
        as_tensor(picture)


def test_as_tensor_refuses_what_is_no_picture():
    with pytest.raises(TypeError, match="list"):
        as_tensor([[0.0]])
    with pytest.raises(ValueError, match="3 or 4 channels"):
        as_tensor(np.zeros((2, 2)), channels=2)


def test_as_tensor_takes_frozen_and_strided_arrays():
    frozen = np.zeros((2, 2, 3), np.float32)
    frozen.flags.writeable = False
    assert as_tensor(frozen).sum() == 0
    assert as_tensor(np.zeros((4, 4, 3), np.float32)[::-1, ::2]).shape == (4, 2, 3)


def test_an_atomic_file_appears_whole_or_not_at_all(tmp_path):
    final = tmp_path / "result.txt"
    with pytest.raises(RuntimeError, match="stop"), atomic_path(final) as temporary:
        temporary.write_text("half")
        raise RuntimeError("stop")
    assert not os.listdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="Nothing was written"), atomic_path(final):
        pass
    with atomic_path(final) as temporary:
        assert temporary.suffix == ".txt"
        temporary.write_text("whole")
        assert not final.exists()
    assert final.read_text() == "whole"
    with pytest.raises(FileExistsError), atomic_path(final):
        raise AssertionError("the block must not run")


def test_a_file_that_appears_meanwhile_is_kept(tmp_path, monkeypatch):
    final = tmp_path / "result.txt"
    for without_links in (False, True):
        if without_links:
            monkeypatch.setattr(os, "link", _no_links)
        with pytest.raises(FileExistsError), atomic_path(final) as temporary:
            temporary.write_text("ours")
            final.write_text("theirs")
        assert final.read_text() == "theirs"
        final.unlink()
    with atomic_path(final) as temporary:
        temporary.write_text("ours")
    assert os.listdir(tmp_path) == ["result.txt"]


def _no_links(*_):
    raise OSError("this file system has no hard links")
