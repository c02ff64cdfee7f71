"""One WebSocket of the agent board: what it follows, its heartbeat, and how it ends.

It is accepted before anything is refused: what a browser's page learns of a handshake that fails is nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from bson import ObjectId
from starlette.websockets import WebSocket

from auth.subject import Credential, Subject
from models.enums import TokenScope
from models.errors import BadUserInput, Forbidden, OrreryError, RateLimited, Unavailable
from models.reach import reachable
from realtime.feed import Question
from realtime.payload import EventPayload, together
from resolvers.kit.context import Context
from resolvers.subscribe import Source, board_events, notifications
from rest.agent_board.live.events import IN_PROJECT, PERSONAL, Renderer
from rest.agent_board.live.messages import PONG, Malformed, Said, read, refusal
from rest.agent_board.open_access import OpenAccess
from serving.graph.engine import GraphEngine
from serving.graph.live import Live
from serving.transports.connections import GONE, Connection, Connections, Stop, log_failure
from serving.transports.limits import WebSocketLimits
from serving.transports.origin import origin_allowed
from serving.transports.outbox import open_outbox
from serving.transports.protocol import AuthenticationFailed, Watch, graphql_error
from serving.transports.sending import DISCONNECTED

MAX_PROJECTS = 20
UNAUTHENTICATED, MALFORMED, TOO_MANY, TOO_LARGE, LATER = 4001, 4400, 4429, 1009, 1013
TRY_AGAIN = Stop(LATER, "Try again later")


class Following:
    """A project that a socket follows, or its user's own stream: the sink of that stream's messages."""

    transport = "websocket"

    def __init__(self, socket: "BoardSocket", project_id: ObjectId | None) -> None:
        self._socket = socket
        self.project_id = project_id
        self.live: Live | None = None
        self.held = False

    def write(self, delivery: EventPayload) -> bool:
        """Send an event; False asks for no more until `resume`."""
        self.held = self._socket.send(delivery)
        return not self.held

    def end(self, errors: Sequence[dict[str, Any]] | None = None) -> None:
        """Nothing more comes."""
        self.live = None
        self._socket.forget(self, errors)

    def resume(self) -> None:
        """Go on after having been held."""
        if self.held and self.live is not None:
            self.held = False
            self.live.resume()

    def close(self) -> None:
        """End it without a word."""
        live, self.live = self.live, None
        if live is not None:
            live.close()


class BoardSocket(Connection):
    """Speaks with one client."""

    transport = "websocket"

    def __init__(
        self,
        websocket: WebSocket,
        require_engine: Callable[[], GraphEngine],
        limits: WebSocketLimits,
        connections: Connections,
        opened: OpenAccess | None = None,
    ) -> None:
        super().__init__()
        self._websocket = websocket
        self._require_engine = require_engine
        self._limits = limits
        self._connections = connections
        self._opened = opened
        self._outbox = open_outbox(websocket, limits.send_queue, on_room=self._resume, on_lost=lambda: self.stop(GONE))
        self._following: dict[ObjectId | None, Following] = {}
        self._subject: Subject | None = None
        self._engine: GraphEngine | None = None
        self._watch: Watch | None = None
        self._beat: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Serve the socket until it has ended."""
        owner: ObjectId | None = None
        try:
            await self._admit()
            owner = self._enter()
            self._beat = asyncio.get_running_loop().call_later(self._limits.ping_interval, self._ping)
            await self._close(await self._listen_until_stopped(self._listen))
        finally:
            self._end(owner)

    async def _admit(self) -> None:
        """Find out who it is, and begin with their notifications."""
        try:
            self._engine = self._require_engine()
            subject = await self._engine.authenticate(self._websocket, self._credential())
            if subject.user_id is None and self._opened is not None:
                subject = await self._opened.subject_of(self._websocket) or subject
        except (AuthenticationFailed, Forbidden):
            self.stop(Stop(UNAUTHENTICATED, "Unauthenticated"))
            return
        except Exception as error:
            if not isinstance(error, Unavailable):
                log_failure("admitting a WebSocket")
            self.stop(TRY_AGAIN)
            return
        # A page of another origin sends the cookie too.
        is_foreign = subject.credential is Credential.SESSION and not self._origin_is_ours()
        if subject.user_id is None or is_foreign:
            self.stop(Stop(UNAUTHENTICATED, "Unauthenticated"))
            return
        self._subject = subject

    def _enter(self) -> ObjectId | None:
        """Count it as its user's, and let it end with their access."""
        if self._subject is None or self._engine is None:
            return None
        if not self._connections.enter(self._subject.user_id, self._limits.max_connections):
            self.stop(Stop(TOO_MANY, "Too many connections of one user"))
            return None
        self._watch = self._engine.watch(self._subject, self._end_access)
        # Of no more use, and a socket may be open for days.
        self._websocket.scope["headers"].clear()
        self._websocket.scope["query_string"] = b""
        return self._subject.user_id

    def _credential(self) -> dict[str, str] | None:
        token = self._websocket.query_params.get("token")
        return None if token is None else {"authorization": f"Bearer {token}"}

    def _origin_is_ours(self) -> bool:
        return origin_allowed(self._websocket.headers, self._limits.allowed_origins)

    async def _listen(self) -> None:
        try:
            if None not in self._following:
                await self._follow_notifications()
            event = await self._websocket.receive()
            if event["type"] == "websocket.disconnect":
                self.stop(GONE)
            elif event.get("text") is not None and len(event["text"]) > self._limits.max_message_bytes:
                self.stop(Stop(TOO_LARGE, "Message too large"))
            else:
                await self._hear(read(event.get("text")))
        except Malformed:
            self.stop(Stop(MALFORMED, "Invalid message"))
        except Unavailable:
            self.stop(TRY_AGAIN)
        except Exception:
            log_failure("serving a WebSocket")
            self.stop(Stop(1011, "Internal server error"))

    async def _hear(self, said: Said) -> None:
        # Whoever lets answers pile up is not heard any further.
        await self._outbox.room()
        try:
            match said.type:
                case "subscribe":
                    await self._subscribe(said.project_id(), said.after())
                case "unsubscribe":
                    if (following := self._following.pop(said.project_id(), None)) is not None:
                        following.close()
                case "ping":
                    self._outbox.send(PONG)
                case _:
                    raise BadUserInput("must be subscribe, unsubscribe or ping", field="type")
        except Unavailable:
            raise
        except OrreryError as error:
            self._outbox.send(refusal(error.code, error.message, said.payload.get("projectId")))

    async def _subscribe(self, project_id: ObjectId, after: str | None) -> None:
        """Follow a project, after a cursor; one that is followed already is followed anew."""
        if project_id not in self._following and len(self._following) > MAX_PROJECTS:
            raise RateLimited(f"At most {MAX_PROJECTS} projects a socket")
        source = await board_events(self._context(), project_id, frozenset(IN_PROJECT), after)
        if (before := self._following.pop(project_id, None)) is not None:
            before.close()
        await self._follow(project_id, source, Renderer(IN_PROJECT, str(project_id)))

    async def _follow_notifications(self) -> None:
        self._following[None] = Following(self, None)
        if self._subject is not None and TokenScope.NOTIFICATIONS_READ in self._subject.scopes:
            source = await notifications(self._context())
            await self._follow(None, source, Renderer(PERSONAL, None))

    async def _follow(self, key: ObjectId | None, source: Source, renderer: Renderer) -> None:
        hub = self._context().services.hub
        question = Question(("agent board", source.key), source.accepts, renderer, together, _weight)
        with reachable():
            live = Live(source, await hub.attach(source.stream_id, question, source.after), hub.stats)
        if self._stopped is not None:
            live.close()
            return
        following = self._following[key] = Following(self, key)
        following.live = live
        live.open(following)

    def _context(self) -> Context:
        if self._engine is None or self._subject is None:
            raise RuntimeError("nobody was admitted")
        return self._engine.context_of(self._subject)

    # As what it follows sees it

    def send(self, delivery: EventPayload) -> bool:
        """Send an event; whether it is full now."""
        self._outbox.send_whole(delivery)
        return self._outbox.is_full

    def forget(self, following: Following, errors: Sequence[dict[str, Any]] | None) -> None:
        """Follow a project no more, because its stream has ended. Without its user's own there is no going on."""
        if self._following.get(following.project_id) is not following:
            return
        told = errors[0] if errors else graphql_error("The stream of the project was replaced", "NOT_FOUND")
        code = told["extensions"]["code"]
        if following.project_id is None:
            self.stop(Stop(UNAUTHENTICATED, "Access has ended") if code == "UNAUTHENTICATED" else TRY_AGAIN)
            return
        del self._following[following.project_id]
        self._outbox.send(refusal(code, told["message"], str(following.project_id)))

    def _resume(self) -> None:
        for following in list(self._following.values()):
            following.resume()

    # The heartbeat

    def _ping(self) -> None:
        loop = asyncio.get_running_loop()
        if self._outbox.ping(self._pong):
            self._beat = loop.call_later(self._limits.pong_timeout, self._pong_is_late)

    def _pong(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = asyncio.get_running_loop().call_later(self._limits.ping_interval, self._ping)

    def _pong_is_late(self) -> None:
        self.stop(Stop(LATER, "No pong"))

    # The end

    def _end_access(self, reason: OrreryError) -> None:
        self._watch = None
        self.stop(Stop(LATER if reason.status == 503 else UNAUTHENTICATED, "Access has ended"))

    async def _close(self, stop: Stop) -> None:
        if stop.code is not None and stop.flush:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.flush_timeout):
                    lives = [following.live for following in self._following.values() if following.live is not None]
                    await asyncio.gather(*(live.flush() for live in lives))
                    await self._outbox.flush()
        await self._outbox.close()
        if stop.code is None:
            return
        with suppress(TimeoutError, *DISCONNECTED):
            async with asyncio.timeout(self._limits.close_timeout):
                await self._websocket.close(stop.code, stop.reason)

    def _end(self, owner: ObjectId | None) -> None:
        if self._beat is not None:
            self._beat.cancel()
        if self._watch is not None:
            self._watch.release()
        self._connections.leave(owner)
        for following in list(self._following.values()):
            following.close()


def _weight(delivery: EventPayload) -> int:
    return len(delivery.payload)


async def serve_board_socket(
    websocket: WebSocket,
    require_engine: Callable[[], GraphEngine],
    *,
    limits: WebSocketLimits,
    connections: Connections,
    opened: OpenAccess | None = None,
) -> None:
    """Serve one socket from its handshake to its end."""
    with suppress(*DISCONNECTED):
        await websocket.accept()
        socket = BoardSocket(websocket, require_engine, limits, connections, opened)
        with connections.track(socket):
            await socket.run()
