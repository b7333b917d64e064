"""What needs skia: SVG files."""

import pytest

pytest.importorskip("skia")

from training.art import ArtLibrary, build_library, render_svg
from training.store import SpriteStore

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'
BODY = '<rect x="10" y="20" width="30" height="60" fill="#ff0000"/>'
BODY += '<circle cx="25" cy="40" r="8" fill="#0000ff"/>'


def render(size, body=BODY, side=256):
    return render_svg(SVG.format(size=size, body=body).encode(), side)


@pytest.mark.parametrize(
    "size",
    [
        'width="100" height="100"',
        'viewBox="0 0 100 100"',
        'width="10cm" height="10cm" viewBox="0 0 100 100"',
    ],
)
def test_svg_is_trimmed_and_fills_the_side(size):
    rgba = render(size)
    assert max(rgba.shape[:2]) == pytest.approx(256, abs=3)
    assert rgba.shape[0] / rgba.shape[1] == pytest.approx(2, abs=0.05)
    assert rgba[5, 5].tolist() == [255, 0, 0, 255]
    assert rgba[rgba.shape[0] // 3, rgba.shape[1] // 2].tolist() == [0, 0, 255, 255]


def test_svg_below_a_switch_is_drawn():
    rgba = render('viewBox="0 0 100 100"', f"<switch><foreignObject/><g>{BODY}</g></switch>")
    assert rgba[5, 5].tolist() == [255, 0, 0, 255]


@pytest.mark.parametrize(
    ("size", "body"), [('viewBox="0 0 9 9"', ""), ('width="wide" height="9"', BODY)]
)
def test_svg_that_cannot_be_used_is_an_error(size, body):
    with pytest.raises(ValueError):
        render(size, body)


def test_library_sorts_drawings_and_counts_what_it_drops(tmp_path):
    art = tmp_path / "art"
    face = '<circle cx="50" cy="50" r="40" fill="#fc9"/>'
    face += '<circle cx="35" cy="45" r="9" fill="#000"/>'
    face += '<circle cx="65" cy="45" r="9" fill="#000"/>'
    files = {
        "people/face": face,
        "people/copy_of_face": face,
        "people/plain": '<circle cx="50" cy="50" r="40"/>',
        "tools/saw": face.replace("#fc9", "#9cf"),
        "people/empty": "",
        "signs_and_symbols/sign": face,
    }
    for name, body in files.items():
        path = art / f"{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SVG.format(size='viewBox="0 0 100 100"', body=body))
    (art / "people" / "broken.svg").write_text("<svg")
    build_library(art, tmp_path / "store", workers=1)
    library = ArtLibrary(SpriteStore(tmp_path / "store"), held_out=None)
    assert library.counts == {
        "character": 1,
        "duplicate": 1,
        "silhouette": 1,
        "prop": 1,
        "broken": 2,
    }
    assert [s.name for s in library.props] == ["tools/saw"]
    assert library.rgba(library.characters[0]).shape[2] == 4
