"""GraphQL over server-sent events: one operation a request ("distinct connections" of graphql-sse)."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from realtime.transports.connections import GONE, Connections, Stop, log_failure, watch_access
from realtime.transports.protocol import (
    AuthenticationFailed,
    Engine,
    GraphQLErrorDict,
    OperationRefused,
    OperationRequest,
    Payload,
    graphql_error,
    internal_error,
)

_CURSOR = re.compile(r"[\x21-\x7e]{1,64}")
_COMPLETE = b"event: complete\ndata:\n\n"
_KEEP_ALIVE = b": keep-alive\n\n"
_FINISHED = Stop(None, "complete")


@dataclass(frozen=True, slots=True)
class SseLimits:
    """Bounds of one stream; times in seconds, ``retry`` in milliseconds as the format has it."""

    retry: int = 2000
    keep_alive_interval: float = 12.0
    revalidate_interval: float = 4.0
    close_timeout: float = 5.0


async def serve_sse(
    request: Request,
    engine: Engine,
    operation: OperationRequest,
    context: Any,
    *,
    limits: SseLimits | None = None,
    connections: Connections | None = None,
) -> Response:
    """Start an operation and answer with its stream of ``next`` events and one ``complete``.

    ``Last-Event-ID`` reaches the engine as ``resume_after``. What fails before the stream starts
    is JSON with ``errors``: 400 for a refused operation or a malformed ``Last-Event-ID``, 401
    without valid credentials, 500 for an unexpected failure.
    """
    if cursor := request.headers.get("last-event-id"):
        if not _CURSOR.fullmatch(cursor):
            message = "Last-Event-ID must be at most 64 printable ASCII characters"
            error = graphql_error(message, "BAD_USER_INPUT", field="Last-Event-ID")
            return _refusal(400, [error])
        operation = replace(operation, resume_after=cursor)
    try:
        result = await engine.start(context, operation)
    except OperationRefused as refusal:
        return _refusal(400, refusal.errors)
    except AuthenticationFailed:
        return _refusal(401, [graphql_error("Unauthorized", "UNAUTHENTICATED")])
    except Exception:
        return _refusal(500, [internal_error(log_failure("an operation"))])
    payloads = result if isinstance(result, AsyncIterator) else _once(result)
    return _EventStream(engine, context, payloads, limits or SseLimits(), connections)


def event_id(payload: Payload) -> str | None:
    """Find the cursor that an event's ``id:`` line carries.

    ``extensions.cursor`` wins over the ``cursor`` of the first field of ``data``. A cursor that
    ``Last-Event-ID`` could not bring back is no cursor.
    """
    places = [payload.get("extensions")]
    if isinstance(data := payload.get("data"), dict):
        places.append(next(iter(data.values()), None))
    for place in places:
        cursor = place.get("cursor") if isinstance(place, dict) else None
        if isinstance(cursor, str) and _CURSOR.fullmatch(cursor):
            return cursor
    return None


def _refusal(status: int, errors: list[GraphQLErrorDict]) -> Response:
    body = orjson.dumps({"errors": errors})
    return Response(body, status, media_type="application/json; charset=utf-8")


async def _once(payload: Payload) -> AsyncIterator[Payload]:
    yield payload


def _next(payload: Payload) -> bytes:
    cursor = event_id(payload)
    id_line = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return b"event: next\n" + id_line + b"data: " + orjson.dumps(payload) + b"\n\n"


class _EventStream(Response):
    media_type = "text/event-stream"

    def __init__(
        self,
        engine: Engine,
        context: Any,
        payloads: AsyncIterator[Payload],
        limits: SseLimits,
        connections: Connections | None,
    ) -> None:
        # Not Response.__init__: it would announce a content length.
        self.status_code = 200
        self.background = None
        self.init_headers({"cache-control": "no-cache", "x-accel-buffering": "no"})
        self._engine = engine
        self._context = context
        self._payloads = payloads
        self._limits = limits
        self._connections = Connections() if connections is None else connections
        self._sending = asyncio.Lock()
        self._ending = False
        self._stopped: asyncio.Future[Stop] = asyncio.get_running_loop().create_future()

    def stop(self, stop: Stop) -> None:
        if not self._stopped.done():
            self._stopped.set_result(stop)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._send = send
        works = (self._pump, self._keep_alive, self._watch, partial(self._listen, receive))
        tasks: set[asyncio.Task[None]] = set()
        with self._connections.track(self):
            try:
                headers = self.raw_headers
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                tasks = {asyncio.create_task(self._guard(work)) for work in works}
                stop = await self._stopped
                self._cancel(tasks)
                await self._finish(stop)
            finally:
                await self._end(tasks)

    def _cancel(self, tasks: set[asyncio.Task[None]]) -> None:
        if not self._ending:
            self._ending = True
            for task in tasks:
                task.cancel()

    async def _finish(self, stop: Stop) -> None:
        if stop is GONE:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.close_timeout):
                if stop.errors:
                    await self._write(_next({"errors": list(stop.errors)}) + _COMPLETE)
                await self._write(b"", more=False)

    async def _end(self, tasks: set[asyncio.Task[None]]) -> None:
        self._cancel(tasks)
        try:
            async with asyncio.timeout(self._limits.close_timeout):
                if tasks:
                    await asyncio.wait(tasks)
                if aclose := getattr(self._payloads, "aclose", None):
                    await aclose()
        except Exception:
            log_failure("ending the operation of an event stream")

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except (Exception, asyncio.CancelledError):
            # A cancellation that nobody asked for here is the operation's own failure.
            if self._ending:
                raise
            error = internal_error(log_failure("an operation"))
            self.stop(Stop(4500, "Internal server error", (error,)))

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        async with self._sending:
            try:
                await self._send({"type": "http.response.body", "body": data, "more_body": more})
            except OSError:
                self.stop(GONE)

    async def _pump(self) -> None:
        await self._write(b"retry: %d\n\n" % self._limits.retry)
        try:
            async for payload in self._payloads:
                await self._write(_next(payload))
                # A server takes writes after a disconnect without suspending: let _listen see it.
                await asyncio.sleep(0)
        except OperationRefused as refusal:
            self.stop(Stop(4400, "Refused", tuple(refusal.errors)))
            return
        await self._write(_COMPLETE)
        self.stop(_FINISHED)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._limits.keep_alive_interval)
            await self._write(_KEEP_ALIVE)

    async def _watch(self) -> None:
        interval = self._limits.revalidate_interval
        self.stop(await watch_access(self._engine, self._context, interval=interval))

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.stop(GONE)
