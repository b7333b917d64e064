"""A torchaudio that can be imported, for tests that load networks of transformers."""

import sys
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType


@contextmanager
def importable_torchaudio():
    """An empty one where the one installed cannot be imported, as when it was built for another
    torch: nothing that looks at pictures uses it, but transformers imports what is there."""
    try:
        import torchaudio  # noqa: F401
    except ImportError:
        yield
    except Exception:
        stand_in = ModuleType("torchaudio")
        stand_in.__spec__ = ModuleSpec("torchaudio", None)
        sys.modules["torchaudio"] = stand_in
        yield
        del sys.modules["torchaudio"]
    else:
        yield
