"""Backgrounds: how busy they are beside the figures, which families they show, and repeats."""

import json

import cv2
import numpy as np
import pytest

from training import backgrounds as grounds
from training.backgrounds import (
    SCENE_HELD_OUT_FAMILIES,
    SCENE_PAINTERS,
    BackgroundPool,
    MixedBackgrounds,
    build_pool,
)
from training.busyness import Busyness, Watched, busyness, edge_strength, main, summary
from training.painters import surfaces
from training.painters.board import Board
from training.painters.masonry import boxes, on


@pytest.fixture(scope="module")
def pools(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pools")
    build_pool(folder / "first", 2, 1, ("clouds", "cells"), 64)
    build_pool(folder / "second", 2, 1, ("trees", "alley"), 64)
    return BackgroundPool(folder / "first"), BackgroundPool(folder / "second", recolored=0.25)


def stripes(side, pitch):
    """Columns of black and white, `pitch` pixels each."""
    row = (np.arange(side) // pitch % 2 * 255).astype(np.uint8)
    return np.repeat(np.broadcast_to(row, (side, side))[..., None], 3, 2)


def test_a_step_by_one_grey_level_gives_four():
    picture = np.full((9, 10, 3), 50, np.uint8)
    picture[:, 5:] = 51
    edges = edge_strength(picture)
    assert edges[4, 4] == edges[4, 5] == 4 and edges[4, 2] == 0


def test_silhouettes_count_for_neither_side():
    picture = np.full((200, 200, 3), 200, np.uint8)
    mask = np.zeros((200, 200), np.uint8)
    mask[50:150, 50:150] = 255
    picture[mask > 0] = (90, 20, 20)  # strong edges, on the silhouette alone
    found = busyness(picture, mask[None])
    assert found.background == found.figures == 0
    busy = np.where(mask[..., None] > 0, picture, stripes(200, 4))
    found = busyness(busy, mask[None], "stripes")
    assert found.background > 300 and found.figures == 0 and found.family == "stripes"
    busy = np.where(mask[..., None] > 0, stripes(200, 4), picture)
    found = busyness(busy, mask[None])
    assert found.background == 0 and found.figures > 300


def test_what_is_hardly_there_is_not_measured():
    picture = stripes(100, 3)
    assert busyness(picture, np.zeros((0, 100, 100), np.uint8)).figures is None
    assert busyness(picture, np.full((1, 100, 100), 255, np.uint8)).background is None


def test_summary_counts_what_can_be_compared():
    measured = [
        Busyness(10, 40, "flat"),
        Busyness(60, 40, "trees"),
        Busyness(50, 50, "trees"),
        Busyness(None, 50, "trees"),
        Busyness(50, None, "trees"),
    ]
    found = summary(measured)
    assert (found["pictures"], found["compared"]) == (5, 3)
    assert found["background"]["median"] == 50 and found["figures"]["median"] == 40
    assert found["background_at_least_as_busy"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["calm_backgrounds"] == pytest.approx(1 / 3, abs=1e-3)
    assert found["families"]["trees"]["pictures"] == 2
    with pytest.raises(ValueError, match="none can be compared"):
        summary(measured[3:])


def test_watching_changes_no_background(pools):
    usual = MixedBackgrounds(*pools)
    watched = Watched(usual)
    names = set()
    for seed in range(40):
        watched.taken.clear()
        drawn = [p.draw(np.random.default_rng(seed), (70, 90)) for p in (usual, watched)]
        np.testing.assert_array_equal(*drawn)
        names.add(watched.family())
    assert names == {"flat", "several", "clouds", "cells", "trees", "alley"}


def test_scenes_show_no_family_that_is_held_out(monkeypatch, tmp_path, pools):
    """Those of the evaluation keep the seeds of version 1, whatever is painted for training."""
    built = {}

    def note(folder, jobs, workers):
        built[folder.name] = jobs
        raise InterruptedError

    monkeypatch.setattr(grounds, "_build", note)
    for held_out in (False, True):
        with pytest.raises(InterruptedError):
            grounds.load_scene_backgrounds(tmp_path, held_out=held_out, count=64)
    training, held_out = built["backgrounds-scene-2-64"], built["backgrounds-scene-held-out-1-64"]
    shown = {family for family, *_ in training}
    assert shown == set(SCENE_PAINTERS) - set(SCENE_HELD_OUT_FAMILIES) and len(training) == 64
    assert [(family, seed) for family, seed, _ in held_out[:4]] == [
        ("seaside", (1, 3)),
        ("shops", (1, 6)),
        ("magic", (1, 15)),
        ("seaside", (1, 19)),
    ]


@pytest.mark.parametrize("family", ["forest", "streets", "parlour", "machines", "ink"])
def test_places_are_busy(family):
    """Each painting of a place has edges about as many as a drawn figure (some 60)."""
    strength = []
    for seed in range(4):
        picture = SCENE_PAINTERS[family](np.random.default_rng(seed), 512)
        strength.append(edge_strength(cv2.GaussianBlur(picture, (0, 0), 0.7)).mean())
    assert np.median(strength) > 50


@pytest.mark.parametrize("finish", ["brushed", "grained", "hatched", "dabbed"])
def test_surfaces_keep_the_picture(finish):
    picture = SCENE_PAINTERS["kitchen"](np.random.default_rng(0), 256)
    before = picture.copy()
    first, again = (getattr(surfaces, finish)(np.random.default_rng(1), picture) for _ in range(2))
    np.testing.assert_array_equal(picture, before)
    np.testing.assert_array_equal(first, again)
    assert first.dtype == np.uint8 and (first != picture).any()
    soft = [cv2.blur(p, (31, 31)).astype(int) for p in (first, picture)]
    assert abs(soft[0] - soft[1]).mean() < 30


def test_many_is_polygon_after_polygon():
    for seed in range(4):
        one, other = (Board(np.random.default_rng(seed), 120) for _ in range(2))
        rng = np.random.default_rng(seed)
        shapes = boxes(*rng.uniform(0, 1, (4, 9)))
        colors = rng.uniform(0, 255, (9, 3))
        one.many(shapes, colors, 0.6)
        for shape, color in zip(shapes, colors, strict=True):
            other.polygon(shape, color, 0.6)
        difference = np.abs(one.pixels.astype(int) - other.pixels)
        assert (difference > 40).mean() < 0.01


def test_a_quad_takes_the_unit_square():
    quad = np.array([(0.1, 0.2), (0.8, 0.1), (0.9, 0.9), (0.2, 0.7)])
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    np.testing.assert_allclose(on(quad, corners), quad, atol=1e-5)
    inside = on(quad, np.full((3, 2, 2), 0.5))
    assert inside.shape == (3, 2, 2) and (inside > 0.2).all() and (inside < 0.8).all()


@pytest.mark.parametrize("words", [["--scenes", "0"], ["--size", "20"]])
def test_nothing_to_measure_is_an_error(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2 and "at least one scene" in capsys.readouterr().err


def test_the_command_prints_json(monkeypatch, tmp_path, capsys, pools):
    from training.toon import samples

    scenes = samples.Scenes(None, MixedBackgrounds(*pools))

    class Made:
        picture = stripes(64, 4)
        masks = np.zeros((1, 64, 64), np.uint8)

    Made.masks[0, 16:48, 16:48] = 255
    monkeypatch.setattr(samples, "load_scenes", lambda **kwargs: scenes)
    monkeypatch.setattr(samples, "make_scene", lambda *args, **kwargs: Made)
    words = ["--scenes", "3", "--size", "64", "--no-clip-art", "-o", str(tmp_path / "found.json")]
    assert main(words) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "found.json").read_text())
    assert printed["compared"] == 3 and printed["families"].keys() == {"flat"}
