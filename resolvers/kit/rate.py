"""How many calls an agent makes: each operation that it runs is one, whichever door it comes by.

What that runs in turn, to read what it is about or to see what it would change, is part of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta

from auth.counting import count_attempt
from auth.subject import Subject
from models.errors import RateLimited

WINDOW = timedelta(minutes=1)

_is_within: ContextVar[bool] = ContextVar("is_within_a_call", default=False)


@asynccontextmanager
async def one_call(subject: Subject) -> AsyncIterator[None]:
    """Count a call while the block runs. Raises RateLimited where it would be one too many in a minute, in all
    processes together."""
    limit = subject.calls_a_minute
    if limit is None or _is_within.get():
        yield
        return
    try:
        await count_attempt("calls of an agent", str(subject.agent_id), limit=limit, window=WINDOW)
    except RateLimited as error:
        told = f"This agent may make {limit} calls a minute"
        raise RateLimited(told, retry_after=error.retry_after) from error
    within = _is_within.set(True)
    try:
        yield
    finally:
        _is_within.reset(within)
