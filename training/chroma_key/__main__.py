"""`python -m training.chroma_key`: figures with transparency from chroma-key videos and frames."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cartoon_models.errors import CelKitError
from cartoon_models.picture import write_picture

from . import ENCLOSED, Figure, MatteOptions, NoKey, key_out, split_figures
from .sources import VIDEO_SUFFIXES, Changes, files_of, frames_of, is_picture


@dataclass
class Summary:
    """What became of the files.

    Attributes:
        frames, figures: how many were keyed and written.
        left_out: frames that were not, by reason.
        skipped: (file, reason) of files that gave nothing, or not all.
    """

    frames: int = 0
    figures: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def text(self) -> str:
        lines = [f"{_many(self.figures, 'figure')} from {_many(self.frames, 'frame')}"]
        for why, count in self.left_out.most_common():
            lines.append(f"  {_many(count, 'frame')} left out: {why}")
        if self.skipped:
            lines.append(f"{_many(len(self.skipped), 'file')} skipped or cut short:")
        return "\n".join(lines + [f"  {name}: {reason}" for name, reason in self.skipped])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code: 2 for bad input, with one sentence that says what."""
    options = _parser().parse_args(arguments)
    try:
        summary = run(options)
    except (CelKitError, ValueError, OSError) as error:
        print(f"training.chroma_key: {error}", file=sys.stderr)
        return 2
    print(summary.text())
    return 0 if summary.figures else 2


def run(options: argparse.Namespace) -> Summary:
    """Key what the options name, and write a PNG per figure."""
    if options.every < 1:
        raise ValueError(f"--every is 1 or more, not {options.every}.")
    for name in ("change", "smallest"):
        if not 0 <= getattr(options, name) <= 1:
            raise ValueError(f"--{name} is a share from 0 to 1, not {getattr(options, name)}.")
    key = parse_color(options.key) if options.key else None
    matte_options = MatteOptions(options.enclosed, options.reach)
    files = files_of(options.source)
    options.output.mkdir(parents=True, exist_ok=True)
    summary = Summary()
    changes, folder = Changes(options.change), None
    for path in files:
        if not is_picture(path) or path.parent != folder:
            changes = Changes(options.change)
        folder = path.parent if is_picture(path) else None
        name = path.name if path == options.source else str(path.relative_to(options.source))
        if len(files) > 1 and not is_picture(path) and path.suffix.lower() not in VIDEO_SUFFIXES:
            summary.skipped.append((name, "it is neither a picture nor a video"))
            continue
        before, why = summary.figures, Counter()
        try:
            for result, frame in frames_of(path, options.every):
                if not changes.keep(frame):
                    why["hardly different from the last one kept"] += 1
                    continue
                try:
                    figures = split_figures(key_out(frame, key, matte_options), options.smallest)
                except NoKey as error:
                    # figures in a reason would make a reason of every frame
                    why[re.sub(r"only [\d.]+ %", "too little", str(error))] += 1
                    continue
                if not figures:
                    why["nothing before the screen is large enough"] += 1
                    continue
                summary.frames += 1
                for figure in figures:
                    _write(options.output, result, figure)
                    summary.figures += 1
        except ValueError as error:
            summary.skipped.append((name, str(error)))
        else:
            if summary.figures == before:
                reasons = "; ".join(why)
                summary.skipped.append((name, reasons or "no frame of it was used"))
        summary.left_out += why
    return summary


def parse_color(text: str) -> np.ndarray:
    """'#00ff00' or '00ff00' as float32 [3], 0..1.

    Raises:
        ValueError: it is no such colour, or a grey one.
    """
    match = re.fullmatch(r"#?([0-9a-fA-F]{6})", text.strip())
    if not match:
        raise ValueError(f"A key colour is written like #00ff00, not {text!r}.")
    color = np.frombuffer(bytes.fromhex(match[1]), np.uint8).astype(np.float32) / 255
    if color.max() - color.min() < 0.1:
        raise ValueError(f"The key colour {text} is nearly grey; a screen has a strong colour.")
    return color


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" + ("" if count == 1 else "s")


def _write(folder: Path, name: str, figure: Figure) -> Path:
    """Writes a figure under the first free number."""
    alpha = figure.rgba[..., 3:]
    straight = np.dstack([figure.rgba[..., :3] / np.maximum(alpha, 1e-4), alpha])
    number = 1
    while True:
        path = folder / f"{name}_{number}.png"
        if not path.exists():
            try:
                return write_picture(path, straight)
            except FileExistsError:  # another process took the name
                pass
        number += 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.chroma_key",
        description="Cut the figures out of chroma-key videos or frames. Each becomes a PNG with "
        "transparency in FOLDER, for `--characters` of the trainings. Nothing is overwritten.",
        epilog="example: python -m training.chroma_key dance.mp4 -o my_art --every 12",
    )
    add = parser.add_argument
    add("source", metavar="SOURCE", type=Path, help="a video, a picture, or a folder of them")
    add("-o", "--output", metavar="FOLDER", type=Path, required=True, help="for the PNG files")
    add("--every", type=int, default=10, metavar="N", help="use one frame of N of a video (10)")
    add("--key", metavar="COLOR", help="key colour like #00ff00; default: found in each frame")
    add(
        "--enclosed",
        choices=ENCLOSED,
        default="auto",
        help="key colour enclosed by a figure: hole makes it transparent, keep keeps it, auto "
        "makes a hole of what looks exactly like the screen there (auto)",
    )
    add(
        "--reach", type=int, metavar="PIXELS", help="widest soft edge; default: 0.5 %% of the frame"
    )
    add(
        "--change",
        type=float,
        default=0.01,
        metavar="SHARE",
        help="skip a frame that differs from the last kept in less than this share (0.01)",
    )
    add(
        "--smallest",
        type=float,
        default=0.005,
        metavar="SHARE",
        help="least share of the frame that a figure covers (0.005)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
