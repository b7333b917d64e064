"""The command line, for use without ComfyUI: `python -m cartoon_models`, or `celkit`."""

import argparse
import logging
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import CelKitError
from . import segment, weights

BAD_INPUT = 2  # as argparse exits
INTERRUPTED = 130  # as shells report Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 2 for bad input, 130 for Ctrl-C."""
    options = make_parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING, format="%(message)s"
    )
    try:
        return options.run(options)
    except KeyboardInterrupt:
        _say("stopped.")
        return INTERRUPTED
    except (CelKitError, ValueError, IndexError, OSError, MemoryError, RuntimeError) as error:
        known = not isinstance(error, RuntimeError) or isinstance(error, CelKitError)
        if options.verbose or not (known or _is_out_of_memory(error)):
            raise
        _say(sentence(error))
        return BAD_INPUT


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`. Built without loading any model code."""
    parser = argparse.ArgumentParser(
        prog="celkit", description="Tools for cartoon and anime pictures, without ComfyUI."
    )
    parser.add_argument("--version", action="version", version=f"celkit {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    segment.add_parser(commands)
    weights.add_parser(commands)
    return parser


def sentence(error: BaseException) -> str:
    """An error as one line for a reader."""
    if isinstance(error, MemoryError) or _is_out_of_memory(error):
        return "there is not enough memory for this; try a smaller picture."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def _is_out_of_memory(error: BaseException) -> bool:
    return type(error).__name__ == "OutOfMemoryError"  # torch's, without importing torch for it


def _say(text: str) -> None:
    print(f"celkit: {text}", file=sys.stderr)
