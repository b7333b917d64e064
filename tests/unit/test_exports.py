"""Datasets for other programs: instances as COCO and YOLO, refine and douga pairs, the command.

Each is read back by a few lines here that follow the published rules.
"""

import json
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import yaml
from PIL import Image
from pycocotools.coco import COCO

from training import export_dataset
from training.compose import Composition, Options, compose
from training.exports import files
from training.exports.about import About
from training.exports.coco import write_coco
from training.exports.douga import PALETTE, read_palette, write_douga
from training.exports.polygons import mask_polygon
from training.exports.refine import write_refine
from training.exports.yolo import write_yolo
from training.store import SpriteStore, write_store
from training.toon import labels as L
from training.toon.acting import creature_performance, human_performance
from training.toon.labels import LabelledPicture, TableBuilder
from training.toon.pool import build_pool
from training.toon.render import draw
from training.toon.scene_cast import draw_member
from training.toon.styles import FAMILIES, sample_style

ABOUT = About("compositions", seed=3, size=64, source_hash="abc")


def shapes_picture(seed: int, size: int = 96) -> Composition:
    """A ring, a figure in two pieces and a full one, with soft edges."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((3, size, size), np.uint8)
    x, y = rng.integers(24, 40, 2).tolist()
    cv2.circle(masks[0], (x, y), 18, 255, 9, cv2.LINE_AA)
    cv2.rectangle(masks[1], (60, 60), (70, 90), 255, -1)
    cv2.rectangle(masks[1], (76, 62), (90, 80), 255, -1)
    cv2.ellipse(masks[2], (70, 25), (20, 12), 30, 0, 360, 255, -1, cv2.LINE_AA)
    picture = rng.integers(0, 256, (size, size, 3)).astype(np.uint8)
    return Composition(picture, masks)


def empty_picture(size: int = 96) -> Composition:
    picture = np.full((size, size, 3), 7, np.uint8)
    return Composition(picture, np.zeros((1, size, size), np.uint8))


def polygon_mask(row: str, size: tuple[int, int]) -> np.ndarray:
    """What a trainer makes of a label row: corners cut to whole pixels, filled with the border."""
    values = np.array(row.split()[1:], float).reshape(-1, 2) * (size[1], size[0])
    mask = np.zeros(size, np.uint8)
    return cv2.fillPoly(mask, [values.astype(np.int32)], 1).astype(bool)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max((a | b).sum(), 1))


def test_coco_is_read_back_as_it_was(tmp_path):
    made = [shapes_picture(0), empty_picture(), shapes_picture(1)]
    assert write_coco(tmp_path / "set", made, ABOUT) == 3
    coco = COCO(str(tmp_path / "set" / "annotations" / "instances.json"))
    assert coco.dataset["info"]["version"].endswith("+abc")
    assert coco.dataset["info"]["seed"] == 3 and "public domain" in coco.dataset["info"]["license"]
    assert [c["name"] for c in coco.loadCats(coco.getCatIds())] == ["character"]
    for number, picture in enumerate(made, 1):
        entry = coco.loadImgs([number])[0]
        pixels = np.array(Image.open(tmp_path / "set" / "images" / entry["file_name"]))
        np.testing.assert_array_equal(pixels, picture.picture)
        assert (entry["width"], entry["height"]) == pixels.shape[1::-1]
        annotations = coco.loadAnns(coco.getAnnIds(imgIds=[number]))
        inside = [mask >= 128 for mask in picture.masks if (mask >= 128).any()]
        assert len(annotations) == len(inside)
        for annotation, mask in zip(annotations, inside, strict=True):
            assert isinstance(annotation["segmentation"]["counts"], str)
            np.testing.assert_array_equal(coco.annToMask(annotation).astype(bool), mask)
            assert annotation["area"] == mask.sum() and annotation["iscrowd"] == 0
            rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            x, y, w, h = annotation["bbox"]
            assert (x, y) == (columns[0], rows[0])
            assert (x + w, y + h) == (columns[-1] + 1, rows[-1] + 1)


def test_coco_is_what_the_evaluation_reads(tmp_path):
    from training.evaluate.coco_folder import CocoFolder

    made = [shapes_picture(0), empty_picture(), shapes_picture(1)]
    write_coco(tmp_path / "set", made, ABOUT)
    samples = CocoFolder(tmp_path / "set")
    assert len(samples) == 3
    for picture, index in zip(made, range(3), strict=True):
        inside = picture.masks >= 128
        np.testing.assert_array_equal(samples[index].masks, inside[inside.any((1, 2))])


def test_families_are_named_where_they_are_known(tmp_path):
    made = shapes_picture(0)
    drawn = SimpleNamespace(picture=made.picture, masks=made.masks, families=("cel", "ink", "cel"))
    write_coco(tmp_path / "set", [drawn], ABOUT)
    record = json.loads((tmp_path / "set" / "annotations" / "instances.json").read_text())
    assert [a["family"] for a in record["annotations"]] == ["cel", "ink", "cel"]


def test_yolo_polygons_give_the_masks(tmp_path):
    made = [shapes_picture(i) if i != 4 else empty_picture() for i in range(11)]
    assert write_yolo(tmp_path / "set", made, ABOUT) == 11
    data = yaml.safe_load((tmp_path / "set" / "data.yaml").read_text())
    assert data == {"train": "images/train", "val": "images/val", "names": {0: "character"}}
    for number, picture in enumerate(made, 1):
        split = "val" if number == 10 else "train"
        path = tmp_path / "set" / "labels" / split / f"{number:06d}.txt"
        pixels = np.array(Image.open(tmp_path / "set" / "images" / split / f"{number:06d}.png"))
        np.testing.assert_array_equal(pixels, picture.picture)
        rows = path.read_text().splitlines()
        inside = [mask >= 128 for mask in picture.masks if (mask >= 128).any()]
        assert len(rows) == len(inside)
        for row, mask in zip(rows, inside, strict=True):
            values = np.array(row.split(), float)
            assert values[0] == 0 and len(values) >= 7 and len(values) % 2 == 1
            assert (values[1:] > 0).all() and (values[1:] < 1).all()
            drawn = polygon_mask(row, mask.shape)
            added = (drawn & ~mask).sum()
            # exact but for the bridge between the two pieces, which are 5 pixels apart
            assert not (mask & ~drawn).any() and added <= 5


def test_with_few_pictures_yolo_validates_on_all(tmp_path):
    write_yolo(tmp_path / "set", [shapes_picture(0)], ABOUT)
    assert yaml.safe_load((tmp_path / "set" / "data.yaml").read_text())["val"] == "images/train"


def test_polygons_of_odd_masks():
    def drawn(mask, **options):
        polygon = mask_polygon(mask, **options)
        out = np.zeros(mask.shape, np.uint8)
        return cv2.fillPoly(out, [polygon], 1).astype(bool)

    assert mask_polygon(np.zeros((5, 5), bool)).shape == (0, 2)
    for at in (np.s_[2, 2], np.s_[2, 1:4], np.s_[:, :], np.s_[0, :]):
        mask = np.zeros((7, 6), bool)
        mask[at] = True
        assert len(mask_polygon(mask)) >= 3
        np.testing.assert_array_equal(drawn(mask), mask)
    board = np.zeros((64, 64), bool)
    for y, x in np.ndindex(4, 4):  # sixteen rings, each with a hole
        board[y * 16 + 1 : y * 16 + 14, x * 16 + 1 : x * 16 + 14] = True
        board[y * 16 + 5 : y * 16 + 10, x * 16 + 5 : x * 16 + 10] = False
    assert overlap(drawn(board), board) > 0.97
    far = np.zeros((64, 64), bool)
    far[:20, :20] = far[60, 60] = True
    assert not drawn(far)[30:].any()  # a speck is not worth a line of forty pixels
    noise = cv2.blur(np.random.default_rng(0).random((200, 200)), (9, 9)) > 0.5
    assert overlap(drawn(noise), noise) > 0.8  # too many corners for any tolerance
    blobs = cv2.GaussianBlur(np.random.default_rng(0).random((200, 200)), (0, 0), 20) > 0.5
    assert len(mask_polygon(blobs)) > 100 >= len(mask_polygon(blobs, largest=100))
    assert overlap(drawn(blobs, largest=100), blobs) > 0.97


def test_refine_pairs_are_crops_of_one_figure(tmp_path):
    made = [shapes_picture(0, 128), empty_picture(), *(shapes_picture(i, 128) for i in (1, 2))]
    assert write_refine(tmp_path / "set", made, ABOUT, 3) == 3
    index = json.loads((tmp_path / "set" / "index.json").read_text())["crops"]
    assert len(index) == 3 and {entry["picture"] for entry in index} <= {1, 3, 4}
    for entry in index:
        source = made[entry["picture"] - 1]
        x0, y0, x1, y1 = entry["box"]
        picture, coarse, alpha = (
            np.array(Image.open(tmp_path / "set" / kind / entry["name"]))
            for kind in ("picture", "coarse", "alpha")
        )
        whole = source.masks[entry["instance"]]
        np.testing.assert_array_equal(picture, source.picture[y0:y1, x0:x1])
        np.testing.assert_array_equal(alpha, whole[y0:y1, x0:x1])
        assert coarse.shape == alpha.shape and coarse.dtype == np.uint8
        assert (whole >= 128).sum() == (alpha >= 128).sum()  # nothing of it is cut off
        assert overlap(coarse >= 128, alpha >= 128) > 0.2
    assert write_refine(tmp_path / "less", made, ABOUT, 50) < 50


def labelled(size: int = 40) -> LabelledPicture:
    """Every douga class, on one figure and one book."""
    table = TableBuilder()
    ids = np.zeros((size, size), np.uint16)
    for value in range(1, 10):
        instance = 0 if value in (L.BOOK_LINE, L.BOOK_FILL) else 1
        for shift in range(3):
            category = "skin" if shift == 1 else "clothes"
            part = f"part {value}"
            row = table.row(
                part, category, value, color=(1, 2, 3), segment=value * 3 + shift, instance=instance
            )
            ids[4 * value : 4 * value + 3, shift * 10 : shift * 10 + 8] = row
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (size, size, 3)).astype(np.uint8)
    masks = np.zeros((1, size, size), np.uint8)
    order = np.zeros(1, int)
    return LabelledPicture(
        picture, picture, masks, ids, table.table(), order, ({},), ((),), ("cel",)
    )


def test_douga_pairs_hold_the_classes_twice(tmp_path):
    made = labelled()
    assert write_douga(tmp_path / "set", [made], About("scenes", 0, 40)) == 1
    frame, classes, palette, cel = (
        np.array(Image.open(tmp_path / "set" / kind / "000001.png"))
        for kind in ("frame", "class", "palette", "cel")
    )
    expected = made.table.douga[made.ids]
    assert set(np.unique(expected)) == set(range(10))
    np.testing.assert_array_equal(frame, made.picture)
    np.testing.assert_array_equal(classes, expected)
    np.testing.assert_array_equal(cel, 255 * (made.table.instance[made.ids] == 1))
    np.testing.assert_array_equal(read_palette(palette), expected)
    # colours that a scan has changed a little still tell the class
    noise = np.random.default_rng(1).integers(-15, 16, palette.shape)
    scanned = (palette.astype(int) + noise).clip(0, 255).astype(np.uint8)
    np.testing.assert_array_equal(read_palette(scanned), expected)
    record = json.loads((tmp_path / "set" / "classes.json").read_text())
    assert [entry["name"] for entry in record["classes"]] == list(L.DOUGA_CLASSES)
    used = {tuple(color) for color in palette.reshape(-1, 3).tolist()}
    assert used <= {color for tints in PALETTE for color in tints}
    assert sum(color in used for color in PALETTE[L.SHADING_FILL]) == 3  # several tints


def test_colors_of_two_douga_classes_are_far_apart():
    for i, tints in enumerate(PALETTE):
        for others in PALETTE[i + 1 :]:
            distance = [np.linalg.norm(np.subtract(a, b)) for a in tints for b in others]
            assert min(distance) >= 60


WRITERS = {
    "coco": lambda folder, made: write_coco(folder, made, ABOUT),
    "yolo": lambda folder, made: write_yolo(folder, made, ABOUT),
    "refine": lambda folder, made: write_refine(folder, made, ABOUT, 2),
    "douga": lambda folder, made: write_douga(folder, [labelled() for _ in made], ABOUT),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_the_same_pictures_give_the_same_bytes(tmp_path, write):
    for name in ("a", "b"):
        write(tmp_path / name, [shapes_picture(0), shapes_picture(1)])
    files_of = [
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.*")}
        for n in ("a", "b")
    ]
    assert files_of[0] == files_of[1] and len(files_of[0]) > 2


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_nothing_is_written_where_something_is(tmp_path, write):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="set is not empty; name a new folder"):
        write(tmp_path / "set", [shapes_picture(0)])
    assert [p.name for p in tmp_path.rglob("*")] == ["set", "mine.txt"]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FileExistsError, match="file is a file"):
        write(tmp_path / "file", [shapes_picture(0)])


def test_an_empty_folder_is_taken_and_a_failure_leaves_nothing(tmp_path):
    (tmp_path / "set").mkdir()

    def breaks():
        yield shapes_picture(0)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match=r"No space left on device for .*set; nothing was kept"):
        write_coco(tmp_path / "set", breaks(), ABOUT)
    assert [p.name for p in tmp_path.rglob("*")] == ["set"]
    write_coco(tmp_path / "set", [shapes_picture(0)], ABOUT)
    assert (tmp_path / "set" / "annotations" / "instances.json").is_file()
    with pytest.raises(TypeError, match="8 bits"):
        files.write_png(tmp_path / "x.png", np.zeros((2, 2), np.uint16))


@pytest.fixture
def own_pictures(monkeypatch):
    """The command's sources, but with pictures made here."""
    from training.exports import sources

    def stream(seed, size, held_out):
        return (shapes_picture(seed + i, size) for i in range(1000))

    monkeypatch.setattr(sources, "compositions", stream)


