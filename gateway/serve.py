"""The web server: uvicorn with our limits, one readiness notice, and an orderly end."""

import asyncio
import contextlib
import errno
import logging
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType

import uvicorn
from pymongo.errors import PyMongoError
from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import telemetry
from gateway.garbage import keep_what_is_loaded
from gateway.serve_error import ServeError
from gateway.settings import Settings
from models.reach import unexpected
from serving.access_log import hide_queries, hide_tokens
from serving.crowd import Crowd
from serving.http_protocol import HttpProtocol
from serving.source import Network
from serving.websocket_protocol import WebSocketProtocol

MAX_FRAME_BYTES = 65_536
MAX_CONNECTIONS = 12_000
OWN_FILES = 256
"""File descriptors kept for all that is no client: the database's connections, logs, the listening sockets."""
GRACE_SECONDS = 10
CATCH_UP_SECONDS = 2.0
CLOSE_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 75
"""Longer than clients and proxies keep a connection: who ends it is who uses it, so that no request meets its end."""
BACKLOG = 2048
TURN = 2
"""Connections that a worker accepts before the others have their turn, so that no one gets all of a burst."""
SWITCH_SECONDS = 0.0005
"""After how long a thread at work lets the event loop go on. Python's own 5 ms come with every read and write of a
request, while the input of an import is checked."""

log = logging.getLogger("orrery.serve")


def serve(settings: Settings, ready: Callable[[Settings], None], *, access_log: bool = False) -> None:
    """Serve until SIGINT or SIGTERM. `ready` is called once requests are answered, with the port that is listened on.

    Raises `ServeError`, `SettingsError` or `DatabaseError`, when nothing is left running.
    """
    # Not at the top: a port in use should be told at once, without loading every document first.
    sockets = listen(settings)
    try:
        if settings.port == 0:
            settings = replace(settings, port=sockets[0].getsockname()[1])
        if settings.workers > 1:
            from gateway import workers

            _listen_for_workers(settings, sockets)
            workers.serve(settings, sockets, ready, access_log=access_log)
        else:
            run(settings, sockets, lambda: ready(settings), access_log=access_log)
    finally:
        for listener in sockets:
            listener.close()


def run(
    settings: Settings,
    sockets: list[socket.socket],
    ready: Callable[[], None],
    *,
    access_log: bool,
    shared: bool = False,
) -> None:
    """Serve on sockets in this process until SIGINT or SIGTERM; `ready` is called once requests are answered.

    `shared` says that other processes accept from the same sockets, over a database that was set up before.
    Raises `ServeError`, `SettingsError` or `DatabaseError`.
    """
    end_telemetry = telemetry.start("orrery")
    start = Start(settings, prepared=shared)
    crowd = _crowd(settings.max_connections_per_address, settings.trusted_proxies)
    config = server_config(start, access_log, shared=shared, crowd=crowd)
    server = Server(config, start, ready, shared=shared)
    try:
        server.run(sockets=sockets)
    except SystemExit as ended:
        if start.failure is None:
            raise ServeError("The gateway could not start.") from ended
    except OSError as error:
        raise ServeError(_refusal(settings, error)) from error
    finally:
        end_telemetry()
    if start.failure is not None:
        raise start.failure


