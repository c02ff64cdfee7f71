"""One operation of a socket, from its `subscribe` to its `complete`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import orjson

from models.errors import Unavailable
from realtime.payload import EventPayload, LiveStream
from serving.transports.connections import log_failure
from serving.transports.frames import next_head
from serving.transports.messages import encode_message
from serving.transports.outbox import Outbox
from serving.transports.protocol import (
    Engine,
    GraphQLErrorDict,
    OperationRefused,
    OperationRequest,
    Payload,
    internal_error,
)


class RunningOperation:
    """Runs as a task until there is a result; a live stream then writes by itself, with this as its sink."""

    __slots__ = ("_forget", "_held", "_outbox", "_stream", "head", "id", "stopped", "task")

    transport = "websocket"

    def __init__(self, id: str, outbox: Outbox, forget: Callable[["RunningOperation"], None]) -> None:
        self.id = id
        self.head = next_head(id)
        self.stopped = False
        self.task: asyncio.Task[None] | None = None
        self._outbox = outbox
        self._forget = forget
        self._stream: LiveStream | None = None
        self._held = False

    async def run(self, engine: Engine, context: Any, request: OperationRequest) -> None:
        """Start it, and see it through unless it is a live stream. Raises Unavailable."""
        try:
            try:
                if await self._open(await engine.start(context, request)):
                    return
                final = encode_message("complete", id=self.id)
            except OperationRefused as refusal:
                final = encode_message("error", id=self.id, payload=refusal.errors)
        except Unavailable:
            if not self.stopped:
                raise
            return
        except (Exception, asyncio.CancelledError) as error:
            # A cancellation that nobody asked for here is the operation's own failure.
            if self.stopped:
                if isinstance(error, asyncio.CancelledError):
                    raise
                log_failure("ending an operation")
                return
            final = self._masked()
        finally:
            self.task = None
        await self._outbox.room()
        if not self.stopped:
            self._outbox.send(final, self, final=True)

    async def _open(self, result: LiveStream | AsyncIterator[Payload] | Payload | bytes) -> bool:
        """Send a result, or open it as the live stream that it is."""
        if isinstance(result, dict | bytes):
            await self._emit(result)
        elif isinstance(result, AsyncIterator):
            await self._emit_all(result)
        elif self.stopped:
            result.close()  # a cancellation may be lost on its way through the database's driver
        else:
            self._stream = result
            result.open(self)
            return True
        return False

    async def _emit_all(self, payloads: AsyncIterator[Payload]) -> None:
        try:
            async for payload in payloads:
                if self.stopped:
                    break
                await self._emit(payload)
        finally:
            if aclose := getattr(payloads, "aclose", None):
                await aclose()

    async def _emit(self, payload: Payload | bytes) -> None:
        delivery = EventPayload(payload if isinstance(payload, bytes) else orjson.dumps(payload))
        await self._outbox.room()
        self._outbox.send_next(delivery, self)

    def _masked(self) -> bytes:
        return encode_message("error", id=self.id, payload=[internal_error(log_failure("an operation"))])

    # As the sink of its stream

    def write(self, delivery: EventPayload) -> bool:
        """Send an event; False asks for no more until `resume`."""
        if self.stopped:
            return False
        self._outbox.send_next(delivery, self)
        self._held = self._outbox.is_full
        return not self._held

    def end(self, errors: Sequence[GraphQLErrorDict] | None = None) -> None:
        """Say that there is no more to come, and why."""
        if not self.stopped:
            self._stream = None
            kind = "complete" if errors is None else "error"
            self._outbox.send(encode_message(kind, id=self.id, payload=errors), self, final=True)

    # As its socket sees it

    def resume(self) -> None:
        """Go on with a stream that was held back."""
        if self._held and self._stream is not None:
            self._held = False
            try:
                self._stream.resume()
            except Exception:
                self._outbox.send(self._masked(), self, final=True)
                self._close_stream()

    async def flush(self) -> None:
        """Wait until a stream has written what it has."""
        if self._stream is not None:
            await self._stream.flush()

    def forget(self) -> None:
        """Free its id."""
        self._forget(self)

    def stop(self) -> None:
        """End it without a word."""
        self.stopped = True
        if self.task is not None:
            self.task.cancel()
        self._close_stream()

    def _close_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
