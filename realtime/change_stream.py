"""The bus over MongoDB alone: a change stream that hears every commit of the log, and what processes send each other.

A commit moves the head of its stream, and that is the hint: nothing is written for it. Anything else is written to the
collection `bus`, where each process overwrites one document of its own; the change stream is the queue.
"""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from broadcaster import BroadcastBackend, Event
from pymongo import WriteConcern
from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.errors import OperationFailure

from models import BusMessage, StreamHead
from models.base import Record, collection, utc_now

AWAIT_MS = 1000
"""How long the server waits for a change before it answers that there is none, which is what shows that it lives."""
PAUSE_SECONDS = 0.004
"""Between two questions. The embedded database answers after every write, whether we watch its collection or not."""
CHANGES = ("insert", "update", "replace")


class ChangeStreamBackend(BroadcastBackend):
    """A backend of broadcaster with one channel, which may be connected again and then goes on where it was.

    Where the server no longer holds that place, it goes on with what comes next.
    """

    def __init__(self) -> None:
        self._name = secrets.token_hex(8)
        self._sent = 0
        self._channel = ""
        self._position: Mapping[str, Any] | None = None
        self._stream: AsyncChangeStream[Any] | None = None
        self._beats = 0

    async def connect(self) -> None:
        heads, messages = collection(StreamHead), collection(BusMessage)
        pipeline: list[Record] = [
            {"$match": {"operationType": {"$in": CHANGES}, "ns.coll": {"$in": [heads.name, messages.name]}}},
            {
                "$project": {
                    "operationType": 1,
                    "ns": 1,
                    "documentKey": 1,
                    "updateDescription.updatedFields.seq": 1,
                    "fullDocument.seq": 1,
                    "fullDocument.message": 1,
                }
            },
        ]
        try:
            self._stream = await heads.database.watch(pipeline, resume_after=self._position, max_await_time_ms=AWAIT_MS)
        except OperationFailure:
            self._position = None
            raise
        self._position = self._stream.resume_token

    async def disconnect(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()
        if self._sent:
            await collection(BusMessage).delete_one({"_id": self._name})

    async def subscribe(self, channel: str) -> None:
        self._channel = channel

    async def unsubscribe(self, channel: str) -> None:
        self._channel = ""

    async def publish(self, channel: str, message: Any) -> None:
        """Send a message. An empty one is written nowhere: it comes back once the server has answered again."""
        if not message:
            self._beats += 1
            return
        self._sent += 1
        document = {"message": message, "number": self._sent, "at": utc_now()}
        # A message may be lost: it need not be on every disk before the next one is sent.
        sent = collection(BusMessage).with_options(write_concern=WriteConcern(w=1))
        await sent.replace_one({"_id": self._name}, document, upsert=True)

    async def next_published(self) -> Event:
        while self._stream is not None and self._stream.alive:
            beats = self._beats
            try:
                change = await self._stream.try_next()
            except OperationFailure:
                self._position = None
                raise
            self._position = self._stream.resume_token
            message = "" if change is None else _message(change)
            if message:
                return Event(self._channel, message)
            if beats:
                self._beats -= beats
                return Event(self._channel, "")
            await asyncio.sleep(PAUSE_SECONDS)
        raise ConnectionError("the change stream has ended")


def _message(change: Record) -> str:
    """What a change says: the head of a stream, or what a process has sent."""
    document = change.get("fullDocument") or {}
    if change["ns"]["coll"] == collection(BusMessage).name:
        return str(document.get("message", ""))
    updated = change.get("updateDescription", {}).get("updatedFields", {})
    seq = document.get("seq", updated.get("seq"))
    if seq is None:
        return ""
    return orjson.dumps({"stream": str(change["documentKey"]["_id"]), "seq": seq}).decode()
