"""Instances on disk: run-length encoding, round trips, and files that are missing or damaged."""

import json
import logging

import numpy as np
import pytest
import torch
from PIL import Image

from cartoon_models.instances import Instances, load_instances, save_instances
from cartoon_models.instances.rle import decode_rle, encode_rle
from cartoon_models.picture import read_picture


def soft_instances(count=3, size=(37, 53), seed=1):
    generator = torch.Generator().manual_seed(seed)
    masks = (torch.rand(count, *size, generator=generator) * 1.6 - 0.3).clamp(0, 1)
    masks[-1] = masks[-1].round()
    return Instances.from_masks(
        masks,
        scores=torch.rand(count, generator=generator),
        labels=["character", "猫", 'a "quoted" name'][:count],
        tags=[["red_hair", "hat"], [], ["smile"]][:count],
        characters=[[], ["初音ミク"], []][:count],
    )


def random_masks():
    rng = np.random.default_rng(0)
    yield from (
        rng.random((int(h), int(w))) < p
        for h, w, p in [
            (1, 1, 0.5),
            (1, 9, 0.5),
            (9, 1, 0.5),
            (40, 31, 0.02),
            (33, 64, 0.98),
            (70, 50, 0.5),
        ]
    )
    yield np.zeros((5, 7), bool)
    yield np.ones((5, 7), bool)
    big = np.zeros((3000, 2000), bool)
    big[100:2900, 7:1990] = True
    big[1000:1100, 500:700] = False
    yield big
    yield big.T


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # in pycocotools
@pytest.mark.parametrize(
    "mask", list(random_masks()), ids=lambda mask: f"{mask.shape[1]}x{mask.shape[0]}"
)
def test_rle_equals_pycocotools(mask):
    coco = pytest.importorskip(
        "pycocotools.mask", reason="pycocotools is not installed (extra dev)"
    )
    want = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    got = encode_rle(mask)
    assert got["size"] == list(want["size"])
    assert got["counts"].encode() == want["counts"]
    assert np.array_equal(decode_rle(got), mask)
    assert np.array_equal(decode_rle(want), mask)
    assert np.array_equal(coco.decode({**got, "counts": got["counts"].encode()}), mask)


def test_rle_of_a_soft_mask_and_of_plain_counts():
    mask = torch.tensor([[0.2, 0.5], [0.9, 0.49]])
    assert decode_rle(encode_rle(mask)).tolist() == [[0, 1], [1, 0]]
    assert decode_rle({"size": [2, 2], "counts": [1, 2, 1]}).tolist() == [[0, 1], [1, 0]]
    assert decode_rle(encode_rle(np.zeros((0, 3), bool))).shape == (0, 3)


@pytest.mark.parametrize(
    "rle",
    [
        {"size": [4, 4], "counts": ""},
        {"size": [4, 4], "counts": "\x01"},
        {"size": [4, 4], "counts": "é"},
        {"size": [4, 4], "counts": "o"},
        {"size": [4, 4], "counts": "o" * 40 + "0"},
        {"size": [4, 4], "counts": "5"},
        {"size": [4, 4], "counts": [20, -4]},
        {"size": [4, 4], "counts": None},
        {"size": 4, "counts": "`0"},
        {"size": [-4, -4], "counts": "`0"},
        {"counts": "`0"},
        "`0",
    ],
)
def test_damaged_rle(rle):
    with pytest.raises(ValueError, match="run-length encoding"):
        decode_rle(rle)


def test_round_trip_to_sixteen_bits(tmp_path):
    found = soft_instances()
    path = save_instances(tmp_path / "new folder", found)
    assert path == tmp_path / "new folder" / "instances.json"
    back = load_instances(path.parent)
    levels = (found.masks.double() * 65535).round()
    assert torch.equal((back.masks.double() * 65535).round(), levels)
    assert torch.equal(back.masks[2], found.masks[2])
    assert torch.equal(back.boxes, found.boxes) and torch.equal(back.scores, found.scores)
    assert (back.labels, back.tags) == (found.labels, found.tags)
    assert (back.characters, back.size) == (found.characters, found.size)
    # What has been through a file once does not change any more: same bytes.
    again = save_instances(tmp_path / "again", back)
    for file in sorted(path.parent.iterdir()):
        assert (again.parent / file.name).read_bytes() == file.read_bytes()
    assert torch.equal(load_instances(again).masks, back.masks)


