"""The adapter that serves the edges until `execution/` does: it gathers parents that graphql-core visits one by one.

All parents of one (edge, arguments, wanted fields) of a request are loaded by one call, once a whole turn of the event
loop has brought no more of them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from resolvers.access import Fields
from resolvers.context import Context

Load = Callable[..., Awaitable[Sequence[Any]]]
"""An edge: `(ctx, parents, fields, **arguments)` to one result per parent."""

Key = tuple[Load, str, Fields]


@dataclass(slots=True)
class _Batch:
    load: Load
    arguments: Mapping[str, Any]
    fields: Fields
    parents: list[Any] = field(default_factory=list)
    results: list[asyncio.Future[Any]] = field(default_factory=list)
    seen: int = 0


class Loader:
    """The batches of one request. Not to be shared: a later request would see what an earlier one read."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._batches: dict[Key, _Batch] = {}
        self._running: set[asyncio.Task[None]] = set()

    def load(self, load: Load, parent: Any, fields: Fields, arguments: Mapping[str, Any]) -> asyncio.Future[Any]:
        """What `load` finds for one parent."""
        loop = asyncio.get_running_loop()
        key = (load, repr(arguments), fields)
        batch = self._batches.get(key)
        if batch is None:
            batch = self._batches[key] = _Batch(load, arguments, fields)
            loop.call_soon(self._wait, key)
        future: asyncio.Future[Any] = loop.create_future()
        batch.parents.append(parent)
        batch.results.append(future)
        return future

    def _wait(self, key: Key) -> None:
        batch = self._batches[key]
        if batch.seen < len(batch.parents):
            batch.seen = len(batch.parents)
            asyncio.get_running_loop().call_soon(self._wait, key)
            return
        del self._batches[key]
        task = asyncio.create_task(self._run(batch))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, batch: _Batch) -> None:
        try:
            found = await batch.load(self._ctx, batch.parents, batch.fields, **batch.arguments)
            if len(found) != len(batch.parents):
                raise RuntimeError(
                    f"{batch.load.__name__} returned {len(found)} results for {len(batch.parents)} parents"
                )
        except Exception as error:
            for future in batch.results:
                if not future.done():
                    future.set_exception(error)
            return
        for future, result in zip(batch.results, found, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):  # one parent's own failure
                future.set_exception(result)
            else:
                future.set_result(result)
