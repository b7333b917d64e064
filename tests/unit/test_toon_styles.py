"""Style families: what they may change, what they may not, and which are held out."""

import pickle
from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.toon import brush, raster, shapes
from training.toon import labels as L
from training.toon.model import Figure, Part, Stroke, Tone
from training.toon.render import draw
from training.toon.screens import KINDS, screen
from training.toon.style import Style
from training.toon.styles import FAMILIES, HELD_OUT, WEIGHTS, sample_style
from training.toon.treatments import TREATMENTS, treated

SHADED = ("cel", "two", "gradient", "painterly")


def figure():
    """A ball of a head with hair and a print, on a body, with an arm before it."""
    body = shapes.smooth([(-0.5, 0.5), (0.5, 0.5), (0.7, 1.6), (-0.7, 1.6)])
    arm = shapes.limb([(0.5, 0.7), (0.95, 1.1), (0.9, 1.6)], [0.15, 0.13, 0.1])
    head = shapes.ellipse(0, 0, 0.5, 0.55)
    hair = [(-0.56, 0.1), (-0.45, -0.5), (0, -0.66), (0.45, -0.5), (0.56, 0.1), (0.2, -0.2)]
    parts = (
        Part("body", body, "clothes", "red"),
        Part("arm", arm, "skin", "skin", casts=("body",), seams=((2, 6),)),
        Part("head", head, "skin", "skin", casts=("body",)),
        Part(
            "head.cheek",
            shapes.ellipse(0.3, 0.2, 0.1, 0.1),
            "skin",
            "blush",
            within="head",
            marking=True,
        ),
        Part(
            "hair",
            shapes.smooth(hair),
            "hair",
            "dark",
            casts=("head",),
            tones=(Tone(L.HIGHLIGHT, shapes.ellipse(0, -0.45, 0.2, 0.05)),),
            strokes=(Stroke(np.array([(0, -0.6), (0, -0.4), (0.05, -0.3)])),),
        ),
    )
    palette = {
        "skin": (1.0, 0.85, 0.75),
        "blush": (1.0, 0.6, 0.6),
        "dark": (0.3, 0.15, 0.1),
        "red": (0.8, 0.2, 0.3),
    }
    return Figure(parts, palette, {"neck": (0.0, 0.5)})


def alone(outline, **more):
    return Figure((Part("part", outline, "skin", "skin", **more),), {"skin": (0.9, 0.7, 0.6)})


OUTLINES = {
    "ball": shapes.ellipse(0, 0, 0.5, 0.5),
    "limb": shapes.limb([(0, 0), (0.4, 0.8), (0.3, 1.6)], [0.2, 0.17, 0.12]),
    "box": shapes.polygon([(0, 0), (1, 0), (1, 0.8), (0, 0.8)]),
    "lock": shapes.smooth([(-0.2, 0), (0.2, 0), (0.25, 0.6), (0.02, 1.4), (-0.15, 0.7)]),
}


def drawn(style, side=220, chance=0, picture=None, **more):
    rng = np.random.default_rng(chance)
    return draw(picture or figure(), style, rng, side, **more)


def douga_of(drawing):
    return drawing.table.douga[drawing.ids]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_deterministic_and_draws_with_both_backends(family):
    styles = [FAMILIES[family](np.random.default_rng(5)) for _ in range(2)]
    assert styles[0].family == family
    first, second = (drawn(style) for style in styles)
    np.testing.assert_array_equal(first.rgba, second.rgba)
    np.testing.assert_array_equal(first.ids, second.ids)
    assert (first.rgba[..., :3] <= first.rgba[..., 3:]).all()
    other = drawn(styles[0], backend="opencv")
    assert (other.ids == first.ids).mean() > 0.98
    assert np.abs(other.rgba.astype(int) - first.rgba).mean() < 6


