"""How long work reports on itself."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, total) after each step; what it raises stops the work."""
