"""Clips of a moving figure, and the optical flow between their frames."""

from dataclasses import replace

import numpy as np
import pytest

from training.toon import labels as L
from training.toon import shapes
from training.toon.clips import make_clip
from training.toon.flow import color_wheel
from training.toon.labels import Drawing
from training.toon.model import Figure, Part, Stroke, Tone
from training.toon.motion import swaying, warped
from training.toon.style import Style

STYLE = Style("plain", line=0.03)


def puppet(arm: float = 0.0) -> Figure:
    """A head on a body, and an arm in front of both, turned by `arm` radians."""
    body = Part(
        "body",
        shapes.smooth([(-0.4, 0.5), (0.4, 0.5), (0.6, 1.9), (-0.6, 1.9)]),
        "clothes",
        "coat",
    )
    belt = Part(
        "body.belt",
        shapes.polygon([(-0.8, 1.2), (0.8, 1.2), (0.8, 1.4), (-0.8, 1.4)]),
        "belt",
        "belt",
        within="body",
        marking=True,
    )
    head = Part("head", shapes.ellipse(0, 0, 0.5, 0.55), "skin", "skin", casts=("body",))
    mouth = Stroke(np.array([(-0.15, 0.3), (0, 0.35), (0.15, 0.3)]))
    head = replace(head, strokes=(mouth,))
    hair = Part(
        "hair",
        shapes.smooth([(-0.55, 0), (-0.4, -0.5), (0, -0.65), (0.4, -0.5), (0.55, 0), (0, -0.2)]),
        "hair",
        "hair",
        casts=("head",),
        tones=(Tone(L.HIGHLIGHT, shapes.ellipse(0, -0.45, 0.2, 0.05)),),
    )
    shoulder = (0.35, 0.65)
    limb = shapes.limb([shoulder, (0.9, 0.9), (1.1, 1.5)], [0.13, 0.12, 0.1])
    hand = Part("arm", shapes.turned(limb, arm, shoulder), "clothes", "coat", casts=("body",))
    palette = {
        "skin": (1.0, 0.85, 0.75),
        "coat": (0.2, 0.4, 0.7),
        "belt": (0.8, 0.7, 0.2),
        "hair": (0.5, 0.2, 0.1),
    }
    return Figure((body, belt, head, hair, hand), palette, {"neck": (0.0, 0.55)})


def affine(matrix, shift=(0.0, 0.0)):
    return lambda points: points @ np.array(matrix).T + shift


def away_from_borders(drawing: Drawing, far: int = 4) -> np.ndarray:
    """Pixels whose surroundings belong to the same part."""
    parts = drawing.table.part[drawing.ids]
    inner = parts >= 0
    for axis in (0, 1):
        for step in range(1, far + 1):
            inner &= (np.roll(parts, step, axis) == parts) & (np.roll(parts, -step, axis) == parts)
    return inner


@pytest.mark.parametrize(
    "matrix, shift",
    [
        ([[1, 0], [0, 1]], (0.137, -0.091)),
        ([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]], (0.1, 0)),
        ([[1.3, 0], [0, 0.8]], (0, 0)),
        ([[1.1, 0.3], [-0.2, 0.9]], (0.05, 0.2)),
    ],
    ids=["translation", "rotation", "scaling", "shear"],
)
def test_flow_of_affine_motion_is_exact(matrix, shift):
    first = puppet()
    warp = affine(matrix, shift)
    clip = make_clip([first, warped(first, warp)], STYLE, 0, 240)
    flow = clip.flow(0, 1)
    height, width = flow.valid.shape
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1) + 0.5
    units = pixels / clip.place.scale + clip.place.origin
    expected = clip.place(warp(units.reshape(-1, 2))).reshape(pixels.shape) - pixels
    inner = away_from_borders(clip.drawings[0])
    assert inner.mean() > 0.1
    assert np.abs(flow.vectors - expected)[inner].max() < 0.05
    # what moves as one stays in sight
    assert flow.valid[inner].mean() > 0.99
    on_lines = (clip.drawings[0].ids > 0) & ~inner
    assert np.median(np.abs(flow.vectors - expected)[on_lines].max(-1)) < 0.5


def test_flow_there_and_back_ends_where_it_began():
    clip = make_clip(swaying(puppet(), np.random.default_rng(2), 3), STYLE, 0, 260)
    there, back = clip.flow(0, 2), clip.flow(2, 0)
    y, x = np.nonzero(there.valid & away_from_borders(clip.drawings[0], 3))
    steps = there.vectors[y, x]
    assert np.abs(steps).max() > 5
    to_x, to_y = np.floor(x + 0.5 + steps[:, 0]).astype(int), np.floor(y + 0.5 + steps[:, 1])
    to_y = to_y.astype(int)
    seen = back.valid[to_y, to_x]
    assert seen.mean() > 0.97
    # the target is the pixel nearest to where the flow ends, half a pixel away at most
    error = np.abs(steps + back.vectors[to_y, to_x])[seen]
    assert np.quantile(error, 0.99) < 0.25


def test_what_is_hidden_or_gone_is_not_valid():
    with_arm = puppet(arm=0.0)
    over_body = puppet(arm=1.6)
    gone = replace(over_body, parts=over_body.parts[:-1])
    clip = make_clip([with_arm, over_body, gone], STYLE, 0, 240)
    drawing = clip.drawings[0]
    names = np.array([*drawing.table.parts, ""])
    part = names[drawing.table.part[drawing.ids]]
    flow = clip.flow(0, 1)
    other = clip.drawings[1]
    covered = np.array([*other.table.parts, ""])[other.table.part[other.ids]] == "arm"
    hidden = (part == "body") & covered
    assert hidden.sum() > 100 and not flow.valid[hidden].any()
    assert (flow.vectors[hidden] == 0).all()  # the body itself stands still
    # ink may be wider where a line runs another way, the arm itself stays in sight
    assert flow.valid[(part == "arm") & away_from_borders(drawing)].mean() > 0.99
    assert np.abs(flow.vectors[part == "arm"]).max() > 20
    assert not clip.flow(0, 2).valid[part == "arm"].any()
    assert not flow.valid[drawing.ids == 0].any()


