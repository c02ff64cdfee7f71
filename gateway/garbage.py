"""How often a process looks for garbage: what it loads stays, and counts alone free most of what a request makes."""

import gc

YOUNG_OBJECTS = 10_000
"""After so many new objects, not Python's 700, which are soon made where hundreds of modules are loaded."""


def look_rarely() -> None:
    """Look for garbage more rarely from now on."""
    gc.set_threshold(YOUNG_OBJECTS, 10, 10)
