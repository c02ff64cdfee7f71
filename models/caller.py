"""Whom the work of a request is done for: what is shared out fairly is shared out between callers."""

from collections.abc import Hashable
from contextvars import ContextVar

NOBODY = "nobody"
"""Whoever is not signed in, where no network is between us."""

_caller: ContextVar[Hashable | None] = ContextVar("caller", default=None)


def work_for(caller: Hashable | None) -> None:
    """Say whom this task works for from here on: a user's id, or the address of whoever is not signed in."""
    _caller.set(NOBODY if caller is None else caller)


def current_caller() -> Hashable | None:
    """Whom this task works for; None for the gateway itself."""
    return _caller.get()
