"""What samples are as files, and reading them back for the trainings."""

import argparse
import io
import json
import pickle
import tarfile

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader

from training import train_detector, train_refiner
from training.backgrounds import PAINTERS, BackgroundPool, build_pool
from training.compose import Options
from training.dataset import DetectorSamples
from training.shards import Endless, ShardCrops, ShardSamples
from training.store import SpriteStore, write_store
from training.synthesize.encoding import (
    decode_composition,
    decode_masks,
    decode_png,
    encode_masks,
    encode_png,
)
from training.synthesize.labelled import COLUMNS, decode_labelled, encode_labelled
from training.synthesize.makers import (
    KINDS,
    Compositions,
    Recipe,
    maker_class,
    source_version,
)
from training.synthesize.plan import FORMAT, claim, digest_of, shards_of
from training.synthesize.reading import ShardFolder
from training.synthesize.toons import Toons
from training.synthesize.writing import write_shard
from training.toon import scene_cast
from training.toon.labels import LabelledPicture, SheetEntry, TableBuilder
from training.toon.pool import build_pool as build_toons
from training.toon.samples import make_scene
from training.toon.scene import SceneOptions
from training.toon.styles import sample_style

COUNT, SIZE = 13, 80


class Art:
    """Stands in for an ArtLibrary: two-coloured blobs."""

    held_out = False

    def __init__(self, store):
        self.store, self.toons = store, []
        self.characters = [s for s in store.sprites if s.kind == "character"]
        self.props = [s for s in store.sprites if s.kind == "prop"]

    def rgba(self, sprite):
        return self.store.rgba(sprite)


def blob(rng, side=60):
    y, x = np.mgrid[: side * 1.5, :side]
    inside = ((x - side / 2) / (side / 2)) ** 2 + ((y - side * 0.75) / (side * 0.75)) ** 2 < 1
    rgba = np.zeros((*inside.shape, 4), np.uint8)
    rgba[inside] = (*rng.integers(40, 256, 3), 255)
    return rgba


@pytest.fixture(scope="module")
def maker(tmp_path_factory):
    rng, folder = np.random.default_rng(0), tmp_path_factory.mktemp("parts")
    kinds = ["character"] * 4 + ["prop"] * 2
    drawings = [(f"{k}{i}", k, False, blob(rng), 0.1) for i, k in enumerate(kinds)]
    write_store(folder / "art", iter(drawings), {})
    build_pool(folder / "backgrounds", 2, workers=1, among=tuple(PAINTERS)[:2])
    return Compositions(
        Recipe("compositions", seed=4, size=SIZE),
        Art(SpriteStore(folder / "art")),
        BackgroundPool(folder / "backgrounds"),
    )


def write_folder(folder, maker, part=(0, 1)):
    description = {
        "format": FORMAT,
        "kind": "compositions",
        "seed": 4,
        "count": COUNT,
        "per_shard": 4,
        "maker": maker.identity(),
    }
    claim(folder, description)
    for shard in shards_of(COUNT, 4, part):
        write_shard(folder, shard, maker, digest_of(description))
    return folder


@pytest.fixture(scope="module")
def shards(tmp_path_factory, maker):
    return write_folder(tmp_path_factory.mktemp("shards"), maker)


def same(first, second):
    assert first.keys() == second.keys()
    for key in first:
        assert first[key].dtype == second[key].dtype
        assert torch.equal(first[key], second[key])


@pytest.mark.parametrize(
    ("kind", "shape"),
    [(np.uint8, (7, 9, 3)), (np.uint8, (5, 300)), (np.uint8, (1, 1)), (np.uint16, (31, 40))],
)
def test_png_keeps_every_value(kind, shape):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(kind).max, shape, kind, endpoint=True)
    read = decode_png(encode_png(pixels))
    assert read.dtype == kind
    np.testing.assert_array_equal(read, pixels)


