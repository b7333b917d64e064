"""CelKit's own errors, for what no built-in (ValueError, IndexError...) says well."""


class CelKitError(RuntimeError):
    """Something a user can act on: the message says what was wrong and what to do."""


class WeightsError(CelKitError):
    """A weights file is missing, damaged, of another network, not trusted or not to be had."""


class Cancelled(CelKitError):
    """The user stopped the work. Nothing half-written is left behind."""
