"""What `celkit kenburns` can be told, and what of it cannot be."""

from __future__ import annotations

import argparse
import math
import os
import re
from pathlib import Path

# Lists of their own, because the modules that have these load torch; a test compares them.
CAMERAS = ("still", "push-in", "pull-out", "pan", "tilt", "truck", "pedestal", "arc", "orbit")
CAMERAS += ("dolly-zoom", "handheld", "loop", "auto-zoom")
EASINGS = ("linear", "ease in", "ease out", "ease in out", "soft")
ANCHORS = ("foot", "mean", "median", "plane", "relief")
FILLS = ("auto", "diffuse", "patchmatch", "cv2")
POLARITIES = ("auto", "near is white", "near is black")
KINDS = ("disparity", "inverse depth", "metric")
_OF_PRESETS = {"camera": None, "instance": None, "focus": None, "zoom": 1.0, "reverse": False}
CODECS = {".mp4": "h264", ".webm": "vp9", ".mov": "prores", ".mkv": "ffv1"}


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("input", metavar="INPUT", type=Path, help="a picture, or the folder of a saved scene")
    add("-o", "--output", metavar="OUT", type=Path, required=True, help="the video to write")
    add("--overwrite", action="store_true", help="replace OUT, and what --save-scene wrote")

    add = parser.add_argument_group("camera").add_argument
    add(
        "--camera",
        choices=CAMERAS,
        metavar="MOVE",
        help=f"one of {', '.join(CAMERAS)} (push-in)",
    )
    add(
        "--amount",
        type=_amount,
        default=3.0,
        metavar="PERCENT",
        help="how far the nearest thing moves, in percent of the frame's width; safe: as far as "
        "nothing is seen that had to be left empty (3)",
    )
    add("--seconds", type=float, default=3.0, help="how long the move takes (3)")
    add("--fps", type=float, default=25.0, help="frames per second (25)")
    add(
        "--easing",
        choices=EASINGS,
        default="ease in out",
        metavar="CURVE",
        help=f"how it starts and stops: {', '.join(EASINGS)} (ease in out)",
    )
    add(
        "--instance",
        type=int,
        metavar="N",
        help="the character that the move is about, by its number from the left, from 0",
    )
    add(
        "--focus",
        type=_focus,
        metavar="WHO",
        help="keep this character sharp and blur the rest; 0,2 pulls the focus from 0 to 2",
    )
    add(
        "--aperture",
        type=float,
        default=1.0,
        metavar="PERCENT",
        help="with --focus: how blurred the rest is (1)",
    )
    add("--zoom", type=float, default=1.0, help="of the lens; 1.05 leaves out a border (1)")
    add("--loop", action="store_true", help="end where it begins, so that it can be repeated")
    add("--reverse", action="store_true", help="backwards in time")
    add("--seed", type=int, default=0, help="of handheld, and of filling the background (0)")
    add(
        "--keyframes",
        type=Path,
        metavar="FILE",
        help="a .json with a path of your own, instead of --camera: times and where the camera is "
        "then, or a list of 4x4 matrices",
    )

    add = parser.add_argument_group("layers").add_argument
    add(
        "--instances",
        type=Path,
        metavar="FOLDER",
        help="the characters as `celkit segment` saved them, instead of searching",
    )
    add("--depth", type=Path, metavar="PICTURE", help="a depth picture; default: a guess")
    add("--depth-polarity", choices=POLARITIES, default="auto", help="which end is near (auto)")
    add("--depth-kind", choices=KINDS, default="disparity", help="what its values are (disparity)")
    add("--depth-model", metavar="FOLDER", help="estimate it with the Depth Anything V2 in here")
    add(
        "--anchor",
        choices=ANCHORS,
        default="foot",
        help="where a character stands: at its feet, at its mean or median depth, on a slanted "
        "plane, or with a relief of its own (foot)",
    )
    add("--no-occluders", action="store_true", help="no layers of things before a character")
    add(
        "--no-complete",
        action="store_true",
        help="masks as they are, which is better for exact ones: without the pieces beside them "
        "that they miss, such as a hand",
    )
    add("--plate", type=Path, metavar="PICTURE", help="the background without the characters")
    add("--fill", choices=FILLS, default="auto", help="how the background is filled (auto)")
    add(
        "--margin",
        type=float,
        default=10.0,
        metavar="PERCENT",
        help="background that is made up past each side, in percent of the width (10)",
    )
    add("--save-scene", type=Path, metavar="FOLDER", help="save the layers, for another camera")

    add = parser.add_argument_group("video").add_argument
    add("--size", type=_size, metavar="WxH", help="size of the frames; default: the picture's")
    add(
        "--full-width",
        action="store_true",
        help="where --size is of a taller shape than the picture: show all of its width, and above "
        "and below as much background as --margin makes up, instead of its middle",
    )
    add("--codec", choices=tuple(CODECS.values()), help="default: what is usual for OUT's name")
    add("--crf", type=int, help="quality of h264 (0 best to 51) and vp9 (0 to 63)")
    add("--alpha", action="store_true", help="keep transparency; not for h264")
    add("--ping-pong", action="store_true", help="there and back again")
    add("--repeats", type=int, default=1, metavar="N", help="show it N times (1)")
    add(
        "--interpolation",
        choices=("bicubic", "bilinear"),
        default="bicubic",
        help="sharp, or faster (bicubic)",
    )
    add(
        "--motion-blur",
        type=int,
        default=0,
        metavar="N",
        help="make each frame of N moments; 8 is smooth and takes 8 times as long (0)",
    )

    add = parser.add_argument_group("models").add_argument
    names = "a weights file, or a name of `celkit weights list`; default: the weights in CelKit"
    add("--detector", metavar="FILE", help=names)
    add("--refiner", metavar="FILE", help=f'{names}; "none": keep the coarse masks')
    add("--download", action="store_true", help="download a named weights file that is not here")
    add("--device", help='"cpu", "cuda", "cuda:1", "mps"; default: CUDA if there is one')

    add = parser.add_argument_group("messages").add_argument
    add("-q", "--quiet", action="store_true", help="no progress bar, no summary")
    add("-v", "--verbose", action="store_true", help="log lines and full tracebacks")


