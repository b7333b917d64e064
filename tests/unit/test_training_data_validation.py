"""The validation set is apart from what is trained on and from what is measured at the end."""

import numpy as np
import pytest

from training import art_list
from training.art import ArtLibrary, _kind
from training.backgrounds import PAINTERS, BackgroundPool, build_pool
from training.dataset import evaluation_compositions
from training.evaluate.composed import SETS, Composed, composed
from training.painters import validation as painters_validation
from training.store import SpriteStore, write_store
from training.validation import load_validation_art

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
<circle cx="50" cy="50" r="40" fill="{color}"/><circle cx="35" cy="45" r="9" fill="#000"/>
<circle cx="65" cy="45" r="9" fill="#000"/></svg>"""


def library(tmp_path):
    rng = np.random.default_rng(0)
    drawings = []
    for i, kind in enumerate(["character"] * 3 + ["prop"] * 2):
        rgba = rng.integers(0, 256, (60, 40, 4), dtype=np.uint8)
        rgba[..., 3] = 255
        drawings.append((f"{kind}{i}", kind, False, rgba, 0.1))
    write_store(tmp_path / "store", iter(drawings), {})
    return ArtLibrary(SpriteStore(tmp_path / "store"), held_out=None)


def test_no_drawing_of_the_set_is_in_the_library_that_trains_and_evaluates():
    assert art_list.VALIDATION_CHARACTERS.isdisjoint(art_list.EXTRA_CHARACTERS)
    for name in (*art_list.VALIDATION_CHARACTERS, *art_list.VALIDATION_PROPS):
        skipped = name.startswith(art_list.SKIPPED_FOLDERS)
        assert skipped or _kind(name, "good") == "not used", name
    assert not any(
        name.startswith(art_list.VALIDATION_PROPS) for name in art_list.VALIDATION_CHARACTERS
    )


@pytest.mark.parametrize("family", painters_validation.PAINTERS)
def test_its_backgrounds_are_of_families_of_its_own(family):
    assert family not in PAINTERS
    paint = painters_validation.PAINTERS[family]
    for seed in range(3):
        picture = paint(np.random.default_rng(seed), 96)
        assert picture.shape == (96, 96, 3) and picture.dtype == np.uint8
        assert picture.std() > 1
        np.testing.assert_array_equal(picture, paint(np.random.default_rng(seed), 96))


def test_art_of_the_set_is_told_apart_by_name(tmp_path):
    files = {
        "unsorted/Cornetto": "#fc9",
        "recreation/party/hat_01": "#9cf",
        "people/somebody": "#c9f",
        "tools/saw": "#cc9",
    }
    for name, color in files.items():
        path = tmp_path / "art" / f"{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DRAWING.format(color=color))
    found = load_validation_art(tmp_path / "art", tmp_path / "cache", workers=1)
    assert [s.name for s in found.characters] == ["unsorted/Cornetto"]
    assert [s.name for s in found.props] == ["recreation/party/hat_01"]
    assert found.toons == []
    (tmp_path / "art" / "unsorted" / "Cornetto.svg").unlink()
    with pytest.raises(FileNotFoundError, match="validation set"):
        load_validation_art(tmp_path / "art", tmp_path / "cache", workers=1)


def test_compositions_are_a_stream(tmp_path):
    build_pool(tmp_path / "pool", 4, 1, tuple(painters_validation.PAINTERS))
    pool = BackgroundPool(tmp_path / "pool")
    assert set(pool.families) == set(painters_validation.PAINTERS)
    art = library(tmp_path)
    whole = evaluation_compositions(7, 4, 96, art, pool)
    part = evaluation_compositions(7, 2, 96, art, pool, first=2)
    for a, b in zip(whole[2:], part, strict=True):
        np.testing.assert_array_equal(a.picture, b.picture)
        np.testing.assert_array_equal(a.masks, b.masks)
    samples = Composed(whole)
    assert len(samples) == 4 and samples[0].picture.dtype == np.float32
    assert samples[0].masks.dtype == bool


def test_sets_are_named_and_bad_sizes_refused():
    assert list(SETS) == ["held-out", "validation", "toons"]
    with pytest.raises(ValueError, match="At least one picture"):
        composed("validation", 0)
    with pytest.raises(ValueError, match="32 x 32"):
        composed("held-out", 1, 16)
