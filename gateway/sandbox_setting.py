"""Whether scripts of projects are run."""

from resolvers.script import sandbox


def parse_scripts(text: str) -> bool:
    """True for `sandbox`, which is the only way; raises ValueError for anything else, and where it is not installed."""
    if text != "sandbox":
        raise ValueError("must be sandbox, or unset")
    if not sandbox.is_there():
        raise ValueError("is sandbox, which takes bubblewrap and prlimit: they are not installed")
    return True
