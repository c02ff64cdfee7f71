"""One socket: what its client may say when, its heartbeat, and how it ends. While it is idle it is one waiting task."""

import asyncio
import logging
from collections.abc import Hashable
from contextlib import suppress
from typing import Any, assert_never

from starlette.websockets import WebSocket

from models.base import timestamp
from models.errors import OrreryError, Unavailable
from serving.transports.connections import GONE, Connection, Connections, Stop, log_failure, stop_of, watch_access
from serving.transports.limits import WebSocketLimits
from serving.transports.messages import (
    Complete,
    ConnectionInit,
    Ping,
    Pong,
    ProtocolError,
    Subscribe,
    close_reason,
    encode_message,
    parse_message,
)
from serving.transports.operation import RunningOperation
from serving.transports.outbox import open_outbox
from serving.transports.protocol import (
    AuthenticationFailed,
    Engine,
    GuardedEngine,
    Watch,
    authorization_of,
    graphql_error,
    owner_of,
)
from serving.transports.sending import DISCONNECTED

logger = logging.getLogger("orrery.transports")

_ACK = encode_message("connection_ack")
_PING = encode_message("ping")


class Socket(Connection):
    """Speaks graphql-transport-ws with one client."""

    transport = "websocket"

    __slots__ = (
        "_acknowledged",
        "_beat",
        "_connections",
        "_context",
        "_duty",
        "_engine",
        "_init_timer",
        "_initialised",
        "_limits",
        "_operations",
        "_outbox",
        "_owner",
        "_pinged",
        "_running",
        "_watch",
        "_websocket",
    )

    def __init__(self, websocket: WebSocket, engine: Engine, limits: WebSocketLimits, connections: Connections) -> None:
        super().__init__()
        self._websocket = websocket
        self._engine = engine
        self._limits = limits
        self._connections = connections
        self._outbox = open_outbox(websocket, limits.send_queue, on_room=self._resume, on_lost=lambda: self.stop(GONE))
        self._context: Any = None
        self._owner: Hashable | None = None
        self._watch: Watch | None = None
        self._acknowledged = False
        self._pinged = False
        self._operations: dict[str, RunningOperation] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._duty: asyncio.Task[None] | None = None
        self._init_timer: asyncio.TimerHandle | None = None
        self._beat: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Serve the socket until it has ended."""
        loop = asyncio.get_running_loop()
        self._init_timer = loop.call_later(self._limits.init_timeout, self._init_is_late)
        self._beat = loop.call_later(self._limits.ping_interval, self._ping)
        try:
            await self._close(await self._listen_until_stopped(self._listen))
        finally:
            await self._end()

    async def _listen(self) -> None:
        try:
            event = await self._websocket.receive()
            if event["type"] == "websocket.disconnect":
                self.stop(GONE)
            else:
                await self._hear(event.get("text"))
        except ProtocolError as error:
            self.stop(Stop(error.code, error.reason))
        except Unavailable as reason:
            self.stop(stop_of(reason))
        except Exception:
            log_failure("serving a WebSocket")
            self.stop(Stop(4500, "Internal server error"))

    async def _hear(self, text: str | None) -> None:
        match parse_message(text, max_bytes=self._limits.max_message_bytes):
            case Pong():
                self._pong()
            case ConnectionInit(payload):
                if self._init_timer is None:
                    raise ProtocolError(4429, "Too many initialisation requests")
                self._init_timer.cancel()
                self._init_timer = None
                self._duty = asyncio.create_task(self._admit(payload))
            case Complete(id):
                if operation := self._operations.pop(id, None):
                    operation.stop()
                    # Lets it end before the next frame, which may be in the same packet.
                    await asyncio.sleep(0)
            case Ping(payload):
                # Whoever lets answers pile up is not heard any further.
                await self._outbox.room()
                await self._answer(payload)
            case Subscribe() as message:
                await self._outbox.room()
                self._subscribe(message)
                await asyncio.sleep(0)  # lets it begin before the next frame is heard
            case never:
                assert_never(never)

    def _init_is_late(self) -> None:
        self.stop(Stop(4408, "Connection initialisation timeout"))

    async def _admit(self, params: dict[str, Any] | None) -> None:
        try:
            self._context = await self._engine.authenticate(self._websocket, params)
        except AuthenticationFailed:
            self.stop(Stop(4403, "Forbidden"))
            return
        except Unavailable as reason:
            self.stop(stop_of(reason))
            return
        except Exception:
            log_failure("admitting a WebSocket")
            self.stop(Stop(4500, "Internal server error"))
            return
        owner = owner_of(self._engine, self._context, self._websocket)
        if not self._connections.enter(owner, self._limits.max_connections):
            self.stop(Stop(4429, "Too many connections of one user"))
            return
        self._owner = owner
        guard = self._engine if isinstance(self._engine, GuardedEngine) else None
        if guard is not None:
            self._watch = guard.watch(self._context, self._end_access)
        self._acknowledged = True
        self._outbox.send(_ACK)
        # Of no more use, and a socket may be open for days.
        self._websocket.scope["headers"].clear()
        if guard is None:
            interval = self._limits.revalidate_interval
            self.stop(await watch_access(self._engine, self._context, interval=interval))

    def _end_access(self, reason: OrreryError) -> None:
        self._watch = None
        self.stop(stop_of(reason))

    def _subscribe(self, message: Subscribe) -> None:
        if not self._acknowledged:
            raise ProtocolError(4401, "Unauthorized")
        if message.id in self._operations:
            raise ProtocolError(4409, f"Subscriber for {message.id} already exists")
        limit = self._limits.max_operations
        # Stopped operations that are slow to end count too, more leniently: their ids are free.
        if len(self._operations) >= limit or len(self._running) >= 2 * limit:
            error = graphql_error(f"At most {limit} operations a socket", "RATE_LIMITED")
            self._outbox.send(encode_message("error", id=message.id, payload=[error]))
            return
        operation = RunningOperation(message.id, self._outbox, self._forget)
        self._operations[message.id] = operation
        task = asyncio.create_task(operation.run(self._engine, self._context, message.request))
        operation.task = task
        self._running.add(task)
        task.add_done_callback(self._has_run)

    def _has_run(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        failure = None if task.cancelled() else task.exception()
        if isinstance(failure, Unavailable):
            # Clients of the protocol connect and subscribe again after this, and not after an error.
            self.stop(stop_of(failure))
        elif failure is not None:
            logger.error("an operation failed", exc_info=failure)

    def _forget(self, operation: RunningOperation) -> None:
        if self._operations.get(operation.id) is operation:
            del self._operations[operation.id]

    def _resume(self) -> None:
        for operation in list(self._operations.values()):
            operation.resume()

    async def _answer(self, payload: dict[str, Any] | None) -> None:
        """Answer a ping: with its payload, or, where that holds a new credential, with whether it was taken."""
        if (authorization := authorization_of(payload)) is not None:
            payload = await self._renew(authorization)
        try:
            pong = encode_message("pong", payload=payload)
        except TypeError:
            raise ProtocolError(4400, "Invalid message: payload cannot be echoed") from None
        self._outbox.send(pong)

    async def _renew(self, authorization: Any) -> dict[str, Any]:
        """Go on with another credential of the same user; the payload of the answer."""
        engine = self._engine
        if not self._acknowledged or not isinstance(authorization, str) or not isinstance(engine, GuardedEngine):
            return {"authorized": False}
        try:
            context = await engine.renew(self._context, authorization)
        except AuthenticationFailed:
            raise ProtocolError(4403, "Forbidden") from None
        if context is None:
            return {"authorized": False}
        self._context = context
        expiry = engine.expiry(context)
        return {"authorized": True, "expiresAt": None if expiry is None else timestamp(expiry)}

    def _ping(self) -> None:
        self._pinged = True
        self._outbox.send(_PING)
        loop = asyncio.get_running_loop()
        self._beat = loop.call_later(self._limits.pong_timeout, self._pong_is_late)

    def _pong(self) -> None:
        if self._pinged and self._beat is not None:
            self._pinged = False
            self._beat.cancel()
            self._beat = asyncio.get_running_loop().call_later(self._limits.ping_interval, self._ping)

    def _pong_is_late(self) -> None:
        # 4499 and not 1011: clients of the protocol reconnect after it.
        self.stop(Stop(4499, "Terminated: no pong"))

    async def _close(self, stop: Stop) -> None:
        if stop.code is not None and stop.flush:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.flush_timeout):
                    await asyncio.gather(*(operation.flush() for operation in self._operations.values()))
                    await self._outbox.flush()
        await self._outbox.close()
        if stop.code is None:
            return
        with suppress(TimeoutError, *DISCONNECTED):
            async with asyncio.timeout(self._limits.close_timeout):
                if stop.errors:
                    for id in list(self._operations):
                        text = encode_message("error", id=id, payload=stop.errors).decode()
                        await self._websocket.send_text(text)
                await self._websocket.close(stop.code, close_reason(stop.reason))

    async def _end(self) -> None:
        for timer in (self._init_timer, self._beat):
            if timer is not None:
                timer.cancel()
        if self._watch is not None:
            self._watch.release()
        self._connections.leave(self._owner)
        for operation in self._operations.values():
            operation.stop()
        tasks = set(self._running)
        if self._duty is not None and not self._duty.done():
            self._duty.cancel()
            tasks.add(self._duty)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._limits.close_timeout)
            if late:
                logger.warning("%d operations outlive their WebSocket", len(late))