def check(options: argparse.Namespace) -> None:
    """Complain of what cannot be, before any work.

    Raises:
        ValueError, FileNotFoundError, FileExistsError: with a sentence.
    """
    if not options.input.exists():
        raise FileNotFoundError(f"There is no picture at {options.input}.")
    _check_numbers(options)
    _check_output(options)
    _check_camera(options)
    if options.input.is_dir():
        for name in ("instances", "depth", "depth_model", "plate"):
            if getattr(options, name) is not None:
                raise ValueError(f"{_flag(name)} is for a picture, and INPUT is a saved scene.")
    for name in ("depth", "plate", "keyframes", "instances"):
        path = getattr(options, name)
        if path is not None and not path.exists():
            raise FileNotFoundError(f"{_flag(name)}: there is nothing at {path}.")
    if options.depth is not None and options.depth_model is not None:
        raise ValueError("--depth and --depth-model are two ways to the same; leave one out.")


def _check_numbers(options: argparse.Namespace) -> None:
    ranges = {"seconds": (0, 3600), "fps": (0, 1000)}
    for name, (low, high) in ranges.items():
        value = getattr(options, name)
        if not (math.isfinite(value) and low < value <= high):
            raise ValueError(f"{_flag(name)} is above {low} and at most {high}, not {value}.")
    for name in ("aperture", "margin"):
        value = getattr(options, name)
        if not 0 <= value <= 100:
            raise ValueError(f"{_flag(name)} is 0 to 100 percent, not {value}.")
    if not 0 <= options.motion_blur <= 64:
        raise ValueError(f"--motion-blur is 0 to 64 moments, not {options.motion_blur}.")
    if not 1 <= options.repeats <= 10000:
        raise ValueError(f"--repeats is 1 to 10000, not {options.repeats}.")


def _check_camera(options: argparse.Namespace) -> None:
    if options.keyframes is None:
        if options.camera is None:
            options.camera = "push-in"
        return
    if options.amount is None:
        raise ValueError("--amount belongs to --camera; keyframes say themselves how far to go.")
    for name, unset in _OF_PRESETS.items():
        if getattr(options, name) != unset:
            raise ValueError(
                f"--{name} is for a move that has a name, and --keyframes is a path of your own; "
                f"leave one out."
            )


def _check_output(options: argparse.Namespace) -> None:
    out, suffix = options.output, options.output.suffix.lower()
    for target in (out, options.save_scene):
        if target is not None and os.path.lexists(target) and not options.overwrite:
            raise FileExistsError(
                f"{target} is there already; choose another name, or say --overwrite to replace it."
            )
    if suffix in CODECS:
        if out.is_dir():
            raise ValueError(f"{out} is a folder; name the video in it.")
        codec = options.codec or CODECS[suffix]
        if options.alpha and codec == "h264":
            raise ValueError("h264 has no transparency; name OUT .webm, .mov or .mkv for --alpha.")
        worst = {"h264": 51, "vp9": 63}.get(codec)
        if options.crf is not None and (worst is None or not 0 <= options.crf <= worst):
            wanted = f"0 to {worst}" if worst else "for h264 and vp9"
            raise ValueError(f"--crf of {codec} is {wanted}, not {options.crf}.")
        return
    if suffix:
        raise ValueError(
            f"The name of a video ends in {', '.join(CODECS)}; for a folder of frames it has no "
            f"such end: {out}"
        )
    if options.codec or options.crf is not None:
        raise ValueError(f"--codec and --crf are for a video, and {out} is a folder of frames.")


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _amount(text: str) -> float | None:
    """A percentage from 0 to 100, or None for "safe"."""
    if text.strip().lower() in ("safe", "auto safe"):
        return None
    return _number(text, 100)


def _number(text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {most:g}")
    return value


def _size(text: str) -> tuple[int, int]:
    """``(width, height)``."""
    found = re.fullmatch(r"(\d{1,5})\s*[xX×]\s*(\d{1,5})", text.strip())
    if found is None or "0" in (found[1].lstrip("0") or "0", found[2].lstrip("0") or "0"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1920x1080")
    return int(found[1]), int(found[2])


def _focus(text: str) -> int | str | tuple[int | str, int | str]:
    parts = [part.strip() for part in text.split(",")]
    if not 1 <= len(parts) <= 2 or not all(parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not one character, or two with a comma")
    found = [int(part) if part.isdigit() else part for part in parts]
    return found[0] if len(found) == 1 else (found[0], found[1])
