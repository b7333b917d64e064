"""`celkit segment`: every character of a picture as mask, cut-out and line of instances.json."""

from __future__ import annotations

import argparse
import errno
import json
import logging
import os
import re
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .console import BAD_INPUT, complain, is_out_of_memory, progress_bar, say, sentence

if TYPE_CHECKING:
    from ..instances import Instances, Segmenter
    from ..instances.tags import Tagger

_RESULTS = ("instances.json", "overlay.png")
_NUMBERED = re.compile(r"(mask|cutout)_(\d{2,})\.png")
_logger = logging.getLogger("celkit")


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "segment",
        help="find every character in a picture",
        description="Find every character in a cartoon picture. OUT receives, for each character, "
        "mask_00.png (grey; white is the character) and cutout_00.png (with transparency), and for "
        "the picture overlay.png (to look at) and instances.json (boxes, scores, masks). If INPUT "
        "is a folder, each picture gets a folder of its name in OUT.",
        epilog="example: celkit segment picture.png -o out",
    )
    parser.set_defaults(run=run)
    add = parser.add_argument
    add("input", metavar="INPUT", type=Path, help="a picture, or a folder of pictures")
    add("-o", "--output", metavar="OUT", type=Path, required=True, help="folder for the results")
    earlier = parser.add_mutually_exclusive_group()
    add = earlier.add_argument
    add("--overwrite", action="store_true", help="replace the results of an earlier run in OUT")
    add("--resume", action="store_true", help="leave out pictures whose results are in OUT already")

    group = parser.add_argument_group("models")
    add = group.add_argument
    names = "a weights file, or a name of `celkit weights list`; default: the weights in CelKit"
    add("--detector", metavar="FILE", help=names)
    add("--refiner", metavar="FILE", help=f'{names}; "none": keep the coarse masks')
    add("--download", action="store_true", help="download a named weights file that is not here")
    add("--device", help='"cpu", "cuda", "cuda:1", "mps"; default: CUDA if there is one')

    group = parser.add_argument_group("what is found")
    add = group.add_argument
    add(
        "--score", type=float, default=0.3, help="drop characters less sure than this, 0 to 1 (0.3)"
    )
    add("--max-instances", type=int, default=100, metavar="N", help="keep the N surest (100)")
    add(
        "--boxes",
        metavar="BOX",
        action="append",
        help='segment what is in this box instead of searching: "x1,y1,x2,y2" in pixels, again for '
        "more boxes, or a .json file with a list of them",
    )
    add(
        "--prompt",
        choices=("box", "match"),
        default="box",
        help="with --boxes: trust the box itself, or take the best match that the detector sees",
    )
    add(
        "--duplicates",
        type=float,
        metavar="SHARE",
        help="drop a character covered by more than this",
    )

    group = parser.add_argument_group("tags")
    add = group.add_argument
    add("--tagger", metavar="FOLDER", help="tag each character with the WD tagger in this folder")
    add("--tag-threshold", type=float, metavar="P", help="least probability; default: the model's")
    add("--character-threshold", type=float, metavar="P", help="the same for names of characters")

    group = parser.add_argument_group("how the result looks")
    add = group.add_argument
    add(
        "--refine-mode",
        choices=("auto", "frame", "crop", "detail"),
        default="auto",
        help="redraw masks on the whole frame, on a crop of each character, or on a crop and then "
        "along its edge; auto takes what the picture's size asks for",
    )
    add(
        "--order",
        choices=("left to right", "area", "score"),
        default="left to right",
        help="numbering of the characters (left to right)",
    )
    add(
        "--overlaps",
        choices=("keep", "front", "score", "area", "soft"),
        default="keep",
        help="who gets pixels that two masks claim (keep: both)",
    )
    add(
        "--cutout",
        choices=("crop", "frame"),
        default="crop",
        help="cut-outs of the character's size, or of the picture's (crop)",
    )
    add(
        "--margin", type=int, default=0, metavar="PIXELS", help="space around a cropped cut-out (0)"
    )
    add("--detector-size", type=int, metavar="PIXELS", help="side of the square the detector sees")
    add(
        "--detector-scales",
        type=float,
        nargs="+",
        metavar="SCALE",
        help="look once at each of these times that size; 1 alone is quickest (default: as the "
        "weights say; with --boxes always 1)",
    )
    add("--refiner-size", type=int, metavar="PIXELS", help="long side of what the refiner sees")
    group = parser.add_argument_group("messages")
    group.add_argument("-q", "--quiet", action="store_true", help="no progress bar, no summary")
    group.add_argument("-v", "--verbose", action="store_true", help="log lines and full tracebacks")


