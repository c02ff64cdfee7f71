"""What of the database is dumped, and how each collection is read."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bson import ObjectId

from gateway.dump.snapshot import Snapshot
from models import (
    DOCUMENTS,
    Backup,
    BusMessage,
    Document,
    DocumentVersion,
    FileChunk,
    FileLeftover,
    Lease,
    LogEntry,
    LoggedEvent,
    OAuthCode,
    OAuthGrant,
    Probe,
    Session,
    StoredFile,
    StreamHead,
    WorkspaceFile,
    WorkspaceFileText,
)
from models.base import Record, Recorded, collection

LEFT_OUT: frozenset[type[Recorded[Any]]] = frozenset(
    {Backup, Session, OAuthCode, OAuthGrant, Lease, BusMessage, LogEntry, Probe}
)
"""What must not go on in two places, or is of processes: nobody is signed in to what was restored, and no application
has access to it."""
DUMPED = tuple(model for model in DOCUMENTS if model not in LEFT_OUT)

EVENTS = 500
"""Read at once of a stream."""

Batches = AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class File:
    """A stored file and how many chunks it has; of one that `is_left` for removal, some may have gone."""

    id: ObjectId
    chunks: int
    is_left: bool


async def read_all(model: type[Recorded[Any]], snapshot: Snapshot) -> Batches:
    """Every document of a collection as BSON, in rows of some."""
    portions = None if snapshot.streams else PORTIONS.get(model)
    if portions is None:
        async for batch in _find(model, {}, snapshot):
            yield batch
        return
    async for where in portions(snapshot):
        async for batch in _find(model, where, snapshot):
            yield batch


async def _find(model: type[Recorded[Any]], where: Mapping[str, Any], snapshot: Snapshot) -> Batches:
    batches = collection(model).find_raw_batches(where, session=snapshot.session)
    async for batch in cast(Batches, batches):
        yield batch


async def _by_stream(snapshot: Snapshot) -> AsyncIterator[Record]:
    async for head in _parents(StreamHead, snapshot, "floor", "seq"):
        for after in range(head["floor"], head["seq"], EVENTS):
            yield {"stream_id": head["_id"], "seq": {"$gt": after, "$lte": min(after + EVENTS, head["seq"])}}


async def _by_document(snapshot: Snapshot) -> AsyncIterator[Record]:
    async for document in _parents(Document, snapshot, "_id"):
        yield {"document_id": document["_id"]}


async def _by_file(snapshot: Snapshot) -> AsyncIterator[Record]:
    async for file in _parents(WorkspaceFile, snapshot, "_id"):
        yield {"_id": file["_id"]}


async def read_files(snapshot: Snapshot) -> list[File]:
    """The stored files of a moment."""
    left = {parent["_id"] async for parent in _parents(FileLeftover, snapshot, "_id")}
    return [
        File(parent["_id"], -(-parent["length"] // parent["chunkSize"]), is_left=parent["_id"] in left)
        async for parent in _parents(StoredFile, snapshot, "length", "chunkSize")
    ]


async def read_chunks(file: File) -> Batches:
    """The bytes of a file, now: nobody changes them, and they stay while `FILES_STAY` is held."""
    async for batch in cast(Batches, collection(FileChunk).find_raw_batches({"files_id": file.id})):
        yield batch


async def _parents(model: type[Recorded[Any]], snapshot: Snapshot, *fields: str) -> AsyncIterator[Record]:
    async for parent in collection(model).find({}, dict.fromkeys(fields, 1), session=snapshot.session):
        yield parent


PORTIONS: Mapping[type[Recorded[Any]], Callable[[Snapshot], AsyncIterator[Record]]] = {
    LoggedEvent: _by_stream,
    DocumentVersion: _by_document,
    WorkspaceFileText: _by_file,
}
"""The large collections, by what their documents belong to, for a database that gathers what it is asked for: at once
they would not fit into its memory."""