def test_a_shadow_has_the_flow_of_its_part():
    moves = [puppet(0.0), puppet(0.5)]
    clip = make_clip(moves, STYLE, 0, 240)
    drawing = clip.drawings[0]
    names = np.array([*drawing.table.parts, ""])
    shadow = (drawing.table.tone[drawing.ids] == L.SHADOW) & (
        names[drawing.table.part[drawing.ids]] == "body"
    )
    assert shadow.sum() > 50
    assert (clip.flow(0, 1).vectors[shadow] == 0).all()


def test_labels_follow_the_flow():
    clip = make_clip(swaying(puppet(), np.random.default_rng(4), 4), STYLE, 0, 260)
    for last in (1, 3):
        flow = clip.flow(0, last)
        first, second = (clip.drawings[i] for i in (0, last))
        y, x = np.nonzero(flow.valid)
        to_x, to_y = np.floor(np.stack([x, y]) + 0.5 + flow.vectors[y, x].T).astype(int)
        part = [np.array(d.table.parts)[d.table.part[d.ids]] for d in (first, second)]
        assert (part[0][y, x] == part[1][to_y, to_x]).all()
        assert flow.valid[first.ids > 0].mean() > 0.9


def test_a_segment_has_one_number_in_all_frames():
    clip = make_clip([puppet(a) for a in (0.0, 0.4, 0.8, 1.2)], STYLE, 0, 200)
    numbers: dict[tuple, set] = {}
    for drawing in clip.drawings:
        table = drawing.table
        for row in range(1, len(table)):
            key = table.parts[table.part[row]], int(table.tone[row])
            numbers.setdefault(key, set()).add(int(table.segment[row]))
    assert all(len(found) == 1 for found in numbers.values())
    assert len({number for found in numbers.values() for number in found}) == len(numbers)
    assert [entry.category for entry in clip.sheet] == ["clothes", "belt", "skin", "hair"]
    assert len({d.ids.shape for d in clip.drawings}) == 1


def test_the_same_seed_gives_the_same_clip():
    clips = [
        make_clip(swaying(puppet(), np.random.default_rng(1), 2), STYLE, 5, 120) for _ in range(2)
    ]
    for a, b in zip(clips[0].drawings, clips[1].drawings, strict=True):
        np.testing.assert_array_equal(a.rgba, b.rgba)
        np.testing.assert_array_equal(a.ids, b.ids)
    np.testing.assert_array_equal(clips[0].flow(0, 1).vectors, clips[1].flow(0, 1).vectors)
    wheel = color_wheel(clips[0].flow(0, 1))
    assert wheel.shape == (*clips[0].drawings[0].ids.shape, 3) and wheel.dtype == np.uint8


def test_frames_of_two_figures_are_an_error():
    figure = puppet()
    other = replace(figure, parts=(replace(figure.parts[2], outline=figure.parts[2].outline[:-1]),))
    with pytest.raises(ValueError, match="frame 1 is of another figure"):
        make_clip([figure, other], STYLE, 0, 100)
    with pytest.raises(ValueError, match="at least one frame"):
        make_clip([], STYLE, 0, 100)
    with pytest.raises(ValueError, match="not 0"):
        swaying(figure, np.random.default_rng(0), 0)


def test_a_part_that_turns_its_back_is_not_seen_again():
    figure = puppet()
    clip = make_clip([figure, warped(figure, affine([[-1, 0], [0, 1]]))], STYLE, 0, 120)
    inner = away_from_borders(clip.drawings[0])
    assert inner.any() and not clip.flow(0, 1).valid[inner].any()


def test_a_part_drawn_in_another_way_has_no_flow():
    figure = puppet()
    head = replace(figure.parts[2], outline=shapes.polygon([(-0.4, -0.5), (0.4, -0.5), (0, 0.5)]))
    other = replace(figure, parts=(*figure.parts[:2], head, *figure.parts[3:]))
    clip = make_clip([figure, other], STYLE, 0, 120)
    drawing = clip.drawings[0]
    part = np.array([*drawing.table.parts, ""])[drawing.table.part[drawing.ids]]
    valid = clip.flow(0, 1).valid
    assert not valid[part == "head"].any() and valid[part == "hair"].all()


def test_a_part_without_area_does_not_stop_the_flow():
    thread = Part("thread", np.array([(0.2, 0.0), (0.2, 2.0), (0.2, 1.0)], np.float32), "hat", "x")
    figure = replace(puppet(), parts=(*puppet().parts, thread))
    figure = replace(figure, palette={**figure.palette, "x": (0.0, 0.5, 0.0)})
    moved = warped(figure, affine(np.eye(2), (0.1, 0.0)))
    clip = make_clip([figure, moved], STYLE, 0, 200)
    drawing = clip.drawings[0]
    ink = np.array([*drawing.table.parts, ""])[drawing.table.part[drawing.ids]] == "thread"
    vectors = clip.flow(0, 1).vectors[ink]
    np.testing.assert_allclose(vectors, [[0.1 * clip.place.scale, 0.0]] * len(vectors), atol=0.05)
