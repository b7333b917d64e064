"""Where a dataset comes from, to be written into it."""

from __future__ import annotations

from dataclasses import dataclass

from cartoon_models import __version__

LICENSES = {
    "compositions": "Drawings of Open Clip Art Library 0.18, public domain, and of CelKit's own "
    "generators, Apache-2.0",
    "scenes": "Drawings of CelKit's own generators, Apache-2.0",
}


@dataclass(frozen=True)
class About:
    """What a dataset was made of.

    Attributes:
        source: "compositions", "scenes" or "clips".
        seed: of the stream it is taken from.
        size: side of its pictures in pixels.
        held_out: made of art and styles that training never sees.
        source_hash: of the generator's files, "" when not known.
    """

    source: str
    seed: int
    size: int
    held_out: bool = False
    source_hash: str = ""

    @property
    def version(self) -> str:
        """Of the generator: a release, and which files made it."""
        return __version__ + (f"+{self.source_hash}" if self.source_hash else "")

    @property
    def license(self) -> str:
        return LICENSES.get(self.source, LICENSES["scenes"])

    def info(self) -> dict:
        """The same as a dict for JSON; no date, so that the same seed gives the same bytes."""
        return {
            "description": f"CelKit {self.source}",
            "contributor": "CelKit",
            "version": self.version,
            "seed": self.seed,
            "size": self.size,
            "held_out": self.held_out,
            "license": self.license,
        }
