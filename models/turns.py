"""Taking turns: whoever has much waiting, or much to do, does not come before whoever has little."""

from asyncio import sleep
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

AT_A_TIME = 10
"""Objects that are made before others have their turn: most take some tenths of a millisecond."""


async def in_turns(items: Iterable[T]) -> AsyncIterator[T]:
    """All items, with a turn of the event loop for others after every ten."""
    for place, item in enumerate(items):
        if place and place % AT_A_TIME == 0:
            await sleep(0)
        yield item


class Turns(Generic[T]):
    """What waits, in the order of arrival for one caller, and in turn between callers."""

    def __init__(self) -> None:
        # In the order of the callers' turns.
        self._waiting: dict[Hashable | None, deque[T]] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __iter__(self) -> Iterator[T]:
        for items in self._waiting.values():
            yield from items

    def add(self, caller: Hashable | None, item: T) -> None:
        self._waiting.setdefault(caller, deque()).append(item)

    def give_back(self, items: Iterable[tuple[Hashable | None, T]]) -> None:
        """Items that were taken, with their callers, come before all others of each again, in their order."""
        for caller, item in reversed(list(items)):
            self._waiting.setdefault(caller, deque()).appendleft(item)

    def put_first(self, callers: Iterable[Hashable | None]) -> None:
        """Some callers have the next turns, in their order; who has nothing waiting has none."""
        first = {caller: self._waiting[caller] for caller in callers if caller in self._waiting}
        self._waiting = {**first, **self._waiting}

    def next_caller(self, may: Callable[[Hashable | None], bool] = lambda _: True) -> tuple[Hashable | None] | None:
        """Whose turn it is, of those who may take one; None where there is nobody."""
        return next(((caller,) for caller in self._waiting if may(caller)), None)

    def take(self, caller: Hashable | None) -> T:
        """The oldest item of a caller that has one, whose next turn comes after those of all others."""
        items = self._waiting.pop(caller)
        item = items.popleft()
        if items:
            self._waiting[caller] = items
        return item

    def remove(self, caller: Hashable | None, item: T) -> bool:
        """Forget an item; whether it was waiting."""
        items = self._waiting.get(caller)
        if items is None or item not in items:
            return False
        items.remove(item)
        if not items:
            del self._waiting[caller]
        return True
