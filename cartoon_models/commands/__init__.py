"""The command line, for use without ComfyUI: `python -m cartoon_models`, or `celkit`."""

import argparse
import logging
from collections.abc import Sequence

from .. import __version__
from ..errors import CelKitError
from . import kenburns, segment, weights
from .console import BAD_INPUT, complain, is_out_of_memory, sentence

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
        complain("stopped.")
        return INTERRUPTED
    except (CelKitError, ValueError, IndexError, OSError, MemoryError, RuntimeError) as error:
        known = not isinstance(error, RuntimeError) or isinstance(error, CelKitError)
        if options.verbose or not (known or is_out_of_memory(error)):
            raise
        complain(sentence(error))
        return BAD_INPUT


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`. Built without loading any model code."""
    parser = argparse.ArgumentParser(
        prog="celkit", description="Tools for cartoon and anime pictures, without ComfyUI."
    )
    parser.add_argument("--version", action="version", version=f"celkit {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    segment.add_parser(commands)
    kenburns.add_parser(commands)
    weights.add_parser(commands)
    return parser
