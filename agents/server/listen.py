"""`subscriptions/listen`: which resources have changed, and how tasks stand, out of the streams that every door has.

Each note has the cursor of its event in `_meta`: whoever was cut off listens after it, and misses nothing. The SDK
checks the message; what is sent from then on is an event stream as the others of the gateway are, which takes a part of
the memory that a call of the SDK's holds.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import mcp_types as types
import orjson
from mcp.shared.subscriptions import SUBSCRIPTION_ID_META_KEY

from agents.server import tasks
from agents.server.address import Address
from agents.server.resources import Place, place_of
from auth.subject import Subject
from models.errors import BadUserInput, Forbidden, NotFound, Unauthenticated
from models.reach import unexpected
from realtime.feed import Question
from realtime.guard import Watch
from realtime.payload import EventPayload, Sink
from realtime.subscription import Subscription
from realtime.told import ToldEvent
from resolvers.kit.context import Context, Services
from resolvers.subscribe import Source, workspace_events
from serving.transports.event_stream import FORM

log = logging.getLogger("orrery.mcp")

AFTER = "orrery/after"
"""In `_meta` of a request: the cursor to go on after, or one for each address."""
CURSOR = "orrery/cursor"
MAX_ADDRESSES = 100
MAX_STREAMS = 10
"""Places in histories, one for each workspace and cursor, that a listen goes on from."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What is followed: a resource, or a mission as a task."""

    place: Place
    is_task: bool = False


async def listen(
    ctx: Context, request_id: types.RequestId, params: types.SubscriptionsListenRequestParams, task_ids: Any
) -> "Listening":
    """What is to be told of changes until the client leaves or may read no more. Raises BadUserInput."""
    if not isinstance(task_ids, list) or not all(isinstance(task_id, str) for task_id in task_ids):
        raise BadUserInput("is no list of ids", field="notifications.taskIds")
    uris = list(dict.fromkeys(params.notifications.resource_subscriptions or ()))
    if len(uris) + len(task_ids) > MAX_ADDRESSES:
        raise BadUserInput(f"names more than {MAX_ADDRESSES} resources", field="resourceSubscriptions")
    asked_tasks = [f"orrery://mission/{task_id}" for task_id in dict.fromkeys(task_ids)]
    followed = [Followed(place) for place in await _in_reach(ctx, uris)]
    followed += [Followed(place, is_task=True) for place in await _in_reach(ctx, asked_tasks)]
    grouped = _grouped(followed, (params.meta or {}).get(AFTER))
    listening = Listening(ctx.subject, ctx.services, {SUBSCRIPTION_ID_META_KEY: request_id}, followed)
    try:
        for (workspace_id, cursor), near in grouped.items():
            await listening.add(await workspace_events(ctx, workspace_id, cursor), near)
    except BaseException:
        listening.close()
        raise
    return listening


async def _in_reach(ctx: Context, uris: Sequence[str]) -> list[Place]:
    """The addresses that the caller may read: of the others nothing is told, as of what does not exist."""
    found: list[Place] = []
    for uri in uris:
        try:
            found.append(await place_of(ctx, Address.read(uri)))
        except (Forbidden, NotFound):
            continue
    return found


def _grouped(followed: Sequence[Followed], after: Any) -> Mapping[Any, list[Followed]]:
    """What is followed by workspace and cursor: a stream for each."""
    grouped: dict[Any, list[Followed]] = {}
    for each in followed:
        cursor = after.get(each.place.address.uri) if isinstance(after, Mapping) else after
        if cursor is not None and not isinstance(cursor, str):
            raise BadUserInput("is not a cursor of this server", field=f"_meta.{AFTER}")
        grouped.setdefault((each.place.workspace_id, cursor), []).append(each)
    if len(grouped) > MAX_STREAMS:
        raise BadUserInput(f"stands at more than {MAX_STREAMS} places", field=f"_meta.{AFTER}")
    return grouped


def _as_it_is(event: ToldEvent) -> ToldEvent:
    return event