def test_the_threshold_survives_sixteen_bits(tmp_path):
    half = torch.tensor(0.5)
    masks = torch.stack([half, torch.nextafter(half, torch.tensor(0.0))]).view(2, 1, 1)
    back = load_instances(save_instances(tmp_path, Instances.from_masks(masks)))
    assert (back.masks >= 0.5).flatten().tolist() == [True, False]


def test_files_of_one_save(tmp_path):
    save_instances(tmp_path, soft_instances(), picture=torch.rand(37, 53, 3))
    names = ["instances.json", "mask_00.png", "mask_01.png", "mask_02.png", "picture.png"]
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    assert read_picture(tmp_path / "picture.png").shape == (37, 53, 3)
    record = json.loads((tmp_path / "instances.json").read_text(encoding="utf-8"))
    assert record["size"] == [37, 53] and record["picture"] == "picture.png"
    save_instances(tmp_path / "page 2.json", soft_instances(1))
    assert (tmp_path / "page 2_mask_00.png").is_file()
    assert len(load_instances(tmp_path / "page 2.json")) == 1
    assert len(load_instances(tmp_path)) == 3


def test_nothing_found_is_saved_too(tmp_path):
    back = load_instances(save_instances(tmp_path, Instances.empty((4, 6))))
    assert len(back) == 0 and back.size == (4, 6)


def test_an_empty_mask_keeps_the_box_that_was_asked_for(tmp_path):
    found = Instances.from_masks(torch.zeros(1, 4, 6), boxes=[[1, 1, 3, 2]])
    assert load_instances(save_instances(tmp_path, found)).boxes.tolist() == [[1, 1, 3, 2]]


def test_nothing_is_overwritten_unless_asked(tmp_path):
    (tmp_path / "mask_01.png").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match=r"mask_01\.png"):
        save_instances(tmp_path, soft_instances())
    assert [file.name for file in tmp_path.iterdir()] == ["mask_01.png"]
    assert (tmp_path / "mask_01.png").read_bytes() == b"mine"
    save_instances(tmp_path, soft_instances(), overwrite=True)
    with pytest.raises(FileExistsError, match=r"instances\.json"):
        save_instances(tmp_path, soft_instances())
    save_instances(tmp_path, soft_instances(2, seed=9), overwrite=True)
    assert len(load_instances(tmp_path)) == 2


def test_overwriting_a_larger_save_removes_the_masks_that_it_named(tmp_path):
    save_instances(tmp_path, soft_instances(), torch.rand(37, 53, 3))
    save_instances(tmp_path / "other.json", soft_instances())
    (tmp_path / "mask_07.png").write_bytes(b"mine")
    save_instances(tmp_path, soft_instances(1), overwrite=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "instances.json",
        "mask_00.png",
        "mask_07.png",
        "other.json",
        *(f"other_mask_{index:02d}.png" for index in range(3)),
        "picture.png",
    ]
    save_instances(tmp_path / "other.json", Instances.empty((37, 53)), overwrite=True)
    assert not list(tmp_path.glob("other_mask_*"))


@pytest.mark.parametrize("name", ["mask_2.png", "notes.txt", "../mask_02.png", "other_mask_02.png"])
def test_overwriting_removes_nothing_that_saving_does_not_make(tmp_path, name):
    folder = tmp_path / "saved"
    file = save_instances(folder, soft_instances())
    (folder / name).write_bytes(b"mine")
    file.write_text(file.read_text().replace("mask_02.png", name))
    save_instances(folder, soft_instances(1), overwrite=True)
    assert (folder / name).read_bytes() == b"mine"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "celkit.instances"}', "[[[" * 90_000])
def test_overwriting_a_damaged_save(tmp_path, text):
    (tmp_path / "instances.json").write_text(text)
    save_instances(tmp_path, soft_instances(1), overwrite=True)
    assert len(load_instances(tmp_path)) == 1


