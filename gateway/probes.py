"""What operators ask: is it alive, is it ready, what is it, and how much does it do."""

import asyncio
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.database import Database
from gateway.metrics import Metrics
from resolvers.kit.context import Services

READY_SECONDS = 2.0


def product_version() -> str:
    """The version of the installed product."""
    try:
        return version("orrery")
    except PackageNotFoundError:
        return "0.0.0"


def probe_routes(metrics: Metrics) -> list[BaseRoute]:
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
        services: Services | None = getattr(request.app.state, "services", None)
        if services is not None:
            metrics.live.look(services.hub, request.app.state.connections)
        return Response(metrics.text(), headers={"content-type": CONTENT_TYPE_LATEST})

    return [
        Route("/health", health),
        Route("/ready", ready),
        Route("/version", show_version),
        Route("/metrics", show_metrics),
    ]


def _answer(body: dict[str, str], status: int = 200) -> Response:
    return JSONResponse(body, status, headers={"cache-control": "no-store"})