@pytest.mark.parametrize("family", FAMILIES)
def test_a_finish_changes_looks_only(family):
    style = FAMILIES[family](np.random.default_rng(2))
    plain, finished = drawn(replace(style, finish=None)), drawn(style)
    np.testing.assert_array_equal(plain.ids, finished.ids)
    np.testing.assert_array_equal(plain.rgba[..., 3], finished.rgba[..., 3])
    pickle.loads(pickle.dumps(style))  # goes to worker processes


def test_families_for_training_and_held_out_are_complete_and_disjoint():
    assert set(HELD_OUT) < set(FAMILIES) and len(HELD_OUT) >= 3
    assert set(WEIGHTS) <= set(FAMILIES) - set(HELD_OUT)
    rng = np.random.default_rng(0)
    training = {sample_style(rng).family for _ in range(300)}
    held_out = {sample_style(rng, True).family for _ in range(60)}
    everything = {sample_style(rng, None).family for _ in range(300)}
    assert held_out == set(HELD_OUT) and training == set(FAMILIES) - held_out
    assert everything == set(FAMILIES)


def test_frames_of_a_figure_are_inked_alike():
    """What is left to chance follows from names: a part more changes no other part."""
    style = Style("pencil", line=0.04, gaps=1.0, wobble=0.5, sketch=0.5, silhouette=0.0, seed=3)
    whole = figure()
    frame = (-1, -1, 1.3, 2)
    fewer = replace(whole, parts=tuple(part for part in whole.parts if part.name != "arm"))
    first, second = (drawn(style, picture=one, frame=frame) for one in (whole, fewer))
    top = slice(0, round(220 * 1.3 / 3))
    np.testing.assert_array_equal(first.rgba[top], second.rgba[top])


@pytest.mark.parametrize("shading", SHADED)
@pytest.mark.parametrize("name", OUTLINES)
@pytest.mark.parametrize("angle", (-0.4, -1.57, -2.6))
def test_flat_is_the_largest_area_of_a_part(shading, name, angle):
    light = float(np.cos(angle)), float(np.sin(angle))
    style = Style("plain", line=0.02, shading=shading, reach=0.45, light=light)
    douga = douga_of(drawn(style, 300, picture=alone(OUTLINES[name])))
    flat, dark = (douga == L.FLAT).sum(), (douga == L.SHADING_FILL).sum()
    background = (drawn(style, 300, picture=alone(OUTLINES[name])).ids == 0).sum()
    assert flat - background > dark > 0


def test_a_cast_shadow_leaves_the_base_tone_the_larger_share():
    box = OUTLINES["box"]
    for low in (0.1, 0.2, 0.3, 0.5):
        hat = Part("hat", box * np.float32([1, low]), "hat", "skin", casts=("part",))
        picture = Figure((*alone(box).parts, hat), {"skin": (0.9, 0.7, 0.6)})
        drawing = drawn(Style("plain", light=(0.0, -1.0)), 300, picture=picture)
        part = drawing.table.parts.index("part")
        mine = douga_of(drawing)[drawing.table.part[drawing.ids] == part]
        assert (mine == L.FLAT).sum() >= (mine == L.SHADING_FILL).sum()


def test_lines_between_tones_lie_inside_their_part_and_not_along_its_outline():
    for name, outline in OUTLINES.items():
        drawing = drawn(Style("plain", line=0.0), 300, picture=alone(outline))
        inside = (drawing.ids > 0).astype(np.uint8)
        line = douga_of(drawing) == L.SHADING_LINE
        assert line.any(), name
        assert inside[line].all()
        depth = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
        assert np.mean(depth[line] < 3) < 0.25, name  # only where it meets the outline


def test_shadows_are_no_slivers():
    for outline in OUTLINES.values():
        for style in (Style("plain", line=0.03), Style("plain", line=0.01, shading="two")):
            drawing = drawn(style, 260, picture=alone(outline))
            fill = (douga_of(drawing) == L.SHADING_FILL).astype(np.uint8)
            count, found = cv2.connectedComponents(fill)
            thick = cv2.distanceTransform(fill, cv2.DIST_L2, 5)
            for number in range(1, count):
                region = found == number
                assert region.sum() < 12 or thick[region].max() >= 1.5