def test_a_save_that_fails_removes_nothing(tmp_path, monkeypatch):
    save_instances(tmp_path, soft_instances())
    before = sorted(file.name for file in tmp_path.iterdir())
    monkeypatch.setattr("cartoon_models.instances.files.encode_rle", lambda mask: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_instances(tmp_path, soft_instances(1), overwrite=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == before


def test_a_save_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    save_instances(tmp_path, soft_instances())
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def no_space(mask):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cartoon_models.instances.files.encode_rle", no_space)
    with pytest.raises(OSError, match="No space left"):
        save_instances(tmp_path, soft_instances(seed=2), overwrite=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_picture_of_another_size(tmp_path):
    with pytest.raises(ValueError, match=r"is 53 x 38, but the instances are of .* 53 x 37"):
        save_instances(tmp_path / "out", soft_instances(), picture=np.zeros((38, 53, 3), np.uint8))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("damage", ["missing", "cut short", "not a picture"])
def test_without_its_png_a_mask_comes_from_the_encoding(tmp_path, caplog, damage):
    found = soft_instances()
    save_instances(tmp_path, found)
    file = tmp_path / "mask_01.png"
    if damage == "missing":
        file.unlink()
    else:
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2] if damage == "cut short" else b"no picture")
    with caplog.at_level(logging.WARNING, logger="celkit"):
        back = load_instances(tmp_path)
    assert "mask_01.png" in caplog.text
    assert torch.equal(back.masks[1], (found.masks[1] >= 0.5).float())
    torch.testing.assert_close(back.masks[0], found.masks[0], rtol=0, atol=0.6 / 65535)


def test_a_mask_larger_than_pillow_opens_safely_is_not_opened(tmp_path, caplog):
    found = soft_instances()
    save_instances(tmp_path, found)
    Image.new("1", (14_000, 14_000)).save(tmp_path / "mask_00.png")
    assert torch.equal(load_instances(tmp_path).masks[0] >= 0.5, found.masks[0] >= 0.5)
    assert "damaged mask_00.png" in caplog.text


def test_postscript_under_the_name_of_a_mask_is_not_run(tmp_path, monkeypatch, caplog):
    def run(*_, **__):
        raise AssertionError("Ghostscript was called")

    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", run)
    found = soft_instances()
    save_instances(tmp_path, found)
    Image.new("L", (53, 37)).save(tmp_path / "mask_00.png", format="EPS")
    assert torch.equal(load_instances(tmp_path).masks[0] >= 0.5, found.masks[0] >= 0.5)
    assert "damaged mask_00.png" in caplog.text


def test_a_mask_that_was_painted_on_is_read(tmp_path):
    save_instances(tmp_path, soft_instances())
    painted = Image.new("RGB", (53, 37))
    painted.paste((255, 255, 255), (10, 5, 20, 30))
    painted.save(tmp_path / "mask_00.png")
    assert load_instances(tmp_path).boxes[0].tolist() == [10, 5, 20, 30]


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no saved instances at .*instances\.json"):
        load_instances(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no saved instances at .*a\.json"):
        load_instances(tmp_path / "a.json")


def change(path, **changes):
    record = json.loads(path.read_text(encoding="utf-8"))
    record.update(changes)
    path.write_text(json.dumps(record), encoding="utf-8")


def change_first(path, **changes):
    record = json.loads(path.read_text(encoding="utf-8"))
    first = {**record["instances"][0], **changes}
    record["instances"][0] = {key: value for key, value in first.items() if value != "gone"}
    path.write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_text(path.read_text("utf-8")[:200], "utf-8"), "cut short"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "cut short"),
        (lambda path: path.write_text("[" * 100000), "cut short"),
        (lambda path: path.write_text("[]"), "does not hold saved instances"),
        (lambda path: change(path, version=2), "update CelKit"),
        (lambda path: change(path, size=[37]), "is damaged"),
        (lambda path: change(path, size=[0, 53]), "its size is 53 x 0"),
        (
            lambda path: change(path, size=[53, 37]),
            r"mask_00\.png is 53 x 37, but the picture is 37 x 53",
        ),
        (lambda path: change(path, size=[10**6, 10**6]), "but the picture is 1000000 x 1000000"),
        (lambda path: change(path, instances=[3]), "is damaged"),
        (lambda path: change_first(path, score="gone"), "'score' is missing"),
        (lambda path: change_first(path, score=float("nan")), "not five numbers"),
        (lambda path: change_first(path, score=7), "from 0 to 1"),
        (lambda path: change_first(path, box=[1, 2, 3]), "not five numbers"),
        (lambda path: change_first(path, tags=[3]), "not texts"),
        (lambda path: change_first(path, mask="../mask_00.png"), "file beside it"),
        (lambda path: change_first(path, mask=None, segmentation="gone"), "no run-length encoding"),
        (lambda path: change_first(path, mask=None, segmentation={}), "there is no other"),
    ],
)
def test_a_damaged_file_is_named_in_one_sentence(tmp_path, damage, message):
    path = save_instances(tmp_path, soft_instances())
    damage(path)
    with pytest.raises(ValueError, match=message) as caught:
        load_instances(path)
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_in_the_place_of_the_folder(tmp_path):
    file = tmp_path / "there"
    file.write_text("a file, not a folder")
    with pytest.raises(FileExistsError):
        save_instances(file, soft_instances())
    assert file.read_text() == "a file, not a folder"
