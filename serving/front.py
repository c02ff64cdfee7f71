"""The first thing that a request meets: the name that it calls the gateway by is looked at, and it is counted.

An operation by POST, which most requests are, goes on to its endpoint without any routing.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from time import perf_counter

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.key_use import Use, use_of

Find = Callable[[], Callable[[Request], Awaitable[Response]] | None]
"""The endpoint, once the application has started. It answers all of its own exceptions."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
_HOST = re.compile(rb"(\[[^\]]*\]|[^:]*)(:[0-9]*)?")


class Front:
    """Answers under the names of `hosts` alone; `answered` is told of each request the method, the status, and the
    seconds until its answer began, and `used` of what came with the key of an organization."""

    def __init__(
        self,
        app: ASGIApp,
        find: Find,
        hosts: Iterable[str],
        answered: Callable[[str, int, float], None],
        used: Callable[[Use], None],
    ) -> None:
        self._app = app
        self._find = find
        self._hosts = frozenset(host.lower().encode() for host in hosts)
        self._answered = answered
        self._used = used

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        measured = self._measuring(scope, send) if scope["type"] == "http" else send
        if not self._knows(scope):
            await PlainTextResponse("Invalid host header", status_code=400)(scope, receive, measured)
            return
        is_operation = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/graphql"
        endpoint = self._find() if is_operation else None
        if endpoint is None:
            await self._app(scope, receive, measured)
        else:
            response = await endpoint(Request(scope, receive, measured))
            await response(scope, receive, measured)

    def _measuring(self, scope: Scope, send: Send) -> Send:
        began, method = perf_counter(), scope["method"]

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = method if method in _METHODS else "other"
                status, seconds = message["status"], perf_counter() - began
                self._answered(known, status, seconds)
                if (use := use_of(scope, known, status, seconds)) is not None:
                    self._used(use)
            await send(message)

        return measured

    def _knows(self, scope: Scope) -> bool:
        if b"*" in self._hosts:
            return True
        named = [value for name, value in scope["headers"] if name == b"host"]
        # Of two names, another reader might take the other one.
        return len(named) == 1 and _host_of(named[0]) in self._hosts


@lru_cache(maxsize=64)
def _host_of(header: bytes) -> bytes:
    """The name in a `Host` header, without a port; nothing for what is none."""
    found = _HOST.fullmatch(header)
    return b"" if found is None else found[1].lower()
