"""Style families. A family is a file here with `sample(rng) -> Style`; some are held out.

`HELD_OUT` families are drawn for evaluation only, so that figures there tell how well a network
does on a style it never saw.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..style import Style
from . import cel

FAMILIES: dict[str, Callable[[np.random.Generator], Style]] = {
    "cel": cel.sample,
}
HELD_OUT: tuple[str, ...] = ()


def sample_style(rng: np.random.Generator, held_out: bool | None = False) -> Style:
    """A style of the families for training (False), of those held out (True), or of all (None)."""
    names = [name for name in FAMILIES if held_out is None or (name in HELD_OUT) == held_out]
    return FAMILIES[names[rng.integers(len(names))]](rng)