def test_the_command_writes_a_dataset(tmp_path, own_pictures, capsys):
    out = tmp_path / "set"
    base = ["--count", "3", "--size", "96", "--seed", "5"]
    assert export_dataset.main(["--format", "yolo", *base, "-o", str(out)]) == 0
    assert "wrote 3 pictures" in capsys.readouterr().out
    assert len(list((out / "labels" / "train").iterdir())) == 3
    info = json.loads((out / "about.json").read_text())
    assert info["seed"] == 5 and "+" in info["version"]
    again = export_dataset.main(["--format", "coco", *base, "-o", str(out)])
    said = capsys.readouterr().err.strip().splitlines()
    assert again == 2 and said[-1].endswith("name a new folder or empty it first.")
    refine = ["--format", "refine", *base, "-o", str(tmp_path / "crops")]
    assert export_dataset.main(refine) == 0
    assert len(list((tmp_path / "crops" / "alpha").iterdir())) == 3


def test_the_command_writes_douga_of_scenes(tmp_path, background_pool, monkeypatch):
    pool = build_pool(tmp_path / "pool", 4, draw_member, 0, "training")
    monkeypatch.setattr("training.toon.pool.load_toons", lambda split: pool)
    monkeypatch.setattr(
        "training.backgrounds.load_scene_backgrounds", lambda held_out: background_pool
    )
    for kind in ("douga", "coco"):
        options = ["--format", kind, "--source", "scenes", "--count", "2", "--size", "128"]
        assert export_dataset.main([*options, "-o", str(tmp_path / kind)]) == 0
    for number in (1, 2):
        classes, palette = (
            np.array(Image.open(tmp_path / "douga" / kind / f"{number:06d}.png"))
            for kind in ("class", "palette")
        )
        np.testing.assert_array_equal(read_palette(palette), classes)
    record = json.loads((tmp_path / "coco" / "annotations" / "instances.json").read_text())
    assert {a["family"] for a in record["annotations"]} <= set(FAMILIES)
    assert "Open Clip Art" not in record["info"]["license"]


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--format", "coco", "--count", "0"], "--count is a whole number from 1"),
        (["--format", "coco", "--count", "2", "--size", "20"], "--size is a whole number from 64"),
        (["--format", "coco", "--count", "2", "--seed", "-1"], "--seed is a whole number"),
        (["--format", "douga", "--count", "2", "--source", "compositions"], "use --source scenes"),
        (["--format", "paint-bucket", "--count", "2", "--source", "scenes"], "a source of their"),
    ],
)
def test_bad_options_are_one_sentence(tmp_path, capsys, arguments, said):
    assert export_dataset.main([*arguments, "-o", str(tmp_path / "set")]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and said in lines[0]
    assert not list(tmp_path.iterdir())


def test_polygons_of_compositions_are_their_masks(drawn_art, background_pool):
    """One piece is exact but for tiny holes; what others hide parts of needs bridges."""
    measured = []
    for index in range(10):
        rng = np.random.default_rng([11, index])
        options = Options(size=(384, 384), empty=0.0)
        made = compose(rng, drawn_art, options, backgrounds=background_pool)
        for mask in made.masks >= 128:
            polygon = mask_polygon(mask)
            again = cv2.fillPoly(np.zeros(mask.shape, np.uint8), [polygon], 1).astype(bool)
            pieces = cv2.connectedComponents(mask.astype(np.uint8))[0] - 1
            measured.append((pieces == 1, overlap(again, mask)))
            assert len(polygon) <= 1000
    whole = [value for one, value in measured if one]
    assert len(measured) > 15 and min(whole) >= 0.99
    values = np.array([value for _, value in measured])
    assert (values >= 0.97).mean() > 0.9 and values.min() > 0.85


@pytest.fixture(scope="module")
def drawn_art(tmp_path_factory):
    """Stands in for an ArtLibrary: a few humans and creatures of the generator."""
    drawings = []
    for number in range(8):
        rng = np.random.default_rng(number)
        act = (human_performance if number % 3 else creature_performance)(rng, 1, 1)
        rgba = draw(act.acts[0][0], sample_style(rng), rng, 200).rgba
        drawings.append((f"figure {number}", "character", False, rgba, 0.1))
    folder = tmp_path_factory.mktemp("art") / "store"
    write_store(folder, drawings, {})
    store = SpriteStore(folder)
    return SimpleNamespace(
        held_out=False, characters=store.sprites, props=[], toons=[], rgba=store.rgba
    )


@pytest.fixture(scope="module")
def background_pool():
    picture = np.random.default_rng(0).integers(0, 256, (100, 100, 3)).astype(np.uint8)
    return SimpleNamespace(draw=lambda rng, size, *_: cv2.resize(picture, size[::-1]))
