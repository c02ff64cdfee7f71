"""Where the WebSocket is, and what it is in the document."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from rest.agent_board.dialect import AGENT_BOARD, render
from rest.agent_board.live.socket import serve_board_socket
from rest.agent_board.open_access import OpenAccess
from serving.errors import answer
from serving.graph.engine import GraphEngine
from serving.transports.connections import Connections
from serving.transports.limits import WebSocketLimits

PATH = "/ws"
TAGS = {f"{AGENT_BOARD.heading}live": "What happens, as it happens."}
_UPGRADE = {"upgrade": "websocket", "connection": "Upgrade"}

DOCUMENT: dict[str, Any] = {
    "get": {
        "operationId": f"{AGENT_BOARD.name}Live",
        "summary": "Follow projects over a WebSocket",
        "description": (
            "Send `{type: subscribe, payload: {projectId, after?}}` for each project, at most 20, or `unsubscribe`, or "
            "`ping`. Events are `{type, data, projectId, cursor, at}`; `subscribed` follows what was missed `after` a "
            "cursor, `lagged` tells of what was dropped. The caller's own notifications come without."
        ),
        "tags": [*TAGS],
        "parameters": [
            {
                "name": "token",
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "The credential, for clients that cannot send an `Authorization` header.",
            }
        ],
        "responses": {
            "101": {"description": "The protocol changes. A credential that is not valid closes with 4001."},
            "426": {"description": "The request asked for no upgrade to a WebSocket."},
        },
        "security": [{"bearer": []}, {"session": []}],
    }
}


def live_routes(
    prefix: str,
    require_engine: Callable[[], GraphEngine],
    limits: WebSocketLimits,
    connections: Connections,
    opened: OpenAccess | None = None,
) -> list[BaseRoute]:
    """The routes to mount; none for a prefix that is empty."""

    async def socket(websocket: WebSocket) -> None:
        await serve_board_socket(websocket, require_engine, limits=limits, connections=connections, opened=opened)

    async def refused(_: Request) -> Response:
        return answer(render(426, "Ask for an upgrade to a WebSocket", "BAD_USER_INPUT"), 426, _UPGRADE)

    return [WebSocketRoute(prefix + PATH, socket), Route(prefix + PATH, refused)] if prefix else []