def listen(settings: Settings) -> list[socket.socket]:
    """Sockets bound to every address of the host, not yet listening. Raises `ServeError`."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ServeError(f"ORRERY_HOST names {settings.host}, which is no address of this machine.") from error
    sockets: list[socket.socket] = []
    port = settings.port
    refused: OSError | None = None
    for family, kind, protocol, _, address in dict.fromkeys(found):
        try:
            one = socket.socket(family, kind, protocol)
        except OSError as error:  # a family that this machine does not have
            refused = error
            continue
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((address[0], port, *address[2:]))
        except OSError as error:
            one.close()
            if error.errno == errno.EADDRNOTAVAIL:
                refused = error
                continue
            for other in sockets:
                other.close()
            raise ServeError(_refusal(settings, error)) from error
        port = one.getsockname()[1]
        sockets.append(one)
    if not sockets:
        raise ServeError(_refusal(settings, refused or OSError(errno.EADDRNOTAVAIL, "")))
    return sockets


class Start:
    """The gateway's app, which is loaded while the embedded database starts beside it: each takes a second.

    `failure` is what ended the start, which uvicorn would print as a traceback.
    """

    def __init__(self, settings: Settings, *, prepared: bool) -> None:
        self._settings = settings
        self._prepared = prepared
        self.app: Starlette | None = None
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif self.app is not None:
            await self.app(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        end = "lifespan.startup.failed"

        async def tell(message: Message) -> None:
            nonlocal end
            if message["type"] == "lifespan.startup.complete":
                await send(message)
            else:
                end = message["type"]

        # Not at the top: a port in use should be told at once, without loading every document first.
        from gateway.database import begin

        try:
            async with begin(self._settings) as begun:
                from gateway.app import create_app

                self.app = create_app(self._settings, prepared=self._prepared, begun=begun)
                await self.app(scope, receive, tell)
        except Exception as error:
            self.failure = error
            raise
        finally:
            # Once the database has ended too: uvicorn waits for nothing afterwards.
            await send({"type": end})


class Server(uvicorn.Server):
    """Ends live connections before it waits for open requests, since an event stream never ends by itself."""

    def __init__(self, config: uvicorn.Config, start: Start, ready: Callable[[], None], *, shared: bool) -> None:
        super().__init__(config)
        self._start = start
        self._ready = ready
        self._shared = shared

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not remembered, unlike in the base class, which ends by raising the signal once more.
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except OSError:
            # Another process began to listen on the port since we bound it.
            await self.lifespan.shutdown()
            raise
        if self._shared:
            for listener in sockets or ():
                listener.listen(BACKLOG)  # the event loop took how many it accepts at once for the length of the queue
        # The schema and the code live as long as the process: a collection need not walk them for each large request.
        keep_what_is_loaded()
        sys.setswitchinterval(SWITCH_SECONDS)
        if not self.should_exit:
            self._ready()

    @property
    def _state(self) -> State | None:
        return None if self._start.app is None else self._start.app.state

    async def _catch_up(self) -> None:
        """Have the subscribers handed what has been committed: closing writes to them no more than that."""
        services = getattr(self._state, "services", None)
        if services is not None:
            try:
                async with asyncio.timeout(CATCH_UP_SECONDS):
                    await services.hub.catch_up()
            except (TimeoutError, PyMongoError) as error:
                log.warning("live connections end before all was told", exc_info=unexpected(error))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._catch_up()
        connections = getattr(self._state, "connections", None)
        if connections is not None:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await connections.close_all()
            except TimeoutError:
                log.warning("%d live connections did not end in time", len(connections))
        await super().shutdown(sockets)


def server_config(
    app: ASGIApp, access_log: bool = False, *, shared: bool = False, crowd: Crowd | None = None
) -> uvicorn.Config:
    """How the web server is set up, whoever runs it."""
    _choose_logs()
    return uvicorn.Config(
        app,
        http=HttpProtocol.within(crowd or _crowd()),
        ws=WebSocketProtocol,
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        # The transport sends pings of its own, which also find a client that reads but has stopped answering.
        ws_ping_interval=None,
        ws_ping_timeout=None,
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        access_log=access_log,
        log_config=None,
        limit_concurrency=_max_connections(),
        backlog=TURN if shared else BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )


def _choose_logs() -> None:
    # What is wrong with a body is told to its sender.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.access").addFilter(hide_tokens)
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    logging.getLogger("uvicorn.error").addFilter(hide_queries)


def _is_news(record: logging.LogRecord) -> bool:
    """A filter: whoever calls `serve` is given the reason of a start that failed, and says it."""
    return record.msg != "Application startup failed. Exiting."


def _listen_for_workers(settings: Settings, sockets: list[socket.socket]) -> None:
    """Listen before the first worker is there, so that a port in use is told at once. Raises `ServeError`."""
    for listener in sockets:
        try:
            listener.listen(BACKLOG)
        except OSError as error:
            raise ServeError(_refusal(settings, error)) from error


def _crowd(per_address: int | None = None, proxies: Sequence[Network] = ()) -> Crowd:
    """The connections of a server; one address has half of all where nothing else is said."""
    places = _max_connections()
    return Crowd(places - 1, per_address or places // 2, proxies)  # the web server refuses the one that is the last


def _max_connections() -> int:
    """As many connections as the process may have files open, once it has asked for all that the system grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, min(MAX_CONNECTIONS, soft - OWN_FILES))


def _refusal(settings: Settings, error: OSError) -> str:
    where = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"Something else listens on {where}: stop it, or let ORRERY_PORT (or --port) name another port."
    if error.errno == errno.EACCES:
        return f"This user may not listen on {where}: let ORRERY_PORT (or --port) name a port above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"ORRERY_HOST names {settings.host}, which is no address of this machine."
    return f"The gateway cannot listen on {where}: {error.strerror}."


__all__: Sequence[str] = ["ServeError", "listen", "run", "serve", "server_config"]
