"""What tests of the event log are written with: bodies of changes, and subscribers that collect what they get."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bson import ObjectId

from models import Label, LoggedEvent
from models.base import collection, to_record
from models.ids import Kind, new_id
from realtime.change import Change
from realtime.cursor import Cursor
from realtime.events.label import LabelCreated, LabelDeleted
from realtime.hub import Hub
from realtime.subscription import Subscription
from tests.patience import PATIENCE

Body = Callable[[Change], Awaitable[Any]]


def new_label(workspace_id: ObjectId, name: str) -> Any:
    """A label of some project of a workspace."""
    project_id = new_id(Kind.PROJECT)
    return to_record(Label(workspace_id=workspace_id, project_id=project_id, name=name, color="#112233"))


def writes_label(workspace_id: ObjectId, name: str) -> Body:
    """A body that writes one document and one event, and returns the document."""
    label = new_label(workspace_id, name)

    async def body(change: Change) -> Any:
        await collection(Label).insert_one(label, session=change.session)
        change.append(workspace_id, LabelCreated(label=label, project_id=label["project_id"]))
        return label

    return body


def appends(stream_id: ObjectId, count: int = 1) -> Body:
    """A body that only appends events."""

    async def body(change: Change) -> None:
        change.append(stream_id, *(LabelDeleted(deleted_id=new_id(Kind.LABEL)) for _ in range(count)))

    return body


async def logged(stream_id: ObjectId) -> list[Any]:
    """All events of a stream, oldest first."""
    return await collection(LoggedEvent).find({"stream_id": stream_id}).sort("seq", 1).to_list()


def everything(_event: Any) -> bool:
    """Lets every event through."""
    return True


class Reader:
    """Collects what a subscription yields; `ready` is set by its StreamReady."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.events: list[Any] = []
        self.ready = asyncio.Event()
        self._arrived = asyncio.Event()
        self.task = asyncio.create_task(self._collect())

    async def _collect(self) -> None:
        async for event in self.subscription.events():
            if event is not None:
                self.events.append(event)
                if event["type"] == "StreamReady":
                    self.ready.set()
                self._arrived.set()

    @property
    def seqs(self) -> list[int]:
        """The numbers of the events of the log, in the order of their arrival."""
        return [event["seq"] for event in self.events if event["seq"] is not None]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def until(self, done: Callable[["Reader"], bool]) -> None:
        """Wait until what was collected satisfies `done`."""
        async with asyncio.timeout(PATIENCE):
            while not done(self):
                self._arrived.clear()
                await self._arrived.wait()


@asynccontextmanager
async def reading(hub: Hub, stream_id: ObjectId, after: Cursor | None = None) -> AsyncIterator[Reader]:
    """A reader of a stream that has got its StreamReady."""
    subscription = await hub.subscribe(stream_id, everything, after)
    reader = Reader(subscription)
    try:
        async with asyncio.timeout(PATIENCE):
            await reader.ready.wait()
        yield reader
    finally:
        subscription.close()
        await reader.task
