"""The one error of dumps."""


class DumpError(Exception):
    """A dump cannot be written, or not be restored; the message is one sentence."""