def test_masks_keep_every_value():
    masks = np.zeros((4, 40, 30), np.uint8)
    masks[0, 3:20, 2:9] = 77
    masks[1] = np.random.default_rng(0).integers(0, 256, (40, 30))
    masks[3, 39, 29] = 255  # and the third is empty
    for some in (masks, masks[2:3], masks[:0]):
        data, where = encode_masks(some)
        np.testing.assert_array_equal(decode_masks(data, where["crops"], 40, 30), some)
        assert len(where["boxes"]) == len(some)
    assert encode_masks(masks)[1]["boxes"][0] == [0, 0, 0, 0]  # nothing of it is half there
    assert encode_masks(masks)[1]["boxes"][3] == [29, 39, 30, 40]


def test_a_composition_comes_back_with_what_made_it(maker):
    for index in range(4):
        members = maker.make(index)
        assert members == maker.make(index)
        made, entry = decode_composition(members)
        assert made.picture.shape == (SIZE, SIZE, 3)
        assert entry["index"] == index and entry["seed"] == 4
        assert entry["version"] == maker.identity()["version"]
        assert entry["options"]["props"] == Options().props
        assert len(made.masks) == len(made.places) == len(entry["boxes"])
        np.testing.assert_array_equal(made.boxes(), np.reshape(entry["boxes"], (-1, 4)))


def test_the_version_changes_with_the_source(tmp_path, monkeypatch):
    monkeypatch.setattr("training.synthesize.makers._TRAINING", tmp_path)
    (tmp_path / "draw.py").write_bytes(b"a = 1\r\n")
    first = source_version(["*.py"])
    (tmp_path / "draw.py").write_bytes(b"a = 1\n")
    assert source_version(["*.py"]) == first
    (tmp_path / "draw.py").write_bytes(b"a = 2\n")
    assert source_version(["*.py"]) != first


def labelled_picture():
    rng, table = np.random.default_rng(1), TableBuilder()
    for instance in (1, 2):
        for part, category in (("hair", "hair"), ("left eye", "eye")):
            for tone in (0, 2):
                table.row(
                    part,
                    category,
                    6 * (tone == 2),
                    color=(10 * instance, 200, tone),
                    tone=tone,
                    segment=instance * 100 + tone,
                    entry=0,
                    instance=instance,
                )
    rows = table.table()
    masks = np.zeros((2, 48, 64), np.uint8)
    masks[0, 4:40, 3:30], masks[1, 10:48, 25:64] = 255, 130
    sheet = (SheetEntry("hair", "hair", (10, 200, 0), (20, 220, 9), (5, 100, 0)),)
    return LabelledPicture(
        picture=rng.integers(0, 256, (48, 64, 3), np.uint8),
        clean=rng.integers(0, 256, (48, 64, 3), np.uint8),
        masks=masks,
        ids=rng.integers(0, len(rows), (48, 64)).astype(np.uint16),
        table=rows,
        order=np.array([1, 0]),
        joints=({"neck": (10.5, -3.25)}, {}),
        sheets=(sheet, ()),
        families=("cel", "manga"),
    )


def test_a_labelled_picture_comes_back_with_all_its_labels():
    made = labelled_picture()
    members = encode_labelled(made, {"index": 5, "seed": 0})
    assert members == encode_labelled(labelled_picture(), {"seed": 0, "index": 5})
    assert sorted(members) == ["clean.png", "ids.png", "json", "masks.png", "png", "table.npy"]
    read = decode_labelled(members)
    for name in ("picture", "clean", "masks", "ids", "order"):
        np.testing.assert_array_equal(getattr(read, name), getattr(made, name))
    for name in COLUMNS.names:
        mine, theirs = getattr(read.table, name), getattr(made.table, name)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)
    assert read.table.parts == made.table.parts
    for name in ("joints", "sheets", "families"):
        assert getattr(read, name) == getattr(made, name)
    without = encode_labelled(made, {}, clean=False)
    assert "clean.png" not in without
    np.testing.assert_array_equal(decode_labelled(without).clean, made.picture)
    # and without this project: numpy and a PNG reader are enough
    rows = np.load(io.BytesIO(members["table.npy"]))
    np.testing.assert_array_equal(rows["color"][read.ids], made.table.color[made.ids])
    assert json.loads(members["json"])["index"] == 5