def test_a_second_shadow_lies_in_the_first_with_its_own_segment_and_colour():
    drawing = drawn(Style("plain", shading="two"), 400, picture=alone(OUTLINES["limb"]))
    rows = np.flatnonzero(drawing.table.douga == L.SHADING_FILL)
    rows = [row for row in rows if (drawing.ids == row).any()]
    assert len(rows) == 2
    assert len({int(drawing.table.segment[row]) for row in rows}) == 2
    first, second = sorted(rows, key=lambda row: -int(drawing.table.color[row].sum()))
    assert (drawing.table.tone[rows] == L.SHADOW).all()
    away = np.array([0.6, 0.8])  # from the light
    places = [np.argwhere(drawing.ids == row)[:, ::-1].mean(0) @ away for row in (first, second)]
    assert places[1] > places[0]


def test_without_line_no_outline_is_visible_and_nothing_lies_outside_the_paint():
    style = Style("plain", line=0.0, ink=None, silhouette=0.0)
    for drawing in (drawn(style), drawn(style, picture=alone(OUTLINES["ball"]))):
        douga = douga_of(drawing)
        assert (douga == L.COLOR_EDGE).any()
        assert np.mean((drawing.ids > 0) == (drawing.rgba[..., 3] > 127)) > 0.995
    assert not (douga == L.VISIBLE_LINE).any()


def test_gaps_open_lines_in_picture_and_labels():
    picture = alone(OUTLINES["ball"])
    whole = drawn(Style("plain", line=0.04, shading="none", silhouette=0.0), picture=picture)
    style = Style("plain", line=0.04, shading="none", silhouette=0.0, gaps=1.0, seed=1)
    broken = drawn(style, picture=picture)
    lines = [douga_of(drawing) == L.VISIBLE_LINE for drawing in (whole, broken)]
    assert 0.6 * lines[0].sum() < lines[1].sum() < 0.97 * lines[0].sum()
    gap = cv2.erode((lines[0] & ~lines[1]).astype(np.uint8), np.ones((3, 3))) > 0
    gap &= broken.ids > 0
    assert gap.any()
    paint = np.array([0.9, 0.7, 0.6]) * 255
    assert np.median(np.abs(broken.rgba[gap][:, :3] - paint).max(1)) < 3
    # an open outline: what is inside and outside of the part's line are one
    free = (~lines[1]).astype(np.uint8)
    assert cv2.connectedComponents(free, connectivity=4)[0] == 2
    assert cv2.connectedComponents((~lines[0]).astype(np.uint8), connectivity=4)[0] == 3


def test_nothing_is_inked_on_a_seam():
    box = shapes.smooth(OUTLINES["box"], steps=20)
    style = Style("plain", line=0.04, shading="none", silhouette=0.5)
    lines = [
        (douga_of(drawn(style, picture=alone(box, seams=seams))) == L.VISIBLE_LINE).sum()
        for seams in ((), ((0, 20),), ((70, 10),))
    ]
    assert lines[1] < 0.85 * lines[0] and lines[2] < 0.85 * lines[0]


def test_thin_lines_do_not_vanish():
    for line in (0.001, 0.003):
        style = Style("plain", line=line, shading="none", silhouette=0.0)
        drawing = drawn(style, 150, picture=alone(OUTLINES["ball"]))
        lines = (douga_of(drawing) == L.VISIBLE_LINE).astype(np.uint8)
        _, regions = cv2.connectedComponents(1 - lines, connectivity=4)
        assert 0 != regions[75, 75] != regions[0, 0]  # closed
        inner = drawing.rgba[..., :3].max(-1)[75]
        assert inner[inner > 0].min() < 180


