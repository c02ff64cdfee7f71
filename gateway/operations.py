"""What operators ask: is it alive, is it ready, what is it, and how much does it do."""

import asyncio
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.database import Database

READY_SECONDS = 2.0


def product_version() -> str:
    """The version of the installed product."""
    try:
        return version("orrery")
    except PackageNotFoundError:
        return "0.0.0"


@dataclass(slots=True)
class Metrics:
    """The counters of one application, apart from those of any other in the process."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    operations: Counter = field(init=False)
    connections: Gauge = field(init=False)
    # By their labels, which prometheus_client looks up slowly, under a lock.
    _counters: dict[tuple[str, str], Counter] = field(init=False, default_factory=dict)
    _clocks: dict[tuple[str, int], tuple[Counter, Histogram]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.requests = Counter(
            "orrery_http_requests", "HTTP requests by method and status", ["method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "orrery_http_request_seconds", "Time to the start of the answer", ["method"], registry=self.registry
        )
        self.operations = Counter(
            "orrery_graphql_operations",
            "GraphQL operations over HTTP by kind and outcome",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self.connections = Gauge("orrery_live_connections", "Open WebSockets and event streams", registry=self.registry)

    def count(self, kind: str, outcome: str) -> None:
        """One GraphQL operation ended."""
        counter = self._counters.get((kind, outcome))
        if counter is None:
            counter = self._counters[kind, outcome] = self.operations.labels(kind, outcome)
        counter.inc()

    def answered(self, method: str, status: int, seconds: float) -> None:
        """One HTTP request began to be answered."""
        found = self._clocks.get((method, status))
        if found is None:
            labelled = self.requests.labels(method, str(status)), self.seconds.labels(method)
            found = self._clocks[method, status] = labelled
        found[0].inc()
        found[1].observe(seconds)


class MeasuredApp:
    """Counts HTTP requests, and how long they took to begin to answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        clock = asyncio.get_running_loop().time
        began = clock()
        method = scope["method"] if scope["method"] in _METHODS else "other"

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answered(method, message["status"], clock() - began)
            await send(message)

        await self._app(scope, receive, measured)


_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})


def operation_routes(metrics: Metrics) -> list[BaseRoute]:
    """`/health`, `/ready`, `/version` and `/metrics`."""

    async def health(_: Request) -> Response:
        return _answer({"status": "ok"})

    async def ready(request: Request) -> Response:
        database: Database | None = getattr(request.app.state, "database", None)
        if database is None:
            return _answer({"status": "starting"}, 503)
        try:
            async with asyncio.timeout(READY_SECONDS):
                await database.client.admin.command("ping")
        except Exception:
            return _answer({"status": "unavailable", "reason": "the database does not answer"}, 503)
        return _answer({"status": "ready"})

    async def show_version(_: Request) -> Response:
        return _answer({"name": "orrery", "version": product_version(), "python": python_version()})

    async def show_metrics(request: Request) -> Response:
        metrics.connections.set(len(request.app.state.connections))
        return Response(generate_latest(metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST})

    return [
        Route("/health", health),
        Route("/ready", ready),
        Route("/version", show_version),
        Route("/metrics", show_metrics),
    ]


def _answer(body: dict[str, str], status: int = 200) -> Response:
    return JSONResponse(body, status, headers={"cache-control": "no-store"})
