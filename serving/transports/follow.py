"""An event stream of a route: its own events, under the bounds and the end of access of every live connection."""

from collections.abc import AsyncIterator, Callable, Hashable
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request

from models.errors import OrreryError, RateLimited
from realtime.payload import EventPayload, LiveStream
from serving.transports.connections import Connections
from serving.transports.event_stream import FORM, EventStream
from serving.transports.limits import SseLimits
from serving.transports.protocol import Watch

LAST_EVENT_ID = "last-event-id"


def event_of(name: str, data: object, cursor: str | None) -> EventPayload:
    """One event of a stream; `cursor` is what `Last-Event-ID` brings back."""
    id_line = "" if cursor is None else f"id: {cursor}\n"
    body = orjson.dumps(data, default=str)
    return EventPayload(body, cursor, forms={FORM: f"event: {name}\n{id_line}data: ".encode() + body + b"\n\n"})


def follow(
    request: Request,
    owner: Hashable,
    events: AsyncIterator[EventPayload] | LiveStream,
    watch: Callable[[Callable[[OrreryError], None]], Watch],
) -> EventStream:
    """The response that sends events as they come, and ends with them.

    `watch` calls what it is given once its reader may read no more. Raises RateLimited for somebody who has too many
    connections.
    """
    state = request.app.state
    connections: Connections = getattr(state, "connections", None) or Connections()
    limits: SseLimits = getattr(state, "event_streams", None) or SseLimits()
    if not connections.enter(owner, limits.max_connections):
        raise RateLimited(f"At most {limits.max_connections} connections of one user")
    return EventStream(_Watched(watch, owner), None, events, limits, connections, owner)


class _Watched:
    """What an event stream asks of its engine, where nothing is left to be run."""

    def __init__(self, watch: Callable[[Callable[[OrreryError], None]], Watch], owner: Hashable) -> None:
        self._watch = watch
        self._owner = owner

    def owner(self, context: Any) -> Hashable | None:
        return self._owner

    def watch(self, context: Any, end: Callable[[OrreryError], None]) -> Watch:
        return self._watch(end)

    async def renew(self, context: Any, authorization: str) -> Any:
        return None

    def expiry(self, context: Any) -> datetime | None:
        return None

    async def authenticate(self, connection: Any, params: Any) -> Any:
        return None

    async def start(self, context: Any, request: Any) -> Any:
        raise NotImplementedError

    async def still_allowed(self, context: Any) -> str | None:
        return None
