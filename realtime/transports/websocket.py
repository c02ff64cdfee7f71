"""GraphQL over WebSocket: the sub-protocol graphql-transport-ws, and no other."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.transports.connections import GONE, Connections, Stop, log_failure, watch_access
from realtime.transports.origin import origin_allowed
from realtime.transports.protocol import (
    SUBPROTOCOL,
    AuthenticationFailed,
    Complete,
    ConnectionInit,
    Engine,
    GraphQLErrorDict,
    OperationRefused,
    OperationRequest,
    Payload,
    Ping,
    Pong,
    ProtocolError,
    Subscribe,
    close_reason,
    encode_message,
    graphql_error,
    internal_error,
    parse_message,
)

logger = logging.getLogger("orrery.transports")

_Work = Callable[[], Awaitable[None]]

# OSError and RuntimeError are how servers and Starlette say that the socket has gone.
_DISCONNECTED = (WebSocketDisconnect, OSError, RuntimeError)
_PING = encode_message("ping")


@dataclass(frozen=True, slots=True)
class WebSocketLimits:
    """Bounds of one socket; times in seconds.

    ``allowed_origins`` are origins as a browser sends them (``https://app.example``) that may
    connect beside the server's own. ``send_queue`` is how many frames wait for a slow reader
    before the operations wait as well.
    """

    allowed_origins: frozenset[str] = frozenset()
    init_timeout: float = 5.0
    ping_interval: float = 20.0
    pong_timeout: float = 20.0
    revalidate_interval: float = 4.0
    close_timeout: float = 5.0
    max_operations: int = 20
    max_message_bytes: int = 65_536
    send_queue: int = 16


async def serve_websocket(
    websocket: WebSocket,
    engine: Engine,
    *,
    limits: WebSocketLimits | None = None,
    connections: Connections | None = None,
) -> None:
    """Serve one socket from its handshake to its end.

    A foreign Origin is refused with HTTP 403 before the socket opens; another sub-protocol closes
    with 4406. Returns when the socket is closed and every operation of it has ended.
    """
    limits = limits or WebSocketLimits()
    if await _open(websocket, limits):
        connection = _Connection(websocket, engine, limits)
        with nullcontext() if connections is None else connections.track(connection):
            await connection.run()


async def _open(websocket: WebSocket, limits: WebSocketLimits) -> bool:
    with suppress(*_DISCONNECTED):
        if not origin_allowed(websocket.headers, limits.allowed_origins):
            await websocket.close(4403, "Forbidden")
        elif SUBPROTOCOL not in websocket.scope.get("subprotocols", ()):
            await websocket.accept()
            await websocket.close(4406, "Subprotocol not acceptable")
        else:
            await websocket.accept(SUBPROTOCOL)
            return True
    return False


class _Operation:
    __slots__ = ("id", "stopped", "task")

    def __init__(self, id: str) -> None:
        self.id = id
        self.stopped = False
        self.task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        self.stopped = True
        if self.task is not None:
            self.task.cancel()


class _Frame(NamedTuple):
    text: str
    operation: _Operation | None = None
    final: bool = False


@dataclass(eq=False)
class _Connection:
    websocket: WebSocket
    engine: Engine
    limits: WebSocketLimits
    context: Any = None
    initialised: bool = False
    acknowledged: bool = False
    operations: dict[str, _Operation] = field(default_factory=dict)
    running: set[asyncio.Task[None]] = field(default_factory=set)
    duties: set[asyncio.Task[None]] = field(default_factory=set)
    pong: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.stopped: asyncio.Future[Stop] = asyncio.get_running_loop().create_future()
        self.outbox: asyncio.Queue[_Frame] = asyncio.Queue(self.limits.send_queue)

    def stop(self, stop: Stop) -> None:
        if not self.stopped.done():
            self.stopped.set_result(stop)

    async def run(self) -> None:
        sender = self._spawn(self.duties, self._send)
        for duty in (self._receive, self._expect_init, self._keep_alive):
            self._spawn(self.duties, duty)
        try:
            stop = await self.stopped
            # The sender ends first: whatever it still holds must not follow the last word.
            sender.cancel()
            await asyncio.wait([sender])
            await self._close(stop)
        finally:
            await self._end_tasks()

    async def _close(self, stop: Stop) -> None:
        if stop.code is None:
            return
        with suppress(TimeoutError, *_DISCONNECTED):
            async with asyncio.timeout(self.limits.close_timeout):
                if stop.errors:
                    for id in list(self.operations):
                        text = encode_message("error", id=id, payload=stop.errors)
                        await self.websocket.send_text(text)
                await self.websocket.close(stop.code, close_reason(stop.reason))

    async def _end_tasks(self) -> None:
        for operation in self.operations.values():
            operation.stop()
        for duty in self.duties:
            duty.cancel()
        if tasks := self.running | self.duties:
            _, late = await asyncio.wait(tasks, timeout=self.limits.close_timeout)
            if late:
                logger.warning("%d operations outlive their WebSocket", len(late))

    def _spawn(self, group: set[asyncio.Task[None]], work: _Work) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guard(work))
        group.add(task)
        task.add_done_callback(group.discard)
        return task

    async def _guard(self, work: _Work) -> None:
        try:
            await work()
        except ProtocolError as error:
            self.stop(Stop(error.code, error.reason))
        except Exception:
            log_failure("serving a WebSocket")
            self.stop(Stop(4500, "Internal server error"))

    async def _receive(self) -> None:
        while True:
            event = await self.websocket.receive()
            if event["type"] == "websocket.disconnect":
                self.stop(GONE)
                return
            match parse_message(event.get("text"), max_bytes=self.limits.max_message_bytes):
                case ConnectionInit(payload):
                    if self.initialised:
                        raise ProtocolError(4429, "Too many initialisation requests")
                    self.initialised = True
                    self._spawn(self.duties, partial(self._admit, payload))
                case Ping(payload):
                    await self._answer_ping(payload)
                case Pong():
                    self.pong.set()
                case Subscribe() as message:
                    await self._subscribe(message)
                case Complete(id):
                    if operation := self.operations.pop(id, None):
                        operation.stop()
                        # Lets it end before the next frame, which may be in the same packet.
                        await asyncio.sleep(0)

    async def _answer_ping(self, payload: dict[str, Any] | None) -> None:
        try:
            pong = encode_message("pong", payload=payload)
        except TypeError:
            raise ProtocolError(4400, "Invalid message: payload cannot be echoed") from None
        await self.outbox.put(_Frame(pong))

    async def _send(self) -> None:
        while True:
            text, operation, final = await self.outbox.get()
            if operation is not None:
                if operation.stopped:
                    continue
                if final:
                    # Freed no earlier, so that a client that reads nothing keeps its places taken.
                    del self.operations[operation.id]
            try:
                await self.websocket.send_text(text)
            except _DISCONNECTED:
                self.stop(GONE)
                return

    async def _expect_init(self) -> None:
        await asyncio.sleep(self.limits.init_timeout)
        if not self.initialised:
            raise ProtocolError(4408, "Connection initialisation timeout")

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self.limits.ping_interval)
            self.pong.clear()
            try:
                async with asyncio.timeout(self.limits.pong_timeout):
                    await self.outbox.put(_Frame(_PING))
                    await self.pong.wait()
            except TimeoutError:
                # 4499 and not 1011: clients of the protocol reconnect after it.
                self.stop(Stop(4499, "Terminated: no pong"))
                return

    async def _admit(self, params: dict[str, Any] | None) -> None:
        try:
            self.context = await self.engine.authenticate(self.websocket, params)
        except AuthenticationFailed:
            raise ProtocolError(4403, "Forbidden") from None
        self.acknowledged = True
        await self.outbox.put(_Frame(encode_message("connection_ack")))
        interval = self.limits.revalidate_interval
        self.stop(await watch_access(self.engine, self.context, interval=interval))

    async def _subscribe(self, message: Subscribe) -> None:
        if not self.acknowledged:
            raise ProtocolError(4401, "Unauthorized")
        if message.id in self.operations:
            raise ProtocolError(4409, f"Subscriber for {message.id} already exists")
        limit = self.limits.max_operations
        # Stopped operations that are slow to end count too, more leniently: their ids are free.
        if len(self.operations) >= limit or len(self.running) >= 2 * limit:
            error = graphql_error(f"At most {limit} operations a socket", "RATE_LIMITED")
            await self.outbox.put(_Frame(_encode_errors(message.id, [error])))
            return
        operation = _Operation(message.id)
        self.operations[message.id] = operation
        work = partial(self._operate, operation, message.request)
        operation.task = self._spawn(self.running, work)

    async def _operate(self, operation: _Operation, request: OperationRequest) -> None:
        try:
            final = await self._execute(operation, request)
        except (Exception, asyncio.CancelledError) as error:
            # A cancellation that nobody asked for here is the operation's own failure.
            if operation.stopped:
                if isinstance(error, asyncio.CancelledError):
                    raise
                log_failure("ending an operation")
                return
            error_id = log_failure("an operation")
            final = _encode_errors(operation.id, [internal_error(error_id)])
        await self.outbox.put(_Frame(final, operation, final=True))

    async def _execute(self, operation: _Operation, request: OperationRequest) -> str:
        try:
            result = await self.engine.start(self.context, request)
            if isinstance(result, AsyncIterator):
                await self._emit_all(operation, result)
            else:
                await self._emit(operation, result)
        except OperationRefused as refusal:
            return _encode_errors(operation.id, refusal.errors)
        return encode_message("complete", id=operation.id)

    async def _emit_all(self, operation: _Operation, payloads: AsyncIterator[Payload]) -> None:
        try:
            async for payload in payloads:
                await self._emit(operation, payload)
        finally:
            if aclose := getattr(payloads, "aclose", None):
                await aclose()

    async def _emit(self, operation: _Operation, payload: Payload) -> None:
        text = encode_message("next", id=operation.id, payload=payload)
        await self.outbox.put(_Frame(text, operation))


def _encode_errors(id: str, errors: list[GraphQLErrorDict]) -> str:
    return encode_message("error", id=id, payload=errors)
