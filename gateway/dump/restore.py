"""`orrery restore`: a dump into an empty database."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.database import AsyncDatabase

from gateway.dump.archive import ArchiveReader, Manifest, Part, reading
from gateway.dump.error import DumpError
from gateway.indexes import build, missing_indexes
from gateway.migrations import RESTORE, STEPS, WORK, Progress, alone, finish, is_half_restored
from models import BusMessage, Lease, Migration, Probe, StreamHead
from models.base import Record, collection, utc_now

OF_PROCESSES = frozenset(model.Settings.name for model in (BusMessage, Lease, Migration, Probe))
"""What an empty database may hold, from starts before."""
BATCH_DOCUMENTS = 500
BATCH_BYTES = 4 * 1024 * 1024


async def restore(
    db: AsyncDatabase[Record], path: Path, keep: Callable[[str, bytes], None], progress: Progress
) -> Manifest:
    """Write a dump into an empty database and migrate that; `keep` is given the files of the dump.

    The archive is read whole before anything is written. What fails later leaves the database empty; what is killed is
    done again from the beginning. Raises `DumpError`.
    """
    with reading(path) as archive:
        _verify(archive, path, progress)
        async with alone(progress), _empty(db):
            await _index(db)
            for part in archive.manifest.collections:
                await _load(db, archive, part, progress)
            for part in archive.manifest.collections:
                await _count(db, part)
            await finish(db, progress)
            for part in archive.manifest.files:
                keep(part.name, archive.file(part))
        return archive.manifest


def _verify(archive: ArchiveReader, path: Path, progress: Progress) -> None:
    manifest = archive.manifest
    unknown = set(manifest.steps) - {step.name for step in STEPS}
    if unknown:
        raise DumpError(f"{path} was made by a newer version ({manifest.product}): restore it with that one.")
    parts = [*manifest.collections, *manifest.files]
    progress.begin("Verifying the archive", sum(part.bytes for part in parts))
    for part in parts:
        archive.verify(part)
        progress.advance(part.bytes)


@asynccontextmanager
async def _empty(db: AsyncDatabase[Record]) -> AsyncIterator[None]:
    """An empty database, which says of itself while the block runs that a restore goes on, and is empty if it fails."""
    migrations = collection(Migration)
    if await is_half_restored():
        await _wipe(db)
    await _require_empty(db)
    await migrations.replace_one({"_id": RESTORE}, {"place": None, "done_at": None}, upsert=True)
    await _wipe(db)
    try:
        yield
    except BaseException:
        await _wipe(db)
        await migrations.delete_one({"_id": RESTORE})
        raise
    await migrations.delete_one({"_id": RESTORE})


async def _require_empty(db: AsyncDatabase[Record]) -> None:
    for name in await _names(db):
        if await db[name].find_one({}, {"_id": 1}) is not None:
            raise DumpError(f"The database is not empty, it holds {name}: a dump is restored into an empty one.")
    held = {"until": {"$gt": utc_now()}, "_id": {"$ne": WORK}}
    if await collection(Lease).find_one(held) is not None:
        raise DumpError("A gateway serves this database: stop it first, and try again in two minutes if it was killed.")


async def _wipe(db: AsyncDatabase[Record]) -> None:
    for name in await _names(db):
        await db.drop_collection(name)
    await collection(Migration).delete_many({"_id": {"$ne": RESTORE}})


async def _names(db: AsyncDatabase[Record]) -> list[str]:
    names = await db.list_collection_names()
    return [name for name in names if name not in OF_PROCESSES and not name.startswith("system.")]


async def _index(db: AsyncDatabase[Record]) -> None:
    """Build the indexes but for those by which documents expire, which might be fewer then when they are counted.

    Before there are documents: the embedded database writes every entry of an index that is built later to the disk by
    itself.
    """
    for missing in await missing_indexes(db):
        lasting = missing.of_documents_that_stay
        if lasting.indexes:
            await build(lasting)


async def _load(db: AsyncDatabase[Record], archive: ArchiveReader, part: Part, progress: Progress) -> None:
    progress.begin(f"Restoring {part.name}", part.documents)
    documents = archive.documents(part)
    if part.name == collection(StreamHead).name:
        documents = (_with_new_epoch(document) for document in documents)
    for batch in _batches(documents):
        await db[part.name].insert_many(batch, ordered=False)
        progress.advance(len(batch))


def _batches(documents: Iterable[bytes]) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        if batch and (len(batch) == BATCH_DOCUMENTS or size + len(document) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(RawBSONDocument(document))
        size += len(document)
    if batch:
        yield batch


def _with_new_epoch(document: bytes) -> bytes:
    """The head of a stream whose cursors nobody has yet: those of the old installation may know more than the dump."""
    head = bson.decode(document)
    epoch = head["epoch"]
    while epoch == head["epoch"]:
        epoch = secrets.token_hex(4)
    return bson.encode({**head, "epoch": epoch})


async def _count(db: AsyncDatabase[Record], part: Part) -> None:
    own = 1 if part.name == collection(Migration).name else 0
    found = await db[part.name].estimated_document_count() - own
    if found != part.documents:
        raise DumpError(f"Of {part.name}, {found} documents were restored in place of {part.documents}.")
