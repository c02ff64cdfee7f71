"""Where an interface is mounted."""

import re

_PREFIX = re.compile(r"(/[a-z0-9][a-z0-9._~-]*)*")


def parse_prefix(text: str) -> str:
    """A prefix of paths, which is empty for none; raises ValueError."""
    prefix = text.strip()
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"must be a path such as /api, in lower case and without a slash at its end, not {prefix!r}")
    return prefix
