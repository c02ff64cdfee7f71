"""Addresses as they may be written down: without the tokens in their paths, and without what was asked for."""

import re

HIDDEN = "…"

_TOKEN = re.compile(r"^(/invitations/)[^/]+")


def masked(path: str) -> str:
    """A path, with its query where it has one, as a log may hold it."""
    bare, asked, _ = path.partition("?")
    return _TOKEN.sub(rf"\1{HIDDEN}", bare) + (f"?{HIDDEN}" if asked else "")
