"""The least that a Starlette application does for a crowd: one ready-made text, sent to each socket in a loop."""

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from bench.peers.listening import serve
from bench.peers.live_event import event_of

sockets: set[WebSocket] = set()


async def watch(websocket: WebSocket) -> None:
    """Enough of graphql-transport-ws for a client that subscribes once."""
    await websocket.accept("graphql-transport-ws")
    async for text in websocket.iter_text():
        if json.loads(text)["type"] == "connection_init":
            await websocket.send_text('{"type":"connection_ack"}')
        else:
            sockets.add(websocket)
    sockets.discard(websocket)


async def publish(request: Request) -> Response:
    """Send an event for each of some numbers."""
    given = await request.json()
    for number in given["numbers"]:
        payload = {"data": {"missionEvents": event_of(given["mission"], number)}}
        text = json.dumps({"type": "next", "id": "1", "payload": payload}, separators=(",", ":"))
        for websocket in sockets:
            await websocket.send_text(text)
    return JSONResponse({})


if __name__ == "__main__":
    serve(
        Starlette(routes=[Route("/publish", publish, methods=["POST"]), WebSocketRoute("/graphql", watch)]),
        ws="websockets-sansio",
    )