def small_member(split, index):
    rng = np.random.default_rng(index)
    style = sample_style(rng, held_out=False)
    return scene_cast.frame_figure(scene_cast.draw_figure(rng), style, rng, "whole", side=120)


def test_scenes_of_the_generator_come_back_with_all_their_labels(tmp_path, maker):
    pool = build_toons(tmp_path / "toons", 2, small_member, workers=0)
    recipe = Recipe("toons", seed=2, size=96, options={"props": 1.0})
    toons = Toons(recipe, pool, maker.backgrounds, maker.art)
    assert json.loads(json.dumps(toons.identity()))["options"]["props"] == 1.0
    for index in range(3):
        members = toons.make(index)
        assert members == Toons(recipe, pool, maker.backgrounds, maker.art).make(index)
        read = decode_labelled(members)
        made = make_scene(
            2,
            index,
            96,
            pool=pool,
            backgrounds=maker.backgrounds,
            art=maker.art,
            options=SceneOptions(props=1.0),
        )
        for name in ("picture", "clean", "masks", "ids"):
            np.testing.assert_array_equal(getattr(read, name), getattr(made, name))
        np.testing.assert_array_equal(read.table.segment, made.table.segment)
        assert read.families == made.families and read.sheets == made.sheets
    less = Toons(Recipe("toons", 2, 96, {"props": 1.0, "clean": False}), pool, maker.backgrounds)
    assert "clean.png" not in less.make(0)
    assert less.identity() != toons.identity()


def test_options_of_the_kinds(tmp_path):
    for kind in KINDS:
        parser, chosen = argparse.ArgumentParser(), maker_class(kind)
        chosen.add_options(parser)
        options = chosen.options_of(parser.parse_args(["--props", "1", "--art", str(tmp_path)]))
        assert options["props"] == 1.0 and options["art"] == str(tmp_path)


def test_a_users_own_pictures_are_part_of_what_samples_are(tmp_path, maker, monkeypatch):
    monkeypatch.setenv("CELKIT_CACHE", str(tmp_path / "cache"))
    rng, identities = np.random.default_rng(0), []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        Image.fromarray(blob(rng, 150)).save(tmp_path / name / "figure.png")
        monkeypatch.setattr(
            "training.user_material.load_material", lambda *_, **__: (maker.art, maker.backgrounds)
        )
        recipe = Recipe("compositions", 4, SIZE, {"characters": str(tmp_path / name)})
        identities.append(Compositions(recipe).identity())
    assert identities[0]["own_characters"] != identities[1]["own_characters"]
    assert str(tmp_path) not in json.dumps(identities)


def test_shards_give_the_samples_that_are_made_while_training(shards, maker):
    direct = DetectorSamples(4, SIZE, art=maker.art, backgrounds=maker.backgrounds)
    read = ShardSamples(shards)
    assert len(read) == COUNT
    for index in range(COUNT):
        same(read[index], direct[index])
    for index in (-1, COUNT):
        with pytest.raises(IndexError):
            read[index]


def test_workers_read_the_same(shards):
    read = ShardSamples(shards)
    read[0]  # with a file open, which a worker must not share
    loaders = [DataLoader(read, None, num_workers=n) for n in (0, 2)]
    for first, second in zip(*loaders, strict=True):
        same(first, second)
    same(pickle.loads(pickle.dumps(read))[7], read[7])


def test_samples_of_another_size(shards):
    for size in (40, 120):
        sample = ShardSamples(shards, size)[2]
        assert sample["picture"].shape == (size, size, 3)
        assert sample["masks"].shape[1:] == (size, size) and len(sample["masks"])
        boxes, present = train_detector.boxes_of(sample["masks"])
        assert present.all() and torch.equal(boxes, sample["boxes"])


def test_a_stream_without_end_shows_everything_once_a_turn(shards):
    stream = Endless(ShardSamples(shards), seed=1)
    turns = [[stream.place(turn * COUNT + i) for i in range(COUNT)] for turn in range(3)]
    assert all(sorted(turn) == list(range(COUNT)) for turn in turns)
    assert turns[0] != turns[1] != turns[2]
    again = Endless(ShardSamples(shards), seed=1)
    assert [again.place(i) for i in (30, 2, 17)] == [stream.place(i) for i in (30, 2, 17)]
    same(stream[30], again.samples[again.place(30)])


