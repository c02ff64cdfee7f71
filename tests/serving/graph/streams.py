"""What a subscription replays, read from the engine without a socket."""

import asyncio
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from starlette.applications import Starlette

from auth.authenticate import authenticate
from auth.subject import Subject
from gateway.graph import served_graph
from realtime.payload import EventPayload
from resolvers.kit.context import Services
from serving.graph.document_limits import DEFAULTS
from serving.graph.engine import GraphEngine
from serving.graph.live import Live
from serving.transports.protocol import OperationRequest
from tests.gateway.lab import JSON
from tests.patience import PATIENCE


class Replay:
    """Takes what a subscription sends, up to its StreamReady; asked for something else, it fails."""

    transport = "test"

    def __init__(self) -> None:
        self.events: list[JSON] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def write(self, delivery: EventPayload) -> bool:
        """See `realtime.payload.Sink`."""
        if self.done.done():
            return True
        payload = orjson.loads(delivery.payload)
        if "errors" in payload:
            self.done.set_exception(AssertionError(payload["errors"]))
            return True
        (event,) = payload["data"].values()
        self.events.append(event)
        if event["__typename"] == "StreamReady":
            self.done.set_result(None)
        return True

    def end(self, errors: Sequence[JSON] | None = None) -> None:
        """See `realtime.payload.Sink`."""
        if not self.done.done():
            self.done.set_exception(AssertionError(errors or "the stream ended"))


def engine_of(services: Services) -> GraphEngine:
    """An engine that keeps the documents it has seen, as that of a gateway does."""
    return GraphEngine(served_graph(), services, limits=DEFAULTS, production=False)


_engines: WeakKeyDictionary[Starlette, GraphEngine] = WeakKeyDictionary()


async def replay_to(engine: GraphEngine, subject: Subject, query: str, **variables: Any) -> list[JSON]:
    """The events of a subscription up to and with its StreamReady."""
    live = await engine.start(subject, OperationRequest(query, variables))
    assert isinstance(live, Live)
    taken = Replay()
    live.open(taken)
    try:
        async with asyncio.timeout(PATIENCE):
            await taken.done
    finally:
        live.close()
    return taken.events


async def replay(app: Starlette, token: str, query: str, **variables: Any) -> list[JSON]:
    """The same for whoever has a token."""
    services: Services = app.state.services
    if app not in _engines:
        _engines[app] = engine_of(services)
    subject = await authenticate(services.signer, authorization=f"Bearer {token}", cookie=None)
    return await replay_to(_engines[app], subject, query, **variables)
