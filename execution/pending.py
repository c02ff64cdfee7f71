"""Awaiting what columns wait for: everything at once, each going on as soon as its own values are there."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from typing import Any, NamedTuple, Protocol


class Pending(NamedTuple):
    """Awaitables of one column, and what to do with their results or exceptions, in the same order."""

    awaitables: Sequence[Awaitable[Any]]
    then: Callable[[list[Any]], None]


class Abort(Protocol):
    """Something that may end an execution early."""

    @property
    def error(self) -> Exception | None:
        """Why it ended, once it has."""

    async def wait(self) -> Any:
        """Return once it has ended."""


async def settle(fresh: list[Pending], take: Callable[[], list[Pending]], abort: Abort | None = None) -> None:
    """Await what is pending, run each continuation, and go on with what `take` says that this made pending.

    Once `abort` says so, everything that is not there yet is its error instead.
    """
    waiting: dict[asyncio.Future[list[Any]], Pending] = {}
    stop = asyncio.ensure_future(abort.wait()) if abort is not None else None
    try:
        while fresh or waiting:
            if abort is not None and abort.error is not None:
                _end(fresh, abort.error)
                for future in waiting:
                    future.cancel()
                pendings = list(waiting.values())
                await asyncio.gather(*waiting, return_exceptions=True)
                waiting.clear()
                for pending in pendings:
                    pending.then([abort.error] * len(pending.awaitables))
            elif len(fresh) == 1 and not waiting and stop is None and len(fresh[0].awaitables) == 1:
                fresh[0].then([await _caught(fresh[0].awaitables[0])])
            else:
                for pending in fresh:
                    waiting[asyncio.ensure_future(_all(pending.awaitables))] = pending
                done, _ = await asyncio.wait(
                    [*waiting, stop] if stop is not None else waiting, return_when=asyncio.FIRST_COMPLETED
                )
                for future in [future for future in waiting if future in done]:
                    waiting.pop(future).then(future.result())
            fresh = take()
    finally:
        left: list[asyncio.Future[Any]] = [*waiting] if stop is None else [*waiting, stop]
        for future in left:
            future.cancel()
        if waiting:
            await asyncio.gather(*waiting, return_exceptions=True)


def _end(pendings: Sequence[Pending], error: Exception) -> None:
    for pending in pendings:
        for awaitable in pending.awaitables:
            if asyncio.iscoroutine(awaitable):
                awaitable.close()
        pending.then([error] * len(pending.awaitables))


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