def test_several_folders_are_one(tmp_path, maker, shards):
    part = write_folder(tmp_path, maker, (1, 2))
    both, whole = ShardSamples([part, shards]), ShardSamples(shards)
    assert len(both) == 5 + COUNT
    for index, expected in ((0, 4), (4, 12), (5, 0), (17, 12)):
        same(both[index], whole[expected])
    stream = Endless(both, seed=2)
    assert sorted(stream.place(i) for i in range(len(both))) == list(range(len(both)))
    assert [entry["samples"] for entry in both.summary()] == [5, COUNT]


def test_crops_for_the_refiner(shards):
    crops = ShardCrops(ShardSamples(shards), 0, 64)
    for index in range(12):
        crop = crops[index]
        assert crop["picture"].shape == (64, 64, 3) and crop["picture"].dtype == torch.uint8
        for name in ("coarse", "alpha", "inside"):
            assert crop[name].shape == (64, 64) and crop[name].dtype == torch.float32
        assert crop["alpha"].max() > 0.5
        assert (crop["alpha"] * (1 - crop["inside"])).max() == 0
        same(crop, crops[index])


@pytest.mark.parametrize("how", ["cut off", "gone"])
def test_a_cut_off_shard_is_named(tmp_path, maker, how):
    tar = write_folder(tmp_path, maker) / "shard-000001.tar"
    if how == "gone":
        tar.unlink()
    else:
        tar.write_bytes(tar.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"shard-000001.tar is missing or was cut off; make it"):
        ShardSamples(tmp_path)


def test_a_changed_sample_is_named(tmp_path, maker):
    tar = write_folder(tmp_path, maker) / "shard-000001.tar"
    samples = ShardSamples(tmp_path)
    with tarfile.open(tar) as archive:
        place = archive.getmember("000000006.png").offset_data + 40
    data = bytearray(tar.read_bytes())
    data[place] ^= 1
    tar.write_bytes(data)
    samples[5]
    with pytest.raises(ValueError, match=r"shard-000001.tar is damaged or was changed: sample 6"):
        samples[6]


def test_a_part_of_the_shards_is_used_and_said(tmp_path, maker, shards, caplog):
    write_folder(tmp_path, maker, (1, 2))
    part, whole = ShardSamples(tmp_path), ShardSamples(shards)
    assert "holds 2 of 4 shards" in caplog.text
    assert part.folders[0].numbers.tolist() == [4, 5, 6, 7, 12]
    for index, number in enumerate(part.folders[0].numbers):
        same(part[index], whole[int(number)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"has no dataset.json"),
        ("{", "dataset.json is damaged"),
        ('{"format": 99}', "does not describe shards of format 1"),
    ],
)
def test_a_folder_that_is_none_of_ours(tmp_path, text, message):
    if text:
        (tmp_path / "dataset.json").write_text(text)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        ShardFolder(tmp_path)
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        ShardFolder(tmp_path / "nowhere")


def test_a_folder_without_a_finished_shard(tmp_path, maker):
    claim(tmp_path, {"format": FORMAT, "count": 3, "per_shard": 2, "maker": {}})
    with pytest.raises(FileNotFoundError, match="no finished shard yet"):
        ShardFolder(tmp_path)


def test_the_detector_trains_on_shards(tmp_path, shards, capsys):
    common = ["--steps", "2", "--batch", "2", "--workers", "0", "--cpu", "--size", "64"]
    run = tmp_path / "run"
    assert train_detector.main(["--run", str(run), "--shards", str(shards), *common]) == 0
    record = json.loads((run / "options.json").read_text())["data"]
    assert record["shards"] == [ShardFolder(shards).summary()]
    for trainer in (train_detector, train_refiner):
        with pytest.raises(SystemExit) as ended:
            trainer.main(["--run", str(run), "--shards", str(tmp_path / "nowhere"), *common])
        assert ended.value.code == 2
    assert "There is no folder" in capsys.readouterr().err
