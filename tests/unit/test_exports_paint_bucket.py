"""Paint-bucket clips, read back by the rules of the published dataset."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml
from PIL import Image
from scipy import ndimage

from training import export_dataset
from training.exports.about import About
from training.exports.clip_sheet import clip_sheet
from training.exports.colorbook import BookMaker
from training.exports.index_png import index_pixels
from training.exports.line_regions import BLACK, BLUE, GREEN, RED, line_regions
from training.exports.paint_bucket import PaintCharacter, paint_frames, write_paint_bucket
from training.exports.sources import draw_character
from training.toon import labels as L
from training.toon import shapes
from training.toon.acting import creature_performance, human_performance
from training.toon.clips import make_clip
from training.toon.labels import SheetEntry, TableBuilder
from training.toon.model import Figure, Part, Stroke, Tone
from training.toon.motion import swaying
from training.toon.style import Style

ABOUT = About("clips", 0, 200)
LINES = {(0, 0, 0, 255), (255, 0, 0, 255), (0, 0, 255, 255), (0, 255, 0, 255)}
FOLDERS = {"gt", "line", "label", "seg", "json_color", "json_index", "line_anno", "shadow", "ref"}


def figure() -> Figure:
    """Head, hair with a highlight, a coat with a belt, and an arm of the coat's colour."""
    coat = shapes.smooth([(-0.4, 0.5), (0.4, 0.5), (0.6, 1.9), (-0.6, 1.9)])
    hair = [(-0.55, 0), (-0.4, -0.5), (0, -0.65), (0.4, -0.5), (0.55, 0), (0, -0.2)]
    ring = Tone(L.HIGHLIGHT, shapes.ellipse(0, -0.45, 0.2, 0.05))
    fold = Stroke(np.array([(-0.15, 0.3), (0, 0.35), (0.15, 0.3)]))
    belt = shapes.polygon([(-0.8, 1.2), (0.8, 1.2), (0.8, 1.4), (-0.8, 1.4)])
    arm = shapes.limb([(0.35, 0.65), (0.9, 0.9), (1.1, 1.5)], [0.13, 0.12, 0.1])
    head = shapes.ellipse(0, 0, 0.5, 0.55)
    parts = (
        Part("body", coat, "clothes", "coat"),
        Part("body.belt", belt, "belt", "belt", within="body", marking=True),
        Part("head", head, "skin", "skin", casts=("body",), strokes=(fold,)),
        Part("hair", shapes.smooth(hair), "hair", "hair", casts=("head",), tones=(ring,)),
        Part("arm", arm, "clothes", "coat", casts=("body",)),
    )
    colors = {"skin": (1.0, 0.85, 0.75), "coat": (0.2, 0.4, 0.7), "belt": (0.2, 0.4, 0.7)}
    return Figure(parts, {**colors, "hair": (1.0, 1.0, 1.0)})


PLAIN = Style("plain", line=0.04)


def clip(style=PLAIN, frames=4, side=220):
    return make_clip(swaying(figure(), np.random.default_rng(4), frames), style, 0, side)


def read(path) -> np.ndarray:
    return np.array(Image.open(path))


def read_index(path) -> np.ndarray:
    """A label or seg picture as the published reader has it: transparent is -1."""
    pixels = read(path).astype(int)
    numbers = pixels[..., 0] * 65536 + pixels[..., 1] * 256 + pixels[..., 2]
    if pixels.shape[2] == 4:
        numbers[pixels[..., 3] == 0] = -1
    return numbers


def read_book(path) -> dict:
    """A colour book as the published reader has it, which takes no colour twice."""
    names = {}
    book = yaml.load(path.read_text(), Loader=yaml.FullLoader)
    for name, row in book.items():
        assert len(row) == 4
        for cell in row:
            if cell is not None:
                color = tuple(int(v) for v in cell[0].split(" "))
                assert len(color) == 3 and color not in names
                names[color] = name
    return names


