"""Work that many ask for at once: what comes while some is under way is done together, in the order of its arrival."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from pymongo.errors import PyMongoError

from models.errors import RateLimited

A = TypeVar("A")
T = TypeVar("T")


class Gathering(Generic[A, T]):
    """Does what is asked for by one call of `work` for several: what it gives them, in their order.

    Where that fails, which undoes all of it, each is done alone, so that nobody fails by what others ask; but for a
    database that is away or busy, which would fail them all again.
    """

    def __init__(self, work: Callable[[Sequence[A]], Awaitable[Sequence[T]]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[A, asyncio.Future[T]]] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        return self._task is None

    async def ask(self, item: A) -> T:
        """What the work gives for an item. Of a caller that is cancelled, it may still be done."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._task is None:
            self._task = asyncio.create_task(self._drain(), name="gathering")
        return await done

    async def _drain(self) -> None:
        batch: list[tuple[A, asyncio.Future[T]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._do([(item, done) for item, done in batch if not done.done()])
        finally:
            self._task = None
            for _, done in (*batch, *self._waiting):
                done.cancel()
            self._waiting = []

    async def _do(self, batch: Sequence[tuple[A, asyncio.Future[T]]]) -> None:
        if not batch:
            return
        try:
            results = await self._work([item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, RateLimited | PyMongoError):
                for alone in batch:
                    await self._do([alone])
                return
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
            return
        for (_, done), result in zip(batch, results, strict=True):
            if not done.done():
                done.set_result(result)
