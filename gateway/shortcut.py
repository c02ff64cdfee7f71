"""The short way to the endpoint that most requests are for: an operation by POST passes no routing and no middleware.

What those do for it is done here: the host's name is looked at, and the request is counted. Whatever is unusual takes
the long way, where it is judged.
"""

from collections.abc import Awaitable, Callable, Iterable
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.metrics import Metrics

Find = Callable[[], Callable[[Request], Awaitable[Response]] | None]
"""The endpoint, once the application has started. It answers all of its own exceptions."""


class GraphQLFirst:
    """Answers `POST /graphql` under a host's name that it knows, and hands everything else on."""

    def __init__(self, app: ASGIApp, find: Find, hosts: Iterable[str], metrics: Metrics) -> None:
        self._app = app
        self._find = find
        self._hosts = frozenset(host.lower().encode() for host in hosts)
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_operation = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/graphql"
        endpoint = self._find() if is_operation and self._knows_host(scope) else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        response = await endpoint(Request(scope, receive, send))
        self._metrics.answered("POST", response.status_code, perf_counter() - began)
        await response(scope, receive, send)

    def _knows_host(self, scope: Scope) -> bool:
        for name, value in scope["headers"]:
            if name == b"host":
                host, _, port = value.partition(b":")
                return host in self._hosts and (not port or port.isdigit())
        return False
