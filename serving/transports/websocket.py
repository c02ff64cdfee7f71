"""GraphQL over WebSocket: the sub-protocol graphql-transport-ws, and no other."""

from contextlib import suppress

from starlette.websockets import WebSocket

from serving.transports.connections import Connections
from serving.transports.limits import WebSocketLimits
from serving.transports.origin import origin_allowed
from serving.transports.protocol import SUBPROTOCOL, Engine
from serving.transports.sending import DISCONNECTED
from serving.transports.socket import Socket


async def serve_websocket(
    websocket: WebSocket,
    engine: Engine,
    *,
    limits: WebSocketLimits | None = None,
    connections: Connections | None = None,
) -> None:
    """Serve one socket from its handshake to its end.

    A foreign Origin is refused with HTTP 403 before the socket opens; another sub-protocol closes
    with 4406. Returns when the socket is closed and every operation of it has ended.
    """
    limits = limits or WebSocketLimits()
    connections = Connections() if connections is None else connections
    if await _open(websocket, limits):
        socket = Socket(websocket, engine, limits, connections)
        with connections.track(socket):
            await socket.run()


async def _open(websocket: WebSocket, limits: WebSocketLimits) -> bool:
    with suppress(*DISCONNECTED):
        if not origin_allowed(websocket.headers, limits.allowed_origins):
            await websocket.close(4403, "Forbidden")
        elif SUBPROTOCOL not in websocket.scope.get("subprotocols", ()):
            await websocket.accept()
            await websocket.close(4406, "Subprotocol not acceptable")
        else:
            await websocket.accept(SUBPROTOCOL)
            return True
    return False


__all__ = ["WebSocketLimits", "serve_websocket"]
