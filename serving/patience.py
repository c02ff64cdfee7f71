"""Waiting under a clock that is only set where there is something to wait for."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Coroutine[Any, None, T]) -> T:
    """The result of `work`; raises TimeoutError, and cancels it, where it takes longer.

    Work that never waits costs no timer, which would be the dearest part of it.
    """
    try:
        awaited = work.send(None)
    except StopIteration as done:
        found: T = done.value
        return found
    async with asyncio.timeout(seconds):
        return await _rest(work, awaited)


@coroutine
def _rest(work: Coroutine[Any, None, T], awaited: Any) -> Generator[Any, None, T]:
    """What remains of `work`, which waits for `awaited`."""
    while True:
        try:
            try:
                yield awaited
            except BaseException as error:
                awaited = work.throw(error)
            else:
                awaited = work.send(None)
        except StopIteration as done:
            found: T = done.value
            return found
