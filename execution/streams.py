"""Asynchronous iterables as values of lists."""

import asyncio
from collections.abc import AsyncIterable, Callable
from contextlib import suppress
from typing import Any, NamedTuple

_TURN = 32
"""Items after which the event loop has its turn: an iterator that is always ready would keep it."""


class Collected(NamedTuple):
    """The items of an asynchronous iterable, and the exception that ended it early."""

    items: list[Any]
    error: Exception | None


async def collect(iterable: AsyncIterable[Any], spoils: Callable[[Any], bool]) -> Collected:
    """Read an iterable to its end, or to the first item that `spoils` the list; it is closed where it did not end."""
    items: list[Any] = []
    iterator = iterable.__aiter__()
    ended = False
    try:
        async for item in iterator:
            items.append(item)
            if spoils(item):
                return Collected(items, None)
            if not len(items) % _TURN:
                await asyncio.sleep(0)
        ended = True
    except Exception as error:
        return Collected(items, error)
    finally:
        close = None if ended else getattr(iterator, "aclose", None)
        if close is not None:
            with suppress(Exception):
                await close()
    return Collected(items, None)


def discard(value: Any) -> None:
    """Close what a value holds that nobody will await."""
    if asyncio.iscoroutine(value):
        value.close()
    elif isinstance(value, Collected):
        discard(value.items)
    elif type(value) is list or type(value) is tuple:
        for item in value:
            if asyncio.iscoroutine(item):
                item.close()
