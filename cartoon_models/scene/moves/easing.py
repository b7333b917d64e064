"""How a move starts and stops."""

from __future__ import annotations

from torch import Tensor

EASINGS = {
    "linear": lambda u: u,
    "ease in": lambda u: u**2,
    "ease out": lambda u: 1 - (1 - u) ** 2,
    "ease in out": lambda u: u**2 * (3 - 2 * u),
    "soft": lambda u: u**3 * (10 - u * (15 - 6 * u)),
}
"""Names of the curves and the curves: 0 at 0, 1 at 1, rising. "linear" starts and stops at once,
"ease in" starts slowly, "ease out" stops slowly, "ease in out" does both, "soft" so that the
acceleration has no step either."""

SPLINE = "spline"
"""Instead of an easing: one smooth curve through all keys, which does not swing beyond them
(Fritsch and Carlson 1980). A focus pull then is "ease in out"."""


def ease(name: str, progress: Tensor) -> Tensor:
    """How far a move has come, 0 to 1, when this share of its time, 0 to 1, has passed.

    Raises:
        ValueError: no such curve; the message names those that there are.
    """
    if name not in EASINGS:
        raise ValueError(f"Easing {name!r} is not known; use one of {', '.join(EASINGS)}.")
    return EASINGS[name](progress)
