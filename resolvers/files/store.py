"""The bytes of files, in the database, in the layout of GridFS.

The driver's own GridFS holds a file of this size in memory, both ways: it gathers the chunks for one insert, and reads
them with one cursor. Here there is one chunk at a time.
"""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId
from pymongo.errors import PyMongoError

from models import FileChunk, FileLeftover, StoredFile
from models.base import collection, insert_all, utc_now
from models.errors import PayloadTooLarge
from models.ids import inner_id
from models.records import FileLeftoverRecord, StoredFileRecord
from realtime.lease import is_held
from realtime.log import Change
from resolvers.files.media_type import HEAD
from resolvers.kit.upload import MAX_FILE, Upload

CHUNK = 255 * 1024
"""Bytes of a chunk, as GridFS has them by default."""
GRACE = timedelta(hours=1)
"""How long an upload may take until its bytes count as left behind; no door lets one take as long."""
CLAIM = timedelta(minutes=5)
FILES_STAY = "files-stay"
"""A work that is held by whoever reads files that may be given up meanwhile: a dump."""
PORTION = 100


@dataclass(frozen=True, slots=True)
class Written:
    """What was learned of a file while it was written. `head` are its first bytes."""

    size: int
    sha256: str
    head: bytes


async def write_file(
    file_id: ObjectId, workspace_id: ObjectId, name: str, upload: Upload, *, limit: int = MAX_FILE
) -> Written:
    """Store a file, chunk by chunk. Until a change keeps it (`keep_file`) it is to be removed in an hour.

    Raises PayloadTooLarge beyond `limit` bytes. What is stored of a file that fails is for `discard_file`.
    """
    await collection(FileLeftover).insert_one({"_id": file_id, "due_at": utc_now() + GRACE})
    digest, size, number = hashlib.sha256(), 0, 0
    head, pending = bytearray(), bytearray()
    async for piece in upload.chunks():
        size += len(piece)
        if size > limit:
            raise PayloadTooLarge(f"file: is larger than {limit} bytes", maximum=limit)
        digest.update(piece)
        head += piece[: HEAD - len(head)]
        pending += piece
        while len(pending) >= CHUNK:
            await _write_chunk(file_id, number, bytes(pending[:CHUNK]))
            del pending[:CHUNK]
            number += 1
    if pending:
        await _write_chunk(file_id, number, bytes(pending))
    file: StoredFileRecord = {
        "_id": file_id,
        "filename": name,
        "length": size,
        "chunkSize": CHUNK,
        "uploadDate": utc_now(),
        "metadata": {"workspace_id": workspace_id},
    }
    await collection(StoredFile).insert_one(file)
    return Written(size, digest.hexdigest(), bytes(head))


async def read_file(file_id: ObjectId, start: int, stop: int) -> AsyncIterator[bytes]:
    """The bytes of a stored file from `start` up to `stop`, chunk by chunk; raises LookupError where one is missing."""
    for number in range(start // CHUNK, -(-stop // CHUNK)):
        chunk = await collection(FileChunk).find_one({"files_id": file_id, "n": number}, {"data": 1})
        if chunk is None:
            raise LookupError(f"file {file_id} has no chunk {number}")
        base = number * CHUNK
        yield chunk["data"][max(0, start - base) : stop - base]


async def keep_file(change: Change, file_id: ObjectId) -> bool:
    """Take a file over in a change; False where it is being removed already."""
    taken = await collection(FileLeftover).delete_one(
        {"_id": file_id, "due_at": {"$gt": change.at}}, session=change.session
    )
    return bool(taken.deleted_count)


async def leave_files(change: Change, file_ids: Iterable[ObjectId]) -> None:
    """Give files up in a change: they are removed once it is committed."""
    left: list[FileLeftoverRecord] = [{"_id": file_id, "due_at": change.at} for file_id in file_ids]
    await insert_all(FileLeftover, left, change)


async def discard_file(file_id: ObjectId) -> None:
    """Remove the bytes of an upload that came to nothing. Where that is not possible now, it is done later.

    A file that a change has kept after all stays: then it is no leftover any more.
    """
    with contextlib.suppress(PyMongoError):
        left = await collection(FileLeftover).update_one({"_id": file_id}, {"$set": {"due_at": utc_now() + CLAIM}})
        if left.matched_count:
            await _remove(file_id)


async def remove_leftovers(now: datetime | None = None) -> int:
    """Remove what is due; how many files that were. Each is removed by one process, and again where that one fails.

    None while `FILES_STAY` is held. That is asked once it is known what is due: what came to be due since then stays,
    whenever this began.
    """
    moment, removed = now or utc_now(), 0
    while due := await collection(FileLeftover).find({"due_at": {"$lte": moment}}).limit(PORTION).to_list():
        if await is_held(FILES_STAY):
            break
        for record in due:
            claim = {"$set": {"due_at": moment + CLAIM}}
            if (await collection(FileLeftover).update_one(record, claim)).matched_count:
                await _remove(record["_id"])
                removed += 1
    return removed


async def _write_chunk(file_id: ObjectId, number: int, data: bytes) -> None:
    await collection(FileChunk).insert_one({"_id": inner_id(), "files_id": file_id, "n": number, "data": data})


async def _remove(file_id: ObjectId) -> None:
    await collection(FileChunk).delete_many({"files_id": file_id})
    await collection(StoredFile).delete_one({"_id": file_id})
    await collection(FileLeftover).delete_one({"_id": file_id})
