"""Memory that a thread keeps for what it does again and again."""

from __future__ import annotations

import math
import threading

import numpy as np

_KEPT = threading.local()


def scratch(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """float32 of that shape, of this thread's own; the next call with the name gets it again."""
    size = math.prod(shape)
    kept = getattr(_KEPT, name, None)
    if kept is None or len(kept) < size:
        kept = np.empty(size, np.float32)
        setattr(_KEPT, name, kept)
    return kept[:size].reshape(shape)
