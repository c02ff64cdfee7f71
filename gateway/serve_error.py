"""Why the web server cannot start."""


class ServeError(Exception):
    """The server cannot start; the message is one sentence."""