def run(options: argparse.Namespace) -> int:
    """Segment what the options say; returns 0, or 2 when some pictures of a folder failed."""
    _check(options)
    places = _places(options.input, options.output)
    boxes = _read_boxes(options)
    if options.resume:
        places = _without_done(places, options.quiet)
        if not places:
            return 0
    if not options.overwrite:
        for folder in places.values():
            _refuse_old_results(folder)
    _check_writable(options.output)
    tagger = _load_tagger(options)
    segmenter = _load(options)
    failed = 0
    for path, folder in places.items():
        try:
            count = _segment_one(segmenter, tagger, path, folder, boxes, options)
        except (ValueError, OSError, MemoryError, RuntimeError) as error:
            is_bug = isinstance(error, RuntimeError) and not is_out_of_memory(error)
            if len(places) == 1 or is_bug:
                raise
            failed += 1
            complain(f"{path.name} was left out: {sentence(error)}")
            continue
        if not options.quiet:
            say(f"{path}: {_characters(count)} -> {folder}")
    return BAD_INPUT if failed else 0


def _segment_one(
    segmenter: Segmenter,
    tagger: Tagger | None,
    path: Path,
    folder: Path,
    boxes: list[list[float]] | None,
    options: argparse.Namespace,
) -> int:
    from ..picture import as_tensor, read_picture

    pixels = read_picture(path)
    picture = as_tensor(pixels, channels=pixels.shape[2])  # alpha stays for the cut-outs
    sizes = {"detector_size": options.detector_size, "refiner_size": options.refiner_size}
    looks = {"detector_scales": options.detector_scales} if options.detector_scales else {}
    common = {"refine_mode": options.refine_mode, "overlaps": options.overlaps, **sizes}
    with progress_bar(path.name, options.quiet) as progress:
        if boxes is not None:
            found = segmenter.segment_boxes(
                picture, boxes, prompt=options.prompt, progress=progress, **common
            )
        else:
            found = segmenter.segment(
                picture,
                score_threshold=options.score,
                max_instances=options.max_instances,
                order=options.order,
                duplicate_threshold=options.duplicates,
                progress=progress,
                **looks,
                **common,
            )
    if tagger is not None:
        from ..instances.tags import tag_instances

        with progress_bar("tags", options.quiet) as progress:
            found = tag_instances(
                picture,
                found,
                tagger,
                general_threshold=options.tag_threshold,
                character_threshold=options.character_threshold,
                progress=progress,
            )
    with _published_together(folder, options.overwrite) as staging:
        _write(staging, picture, found, options)
    return len(found)


def _write(folder: Path, picture: object, found: Instances, options: argparse.Namespace) -> None:
    from ..instances.cutout import cut_out
    from ..instances.files import save_instances
    from ..instances.show import draw_overlay
    from ..picture import write_picture

    save_instances(folder, found)
    write_picture(folder / "overlay.png", draw_overlay(picture, found))
    for index in range(len(found)):  # one by one: whole frames of all would fill the memory
        (piece,) = cut_out(picture, found[[index]], mode=options.cutout, margin=options.margin)
        write_picture(folder / f"cutout_{index:02d}.png", piece)


