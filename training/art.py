"""Public-domain clip art as a memory-mapped library of RGBA sprites.

The drawings are Debian's `openclipart-svg` (Open Clip Art Library 0.18, public domain). They are
rendered once with skia, judged by measured rules (empty, line-only, silhouette, full-frame), and
kept in one memory-mapped file, so that every worker shares the same pages.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import multiprocessing
import os
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from .art_list import (
    EXTRA_CHARACTERS,
    NOT_CHARACTERS,
    NOT_PROPS,
    PROP_FOLDERS,
    SKIPPED_FOLDERS,
    VALIDATION_CHARACTERS,
)
from .store import Sprite, SpriteStore, cache_folder, write_store
from .toon.pool import ToonPool, load_toons

logger = logging.getLogger("celkit")

DEFAULT_ART = Path("/usr/share/openclipart/svg")
HELD_OUT_SHARE = 0.15
CHARACTER_SIDE = 512
PROP_SIDE = 224
_VERSION = 7
_SVG = "{http://www.w3.org/2000/svg}"
_HOW_TO_GET = (
    "Get the drawings with `apt-get install openclipart-svg`, or without root "
    "`apt-get download openclipart-svg && dpkg -x openclipart-svg_*.deb openclipart` and pass "
    "openclipart/usr/share/openclipart/svg; any folder of SVG files with people/ and animals/ does."
)


class ArtLibrary:
    """Sprites of one split: the lists `characters`, `props` and `toons` (drawn figures).

    Args:
        clip_art: the store written by `build_library`.
        toons: a pool of `toon.pool`, or None.
        held_out: True for the drawings kept for evaluation, False for those to train on, None for
            all.
    """

    def __init__(
        self, clip_art: SpriteStore, toons: ToonPool | None = None, held_out: bool | None = False
    ):
        self.held_out = held_out
        self.counts = clip_art.counts
        wanted = [s for s in clip_art.sprites if held_out is None or s.held_out == held_out]
        self.characters = [s for s in wanted if s.kind == "character"]
        self.props = [s for s in wanted if s.kind == "prop"]
        self.toons = toons.sprites if toons else []
        self._clip_art, self._toons = clip_art, toons

    def part(self, share: float) -> ArtLibrary:
        """The library with `share` (0..1) of each kind of drawing, the same ones every time."""
        if share >= 1:
            return self
        fewer = copy.copy(self)
        fewer.characters, fewer.props = _part(self.characters, share), _part(self.props, share)
        if self._toons:
            fewer._toons = self._toons.part(share)
            fewer.toons = fewer._toons.sprites
        return fewer

    def rgba(self, sprite: Sprite) -> np.ndarray:
        """Pixels of a sprite: uint8 [H,W,4], premultiplied, read-only."""
        store = self._toons if sprite.kind == "toon" else self._clip_art
        return store.rgba(sprite)


def load_art(
    art: Path | str | None = None,
    cache: Path | str | None = None,
    *,
    held_out: bool | None = False,
    workers: int = 2,
) -> ArtLibrary:
    """The art library of one split, rendered on first use. Drawn figures come with the train split.

    Args:
        art: folder of SVG files; `CELKIT_ART` or Debian's folder when None.
        cache: where rendered pixels are kept; `CELKIT_CACHE` or ~/.cache/celkit when None.
        held_out: see `ArtLibrary`.
        workers: rendering processes on first use.

    Raises:
        FileNotFoundError: there is no such folder of art (the message says how to get it).
    """
    art = find_art(art)
    folder = cache_folder(cache) / f"art-{_fingerprint(art)}"
    if not (folder / "index.json").exists():
        build_library(art, folder, workers)
    toons = load_toons(cache) if held_out is not True else None
    return ArtLibrary(SpriteStore(folder), toons, held_out)


def _part(sprites: Sequence[Sprite], share: float) -> list[Sprite]:
    """At least one of them; a hash of its name decides which."""
    mixed = sorted(sprites, key=lambda sprite: hashlib.sha256(sprite.name.encode()).digest())
    return mixed[: max(1, round(share * len(mixed)))]


def find_art(art: Path | str | None = None) -> Path:
    """The folder of SVG files: the argument, `CELKIT_ART`, or Debian's.

    Raises:
        FileNotFoundError: it is not there (the message says how to get it).
    """
    art = Path(art or os.environ.get("CELKIT_ART") or DEFAULT_ART)
    if not art.is_dir():
        raise FileNotFoundError(f"There is no folder of drawings at {art}. {_HOW_TO_GET}")
    return art


def build_library(art: Path, folder: Path, workers: int = 2) -> None:
    """Renders the SVG files below `art` that can be of use into a store at `folder`."""
    names = [
        n for n in svg_names(art) if n in EXTRA_CHARACTERS or not n.startswith(SKIPPED_FOLDERS)
    ]
    counts = render_drawings(art, names, folder, _kind, workers)
    if not counts["character"]:
        raise FileNotFoundError(
            f"None of the {len(names)} drawings in {art} is a usable character. {_HOW_TO_GET}"
        )
    logger.info("art library: %s", dict(counts))


def render_drawings(
    art: Path,
    names: Sequence[str],
    folder: Path,
    kind_of: Callable[[str, str], str],
    workers: int = 2,
) -> Counter[str]:
    """Renders `names` below `art` into a store at `folder`; returns how many of each kind.

    kind_of(name, verdict of `judge`) tells what a drawing is; "character" and "prop" are kept.
    """
    logger.info("rendering %d drawings from %s, once", len(names), art)
    counts: Counter[str] = Counter()
    jobs = [(str(art), name, _side(name)) for name in names]
    with multiprocessing.get_context("spawn").Pool(
        workers, initializer=_nice, maxtasksperchild=400
    ) as pool:
        rendered = pool.imap(_render_job, jobs, chunksize=8)
        write_store(folder, _good(rendered, kind_of, counts), counts)
    return counts


def is_held_out(name: str) -> bool:
    """Whether a drawing belongs to the evaluation split: a hash of its file name decides.

    Trailing numbers are taken off first, so that variants of one drawing ("kitten_01",
    "kitten_02") never lie on both sides.
    """
    stem = re.sub(r"([_-]?\d+[a-z]?)+$", "", name.rsplit("/", 1)[-1].lower())
    return int(hashlib.sha256(stem.encode()).hexdigest()[:8], 16) / 2**32 < HELD_OUT_SHARE


def render_svg(source: bytes, side: int) -> np.ndarray:
    """Renders an SVG file: uint8 [H,W,4], straight alpha, trimmed, long side at most `side`.

    Raises:
        ValueError: the file cannot be parsed or draws nothing.
    """
    import skia

    width, height, data = _scalable(source)
    scale = side / max(width, height)
    for _ in range(2):  # a small drawing on a large page is drawn again, larger
        size = max(1, round(width * scale)), max(1, round(height * scale))
        if max(size) > 4096:
            break
        picture = _draw(skia, data, size)
        rows, columns = (
            np.flatnonzero(picture[..., 3].max(1) > 8),
            np.flatnonzero(picture[..., 3].max(0) > 8),
        )
        if len(rows) == 0 or len(columns) == 0:
            raise ValueError("the drawing is empty")
        box = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
        picture = picture[box[0] : box[1], box[2] : box[3]]
        extent = max(picture.shape[:2])
        if extent > 0.9 * side:
            break
        scale *= side / extent
    if max(picture.shape[:2]) < 32:
        raise ValueError("the drawing is too small")
    return np.ascontiguousarray(picture)


def judge(rgba: np.ndarray) -> tuple[str, float]:
    """Tells whether a drawing can stand as a sprite, and how detailed it is.

    Returns:
        ("good" | "lines" | "silhouette" | "full frame" | "sparse", detail 0..1).
    """
    alpha = rgba[..., 3]
    inside = alpha > 127
    area = float(inside.mean())
    if area < 0.08:
        return "sparse", 0.0
    if area > 0.97:
        return "full frame", 0.0
    radius = max(3, round(max(alpha.shape) * 0.018) | 1)
    opened = cv2.morphologyEx(
        inside.astype(np.uint8), cv2.MORPH_OPEN, np.ones((radius, radius), np.uint8)
    )
    if opened.sum() < 0.55 * inside.sum():
        return "lines", 0.0
    core = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    colors = rgba[core][:, :3] >> 4
    if len(colors) == 0:
        return "lines", 0.0
    codes = colors.astype(np.int32) @ np.array([256, 16, 1])
    if np.bincount(codes).max() > 0.94 * len(codes):
        return "silhouette", 0.0
    grey = (
        cv2.cvtColor(np.ascontiguousarray(rgba[..., :3]), cv2.COLOR_RGB2GRAY).astype(np.float32)
        / 255
    )
    edges = np.hypot(cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1))
    return "good", float(np.minimum(edges[core], 1).mean())


def _good(rendered, kind_of: Callable[[str, str], str], counts: Counter[str]):
    """Yields what can be kept, once each, and counts everything by its kind."""
    seen: set[str] = set()
    for name, digest, rgba, verdict, detail in rendered:
        kind = kind_of(name, verdict)
        if kind in ("character", "prop"):
            kind = "duplicate" if digest in seen else kind
            seen.add(digest)
        counts[kind] += 1
        if kind in ("character", "prop"):
            yield name, kind, is_held_out(name), rgba, detail


def opaque(rgba: np.ndarray) -> np.ndarray:
    """Settles half-transparent areas: dark ones, cast shadows, go; light ones get white below.

    Edges keep their soft alpha. Takes and gives uint8 [H,W,4], straight alpha.
    """
    alpha = rgba[..., 3]
    thick = cv2.morphologyEx(
        ((alpha > 12) & (alpha < 236)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)
    )
    thick = cv2.dilate(thick, np.ones((5, 5), np.uint8)).astype(bool) & (alpha < 250) & (alpha > 0)
    if not thick.any():
        return rgba
    share = alpha.astype(np.float32)[..., None] / 255
    over_white = (rgba[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
    dark = thick & (rgba[..., :3].max(-1) < 90)
    light = thick & ~dark & (alpha > 50)
    out = rgba.copy()
    out[..., :3][light] = over_white[light]
    out[..., 3][light] = 255
    out[..., 3][thick & ~light] = 0
    return out


def tidy(rgba: np.ndarray) -> np.ndarray:
    """Closes pinholes and takes away crumbs, each under 0.2 % of the drawing.

    Photographs that were traced have many.

    Takes and gives uint8 [H,W,4], straight alpha; a closed hole becomes white.
    """
    inside = (rgba[..., 3] > 127).astype(np.uint8)
    small = 0.002 * inside.sum()
    out = rgba.copy()
    _, labels, stats, _ = cv2.connectedComponentsWithStats(1 - inside, connectivity=4)
    hole = (stats[:, cv2.CC_STAT_AREA] < small)[labels] & (inside == 0)
    if hole.any():
        hole = cv2.dilate(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        share = rgba[..., 3:].astype(np.float32) / 255
        over_white = (rgba[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
        out[hole] = np.dstack([over_white, np.full(inside.shape, 255, np.uint8)])[hole]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        (rgba[..., 3] > 8).astype(np.uint8), connectivity=8
    )
    crumb = stats[:, cv2.CC_STAT_AREA] < small
    crumb[0] = False
    out[crumb[labels]] = 0
    return out


def premultiplied(rgba: np.ndarray) -> np.ndarray:
    """Straight uint8 [H,W,4] to premultiplied."""
    out = rgba.copy()
    alpha = rgba[..., 3:].astype(np.uint16)
    out[..., :3] = (rgba[..., :3] * alpha + 127) // 255
    return out


def _kind(name: str, verdict: str) -> str:
    if verdict != "good":
        return verdict
    if name in EXTRA_CHARACTERS or (
        name.startswith(("people/", "animals/"))
        and not name.startswith(PROP_FOLDERS)
        and name not in NOT_CHARACTERS
    ):
        return "character"
    if name.startswith(PROP_FOLDERS) and not name.startswith(NOT_PROPS):
        return "prop"
    return "not used"


def _side(name: str) -> int:
    return (
        CHARACTER_SIDE
        if name.startswith(("people/", "animals/"))
        or name in EXTRA_CHARACTERS
        or name in VALIDATION_CHARACTERS
        else PROP_SIDE
    )


def svg_names(art: Path) -> list[str]:
    """Every SVG file below `art`: its path there without suffix."""
    return sorted(p.relative_to(art).with_suffix("").as_posix() for p in art.rglob("*.svg"))


def _fingerprint(art: Path) -> str:
    """Changes when the art or the rules about it change."""
    parts = [
        str(_VERSION),
        *svg_names(art),
        *sorted(NOT_CHARACTERS),
        *sorted(EXTRA_CHARACTERS),
        *PROP_FOLDERS,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _render_job(job: tuple[str, str, int]) -> tuple[str, str, np.ndarray, str, float]:
    folder, name, side = job
    try:
        rgba = render_svg((Path(folder) / f"{name}.svg").read_bytes(), side)
    except (ValueError, ElementTree.ParseError) as error:
        logger.debug("%s: %s", name, error)
        return name, "", np.zeros((0, 0, 4), np.uint8), "broken", 0.0
    rgba = tidy(opaque(rgba))
    digest = hashlib.sha256(
        cv2.resize(rgba, (64, 64), interpolation=cv2.INTER_AREA) >> 4
    ).hexdigest()
    verdict, detail = judge(rgba)
    return name, digest, premultiplied(rgba) if verdict == "good" else rgba[:0], verdict, detail


def _nice() -> None:
    os.nice(5)
    cv2.setNumThreads(1)


def _scalable(source: bytes) -> tuple[float, float, bytes]:
    """Width, height and the file with a viewBox and relative size, so that skia scales it."""
    ElementTree.register_namespace("", _SVG[1:-1])
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(source)
    if root.tag == "svg":  # no namespace at all
        root.set("xmlns", _SVG[1:-1])
    elif root.tag != _SVG + "svg":
        raise ValueError(f"the root element is {root.tag}, not svg")
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if len(box) == 4:
        width, height = float(box[2]), float(box[3])
    else:
        width, height = _length(root.get("width")), _length(root.get("height"))
        root.set("viewBox", f"0 0 {width} {height}")
    if not (width > 0 and height > 0 and 0.02 < width / height < 50):
        raise ValueError(f"the page is {width} x {height}")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == _SVG + "switch":  # Illustrator's; skia does not draw below it
                child.tag = _SVG + "g"
            elif child.tag == _SVG + "foreignObject":
                parent.remove(child)
    root.set("width", "100%")
    root.set("height", "100%")
    return width, height, ElementTree.tostring(root)


def _length(text: str | None) -> float:
    match = re.match(r"\s*([\d.eE+-]+)\s*(px|pt|pc|mm|cm|in)?\s*$", text or "")
    if not match:
        raise ValueError(f"the page length {text!r} cannot be read")
    units = {
        "pt": 1.25,
        "pc": 15.0,
        "mm": 3.543307,
        "cm": 35.43307,
        "in": 90.0,
    }  # Inkscape 0.4x, 90 dpi
    return float(match[1]) * units.get(match[2] or "px", 1.0)


def _draw(skia, data: bytes, size: tuple[int, int]) -> np.ndarray:
    """uint8 [H,W,4] straight alpha."""
    dom = skia.SVGDOM.MakeFromStream(skia.MemoryStream.MakeCopy(data))
    if dom is None:
        raise ValueError("skia cannot read the drawing")
    dom.setContainerSize(skia.Size(*size))
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    info = skia.ImageInfo.Make(*size, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels)
    dom.render(surface.getCanvas())
    alpha = pixels[..., 3:].astype(np.uint16)
    color = (pixels[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(color, 255), alpha], -1).astype(np.uint8)