class Listening:
    """A listening client, as its event stream holds it: a `realtime.payload.LiveStream` of several subscriptions."""

    __slots__ = (
        "_followed",
        "_meta",
        "_newest",
        "_room",
        "_services",
        "_sink",
        "_sources",
        "_subject",
        "_subscriptions",
        "_telling",
        "_watches",
    )

    def __init__(
        self, subject: Subject, services: Services, meta: Mapping[str, Any], followed: Sequence[Followed]
    ) -> None:
        self._subject = subject
        self._services = services
        self._meta = meta
        self._followed = followed
        self._sources: list[tuple[Source, list[Followed]]] = []
        self._subscriptions: list[Subscription] = []
        self._watches: list[Watch] = []
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._newest: dict[str, str] = {}
        self._room = asyncio.Event()
        self._room.set()
        self._sink: Sink | None = None

    async def add(self, source: Source, near: list[Followed]) -> None:
        """Follow what is near in one more stream; whoever follows that workspace shares its events."""
        question = Question((source.key, Listening), source.accepts, _as_it_is)
        self._subscriptions.append(await self._services.hub.attach(source.stream_id, question, source.after))
        self._sources.append((source, near))

    def open(self, sink: Sink) -> None:
        """Tell what is followed, and then of what happens to it."""
        self._sink = sink
        self._write("notifications/subscriptions/acknowledged", {"notifications": self._honored()}, None)
        sources, self._sources = self._sources, []
        for subscription, (source, near) in zip(self._subscriptions, sources, strict=True):
            self._watches.append(source.watch(subscription.end))
            subscription.open(partial(self._take, near), self._end)

    def _honored(self) -> dict[str, list[str]]:
        """What was asked for and is in reach."""
        uris = [each.place.address.uri for each in self._followed if not each.is_task]
        task_ids = [str(each.place.address.id) for each in self._followed if each.is_task]
        return {**({"resourceSubscriptions": uris} if uris else {}), **({"taskIds": task_ids} if task_ids else {})}

    def _take(self, near: Sequence[Followed], event: ToldEvent) -> bool:
        """Tell of an event what it concerns; False asks for no more until `resume`."""
        if event["type"] == "StreamLagged":
            self._end(None)
            return False
        has_room = True
        for each in near:
            if not _is_about(event, each):
                continue
            if each.is_task:
                self._tell_of(str(each.place.address.id), event["cursor"])
            else:
                has_room = self._write(
                    "notifications/resources/updated", {"uri": each.place.address.uri}, event["cursor"]
                )
        return has_room

    def _write(self, method: str, params: Mapping[str, Any], cursor: str | None) -> bool:
        if self._sink is None:
            return False
        meta = self._meta if cursor is None else {**self._meta, CURSOR: cursor}
        return self._sink.write(_frame({"method": method, "params": {**params, "_meta": meta}}))

    def _tell_of(self, task_id: str, cursor: str) -> None:
        """Tell how a task stands, once that is read and the client reads. Of what comes until then, the newest is told:
        a task is read, and waits to be told of, once at a time."""
        self._newest[task_id] = cursor
        if task_id not in self._telling:
            self._telling[task_id] = asyncio.create_task(self._tell(task_id), name="task of MCP")

    async def _tell(self, task_id: str) -> None:
        while task_id in self._newest:
            await self._room.wait()
            cursor = self._newest.pop(task_id)
            try:
                ctx = Context(self._subject, self._services)
                told = await tasks.detailed(ctx, await tasks.read(ctx, task_id))
            except (NotFound, Forbidden, Unauthenticated):
                continue  # it is gone, or out of reach by now, which the guard sees to
            except Exception as error:
                log.warning("a client listens to tasks no more", exc_info=unexpected(error))
                self._end(None)  # it listens again after what it has heard
                return
            if not self._write("notifications/tasks", told, cursor):
                self._room.clear()
        del self._telling[task_id]

    def _end(self, _: Exception | None) -> None:
        """Say that nothing follows: as of what is out of reach, nothing is said of why."""
        sink, self._sink = self._sink, None
        if sink is not None:
            done = {"resultType": "complete", "_meta": self._meta}
            sink.write(_frame({"id": self._meta[SUBSCRIPTION_ID_META_KEY], "result": done}))
            sink.end()
        self.close()

    def resume(self) -> None:
        self._room.set()
        for subscription in self._subscriptions:
            subscription.resume()

    async def flush(self) -> None:
        for subscription in self._subscriptions:
            await subscription.flush()

    def close(self) -> None:
        self._sink = None
        for watch in self._watches:
            watch.release()
        for subscription in self._subscriptions:
            subscription.close()
        for telling in self._telling.values():
            telling.cancel()
        self._watches, self._telling, self._newest = [], {}, {}


def _is_about(event: ToldEvent, followed: Followed) -> bool:
    if event["type"] == "StreamReady":
        # What the log does not reach any more may have been about it.
        return not event["data"]["recovered"]
    return followed.place.address.concerns(event)


def _frame(message: Mapping[str, Any]) -> EventPayload:
    body = orjson.dumps({"jsonrpc": "2.0", **message})
    return EventPayload(body, forms={FORM: b"event: message\ndata: " + body + b"\n\n"})