def same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two numberings of the same pixels tell the same ones apart."""
    pairs = np.unique(np.stack([a, b]), axis=1).shape[1]
    return pairs == len(np.unique(a)) == len(np.unique(b))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips") / "set"
    drawings = clip().drawings
    character = PaintCharacter("plain-1", drawings, drawings[:1])
    assert write_paint_bucket(folder, [character], ABOUT) == 1
    return folder / "train" / "plain-1"


def test_the_layout_is_the_published_one(dataset):
    assert {p.name for p in dataset.iterdir()} == FOLDERS | {"colorbook.yml"}
    for kind in FOLDERS - {"ref"}:
        suffix = "json" if kind.startswith("json") else "png"
        assert [p.name for p in sorted((dataset / kind).iterdir())] == [
            f"{i:04d}.{suffix}" for i in range(4)
        ]
    reference = FOLDERS - {"ref", "line_anno", "shadow"}
    assert {p.name for p in (dataset / "ref").iterdir()} == reference


def test_lines_are_hard_and_enclose_segments_of_one_color(dataset):
    book = read_book(dataset / "colorbook.yml")
    names_of_labels: dict[int, set] = {}
    for number in range(4):
        name = f"{number:04d}"
        line, gt = read(dataset / "line" / f"{name}.png"), read(dataset / "gt" / f"{name}.png")
        seg = read_index(dataset / "seg" / f"{name}.png")
        label = read_index(dataset / "label" / f"{name}.png")
        colors = json.loads((dataset / "json_color" / f"{name}.json").read_text())
        index = json.loads((dataset / "json_index" / f"{name}.json").read_text())
        drawn = {tuple(c) for c in line.reshape(-1, 4).tolist()}
        assert drawn == LINES | {(255, 255, 255, 0)}
        black = (line == (0, 0, 0, 255)).all(-1)
        np.testing.assert_array_equal(seg == 0, black)
        np.testing.assert_array_equal(label == 0, black)
        assert (gt[black] == (0, 0, 0, 255)).all()
        # segments as the published reader finds them: 4-connected, where the line is transparent
        open_ = line[..., 3] < 127
        found, count = ndimage.label(open_)
        assert same_partition(found[open_], seg[open_])
        assert np.bincount(found[open_])[1:].min() > 3 and count >= 10
        assert seg.max() == len(colors) == len(index) and seg[0, 0] == 1
        assert colors["1"] == [0, 0, 0, 0] and index["1"][1] == -1
        for key, (pixels, own) in index.items():
            inside = seg == int(key)
            assert inside.sum() == pixels > 3
            assert (label[inside] == own).mean() > 0.5
            if own == -1:
                assert (gt[inside] == (255, 255, 255, 0)).all() and colors[key] == [0, 0, 0, 0]
            else:
                assert (gt[inside] == colors[key]).all() and colors[key][3] == 255
                assert (label[inside] == own).all()
                names_of_labels.setdefault(own, set()).add(tuple(colors[key][:3]))
    # a label is one colour in all frames, and that is in the book under a category
    assert all(len(found) == 1 for found in names_of_labels.values())
    assert len(names_of_labels) >= 9
    categories = {book[next(iter(found))].split()[-1] for found in names_of_labels.values()}
    assert categories == {"clothes", "belt", "skin", "hair"}


def test_colored_lines_belong_to_what_they_enclose(dataset):
    for number in range(4):
        line = read(dataset / "line" / f"{number:04d}.png")
        seg = read_index(dataset / "seg" / f"{number:04d}.png")
        grey = read(dataset / "shadow" / f"{number:04d}.png")[..., 0]
        anno = read(dataset / "line_anno" / f"{number:04d}.png")
        for color, value in (((255, 0, 0, 255), 250), ((0, 0, 255, 255), 100)):
            here = (line == color).all(-1)
            assert here.any() and (grey[here] == value).all() and (seg[here] > 1).all()
        tones = {
            250: {(239, 238, 52), (255, 227, 185), (255, 245, 139)},
            100: {(185, 137, 253), (255, 179, 196), (188, 201, 251)},
        }
        for value, colors in tones.items():
            here = (grey == value) & (seg > 0)
            assert {tuple(c) for c in anno[here][:, :3].tolist()} <= colors
        plain = (grey == 200) & (seg > 1) & ((line == (255, 255, 255, 0)).all(-1))
        assert (anno[plain] == (255, 255, 255, 0)).all()
        green = (line == (0, 255, 0, 255)).all(-1)
        assert green.any() and (anno[green] == (0, 255, 0, 255)).all()
        assert (anno[(seg == 1)] == (255, 255, 255, 0)).all()


@pytest.mark.parametrize("shading", ["none", "cel"])
def test_labels_are_warped_onto_labels_by_the_flow(shading):
    moving = clip(replace(PLAIN, shading=shading))
    frames, _, _ = paint_frames(moving.drawings, moving.drawings[:1])
    # Light stays where it is while the figure moves: shadows are compared by their part.
    name = _part_of_label(moving, frames) if shading == "cel" else np.arange(100)
    for last in (1, 2, 3):
        flow = moving.flow(0, last)
        y, x = np.nonzero(flow.valid & (frames[0].label > 0))
        assert np.abs(flow.vectors[y, x]).max() > 3
        to_x, to_y = np.floor(np.stack([x, y]) + 0.5 + flow.vectors[y, x].T).astype(int)
        start, end = frames[0].label[y, x], frames[last].label[to_y, to_x]
        inside = end > 0  # ink does not grow or turn with the part
        assert inside.mean() > 0.95
        assert (name[start[inside]] == name[end[inside]]).mean() > 0.97


def _part_of_label(moving, frames) -> np.ndarray:
    parts = np.zeros(100, int)
    for frame, drawing in zip(frames, moving.drawings, strict=True):
        part = drawing.table.part[drawing.ids]
        for number in np.unique(frame.label[frame.label > 0]):
            parts[number] = np.bincount(part[frame.label == number] + 1).argmax()
    return parts


@pytest.mark.parametrize(
    "style",
    [
        Style("flat", line=0.0),
        Style("open", line=0.03, gaps=1.0),
        Style("soft", shading="gradient"),
    ],
    ids=["lineless", "gaps", "gradient"],
)
def test_every_region_is_closed_whatever_the_ink(style):
    drawings = clip(style, frames=1).drawings
    frame = paint_frames(drawings, drawings)[0][0]
    open_ = frame.line[..., 3] == 0
    for a, b in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        both = open_[a] & open_[b]
        assert (frame.gt[a][both] == frame.gt[b][both]).all()
    assert {tuple(c) for c in frame.line.reshape(-1, 4).tolist()} <= LINES | {(255, 255, 255, 0)}


def test_all_kinds_of_figures_make_whole_frames():
    for make, seed in ((human_performance, 1), (creature_performance, 0)):
        rng = np.random.default_rng(seed)
        character = draw_character("one", make(rng, 2, 2), rng, 200)
        frames, references, book = paint_frames(character.frames, character.references)
        assert len(frames) == 4 and len(references) == 6
        colors = yaml.safe_load(book)
        known = {cell[0] for row in colors.values() for cell in row if cell}
        assert len(known) == sum(cell is not None for row in colors.values() for cell in row)
        for frame in [*frames, *references]:
            painted = {" ".join(map(str, c[:3])) for c in frame.json_color.values() if c[3]}
            assert painted and painted <= known
            assert frame.seg.shape == (200, 200)
            sizes = np.bincount(frame.seg.reshape(-1))
            assert {k: v[0] for k, v in frame.json_index.items()} == {
                str(i): n for i, n in enumerate(sizes.tolist()) if i and n
            }
            open_ = frame.line[..., 3] == 0
            assert same_partition(ndimage.label(open_)[0][open_], frame.seg[open_])


def test_the_layout_of_the_test_split(tmp_path):
    drawings = clip(frames=2).drawings
    characters = [PaintCharacter(name, drawings, drawings) for name in ("a", "b")]
    assert write_paint_bucket(tmp_path / "set", characters, ABOUT, "test") == 2
    folder = tmp_path / "set" / "test" / "b"
    wanted = {"gt", "line", "seg", "line_anno", "ref", "colorbook.yml"}
    assert {p.name for p in folder.iterdir()} == wanted
    seg = {p.name for p in (folder / "seg").iterdir()}
    assert seg == {"0000.png", "0000.json", "0001.png", "0001.json"}
    assert {p.name for p in (folder / "ref").iterdir()} == {"gt", "line", "seg"}
    colors = json.loads((folder / "seg" / "0001.json").read_text())
    assert len(colors) == read_index(folder / "seg" / "0001.png").max()
    assert json.loads((tmp_path / "set" / "about.json").read_text())["characters"] == {
        name: {"family": "plain", "frames": 2} for name in "ab"
    }


def test_bad_characters_are_one_sentence(tmp_path):
    drawings = clip(frames=1).drawings
    with pytest.raises(ValueError, match='no split "dev" of clips'):
        write_paint_bucket(tmp_path / "set", [], ABOUT, "dev")
    with pytest.raises(ValueError, match="one has no frames or no references"):
        write_paint_bucket(tmp_path / "set", [PaintCharacter("one", drawings, ())], ABOUT)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(FileExistsError, match="full is not empty"):
        write_paint_bucket(tmp_path / "full", [PaintCharacter("o", drawings, drawings)], ABOUT)
    assert [p.name for p in tmp_path.rglob("*")] == ["full", "mine"]


def test_colors_of_a_book_are_unique_and_changed_as_little_as_can_be():
    drawing = clip(frames=1).drawings[0]
    sheet = tuple(
        SheetEntry(f"{name} on clothes", "clothes", (10, 20, 30), (255, 255, 255), (0, 0, 0))
        for name in ("coat", "a_red: #1", "hair", "belt", "skin")
    )
    maker = BookMaker([replace(drawing, sheet=sheet, table=_without_entries(drawing.table))])
    colors = [color for row in maker.book.colors for color in row if color]
    assert len(colors) == len(set(colors)) == 15
    assert not {(0, 0, 0), (255, 255, 255)} & set(colors)
    given = [(255, 255, 255), (10, 20, 30), (0, 0, 0)]
    for row in maker.book.colors:
        assert row[3] is None
        assert max(np.abs(np.subtract(row[:3], given)).max(1)) <= 1
    assert maker.book.colors[0][1] == (10, 20, 30)
    names = yaml.safe_load(maker.book.yaml())
    assert list(names)[:2] == ["coat on clothes", "a red 1 on clothes"]
    assert all("_" not in name for name in names)


def _without_entries(table):
    return replace(table, entry=np.full_like(table.entry, -1))


def test_a_second_shadow_has_a_column_of_its_own():
    drawing = clip(frames=1).drawings[0]
    color = drawing.table.color.copy()
    rows = np.flatnonzero((drawing.table.tone == L.SHADOW) & (drawing.table.part >= 0))
    darker = rows[drawing.table.part[rows] == drawing.table.parts.index("arm")]
    color[darker] //= 2
    changed = replace(drawing, table=replace(drawing.table, color=color))
    maker = BookMaker([changed])
    coat = maker.book.colors[0]
    assert coat[3] == tuple(color[darker[0]].tolist()) and coat[2] != coat[3]
    assert (maker.rows(changed)[darker, 1] == 3).all()
    frame = paint_frames([changed], [changed])[0][0]
    assert list(coat[3]) in [c[:3] for c in frame.json_color.values()]


def raster(rows: str, table: TableBuilder):
    """Labels from text; `.` is nothing, letters are rows of the table as `row` was called."""
    return np.array([[0 if c == "." else ord(c) - 96 for c in row] for row in rows.split()])


def test_regions_without_lines_between_them_get_some():
    table = TableBuilder()
    for part, douga, tone in (
        ("coat", L.FLAT, L.NORMAL),  # a
        ("coat", L.SHADING_FILL, L.SHADOW),  # b
        ("coat", L.HIGHLIGHT_FILL, L.HIGHLIGHT),  # c
        ("dot", L.COLOR_FILL, L.NORMAL),  # d
        ("arm", L.FLAT, L.NORMAL),  # e, of the coat's colour
        ("arm", L.VISIBLE_LINE, L.NORMAL),  # f
    ):
        table.row(part, "clothes", douga, color=(1, 2, 3), tone=tone)
    ids = raster(
        """
        aaaaaaaaaaaaaaa
        aaaaabbbbbaaaaa
        aaaaabbbbbaaaaa
        aaaaabbbbbaaaaa
        aaaaabbbbbacccc
        ddddaaaaaaacccc
        ddddaaaaaaacccc
        ddddaaaaaeecccc
        ddddaaaafee.c..
        """,
        table,
    )
    region = np.arange(7)
    paint = np.array([0, 1, 2, 3, 4, 1, 1])
    found = line_regions(ids, table.table(), region, paint)
    expected = np.array(
        [
            [0] * 15,
            [0] * 5 + [BLUE] * 5 + [0] * 5,
            [0] * 5 + [BLUE, 0, 0, 0, BLUE] + [0] * 5,
            [0] * 5 + [BLUE, 0, 0, 0, BLUE] + [0] * 5,
            [0] * 5 + [BLUE] * 5 + [0] + [RED] * 4,
            [GREEN] * 4 + [0] * 7 + [RED, 0, 0, 0],
            [0, 0, 0, GREEN] + [0] * 7 + [RED, 0, 0, 0],
        ]
    )
    np.testing.assert_array_equal(found.kind[:7], expected)
    assert found.kind[8, 8] == BLACK and found.kind[8, 10] == BLACK  # ink, and a border to nothing
    assert found.kind[7, 9] == 0  # the coat runs into the arm: one colour, no line
    assert found.segment[7, 9] == found.segment[0, 0] == 2
    assert found.owner[2] == 1 and found.size[2] == (found.segment == 2).sum()
    assert found.segment[2, 7] == found.segment[1, 5] == 3 and found.owner[3] == 2
    assert (found.segment[(found.kind == BLACK)] == 0).all()


def test_index_pictures_hold_24_bits():
    numbers = np.array([[-1, 0], [1, 2**24 - 1]])
    pixels = index_pixels(numbers)
    assert pixels[0, 0].tolist() == [255, 255, 255, 0] and pixels[0, 1].tolist() == [0, 0, 0, 255]
    assert pixels[1].tolist() == [[0, 0, 1, 255], [255, 255, 255, 255]]
    assert index_pixels(numbers + 1 - (numbers == 2**24 - 1)).shape == (2, 2, 3)
    with pytest.raises(ValueError, match="16777216"):
        index_pixels(np.array([[2**24]]))


def test_the_command_writes_characters(tmp_path, capsys, monkeypatch):
    from training.exports import sources

    monkeypatch.setattr(sources, "ACTS", 1)
    monkeypatch.setattr(sources, "FRAMES", 2)
    monkeypatch.setattr(sources, "source_version", lambda patterns: "abc")
    base = ["--format", "paint-bucket", "--count", "1", "--size", "96", "--seed", "3"]
    for name in ("a", "b"):
        assert export_dataset.main([*base, "-o", str(tmp_path / name)]) == 0
    assert "wrote 1 characters" in capsys.readouterr().out
    bytes_of = [
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.*")}
        for n in ("a", "b")
    ]
    assert bytes_of[0] == bytes_of[1] and len(bytes_of[0]) > 20
    held_out = [*base, "--held-out", "-o", str(tmp_path / "c")]
    assert export_dataset.main(held_out) == 0
    assert (tmp_path / "c" / "test").is_dir()


def test_a_sheet_shows_a_clip():
    moving = clip(frames=2, side=100)
    height, width = moving.drawings[0].ids.shape
    sheet = clip_sheet(moving)
    assert sheet.shape == (8 * height, 2 * width, 3) and sheet.dtype == np.uint8
    rows = sheet[:, :width].reshape(8, height, width, 3)
    assert all(len(np.unique(row.reshape(-1, 3), axis=0)) > 3 for row in rows)
