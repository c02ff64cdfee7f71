"""Awaiting what columns wait for: everything at once, each going on as soon as its own values are there."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from typing import Any, NamedTuple


class Pending(NamedTuple):
    """Awaitables of one column, and what to do with their results or exceptions, in the same order."""

    awaitables: Sequence[Awaitable[Any]]
    then: Callable[[list[Any]], None]


async def settle(fresh: list[Pending], take: Callable[[], list[Pending]]) -> None:
    """Await what is pending, run each continuation, and go on with what `take` says that this made pending."""
    waiting: dict[asyncio.Future[list[Any]], Pending] = {}
    try:
        while fresh or waiting:
            if len(fresh) == 1 and not waiting and len(fresh[0].awaitables) == 1:
                fresh[0].then([await _caught(fresh[0].awaitables[0])])
            else:
                for pending in fresh:
                    waiting[asyncio.ensure_future(_all(pending.awaitables))] = pending
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for future in [future for future in waiting if future in done]:
                    waiting.pop(future).then(future.result())
            fresh = take()
    finally:
        for future in waiting:
            future.cancel()
        if waiting:
            await asyncio.gather(*waiting, return_exceptions=True)


async def collect(items: AsyncIterable[Any]) -> tuple[list[Any], Exception | None]:
    """The items of an asynchronous iterable, and the exception that ended it early."""
    found: list[Any] = []
    iterator = items.__aiter__()
    try:
        async for item in iterator:
            found.append(item)  # noqa: PERF401 (what came before a failure counts)
    except Exception as error:
        return found, error
    return found, None


async def _all(awaitables: Sequence[Awaitable[Any]]) -> list[Any]:
    if len(awaitables) == 1:
        return [await _caught(awaitables[0])]
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Exception):
            raise result
    return results


async def _caught(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except Exception as error:
        return error
