"""The generator's core: rasters of both backends, tables of labels, a figure and its drawing."""

import numpy as np
import pytest

from training.toon import labels as L
from training.toon import raster, shapes
from training.toon.fills import Fill, Gradient
from training.toon.labels import TableBuilder, join_tables
from training.toon.model import Figure, Part, Stroke, Tone
from training.toon.render import draw
from training.toon.style import Style

BACKENDS = ("skia", "opencv")


@pytest.fixture(params=BACKENDS)
def backend(request):
    if request.param == "skia":
        pytest.importorskip("skia")
    return request.param


def square(x0, y0, x1, y1):
    return shapes.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def figure():
    head = Part("head", shapes.ellipse(0, 0, 0.5, 0.55), "skin", "skin")
    print_ = Part(
        "head.cheek",
        shapes.ellipse(0.3, 0.2, 0.1, 0.1),
        "skin",
        "blush",
        within="head",
        marking=True,
    )
    hair = Part(
        "hair",
        shapes.smooth([(-0.55, 0), (-0.4, -0.5), (0, -0.65), (0.4, -0.5), (0.55, 0), (0, -0.2)]),
        "hair",
        "hair",
        casts=("head",),
        tones=(Tone(L.HIGHLIGHT, shapes.ellipse(0, -0.45, 0.2, 0.05)),),
        strokes=(Stroke(np.array([(0, -0.6), (0, -0.4), (0.05, -0.3)])),),
    )
    palette = {"skin": (1.0, 0.85, 0.75), "blush": (1.0, 0.6, 0.6), "hair": (0.5, 0.2, 0.1)}
    return Figure((head, print_, hair), palette, {"neck": (0.0, 0.5)})


def test_a_pixel_is_covered_if_its_middle_is(backend):
    fill = Fill((square(2.4, 1.0, 5.6, 4.4),), (1, 1, 1), 7)
    ids = raster.label([fill], (6, 8), backend)
    expected = np.zeros((6, 8), np.uint16)
    expected[1:4, 2:6] = 7
    np.testing.assert_array_equal(ids, expected)


def test_labels_over_255_clips_and_overlapping_outlines(backend):
    big = square(0, 0, 8, 8)
    hole = (big, square(2, 2, 6, 6)[::-1])
    fills = [
        Fill((big, square(4, 4, 10, 10)), None, 65535),
        Fill(hole, None, 300, clip=(square(0, 0, 4, 10),)),
    ]
    ids = raster.label(fills, (10, 10), backend)
    assert (ids[:2, :4] == 300).all() and (ids[2:6, 2:4] == 65535).all()
    assert ids[9, 9] == 65535 and ids[9, 0] == 0


def test_paint_is_premultiplied_and_smooth_at_edges(backend):
    fills = [
        Fill((square(1, 1, 4.5, 4),), (1.0, 0.0, 0.0), None),
        Fill((square(1, 1, 3, 4),), (0.0, 0.0, 1.0), None, alpha=0.5),
    ]
    rgba = raster.paint(fills, (6, 6), backend).astype(int)
    assert rgba[2, 3].tolist() == [255, 0, 0, 255]
    assert np.abs(rgba[2, 2] - [128, 0, 128, 255]).max() <= 1
    assert np.abs(rgba[2, 4] - [128, 0, 0, 128]).max() <= 2
    assert rgba[5].max() == 0


def test_both_backends_agree():
    pytest.importorskip("skia")
    rng = np.random.default_rng(0)
    fills = []
    for number in range(60):
        middle = rng.uniform(20, 180, 2)
        outline = shapes.smooth(middle + rng.normal(0, 30, (7, 2)))
        if number % 3 == 0:
            outline = shapes.ribbon(outline, 3)
        ramp = Gradient((0, 0), (200, 100), (1, 0, 0), (0, 1, 0.5))
        color = ramp if number % 5 == 0 else tuple(rng.random(3))
        clip = (shapes.ellipse(100, 100, 70, 80),) if number % 4 == 0 else None
        fills.append(Fill((outline,), color, number + 1, alpha=0.8, clip=clip))
    labels = [raster.label(fills, (200, 200), name) for name in BACKENDS]
    paints = [raster.paint(fills, (200, 200), name).astype(int) for name in BACKENDS]
    assert (labels[0] == labels[1]).mean() > 0.995
    assert np.abs(paints[0] - paints[1]).mean() < 2


def test_a_drawing_has_its_labels_under_its_picture(backend):
    rng = np.random.default_rng(0)
    drawing = draw(figure(), Style("plain", line=0.05), rng, 200, backend=backend)
    douga = drawing.table.douga[drawing.ids]
    assert set(np.unique(douga)) == {0, 1, 2, 3, 4, 6, 7, 8}
    assert max(drawing.rgba.shape[:2]) == 200 == max(drawing.ids.shape)
    assert (drawing.rgba[..., :3] <= drawing.rgba[..., 3:]).all()
    # the hard outline lies on the soft one
    assert np.mean((drawing.ids > 0) == (drawing.rgba[..., 3] > 127)) > 0.995
    # away from lines the picture has the table's colours
    inside = np.isin(douga, (L.FLAT, L.SHADING_FILL)) & (drawing.ids > 0)
    difference = drawing.rgba[..., :3].astype(int) - drawing.table.color[drawing.ids]
    assert np.mean(np.abs(difference[inside]).max(1) <= 1) > 0.85
    assert [entry.category for entry in drawing.sheet] == ["skin", "skin", "hair"]
    assert 80 < drawing.joints["neck"][0] < 120


def test_the_same_seed_gives_the_same_bytes(backend):
    drawings = [
        draw(figure(), Style("plain"), np.random.default_rng(3), 120, backend=backend)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(drawings[0].rgba, drawings[1].rgba)
    np.testing.assert_array_equal(drawings[0].ids, drawings[1].ids)


def test_a_lineless_style_keeps_its_edges_as_labels():
    drawing = draw(figure(), Style("flat", line=0.0), np.random.default_rng(0), 150)
    assert (drawing.table.douga[drawing.ids] == L.COLOR_EDGE).any()


def test_a_part_without_a_category_is_an_error():
    wrong = Part("arm", shapes.ellipse(0, 0, 1, 1), "arm", "skin")
    with pytest.raises(ValueError, match='part "arm"'):
        draw(Figure((wrong,), {"skin": (1, 1, 1)}), Style("plain"), np.random.default_rng(0), 50)


def test_joined_tables_keep_what_their_numbers_mean():
    tables = []
    for parts in (("head", "hair"), ("hair", "tail")):
        builder = TableBuilder()
        for part in parts:
            builder.row(part, "hair", L.FLAT, color=(len(part), 0, 0), segment=len(part))
        tables.append(builder.table().as_instance(len(tables) + 1))
    joined, offsets = join_tables(tables)
    assert len(joined) == 5 and joined.parts == ("head", "hair", "tail")
    for table, offset in zip(tables, offsets, strict=True):
        for row in range(1, len(table)):
            assert joined.parts[joined.part[row + offset]] == table.parts[table.part[row]]
            assert joined.instance[row + offset] == table.instance[row]
            assert joined.color[row + offset].tolist() == table.color[row].tolist()
    assert joined.instance[0] == 0 and joined.part[0] == -1


def test_more_labels_than_a_raster_holds_is_an_error():
    builder = TableBuilder()
    for number in range(1, 65536):
        builder.row("a", "hair", L.FLAT, color=(0, 0, 0), segment=number)
    with pytest.raises(ValueError, match="65535"):
        builder.row("a", "hair", L.FLAT, color=(0, 0, 0), segment=65536)
