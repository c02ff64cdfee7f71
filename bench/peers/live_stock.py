"""Strawberry's own endpoint with a broadcaster subscription a client, as its documentation has it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from typing import Annotated, Any, cast

import strawberry
from broadcaster import Broadcast, Event
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL

from bench.peers.listening import serve
from bench.peers.live_event import event_of

broadcast = Broadcast("memory://")


@strawberry.enum
class MissionStatus(Enum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"


@strawberry.type
class Mission:
    id: strawberry.ID
    progress: float
    status: MissionStatus


@strawberry.type
class MissionProgressed:
    cursor: str
    at: str
    mission: Mission


@strawberry.type
class MissionOutputDelta:
    cursor: str
    at: str
    text: str


MissionEvent = Annotated[MissionProgressed | MissionOutputDelta, strawberry.union("MissionEvent")]


@strawberry.type
class Query:
    hello: str = "world"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def mission_events(self, mission_id: strawberry.ID) -> AsyncIterator[MissionEvent]:
        async with broadcast.subscribe(channel=mission_id) as events:
            async for event in cast("AsyncIterator[Event]", events):
                yield _typed(json.loads(event.message))


def _typed(given: dict[str, Any]) -> MissionProgressed:
    mission = given["mission"]
    return MissionProgressed(
        cursor=given["cursor"],
        at=given["at"],
        mission=Mission(id=mission["id"], progress=mission["progress"], status=MissionStatus(mission["status"])),
    )


async def publish(request: Request) -> Response:
    """Publish an event for each of some numbers, one in a turn of the event loop."""
    given = await request.json()
    for number in given["numbers"]:
        await broadcast.publish(given["mission"], json.dumps(event_of(given["mission"], number)))
        await asyncio.sleep(0)
    return JSONResponse({})


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """The broadcast's connection."""
    async with broadcast:
        yield


if __name__ == "__main__":
    endpoint: Any = GraphQL(strawberry.Schema(Query, subscription=Subscription))
    routes = [
        Route("/publish", publish, methods=["POST"]),
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", endpoint),
    ]
    serve(Starlette(routes=routes, lifespan=lifespan))
