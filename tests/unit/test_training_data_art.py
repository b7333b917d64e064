"""Rendering and judging clip art, and the store that keeps it."""

import numpy as np
import pytest

from training.art import is_held_out, judge, load_art, opaque, premultiplied, tidy
from training.store import SpriteStore, whole_folder, write_store


def disc(side=200, color=(200, 60, 60)):
    y, x = np.mgrid[:side, :side]
    inside = np.hypot(x - side / 2, y - side / 2) < side * 0.48
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[inside] = (*color, 255)
    return rgba


def test_judge_tells_drawings_from_lines_silhouettes_and_frames():
    drawing = disc()
    drawing[60:120, 60:120, :3] = (20, 90, 220)
    assert judge(drawing)[0] == "good"
    assert judge(disc())[0] == "silhouette"
    full = np.full((100, 100, 4), 255, np.uint8)
    assert judge(full)[0] == "full frame"
    lines = np.zeros((200, 200, 4), np.uint8)
    lines[::20], lines[:, ::20] = 255, 255
    assert judge(lines)[0] == "lines"
    dot = np.zeros((200, 200, 4), np.uint8)
    dot[:20, :20] = 255
    assert judge(dot)[0] == "sparse"


def test_half_transparent_areas_are_settled_and_edges_are_kept():
    rgba = disc()
    rgba[150:195, 20:180, 3] = 100
    rgba[150:195, 20:180, :3] = 0  # a cast shadow
    rgba[60:90, 60:140, 3] = 120  # a pane within
    rgba[50, 50] = (200, 60, 60, 128)  # a single soft pixel is an edge
    out = opaque(rgba)
    assert out[170, 100, 3] == 0
    assert out[75, 100, 3] == 255
    assert out[75, 100, :3].tolist() == [
        int(c * 120 / 255 + 255 * 135 / 255) for c in (200, 60, 60)
    ]
    assert out[50, 50, 3] == 128


def test_pinholes_close_and_crumbs_go_but_real_holes_stay():
    rgba = disc()
    rgba[100:102, 100:102] = 0
    rgba[40:80, 80:120] = 0
    rgba[2:4, 2:4] = (9, 9, 9, 255)
    out = tidy(rgba)
    assert out[100, 100].tolist() == [255, 255, 255, 255]
    assert out[60, 100, 3] == 0
    assert out[2, 2, 3] == 0


def test_premultiplied():
    rgba = np.array([[[200, 100, 0, 128], [7, 8, 9, 0], [7, 8, 9, 255]]], np.uint8)
    assert premultiplied(rgba)[0, :, :3].tolist() == [[100, 50, 0], [0, 0, 0], [7, 8, 9]]


def test_the_split_follows_the_name_and_keeps_variants_together():
    names = [f"people/name{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(600)]
    share = np.mean([is_held_out(n) for n in names])
    assert 0.1 < share < 0.2
    for name in names[:100]:
        assert len({is_held_out(f"{name}{end}") for end in ("", "_01", "_02", "3")}) == 1


def test_store_round_trip(tmp_path):
    first = np.random.default_rng(0).integers(0, 256, (5, 7, 4), dtype=np.uint8)
    second = first[:3, :2].copy()
    drawings = [("a", "character", False, first, 0.5), ("b", "prop", True, second, 0.25)]
    write_store(tmp_path / "store", iter(drawings), {"character": 1})
    store = SpriteStore(tmp_path / "store")
    assert [s.name for s in store.sprites] == ["a", "b"]
    np.testing.assert_array_equal(store.rgba(store.sprites[0]), first)
    np.testing.assert_array_equal(store.rgba(store.sprites[1]), second)


def test_a_store_that_fails_half_way_leaves_nothing(tmp_path):
    def broken():
        yield "a", "prop", False, np.zeros((4, 4, 4), np.uint8), 0.0
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write_store(tmp_path / "store", broken(), {})
    assert list(tmp_path.iterdir()) == []


def test_the_slower_of_two_writers_keeps_the_first_result(tmp_path):
    with whole_folder(tmp_path / "x") as outer:
        with whole_folder(tmp_path / "x") as inner:
            (inner / "index.json").write_text("first")
        (outer / "index.json").write_text("second")
    assert (tmp_path / "x" / "index.json").read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_missing_art_says_how_to_get_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="apt-get download openclipart-svg"):
        load_art(tmp_path / "none", tmp_path)
