"""GraphQL over server-sent events: one operation a request ("distinct connections" of graphql-sse)."""

from dataclasses import replace
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Unavailable
from serving.transports.connections import Connections, log_failure
from serving.transports.event_stream import CURSOR, EventStream, event_id
from serving.transports.limits import SseLimits
from serving.transports.protocol import (
    AuthenticationFailed,
    Engine,
    GraphQLErrorDict,
    OperationRefused,
    OperationRequest,
    graphql_error,
    internal_error,
    owner_of,
)


async def serve_sse(
    request: Request,
    engine: Engine,
    operation: OperationRequest,
    context: Any,
    *,
    limits: SseLimits | None = None,
    connections: Connections | None = None,
) -> Response:
    """Start an operation and answer with its stream of ``next`` events and one ``complete``.

    ``Last-Event-ID`` reaches the engine as ``resume_after``. What fails before the stream starts
    is JSON with ``errors``: 400 for a refused operation or a malformed ``Last-Event-ID``, 401
    without valid credentials, 429 for a user with too many connections, 500 for an unexpected failure.

    Raises Unavailable for a subscription that may be opened later.
    """
    limits = limits or SseLimits()
    connections = Connections() if connections is None else connections
    if cursor := request.headers.get("last-event-id"):
        if not CURSOR.fullmatch(cursor):
            message = "Last-Event-ID must be at most 64 printable ASCII characters"
            error = graphql_error(message, "BAD_USER_INPUT", field="Last-Event-ID")
            return _refusal(400, [error])
        operation = replace(operation, resume_after=cursor)
    owner = owner_of(engine, context, request)
    if not connections.enter(owner, limits.max_connections):
        message = f"At most {limits.max_connections} connections of one user"
        return _refusal(429, [graphql_error(message, "RATE_LIMITED")])
    stream: EventStream | None = None
    try:
        result = await engine.start(context, operation)
        stream = EventStream(engine, context, result, limits, connections, owner)
    except OperationRefused as refusal:
        return _refusal(400, refusal.errors)
    except AuthenticationFailed:
        return _refusal(401, [graphql_error("Unauthorized", "UNAUTHENTICATED")])
    except Unavailable:
        raise
    except Exception:
        return _refusal(500, [internal_error(log_failure("an operation"))])
    finally:
        if stream is None:
            connections.leave(owner)
    return stream


def interrupted(limits: SseLimits) -> Response:
    """What a client that resumes is told while it cannot: to come again. After a status, a browser would not."""
    return Response(b"retry: %d\n\n" % limits.retry, media_type="text/event-stream")


def _refusal(status: int, errors: list[GraphQLErrorDict]) -> Response:
    body = orjson.dumps({"errors": errors})
    return Response(body, status, media_type="application/json; charset=utf-8")


__all__ = ["SseLimits", "event_id", "interrupted", "serve_sse"]
