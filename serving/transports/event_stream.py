"""One event stream: the response of a running operation, and the sink of its events."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from models.errors import OrreryError
from realtime.payload import EventPayload, LiveStream
from serving.transports.connections import GONE, Connection, Connections, Stop, log_failure, stop_of, watch_access
from serving.transports.limits import SseLimits
from serving.transports.protocol import (
    Engine,
    GraphQLErrorDict,
    GuardedEngine,
    OperationRefused,
    Payload,
    Result,
    Watch,
    internal_error,
)
from serving.transports.sending import DISCONNECTED, SendQueue

CURSOR = re.compile(r"[\x21-\x7e]{1,64}")
_COMPLETE = b"event: complete\ndata:\n\n"
_KEEP_ALIVE = b": keep-alive\n\n"
FORM = "event-stream"
"""What the bytes of an event are kept under, in its `forms`."""
_FINISHED = Stop(None, "complete", flush=True)


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
        if isinstance(cursor, str) and CURSOR.fullmatch(cursor):
            return cursor
    return None


async def _once(payload: Payload | bytes) -> AsyncIterator[Payload | bytes]:
    yield payload


def _delivery(payload: Payload | EventPayload | bytes) -> EventPayload:
    if isinstance(payload, EventPayload):
        return payload
    if isinstance(payload, bytes):
        return EventPayload(payload)
    return EventPayload(orjson.dumps(payload), event_id(payload))


def _form(delivery: EventPayload) -> bytes:
    """The event of a payload (that of each part, in a row), made once for all streams."""
    form = delivery.forms.get(FORM)
    if form is None and delivery.parts:
        form = delivery.forms[FORM] = b"".join(map(_form, delivery.parts))
    elif form is None:
        cursor = delivery.cursor
        id_line = b"" if cursor is None or not CURSOR.fullmatch(cursor) else b"id: " + cursor.encode() + b"\n"
        form = delivery.forms[FORM] = b"event: next\n" + id_line + b"data: " + delivery.payload + b"\n\n"
    return form


def _ending(errors: Sequence[GraphQLErrorDict]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps({"errors": list(errors)}) + b"\n\n" + _COMPLETE


class _Lines(SendQueue[bytes]):
    """The body of the response, as it is being sent."""

    __slots__ = ("_send_message",)

    def __init__(self, send: Send, size: int, on_room: Callable[[], None], on_lost: Callable[[], None]) -> None:
        super().__init__(size, on_room, on_lost)
        self._send_message = send

    async def _send(self, item: bytes) -> None:
        await self._send_message({"type": "http.response.body", "body": item, "more_body": True})


class EventStream(Connection, Response):
    """The response, and the sink of its live stream. It leaves `connections`, as its `owner`'s, when it ends."""

    transport = "sse"
    media_type = "text/event-stream"

    def __init__(
        self,
        engine: Engine,
        context: Any,
        result: Result | AsyncIterator[EventPayload],
        limits: SseLimits,
        connections: Connections,
        owner: Hashable | None,
    ) -> None:
        Connection.__init__(self)
        # Not Response.__init__: it would announce a content length.
        self.status_code = 200
        self.background = None
        self.init_headers({"cache-control": "no-cache", "x-accel-buffering": "no"})
        self._engine = engine
        self._context = context
        self._result = result
        self._limits = limits
        self._connections = connections
        self._owner = owner
        # Held from here on, so that it is closed however early the response ends.
        self._stream: LiveStream | None = None if isinstance(result, dict | bytes | AsyncIterator) else result
        self._watch: Watch | None = None
        self._duties: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._held = False
        self._over = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._lines = _Lines(send, self._limits.send_queue, self._resume, lambda: self.stop(GONE))
        with self._connections.track(self):
            try:
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                self._begin()
                stop = await self._listen_until_stopped(partial(self._listen, receive))
                await self._finish(stop, send)
            finally:
                await self._end()

    async def _listen(self, receive: Receive) -> None:
        if (await receive())["type"] == "http.disconnect":
            self.stop(GONE)

    def _begin(self) -> None:
        self._lines.put(b"retry: %d\n\n" % self._limits.retry)
        self._timer = asyncio.get_running_loop().call_later(self._limits.keep_alive_interval, self._keep_alive)
        if isinstance(self._engine, GuardedEngine):
            self._watch = self._engine.watch(self._context, self._end_access)
        else:
            self._spawn(self._ask())
        if self._stopped is not None:
            return
        if self._stream is not None:
            self._stream.open(self)
        elif isinstance(self._result, dict | bytes | AsyncIterator):
            self._spawn(self._pump(self._result))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._duties.add(task)
        task.add_done_callback(self._duties.discard)

    def _keep_alive(self) -> None:
        if not self._lines.is_full:
            self._lines.put(_KEEP_ALIVE)
        self._timer = asyncio.get_running_loop().call_later(self._limits.keep_alive_interval, self._keep_alive)

    def _end_access(self, reason: OrreryError) -> None:
        self._watch = None
        self.stop(stop_of(reason))

    async def _ask(self) -> None:
        interval = self._limits.revalidate_interval
        self.stop(await watch_access(self._engine, self._context, interval=interval))

    async def _pump(self, result: AsyncIterator[Payload] | AsyncIterator[EventPayload] | Payload | bytes) -> None:
        try:
            async for payload in result if isinstance(result, AsyncIterator) else _once(result):
                delivery = _delivery(payload)
                await self._lines.room()
                self._lines.put(_form(delivery))
        except OperationRefused as refusal:
            self.end(refusal.errors)
        except (Exception, asyncio.CancelledError):
            # A cancellation that nobody asked for here is the operation's own failure.
            if self._over:
                raise
            self.end([internal_error(log_failure("an operation"))])
        else:
            self.end()

    # As the sink of the stream

    def write(self, delivery: EventPayload) -> bool:
        """Send an event; False asks for no more until `resume`."""
        self._lines.put(_form(delivery))
        self._held = self._lines.is_full
        return not self._held

    def end(self, errors: Sequence[GraphQLErrorDict] | None = None) -> None:
        """Say that there is no more to come, and why."""
        self._stream = None
        self._lines.put(_COMPLETE if errors is None else _ending(errors))
        self.stop(_FINISHED)

    def _resume(self) -> None:
        if self._held and self._stream is not None:
            self._held = False
            self._stream.resume()

    async def _finish(self, stop: Stop, send: Send) -> None:
        if stop is GONE:
            return
        with suppress(TimeoutError, *DISCONNECTED):
            if stop.flush:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._limits.flush_timeout):
                        if self._stream is not None:
                            await self._stream.flush()
                        await self._lines.flush()
            await self._lines.close()
            async with asyncio.timeout(self._limits.close_timeout):
                body = _ending(stop.errors) if stop.errors else b""
                await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _end(self) -> None:
        self._over = True
        self._connections.leave(self._owner)
        if self._timer is not None:
            self._timer.cancel()
        if self._watch is not None:
            self._watch.release()
        if self._stream is not None:
            self._stream.close()
        for task in self._duties:
            task.cancel()
        try:
            async with asyncio.timeout(self._limits.close_timeout):
                await self._lines.close()
                if self._duties:
                    await asyncio.wait(self._duties)
                if aclose := getattr(self._result, "aclose", None):
                    await aclose()
        except Exception:
            log_failure("ending the operation of an event stream")