def test_ink_has_no_holes_and_no_spikes_at_corners():
    turns = np.linspace(0, 9 * np.pi, 200)
    radius = np.linspace(1, 20, 200)
    spiral = np.stack([radius * np.cos(turns), radius * np.sin(turns)], 1) + 60
    zigzag = np.array([(10, 10), (90, 14), (12, 18), (92, 24), (15, 90), (16, 12)], float)
    hook = shapes.smooth([(20, 20), (50, 21), (52, 24), (50, 27), (20, 28)], closed=False)
    for points in (spiral, zigzag, hook):
        lines = brush.Lines([points], [False])
        left, right = lines.sides(4.0, 4.0)
        fill = raster.Fill((np.concatenate([left, right[::-1]]),), (1, 1, 1), 1)
        ids = raster.label([fill], (120, 120), "opencv")
        canvas = np.full((120, 120), 255, np.uint8)
        cv2.polylines(canvas, [np.rint(points * 16).astype(np.int32)], False, 0, 1, 8, 4)
        distance = cv2.distanceTransform(canvas, cv2.DIST_L2, 5)
        for x, y in np.rint(points[[0, -1]]).astype(int):  # ends are flat
            distance[y - 4 : y + 5, x - 4 : x + 5] = 4
        assert ids[distance < 2.4].mean() > 0.995
        assert not ids[distance > 9].any()  # a corner reaches at most twice as far


def test_a_halo_is_the_figures_but_no_parts():
    style = Style("sticker", line=0.03, silhouette=3.0, halo=(1.0, 1.0, 1.0))
    plain = replace(style, halo=None, silhouette=0.0)
    halo, without = drawn(style, frame=(-1, -1, 1.3, 2)), drawn(plain, frame=(-1, -1, 1.3, 2))
    table = halo.table
    around = (table.part[halo.ids] < 0) & (halo.ids > 0)
    assert around.sum() > 500
    assert (table.instance[halo.ids][around] == 1).all()
    assert (table.category[halo.ids][around] == 0).all()
    assert (halo.rgba[cv2.erode(around.astype(np.uint8), np.ones((3, 3))) > 0] == 255).all()
    assert not (around & (without.ids > 0)).any()
    assert np.mean((halo.ids > 0) == (halo.rgba[..., 3] > 127)) > 0.99


def test_a_wider_silhouette_grows_outside_only():
    styles = [Style("plain", line=0.04, silhouette=wide, shading="none") for wide in (0.0, 1.0)]
    thin, thick = (drawn(style, frame=(-1, -1, 1.3, 2)) for style in styles)
    same = thin.ids > 0
    assert (douga_of(thick)[same] == douga_of(thin)[same]).mean() > 0.98
    new = (thick.ids > 0) & ~same
    assert new.sum() > 300 and (douga_of(thick)[new] == L.VISIBLE_LINE).all()


@pytest.mark.parametrize("name", TREATMENTS)
@pytest.mark.parametrize("family", ("cel", "sticker", "anime soft"))
def test_treatments_change_every_colour(name, family):
    style = FAMILIES[family](np.random.default_rng(1))
    changed = treated(style, name, np.random.default_rng(1))
    assert changed.treatment == name
    before, after = drawn(style), drawn(changed)
    np.testing.assert_array_equal(before.ids, after.ids)
    assert np.abs(before.rgba.astype(int) - after.rgba).mean() > 2
    if name == "monochrome":
        color = after.table.color.astype(int)
        assert np.ptp(color, axis=1).max() <= 1
        assert np.ptp(after.rgba[..., :3].astype(int), axis=2).max() <= 2


def test_manga_is_black_and_white_but_for_grey_manga():
    for seed in range(4):
        drawing = drawn(FAMILIES["manga"](np.random.default_rng(seed)))
        assert np.ptp(drawing.rgba[..., :3].astype(int), axis=2).max() <= 1


def test_a_screen_inks_as_much_as_it_is_asked_for():
    for kind in KINDS:
        height = screen(np.random.default_rng(0), (300, 300), kind, 7.3, 0.4)
        for share in (0.1, 0.3, 0.5, 0.8):
            assert abs((height < share).mean() - share) < 0.09, (kind, share)