@contextmanager
def _published_together(folder: Path, overwrite: bool) -> Iterator[Path]:
    """Give an empty folder to write results into; when all are written, move them into `folder`.

    With `overwrite`, files of an earlier run that have no successor are removed; nothing else is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / f".celkit-{uuid.uuid4().hex[:8]}"
    staging.mkdir()
    try:
        yield staging
        names = {file.name for file in staging.iterdir()}
        if overwrite:
            old = _old_results(folder)
        else:
            _refuse_old_results(folder)
            old = set()
        # instances.json names the others, so it is the last to come.
        for name in sorted(names, key=lambda name: name == "instances.json"):
            os.replace(staging / name, folder / name)
        for name in old - names:
            (folder / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _refuse_old_results(folder: Path) -> None:
    if not folder.is_dir():
        if folder.exists():
            raise ValueError(f"{folder} is a file; the results need a folder.")
        return
    for file in sorted(folder.iterdir()):
        if file.name in _RESULTS or _NUMBERED.fullmatch(file.name):
            raise ValueError(
                f"{folder} holds results already ({file.name}); choose another folder, or say "
                "--overwrite to replace them."
            )


def _old_results(folder: Path) -> set[str]:
    """The files that an earlier run wrote here, by its own instances.json."""
    try:
        record = json.loads((folder / "instances.json").read_text(encoding="utf-8"))
        masks = [str(entry["mask"]) for entry in record["instances"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    numbers = [match[2] for name in masks if (match := _NUMBERED.fullmatch(name))]
    return {f"{kind}_{number}.png" for number in numbers for kind in ("mask", "cutout")}


def _without_done(places: dict[Path, Path], quiet: bool) -> dict[Path, Path]:
    """The pictures that have no results yet: instances.json is the last file to be written."""
    left = {path: to for path, to in places.items() if not (to / "instances.json").exists()}
    done = len(places) - len(left)
    if done and not quiet:
        say(f"{done} {'picture has its' if done == 1 else 'pictures have their'} results already.")
    return left


def _check(options: argparse.Namespace) -> None:
    """Complain of numbers that cannot be, before any work and once for all pictures."""
    for name in ("score", "duplicates", "tag_threshold", "character_threshold"):
        share = getattr(options, name)
        if share is not None and not 0 <= share <= 1:
            raise ValueError(f"{_flag(name)} is a number from 0 to 1, not {share}.")
    if options.max_instances < 1:
        raise ValueError(f"--max-instances is 1 or more, not {options.max_instances}.")
    if options.margin < 0:
        raise ValueError(f"--margin is a number of pixels from 0 up, not {options.margin}.")
    for name in ("detector_size", "refiner_size"):
        size = getattr(options, name)
        if size is not None and (size < 32 or (name == "detector_size" and size % 32)):
            wanted = "a multiple of 32" if name == "detector_size" else "32 or more"
            raise ValueError(f"{_flag(name)} is {wanted}, not {size}.")


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _check_writable(folder: Path) -> None:
    """Complain before the work if results could not be written."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if there.is_dir() and not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "Results cannot be written into this folder", there)


def _places(source: Path, output: Path) -> dict[Path, Path]:
    """The pictures to work on, and the folder for the results of each."""
    if not source.is_dir():
        if not source.exists():
            raise FileNotFoundError(f"There is no picture at {source}.")
        return {source: output}
    from ..picture import PICTURE_SUFFIXES

    pictures = sorted(
        path
        for path in source.iterdir()
        if path.suffix.lower() in PICTURE_SUFFIXES
        and not path.name.startswith(".")
        and (path.is_file() or not path.exists())  # a link to nowhere is said, a folder is none
    )
    if not pictures:
        raise ValueError(f"There is no picture in the folder {source}.")
    # Some file systems see no difference between A and a; b.png may be beside b.png.png.
    names = Counter(path.stem.casefold() for path in pictures)
    names.update(path.name.casefold() for path in pictures)
    return {
        path: output / (path.stem if names[path.stem.casefold()] == 1 else path.name)
        for path in pictures
    }


def _read_boxes(options: argparse.Namespace) -> list[list[float]] | None:
    if options.boxes is None:
        return None
    if options.input.is_dir():
        raise ValueError("--boxes belongs to one picture, and INPUT is a folder.")
    boxes: list[list[float]] = []
    for text in options.boxes:
        if text.lower().endswith(".json"):
            boxes += _boxes_in_file(Path(text))
        else:
            boxes.append(_box(text.replace(" ", "").split(","), text))
    return boxes


def _boxes_in_file(path: Path) -> list[list[float]]:
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no file of boxes at {path}.") from None
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    if not isinstance(listed, list):
        raise ValueError(f"{path} should hold a list of boxes, [[x1, y1, x2, y2], ...].")
    return [_box(box, str(box)) for box in listed]


def _box(values: object, text: str) -> list[float]:
    try:
        box = [float(value) for value in values]
    except (TypeError, ValueError):
        box = []
    if len(box) != 4:
        raise ValueError(f"A box is four numbers, x1,y1,x2,y2 in pixels, not {text!r}.")
    return box


def _load(options: argparse.Namespace) -> Segmenter:
    from ..instances import load_segmenter
    from ..weights import load_manifest, locate

    if options.download:
        for name in (options.detector, options.refiner):
            if name in load_manifest():
                with progress_bar(name, options.quiet, unit="B") as progress:
                    locate(name, download=True, progress=progress)
    return load_segmenter(options.detector, options.refiner, device=_device(options.device))


def _load_tagger(options: argparse.Namespace) -> Tagger | None:
    if options.tagger is None:
        return None
    from ..instances.wd_tagger import load_tagger

    return load_tagger(options.tagger, device=_device(options.device))


def _device(name: str | None) -> str | None:
    if name is None:
        return None
    import torch

    try:
        torch.zeros(1, device=name).item()
    except (RuntimeError, AssertionError, NotImplementedError):
        here = "cpu, cuda" if torch.cuda.is_available() else "cpu"
        raise ValueError(f"The device {name!r} cannot be used here; there is: {here}.") from None
    return name


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count or 'no'} characters"
