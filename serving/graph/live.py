"""Running subscriptions: an event is executed and encoded once for all who asked the same of a stream."""

from collections.abc import Awaitable, Callable, Hashable
from inspect import isawaitable
from typing import Any

from bson import ObjectId
from graphql import (
    ExecutionResult,
    Executor,
    execute_subscription_event,
)

from auth.subject import Subject
from execution.output import to_bytes
from models.errors import OrreryError
from models.reach import is_unreachable, once_reached
from realtime.cursor import Cursor
from realtime.feed import Question
from realtime.guard import Watch
from realtime.payload import EventPayload, Sink, together
from realtime.stats import Stats
from realtime.subscription import Subscription
from realtime.told import ToldEvent
from resolvers.kit.context import Context
from resolvers.subscribe import Source
from serving.failures import error_of, formatted, masked
from serving.graph.documents import GraphOperation
from serving.graph.graph import Graph


class Renderer:
    """Makes the payload of an event: one execution of a subscription's document, as JSON."""

    def __init__(
        self, graph: Graph, executor: Executor[Any], stream_id: ObjectId, context: Callable[[], Context]
    ) -> None:
        self._graph = graph
        self._executor = executor
        self._stream_id = stream_id
        self._context = context

    def __call__(self, record: ToldEvent) -> EventPayload | Awaitable[EventPayload | None] | None:
        """The delivery of an event's record, at once where nothing in it waits; None for one that is not shown."""
        event = self._graph.event(record)
        if event is None:
            return None
        result = self._execute(event, record)
        return self._later(result, event, record) if isawaitable(result) else _delivery(result, record)

    def _execute(self, event: Any, record: ToldEvent) -> ExecutionResult | Awaitable[ExecutionResult]:
        single: Any = self._executor.build_per_event_executor(event)
        # What one event read must not answer for the next.
        ctx = self._context()
        # What the event carries is as old as the event, so that is where its reader stands.
        ctx.positions[self._stream_id] = Cursor.parse(record["cursor"])
        single.context_value = self._graph.context(ctx, None)
        return execute_subscription_event(single)

    async def _later(self, result: Awaitable[ExecutionResult], event: Any, record: ToldEvent) -> EventPayload:
        done = await once_reached(_whole(result), lambda: _whole(self._execute(event, record)))
        return _delivery(done, record)


async def _whole(result: ExecutionResult | Awaitable[ExecutionResult]) -> ExecutionResult:
    """A result; raises what kept any part of it from the database."""
    done = await result if isawaitable(result) else result
    for error in done.errors or ():
        if error.original_error is not None and is_unreachable(error.original_error):
            raise error.original_error
    return done


def _delivery(result: ExecutionResult, record: ToldEvent) -> EventPayload:
    cursor = record["cursor"]
    payload = to_bytes(result, formatted, lambda: {"cursor": cursor})
    return EventPayload(payload, cursor, None if record["seq"] is None else record["at"].timestamp())


class Live:
    """One subscription of one client, as a transport holds it."""

    def __init__(self, source: Source, subscription: Subscription, stats: Stats) -> None:
        self._source = source
        self._stats = stats
        self._subscription = subscription
        self._watch: Watch | None = None
        self._sink: Sink | None = None
        self._transport: str | None = None

    def open(self, sink: Sink) -> None:
        """Begin to write; see `realtime.payload.LiveStream`."""
        self._sink = sink
        self._transport = sink.transport
        self._stats.by_transport[sink.transport] += 1
        self._watch = self._source.watch(self._subscription.end)
        self._subscription.open(sink.write, self._end)

    def resume(self) -> None:
        self._subscription.resume()

    async def flush(self) -> None:
        await self._subscription.flush()

    def close(self) -> None:
        self._release()
        self._subscription.close()

    def _end(self, error: Exception | None) -> None:
        self._release()
        if self._sink is not None:
            self._sink.end(None if error is None else [_told(error)])

    def _release(self) -> None:
        if self._watch is not None:
            self._watch.release()
            self._watch = None
        if self._transport is not None:
            self._stats.by_transport[self._transport] -= 1
            self._transport = None


def question(source: Source, renderer: Renderer, operation: GraphOperation, subject: Subject) -> Question:
    """What a subscriber asks; equal questions share their answers."""
    viewer: Hashable = None
    if operation.prepared.selects.by_viewer or source.is_personal:
        viewer = (subject.user_id, subject.workspace_id, subject.credential)
    request = operation.request
    asked = request.query, request.operation_name, operation.prepared.variables(request.variables)
    return Question((source.key, asked, subject.scopes, viewer), source.accepts, renderer, together, _weight)


def _weight(delivery: EventPayload) -> int:
    return len(delivery.payload)


def _told(error: Exception) -> dict[str, Any]:
    return error_of(error) if isinstance(error, OrreryError) else masked(error, "a subscription")
