"""Whom the work of a request is done for: what is shared out fairly is shared out between callers."""

from collections.abc import Hashable
from contextvars import ContextVar
from time import monotonic

NOBODY = "nobody"
"""Whoever is not signed in, where no network is between us."""

ASKS = 1.0
"""Seconds for which somebody who has asked for something counts as one who asks."""

_asked: list[tuple[Hashable | None, float]] = []
"""The last two who asked for something, the latest last, and when each did."""
_caller: ContextVar[Hashable | None] = ContextVar("caller", default=None)


def work_for(caller: Hashable | None) -> None:
    """Say whom this task works for from here on: a user's id, or the address of whoever is not signed in."""
    _caller.set(NOBODY if caller is None else caller)
    note_asking()


def note_asking() -> None:
    """Whom this task works for has asked for something just now."""
    caller = _caller.get()
    if _asked and _asked[-1][0] is caller:  # as most often: who sends many requests sends them one after the other
        _asked[-1] = (caller, monotonic())
        return
    _asked[:] = [asked for asked in _asked if asked[0] != caller][-1:]
    _asked.append((caller, monotonic()))


def others_ask(caller: Hashable | None) -> bool:
    """Whether anybody else has asked this process for something within the last second."""
    return any(asked != caller and monotonic() - at < ASKS for asked, at in _asked)


def current_caller() -> Hashable | None:
    """Whom this task works for; None for the gateway itself."""
    return _caller.get()
